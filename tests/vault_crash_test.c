/* The vault after crashes and failures at every step: what was synced is there with its values, what was erased is gone, and
   an erasure that was cut short is no damage. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "fault_disk.h"
#include "vault/vault.h"

#include <cmocka.h>

enum { TEXT_FRAME = 56 };

static const struct vault_keys keys = { .master = "a master key", .blind = "a blind key", .digest = "a digest key" };

static uint64_t subject_of(struct vault *vault, const char *value)
{
    struct str string = str_of(value);
    uint64_t subject;
    assert_true(vault_subjects(vault, &string, 1, &subject, NULL));
    return subject;
}

static uint64_t seal(struct vault *vault, const char *text)
{
    uint64_t number;
    struct hash commitment;
    assert_true(vault_seal(vault, str_of(text), &number, &commitment, NULL));
    return number;
}

static void assert_person(struct vault *vault, uint64_t subject, const char *value)
{
    struct text out = { 0 };
    struct error error = { 0 };
    if (!vault_person(vault, subject, &out, &error))
        fail_msg("%s", error.says);
    assert_string_equal(text_zero(&out), value);
    text_close(&out);
}

static void assert_text(struct vault *vault, uint64_t number, const char *value)
{
    struct text out = { 0 };
    struct error error = { 0 };
    if (!vault_text(vault, number, &out, &error))
        fail_msg("%s", error.says);
    assert_string_equal(text_zero(&out), value);
    text_close(&out);
}

/* What a run of the series below knows to be durable. */
struct promised {
    struct vault_marks marks;
    int erased;   /* this many rounds' erasures came back */
    int erasing;  /* this many were begun */
    bool finished;
};

enum { ROUNDS = 3, PERSONS = 3 };

static void series_value(char value[32], int round, int person)
{
    snprintf(value, 32, "%d-%d-1380000", round, person);
}

static bool series_round(struct vault *vault, int round, struct promised *promised, struct error *error)
{
    char value[32];
    struct hash commitment;
    uint64_t number, subject;
    for (int person = 0; person < PERSONS; person++) {
        series_value(value, round, person);
        struct str string = str_of(value);
        if (!vault_subjects(vault, &string, 1, &subject, error) || !vault_seal(vault, string, &number, &commitment, error))
            return false;
    }
    struct vault_marks marks = vault_marks(vault);
    if (!vault_write(vault, error) || !vault_sync(vault, error))
        return false;
    promised->marks = marks;
    promised->erasing++;
    if (!vault_erase_person(vault, (uint64_t)round * PERSONS, error) ||
        !vault_erase_text(vault, (uint64_t)round * PERSONS * (TEXT_FRAME + 11), error))
        return false;
    promised->erased++;
    return true;
}

/* Each round adds persons and texts, makes them durable and erases the first of each. */
static void run_series(struct disk *disk, struct promised *promised)
{
    struct error error;
    struct vault *vault = vault_open(disk, "vault", &keys, promised->marks, true, &error);
    if (!vault)
        return;
    int round = 0;
    while (round < ROUNDS && series_round(vault, round, promised, &error))
        round++;
    promised->finished = round == ROUNDS;
    if (!promised->finished) {
        uint64_t subject;
        assert_int_equal(error.code, ERROR_DISK);
        assert_false(vault_write(vault, &error)); /* nothing is taken any more */
        assert_false(vault_sync(vault, &error));
        assert_false(vault_subjects(vault, &STR("more"), 1, &subject, &error));
    }
    vault_close(vault);
}

static void check_promises(struct vault *vault, const struct promised *promised)
{
    struct text out = { 0 };
    struct error error = { 0 };
    char value[32];
    for (uint64_t subject = 0; subject < promised->marks.subjects; subject++) {
        int round = (int)subject / PERSONS, person = (int)subject % PERSONS;
        uint64_t text = subject * (TEXT_FRAME + 11);
        bool may_be_gone = person == 0 && round < promised->erasing, must_be_gone = person == 0 && round < promised->erased;
        series_value(value, round, person);
        bool text_is_there = vault_text(vault, text, &out, &error);
        bool person_is_there = vault_person(vault, subject, &out, &error);
        assert_true((text_is_there && person_is_there) || (may_be_gone && error.code == ERROR_NOT_FOUND));
        assert_false(must_be_gone && (text_is_there || person_is_there));
        assert_int_equal(vault_find(vault, str_of(value)), person_is_there ? subject : UINT64_MAX);
        if (text_is_there)
            assert_text(vault, text, value);
        if (person_is_there)
            assert_person(vault, subject, value);
    }
    text_close(&out);
}

