/* What readers ask of the meter: everything under its lock, of what was committed. */
#include "measure/usage/meter_inside.h"

enum { MONTHS_AHEAD = 12 };

static bool ledger_entry(void *context, uint64_t index, struct text *out, struct error *error)
{
    return ledger_read(context, index, out, error);
}

static bool cycle_read(struct kept *meter, const struct entry_source *entries, uint64_t subject, int64_t as_of, struct arena *arena,
                       struct metered *out, struct error *error)
{
    const struct slot *slot = slots_look(meter->slots, subject, out->cycle);
    struct shape shape;
    struct detail detail;
    out->position = meter->position;
    out->holding_count = known_holdings(meter->known, subject, arena, &out->holdings);
    out->is_used = slot && slot->flags & SLOT_USED;
    out->latest = out->is_used ? day_start(out->cycle) + slot->latest : MOMENT_NONE;
    if (as_of == MOMENT_NONE) as_of = out->is_used ? out->latest : day_start(cycle_end(out->cycle)) - 1;
    shape_find(out->holdings, out->holding_count, out->cycle, &shape);
    if (!sums_of(meter, entries, subject, out->cycle, slot, &shape, BEFORE_NONE, arena, &detail, error) ||
        !rate_earlier(meter, entries, subject, out->cycle, out->holdings, out->holding_count, BEFORE_NONE, arena, &out->earlier, error))
        return false;
    out->sums = detail.sums;
    out->sum_count = detail.sum_count;
    out->levels = detail.levels;
    out->rating = rate(out->holdings, out->holding_count, out->cycle, detail.sums, detail.sum_count, out->earlier, day_of(as_of), arena);
    return true;
}

/* The cycle from a day within it on. */
static bool rest_read(struct kept *meter, const struct entry_source *entries, uint64_t subject, int32_t from, int64_t as_of, struct arena *arena,
                      struct metered *out, struct error *error)
{
    struct before since = BEFORE_NONE;
    struct shape shape;
    struct detail detail = { 0 };
    size_t count = known_holdings(meter->known, subject, arena, &out->holdings);
    for (size_t i = 0; i < count; i++)
        if (out->holdings[i].to == DAY_NONE || out->holdings[i].to > from) out->holdings[out->holding_count++] = out->holdings[i];
    since.from = day_start(from);
    out->position = meter->position;
    shape_find(out->holdings, out->holding_count, out->cycle, &shape);
    if (!sums_gather(meter, entries, subject, out->cycle, &shape, since, arena, &detail, &out->latest, error)) return false;
    out->is_used = out->latest != MOMENT_NONE;
    if (as_of == MOMENT_NONE) as_of = out->is_used ? out->latest : day_start(cycle_end(out->cycle)) - 1;
    out->sums = detail.sums;
    out->sum_count = detail.sum_count;
    out->rating = rate(out->holdings, out->holding_count, out->cycle, detail.sums, detail.sum_count, NULL, day_of(as_of), arena);
    return true;
}

/* Whether memory may be read; with the lock. */
static bool is_readable(const struct kept *meter, struct error *error)
{
    return !meter->is_abandoned || fail_both(error, ERROR_BUSY, "the meter stopped at a failure: start the program again", "计量因故障停止：请重新启动程序");
}

/* Nothing is rated for a time that is far ahead: what might roll over until then would take long to find. */
static bool is_near(int32_t cycle, struct error *error)
{
    return cycle <= day_add_months(cycle_of(moment_now()), MONTHS_AHEAD) ||
           fail_both(error, ERROR_USAGE, "that month is too far ahead: at most a year", "账期太远：最多往后一年");
}

bool meter_cycle(struct kept *meter, struct ledger *ledger, uint64_t subject, int32_t cycle, int32_t from, int64_t as_of, struct arena *arena,
                 struct metered *out, struct error *error)
{
    struct entry_source entries = { ledger_entry, ledger };
    *out = (struct metered){ .cycle = cycle };
    if (!is_near(cycle, error)) return false;
    pthread_rwlock_rdlock(&meter->lock);
    bool done = is_readable(meter, error) && (from > cycle ? rest_read(meter, &entries, subject, from, as_of, arena, out, error)
                                                           : cycle_read(meter, &entries, subject, as_of, arena, out, error));
    for (size_t i = 0; done && i < out->holding_count; i++) out->holdings[i].id = arena_str(arena, out->holdings[i].id);
    pthread_rwlock_unlock(&meter->lock);
    return done;
}

bool meter_own(struct kept *meter, uint64_t subject, int64_t moment, struct own_levels *own)
{
    pthread_rwlock_rdlock(&meter->lock);
    bool has_own = known_own(meter->known, subject, moment, own);
    pthread_rwlock_unlock(&meter->lock);
    return has_own;
}

size_t meter_cycles(struct kept *meter, uint64_t subject, struct arena *arena, int32_t **cycles)
{
    const int32_t *all;
    size_t count = 0;
    pthread_rwlock_rdlock(&meter->lock);
    size_t all_count = slots_cycles(meter->slots, &all);
    *cycles = arena_take(arena, all_count * sizeof **cycles);
    for (size_t i = 0; i < all_count; i++) {
        const struct slot *slot = slots_look(meter->slots, subject, all[i]);
        if (slot && slot->flags & SLOT_USED) (*cycles)[count++] = all[i];
    }
    pthread_rwlock_unlock(&meter->lock);
    return count;
}

int32_t meter_newest(struct kept *meter, int32_t last)
{
    const int32_t *cycles;
    pthread_rwlock_rdlock(&meter->lock);
    size_t count = slots_cycles(meter->slots, &cycles);
    while (count && cycles[count - 1] > last) count--;
    int32_t newest = count ? cycles[count - 1] : DAY_NONE;
    pthread_rwlock_unlock(&meter->lock);
    return newest;
}

bool meter_records(struct kept *meter, struct ledger *ledger, uint64_t subject, int32_t cycle, int32_t from,
                   bool (*each)(void *context, const struct metered_record *record, struct error *error), void *context, struct error *error)
{
    struct entry_source entries = { ledger_entry, ledger };
    struct before since = BEFORE_NONE;
    if (from > cycle) since.from = day_start(from);
    pthread_rwlock_rdlock(&meter->lock);
    bool done = is_readable(meter, error) && records_each(meter, &entries, subject, cycle, since, each, context, error);
    pthread_rwlock_unlock(&meter->lock);
    return done;
}

uint64_t meter_bytes(struct kept *meter)
{
    pthread_rwlock_rdlock(&meter->lock);
    uint64_t bytes = slots_bytes(meter->slots) + known_bytes(meter->known);
    pthread_rwlock_unlock(&meter->lock);
    return bytes;
}
