/* Texts on their way to a gateway that fails in every way, and sign-in codes beside them. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sodium.h>

#include "base/memory.h"
#include "base/moment.h"
#include "engine/directory.h"
#include "portal/accounts.h"
#include "portal/outbox.h"

#include <cmocka.h> /* last: its macro `fail` hides ours */

static struct {
    char folder[64], directory[96], spool[128];
    struct accounts *accounts;
    struct outbox *outbox;
    /* The gateway: what it answers, by the number's last digit; what it took, and how often it was asked. */
    pthread_mutex_t lock;
    pthread_cond_t changed;
    enum gateway_answer answers[10];
    char taken[4000];
    int asked;
    bool is_held; /* it does not answer while this is set */
} here = { .lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER };

static bool numbers(void *context, const uint64_t *subjects, size_t count, struct arena *arena, struct str *out, struct error *error)
{
    (void)context, (void)error;
    for (size_t i = 0; i < count; i++) out[i] = arena_format(arena, "138%08d", (int)subjects[i]);
    return true;
}

static enum gateway_answer text(void *gateway, const struct message *message, struct error *error)
{
    (void)gateway;
    pthread_mutex_lock(&here.lock);
    here.asked++;
    pthread_cond_broadcast(&here.changed);
    while (here.is_held) pthread_cond_wait(&here.changed, &here.lock);
    enum gateway_answer answer = here.answers[message->address.at[message->address.length - 1] - '0'];
    if (answer == GATEWAY_TAKEN) {
        size_t length = strlen(here.taken);
        snprintf(here.taken + length, sizeof here.taken - length, "%.*s ", STR_ARGS(message->key));
    }
    pthread_cond_broadcast(&here.changed);
    pthread_mutex_unlock(&here.lock);
    if (answer != GATEWAY_TAKEN) (fail)(error, ERROR_BUSY, "not now");
    return answer;
}

static void again(void)
{
    struct error error = { 0 };
    outbox_close(here.outbox);
    accounts_close(here.accounts);
    here.outbox = NULL;
    if (!(here.accounts = accounts_open(disk_posix(), here.directory, UINT64_MAX, &error)) ||
        !(here.outbox = outbox_open(here.accounts, &(struct outbox_options){ .disk = disk_posix(), .spool = here.spool, .numbers = numbers, .text = text }, &error)))
        fail_msg("%s", error.says);
}

static int setup(void **state)
{
    (void)state;
    strcpy(here.folder, "/tmp/mingbai-delivery-XXXXXX");
    if (!mkdtemp(here.folder)) return -1;
    snprintf(here.directory, sizeof here.directory, "%s/data", here.folder);
    snprintf(here.spool, sizeof here.spool, "%s/spool/texts.jsonl", here.folder);
    memset(here.answers, 0, sizeof here.answers);
    here.taken[0] = 0;
    here.asked = 0;
    if (!directory_make(disk_posix(), here.directory, NULL)) return -1;
    again();
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    outbox_close(here.outbox);
    accounts_close(here.accounts);
    here.outbox = NULL;
    here.accounts = NULL;
    return disk_remove_tree(disk_posix(), here.folder, NULL) ? 0 : -1;
}

static int64_t at(const char *time)
{
    int64_t moment;
    assert_true(moment_parse(str_of(time), &moment));
    return moment;
}

static void add(const char *key, enum letter_to to, uint64_t subject)
{
    struct error error = { 0 };
    struct letter letter = { .key = str_of(key), .to = to, .subject = subject, .operator_ = to == TO_OPERATOR ? STR("jia") : (struct str){ 0 },
                             .time = at("2026-01-05T09:30:00+08:00"), .text = { STR("in English"), STR("中文") } };
    if (!outbox_add(here.outbox, &letter, &error)) fail_msg("%s", error.says);
}

static bool deliver(const char *time, int64_t *wait)
{
    struct error error = { 0 };
    int64_t next;
    bool done = outbox_deliver(here.outbox, at(time), &next, &error);
    if (wait) *wait = next == INT64_MAX ? -1 : (next - at(time)) / SECOND_MS; /* whole seconds: a run takes some milliseconds */
    return done;
}

