/* Spreadsheets: the rows of one sheet of a workbook, parsed piece by piece; hidden rows too. Of merged cells the first one has
   the value. */
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"
#include "door/json_scan.h"
#include "door/reading.h"
#include "door/sheet_book.h"

enum {
    DAYS_TO_1904 = 1462, /* from 1900-01-01 as Excel counts */
    NUMBER_BYTES = 64,   /* a longer spelling is no number */
};

struct sheet_rows {
    struct book book;
    const struct sheet *sheet;
    struct part part;
    XML_Parser parser; /* NULL: no sheet is being read */
    bool suspended;    /* at the end of a row */
    bool ended;        /* the last row has been read */
    char piece[READING_PIECE];
    /* the row: */
    uint64_t line;
    struct arena arena; /* its texts */
    struct cell cells[READER_COLUMNS];
    size_t count; /* cells up to the last that is not empty */
    size_t bytes; /* of its texts */
    struct says problem;
    struct text text; /* the row as CSV */
    /* the cell: */
    size_t column; /* of the next one */
    char type;     /* 's' shared string, 'b' boolean, 't' text, 'n' number */
    bool is_date;
    bool in_value, in_phonetic;
    struct text value;
};

/* ---- cells ---- */

/* The column of a reference such as B3, from 0. */
static size_t referred_column(const char *reference)
{
    size_t column = 0;
    for (; *reference >= 'A' && *reference <= 'Z' && column < 1000000; reference++)
        column = column * 26 + (size_t)(*reference - 'A' + 1);
    return column - 1;
}

/* The shortest decimal spelling that reads back to the same double, which is all that a spreadsheet knows. */
static bool spell_number(struct sheet_rows *rows, struct str *number)
{
    uint64_t whole;
    if (number->length <= DBL_DIG && number->at[0] != '0' && str_number(*number, &whole) && !rows->is_date) {
        number->at = arena_copy(&rows->arena, number->at, number->length);
        return true;
    }
    char written[NUMBER_BYTES], *end;
    if (!number->length || number->length >= sizeof written) return false;
    memcpy(written, number->at, number->length);
    written[number->length] = 0;
    if (strspn(written, "0123456789+-.eE") != number->length) return false;
    double value = strtod(written, &end);
    if (*end || !isfinite(value)) return false;
    if (rows->is_date && rows->book.from_1904) value += DAYS_TO_1904;
    int digits = DBL_DIG;
    do
        snprintf(written, sizeof written, "%.*g", digits, value);
    while (strtod(written, NULL) != value && digits++ < DBL_DECIMAL_DIG);
    *number = number_spelling(str_of(arena_copy(&rows->arena, written, strlen(written))), &rows->arena);
    return true;
}

/* Control characters are written as _x000D_, and the underscore of such a spelling as _x005F_. */
static struct str resolve_controls(struct sheet_rows *rows, struct str text)
{
    static const char hexadecimal[] = "0123456789ABCDEF";
    if (!text.length || !memmem(text.at, text.length, "_x00", 4)) return text;
    char *resolved = arena_take(&rows->arena, text.length), *to = resolved;
    for (size_t i = 0; i < text.length; i++) {
        *to = text.at[i];
        if (text.length - i >= 7 && memcmp(text.at + i, "_x00", 4) == 0 && text.at[i + 6] == '_') {
            const char *high = strchr(hexadecimal, text.at[i + 4]), *low = strchr(hexadecimal, text.at[i + 5]);
            long code = high && low ? (high - hexadecimal) * 16 + (low - hexadecimal) : 0;
            if ((code > 0 && code < ' ') || code == '_') {
                *to = (char)code;
                i += 6;
            }
        }
        to++;
    }
    return (struct str){ resolved, (size_t)(to - resolved) };
}

static struct cell make_cell(struct sheet_rows *rows)
{
    struct str text = text_str(&rows->value), trimmed = str_trim(text);
    uint64_t number;
    if (!text.length) return (struct cell){ .type = CELL_NULL };
    switch (rows->type) {
    case 's':
        if (!str_number(trimmed, &number) || !book_string(&rows->book, number, &text)) {
            rows->problem = (struct says){ "a cell names a shared text that the workbook does not have",
                                           "单元格所引用的文字在工作簿中不存在：请打开后重新保存" };
            return (struct cell){ .type = CELL_NULL };
        }
        text = resolve_controls(rows, text);
        return (struct cell){ text, text.length ? CELL_TEXT : CELL_NULL };
    case 'b':
        return (struct cell){ STR("true"), str_equal(trimmed, STR("1")) ? CELL_TRUE : CELL_FALSE };
    case 'n':
        if (spell_number(rows, &trimmed)) return (struct cell){ trimmed, rows->is_date ? CELL_DATE : CELL_NUMBER };
        break;
    default:
        break;
    }
    text = resolve_controls(rows, (struct str){ arena_copy(&rows->arena, text.at, text.length), text.length });
    return (struct cell){ text, CELL_TEXT };
}

