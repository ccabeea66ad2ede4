/* The lists of rejects: beside a file that was loaded, FILE.rejected.jsonl for programs and FILE.rejected.csv to be mended and
   loaded again. They hold people's data: mode 0600, never in the data directory.

   The CSV is UTF-8 with a byte-order mark (so that Excel shows it right), has the file's own columns and `rejected` behind
   them; between the two stand the cells of a row that has too many, under no name. Bytes that are no text are shown as U+FFFD.
   A row that could not be split has its text in the first column. Cells stand as they came, also those that begin with =
   + - @: they are loaded again, and a mark put before them would be data; they come from the very file beside which the list
   stands. */
#ifndef DOOR_REJECT_H
#define DOOR_REJECT_H

#include <stdbool.h>
#include <stdio.h>

#include "base/error.h"
#include "base/str.h"
#include "door/reader.h"

struct rejects;

/* For the file that is being loaded; place, or NULL for beside it, is the path of the list for programs, and names the CSV too
   (with .csv for .jsonl). Standard input ("-") without a place goes to `caller` (NULL: standard
   error), as JSON lines only. The lists of an
   earlier load are removed; a CSV that was changed by hand since is kept as FILE.rejected.csv.old. NULL where they cannot be.
 */
struct rejects *rejects_open(const char *file, const char *place, FILE *caller, struct error *error);
/* Adds a row (its text, and its cells where it has them) with the name of the wrong field ({ 0 }: none) and the reason; columns
   are the file's, as of now. Makes the lists with the first row. What goes wrong is told by rejects_close. */
void rejects_add(struct rejects *rejects, const struct row *row, struct str field, const char *reason,
                 const struct str *columns, size_t count);
/* Writes what is left and frees; false where something could not be written. rejects may be NULL. */
bool rejects_close(struct rejects *rejects, struct error *error);

#endif
