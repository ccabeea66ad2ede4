#include "measure/usage/history.h"

#include <stdlib.h>

#include "engine/correction.h"
#include "engine/replay.h"
#include "measure/usage/kinds.h"
#include "measure/usage/slots.h"
#include "measure/usage/use_record.h"

enum { SLICE_RECORDS = 40000000 };

/* ---- reading ---- */

struct reading {
    const struct audit *audit;
    struct decisions *decisions;
    uint64_t slices, slice, counted;
    struct history *history;      /* NULL: only counts */
    size_t room;
    struct use_record *records;
};

static uint32_t place_in(struct sources *names, struct str name)
{
    struct source *found = sources_find(names, name);
    return (uint32_t)((found ? found : sources_add(names, name))->number - 1);
}

static void used_add(struct reading *reading, const struct use_record *use, uint32_t source)
{
    struct history *history = reading->history;
    if (history->count == reading->room) {
        reading->room = reading->room ? reading->room * 2 : 4096;
        history->at = reallocate(history->at, reading->room * sizeof *history->at);
    }
    history->at[history->count++] = (struct used){ .subject = use->subject, .start = use->start, .units = use_units(use->service, use->quantity),
                                                   .seq = use->seq, .source = source, .scope = place_in(&history->scopes, use->scope),
                                                   .service = use->service };
}

/* What a record that is seen corrects is left out in the end: a later correction is unseen, and what it replaces counts. */
static void corrected_add(struct history *history, struct str corrects)
{
    struct record_name target;
    if (!record_name_read(corrects, &target)) return;
    uint32_t place = place_in(&history->sources, target.source);
    seen_add(&history->sources.at[place].seen, (struct span){ target.seq, target.seq });
}

static void corrected_drop(struct history *history)
{
    size_t kept = 0;
    for (size_t i = 0; i < history->count; i++)
        if (!seen_has(&history->sources.at[history->at[i].source].seen, history->at[i].seq)) history->at[kept++] = history->at[i];
    history->count = kept;
}

static bool entry_take(void *context, uint64_t index, struct str bytes, struct error *error)
{
    struct reading *reading = context;
    struct entry entry;
    size_t count;
    if (!entry_read(bytes, &entry, error)) return false;
    if (!str_equal(entry.kind, str_of(usage_kind.name)) || decisions_on(reading->decisions, index, &entry) != ENTRY_COUNTS) return true;
    reading->counted += entry.count;
    if (!reading->history) return true;
    if (!use_records(&entry, reading->records, &count, error)) return false;
    uint32_t source = place_in(&reading->history->sources, entry.source);
    for (size_t i = 0; i < count; i++) {
        const struct use_record *use = &reading->records[i];
        if (use->start > reading->audit->as_of) continue;
        if (use->corrects.length) corrected_add(reading->history, use->corrects);
        if (use->subject % reading->slices == reading->slice) used_add(reading, use, source);
    }
    return true;
}

static bool ledger_take(struct reading *reading, struct error *error)
{
    reading->decisions = decisions_of_state(reading->audit->store, error);
    bool done = reading->decisions && ledger_scan(reading->audit->ledger, 0, reading->audit->position, entry_take, reading, error);
    decisions_close(reading->decisions);
    return done;
}

/* Without any use the ledger need not be read. */
static bool any_use(const struct audit *audit, bool *any, struct error *error)
{
    *any = false;
    if (!audit->ledger) return true;
    struct statement *select = store_prepare(audit->store, "SELECT 1 FROM \"usage_latest\"", error);
    if (!select || !statement_step(select, any, error)) return false;
    statement_reset(select);
    return true;
}

bool history_slices(const struct audit *audit, uint64_t *slices, struct error *error)
{
    struct reading reading = { .audit = audit };
    bool any;
    *slices = 1;
    if (!any_use(audit, &any, error)) return false;
    if (!any) return true;
    if (!ledger_take(&reading, error)) return false;
    *slices = 1 + reading.counted / SLICE_RECORDS;
    return true;
}

/* ---- order ---- */

