/* What was drawn from each pool day by day, and the forecast that goes by it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "measure/usage/daily.h"

#include <cmocka.h>

#define MB UINT64_C(1048576)

static const struct allowance allowances[] = {
    { .id = STR("video"), .service = SERVICE_DATA, .quantity = 50 * MB, .scope = STR("directed:video"), .hours_from = HOURS_NONE, .hours_to = HOURS_NONE },
    { .id = STR("home"), .service = SERVICE_DATA, .quantity = 500 * MB, .scope = STR("home"), .hours_from = HOURS_NONE, .hours_to = HOURS_NONE },
    { .id = STR("night"), .service = SERVICE_DATA, .quantity = 1024 * MB, .scope = STR("home"), .hours_from = 23, .hours_to = 7 },
};
static const struct allowance packed = { .id = STR("pack"), .service = SERVICE_DATA, .quantity = 10240 * MB, .scope = STR("any"),
                                         .hours_from = HOURS_NONE, .hours_to = HOURS_NONE };
static const struct tariff plan = { .tariff = STR("T"), .type = TYPE_MAIN, .free_until = DAY_NONE, .allowances = allowances, .allowance_count = 3 };
static const struct tariff pack = { .tariff = STR("P"), .type = TYPE_ADDON, .free_until = DAY_NONE, .allowances = &packed, .allowance_count = 1 };

static struct {
    struct arena arena;
    struct daily daily;
    struct metered metered;
    struct holding holdings[2];
    struct use_sum sums[200];
    struct pool_days *days;
} here;

static int32_t of_november(int day)
{
    int32_t first;
    assert_true(civil_day((struct civil){ 2026, 11, 1 }, &first));
    return first + day - 1;
}

static void begin(int plan_from, int pack_from)
{
    here.metered = (struct metered){ .cycle = of_november(1), .holdings = here.holdings, .holding_count = pack_from ? 2 : 1, .sums = here.sums };
    here.holdings[0] = (struct holding){ &plan, plan.tariff, of_november(plan_from), DAY_NONE };
    here.holdings[1] = (struct holding){ &pack, pack.tariff, of_november(pack_from), DAY_NONE };
}

static void use(int day, const char *scope, uint64_t quantity)
{
    struct error error = { 0 };
    struct metered_record record = { .use = { .start = day_start(of_november(day)) + 12 * HOUR_MS, .quantity = quantity, .service = SERVICE_DATA,
                                              .scope = str_of(scope) } };
    assert_true(daily_add(&here.daily, &record, &error));
    here.sums[here.metered.sum_count++] = (struct use_sum){ SERVICE_DATA, str_of(scope), of_november(day), 12, quantity };
}

static void judge(int today)
{
    struct metered *metered = &here.metered;
    metered->rating = rate(here.holdings, metered->holding_count, metered->cycle, here.sums, metered->sum_count, NULL, of_november(today), &here.arena);
    here.days = daily_pools(&here.daily, metered, of_november(today), &here.arena);
}

static bool forecast(const char *pool, struct forecast *out)
{
    const struct pool *found = rating_pool(here.metered.rating, str_of(pool));
    assert_non_null(found);
    return daily_forecast(here.days, found, out);
}

static int close_daily(void **state)
{
    (void)state;
    daily_close(&here.daily);
    arena_close(&here.arena);
    return 0;
}

static void a_pool_goes_by_its_own_use(void **state)
{
    (void)state;
    struct forecast out;
    begin(1, 1);
    for (int day = 1; day <= 26; day++) {
        use(day, "home", 15 * MB);
        use(day, "directed:video", MB / 10);
    }
    judge(27);
    assert_int_equal(here.daily.records[SERVICE_DATA], 52);
    assert_true(forecast("data:directed:video", &out));
    assert_true(out.is_enough); /* 2.6 MB of 50 in 26 days */
    assert_int_equal(out.by_end, (uint64_t)(MB / 10) * 30);
    assert_true(forecast("data:home", &out));
    assert_true(out.is_enough); /* 110 MB left for 4 days of 15 */
    assert_false(forecast("data:any", &out)); /* nothing was drawn from it, so there is no pace */
    assert_false(forecast("data:home:23-07", &out));
}

static void days_before_the_plan_do_not_count(void **state)
{
    (void)state;
    struct forecast out;
    begin(20, 0);
    for (int day = 20; day <= 25; day++) use(day, "home", 66 * MB);
    judge(26);
    assert_true(forecast("data:home", &out)); /* 104 MB left, 66 a day, 5 days to go */
    assert_false(out.is_enough);
    assert_int_equal(out.days, 1);
    assert_int_equal(out.soonest, 1);
    assert_int_equal(out.latest, 1);
    use(26, "home", 66 * MB);
    judge(26); /* a usual day's use on the day that goes on changes nothing */
    assert_true(forecast("data:home", &out));
    assert_int_equal(out.days, 1);
    judge(22); /* two days have ended */
    assert_false(forecast("data:home", &out));
}

static void what_follows_an_empty_pool_begins_when_it_is_drawn(void **state)
{
    (void)state;
    struct forecast out;
    begin(1, 1);
    for (int day = 1; day <= 20; day++) use(day, "home", 50 * MB); /* 500 MB by the 10th; then the pack's, 50 a day */
    judge(21);
    assert_true(forecast("data:any", &out));
    assert_true(out.is_enough);
    assert_int_equal(out.by_end, (500 + 10 * 50) * MB); /* not half of it for ten days without */
    assert_false(forecast("data:home", &out)); /* nothing is left */
}

static void no_day_lies_behind_the_month(void **state)
{
    (void)state;
    struct forecast out;
    begin(1, 0);
    for (int day = 1; day <= 26; day++) use(day, "home", day % 7 ? 0 : 157 * MB);
    judge(27);
    assert_true(forecast("data:home", &out)); /* 29 MB left, 18 a day on average, far from even */
    assert_false(out.is_enough);
    assert_true(out.latest <= 3);
}

static void too_many_different_sums_have_no_forecast(void **state)
{
    (void)state;
    struct forecast out;
    struct error error = { 0 };
    begin(1, 0);
    use(1, "home", MB);
    for (int i = 0; i < 20000; i++) {
        char name[32];
        snprintf(name, sizeof name, "directed:%d", i);
        struct metered_record record = { .use = { .start = day_start(of_november(2)), .quantity = 1, .service = SERVICE_DATA, .scope = str_of(name) } };
        assert_true(daily_add(&here.daily, &record, &error));
    }
    judge(10);
    assert_int_equal(here.daily.records[SERVICE_DATA], 20001);
    assert_false(forecast("data:home", &out));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(a_pool_goes_by_its_own_use, close_daily),
        cmocka_unit_test_teardown(days_before_the_plan_do_not_count, close_daily),
        cmocka_unit_test_teardown(what_follows_an_empty_pool_begins_when_it_is_drawn, close_daily),
        cmocka_unit_test_teardown(no_day_lies_behind_the_month, close_daily),
        cmocka_unit_test_teardown(too_many_different_sums_have_no_forecast, close_daily),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
