#include "measure/usage/meter_inside.h"

#include "engine/correction.h"
#include "engine/state.h"
#include "measure/tariff/tariff.h"
#include "measure/usage/kinds.h"
#include "measure/usage/ladder.h"

/* One record on its way through the general case. */
struct applying {
    struct kept *meter;
    const struct applied *applied;
    const struct use_record *use;
    size_t place;
    bool again;
    struct entry_source entries;
    int32_t cycle;
    struct slot *slot;
};

static int64_t latest_of(const struct slot *slot, int32_t cycle)
{
    return day_start(cycle) + slot->latest;
}

void look_again(struct slot *slot)
{
    for (int service = 0; service < SERVICES; service++) slot->next[service] = 0;
}

void later_look_again(struct kept *meter, uint64_t subject, int32_t cycle)
{
    slots_later(meter->slots, subject, cycle, look_again);
}

/* ---- corrections ---- */

static const char put_correction[] =
    "INSERT INTO \"correction\" (\"target_source\", \"target_seq\", \"source\", \"seq\") VALUES ($1, $2, $3, $4)"
    " ON CONFLICT (\"target_source\", \"target_seq\") DO NOTHING";

static bool correction_put(const struct applying *applying, struct str target, uint64_t seq, struct error *error)
{
    struct statement *put = store_prepare(applying->meter->seam.store, put_correction, error);
    if (!put) return false;
    statement_text(put, 1, target);
    statement_number(put, 2, (int64_t)seq);
    statement_text(put, 3, applying->applied->entry->source);
    statement_number(put, 4, (int64_t)applying->use->seq);
    return statement_run(put, NULL, error);
}

/* The record that is corrected, if it came before this one; its strings are in the arena. */
static bool target_find(const struct applying *applying, struct str source, uint64_t seq, struct use_record *target, bool *found,
                        struct error *error)
{
    struct kept *meter = applying->meter;
    struct place place;
    struct entry entry;
    struct error missing = { 0 };
    size_t count;
    *found = false;
    if (!place_find(meter->seam.store, source, seq, &place, &missing)) {
        if (missing.code == ERROR_NOT_FOUND) return true;
        *error = missing;
        return false;
    }
    if (place.entry > applying->applied->index || !place.counts) return true;
    meter->entry.length = 0;
    if (!applying->entries.read(applying->entries.context, place.entry, &meter->entry, error) || !entry_read(text_str(&meter->entry), &entry, error))
        return false;
    if (!str_equal(entry.kind, str_of(usage_kind.name))) return true;
    struct use_record *records = arena_take(&meter->arena, BATCH_RECORDS * sizeof *records);
    if (!use_records(&entry, records, &count, error)) return false;
    if (place.entry == applying->applied->index && count > applying->place) count = applying->place;
    for (size_t i = 0; i < count; i++) {
        if (records[i].seq != seq) continue;
        *target = records[i];
        target->scope = (struct str){ arena_copy(&meter->arena, target->scope.at, target->scope.length), target->scope.length };
        *found = true;
        return true;
    }
    return true;
}

/* Takes a corrected record's use out of its cycle; the record itself is known to be corrected by now. */
static bool use_take_out(struct applying *applying, const struct use_record *target, struct error *error)
{
    struct kept *meter = applying->meter;
    int32_t cycle = cycle_of(target->start);
    struct slot *slot = slots_at(meter->slots, target->subject, cycle, false);
    if (!slot || !(slot->flags & SLOT_USED)) return true;
    uint64_t units = use_units(target->service, target->quantity);
    look_again(slot);
    later_look_again(meter, target->subject, cycle);
    struct detail detail;
    detail_unpack(meter->slots, slot, &detail, &meter->arena);
    bool is_shaped = slot->flags & SLOT_SHAPED;
    struct use_sum sum = shaped_use(&detail, cycle, target);
    /* The correction itself is at least as late most often: then nobody needs to look for the latest of the others. */
    bool is_followed = target->subject == applying->use->subject && cycle == applying->cycle && applying->use->start >= target->start;
    bool is_latest = target->start == latest_of(slot, cycle) && !is_followed, is_full = !is_shaped && slot->sums[target->service] >= INT64_MAX;
    for (size_t i = 0; i < detail.sum_count; i++) is_full = is_full || detail.sums[i].quantity >= INT64_MAX;
    if (!is_latest && !is_full) {
        if (!is_shaped) {
            slot->sums[target->service] -= units;
            return true;
        }
        detail_add(&detail, &sum, true, &meter->arena);
        detail_pack(meter->slots, slot, &detail);
        return true;
    }
    int64_t latest;
    struct shape shape = { .cut_count = detail.cut_count, .hours = detail.hours };
    memcpy(shape.cuts, detail.cuts, sizeof shape.cuts);
    if (!sums_gather(meter, &applying->entries, target->subject, cycle, &shape, (struct before){ applying->applied->index, applying->place, 0 },
                     &meter->arena, &detail, &latest, error))
        return false;
    slot->latest = latest == MOMENT_NONE ? 0 : (uint32_t)(latest - day_start(cycle));
    if (latest == MOMENT_NONE) slot->flags &= (uint8_t)~SLOT_USED;
    if (is_shaped) {
        detail_pack(meter->slots, slot, &detail);
        return true;
    }
    memset(slot->sums, 0, sizeof slot->sums);
    for (size_t i = 0; i < detail.sum_count; i++) slot->sums[detail.sums[i].service] = detail.sums[i].quantity;
    return true;
}

