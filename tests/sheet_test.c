/* Workbooks, made here part by part as several programs write them. */
#include "show_rows.h"

#include <fcntl.h>
#include <zip.h>
#include <zlib.h>

struct part {
    const char *name, *text;
    size_t length; /* 0: a string */
};

#define MAIN "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
#define RELATIONS "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
#define RELATION(id, type, target) "<Relationship Id=\"" id "\" Type=\"" RELATIONS "/" type "\" Target=\"" target "\"/>"
#define SHEET(rows)                                                                                                            \
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?><worksheet xmlns=\"" MAIN "\"><sheetData>" rows "</sheetData></worksheet>"
#define TEXT(reference, text) "<c r=\"" reference "\" t=\"inlineStr\"><is><t>" text "</t></is></c>"
#define HEADER "<row r=\"1\">" TEXT("A1", "id") TEXT("B1", "operator") TEXT("C1", "filed") TEXT("D1", "text") "</row>"

static const char package[] = "<Relationships>" RELATION("rId1", "officeDocument", "xl/workbook.xml") "</Relationships>";
static const char relations[] = "<Relationships>" RELATION("rId1", "worksheet", "worksheets/sheet1.xml")
    RELATION("rId2", "worksheet", "/xl/worksheets/sheet2.xml") RELATION("rId3", "worksheet", "worksheets/sheet3.xml")
        RELATION("rId4", "chartsheet", "chartsheets/sheet1.xml") RELATION("rId8", "styles", "styles.xml")
            RELATION("rId9", "sharedStrings", "sharedStrings.xml") "</Relationships>";
static const char book[] =
    "<workbook xmlns=\"" MAIN "\" xmlns:r=\"" RELATIONS "\"><workbookPr/><sheets>"
    "<sheet name=\"Chart\" sheetId=\"9\" r:id=\"rId4\"/><sheet name=\"empty\" sheetId=\"7\" r:id=\"rId1\"/>"
    "<sheet name=\"hidden\" sheetId=\"3\" state=\"hidden\" r:id=\"rId2\"/><sheet name=\"投诉\" sheetId=\"5\" "
    "r:id=\"rId3\"/></sheets></workbook>";
static const char styles[] =
    "<styleSheet><numFmts><numFmt numFmtId=\"164\" formatCode=\"yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;\"/>"
    "<numFmt numFmtId=\"165\" formatCode=\"#,##0&quot;days&quot;;[Red]yyyy\"/><numFmt numFmtId=\"166\" "
    "formatCode=\"[$-804]\\d0.00_y\"/>"
    "<numFmt numFmtId=\"167\" formatCode=\"[h]:mm\"/></numFmts><cellStyleXfs><xf numFmtId=\"14\"/></cellStyleXfs>"
    "<cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/><xf numFmtId=\"164\"/><xf numFmtId=\"165\"/><xf numFmtId=\"166\"/><xf "
    "numFmtId=\"31\"/>"
    "<xf numFmtId=\"49\"/><xf numFmtId=\"167\"/></cellXfs></styleSheet>";
static const char strings[] =
    "<sst><si><t>id</t></si><si><r><t>oper</t></r><r><rPr/><t xml:space=\"preserve\">ator </t></r></si>"
    "<si><t>投诉</t><rPh sb=\"0\" eb=\"1\"><t>toushu</t></rPh></si><si/><si><t>a &lt;b&gt;, "
    "\"c\"_x000D_&#10;d_x005F_x</t></si></sst>";

static const char *write_book(struct place *place, const char *name, const struct part *parts, size_t count)
{
    snprintf(place->path, sizeof place->path, "%s/%s", place->folder, name);
    zip_t *zip = zip_open(place->path, ZIP_CREATE | ZIP_TRUNCATE, NULL);
    assert_non_null(zip);
    for (size_t i = 0; i < count; i++) {
        size_t length = parts[i].length ? parts[i].length : strlen(parts[i].text);
        zip_source_t *source = zip_source_buffer(zip, parts[i].text, length, 0);
        assert_true(zip_file_add(zip, parts[i].name, source, ZIP_FL_OVERWRITE) >= 0);
    }
    assert_int_equal(zip_close(zip), 0);
    return place->path;
}

