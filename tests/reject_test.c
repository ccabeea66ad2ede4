/* The lists of rejects: what stands in them, that they are loaded again as they stood, and that mended ones are kept. */
#include "show_rows.h"

#include "door/reject.h"

#include <fcntl.h>
#include <sys/stat.h>

static char *contents(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (!file) return NULL;
    struct text text = { 0 };
    char piece[4096];
    size_t got;
    while ((got = fread(piece, 1, sizeof piece, file)) > 0)
        text_add(&text, (struct str){ piece, got });
    fclose(file);
    text_zero(&text);
    return text.at;
}

static void expect_file(const char *path, const char *expected)
{
    char *found = contents(path);
    if (!found || !expected)
        assert_ptr_equal(found, expected);
    else
        assert_string_equal(found, expected);
    struct stat about;
    if (found) assert_int_equal(stat(path, &about), 0), assert_int_equal(about.st_mode & 0777, 0600);
    free(found);
}

static void name(char out[192], const struct place *place, const char *file)
{
    snprintf(out, 192, "%s/%s", place->folder, file);
}

/* Rejects every row of a file. */
static void reject_all(struct place *place, const char *file, struct str bytes, const char *list)
{
    struct reader_options options = { .path = write_file(place, file, bytes), .wanted = wanted, .wanted_count = WANTED };
    struct reader *reader = reader_open(&options, NULL);
    assert_non_null(reader);
    struct error error = { 0 };
    struct rejects *rejects = rejects_open(options.path, list, NULL, &error);
    assert_non_null(rejects);
    struct row row;
    bool more;
    while (reader_next(reader, &row, &more, NULL) && more) {
        size_t count;
        const struct str *columns = reader_columns(reader, &count);
        rejects_add(rejects, &row, row.problem.english ? (struct str){ 0 } : STR("id"), row.problem.english ? row.problem.english : "\"wrong\", 错",
                    columns, count);
    }
    assert_true(rejects_close(rejects, &error));
    reader_close(reader);
}

static void of_csv(void **state)
{
    struct place *place = *state;
    char list[192], table[192], expected[1024], whole[192];
    name(list, place, "a.csv.rejected.jsonl");
    name(table, place, "a.csv.rejected.csv");
    name(whole, place, "a.csv");
    reject_all(place, "a.csv", STR("id,Rejected,text\n=1,before,\"a,\"\"b\n\"\n+86138,,\xff\n+86139,,@x\n"), NULL);
    snprintf(expected, sizeof expected,
             "{\"file\":\"%s\",\"line\":2,\"field\":\"id\",\"reason\":\"\\\"wrong\\\", "
             "错\",\"text\":\"=1,before,\\\"a,\\\"\\\"b\\n\\\"\"}\n"
             "{\"file\":\"%s\",\"line\":4,\"field\":null,\"reason\":\"the row is no UTF-8: save the file as "
             "UTF-8\",\"text\":\"+86138,,\xef\xbf\xbd\"}\n"
             "{\"file\":\"%s\",\"line\":5,\"field\":\"id\",\"reason\":\"\\\"wrong\\\", 错\",\"text\":\"+86139,,@x\"}\n",
             whole, whole, whole);
    expect_file(list, expected);
    expect_file(table,
                "\xef\xbb\xbfid,text,rejected\r\n=1,\"a,\"\"b\n\",\"\"\"wrong\"\", 错\"\r\n"
                "+86138,\xef\xbf\xbd,the row is no UTF-8: save the file as UTF-8\r\n+86139,@x,\"\"\"wrong\"\", 错\"\r\n");
    struct reader_options again = { .path = table, .wanted = wanted, .wanted_count = WANTED };
    expect_of(
        &again,
        "id|text|rejected\n2 =1|a,\"b\n|\"wrong\", 错\n4 +86138|\xef\xbf\xbd|the row is no UTF-8: save the file as UTF-8\n"
        "5 +86139|@x|\"wrong\", 错\nend");

    /* nothing rejected: the old lists go, and none are made */
    reject_all(place, "a.csv", STR("id,text\n"), NULL);
    expect_file(list, NULL);
    expect_file(table, NULL);
}

