/* The store: SQL through the disk seam. Crashes are tried in store_crash_test.c. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/memory.h"
#include "fault_disk.h"
#include "store/store.h"

#include <cmocka.h>

enum { FILE_LIMIT = 64 * 1024 * 1024 };

static const char make_table[] = "CREATE TABLE a (k TEXT PRIMARY KEY, x BIGINT, y TEXT); CREATE INDEX a_x ON a (x)";
static const char put[] = "INSERT INTO a (k, x, y) VALUES ($1, $2, $3)";
static const char get[] = "SELECT k, x, y FROM a WHERE k = $1";

/* A database in a folder of its own. */
struct place {
    struct disk *disk;
    char directory[64], path[80];
    struct error error;
};

static void place_open(struct place *place)
{
    const char *root = getenv("TMPDIR");
    *place = (struct place){ .disk = disk_posix() };
    snprintf(place->directory, sizeof place->directory, "%s/store-XXXXXX", root ? root : "/tmp");
    assert_non_null(mkdtemp(place->directory));
    snprintf(place->path, sizeof place->path, "%s/db", place->directory);
}

static void place_close(struct place *place)
{
    assert_true(disk_remove_tree(place->disk, place->directory, NULL));
}

static struct store *open_store(struct place *place, enum store_mode mode)
{
    struct store *store = store_open(place->disk, place->path, mode, &place->error);
    if (!store)
        fail_msg("%s", place->error.says);
    return store;
}

static struct store *open_with_table(struct place *place)
{
    place_open(place);
    struct store *store = open_store(place, STORE_CREATE);
    assert_true(store_run(store, make_table, NULL));
    return store;
}

static struct statement *prepare(struct store *store, const char *sql)
{
    struct error error = { 0 };
    struct statement *statement = store_prepare(store, sql, &error);
    if (!statement)
        fail_msg("%s", error.says);
    return statement;
}

static void put_row(struct store *store, const char *key, int64_t number, const char *text)
{
    struct statement *statement = prepare(store, put);
    struct error error = { 0 };
    statement_text(statement, 1, str_of(key));
    statement_number(statement, 2, number);
    statement_text(statement, 3, str_of(text));
    if (!statement_run(statement, NULL, &error))
        fail_msg("%s", error.says);
}

static int64_t number_of(struct store *store, const char *sql)
{
    struct statement *statement = prepare(store, sql);
    struct error error = { 0 };
    bool row;
    if (!statement_step(statement, &row, &error))
        fail_msg("%s", error.says);
    assert_true(row);
    int64_t number = column_number(statement, 0);
    statement_reset(statement);
    return number;
}

static int64_t count(struct store *store)
{
    return number_of(store, "SELECT count(*) FROM a");
}

static void test_values(void **state)
{
    struct place place;
    struct store *store = open_with_table(&place);
    struct statement *statement = prepare(store, put), *select = prepare(store, get);
    bool row;
    int64_t changed;
    statement_text(statement, 1, STR("\xe6\x98\x8e\xe7\x99\xbd"));
    statement_number(statement, 2, INT64_MIN);
    statement_text(statement, 3, (struct str){ NULL, 0 });
    assert_true(statement_run(statement, &changed, NULL));
    assert_int_equal(changed, 1);
    statement_text(statement, 1, STR("none"));
    assert_true(statement_run(statement, NULL, NULL)); /* the rest was forgotten: null */

    statement_text(select, 1, STR("\xe6\x98\x8e\xe7\x99\xbd"));
    assert_true(statement_step(select, &row, NULL) && row);
    assert_int_equal(statement_columns(select), 3);
    assert_true(str_equal(column_text(select, 0), STR("\xe6\x98\x8e\xe7\x99\xbd")));
    assert_int_equal(column_number(select, 1), INT64_MIN);
    assert_false(column_is_null(select, 2));
    assert_int_equal(column_text(select, 2).length, 0);
    assert_true(statement_step(select, &row, NULL) && !row);

    statement_text(select, 1, STR("none"));
    assert_true(statement_step(select, &row, NULL) && row);
    assert_true(column_is_null(select, 1) && column_is_null(select, 2));
    statement_reset(select);
    assert_true(statement_step(select, &row, NULL) && !row); /* a forgotten parameter finds nothing */
    store_close(store);
    place_close(&place);
    (void)state;
}

