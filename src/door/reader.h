/* Reading files as clerks have them: rows of cells from CSV, JSON Lines, JSON and spreadsheets, each also gzipped; in UTF-8,
   GB18030 or UTF-16; with title rows above the header and totals below. Cells come out as UTF-8. */
#ifndef DOOR_READER_H
#define DOOR_READER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/str.h"
#include "door/kind.h"

/* Every limit on input, in one place. */
enum {
    READER_ROW_BYTES = 4 * 1024 * 1024, /* one row: the line, the JSON object, the sheet's row */
    READER_CELL_BYTES = 1024 * 1024,
    READER_COLUMNS = 256,
    READER_JSON_DEPTH = 16,
    READER_TITLE_ROWS = 30,             /* looked through for the header */
    READER_XLS_BYTES = 64 * 1024 * 1024, /* an .xls: it is held in memory */
    READER_SHEET_BYTES = 1 << 30,       /* one unzipped part of a spreadsheet */
    READER_SHEET_RATIO = 200,           /* unzipped to zipped, beyond 16 MiB: a zip bomb */
    READER_SHEET_STRINGS = 8 * 1024 * 1024,
};

enum reader_format { FORMAT_BY_NAME, FORMAT_CSV, FORMAT_JSONL, FORMAT_JSON, FORMAT_XLSX, FORMAT_XLS };

struct reader_options {
    const char *path;               /* "-" is standard input */
    int standard_input;             /* the descriptor that "-" means; 0 is that of the process */
    int stop;                       /* a descriptor: once it can be read or has hung up, nothing is waited for any more; 0: none */
    enum reader_format format;      /* by name: .csv .jsonl .json .xlsx .xls, each also with .gz */
    const char *sheet;              /* a spreadsheet's sheet by name or number from 1; NULL: the first that is not empty */
    const struct str *wanted;       /* names that a header would have (fields, or a map's columns), to find the header row */
    size_t wanted_count;
    const char *encoding;           /* NULL: told apart by the bytes; else "UTF-8", "GB18030", "UTF-16LE", "UTF-16BE" */
};

struct row {
    uint64_t line;            /* physical line where it starts (the first of the file is 1), a sheet's row, an array's element from 1 */
    struct str text;          /* as it stood in the file, decoded where it could be: for the list of rejects */
    const struct cell *cells; /* one for each column of reader_columns; an absent one is CELL_NULL */
    size_t count;
    /* Why the row cannot be read (encoding, quotes, length, JSON, NUL byte, surplus cells), or none. Such a row has cells only
       where it could be split, for the list of rejects: they may be no UTF-8, and surplus ones stand behind the columns. */
    struct says problem;
};

struct reader;

/* Opens and reads up to the header. Fails, with a sentence, on what is no such file at all. */
struct reader *reader_open(const struct reader_options *options, struct error *error);
void reader_close(struct reader *reader);
/* The column names, as in the file (trimmed); of JSON, the keys seen so far: the list grows while reading. */
const struct str *reader_columns(const struct reader *reader, size_t *count);
/* The next row that is not blank and no total; *more is false at the end. Valid until the next call, also of reader_ready:
   whoever keeps a row copies what its cells point to. False: the rest of
   the file cannot be read (cut gzip, damaged zip, a disk error), and what came before stands. */
bool reader_next(struct reader *reader, struct row *row, bool *more, struct error *error);
/* Whether the next row can be had without waiting for a pipe: when not, what is in hand should be made durable first. */
bool reader_ready(struct reader *reader);
/* The name of a workbook's sheet, from 0; { NULL, 0 } where there is none. */
struct str reader_sheet(const struct reader *reader, size_t number);
/* Bytes of the file read and in all (0: not known), for a progress bar. */
void reader_progress(const struct reader *reader, uint64_t *done, uint64_t *all);
/* "UTF-8", "GB18030" ..., for messages. */
const char *reader_encoding(const struct reader *reader);

#endif
