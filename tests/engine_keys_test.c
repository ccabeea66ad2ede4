/* Keys on their way: who brings one that somebody else is just bringing waits, and then sees it on record. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sodium.h>

#include "engine/inside.h"
#include "engine/intake.h"
#include "engine/key.h"
#include "engine/load.h"
#include "engine/write.h"
#include "fault_disk.h"
#include "record_fields.h"

#include <cmocka.h> /* last: its macro `fail` hides ours */

enum { KEYS = 3000, ROUNDS = 10, NUMBERS = 400, HANGS_SECONDS = 300 };

static const char in_use[] = "this complaint is in use by another operator";
static const struct str portal = STR("mingbai:portal");

static void check(bool done, const struct error *error)
{
    if (done) return;
    fprintf(stderr, "%s\n", error->says);
    abort(); /* from any thread */
}

struct province {
    char folder[64], directory[80];
    struct engine *engine;
};

static struct engine *province_open(struct province *province)
{
    const char *root = getenv("TMPDIR");
    struct error error = { 0 };
    snprintf(province->folder, sizeof province->folder, "%s/keys-XXXXXX", root ? root : "/tmp");
    assert_non_null(mkdtemp(province->folder));
    snprintf(province->directory, sizeof province->directory, "%s/data", province->folder);
    check(directory_make(disk_posix(), province->directory, &error), &error);
    province->engine = engine_open(&(struct engine_options){ .directory = province->directory }, &error);
    check(province->engine != NULL, &error);
    alarm(HANGS_SECONDS);
    return province->engine;
}

static void province_close(struct province *province)
{
    alarm(0);
    engine_close(province->engine);
    assert_true(disk_remove_tree(disk_posix(), province->folder, NULL));
}

static uint64_t number_now(struct engine *engine, const char *sql)
{
    struct error error = { 0 };
    bool row = false;
    struct store *reader = engine_reader(engine, &error);
    struct statement *select = reader ? store_prepare(reader, sql, &error) : NULL;
    check(select && statement_step(select, &row, &error) && row, &error);
    uint64_t number = (uint64_t)column_number(select, 0);
    store_close(reader);
    return number;
}

static void fill_complaint(struct record *record, struct arena *arena, const char *id)
{
    *record = (struct record){ .kind = kind_find(STR("complaint")) };
    set_text(record, arena, "id", id);
    set_text(record, arena, "operator", "jia");
    set_text(record, arena, "area", "320100");
    set_text(record, arena, "channel", "web");
    set_text(record, arena, "text", "what happened");
    set_number(record, "filed", INT64_C(1420243200000));
}

static struct intake *intake_of(struct engine *engine, struct intake_options options)
{
    struct error error = { 0 };
    options.kind = kind_find(STR("complaint"));
    struct intake *intake = intake_open(engine, &options, &error);
    check(intake != NULL, &error);
    return intake;
}

static enum taken take(struct intake *intake, const char *id, const char *source, uint64_t seq, bool claims)
{
    enum taken taken = TAKEN_CONFLICT;
    const struct field *field;
    struct error error = { 0 };
    fill_complaint(intake_record(intake), intake_arena(intake), id);
    intake_record(intake)->source = str_of(source);
    intake_record(intake)->seq = seq;
    check((!claims || intake_claim(intake, &field, &error)) && intake_take(intake, &taken, &error), &error);
    return taken;
}

static void finish(struct intake *intake)
{
    struct error error = { 0 };
    check(intake_finish(intake, &error), &error);
}

/* How somebody who looks, and nobody else, finds the key of a complaint. */
static enum sight sight_of(struct engine *engine, const char *id, unsigned form)
{
    struct arena arena = { 0 };
    struct record record;
    struct text key = { 0 };
    fill_complaint(&record, &arena, id);
    key_write(&record, &key);
    enum sight sight = door_look_key(engine_door(engine), &arena, form, text_str(&key));
    text_close(&key);
    arena_close(&arena);
    return sight;
}

/* ---- two operators ---- */

struct operators_load {
    struct engine *engine;
    struct store *reader;
    const char *operator_;
    char path[120], rejects[120], source[32];
    struct load_summary summary;
};

/* What the portal does for an operator's account: no key that is another's. */
static bool is_own(void *context, const struct record *record, const struct field **field, struct error *error)
{
    struct operators_load *load = context;
    struct statement *select = store_prepare(load->reader, "SELECT \"operator\" FROM \"complaint\" WHERE \"id\" = $1", error);
    bool row = false;
    *field = &record->kind->fields[0];
    check(select && key_bind(engine_vault(load->engine), select, 1, record, 0) && statement_step(select, &row, error), error);
    bool may = !row || str_equal(column_text(select, 0), str_of(load->operator_));
    statement_reset(select);
    return may || fail_both(error, ERROR_CONFLICT, "%s", "%s", in_use);
}

