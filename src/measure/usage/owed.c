#include "measure/usage/owed.h"

#include <stdlib.h>

#include "measure/usage/ladder.h"

/* A subscriber's records on their way, cycle after cycle. */
struct following {
    const struct history *history;
    const struct holding *holdings;
    size_t holding_count, known; /* those that have begun come first */
    struct arena *arena;
    struct cycle_sums *cycles;
    size_t cycle_count, cycle_room;
    struct levels levels;          /* of the present cycle */
    uint64_t next[SERVICES], sum[SERVICES];
    const struct rating *earlier;  /* what rolls over into it, as far as is known */
    bool has_earlier;
    struct owed *owed;
    size_t owed_count, owed_room;
};

static struct cycle_sums *cycle_begin(struct following *following, int32_t cycle)
{
    if (following->cycle_count == following->cycle_room) {
        following->cycle_room = following->cycle_room ? following->cycle_room * 2 : 8;
        struct cycle_sums *larger = arena_take(following->arena, following->cycle_room * sizeof *larger);
        if (following->cycle_count) memcpy(larger, following->cycles, following->cycle_count * sizeof *larger);
        following->cycles = larger;
    }
    struct cycle_sums *sums = &following->cycles[following->cycle_count++];
    cycle_sums_open(sums, following->holdings, following->holding_count, cycle);
    following->levels = (struct levels){ 0 };
    memset(following->next, 0, sizeof following->next);
    memset(following->sum, 0, sizeof following->sum);
    following->has_earlier = false;
    return sums;
}

static void owed_add(struct following *following, const struct used *cause, int32_t cycle, const struct due *due)
{
    if (following->owed_count == following->owed_room) {
        following->owed_room = following->owed_room ? following->owed_room * 2 : 16;
        struct owed *larger = arena_take(following->arena, following->owed_room * sizeof *larger);
        if (following->owed_count) memcpy(larger, following->owed, following->owed_count * sizeof *larger);
        following->owed = larger;
    }
    following->owed[following->owed_count++] = (struct owed){ { cycle, due->pool, due->level, due->percent }, cause };
}

static void record_follow(struct following *following, const struct used *used)
{
    int32_t day = day_of(used->start), cycle = cycle_of(used->start);
    bool is_new = !following->cycle_count || following->cycles[following->cycle_count - 1].cycle != cycle;
    struct cycle_sums *sums = is_new ? cycle_begin(following, cycle) : &following->cycles[following->cycle_count - 1];
    size_t known = following->known;
    while (known < following->holding_count && following->holdings[known].from <= day) known++;
    if (known != following->known) {
        memset(following->next, 0, sizeof following->next);
        following->has_earlier = false;
    }
    following->known = known;
    following->sum[used->service] = use_add(following->sum[used->service], used->units);
    bool is_home = str_equal(source_name(&following->history->scopes.at[used->scope]), STR("home"));
    if (sums->is_plain && is_home && following->sum[used->service] < following->next[used->service]) {
        cycle_sums_add(sums, following->history, used, following->arena);
        return;
    }
    if (!following->has_earlier)
        following->earlier = rating_before(following->cycles, following->cycle_count, cycle, following->holdings, known, following->arena);
    following->has_earlier = true;
    const struct rating *before = NULL;
    if (following->levels.size_count)
        before = rate(following->holdings, known, cycle, sums->sums, sums->count, following->earlier, day, following->arena);
    cycle_sums_add(sums, following->history, used, following->arena);
    const struct rating *after = rate(following->holdings, known, cycle, sums->sums, sums->count, following->earlier, day, following->arena);
    struct due dues[DUES_MAX];
    size_t count = levels_due(&following->levels, before, after, used->service, NULL, dues, following->arena);
    for (size_t i = 0; i < count; i++) owed_add(following, used, cycle, &dues[i]);
    following->next[used->service] = sums->is_plain ? ladder_next(after, &following->levels, used->service, NULL, following->arena) : 0;
}

void owed_find(const struct history *history, const struct used *first, size_t count, const struct holding *holdings, size_t holding_count,
               struct arena *arena, struct owed **owed, size_t *owed_count)
{
    struct following following = { .history = history, .holdings = holdings, .holding_count = holding_count, .arena = arena };
    for (size_t i = 0; i < count; i++) record_follow(&following, &first[i]);
    *owed = following.owed;
    *owed_count = following.owed_count;
}

int notice_key_order(const struct notice_key *a, const struct notice_key *b)
{
    if (a->cycle != b->cycle) return a->cycle < b->cycle ? -1 : 1;
    int order = str_compare(a->pool, b->pool);
    if (order) return order;
    if (a->level != b->level) return a->level < b->level ? -1 : 1;
    return (a->percent > b->percent) - (a->percent < b->percent);
}

int owed_order(const void *left, const void *right)
{
    const struct owed *a = left, *b = right;
    int order = notice_key_order(&a->key, &b->key);
    return order ? order : (a->cause > b->cause) - (a->cause < b->cause); /* causes stand in their order in one array */
}

int sent_order(const void *left, const void *right)
{
    const struct sent *a = left, *b = right;
    if (a->subject != b->subject) return a->subject < b->subject ? -1 : 1;
    int order = notice_key_order(&a->key, &b->key);
    if (order) return order;
    if (a->time != b->time) return a->time < b->time ? -1 : 1;
    order = str_compare(a->source, b->source);
    return order ? order : (a->seq > b->seq) - (a->seq < b->seq);
}