static void expect(const char *taken)
{
    assert_string_equal(here.taken, taken);
    here.taken[0] = 0;
}

/* A delivery then asks the gateway so often, and the next is so many seconds later; -1: nothing waits. */
static void asks(const char *time, int asked, int64_t seconds)
{
    int64_t wait;
    here.asked = 0;
    assert_true(deliver(time, &wait));
    assert_int_equal(here.asked, asked);
    assert_int_equal(wait, seconds);
}

static void add_many(int count, uint64_t subject)
{
    for (int i = 0; i < count; i++) {
        char key[8];
        snprintf(key, sizeof key, "k%02d", i);
        add(key, TO_PERSON, subject);
    }
}

static void what_was_taken_is_not_sent_again_when_the_spool_fails(void **state)
{
    (void)state;
    add("a", TO_PERSON, 1);
    add("staff", TO_OPERATOR, 0);
    add("b", TO_PERSON, 2);
    assert_false(deliver("2026-01-05T10:00:00+08:00", NULL)); /* there is no folder for the spool */
    expect("a b ");
    assert_int_equal(outbox_waiting(here.outbox), 1);
    again();
    assert_false(deliver("2026-01-05T10:01:00+08:00", NULL));
    expect("");
    char folder[96];
    snprintf(folder, sizeof folder, "%s/spool", here.folder);
    assert_int_equal(mkdir(folder, 0700), 0);
    assert_true(deliver("2026-01-05T10:02:00+08:00", NULL));
    assert_int_equal(outbox_waiting(here.outbox), 0);
    assert_int_equal(access(here.spool, R_OK), 0);
}

static void one_that_fails_holds_up_nobody(void **state)
{
    (void)state;
    int64_t wait;
    here.answers[1] = GATEWAY_LATER;
    add("a", TO_PERSON, 1);
    add("b", TO_PERSON, 2);
    assert_true(deliver("2026-01-05T10:00:00+08:00", &wait));
    expect("b ");
    assert_int_equal(wait, 5);
    add("c", TO_PERSON, 3);
    assert_true(deliver("2026-01-05T10:00:05+08:00", &wait));
    expect("c ");
    assert_int_equal(wait, 5); /* something was taken */
    assert_true(deliver("2026-01-05T10:00:10+08:00", &wait));
    assert_int_equal(wait, 10); /* nothing was */
    again();
    here.answers[1] = GATEWAY_TAKEN;
    assert_true(deliver("2026-01-05T10:00:20+08:00", &wait));
    expect("a ");
    assert_int_equal(wait, -1);
}

static void a_gateway_that_is_away_is_not_asked_on_and_on(void **state)
{
    (void)state;
    add_many(100, 1);
    here.answers[1] = GATEWAY_AWAY;
    asks("2026-01-05T10:00:00+08:00", 3, 5);
    asks("2026-01-05T10:00:10+08:00", 3, 10);
    asks("2026-01-05T10:00:30+08:00", 3, 20);
    here.answers[1] = GATEWAY_PAUSE; /* one that asks for a pause gets it at once */
    asks("2026-01-05T10:02:00+08:00", 1, 40);
    here.answers[1] = GATEWAY_LATER; /* one that fails at everything is as good as away */
    asks("2026-01-05T10:05:00+08:00", 32, 80);
    here.answers[1] = GATEWAY_TAKEN;
    asks("2026-01-05T10:10:00+08:00", 100, -1);
    assert_int_equal(strlen(here.taken), 100 * 4);
    assert_memory_equal(here.taken, "k42 k43 ", 8); /* those that failed stand behind the others */
}

