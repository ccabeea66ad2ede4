#include "usage_reference.h"

#include "base/error.h"
#include "usage_reference_rating.h"

static struct seen all_of(const struct world *world, struct arena *arena)
{
    struct seen seen = { arena_take(arena, (world->count + 1) * sizeof *seen.at), world->count };
    for (size_t i = 0; i < world->count; i++) seen.at[i] = world->records[i];
    return seen;
}

/* ---- bill ---- */

enum { LINES_MAX = 128 };
struct lines {
    struct reference_line *at;
    size_t count;
    struct arena *arena;
};

static const char *item_of(struct arena *arena, const char *word, const char *of)
{
    struct text item = { 0 };
    text_format(&item, "%s:%s", word, of);
    const char *copy = arena_copy(arena, item.at, item.length);
    text_close(&item);
    return copy;
}

/* Items of one tariff that is held more than once are summed, before rounding. */
static void line_sum(struct lines *lines, const char *word, const char *tariff, int64_t amount)
{
    const char *item = item_of(lines->arena, word, tariff);
    size_t place = 0;
    while (place < lines->count && strcmp(lines->at[place].item, item)) place++;
    must(place < LINES_MAX);
    if (place == lines->count) lines->at[lines->count++] = (struct reference_line){ item, tariff, 0, "time", 0 };
    lines->at[place].quantity++;
    lines->at[place].amount += amount;
}

static int64_t fee_of(const struct world_tariff *tariff, int32_t cycle)
{
    int32_t last;
    if (!tariff->free_until || !tariff->has_then_fee) return tariff->monthly_fee;
    must(day_parse(str_of(tariff->free_until), &last));
    return cycle > last ? tariff->then_fee : tariff->monthly_fee; /* the cycle of that day is still at the monthly fee */
}

/* So many months later: the same day of the month, or its last. */
static int32_t months_later(int32_t day, int months)
{
    int32_t first = world_cycle_add(day - civil_of(day).day + 1, months), last = world_cycle_add(first, 1) - 1;
    int32_t same_day = first + civil_of(day).day - 1;
    return same_day < last ? same_day : last;
}

/* What subscriptions cost: fee, once, exit, each by tariff. */
static void subscription_lines(struct seen seen, const char *subscriber, int32_t cycle, struct lines *lines)
{
    const struct world_subscription **subscriptions;
    int32_t end = world_cycle_add(cycle, 1);
    size_t count = seen_subscriptions(seen, subscriber, lines->arena, &subscriptions);
    for (int pass = 0; pass < 3; pass++) {
        size_t first = lines->count;
        for (size_t i = 0; i < count; i++) {
            const struct world_subscription *one = subscriptions[i];
            const struct world_tariff *tariff = seen_tariff(seen, one->tariff);
            if (!tariff) continue;
            bool is_held = false;
            for (int32_t day = cycle; day < end; day++) is_held = is_held || holds(one, day);
            if (pass == 0 && is_held) line_sum(lines, "fee", one->tariff, fee_of(tariff, cycle));
            if (pass == 1 && one->from >= cycle && one->from < end) line_sum(lines, "once", one->tariff, tariff->one_off_fee);
            if (pass == 2 && one->to != DAY_NONE && one->to >= cycle && one->to < end && one->to < months_later(one->from, tariff->min_months))
                line_sum(lines, "exit", one->tariff, tariff->exit_fee);
        }
        for (size_t i = first; i < lines->count; i++) lines->at[i].amount = fraction_fen(fraction_of(lines->at[i].amount, 1));
        for (size_t i = first; i < lines->count; i++)
            for (size_t j = i + 1; j < lines->count; j++) {
                struct reference_line line = lines->at[i];
                if (strcmp(lines->at[j].item, line.item) > 0) continue;
                lines->at[i] = lines->at[j];
                lines->at[j] = line;
            }
    }
}

