/* The engine when much goes on at once: loads, small writes, readers, withdrawals, a rebuild, a backup. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sodium.h>

#include "engine/backup.h"
#include "engine/inside.h"
#include "engine/intake.h"
#include "engine/replay.h"
#include "engine/write.h"
#include "fault_disk.h"
#include "record_fields.h"

#include <cmocka.h> /* last: its macro `fail` hides ours */

/* More than a block of the intake, so that some is packed and some is not. */
enum { IN_HAND = 700, HANGS_SECONDS = 120 };

static void check(bool done, const struct error *error)
{
    if (!done) {
        fprintf(stderr, "%s\n", error->says);
        abort(); /* from any thread */
    }
}

static void check_that(bool is_so, const char *what)
{
    if (is_so) return;
    fprintf(stderr, "it is not so that %s\n", what);
    abort();
}

/* ---- a data directory ---- */

struct province {
    char folder[64], directory[80];
    struct engine *engine;
};

static struct engine *reopened(struct province *province)
{
    struct error error = { 0 };
    engine_close(province->engine);
    province->engine = engine_open(&(struct engine_options){ .directory = province->directory }, &error);
    check(province->engine != NULL, &error);
    return province->engine;
}

static struct engine *province_open(struct province *province)
{
    const char *root = getenv("TMPDIR");
    struct error error = { 0 };
    snprintf(province->folder, sizeof province->folder, "%s/together-XXXXXX", root ? root : "/tmp");
    assert_non_null(mkdtemp(province->folder));
    snprintf(province->directory, sizeof province->directory, "%s/data", province->folder);
    check(directory_make(disk_posix(), province->directory, &error), &error);
    province->engine = NULL;
    alarm(HANGS_SECONDS);
    return reopened(province);
}

static void province_close(struct province *province)
{
    alarm(0);
    engine_close(province->engine);
    assert_true(disk_remove_tree(disk_posix(), province->folder, NULL));
}

/* ---- records ---- */

/* A complaint (each an entry) or a subscriber (a bulk kind). */
static void fill(struct record *record, struct arena *arena, const char *kind, const char *source, uint64_t seq)
{
    char id[64], person[32];
    *record = (struct record){ .kind = kind_find(str_of(kind)), .source = { arena_copy(arena, source, strlen(source)), strlen(source) },
                               .seq = seq };
    snprintf(id, sizeof id, "%s-%d", source, (int)seq);
    snprintf(person, sizeof person, "1380013%04d", (int)(seq % 50));
    set_text(record, arena, "operator", "jia");
    set_text(record, arena, "area", "320100");
    set_text(record, arena, "subscriber", person);
    if (!strcmp(kind, "subscriber")) {
        set_number(record, "since", 16000);
        return;
    }
    set_text(record, arena, "id", id);
    set_text(record, arena, "channel", "hall");
    set_text(record, arena, "text", id);
    set_number(record, "filed", INT64_C(1420243200000));
}

static struct intake *intake_on(struct engine *engine, const struct intake_options *options)
{
    struct error error = { 0 };
    struct intake *intake = intake_open(engine, options, &error);
    check(intake != NULL, &error);
    return intake;
}

static struct intake *intake_of(struct engine *engine, const char *kind)
{
    return intake_on(engine, &(struct intake_options){ .kind = kind_find(str_of(kind)) });
}

static enum taken take(struct intake *intake, const char *kind, const char *source, uint64_t seq)
{
    enum taken taken;
    struct error error = { 0 };
    fill(intake_record(intake), intake_arena(intake), kind, source, seq);
    check(intake_take(intake, &taken, &error), &error);
    return taken;
}

/* Returns how many were new. */
static uint64_t take_all(struct intake *intake, const char *kind, const char *source, uint64_t from, uint64_t to)
{
    uint64_t new = 0;
    for (uint64_t seq = from; seq <= to; seq++) new += take(intake, kind, source, seq) == TAKEN_NEW;
    return new;
}