static int name_order(const void *left, const void *right, void *context)
{
    const struct sources *sources = context;
    return str_compare(source_name(&sources->at[*(const uint32_t *)left]), source_name(&sources->at[*(const uint32_t *)right]));
}

static int used_order(const void *left, const void *right, void *context)
{
    const struct used *a = left, *b = right;
    const uint32_t *rank = context;
    if (a->subject != b->subject) return a->subject < b->subject ? -1 : 1;
    if (a->start != b->start) return a->start < b->start ? -1 : 1;
    if (a->source != b->source) return rank[a->source] < rank[b->source] ? -1 : 1;
    return (a->seq > b->seq) - (a->seq < b->seq);
}

static void sort(struct history *history)
{
    size_t count = history->sources.count;
    uint32_t *order = allocate((count + 1) * sizeof *order);
    history->source_rank = allocate((count + 1) * sizeof *history->source_rank);
    for (size_t i = 0; i < count; i++) order[i] = (uint32_t)i;
    qsort_r(order, count, sizeof *order, name_order, &history->sources);
    for (size_t i = 0; i < count; i++) history->source_rank[order[i]] = (uint32_t)i;
    free(order);
    if (history->count) qsort_r(history->at, history->count, sizeof *history->at, used_order, history->source_rank);
}

bool history_open(const struct audit *audit, uint64_t slices, uint64_t slice, struct history *history, struct error *error)
{
    bool any;
    *history = (struct history){ 0 };
    struct reading reading = { .audit = audit, .slices = slices, .slice = slice, .history = history,
                               .records = allocate(BATCH_RECORDS * sizeof *reading.records) };
    bool done = tariffs_load(audit->store, audit->arena, &history->tariffs, &history->tariff_count, error) &&
                any_use(audit, &any, error) && (!any || ledger_take(&reading, error));
    free(reading.records);
    if (done) {
        corrected_drop(history);
        sort(history);
    } else {
        history_close(history);
    }
    return done;
}

void history_close(struct history *history)
{
    free(history->at);
    free(history->source_rank);
    sources_close(&history->sources);
    sources_close(&history->scopes);
    *history = (struct history){ 0 };
}

size_t history_next(const struct history *history, size_t *at, const struct used **first)
{
    size_t begin = *at;
    *first = &history->at[begin];
    while (*at < history->count && history->at[*at].subject == history->at[begin].subject) ++*at;
    return *at - begin;
}

/* ---- subscriptions ---- */

bool holdings_load(const struct audit *audit, const struct history *history, uint64_t subject, struct arena *arena, struct holding **holdings,
                   size_t *count, struct error *error)
{
    struct statement *select =
        store_prepare(audit->store, "SELECT \"tariff\", \"from\", \"to\" FROM \"subscription\" WHERE \"subscriber\" = $1"
                                    " ORDER BY \"from\", \"tariff\" LIMIT $2", error);
    size_t room = 0;
    *count = 0;
    *holdings = NULL;
    if (!select) return false;
    statement_number(select, 1, (int64_t)subject);
    statement_number(select, 2, SUBSCRIPTIONS_MOST);
    for (bool row;;) {
        if (!statement_step(select, &row, error)) return false;
        if (!row) break;
        if (*count == room) {
            struct holding *larger = arena_take(arena, (room = room ? room * 2 : 8) * sizeof *larger);
            if (*count) memcpy(larger, *holdings, *count * sizeof *larger);
            *holdings = larger;
        }
        struct str id = column_text(select, 0);
        (*holdings)[(*count)++] = (struct holding){
            .tariff = tariffs_find(history->tariffs, history->tariff_count, id), .id = arena_str(arena, id),
            .from = (int32_t)column_number(select, 1), .to = column_is_null(select, 2) ? DAY_NONE : (int32_t)column_number(select, 2),
        };
    }
    if (*count) qsort(*holdings, *count, sizeof **holdings, holding_order);
    return true;
}

/* ---- sums ---- */

