/* Random worlds of use, asked about from the program and from the slow reference: bills, usage, notices, findings; and the same records in
   other orders and portions, of which bills and findings are the same. A difference prints the smallest world that still shows it.

       usage_property_test [WORLDS] [SEED] */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/error.h"
#include "usage_program.h"
#include "usage_random.h"

#include <cmocka.h> /* last: its macro `fail` hides ours */

enum { USUAL_WORLDS = 1500, BATCH = 250, ORDERS = 3 };
static uint64_t worlds_wanted = USUAL_WORLDS, seed_given = 1;

/* One batch of worlds that share a program. */
struct batch {
    struct world worlds[BATCH];
    size_t count;
    uint64_t seed;
    unsigned base;
};

/* ---- comparing ---- */

static bool lines_differ(const char *of, const struct text *program, const struct text *reference, struct text *story)
{
    if (str_equal(text_str(program), text_str(reference))) return false;
    text_format(story, "%s\n--- the program says\n%.*s--- the reference says\n%.*s", of, STR_ARGS(text_str(program)), STR_ARGS(text_str(reference)));
    return true;
}

static bool bills_differ(struct usage_program *program, const struct world *world, struct text *story)
{
    bool differ = false;
    for (size_t s = 0; s < world->subscriber_count && !differ; s++)
        for (int cycle = -1; cycle <= world->cycle_count && !differ; cycle++) {
            struct text said[2] = { 0 }, known[2] = { 0 };
            int32_t first = world_cycle_add(world->first_cycle, cycle);
            usage_program_bill(program, world->subscribers[s], first, &said[0]);
            reference_bill(world, world->subscribers[s], first, &known[0]);
            usage_program_usage(program, world->subscribers[s], first, &said[1]);
            reference_usage(world, world->subscribers[s], first, &known[1]);
            differ = lines_differ("bill", &said[0], &known[0], story) || lines_differ("usage", &said[1], &known[1], story);
            if (differ) {
                char day[DAY_ROOM];
                day_format(first, day);
                text_format(story, "of %s, cycle of %s\n", world->subscribers[s], day);
            }
            for (int i = 0; i < 2; i++) {
                text_close(&said[i]);
                text_close(&known[i]);
            }
        }
    return differ;
}

static bool notices_differ(struct usage_program *program, const struct world *world, struct text *story)
{
    struct text said = { 0 }, known = { 0 };
    usage_program_notices(program, world, &said);
    reference_judge.notices(world, &known);
    bool differ = lines_differ("notices", &said, &known, story);
    text_close(&said);
    text_close(&known);
    return differ;
}

/* The program has been audited as of that moment. */
static bool findings_differ(struct usage_program *program, const struct world *world, int64_t as_of, struct text *story)
{
    struct text said[2] = { 0 }, known[2] = { 0 };
    usage_program_findings(program, world, &said[0]);
    reference_findings(world, as_of, &known[0]);
    usage_program_bill_findings(program, world, &said[1]);
    reference_bill_findings(world, &known[1]);
    bool differ = lines_differ("findings", &said[0], &known[0], story) || lines_differ("bill.follows", &said[1], &known[1], story);
    for (int i = 0; i < 2; i++) {
        text_close(&said[i]);
        text_close(&known[i]);
    }
    return differ;
}

/* ---- shrinking ---- */

static bool differs_alone(const struct world *world, int64_t as_of, struct text *story)
{
    struct usage_program *program = usage_program_open();
    usage_program_load(program, world, 1, NULL);
    usage_program_audit(program, as_of);
    bool differ = bills_differ(program, world, story) || notices_differ(program, world, story) || findings_differ(program, world, as_of, story);
    usage_program_close(program);
    return differ;
}

static bool shrink_once(struct world *world, int64_t as_of, size_t step)
{
    bool smaller = false;
    for (size_t i = 0; i + step <= world->count;) {
        struct world less;
        struct text story = { 0 };
        world_view(world, &less);
        memmove(&less.records[i], &less.records[i + step], (less.count - i - step) * sizeof *less.records);
        less.count -= step;
        if (less.count && differs_alone(&less, as_of, &story)) {
            memcpy(world->records, less.records, less.count * sizeof *less.records);
            world->count = less.count;
            smaller = true;
        } else {
            i += step;
        }
        world_view_close(&less);
        text_close(&story);
    }
    return smaller;
}

