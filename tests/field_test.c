/* What clerks write in cells, and what is made of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "base/memory.h"
#include "base/moment.h"
#include "door/kind.h"

#include <cmocka.h>
#undef fail /* ours is meant */
#include "both_languages.h"
#define COMPLAIN(...) (print_error(__VA_ARGS__), print_error("\n"), assert_true(false))

static const struct choice services[] = {
    { "data", { "mobile data", "流量" } },
    { "voice", { "voice calls", "语音（通话）" } },
};

static const struct field fields[] = {
    [FIELD_ID] = { .name = "id", .type = FIELD_ID },
    [FIELD_CODE] = { .name = "area", .type = FIELD_CODE },
    [FIELD_LABEL] = { .name = "name", .type = FIELD_LABEL },
    [FIELD_PERSON] = { .name = "subscriber", .type = FIELD_PERSON },
    [FIELD_SEALED] = { .name = "text", .type = FIELD_SEALED },
    [FIELD_REASON] = { .name = "reason", .type = FIELD_REASON },
    [FIELD_CHOICE] = { .name = "service", .type = FIELD_CHOICE, .choices = services, .choice_count = 2 },
    [FIELD_FLAG] = { .name = "answered", .type = FIELD_FLAG },
    [FIELD_TIME] = { .name = "start", .type = FIELD_TIME },
    [FIELD_DATE] = { .name = "from", .type = FIELD_DATE },
    [FIELD_MONTH] = { .name = "month", .type = FIELD_MONTH },
    [FIELD_MONEY] = { .name = "amount", .type = FIELD_MONEY },
    [FIELD_COUNT] = { .name = "quantity", .type = FIELD_COUNT },
    [FIELD_DECIMAL] = { .name = "share", .type = FIELD_DECIMAL },
};

static const int64_t now = INT64_C(1500000000000); /* 2017-07-14 */

struct fixture {
    struct arena arena;
    struct value value;
    struct error error;
};

static bool parse(struct fixture *fixture, enum field_type type, struct str text, enum cell_type cell)
{
    fixture->error = (struct error){ 0 };
    return field_parse(&fields[type], (struct cell){ text, cell }, now, &fixture->arena, &fixture->value, &fixture->error);
}

struct reading {
    enum field_type type;
    const char *text, *becomes; /* as value_text shows it; of texts and persons, the clear text. NULL: rejected */
    enum cell_type cell;
    const char *says; /* in the rejection */
};

static void check(const struct reading *readings, size_t count)
{
    struct fixture fixture = { 0 };
    for (size_t i = 0; i < count; i++) {
        const struct reading *reading = &readings[i];
        bool taken = parse(&fixture, reading->type, str_of(reading->text), reading->cell);
        if (taken != (reading->becomes != NULL))
            COMPLAIN("%s '%s' was %s: %s", fields[reading->type].name, reading->text, taken ? "taken" : "refused",
                     fixture.error.says);
        if (!taken) {
            assert_int_equal(fixture.error.code, ERROR_INPUT);
            assert_said_in_both(&fixture.error);
            if (!strstr(fixture.error.says, reading->says))
                COMPLAIN("'%s' does not say: %s", fixture.error.says, reading->says);
            continue;
        }
        struct text shown = { 0 };
        bool clear = reading->type == FIELD_PERSON || reading->type == FIELD_SEALED || reading->type == FIELD_REASON;
        if (clear)
            text_add(&shown, fixture.value.text);
        else
            value_text(&fields[reading->type], &fixture.value, &shown);
        assert_string_equal(text_zero(&shown), reading->becomes);
        text_close(&shown);
    }
    arena_close(&fixture.arena);
}

#define CHECK(readings) check(readings, sizeof(readings) / sizeof *(readings))

