#include "measure/usage/daily.h"

#include <stdlib.h>
#include <string.h>

enum { SUMS_MOST = 4096 };

static int sum_order(const void *left, const void *right)
{
    const struct use_sum *a = left, *b = right;
    if (a->day != b->day) return a->day < b->day ? -1 : 1;
    if (a->service != b->service) return a->service < b->service ? -1 : 1;
    if (a->hour != b->hour) return a->hour < b->hour ? -1 : 1;
    return str_compare(a->scope, b->scope);
}

static void merge(struct daily *daily)
{
    size_t kept = 0;
    if (daily->count) qsort(daily->sums, daily->count, sizeof *daily->sums, sum_order);
    for (size_t i = 0; i < daily->count; i++) {
        if (kept && !sum_order(&daily->sums[kept - 1], &daily->sums[i]))
            daily->sums[kept - 1].quantity = use_add(daily->sums[kept - 1].quantity, daily->sums[i].quantity);
        else
            daily->sums[kept++] = daily->sums[i];
    }
    daily->count = daily->merged = kept;
    daily->is_full = kept > SUMS_MOST;
}

bool daily_add(void *context, const struct metered_record *record, struct error *error)
{
    (void)error;
    struct daily *daily = context;
    const struct use_record *use = &record->use;
    daily->records[use->service]++;
    if (daily->is_full) return true;
    if (daily->count == daily->merged + SUMS_MOST) merge(daily);
    if (daily->count == daily->room) {
        daily->room = daily->room ? daily->room * 2 : 256;
        daily->sums = reallocate(daily->sums, daily->room * sizeof *daily->sums);
    }
    int32_t day = day_of(use->start);
    const struct source *scope = sources_find(&daily->scopes, use->scope);
    if (!scope) scope = sources_add(&daily->scopes, use->scope);
    daily->sums[daily->count++] = (struct use_sum){ use->service, source_name(scope), day, (int)((use->start - day_start(day)) / HOUR_MS),
                                                    use_units(use->service, use->quantity) };
    return true;
}

void daily_close(struct daily *daily)
{
    free(daily->sums);
    sources_close(&daily->scopes);
    *daily = (struct daily){ 0 };
}

/* ---- days of pools ---- */

struct pool_days {
    const struct metered *metered;
    int32_t today;
    size_t days;                              /* ended */
    uint64_t (*drawn)[CYCLE_DAYS];            /* of each pool of the rating, up to the end of the day; NULL: not known */
};

/* Each day's end is rated by itself: which pool served what depends on all use before it. */
struct pool_days *daily_pools(struct daily *daily, const struct metered *metered, int32_t today, struct arena *arena)
{
    struct pool_days *days = arena_take(arena, sizeof *days);
    const struct rating *whole = metered->rating;
    int32_t ended = today - metered->cycle;
    *days = (struct pool_days){ .metered = metered, .today = today, .days = ended < 0 ? 0 : ended > CYCLE_DAYS ? CYCLE_DAYS : (size_t)ended };
    merge(daily);
    if (daily->is_full || today >= cycle_end(metered->cycle)) return days;
    days->drawn = arena_take(arena, (whole->pool_count + 1) * sizeof *days->drawn);
    memset(days->drawn, 0, (whole->pool_count + 1) * sizeof *days->drawn);
    size_t count = 0;
    for (size_t day = 0; day < days->days; day++) {
        size_t before = count;
        struct arena_mark mark = arena_mark(arena);
        while (count < daily->count && daily->sums[count].day <= metered->cycle + (int32_t)day) count++;
        if (day && count == before) {
            for (size_t i = 0; i < whole->pool_count; i++) days->drawn[i][day] = days->drawn[i][day - 1];
            continue;
        }
        const struct rating *rating = rate(metered->holdings, metered->holding_count, metered->cycle, daily->sums, count, metered->earlier, today, arena);
        for (size_t i = 0; i < whole->pool_count; i++) {
            const struct pool *pool = rating_pool(rating, whole->pools[i].name);
            days->drawn[i][day] = pool ? pool->drawn : 0;
        }
        arena_release(arena, mark);
    }
    return days;
}

static int32_t pool_begins(const struct rating *rating, const struct pool *pool, int32_t cycle)
{
    int32_t first = INT32_MAX;
    for (size_t i = 0; i < rating->grant_count; i++)
        if (str_equal(rating->grants[i].pool, pool->name) && rating->grants[i].holding->from < first) first = rating->grants[i].holding->from;
    return first < cycle ? cycle : first;
}

static bool another_is_empty(const struct rating *rating, const struct pool *pool)
{
    for (size_t i = 0; i < rating->pool_count; i++) {
        const struct pool *other = &rating->pools[i];
        if (other != pool && other->service == pool->service && !other->unlimited && other->drawn && !other->left) return true;
    }
    return false;
}

bool daily_forecast(const struct pool_days *days, const struct pool *pool, struct forecast *forecast)
{
    const struct rating *rating = days->metered->rating;
    int32_t cycle = days->metered->cycle;
    if (!days->drawn || pool->unlimited || !pool->left || !pool->drawn) return false;
    const uint64_t *drawn = days->drawn[pool - rating->pools];
    size_t first = (size_t)(pool_begins(rating, pool, cycle) - cycle);
    if (another_is_empty(rating, pool))
        while (first < days->days && !drawn[first]) first++;
    /* What was drawn today is of the days to come: both sides are as of the start of today. */
    uint64_t ended = days->days ? drawn[days->days - 1] : 0, today = pool->drawn > ended ? pool->drawn - ended : 0;
    struct pace pace = { .left = use_add(pool->left, today), .days_left = (size_t)(cycle_end(cycle) - days->today) };
    for (size_t day = first; day < days->days; day++) {
        uint64_t before = day ? drawn[day - 1] : 0;
        pace.used[pace.days++] = drawn[day] > before ? drawn[day] - before : 0;
    }
    forecast_make(&pace, forecast);
    forecast->by_end = use_add(ended, forecast->by_end);
    if (forecast->by_end < pool->drawn) forecast->by_end = pool->drawn;
    if (forecast->latest >= pace.days_left) forecast->latest = pace.days_left - 1;
    return forecast->is_known;
}
