#include "measure/usage/meter_inside.h"

#include <stdlib.h>

#include "measure/tariff/tariff.h"
#include "measure/usage/kinds.h"
#include "measure/usage/notice.h"

static const char correction_table[] =
    "CREATE TABLE IF NOT EXISTS \"correction\" (\"target_source\" TEXT NOT NULL, \"target_seq\" BIGINT NOT NULL, \"source\" TEXT NOT NULL,"
    " \"seq\" BIGINT NOT NULL, PRIMARY KEY (\"target_source\", \"target_seq\"));"
    "CREATE UNIQUE INDEX IF NOT EXISTS \"correction_by_record\" ON \"correction\" (\"source\", \"seq\");";
/* The first and the latest start of all use: as of when an audit judges, and which periods there are. */
static const char latest_table[] = "CREATE TABLE IF NOT EXISTS \"usage_latest\" (\"one\" BIGINT NOT NULL, \"first\" BIGINT NOT NULL,"
                                   " \"start\" BIGINT NOT NULL, PRIMARY KEY (\"one\"))";
static const char put_latest[] =
    "INSERT INTO \"usage_latest\" (\"one\", \"first\", \"start\") VALUES (1, $1, $2) ON CONFLICT (\"one\") DO UPDATE SET"
    " \"first\" = CASE WHEN excluded.\"first\" < \"usage_latest\".\"first\" THEN excluded.\"first\" ELSE \"usage_latest\".\"first\" END,"
    " \"start\" = CASE WHEN excluded.\"start\" > \"usage_latest\".\"start\" THEN excluded.\"start\" ELSE \"usage_latest\".\"start\" END";
static const char *const meter_tables[] = { notice_table, correction_table, latest_table, NULL };

static const char *const meter_digested[][2] = { { "notice", "\"entry\", \"place\", \"rank\"" },
                                                 { "correction", "\"target_source\", \"target_seq\"" },
                                                 { "usage_latest", "\"one\"" } };

void meter_clear(struct kept *meter)
{
    known_close(meter->known);
    slots_close(meter->slots);
    trace_close(meter->trace);
    meter->known = known_open();
    meter->slots = slots_open(known_crowded, meter->known);
    meter->trace = trace_open(meter->seam.disk, meter->seam.folder, meter->seam.scratch);
    meter->epoch = 1;
    meter->position = meter->used = meter->since_snapshot = 0;
}

static void meter_close(struct kept *meter)
{
    known_close(meter->known);
    slots_close(meter->slots);
    trace_close(meter->trace);
    arena_close(&meter->arena);
    text_close(&meter->entry);
    free(meter->records);
    pthread_rwlock_destroy(&meter->lock);
    free(meter);
}

static struct kept *meter_open(const struct keeping_seam *seam, uint64_t most, uint64_t *position, struct error *error)
{
    struct kept *meter = allocate(sizeof *meter);
    meter->seam = *seam;
    meter->records = allocate(BATCH_RECORDS * sizeof *meter->records);
    pthread_rwlockattr_t attributes;
    pthread_rwlockattr_init(&attributes);
    pthread_rwlockattr_setkind_np(&attributes, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP); /* readers without an end must not keep it waiting */
    pthread_rwlock_init(&meter->lock, &attributes);
    pthread_rwlockattr_destroy(&attributes);
    meter_clear(meter);
    if (meter_restore(meter, most, position, error) && (*position || trace_forget(meter->trace, error))) {
        meter->position = *position;
        return meter;
    }
    meter_close(meter);
    return NULL;
}

/* ---- what is known ---- */

static void tariffs_changed(struct kept *meter)
{
    if (++meter->epoch) return;
    /* Once round: an old slot must not pass for a new one. */
    meter->epoch = 1;
    const int32_t *cycles;
    size_t count = slots_cycles(meter->slots, &cycles);
    uint64_t subjects = slots_subjects(meter->slots);
    for (size_t i = 0; i < count; i++)
        for (uint64_t subject = 0; subject < subjects; subject++) {
            struct slot *slot = slots_at(meter->slots, subject, cycles[i], false);
            if (slot) slot->epoch = 0;
        }
}