static void names_and_codes(void **state)
{
    (void)state;
    static const struct reading readings[] = {
        { FIELD_ID, "250635", "250635", CELL_TEXT, NULL },
        { FIELD_ID, "　ＪＳ－２０１５　", "JS-2015", CELL_TEXT, NULL },
        { FIELD_ID, "苏诉〔2015〕1号", "苏诉〔2015〕1号", CELL_TEXT, NULL },
        { FIELD_ID, "250635.0", "250635", CELL_NUMBER, NULL },
        { FIELD_ID, "1.0", "1.0", CELL_TEXT, NULL },
        { FIELD_ID,
          "\xe2\x80\xad"
          "7788\xe2\x80\xac",
          "7788", CELL_TEXT, NULL },
        { FIELD_ID, "2.01501E+14", NULL, CELL_TEXT, "column as text" },
        { FIELD_ID, "2.015E13", NULL, CELL_TEXT, "column as text" },
        { FIELD_ID, "12E4", "12E4", CELL_TEXT, NULL },
        { FIELD_ID, "10.2E5", "10.2E5", CELL_TEXT, NULL },
        { FIELD_ID, "#N/A", NULL, CELL_TEXT, "a spreadsheet's error" },
        { FIELD_ID, "#", "#", CELL_TEXT, NULL },
        { FIELD_ID, "#12", "#12", CELL_TEXT, NULL },
        { FIELD_ID, "2015010300012345", NULL, CELL_NUMBER, "column as text" },
        { FIELD_ID, "a\tb", NULL, CELL_TEXT, "'a?b' has a line break" },
        { FIELD_ID, "a\xff", NULL, CELL_TEXT, "'a?' is not UTF-8" },
        { FIELD_ID, "0123456789012345678901234567890123456789012345678901234567890123x", NULL, CELL_TEXT, "at most 64 bytes" },
        { FIELD_ID, "  ", NULL, CELL_TEXT, "empty" },
        { FIELD_ID, "[1]", NULL, CELL_OTHER, "list or an object" },
        { FIELD_CODE, " 320100 ", "320100", CELL_TEXT, NULL },
        { FIELD_CODE, "３２０１００", "320100", CELL_TEXT, NULL },
        { FIELD_CODE, "320100.0", "320100", CELL_NUMBER, NULL },
        { FIELD_CODE, "＃REF！", NULL, CELL_TEXT, "a spreadsheet's error" },
        { FIELD_LABEL, "#N/A", "#N/A", CELL_TEXT, NULL },
        { FIELD_CODE, "directed:NAME", "directed:NAME", CELL_TEXT, NULL },
        { FIELD_CODE, "南京", NULL, CELL_TEXT,
          "'南京' is no code: a code has letters, digits and marks without spaces, as 320100" },
        { FIELD_CODE, "New York", NULL, CELL_TEXT, "without spaces" },
        { FIELD_LABEL, " 神州行（２０１５版） ", "神州行（２０１５版）", CELL_TEXT, NULL },
        { FIELD_LABEL, "two\nlines", "two\nlines", CELL_TEXT, NULL },
        { FIELD_LABEL, "\x1b[31m", NULL, CELL_TEXT, "control" },
    };
    CHECK(readings);
}

