/* An old workbook (.xls, as Excel 97 to 2003 and many programs still save it): one stream of records, first those of the
   whole workbook, then those of each sheet. The cells of a sheet may stand in any order: they are sorted before they are read. */
#include <math.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "door/compound.h"
#include "door/encoding.h"
#include "door/sheet.h"

enum {
    RECORD_FORMULA = 0x0006,
    RECORD_END = 0x000a,
    RECORD_DATE_MODE = 0x0022,
    RECORD_PASSWORD = 0x002f,
    RECORD_CONTINUE = 0x003c,
    RECORD_SHEET = 0x0085,
    RECORD_NUMBERS = 0x00bd, /* short numbers of several columns */
    RECORD_RICH_TEXT = 0x00d6,
    RECORD_STYLE = 0x00e0,
    RECORD_SHARED_STRINGS = 0x00fc,
    RECORD_SHARED_TEXT = 0x00fd,
    RECORD_NUMBER = 0x0203,
    RECORD_TEXT = 0x0204,
    RECORD_TRUTH_OR_ERROR = 0x0205,
    RECORD_FORMULA_TEXT = 0x0207, /* what the formula before it results in */
    RECORD_ARRAY_FORMULA = 0x0221,
    RECORD_TABLE_FORMULA = 0x0236,
    RECORD_SHORT_NUMBER = 0x027e,
    RECORD_FORMAT = 0x041e,
    RECORD_SHARED_FORMULA = 0x04bc,
    RECORD_BEGIN = 0x0809,

    VERSION_8 = 0x0600,
    CELL_HEAD = 6, /* row, column and style, with which every cell begins */
};

struct xls_record {
    unsigned type;
    const char *at;
    size_t length;
    size_t next; /* where the one behind it begins in the stream */
};

struct xls_rows {
    struct compound compound;
    struct text stream;
    struct sheet_styles styles;
    struct sheet_strings strings;
    uint64_t *cells; /* of the sheet, sorted: row, column, offset of the record */
    size_t cell_count, cell_room, cell_at;
    struct text units, value;
};

static bool damaged(struct error *error)
{
    return fail_both(error, ERROR_INPUT, "this .xls is damaged: open it and save it again, best as .xlsx",
                     "这个 .xls 已损坏：请打开后重新保存，最好另存为 .xlsx");
}

static bool record_at(const struct xls_rows *xls, size_t offset, struct xls_record *record)
{
    if (offset > xls->stream.length || xls->stream.length - offset < 4) return false;
    const char *at = xls->stream.at + offset;
    *record = (struct xls_record){ low_16(at), at + 4, low_16(at + 2), offset + 4 + low_16(at + 2) };
    return record->next <= xls->stream.length;
}

/* ---- texts, which may go on in further records ---- */

struct pieces {
    const struct xls_rows *xls;
    const char *at;
    size_t left, next;
    bool ended; /* something was taken that is not there */
};

static struct pieces pieces_of(const struct xls_rows *xls, const struct xls_record *record, size_t from)
{
    from = from < record->length ? from : record->length;
    return (struct pieces){ .xls = xls, .at = record->at + from, .left = record->length - from, .next = record->next };
}

static bool go_on(struct pieces *pieces)
{
    struct xls_record record;
    pieces->ended = pieces->ended || !record_at(pieces->xls, pieces->next, &record) || record.type != RECORD_CONTINUE;
    if (pieces->ended) return false;
    pieces->at = record.at;
    pieces->left = record.length;
    pieces->next = record.next;
    return true;
}

static unsigned take_8(struct pieces *pieces)
{
    while (!pieces->left)
        if (!go_on(pieces)) return 0;
    pieces->left--;
    return (unsigned char)*pieces->at++;
}

static unsigned take_16(struct pieces *pieces)
{
    unsigned low = take_8(pieces);
    return low | take_8(pieces) << 8;
}

static void skip(struct pieces *pieces, uint64_t bytes)
{
    while (bytes && (pieces->left || go_on(pieces))) {
        size_t step = bytes < pieces->left ? (size_t)bytes : pieces->left;
        pieces->at += step;
        pieces->left -= step;
        bytes -= step;
    }
}

