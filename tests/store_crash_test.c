/* The store after crashes and failures at every step: the database is whole, and holds what some number of its transactions,
   from the first on, made; those that were settled, or were committed when only the program was killed, among them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "fault_disk.h"
#include "store/store.h"

#include <cmocka.h>

enum { TRANSACTIONS = 11, SETTLE_EVERY = 3, REOPEN_AT = 7, TEXT_STEP = 900, SURVIVALS = FAULT_SEED + 3 };

static const char make_tables[] = "CREATE TABLE a (k BIGINT PRIMARY KEY, x BIGINT, y TEXT); CREATE INDEX a_y ON a (y, x);"
                                  "CREATE TABLE meta (n BIGINT PRIMARY KEY);";

/* What a run knows. */
struct known {
    int64_t committed, settled;
};

static bool run_numbers(struct store *store, const char *sql, int64_t first, int64_t second, struct error *error)
{
    struct statement *statement = store_prepare(store, sql, error);
    if (!statement)
        return false;
    statement_number(statement, 1, first);
    statement_number(statement, 2, second);
    return statement_run(statement, NULL, error);
}

/* The text of a row: over several pages for some. */
static void row_text(struct text *text, int64_t key)
{
    for (int64_t i = 0; i < key % 6 * TEXT_STEP; i++)
        text_add_byte(text, (char)('a' + (key * 7 + i) % 26));
}

/* Transaction n puts in row n, and gives n to every third row before it. */
static bool transaction(struct store *store, int64_t n, struct error *error)
{
    struct text text = { 0 };
    row_text(&text, n);
    struct statement *put = store_prepare(store, "INSERT INTO a (k, x, y) VALUES ($1, $1, $2)", error);
    bool done = put && store_begin(store, error);
    if (done) {
        statement_number(put, 1, n);
        statement_text(put, 2, text_str(&text));
        done = statement_run(put, NULL, error) &&
               run_numbers(store, "UPDATE a SET x = $1 WHERE k % 3 = $1 % 3 AND k <> $2", n, n, error) &&
               run_numbers(store, "UPDATE meta SET n = $1 WHERE n <> $2", n, n, error) && store_commit(store, error);
        if (!done)
            store_rollback(store, NULL);
    }
    text_close(&text);
    return done;
}

static bool series(struct store **store, struct disk *disk, struct known *known, struct error *error)
{
    *store = store_open(disk, "db", STORE_CREATE, error);
    if (!*store || !store_begin(*store, error) || !store_run(*store, make_tables, error) ||
        !store_run(*store, "INSERT INTO meta (n) VALUES (0)", error) || !store_commit(*store, error))
        return false;
    for (int64_t n = 1; n <= TRANSACTIONS; n++) {
        if (!transaction(*store, n, error))
            return false;
        known->committed = n;
        if (n % SETTLE_EVERY == 0) {
            if (!store_settle(*store, error))
                return false;
            known->settled = n;
        }
        if (n == REOPEN_AT) {
            store_close(*store);
            *store = store_open(disk, "db", STORE_WRITE, error);
            if (!*store)
                return false;
        }
    }
    return true;
}

static void run_series(struct disk *disk, struct known *known)
{
    struct store *store = NULL;
    struct error error = { 0 };
    if (!series(&store, disk, known, &error))
        assert_int_equal(error.code, ERROR_DISK);
    if (store)
        store_close(store);
}

/* How many transactions are in it; 0 where the tables are not there yet. */
static int64_t check_content(struct store *store)
{
    struct error error = { 0 };
    bool row = false;
    struct statement *check = store_prepare(store, "PRAGMA integrity_check", &error);
    if (!check || !statement_step(check, &row, &error))
        fail_msg("%s", error.says);
    assert_true(row && str_equal(column_text(check, 0), STR("ok")));
    statement_reset(check);

    struct statement *meta = store_prepare(store, "SELECT n FROM meta", &error);
    if (!meta)
        return 0;
    assert_true(statement_step(meta, &row, &error) && row);
    int64_t transactions = column_number(meta, 0), key = 0;
    statement_reset(meta);
    struct statement *rows = store_prepare(store, "SELECT k, x, y FROM a ORDER BY k", &error);
    assert_non_null(rows);
    while (statement_step(rows, &row, &error) && row) {
        struct text text = { 0 };
        key++;
        row_text(&text, key);
        assert_int_equal(column_number(rows, 0), key);
        assert_int_equal(column_number(rows, 1), key + (transactions - key) / 3 * 3);
        assert_true(str_equal(column_text(rows, 2), text_str(&text)));
        text_close(&text);
    }
    assert_int_equal(key, transactions);
    return transactions;
}