static void persons(void **state)
{
    (void)state;
    static const struct reading readings[] = {
        { FIELD_PERSON, "13800138000", "13800138000", CELL_TEXT, NULL },
        { FIELD_PERSON, "13800138000", "13800138000", CELL_NUMBER, NULL },
        { FIELD_PERSON, "13800138000.0", "13800138000", CELL_NUMBER, NULL },
        { FIELD_PERSON, "13800138000.0", "13800138000", CELL_TEXT, NULL },
        { FIELD_PERSON, "１３８００１３８０００", "13800138000", CELL_TEXT, NULL },
        { FIELD_PERSON,
          " 138 0013\xc2\xa0"
          "8000\t",
          "13800138000", CELL_TEXT, NULL },
        { FIELD_PERSON, "138-0013-8000", "13800138000", CELL_TEXT, NULL },
        { FIELD_PERSON, "+8613800138000", "13800138000", CELL_TEXT, NULL },
        { FIELD_PERSON, "＋８６ 138 0013 8000", "13800138000", CELL_TEXT, NULL },
        { FIELD_PERSON, "+86-138-0013-8000", "13800138000", CELL_TEXT, NULL },
        { FIELD_PERSON, "008613800138000", "13800138000", CELL_TEXT, NULL },
        { FIELD_PERSON, "8613800138000", "13800138000", CELL_TEXT, NULL },
        { FIELD_PERSON, "8613800138000", "13800138000", CELL_NUMBER, NULL },
        { FIELD_PERSON, "+8610086", "10086", CELL_TEXT, NULL },
        { FIELD_PERSON, "8600001", "8600001", CELL_TEXT, NULL },
        { FIELD_PERSON, "8612345678901", "8612345678901", CELL_TEXT, NULL },
        { FIELD_PERSON, "025-84400000", "02584400000", CELL_TEXT, NULL },
        { FIELD_PERSON, "(025)83212345", "02583212345", CELL_TEXT, NULL },
        { FIELD_PERSON, "（025） 8321-2345", "02583212345", CELL_TEXT, NULL },
        { FIELD_PERSON, "+86(025)83212345", "02583212345", CELL_TEXT, NULL },
        { FIELD_PERSON, "86(138)00138000", "13800138000", CELL_TEXT, NULL },
        { FIELD_PERSON, "ab(c)", NULL, CELL_TEXT, "is no number, account or document" },
        { FIELD_PERSON, "1.38E10", NULL, CELL_TEXT, "format the column as text" },
        { FIELD_PERSON, "1.38e10", NULL, CELL_TEXT, "format the column as text" },
        { FIELD_PERSON, "13800000000.5", NULL, CELL_TEXT, "format the column as text" },
        { FIELD_PERSON, "########", NULL, CELL_TEXT, "a spreadsheet's error" },
        { FIELD_PERSON, "-", NULL, CELL_TEXT, "leave the cell empty" },
        { FIELD_PERSON, "—", NULL, CELL_TEXT, "leave the cell empty" },
        { FIELD_PERSON, "N/A", NULL, CELL_TEXT, "leave the cell empty" },
        { FIELD_PERSON, "Null", NULL, CELL_TEXT, "leave the cell empty" },
        { FIELD_PERSON, "无", NULL, CELL_TEXT, "leave the cell empty" },
        { FIELD_PERSON, "7590-VHVEG", "7590-VHVEG", CELL_TEXT, NULL },
        { FIELD_PERSON, "1234-5678", "1234-5678", CELL_TEXT, NULL },
        { FIELD_PERSON, "js123@njtel", "js123@njtel", CELL_TEXT, NULL },
        { FIELD_PERSON, "+12025550123", "+12025550123", CELL_TEXT, NULL },
        { FIELD_PERSON, "11010519491231002x", "11010519491231002X", CELL_TEXT, NULL },
        { FIELD_PERSON, "11010519491231002Ｘ", "11010519491231002X", CELL_TEXT, NULL },
        { FIELD_PERSON, "320106199001011234", "320106199001011234", CELL_TEXT, NULL },
        { FIELD_PERSON, "320106199001011000", NULL, CELL_NUMBER, "format the column as text" },
        { FIELD_PERSON, "1.38E+10", NULL, CELL_TEXT,
          "'1.38E+10' has lost its digits in a spreadsheet: format the column as text" },
        { FIELD_PERSON, "1.38001E+10", NULL, CELL_TEXT, "format the column as text" },
        { FIELD_PERSON, "1.38e+10", NULL, CELL_NUMBER, "format the column as text" },
        { FIELD_PERSON, "138.5", NULL, CELL_NUMBER, "format the column as text" },
        { FIELD_PERSON, "张三", NULL, CELL_TEXT, "'张三' is no number, account or document" },
        { FIELD_PERSON, "+86", NULL, CELL_TEXT, "is no number" },
        { FIELD_PERSON, "12345678901234567890123456789012345678901234567890123456789012345", NULL, CELL_TEXT, "too long" },
    };
    CHECK(readings);
}