/* Opens once more, with a crash on the way; what is there afterwards must keep the promises. */
static void recover(struct fault_disk *crashed, const struct promised *promised, uint64_t survival, uint64_t recovery_step)
{
    struct error error = { 0 };
    struct fault_disk *first = fault_disk_reboot(crashed, survival);
    fault_disk_plan(first, (struct fault_plan){ .crash_at = recovery_step });
    struct vault *vault = vault_open(fault_disk_of(first), "vault", &keys, promised->marks, true, &error);
    if (vault)
        vault_close(vault);
    struct fault_disk *second = fault_disk_reboot(first, survival);
    for (int may_recover = promised->marks.subjects ? 0 : 1; may_recover < 2; may_recover++) {
        vault = vault_open(fault_disk_of(second), "vault", &keys, promised->marks, may_recover, &error);
        if (!vault)
            fail_msg("%s", error.says);
        check_promises(vault, promised);
        if (may_recover) {
            assert_int_equal(subject_of(vault, "next"), promised->marks.subjects);
            assert_true(vault_write(vault, &error) && vault_sync(vault, &error));
        }
        vault_close(vault);
    }
    fault_disk_close(first);
    fault_disk_close(second);
}

/* Opened again without a restart, what the failure left unsure must not be taken for durable. */
static void go_on(struct fault_disk *fault, const struct promised *promised)
{
    struct error error = { 0 };
    fault_disk_plan(fault, (struct fault_plan){ 0 });
    struct vault *vault = vault_open(fault_disk_of(fault), "vault", &keys, promised->marks, true, &error);
    if (!vault)
        fail_msg("%s", error.says);
    char value[32];
    series_value(value, ROUNDS - 1, PERSONS - 1); /* of the tail, where it was written before */
    subject_of(vault, value);
    uint64_t number = seal(vault, value);
    struct vault_marks marks = vault_marks(vault);
    assert_true(vault_write(vault, NULL) && vault_sync(vault, NULL));
    vault_close(vault);
    for (uint64_t survival = FAULT_KEEP_ALL; survival < FAULT_SEED + 2; survival++) {
        struct fault_disk *fresh = fault_disk_reboot(fault, survival);
        vault = vault_open(fault_disk_of(fresh), "vault", &keys, marks, true, &error);
        if (!vault)
            fail_msg("%s", error.says);
        check_promises(vault, promised);
        assert_text(vault, number, value);
        assert_person(vault, vault_find(vault, str_of(value)), value);
        vault_close(vault);
        fault_disk_close(fresh);
    }
}

/* False when the series ended before its plan came true. */
static bool series_fails(struct fault_plan plan)
{
    struct promised promised = { 0 };
    struct fault_disk *fault = fault_disk_open();
    fault_disk_plan(fault, plan);
    run_series(fault_disk_of(fault), &promised);
    uint64_t step = plan.crash_at + plan.short_write_at + plan.fail_sync_at + plan.full_from;
    for (uint64_t survival = FAULT_KEEP_ALL; survival < FAULT_SEED + 8; survival++)
        recover(fault, &promised, survival, 1 + (step + survival) % 9);

    if (!plan.crash_at)
        go_on(fault, &promised);
    fault_disk_close(fault);
    return !promised.finished;
}

static void test_crash_at_every_step(void **state)
{
    uint64_t step = 1;
    while (series_fails((struct fault_plan){ .crash_at = step }))
        step++;
    assert_true(step > 50);
    (void)state;
}

static void test_failure_at_every_step(void **state)
{
    for (uint64_t step = 1; series_fails((struct fault_plan){ .short_write_at = step }); step++)
        ;
    for (uint64_t step = 1; series_fails((struct fault_plan){ .fail_sync_at = step, .seed = step }); step++)
        ;
    for (uint64_t step = 1; series_fails((struct fault_plan){ .full_from = step }); step++)
        ;
    (void)state;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_crash_at_every_step),
        cmocka_unit_test(test_failure_at_every_step),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