static void finish(struct intake *intake)
{
    struct error error = { 0 };
    check(intake_finish(intake, &error), &error);
}

static void load(struct engine *engine, const char *kind, const char *source, uint64_t from, uint64_t to)
{
    struct intake *intake = intake_of(engine, kind);
    take_all(intake, kind, source, from, to);
    finish(intake);
    intake_close(intake);
}

static uint64_t number(struct store *reader, const char *sql)
{
    struct error error = { 0 };
    bool row;
    struct statement *select = store_prepare(reader, sql, &error);
    check(select && statement_step(select, &row, &error) && row, &error);
    uint64_t count = (uint64_t)column_number(select, 0);
    statement_reset(select);
    return count;
}

static uint64_t number_now(struct engine *engine, const char *sql)
{
    struct error error = { 0 };
    struct store *reader = engine_reader(engine, &error);
    check(reader != NULL, &error);
    uint64_t count = number(reader, sql);
    store_close(reader);
    return count;
}

static void withdraw(struct engine *engine, const char *source)
{
    struct error error = { 0 };
    check(engine_withdraw(engine, str_of(source), STR("a test"), 0, (struct str){ 0 }, &error), &error);
}

/* A replay of the ledger gives the state as it is, and every byte of the ledger is as it was signed. */
static void check_replay(struct province *province)
{
    struct error error = { 0 };
    struct engine *engine = province->engine;
    struct hash present, again;
    char scratch[100], ledger[100];
    struct ledger_verified verified;
    snprintf(scratch, sizeof scratch, "%s/scratch.db", province->folder);
    snprintf(ledger, sizeof ledger, "%s/ledger", province->directory);
    struct store *reader = engine_reader(engine, &error);
    uint64_t position = 0;
    check(reader && state_digest(reader, &present, &error) && state_stored_position(reader, &position, &error), &error);
    store_close(reader);
    assert_int_equal(position, ledger_durable(engine_ledger(engine)));
    struct state *state = state_open(disk_posix(), scratch, &error);
    struct decisions *decisions = decisions_read(engine_ledger(engine), position, &error);
    check(state && decisions && replay(engine_ledger(engine), state, position, decisions, NULL, NULL, &error) &&
          state_digest(state_store(state), &again, &error), &error);
    decisions_close(decisions);
    state_close(state);
    unlink(scratch);
    assert_true(hash_equal(&present, &again));
    check(vault_check(engine_vault(engine), &error), &error);
    check(ledger_verify(disk_posix(), ledger, &engine_keys(engine)->ledger, (struct str){ 0 }, NULL, NULL, &verified, &error), &error);
}

/* ---- a gate in the writer's thread ---- */

struct gate {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool is_reached, is_open;
};

static void gate_reached(void *context, struct str source, uint64_t seq)
{
    struct gate *gate = context;
    (void)source, (void)seq;
    pthread_mutex_lock(&gate->lock);
    gate->is_reached = true;
    pthread_cond_broadcast(&gate->changed);
    while (!gate->is_open) pthread_cond_wait(&gate->changed, &gate->lock);
    pthread_mutex_unlock(&gate->lock);
}

static void gate_await(struct gate *gate)
{
    pthread_mutex_lock(&gate->lock);
    while (!gate->is_reached) pthread_cond_wait(&gate->changed, &gate->lock);
    pthread_mutex_unlock(&gate->lock);
}

static void gate_open(struct gate *gate)
{
    pthread_mutex_lock(&gate->lock);
    gate->is_open = true;
    pthread_cond_broadcast(&gate->changed);
    pthread_mutex_unlock(&gate->lock);
}

#define GATE(opened) { .lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER, .is_open = (opened) }

/* ---- waiting ---- */