static void words(void **state)
{
    (void)state;
    static const struct reading readings[] = {
        { FIELD_CHOICE, "data", "data", CELL_TEXT, NULL },
        { FIELD_CHOICE, " Voice ", "voice", CELL_TEXT, NULL },
        { FIELD_CHOICE, "Mobile data", "data", CELL_TEXT, NULL },
        { FIELD_CHOICE, "流量", "data", CELL_TEXT, NULL },
        { FIELD_CHOICE, "语音（通话）", "voice", CELL_TEXT, NULL },
        { FIELD_CHOICE, "fax", NULL, CELL_TEXT, "'fax' is none of the choices: data, voice" },
        { FIELD_FLAG, "TRUE", "true", CELL_TRUE, NULL },
        { FIELD_FLAG, "x", "false", CELL_FALSE, NULL },
        { FIELD_FLAG, "是", "true", CELL_TEXT, NULL },
        { FIELD_FLAG, "否", "false", CELL_TEXT, NULL },
        { FIELD_FLAG, "Y", "true", CELL_TEXT, NULL },
        { FIELD_FLAG, "no", "false", CELL_TEXT, NULL },
        { FIELD_FLAG, "0", "false", CELL_NUMBER, NULL },
        { FIELD_FLAG, "maybe", NULL, CELL_TEXT, "neither true nor false" },
        { FIELD_SEALED, "  first\nsecond，第二行 ", "first\nsecond，第二行", CELL_TEXT, NULL },
        { FIELD_REASON, "early", "early", CELL_TEXT, NULL },
    };
    CHECK(readings);
}

static void days(void **state)
{
    (void)state;
    static const struct reading readings[] = {
        { FIELD_TIME, "2015-01-03T08:00:00+08:00", "2015-01-03T08:00:00+08:00", CELL_TEXT, NULL },
        { FIELD_TIME, "2015-01-03T00:00:00Z", "2015-01-03T08:00:00+08:00", CELL_TEXT, NULL },
        { FIELD_TIME, "2015/1/3 8:00", "2015-01-03T08:00:00+08:00", CELL_TEXT, NULL },
        { FIELD_TIME, "２０１５－０１－０３　０８：００：００", "2015-01-03T08:00:00+08:00", CELL_TEXT, NULL },
        { FIELD_TIME, "42007.5", "2015-01-03T12:00:00+08:00", CELL_DATE, NULL },
        { FIELD_TIME, "2015-13-01", NULL, CELL_TEXT, "'2015-13-01' is no time: write it as 2015-01-03T08:00:00+08:00" },
        { FIELD_TIME, "2017-07-14T12:00:00+08:00", "2017-07-14T12:00:00+08:00", CELL_TEXT, NULL },
        { FIELD_TIME, "2017-07-16T12:00:00+08:00", NULL, CELL_TEXT, "more than a day in the future" },
        { FIELD_DATE, "2015-01-03", "2015-01-03", CELL_TEXT, NULL },
        { FIELD_DATE, "2015/1/3", "2015-01-03", CELL_TEXT, NULL },
        { FIELD_DATE, "2015年1月3日", "2015-01-03", CELL_TEXT, NULL },
        { FIELD_DATE, "42007", "2015-01-03", CELL_NUMBER, NULL },
        { FIELD_DATE, "42007.75", "2015-01-03", CELL_DATE, NULL },
        { FIELD_DATE, "2015-01-03 00:00:00", "2015-01-03", CELL_TEXT, NULL },
        { FIELD_DATE, "2099-01-01", "2099-01-01", CELL_TEXT, NULL },
        { FIELD_DATE, "2015-02-29", NULL, CELL_TEXT, "'2015-02-29' is no date: write it as 2015-01-03" },
        { FIELD_DATE, "9999-12-31", NULL, CELL_TEXT, "'9999-12-31' is no date of the years 1900 to 2200: leave an end that is open empty" },
        { FIELD_DATE, "99991231", NULL, CELL_TEXT, "'99991231' is no date of the years 1900 to 2200: leave an end that is open empty" },
        { FIELD_DATE, "13800138000", NULL, CELL_TEXT, "'13800138000' is no date: write it as 2015-01-03" },
        { FIELD_DATE, "12345678", NULL, CELL_TEXT, "'12345678' is no date: write it as 2015-01-03" },
        { FIELD_MONTH, "2015-01", "2015-01", CELL_TEXT, NULL },
        { FIELD_MONTH, "2015/1", "2015-01", CELL_TEXT, NULL },
        { FIELD_MONTH, "2015年1月", "2015-01", CELL_TEXT, NULL },
        { FIELD_MONTH, "2015-01-31", "2015-01", CELL_TEXT, NULL },
        { FIELD_MONTH, "42036", "2015-02", CELL_DATE, NULL },
        { FIELD_MONTH, "2015Q1", NULL, CELL_TEXT, "'2015Q1' is no month: write it as 2015-01" },
    };
    CHECK(readings);
}

