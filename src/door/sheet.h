/* What workbooks share, whatever their form: sheets, shared strings, which styles show dates, and the row in hand. */
#ifndef DOOR_SHEET_H
#define DOOR_SHEET_H

#include "base/memory.h"
#include "door/reading.h"

enum { SHEETS_MAX = 1000 };

struct sheet {
    struct str name;
    const char *part; /* .xlsx: its path in the zip */
    uint32_t offset;  /* .xls: where it begins in the stream */
    bool hidden;
};

/* ---- shared strings; start from { 0 } ---- */

struct sheet_strings {
    struct text text;
    uint32_t *ends; /* of each, in text */
    size_t count;
};

/* What was added to text since is the next string; one beyond READER_SHEET_STRINGS is forgotten. */
void sheet_strings_end(struct sheet_strings *strings);
/* A string by its number; false where there is none. */
bool sheet_string(const struct sheet_strings *strings, uint64_t number, struct str *string);
extern const struct says sheet_string_missing;
void sheet_strings_close(struct sheet_strings *strings);

/* ---- styles: which of them show a number as a date; start from { 0 } ---- */

struct sheet_styles {
    struct {
        unsigned long id;
        bool is_date;
    } *formats;
    size_t format_count;
    bool *is_date; /* of each style */
    size_t count;
};

/* A format of the workbook's own, as it is written. */
void sheet_styles_format(struct sheet_styles *styles, unsigned long id, const char *format);
/* The next style has that format, one of the workbook's own or a built-in one. */
void sheet_styles_add(struct sheet_styles *styles, unsigned long format);
bool sheet_style_is_date(const struct sheet_styles *styles, unsigned long number);
void sheet_styles_close(struct sheet_styles *styles);

/* ---- the rows of one sheet ---- */

struct workbook_form;

struct sheet_rows {
    const struct workbook_form *form;
    void *state; /* of the form; NULL until its open made it */
    struct sheet *sheets;
    size_t sheet_count;
    const struct sheet *sheet;
    struct arena names; /* of the sheets; as long as the workbook */
    bool from_1904;     /* days are counted from 1904-01-01 */
    /* the row: */
    uint64_t line;
    struct arena arena; /* its texts */
    struct cell cells[READER_COLUMNS];
    size_t count; /* cells up to the last that is not empty */
    size_t bytes; /* of its texts */
    struct says problem;
    struct text text; /* the row as CSV */
};

/* What each form of workbook implements. */
struct workbook_form {
    /* Takes the descriptor over, also when it fails, and lists the sheets. On failure close is called. */
    bool (*open)(struct sheet_rows *rows, int descriptor, struct error *error);
    /* Goes to the first row of rows->sheet. */
    bool (*start)(struct sheet_rows *rows, struct error *error);
    /* The next row as it stands: sheet_row_start, and sheet_put for its cells. */
    enum reading (*next)(struct sheet_rows *rows, struct error *error);
    void (*close)(struct sheet_rows *rows);
    void (*progress)(const struct sheet_rows *rows, uint64_t *done, uint64_t *all);
};

extern const struct workbook_form xlsx_workbook, xls_workbook;

/* Adds a sheet to the list, with a copy of its name; NULL where there are SHEETS_MAX. */
struct sheet *sheet_add(struct sheet_rows *rows, struct str name);
/* Begins a row, whose number is that of the sheet, from 1. */
void sheet_row_start(struct sheet_rows *rows, uint64_t line);
/* Puts a cell in a column, from 0; nothing once the row has a problem. Its text lives as long as the row. */
void sheet_put(struct sheet_rows *rows, size_t column, struct cell cell);
/* The cell of a finite number, or of a date as days since the workbook's first: the shortest decimal spelling that reads back
   to the same double, which is all that a spreadsheet knows. */
struct cell sheet_number(struct sheet_rows *rows, double value, bool is_date);

#endif