/* What the record corrects, if it came before, is taken out; else it will be passed over when it comes. */
static bool correct(struct applying *applying, struct error *error)
{
    struct record_name name;
    struct use_record target;
    bool found;
    if (!record_name_read(applying->use->corrects, &name)) return true;
    if (!target_find(applying, name.source, name.seq, &target, &found, error)) return false;
    if (corrected_has(known_corrected(applying->meter->known, name.source), name.seq)) return true;
    known_correction(applying->meter->known, name.source, name.seq);
    if (!applying->again && !correction_put(applying, name.source, name.seq, error)) return false;
    return !found || use_take_out(applying, &target, error);
}

/* ---- notices ---- */

static const char put_notice[] =
    "INSERT INTO \"notice\" (\"entry\", \"place\", \"rank\", \"subscriber\", \"cycle\", \"pool\", \"level\", \"percent\", \"occurrence\","
    " \"used\", \"quantity\", \"charge\", \"time\", \"source\", \"seq\", \"received\")"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)"
    " ON CONFLICT (\"entry\", \"place\", \"rank\") DO NOTHING";

static bool notice_put(const struct applying *applying, size_t rank, const struct due *due, struct error *error)
{
    struct statement *put = store_prepare(applying->meter->seam.store, put_notice, error);
    if (!put) return false;
    statement_number(put, 1, (int64_t)applying->applied->index);
    statement_number(put, 2, (int64_t)applying->place);
    statement_number(put, 3, (int64_t)rank);
    statement_number(put, 4, (int64_t)applying->use->subject);
    statement_number(put, 5, applying->cycle);
    statement_text(put, 6, due->pool);
    statement_number(put, 7, due->level);
    statement_number(put, 8, due->percent);
    statement_number(put, 9, (int64_t)due->occurrence);
    statement_number(put, 10, (int64_t)due->used);
    if (due->has_quantity)
        statement_number(put, 11, (int64_t)due->quantity);
    else
        statement_null(put, 11);
    statement_number(put, 12, due->charge);
    statement_number(put, 13, applying->use->start);
    statement_number(put, 14, applying->applied->source);
    statement_number(put, 15, (int64_t)applying->use->seq);
    statement_number(put, 16, applying->applied->entry->received);
    return statement_run(put, NULL, error);
}

/* ---- the general case ---- */

/* Sums become those of a shaped slot where they must be. */
static bool shape_ready(struct applying *applying, const struct holding *holdings, size_t count, struct detail *detail, bool *is_plain,
                        struct error *error)
{
    struct kept *meter = applying->meter;
    struct slot *slot = applying->slot;
    struct shape shape;
    shape_find(holdings, count, applying->cycle, &shape);
    bool is_home = str_equal(applying->use->scope, STR("home"));
    *is_plain = !(slot->flags & SLOT_SHAPED) && !shape.cut_count && !shape.hours && is_home;
    struct before before = { applying->applied->index, applying->place, 0 };
    if (!sums_of(meter, &applying->entries, applying->use->subject, applying->cycle, slot, &shape, before, &meter->arena, detail, error))
        return false;
    if (*is_plain) return true;
    slot->flags |= SLOT_SHAPED;
    memset(slot->sums, 0, sizeof slot->sums);
    return true;
}