/* Adds a text of so many UTF-16 units as UTF-8. One whose flags say so leaves out the high bytes, all of them zero; in a further
   record it goes on with flags anew. Behind it stand what tells its parts' fonts and its reading. */
static void take_text(struct pieces *pieces, size_t count, struct text *units, struct text *out)
{
    enum { WIDE = 1, HAS_READING = 4, HAS_FONTS = 8 };
    struct decoder decoder = { .encoding = ENCODING_UTF16LE };
    unsigned flags = take_8(pieces);
    uint64_t behind = flags & HAS_FONTS ? 4 * (uint64_t)take_16(pieces) : 0;
    if (flags & HAS_READING) {
        unsigned low = take_16(pieces);
        behind += low | (uint64_t)take_16(pieces) << 16;
    }
    units->length = 0;
    for (bool wide = flags & WIDE; count && !pieces->ended; count--) {
        while (!pieces->left && go_on(pieces))
            wide = take_8(pieces) & WIDE;
        unsigned unit = wide ? take_16(pieces) : take_8(pieces);
        text_add_byte(units, (char)(unit & 0xff));
        text_add_byte(units, (char)(unit >> 8));
    }
    decoder_add(&decoder, text_str(units), true, out);
    skip(pieces, behind);
}

/* ---- the workbook ---- */

static bool read_strings(struct xls_rows *xls, const struct xls_record *record)
{
    struct pieces pieces = pieces_of(xls, record, 8);
    uint32_t count = record->length >= 8 ? low_32(record->at + 4) : 0;
    for (uint32_t i = 0; i < count && !pieces.ended; i++) {
        unsigned units = take_16(&pieces);
        take_text(&pieces, units, &xls->units, &xls->strings.text);
        sheet_strings_end(&xls->strings);
    }
    return !pieces.ended;
}

static void read_format(struct xls_rows *xls, const struct xls_record *record)
{
    struct pieces pieces = pieces_of(xls, record, 2);
    unsigned units = take_16(&pieces);
    xls->value.length = 0;
    take_text(&pieces, units, &xls->units, &xls->value);
    sheet_styles_format(&xls->styles, low_16(record->at), text_zero(&xls->value));
}

static void read_sheet(struct sheet_rows *rows, const struct xls_record *record)
{
    enum { OFFSET = 0, IS_HIDDEN = 4, TYPE = 5, NAME = 6 };
    struct xls_rows *xls = rows->state;
    if (record->at[TYPE] != 0) return; /* a chart, or a program */
    struct pieces pieces = pieces_of(xls, record, NAME);
    unsigned units = take_8(&pieces);
    xls->value.length = 0;
    take_text(&pieces, units, &xls->units, &xls->value);
    struct str name = text_str(&xls->value);
    struct sheet *sheet = sheet_add(rows, str_is_utf8(name) ? name : STR(""));
    if (!sheet) return;
    sheet->offset = low_32(record->at + OFFSET);
    sheet->hidden = record->at[IS_HIDDEN] & 3;
}

static bool read_globals(struct sheet_rows *rows, struct error *error)
{
    struct xls_rows *xls = rows->state;
    struct xls_record record;
    if (!record_at(xls, 0, &record) || record.type != RECORD_BEGIN || record.length < 4) return damaged(error);
    if (low_16(record.at) != VERSION_8)
        return fail_both(error, ERROR_INPUT, "this .xls is older than Excel 97: open it and save it as .xlsx",
                         "这个 .xls 比 Excel 97 还旧：请打开后另存为 .xlsx");
    do {
        if (!record_at(xls, record.next, &record)) return damaged(error);
        switch (record.type) {
        case RECORD_PASSWORD:
            return fail_both(error, ERROR_INPUT, "the workbook is protected by a password: save it without one", "工作簿加了密码：请另存为不带密码的文件");
        case RECORD_DATE_MODE:
            rows->from_1904 = record.length >= 2 && low_16(record.at) == 1;
            break;
        case RECORD_SHEET:
            if (record.length < 8) return damaged(error);
            read_sheet(rows, &record);
            break;
        case RECORD_FORMAT:
            if (record.length < 5) return damaged(error);
            read_format(xls, &record);
            break;
        case RECORD_STYLE:
            if (record.length < 4) return damaged(error);
            sheet_styles_add(&xls->styles, low_16(record.at + 2));
            break;
        case RECORD_SHARED_STRINGS:
            if (!read_strings(xls, &record)) return damaged(error);
            break;
        default:
            break;
        }
    } while (record.type != RECORD_END);
    return true;
}

