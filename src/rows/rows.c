#include "base/moment.h"
#include "base/number.h"
#include "rows/form.h"

static const struct rows_form *const forms[] = {
    [ROWS_JSONL] = &jsonl_rows, [ROWS_JSON] = &json_rows, [ROWS_CSV] = &csv_rows, [ROWS_TABLE] = &table_rows, [ROWS_XLSX] = &xlsx_rows,
};
enum { FORMS = sizeof forms / sizeof *forms };

bool rows_format_named(const char *name, enum rows_format *format)
{
    for (size_t i = 0; i < FORMS; i++)
        if (!strcmp(forms[i]->name, name)) {
            *format = (enum rows_format)i;
            return true;
        }
    return false;
}

void rows_start(struct rows *rows, const struct rows_options *options)
{
    *rows = (struct rows){ .options = *options, .form = forms[options->format] };
}

void rows_begin(struct rows *rows)
{
    rows->column = 0;
    rows->line.length = 0;
    if (rows->form->begin) rows->form->begin(rows);
}

void rows_end(struct rows *rows)
{
    must(!rows->form->has_columns || !rows->count || rows->column == rows->columns);
    rows->columns = rows->column;
    rows->form->end(rows);
    rows->count++;
}

bool rows_finish(struct rows *rows, struct error *error)
{
    if (rows->form->finish) rows->form->finish(rows);
    text_close(&rows->line);
    text_close(&rows->cells);
    if (rows->error.code) *error = rows->error;
    return !rows->error.code && !rows->closed;
}

bool rows_have_columns(const struct rows *rows)
{
    return rows->form->has_columns;
}

void rows_write(struct rows *rows, struct str bytes)
{
    if (!rows->closed && bytes.length) rows->closed = !rows->options.sink.write(rows->options.sink.context, bytes);
}

size_t rows_width(struct str text)
{
    size_t sum = 0;
    for (size_t i = 0; i < text.length; i++) {
        unsigned char byte = (unsigned char)text.at[i];
        if ((byte & 0xc0) != 0x80) sum += byte >= 0xe3 && byte <= 0xef ? 2 : 1;
    }
    return sum;
}

static void cell_add(struct rows *rows, const struct rows_cell *cell)
{
    must(rows->column < ROWS_COLUMNS);
    if (!rows->count) rows->names[rows->column] = cell->name;
    rows->form->cell(rows, cell);
    rows->column++;
}

void rows_string(struct rows *rows, const char *name, struct str string)
{
    cell_add(rows, &(struct rows_cell){ .form = CELL_STRING, .name = name, .text = string });
}

void rows_number(struct rows *rows, const char *name, int64_t number)
{
    rows_decimal(rows, name, number, 0);
}

void rows_decimal(struct rows *rows, const char *name, int64_t value, unsigned decimals)
{
    char number[DECIMAL_ROOM];
    struct str text = { number, decimal_format(value, decimals, 0, number) };
    cell_add(rows, &(struct rows_cell){ .form = CELL_DECIMAL, .name = name, .text = text, .value = value, .decimals = decimals });
}

void rows_null(struct rows *rows, const char *name)
{
    rows_string(rows, name, (struct str){ 0 });
}

void rows_moment(struct rows *rows, const char *name, int64_t moment)
{
    char time[MOMENT_ROOM];
    if (moment == MOMENT_NONE)
        rows_null(rows, name);
    else
        rows_string(rows, name, (struct str){ time, moment_format(moment, time) });
}

void rows_flag(struct rows *rows, const char *name, bool flag)
{
    rows_json(rows, name, flag ? STR("true") : STR("false"));
}

bool rows_to_text(void *text, struct str bytes)
{
    text_add(text, bytes);
    return true;
}

void rows_json(struct rows *rows, const char *name, struct str json)
{
    cell_add(rows, &(struct rows_cell){ .form = CELL_JSON, .name = name, .text = json });
}

bool rows_is_formula(struct str text)
{
    static const struct str signs[] = { { "=", 1 }, { "+", 1 }, { "-", 1 }, { "@", 1 }, { "＝", 3 }, { "＋", 3 }, { "－", 3 }, { "＠", 3 } };
    int64_t value;
    if (text.length && strchr("\t\r\n", text.at[0])) return true;
    text = str_trim(text);
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        if (str_starts(text, signs[i])) return !decimal_parse(text, MONEY_DECIMALS, &value);
    return false;
}
