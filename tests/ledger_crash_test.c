/* The ledger on a disk that fails: what was acknowledged is there after every crash, once and unchanged. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include "ledger_case.h"

#include <cmocka.h> /* last: it has a macro named fail */

/* Appends groups, three to a sync, over several segments, until all is done or something fails. Returns how many
   entries were acknowledged. */
static uint64_t run_groups(struct fault_disk *fault, uint64_t acknowledged, uint64_t end)
{
    static const uint64_t groups[] = { 1, 3, 1, 6, 2, 9 };
    struct ledger *ledger = try_open(fault_disk_of(fault), 900, true, NULL);

    if (!ledger)
        return acknowledged;
    assert_true(ledger_size(ledger) >= acknowledged);
    acknowledged = ledger_size(ledger);
    for (uint64_t at = acknowledged, round = 0; at < end; round++) {
        uint64_t next = at + groups[round % 6];
        if (!append_entries(ledger, at, next, NULL))
            break;
        at = next;
        if (round % 3 != 2 && at < end)
            continue;
        if (!ledger_sync(ledger, NULL))
            break;
        acknowledged = ledger_durable(ledger);
        assert_int_equal(acknowledged, at);
    }
    ledger_close(ledger);
    return acknowledged;
}

/* Nothing is wrong with a ledger that was never opened since the machine stopped, but that its making may have been cut short,
   and half of `newest` may be torn. */
static void assert_verified_or_torn(struct fault_disk *fault, uint64_t acknowledged)
{
    struct ledger_verified verified;
    struct error error;

    if (verify_ledger(fault, (struct str){ NULL, 0 }, &verified, &error))
        assert_true(verified.newest.size >= acknowledged);
    else if (!strstr(error.says, "half of the file newest") && !(acknowledged == 0 && error.code != ERROR_DAMAGE))
        fail_msg("%s", error.says);
}

/* After a failure: what was acknowledged is there, nothing else but what was appended, and appending goes on. */
static void assert_recovers(struct fault_disk *fault, uint64_t acknowledged)
{
    assert_verified_or_torn(fault, acknowledged);
    struct ledger *ledger = open_ledger(fault, 1500);
    uint64_t size = ledger_size(ledger);

    assert_true(size >= acknowledged);
    assert_entries(ledger, size);
    must_append(ledger, size, size + 5);
    assert_verified(fault, size + 5);
    ledger_close(ledger);
    assert_verified(fault, size + 5);
}

static void a_crash_at_any_step_loses_nothing_acknowledged(void **state)
{
    enum { END = 40, SEEDS = 6 };
    uint64_t last = 0;

    (void)state;
    for (uint64_t step = 1; last < END; step++) {
        struct fault_disk *fault = fault_disk_open();
        fault_disk_plan(fault, (struct fault_plan){ .crash_at = step });
        last = run_groups(fault, 0, END);
        for (uint64_t i = 0; i < SEEDS; i++) {
            struct fault_disk *after = fault_disk_reboot(fault, i < FAULT_SEED ? i : step * SEEDS + i);
            assert_recovers(after, last);
            fault_disk_close(after);
        }
        fault_disk_close(fault);
    }
}

/* The machine stops again while it recovers, and again after that. */
static void crashes_while_recovering_lose_nothing_either(void **state)
{
    enum { END = 30 };

    (void)state;
    for (uint64_t step = 1; step < 400; step++) {
        struct fault_disk *fault = fault_disk_open();
        uint64_t acknowledged = 0;
        fault_disk_plan(fault, (struct fault_plan){ .crash_at = 20 + step % 73 });
        for (uint64_t crash = 1; crash < 5; crash++) {
            acknowledged = run_groups(fault, acknowledged, END);
            struct fault_disk *after = fault_disk_reboot(fault, FAULT_SEED + step * 31 + crash);
            fault_disk_close(fault);
            fault = after;
            fault_disk_plan(fault, (struct fault_plan){ .crash_at = 1 + step * crash % 23 });
        }
        fault_disk_plan(fault, (struct fault_plan){ 0 });
        assert_recovers(fault, acknowledged);
        fault_disk_close(fault);
    }
}