static bool read_stream(struct xls_rows *xls, struct error *error)
{
    if (compound_stream(&xls->compound, "Workbook", &xls->stream, error)) return true;
    if (error->code != ERROR_NOT_FOUND) return false;
    static const struct {
        const char *stream;
        struct says says;
    } others[] = {
        { "EncryptedPackage", { "the workbook is protected by a password: save it without one", "工作簿加了密码：请另存为不带密码的文件" } },
        { "Book", { "this .xls is older than Excel 97: open it and save it as .xlsx", "这个 .xls 比 Excel 97 还旧：请打开后另存为 .xlsx" } },
        { "WordDocument", { "this is a document of Word: ask for the table itself, as .csv or .xlsx", "这是 Word 文档：请索取表格本身（.csv 或 .xlsx）" } },
    };
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (compound_stream(&xls->compound, others[i].stream, &xls->stream, &(struct error){ 0 }))
            return fail_says(error, ERROR_INPUT, others[i].says);
    return fail_both(error, ERROR_INPUT, "this is no workbook, though another file of an office program: save the table as .xlsx or .csv",
                     "这是其他办公软件的文件，不是工作簿：请把表格另存为 .xlsx 或 .csv");
}

static bool xls_open(struct sheet_rows *rows, int descriptor, struct error *error)
{
    struct xls_rows *xls = rows->state = allocate(sizeof *xls);
    struct error why = { 0 };
    struct stat about;
    xls->compound.descriptor = descriptor;
    if (fstat(descriptor, &about) == 0 && about.st_size > READER_XLS_BYTES)
        return fail_both(error, ERROR_LIMIT, "the .xls is larger than 64 MiB: save it as .xlsx or .csv", "这个 .xls 超过 64 MiB：请另存为 .xlsx 或 .csv");
    if (compound_open(&xls->compound, descriptor, &why) && read_stream(xls, &why) && read_globals(rows, &why)) return true;
    if (error) *error = why;
    return false;
}

static void xls_close(struct sheet_rows *rows)
{
    struct xls_rows *xls = rows->state;
    compound_close(&xls->compound);
    text_close(&xls->stream);
    sheet_styles_close(&xls->styles);
    sheet_strings_close(&xls->strings);
    free(xls->cells);
    text_close(&xls->units);
    text_close(&xls->value);
    free(xls);
}

/* ---- a sheet: where its cells are ---- */

/* The shortest record of each kind of cell that has a value. */
static const struct {
    unsigned type;
    size_t length;
} cell_records[] = {
    { RECORD_FORMULA, CELL_HEAD + 8 },    { RECORD_NUMBERS, CELL_HEAD + 6 },       { RECORD_RICH_TEXT, CELL_HEAD + 3 },
    { RECORD_SHARED_TEXT, CELL_HEAD + 4 }, { RECORD_NUMBER, CELL_HEAD + 8 },        { RECORD_TEXT, CELL_HEAD + 3 },
    { RECORD_SHORT_NUMBER, CELL_HEAD + 4 }, { RECORD_TRUTH_OR_ERROR, CELL_HEAD + 2 },
};

static size_t cell_length(unsigned type)
{
    for (size_t i = 0; i < sizeof cell_records / sizeof *cell_records; i++)
        if (cell_records[i].type == type) return cell_records[i].length;
    return 0;
}

static int compare(const void *a, const void *b)
{
    uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;
    return (left > right) - (left < right);
}