/* While another's group is stuck in the writer, who has all of its own durable does not wait. */
static void test_one_waits_for_ones_own(void **state)
{
    (void)state;
    struct province province;
    struct error error = { 0 };
    struct engine *engine = province_open(&province);
    struct gate mine = GATE(true), others = GATE(false);
    const struct kind *kind = kind_find(STR("complaint"));
    struct intake *first = intake_on(engine, &(struct intake_options){ .kind = kind, .acknowledge = gate_reached, .context = &mine }),
                  *second = intake_on(engine, &(struct intake_options){ .kind = kind, .acknowledge = gate_reached, .context = &others });
    take(first, "complaint", "a", 1);
    check(intake_flush(first, &error), &error);
    gate_await(&mine); /* in the writer: what comes now is not in its round */
    take(second, "complaint", "b", 1);
    check(intake_flush(second, &error), &error);
    gate_await(&others);
    finish(first);
    intake_close(first);
    gate_open(&others);
    intake_close(second);
    assert_int_equal(number_now(engine, "SELECT COUNT(*) FROM \"complaint\""), 2);
    province_close(&province);
}

/* ---- what is dropped ---- */

static void test_dropped_is_unseen(void **state)
{
    (void)state;
    static const char *const kinds[] = { "complaint", "subscriber" };
    struct province province;
    struct engine *engine = province_open(&province);
    for (size_t i = 0; i < 2; i++) {
        load(engine, kinds[i], kinds[i], 1, 10);
        struct intake *dropped = intake_of(engine, kinds[i]);
        assert_int_equal(take_all(dropped, kinds[i], kinds[i], 5, IN_HAND), IN_HAND - 10);
        intake_close(dropped);
        struct intake *intake = intake_of(engine, kinds[i]);
        assert_int_equal(take_all(intake, kinds[i], kinds[i], 1, IN_HAND), IN_HAND - 10);
        finish(intake);
        assert_int_equal(take_all(intake, kinds[i], kinds[i], 1, IN_HAND), 0);
        intake_close(intake);
    }
    check_replay(&province);
    province_close(&province);
}

static void submitted_await(struct engine *engine, uint64_t groups)
{
    pthread_mutex_lock(&engine->queue_lock);
    while (engine->submitted < groups) pthread_cond_wait(&engine->queue_changed, &engine->queue_lock);
    pthread_mutex_unlock(&engine->queue_lock);
}

/* Another load of the same file waits until the first decides what becomes of what it has in hand. */
struct same {
    struct engine *engine;
    const char *kind;
    uint64_t new;
};

static void *load_the_same(void *context)
{
    struct same *same = context;
    struct intake *intake = intake_of(same->engine, same->kind);
    take(intake, same->kind, "own", 1); /* what it has in hand itself must not stand in anybody's way */
    same->new = take_all(intake, same->kind, "same", 1, 3);
    finish(intake);
    intake_close(intake);
    return NULL;
}

static void test_two_loads_of_the_same(void **state)
{
    (void)state;
    static const char *const kinds[] = { "complaint", "subscriber" };
    for (int i = 0; i < 4; i++) {
        const char *kind = kinds[i % 2];
        bool is_dropped = i < 2;
        struct province province;
        struct engine *engine = province_open(&province);
        struct intake *first = intake_of(engine, kind);
        take_all(first, kind, "same", 1, 3);
        struct same same = { .engine = engine, .kind = kind };
        pthread_t thread;
        pthread_create(&thread, NULL, load_the_same, &same);
        submitted_await(engine, 1); /* it has met the first of them, and let go of its own */
        if (!is_dropped) finish(first);
        intake_close(first);
        pthread_join(thread, NULL);
        assert_int_equal(same.new, is_dropped ? 3 : 0);
        struct intake *again = intake_of(engine, kind);
        assert_int_equal(take_all(again, kind, "same", 1, 3), 0);
        intake_close(again);
        check_replay(&province);
        province_close(&province);
    }
}

/* ---- small writes ---- */

static const struct str portal = STR("mingbai:portal");

/* An operator and an area of the same code: two kinds, always both or none. */
static void fill_pair(struct record pair[2], struct arena *arena, const char *code)
{
    pair[0] = (struct record){ .kind = kind_find(STR("operator")) };
    pair[1] = (struct record){ .kind = kind_find(STR("area")) };
    for (int i = 0; i < 2; i++) {
        set_text(&pair[i], arena, pair[i].kind->fields[0].name, code);
        set_text(&pair[i], arena, "name_zh", code);
        set_text(&pair[i], arena, "name_en", code);
    }
}

