/* Sets of intervals against a row of flags. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "engine/seen.h"

#include <cmocka.h>

enum { NUMBERS = 6000 };

static uint64_t random_state;

static uint64_t random_to(uint64_t most)
{
    random_state = random_state * 6364136223846793005u + 1442695040888963407u;
    return (random_state >> 33) % most;
}

/* Every number is in it or not as the flags say, and the intervals are apart. */
static void expect(const struct seen *seen, const bool *flags)
{
    struct seen_place place = { 0 };
    size_t count = 0, at = 0;
    uint64_t greatest = 0;
    for (struct span span; seen_next(seen, &place, &span); count++) {
        while (at < NUMBERS && !flags[at]) at++;
        assert_int_equal(span.low, at);
        while (at < NUMBERS && flags[at]) at++;
        assert_int_equal(span.high, at - 1);
        greatest = span.high;
    }
    while (at < NUMBERS && !flags[at]) at++;
    assert_int_equal(at, NUMBERS);
    assert_int_equal(seen->count, count);
    assert_int_equal(seen_greatest(seen), greatest);
}

static void expect_found(const struct seen *seen, const bool *flags)
{
    for (uint64_t i = 0; i < NUMBERS; i++) {
        struct span span;
        assert_int_equal(seen_has(seen, i), flags[i]);
        if (seen_find(seen, i, &span)) assert_true(span.low <= i && span.high >= i);
    }
}

static void as_the_flags(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 40; seed++) {
        static bool flags[NUMBERS];
        struct seen seen = { 0 };
        uint64_t longest = seed % 4 == 0 ? 1 : seed % 4 == 1 ? 3 : seed % 4 == 2 ? 40 : 2000;
        memset(flags, 0, sizeof flags);
        random_state = seed;
        for (int step = 0; step < 4000; step++) {
            uint64_t low = random_to(NUMBERS), high = low + random_to(longest);
            if (high >= NUMBERS) high = NUMBERS - 1;
            bool is_out = random_to(10) < seed % 5;
            memset(flags + low, !is_out, (size_t)(high - low + 1) * sizeof *flags);
            if (is_out) {
                seen_remove(&seen, (struct span){ low, high });
            } else {
                struct span span = seen_add(&seen, (struct span){ low, high });
                assert_true(span.low <= low && span.high >= high);
                assert_true(!span.low || !flags[span.low - 1]);
            }
            if (step % 200 == 0) expect(&seen, flags);
        }
        expect(&seen, flags);
        expect_found(&seen, flags);
        seen_close(&seen);
    }
}

static void in_falling_and_in_rising_order(void **state)
{
    (void)state;
    static bool flags[NUMBERS];
    for (int rising = 0; rising < 2; rising++) {
        struct seen seen = { 0 };
        memset(flags, 0, sizeof flags);
        for (uint64_t i = 0; i < NUMBERS; i += 2) {
            uint64_t number = rising ? i : NUMBERS - 2 - i;
            seen_add(&seen, (struct span){ number, number });
            flags[number] = true;
        }
        expect(&seen, flags);
        expect_found(&seen, flags);
        assert_int_equal(seen.count, NUMBERS / 2);
        for (uint64_t i = 1; i < NUMBERS; i += 2) seen_add(&seen, (struct span){ i, i });
        memset(flags, 1, sizeof flags);
        expect(&seen, flags);
        seen_remove(&seen, (struct span){ 10, UINT64_MAX });
        memset(flags + 10, 0, sizeof flags - 10);
        expect(&seen, flags);
        seen_close(&seen);
    }
}

static void at_the_ends(void **state)
{
    (void)state;
    struct seen seen = { 0 };
    struct span span;
    assert_int_equal(seen_greatest(&seen), 0);
    assert_false(seen_has(&seen, 0));
    seen_add(&seen, (struct span){ UINT64_MAX, UINT64_MAX });
    seen_add(&seen, (struct span){ 0, 0 });
    assert_int_equal(seen.count, 2);
    assert_true(seen_has(&seen, UINT64_MAX));
    span = seen_add(&seen, (struct span){ 1, UINT64_MAX - 1 });
    assert_int_equal(span.low, 0);
    assert_int_equal(span.high, UINT64_MAX);
    assert_int_equal(seen.count, 1);
    seen_remove(&seen, (struct span){ 5, 5 });
    assert_int_equal(seen.count, 2);
    assert_false(seen_has(&seen, 5));
    seen_remove(&seen, (struct span){ 0, UINT64_MAX });
    assert_int_equal(seen.count, 0);
    seen_close(&seen);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_the_flags),
        cmocka_unit_test(in_falling_and_in_rising_order),
        cmocka_unit_test(at_the_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
