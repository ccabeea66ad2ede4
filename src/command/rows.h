/* Results: rows of named cells, as JSON Lines, CSV or a table. */
#ifndef COMMAND_ROWS_H
#define COMMAND_ROWS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/json.h"
#include "base/str.h"
#include "command/command.h"

enum { ROWS_COLUMNS = 24 };
enum rows_format { ROWS_JSONL, ROWS_CSV, ROWS_TABLE };

/* Start with rows_start; for each row rows_begin, the cells in the same order in every row, rows_end; then rows_finish. */
struct rows {
    enum rows_format format;
    struct text line;             /* the JSON line, or all cells of a CSV line */
    struct json json;
    const char *names[ROWS_COLUMNS];
    size_t column, columns;       /* of the present row; known after the first */
    struct text cells;            /* of a table: every cell, zero-terminated */
    uint64_t count;
};

/* Reads --format. */
bool rows_start(struct rows *rows, struct invocation *invocation);
void rows_begin(struct rows *rows);
void rows_end(struct rows *rows);
/* Prints what a table held back, and frees. */
void rows_finish(struct rows *rows);

/* A string; { NULL, 0 } and "" are null. */
void rows_string(struct rows *rows, const char *name, struct str string);
void rows_number(struct rows *rows, const char *name, int64_t number);
void rows_decimal(struct rows *rows, const char *name, int64_t value, unsigned decimals);
void rows_null(struct rows *rows, const char *name);
void rows_moment(struct rows *rows, const char *name, int64_t moment);
/* Ready-made JSON (an array, an object). */
void rows_json(struct rows *rows, const char *name, struct str json);

#endif
