#include "measure/usage/ladder.h"

#include <stdlib.h>

typedef unsigned __int128 wide;

static const struct str home = STR("home"), any = STR("any");

/* Those that home use draws on, in that order, and where each begins and ends as sums of use. */
struct rung {
    const struct grant *grant;
    uint64_t from, to;
};

static int rung_order(const void *left, const void *right)
{
    const struct rung *a = left, *b = right;
    return grant_order(a->grant, b->grant, home);
}

static size_t rungs_find(const struct rating *rating, enum service service, struct rung *rungs)
{
    size_t count = 0;
    for (size_t i = 0; i < rating->grant_count; i++) {
        const struct allowance *allowance = rating->grants[i].allowance;
        if (allowance->service == service && (str_equal(allowance->scope, home) || str_equal(allowance->scope, any)))
            rungs[count++].grant = &rating->grants[i];
    }
    if (count > 1) qsort(rungs, count, sizeof *rungs, rung_order);
    uint64_t at = 0;
    for (size_t i = 0; i < count; i++) {
        const struct grant *grant = rungs[i].grant;
        rungs[i].from = at;
        rungs[i].to = at = grant->allowance->unlimited ? INT64_MAX : use_add(at, use_add(grant->drawn, grant->left));
    }
    return count;
}

/* The sum of use at which so much of a pool is drawn. */
static uint64_t pool_reaches(const struct rung *rungs, size_t count, const struct pool *pool, const struct rating *rating, uint64_t drawn)
{
    for (size_t i = 0; i < count; i++) {
        if (rating_pool_of(rating, rungs[i].grant) != pool) continue;
        uint64_t given = rungs[i].to - rungs[i].from;
        if (drawn <= given) return rungs[i].from + drawn;
        drawn -= given;
    }
    return UINT64_MAX;
}

static bool is_marked(const struct levels *levels, struct str pool, unsigned percent)
{
    for (size_t i = 0; i < levels->mark_count; i++)
        if (levels->marks[i].percent == percent && levels->marks[i].marked && str_equal(levels->marks[i].pool, pool)) return true;
    return false;
}

static void sooner(uint64_t *next, uint64_t sum)
{
    if (sum < *next) *next = sum;
}

static uint64_t percent_next(const struct rung *rungs, size_t count, const struct rating *rating, const struct levels *levels,
                             enum service service, const uint8_t *percents, size_t percent_count)
{
    uint64_t next = UINT64_MAX;
    for (size_t p = 0; p < rating->pool_count; p++) {
        const struct pool *pool = &rating->pools[p];
        uint64_t size = use_add(pool->drawn, pool->left);
        if (pool->service != service || pool->unlimited || !size) continue;
        for (size_t i = 0; i < percent_count; i++)
            if (!is_marked(levels, pool->name, percents[i]))
                sooner(&next, pool_reaches(rungs, count, pool, rating, (uint64_t)(((wide)size * percents[i] + 99) / 100)));
    }
    return next;
}

/* The over at which its charge comes to an amount: micro-yuan, above 0. */
static uint64_t over_reaches(const struct price *price, int64_t amount)
{
    uint64_t base = price->service == SERVICE_VOICE ? 60 : 1;
    if (!price->price) return UINT64_MAX;
    wide each = (wide)(uint64_t)price->price * base, needed = (wide)(uint64_t)amount * price->per, units = needed / each + (needed % each != 0);
    if (units > INT64_MAX) return UINT64_MAX;
    uint64_t over = (uint64_t)units, increment = price->increment;
    return increment ? (over - 1) / increment * increment + 1 : over;
}

static uint64_t charge_next(const struct rung *rungs, size_t count, const struct rating *rating, const struct levels *levels,
                            enum service service, const struct own_levels *own)
{
    const struct tariff *main = rating->main->tariff;
    const struct price *price = price_of(main, service, home);
    bool has_cap = service == SERVICE_DATA && main->has_data_cap, has_own = service == SERVICE_DATA && own && own_cap_is_open(levels, own);
    uint64_t included = count ? rungs[count - 1].to : 0, next = UINT64_MAX;
    if ((has_cap && !levels->cap && main->data_cap <= 0) || (has_own && own->cap <= 0)) return 0;
    if (!price || included >= INT64_MAX) return UINT64_MAX;
    if (main->notice_every && levels->over[service] <= INT64_MAX - main->notice_every) {
        int64_t amount = levels->over[service] - levels->over[service] % main->notice_every + main->notice_every;
        sooner(&next, over_reaches(price, amount));
    }
    if (has_cap && !levels->cap) sooner(&next, over_reaches(price, main->data_cap));
    if (has_own) sooner(&next, over_reaches(price, own->cap));
    return next == UINT64_MAX ? next : use_add(included, next);
}

uint64_t ladder_next(const struct rating *rating, const struct levels *levels, enum service service, const struct own_levels *own,
                     struct arena *arena)
{
    if (!rating->main && !own) return UINT64_MAX;
    struct rung *rungs = arena_take(arena, (rating->grant_count + 1) * sizeof *rungs);
    size_t count = rungs_find(rating, service, rungs);
    uint64_t next = UINT64_MAX;
    if (rating->main) {
        const struct tariff *main = rating->main->tariff;
        next = percent_next(rungs, count, rating, levels, service, main->notice_at, main->notice_at_count);
        sooner(&next, charge_next(rungs, count, rating, levels, service, own));
    }
    if (own) sooner(&next, percent_next(rungs, count, rating, levels, service, own->notice_at, own->notice_at_count));
    return next;
}