static void *load_run(void *context)
{
    struct operators_load *load = context;
    struct error error = { 0 };
    struct load_options options = { .kind = kind_find(STR("complaint")), .path = load->path, .source = load->source, .rejects = load->rejects,
                                    .admit = is_own, .context = load };
    load->reader = engine_reader(load->engine, &error);
    check(load->reader && load_file(load->engine, &options, &load->summary, &error), &error);
    store_close(load->reader);
    return NULL;
}

static void load_prepare(struct operators_load *load, struct province *province, const char *operator_, int round, bool is_backward)
{
    *load = (struct operators_load){ .engine = province->engine, .operator_ = operator_ };
    snprintf(load->path, sizeof load->path, "%s/%s-%d.csv", province->folder, operator_, round);
    snprintf(load->rejects, sizeof load->rejects, "%s.rejected", load->path);
    snprintf(load->source, sizeof load->source, "%s-%d", operator_, round);
    FILE *file = fopen(load->path, "we");
    assert_non_null(file);
    fprintf(file, "id,operator,area,filed,channel,text\n");
    for (int i = 0; i < KEYS; i++)
        fprintf(file, "%d-%d,%s,320100,2015-01-02,web,of %s\n", round, is_backward ? KEYS - i : i + 1, operator_, operator_);
    fclose(file);
}

static uint64_t lines_with(const char *path, const char *says)
{
    char line[512];
    uint64_t count = 0;
    FILE *file = fopen(path, "re");
    while (file && fgets(line, sizeof line, file)) count += strstr(line, says) != NULL;
    if (file) fclose(file);
    return count;
}

/* In the same order, and from both ends, where each gets some and both wait for each other. */
static void test_one_operator_gets_a_key(void **state)
{
    (void)state;
    struct province province;
    struct engine *engine = province_open(&province);
    for (int round = 1; round <= ROUNDS; round++) {
        struct operators_load loads[2];
        pthread_t threads[2];
        load_prepare(&loads[0], &province, "jia", round, false);
        load_prepare(&loads[1], &province, "yi", round, round % 2);
        for (int i = 0; i < 2; i++) pthread_create(&threads[i], NULL, load_run, &loads[i]);
        for (int i = 0; i < 2; i++) pthread_join(threads[i], NULL);
        assert_int_equal(loads[0].summary.accepted + loads[1].summary.accepted, KEYS);
        for (int i = 0; i < 2; i++) {
            assert_int_equal(loads[i].summary.accepted + loads[i].summary.rejected, KEYS);
            assert_int_equal(lines_with(loads[i].rejects, in_use), loads[i].summary.rejected);
            load_summary_close(&loads[i].summary);
        }
        /* each version that was ever accepted has a place */
        assert_int_equal(number_now(engine, "SELECT COUNT(*) FROM \"place\""), (uint64_t)round * KEYS);
        assert_int_equal(number_now(engine, "SELECT COUNT(*) FROM \"complaint\""), (uint64_t)round * KEYS);
    }
    assert_null(engine->door.claims);
    province_close(&province);
}

/* ---- who meets whom ---- */

static void test_who_looks_meets_everybody(void **state)
{
    (void)state;
    struct province province;
    struct engine *engine = province_open(&province);
    struct intake *plain = intake_of(engine, (struct intake_options){ 0 }), *looking = intake_of(engine, (struct intake_options){ .looks = true });
    take(plain, "p", "plain", 1, false);
    take(looking, "l", "looking", 1, true);
    assert_int_equal(sight_of(engine, "p", CLAIM_LOOKS), SIGHT_OTHERS);
    assert_int_equal(sight_of(engine, "p", CLAIM_PLAIN), SIGHT_NEW);
    assert_int_equal(sight_of(engine, "l", CLAIM_LOOKS), SIGHT_OTHERS);
    assert_int_equal(sight_of(engine, "l", CLAIM_PLAIN), SIGHT_OTHERS);
    assert_int_equal(sight_of(engine, "q", CLAIM_LOOKS), SIGHT_NEW);
    finish(plain);
    assert_int_equal(sight_of(engine, "p", CLAIM_LOOKS), SIGHT_NEW);
    intake_close(looking); /* dropped */
    assert_int_equal(sight_of(engine, "l", CLAIM_LOOKS), SIGHT_NEW);
    intake_close(plain);
    assert_int_equal(number_now(engine, "SELECT COUNT(*) FROM \"complaint\""), 1);
    province_close(&province);
}

