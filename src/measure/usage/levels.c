#include "measure/usage/levels.h"

#include <string.h>

enum { FEN = 10000, PERCENTS = 101 };

int64_t to_fen(int64_t money)
{
    int64_t rest = ((money % FEN) + FEN) % FEN;
    if (rest < FEN / 2) return money - rest;
    return money > INT64_MAX - FEN ? money - rest : money - rest + FEN;
}

static bool reaches(const struct pool *pool, uint64_t size, unsigned percent)
{
    return size && (unsigned __int128)pool->drawn * 100 >= (unsigned __int128)size * percent;
}

static uint64_t size_of(const struct pool *pool)
{
    return use_add(pool->drawn, pool->left);
}

static struct level_mark *mark_of(struct levels *levels, struct str pool, unsigned percent)
{
    for (size_t i = 0; i < levels->mark_count; i++)
        if (levels->marks[i].percent == percent && str_equal(levels->marks[i].pool, pool)) return &levels->marks[i];
    return NULL;
}

static struct pool_size *kept_size(struct levels *levels, struct str pool)
{
    for (size_t i = 0; i < levels->size_count; i++)
        if (str_equal(levels->sizes[i].pool, pool)) return &levels->sizes[i];
    return NULL;
}

static void *grown(void *at, size_t count, size_t *room, size_t bytes, struct arena *arena)
{
    if (count < *room) return at;
    *room = *room ? *room * 2 : 4;
    void *larger = arena_take(arena, *room * bytes);
    if (count) memcpy(larger, at, count * bytes);
    return larger;
}

static struct level_mark *mark_add(struct levels *levels, struct str pool, unsigned percent, struct arena *arena)
{
    levels->marks = grown(levels->marks, levels->mark_count, &levels->mark_room, sizeof *levels->marks, arena);
    struct level_mark *mark = &levels->marks[levels->mark_count++];
    *mark = (struct level_mark){ .pool = pool, .percent = (uint8_t)percent };
    return mark;
}

static void size_keep(struct levels *levels, const struct pool *pool, struct arena *arena)
{
    struct pool_size *kept = kept_size(levels, pool->name);
    if (!kept) {
        levels->sizes = grown(levels->sizes, levels->size_count, &levels->size_room, sizeof *levels->sizes, arena);
        kept = &levels->sizes[levels->size_count++];
        kept->pool = pool->name;
    }
    kept->size = size_of(pool);
}

/* Where a pool has grown, what its use does not reach any more is owed again. */
static void unmark_grown(struct levels *levels, const struct rating *before, enum service service)
{
    for (size_t i = 0; i < levels->size_count; i++) {
        const struct pool *pool = rating_pool(before, levels->sizes[i].pool);
        if (!pool || pool->service != service || size_of(pool) <= levels->sizes[i].size) continue;
        for (size_t m = 0; m < levels->mark_count; m++)
            if (levels->marks[m].marked && str_equal(levels->marks[m].pool, pool->name) && !reaches(pool, size_of(pool), levels->marks[m].percent))
                levels->marks[m].marked = false;
    }
}

/* Marks what a pool's use reaches of these percentages; returns the highest that was not marked, or NULL. */
static struct level_mark *pool_due(struct levels *levels, const struct pool *pool, const bool *percents, struct arena *arena)
{
    unsigned highest = 0;
    for (unsigned percent = 1; percent < PERCENTS; percent++) {
        if (!percents[percent] || !reaches(pool, size_of(pool), percent)) continue;
        struct level_mark *mark = mark_of(levels, pool->name, percent);
        if (mark && mark->marked) continue;
        if (!mark) mark = mark_add(levels, pool->name, percent, arena);
        mark->marked = true;
        highest = percent;
    }
    return highest ? mark_of(levels, pool->name, highest) : NULL;
}

bool own_cap_is_open(const struct levels *levels, const struct own_levels *own)
{
    return own->has_cap && (uint64_t)own->cap >= levels->own_cap;
}

static const struct str service_pools[SERVICES] = { STR("data"), STR("voice"), STR("sms") };

/* Over and caps, of which at most one is owed: the highest. */
static bool service_due(struct levels *levels, const struct rating *after, enum service service, const struct tariff *main,
                        const struct own_levels *own, struct due *due)
{
    int64_t charge = after->charge[service];
    *due = (struct due){ .pool = service_pools[service], .used = after->over[service], .charge = to_fen(charge) };
    bool is_due = false;
    int64_t reached = main->notice_every ? charge - charge % main->notice_every : 0;
    if (reached > levels->over[service]) {
        levels->over[service] = reached;
        due->level = LEVEL_OVER;
        due->occurrence = (uint64_t)reached;
        is_due = true;
    }
    if (service != SERVICE_DATA) return is_due;
    if (own && own_cap_is_open(levels, own) && (!main->has_data_cap || own->cap < main->data_cap) && charge >= own->cap) {
        due->level = LEVEL_CAP;
        due->occurrence = levels->own_cap = (uint64_t)own->cap + 1;
        is_due = true;
    }
    if (main->has_data_cap && !levels->cap && charge >= main->data_cap) {
        levels->cap = is_due = true;
        due->level = LEVEL_CAP;
        due->occurrence = 0;
    }
    return is_due;
}

size_t levels_due(struct levels *levels, const struct rating *before, const struct rating *after, enum service service,
                  const struct own_levels *own, struct due dues[DUES_MAX], struct arena *arena)
{
    bool percents[PERCENTS] = { false };
    const struct tariff *main = after->main ? after->main->tariff : NULL;
    size_t count = 0;
    unmark_grown(levels, before, service);
    for (size_t i = 0; main && i < main->notice_at_count; i++) percents[main->notice_at[i]] = true;
    for (size_t i = 0; own && i < own->notice_at_count; i++) percents[own->notice_at[i]] = true;
    bool service_owes = main && service_due(levels, after, service, main, own, &dues[0]);
    count = service_owes;
    for (size_t i = 0; i < after->pool_count; i++) {
        const struct pool *pool = &after->pools[i];
        if (pool->service != service) continue;
        struct level_mark *mark = pool->unlimited ? NULL : pool_due(levels, pool, percents, arena);
        if (mark && !service_owes && count < DUES_MAX) {
            enum notice_level level = mark->percent == 100 ? LEVEL_REACHED : LEVEL_THRESHOLD;
            dues[count++] = (struct due){ .pool = pool->name, .level = level, .percent = mark->percent, .occurrence = mark->times,
                                          .used = pool->drawn, .has_quantity = true, .quantity = size_of(pool),
                                          .charge = to_fen(after->charge[service]) };
            mark->times++;
        }
        for (size_t m = 0; m < levels->mark_count; m++)
            if (str_equal(levels->marks[m].pool, pool->name)) {
                size_keep(levels, pool, arena);
                break;
            }
    }
    return count;
}