static uint64_t write_pair(struct engine *engine, const char *code, uint64_t *position)
{
    struct arena arena = { 0 };
    struct record pair[2];
    struct error error = { 0 };
    fill_pair(pair, &arena, code);
    check(engine_write(engine, portal, pair, 2, position, &error), &error);
    check_that(pair[1].seq == pair[0].seq + 1, "the records of one write have numbers in a row");
    arena_close(&arena);
    return pair[0].seq;
}

static void test_write(void **state)
{
    (void)state;
    struct province province;
    struct error error = { 0 };
    struct engine *engine = province_open(&province);
    uint64_t position = 0;
    assert_int_equal(write_pair(engine, "one", &position), 1);
    assert_int_equal(position, 2);
    assert_int_equal(engine_position(engine), 2);
    assert_int_equal(write_pair(engine, "two", &position), 3);

    struct arena arena = { 0 };
    struct record records[2];
    fill_pair(records, &arena, "three");
    records[1].present &= ~1u; /* not whole: nothing of it is taken */
    assert_false(engine_write(engine, portal, records, 2, &position, &error));
    assert_int_equal(error.code, ERROR_INPUT);
    assert_int_equal(engine_position(engine), 4);

    fill_pair(records, &arena, "four");
    fill(&records[1], &arena, "complaint", "ignored", 99); /* a person and a sealed text */
    check(engine_write(engine, portal, records, 2, &position, &error), &error);
    assert_int_equal(records[0].seq, 5);
    struct text clear = { 0 };
    check(vault_person(engine_vault(engine), vault_find(engine_vault(engine), STR("13800130049")), &clear, &error), &error);
    assert_string_equal(text_zero(&clear), "13800130049");
    text_close(&clear);
    arena_close(&arena);

    engine = reopened(&province);
    assert_int_equal(write_pair(engine, "five", &position), 7);
    assert_int_equal(number_now(engine, "SELECT COUNT(*) FROM \"operator\""), 4);
    assert_int_equal(number_now(engine, "SELECT COUNT(*) FROM \"area\""), 3);
    assert_int_equal(number_now(engine, "SELECT COUNT(*) FROM \"complaint\""), 1);
    check_replay(&province);
    province_close(&province);
}

enum { AT_ONCE = 8 };

struct one_write {
    struct engine *engine;
    char code[16];
    uint64_t seq, position;
};

static void *write_one(void *context)
{
    struct one_write *one = context;
    one->seq = write_pair(one->engine, one->code, &one->position);
    return NULL;
}

/* Writes that wait while the writer is busy become durable together. */
static void test_writes_share_a_round(void **state)
{
    (void)state;
    struct error error = { 0 };
    struct fault_disk *fault = fault_disk_open();
    check(directory_make(fault_disk_of(fault), "data", &error), &error);
    struct engine *engine = engine_open(&(struct engine_options){ .disk = fault_disk_of(fault), .directory = "data" }, &error);
    check(engine != NULL, &error);
    alarm(HANGS_SECONDS);
    write_pair(engine, "warm", NULL);
    uint64_t before = fault_disk_steps(fault);
    write_pair(engine, "alone", NULL);
    uint64_t alone = fault_disk_steps(fault) - before, submitted = engine->submitted;
    check(writer_hold(engine, &error), &error);
    struct one_write writes[AT_ONCE];
    pthread_t threads[AT_ONCE];
    for (int i = 0; i < AT_ONCE; i++) {
        writes[i] = (struct one_write){ .engine = engine };
        snprintf(writes[i].code, sizeof writes[i].code, "at-once-%d", i);
        pthread_create(&threads[i], NULL, write_one, &writes[i]);
    }
    submitted_await(engine, submitted + AT_ONCE);
    before = fault_disk_steps(fault);
    writer_release(engine);
    for (int i = 0; i < AT_ONCE; i++) pthread_join(threads[i], NULL);
    assert_true(fault_disk_steps(fault) - before < 2 * alone);
    for (int i = 0; i < AT_ONCE; i++)
        for (int j = 0; j < i; j++) assert_true(writes[i].seq != writes[j].seq && writes[i].position != writes[j].position);
    alarm(0);
    engine_close(engine);
    fault_disk_close(fault);
}