static void what_comes_in_a_pause_does_not_end_it(void **state)
{
    (void)state;
    char folder[96];
    snprintf(folder, sizeof folder, "%s/spool", here.folder);
    assert_int_equal(mkdir(folder, 0700), 0);
    here.answers[1] = GATEWAY_PAUSE;
    add("a", TO_PERSON, 1);
    asks("2026-01-05T10:00:00+08:00", 1, 5);
    add("b", TO_PERSON, 2);
    add("staff", TO_OPERATOR, 0);
    asks("2026-01-05T10:00:01+08:00", 0, 4);
    assert_int_equal(outbox_waiting(here.outbox), 2); /* what is for staff goes to the spool meanwhile */
    asks("2026-01-05T10:00:02+08:00", 0, 3);
    asks("2026-01-05T10:00:06+08:00", 1, 10);
    asks("2026-01-05T10:00:20+08:00", 2, 5);
    expect("b ");
    asks("2026-01-05T09:00:00+08:00", 1, 10); /* a clock set back does not make it a pause of an hour */
}

static void a_few_that_nobody_answers_hold_up_no_others(void **state)
{
    (void)state;
    add_many(4, 1);
    add("good", TO_PERSON, 2);
    here.answers[1] = GATEWAY_AWAY;
    asks("2026-01-05T10:00:00+08:00", 3, 5);
    expect("");
    asks("2026-01-05T10:00:10+08:00", 5, 5);
    expect("good ");
    add("other", TO_PERSON, 3);
    asks("2026-01-05T10:00:20+08:00", 3, 10);
    asks("2026-01-05T10:00:40+08:00", 5, 5);
    expect("other ");
}

static void one_that_is_denied_is_set_aside_where_others_are_taken(void **state)
{
    (void)state;
    here.answers[1] = GATEWAY_DENIED;
    add("a", TO_PERSON, 1);
    asks("2026-01-05T10:00:00+08:00", 1, 5); /* alone it may be our password */
    assert_int_equal(outbox_set_aside(here.outbox), 0);
    add("b", TO_PERSON, 2);
    asks("2026-01-05T10:00:01+08:00", 2, -1); /* and holds up nobody */
    expect("b ");
    assert_int_equal(outbox_set_aside(here.outbox), 1);
    assert_int_equal(outbox_waiting(here.outbox), 0);
    add_many(100, 1); /* a wrong password is not tried on and on */
    asks("2026-01-05T11:00:00+08:00", 32, 5);
    asks("2026-01-05T11:00:01+08:00", 0, 4);
    here.answers[1] = GATEWAY_TAKEN;
    asks("2026-01-05T11:00:10+08:00", 100, -1);
    assert_int_equal(strlen(here.taken), 100 * 4);
}

static void one_that_is_refused_is_set_aside(void **state)
{
    (void)state;
    here.answers[1] = GATEWAY_REFUSED;
    add("a", TO_PERSON, 1);
    add("b", TO_PERSON, 2);
    assert_true(deliver("2026-01-05T10:00:00+08:00", NULL));
    expect("b ");
    assert_int_equal(outbox_set_aside(here.outbox), 1);
    assert_int_equal(outbox_waiting(here.outbox), 0);
}

static void reminders_of_days_ago_are_dropped(void **state)
{
    (void)state;
    add("notice:1", TO_PERSON, 1);
    add("expiry:1", TO_PERSON, 1);
    add("complaint:1", TO_PERSON, 1);
    here.answers[1] = GATEWAY_AWAY;
    int64_t wait;
    add("notice:2", TO_PERSON_NOW, 1);
    assert_true(deliver("2026-01-05T22:00:00+08:00", &wait));
    assert_int_equal(here.asked, 1);
    assert_int_equal(wait, 5); /* the one that may go out at night is tried again */
    here.answers[1] = GATEWAY_TAKEN;
    assert_true(deliver("2026-01-08T10:00:00+08:00", NULL));
    expect("complaint:1 ");
    assert_int_equal(outbox_waiting(here.outbox), 0);
}

/* ---- the express ---- */

static bool add_code(struct express *express, const char *key, const char *number, int64_t time, struct error *error)
{
    struct message message = { .key = str_of(key), .to = TO_PERSON_NOW, .address = str_of(number), .time = time, .text = { STR("code"), STR("码") } };
    return express_add(express, &message, error);
}

