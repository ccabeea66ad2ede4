/* The engine as a whole over a disk that fails: a small load, crashed step by step. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "engine/inside.h"
#include "engine/intake.h"
#include "engine/replay.h"
#include "fault_disk.h"

#include <cmocka.h> /* last: its macro `fail` hides ours */

enum { GROUPS = 3, RECORDS = 3, ALL = GROUPS * RECORDS };
static const char directory[] = "province";

static void fill(struct intake *intake, const char *kind_name, const char *source, uint64_t seq)
{
    const struct kind *kind = kind_find(str_of(kind_name));
    struct record *record = intake_record(intake);
    char id[32], person[32], text[64];
    snprintf(id, sizeof id, "%s-%d", source, (int)seq);
    snprintf(person, sizeof person, "1380013%04d", (int)(seq % 5));
    snprintf(text, sizeof text, "complaint number %d", (int)seq);
    char start[32], quantity[32], corrects[32];
    snprintf(start, sizeof start, "2015-01-%02dT08:00:00+08:00", (int)seq + 1);
    snprintf(quantity, sizeof quantity, "%d", (int)seq * 30000000);
    snprintf(corrects, sizeof corrects, "use/%d", (int)seq);
    bool is_correction = !strcmp(source, "mended") && seq % 3 == 0;
    const char *const cells[][2] = { { "tariff", "T" }, { "type", "main" }, { "from", "2014-01-01" }, { "service", "data" }, { "start", start },
                                     { "quantity", quantity }, { "notice_at", "80 100" }, { "notice_every", "0.5" },
                                     { "allowances", "[{\"id\":\"d\",\"service\":\"data\",\"quantity\":100000000,\"scope\":\"home\"}]" },
                                     { "prices", "[{\"service\":\"data\",\"per\":1000000,\"price\":\"0.01\"}]" },
                                     { "corrects", is_correction ? corrects : NULL }, { "id", id }, { "operator", "jia" }, { "area", "320100" }, { "filed", "2015-01-03T08:00:00+08:00" },
                                     { "channel", "hall" }, { "subscriber", person }, { "text", text }, { "since", "2014-01-01" } };
    record->kind = kind;
    record->present = 0;
    record->source = str_of(source);
    record->seq = seq;
    for (size_t i = 0; i < sizeof cells / sizeof *cells; i++) {
        size_t field = kind_field(kind, str_of(cells[i][0]));
        if (field == kind->field_count || !cells[i][1]) continue;
        struct error error = { 0 };
        struct str copy = { arena_copy(intake_arena(intake), cells[i][1], strlen(cells[i][1])), strlen(cells[i][1]) };
        assert_true(field_parse(&kind->fields[field], (struct cell){ copy, CELL_TEXT }, moment_now(), intake_arena(intake),
                                &record->values[field], &error));
        record->present |= 1u << field;
    }
}

struct acknowledged {
    uint64_t seq;
};

static void acknowledge(void *context, struct str source, uint64_t seq)
{
    struct acknowledged *acknowledged = context;
    if (str_equal(source, STR("s")) && seq > acknowledged->seq) acknowledged->seq = seq;
}

static bool load_all(struct engine *engine, const char *kind, const char *source, uint64_t hold, struct acknowledged *acknowledged,
                     struct error *error)
{
    struct intake *intake = intake_open(engine, &(struct intake_options){ .kind = kind_find(str_of(kind)), .hold = hold,
                                                                          .acknowledge = acknowledge, .context = acknowledged },
                                        error);
    bool done = intake != NULL;
    for (uint64_t seq = 1; done && seq <= ALL; seq++) {
        enum taken taken;
        fill(intake, kind, source, seq);
        done = intake_take(intake, &taken, error) && (seq % RECORDS || intake_finish(intake, error));
        if (done) assert_int_not_equal(taken, TAKEN_CONFLICT);
    }
    intake_close(intake);
    return done;
}

static struct engine *open_on(struct fault_disk *fault, struct error *error)
{
    return engine_open(&(struct engine_options){ .disk = fault_disk_of(fault), .directory = directory, .snapshot_records = 4 }, error);
}

static uint64_t count_rows(struct engine *engine, const char *sql)
{
    struct error error = { 0 };
    struct store *reader = engine_reader(engine, &error);
    assert_non_null(reader);
    struct statement *select = store_prepare(reader, sql, &error);
    bool row;
    assert_true(select && statement_step(select, &row, &error) && row);
    uint64_t count = (uint64_t)column_number(select, 0);
    store_close(reader);
    return count;
}