/* ---- generations ---- */

static const char count_complaints[] = "SELECT COUNT(*) FROM \"complaint\"";

static void test_withdrawal_beside_others(void **state)
{
    (void)state;
    struct province province;
    struct error error = { 0 };
    struct engine *engine = province_open(&province);
    load(engine, "complaint", "gone", 1, 20);
    load(engine, "complaint", "stays", 1, 20);
    struct store *old = engine_reader(engine, &error);
    check(old != NULL, &error);
    uint64_t generation = engine_generation(engine);
    struct intake *others = intake_of(engine, "complaint"), *same = intake_of(engine, "complaint");
    assert_int_equal(take_all(others, "complaint", "stays", 21, IN_HAND), IN_HAND - 20); /* in hand while it is withdrawn */
    assert_int_equal(take_all(same, "complaint", "gone", 21, 25), 5);
    withdraw(engine, "gone");

    assert_true(engine_generation(engine) > generation);
    assert_int_equal(number(old, count_complaints), 40); /* its files are gone, and it does not mind */
    assert_int_equal(number_now(engine, count_complaints), 20);
    assert_int_equal(take_all(same, "complaint", "stays", 1, 20), 0);
    assert_int_equal(take_all(same, "complaint", "gone", 1, 25), 20); /* but for those that it has in hand */
    finish(others);
    finish(same);
    assert_int_equal(take_all(same, "complaint", "stays", 1, IN_HAND), 0);
    assert_int_equal(number_now(engine, count_complaints), IN_HAND + 25);
    assert_int_equal(number(old, count_complaints), 40);

    check(engine_rebuild(engine, &error), &error);
    withdraw(engine, "stays");
    assert_int_equal(number(old, count_complaints), 40);
    store_close(old);
    assert_false(engine_withdraw(engine, STR("stays"), STR("again"), 0, (struct str){ 0 }, &error));
    assert_int_equal(error.code, ERROR_NOT_FOUND);
    intake_close(others);
    intake_close(same);
    check_replay(&province);
    reopened(&province);
    check_replay(&province);
    province_close(&province);
}

/* A replacement counts from the withdrawal on, and its numbers are seen from then on. */
static void test_replacement_beside_others(void **state)
{
    (void)state;
    struct province province;
    struct error error = { 0 };
    struct engine *engine = province_open(&province);
    load(engine, "complaint", "old", 1, 5);
    struct intake *held = intake_on(engine, &(struct intake_options){ .kind = kind_find(STR("complaint")), .hold = 7, .replaces = STR("old") });
    take_all(held, "complaint", "new", 1, 6);
    finish(held);
    intake_close(held);
    struct intake *others = intake_of(engine, "complaint");
    assert_int_equal(take_all(others, "complaint", "others", 1, 4), 4);
    check(engine_withdraw(engine, STR("old"), STR("replaced"), 7, STR("new"), &error), &error);
    assert_int_equal(number_now(engine, count_complaints), 6);
    finish(others);
    assert_int_equal(take_all(others, "complaint", "new", 1, 6), 0);
    assert_int_equal(take_all(others, "complaint", "others", 1, 4), 0);
    assert_int_equal(take_all(others, "complaint", "old", 1, 5), 5);
    finish(others);
    intake_close(others);
    assert_int_equal(number_now(engine, count_complaints), 15);
    check_replay(&province);
    province_close(&province);
}