static void subject_changed(struct kept *meter, uint64_t subject)
{
    const int32_t *cycles;
    size_t count = slots_cycles(meter->slots, &cycles);
    for (size_t i = 0; i < count; i++) {
        struct slot *slot = slots_at(meter->slots, subject, cycles[i], false);
        if (slot) look_again(slot);
    }
}

static bool known_apply(struct kept *meter, const struct applied *applied, struct error *error)
{
    struct str spans = applied->entry->packed_spans, records = applied->entry->records;
    uint64_t last = 0;
    struct record record;
    for (struct span span; entry_span(&spans, &last, &span);)
        for (uint64_t seq = span.low;; seq++) {
            struct str packed = records;
            if (!record_unpack(applied->kind, applied->entry->version, &records, &record, error)) return false;
            packed.length -= records.length;
            if (applied->kind == &tariff_kind) {
                if (!known_tariff(meter->known, &record, applied->entry->version, packed, error)) return false;
                tariffs_changed(meter);
            } else if (applied->kind == &subscription_kind) {
                known_subscription(meter->known, &record);
                subject_changed(meter, (uint64_t)record.values[SUBSCRIPTION_SUBSCRIBER].number);
            } else {
                known_setting(meter->known, &record);
                subject_changed(meter, (uint64_t)record.values[SETTING_SUBSCRIBER].number);
            }
            if (seq == span.high) break;
        }
    return true;
}

/* ---- use ---- */

/* The month in which the last record lay: the next one most often lies there too. */
struct month {
    int64_t start, end;
    int32_t cycle;
    uint32_t number;
};

static void month_find(struct month *month, int64_t moment)
{
    if (moment >= month->start && moment < month->end) return;
    month->cycle = cycle_of(moment);
    month->start = day_start(month->cycle);
    month->end = day_start(cycle_end(month->cycle));
    month->number = month_of(month->cycle);
}

/* A record that certainly owes nothing: it is in the plain case, and its sum stays below the next level. */
static inline bool use_is_quick(struct kept *meter, const struct use_record *use, const struct month *month, struct slot *slot)
{
    enum service service = use->service;
    if (slot->flags & SLOT_SHAPED || use->corrects.length || use->scope.length != 4 || memcmp(use->scope.at, "home", 4)) return false;
    if (!(slot->flags & SLOT_USED)) {
        const uint64_t *first;
        if (!known_plain(meter->known, use->subject, month->cycle, &first)) return false;
        for (int i = 0; i < SERVICES; i++) slot->next[i] = first[i];
        slot->epoch = meter->epoch;
    }
    if (slot->epoch != meter->epoch) return false;
    uint64_t sum = use_add(slot->sums[service], use_units(service, use->quantity));
    if (sum >= slot->next[service]) return false;
    uint32_t since = (uint32_t)(use->start - month->start);
    slot->sums[service] = sum;
    if (since > slot->latest || !(slot->flags & SLOT_USED)) slot->latest = since;
    meter->used += !(slot->flags & SLOT_USED);
    slot->flags |= SLOT_USED;
    return true;
}

enum { AHEAD = 32, NEAR = 16 };

static void use_prefetch(struct kept *meter, const struct use_record *use, struct month *month)
{
    month_find(month, use->start);
    const struct slot *slot = slots_look(meter->slots, use->subject, month->cycle);
    if (slot) __builtin_prefetch(slot, 1);
    known_prefetch(meter->known, use->subject);
}

static bool latest_put(struct kept *meter, size_t count, struct error *error)
{
    int64_t latest = INT64_MIN, first = INT64_MAX;
    for (size_t i = 0; i < count; i++) {
        if (meter->records[i].start > latest) latest = meter->records[i].start;
        if (meter->records[i].start < first) first = meter->records[i].start;
    }
    if (count && latest > meter->latest) meter->latest = latest;
    struct statement *put = count ? store_prepare(meter->seam.store, put_latest, error) : NULL;
    if (!put) return !count;
    statement_number(put, 1, first);
    statement_number(put, 2, latest);
    return statement_run(put, NULL, error);
}

