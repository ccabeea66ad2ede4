/* The lists of rejects: beside a file that was loaded, FILE.rejected.jsonl for programs and FILE.rejected.csv to be mended and
   loaded again. They hold people's data: mode 0600, never in the data directory.

   The CSV is UTF-8 with a byte-order mark (so that Excel shows it right), has the file's own columns and `rejected` behind them.
   A row that could not be split has its text in the first column. Cells stand as they came, also those that begin with = + - @:
   they are loaded again, and a mark put before them would be data; they come from the very file beside which the list stands. */
#ifndef DOOR_REJECT_H
#define DOOR_REJECT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/str.h"
#include "door/kind.h"

struct rejects;

struct reject {
    uint64_t line;
    struct str field;           /* { NULL, 0 }: none */
    struct str reason;
    struct str text;            /* the row as it stood */
    const struct cell *cells;   /* NULL: it could not be split */
    const struct str *columns;  /* of the file, as of now */
    size_t count;               /* cells and columns */
};

/* place is the path of one list for all files, and names the CSV too (with .csv for .jsonl); NULL: beside each file, and for
   standard input on standard error, as JSON lines only. */
struct rejects *rejects_open(const char *place);
/* Goes on to a file ("-" is standard input). The lists of an earlier load are removed; a CSV that was changed by hand since is
   kept, as FILE.rejected.csv.old. Fails where a list cannot be replaced, or that of the last file could not be written. */
bool rejects_begin(struct rejects *rejects, const char *file, struct error *error);
/* Makes the lists with the first reject. Fails where they cannot be written. */
bool rejects_add(struct rejects *rejects, const struct reject *reject, struct error *error);
/* Where the list for programs is; NULL where nothing has been rejected since rejects_begin, or it went to standard error. */
const char *rejects_path(const struct rejects *rejects);
/* Writes what is left and frees; false where something could not be written. */
bool rejects_close(struct rejects *rejects, struct error *error);

#endif
