/* Spreadsheets: which form of workbook it is, which of its sheets is meant, and the header in it. */
#include <stdlib.h>
#include <unistd.h>

#include "door/sheet.h"

static bool start_sheet(struct sheet_rows *rows, const struct sheet *sheet, struct error *error)
{
    rows->sheet = sheet;
    rows->line = 0;
    return rows->form->start(rows, error);
}

static bool is_blank(const struct sheet_rows *rows)
{
    for (size_t i = 0; i < rows->count; i++)
        if (!cell_is_blank(&rows->cells[i])) return false;
    return !rows->problem.english;
}

static enum reading sheet_next(struct reader *reader, bool wait, struct row *row, struct error *error)
{
    (void)wait;
    struct sheet_rows *rows = reader->state;
    enum reading reading;
    while ((reading = rows->form->next(rows, error)) == READING_ROW) {
        rows->text.length = 0;
        table_text(rows->cells, rows->count, &rows->text);
        *row = (struct row){ .line = rows->line, .text = text_str(&rows->text), .problem = rows->problem };
        if (rows->problem.english || table_row(&reader->table, rows->cells, rows->count, row)) break;
    }
    return reading;
}

/* ---- the sheet and its header ---- */

static bool has_rows(struct sheet_rows *rows, bool *has, struct error *error)
{
    enum reading reading;
    do
        reading = rows->form->next(rows, error);
    while (reading == READING_ROW && is_blank(rows));
    *has = reading == READING_ROW;
    return reading != READING_FAILED;
}

static const struct sheet *find_sheet(struct sheet_rows *rows, const char *asked, struct error *error)
{
    uint64_t number;
    for (size_t i = 0; asked && i < rows->sheet_count; i++)
        if (str_equal(str_trim(rows->sheets[i].name), str_trim(str_of(asked)))) return &rows->sheets[i];
    if (asked && str_number(str_of(asked), &number) && number && number <= rows->sheet_count) return &rows->sheets[number - 1];
    if (asked) {
        struct text names = { 0 };
        for (size_t i = 0; i < rows->sheet_count && names.length < 200; i++)
            text_format(&names, "%s%.*s", i ? ", " : "", STR_ARGS(rows->sheets[i].name));
        fail_both(error, ERROR_USAGE, "the workbook has no sheet '%s': it has %s", "工作簿中没有工作表“%s”，只有：%s", asked, text_zero(&names));
        text_close(&names);
        return NULL;
    }
    for (size_t i = 0; i < rows->sheet_count; i++) {
        bool has;
        if (rows->sheets[i].hidden) continue;
        if (!start_sheet(rows, &rows->sheets[i], error) || !has_rows(rows, &has, error)) return NULL;
        if (has) return &rows->sheets[i];
    }
    fail_both(error, ERROR_INPUT, "the workbook has no sheet with anything in it (hidden ones must be named with --sheet)",
              "工作簿中没有含内容的工作表（隐藏的工作表须用 --sheet 指定）");
    return NULL;
}

/* The row of the header; the first that is no title, where none names what is wanted. */
static bool find_header(struct sheet_rows *rows, struct search *search, uint64_t *line, struct error *error)
{
    enum reading reading = READING_ROW;
    uint64_t lines[READER_TITLE_ROWS]; /* of the rows offered */
    while (search->rows < READER_TITLE_ROWS && (reading = rows->form->next(rows, error)) == READING_ROW) {
        if (rows->problem.english || is_blank(rows)) continue;
        lines[search->rows] = rows->line;
        if (search_offer(search, rows->cells, rows->count) || !search->wanted_count) break;
    }
    if (reading == READING_FAILED) return false;
    size_t header = search->best ? search->best : search_first(search);
    *line = header ? lines[header - 1] : 0;
    return header ||
           fail_both(error, ERROR_INPUT, "sheet '%.*s' is empty: its first row must name the columns",
                     "工作表“%.*s”是空的：第一行须为各列的列名", STR_ARGS(rows->sheet->name));
}

static const struct {
    struct str start;
    const struct workbook_form *form;
} workbooks[] = {
    { STR("PK\x03\x04"), &xlsx_workbook },
    { STR("\xd0\xcf\x11\xe0"), &xls_workbook },
};

/* By its first bytes, whichever of the two its name says. */
static const struct workbook_form *form_of(int descriptor, struct error *error)
{
    char bytes[16];
    ssize_t count = pread(descriptor, bytes, sizeof bytes, 0);
    struct str start = { bytes, count > 0 ? (size_t)count : 0 };
    for (size_t i = 0; i < sizeof workbooks / sizeof *workbooks; i++)
        if (str_starts(start, workbooks[i].start)) return workbooks[i].form;
    struct says stranger = stranger_says(start);
    fail_says(error, ERROR_INPUT, stranger.english ? stranger : (struct says){
        "this is no workbook (.xlsx or .xls), or a damaged one: open it and save it again as .xlsx; where it is text, name it .csv",
        "这不是工作簿（.xlsx 或 .xls），或已损坏：请打开后重新保存为 .xlsx；若是文本，请把扩展名改为 .csv" });
    return NULL;
}

static bool sheet_open(struct reader *reader, const struct reader_options *options, struct error *error)
{
    struct sheet_rows *rows = reader->state = allocate(sizeof *rows);
    int descriptor = bytes_seekable(reader->bytes, READER_SHEET_BYTES, error);
    if (descriptor < 0) return false;
    rows->form = form_of(descriptor, error);
    if (!rows->form) return close(descriptor), false;
    if (!rows->form->open(rows, descriptor, error)) return false;
    const struct sheet *sheet = find_sheet(rows, options->sheet, error);
    if (!sheet || !start_sheet(rows, sheet, error)) return false;
    struct search search;
    uint64_t line;
    search_open(&search, options->wanted, options->wanted_count);
    bool found = find_header(rows, &search, &line, error);
    search_close(&search);
    if (!found || !start_sheet(rows, sheet, error)) return false;
    do
        if (rows->form->next(rows, error) != READING_ROW)
            return fail_both(error, ERROR_INPUT, "the workbook changed while it was read: try again", "读取时工作簿发生了变化：请重试");
    while (rows->line < line);
    return table_head(&reader->table, rows->cells, rows->count, error);
}

static void sheet_close(struct reader *reader)
{
    struct sheet_rows *rows = reader->state;
    if (rows->state) rows->form->close(rows);
    free(rows->sheets);
    arena_close(&rows->names);
    arena_close(&rows->arena);
    text_close(&rows->text);
    free(rows);
}

static void sheet_progress(const struct reader *reader, uint64_t *done, uint64_t *all)
{
    const struct sheet_rows *rows = reader->state;
    rows->form->progress(rows, done, all);
}

static struct str sheet_name(const struct reader *reader, size_t number)
{
    const struct sheet_rows *rows = reader->state;
    return number < rows->sheet_count ? rows->sheets[number].name : (struct str){ 0 };
}

const struct reader_form sheet_form = {
    .open = sheet_open,
    .next = sheet_next,
    .close = sheet_close,
    .binary = true,
    .progress = sheet_progress,
    .sheet = sheet_name,
};