/* A workbook whose third sheet is that. */
static const char *write_sheet(struct place *place, struct str sheet)
{
    const struct part parts[] = {
        { "_rels/.rels", package, 0 },
        { "xl/workbook.xml", book, 0 },
        { "xl/_rels/workbook.xml.rels", relations, 0 },
        { "xl/styles.xml", styles, 0 },
        { "xl/sharedStrings.xml", strings, 0 },
        { "xl/worksheets/sheet1.xml", SHEET("<row r=\"1\"/>"), 0 },
        { "xl/worksheets/sheet2.xml", SHEET("<row r=\"1\">" TEXT("A1", "id") "</row><row r=\"2\">" TEXT("A2", "h") "</row>"),
          0 },
        { "xl/worksheets/sheet3.xml", sheet.at, sheet.length },
    };
    return write_book(place, "a.xlsx", parts, COUNT(parts));
}

static void expect_sheet(void **state, const char *sheet, const char *expected)
{
    struct reader_options options = { .path = write_sheet(*state, str_of(sheet)), .wanted = wanted, .wanted_count = WANTED };
    expect_of(&options, expected);
}

static void cells(void **state)
{
    expect_sheet(state,
                 SHEET("<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c><c r=\"B1\" t=\"s\"><v>1</v></c></row>"
                       "<row r=\"2\"><c r=\"A2\" t=\"s\"><v>2</v></c><c r=\"B2\" t=\"s\"><v>3</v></c></row>"
                       "<row r=\"4\"><c r=\"A4\" t=\"s\"><v>4</v></c></row><row><c/><c t=\"str\"><f>A1</f><v>x</v></c></row>"),
                 "id|operator\n2 投诉|_\n4 a <b>, \"c\"\r\nd_x|_\n5 _|x\nend");
    expect_sheet(
        state,
        SHEET(HEADER
              "<row r=\"2\"><c r=\"A2\"><v>0.28999999999999998</v></c><c r=\"B2\"><v>13800000000</v></c>"
              "<c r=\"C2\"><v>1.0000000000000001E-5</v></c><c r=\"D2\" t=\"n\"><v>3.2010119800101E+17</v></c></row>"
              "<row r=\"3\"><c r=\"A3\" t=\"b\"><v>1</v></c><c r=\"B3\" t=\"b\"><v>0</v></c><c r=\"C3\" t=\"e\"><v>#N/A</v></c>"
              "<c r=\"D3\"><v>-0.10000000000000001</v></c></row>"
              "<row r=\"7\" hidden=\"1\"><c r=\"D7\"><v>0</v></c></row><row r=\"8\"><c r=\"A8\"><v>x1</v></c></row>"),
        "id|operator|filed|text\n2 #0.29|#13800000000|#0.00001|#320101198001010000\n3 +|-|#N/A|#-0.1\n7 _|_|_|#0\n8 "
        "x1|_|_|_\nend");
    /* dates: built-in, custom, Chinese built-in; not: a quoted word, an escape, text, only in a later section */
    expect_sheet(
        state,
        SHEET(HEADER
              "<row r=\"2\"><c r=\"A2\" s=\"1\"><v>42007</v></c><c r=\"B2\" s=\"2\"><v>42007.333333333336</v></c>"
              "<c r=\"C2\" s=\"5\"><v>42007.5</v></c><c r=\"D2\" s=\"7\"><v>1.25</v></c></row>"
              "<row r=\"3\"><c r=\"A3\" s=\"3\"><v>3</v></c><c r=\"B3\" s=\"4\"><v>4</v></c><c r=\"C3\" s=\"6\"><v>5</v></c>"
              "<c r=\"D3\" s=\"99\"><v>6</v></c></row><row r=\"4\"><c r=\"A4\" t=\"d\"><v>2015-01-03</v></c></row>"),
        "id|operator|filed|text\n2 @42007|@42007.333333333336|@42007.5|@1.25\n3 #3|#4|#5|#6\n4 2015-01-03|_|_|_\nend");
    /* with prefixes, without references; merged cells leave the others empty */
    expect_sheet(
        state,
        "<x:worksheet xmlns:x=\"" MAIN "\"><x:sheetData><x:row><x:c t=\"inlineStr\"><x:is><x:t>id</x:t></x:is></x:c>"
        "<x:c t=\"inlineStr\"><x:is><x:t>text</x:t></x:is></x:c></x:row><x:row><x:c><x:v>1</x:v></x:c></x:row></x:sheetData>"
        "<x:mergeCells count=\"1\"><x:mergeCell ref=\"A2:B2\"/></x:mergeCells></x:worksheet>",
        "id|text\n2 #1|_\nend");
}

