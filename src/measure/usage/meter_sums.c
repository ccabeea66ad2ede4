#include "measure/usage/meter_inside.h"

#include <stdlib.h>

#include "measure/usage/kinds.h"

uint32_t month_of(int32_t cycle)
{
    struct civil civil = civil_of(cycle);
    return (uint32_t)((civil.year - 1970) * 12 + civil.month - 1);
}

void shape_find(const struct holding *holdings, size_t count, int32_t cycle, struct shape *shape)
{
    shape->cut_count = cycle_cuts(holdings, count, cycle, shape->cuts);
    shape->hours = 0;
    for (int service = 0; service < SERVICES; service++)
        if (cycle_has_hours(holdings, count, cycle, (enum service)service)) shape->hours |= 1u << service;
}

struct use_sum shaped_use(const struct detail *detail, int32_t cycle, const struct use_record *use)
{
    int32_t day = day_of(use->start), part = cycle;
    for (size_t i = 0; i < detail->cut_count && detail->cuts[i] <= day; i++) part = detail->cuts[i];
    int hour = detail->hours >> use->service & 1 ? (int)((use->start - day_start(day)) / HOUR_MS) : HOUR_ANY;
    return (struct use_sum){ use->service, use->scope, part, hour, use_units(use->service, use->quantity) };
}

/* ---- records ---- */

struct walk {
    const struct kept *meter;
    const struct entry_source *entries;
    uint64_t subject;
    int32_t cycle;
    struct before before;
    bool (*each)(void *context, const struct metered_record *record, struct error *error);
    void *context;
    struct text bytes;
    struct use_record *records;
};

static bool entry_walk(void *context, uint64_t index, struct error *error)
{
    struct walk *walk = context;
    struct entry entry;
    size_t count;
    if (index > walk->before.index) return true;
    walk->bytes.length = 0;
    if (!walk->entries->read(walk->entries->context, index, &walk->bytes, error) || !entry_read(text_str(&walk->bytes), &entry, error) ||
        !use_records(&entry, walk->records, &count, error))
        return false;
    const struct seen *corrected = known_corrected(walk->meter->known, entry.source);
    if (index == walk->before.index && count > walk->before.place) count = walk->before.place;
    for (size_t i = 0; i < count; i++) {
        const struct use_record *use = &walk->records[i];
        if (use->subject != walk->subject || use->start < walk->before.from || cycle_of(use->start) != walk->cycle || corrected_has(corrected, use->seq)) continue;
        struct metered_record record = { .use = *use, .source = entry.source, .index = index };
        if (!walk->each(walk->context, &record, error)) return false;
    }
    return true;
}

bool records_each(const struct kept *meter, const struct entry_source *entries, uint64_t subject, int32_t cycle, struct before before,
                  bool (*each)(void *context, const struct metered_record *record, struct error *error), void *context, struct error *error)
{
    struct walk walk = { .meter = meter, .entries = entries, .subject = subject, .cycle = cycle, .before = before, .each = each,
                         .context = context, .records = allocate(BATCH_RECORDS * sizeof *walk.records) };
    bool done = trace_find(meter->trace, subject, month_of(cycle), entry_walk, &walk, error);
    text_close(&walk.bytes);
    free(walk.records);
    return done;
}

struct gathering {
    struct detail *detail;
    int32_t cycle;
    int64_t latest;
    struct arena *arena;
};

static bool gather(void *context, const struct metered_record *record, struct error *error)
{
    (void)error;
    struct gathering *gathering = context;
    struct use_sum sum = shaped_use(gathering->detail, gathering->cycle, &record->use);
    sum.scope = (struct str){ arena_copy(gathering->arena, sum.scope.at, sum.scope.length), sum.scope.length };
    detail_add(gathering->detail, &sum, false, gathering->arena);
    if (record->use.start > gathering->latest) gathering->latest = record->use.start;
    return true;
}

bool sums_gather(const struct kept *meter, const struct entry_source *entries, uint64_t subject, int32_t cycle, const struct shape *shape,
                 struct before before, struct arena *arena, struct detail *detail, int64_t *latest, struct error *error)
{
    struct gathering gathering = { .detail = detail, .cycle = cycle, .latest = MOMENT_NONE, .arena = arena };
    detail->sum_count = 0;
    detail->cut_count = shape->cut_count;
    memcpy(detail->cuts, shape->cuts, sizeof detail->cuts);
    detail->hours = shape->hours;
    if (!records_each(meter, entries, subject, cycle, before, gather, &gathering, error)) return false;
    if (latest) *latest = gathering.latest;
    return true;
}

