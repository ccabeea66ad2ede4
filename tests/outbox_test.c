/* The outbox: every letter goes out, with its key, at the right hour, also when the machine stops; the postman follows the ledger,
   and the timekeeper lets time pass. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <jansson.h>
#include <sodium.h>

#include "base/memory.h"
#include "base/moment.h"
#include "engine/engine.h"
#include "engine/load.h"
#include "engine/write.h"
#include "fault_disk.h"
#include "measure/province/province.h"
#include "measure/view.h"
#include "portal/outbox.h"
#include "portal/postman.h"
#include "portal/spool.h"
#include "portal/timekeeper.h"

#include <cmocka.h> /* last: its macro `fail` hides ours */

static struct {
    char folder[64], directory[96], spool[96];
    struct accounts *accounts;
    struct outbox *outbox;
    int text_from, text_to; /* the hours of texts; 0: the usual */
    int asked;        /* how often numbers were asked for */
    bool is_refused;  /* and not given */
    bool is_damaged;  /* one of them */
} here;

/* Subject 7 is no more, 13 is damaged. */
static bool numbers(void *context, const uint64_t *subjects, size_t count, struct arena *arena, struct str *out, struct error *error)
{
    (void)context;
    here.asked++;
    if (here.is_refused) return (fail)(error, ERROR_DISK, "no numbers");
    for (size_t i = 0; i < count; i++)
        if (here.is_damaged && subjects[i] == 13) return (fail)(error, ERROR_DAMAGE, "a damaged number");
    for (size_t i = 0; i < count; i++) {
        char number[24];
        int length = snprintf(number, sizeof number, "138%08d", (int)subjects[i]);
        out[i] = subjects[i] == 7 ? (struct str){ 0 } : (struct str){ arena_copy(arena, number, (size_t)length), (size_t)length };
    }
    return true;
}

static void outbox_again(void)
{
    struct error error = { 0 };
    outbox_close(here.outbox);
    accounts_close(here.accounts);
    here.outbox = NULL;
    if (!(here.accounts = accounts_open(disk_posix(), here.directory, UINT64_MAX, &error)) ||
        !(here.outbox = outbox_open(here.accounts, &(struct outbox_options){ .disk = disk_posix(), .spool = here.spool,
                                                                             .numbers = numbers, .text_from = here.text_from,
                                                                             .text_to = here.text_to }, &error)))
        fail_msg("%s", error.says);
}

static int setup(void **state)
{
    (void)state;
    memset(&here, 0, sizeof here);
    strcpy(here.folder, "/tmp/mingbai-outbox-XXXXXX");
    if (!mkdtemp(here.folder)) return -1;
    snprintf(here.directory, sizeof here.directory, "%s/data", here.folder);
    snprintf(here.spool, sizeof here.spool, "%s/spool.jsonl", here.folder);
    if (!directory_make(disk_posix(), here.directory, NULL)) return -1;
    outbox_again();
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    outbox_close(here.outbox);
    accounts_close(here.accounts);
    return disk_remove_tree(disk_posix(), here.folder, NULL) ? 0 : -1;
}

static int64_t at(const char *time)
{
    int64_t moment;
    assert_true(moment_parse(str_of(time), &moment));
    return moment;
}

static struct letter letter_of(const char *key, enum letter_to to, uint64_t subject)
{
    return (struct letter){ .key = str_of(key), .to = to, .subject = subject, .operator_ = to == TO_OPERATOR ? STR("jia") : (struct str){ 0 },
                            .time = at("2026-01-05T09:30:00+08:00"), .text = { [ENGLISH] = STR("in \"English\""), [CHINESE] = STR("中文") } };
}

static void add(const char *key, enum letter_to to, uint64_t subject)
{
    struct error error = { 0 };
    struct letter letter = letter_of(key, to, subject);
    if (!outbox_add(here.outbox, &letter, &error)) fail_msg("%s", error.says);
}

static int64_t deliver(const char *time)
{
    int64_t next;
    struct error error = { 0 };
    if (!outbox_deliver(here.outbox, at(time), &next, &error)) fail_msg("%s", error.says);
    return next;
}