static void titles_and_totals(void **state)
{
    expect_sheet(state,
                 SHEET("<row r=\"1\">" TEXT("B1", "台账") "</row><row r=\"3\">" TEXT("B3", "id") TEXT(
                     "D3", " operator ") "</row>"
                                         "<row r=\"4\">" TEXT("B4", "1") TEXT("D4", "a") "</row><row r=\"5\">" TEXT(
                                             "B5", "合计") "</row>"
                                                           "<row r=\"6\">" TEXT("C6", "stray") "</row><row r=\"7\">" TEXT(
                                                               "E7", " ") TEXT("F7", "") "</row>"),
                 "id|operator\n4 1|a\n6!\nend");
    expect_sheet(state, SHEET("<row r=\"1\">" TEXT("A1", "colour") "</row><row r=\"2\"><c><v>1</v></c></row>"),
                 "colour\n2 #1\nend");
    /* no row names what is wanted */
    expect_sheet(state,
                 SHEET("<row r=\"1\">" TEXT("A1", "title") TEXT("E1", "2015") "</row><row r=\"2\">" TEXT("A2", "No")
                           TEXT("B2", "Firm") TEXT("C2", "Town") TEXT("D2", "Day") TEXT("E2", "By")
                           "</row><row r=\"3\"><c><v>1</v></c></row>"),
                 "No|Firm|Town|Day|By\n3 #1|_|_|_|_\nend");
}

static void sheets(void **state)
{
    static const struct {
        const char *sheet, *expected;
    } cases[] = {
        { NULL, "id|text\n2 1|_\nend" },        { "投诉", "id|text\n2 1|_\nend" }, { "3", "id|text\n2 1|_\nend" },
        { "hidden", "id\n2 h\nend" },           { "2", "id\n2 h\nend" },           { "empty", "refused:is empty" },
        { "4", "refused:empty, hidden, 投诉" }, { "Chart", "refused:no sheet" },
    };
    struct str sheet =
        STR(SHEET("<row r=\"1\">" TEXT("A1", "id") TEXT("B1", "text") "</row><row r=\"2\">" TEXT("A2", "1") "</row>"));
    struct reader_options options = { .path = write_sheet(*state, sheet), .wanted = wanted, .wanted_count = WANTED };
    for (size_t i = 0; i < COUNT(cases); i++) {
        options.sheet = cases[i].sheet;
        expect_of(&options, cases[i].expected);
    }
    options.sheet = NULL;

    /* gzipped as well */
    char zipped[160];
    snprintf(zipped, sizeof zipped, "%s.gz", options.path);
    FILE *file = fopen(options.path, "rb");
    gzFile packed = gzopen(zipped, "wb");
    char bytes[16384];
    size_t length = fread(bytes, 1, sizeof bytes, file);
    assert_int_equal(gzwrite(packed, bytes, (unsigned)length), length);
    fclose(file);
    gzclose(packed);
    options.path = zipped;
    expect_of(&options, "id|text\n2 1|_\nend");
}

static void from_1904(void **state)
{
    const struct part parts[] = {
        { "xl/workbook.xml", "<workbook><workbookPr date1904=\"1\"/><sheets><sheet name=\"a\" id=\"x\"/></sheets></workbook>",
          0 },
        { "xl/_rels/workbook.xml.rels",
          "<Relationships>" RELATION("x", "worksheet", "a.xml") RELATION("y", "styles", "styles.xml") "</Relationships>", 0 },
        { "xl/styles.xml", styles, 0 },
        { "xl/a.xml", SHEET(HEADER "<row r=\"2\"><c s=\"1\"><v>40545</v></c><c><v>40545</v></c></row>"), 0 },
    };
    struct reader_options options = { .path = write_book(*state, "mac.xlsx", parts, COUNT(parts)) };
    expect_of(&options, "id|operator|filed|text\n2 @42007|#40545|_|_\nend");
}