/* ---- sums in a shape ---- */

static bool will_do(const struct detail *detail, const struct shape *shape)
{
    if (shape->hours & ~detail->hours) return false;
    for (size_t i = 0; i < shape->cut_count; i++) {
        size_t at = 0;
        while (at < detail->cut_count && detail->cuts[at] != shape->cuts[i]) at++;
        if (at == detail->cut_count) return false;
    }
    return true;
}

bool sums_of(const struct kept *meter, const struct entry_source *entries, uint64_t subject, int32_t cycle, const struct slot *slot,
             const struct shape *shape, struct before before, struct arena *arena, struct detail *detail, struct error *error)
{
    *detail = (struct detail){ 0 };
    if (slot) detail_unpack(meter->slots, slot, detail, arena);
    if (slot && !(slot->flags & SLOT_SHAPED))
        for (int service = 0; service < SERVICES; service++) {
            struct use_sum sum = { (enum service)service, STR("home"), cycle, HOUR_ANY, slot->sums[service] };
            if (sum.quantity) detail_add(detail, &sum, false, arena);
        }
    if (will_do(detail, shape)) return true;
    if (!slot || !(slot->flags & SLOT_USED)) {
        detail->cut_count = shape->cut_count;
        memcpy(detail->cuts, shape->cuts, sizeof detail->cuts);
        detail->hours = shape->hours;
        return true;
    }
    return sums_gather(meter, entries, subject, cycle, shape, before, arena, detail, NULL, error);
}

/* ---- what rolls over ---- */

/* Before the first use all is left whole, so that as many cycles before it are enough as anything lives. */
static int32_t first_needed(const struct kept *meter, uint64_t subject, int32_t cycle, const struct holding *holdings, size_t count)
{
    const int32_t *cycles;
    size_t cycle_count = slots_cycles(meter->slots, &cycles);
    int32_t first_used = cycle;
    for (size_t i = 0; i < cycle_count && cycles[i] < cycle; i++) {
        const struct slot *slot = slots_look(meter->slots, subject, cycles[i]);
        if (!slot || !(slot->flags & SLOT_USED)) continue;
        first_used = cycles[i];
        break;
    }
    return day_add_months(first_used, -(int)longest_rollover(holdings, count));
}

/* The cycles, from the first on, that must be rated before this one; this one itself where nothing can roll over into it. */
static int32_t earlier_from(const struct kept *meter, uint64_t subject, int32_t cycle, const struct holding *holdings, size_t count)
{
    int32_t from = cycle_rolls_from(holdings, count, cycle);
    if (from == cycle) return cycle;
    int32_t needed = first_needed(meter, subject, cycle, holdings, count);
    return from > needed ? from : needed;
}

bool shape_earlier(struct kept *meter, const struct entry_source *entries, uint64_t subject, int32_t cycle, const struct holding *holdings,
                   size_t count, struct before before, struct arena *arena, struct error *error)
{
    for (int32_t at = earlier_from(meter, subject, cycle, holdings, count); at < cycle; at = cycle_end(at)) {
        struct slot *slot = slots_at(meter->slots, subject, at, false);
        struct shape shape;
        struct detail detail = { 0 };
        if (!slot || !(slot->flags & SLOT_USED)) continue;
        shape_find(holdings, count, at, &shape);
        detail_unpack(meter->slots, slot, &detail, arena);
        if (will_do(&detail, &shape)) continue;
        if (!sums_gather(meter, entries, subject, at, &shape, before, arena, &detail, NULL, error)) return false;
        slot->flags |= SLOT_SHAPED;
        memset(slot->sums, 0, sizeof slot->sums);
        detail_pack(meter->slots, slot, &detail);
    }
    return true;
}

bool rate_earlier(const struct kept *meter, const struct entry_source *entries, uint64_t subject, int32_t cycle,
                  const struct holding *holdings, size_t count, struct before before, struct arena *arena, const struct rating **earlier,
                  struct error *error)
{
    *earlier = NULL;
    for (int32_t at = earlier_from(meter, subject, cycle, holdings, count); at < cycle; at = cycle_end(at)) {
        struct shape shape;
        struct detail detail;
        shape_find(holdings, count, at, &shape);
        if (!sums_of(meter, entries, subject, at, slots_look(meter->slots, subject, at), &shape, before, arena, &detail, error)) return false;
        *earlier = rate(holdings, count, at, detail.sums, detail.sum_count, *earlier, at, arena);
    }
    return true;
}
