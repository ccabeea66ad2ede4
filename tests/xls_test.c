/* Old workbooks, made here record by record, and one as an office program saved it. */
#include "show_rows.h"

#include <fcntl.h>
#include <zlib.h>

#include "xls_file.h"

static void add_record(struct text *out, unsigned type, struct str bytes)
{
    add_low(out, type, 2);
    add_low(out, bytes.length, 2);
    text_add(out, bytes);
}
#define RECORD(out, type, bytes) add_record(out, type, STR(bytes))

/* Row, column and style, from 0, and what follows them. */
static void add_cell(struct text *out, unsigned type, unsigned row, unsigned column, unsigned style, struct str value)
{
    struct text cell = { 0 };
    add_low(&cell, row, 2), add_low(&cell, column, 2), add_low(&cell, style, 2);
    text_add(&cell, value);
    add_record(out, type, text_str(&cell));
    text_close(&cell);
}
#define CELL(type, row, column, style, value) add_cell(&sheet, type, row, column, style, STR(value))

static void add_text(struct text *sheet, unsigned row, unsigned column, const char *text)
{
    struct text value = { 0 };
    add_low(&value, strlen(text), 2), add_low(&value, 0, 1);
    text_add(&value, str_of(text));
    add_cell(sheet, 0x204, row, column, 0, text_str(&value));
    text_close(&value);
}

static void add_double(struct text *sheet, unsigned row, unsigned column, unsigned style, double number)
{
    struct text value = { 0 };
    uint64_t bits;
    memcpy(&bits, &number, sizeof bits);
    add_low(&value, bits, 8);
    add_cell(sheet, 0x203, row, column, style, text_str(&value));
    text_close(&value);
}

#define BEGIN_BOOK "\x00\x06\x05\x00\xbb\x0d\xcc\x07\x00\x00\x00\x00\x06\x00\x00\x00"
#define BEGIN_SHEET "\x00\x06\x10\x00\xbb\x0d\xcc\x07\x00\x00\x00\x00\x06\x00\x00\x00"

static void header(struct text *sheet)
{
    static const char *const names[] = { "id", "operator", "filed", "text" };
    for (unsigned i = 0; i < COUNT(names); i++)
        add_text(sheet, 0, i, names[i]);
}

/* The stream of a workbook: an empty sheet, a hidden one, a chart and one with these cells. Styles: 0 plain, 1 a built-in date,
   2 one of its own in Chinese, 3 none. */
static void add_book(struct text *stream, struct str globals, struct str cells)
{
    struct text hidden = { 0 };
    add_text(&hidden, 0, 0, "id");
    add_text(&hidden, 1, 0, "h");
    struct {
        struct str name, cells;
        unsigned state;
    } sheets[] = { { STR("\x05\x00" "empty"), { 0 }, 0 },
                   { STR("\x06\x00" "hidden"), text_str(&hidden), 1 },
                   { STR("\x05\x00" "chart"), { 0 }, 0x200 },
                   { STR("\x02\x01\x95\x62\xc9\x8b"), cells, 0 } };
    size_t places[COUNT(sheets)];
    RECORD(stream, 0x809, BEGIN_BOOK);
    text_add(stream, globals);
    add_record(stream, 0x41e, STR("\xa4\x00\x05\x00\x01" "y\0\x74\x5e" "m\0\x08\x67" "d\0"));
    add_record(stream, 0x41e, STR("\xa5\x00\x06\x00\x00" "\"yyy\"0"));
    RECORD(stream, 0xe0, "\0\0\0\0");
    RECORD(stream, 0xe0, "\0\0\x0e\0");
    RECORD(stream, 0xe0, "\0\0\xa4\0");
    RECORD(stream, 0xe0, "\0\0\xa5\0");
    for (size_t i = 0; i < COUNT(sheets); i++) {
        add_low(stream, 0x85, 2), add_low(stream, 6 + sheets[i].name.length, 2);
        places[i] = stream->length;
        add_low(stream, 0, 4), add_low(stream, sheets[i].state, 2);
        text_add(stream, sheets[i].name);
    }
    RECORD(stream, 0x0a, "");
    for (size_t i = 0; i < COUNT(sheets); i++) {
        for (size_t k = 0; k < 4; k++)
            stream->at[places[i] + k] = (char)(stream->length >> (8 * k) & 0xff);
        RECORD(stream, 0x809, BEGIN_SHEET);
        text_add(stream, sheets[i].cells);
        RECORD(stream, 0x0a, "");
    }
    text_close(&hidden);
}

