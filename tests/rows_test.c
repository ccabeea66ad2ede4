/* Rows in every form: what comes out for the same cells, and that no spreadsheet runs them. */
#include "show_rows.h"

#include <sys/stat.h>
#include <zip.h>

#include "base/moment.h"
#include "rows/rows.h"

static bool collect(void *context, struct str bytes)
{
    text_add(context, bytes);
    return true;
}

static bool refuse(void *context, struct str bytes)
{
    (void)bytes;
    ++*(int *)context;
    return false;
}

static void two_rows(struct rows *rows, struct str first, struct str second)
{
    const struct str texts[] = { first, second };
    for (size_t i = 0; i < COUNT(texts); i++) {
        rows_begin(rows);
        rows_string(rows, "text", texts[i]);
        rows_number(rows, "n", i ? -7 : INT64_C(1) << 60);
        rows_decimal(rows, "share", 1250, 4);
        if (i)
            rows_null(rows, "none");
        else
            rows_moment(rows, "none", day_start(0));
        rows_json(rows, "list", STR("[1,{\"a\":\"b\"}]"));
        rows_end(rows);
    }
}

static struct text written(struct rows_options options, struct str first, struct str second)
{
    struct text out = { 0 };
    struct rows rows;
    struct error error = { 0 };
    options.sink = (struct rows_sink){ collect, &out };
    rows_start(&rows, &options);
    if (first.at) two_rows(&rows, first, second);
    assert_true(rows_finish(&rows, &error));
    return out;
}

static void assert_written(struct rows_options options, struct str first, struct str second, const char *expected)
{
    struct text out = written(options, first, second);
    assert_string_equal(text_zero(&out), expected);
    text_close(&out);
}

#define NUMBERS_1 "1152921504606846976"
#define TIME_1 "1970-01-01T00:00:00+08:00"

static void test_text_forms(void **state)
{
    (void)state;
    struct str plain = STR("a,\"b\""), cause = STR("=1+1");
    assert_written((struct rows_options){ .format = ROWS_JSONL }, plain, cause,
                   "{\"text\":\"a,\\\"b\\\"\",\"n\":" NUMBERS_1 ",\"share\":0.125,\"none\":\"" TIME_1 "\",\"list\":[1,{\"a\":\"b\"}]}\n"
                   "{\"text\":\"=1+1\",\"n\":-7,\"share\":0.125,\"none\":null,\"list\":[1,{\"a\":\"b\"}]}\n");
    assert_written((struct rows_options){ .format = ROWS_JSON }, plain, (struct str){ 0 },
                   "{\"text\":\"a,\\\"b\\\"\",\"n\":" NUMBERS_1 ",\"share\":0.125,\"none\":\"" TIME_1 "\",\"list\":[1,{\"a\":\"b\"}]},"
                   "{\"text\":null,\"n\":-7,\"share\":0.125,\"none\":null,\"list\":[1,{\"a\":\"b\"}]}");
    assert_written((struct rows_options){ .format = ROWS_CSV }, plain, cause,
                   "text,n,share,none,list\r\n\"a,\"\"b\"\"\"," NUMBERS_1 ",0.125," TIME_1 ",\"[1,{\"\"a\"\":\"\"b\"\"}]\"\r\n"
                   "=1+1,-7,0.125,,\"[1,{\"\"a\"\":\"\"b\"\"}]\"\r\n");
    assert_written((struct rows_options){ .format = ROWS_TABLE }, STR("表"), cause,
                   "text  n                    share  none                       list\n"
                   "表    " NUMBERS_1 "  0.125  " TIME_1 "  [1,{\"a\":\"b\"}]\n"
                   "=1+1  -7                   0.125                             [1,{\"a\":\"b\"}]\n");
    for (enum rows_format format = ROWS_JSONL; format < ROWS_XLSX; format++)
        assert_written((struct rows_options){ .format = format }, (struct str){ 0 }, (struct str){ 0 }, "");
}

static void test_marks(void **state)
{
    (void)state;
    struct text marked = written((struct rows_options){ .format = ROWS_CSV, .mark = true }, STR("=1"), STR("b")),
                guarded = written((struct rows_options){ .format = ROWS_CSV, .for_spreadsheet = true }, STR("=1"), STR("b"));
    assert_true(str_starts(text_str(&marked), STR("\xef\xbb\xbftext,n,share,none,list\r\n=1,")));
    assert_true(str_starts(text_str(&guarded), STR("\xef\xbb\xbftext,n,share,none,list\r\n'=1,")));
    text_close(&marked);
    text_close(&guarded);
}

static void test_what_is_a_formula(void **state)
{
    (void)state;
    static const char *const formulas[] = { "=1+1", "+cmd|' /C calc'!A0", "-1+1", "@SUM(A1)", "\t=1", "\tx", "\rx", "\nx", "  =1", "＝1+1", "　＋1", "－x",
                                            "＠x", "\xc2\xa0=1", "=", "-", "-1,2,3" };
    static const char *const texts[] = { "", "a=1", "-5.00", "+8613800138000", "-0.290000", "1-1", "'=1", "[1]", "无" };
    for (size_t i = 0; i < COUNT(formulas); i++) assert_true(rows_is_formula(str_of(formulas[i])));
    for (size_t i = 0; i < COUNT(texts); i++) assert_false(rows_is_formula(str_of(texts[i])));
    assert_true(rows_is_formula(STR("=\0"))); /* the bytes count, not a C string's end */
}

/* ---- workbooks ---- */