void cycle_sums_open(struct cycle_sums *sums, const struct holding *holdings, size_t count, int32_t cycle)
{
    *sums = (struct cycle_sums){ .cycle = cycle };
    sums->cut_count = cycle_cuts(holdings, count, cycle, sums->cuts);
    for (int service = 0; service < SERVICES; service++)
        if (cycle_has_hours(holdings, count, cycle, (enum service)service)) sums->hours |= 1u << service;
    sums->is_plain = !sums->cut_count && !sums->hours;
}

void cycle_sums_add(struct cycle_sums *sums, const struct history *history, const struct used *used, struct arena *arena)
{
    int32_t day = day_of(used->start), part = sums->cycle;
    for (size_t i = 0; i < sums->cut_count && sums->cuts[i] <= day; i++) part = sums->cuts[i];
    struct use_sum sum = { used->service, source_name(&history->scopes.at[used->scope]), part,
                           sums->hours >> used->service & 1 ? (int)((used->start - day_start(day)) / HOUR_MS) : HOUR_ANY, used->units };
    sums->is_plain = sums->is_plain && str_equal(sum.scope, STR("home"));
    struct detail detail = { .sums = sums->sums, .sum_count = sums->count, .sum_room = sums->room };
    detail_add(&detail, &sum, false, arena);
    sums->sums = detail.sums;
    sums->count = detail.sum_count;
    sums->room = detail.sum_room;
}

const struct rating *rating_before(const struct cycle_sums *cycles, size_t cycle_count, int32_t cycle, const struct holding *holdings,
                                   size_t count, struct arena *arena)
{
    int32_t from = cycle_rolls_from(holdings, count, cycle), first = cycle_count && cycles[0].cycle < cycle ? cycles[0].cycle : cycle;
    if (from == cycle) return NULL;
    /* Before the first use all is left whole: as many cycles before it are enough as anything lives. */
    int32_t needed = day_add_months(first, -(int)longest_rollover(holdings, count));
    const struct rating *earlier = NULL;
    size_t at = 0;
    for (int32_t month = from > needed ? from : needed; month < cycle; month = cycle_end(month)) {
        while (at < cycle_count && cycles[at].cycle < month) at++;
        bool is_used = at < cycle_count && cycles[at].cycle == month;
        earlier = rate(holdings, count, month, is_used ? cycles[at].sums : NULL, is_used ? cycles[at].count : 0, earlier, month, arena);
    }
    return earlier;
}

/* ---- whose ---- */

bool served_load(const struct audit *audit, uint64_t subject, struct served *served, struct error *error)
{
    struct statement *select =
        store_prepare(audit->store, "SELECT \"operator\", \"area\", \"since\" FROM \"subscriber\" WHERE \"subscriber\" = $1", error);
    bool row;
    *served = (struct served){ .since = DAY_NONE };
    if (!select) return false;
    statement_number(select, 1, (int64_t)subject);
    if (!statement_step(select, &row, error)) return false;
    if (!row) return true;
    *served = (struct served){ arena_str(audit->arena, column_text(select, 0)), arena_str(audit->arena, column_text(select, 1)), (int32_t)column_number(select, 2) };
    statement_reset(select);
    return true;
}

struct str served_by(const struct served *served, const struct holding *holdings, size_t count, int32_t day)
{
    if (served->since != DAY_NONE && served->since <= day) return served->operator_;
    const struct holding *main = holdings_main(holdings, count, day, day + 1);
    if (!main) main = cycle_main(holdings, count, period_of(day, 'M').first);
    return main ? main->tariff->operator_ : served->operator_;
}

bool has_moved(const struct served *served, const struct holding *holdings, size_t count, int32_t cycle)
{
    if (served->since <= cycle || served->since >= cycle_end(cycle)) return false;
    for (size_t i = 0; i < count; i++) {
        const struct holding *holding = &holdings[i];
        bool is_held = holding->from < served->since && (holding->to == DAY_NONE || holding->to > cycle);
        if (is_held && holding->tariff && !str_equal(holding->tariff->operator_, served->operator_)) return true;
    }
    return false;
}