static const char *write_stream(struct place *place, const char *name, const char *stream_name, struct str stream)
{
    struct text file = { 0 };
    compound_file(&file, stream_name, stream);
    const char *path = write_file(place, name, text_str(&file));
    text_close(&file);
    return path;
}

static const char *write_book(struct place *place, struct str globals, struct str cells)
{
    struct text stream = { 0 };
    add_book(&stream, globals, cells);
    const char *path = write_stream(place, "a.xls", "Workbook", text_str(&stream));
    text_close(&stream);
    return path;
}

static void expect_cells(void **state, struct str globals, struct text *cells, const char *expected)
{
    struct reader_options options = { .path = write_book(*state, globals, text_str(cells)), .wanted = wanted, .wanted_count = WANTED };
    expect_of(&options, expected);
    text_close(cells);
}

/* ---- what the cells are ---- */

static void cells_of_all_kinds(void **state)
{
    struct text sheet = { 0 };
    header(&sheet);
    /* numbers: a double, the highest bits of one, whole ones, a whole one and bits over a hundred; a negative one */
    add_double(&sheet, 1, 0, 0, 0.29);
    add_double(&sheet, 1, 1, 0, 13800000000.0);
    CELL(0x27e, 1, 2, 0, "\x00\x00\xf8\x3f");
    CELL(0x27e, 1, 3, 0, "\x1e\x00\x00\x00");
    CELL(0x27e, 2, 0, 0, "\x77\x00\x00\x00");
    CELL(0x27e, 2, 1, 0, "\xef\xff\xff\xff");
    CELL(0x27e, 2, 2, 0, "\x01\x00\xf8\x3f");
    /* several in one record, the second a date; what is empty has records, too */
    CELL(0xbd, 3, 1, 0, "\x06\x00\x00\x00" "\x01\x00\x5e\x90\x02\x00" "\x02\x00");
    CELL(0x201, 3, 3, 0, "");
    /* dates; a quoted word makes none */
    add_double(&sheet, 4, 0, 1, 42007);
    add_double(&sheet, 4, 1, 2, 42007.333333333336);
    add_double(&sheet, 4, 2, 3, 3);
    add_double(&sheet, 4, 3, 99, 4);
    /* truths and errors */
    CELL(0x205, 5, 0, 0, "\x01\x00");
    CELL(0x205, 5, 1, 0, "\x00\x00");
    CELL(0x205, 5, 2, 0, "\x2a\x01");
    CELL(0x205, 5, 3, 0, "\x07\x01");
    /* texts: high bytes left out, a pair of surrogates, with fonts */
    CELL(0x204, 6, 0, 0, "\x04\x00\x00" "caf\xe9");
    CELL(0x204, 6, 1, 0, "\x03\x00\x01\x3d\xd8\x00\xde\x2d\x4e");
    CELL(0xd6, 6, 2, 0, "\x02\x00\x08\x01\x00" "ab\x00\x00\x01\x00");
    CELL(0x204, 6, 3, 0, "\x00\x00\x00");
    expect_cells(state, STR(""), &sheet,
                 "id|operator|filed|text\n2 #0.29|#13800000000|#1.5|#7\n3 #0.29|#-0.05|#0.015|_\n4 _|#1|@42007|_\n"
                 "5 @42007|@42007.333333333336|#3|#4\n6 +|-|#N/A|#DIV/0!\n7 café|😀中|ab|_\nend");
}