static void a_day_that_counts_to_its_end(void **state)
{
    (void)state;
    static const struct field answered = { .name = "answered", .type = FIELD_TIME, .flags = FIELD_DAY_ENDS };
    static const struct {
        const char *text, *becomes;
        enum cell_type cell;
    } cases[] = {
        { "2015-01-03", "2015-01-04T00:00:00+08:00", CELL_TEXT },
        { "2015年1月3日", "2015-01-04T00:00:00+08:00", CELL_TEXT },
        { "42007", "2015-01-04T00:00:00+08:00", CELL_DATE },
        { "42007.5", "2015-01-03T12:00:00+08:00", CELL_DATE },
        { "2015-01-03T00:00:00+08:00", "2015-01-03T00:00:00+08:00", CELL_TEXT },
        { "2015-01-03 00:00", "2015-01-03T00:00:00+08:00", CELL_TEXT },
    };
    struct fixture fixture = { 0 };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct text shown = { 0 };
        assert_true(field_parse(&answered, (struct cell){ str_of(cases[i].text), cases[i].cell }, now, &fixture.arena,
                                &fixture.value, &fixture.error));
        value_text(&answered, &fixture.value, &shown);
        assert_string_equal(text_zero(&shown), cases[i].becomes);
        text_close(&shown);
    }
    arena_close(&fixture.arena);
}

static void numbers(void **state)
{
    (void)state;
    static const struct reading readings[] = {
        { FIELD_MONEY, "0.29", "0.29", CELL_TEXT, NULL },
        { FIELD_MONEY, "￥1,234.5元", "1234.50", CELL_TEXT, NULL },
        { FIELD_MONEY, "¥ 18", "18.00", CELL_TEXT, NULL },
        { FIELD_MONEY, "-3.000001", "-3.000001", CELL_TEXT, NULL },
        { FIELD_MONEY, "0.1234567", NULL, CELL_TEXT, "more than 6 decimals" },
        { FIELD_MONEY, "free", NULL, CELL_TEXT, "'free' is no amount in yuan: write it as 0.29" },
        { FIELD_MONEY, "1,23", NULL, CELL_TEXT, "is no amount" },
        { FIELD_MONEY, "9223372036854.775808", NULL, CELL_TEXT, "is no amount" },
        { FIELD_COUNT, "0", "0", CELL_TEXT, NULL },
        { FIELD_COUNT, "9223372036854775807", "9223372036854775807", CELL_TEXT, NULL },
        { FIELD_COUNT, "9223372036854775808", NULL, CELL_TEXT, "is no whole number" },
        { FIELD_COUNT, "157,286,400", "157286400", CELL_TEXT, NULL },
        { FIELD_COUNT, "12.0", "12", CELL_NUMBER, NULL },
        { FIELD_COUNT, "12.5", NULL, CELL_NUMBER, "is no whole number" },
        { FIELD_COUNT, "-1", NULL, CELL_TEXT, "below zero" },
        { FIELD_COUNT, "1.57E+08", NULL, CELL_TEXT, "as a number" },
        { FIELD_COUNT, "12.", NULL, CELL_TEXT, "is no whole number" },
        { FIELD_DECIMAL, "0.8", "0.8", CELL_TEXT, NULL },
        { FIELD_DECIMAL, "80%", "0.8", CELL_TEXT, NULL },
        { FIELD_DECIMAL, "８０．５％", "0.805", CELL_TEXT, NULL },
        { FIELD_DECIMAL, "-5", "-5", CELL_TEXT, NULL },
        { FIELD_DECIMAL, "0.0000001", NULL, CELL_TEXT, "more than 6 decimals" },
        { FIELD_DECIMAL, "1e5", NULL, CELL_TEXT, "is no number" },
    };
    CHECK(readings);
}

