/* A workbook of one sheet (libxlsxwriter, which keeps no more than a row in memory): a header that stays in sight and filters,
   numbers as numbers, all else as text. Files on the way have no name. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <xlsxwriter.h>

#include "base/memory.h"
#include "base/number.h"
#include "rows/form.h"

enum { TEXT_UNITS = 32767, WIDTH_LEAST = 8, WIDTH_MOST = 60, PIECE = 64 * 1024, NAME_ROOM = 1024 };
static const int64_t exact_most = INT64_C(1) << 53; /* beyond it a spreadsheet's numbers lose digits */

struct sheet {
    lxw_workbook *workbook;
    lxw_worksheet *worksheet;
    lxw_format *head, *text;
    struct rows_cell cells[ROWS_COLUMNS]; /* of the present row; their text stands in rows->line, one behind the other */
    size_t widths[ROWS_COLUMNS];
    int file; /* -1: none */
};

static const char *scratch_folder(const struct rows *rows)
{
    const char *folder = rows->options.scratch ? rows->options.scratch : getenv("TMPDIR");
    return folder && *folder ? folder : "/tmp";
}

static void sheet_fail(struct rows *rows, const char *what)
{
    if (!rows->error.code) fail(&rows->error, ERROR_DISK, "the spreadsheet could not be made in %s: %s", scratch_folder(rows), what);
}

static int file_without_name(const char *folder)
{
    char name[NAME_ROOM];
    int file = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (file >= 0) return file;
    snprintf(name, sizeof name, "%s/mingbai-rows-XXXXXX", folder);
    file = mkostemp(name, O_CLOEXEC);
    if (file >= 0) unlink(name);
    return file;
}

/* Makes the workbook at the first row, or at the end where there was none. */
static struct sheet *sheet_ready(struct rows *rows)
{
    if (rows->sheet) return rows->sheet;
    struct sheet *sheet = rows->sheet = allocate(sizeof *sheet);
    sheet->file = file_without_name(scratch_folder(rows));
    if (sheet->file < 0) {
        fail_errno(&rows->error, "no scratch file can be made in %s: set TMPDIR", scratch_folder(rows));
        return sheet;
    }
    char name[64];
    snprintf(name, sizeof name, "/proc/self/fd/%d", sheet->file);
    sheet->workbook = workbook_new_opt(name, &(lxw_workbook_options){ .constant_memory = LXW_TRUE, .tmpdir = (char *)scratch_folder(rows) });
    sheet->worksheet = sheet->workbook ? workbook_add_worksheet(sheet->workbook, NULL) : NULL;
    if (!sheet->worksheet) {
        sheet_fail(rows, "no memory");
        return sheet;
    }
    sheet->head = workbook_add_format(sheet->workbook);
    sheet->text = workbook_add_format(sheet->workbook);
    format_set_bold(sheet->head);
    format_set_num_format(sheet->text, "@");
    return sheet;
}

/* What XML and a cell can hold: well-formed UTF-8 without control characters, so many UTF-16 units. */
static void cell_text(struct text *out, struct str text)
{
    size_t units = 0;
    for (size_t i = 0, bytes; i < text.length; i += bytes) {
        unsigned char first = (unsigned char)text.at[i];
        bytes = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
        struct str one = { text.at + i, bytes };
        if (i + bytes > text.length || !str_is_utf8(one)) {
            one = STR("\xef\xbf\xbd");
            bytes = 1;
        }
        if ((first < ' ' && !strchr("\t\n\r", first)) || str_equal(one, STR("\xef\xbf\xbe")) || str_equal(one, STR("\xef\xbf\xbf")))
            one = STR("\xef\xbf\xbd");
        units += one.length > 3 ? 2 : 1;
        if (units >= TEXT_UNITS) {
            text_add(out, STR("…"));
            return;
        }
        text_add(out, one);
    }
}

static void width_note(struct sheet *sheet, size_t column, size_t width)
{
    if (width > sheet->widths[column]) sheet->widths[column] = width;
}