/* Ends the program with the story. */
static void tell(const struct batch *batch, const struct world *found, int64_t as_of, const struct text *first_story)
{
    struct world world;
    struct text story = { 0 };
    char moment[MOMENT_ROOM] = "";
    world_view(found, &world);
    if (!differs_alone(&world, as_of, &story)) {
        text_add(&story, text_str(first_story));
        text_add(&story, STR("(only among other worlds, or in other portions)\n"));
    } else {
        for (size_t step = world.count / 4; step > 1; step /= 2) shrink_once(&world, as_of, step);
        while (shrink_once(&world, as_of, 1)) continue;
        story.length = 0;
        differs_alone(&world, as_of, &story);
    }
    if (as_of != MOMENT_NONE) moment_format(as_of, moment);
    text_format(&story, "seed %llu, base %u, as of %s:\n", (unsigned long long)batch->seed, batch->base, moment);
    for (size_t i = 0; i < world.count; i++) world_tell(world.records[i], &story);
    text_zero(&story);
    world_view_close(&world);
    fprintf(stderr, "%s", story.at); /* cmocka would cut it short */
    fail_msg("program and reference differ");
}

/* ---- batches ---- */

static void batch_make(struct batch *batch, uint64_t seed, uint64_t first, size_t count)
{
    batch->seed = seed;
    batch->count = count;
    batch->base = (unsigned)(first / BATCH % RANDOM_BASES);
    for (size_t i = 0; i < count; i++) {
        batch->worlds[i] = (struct world){ 0 };
        random_world(&batch->worlds[i], seed, first + i, batch->base);
    }
}

static void batch_close(struct batch *batch)
{
    for (size_t i = 0; i < batch->count; i++) world_close(&batch->worlds[i]);
}

static void audits_compare(struct usage_program *program, const struct batch *batch, int64_t as_of)
{
    usage_program_audit(program, as_of);
    for (size_t i = 0; i < batch->count; i++) {
        struct text story = { 0 };
        if (findings_differ(program, &batch->worlds[i], as_of, &story)) tell(batch, &batch->worlds[i], as_of, &story);
        text_close(&story);
    }
}

static void answers_compare(struct usage_program *program, const struct batch *batch, bool with_notices)
{
    for (size_t i = 0; i < batch->count; i++) {
        const struct world *world = &batch->worlds[i];
        struct text story = { 0 };
        if (bills_differ(program, world, &story) || (with_notices && notices_differ(program, world, &story))) tell(batch, world, reference_latest(world), &story);
        text_close(&story);
    }
}

static void batch_compare(const struct batch *batch, struct chances *chances)
{
    struct usage_program *program = usage_program_open();
    usage_program_load(program, batch->worlds, batch->count, NULL);
    answers_compare(program, batch, true);
    audits_compare(program, batch, day_start(world_cycle_add(batch->worlds[0].first_cycle, 12)));
    audits_compare(program, batch, day_start(batch->worlds[0].first_cycle) + chances_below(chances, 60) * 12 * HOUR_MS);
    usage_program_rebuild(program);
    for (size_t i = 0; i < batch->count; i++) {
        struct text story = { 0 };
        if (notices_differ(program, &batch->worlds[i], &story)) tell(batch, &batch->worlds[i], MOMENT_NONE, &story);
        text_close(&story);
    }
    usage_program_close(program);
}

/* The same records in another order and other portions. */
static void orders_compare(struct batch *batch, struct chances *chances)
{
    struct usage_program *program = usage_program_open();
    for (size_t i = 0; i < batch->count; i++) random_order(&batch->worlds[i], chances);
    usage_program_load(program, batch->worlds, batch->count, chances);
    answers_compare(program, batch, true);
    audits_compare(program, batch, day_start(world_cycle_add(batch->worlds[0].first_cycle, 12)));
    usage_program_close(program);
}

/* What the reference itself says does not depend on the order. */
static char *bills_of(const struct batch *batch)
{
    struct text all = { 0 };
    for (size_t i = 0; i < batch->count; i++)
        for (size_t s = 0; s < batch->worlds[i].subscriber_count; s++) reference_bill(&batch->worlds[i], batch->worlds[i].subscribers[s], batch->worlds[i].first_cycle, &all);
    text_zero(&all);
    return all.at;
}

static void test_program_and_reference_agree(void **state)
{
    (void)state;
    static struct batch batch;
    struct chances chances = { seed_given };
    for (uint64_t done = 0; done < worlds_wanted; done += batch.count) {
        batch_make(&batch, seed_given, done, worlds_wanted - done < BATCH ? (size_t)(worlds_wanted - done) : BATCH);
        char *bills = bills_of(&batch);
        batch_compare(&batch, &chances);
        for (int order = 0; order < ORDERS; order++) {
            orders_compare(&batch, &chances);
            char *again = bills_of(&batch);
            assert_string_equal(bills, again);
            free(again);
        }
        free(bills);
        batch_close(&batch);
    }
}

int main(int count, char **arguments)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_program_and_reference_agree) };
    if (count > 1) worlds_wanted = strtoull(arguments[1], NULL, 10);
    if (count > 2) seed_given = strtoull(arguments[2], NULL, 10);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
