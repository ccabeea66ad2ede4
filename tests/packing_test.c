/* Long loads pack in a thread of their own: nothing is lost, doubled or out of order, and what cannot be packed may be taken again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <sodium.h>

#include "base/moment.h"
#include "engine/directory.h"
#include "engine/engine.h"
#include "engine/entry.h"
#include "engine/intake.h"
#include "engine/packing.h"
#include "measure/usage/usage.h"

#include <cmocka.h> /* last: its macro `fail` hides ours */

enum { MANY = 5 * BLOCK_RECORDS + 17, LONG = 300 * BLOCK_RECORDS + 17 }; /* LONG: several groups, and more than wait at once */

static struct {
    char folder[64], directory[96];
    struct engine *engine;
} here;

static int open_engine(void **state)
{
    (void)state;
    struct error error = { 0 };
    snprintf(here.folder, sizeof here.folder, "/tmp/mingbai-packing-XXXXXX");
    assert_non_null(mkdtemp(here.folder));
    snprintf(here.directory, sizeof here.directory, "%s/data", here.folder);
    assert_true(directory_make(disk_posix(), here.directory, &error));
    here.engine = engine_open(&(struct engine_options){ .directory = here.directory }, &error);
    assert_non_null(here.engine);
    return 0;
}

static int close_engine(void **state)
{
    (void)state;
    struct error error = { 0 };
    engine_close(here.engine);
    assert_true(disk_remove_tree(disk_posix(), here.folder, &error));
    return 0;
}

static struct intake *intake(void)
{
    struct error error = { 0 };
    struct intake *intake = intake_open(here.engine, &(struct intake_options){ .kind = &usage_kind }, &error);
    assert_non_null(intake);
    return intake;
}

static bool take(struct intake *intake, const char *source, uint64_t seq, struct str number, enum taken *taken)
{
    struct error error = { 0 };
    struct record *record = intake_record(intake);
    *record = (struct record){ .kind = &usage_kind, .source = str_of(source), .seq = seq, .present = 0xf };
    record->values[USAGE_SUBSCRIBER].text = number;
    assert_true(moment_parse(STR("2015-01-03T08:00:00+08:00"), &record->values[USAGE_START].number));
    record->values[USAGE_QUANTITY].number = (int64_t)seq;
    return intake_take(intake, taken, &error);
}

static struct str number_of(uint64_t seq, char room[16])
{
    return (struct str){ room, (size_t)snprintf(room, 16, "138%08llu", (unsigned long long)seq % 100) };
}

struct counting {
    const char *source;
    uint64_t next;
};

static bool entry_count(void *context, uint64_t index, struct str bytes, struct error *error)
{
    struct counting *counting = context;
    struct entry entry;
    (void)index;
    if (!entry_read(bytes, &entry, error)) return false;
    if (!str_equal(entry.kind, STR("usage")) || !str_equal(entry.source, str_of(counting->source))) return true;
    struct str spans = entry.packed_spans, records = entry.records;
    uint64_t last = 0;
    for (struct span span; entry_span(&spans, &last, &span);)
        for (uint64_t seq = span.low; seq <= span.high; seq++) {
            struct record record;
            assert_true(record_unpack(&usage_kind, entry.version, &records, &record, error));
            assert_int_equal(seq, counting->next);
            assert_int_equal(record.values[USAGE_QUANTITY].number, seq);
            counting->next++;
        }
    return true;
}

static void in_order(const char *source, uint64_t count)
{
    struct error error = { 0 };
    struct counting counting = { source, 1 };
    assert_true(ledger_scan(engine_ledger(here.engine), 0, ledger_size(engine_ledger(here.engine)), entry_count, &counting, &error));
    assert_int_equal(counting.next, count + 1);
}

static void all_come_once_and_in_order(void **state)
{
    (void)state;
    struct error error = { 0 };
    struct intake *its = intake();
    enum taken taken;
    char room[16];
    for (uint64_t seq = 1; seq <= LONG; seq++) {
        assert_true(take(its, "long", seq, number_of(seq, room), &taken));
        assert_int_equal(taken, TAKEN_NEW);
        if (seq % 1000 == 0) assert_true(intake_admit(its, &error)); /* blocks that are not full */
        if (seq % 1700) continue;
        assert_true(take(its, "long", seq / 2, number_of(seq / 2, room), &taken));
        assert_int_equal(taken, TAKEN_DUPLICATE);
    }
    assert_true(intake_finish(its, &error));
    assert_int_equal(intake_accepted(its), LONG);
    intake_close(its);
    in_order("long", LONG);
}

/* The groups before the one of the failure are durable; what came behind them may be taken again. */
static void fails_in_the_middle(const char *source, uint64_t count)
{
    static char endless[300];
    struct error error = { 0 };
    struct intake *its = intake();
    enum taken taken;
    char room[16];
    bool done = true;
    memset(endless, '1', sizeof endless);
    for (uint64_t seq = 1; done && seq <= count; seq++)
        done = take(its, source, seq, seq == count / 2 ? (struct str){ endless, sizeof endless } : number_of(seq, room), &taken);
    assert_false(done && intake_finish(its, &error));
    assert_false(intake_finish(its, &error)); /* nor later */
    uint64_t before = count / 2 / GROUP_RECORDS * GROUP_RECORDS;
    intake_close(its);
    its = intake();
    for (uint64_t seq = 1; seq <= count; seq++) {
        assert_true(take(its, source, seq, number_of(seq, room), &taken));
        assert_int_equal(taken, seq <= before ? TAKEN_DUPLICATE : TAKEN_NEW);
    }
    assert_true(intake_finish(its, &error));
    assert_int_equal(intake_accepted(its), count - before);
    intake_close(its);
    in_order(source, count);
}

static void what_is_not_packed_is_not_taken(void **state)
{
    (void)state;
    fails_in_the_middle("bad", MANY);
    fails_in_the_middle("bad and long", LONG);
}

static void closed_in_the_middle(const char *source, uint64_t count)
{
    struct error error = { 0 };
    enum taken taken;
    char room[16];
    for (int round = 0; round < 2; round++) {
        struct intake *its = intake();
        for (uint64_t seq = 1; seq <= count; seq++) {
            assert_true(take(its, source, seq, number_of(seq, room), &taken));
            assert_int_equal(taken, round && seq <= count / GROUP_RECORDS * GROUP_RECORDS ? TAKEN_DUPLICATE : TAKEN_NEW);
        }
        if (round) assert_true(intake_finish(its, &error));
        intake_close(its);
    }
    in_order(source, count);
}

static void closed_in_the_middle_it_may_come_again(void **state)
{
    (void)state;
    closed_in_the_middle("left", MANY);
    closed_in_the_middle("left and long", LONG);
}

int main(void)
{
    if (sodium_init() < 0) return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_come_once_and_in_order),
        cmocka_unit_test(what_is_not_packed_is_not_taken),
        cmocka_unit_test(closed_in_the_middle_it_may_come_again),
    };
    return cmocka_run_group_tests(tests, open_engine, close_engine);
}
