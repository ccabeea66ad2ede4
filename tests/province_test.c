#include "measure/province/province.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "measure/law.h"

#include <cmocka.h> /* last: its macro `fail` hides ours */

static const struct kind *kind_named(const char *name)
{
    for (size_t i = 0; i < PROVINCE_KINDS; i++)
        if (!strcmp(province_kinds[i]->name, name)) return province_kinds[i];
    return NULL;
}

static bool has_chinese(const char *text)
{
    return strpbrk(text, "\xe4\xe5\xe6\xe7\xe8\xe9") != NULL;
}

static void test_every_word_in_both_languages(void **state)
{
    (void)state;
    for (size_t i = 0; i < PROVINCE_KINDS; i++) {
        const struct kind *kind = province_kinds[i];
        assert_false(has_chinese(kind->says[ENGLISH]));
        assert_true(has_chinese(kind->says[CHINESE]));
        assert_true(kind->field_count <= FIELDS_MAX);
        for (size_t k = 0; k < kind->field_count; k++) {
            const struct field *field = &kind->fields[k];
            assert_false(has_chinese(field->says[ENGLISH]));
            assert_true(has_chinese(field->says[CHINESE]));
            assert_true((field->type == FIELD_CHOICE) == (field->choice_count > 0));
            for (size_t c = 0; c < field->choice_count; c++) assert_true(has_chinese(field->choices[c].says[CHINESE]));
        }
    }
}

static void test_units_stand_in_the_order_of_the_law(void **state)
{
    (void)state;
    static const char *const words[] = {
        [UNIT_HOUR] = "hour", [UNIT_DAY] = "day", [UNIT_WORKDAY] = "workday", [UNIT_MINUTE] = "minute", [UNIT_MONTH] = "month",
        [UNIT_YEAR] = "year", [UNIT_SHARE] = "share", [UNIT_COUNT] = "count", [UNIT_YUAN] = "yuan",
    };
    const struct kind *limit = kind_named("limit");
    const struct field *unit = &limit->fields[6];
    assert_string_equal(unit->name, "unit");
    assert_int_equal(unit->choice_count, sizeof words / sizeof *words);
    for (size_t i = 0; i < unit->choice_count; i++) assert_string_equal(unit->choices[i].word, words[i]);
    const struct field *place = &limit->fields[3];
    assert_string_equal(place->choices[0].word, "town"); /* as law.c reads them */
    assert_string_equal(place->choices[1].word, "rural");
    assert_int_equal(place->choice_count, 2);
}

/* Cells in the order of the fields, parted by '|'; the name of the field that is refused, or "". */
static const struct {
    const char *kind, *cells, *refused;
} rows[] = {
    { "limit", "complaint.answer.late|410000||||5|workday|2021-01-01||依据|V", "" },
    { "limit", "quality.repair_fixed|||town|longest|48|hour|2000-09-25|2016-02-06|basis|R", "" },
    { "limit", "quality.repair_fixed|||城镇|longest|48|小时|2000年9月25日||basis|R", "" },
    { "limit", "speed.delivered|||||0.9|share|2013-09-01||basis|V2", "" },
    { "limit", "bill.follows|||||0.0001|share|2005-04-20||basis|V2", "" },
    { "limit", "service.hall_wait|||||7.5|minute|2013-09-01||basis|ours", "" },
    { "limit", "speed.delivered|||||90|share|2013-09-01||basis|V2", "value" },
    { "limit", "complaint.answer.late|||||-1|day|2021-01-01||basis|V", "value" },
    { "limit", "complaint.answer.late|||||1.5|day|2021-01-01||basis|V", "value" },
    { "limit", "complaint.answer.late|||||15|week|2021-01-01||basis|V", "unit" },
    { "limit", "complaint.answer.late||||||day|2021-01-01||basis|V", "value" },
    { "limit", "complaint.answer.late|||||15|day|||basis|V", "from" },
    { "limit", "complaint.answer.late|||||15|day|2021-01-01|2021-01-01|basis|V", "to" },
    { "limit", "|||||15|day|2021-01-01||basis|V", "duty" },
    { "limit", "complaint.answer.late|||||15|day|2021-01-01|||V", "basis" },
    { "workday", "2005-12-31|true|basis", "" },
    { "workday", "2005-12-32|true|basis", "date" },
    { "workday", "2005-12-31|maybe|basis", "working" },
    { "area", "320100|320000|南京市|Nanjing|8216100", "" },
    { "area", "320100|||Nanjing|", "name_zh" },
    { "operator", "jia|甲电信|Operator A", "" },
    { "operator", "甲|甲电信|Operator A", "operator" },
    { "market", "jia|320100|2014-12|20643", "" },
    { "market", "jia|320100|2014-13|20643", "month" },
    { "subscriber", "15477507604|jia|320100|2014-08-04|", "" },
    { "subscriber", "15477507604|jia|320100|2014-08-04|2014-08-04", "" },
    { "subscriber", "15477507604|jia|320100|2014-08-04|2014-08-03", "until" },
};

static void test_rows(void **state)
{
    (void)state;
    struct arena arena = { 0 };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct record record = { .kind = kind_named(rows[i].kind) };
        struct error error = { 0 };
        struct str rest = str_of(rows[i].cells);
        const struct field *refused = NULL;
        for (size_t k = 0; k < record.kind->field_count && !refused; k++) {
            struct str text = { rest.at, str_find(rest, '|') };
            rest.at += text.length + (text.length < rest.length);
            rest.length -= text.length + (text.length < rest.length);
            if (!text.length) continue;
            record.present |= 1u << k;
            const struct field *field = &record.kind->fields[k];
            if (!field_parse(field, (struct cell){ text, CELL_TEXT }, moment_now(), &arena, &record.values[k], &error))
                refused = field;
        }
        assert_true(refused || rest.length == 0);
        if (!refused && record_check(&record, &refused, &error)) refused = NULL;
        if (strcmp(refused ? refused->name : "", rows[i].refused))
            fail_msg("'%s': refused %s (%s)", rows[i].cells, refused ? refused->name : "nothing", error.says);
    }
    arena_close(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_word_in_both_languages),
        cmocka_unit_test(test_units_stand_in_the_order_of_the_law),
        cmocka_unit_test(test_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