/* A replacement's keys stay claimed beyond the moment when they are durable; another one does not wait for them. */
static void test_replacements(void **state)
{
    (void)state;
    struct province province;
    struct engine *engine = province_open(&province);
    struct intake_options options = { .looks = true, .hold = 7, .replaces = STR("old") };
    struct intake *first = intake_of(engine, options);
    take(first, "one", "new", 1, true);
    finish(first);
    assert_int_equal(sight_of(engine, "one", CLAIM_LOOKS), SIGHT_OTHERS);
    assert_int_equal(sight_of(engine, "one", CLAIM_HELD), SIGHT_OTHERS);
    options.hold = 8;
    struct intake *second = intake_of(engine, options);
    const struct field *field = NULL;
    struct error error = { 0 };
    fill_complaint(intake_record(second), intake_arena(second), "one");
    assert_false(intake_claim(second, &field, &error));
    assert_int_equal(error.code, ERROR_CONFLICT);
    assert_string_equal(field->name, "id");
    take(second, "two", "newer", 1, true);
    intake_close(first);
    take(second, "one", "newer", 2, true);
    intake_close(second);
    assert_null(engine->door.claims);
    province_close(&province);
}

struct waiting {
    struct engine *engine;
    struct intake *intake;
    uint64_t complaints; /* on record when the wait was over */
};

static void *event_claim(void *context)
{
    struct waiting *waiting = context;
    struct error error = { 0 };
    const struct field *field;
    struct intake *intake = intake_open(waiting->engine, &(struct intake_options){ .kind = kind_find(STR("complaint_event")), .looks = true }, &error);
    check(intake != NULL, &error);
    struct record *record = intake_record(intake);
    *record = (struct record){ .kind = kind_find(STR("complaint_event")), .source = STR("events"), .seq = 1 };
    set_text(record, intake_arena(intake), "complaint", "named");
    check(intake_claim(intake, &field, &error), &error);
    waiting->complaints = number_now(waiting->engine, "SELECT COUNT(*) FROM \"complaint\"");
    intake_close(intake);
    return NULL;
}

/* An event that names a complaint which somebody is just bringing in. */
static void test_what_is_named_is_waited_for(void **state)
{
    (void)state;
    struct province province;
    struct waiting waiting = { .engine = province_open(&province) };
    struct intake *complaints = intake_of(waiting.engine, (struct intake_options){ 0 });
    pthread_t thread;
    take(complaints, "named", "complaints", 1, false);
    pthread_create(&thread, NULL, event_claim, &waiting);
    finish(complaints);
    pthread_join(thread, NULL);
    assert_int_equal(waiting.complaints, 1);
    intake_close(complaints);
    province_close(&province);
}

static void *same_number_take(void *context)
{
    struct waiting *waiting = context;
    if (take(waiting->intake, "mine", "shared", 1, true) != TAKEN_NEW) abort();
    return NULL;
}

/* Who waits for another's number hands over what it has, and keeps the key of the record that waits. */
static void test_a_key_outlives_a_wait(void **state)
{
    (void)state;
    struct province province;
    struct engine *engine = province_open(&province);
    struct waiting waiting = { .engine = engine, .intake = intake_of(engine, (struct intake_options){ .looks = true }) };
    struct intake *others = intake_of(engine, (struct intake_options){ 0 });
    pthread_t thread;
    take(others, "theirs", "shared", 1, false);
    take(waiting.intake, "before", "own", 1, true);
    pthread_create(&thread, NULL, same_number_take, &waiting);
    while (engine_position(engine) < 1) sched_yield(); /* it has handed over the first, and waits */
    assert_int_equal(sight_of(engine, "mine", CLAIM_LOOKS), SIGHT_OTHERS);
    intake_close(others); /* dropped */
    pthread_join(thread, NULL);
    assert_int_equal(sight_of(engine, "mine", CLAIM_LOOKS), SIGHT_OTHERS);
    finish(waiting.intake);
    assert_int_equal(sight_of(engine, "mine", CLAIM_LOOKS), SIGHT_NEW);
    intake_close(waiting.intake);
    province_close(&province);
}

/* ---- numbers drawn by chance ---- */

static bool write_new(struct engine *engine, const char *id, struct error *error)
{
    struct arena arena = { 0 };
    struct record record;
    fill_complaint(&record, &arena, id);
    bool written = engine_write_new(engine, portal, &record, 1, NULL, error);
    arena_close(&arena);
    return written;
}