/* What is over, by scope; data lines cut from the last so that they do not come to more than the cap. */
static void over_lines(const struct rated *rated, struct lines *lines)
{
    static const char *const over_units[USE_SERVICES] = { "byte", "minute", "message" };
    size_t first = lines->count;
    int64_t data = 0;
    for (size_t i = 0; i < rated->over_count; i++) {
        const struct over_of_scope *over = &rated->overs[i];
        int64_t amount = fraction_fen(rated_charge_of_scope(rated, over));
        must(lines->count < LINES_MAX);
        lines->at[lines->count++] = (struct reference_line){ item_of(lines->arena, use_service_words[over->service], over->scope),
                                                             rated->main ? rated->main->tariff : "", over->quantity, over_units[over->service], amount };
        if (over->service == USE_DATA) data += amount;
    }
    for (size_t i = lines->count; i-- > first && rated->main && rated->main->has_cap && data > rated->main->cap;) {
        if (strncmp(lines->at[i].item, "data:", 5)) continue;
        int64_t excess = data - rated->main->cap, cut = excess < lines->at[i].amount ? excess : lines->at[i].amount;
        lines->at[i].amount -= cut;
        data -= cut;
    }
}

size_t reference_bill_lines(const struct world *world, const char *subscriber, int32_t cycle, struct arena *arena, struct reference_line **at)
{
    struct lines lines = { arena_take(arena, LINES_MAX * sizeof *lines.at), 0, arena };
    struct seen seen = all_of(world, arena);
    size_t kept = 0;
    subscription_lines(seen, subscriber, cycle, &lines);
    over_lines(rated_cycle(seen, subscriber, cycle, arena), &lines);
    for (size_t i = 0; i < lines.count; i++)
        if (lines.at[i].amount || !strncmp(lines.at[i].item, "fee:", 4)) lines.at[kept++] = lines.at[i];
    *at = lines.at;
    return kept;
}

void reference_bill(const struct world *world, const char *subscriber, int32_t cycle, struct text *out)
{
    struct arena arena = { 0 };
    struct reference_line *lines;
    int64_t total = 0;
    size_t count = reference_bill_lines(world, subscriber, cycle, &arena, &lines);
    for (size_t i = 0; i < count; i++) {
        text_format(out, "{\"item\":\"%s\",\"tariff\":\"%s\",\"quantity\":%lld,\"unit\":\"%s\",\"amount\":\"%s\"}\n", lines[i].item, lines[i].tariff,
                    (long long)lines[i].quantity, lines[i].unit, world_money(lines[i].amount, &arena));
        total += lines[i].amount;
    }
    text_format(out, "{\"total\":\"%s\"}\n", world_money(total, &arena));
    arena_close(&arena);
}

/* ---- usage ---- */

void reference_usage(const struct world *world, const char *subscriber, int32_t cycle, struct text *lines)
{
    struct arena arena = { 0 };
    struct seen seen = all_of(world, &arena);
    const struct rated *rated = rated_cycle(seen, subscriber, cycle, &arena);
    int64_t latest = seen_latest(seen, subscriber, cycle, &arena);
    struct pool_of_day *pools;
    size_t count = rated_pools(rated, latest == MOMENT_NONE ? world_cycle_add(cycle, 1) - 1 : day_of(latest), &arena, &pools);
    for (size_t i = 0; i < count; i++) {
        const struct pool_of_day *pool = &pools[i];
        if (pool->unlimited)
            text_format(lines, "{\"pool\":\"%s\",\"quantity\":null,\"used\":%lld,\"left\":null}\n", pool->name, (long long)pool->drawn);
        else if (pool->drawn || pool->left)
            text_format(lines, "{\"pool\":\"%s\",\"quantity\":%lld,\"used\":%lld,\"left\":%lld}\n", pool->name, (long long)(pool->drawn + pool->left),
                        (long long)pool->drawn, (long long)pool->left);
    }
    for (enum use_service service = 0; service < USE_SERVICES; service++)
        text_format(lines, "{\"service\":\"%s\",\"over\":%lld,\"charge\":\"%s\"}\n", use_service_words[service], (long long)rated_over(rated, service),
                    world_money(fraction_fen(rated_charge(rated, service)), &arena));
    arena_close(&arena);
}