static void until_taken(const char *keys)
{
    pthread_mutex_lock(&here.lock);
    while (strcmp(here.taken, keys)) pthread_cond_wait(&here.changed, &here.lock);
    pthread_mutex_unlock(&here.lock);
}

static void answer_of(int digit, enum gateway_answer answer, bool is_held)
{
    pthread_mutex_lock(&here.lock);
    here.answers[digit] = answer;
    here.is_held = is_held;
    pthread_cond_broadcast(&here.changed);
    pthread_mutex_unlock(&here.lock);
}

static void a_code_is_tried_again_and_grows_old(void **state)
{
    (void)state;
    struct error error = { 0 };
    int64_t now = moment_now();
    struct express *express = express_open(text, NULL, &error);
    assert_non_null(express);
    answer_of(1, GATEWAY_LATER, true);
    assert_true(add_code(express, "old", "13800000002", now - 3 * MINUTE_MS, &error));
    assert_true(add_code(express, "first", "13800000001", now, &error));
    assert_true(add_code(express, "second", "13800000002", now, &error));
    pthread_mutex_lock(&here.lock);
    while (!here.asked) pthread_cond_wait(&here.changed, &here.lock);
    pthread_mutex_unlock(&here.lock);
    answer_of(1, GATEWAY_LATER, false);
    until_taken("second ");
    answer_of(1, GATEWAY_TAKEN, false);
    until_taken("second first ");
    express_close(express);
    expect("second first ");
}

static void of_two_codes_for_one_number_the_newer_goes_out(void **state)
{
    (void)state;
    struct error error = { 0 };
    int64_t now = moment_now();
    struct express *express = express_open(text, NULL, &error);
    answer_of(1, GATEWAY_TAKEN, true);
    assert_true(add_code(express, "held", "13800000001", now, &error));
    pthread_mutex_lock(&here.lock);
    while (!here.asked) pthread_cond_wait(&here.changed, &here.lock);
    pthread_mutex_unlock(&here.lock);
    assert_true(add_code(express, "older", "13800000002", now, &error));
    assert_true(add_code(express, "newer", "13800000002", now, &error));
    answer_of(1, GATEWAY_TAKEN, false);
    until_taken("held newer ");
    express_close(express);
    expect("held newer ");
}

static void too_many_codes_are_refused(void **state)
{
    (void)state;
    struct error error = { 0 };
    int64_t now = moment_now();
    struct express *express = express_open(text, NULL, &error);
    answer_of(2, GATEWAY_TAKEN, true);
    int count = 0;
    char number[16];
    while (count < 1000 && snprintf(number, sizeof number, "1380000%03d2", count) && add_code(express, "k", number, now, &error)) count++;
    assert_in_range(count, 256, 257); /* one may be on its way */
    assert_int_equal(error.code, ERROR_BUSY);
    answer_of(2, GATEWAY_TAKEN, false);
    express_close(express);
}

int main(void)
{
    if (sodium_init() < 0) return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_was_taken_is_not_sent_again_when_the_spool_fails, setup, teardown),
        cmocka_unit_test_setup_teardown(one_that_fails_holds_up_nobody, setup, teardown),
        cmocka_unit_test_setup_teardown(a_gateway_that_is_away_is_not_asked_on_and_on, setup, teardown),
        cmocka_unit_test_setup_teardown(what_comes_in_a_pause_does_not_end_it, setup, teardown),
        cmocka_unit_test_setup_teardown(a_few_that_nobody_answers_hold_up_no_others, setup, teardown),
        cmocka_unit_test_setup_teardown(one_that_is_denied_is_set_aside_where_others_are_taken, setup, teardown),
        cmocka_unit_test_setup_teardown(one_that_is_refused_is_set_aside, setup, teardown),
        cmocka_unit_test_setup_teardown(reminders_of_days_ago_are_dropped, setup, teardown),
        cmocka_unit_test_setup_teardown(a_code_is_tried_again_and_grows_old, setup, teardown),
        cmocka_unit_test_setup_teardown(of_two_codes_for_one_number_the_newer_goes_out, setup, teardown),
        cmocka_unit_test_setup_teardown(too_many_codes_are_refused, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