/* A cell too many stands behind the columns, so that it can be taken out; until then it is refused again as it was. */
static void of_rows_with_surplus(void **state)
{
    struct place *place = *state;
    char table[192], again[192], expected[1024];
    name(table, place, "a.csv.rejected.csv");
    name(again, place, "again.csv");
    static const char reason[] = "stands in no column: the header names 3 columns and its last is in place 3";
    reject_all(place, "a.csv", STR("id,text,operator\n1,slow, very,a\n2,a,b\n3,\"x,\",a,,\xff,b\n4,\"x\n"), NULL);
    snprintf(expected, sizeof expected,
             "\xef\xbb\xbfid,text,operator,,,rejected\r\n1,slow,\" very\",a,,cell 4 %s\r\n"
             "2,a,b,,,\"\"\"wrong\"\", 错\"\r\n3,\"x,\",a,\xef\xbf\xbd,b,the row is no UTF-8: save the file as UTF-8\r\n"
             "\"4,\"\"x\",,,,,\"a quoted cell never ends: close its quote, or double a quote inside it\"\r\n",
             reason);
    expect_file(table, expected);
    struct reader_options options = { .path = table, .wanted = wanted, .wanted_count = WANTED };
    expect_of(&options, "id|text|operator|rejected\n2!\n3 2|a|b|\"wrong\", 错\n4!\n5 4,\"x|_|_|a quoted cell never ends: "
                        "close its quote, or double a quote inside it\nend");
    rename(table, again);
    reject_all(place, "again.csv", STR("id,text,operator,,rejected\n1,slow,very,a,x\n"), NULL);
    name(table, place, "again.csv.rejected.csv");
    expect_file(table, "\xef\xbb\xbfid,text,operator,,rejected\r\n1,slow,very,a,cell 4 stands in no column: the header names 4 "
                       "columns and its last is in place 5\r\n");
}

static void of_json(void **state)
{
    struct place *place = *state;
    char list[192], table[192];
    name(list, place, "elsewhere.jsonl");
    name(table, place, "elsewhere.csv");
    reject_all(place, "a.jsonl", STR("{\"a\":1}\n{\"b\":{\"c\":[\"x\"]},\"a\":true}\n{\"c\":\n"), list);
    expect_file(table, "\xef\xbb\xbf"
                       "a,b,rejected\r\n1,,\"\"\"wrong\"\", 错\"\r\ntrue,\"{\"\"c\"\":[\"\"x\"\"]}\",\"\"\"wrong\"\", 错\"\r\n"
                       "\"{\"\"c\"\":\",,\"a value is neither a string in double quotes nor a number, true, false, null, an "
                       "object or an array\"\r\n");
    char *found = contents(list);
    assert_non_null(strstr(found, "\"line\":2,\"field\":\"id\",\"reason\":\"\\\"wrong\\\", "
                                  "错\",\"text\":\"{\\\"b\\\":{\\\"c\\\":[\\\"x\\\"]},\\\"a\\\":true}\"}\n"));
    free(found);
    /* no columns at all are known */
    reject_all(place, "b.jsonl", STR("{\n"), NULL);
    name(table, place, "b.jsonl.rejected.csv");
    expect_file(table, "\xef\xbb\xbftext,rejected\r\n{,a string in double quotes is missing\r\n");
}

/* A list that a person has worked on is not thrown away. */
static void mended(void **state)
{
    struct place *place = *state;
    char table[192], old[192];
    name(table, place, "a.csv.rejected.csv");
    name(old, place, "a.csv.rejected.csv.old");
    reject_all(place, "a.csv", STR("id,text\n1,a\n"), NULL);
    struct timespec times[2] = { { .tv_sec = 2000000000 }, { .tv_sec = 2000000000 } };
    assert_int_equal(utimensat(AT_FDCWD, table, times, 0), 0);
    reject_all(place, "a.csv", STR("id,text\n2,b\n"), NULL);
    expect_file(old, "\xef\xbb\xbfid,text,rejected\r\n1,a,\"\"\"wrong\"\", 错\"\r\n");
    expect_file(table, "\xef\xbb\xbfid,text,rejected\r\n2,b,\"\"\"wrong\"\", 错\"\r\n");
    reject_all(place, "a.csv", STR("id,text\n3,c\n"), NULL);
    expect_file(old, "\xef\xbb\xbfid,text,rejected\r\n1,a,\"\"\"wrong\"\", 错\"\r\n");
    expect_file(table, "\xef\xbb\xbfid,text,rejected\r\n3,c,\"\"\"wrong\"\", 错\"\r\n");
}

