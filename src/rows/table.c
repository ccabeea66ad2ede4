/* A table for a terminal: held back until the widths of its columns are known. */
#include "rows/form.h"

static void row_cell(struct rows *rows, const struct rows_cell *cell)
{
    text_add(&rows->cells, cell->text);
    text_add_byte(&rows->cells, 0);
}

static void row_end(struct rows *rows)
{
    (void)rows;
}

static void line_write(struct rows *rows, const char *const *cells, const size_t *widths)
{
    rows->line.length = 0;
    for (size_t i = 0; i < rows->columns; i++) {
        text_add(&rows->line, str_of(cells[i]));
        for (size_t pad = rows_width(str_of(cells[i])); i + 1 < rows->columns && pad < widths[i] + 2; pad++) text_add_byte(&rows->line, ' ');
    }
    text_add_byte(&rows->line, '\n');
    rows_write(rows, text_str(&rows->line));
}

static void finish(struct rows *rows)
{
    if (!rows->count) return;
    size_t widths[ROWS_COLUMNS];
    for (size_t i = 0; i < rows->columns; i++) widths[i] = rows_width(str_of(rows->names[i]));
    const char *cell = rows->cells.at;
    for (uint64_t n = 0; n < rows->count * rows->columns; n++, cell += strlen(cell) + 1) {
        size_t width = rows_width(str_of(cell));
        if (width > widths[n % rows->columns]) widths[n % rows->columns] = width;
    }
    line_write(rows, rows->names, widths);
    cell = rows->cells.at;
    for (uint64_t n = 0; n < rows->count; n++) {
        const char *line[ROWS_COLUMNS];
        for (size_t i = 0; i < rows->columns; i++, cell += strlen(cell) + 1) line[i] = cell;
        line_write(rows, line, widths);
    }
}

const struct rows_form table_rows = { .name = "table", .has_columns = true, .cell = row_cell, .end = row_end, .finish = finish };