/* The keys in the spool, each line read as JSON. */
static void expect_spool(const char *path, const char *expected)
{
    struct text keys = { 0 };
    char *bytes = NULL;
    size_t length = 0;
    bool there;
    assert_true(disk_posix()->exists(disk_posix(), path, &there, NULL));
    if (there) assert_true(disk_read_all(disk_posix(), path, 1 << 20, &bytes, &length, NULL));
    for (struct str rest = { bytes, length }; rest.length;) {
        size_t line = str_find(rest, '\n');
        assert_true(line < rest.length); /* whole */
        json_t *json = json_loadb(rest.at, line, 0, NULL);
        assert_non_null(json);
        text_format(&keys, "%s ", json_string_value(json_object_get(json, "key")));
        json_decref(json);
        rest = (struct str){ rest.at + line + 1, rest.length - line - 1 };
    }
    free(bytes);
    assert_string_equal(text_zero(&keys), expected);
    text_close(&keys);
}

static void test_what_a_message_is(void **state)
{
    (void)state;
    char *bytes;
    size_t length;
    add("1", TO_PERSON, 421);
    add("2", TO_OPERATOR, 0);
    add("3", TO_REGULATOR, 0);
    assert_int_equal(outbox_waiting(here.outbox), 3);
    assert_int_equal(deliver("2026-01-05T10:00:00+08:00"), INT64_MAX);
    assert_int_equal(outbox_waiting(here.outbox), 0);
    assert_int_equal(here.asked, 1);
    assert_true(disk_read_all(disk_posix(), here.spool, 1 << 20, &bytes, &length, NULL));
    assert_string_equal(bytes,
        "{\"key\":\"1\",\"to\":\"text\",\"number\":\"13800000421\",\"text\":\"中文\",\"english\":\"in \\\"English\\\"\",\"time\":\"2026-01-05T09:30:00+08:00\"}\n"
        "{\"key\":\"2\",\"to\":\"operator\",\"operator\":\"jia\",\"text\":\"中文\",\"english\":\"in \\\"English\\\"\",\"time\":\"2026-01-05T09:30:00+08:00\"}\n"
        "{\"key\":\"3\",\"to\":\"regulator\",\"text\":\"中文\",\"english\":\"in \\\"English\\\"\",\"time\":\"2026-01-05T09:30:00+08:00\"}\n");
    free(bytes);
    struct stat status;
    assert_int_equal(stat(here.spool, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    deliver("2026-01-05T10:00:00+08:00");
    assert_int_equal(here.asked, 1); /* nobody asks for the numbers of nobody */
}

static void test_a_key_goes_out_once(void **state)
{
    (void)state;
    add("a", TO_OPERATOR, 0);
    add("a", TO_OPERATOR, 0);
    assert_int_equal(outbox_waiting(here.outbox), 1);
    deliver("2026-01-05T10:00:00+08:00");
    outbox_again();
    add("a", TO_OPERATOR, 0);
    add("b", TO_OPERATOR, 0);
    outbox_again();
    assert_int_equal(outbox_waiting(here.outbox), 1);
    deliver("2026-01-05T10:00:00+08:00");
    expect_spool(here.spool, "a b ");
}

static void test_texts_wait_for_the_morning(void **state)
{
    (void)state;
    add("text", TO_PERSON, 1);
    add("staff", TO_REGULATOR, 0);
    assert_int_equal(deliver("2026-01-05T21:00:00+08:00"), at("2026-01-06T08:00:00+08:00"));
    expect_spool(here.spool, "staff ");
    assert_int_equal(here.asked, 0);
    assert_int_equal(deliver("2026-01-06T07:59:59+08:00"), at("2026-01-06T08:00:00+08:00"));
    expect_spool(here.spool, "staff ");
    struct str texts[LANGUAGES] = { STR("code"), STR("码") };
    assert_true(outbox_text_now(here.outbox, STR("code"), STR("13800138000"), texts, at("2026-01-06T03:00:00+08:00"), NULL));
    expect_spool(here.spool, "staff code ");
    assert_int_equal(deliver("2026-01-06T08:00:00+08:00"), INT64_MAX);
    expect_spool(here.spool, "staff code text ");
    add("late", TO_PERSON, 1);
    assert_int_equal(deliver("2026-01-06T20:59:59+08:00"), INT64_MAX);
    expect_spool(here.spool, "staff code text late ");
}

static void test_texts_have_the_hours_that_are_set(void **state)
{
    (void)state;
    here.text_from = 7;
    here.text_to = 24;
    outbox_again();
    add("late", TO_PERSON, 1);
    assert_int_equal(deliver("2026-01-05T06:59:59+08:00"), at("2026-01-05T07:00:00+08:00"));
    expect_spool(here.spool, "");
    assert_int_equal(deliver("2026-01-05T23:59:59+08:00"), INT64_MAX);
    expect_spool(here.spool, "late ");
    here.text_from = here.text_to = 0;
}

static void test_who_is_no_more_gets_nothing(void **state)
{
    (void)state;
    add("gone", TO_PERSON, 7);
    assert_int_equal(deliver("2026-01-05T10:00:00+08:00"), INT64_MAX);
    expect_spool(here.spool, "");
    add("again", TO_PERSON, 7);
    add("there", TO_PERSON, 8);
    add("staff", TO_REGULATOR, 0);
    deliver("2026-01-05T10:00:00+08:00");
    expect_spool(here.spool, "there staff ");
}

static void test_a_damaged_number_holds_nobody_elses_letters(void **state)
{
    (void)state;
    here.is_damaged = true;
    add("a", TO_PERSON, 1);
    add("damaged", TO_PERSON, 13);
    add("staff", TO_REGULATOR, 0);
    add("b", TO_PERSON, 2);
    add("c", TO_PERSON, 3);
    assert_int_equal(deliver("2026-01-05T10:00:00+08:00"), INT64_MAX);
    expect_spool(here.spool, "a staff b c ");
    assert_int_equal(outbox_waiting(here.outbox), 0);
    assert_int_equal(outbox_set_aside(here.outbox), 1);
    here.asked = 0;
    deliver("2026-01-05T10:10:00+08:00");
    assert_int_equal(here.asked, 0); /* it is not asked for again and again */
    here.is_damaged = false;
    outbox_again();
    assert_int_equal(outbox_set_aside(here.outbox), 0);
    deliver("2026-01-05T11:00:00+08:00");
    expect_spool(here.spool, "a staff b c damaged ");
}

static void test_letters_of_long_ago_are_forgotten(void **state)
{
    (void)state;
    add("old", TO_REGULATOR, 0);
    deliver("2026-01-05T10:00:00+08:00");
    add("waits", TO_PERSON, 1);
    deliver("2027-01-30T22:00:00+08:00");
    add("old", TO_REGULATOR, 0);
    deliver("2027-01-30T22:00:00+08:00");
    expect_spool(here.spool, "old ");
    deliver("2027-03-01T22:00:00+08:00");
    add("old", TO_REGULATOR, 0); /* nobody makes it again: its key shows that its row is gone */
    deliver("2027-03-02T10:00:00+08:00");
    expect_spool(here.spool, "old waits old ");
}

static void test_what_fails_is_tried_again(void **state)
{
    (void)state;
    int64_t next;
    struct error error = { 0 };
    add("a", TO_PERSON, 1);
    here.is_refused = true;
    assert_false(outbox_deliver(here.outbox, at("2026-01-05T10:00:00+08:00"), &next, &error));
    assert_string_equal(error.says, "no numbers");
    expect_spool(here.spool, "");
    here.is_refused = false;
    deliver("2026-01-05T10:00:00+08:00");
    expect_spool(here.spool, "a ");
}

/* A reader may take the file away, and a line that was cut short is none. */
static void test_the_spool_is_opened_anew(void **state)
{
    (void)state;
    char moved[128];
    snprintf(moved, sizeof moved, "%s.taken", here.spool);
    add("a", TO_OPERATOR, 0);
    deliver("2026-01-05T10:00:00+08:00");
    assert_int_equal(rename(here.spool, moved), 0);
    add("b", TO_OPERATOR, 0);
    deliver("2026-01-05T10:00:00+08:00");
    expect_spool(moved, "a ");
    expect_spool(here.spool, "b ");
    FILE *file = fopen(here.spool, "a");
    fputs("{\"key\":\"torn", file);
    for (int i = 0; i < 5000; i++) fputc('x', file);
    fclose(file);
    add("c", TO_OPERATOR, 0);
    deliver("2026-01-05T10:00:00+08:00");
    expect_spool(here.spool, "b c ");
}

static void test_letters_and_cursor_are_one(void **state)
{
    (void)state;
    int64_t cursor;
    struct error error = { 0 };
    struct letters letters = { 0 };
    struct letter first = letter_of("a", TO_REGULATOR, 0), second = letter_of("b", TO_REGULATOR, 0);
    assert_true(outbox_cursor(here.outbox, "reader", 41, &cursor, &error));
    assert_int_equal(cursor, 41);
    assert_true(letters_add(&letters, &first, &error) && letters_add(&letters, &second, &error));
    assert_true(outbox_take(here.outbox, "reader", 42, &letters, &error));
    letters_close(&letters);
    outbox_again();
    assert_true(outbox_cursor(here.outbox, "reader", 1, &cursor, &error));
    assert_int_equal(cursor, 42);
    assert_int_equal(outbox_waiting(here.outbox), 2);
}

/* ---- the thread ---- */

static void wait_until_empty(void)
{
    for (int64_t end = moment_now() + MINUTE_MS; outbox_waiting(here.outbox) && moment_now() < end;) sched_yield();
    assert_int_equal(outbox_waiting(here.outbox), 0);
}

enum { SENDERS = 3, LETTERS = 20 };

static void *send_letters(void *context)
{
    char key[32];
    for (int i = 0; i < LETTERS; i++) {
        snprintf(key, sizeof key, "%d-%d", *(int *)context, i);
        add(key, TO_OPERATOR, 0);
    }
    return NULL;
}

static void test_the_thread_delivers_and_ends_at_once(void **state)
{
    (void)state;
    struct error error = { 0 };
    pthread_t threads[SENDERS];
    int names[SENDERS];
    assert_true(outbox_start(here.outbox, &error));
    for (int i = 0; i < SENDERS; i++) {
        names[i] = i;
        assert_int_equal(pthread_create(&threads[i], NULL, send_letters, &names[i]), 0);
    }
    for (int i = 0; i < SENDERS; i++) pthread_join(threads[i], NULL);
    wait_until_empty();
    char *bytes;
    size_t length, lines = 0;
    assert_true(disk_read_all(disk_posix(), here.spool, 1 << 20, &bytes, &length, NULL));
    for (size_t i = 0; i < length; i++) lines += bytes[i] == '\n';
    free(bytes);
    assert_int_equal(lines, SENDERS * LETTERS);
    int64_t before = moment_now(); /* it sleeps for a minute now */
    outbox_close(here.outbox);
    here.outbox = NULL;
    assert_true(moment_now() - before < 20 * SECOND_MS);
}

/* ---- when the machine stops ---- */

static size_t count_key(struct disk *disk, const char *key)
{
    char *bytes, quoted[32];
    size_t length, count = 0;
    if (!disk_read_all(disk, "spool", 1 << 20, &bytes, &length, NULL)) return 0;
    snprintf(quoted, sizeof quoted, "{\"key\":\"%s\",", key);
    for (const char *next = bytes; (next = strstr(next, quoted)); next++) {
        const char *end = strchr(next, '\n');
        count += end != NULL;
    }
    free(bytes);
    return count;
}

static struct outbox *open_on(struct disk *disk, struct accounts **accounts, struct error *error)
{
    *accounts = NULL;
    if (!disk->make_directory(disk, "data", error) || !disk_sync_above(disk, "data", error)) return NULL;
    *accounts = accounts_open(disk, "data", UINT64_MAX, error);
    return *accounts ? outbox_open(*accounts, &(struct outbox_options){ .disk = disk, .spool = "spool", .numbers = numbers }, error) : NULL;
}

/* Takes letters and delivers them, until something fails; how many were taken for good. */
static int series(struct disk *disk)
{
    struct error error = { 0 };
    struct accounts *accounts;
    struct outbox *outbox = open_on(disk, &accounts, &error);
    int taken = 0;
    int64_t next;
    for (bool going = outbox != NULL; going && taken < 4;) {
        char key[8];
        snprintf(key, sizeof key, "k%d", taken);
        struct letter letter = letter_of(key, TO_PERSON, 1);
        going = outbox_add(outbox, &letter, &error);
        taken += going;
        going = going && (taken % 2 || outbox_deliver(outbox, at("2026-01-05T10:00:00+08:00"), &next, &error));
    }
    outbox_close(outbox);
    accounts_close(accounts);
    return taken;
}

static bool series_fails(uint64_t step, struct fault_plan plan)
{
    struct fault_disk *fault = fault_disk_open();
    fault_disk_plan(fault, plan);
    int taken = series(fault_disk_of(fault));
    for (uint64_t survival = FAULT_KEEP_ALL; survival < FAULT_SEED + 2; survival++) {
        struct error error = { 0 };
        struct fault_disk *after = fault_disk_reboot(fault, survival);
        struct disk *disk = fault_disk_of(after);
        struct accounts *accounts;
        struct outbox *outbox = open_on(disk, &accounts, &error);
        int64_t next;
        if (!outbox || !outbox_deliver(outbox, at("2026-01-05T10:00:00+08:00"), &next, &error))
            fail_msg("step %d: %s", (int)step, error.says);
        assert_int_equal(outbox_waiting(outbox), 0);
        for (int i = 0; i < taken; i++) {
            char key[8];
            snprintf(key, sizeof key, "k%d", i);
            size_t count = count_key(disk, key);
            if (!count || count > 2) fail_msg("step %d, survival %d: %s is there %zu times", (int)step, (int)survival, key, count);
        }
        outbox_close(outbox);
        accounts_close(accounts);
        fault_disk_close(after);
    }
    bool came_true = fault_disk_steps(fault) >= step;
    fault_disk_close(fault);
    return came_true;
}

static void test_no_letter_is_lost(void **state)
{
    (void)state;
    uint64_t step = 1;
    while (series_fails(step, (struct fault_plan){ .crash_at = step })) step++;
    assert_true(step > 60);
    for (step = 1; series_fails(step, (struct fault_plan){ .short_write_at = step }); step += 3) {}
    for (step = 1; series_fails(step, (struct fault_plan){ .fail_sync_at = step, .seed = FAULT_SEED + step }); step += 3) {}
}

/* ---- postman and timekeeper ---- */

static struct {
    struct engine *engine;
    struct views *views;
} province_here;

static void province_open(void)
{
    struct error error = { 0 };
    if (!(province_here.engine = engine_open(&(struct engine_options){ .directory = here.directory }, &error))) fail_msg("%s", error.says);
    province_here.views = views_open(province_here.engine);
}

static void province_close(void)
{
    views_close(province_here.views);
    engine_close(province_here.engine);
}

static void clock_add(int64_t time)
{
    struct error error = { 0 };
    struct record record = { .kind = &clock_kind, .present = 1 };
    record.values[CLOCK_TIME].number = time;
    if (!engine_write(province_here.engine, STR("mingbai:portal"), &record, 1, NULL, &error)) fail_msg("%s", error.says);
}

static int64_t cursor_of(const char *reader)
{
    int64_t cursor;
    assert_true(outbox_cursor(here.outbox, reader, -1, &cursor, NULL));
    return cursor;
}

static void test_the_postman_begins_at_the_end(void **state)
{
    (void)state;
    struct error error = { 0 };
    province_open();
    clock_add(1);
    clock_add(2);
    struct postman *postman = postman_open(province_here.views, here.outbox, &error);
    if (!postman) fail_msg("%s", error.says);
    assert_int_equal(cursor_of("postman"), 2);
    clock_add(3);
    postman_close(postman);
    outbox_again();
    assert_non_null(postman = postman_open(province_here.views, here.outbox, &error)); /* goes on where it was */
    assert_int_equal(cursor_of("postman"), 3);
    assert_true(postman_start(postman, &error));
    clock_add(4);
    postman_nudge(postman);
    for (int64_t end = moment_now() + MINUTE_MS; cursor_of("postman") < 4 && moment_now() < end;) sched_yield();
    assert_int_equal(cursor_of("postman"), 4);
    int64_t before = moment_now();
    postman_close(postman);
    assert_true(moment_now() - before < 20 * SECOND_MS);
    province_close();
}

static int64_t pass(struct timekeeper *timekeeper, const char *time)
{
    int64_t next;
    struct error error = { 0 };
    if (!timekeeper_pass(timekeeper, at(time), &next, &error)) fail_msg("%s", error.says);
    return next;
}

/* 2026-01-05 is a Monday; that Tuesday is a holiday. */
static void test_time_passes(void **state)
{
    (void)state;
    struct error error = { 0 };
    char path[128];
    province_open();
    snprintf(path, sizeof path, "%s/days.csv", here.folder);
    FILE *file = fopen(path, "w");
    fputs("date,working,basis\n2026-01-05,true,a notice\n2026-01-06,false,a notice\n2026-01-07,true,a notice\n", file);
    fclose(file);
    struct load_summary summary = { 0 };
    if (!load_file(province_here.engine, &(struct load_options){ .kind = kind_find(STR("workday")), .path = path, .source = "days" }, &summary, &error))
        fail_msg("%s", error.says);
    load_summary_close(&summary);
    uint64_t position = engine_position(province_here.engine);
    struct timekeeper *timekeeper = timekeeper_open(province_here.views, here.outbox, at("2026-01-05T08:00:00+08:00"), &error);
    assert_non_null(timekeeper);
    assert_int_equal(pass(timekeeper, "2026-01-05T08:30:00+08:00"), at("2026-01-05T09:00:00+08:00"));
    assert_int_equal(engine_position(province_here.engine), position); /* nothing to say */
    assert_int_equal(pass(timekeeper, "2026-01-05T09:00:00+08:00"), at("2026-01-07T09:00:00+08:00"));
    assert_int_equal(engine_position(province_here.engine), position + 1);
    assert_int_equal(engine_newest(province_here.engine, &clock_kind), position + 1);
    assert_int_equal(cursor_of("timekeeper"), at("2026-01-05T09:00:00+08:00"));
    pass(timekeeper, "2026-01-06T12:00:00+08:00");
    assert_int_equal(engine_position(province_here.engine), position + 1);
    timekeeper_close(timekeeper);
    outbox_again();
    /* It was away over the morning: time passes late, not never. */
    assert_non_null(timekeeper = timekeeper_open(province_here.views, here.outbox, at("2026-01-07T15:00:00+08:00"), &error));
    pass(timekeeper, "2026-01-07T15:00:00+08:00");
    assert_int_equal(engine_position(province_here.engine), position + 2);
    assert_int_equal(cursor_of("timekeeper"), at("2026-01-07T15:00:00+08:00"));
    /* A clock that is set back waits. */
    pass(timekeeper, "2026-01-05T09:00:00+08:00");
    assert_int_equal(engine_position(province_here.engine), position + 2);
    assert_true(timekeeper_start(timekeeper, &error));
    timekeeper_close(timekeeper);
    province_close();
}

int main(void)
{
    if (sodium_init() < 0) return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_what_a_message_is, setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_key_goes_out_once, setup, teardown),
        cmocka_unit_test_setup_teardown(test_texts_wait_for_the_morning, setup, teardown),
        cmocka_unit_test_setup_teardown(test_texts_have_the_hours_that_are_set, setup, teardown),
        cmocka_unit_test_setup_teardown(test_who_is_no_more_gets_nothing, setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_damaged_number_holds_nobody_elses_letters, setup, teardown),
        cmocka_unit_test_setup_teardown(test_letters_of_long_ago_are_forgotten, setup, teardown),
        cmocka_unit_test_setup_teardown(test_what_fails_is_tried_again, setup, teardown),
        cmocka_unit_test_setup_teardown(test_the_spool_is_opened_anew, setup, teardown),
        cmocka_unit_test_setup_teardown(test_letters_and_cursor_are_one, setup, teardown),
        cmocka_unit_test_setup_teardown(test_the_thread_delivers_and_ends_at_once, setup, teardown),
        cmocka_unit_test(test_no_letter_is_lost),
        cmocka_unit_test_setup_teardown(test_the_postman_begins_at_the_end, setup, teardown),
        cmocka_unit_test_setup_teardown(test_time_passes, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