/* All that was acknowledged is there once, readable, and a replay gives the same state. */
static void check_whole(struct fault_disk *fault, struct engine *engine, uint64_t acknowledged)
{
    struct error error = { 0 };
    struct store *reader = engine_reader(engine, &error);
    assert_non_null(reader);
    for (uint64_t seq = 1; seq <= acknowledged; seq++) {
        struct place place;
        char person[32];
        snprintf(person, sizeof person, "1380013%04d", (int)(seq % 5));
        if (!place_find(reader, STR("s"), seq, &place, &error)) fail_msg("record %d is gone: %s", (int)seq, error.says);
        uint64_t subject = vault_find(engine_vault(engine), str_of(person));
        assert_true(subject != UINT64_MAX);
        struct text clear = { 0 };
        assert_true(vault_person(engine_vault(engine), subject, &clear, &error));
        assert_string_equal(text_zero(&clear), person);
        text_close(&clear);
    }
    assert_true(count_rows(engine, "SELECT COUNT(*) FROM \"complaint\"") >= acknowledged);
    assert_int_equal(count_rows(engine, "SELECT COUNT(*) - COUNT(DISTINCT \"entry\") FROM \"place\""), 0);
    struct hash present, again;
    uint64_t position;
    if (!state_digest(reader, &present, &error) || !state_stored_position(reader, &position, &error)) fail_msg("%s", error.says);
    store_close(reader);
    struct state *state = state_open(fault_disk_of(fault), "scratch.db", &error);
    struct decisions *decisions = decisions_read(engine_ledger(engine), position, &error);
    assert_true(fault_disk_of(fault)->make_directory(fault_disk_of(fault), "scratch", &error));
    assert_true(state && state_keep(state, fault_disk_of(fault), "scratch", engine_ledger(engine), 0, &error));
    assert_true(decisions && replay_kept(engine_ledger(engine), state_keepers(state), state_position(state), decisions, &error));
    assert_true(replay(engine_ledger(engine), state, position, decisions, NULL, NULL, &error));
    assert_true(state_digest(state_store(state), &again, &error));
    assert_true(hash_equal(&present, &again));
    /* what the meter keeps in memory, too: from a snapshot and the rest, or from the beginning */
    struct hash kept = state_kept_digest(engine->state), kept_again = state_kept_digest(state);
    assert_true(hash_equal(&kept, &kept_again));
    decisions_close(decisions);
    state_close(state);
    struct ledger_verified verified;
    if (!ledger_verify(fault_disk_of(fault), "province/ledger", &engine_keys(engine)->ledger, (struct str){ 0 }, NULL, NULL, &verified, &error))
        fail_msg("%s", error.says);
}

static struct fault_disk *made_directory(void)
{
    struct error error = { 0 };
    struct fault_disk *fault = fault_disk_open();
    assert_true(directory_make(fault_disk_of(fault), directory, &error));
    return fault;
}

/* Runs the whole story; false where the disk gave up. */
static bool story(struct fault_disk *fault, struct acknowledged *acknowledged, struct error *error)
{
    struct engine *engine = open_on(fault, error);
    if (!engine) return false;
    bool done = load_all(engine, "complaint", "s", 0, acknowledged, error) &&
                load_all(engine, "subscriber", "bulk", 0, acknowledged, error) &&
                load_all(engine, "tariff", "tariffs", 0, acknowledged, error) &&
                load_all(engine, "subscription", "held", 0, acknowledged, error) &&
                load_all(engine, "usage", "use", 0, acknowledged, error) &&
                load_all(engine, "usage", "mended", 0, acknowledged, error) &&
                load_all(engine, "complaint", "t", 0, acknowledged, error) &&
                load_all(engine, "complaint", "u", 77, acknowledged, error) &&
                engine_withdraw(engine, STR("t"), STR("why"), 77, STR("u"), error);
    engine_close(engine);
    return done;
}

static void recover_and_check(struct fault_disk *crashed, uint64_t survival, uint64_t acknowledged, uint64_t step)
{
    struct error error = { 0 };
    struct fault_disk *fault = fault_disk_reboot(crashed, survival);
    struct engine *engine = open_on(fault, &error);
    if (!engine) fail_msg("after a crash at step %d: %s", (int)step, error.says);
    check_whole(fault, engine, acknowledged);
    /* the old one or the new one, never both, never half of it */
    uint64_t old = count_rows(engine, "SELECT COUNT(*) FROM \"complaint\" WHERE \"id\" LIKE 't-%'"),
             new = count_rows(engine, "SELECT COUNT(*) FROM \"complaint\" WHERE \"id\" LIKE 'u-%'");
    assert_true(new == 0 || (new == ALL && old == 0));
    struct acknowledged all = { 0 };
    assert_true(load_all(engine, "complaint", "s", 0, &all, &error));
    assert_int_equal(all.seq, ALL);
    assert_int_equal(count_rows(engine, "SELECT COUNT(*) FROM \"complaint\" WHERE \"id\" LIKE 's-%'"), ALL);
    check_whole(fault, engine, ALL);
    engine_close(engine);
    fault_disk_close(fault);
}