static void broken(void **state)
{
    static const struct {
        const char *sheet, *expected;
    } cases[] = {
        { SHEET(HEADER "<row r=\"2\"><c t=\"s\"><v>77</v></c></row><row r=\"3\"><c><v>1</v></c></row>"),
          "id|operator|filed|text\n2!\n3 #1|_|_|_\nend" },
        { SHEET(HEADER "<row r=\"2\"><c r=\"A2\"><v>1</v></c><c r=\"A2\"><v>2</v></c></row>"),
          "id|operator|filed|text\n2!\nend" },
        { SHEET(HEADER "<row r=\"2\"><c r=\"ZZZZZZZZZ2\"><v>1</v></c></row>"), "id|operator|filed|text\n2!\nend" },
        { SHEET(HEADER "<row r=\"5\"><c><v>1</v></c></row><row r=\"5\"><c><v>2</v></c></row>"),
          "id|operator|filed|text\n5 #1|_|_|_\n6!\nend" },
        { SHEET(HEADER "<row r=\"-1\"><c><v>1</v></c></row>"), "id|operator|filed|text\n2!\nend" },
        { "<worksheet><sheetData>" HEADER "<row r=\"2\"><c><v>1</v></c></row><row",
          "id|operator|filed|text\n2 #1|_|_|_\nfailed" },
        { "<worksheet><sheetData>" HEADER "<row r=\"2\"><c><v>1</v></c></oops>", "id|operator|filed|text\nfailed" },
        { "<!DOCTYPE x [<!ENTITY a \"aaaa\">]>"
          "<worksheet><sheetData>" HEADER "</sheetData></worksheet>",
          "refused:damaged" },
        { "not XML", "refused:damaged" },
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        expect_sheet(state, cases[i].sheet, cases[i].expected);
    struct text text = { 0 };
    text_format(&text, "<worksheet><sheetData>%s<row r=\"2\"><c r=\"A2\" t=\"inlineStr\"><is><t>", HEADER);
    memset(text_room(&text, 3 * READER_CELL_BYTES), 'x', 3 * READER_CELL_BYTES);
    text.length += 3 * READER_CELL_BYTES;
    text_format(&text, "</t></is></c></row><row r=\"3\">" TEXT("A3", "1") "</row></sheetData></worksheet>");
    expect_sheet(state, text_zero(&text), "id|operator|filed|text\n2!\n3 1|_|_|_\nend");

    /* 64 MiB of blanks that pack a thousand to one */
    text.length = 0;
    text_format(&text, "<worksheet><sheetData>%s<row r=\"2\"><c><v>1</v></c></row>", HEADER);
    size_t blanks = (size_t)64 * 1024 * 1024;
    memset(text_room(&text, blanks), ' ', blanks);
    text.length += blanks;
    text_format(&text, "</sheetData></worksheet>");
    expect_sheet(state, text_zero(&text), "id|operator|filed|text\n2 #1|_|_|_\nfailed");
    text_close(&text);

    struct place *place = *state;
    expect(place, "b.xlsx", STR("PK\x03\x04 and then nothing"), "refused:damaged");
    expect(place, "b.xlsx", STR("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), "refused:cut off");
    expect(place, "b.xlsx", STR(""), "refused:no workbook");
    const struct part other[] = { { "word/document.xml", "<document/>", 0 } };
    struct reader_options options = { .path = write_book(place, "c.xlsx", other, 1) };
    expect_of(&options, "refused:no part");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(cells, make_place, remove_place),
        cmocka_unit_test_setup_teardown(titles_and_totals, make_place, remove_place),
        cmocka_unit_test_setup_teardown(sheets, make_place, remove_place),
        cmocka_unit_test_setup_teardown(from_1904, make_place, remove_place),
        cmocka_unit_test_setup_teardown(broken, make_place, remove_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