static void reasons_have_a_class(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum reason_class is;
    } cases[] = { { "", REASON_NONE },      { " early ", REASON_EARLY }, { "late", REASON_LATE },
                  { " LATE ", REASON_LATE }, { "later", REASON_OTHER } };
    struct fixture fixture = { 0 };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_true(parse(&fixture, FIELD_REASON, str_of(cases[i].text), CELL_TEXT));
        assert_int_equal(fixture.value.reason, cases[i].is);
    }
    arena_close(&fixture.arena);
}

static void limits_and_zero_bytes(void **state)
{
    (void)state;
    struct fixture fixture = { 0 };
    struct text long_text = { 0 };
    memset(text_room(&long_text, 100001), 'x', 100001);
    assert_true(parse(&fixture, FIELD_SEALED, (struct str){ long_text.at, 100000 }, CELL_TEXT));
    assert_false(parse(&fixture, FIELD_SEALED, (struct str){ long_text.at, 100001 }, CELL_TEXT));
    assert_non_null(strstr(fixture.error.says, "'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx...' is too long"));
    assert_false(parse(&fixture, FIELD_LABEL, (struct str){ long_text.at, 1001 }, CELL_TEXT));
    assert_false(parse(&fixture, FIELD_SEALED, STR("a\0b"), CELL_TEXT));
    assert_false(parse(&fixture, FIELD_ID, STR("a\0b"), CELL_TEXT));
    assert_false(parse(&fixture, FIELD_PERSON, STR("1\0002"), CELL_TEXT));
    text_close(&long_text);
    arena_close(&fixture.arena);
}

static bool needs_voice(const struct record *record, const struct field **field, struct error *error)
{
    *field = &record->kind->fields[0];
    return record->values[0].number == 1 || fail(error, ERROR_INPUT, "voice is wanted");
}

static void needed_fields_and_checks(void **state)
{
    (void)state;
    static const struct field two[] = {
        { "service", FIELD_CHOICE, FIELD_NEEDED, { "what was used", "业务" }, services, 2 },
        { "note", FIELD_LABEL, 0, { "", "" }, NULL, 0 },
    };
    static const struct kind kind = { .name = "thing", .version = 1, .fields = two, .field_count = 2, .check = needs_voice };
    struct record record = { .kind = &kind, .present = 2 };
    const struct field *field = NULL;
    struct error error = { 0 };
    assert_false(record_check(&record, &field, &error));
    assert_ptr_equal(field, &two[0]);
    assert_string_equal(error.says, "service is missing: every thing needs it (what was used)");
    assert_string_equal(error.chinese, "缺少 service：每条 thing 记录都须填写（业务）");
    record.present = 1;
    assert_false(record_check(&record, &field, &error));
    assert_string_equal(error.says, "voice is wanted");
    record.values[0].number = 1;
    assert_true(record_check(&record, &field, &error));
    assert_int_equal(kind_field(&kind, STR("note")), 1);
    assert_int_equal(kind_field(&kind, STR("nothing")), 2);
    assert_false(kind_has_key(&kind));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_and_codes),
        cmocka_unit_test(persons),
        cmocka_unit_test(words),
        cmocka_unit_test(a_day_that_counts_to_its_end),
        cmocka_unit_test(days),
        cmocka_unit_test(numbers),
        cmocka_unit_test(reasons_have_a_class),
        cmocka_unit_test(limits_and_zero_bytes),
        cmocka_unit_test(needed_fields_and_checks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