static void formulas(void **state)
{
    struct text sheet = { 0 };
    header(&sheet);
#define BEHIND "\0\0\0\0\0\0\x03\x00\x1e\x01\x00"
    CELL(0x06, 1, 0, 0, "\0\0\0\0\0\0\xf8\x3f" BEHIND);
    CELL(0x06, 1, 1, 1, "\0\0\0\0\xe0\x82\xe4\x40" BEHIND);
    CELL(0x06, 1, 2, 0, "\x01\0\x01\0\0\0\xff\xff" BEHIND);
    CELL(0x06, 1, 3, 0, "\x02\0\x24\0\0\0\xff\xff" BEHIND);
    CELL(0x06, 2, 0, 0, "\0\0\0\0\0\0\xff\xff" BEHIND);
    RECORD(&sheet, 0x207, "\x01\x00\x01\x32\x75");
    CELL(0x06, 2, 1, 0, "\0\0\0\0\0\0\xff\xff" BEHIND);
    RECORD(&sheet, 0x4bc, "\0\0\0\0\0\0\0\0");
    RECORD(&sheet, 0x207, "\x02\x00\x00" "hi");
    CELL(0x06, 2, 2, 0, "\x03\0\0\0\0\0\xff\xff" BEHIND);
    CELL(0x06, 2, 3, 0, "\0\0\0\0\0\0\xff\xff" BEHIND);
    expect_cells(state, STR(""), &sheet, "id|operator|filed|text\n2 #1.5|@42007|+|#NUM!\n3 甲|hi|_|_\nend");
}

/* Shared texts that go on in further records: in the midst of a text, where it may change how it is written, and in its fonts. */
static void shared_texts(void **state)
{
    struct text globals = { 0 }, sheet = { 0 };
    RECORD(&globals, 0xfc, "\x05\0\0\0\x05\0\0\0" "\x02\0\0" "id" "\x04\0\0" "te");
    RECORD(&globals, 0x3c, "\x01" "x\0t\0" "\x02\0\x0d\x01\0\x04\0\0\0" "\x95\x62\xc9\x8b" "\x01\0");
    RECORD(&globals, 0x3c, "\x01\0" "read" "\0\0\0" "\x02\0");
    RECORD(&globals, 0x3c, "\x00" "ok");
    CELL(0xfd, 0, 0, 0, "\0\0\0\0");
    CELL(0xfd, 0, 1, 0, "\1\0\0\0");
    CELL(0xfd, 1, 0, 0, "\2\0\0\0");
    CELL(0xfd, 1, 1, 0, "\4\0\0\0");
    CELL(0xfd, 2, 0, 0, "\3\0\0\0");
    CELL(0xfd, 2, 1, 0, "\5\0\0\0");
    CELL(0xfd, 3, 1, 0, "\4\0\0\0");
    expect_cells(state, text_str(&globals), &sheet, "id|text\n2 投诉|ok\n3!\n4 _|ok\nend");
    /* cut in the midst */
    globals.length -= 3;
    globals.at[globals.length - 2] = 0;
    expect_cells(state, text_str(&globals), &sheet, "refused:damaged");
    text_close(&globals);
}

static void titles_totals_and_gaps(void **state)
{
    struct text sheet = { 0 };
    /* in no order, as some programs write column after column */
    add_text(&sheet, 2, 3, "operator");
    add_text(&sheet, 5, 1, "2");
    add_text(&sheet, 3, 1, "1");
    add_text(&sheet, 0, 1, "Cases");
    add_text(&sheet, 2, 1, "id");
    add_text(&sheet, 5, 3, "b");
    add_text(&sheet, 3, 3, "a");
    add_text(&sheet, 6, 1, "Total");
    add_text(&sheet, 65535, 1, "9");
    expect_cells(state, STR(""), &sheet, "id|operator\n4 1|a\n6 2|b\n65536 9|_\nend");
    /* a chart in the sheet has cells of its own */
    header(&sheet);
    RECORD(&sheet, 0x809, BEGIN_SHEET);
    add_text(&sheet, 1, 0, "of the chart");
    RECORD(&sheet, 0x0a, "");
    add_text(&sheet, 1, 1, "a");
    expect_cells(state, STR(""), &sheet, "id|operator|filed|text\n2 _|a|_|_\nend");
    /* rows that cannot be taken leave the others alone */
    header(&sheet);
    add_text(&sheet, 1, 256, "x");
    add_text(&sheet, 2, 0, "1");
    add_text(&sheet, 2, 0, "2");
    CELL(0x204, 3, 0, 0, "\x01\x00\x00\x00");
    CELL(0x204, 4, 0, 0, "\x01\x00\x01\x00\xd8");
    add_text(&sheet, 5, 0, "5");
    expect_cells(state, STR(""), &sheet, "id|operator|filed|text\n2!\n3!\n4!\n5!\n6 5|_|_|_\nend");
}