static bool has_levels(const struct levels *levels)
{
    return levels->mark_count || levels->over[0] || levels->over[1] || levels->over[2] || levels->cap || levels->own_cap;
}

static void slot_put(struct applying *applying, struct detail *detail, bool is_plain)
{
    struct slot *slot = applying->slot;
    if (is_plain) {
        for (size_t i = 0; i < detail->sum_count; i++) slot->sums[detail->sums[i].service] = detail->sums[i].quantity;
        detail->sum_count = 0; /* they are in the slot */
    }
    if (!is_plain || slot->detail || has_levels(&detail->levels)) detail_pack(applying->meter->slots, slot, detail);
}

static bool level(struct applying *applying, const struct use_sum *sums_before, size_t count_before, struct error *error)
{
    struct kept *meter = applying->meter;
    const struct use_record *use = applying->use;
    struct arena *arena = &meter->arena;
    struct holding *holdings;
    struct detail detail;
    struct own_levels own;
    bool is_plain;
    const struct rating *earlier, *before = NULL;
    size_t count = known_holdings(meter->known, use->subject, arena, &holdings);
    bool has_own = known_own(meter->known, use->subject, use->start, &own);
    if (!shape_ready(applying, holdings, count, &detail, &is_plain, error)) return false;
    if (!(applying->slot->flags & SLOT_USED) || use->start > latest_of(applying->slot, applying->cycle))
        applying->slot->latest = (uint32_t)(use->start - day_start(applying->cycle));
    meter->used += !(applying->slot->flags & SLOT_USED);
    applying->slot->flags |= SLOT_USED;
    int32_t day = day_of(latest_of(applying->slot, applying->cycle));
    struct before now = { applying->applied->index, applying->place, 0 };
    if (!shape_earlier(meter, &applying->entries, use->subject, applying->cycle, holdings, count, now, arena, error) ||
        !rate_earlier(meter, &applying->entries, use->subject, applying->cycle, holdings, count, now, arena, &earlier, error))
        return false;
    if (detail.levels.size_count)
        before = rate(holdings, count, applying->cycle, sums_before ? sums_before : detail.sums, sums_before ? count_before : detail.sum_count,
                      earlier, day, arena);
    struct use_sum sum = shaped_use(&detail, applying->cycle, use);
    detail_add(&detail, &sum, false, arena);
    const struct rating *after = rate(holdings, count, applying->cycle, detail.sums, detail.sum_count, earlier, day, arena);
    struct due dues[DUES_MAX];
    size_t due_count = levels_due(&detail.levels, before, after, use->service, has_own ? &own : NULL, dues, arena);
    for (size_t i = 0; i < due_count && !applying->again; i++)
        if (!notice_put(applying, i, &dues[i], error)) return false;
    slot_put(applying, &detail, is_plain);
    bool looks = !is_plain || known_has_own(meter->known, use->subject);
    if (applying->slot->epoch != meter->epoch) look_again(applying->slot);
    applying->slot->epoch = meter->epoch;
    applying->slot->next[use->service] = looks ? 0 : ladder_next(after, &detail.levels, use->service, NULL, arena);
    return true;
}

bool use_apply(struct kept *meter, const struct applied *applied, size_t place, bool again, struct error *error)
{
    const struct use_record *use = &meter->records[place];
    struct applying applying = { .meter = meter, .applied = applied, .use = use, .place = place, .again = again,
                                 .entries = { meter->seam.entry, meter->seam.context }, .cycle = cycle_of(use->start) };
    struct use_sum *sums_before = NULL;
    struct detail with = { 0 };
    arena_reset(&meter->arena);
    applying.slot = slots_at(meter->slots, use->subject, applying.cycle, true);
    if (use->corrects.length) {
        struct holding *holdings;
        struct shape shape;
        size_t count = known_holdings(meter->known, use->subject, &meter->arena, &holdings);
        shape_find(holdings, count, applying.cycle, &shape);
        if (!sums_of(meter, &applying.entries, use->subject, applying.cycle, applying.slot, &shape, (struct before){ applied->index, place, 0 },
                     &meter->arena, &with, error) ||
            !correct(&applying, error))
            return false;
        sums_before = with.sum_count ? with.sums : arena_take(&meter->arena, sizeof *sums_before);
    }
    if (!level(&applying, sums_before, with.sum_count, error)) return false;
    later_look_again(meter, use->subject, applying.cycle);
    trace_add(meter->trace, use->subject, month_of(applying.cycle), applied->index);
    return true;
}
