/* Text files as clerks have them, and as nobody should: CSV, JSON Lines and JSON, encodings, gzip and pipes. */
#include "show_rows.h"

#include <fcntl.h>
#include <iconv.h>
#include <pthread.h>
#include <zlib.h>

/* ---- CSV ---- */

static void csv_forms(void **state)
{
    static const struct {
        const char *bytes, *expected;
    } cases[] = {
        { "id,operator,filed\n1,a,b\n2,c,d\n", "id|operator|filed\n2 1|a|b\n3 2|c|d\nend" },
        { "id,operator,filed\r\n1,a,b\r\n2,c,d", "id|operator|filed\n2 1|a|b\n3 2|c|d\nend" },
        { "id,operator,filed\r1,a,b\r2,c,d\r", "id|operator|filed\n2 1|a|b\n3 2|c|d\nend" },
        { "\xef\xbb\xbfid,operator\n1,a\n", "id|operator\n2 1|a\nend" },
        { "id,operator\n\n  \n,\n1,a\n\r\n2,b\n", "id|operator\n5 1|a\n7 2|b\nend" },
        { "id,text\n1,\"a \"\"b\"\", c\"\n2,\"two\nlines\r\nthree\"\n3,x\n",
          "id|text\n2 1|a \"b\", c\n3 2|two\nlines\r\nthree\n6 3|x\nend" },
        { "id,text\n\"1\",\"\"\n\"\",x\n3,\"\"\"\"\n", "id|text\n2 1|_\n3 _|x\n4 3|\"\nend" },
        { "id,text\n1,say \"x\" now\n2,5\"\n", "id|text\n2 1|say \"x\" now\n3 2|5\"\nend" },
        { "id,text\n\"1\" ,\"a\"  \n", "id|text\n2 1|a\nend" },
        { "id;operator;filed\n1;a,b;c\n", "id|operator|filed\n2 1|a,b|c\nend" },
        { "id\toperator\tfiled\n1\ta,b;\tc\n", "id|operator|filed\n2 1|a,b;|c\nend" },
        { " id , \xef\xbb\xbfoperator\xe3\x80\x80,\"filed\n\"\n1,a,b\n", "id|operator|filed\n3 1|a|b\nend" },
        { "id,operator,filed\n1\n2,a\n3,a,b,,\n4,a,b,c\n5,a,b\n",
          "id|operator|filed\n2 1|_|_\n3 2|a|_\n4 3|a|b\n5!\n6 5|a|b\nend" },
        { ",id,,operator,\n,1,,a,\nx,2,,b\n,3,y,c\n,4\n", "id|operator\n2 1|a\n3!\n4!\n5 4|_\nend" },
        { "id\n1\n2\n", "id\n2 1\n3 2\nend" },
        { "id,operator\n", "id|operator\nend" },
        { "id,operator", "id|operator\nend" },
        { "colour,size\n1,2\n", "colour|size\n2 1|2\nend" },
        { "colour;size\n1;2\n", "colour|size\n2 1|2\nend" },
        { "", "refused:empty" },
        { "\n\n \n", "refused:empty" },
        { "id,operator,id\n", "refused:twice" },
        { "PK\x03\x04...", "refused:xlsx" },
        { "\xd0\xcf\x11\xe0...", "refused:name it .xls" },
        { "<html><table>", "refused:web page" },
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        expect(*state, "a.csv", str_of(cases[i].bytes), cases[i].expected);
}

static void csv_that_is_broken(void **state)
{
    static const struct {
        const char *bytes, *expected;
    } cases[] = {
        /* a quote left open takes its own line alone */
        { "id,text\n1,\"open\n2,b\n3,c\n", "id|text\n2!\n3 2|b\n4 3|c\nend" },
        { "id,text\n1,\"open\n2,\"b\"\n3,c\n", "id|text\n2!\n3 2|b\n4 3|c\nend" },
        { "id,text\n\"1\",\"open\n\"2\",\"b\"\n\"3\",\"c\"\n", "id|text\n2!\n3 2|b\n4 3|c\nend" },
        { "id,text\n1,\"a\"b\n2,b\n", "id|text\n2!\n3 2|b\nend" },
        { "id,text\n1,\"a\n", "id|text\n2!\nend" },
        { "id,text\n1,\"", "id|text\n2!\nend" },
        { "id,text\n1,\xff\n2,b\n", "id|text\n2!\n3 2|b\nend" },
        { "id,text\n1,\xed\xa0\x80\n2,b\xe5\n3,c\n", "id|text\n2!\n3!\n4 3|c\nend" },
        { "id,\"text\n1,b\n", "refused:line 1" },
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        expect(*state, "a.csv", str_of(cases[i].bytes), cases[i].expected);
    expect(*state, "a.csv", STR("id,text\n1,a\0b\n2,b\n"), "id|text\n2!\n3 2|b\nend");
    expect(*state, "a.csv", STR("\0\0\0\0\0\0\0\0"), "refused:NUL");
}

static struct str repeated(struct text *out, struct str start, char byte, size_t times, struct str end)
{
    out->length = 0;
    text_add(out, start);
    memset(text_room(out, times), byte, times);
    out->length += times;
    text_add(out, end);
    return text_str(out);
}

static void csv_over_limits(void **state)
{
    struct text text = { 0 };
    const size_t over_row = READER_ROW_BYTES + 10, far_over = 3 * READER_ROW_BYTES, over_cell = READER_CELL_BYTES + 1;
    expect(*state, "a.csv", repeated(&text, STR("id,text\n1,"), 'x', over_row, STR("\n2,b\n")), "id|text\n2!\n3 2|b\nend");
    expect(*state, "a.csv", repeated(&text, STR("id,text\n1,"), 'x', far_over, STR("\r\n2,b\r\n")), "id|text\n2!\n3 2|b\nend");
    expect(*state, "a.csv", repeated(&text, STR("id,text\n1,"), 'x', far_over, STR("")), "id|text\n2!\nend");
    expect(*state, "a.csv", repeated(&text, STR("id,text\n1,"), 'x', over_cell, STR("\n2,b\n")), "id|text\n2!\n3 2|b\nend");
    expect(*state, "a.csv", repeated(&text, STR("id,text\n1,\"x\n"), 'x', over_cell, STR("\n2,b\n")),
           "id|text\n2!\n3!\n4 2|b\nend");
    expect(*state, "a.csv", repeated(&text, STR("id,text\n1,a"), ',', READER_COLUMNS, STR("\n2,b\n")),
           "id|text\n2!\n3 2|b\nend");
    expect(*state, "a.csv", repeated(&text, STR(""), 'x', far_over, STR("")), "refused:4 MiB");
    text_close(&text);
}

static void csv_under_titles(void **state)
{
    static const struct {
        const char *bytes, *expected;
    } cases[] = {
        { "Complaints of 2015,,\n,,\nby city,,\nid,operator,filed\n1,a,b\n", "id|operator|filed\n5 1|a|b\nend" },
        { "投诉台账\n制表：张三，2015 年\nid;operator;filed\n1;a;b\n", "id|operator|filed\n4 1|a|b\nend" },
        { "title\nＩＤ,OPERATOR,x,y,z\n1,a,b\n", "ＩＤ|OPERATOR|x|y|z\n3 1|a|b|_|_\nend" },
        /* the first row wins where a later one says no more */
        { "id,operator,x,y,z\nid,operator,x,y,z\n", "id|operator|x|y|z\n2 id|operator|x|y|z\nend" },
        { "\"a title\nof two lines\"\nid,operator\n1,a\n", "id|operator\n4 1|a\nend" },
        { "\"open title\nid,operator\n1,a\n", "id|operator\n3 1|a\nend" },
        /* no row names what is wanted */
        { "title\nNo,Firm,Town\n1,a,b\n", "No|Firm|Town\n3 1|a|b\nend" },
        { "title,of 2015\n\n,,by me,\nNo,Firm,Town,Day,By\n1,a,b,c,d\n", "No|Firm|Town|Day|By\n5 1|a|b|c|d\nend" },
        { "title;of 2015\nNo;Firm;Town;Day;By\n1;a;b;c;d\n", "No|Firm|Town|Day|By\n3 1|a|b|c|d\nend" },
        { "No,Firm,Town\n1,a,b,c,d,e\n", "No|Firm|Town\n2!\nend" },
        { "Name\n1\n", "Name\n2 1\nend" },
        { "Name\n1,2\n", "1|2\nend" },
        /* totals */
        { "id,operator,filed\n1,a,b\n合计,,1\n", "id|operator|filed\n2 1|a|b\nend" },
        { "id,operator,filed\n1,a,b\n,小计：,1\n2,c,d\nGRAND TOTAL,\"1,234.50 \",\n",
          "id|operator|filed\n2 1|a|b\n4 2|c|d\nend" },
        { "id,operator,filed\n总计,共3件,\n共计,-,\nSum,¥12,\n", "id|operator|filed\nend" },
        /* what may be a record stays */
        { "id,operator,filed\nTotal,a,\n合计,1,2\n合计,2015-01-03,\n合计数,,1\nSum,2015/1/3,\nTotal,12:00,\n",
          "id|operator|filed\n2 Total|a|_\n3 合计|1|2\n4 合计|2015-01-03|_\n5 合计数|_|1\n6 Sum|2015/1/3|_\n7 "
          "Total|12:00|_\nend" },
        { "id\n合计\n", "id\n2 合计\nend" },
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        expect(*state, "a.csv", str_of(cases[i].bytes), cases[i].expected);
}

/* A file over many buffers, against itself. */
static void csv_of_many_rows(void **state)
{
    struct text text = { 0 };
    enum { ROWS = 30000 };
    text_format(&text, "id,operator,text\r\n");
    for (int i = 0; i < ROWS; i++)
        text_format(&text, i % 7 ? "%d,op%d,plain\r\n" : "%d,op%d,\"a \"\"quoted\"\"\r\nline, 引用\"\r\n", i, i % 5);
    struct reader_options options = { .path = write_file(*state, "many.csv", text_str(&text)),
                                      .wanted = wanted,
                                      .wanted_count = WANTED };
    struct reader *reader = reader_open(&options, NULL);
    assert_non_null(reader);
    uint64_t line = 2;
    for (int i = 0; i < ROWS; i++) {
        struct row row;
        bool more;
        char number[16];
        assert_true(reader_next(reader, &row, &more, NULL));
        assert_true(more);
        assert_null(row.problem.english);
        assert_int_equal(row.line, line);
        line += i % 7 ? 1 : 2;
        snprintf(number, sizeof number, "%d", i);
        assert_true(str_equal(row.cells[0].text, str_of(number)));
        assert_true(str_equal(row.cells[2].text, i % 7 ? STR("plain") : STR("a \"quoted\"\r\nline, 引用")));
        assert_true(str_starts(row.text, str_of(number)));
    }
    uint64_t done, all;
    reader_progress(reader, &done, &all);
    assert_int_equal(done, text.length);
    assert_int_equal(all, text.length);
    reader_close(reader);
    text_close(&text);
}

/* ---- encodings ---- */

static struct str encoded(const char *to, const char *text)
{
    static char out[65536];
    iconv_t conversion = iconv_open(to, "UTF-8");
    char *in = (char *)(uintptr_t)text, *at = out;
    size_t left = strlen(text), room = sizeof out;
    assert_int_equal(iconv(conversion, &in, &left, &at, &room), 0);
    iconv_close(conversion);
    return (struct str){ out, sizeof out - room };
}

static void encodings(void **state)
{
    static const char *const names[] = { "UTF-8", "GB18030", "UTF-16LE", "UTF-16BE", "UTF-16" };
    static const char text[] = "id\toperator\ttext\r\n1\t移动\t“投诉”，😀㐀\r\n2\t电信\tplain\r\n3\t联通\t镕\r\n";
    static const char comma[] = "id,operator,text\n1,移动,\"两\n行\"\n2,电信,x\n";
    for (size_t i = 0; i < COUNT(names); i++) {
        expect(*state, "a.csv", encoded(names[i], text),
               "id|operator|text\n2 1|移动|“投诉”，😀㐀\n3 2|电信|plain\n4 3|联通|镕\nend");
        expect(*state, "a.csv", encoded(names[i], comma), "id|operator|text\n2 1|移动|两\n行\n4 2|电信|x\nend");
        struct reader_options options = { .path = write_file(*state, "b.csv", encoded(names[i], text)) };
        struct reader *reader = reader_open(&options, NULL);
        assert_string_equal(reader_encoding(reader), i == 4 ? "UTF-16LE" : names[i]);
        reader_close(reader);
    }
    expect(*state, "a.jsonl", encoded("GB18030", "{\"id\":\"誠\",\"text\":\"許功蓋\"}\n"), "\n1 誠|許功蓋\nend");
}

/* Characters that are cut by the ends of buffers. */
static void encodings_of_many_rows(void **state)
{
    static const char *const names[] = { "UTF-8", "GB18030", "UTF-16LE", "UTF-16BE" };
    struct text text = { 0 };
    enum { ROWS = 40000 };
    for (size_t i = 0; i < COUNT(names); i++) {
        text.length = 0;
        text_add(&text, encoded(names[i], "id,text\n"));
        struct text some = { 0 };
        text_format(&some, "1,本地漫游😀\n1,㐀x镕y\n1,ab\n2,\"移动\"\n");
        struct str four = encoded(names[i], text_zero(&some));
        for (int row = 0; row < ROWS; row += 4)
            text_add(&text, four);
        text_close(&some);
        struct reader_options options = { .path = write_file(*state, "many.csv", text_str(&text)) };
        struct reader *reader = reader_open(&options, NULL);
        struct row row;
        bool more;
        static const char *const texts[] = { "本地漫游😀", "㐀x镕y", "ab", "移动" };
        for (int n = 0; n < ROWS; n++) {
            assert_true(reader_next(reader, &row, &more, NULL) && more);
            assert_null(row.problem.english);
            assert_true(str_equal(row.cells[1].text, str_of(texts[n % 4])));
        }
        assert_true(reader_next(reader, &row, &more, NULL) && !more);
        reader_close(reader);
    }
    text_close(&text);
}

/* The encoding that decodes most lines is taken, and the lines that it does not decode are rejected alone. */
static void encodings_with_bad_lines(void **state)
{
    struct place *place = *state;
    expect(place, "a.csv", STR("id,text\n1,移动\n2,\xff\xfe\n3,\xd2\xc6\xb6\xaf\n4,电信\n5,x\n"),
           "id|text\n2 1|移动\n3!\n4!\n5 4|电信\n6 5|x\nend");
    /* GB18030: 移动, 电信; then UTF-8, a lone lead byte before the line end, and one that is cut by the end */
    expect(place, "a.csv", STR("id,text\n1,\xd2\xc6\xb6\xaf\n2,\xb5\xe7\xd0\xc5\n3,\xe7\xa7\xbb\n4,\xd2\n5,x\n6,\xd2"),
           "id|text\n2 1|移动\n3 2|电信\n4!\n5!\n6 5|x\n7!\nend");
    /* one line that is neither does not make the rest GB18030 */
    expect(place, "a.csv", STR("id,text\n1,\xff\n2,x\n"), "id|text\n2!\n3 2|x\nend");
    /* UTF-16 with half of a pair, and with half of a unit at the end */
    expect(place, "a.csv",
           STR("\xff\xfei\0d\0,\0t\0e\0x\0t\0\n\0"
               "1\0,\0\x3d\xd8\n\0"
               "2\0,\0x\0\n\0"
               "3\0,\0y"),
           "id|text\n2!\n3 2|x\n4!\nend");
    struct reader_options options = { .path = write_file(place, "a.csv", STR("id,text\n1,\xc2\xa4\n")),
                                      .wanted = wanted,
                                      .wanted_count = WANTED,
                                      .encoding = "GB18030" };
    expect_of(&options, "id|text\n2 1|陇\nend");
    options.encoding = "Latin-1";
    expect_of(&options, "refused:UTF-16LE");
}

/* ---- JSON ---- */

static void json_lines(void **state)
{
    static const struct {
        const char *bytes, *expected;
    } cases[] = {
        { "{\"id\":\"1\",\"n\":0.29}\n\n{\"n\":-12,\"id\":null}\r\n{\"id\":true,\"x\":false}",
          "\n1 1|#0.29\n3 _|#-12\n4 +|_|-\nend" },
        { "{\"a\":123456789012345678,\"b\":1.50,\"c\":1e3,\"d\":-0,\"e\":2.5E-3,\"f\":10.0,\"g\":0.1e1,\"h\":100e-2,\"i\":0."
          "000}\n",
          "\n1 #123456789012345678|#1.5|#1000|#0|#0.0025|#10|#1|#1|#0\nend" },
        { "{\"a\":1e400,\"b\":1e-400}\n", "\n1 #1e400|#1e-400\nend" },
        { "{\"a\":\"\\u4e2d\\ud83d\\ude00\\n\\\"\\\\\\/\",\"\\u0062\":\" \"}\n", "\n1 中😀\n\"\\/| \nend" },
        { "{\"a\":{\"b\":[1,{\"c\":\"}\"}]},\"d\":[]}\n{}\n", "\n1 ~{\"b\":[1,{\"c\":\"}\"}]}|~[]\n2 _|_\nend" },
        { " { \"a\" : 1 , \"b\" : [ 1 , 2 ] } \n", "\n1 #1|~[ 1 , 2 ]\nend" },
        { "", "\nend" },
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        expect(*state, "a.jsonl", str_of(cases[i].bytes), cases[i].expected);
    static const char *const broken[] = {
        "{\"a\":1,\"a\":2}",
        "{\"a\":1,\"\\u0061\":2}",
        "{\"a\":1",
        "{\"a\":1}}",
        "{\"a\":1} {\"b\":2}",
        "[1]",
        "5",
        "null",
        "{a:1}",
        "{\"a\"}",
        "{\"a\":01}",
        "{\"a\":1.}",
        "{\"a\":.5}",
        "{\"a\":1e}",
        "{\"a\":+1}",
        "{\"a\":NaN}",
        "{\"a\":tru}",
        "{\"a\":1,}",
        "{,}",
        "{\"a\":\"\\x\"}",
        "{\"a\":\"\\ud83d\"}",
        "{\"a\":\"\\ude00\"}",
        "{\"a\":\"\\u0000\"}",
        "{\"a\":\"\\u12g4\"}",
        "{\"a\":\"\t\"}",
        "{\"a\":\"x}",
        "{\"a\":\"\xff\"}",
        "{\"a\":[1,2}",
        "{\"a\":{\"b\":1]}",
        "{\"new\":1,\"a\":}",
        "{\"a\":[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]}",
        "{\"a\":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
    };
    struct text text = { 0 };
    for (size_t i = 0; i < COUNT(broken); i++) {
        text.length = 0;
        text_format(&text, "%s\n{\"b\":1}\n", broken[i]);
        expect(*state, "a.jsonl", text_str(&text), "\n1!\n2 #1\nend");
    }
    expect(*state, "a.jsonl", STR("{\"a\":\"\0\"}\n{\"b\":1}\n"), "\n1!\n2 #1\nend");
    expect(*state, "a.jsonl", STR("{\"a\":[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]}"), "\n1 ~[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]\nend");
    text.length = 0;
    for (int i = 0; i <= READER_COLUMNS; i++)
        text_format(&text, "%s\"k%d\":1", i ? "," : "{", i);
    text_format(&text, "}\n{\"b\":1}\n");
    expect(*state, "a.jsonl", text_str(&text), "\n1!\n2 #1\nend");
    expect(*state, "a.jsonl", repeated(&text, STR("{\"a\":\""), 'x', 3 * READER_ROW_BYTES, STR("\"}\n{\"b\":1}\n")),
           "\n1!\n2 #1\nend");
    expect(*state, "a.jsonl", repeated(&text, STR("{\"a\":\""), 'x', 3 * READER_ROW_BYTES, STR("")), "\n1!\nend");
    expect(*state, "a.jsonl", repeated(&text, STR("{\"a\":\""), 'x', READER_CELL_BYTES + 1, STR("\"}\n{\"b\":1}")),
           "\n1!\n2 #1\nend");
    text_close(&text);
}

static void json_elements(void **state)
{
    static const struct {
        const char *bytes, *expected;
    } cases[] = {
        { "[{\"a\":1},{\"a\":2}]", "\n1 #1\n2 #2\nend" },
        { "{\"a\":1}", "\n1 #1\nend" },
        { "\xef\xbb\xbf[\n  {\n    \"a\": {\"b\": \"]\"}\n  },\n  {\"c\": \"\\\"}\"}\n]\n",
          "\n1 ~{\"b\": \"]\"}\n2 _|\"}\nend" },
        { "{\"a\":1}\n{\"a\":2}\n", "\n1 #1\n2 #2\nend" },
        { "[]", "\nend" },
        { "[{\"a\":1}, 5, \"x\", [1], null, {\"a\":2}]", "\n1 #1\n2!\n3!\n4!\n5!\n6 #2\nend" },
        { "[{\"a\":1,},{\"a\":1]},{\"a\":2}]", "\n1!\n2!\n3!\n4 #2\nend" },
        /* a bracket or a quote left open */
        { "[\n {\"a\":1},\n {\"a\":\"2},\n {\"a\":3},\n {\"a\":4}\n]\n", "\n1 #1\n2!\n3 #3\n4 #4\nend" },
        { "[\n {\"a\":1},\n {\"a\":{\"b\":2},\n {\"a\":3}\n]\n", "\n1 #1\n2!\n3 #3\nend" },
        { "[{\"a\":1},{\"a\":\"2},{\"a\":3}]", "\n1 #1\n2!\nfailed" },
        { "[{\"a\":1},{\"a\":2", "\n1 #1\n2!\nfailed" },
        { "[{\"a\":1},", "\n1 #1\nfailed" },
        { "[{\"a\":1}] x", "\n1 #1\nfailed" },
        { "[{\"a\":1}][{\"a\":2}]", "\n1 #1\nfailed" },
        { "hello", "\n1!\nend" },
        { " \n", "refused:empty" },
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        expect(*state, "a.json", str_of(cases[i].bytes), cases[i].expected);
    struct text text = { 0 };
    expect(*state, "a.json", repeated(&text, STR("[{\"a\":\""), 'x', 2 * READER_ROW_BYTES, STR("\"},{\"b\":1}]")),
           "\n1!\n2 #1\nend");
    expect(*state, "a.json", repeated(&text, STR("[\n{\"a\":\""), 'x', 2 * READER_ROW_BYTES, STR("},\n{\"b\":1}]")),
           "\n1!\n2 #1\nend");
    text.length = 0; /* each one unclosed: in time that grows with the file, not with its square */
    text_add(&text, STR("["));
    for (int i = 0; i < 300000; i++) text_add(&text, STR("{\"a\":\n"));
    struct reader_options options = { .path = write_file(*state, "many.json", text_str(&text)) };
    char *shown = show(&options);
    assert_non_null(strstr(shown, "\n300000!\nfailed"));
    free(shown);
    expect(*state, "a.json", repeated(&text, STR("[{\"a\":\""), '\n', 2 * READER_ROW_BYTES, STR("")), "\n1!\nfailed");
    text_close(&text);
}

/* ---- gzip ---- */

static void add_gzip(struct text *out, struct str bytes)
{
    z_stream deflating = { 0 };
    assert_int_equal(deflateInit2(&deflating, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    size_t room = deflateBound(&deflating, bytes.length) + 64;
    deflating.next_in = (Bytef *)(uintptr_t)bytes.at;
    deflating.avail_in = (uInt)bytes.length;
    deflating.next_out = (Bytef *)text_room(out, room);
    deflating.avail_out = (uInt)room;
    assert_int_equal(deflate(&deflating, Z_FINISH), Z_STREAM_END);
    out->length += room - deflating.avail_out;
    deflateEnd(&deflating);
}

static void gzipped(void **state)
{
    struct text text = { 0 }, rows = { 0 };
    add_gzip(&text, STR("id,operator\n1,"));
    add_gzip(&text, STR("a\n2,移动\n"));
    expect(*state, "a.csv.gz", text_str(&text), "id|operator\n2 1|a\n3 2|移动\nend");
    expect(*state, "named-wrong.csv", text_str(&text), "id|operator\n2 1|a\n3 2|移动\nend");
    size_t whole = text.length;
    text_add(&text, STR("\0\0\0\0"));
    expect(*state, "a.csv.gz", text_str(&text), "id|operator\n2 1|a\n3 2|移动\nend");
    text.length = whole;
    text_add(&text, STR("rubbish"));
    expect(*state, "a.csv.gz", text_str(&text), "id|operator\n2 1|a\n3 2|移动\nfailed");
    expect(*state, "a.csv.gz", STR("id,operator\n"), "refused:not gzipped");
    text.length = 0;
    add_gzip(&text, STR("[{\"a\":1}]"));
    expect(*state, "a.json.gz", text_str(&text), "\n1 #1\nend");
    text.length = 0;
    add_gzip(&text, encoded("GB18030", "id,operator\n1,移动\n"));
    expect(*state, "a.csv.gz", text_str(&text), "id|operator\n2 1|移动\nend");

    /* cut short: what came before the cut stands, and no row is cut with it */
    unsigned seed = 1;
    text_format(&rows, "id,operator\n");
    for (int i = 0; i < 2000; i++)
        text_format(&rows, "%d,%u\n", i, (seed = seed * 1103515245 + 12345));
    text.length = 0;
    add_gzip(&text, text_str(&rows));
    struct reader_options options = { .path = write_file(*state, "cut.csv.gz", (struct str){ text.at, text.length / 2 }),
                                      .wanted = wanted,
                                      .wanted_count = WANTED };
    char *shown = show(&options);
    size_t length = strlen(shown), lines = 0, at = strlen("id,operator\n");
    assert_string_equal(shown + length - strlen("failed"), "failed");
    for (const char *line = strchr(shown, '\n') + 1; strchr(line, '\n'); line = strchr(line, '\n') + 1, lines++) {
        struct str row = { rows.at + at, str_find((struct str){ rows.at + at, rows.length - at }, '\n') };
        const char *cells = strchr(line, ' ') + 1;
        size_t comma = str_find(row, ',');
        assert_memory_equal(cells, row.at, comma);
        assert_memory_equal(cells + comma + 1, row.at + comma + 1, row.length - comma - 1);
        assert_int_equal(cells[row.length], '\n');
        at += row.length + 1;
    }
    assert_true(lines > 500 && lines < 1900);
    free(shown);
    expect(*state, "a.csv.gz", (struct str){ text.at, 12 }, "refused:cut short");
    text.length = 0;
    add_gzip(&text, STR("id,operator\n1,a\n2,b\n"));
    text.at[text.length - 6] ^= 1; /* its checksum */
    expect(*state, "a.csv.gz", text_str(&text), "refused:damaged");
    text_close(&text);
    text_close(&rows);
}

/* ---- pipes ---- */

struct pipe {
    int in;
    char path[32];
};

static struct pipe open_pipe(int *out)
{
    int ends[2];
    struct pipe made;
    assert_int_equal(pipe(ends), 0);
    *out = ends[0];
    made.in = ends[1];
    snprintf(made.path, sizeof made.path, "/dev/fd/%d", ends[0]);
    return made;
}

static void put(int descriptor, struct str bytes)
{
    assert_int_equal(write(descriptor, bytes.at, bytes.length), bytes.length);
}

static void expect_row(struct reader *reader, uint64_t line, const char *last)
{
    struct row row;
    bool more;
    assert_true(reader_ready(reader));
    assert_true(reader_next(reader, &row, &more, NULL));
    assert_true(more);
    assert_null(row.problem.english);
    assert_int_equal(row.line, line);
    assert_true(str_equal(row.cells[row.count - 1].text, str_of(last)));
}

static void piped(void **state)
{
    (void)state;
    int out;
    struct pipe pipe = open_pipe(&out);
    struct reader_options options = { .path = pipe.path, .format = FORMAT_CSV, .wanted = wanted, .wanted_count = WANTED };
    struct row row;
    bool more;
    put(pipe.in, STR("id,operator,unknown\n1,a,x\n"));
    struct reader *reader = reader_open(&options, NULL);
    assert_non_null(reader);
    expect_row(reader, 2, "x");
    assert_false(reader_ready(reader));
    put(pipe.in, STR("2,b,\"y\n"));
    assert_false(reader_ready(reader));
    put(pipe.in, STR("z\"\n3,c,"));
    expect_row(reader, 3, "y\nz");
    assert_false(reader_ready(reader));
    /* the first bytes above 0x7F come late, and cut inside of a character */
    put(pipe.in, STR("\xd2\xc6\xb6"));
    assert_false(reader_ready(reader));
    put(pipe.in, STR("\xaf\n4,d,\xb5\xe7\xd0\xc5\n"));
    expect_row(reader, 5, "移动");
    expect_row(reader, 6, "电信");
    assert_string_equal(reader_encoding(reader), "GB18030");
    assert_false(reader_ready(reader));
    put(pipe.in, STR("5,e,f"));
    assert_false(reader_ready(reader));
    close(pipe.in);
    expect_row(reader, 7, "f");
    assert_true(reader_ready(reader));
    assert_true(reader_next(reader, &row, &more, NULL));
    assert_false(more);
    reader_close(reader);
    close(out);

    pipe = open_pipe(&out);
    options = (struct reader_options){ .path = pipe.path, .format = FORMAT_JSON };
    put(pipe.in, STR("[ {\"a\":\"1\"}, {\"a\""));
    reader = reader_open(&options, NULL);
    expect_row(reader, 1, "1");
    assert_false(reader_ready(reader));
    put(pipe.in, STR(":\"2\"}"));
    expect_row(reader, 2, "2");
    put(pipe.in, STR("]"));
    close(pipe.in);
    assert_true(reader_next(reader, &row, &more, NULL));
    assert_false(more);
    reader_close(reader);
    close(out);
}

struct drip {
    int in;
    struct str bytes;
    size_t piece;
};

static void *drip_all(void *argument)
{
    struct drip *drip = argument;
    for (size_t at = 0; at < drip->bytes.length; at += drip->piece) {
        size_t left = drip->bytes.length - at;
        put(drip->in, (struct str){ drip->bytes.at + at, left < drip->piece ? left : drip->piece });
    }
    close(drip->in);
    return NULL;
}

/* However a pipe cuts them, the same rows come out as of a file. */
static void piped_in_pieces(void **state)
{
    static const struct {
        enum reader_format format;
        const char *encoding, *text;
    } cases[] = {
        { FORMAT_CSV, "UTF-8",
          "title\r\nid,text,operator\r\n1,\"a \"\"b\"\"\r\n移动\"\r\n2,\"open\r\n3,x\r\n\r\n合计,1\r\n4,y\"" },
        { FORMAT_CSV, "GB18030", "id,text\n1,移动\n2,\"电\n信\"\n3,x\r" },
        { FORMAT_CSV, "UTF-16", "id\ttext\n1\t移动😀\n2\t\"电\n信\"\n" },
        { FORMAT_JSONL, "UTF-8", "{\"a\":\"移动\"}\n\n{\"b\":[1,{\"c\":2}]}\n{\n{\"a\":null}" },
        { FORMAT_JSON, "UTF-8",
          "[\n {\"a\":\"]移动\\\"\"},\n 5, {\"b\":{\"c\":[]}},\n {\"a\":{\"b\":\"1\n},\n {\"a\":7},{\"a\":\"" },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct str bytes = encoded(cases[i].encoding, cases[i].text);
        struct reader_options options = {
            .path = write_file(*state, "a", bytes), .format = cases[i].format, .wanted = wanted, .wanted_count = WANTED
        };
        char *whole = show(&options);
        assert_null(strstr(whole, "refused"));
        for (size_t piece = 1; piece < 12; piece++) {
            int out;
            struct pipe pipe = open_pipe(&out);
            struct drip drip = { pipe.in, bytes, piece };
            pthread_t thread;
            assert_int_equal(pthread_create(&thread, NULL, drip_all, &drip), 0);
            options.path = pipe.path;
            expect_of(&options, whole);
            assert_int_equal(pthread_join(thread, NULL), 0);
            close(out);
        }
        free(whole);
    }
}

static void names(void **state)
{
    struct place *place = *state;
    struct reader_options options = { .path = write_file(place, "a.txt", STR("id,operator\n1,a\n")) };
    expect_of(&options, "refused:--format");
    options.format = FORMAT_CSV;
    expect_of(&options, "id|operator\n2 1|a\nend");
    options = (struct reader_options){ .path = write_file(place, "A.CSV", STR("id,operator\n1,a\n")) };
    expect_of(&options, "id|operator\n2 1|a\nend");
    options.path = place->folder;
    options.format = FORMAT_CSV;
    expect_of(&options, "refused:directory");
    options.path = "/nowhere/at-all.csv";
    expect_of(&options, "refused:No such file");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(csv_forms, make_place, remove_place),
        cmocka_unit_test_setup_teardown(csv_that_is_broken, make_place, remove_place),
        cmocka_unit_test_setup_teardown(csv_over_limits, make_place, remove_place),
        cmocka_unit_test_setup_teardown(csv_under_titles, make_place, remove_place),
        cmocka_unit_test_setup_teardown(csv_of_many_rows, make_place, remove_place),
        cmocka_unit_test_setup_teardown(encodings, make_place, remove_place),
        cmocka_unit_test_setup_teardown(encodings_of_many_rows, make_place, remove_place),
        cmocka_unit_test_setup_teardown(encodings_with_bad_lines, make_place, remove_place),
        cmocka_unit_test_setup_teardown(json_lines, make_place, remove_place),
        cmocka_unit_test_setup_teardown(json_elements, make_place, remove_place),
        cmocka_unit_test_setup_teardown(gzipped, make_place, remove_place),
        cmocka_unit_test(piped),
        cmocka_unit_test_setup_teardown(piped_in_pieces, make_place, remove_place),
        cmocka_unit_test_setup_teardown(names, make_place, remove_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