static void from_1904(void **state)
{
    struct text globals = { 0 }, sheet = { 0 };
    RECORD(&globals, 0x22, "\x01\x00");
    header(&sheet);
    add_double(&sheet, 1, 0, 1, 40545);
    add_double(&sheet, 1, 1, 0, 40545);
    expect_cells(state, text_str(&globals), &sheet, "id|operator|filed|text\n2 @42007|#40545|_|_\nend");
    text_close(&globals);
}

/* ---- the file ---- */

static void sheets(void **state)
{
    static const struct {
        const char *sheet, *expected;
    } cases[] = {
        { NULL, "id|text\n2 1|_\nend" }, { "投诉", "id|text\n2 1|_\nend" }, { "3", "id|text\n2 1|_\nend" }, { "hidden", "id\n2 h\nend" },
        { "2", "id\n2 h\nend" }, { "empty", "refused:is empty" }, { "4", "refused:empty, hidden, 投诉" }, { "chart", "refused:no sheet" },
    };
    struct text sheet = { 0 };
    add_text(&sheet, 0, 0, "id"), add_text(&sheet, 0, 1, "text"), add_text(&sheet, 1, 0, "1");
    struct reader_options options = { .path = write_book(*state, STR(""), text_str(&sheet)), .wanted = wanted, .wanted_count = WANTED };
    for (size_t i = 0; i < COUNT(cases); i++) {
        options.sheet = cases[i].sheet;
        expect_of(&options, cases[i].expected);
    }
    struct error error = { 0 };
    struct reader *reader = reader_open(&(struct reader_options){ .path = options.path }, &error);
    assert_true(str_equal(reader_sheet(reader, 2), str_of("投诉")));
    assert_null(reader_sheet(reader, 3).at);
    reader_close(reader);
    text_close(&sheet);
}

/* A workbook is told by its bytes, whichever its name says; gzipped as well. */
static void names(void **state)
{
    struct place *place = *state;
    struct text sheet = { 0 }, stream = { 0 }, file = { 0 };
    header(&sheet);
    for (unsigned i = 1; i < 2000; i++) /* too long for small sectors, and for one sector of the table */
        add_text(&sheet, i, 3, "Total");
    add_text(&sheet, 2000, 0, "1");
    add_book(&stream, STR(""), text_str(&sheet));
    compound_file(&file, "WORKBOOK", text_str(&stream));
    static const char *const named[] = { "a.xls", "A.XLS", "a.xlsx", "a.xls.gz" };
    for (size_t i = 0; i < COUNT(named); i++) {
        struct str bytes = text_str(&file);
        Bytef packed[131072];
        z_stream gzip = { .next_in = (Bytef *)file.at, .avail_in = (uInt)file.length, .next_out = packed, .avail_out = sizeof packed };
        if (i == 3) {
            assert_int_equal(deflateInit2(&gzip, 6, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY), Z_OK);
            assert_int_equal(deflate(&gzip, Z_FINISH), Z_STREAM_END);
            bytes = (struct str){ (char *)packed, gzip.total_out };
            deflateEnd(&gzip);
        }
        struct reader_options options = { .path = write_file(place, named[i], bytes) };
        struct error error = { 0 };
        struct reader *reader = reader_open(&options, &error);
        assert_non_null(reader);
        struct row row;
        bool more;
        uint64_t last = 0;
        while (reader_next(reader, &row, &more, &error) && more) last = row.line;
        assert_int_equal(last, 2001);
        reader_close(reader);
    }
    expect(place, "b.xls", STR("<html><table>"), "refused:web page");
    expect(place, "b.xls", STR("id\ttext\n1\ta\n"), "refused:name it .csv");
    expect(place, "b.xls", STR(""), "refused:no workbook");
    text_close(&sheet);
    text_close(&stream);
    text_close(&file);
}