static void where_it_cannot_be(void **state)
{
    struct place *place = *state;
    struct error error = { 0 };
    assert_null(rejects_open("a.csv", place->folder, NULL, &error));
    assert_int_equal(error.code, ERROR_USAGE);
    struct rejects *rejects = rejects_open("a.csv", "/nowhere/at-all.jsonl", NULL, &error);
    assert_non_null(rejects);
    rejects_add(rejects, &(struct row){ .line = 1, .problem = { "x", "错" } }, (struct str){ 0 }, "x", NULL, 0);
    assert_false(rejects_close(rejects, &error));
    assert_int_equal(error.code, ERROR_DISK);
    assert_non_null(strstr(error.says, "--rejects"));
    assert_said_in_both(&error);

    /* a device is written to, never removed */
    rejects = rejects_open("a.csv", "/dev/full", NULL, &error);
    rejects_add(rejects, &(struct row){ .line = 1, .problem = { "x", "错" } }, (struct str){ 0 }, "x", NULL, 0);
    assert_false(rejects_close(rejects, &error));
    rejects = rejects_open("a.csv", "/dev/null", NULL, &error);
    rejects_add(rejects, &(struct row){ .line = 1, .problem = { "x", "错" } }, (struct str){ 0 }, "x", NULL, 0);
    assert_true(rejects_close(rejects, &error));
    assert_int_equal(access("/dev/null", W_OK), 0);
    assert_true(rejects_close(NULL, NULL));
}

static void expect_refused(const char *file, const char *list)
{
    struct error error = { 0 };
    assert_null(rejects_open(file, list, NULL, &error));
    assert_int_equal(error.code, ERROR_USAGE);
    assert_non_null(strstr(error.says, "--rejects"));
    assert_said_in_both(&error);
}

/* Neither the file that is loaded nor any other file makes way for the lists. */
static void nobodys_place(void **state)
{
    struct place *place = *state;
    char data[192], list[192], link[192], other[192];
    name(data, place, "data.csv");
    name(list, place, "data.jsonl");
    name(link, place, "link");
    snprintf(other, sizeof other, "%s/./data.csv", place->folder);
    write_file(place, "data.csv", STR("id\n1\n"));
    assert_int_equal(symlink("data.csv", link), 0);
    expect_refused(data, data);
    expect_refused(data, other);
    expect_refused(other, data);
    expect_refused(data, link);
    expect_refused(link, data);
    expect_refused(data, list);
    int input = dup(STDIN_FILENO);
    assert_non_null(freopen(data, "r", stdin));
    expect_refused("-", list);
    assert_int_equal(dup2(input, STDIN_FILENO), STDIN_FILENO);
    close(input);
    name(other, place, "letter.txt");
    write_file(place, "letter.txt", STR("precious"));
    expect_refused(data, other);
    unlink(link);
    assert_int_equal(symlink("letter.txt", link), 0);
    expect_refused(data, link);
    char *found = contents(other), *rows = contents(data);
    assert_string_equal(found, "precious");
    assert_string_equal(rows, "id\n1\n");
    free(found);
    free(rows);
    assert_int_equal(access(list, F_OK), -1);

    /* an empty file, and a list, make way */
    name(other, place, "empty.jsonl");
    write_file(place, "empty.jsonl", STR(""));
    for (int i = 0; i < 2; i++)
        reject_all(place, "data.csv", STR("id\n1\n"), other);
    found = contents(other);
    assert_int_equal(strncmp(found, "{\"file\":", 8), 0);
    free(found);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(of_csv, make_place, remove_place),
        cmocka_unit_test_setup_teardown(of_rows_with_surplus, make_place, remove_place),
        cmocka_unit_test_setup_teardown(of_json, make_place, remove_place),
        cmocka_unit_test_setup_teardown(mended, make_place, remove_place),
        cmocka_unit_test_setup_teardown(nobodys_place, make_place, remove_place),
        cmocka_unit_test_setup_teardown(where_it_cannot_be, make_place, remove_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