static void test_parameters_in_any_order(void **state)
{
    struct place place;
    struct store *store = open_with_table(&place);
    struct statement *statement = prepare(store, "INSERT INTO a (y, x, k) VALUES ($3, $2, $1 || $1)");
    statement_text(statement, 1, STR("k"));
    statement_number(statement, 2, 2);
    statement_text(statement, 3, STR("y"));
    assert_true(statement_run(statement, NULL, NULL));
    assert_int_equal(number_of(store, "SELECT x FROM a WHERE k = 'kk' AND y = 'y'"), 2);
    store_close(store);
    place_close(&place);
    (void)state;
}

static void test_the_same_text_is_the_same_statement(void **state)
{
    struct place place;
    struct store *store = open_with_table(&place);
    char copy[sizeof get];
    memcpy(copy, get, sizeof copy);
    struct statement *statement = prepare(store, get);
    assert_ptr_equal(statement, prepare(store, copy));
    copy[7] = 'x'; /* another text in the same place */
    assert_ptr_not_equal(statement, prepare(store, copy));
    assert_ptr_equal(statement, prepare(store, get));
    store_close(store);
    place_close(&place);
    (void)state;
}

static void test_what_is_refused(void **state)
{
    static const char *const refused[] = {
        "SELEKT 1", "SELECT nothing FROM a", "", "SELECT $2", "SELECT $1, $3", "SELECT ?", "SELECT 1; SELECT 2",
        "SELECT k FROM a WHERE k = \"text in the wrong quotes\"",
    };
    struct place place;
    struct store *store = open_with_table(&place);
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        place.error = (struct error){ 0 };
        if (store_prepare(store, refused[i], &place.error))
            fail_msg("taken: %s", refused[i]);
        assert_int_equal(place.error.code, ERROR_INPUT);
        assert_true(place.error.says[0]);
    }
    assert_false(store_run(store, "CREATE TABLE a (k BIGINT)", &place.error));
    assert_true(place.error.is_inner);
    store_close(store);
    place_close(&place);
    (void)state;
}

static void test_conflicts(void **state)
{
    struct place place;
    struct store *store = open_with_table(&place);
    int64_t changed;
    put_row(store, "k", 1, "y");
    struct statement *statement = prepare(store, put);
    statement_text(statement, 1, STR("k"));
    assert_false(statement_run(statement, NULL, &place.error));
    assert_int_equal(place.error.code, ERROR_CONFLICT);
    statement = prepare(store, "INSERT INTO a (k, x) VALUES ($1, $2) ON CONFLICT (k) DO NOTHING");
    statement_text(statement, 1, STR("k"));
    assert_true(statement_run(statement, &changed, NULL));
    assert_int_equal(changed, 0);
    statement = prepare(store, "INSERT INTO a (k, x) VALUES ($1, $2) ON CONFLICT (k) DO UPDATE SET x = excluded.x");
    statement_text(statement, 1, STR("k"));
    statement_number(statement, 2, 7);
    assert_true(statement_run(statement, &changed, NULL));
    assert_int_equal(changed, 1);
    assert_int_equal(number_of(store, "SELECT x FROM a"), 7);
    store_close(store);
    place_close(&place);
    (void)state;
}

static void test_transactions(void **state)
{
    struct place place;
    struct store *store = open_with_table(&place), *reader = open_store(&place, STORE_READ);
    assert_true(store_begin(store, NULL));
    put_row(store, "k", 1, "y");
    assert_int_equal(count(reader), 0);
    assert_true(store_rollback(store, NULL));
    assert_true(store_rollback(store, NULL)); /* nothing to roll back */
    assert_int_equal(count(store), 0);

    assert_true(store_begin(store, NULL));
    put_row(store, "k", 1, "y");
    assert_true(store_commit(store, NULL));
    assert_int_equal(count(reader), 1);

    assert_true(store_begin(reader, NULL)); /* one state for all that is read in it */
    assert_int_equal(count(reader), 1);
    put_row(store, "l", 2, "y");
    assert_int_equal(count(reader), 1);
    assert_true(store_commit(reader, NULL));
    assert_int_equal(count(reader), 2);
    store_close(reader);
    store_close(store);
    store = open_store(&place, STORE_WRITE);
    assert_int_equal(count(store), 2);
    store_close(store);
    place_close(&place);
    (void)state;
}

static char *read_file(const char *path, size_t *length)
{
    char *bytes;
    assert_true(disk_read_all(disk_posix(), path, FILE_LIMIT, &bytes, length, NULL));
    return bytes;
}

