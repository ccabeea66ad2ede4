/* When what is left will be used up. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "measure/usage/forecast.h"

#include <cmocka.h>

static struct forecast of(const uint64_t *used, size_t days, uint64_t left, size_t days_left)
{
    struct pace pace = { .days = days, .left = left, .days_left = days_left };
    struct forecast forecast;
    for (size_t i = 0; i < days; i++) pace.used[i] = used[i];
    forecast_make(&pace, &forecast);
    return forecast;
}

static void test_steady(void **state)
{
    (void)state;
    static const uint64_t steady[] = { 100, 100, 100, 100 };
    struct forecast forecast = of(steady, 4, 350, 20);
    assert_true(forecast.is_known);
    assert_false(forecast.is_enough);
    /* three whole days and half of a fourth: in the day that is three days from now, and no doubt about it */
    assert_int_equal(forecast.days, 3);
    assert_int_equal(forecast.soonest, 3);
    assert_int_equal(forecast.latest, 3);
    assert_int_equal(forecast.by_end, 2000);
    assert_int_equal(of(steady, 4, 400, 20).days, 3);
    assert_int_equal(of(steady, 4, 401, 20).days, 4);
}

static void test_enough(void **state)
{
    (void)state;
    static const uint64_t steady[] = { 100, 100, 100 };
    assert_true(of(steady, 3, 1001, 10).is_enough);
    assert_false(of(steady, 3, 1000, 10).is_enough);
    assert_int_equal(of(steady, 3, 5000, 10).by_end, 1000);
    static const uint64_t nothing[] = { 0, 0, 0 };
    assert_true(of(nothing, 3, 1, 10).is_enough);
}

static void test_uneven_is_less_sure(void **state)
{
    (void)state;
    static const uint64_t uneven[] = { 0, 300, 0, 300, 0, 300 };
    struct forecast forecast = of(uneven, 6, 1500, 20);
    assert_int_equal(forecast.days, 9);
    assert_true(forecast.soonest < 9);
    assert_true(forecast.latest > 9);
}

static void test_too_few_days(void **state)
{
    (void)state;
    static const uint64_t two[] = { 100, 100 };
    assert_false(of(two, 2, 350, 20).is_known);
    assert_false(of(two, 0, 350, 20).is_known);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_steady),
        cmocka_unit_test(test_enough),
        cmocka_unit_test(test_uneven_is_less_sure),
        cmocka_unit_test(test_too_few_days),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
