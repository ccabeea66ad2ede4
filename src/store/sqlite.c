#include <endian.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/memory.h"
#include "store/store.h"
#include "store/vfs.h"

enum { CACHE_SLOTS = 256, WAIT_MS = 30 * 1000, DIGEST_PIECE = 256 * 1024 };
/* Of 4,096 bytes: at so many the log is moved into the database as far as readers let it, for bulk work: few times, but much;
   at so many it is started anew, and readers are waited for. */
enum { LOG_MOVE_PAGES = 4000, LOG_RESTART_PAGES = 16384, LOG_WAIT_MS = 200 };

struct statement {
    struct store *store;
    struct statement *next; /* in its slot of the cache */
    sqlite3_stmt *handle;
    int parameters;
    int places[]; /* SQLite numbers $1 $2 ... by their first appearance */
};

struct store {
    sqlite3_vfs *vfs;
    sqlite3 *connection;
    enum store_mode mode;
    int restart_pages;                    /* of the log: see log_grew */
    struct statement *cache[CACHE_SLOTS]; /* by the text's hash */
};

/* The one thing in this program that is global and changes: set by the test before any store is open. */
static struct {
    void (*sql)(void *context, const char *sql);
    void *context;
} watch;

void store_watch(void (*sql)(void *context, const char *sql), void *context)
{
    watch.sql = sql;
    watch.context = context;
}

static void tell_watch(const char *sql)
{
    if (watch.sql)
        watch.sql(watch.context, sql);
}

static const struct {
    int result;
    enum error_code code;
    const char *says;
} failures[] = {
    { SQLITE_BUSY, ERROR_BUSY, "somebody else is writing to it" },
    { SQLITE_LOCKED, ERROR_BUSY, "somebody else is writing to it" },
    { SQLITE_CONSTRAINT, ERROR_CONFLICT, "that contradicts what is there" },
    { SQLITE_TOOBIG, ERROR_LIMIT, "that is too large" },
    { SQLITE_IOERR, ERROR_DISK, "the disk failed" },
    { SQLITE_FULL, ERROR_DISK, "the disk is full" },
    { SQLITE_CANTOPEN, ERROR_DISK, "it cannot be opened" },
    { SQLITE_READONLY, ERROR_USAGE, "it is open for reading only, or was left in the middle of being made" },
    { SQLITE_CORRUPT, ERROR_DAMAGE, "it is damaged: rebuild makes it anew" },
    { SQLITE_NOTADB, ERROR_DAMAGE, "it is damaged: rebuild makes it anew" },
};

/* Says what SQLite said, and what the disk said where it was the disk's fault. */
static bool fail_sqlite(const struct store *store, int result, struct error *error)
{
    enum error_code code = ERROR_INPUT;
    const char *says = "it does not take this statement", *path = sqlite3_db_filename(store->connection, "main");
    must((result & 0xff) != SQLITE_NOMEM);
    for (size_t i = 0; i < sizeof failures / sizeof *failures; i++)
        if (failures[i].result == (result & 0xff)) {
            code = failures[i].code;
            says = failures[i].says;
        }
    const struct error *disk = code == ERROR_DISK ? vfs_disk_error(store->connection) : NULL;
    return fail(error, code, "database %s: %s (%s)", path ? path : "", says,
                disk ? disk->says : sqlite3_errmsg(store->connection)) || fail_inner(error);
}

/* Opening */

static const char write_settings[] =
    "PRAGMA journal_mode = WAL;"
    "PRAGMA synchronous = NORMAL;"
    "PRAGMA journal_size_limit = 67108864;";
static const char all_settings[] =
    "PRAGMA temp_store = MEMORY;"
    "PRAGMA foreign_keys = OFF;"
    "PRAGMA cache_size = -65536;";