static bool xls_start(struct sheet_rows *rows, struct error *error)
{
    struct xls_rows *xls = rows->state;
    struct xls_record record = { .next = rows->sheet->offset };
    size_t depth = 0; /* a chart within the sheet has a beginning and an end of its own */
    bool sorted = true;
    xls->cell_count = xls->cell_at = 0;
    do {
        size_t offset = record.next;
        if (!record_at(xls, offset, &record) || (!depth && record.type != RECORD_BEGIN)) return damaged(error);
        depth += record.type == RECORD_BEGIN;
        depth -= record.type == RECORD_END;
        size_t length = depth == 1 ? cell_length(record.type) : 0;
        if (!length) continue;
        if (record.length < length) return damaged(error);
        if (xls->cell_count == xls->cell_room) {
            xls->cell_room = xls->cell_room ? xls->cell_room * 2 : 1024;
            xls->cells = reallocate(xls->cells, xls->cell_room * sizeof *xls->cells);
        }
        uint64_t cell = (uint64_t)low_16(record.at) << 48 | (uint64_t)low_16(record.at + 2) << 32 | offset;
        sorted = sorted && (!xls->cell_count || xls->cells[xls->cell_count - 1] < cell);
        xls->cells[xls->cell_count++] = cell;
    } while (depth);
    if (!sorted) qsort(xls->cells, xls->cell_count, sizeof *xls->cells, compare);
    return true;
}

/* ---- cells ---- */

static double double_at(const char *at)
{
    uint64_t bits = low_32(at) | (uint64_t)low_32(at + 4) << 32;
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

/* 30 bits, either the highest of a double or a whole number, perhaps to be divided by a hundred. */
static double short_number_at(const char *at)
{
    enum { HUNDREDTHS = 1, WHOLE = 2 };
    uint32_t bits = low_32(at);
    uint64_t high = (uint64_t)(bits & ~3u) << 32;
    double value;
    memcpy(&value, &high, sizeof value);
    if (bits & WHOLE) value = (int32_t)(bits & ~3u) / 4;
    return bits & HUNDREDTHS ? value / 100 : value;
}

static struct cell number_cell(struct sheet_rows *rows, double value, unsigned style)
{
    struct xls_rows *xls = rows->state;
    if (!isfinite(value)) return (struct cell){ STR("#NUM!"), CELL_TEXT };
    return sheet_number(rows, value, sheet_style_is_date(&xls->styles, style));
}

static struct cell text_cell(struct sheet_rows *rows, struct str text)
{
    if (!rows->problem.english && text.length && (memchr(text.at, 0, text.length) || !str_is_utf8(text)))
        rows->problem = (struct says){ "a cell has characters that no text has: write it anew", "单元格中有无效字符：请重新填写" };
    return (struct cell){ text, text.length && !rows->problem.english ? CELL_TEXT : CELL_NULL };
}

static struct cell inline_text(struct sheet_rows *rows, const struct xls_record *record, size_t from)
{
    struct xls_rows *xls = rows->state;
    struct pieces pieces = pieces_of(xls, record, from);
    unsigned units = take_16(&pieces);
    xls->value.length = 0;
    take_text(&pieces, units, &xls->units, &xls->value);
    return text_cell(rows, (struct str){ arena_copy(&rows->arena, xls->value.at, xls->value.length), xls->value.length });
}

static struct cell shared_text(struct sheet_rows *rows, uint32_t number)
{
    struct xls_rows *xls = rows->state;
    struct str text;
    if (sheet_string(&xls->strings, number, &text)) return text_cell(rows, text);
    if (!rows->problem.english) rows->problem = sheet_string_missing;
    return (struct cell){ .type = CELL_NULL };
}

static struct cell truth_or_error(unsigned value, bool is_error)
{
    static const struct {
        unsigned code;
        struct str text;
    } errors[] = {
        { 0x00, STR("#NULL!") }, { 0x07, STR("#DIV/0!") }, { 0x0f, STR("#VALUE!") }, { 0x17, STR("#REF!") },
        { 0x1d, STR("#NAME?") }, { 0x24, STR("#NUM!") },   { 0x2a, STR("#N/A") },
    };
    if (!is_error) return (struct cell){ STR("true"), value ? CELL_TRUE : CELL_FALSE };
    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++)
        if (errors[i].code == value) return (struct cell){ errors[i].text, CELL_TEXT };
    return (struct cell){ STR("#N/A"), CELL_TEXT };
}