static void what_is_refused(void **state)
{
    struct text sheet = { 0 }, stream = { 0 };
    struct reader_options options = { 0 };
    header(&sheet);
    options.path = write_book(*state, STR("\x2f\x00\x04\x00\x01\x00\x01\x00"), text_str(&sheet));
    expect_of(&options, "refused:password");
    static const struct {
        const char *stream, *expected;
    } others[] = {
        { "EncryptedPackage", "refused:password" }, { "Book", "refused:older than Excel 97" },
        { "WordDocument", "refused:Word" },         { "Other", "refused:no workbook" },
    };
    for (size_t i = 0; i < COUNT(others); i++) {
        options.path = write_stream(*state, "b.xls", others[i].stream, STR("anything"));
        expect_of(&options, others[i].expected);
    }
    options.path = write_stream(*state, "b.xls", "Workbook", STR("\x09\x08\x04\x00\x00\x05\x05\x00"));
    expect_of(&options, "refused:older than Excel 97");
    options.path = write_stream(*state, "b.xls", "Workbook", STR("\x09\x08\x04\x00\x00\x06\x05\x00"));
    expect_of(&options, "refused:damaged");
    /* a cell's record that is too short; a sheet that does not end */
    CELL(0x203, 1, 0, 0, "\0\0\0\0");
    options.path = write_book(*state, STR(""), text_str(&sheet));
    expect_of(&options, "refused:damaged");
    sheet.length = 0;
    header(&sheet);
    add_book(&stream, STR(""), text_str(&sheet));
    options.path = write_stream(*state, "b.xls", "Workbook", (struct str){ stream.at, stream.length - 4 });
    expect_of(&options, "refused:damaged");
    /* larger than what is held in memory; it is sparse */
    options.path = write_stream(*state, "b.xls", "Workbook", text_str(&stream));
    assert_int_equal(truncate(options.path, READER_XLS_BYTES + 1), 0);
    expect_of(&options, "refused:64 MiB");
    text_close(&sheet);
    text_close(&stream);
}

static void one_of_an_office_program(void **state)
{
    (void)state;
    struct reader_options options = { .path = "tests/files/old.xls", .wanted = wanted, .wanted_count = WANTED };
    expect_of(&options, "id|operator|filed|text\n4 T-1|#13800000000|@42007|宽带😀断线, \"两次\"\ncafé\n"
                        "5 #0.29|#-12345678|@42007.333333333336|#0.00001\n7 #-24691356|_|@42037|#DIV/0!\n8 +|-|@1.25|#N/A\n"
                        "9 _|_|_|#1.5\nend");
}

/* Cut anywhere, and with any one byte turned round, it is read or refused, and nothing else happens. */
static void damage(void **state)
{
    struct place *place = *state;
    char bytes[16384];
    FILE *file = fopen("tests/files/old.xls", "rb");
    size_t length = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    struct reader_options options = { 0 };
    for (size_t cut = 1; cut < length; cut += 61) {
        options.path = write_file(place, "cut.xls", (struct str){ bytes, cut });
        char *shown = show(&options);
        if (cut < length - 1024) assert_non_null(strstr(shown, "refused: "));
        free(shown);
    }
    for (size_t at = 8; at < length; at += 7) {
        bytes[at] = (char)~bytes[at];
        options.path = write_file(place, "turned.xls", (struct str){ bytes, length });
        free(show(&options));
        bytes[at] = (char)~bytes[at];
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(cells_of_all_kinds, make_place, remove_place),
        cmocka_unit_test_setup_teardown(formulas, make_place, remove_place),
        cmocka_unit_test_setup_teardown(shared_texts, make_place, remove_place),
        cmocka_unit_test_setup_teardown(titles_totals_and_gaps, make_place, remove_place),
        cmocka_unit_test_setup_teardown(from_1904, make_place, remove_place),
        cmocka_unit_test_setup_teardown(sheets, make_place, remove_place),
        cmocka_unit_test_setup_teardown(names, make_place, remove_place),
        cmocka_unit_test_setup_teardown(what_is_refused, make_place, remove_place),
        cmocka_unit_test(one_of_an_office_program),
        cmocka_unit_test_setup_teardown(damage, make_place, remove_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
