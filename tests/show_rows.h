/* Reads small files made by a test and writes down what comes out as text: the columns, then a line for each row with its
   number and cells (#number, @date, +true, -false, ~object, _ nothing), or its number and ! for a row with a problem, then how
   it ended. */
#ifndef TESTS_SHOW_ROWS_H
#define TESTS_SHOW_ROWS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/str.h"
#include "door/reader.h"

#include <cmocka.h>
#undef fail /* ours is meant */
#include "both_languages.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const struct str wanted[] = { STR("id"), STR("operator"), STR("filed"), STR("text") };
enum { WANTED = sizeof wanted / sizeof *wanted };

struct place {
    char folder[64];
    char path[128];
};

static inline int make_place(void **state)
{
    struct place *place = allocate(sizeof *place);
    const char *temporary = getenv("TMPDIR");
    snprintf(place->folder, sizeof place->folder, "%s/reader-XXXXXX", temporary && strlen(temporary) < 40 ? temporary : "/tmp");
    *state = place;
    return mkdtemp(place->folder) ? 0 : -1;
}

static inline int remove_place(void **state)
{
    struct place *place = *state;
    char command[128];
    snprintf(command, sizeof command, "rm -rf '%s'", place->folder);
    int result = system(command);
    free(place);
    return result;
}

static inline const char *write_file(struct place *place, const char *name, struct str bytes)
{
    snprintf(place->path, sizeof place->path, "%s/%s", place->folder, name);
    FILE *file = fopen(place->path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes.at, 1, bytes.length, file), bytes.length);
    assert_int_equal(fclose(file), 0);
    return place->path;
}

static inline void show_row(struct text *out, const struct row *row)
{
    static const char marks[] = { [CELL_TEXT] = 0,    [CELL_NUMBER] = '#', [CELL_DATE] = '@', [CELL_TRUE] = '+',
                                  [CELL_FALSE] = '-', [CELL_NULL] = '_',   [CELL_OTHER] = '~' };
    text_format(out, "%llu", (unsigned long long)row->line);
    if (row->problem.english) {
        assert_both_languages(row->problem.english, row->problem.chinese);
        assert_int_equal(row->cells == NULL, row->count == 0);
        text_format(out, "!\n");
        return;
    }
    for (size_t i = 0; i < row->count; i++) {
        const struct cell *cell = &row->cells[i];
        text_add_byte(out, i ? '|' : ' ');
        if (marks[cell->type]) text_add_byte(out, marks[cell->type]);
        if (cell->type != CELL_TRUE && cell->type != CELL_FALSE) text_add(out, cell->text);
    }
    text_add_byte(out, '\n');
}

/* The columns, the rows and the end. */
static inline char *show(const struct reader_options *options)
{
    struct text out = { 0 };
    struct error error = { 0 };
    struct reader *reader = reader_open(options, &error);
    if (!reader) {
        assert_said_in_both(&error);
        text_format(&out, "refused: %s", error.says);
    } else {
        size_t count;
        bool more, good;
        struct row row;
        const struct str *columns = reader_columns(reader, &count);
        for (size_t i = 0; i < count; i++)
            text_format(&out, "%s%.*s", i ? "|" : "", STR_ARGS(columns[i]));
        text_add_byte(&out, '\n');
        while ((void)reader_ready(reader), (good = reader_next(reader, &row, &more, &error)) && more) {
            show_row(&out, &row);
            reader_columns(reader, &count);
            if (!row.problem.english) assert_int_equal(row.count, count);
        }
        text_format(&out, good ? "end" : "failed");
        assert_int_equal(reader_next(reader, &row, &more, NULL), good);
        assert_false(more);
        if (!good) assert_said_in_both(&error);
        reader_close(reader);
    }
    text_zero(&out);
    return out.at;
}

static inline void expect_of(const struct reader_options *options, const char *expected)
{
    char *shown = show(options);
    if (strncmp(expected, "refused", 7) == 0 && strncmp(shown, "refused", 7) == 0) {
        assert_non_null(strstr(shown, expected + 8));
    } else {
        assert_string_equal(shown, expected);
    }
    free(shown);
}

/* "refused:WORDS" expects these words in the sentence. */
static inline void expect(struct place *place, const char *name, struct str bytes, const char *expected)
{
    struct reader_options options = { .path = write_file(place, name, bytes), .wanted = wanted, .wanted_count = WANTED };
    expect_of(&options, expected);
}

#endif
