#include "command/rows.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <wchar.h>

#include "base/number.h"

bool rows_start(struct rows *rows, struct invocation *invocation)
{
    static const char *const formats[] = { [ROWS_JSONL] = "jsonl", [ROWS_CSV] = "csv", [ROWS_TABLE] = "table" };
    *rows = (struct rows){ 0 };
    const char *format = invocation_option(invocation, "format");
    if (!format) return true;
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
        if (!strcmp(format, formats[i])) {
            rows->format = (enum rows_format)i;
            return true;
        }
    return fail(&invocation->error, ERROR_USAGE, "--format %s: choose jsonl, csv or table", format);
}

void rows_begin(struct rows *rows)
{
    rows->column = 0;
    rows->line.length = 0;
    if (rows->format != ROWS_JSONL) return;
    rows->json = (struct json){ .out = &rows->line };
    json_open(&rows->json, '{');
}

static void csv_cell(struct text *line, struct str cell)
{
    bool plain = true;
    for (size_t i = 0; plain && i < cell.length; i++) plain = !strchr(",\"\r\n", cell.at[i]);
    if (plain) {
        text_add(line, cell);
        return;
    }
    text_add_byte(line, '"');
    for (size_t i = 0; i < cell.length; i++) {
        if (cell.at[i] == '"') text_add_byte(line, '"');
        text_add_byte(line, cell.at[i]);
    }
    text_add_byte(line, '"');
}

/* The cell of a CSV line or a table; JSON is written by the callers. */
static void plain_cell(struct rows *rows, const char *name, struct str cell)
{
    must(rows->column < ROWS_COLUMNS);
    if (!rows->count) rows->names[rows->column] = name;
    if (rows->format == ROWS_CSV) {
        if (rows->column) text_add_byte(&rows->line, ',');
        csv_cell(&rows->line, cell);
    } else {
        text_add(&rows->cells, cell);
        text_add_byte(&rows->cells, 0);
    }
    rows->column++;
}

void rows_string(struct rows *rows, const char *name, struct str string)
{
    if (rows->format == ROWS_JSONL)
        json_put_string(&rows->json, name, string.length ? string : (struct str){ 0 });
    else
        plain_cell(rows, name, string);
}

void rows_number(struct rows *rows, const char *name, int64_t number)
{
    rows_decimal(rows, name, number, 0);
}

void rows_decimal(struct rows *rows, const char *name, int64_t value, unsigned decimals)
{
    if (rows->format == ROWS_JSONL) {
        json_key(&rows->json, name);
        json_add_decimal(&rows->json, value, decimals);
        return;
    }
    char number[DECIMAL_ROOM];
    plain_cell(rows, name, (struct str){ number, decimal_format(value, decimals, 0, number) });
}

void rows_null(struct rows *rows, const char *name)
{
    rows_string(rows, name, (struct str){ 0 });
}

void rows_moment(struct rows *rows, const char *name, int64_t moment)
{
    char time[MOMENT_ROOM];
    rows_string(rows, name, (struct str){ time, moment_format(moment, time) });
}

void rows_json(struct rows *rows, const char *name, struct str json)
{
    if (rows->format == ROWS_JSONL) {
        json_key(&rows->json, name);
        text_add(&rows->line, json);
        rows->json.more = true;
    } else {
        plain_cell(rows, name, json);
    }
}

/* A file is opened by people, whose spreadsheet takes UTF-8 for something else without a byte-order mark; what reads a pipe is a
   program. A file that holds something already is being added to. */
static void csv_head(const struct rows *rows)
{
    struct stat out;
    if (fstat(STDOUT_FILENO, &out) == 0 && S_ISREG(out.st_mode) && out.st_size == 0) fputs("\xef\xbb\xbf", stdout);
    for (size_t i = 0; i < rows->columns; i++) printf("%s%s", i ? "," : "", rows->names[i]);
    fputs("\r\n", stdout);
}

void rows_end(struct rows *rows)
{
    if (rows->format == ROWS_JSONL) {
        json_close(&rows->json, '}');
    } else {
        must(!rows->count || rows->column == rows->columns);
        rows->columns = rows->column;
    }
    if (rows->format == ROWS_CSV && !rows->count) csv_head(rows);
    rows->count++;
    if (rows->format == ROWS_TABLE) return;
    text_add(&rows->line, rows->format == ROWS_CSV ? STR("\r\n") : STR("\n"));
    fwrite(rows->line.at, 1, rows->line.length, stdout);
}

/* Columns on a terminal: a Chinese character takes two. */
static size_t width(const char *cell)
{
    size_t sum = 0;
    for (const unsigned char *at = (const unsigned char *)cell; *at; at++) {
        if ((*at & 0xc0) == 0x80) continue;
        sum += *at >= 0xe3 && *at <= 0xef ? 2 : 1;
    }
    return sum;
}

static void table_line(const char *const *cells, const size_t *widths, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        fputs(cells[i], stdout);
        for (size_t pad = width(cells[i]); i + 1 < count && pad < widths[i] + 2; pad++) fputc(' ', stdout);
    }
    fputc('\n', stdout);
}

void rows_finish(struct rows *rows)
{
    if (rows->format == ROWS_TABLE && rows->count) {
        size_t widths[ROWS_COLUMNS];
        for (size_t i = 0; i < rows->columns; i++) widths[i] = width(rows->names[i]);
        const char *cell = rows->cells.at;
        for (uint64_t n = 0; n < rows->count * rows->columns; n++, cell += strlen(cell) + 1)
            if (width(cell) > widths[n % rows->columns]) widths[n % rows->columns] = width(cell);
        table_line(rows->names, widths, rows->columns);
        cell = rows->cells.at;
        for (uint64_t n = 0; n < rows->count; n++) {
            const char *line[ROWS_COLUMNS];
            for (size_t i = 0; i < rows->columns; i++, cell += strlen(cell) + 1) line[i] = cell;
            table_line(line, widths, rows->columns);
        }
    }
    text_close(&rows->line);
    text_close(&rows->cells);
}