static uint64_t story_steps(void)
{
    struct error error = { 0 };
    struct acknowledged acknowledged = { 0 };
    struct fault_disk *fault = made_directory();
    uint64_t before = fault_disk_steps(fault);
    assert_true(story(fault, &acknowledged, &error));
    uint64_t steps = fault_disk_steps(fault) - before;
    struct engine *engine = open_on(fault, &error);
    assert_non_null(engine);
    assert_true(count_rows(engine, "SELECT COUNT(*) FROM \"notice\"") > 5);
    assert_int_equal(count_rows(engine, "SELECT COUNT(*) FROM \"correction\""), ALL / 3);
    check_whole(fault, engine, ALL);
    engine_close(engine);
    fault_disk_close(fault);
    assert_true(steps > 100);
    return steps;
}

/* All steps take minutes with the sanitizers: every seventh in `make test`, all in `make soak`. */
static uint64_t stride(void)
{
    return getenv("MINGBAI_SOAK") ? 1 : 7;
}

static void test_crash_at_every_step(void **state)
{
    (void)state;
    struct error error = { 0 };
    struct acknowledged acknowledged = { 0 };
    struct fault_disk *fault;
    uint64_t steps = story_steps();
    for (uint64_t step = 1; step <= steps; step += stride()) {
        fault = made_directory();
        fault_disk_plan(fault, (struct fault_plan){ .crash_at = fault_disk_steps(fault) + step, .seed = step });
        acknowledged.seq = 0;
        story(fault, &acknowledged, &error);
        static const uint64_t survivals[] = { FAULT_KEEP_NOTHING, FAULT_KEEP_ALL, FAULT_SEED };
        recover_and_check(fault, survivals[step % 3] + (step % 3 == 2 ? step : 0), acknowledged.seq, step);
        recover_and_check(fault, FAULT_SEED + 1000 + step, acknowledged.seq, step);
        fault_disk_close(fault);
    }
}

/* A failed sync, a short write, a full disk: the load fails with a sentence, nothing acknowledged is lost, and it goes on. */
static void test_failures_that_are_no_crash(void **state)
{
    (void)state;
    uint64_t steps = story_steps();
    for (uint64_t step = 1; step <= steps; step += 5 * stride()) {
        for (int what = 0; what < 3; what++) {
            struct error error = { 0 };
            struct acknowledged acknowledged = { 0 };
            struct fault_disk *fault = made_directory();
            uint64_t at = fault_disk_steps(fault) + step;
            fault_disk_plan(fault, (struct fault_plan){ .fail_sync_at = what == 0 ? at : 0, .short_write_at = what == 1 ? at : 0,
                                                        .full_from = what == 2 ? at : 0, .seed = step });
            bool done = story(fault, &acknowledged, &error);
            assert_true(done || error.says[0]);
            recover_and_check(fault, FAULT_KEEP_ALL, acknowledged.seq, step);
            recover_and_check(fault, FAULT_SEED + step, acknowledged.seq, step);
            fault_disk_close(fault);
        }
    }
}

/* Two loads at once: entries come into the ledger in another order than they were packed in, and the newest names less of the
   vault than the one before it. No person may be lost by that, nor their number given to another. */
static void test_two_intakes_at_once(void **state)
{
    (void)state;
    struct error error = { 0 };
    struct fault_disk *fault = made_directory();
    struct engine *engine = open_on(fault, &error);
    assert_non_null(engine);
    const struct intake_options options = { .kind = kind_find(STR("complaint")) };
    struct intake *first = intake_open(engine, &options, &error), *second = intake_open(engine, &options, &error);
    assert_true(first && second);
    enum taken taken;
    fill(first, "complaint", "a", 1);
    assert_true(intake_take(first, &taken, &error) && intake_admit(first, &error));
    fill(second, "complaint", "b", 2);
    assert_true(intake_take(second, &taken, &error) && intake_finish(second, &error) && intake_finish(first, &error));
    intake_close(first);
    intake_close(second);
    uint64_t subject = vault_find(engine_vault(engine), STR("13800130002"));
    engine_close(engine);
    engine = open_on(fault, &error);
    assert_non_null(engine);
    assert_true(subject != UINT64_MAX);
    assert_int_equal(vault_find(engine_vault(engine), STR("13800130002")), subject);
    engine_close(engine);
    fault_disk_close(fault);
}

int main(void)
{
    if (sodium_init() < 0) return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_crash_at_every_step),
        cmocka_unit_test(test_failures_that_are_no_crash),
        cmocka_unit_test(test_two_intakes_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
