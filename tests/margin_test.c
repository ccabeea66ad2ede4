#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdlib.h>

#include "measure/margin.h"

static void check_margin(struct margin margin, int64_t low, int64_t high)
{
    assert_int_equal(margin.low, low);
    assert_int_equal(margin.high, high);
}

/* Newcombe 1998, table I, and the ends. */
static void wilson_agrees_with_the_tables(void **state)
{
    (void)state;
    check_margin(margin_wilson(81, 263, 4), 2553, 3662);
    check_margin(margin_wilson(15, 148, 4), 624, 1605);
    check_margin(margin_wilson(0, 20, 4), 0, 1611);
    check_margin(margin_wilson(1, 29, 4), 61, 1718);
    check_margin(margin_wilson(29, 29, 4), 8830, 10000);
    check_margin(margin_wilson(5, 10, 6), 236593, 763407);
    check_margin(margin_wilson(1, 1, 6), 206549, 1000000);
}

/* Exact Poisson limits as in the printed tables. */
static void garwood_agrees_with_the_tables(void **state)
{
    (void)state;
    check_margin(margin_garwood(0, 1, 1, 4), 0, 36889);
    check_margin(margin_garwood(1, 1, 1, 4), 253, 55716);
    check_margin(margin_garwood(2, 1, 1, 4), 2422, 72247);
    check_margin(margin_garwood(10, 1, 1, 4), 47954, 183904);
    check_margin(margin_garwood(20, 1, 1, 4), 122165, 308884);
    check_margin(margin_garwood(50, 1, 1, 4), 371110, 659188);
    check_margin(margin_garwood(100, 1, 1, 4), 813640, 1216268);
    check_margin(margin_garwood(1, 1000000, 2000000, 4), 127, 27858);
}

/* For large counts the square-root form is near: sqrt(count) moves by z/2 either way. */
static void garwood_of_large_counts_is_near_the_normal(void **state)
{
    (void)state;
    static const uint64_t counts[] = { 10000, 250000, 4000000 };
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        struct margin margin = margin_garwood(counts[i], 1, 1, 0);
        double root = 1;
        while (root * root < (double)counts[i]) root++;
        assert_in_range((uint64_t)margin.low, (uint64_t)((double)counts[i] - 1.96 * root) - 3,
                        (uint64_t)((double)counts[i] - 1.96 * root) + 6);
        assert_in_range((uint64_t)margin.high, (uint64_t)((double)counts[i] + 1.96 * root) - 3,
                        (uint64_t)((double)counts[i] + 1.96 * root) + 6);
    }
}

static void ranks_are(uint64_t n, unsigned percent, uint64_t low, uint64_t high)
{
    uint64_t low_rank = 0, high_rank = 0;
    assert_true(margin_percentile(n, percent, &low_rank, &high_rank));
    assert_int_equal(low_rank, low);
    assert_int_equal(high_rank, high);
}

/* Of the median, as in Conover's tables; of the 95th percentile by hand: with n = 200, 184 values at most with 2.2 %. */
static void percentiles_lie_between_ranks(void **state)
{
    (void)state;
    uint64_t low, high;
    assert_false(margin_percentile(0, 50, &low, &high));
    assert_false(margin_percentile(5, 50, &low, &high));
    ranks_are(6, 50, 1, 6);
    ranks_are(8, 50, 1, 8);
    ranks_are(9, 50, 2, 8);
    ranks_are(10, 50, 2, 9);
    ranks_are(20, 50, 6, 15);
    ranks_are(100, 50, 40, 61);
    assert_false(margin_percentile(70, 95, &low, &high));
    assert_true(margin_percentile(73, 95, &low, &high));
    assert_int_equal(high, 73);
    /* Large n: np -/+ 1.96 * sqrt(np(1-p)). */
    assert_true(margin_percentile(1000000, 50, &low, &high));
    assert_in_range(low, 499018, 499022);
    assert_in_range(high, 500979, 500983);
}

static void the_rank_of_a_percentile_is_rounded_up(void **state)
{
    (void)state;
    assert_int_equal(percentile_rank(1, 50), 1);
    assert_int_equal(percentile_rank(2, 50), 1);
    assert_int_equal(percentile_rank(3, 50), 2);
    assert_int_equal(percentile_rank(20, 95), 19);
    assert_int_equal(percentile_rank(21, 95), 20);
    assert_int_equal(percentile_rank(100, 95), 95);
    assert_int_equal(percentile_rank(1, 1), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wilson_agrees_with_the_tables),
        cmocka_unit_test(garwood_agrees_with_the_tables),
        cmocka_unit_test(garwood_of_large_counts_is_near_the_normal),
        cmocka_unit_test(percentiles_lie_between_ranks),
        cmocka_unit_test(the_rank_of_a_percentile_is_rounded_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