static void test_write_new(void **state)
{
    (void)state;
    struct province province;
    struct engine *engine = province_open(&province);
    struct error error = { 0 };
    struct arena arena = { 0 };
    check(write_new(engine, "one", &error), &error);
    assert_false(write_new(engine, "one", &error));
    assert_int_equal(error.code, ERROR_CONFLICT);
    assert_true(error.chinese[0]);

    struct intake *intake = intake_of(engine, (struct intake_options){ 0 });
    take(intake, "two", "file", 1, false);
    assert_false(write_new(engine, "two", &error)); /* on its way */
    intake_close(intake);

    struct record both[2];
    fill_complaint(&both[0], &arena, "two");
    fill_complaint(&both[1], &arena, "one");
    assert_false(engine_write_new(engine, portal, both, 2, NULL, &error));
    assert_int_equal(number_now(engine, "SELECT COUNT(*) FROM \"complaint\""), 1);
    assert_null(engine->door.claims);
    check(write_new(engine, "two", &error), &error);
    check(engine_write(engine, portal, &both[1], 1, NULL, &error), &error); /* whose key may be known */
    assert_int_equal(number_now(engine, "SELECT COUNT(*) FROM \"complaint\""), 2);
    arena_close(&arena);
    province_close(&province);
}

struct drawing {
    struct engine *engine;
    uint64_t drawn;
};

static void *numbers_draw(void *context)
{
    struct drawing *drawing = context;
    for (int i = 0; i < NUMBERS; i++) {
        char id[16];
        struct error error = { 0 };
        snprintf(id, sizeof id, "drawn-%d", i);
        bool written = write_new(drawing->engine, id, &error);
        check(written || error.code == ERROR_CONFLICT, &error);
        drawing->drawn += written;
    }
    return NULL;
}

static void test_a_number_is_drawn_once(void **state)
{
    (void)state;
    struct province province;
    struct engine *engine = province_open(&province);
    struct drawing drawings[4];
    pthread_t threads[4];
    uint64_t drawn = 0;
    for (int i = 0; i < 4; i++) {
        drawings[i] = (struct drawing){ .engine = engine };
        pthread_create(&threads[i], NULL, numbers_draw, &drawings[i]);
    }
    for (int i = 0; i < 4; i++) {
        pthread_join(threads[i], NULL);
        drawn += drawings[i].drawn;
    }
    assert_int_equal(drawn, NUMBERS);
    assert_int_equal(number_now(engine, "SELECT COUNT(*) FROM \"place\""), NUMBERS);
    province_close(&province);
}

/* ---- a failed engine ---- */

/* Each try is refused at once; nothing of it stays in memory. */
static void test_a_failed_engine_keeps_nothing(void **state)
{
    (void)state;
    struct error error = { 0 };
    struct fault_disk *fault = fault_disk_open();
    check(directory_make(fault_disk_of(fault), "data", &error), &error);
    struct engine *engine = engine_open(&(struct engine_options){ .disk = fault_disk_of(fault), .directory = "data" }, &error);
    check(engine != NULL, &error);
    alarm(HANGS_SECONDS);
    check(write_new(engine, "before", &error), &error);
    struct arena arena = { 0 };
    struct record record;
    fill_complaint(&record, &arena, "never");
    fault_disk_plan(fault, (struct fault_plan){ .fail_sync_at = fault_disk_steps(fault) + 1 });
    assert_false(engine_write(engine, portal, &record, 1, NULL, &error));
    assert_null(engine->door.claims);
    assert_true(engine_has_failed(engine, &error));
    struct vault_marks marks = vault_marks(engine_vault(engine));
    for (int i = 0; i < 10; i++) {
        struct error again = { 0 };
        assert_false(engine_write(engine, portal, &record, 1, NULL, &again));
        assert_string_equal(again.says, error.says);
        assert_false(write_new(engine, "never", &again));
        assert_string_equal(again.says, error.says);
    }
    assert_int_equal(vault_marks(engine_vault(engine)).text_bytes, marks.text_bytes);
    assert_null(engine->door.claims);
    alarm(0);
    arena_close(&arena);
    engine_close(engine);
    fault_disk_close(fault);
}

int main(void)
{
    if (sodium_init() < 0) return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_operator_gets_a_key),     cmocka_unit_test(test_who_looks_meets_everybody),
        cmocka_unit_test(test_replacements),                cmocka_unit_test(test_what_is_named_is_waited_for),
        cmocka_unit_test(test_a_key_outlives_a_wait),       cmocka_unit_test(test_write_new),
        cmocka_unit_test(test_a_number_is_drawn_once),      cmocka_unit_test(test_a_failed_engine_keeps_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