/* As a program killed just now would leave it. */
static void copy_place(const struct place *from, struct place *to, bool with_log)
{
    place_open(to);
    for (int log = 0; log <= (with_log ? 1 : 0); log++) {
        char source[96], target[96];
        size_t length;
        snprintf(source, sizeof source, "%s%s", from->path, log ? "-wal" : "");
        snprintf(target, sizeof target, "%s%s", to->path, log ? "-wal" : "");
        char *bytes = read_file(source, &length);
        assert_true(disk_replace(to->disk, target, bytes, length, NULL));
        free(bytes);
    }
}

static void add_name(void *context, const char *name)
{
    text_format(context, "%s ", name);
}

/* All names and bytes in a folder. */
static void photograph(struct place *place, struct text *out)
{
    struct text names = { 0 };
    assert_true(place->disk->list(place->disk, place->directory, add_name, &names, NULL));
    text_add(out, text_str(&names));
    for (char *rest = NULL, *name = strtok_r((char *)text_zero(&names), " ", &rest); name; name = strtok_r(NULL, " ", &rest)) {
        char path[96];
        size_t length;
        snprintf(path, sizeof path, "%s/%s", place->directory, name);
        char *bytes = read_file(path, &length);
        text_add(out, (struct str){ bytes, length });
        free(bytes);
    }
    text_close(&names);
}

static void assert_reading_changes_nothing(const struct place *place, bool with_log, int64_t rows)
{
    struct place copy;
    struct text before = { 0 }, after = { 0 };
    copy_place(place, &copy, with_log);
    photograph(&copy, &before);
    struct store *reader = open_store(&copy, STORE_READ), *second = open_store(&copy, STORE_READ);
    assert_int_equal(count(reader), rows);
    assert_int_equal(count(second), rows);
    assert_false(store_run(reader, "DELETE FROM a", &copy.error));
    assert_int_equal(copy.error.code, ERROR_USAGE);
    assert_false(statement_run(prepare(reader, put), NULL, &copy.error));
    store_settle(reader, NULL);
    store_close(second);
    store_close(reader);
    photograph(&copy, &after);
    assert_true(str_equal(text_str(&before), text_str(&after)));
    text_close(&before);
    text_close(&after);
    place_close(&copy);
}

static void test_reading_changes_nothing(void **state)
{
    struct place place;
    struct store *store = open_with_table(&place);
    assert_true(store_settle(store, NULL));
    assert_reading_changes_nothing(&place, true, 0); /* an empty log */
    put_row(store, "only in the log", 1, "y");
    assert_reading_changes_nothing(&place, true, 1);
    assert_reading_changes_nothing(&place, false, 0);
    store_close(store);
    place_close(&place);
    (void)state;
}

static void test_a_reader_may_come_first(void **state)
{
    struct place place;
    store_close(open_with_table(&place)); /* closing takes the log away */
    struct store *reader = open_store(&place, STORE_READ);
    assert_int_equal(count(reader), 0);
    struct store *store = open_store(&place, STORE_WRITE);
    put_row(store, "k", 1, "y");
    assert_int_equal(count(reader), 1);
    store_close(store);
    assert_int_equal(count(reader), 1);
    store = open_store(&place, STORE_WRITE);
    put_row(store, "l", 1, "y");
    assert_int_equal(count(reader), 2);
    store_close(reader);
    store_close(store);
    place_close(&place);
    (void)state;
}

static void test_what_is_not_there(void **state)
{
    struct place place;
    struct text before = { 0 }, after = { 0 };
    place_open(&place);
    assert_null(store_open(place.disk, place.path, STORE_READ, &place.error));
    assert_int_equal(place.error.code, ERROR_NOT_FOUND);
    assert_null(store_open(place.disk, place.path, STORE_WRITE, &place.error));
    assert_int_equal(place.error.code, ERROR_NOT_FOUND);
    assert_true(disk_replace(place.disk, place.path, "", 0, NULL));
    photograph(&place, &before);
    assert_null(store_open(place.disk, place.path, STORE_READ, &place.error));
    photograph(&place, &after);
    assert_true(str_equal(text_str(&before), text_str(&after)));
    assert_true(disk_replace(place.disk, place.path, "this is no database, whatever its name may say", 46, NULL));
    for (enum store_mode mode = STORE_CREATE; mode <= STORE_READ; mode++) {
        assert_null(store_open(place.disk, place.path, mode, &place.error));
        assert_int_equal(place.error.code, ERROR_DAMAGE);
    }
    text_close(&before);
    text_close(&after);
    place_close(&place);
    (void)state;
}

