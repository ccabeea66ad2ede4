/* The rows of a sheet of an .xlsx, parsed piece by piece; hidden rows too. Of merged cells the first one has the value. */
#include <float.h>
#include <math.h>
#include <stdlib.h>

#include "door/sheet.h"
#include "door/sheet_book.h"

enum { NUMBER_BYTES = 64 /* a longer spelling is no number */ };

struct xlsx_rows {
    struct book book;
    struct part part;
    XML_Parser parser; /* NULL: no sheet is being read */
    bool suspended;    /* at the end of a row */
    bool ended;        /* the last row has been read */
    char piece[READING_PIECE];
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

/* The text as a number; false where it is none. */
static bool read_number(struct sheet_rows *rows, struct xlsx_rows *xlsx, struct str number, struct cell *cell)
{
    uint64_t whole;
    if (number.length <= DBL_DIG && number.at[0] != '0' && str_number(number, &whole) && !xlsx->is_date) {
        *cell = (struct cell){ { arena_copy(&rows->arena, number.at, number.length), number.length }, CELL_NUMBER };
        return true;
    }
    char written[NUMBER_BYTES], *end;
    if (!number.length || number.length >= sizeof written) return false;
    memcpy(written, number.at, number.length);
    written[number.length] = 0;
    if (strspn(written, "0123456789+-.eE") != number.length) return false;
    double value = strtod(written, &end);
    if (*end || !isfinite(value)) return false;
    *cell = sheet_number(rows, value, xlsx->is_date);
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
    struct xlsx_rows *xlsx = rows->state;
    struct str text = text_str(&xlsx->value), trimmed = str_trim(text);
    struct cell cell;
    uint64_t number;
    if (!text.length || rows->problem.english) return (struct cell){ .type = CELL_NULL };
    switch (xlsx->type) {
    case 's':
        if (!str_number(trimmed, &number) || !sheet_string(&xlsx->book.strings, number, &text)) {
            rows->problem = sheet_string_missing;
            return (struct cell){ .type = CELL_NULL };
        }
        text = resolve_controls(rows, text);
        return (struct cell){ text, text.length ? CELL_TEXT : CELL_NULL };
    case 'b':
        return (struct cell){ STR("true"), str_equal(trimmed, STR("1")) ? CELL_TRUE : CELL_FALSE };
    case 'n':
        if (read_number(rows, xlsx, trimmed, &cell)) return cell;
        break;
    default:
        break;
    }
    text = resolve_controls(rows, (struct str){ arena_copy(&rows->arena, text.at, text.length), text.length });
    return (struct cell){ text, CELL_TEXT };
}

/* ---- XML ---- */

static void start_row(struct sheet_rows *rows, const char **attributes)
{
    struct xlsx_rows *xlsx = rows->state;
    const char *number = xml_attribute(attributes, "r");
    uint64_t next = rows->line + 1, line = next;
    bool disordered = number && (!str_number(str_of(number), &line) || line < next);
    xlsx->column = 0;
    sheet_row_start(rows, disordered ? next : line);
    if (disordered)
        rows->problem = (struct says){ "the sheet's rows are out of order: open it and save it again", "工作表的行序错乱：请打开后重新保存" };
}

static void start_cell(struct xlsx_rows *xlsx, const char **attributes)
{
    static const struct {
        const char *name;
        char type;
    } types[] = {
        { "s", 's' }, { "b", 'b' }, { "str", 't' }, { "inlineStr", 't' }, { "e", 't' }, { "d", 't' }, { "n", 'n' },
    };
    const char *reference = xml_attribute(attributes, "r"), *type = xml_attribute(attributes, "t");
    const char *style = xml_attribute(attributes, "s");
    if (reference) xlsx->column = referred_column(reference);
    xlsx->type = 'n';
    for (size_t i = 0; type && i < sizeof types / sizeof *types; i++)
        if (strcmp(types[i].name, type) == 0) xlsx->type = types[i].type;
    unsigned long number = style ? strtoul(style, NULL, 10) : 0;
    xlsx->is_date = sheet_style_is_date(&xlsx->book.styles, number);
    xlsx->in_value = xlsx->in_phonetic = false;
    xlsx->value.length = 0;
}

static void element_starts(void *parser, const char *name, const char **attributes)
{
    struct sheet_rows *rows = XML_GetUserData(parser);
    struct xlsx_rows *xlsx = rows->state;
    name = xml_name(name);
    if (strcmp(name, "c") == 0)
        start_cell(xlsx, attributes);
    else if (strcmp(name, "row") == 0)
        start_row(rows, attributes);
    else if (strcmp(name, "v") == 0 || strcmp(name, "t") == 0)
        xlsx->in_value = !xlsx->in_phonetic;
    else if (strcmp(name, "rPh") == 0)
        xlsx->in_phonetic = true;
}

static void element_ends(void *parser, const char *name)
{
    struct sheet_rows *rows = XML_GetUserData(parser);
    struct xlsx_rows *xlsx = rows->state;
    name = xml_name(name);
    if (strcmp(name, "v") == 0 || strcmp(name, "t") == 0) {
        xlsx->in_value = false;
    } else if (strcmp(name, "rPh") == 0) {
        xlsx->in_phonetic = false;
    } else if (strcmp(name, "c") == 0) {
        sheet_put(rows, xlsx->column++, make_cell(rows));
    } else if (strcmp(name, "row") == 0) {
        XML_StopParser(parser, XML_TRUE);
    } else if (strcmp(name, "sheetData") == 0) {
        xlsx->ended = true;
        XML_StopParser(parser, XML_FALSE);
    }
}

static void text_comes(void *parser, const char *at, int length)
{
    struct sheet_rows *rows = XML_GetUserData(parser);
    struct xlsx_rows *xlsx = rows->state;
    if (!xlsx->in_value || rows->problem.english) return;
    /* One that is over the limit is kept so far that sheet_put sees it. */
    if (xlsx->value.length <= READER_CELL_BYTES) text_add(&xlsx->value, (struct str){ at, (size_t)length });
}

/* ---- rows ---- */

static void leave_sheet(struct xlsx_rows *xlsx)
{
    if (xlsx->parser) XML_ParserFree(xlsx->parser);
    xlsx->parser = NULL;
    part_close(&xlsx->part);
}

static bool xlsx_start(struct sheet_rows *rows, struct error *error)
{
    struct xlsx_rows *xlsx = rows->state;
    leave_sheet(xlsx);
    xlsx->suspended = xlsx->ended = false;
    if (!part_open(&xlsx->book, rows->sheet->part, &xlsx->part, error)) return false;
    xlsx->parser = part_parser(rows, element_starts, element_ends, text_comes);
    return true;
}

static enum reading xlsx_next(struct sheet_rows *rows, struct error *error)
{
    struct xlsx_rows *xlsx = rows->state;
    while (!xlsx->ended) {
        enum XML_Status status;
        if (xlsx->suspended) {
            status = XML_ResumeParser(xlsx->parser);
        } else {
            size_t got;
            if (!part_read(&xlsx->part, xlsx->piece, sizeof xlsx->piece, &got, error)) return READING_FAILED;
            status = XML_Parse(xlsx->parser, xlsx->piece, (int)got, got == 0);
            if (status == XML_STATUS_OK && got == 0) xlsx->ended = true;
        }
        xlsx->suspended = status == XML_STATUS_SUSPENDED;
        if (xlsx->suspended) return READING_ROW;
        if (status == XML_STATUS_ERROR && !xlsx->ended) return part_damaged(&xlsx->part, xlsx->parser, error), READING_FAILED;
    }
    return READING_END;
}

static bool xlsx_open(struct sheet_rows *rows, int descriptor, struct error *error)
{
    struct xlsx_rows *xlsx = rows->state = allocate(sizeof *xlsx);
    return book_open(&xlsx->book, rows, descriptor, error);
}

static void xlsx_close(struct sheet_rows *rows)
{
    struct xlsx_rows *xlsx = rows->state;
    leave_sheet(xlsx);
    book_close(&xlsx->book);
    text_close(&xlsx->value);
    free(xlsx);
}

static void xlsx_progress(const struct sheet_rows *rows, uint64_t *done, uint64_t *all)
{
    const struct xlsx_rows *xlsx = rows->state;
    *done = xlsx->part.unzipped;
    *all = xlsx->part.size;
}

const struct workbook_form xlsx_workbook = {
    .open = xlsx_open,
    .start = xlsx_start,
    .next = xlsx_next,
    .close = xlsx_close,
    .progress = xlsx_progress,
};