static bool batch_apply(struct kept *meter, const struct applied *applied, bool again, struct error *error)
{
    size_t count;
    struct month month = { 0 }, ahead = { 0 };
    if (!use_records(applied->entry, meter->records, &count, error)) return false;
    const struct seen *corrected = known_corrected(meter->known, applied->entry->source);
    for (size_t i = 0; i < count && i < AHEAD; i++) use_prefetch(meter, &meter->records[i], &ahead);
    for (size_t i = 0; i < count; i++) {
        const struct use_record *use = &meter->records[i];
        if (i + AHEAD < count) use_prefetch(meter, &meter->records[i + AHEAD], &ahead);
        if (i + NEAR < count) known_prefetch_held(meter->known, meter->records[i + NEAR].subject);
        if (corrected_has(corrected, use->seq)) continue;
        month_find(&month, use->start);
        if (use_is_quick(meter, use, &month, slots_at(meter->slots, use->subject, month.cycle, true))) {
            trace_add(meter->trace, use->subject, month.number, applied->index);
            later_look_again(meter, use->subject, month.cycle);
            continue;
        }
        if (!use_apply(meter, applied, i, again, error)) return false;
        if (use->corrects.length) corrected = known_corrected(meter->known, applied->entry->source);
    }
    meter->since_snapshot += count;
    return again || latest_put(meter, count, error);
}

static bool meter_apply(struct kept *meter, const struct applied *applied, bool again, struct error *error)
{
    if (!meter->is_writing) pthread_rwlock_wrlock(&meter->lock);
    meter->is_writing = true;
    return applied->kind == &usage_kind ? batch_apply(meter, applied, again, error) : known_apply(meter, applied, error);
}

static void writing_end(struct kept *meter)
{
    if (meter->is_writing) pthread_rwlock_unlock(&meter->lock);
    meter->is_writing = false;
}

static bool meter_commit(struct kept *meter, uint64_t position, struct error *error)
{
    if (!meter->is_writing) pthread_rwlock_wrlock(&meter->lock);
    meter->is_writing = true;
    bool done = trace_settle(meter->trace, position, error);
    meter->position = position;
    slots_ahead(meter->slots, meter->latest);
    writing_end(meter);
    return done;
}

/* While running, rarely, as everybody waits for it; when closing, where replaying would take longer than reading a snapshot. */
enum { SNAPSHOT_RUNNING = 20000000, SNAPSHOT_CLOSING = 100000 };

static bool meter_wants_snapshot(const struct kept *meter, bool closing)
{
    uint64_t most = meter->seam.snapshot_records;
    if (!most) most = closing ? SNAPSHOT_CLOSING + meter->used / 8 : SNAPSHOT_RUNNING + meter->used / 2;
    return meter->since_snapshot > most;
}

static void meter_digest(struct kept *meter, struct sha256_run *run)
{
    known_digest(meter->known, run);
    slots_digest(meter->slots, run);
}

/* What a round left in memory when it failed is not read any more: the engine takes nothing more until it is opened again. */
static void meter_abandon(struct kept *meter)
{
    meter->is_abandoned = true;
    writing_end(meter);
}

static const struct kind *const followed[] = { &tariff_kind, &subscription_kind, &usage_setting_kind, &usage_kind, NULL };

const struct keeping meter_keeping = {
    .tables = meter_tables,
    .digested = meter_digested,
    .digested_count = sizeof meter_digested / sizeof *meter_digested,
    .kinds = followed,
    .open = meter_open,
    .apply = meter_apply,
    .commit = meter_commit,
    .abandon = meter_abandon,
    .wants_snapshot = meter_wants_snapshot,
    .snapshot = meter_save,
    .digest = meter_digest,
    .close = meter_close,
};