static struct store *open_or_fail(struct disk *disk, enum store_mode mode)
{
    struct error error = { 0 };
    struct store *store = store_open(disk, "db", mode, &error);
    if (!store)
        fail_msg("%s", error.says);
    return store;
}

static void recover(struct fault_disk *crashed, const struct known *known, uint64_t survival, uint64_t recovery_step)
{
    struct error error = { 0 };
    struct fault_disk *first = fault_disk_reboot(crashed, survival);
    fault_disk_plan(first, (struct fault_plan){ .crash_at = recovery_step });
    struct store *store = store_open(fault_disk_of(first), "db", STORE_CREATE, &error);
    if (store)
        store_close(store);

    struct fault_disk *second = fault_disk_reboot(first, survival);
    struct disk *disk = fault_disk_of(second);
    uint64_t steps = fault_disk_steps(second);
    int64_t least = survival == FAULT_KEEP_ALL ? known->committed : known->settled, read = -1;
    store = store_open(disk, "db", STORE_READ, &error);
    if (store) {
        read = check_content(store);
        store_close(store);
    } else {
        assert_int_equal(known->committed, 0); /* in the middle of being made it cannot be read */
    }
    assert_int_equal(fault_disk_steps(second), steps); /* no byte was changed */
    store = open_or_fail(disk, STORE_CREATE);
    int64_t transactions = check_content(store);
    assert_true(transactions >= least && transactions <= TRANSACTIONS);
    assert_true(read < 0 || read == transactions);
    if (known->settled) {
        assert_true(transaction(store, transactions + 1, &error) && store_settle(store, &error));
        store_close(store);
        store = open_or_fail(disk, STORE_READ);
        assert_int_equal(check_content(store), transactions + 1);
    }
    store_close(store);
    fault_disk_close(first);
    fault_disk_close(second);
}

/* False when the series ended before the step of its plan. */
static bool series_fails(uint64_t step, struct fault_plan plan)
{
    struct known known = { 0 };
    struct fault_disk *fault = fault_disk_open();
    fault_disk_plan(fault, plan);
    run_series(fault_disk_of(fault), &known);
    for (uint64_t survival = FAULT_KEEP_ALL; survival < SURVIVALS; survival++)
        recover(fault, &known, survival, 1 + (step + survival) % 11);
    bool came_true = fault_disk_steps(fault) >= step;
    fault_disk_close(fault);
    return came_true;
}

static void test_crash_at_every_step(void **state)
{
    uint64_t step = 1;
    while (series_fails(step, (struct fault_plan){ .crash_at = step }))
        step++;
    assert_true(step > 100);
    (void)state;
}

static void test_short_write_at_every_step(void **state)
{
    for (uint64_t step = 1; series_fails(step, (struct fault_plan){ .short_write_at = step }); step += 3)
        ;
    (void)state;
}

/* And soon afterwards, on closing, a crash. */
static void test_failed_sync_at_every_step(void **state)
{
    for (uint64_t later = 0; later < 12; later += 4) {
        struct fault_plan plan = { .fail_sync_at = 1 };
        do {
            plan.seed = plan.fail_sync_at += 3;
            plan.crash_at = later ? plan.fail_sync_at + later : 0;
        } while (series_fails(plan.fail_sync_at, plan));
    }
    (void)state;
}

static void test_full_from_every_step(void **state)
{
    for (uint64_t step = 1; series_fails(step, (struct fault_plan){ .full_from = step }); step += 3)
        ;
    (void)state;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_crash_at_every_step),
        cmocka_unit_test(test_short_write_at_every_step),
        cmocka_unit_test(test_failed_sync_at_every_step),
        cmocka_unit_test(test_full_from_every_step),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
