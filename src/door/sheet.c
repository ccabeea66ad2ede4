#include "door/sheet.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "door/json_scan.h"

enum {
    DAYS_TO_1904 = 1462, /* from 1900-01-01 as Excel counts */
    NUMBER_BYTES = 64,
    FORMATS_MAX = 10000,
    STYLES_MAX = 100000,
};

/* Room for one more in a list that grows by doubling. */
static void *grow(void *list, size_t count, size_t size)
{
    return count & (count - 1) ? list : reallocate(list, (count ? count * 2 : 1) * size);
}

/* ---- shared strings ---- */

void sheet_strings_end(struct sheet_strings *strings)
{
    if (strings->count == READER_SHEET_STRINGS) return;
    strings->ends = grow(strings->ends, strings->count, sizeof *strings->ends);
    strings->ends[strings->count++] = (uint32_t)strings->text.length;
}

bool sheet_string(const struct sheet_strings *strings, uint64_t number, struct str *string)
{
    if (number >= strings->count) return false;
    uint32_t start = number ? strings->ends[number - 1] : 0;
    *string = (struct str){ strings->text.at + start, strings->ends[number] - start };
    return true;
}

const struct says sheet_string_missing = { "a cell names a shared text that the workbook does not have",
                                           "单元格所引用的文字在工作簿中不存在：请打开后重新保存" };

void sheet_strings_close(struct sheet_strings *strings)
{
    text_close(&strings->text);
    free(strings->ends);
    *strings = (struct sheet_strings){ 0 };
}

/* ---- styles ---- */

/* A format of numbers shows a date when its first section has a letter of one outside of quotes, brackets and escapes. */
static bool format_is_date(const char *format)
{
    if (strcasecmp(format, "General") == 0 || strcasecmp(format, "Standard") == 0) return false;
    for (const char *at = format; *at && *at != ';'; at++) {
        if (*at == '"' || *at == '[') {
            at = strchr(at + 1, *at == '"' ? '"' : ']');
            if (!at) return false;
        } else if (*at == '\\' || *at == '_' || *at == '*') {
            if (!*++at) return false;
        } else if (strchr("yYmMdDhHsS", *at)) {
            return true;
        }
    }
    return false;
}

/* The built-in formats that show a date, also those of Chinese, Japanese and Korean versions. */
static bool built_in_is_date(unsigned long id)
{
    static const struct {
        unsigned long first, last;
    } dates[] = { { 14, 22 }, { 27, 36 }, { 45, 47 }, { 50, 58 } };
    for (size_t i = 0; i < sizeof dates / sizeof *dates; i++)
        if (id >= dates[i].first && id <= dates[i].last) return true;
    return false;
}

void sheet_styles_format(struct sheet_styles *styles, unsigned long id, const char *format)
{
    if (styles->format_count == FORMATS_MAX) return;
    styles->formats = grow(styles->formats, styles->format_count, sizeof *styles->formats);
    styles->formats[styles->format_count].id = id;
    styles->formats[styles->format_count++].is_date = format_is_date(format);
}

static bool format_shows_date(const struct sheet_styles *styles, unsigned long id)
{
    for (size_t i = 0; i < styles->format_count; i++)
        if (styles->formats[i].id == id) return styles->formats[i].is_date;
    return built_in_is_date(id);
}

void sheet_styles_add(struct sheet_styles *styles, unsigned long format)
{
    if (styles->count == STYLES_MAX) return;
    styles->is_date = grow(styles->is_date, styles->count, sizeof *styles->is_date);
    styles->is_date[styles->count++] = format_shows_date(styles, format);
}

bool sheet_style_is_date(const struct sheet_styles *styles, unsigned long number)
{
    return number < styles->count && styles->is_date[number];
}

void sheet_styles_close(struct sheet_styles *styles)
{
    free(styles->formats);
    free(styles->is_date);
    *styles = (struct sheet_styles){ 0 };
}

/* ---- sheets and rows ---- */

struct sheet *sheet_add(struct sheet_rows *rows, struct str name)
{
    if (rows->sheet_count == SHEETS_MAX) return NULL;
    rows->sheets = grow(rows->sheets, rows->sheet_count, sizeof *rows->sheets);
    struct sheet *sheet = &rows->sheets[rows->sheet_count++];
    *sheet = (struct sheet){ .name = { arena_copy(&rows->names, name.at, name.length), name.length } };
    return sheet;
}

void sheet_row_start(struct sheet_rows *rows, uint64_t line)
{
    if (rows->arena.used) arena_reset(&rows->arena);
    rows->line = line;
    rows->count = rows->bytes = 0;
    rows->problem = (struct says){ 0 };
}

struct cell sheet_number(struct sheet_rows *rows, double value, bool is_date)
{
    char written[NUMBER_BYTES];
    if (is_date && rows->from_1904) value += DAYS_TO_1904;
    int digits = DBL_DIG;
    do
        snprintf(written, sizeof written, "%.*g", digits, value);
    while (strtod(written, NULL) != value && digits++ < DBL_DECIMAL_DIG);
    struct str number = number_spelling(str_of(arena_copy(&rows->arena, written, strlen(written))), &rows->arena);
    return (struct cell){ number, is_date ? CELL_DATE : CELL_NUMBER };
}

void sheet_put(struct sheet_rows *rows, size_t column, struct cell cell)
{
    if (rows->problem.english || cell.type == CELL_NULL) return;
    rows->bytes += cell.text.length;
    if (cell.text.length > READER_CELL_BYTES)
        rows->problem = (struct says){ "a cell is longer than 1 MiB", "一个单元格超过 1 MiB" };
    else if (rows->bytes > READER_ROW_BYTES)
        rows->problem = (struct says){ "the row is longer than 4 MiB", "这一行超过 4 MiB" };
    else if (column >= READER_COLUMNS)
        rows->problem = (struct says){ "the row has a cell beyond column IV, the 256th", "这一行在第 256 列（IV）之后还有单元格" };
    else if (column < rows->count)
        rows->problem = (struct says){ "the row has its cells out of order, or two in one place", "这一行的单元格顺序错乱或位置重复：请打开后重新保存" };
    if (rows->problem.english) return;
    while (rows->count < column)
        rows->cells[rows->count++] = (struct cell){ .type = CELL_NULL };
    rows->cells[rows->count++] = cell;
}
