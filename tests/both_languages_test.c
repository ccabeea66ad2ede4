/* Whoever brings in a record that is wrong is told so in both languages: every kind, every field, every check. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/memory.h"
#include "door/map.h"
#include "engine/row_record.h"

#include <cmocka.h>
#undef fail /* ours is meant */
#include "both_languages.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const int64_t now = INT64_C(1500000000000); /* 2017-07-14 */

static const struct cell wrong_cells[] = {
    { STR(""), CELL_TEXT },
    { STR("[1,2]"), CELL_OTHER },
    { STR("\xff\xfe"), CELL_TEXT },
    { STR("a\0b"), CELL_TEXT },
    { STR("a\x01z"), CELL_TEXT },
    { STR("#N/A"), CELL_TEXT },
    { STR("1.38E+10"), CELL_TEXT },
    { STR("1.3800138000123E+20"), CELL_NUMBER },
    { STR("13800138000.5"), CELL_NUMBER },
    { STR("南京市 鼓楼区"), CELL_TEXT },
    { STR("-"), CELL_TEXT },
    { STR("-3"), CELL_TEXT },
    { STR("0.12345678"), CELL_TEXT },
    { STR("2015-02-30"), CELL_TEXT },
    { STR("2099-01-01 08:00:00"), CELL_TEXT },
    { STR("perhaps"), CELL_TEXT },
    { STR("99999999999999999999999"), CELL_TEXT },
    { STR("a$%^&"), CELL_TEXT },
};

static void every_field_of_every_kind(void **state)
{
    (void)state;
    const struct kind *kinds[KINDS_MAX];
    size_t refused = 0, count = kinds_all(kinds);
    struct arena arena = { 0 };
    struct text long_text = { 0 };
    memset(text_room(&long_text, 100001), 'x', 100001);
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < kinds[i]->field_count; j++) {
            struct value value;
            struct error error = { 0 };
            size_t before = refused;
            for (size_t k = 0; k <= COUNT(wrong_cells); k++) {
                struct cell cell = k < COUNT(wrong_cells) ? wrong_cells[k] : (struct cell){ { long_text.at, 100001 }, CELL_TEXT };
                if (field_parse(&kinds[i]->fields[j], cell, now, &arena, &value, &error)) continue;
                assert_said_in_both(&error);
                refused++;
            }
            assert_true(refused >= before + 3);
            arena_reset(&arena);
        }
        struct record record = { .kind = kinds[i] };
        const struct field *field;
        struct error error = { 0 };
        if (!record_check(&record, &field, &error)) assert_said_in_both(&error);
    }
    assert_true(refused > 500);
    text_close(&long_text);
    arena_close(&arena);
}

enum { CELLS = 12 };
#define LIMIT "duty", "value", "unit", "from", "basis", "status"

/* A row that is wrong by a kind's own check, or by its source. */
static const struct example {
    const char *kind, *columns[CELLS], *cells[CELLS];
    const char *says;
} examples[] = {
    { "limit", { LIMIT }, { "d", "-1", "day", "2015-01-01", "b", "ours" }, "not below 0" },
    { "limit", { LIMIT }, { "d", "1.5", "day", "2015-01-01", "b", "ours" }, "whole number" },
    { "limit", { LIMIT }, { "d", "80", "share", "2015-01-01", "b", "ours" }, "80 % as 0.8" },
    { "limit", { LIMIT, "to" }, { "d", "8", "day", "2015-01-01", "b", "ours", "2014-12-31" }, "'to' is after 'from'" },
    { "subscriber", { "subscriber", "operator", "area", "since", "until" }, { "13800138000", "cmcc", "320100", "2015-01-02", "2015-01-01" },
      "'until' is before 'since'" },
    { "complaint", { "colour" }, { "red" }, "take it out, or load with a map" },
    { "complaint_event", { "complaint", "time", "event" }, { "1", "2015-01-03", "moved" }, "needs the operator" },
    { "complaint_event", { "complaint", "time", "event" }, { "1", "2015-01-03", "merged" }, "merged into" },
    { "complaint_event", { "complaint", "source", "event" }, { "1", "mingbai:x", "answered" }, "the program's own" },
    { "complaint_event", { "complaint", "seq", "event" }, { "1", "-5", "answered" }, "below zero" },
};

static void checks_of_kinds(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(examples); i++) {
        const struct example *example = &examples[i];
        const struct kind *kind = kind_find(str_of(example->kind));
        struct str columns[CELLS], field;
        struct cell cells[CELLS];
        struct error error = { 0 };
        struct record record = { .kind = kind };
        struct arena arena = { 0 };
        size_t count = 0;
        assert_non_null(kind);
        for (; count < CELLS && example->columns[count]; count++) {
            columns[count] = str_of(example->columns[count]);
            cells[count] = (struct cell){ str_of(example->cells[count]), CELL_TEXT };
        }
        struct map *map = map_plain(kind);
        struct row row = { .line = 2, .cells = cells, .count = count };
        if (map_bind(map, columns, count, &error)) {
            struct row_rules rules = { .map = map, .source = STR("file"), .now = now };
            assert_int_equal(row_record(&rules, &row, &arena, &record, &field, &error), ROW_WRONG);
        }
        assert_said_in_both(&error);
        if (!strstr(error.says, example->says)) print_error("%s\n", error.says);
        assert_non_null(strstr(error.says, example->says));
        map_close(map);
        arena_close(&arena);
    }
}

/* The check itself: it must see what this test is about. */
static void english_left_over_is_seen(void **state)
{
    (void)state;
    assert_true(has_english("文件 cannot be opened：没有权限"));
    assert_false(has_english("文件中有 'the same old name' 列：请用 `mingbai map complaint FILE`"));
    assert_false(has_english("可用的只有 YYYY YY MMM MM M DD D HH H hh h mm m ss s A Z"));
    assert_false(has_chinese("nothing but English"));
    assert_true(has_chinese("来源"));
}

/* What does not fit is cut between characters. */
static void a_long_sentence_stays_whole(void **state)
{
    (void)state;
    struct error error = { 0 };
    char chinese[3 * 200 + 1] = "";
    for (int i = 0; i < 200; i++) strcat(chinese, "明");
    for (int shift = 0; shift < 3; shift++) {
        fail_both(&error, ERROR_INPUT, "%s%s", "%s%s", &"abc"[shift], chinese);
        assert_true(strlen(error.says) >= SENTENCE_ROOM - 4);
        assert_true(str_is_utf8(str_of(error.says)));
        assert_true(str_is_utf8(str_of(error.chinese)));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_field_of_every_kind),
        cmocka_unit_test(checks_of_kinds),
        cmocka_unit_test(english_left_over_is_seen),
        cmocka_unit_test(a_long_sentence_stays_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
