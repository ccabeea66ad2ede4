/* SQL: one small interface over SQLite (WAL, through the disk seam). Statements stay in the subset that PostgreSQL takes as
   well: parameters $1 $2 ..., types BIGINT and TEXT only, INSERT ... ON CONFLICT, no WITHOUT ROWID, no rowid, every ORDER BY
   on numbers or compared again in C. Each statement text is in the program once and is prepared once per store. */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/str.h"
#include "disk/disk.h"

struct store;
struct statement;

enum store_mode {
    STORE_CREATE, /* read and write, made when missing */
    STORE_WRITE,  /* read and write, must exist */
    STORE_READ,   /* reads what is there, including what is only in the write-ahead log; changes no byte of any file */
};

/* One thread per store; a file may be open in several stores of this process at once (one of them writing). */
struct store *store_open(struct disk *disk, const char *path, enum store_mode mode, struct error *error);
void store_close(struct store *store);

/* Runs statements without parameters or results, separated by semicolons. */
bool store_run(struct store *store, const char *sql, struct error *error);
bool store_begin(struct store *store, struct error *error);
/* Not durable by itself: the ledger is, and what is lost here is replayed. Now and then it moves the log into the database;
   where the log is over 64 MB, it waits for readers, at most 0.2 seconds, so that the log can start anew. */
bool store_commit(struct store *store, struct error *error);
/* Ends walks that were left open, too. */
bool store_rollback(struct store *store, struct error *error);
/* Moves the log into the database file and makes it durable. Waits for readers that look at an older state; ERROR_BUSY after
   30 seconds. After a failed sync every later one fails until all stores of the file were closed. */
bool store_settle(struct store *store, struct error *error);

/* Prepared, owned by the store and closed with it; NULL on failure. The same text gives the same statement. */
struct statement *store_prepare(struct store *store, const char *sql, struct error *error);
/* Parameters from 1, set between a reset and the first step. Text is borrowed until the next reset. */
void statement_number(struct statement *statement, int parameter, int64_t number);
void statement_text(struct statement *statement, int parameter, struct str text);
void statement_null(struct statement *statement, int parameter);
/* Runs to the next row: *row tells whether there is one. After the last (or an error) it is reset by itself,
   which forgets the parameters. */
bool statement_step(struct statement *statement, bool *row, struct error *error);
/* Ends a walk early and forgets the parameters. */
void statement_reset(struct statement *statement);
/* For statements that return nothing: steps to the end; *changed (may be NULL) is the number of rows changed. */
bool statement_run(struct statement *statement, int64_t *changed, struct error *error);

/* Columns from 0; text is valid until the next step. */
int64_t column_number(struct statement *statement, int column);
struct str column_text(struct statement *statement, int column);
bool column_is_null(struct statement *statement, int column);
int statement_columns(struct statement *statement);

/* A digest over all rows of a table in the order of its key, every column with its type: adds to a SHA-256. order is the
   ORDER BY list. */
struct sha256_run;
bool store_digest(struct store *store, const char *table, const char *order, struct sha256_run *run, struct error *error);

/* For the test that prepares each statement on PostgreSQL: told every text given to store_run, and to store_prepare for the
   first time. Set (or taken back with NULL) while no store is open: the one setting that is global. */
void store_watch(void (*sql)(void *context, const char *sql), void *context);

#endif