static void test_newest_of_a_kind(void **state)
{
    (void)state;
    struct province province;
    struct error error = { 0 };
    struct engine *engine = province_open(&province);
    const struct kind *complaint = kind_find(STR("complaint")), *area = kind_find(STR("area"));
    load(engine, "complaint", "a", 1, 5);
    assert_int_equal(engine_newest(engine, complaint), 5);
    assert_int_equal(engine_newest(engine, area), 0);
    write_pair(engine, "one", NULL);
    assert_int_equal(engine_newest(engine, complaint), 5);
    assert_int_equal(engine_newest(engine, area), 7);
    engine = reopened(&province);
    assert_int_equal(engine_newest(engine, complaint), 7);
    load(engine, "complaint", "a", 6, 6);
    assert_int_equal(engine_newest(engine, complaint), 8);
    assert_int_equal(engine_newest(engine, area), 7);
    withdraw(engine, "a");
    assert_int_equal(engine_newest(engine, complaint), 9);
    assert_int_equal(engine_newest(engine, area), 9);
    uint64_t generation = engine_generation(engine);
    check(engine_rebuild(engine, &error), &error);
    assert_true(engine_generation(engine) != generation);
    assert_int_equal(engine_newest(engine, area), 9);
    province_close(&province);
}

/* ---- the log ---- */

enum { LOG_READERS = 8, LOG_ROUNDS = 120, LOG_TEXTS = 32, LOG_TEXT_BYTES = 64 * 1024 };

struct log_reader {
    const char *path;
    atomic_bool *is_over;
};

static void *read_without_rest(void *context)
{
    struct log_reader *log = context;
    struct error error = { 0 };
    struct store *store = store_open(disk_posix(), log->path, STORE_READ, &error);
    check(store != NULL, &error);
    while (!atomic_load(log->is_over)) {
        check(store_begin(store, &error), &error);
        uint64_t count = number(store, "SELECT COUNT(*) FROM \"a\" WHERE \"x\" <> 'x'");
        check_that(count % LOG_TEXTS == 0, "a reader sees whole transactions");
        check(store_commit(store, &error), &error);
    }
    store_close(store);
    return NULL;
}

/* While there is always one reading, the log starts anew once it is large. */
static void test_log_is_bounded(void **state)
{
    (void)state;
    struct province province;
    struct error error = { 0 };
    province_open(&province);
    char path[100], log[110];
    snprintf(path, sizeof path, "%s/log.db", province.folder);
    snprintf(log, sizeof log, "%s-wal", path);
    struct store *store = store_open(disk_posix(), path, STORE_CREATE, &error);
    check(store && store_run(store, "CREATE TABLE \"a\" (\"k\" BIGINT NOT NULL, \"x\" TEXT, PRIMARY KEY (\"k\"))", &error), &error);
    struct statement *put = store_prepare(store, "INSERT INTO \"a\" (\"k\", \"x\") VALUES ($1, $2)"
                                                 " ON CONFLICT (\"k\") DO UPDATE SET \"x\" = excluded.\"x\"", &error);
    check(put != NULL, &error);
    atomic_bool is_over = false;
    struct log_reader reader = { path, &is_over };
    pthread_t threads[LOG_READERS];
    for (int i = 0; i < LOG_READERS; i++) pthread_create(&threads[i], NULL, read_without_rest, &reader);
    char *text = malloc(LOG_TEXT_BYTES);
    uint64_t before = 0, bytes = 0;
    int round = 0;
    for (; round < LOG_ROUNDS && bytes >= before; round++) {
        before = bytes;
        memset(text, 'a' + round % 26, LOG_TEXT_BYTES);
        check(store_begin(store, &error), &error);
        for (int i = 0; i < LOG_TEXTS; i++) {
            statement_number(put, 1, i);
            statement_text(put, 2, (struct str){ text, LOG_TEXT_BYTES });
            check(statement_run(put, NULL, &error), &error);
        }
        check(store_commit(store, &error), &error);
        struct disk_file *file;
        check(disk_posix()->open(disk_posix(), log, DISK_READ, &file, &error) && disk_posix()->size(file, &bytes, &error), &error);
        disk_posix()->close(file);
    }
    atomic_store(&is_over, true);
    for (int i = 0; i < LOG_READERS; i++) pthread_join(threads[i], NULL);
    assert_true(round < LOG_ROUNDS);
    free(text);
    store_close(store);
    province_close(&province);
}