static void test_settling(void **state)
{
    struct place place, copy;
    char log[96];
    size_t length;
    struct store *store = open_with_table(&place);
    snprintf(log, sizeof log, "%s-wal", place.path);
    put_row(store, "k", 1, "y");
    free(read_file(log, &length));
    assert_true(length > 0);
    assert_true(store_settle(store, NULL));
    free(read_file(log, &length));
    assert_int_equal(length, 0);
    copy_place(&place, &copy, false);
    struct store *settled = open_store(&copy, STORE_READ);
    assert_int_equal(count(settled), 1);
    store_close(settled);
    store_close(store);
    place_close(&copy);
    place_close(&place);
    (void)state;
}

static void test_two_disks(void **state)
{
    struct fault_disk *disks[2];
    struct store *stores[2], *readers[2];
    for (int i = 0; i < 2; i++) {
        disks[i] = fault_disk_open();
        stores[i] = store_open(fault_disk_of(disks[i]), "db", STORE_CREATE, NULL);
        assert_non_null(stores[i]);
        assert_true(store_run(stores[i], make_table, NULL));
        readers[i] = store_open(fault_disk_of(disks[i]), "db", STORE_READ, NULL);
        assert_non_null(readers[i]);
    }
    put_row(stores[0], "k", 1, "y");
    assert_int_equal(count(readers[0]), 1);
    assert_int_equal(count(readers[1]), 0);
    assert_true(store_begin(stores[0], NULL) && store_begin(stores[1], NULL)); /* neither waits for the other */
    for (int i = 0; i < 2; i++) {
        store_close(readers[i]);
        store_close(stores[i]);
        fault_disk_close(disks[i]);
    }
    (void)state;
}

static struct hash digest(struct store *store)
{
    struct sha256_run *run = sha256_start();
    assert_true(store_digest(store, "a", "k", run, NULL));
    return sha256_end(run);
}

static void test_digest(void **state)
{
    static const char *const changes[] = {
        "UPDATE a SET x = 2 WHERE k = 'k'", "UPDATE a SET x = NULL WHERE k = 'k'", "UPDATE a SET y = NULL WHERE k = 'k'",
        "UPDATE a SET y = '' WHERE k = 'k'", "UPDATE a SET k = 'ly', y = 'y' WHERE k = 'l'", "DELETE FROM a WHERE k = 'l'",
    };
    struct place place, other;
    struct store *store = open_with_table(&place), *again = open_with_table(&other);
    put_row(store, "k", 1, "y");
    put_row(store, "l", 1, "yy");
    put_row(again, "l", 1, "yy");
    put_row(again, "k", 1, "y");
    struct hash first = digest(store), second = digest(again);
    assert_true(hash_equal(&first, &second));
    /* the form itself: it must not change between versions */
    struct hash written = sha256(STR("t\1\0\0\0\0\0\0\0kn\1\0\0\0\0\0\0\0t\1\0\0\0\0\0\0\0y\n"
                                     "t\1\0\0\0\0\0\0\0ln\1\0\0\0\0\0\0\0t\2\0\0\0\0\0\0\0yy\n"));
    assert_true(hash_equal(&first, &written));
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        assert_true(store_begin(store, NULL) && store_run(store, changes[i], NULL));
        second = digest(store);
        if (hash_equal(&first, &second))
            fail_msg("unseen: %s", changes[i]);
        assert_true(store_rollback(store, NULL));
    }
    assert_true(store_run(store, "UPDATE a SET x = 0.5", NULL));
    struct sha256_run *run = sha256_start();
    assert_false(store_digest(store, "a", "k", run, &place.error));
    assert_int_equal(place.error.code, ERROR_DAMAGE);
    sha256_end(run);
    store_close(store);
    store_close(again);
    place_close(&place);
    place_close(&other);
    (void)state;
}

static void note_sql(void *context, const char *sql)
{
    text_format(context, "%s\n", sql);
}

static void test_watch(void **state)
{
    struct place place;
    struct text told = { 0 };
    store_watch(note_sql, &told);
    struct store *store = open_with_table(&place);
    put_row(store, "k", 1, "y");
    put_row(store, "l", 1, "y");
    digest(store);
    store_close(store);
    store_watch(NULL, NULL);
    struct text wanted = { 0 };
    text_format(&wanted, "%s\n%s\n", make_table, put);
    assert_string_equal(text_zero(&told), text_zero(&wanted));
    text_close(&told);
    text_close(&wanted);
    place_close(&place);
    (void)state;
}