/* A missing file is told from a faulty one, and an empty one is refused: SQLite would remove a log beside it. */
static bool check_file(struct disk *disk, const char *path, enum store_mode mode, struct error *error)
{
    struct disk_file *file;
    uint64_t size;
    if (!disk->open(disk, path, mode == STORE_READ ? DISK_READ : DISK_WRITE, &file, error))
        return false;
    bool done = disk->size(file, &size, error);
    disk->close(file);
    if (done && size == 0 && mode == STORE_READ)
        return fail(error, ERROR_NOT_FOUND, "database %s is empty", path) || fail_inner(error);
    return done;
}

static bool is_in_wal_mode(struct store *store, struct error *error)
{
    sqlite3_stmt *ask = NULL;
    bool is_wal = false;
    int result = sqlite3_prepare_v2(store->connection, "PRAGMA journal_mode", -1, &ask, NULL);
    if (result == SQLITE_OK && (result = sqlite3_step(ask)) == SQLITE_ROW) {
        is_wal = strcmp((const char *)sqlite3_column_text(ask, 0), "wal") == 0;
        result = SQLITE_OK;
    }
    sqlite3_finalize(ask);
    if (result != SQLITE_OK)
        return fail_sqlite(store, result, error);
    return is_wal || fail(error, ERROR_DAMAGE, "database %s has no write-ahead log; rebuild makes it anew",
                          sqlite3_db_filename(store->connection, "main")) || fail_inner(error);
}

/* After each commit, in the place of SQLite's own checkpoint, which never starts the log anew while the transactions of
   readers overlap. Readers that begin while this waits do not stand in its way; one that stays puts it off. */
