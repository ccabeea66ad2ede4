/* CSV: RFC 4180, with a header line. */
#include "rows/form.h"

static void csv_text(struct text *line, struct str text)
{
    bool plain = true;
    for (size_t i = 0; plain && i < text.length; i++) plain = !strchr(",\"\r\n", text.at[i]);
    if (plain) {
        text_add(line, text);
        return;
    }
    text_add_byte(line, '"');
    for (size_t i = 0; i < text.length; i++) {
        if (text.at[i] == '"') text_add_byte(line, '"');
        text_add_byte(line, text.at[i]);
    }
    text_add_byte(line, '"');
}

static void row_cell(struct rows *rows, const struct rows_cell *cell)
{
    if (rows->column) text_add_byte(&rows->line, ',');
    if (!rows->options.for_spreadsheet || cell->form == CELL_DECIMAL || !rows_is_formula(cell->text)) {
        csv_text(&rows->line, cell->text);
        return;
    }
    struct text guarded = { 0 };
    text_add_byte(&guarded, '\'');
    text_add(&guarded, cell->text);
    csv_text(&rows->line, text_str(&guarded));
    text_close(&guarded);
}

static void head_write(struct rows *rows)
{
    struct text head = { 0 };
    if (rows->options.mark || rows->options.for_spreadsheet) text_add(&head, STR("\xef\xbb\xbf"));
    for (size_t i = 0; i < rows->columns; i++) text_format(&head, "%s%s", i ? "," : "", rows->names[i]);
    text_add(&head, STR("\r\n"));
    rows_write(rows, text_str(&head));
    text_close(&head);
}

static void row_end(struct rows *rows)
{
    if (!rows->count) head_write(rows);
    text_add(&rows->line, STR("\r\n"));
    rows_write(rows, text_str(&rows->line));
}

const struct rows_form csv_rows = { .name = "csv", .has_columns = true, .cell = row_cell, .end = row_end };
