/* JSON: an object for each row, on a line of its own or behind a comma. */
#include "rows/form.h"

static void row_begin(struct rows *rows)
{
    if (rows->options.format == ROWS_JSON && rows->count) text_add_byte(&rows->line, ',');
    rows->json = (struct json){ .out = &rows->line };
    json_open(&rows->json, '{');
}

static void row_cell(struct rows *rows, const struct rows_cell *cell)
{
    json_key(&rows->json, cell->name);
    if (cell->form == CELL_DECIMAL) {
        json_add_decimal(&rows->json, cell->value, cell->decimals);
    } else if (cell->form == CELL_JSON) {
        text_add(&rows->line, cell->text);
        rows->json.more = true;
    } else if (cell->text.length) {
        json_add_string(&rows->json, cell->text);
    } else {
        json_add_null(&rows->json);
    }
}

static void row_end(struct rows *rows)
{
    json_close(&rows->json, '}');
    if (rows->options.format == ROWS_JSONL) text_add_byte(&rows->line, '\n');
    rows_write(rows, text_str(&rows->line));
}

const struct rows_form jsonl_rows = { .name = "jsonl", .begin = row_begin, .cell = row_cell, .end = row_end };
const struct rows_form json_rows = { .name = "json", .begin = row_begin, .cell = row_cell, .end = row_end };