/* ---- everything at once ---- */

enum { LOADERS = 3, LOADS = 30, LOAD_RECORDS = 40, WRITERS = 2, WRITES = 60, READERS = 3, DROPS = 6, GONE = 300, WITHDRAWALS = 4 };

struct everything {
    struct province *province;
    struct engine *engine;
    atomic_bool is_over;
    atomic_int next;
};

static void *thread_loads(void *context)
{
    struct everything *everything = context;
    char source[32];
    snprintf(source, sizeof source, "load-%d", atomic_fetch_add(&everything->next, 1));
    for (uint64_t i = 0; i < LOADS; i++) {
        struct intake *intake = intake_of(everything->engine, "complaint");
        uint64_t first = 1 + i * LOAD_RECORDS;
        check_that(take_all(intake, "complaint", source, first, first + LOAD_RECORDS - 1) == LOAD_RECORDS, "they are new");
        if (i % 3 == 0) check_that(take_all(intake, "complaint", source, 1, first + 5) == 0, "the same again is known");
        finish(intake);
        intake_close(intake);
    }
    return NULL;
}

/* Every source that is loaded by all of them comes once. */
static void *thread_loads_the_same(void *context)
{
    struct everything *everything = context;
    load(everything->engine, "complaint", "shared", 1, 200);
    return NULL;
}

static void *thread_writes(void *context)
{
    struct everything *everything = context;
    char code[32];
    int which = atomic_fetch_add(&everything->next, 1);
    for (int i = 0; i < WRITES; i++) {
        uint64_t position;
        snprintf(code, sizeof code, "w-%d-%d", which, i);
        write_pair(everything->engine, code, &position);
        check_that(engine_position(everything->engine) >= position, "what was written is there");
    }
    return NULL;
}

/* An upload that is broken off, again and again. */
static void *thread_drops(void *context)
{
    struct everything *everything = context;
    for (int i = 0; i < DROPS; i++) {
        struct intake *intake = intake_of(everything->engine, "complaint");
        check_that(take_all(intake, "complaint", "dropped", 1, IN_HAND) == IN_HAND, "what was dropped is new");
        intake_close(intake);
    }
    load(everything->engine, "complaint", "dropped", 1, IN_HAND);
    return NULL;
}

static void *thread_withdraws(void *context)
{
    struct everything *everything = context;
    char source[32];
    snprintf(source, sizeof source, "gone-%d", atomic_fetch_add(&everything->next, 1));
    load(everything->engine, "complaint", source, 1, GONE);
    withdraw(everything->engine, source);
    return NULL;
}

static void *thread_rebuilds(void *context)
{
    struct everything *everything = context;
    struct error error = { 0 };
    check(engine_rebuild(everything->engine, &error), &error);
    return NULL;
}

static void *thread_backs_up(void *context)
{
    struct everything *everything = context;
    struct error error = { 0 };
    char file[100];
    snprintf(file, sizeof file, "%s/backup.tar", everything->province->folder);
    check(backup_write(everything->engine, file, NULL, NULL, &error), &error);
    return NULL;
}

static void check_snapshot(struct store *reader, uint64_t at_least)
{
    struct error error = { 0 };
    uint64_t position = 0;
    check(store_begin(reader, &error) && state_stored_position(reader, &position, &error), &error);
    check_that(position >= at_least, "a reader sees what was told");
    check_that(number(reader, "SELECT COUNT(*) FROM \"place\"") == position, "each entry is applied once");
    check_that(number(reader, "SELECT COUNT(*) FROM \"operator\"") == number(reader, "SELECT COUNT(*) FROM \"area\""),
               "a write is there wholly or not");
    check_that(number(reader, "SELECT COALESCE(SUM(\"high\" - \"low\" + 1), 0) FROM \"seen\"") ==
                   number(reader, "SELECT COUNT(*) FROM \"place\" WHERE \"counts\" = 1"),
               "what is seen is what counts");
    check_that(number(reader, "SELECT COUNT(*) FROM \"withdrawal\" w, \"complaint\" c, \"source_name\" s WHERE c.\"source\" = s.\"source\""
                              " AND s.\"name\" = w.\"target\"") == 0,
               "what is withdrawn is gone");
    check(store_commit(reader, &error), &error);
}

