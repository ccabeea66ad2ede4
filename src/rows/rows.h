/* Results as rows of named cells, in the form that is asked for: for the command line and the HTTP API alike. */
#ifndef ROWS_ROWS_H
#define ROWS_ROWS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/json.h"
#include "base/str.h"

enum { ROWS_COLUMNS = 48, ROWS_SHEET_ROWS = 1048575 };

enum rows_format {
    ROWS_JSONL, /* an object a line */
    ROWS_JSON,  /* the objects of an array, separated by commas; its frame is the caller's */
    ROWS_CSV,   /* a header line, lines that end with CR LF */
    ROWS_TABLE, /* for a terminal */
    ROWS_XLSX,  /* at most ROWS_SHEET_ROWS rows */
};

/* Where the bytes go; false: nothing more is wanted. */
struct rows_sink {
    bool (*write)(void *context, struct str bytes);
    void *context;
};

struct rows_options {
    enum rows_format format;
    struct rows_sink sink;
    bool mark;            /* CSV begins with a byte-order mark, without which spreadsheets take UTF-8 for something else */
    bool for_spreadsheet; /* CSV and XLSX for people: CSV with a mark, and no cell's text is taken for a formula */
    const char *scratch;  /* a folder for what XLSX keeps on the disk on its way; NULL: $TMPDIR, else /tmp */
};

struct rows_form;

/* Start with rows_start; for each row rows_begin, the cells, rows_end; then rows_finish. */
struct rows {
    struct rows_options options;
    const struct rows_form *form;
    const char *names[ROWS_COLUMNS];
    size_t column, columns; /* of the present row; known after the first */
    uint64_t count;
    bool closed;            /* the sink wants nothing more */
    struct error error;     /* of a form; the first */
    struct text line;       /* the present row's bytes */
    struct json json;
    struct text cells;      /* of a table: every cell, zero-terminated */
    struct sheet *sheet;    /* of a workbook */
};

/* A sink that adds to a struct text, its context. */
bool rows_to_text(void *text, struct str bytes);

/* "jsonl", "csv", "table", "json" or "xlsx". */
bool rows_format_named(const char *name, enum rows_format *format);
void rows_start(struct rows *rows, const struct rows_options *options);
void rows_begin(struct rows *rows);
void rows_end(struct rows *rows);
/* Gives the sink what was held back, and frees. False where not all could be written; without a code in error where it is the sink
   that wanted no more. */
bool rows_finish(struct rows *rows, struct error *error);

/* Whether the form has columns, so that every row must have the same cells; else a cell may be left out. */
bool rows_have_columns(const struct rows *rows);

/* A string; { NULL, 0 } and "" are null. */
void rows_string(struct rows *rows, const char *name, struct str string);
void rows_number(struct rows *rows, const char *name, int64_t number);
void rows_decimal(struct rows *rows, const char *name, int64_t value, unsigned decimals);
void rows_null(struct rows *rows, const char *name);
/* MOMENT_NONE is null. */
void rows_moment(struct rows *rows, const char *name, int64_t moment);
void rows_flag(struct rows *rows, const char *name, bool flag);
/* Ready-made JSON (an array, an object). */
void rows_json(struct rows *rows, const char *name, struct str json);

/* Whether a spreadsheet might run the text: it begins with one of = + - @ or their full-width forms, also behind white space, or
   with a tab or a line break; a plain number is none. */
bool rows_is_formula(struct str text);

#endif