static const struct says long_cell = { "a cell is longer than 1 MiB", "一个单元格超过 1 MiB" };

static void put_cell(struct sheet_rows *rows)
{
    size_t column = rows->column++;
    if (rows->problem.english) return;
    struct cell cell = make_cell(rows);
    if (cell.type == CELL_NULL || rows->problem.english) return;
    rows->bytes += cell.text.length;
    if (cell.text.length > READER_CELL_BYTES)
        rows->problem = long_cell;
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

/* ---- XML ---- */

static void start_row(struct sheet_rows *rows, const char **attributes)
{
    const char *number = xml_attribute(attributes, "r");
    uint64_t line = rows->line + 1;
    if (rows->arena.used) arena_reset(&rows->arena);
    rows->count = rows->bytes = rows->column = 0;
    rows->problem = (struct says){ 0 };
    if (number && (!str_number(str_of(number), &line) || line <= rows->line)) {
        rows->problem = (struct says){ "the sheet's rows are out of order: open it and save it again", "工作表的行序错乱：请打开后重新保存" };
        line = rows->line + 1;
    }
    rows->line = line;
}

static void start_cell(struct sheet_rows *rows, const char **attributes)
{
    static const struct {
        const char *name;
        char type;
    } types[] = {
        { "s", 's' }, { "b", 'b' }, { "str", 't' }, { "inlineStr", 't' }, { "e", 't' }, { "d", 't' }, { "n", 'n' },
    };
    const char *reference = xml_attribute(attributes, "r"), *type = xml_attribute(attributes, "t");
    const char *style = xml_attribute(attributes, "s");
    if (reference) rows->column = referred_column(reference);
    rows->type = 'n';
    for (size_t i = 0; type && i < sizeof types / sizeof *types; i++)
        if (strcmp(types[i].name, type) == 0) rows->type = types[i].type;
    unsigned long number = style ? strtoul(style, NULL, 10) : 0;
    rows->is_date = number < rows->book.style_count && rows->book.style_is_date[number];
    rows->in_value = rows->in_phonetic = false;
    rows->value.length = 0;
}

static void element_starts(void *parser, const char *name, const char **attributes)
{
    struct sheet_rows *rows = XML_GetUserData(parser);
    name = xml_name(name);
    if (strcmp(name, "c") == 0)
        start_cell(rows, attributes);
    else if (strcmp(name, "row") == 0)
        start_row(rows, attributes);
    else if (strcmp(name, "v") == 0 || strcmp(name, "t") == 0)
        rows->in_value = !rows->in_phonetic;
    else if (strcmp(name, "rPh") == 0)
        rows->in_phonetic = true;
}

static void element_ends(void *parser, const char *name)
{
    struct sheet_rows *rows = XML_GetUserData(parser);
    name = xml_name(name);
    if (strcmp(name, "v") == 0 || strcmp(name, "t") == 0) {
        rows->in_value = false;
    } else if (strcmp(name, "rPh") == 0) {
        rows->in_phonetic = false;
    } else if (strcmp(name, "c") == 0) {
        put_cell(rows);
    } else if (strcmp(name, "row") == 0) {
        XML_StopParser(parser, XML_TRUE);
    } else if (strcmp(name, "sheetData") == 0) {
        rows->ended = true;
        XML_StopParser(parser, XML_FALSE);
    }
}

static void text_comes(void *parser, const char *at, int length)
{
    struct sheet_rows *rows = XML_GetUserData(parser);
    if (!rows->in_value || rows->problem.english) return;
    if (rows->value.length > READER_CELL_BYTES)
        rows->problem = long_cell;
    else
        text_add(&rows->value, (struct str){ at, (size_t)length });
}

/* ---- rows ---- */

static void leave_sheet(struct sheet_rows *rows)
{
    if (rows->parser) XML_ParserFree(rows->parser);
    rows->parser = NULL;
    part_close(&rows->part);
}

static bool start_sheet(struct sheet_rows *rows, const struct sheet *sheet, struct error *error)
{
    leave_sheet(rows);
    rows->sheet = sheet;
    rows->line = 0;
    rows->suspended = rows->ended = false;
    if (!part_open(&rows->book, sheet->part, &rows->part, error)) return false;
    rows->parser = part_parser(rows, element_starts, element_ends, text_comes);
    return true;
}

/* The next row as it stands. */
static enum reading raw_row(struct sheet_rows *rows, struct error *error)
{
    while (!rows->ended) {
        enum XML_Status status;
        if (rows->suspended) {
            status = XML_ResumeParser(rows->parser);
        } else {
            size_t got;
            if (!part_read(&rows->part, rows->piece, sizeof rows->piece, &got, error)) return READING_FAILED;
            status = XML_Parse(rows->parser, rows->piece, (int)got, got == 0);
            if (status == XML_STATUS_OK && got == 0) rows->ended = true;
        }
        rows->suspended = status == XML_STATUS_SUSPENDED;
        if (rows->suspended) return READING_ROW;
        if (status == XML_STATUS_ERROR && !rows->ended) return part_damaged(&rows->part, rows->parser, error), READING_FAILED;
    }
    return READING_END;
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
    while ((reading = raw_row(rows, error)) == READING_ROW) {
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
        reading = raw_row(rows, error);
    while (reading == READING_ROW && is_blank(rows));
    *has = reading == READING_ROW;
    return reading != READING_FAILED;
}

static const struct sheet *find_sheet(struct sheet_rows *rows, const char *asked, struct error *error)
{
    const struct book *book = &rows->book;
    uint64_t number;
    for (size_t i = 0; asked && i < book->sheet_count; i++)
        if (str_equal(str_trim(book->sheets[i].name), str_trim(str_of(asked)))) return &book->sheets[i];
    if (asked && str_number(str_of(asked), &number) && number && number <= book->sheet_count) return &book->sheets[number - 1];
    if (asked) {
        struct text names = { 0 };
        for (size_t i = 0; i < book->sheet_count && names.length < 200; i++)
            text_format(&names, "%s%.*s", i ? ", " : "", STR_ARGS(book->sheets[i].name));
        fail_both(error, ERROR_USAGE, "the workbook has no sheet '%s': it has %s", "工作簿中没有工作表“%s”，只有：%s", asked, text_zero(&names));
        text_close(&names);
        return NULL;
    }
    for (size_t i = 0; i < book->sheet_count; i++) {
        bool has;
        if (book->sheets[i].hidden) continue;
        if (!start_sheet(rows, &book->sheets[i], error) || !has_rows(rows, &has, error)) return NULL;
        if (has) return &book->sheets[i];
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
    while (search->rows < READER_TITLE_ROWS && (reading = raw_row(rows, error)) == READING_ROW) {
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

static bool sheet_open(struct reader *reader, const struct reader_options *options, struct error *error)
{
    struct sheet_rows *rows = reader->state = allocate(sizeof *rows);
    int descriptor = bytes_seekable(reader->bytes, READER_SHEET_BYTES, error);
    if (descriptor < 0 || !book_open(&rows->book, descriptor, error)) return false;
    const struct sheet *sheet = find_sheet(rows, options->sheet, error);
    if (!sheet || !start_sheet(rows, sheet, error)) return false;
    struct search search;
    uint64_t line;
    search_open(&search, options->wanted, options->wanted_count);
    bool found = find_header(rows, &search, &line, error);
    search_close(&search);
    if (!found || !start_sheet(rows, sheet, error)) return false;
    do
        if (raw_row(rows, error) != READING_ROW)
            return fail_both(error, ERROR_INPUT, "the workbook changed while it was read: try again", "读取时工作簿发生了变化：请重试");
    while (rows->line < line);
    return table_head(&reader->table, rows->cells, rows->count, error);
}

static void sheet_close(struct reader *reader)
{
    struct sheet_rows *rows = reader->state;
    leave_sheet(rows);
    book_close(&rows->book);
    arena_close(&rows->arena);
    text_close(&rows->text);
    text_close(&rows->value);
    free(rows);
}

static void sheet_progress(const struct reader *reader, uint64_t *done, uint64_t *all)
{
    const struct sheet_rows *rows = reader->state;
    *done = rows->part.unzipped;
    *all = rows->part.size;
}

const struct reader_form sheet_form = {
    .open = sheet_open,
    .next = sheet_next,
    .close = sheet_close,
    .binary = true,
    .progress = sheet_progress,
};
