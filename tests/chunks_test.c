/* Memory made ready beforehand: as much as was asked for and no more, zeroed, for a cycle that is to come. */
#include <setjmp.h>
#include <sched.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/moment.h"
#include "measure/usage/chunks.h"
#include "measure/usage/slots.h"

#include <cmocka.h>

static void until_ready(struct chunks *chunks, size_t count)
{
    while (chunks_bytes(chunks) < (uint64_t)count * CHUNK_BYTES) sched_yield();
}

static void taken(struct chunks *chunks, bool is_crowded, size_t left)
{
    char *chunk = chunk_take(chunks, is_crowded);
    assert_int_equal((uintptr_t)chunk % CHUNK_BYTES, 0);
    for (size_t i = 0; i < CHUNK_BYTES; i++)
        if (chunk[i]) fail_msg("byte %zu is not zeroed", i);
    memset(chunk, 1, CHUNK_BYTES);
    chunk_give(chunk);
    assert_int_equal(chunks_bytes(chunks), (uint64_t)left * CHUNK_BYTES);
}

static void as_many_as_asked_for(void **state)
{
    (void)state;
    struct chunks *chunks = chunks_open();
    taken(chunks, true, 0);
    chunks_want(chunks, 3);
    until_ready(chunks, 3);
    taken(chunks, false, 3); /* one of which little is used is made page by page */
    taken(chunks, true, 2);
    taken(chunks, true, 1);
    taken(chunks, true, 0);
    taken(chunks, true, 0);
    chunks_want(chunks, 2);
    until_ready(chunks, 2);
    chunks_close(chunks);
    chunks = chunks_open();
    chunks_want(chunks, 1000); /* it ends in the middle */
    until_ready(chunks, 1);
    chunks_close(chunks);
}

enum { SUBJECTS = 2 * CHUNK_BYTES / sizeof(struct slot) };

static bool all_of_two_chunks(const void *context, uint64_t first, uint64_t count)
{
    (void)context;
    return first + count <= SUBJECTS;
}

static void until_bytes(struct slots *slots, size_t chunks)
{
    while (slots_bytes(slots) < (uint64_t)chunks * CHUNK_BYTES) sched_yield();
    assert_int_equal(slots_bytes(slots), (uint64_t)chunks * CHUNK_BYTES);
}

static void for_the_first_cycle_and_for_the_next(void **state)
{
    (void)state;
    int32_t january, february;
    struct slots *slots = slots_open(all_of_two_chunks, NULL);
    assert_true(civil_day((struct civil){ 2015, 1, 1 }, &january));
    assert_true(civil_day((struct civil){ 2015, 2, 1 }, &february));
    slots_ahead(slots, 0);
    until_bytes(slots, 2);
    assert_non_null(slots_at(slots, 0, january, true));
    assert_non_null(slots_at(slots, SUBJECTS - 1, january, true));
    slots_ahead(slots, day_start(february - 1) - 1);
    assert_int_equal(slots_bytes(slots), 2 * CHUNK_BYTES); /* the two, and none ready */
    slots_ahead(slots, day_start(february - 1));
    until_bytes(slots, 4);
    slots_ahead(slots, day_start(february) - 1);
    assert_non_null(slots_at(slots, 0, february, true));
    assert_non_null(slots_at(slots, SUBJECTS - 1, february, true));
    slots_ahead(slots, day_start(february));
    assert_int_equal(slots_bytes(slots), 4 * CHUNK_BYTES);
    slots_close(slots);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_many_as_asked_for),
        cmocka_unit_test(for_the_first_cycle_and_for_the_next),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