static void *thread_reads(void *context)
{
    struct everything *everything = context;
    struct error error = { 0 };
    while (!atomic_load(&everything->is_over)) {
        uint64_t position = engine_position(everything->engine);
        struct store *reader = engine_reader(everything->engine, &error);
        check(reader != NULL, &error);
        for (int i = 0; i < 3; i++) check_snapshot(reader, position);
        store_close(reader);
    }
    return NULL;
}

static void check_backup(struct province *province)
{
    struct error error = { 0 };
    char file[100];
    struct province restored = { 0 };
    snprintf(file, sizeof file, "%s/backup.tar", province->folder);
    snprintf(restored.folder, sizeof restored.folder, "%s", province->folder);
    snprintf(restored.directory, sizeof restored.directory, "%s/back", province->folder);
    check(backup_read(restored.directory, file, NULL, NULL, &error), &error);
    reopened(&restored);
    check_replay(&restored);
    struct store *reader = engine_reader(restored.engine, &error);
    check(reader != NULL, &error);
    check_snapshot(reader, 1);
    store_close(reader);
    engine_close(restored.engine);
}

static void test_everything_at_once(void **state)
{
    (void)state;
    static const struct {
        void *(*run)(void *context);
        int count;
    } jobs[] = {
        { thread_loads, LOADERS }, { thread_loads_the_same, 2 },      { thread_writes, WRITERS },   { thread_drops, 1 },
        { thread_rebuilds, 1 },    { thread_withdraws, WITHDRAWALS }, { thread_backs_up, 1 },
    };
    pthread_t threads[LOADERS + 2 + WRITERS + 1 + 1 + WITHDRAWALS + 1], readers[READERS];
    struct province province;
    struct everything everything = { .province = &province, .engine = province_open(&province) };
    load(everything.engine, "complaint", "before", 1, 500);
    for (int i = 0; i < READERS; i++) pthread_create(&readers[i], NULL, thread_reads, &everything);
    size_t count = 0;
    for (size_t i = 0; i < sizeof jobs / sizeof *jobs; i++)
        for (int n = 0; n < jobs[i].count; n++) pthread_create(&threads[count++], NULL, jobs[i].run, &everything);
    while (count) pthread_join(threads[--count], NULL);
    atomic_store(&everything.is_over, true);
    for (int i = 0; i < READERS; i++) pthread_join(readers[i], NULL);

    uint64_t complaints = 500 + LOADERS * LOADS * LOAD_RECORDS + 200 + IN_HAND;
    assert_int_equal(number_now(everything.engine, count_complaints), complaints);
    assert_int_equal(engine_position(everything.engine),
                     complaints + WRITERS * WRITES * 2 + WITHDRAWALS * (GONE + 1));
    check_replay(&province);
    reopened(&province);
    assert_int_equal(number_now(province.engine, count_complaints), complaints);
    check_replay(&province);
    check_backup(&province);
    province_close(&province);
}

int main(void)
{
    if (sodium_init() < 0) return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_waits_for_ones_own),
        cmocka_unit_test(test_dropped_is_unseen),
        cmocka_unit_test(test_two_loads_of_the_same),
        cmocka_unit_test(test_write),
        cmocka_unit_test(test_writes_share_a_round),
        cmocka_unit_test(test_withdrawal_beside_others),
        cmocka_unit_test(test_replacement_beside_others),
        cmocka_unit_test(test_newest_of_a_kind),
        cmocka_unit_test(test_log_is_bounded),
        cmocka_unit_test(test_everything_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