static int log_grew(void *context, sqlite3 *connection, const char *name, int pages)
{
    struct store *store = context;
    if (pages < store->restart_pages) {
        if (pages >= LOG_MOVE_PAGES)
            sqlite3_wal_checkpoint_v2(connection, name, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
        return SQLITE_OK;
    }
    sqlite3_busy_timeout(connection, LOG_WAIT_MS);
    bool done = sqlite3_wal_checkpoint_v2(connection, name, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL) == SQLITE_OK;
    sqlite3_busy_timeout(connection, WAIT_MS);
    store->restart_pages = done ? LOG_RESTART_PAGES : pages + LOG_MOVE_PAGES;
    return SQLITE_OK;
}

static bool open_connection(struct store *store, const char *path, struct error *error)
{
    static const int flags[] = {
        [STORE_CREATE] = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
        [STORE_WRITE] = SQLITE_OPEN_READWRITE,
        [STORE_READ] = SQLITE_OPEN_READONLY,
    };
    int result = sqlite3_open_v2(path, &store->connection, flags[store->mode] | SQLITE_OPEN_NOMUTEX, store->vfs->zName);
    if (result != SQLITE_OK)
        return fail_sqlite(store, result, error);
    sqlite3_extended_result_codes(store->connection, 1);
    sqlite3_busy_timeout(store->connection, WAIT_MS);
    sqlite3_db_config(store->connection, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
    sqlite3_db_config(store->connection, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
    if (store->mode == STORE_READ)
        sqlite3_db_config(store->connection, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    result = sqlite3_exec(store->connection, all_settings, NULL, NULL, NULL);
    if (result == SQLITE_OK && store->mode != STORE_READ) {
        result = sqlite3_exec(store->connection, write_settings, NULL, NULL, NULL);
        store->restart_pages = LOG_RESTART_PAGES;
        sqlite3_wal_hook(store->connection, log_grew, store);
    }
    return result == SQLITE_OK ? is_in_wal_mode(store, error) : fail_sqlite(store, result, error);
}

struct store *store_open(struct disk *disk, const char *path, enum store_mode mode, struct error *error)
{
    if (mode != STORE_CREATE && !check_file(disk, path, mode, error))
        return NULL;
    struct store *store = allocate(sizeof *store);
    store->vfs = vfs_take(disk);
    store->mode = mode;
    if (!open_connection(store, path, error)) {
        store_close(store);
        return NULL;
    }
    return store;
}

void store_close(struct store *store)
{
    for (size_t slot = 0; slot < CACHE_SLOTS; slot++)
        while (store->cache[slot]) {
            struct statement *statement = store->cache[slot];
            store->cache[slot] = statement->next;
            sqlite3_finalize(statement->handle);
            free(statement);
        }
    must(sqlite3_close(store->connection) == SQLITE_OK);
    vfs_give_back(store->vfs);
    free(store);
}

/* Transactions */

static bool run(struct store *store, const char *sql, struct error *error)
{
    int result = sqlite3_exec(store->connection, sql, NULL, NULL, NULL);
    return result == SQLITE_OK || fail_sqlite(store, result, error);
}

bool store_run(struct store *store, const char *sql, struct error *error)
{
    tell_watch(sql);
    return run(store, sql, error);
}

bool store_begin(struct store *store, struct error *error)
{
    return run(store, store->mode == STORE_READ ? "BEGIN" : "BEGIN IMMEDIATE", error);
}

bool store_commit(struct store *store, struct error *error)
{
    if (run(store, "COMMIT", error))
        return true;
    store_rollback(store, NULL);
    return false;
}

/* A walk that is not at its end would keep what it reads from. An error may have ended the transaction already. */
bool store_rollback(struct store *store, struct error *error)
{
    for (sqlite3_stmt *each = NULL; (each = sqlite3_next_stmt(store->connection, each));)
        if (sqlite3_stmt_busy(each)) sqlite3_reset(each);
    return sqlite3_get_autocommit(store->connection) || run(store, "ROLLBACK", error);
}

bool store_settle(struct store *store, struct error *error)
{
    int result = sqlite3_wal_checkpoint_v2(store->connection, "main", SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
    return result == SQLITE_OK || fail_sqlite(store, result, error);
}

/* Statements */

static struct statement *fail_prepare(sqlite3_stmt *handle)
{
    sqlite3_finalize(handle);
    return NULL;
}

static struct statement *prepare(struct store *store, struct str sql, struct error *error)
{
    sqlite3_stmt *handle = NULL;
    const char *rest = NULL;
    int result = sqlite3_prepare_v3(store->connection, sql.at, (int)sql.length + 1, SQLITE_PREPARE_PERSISTENT, &handle, &rest);
    if (result != SQLITE_OK) {
        fail_sqlite(store, result, error);
        return fail_prepare(handle);
    }
    if (!handle || *rest) {
        fail(error, ERROR_INPUT, "one statement is wanted: %s", sql.at);
        return fail_prepare(handle);
    }
    int parameters = sqlite3_bind_parameter_count(handle);
    struct statement *statement = allocate(sizeof *statement + (size_t)parameters * sizeof *statement->places);
    statement->store = store;
    statement->handle = handle;
    statement->parameters = parameters;
    for (int i = 0; i < parameters; i++) {
        char name[16];
        snprintf(name, sizeof name, "$%d", i + 1);
        statement->places[i] = sqlite3_bind_parameter_index(handle, name);
        if (!statement->places[i]) {
            fail(error, ERROR_INPUT, "parameter %s is missing among %d: %s", name, parameters, sql.at);
            free(statement);
            return fail_prepare(handle);
        }
    }
    return statement;
}

struct statement *store_prepare(struct store *store, const char *sql, struct error *error)
{
    struct str text = str_of(sql);
    struct statement **slot = &store->cache[crc32c(0, text.at, text.length) % CACHE_SLOTS];
    for (struct statement *statement = *slot; statement; statement = statement->next)
        if (strcmp(sqlite3_sql(statement->handle), sql) == 0)
            return statement;
    tell_watch(sql);
    struct statement *statement = prepare(store, text, error);
    if (statement) {
        statement->next = *slot;
        *slot = statement;
    }
    return statement;
}

static int place_of(const struct statement *statement, int parameter)
{
    must(parameter >= 1 && parameter <= statement->parameters);
    return statement->places[parameter - 1];
}

void statement_number(struct statement *statement, int parameter, int64_t number)
{
    must(sqlite3_bind_int64(statement->handle, place_of(statement, parameter), number) == SQLITE_OK);
}

void statement_text(struct statement *statement, int parameter, struct str text)
{
    must(sqlite3_bind_text64(statement->handle, place_of(statement, parameter), text.at ? text.at : "", text.length,
                             SQLITE_STATIC, SQLITE_UTF8) == SQLITE_OK);
}

void statement_null(struct statement *statement, int parameter)
{
    must(sqlite3_bind_null(statement->handle, place_of(statement, parameter)) == SQLITE_OK);
}

void statement_reset(struct statement *statement)
{
    sqlite3_reset(statement->handle);
    sqlite3_clear_bindings(statement->handle);
}

bool statement_step(struct statement *statement, bool *row, struct error *error)
{
    int result = sqlite3_step(statement->handle);
    *row = result == SQLITE_ROW;
    if (*row)
        return true;
    if (result != SQLITE_DONE)
        fail_sqlite(statement->store, result, error);
    statement_reset(statement);
    return result == SQLITE_DONE;
}

bool statement_run(struct statement *statement, int64_t *changed, struct error *error)
{
    bool row = true, done = true;
    while (done && row)
        done = statement_step(statement, &row, error);
    if (changed)
        *changed = done ? sqlite3_changes64(statement->store->connection) : 0;
    return done;
}

int64_t column_number(struct statement *statement, int column)
{
    return sqlite3_column_int64(statement->handle, column);
}

struct str column_text(struct statement *statement, int column)
{
    const char *at = (const char *)sqlite3_column_text(statement->handle, column);
    return (struct str){ at, at ? (size_t)sqlite3_column_bytes(statement->handle, column) : 0 };
}

bool column_is_null(struct statement *statement, int column)
{
    return sqlite3_column_type(statement->handle, column) == SQLITE_NULL;
}

int statement_columns(struct statement *statement)
{
    return sqlite3_column_count(statement->handle);
}

/* Digest: of each column a byte for its type, then a number in 8 bytes, or a text's length in 8 bytes and the text; a
   newline ends a row. */

static void add_eight(struct text *text, uint64_t number)
{
    number = htole64(number);
    text_add(text, (struct str){ (const char *)&number, sizeof number });
}

static bool add_column(struct text *text, struct statement *statement, int column)
{
    struct str value;
    switch (sqlite3_column_type(statement->handle, column)) {
    case SQLITE_NULL:
        text_add_byte(text, '0');
        return true;
    case SQLITE_INTEGER:
        text_add_byte(text, 'n');
        add_eight(text, (uint64_t)column_number(statement, column));
        return true;
    case SQLITE_TEXT:
        value = column_text(statement, column);
        text_add_byte(text, 't');
        add_eight(text, value.length);
        text_add(text, value);
        return true;
    default:
        return false;
    }
}

static bool digest_rows(struct statement *statement, const char *table, struct text *rows, struct sha256_run *run,
                        struct error *error)
{
    bool row;
    while (statement_step(statement, &row, error)) {
        if (!row || rows->length > DIGEST_PIECE) {
            sha256_add(run, text_str(rows));
            rows->length = 0;
        }
        if (!row)
            return true;
        for (int column = 0; column < statement_columns(statement); column++)
            if (!add_column(rows, statement, column))
                return fail(error, ERROR_DAMAGE, "table %s holds what is neither a whole number nor a text", table);
        text_add_byte(rows, '\n');
    }
    return false;
}

bool store_digest(struct store *store, const char *table, const char *order, struct sha256_run *run, struct error *error)
{
    struct text sql = { 0 }, rows = { 0 };
    text_format(&sql, "SELECT * FROM \"%s\" ORDER BY %s", table, order);
    struct statement *statement = prepare(store, (struct str){ text_zero(&sql), sql.length }, error);
    bool done = statement && digest_rows(statement, table, &rows, run, error);
    if (statement) {
        sqlite3_finalize(statement->handle);
        free(statement);
    }
    text_close(&sql);
    text_close(&rows);
    return done;
}