/* The text that a formula results in stands behind it, and behind what it shares with others. */
static struct cell formula_text(struct sheet_rows *rows, struct xls_record record)
{
    do
        if (!record_at(rows->state, record.next, &record)) return (struct cell){ .type = CELL_NULL };
    while (record.type == RECORD_SHARED_FORMULA || record.type == RECORD_ARRAY_FORMULA || record.type == RECORD_TABLE_FORMULA);
    return record.type == RECORD_FORMULA_TEXT ? inline_text(rows, &record, 0) : (struct cell){ .type = CELL_NULL };
}

/* A result is a number, or where its last two bytes make it none, what the first says. */
static struct cell formula_cell(struct sheet_rows *rows, const struct xls_record *record, unsigned style)
{
    enum { RESULT_TEXT, RESULT_TRUTH, RESULT_ERROR };
    const char *result = record->at + CELL_HEAD;
    if (low_16(result + 6) != 0xffff) return number_cell(rows, double_at(result), style);
    switch (result[0]) {
    case RESULT_TEXT:
        return formula_text(rows, *record);
    case RESULT_TRUTH:
    case RESULT_ERROR:
        return truth_or_error((unsigned char)result[2], result[0] == RESULT_ERROR);
    default:
        return (struct cell){ .type = CELL_NULL };
    }
}

static void put_numbers(struct sheet_rows *rows, const struct xls_record *record, size_t column)
{
    for (size_t at = 4; at + 8 <= record->length && !rows->problem.english; at += 6, column++)
        sheet_put(rows, column, number_cell(rows, short_number_at(record->at + at + 2), low_16(record->at + at)));
}

static void put_record(struct sheet_rows *rows, const struct xls_record *record)
{
    size_t column = low_16(record->at + 2);
    unsigned style = low_16(record->at + 4);
    const char *value = record->at + CELL_HEAD;
    switch (record->type) {
    case RECORD_NUMBERS:
        put_numbers(rows, record, column);
        break;
    case RECORD_NUMBER:
        sheet_put(rows, column, number_cell(rows, double_at(value), style));
        break;
    case RECORD_SHORT_NUMBER:
        sheet_put(rows, column, number_cell(rows, short_number_at(value), style));
        break;
    case RECORD_SHARED_TEXT:
        sheet_put(rows, column, shared_text(rows, low_32(value)));
        break;
    case RECORD_TRUTH_OR_ERROR:
        sheet_put(rows, column, truth_or_error((unsigned char)value[0], value[1]));
        break;
    case RECORD_FORMULA:
        sheet_put(rows, column, formula_cell(rows, record, style));
        break;
    default:
        sheet_put(rows, column, inline_text(rows, record, CELL_HEAD));
        break;
    }
}

static enum reading xls_next(struct sheet_rows *rows, struct error *error)
{
    (void)error;
    struct xls_rows *xls = rows->state;
    if (xls->cell_at == xls->cell_count) return READING_END;
    uint64_t row = xls->cells[xls->cell_at] >> 48;
    sheet_row_start(rows, row + 1);
    for (; xls->cell_at < xls->cell_count && xls->cells[xls->cell_at] >> 48 == row; xls->cell_at++) {
        struct xls_record record;
        must(record_at(xls, (uint32_t)xls->cells[xls->cell_at], &record));
        if (!rows->problem.english) put_record(rows, &record);
    }
    return READING_ROW;
}

static void xls_progress(const struct sheet_rows *rows, uint64_t *done, uint64_t *all)
{
    const struct xls_rows *xls = rows->state;
    *done = xls->cell_at;
    *all = xls->cell_count;
}

const struct workbook_form xls_workbook = {
    .open = xls_open,
    .start = xls_start,
    .next = xls_next,
    .close = xls_close,
    .progress = xls_progress,
};
