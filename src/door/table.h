/* What CSV and spreadsheets share: a header somewhere below title rows, columns, blank rows, and totals at the end. */
#ifndef DOOR_TABLE_H
#define DOOR_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/str.h"
#include "door/kind.h"
#include "door/reader.h"

enum { PROBLEM_ROOM = 160 };

/* The columns of a file; start from { 0 }. */
struct table {
    struct arena names;
    struct str columns[READER_COLUMNS];
    uint16_t places[READER_COLUMNS]; /* of a column among the cells of a row: those without a name are no columns */
    size_t count;
    size_t width; /* cells up to the last column */
    char problem[LANGUAGES][PROBLEM_ROOM];
    struct cell surplus[READER_COLUMNS]; /* of one row: what stands in no column */
};

void table_close(struct table *table);
/* Takes the names from the header's cells. Fails on none at all, and on one that stands twice. */
bool table_head(struct table *table, const struct cell *cells, size_t count, struct error *error);
/* Adds a column, as JSON has them; false where there are READER_COLUMNS already. */
bool table_add(struct table *table, struct str name);
/* Makes row of the cells of one record: as many as columns (cells has room for READER_COLUMNS). Cells outside of the columns
   are a problem of the row and stand behind the others. False where it is no record, but blank or a total. */
bool table_row(struct table *table, struct cell *cells, size_t count, struct row *row);
/* Adds the cells as a line of CSV without its end. */
void table_text(const struct cell *cells, size_t count, struct text *out);

/* ---- finding the header ---- */

/* Which of the first rows names the most of what is wanted. */
struct search {
    struct arena names;
    struct str *wanted; /* folded */
    size_t wanted_count;
    size_t rows; /* offered so far, blank ones not counted */
    size_t filled[READER_TITLE_ROWS]; /* cells of each that are not blank */
    size_t best; /* of them, from 1; 0: none named enough */
    size_t best_matches;
};

void search_open(struct search *search, const struct str *wanted, size_t count);
void search_close(struct search *search);
/* Forgets the rows: they will be offered again, split in another way. */
void search_again(struct search *search);
/* Offers the next row, of at most READER_TITLE_ROWS; blank ones do not count. True where it is the header beyond doubt: at least half of its cells are
   wanted ones. */
bool search_offer(struct search *search, const struct cell *cells, size_t count);

/* Where no row names what is wanted: the first that is no title, counted from 1; 0 where there was none. A title fills one
   cell, or less than half as many as the fullest row. */
size_t search_first(const struct search *search);

/* Whether a cell holds nothing to be seen. */
bool cell_is_blank(const struct cell *cell);

#endif