static void text_write(struct rows *rows, uint64_t row, size_t column, struct str given, lxw_format *format)
{
    struct text text = { 0 };
    if (rows->options.for_spreadsheet && rows_is_formula(given)) text_add_byte(&text, '\'');
    cell_text(&text, given);
    width_note(rows->sheet, column, rows_width(text_str(&text)));
    if (text.length && worksheet_write_string(rows->sheet->worksheet, (lxw_row_t)row, (lxw_col_t)column, text_zero(&text), format))
        sheet_fail(rows, "a cell could not be written");
    text_close(&text);
}

static void number_write(struct rows *rows, uint64_t row, size_t column, struct str text)
{
    char number[DECIMAL_ROOM];
    snprintf(number, sizeof number, "%.*s", STR_ARGS(text));
    width_note(rows->sheet, column, text.length);
    if (worksheet_write_number(rows->sheet->worksheet, (lxw_row_t)row, (lxw_col_t)column, strtod(number, NULL), NULL))
        sheet_fail(rows, "a cell could not be written");
}

static void row_cell(struct rows *rows, const struct rows_cell *cell)
{
    sheet_ready(rows)->cells[rows->column] = *cell;
    text_add(&rows->line, cell->text);
}

static void row_end(struct rows *rows)
{
    struct sheet *sheet = sheet_ready(rows);
    if (rows->count == ROWS_SHEET_ROWS && !rows->error.code)
        fail(&rows->error, ERROR_LIMIT, "a spreadsheet has room for %d rows: take CSV, or narrow what is asked for", ROWS_SHEET_ROWS);
    if (rows->error.code) return;
    for (size_t i = 0; !rows->count && i < rows->columns; i++) text_write(rows, 0, i, str_of(rows->names[i]), sheet->head);
    const char *at = rows->line.at;
    for (size_t i = 0; i < rows->columns; i++) {
        const struct rows_cell *cell = &sheet->cells[i];
        struct str text = { at, cell->text.length };
        if (cell->form == CELL_DECIMAL && cell->value <= exact_most && cell->value >= -exact_most)
            number_write(rows, rows->count + 1, i, text);
        else
            text_write(rows, rows->count + 1, i, text, sheet->text);
        at += text.length;
    }
}

static void sheet_dress(const struct rows *rows)
{
    lxw_worksheet *worksheet = rows->sheet->worksheet;
    worksheet_ignore_errors(worksheet, LXW_IGNORE_NUMBER_STORED_AS_TEXT, "A1:XFD1048576");
    if (!rows->count) return;
    worksheet_freeze_panes(worksheet, 1, 0);
    worksheet_autofilter(worksheet, 0, 0, (lxw_row_t)rows->count, (lxw_col_t)(rows->columns - 1));
    for (size_t i = 0; i < rows->columns; i++) {
        size_t width = rows->sheet->widths[i] + 2; /* the filter's button stands in the header */
        width = width < WIDTH_LEAST ? WIDTH_LEAST : width > WIDTH_MOST ? WIDTH_MOST : width;
        worksheet_set_column(worksheet, (lxw_col_t)i, (lxw_col_t)i, (double)width, NULL);
    }
}

static void file_write(struct rows *rows)
{
    char *piece = allocate(PIECE);
    ssize_t got = 0;
    for (off_t at = 0; !rows->closed && (got = pread(rows->sheet->file, piece, PIECE, at)) > 0; at += got)
        rows_write(rows, (struct str){ piece, (size_t)got });
    if (got < 0) sheet_fail(rows, "it cannot be read again");
    free(piece);
}

static void finish(struct rows *rows)
{
    struct sheet *sheet = sheet_ready(rows);
    if (sheet->worksheet) sheet_dress(rows);
    lxw_error failed = sheet->workbook ? workbook_close(sheet->workbook) : LXW_NO_ERROR; /* frees it as well */
    if (failed) sheet_fail(rows, lxw_strerror(failed));
    if (!rows->error.code) file_write(rows);
    if (sheet->file >= 0) close(sheet->file);
    free(sheet);
    rows->sheet = NULL;
}

const struct rows_form xlsx_rows = { .name = "xlsx", .has_columns = true, .cell = row_cell, .end = row_end, .finish = finish };