enum { MOVES = 150, ACCOUNTS = 20 };

struct reading {
    struct place *place;
    _Atomic bool *ends;
    int rounds;
};

/* Every state that a reader sees has the same sum, and within a transaction it stays the same. */
static void *read_sums(void *context)
{
    struct reading *reading = context;
    while (!*reading->ends) {
        struct store *store = open_store(reading->place, STORE_READ);
        for (int i = 0; i < 10; i++) {
            must(store_begin(store, NULL));
            int64_t moves = number_of(store, "SELECT max(x) FROM a WHERE y = 'moves'");
            must(number_of(store, "SELECT sum(x) FROM a WHERE y = 'account'") == 0);
            must(number_of(store, "SELECT max(x) FROM a WHERE y = 'moves'") == moves);
            must(store_commit(store, NULL));
            reading->rounds++;
        }
        store_close(store);
    }
    return NULL;
}

static void add_to(struct store *store, int account, int64_t number)
{
    char key[16];
    snprintf(key, sizeof key, "%d", account);
    struct statement *statement = prepare(store, "UPDATE a SET x = x + $2 WHERE k = $1");
    statement_text(statement, 1, str_of(key));
    statement_number(statement, 2, number);
    must(statement_run(statement, NULL, NULL));
}

static void test_threads(void **state)
{
    struct place place;
    struct store *store = open_with_table(&place);
    for (int i = 0; i < ACCOUNTS; i++) {
        char key[16];
        snprintf(key, sizeof key, "%d", i);
        put_row(store, key, 0, "account");
    }
    put_row(store, "-1", 0, "moves");
    _Atomic bool ends = false;
    struct reading readings[3];
    pthread_t threads[3];
    for (int i = 0; i < 3; i++) {
        readings[i] = (struct reading){ &place, &ends, 0 };
        assert_int_equal(pthread_create(&threads[i], NULL, read_sums, &readings[i]), 0);
    }
    for (int move = 0; move < MOVES; move++) {
        must(store_begin(store, NULL));
        add_to(store, move % ACCOUNTS, move);
        add_to(store, move * 7 % ACCOUNTS, -move);
        add_to(store, -1, 1);
        must(store_commit(store, NULL));
        if (move % 40 == 0)
            must(store_settle(store, NULL)); /* the log begins anew, beside its readers */
    }
    ends = true;
    for (int i = 0; i < 3; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(number_of(store, "SELECT max(x) FROM a WHERE y = 'moves'"), MOVES);
    store_close(store);
    place_close(&place);
    (void)state;
}

static void test_the_disk_says_why(void **state)
{
    struct error error = { 0 };
    struct fault_disk *disk = fault_disk_open();
    struct store *store = store_open(fault_disk_of(disk), "db", STORE_CREATE, NULL);
    assert_true(store_run(store, make_table, NULL));
    fault_disk_plan(disk, (struct fault_plan){ .full_from = 1 });
    struct statement *statement = prepare(store, put);
    statement_text(statement, 1, STR("k"));
    assert_false(statement_run(statement, NULL, &error));
    assert_int_equal(error.code, ERROR_DISK);
    assert_non_null(strstr(error.says, "no space is left"));
    fault_disk_plan(disk, (struct fault_plan){ 0 });
    put_row(store, "k", 1, "y"); /* and goes on when there is room again */
    assert_int_equal(count(store), 1);
    store_close(store);
    fault_disk_close(disk);
    (void)state;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_parameters_in_any_order),
        cmocka_unit_test(test_the_same_text_is_the_same_statement),
        cmocka_unit_test(test_what_is_refused),
        cmocka_unit_test(test_conflicts),
        cmocka_unit_test(test_transactions),
        cmocka_unit_test(test_reading_changes_nothing),
        cmocka_unit_test(test_a_reader_may_come_first),
        cmocka_unit_test(test_what_is_not_there),
        cmocka_unit_test(test_settling),
        cmocka_unit_test(test_two_disks),
        cmocka_unit_test(test_digest),
        cmocka_unit_test(test_watch),
        cmocka_unit_test(test_threads),
        cmocka_unit_test(test_the_disk_says_why),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