/* A part of a workbook, unpacked. */
static struct text part_of(struct str book, const char *name)
{
    zip_source_t *source = zip_source_buffer_create(book.at, book.length, 0, NULL);
    zip_t *zip = zip_open_from_source(source, ZIP_RDONLY, NULL);
    assert_non_null(zip);
    zip_file_t *file = zip_fopen(zip, name, 0);
    assert_non_null(file);
    struct text text = { 0 };
    for (zip_int64_t got = 1; got > 0;) {
        got = zip_fread(file, text_room(&text, 65536), 65536);
        assert_true(got >= 0);
        text.length += (size_t)got;
    }
    zip_fclose(file);
    zip_close(zip);
    return text;
}

static void test_a_workbook(void **state)
{
    struct place *place = *state;
    struct rows_options options = { .format = ROWS_XLSX, .for_spreadsheet = true, .scratch = place->folder };
    struct text book = written(options, STR("=HYPERLINK(\"http://x\")"), STR("http://example.com/\x01\xff表"));
    struct text sheet = part_of(text_str(&book), "xl/worksheets/sheet1.xml");
    const char *xml = text_zero(&sheet);
    assert_null(strstr(xml, "<f>"));
    assert_null(strstr(xml, "hyperlink "));
    assert_non_null(strstr(xml, "<v>-7</v>"));
    assert_non_null(strstr(xml, "<v>0.125</v>"));
    assert_null(strstr(xml, "<v>" NUMBERS_1)); /* a double has not so many digits */
    assert_non_null(strstr(xml, "state=\"frozen\""));
    assert_non_null(strstr(xml, "<autoFilter ref=\"A1:E3\"/>"));
    assert_non_null(strstr(xml, "customWidth=\"1\""));
    const char *path = write_file(place, "book.xlsx", text_str(&book));
    struct error error = { 0 };
    static const struct str names[] = { STR("text"), STR("n"), STR("share") };
    struct reader *reader = reader_open(&(struct reader_options){ .path = path, .wanted = names, .wanted_count = COUNT(names) }, &error);
    assert_non_null(reader);
    size_t count;
    const struct str *columns = reader_columns(reader, &count);
    assert_int_equal(count, 5);
    assert_true(str_equal(columns[0], STR("text")) && str_equal(columns[4], STR("list")));
    static const struct cell cells[2][5] = {
        { { STR("'=HYPERLINK(\"http://x\")"), CELL_TEXT }, { STR(NUMBERS_1), CELL_TEXT }, { STR("0.125"), CELL_NUMBER }, { STR(TIME_1), CELL_TEXT },
          { STR("[1,{\"a\":\"b\"}]"), CELL_TEXT } },
        { { STR("http://example.com/\xef\xbf\xbd\xef\xbf\xbd表"), CELL_TEXT }, { STR("-7"), CELL_NUMBER }, { STR("0.125"), CELL_NUMBER },
          { { 0 }, CELL_NULL }, { STR("[1,{\"a\":\"b\"}]"), CELL_TEXT } },
    };
    struct row row;
    bool more;
    for (size_t r = 0; r < 2; r++) {
        assert_true(reader_next(reader, &row, &more, &error) && more);
        for (size_t i = 0; i < 5; i++) {
            assert_true(str_equal(row.cells[i].text, cells[r][i].text));
            assert_int_equal(row.cells[i].type, cells[r][i].type);
        }
    }
    assert_true(reader_next(reader, &row, &more, &error) && !more);
    reader_close(reader);
    text_close(&sheet);
    text_close(&book);
    assert_int_equal(remove(path), 0);
    assert_int_equal(rmdir(place->folder), 0); /* nothing else was left there */
    assert_int_equal(mkdir(place->folder, 0700), 0);
}

static void test_a_long_cell_and_no_row(void **state)
{
    (void)state;
    struct text longest = { 0 };
    for (int i = 0; i < 40000; i++) text_add(&longest, STR("长"));
    struct text book = written((struct rows_options){ .format = ROWS_XLSX }, text_str(&longest), STR("b")),
                empty = written((struct rows_options){ .format = ROWS_XLSX }, (struct str){ 0 }, (struct str){ 0 });
    struct text sheet = part_of(text_str(&book), "xl/worksheets/sheet1.xml"), none = part_of(text_str(&empty), "xl/worksheets/sheet1.xml");
    assert_non_null(strstr(text_zero(&sheet), "长…</t>"));
    assert_null(strstr(text_zero(&none), "<c "));
    text_close(&longest);
    text_close(&book);
    text_close(&empty);
    text_close(&sheet);
    text_close(&none);
}

static void test_a_sink_that_closes(void **state)
{
    (void)state;
    for (enum rows_format format = ROWS_JSONL; format <= ROWS_XLSX; format++) {
        struct rows rows;
        int asked = 0;
        struct error error = { 0 };
        rows_start(&rows, &(struct rows_options){ .format = format, .sink = { refuse, &asked } });
        two_rows(&rows, STR("a"), STR("b"));
        assert_false(rows_finish(&rows, &error));
        assert_int_equal(asked, 1);
        assert_int_equal(error.code, ERROR_NONE);
    }
}

static void test_no_place_for_a_workbook(void **state)
{
    (void)state;
    struct rows rows;
    struct text out = { 0 };
    struct error error = { 0 };
    rows_start(&rows, &(struct rows_options){ .format = ROWS_XLSX, .sink = { collect, &out }, .scratch = "/nonexistent" });
    two_rows(&rows, STR("a"), STR("b"));
    assert_false(rows_finish(&rows, &error));
    assert_int_equal(error.code, ERROR_DISK);
    assert_int_equal(out.length, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text_forms),
        cmocka_unit_test(test_marks),
        cmocka_unit_test(test_what_is_a_formula),
        cmocka_unit_test_setup_teardown(test_a_workbook, make_place, remove_place),
        cmocka_unit_test(test_a_long_cell_and_no_row),
        cmocka_unit_test(test_a_sink_that_closes),
        cmocka_unit_test(test_no_place_for_a_workbook),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