/* A failed write or sync fails the ledger; opened again it goes on, and when the machine stops then or on the way, nothing is
   lost, though what a failed sync left in memory only was seen all the time. */
static void failed_writes_and_syncs_lose_nothing_acknowledged(void **state)
{
    enum { END = 40 };

    (void)state;
    for (uint64_t step = 1; step < 150; step++) {
        for (int kind = 0; kind < 3; kind++) {
            struct fault_plan plan = { .seed = step * 7 };
            *(kind == 0 ? &plan.short_write_at : kind == 1 ? &plan.fail_sync_at : &plan.full_from) = step;
            struct fault_disk *fault = fault_disk_open();
            fault_disk_plan(fault, plan);
            uint64_t acknowledged = run_groups(fault, 0, END);
            uint64_t steps = fault_disk_steps(fault);
            fault_disk_plan(fault, (struct fault_plan){ .crash_at = steps + 1 + step * 13 % 40 });
            acknowledged = run_groups(fault, acknowledged, acknowledged);
            for (uint64_t i = 0; i < 5; i++) {
                struct fault_disk *after = fault_disk_reboot(fault, i < FAULT_SEED ? i : step * 5 + i);
                assert_recovers(after, acknowledged);
                fault_disk_close(after);
            }
            fault_disk_close(fault);
        }
    }
}

/* `newest` was left in memory only when the ledger was closed; the machine stops while it is opened again. */
static void newest_outlives_a_failed_sync(void **state)
{
    (void)state;
    for (uint64_t crash = 1; crash < 16; crash++) {
        for (uint64_t seed = 0; seed < 60; seed++) {
            struct fault_disk *fault = fault_disk_open();
            struct ledger *ledger = open_ledger(fault, 1500);
            must_append(ledger, 0, 3);
            uint64_t steps = fault_disk_steps(fault);
            fault_disk_plan(fault, (struct fault_plan){ .fail_sync_at = steps + 1, .seed = seed });
            ledger_close(ledger);
            steps = fault_disk_steps(fault);
            fault_disk_plan(fault, (struct fault_plan){ .crash_at = steps + crash });
            ledger = try_open(fault_disk_of(fault), 1500, true, NULL);
            if (ledger)
                ledger_close(ledger);
            struct fault_disk *after = fault_disk_reboot(fault, FAULT_SEED + seed);
            assert_recovers(after, 3);
            fault_disk_close(after);
            fault_disk_close(fault);
        }
    }
}

static void a_failed_ledger_takes_nothing_more(void **state)
{
    struct fault_disk *fault = fault_disk_open();
    struct ledger *ledger = open_ledger(fault, 0);
    struct error error;

    (void)state;
    must_append(ledger, 0, 3);
    fault_disk_plan(fault, (struct fault_plan){ .fail_sync_at = 1 });
    assert_true(append_entries(ledger, 3, 5, &error));
    assert_false(ledger_sync(ledger, &error));
    assert_false(ledger_sync(ledger, &error));
    assert_false(append_entries(ledger, 5, 6, &error));
    assert_int_equal(ledger_durable(ledger), 3);
    struct text text = { 0 };
    assert_true(ledger_read(ledger, 2, &text, &error) && !ledger_read(ledger, 3, &text, &error));
    text_close(&text);
    ledger_close(ledger);
    fault_disk_close(fault);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_crash_at_any_step_loses_nothing_acknowledged),
        cmocka_unit_test(crashes_while_recovering_lose_nothing_either),
        cmocka_unit_test(failed_writes_and_syncs_lose_nothing_acknowledged),
        cmocka_unit_test(newest_outlives_a_failed_sync),
        cmocka_unit_test(a_failed_ledger_takes_nothing_more),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
