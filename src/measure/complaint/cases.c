#include "measure/complaint/cases.h"

#include <stdlib.h>

static const char select_sources[] = "SELECT \"source\", \"name\" FROM \"source_name\"";
static const char select_complaints[] =
    "SELECT \"id\", \"operator\", \"area\", \"category\", \"filed\", \"subscriber\", \"answered\", \"outcome\", \"satisfied\","
    " \"source\", \"seq\" FROM \"complaint\" WHERE \"filed\" <= $1";
static const char select_complaint_events[] =
    "SELECT \"complaint\", \"time\", \"event\", \"operator\", \"source\", \"seq\" FROM \"complaint_event\"";
static const char select_appeals[] =
    "SELECT \"id\", \"complaint\", \"filed\", \"about\", \"source\", \"seq\" FROM \"appeal\" WHERE \"filed\" <= $1";
static const char select_appeal_events[] =
    "SELECT \"appeal\", \"time\", \"event\", \"reason\", \"source\", \"seq\" FROM \"appeal_event\" WHERE \"time\" <= $1";

/* ---- sources ---- */

struct named_source {
    int64_t number;
    struct str name;
};

static int by_name(const void *a, const void *b)
{
    return str_compare(((const struct named_source *)a)->name, ((const struct named_source *)b)->name);
}

static int by_number(const void *a, const void *b)
{
    int64_t first = ((const struct source_rank *)a)->number, second = ((const struct source_rank *)b)->number;
    return (first > second) - (first < second);
}

static bool sources_read(struct sources *sources, const struct audit *audit, struct error *error)
{
    struct statement *select = store_prepare(audit->store, select_sources, error);
    if (!select) return false;
    struct named_source *named = NULL;
    size_t room = 0;
    bool row = false, done;
    while ((done = statement_step(select, &row, error)) && row) {
        if (sources->count == room) {
            room = room ? room * 2 : 64;
            named = reallocate(named, room * sizeof *named);
        }
        struct str name = column_text(select, 1);
        named[sources->count++] = (struct named_source){ column_number(select, 0),
                                                         { arena_copy(audit->arena, name.at, name.length), name.length } };
    }
    if (sources->count) qsort(named, sources->count, sizeof *named, by_name);
    sources->names = arena_take(audit->arena, sources->count * sizeof *sources->names);
    sources->ranks = allocate(sources->count * sizeof *sources->ranks);
    for (uint32_t i = 0; i < sources->count; i++) {
        sources->names[i] = named[i].name;
        sources->ranks[i] = (struct source_rank){ named[i].number, i };
    }
    qsort(sources->ranks, sources->count, sizeof *sources->ranks, by_number);
    free(named);
    return done;
}

static bool source_find(const struct sources *sources, int64_t number, uint32_t *rank, struct error *error)
{
    struct source_rank key = { .number = number };
    const struct source_rank *found = bsearch(&key, sources->ranks, sources->count, sizeof key, by_number);
    if (!found) return fail(error, ERROR_DAMAGE, "the state has records of a source without a name: run `mingbai rebuild`");
    *rank = found->rank;
    return true;
}

/* ---- events ---- */

static void events_add(struct events *events, struct event event)
{
    if (events->count == events->room) {
        events->room = events->room ? events->room * 2 : 256;
        events->at = reallocate(events->at, events->room * sizeof *events->at);
    }
    events->at[events->count++] = event;
}

static int by_owner_and_order(const void *a, const void *b)
{
    const struct event *first = a, *second = b;
    if (first->owner != second->owner) return first->owner < second->owner ? -1 : 1;
    if (first->time != second->time) return first->time < second->time ? -1 : 1;
    if (first->source != second->source) return first->source < second->source ? -1 : 1;
    return (first->seq > second->seq) - (first->seq < second->seq);
}

static void events_sort(struct events *events)
{
    must(events->count < UINT32_MAX);
    if (events->count) qsort(events->at, events->count, sizeof *events->at, by_owner_and_order);
}

struct str subject_of(const char *what, struct str id, struct arena *arena)
{
    size_t before = strlen(what) + 1;
    char *subject = arena_take(arena, before + id.length);
    memcpy(subject, what, before - 1);
    subject[before - 1] = ':';
    memcpy(subject + before, id.at, id.length);
    return (struct str){ subject, before + id.length };
}

/* ---- complaints ---- */

static int64_t number_or(struct statement *select, int column, int64_t absent)
{
    return column_is_null(select, column) ? absent : column_number(select, column);
}

static bool complaint_add(struct complaints *complaints, const struct audit *audit, struct statement *select, bool with_events,
                          struct error *error)
{
    if (complaints->count == complaints->room) {
        complaints->room = complaints->room ? complaints->room * 2 : 256;
        complaints->at = reallocate(complaints->at, complaints->room * sizeof *complaints->at);
    }
    uint32_t place = names_add(&complaints->ids, audit->arena, column_text(select, 0));
    must(place == complaints->count);
    struct complaint_case *one = &complaints->at[complaints->count++];
    *one = (struct complaint_case){
        .operator_ = names_add(&complaints->words, audit->arena, column_text(select, 1)),
        .area = names_add(&complaints->words, audit->arena, column_text(select, 2)),
        .category = (int8_t)number_or(select, 3, -1),
        .filed = column_number(select, 4),
        .subscriber = number_or(select, 5, -1),
        .has_outcome = !column_is_null(select, 7),
        .satisfied = (int8_t)number_or(select, 8, -1),
        .seq = (uint64_t)column_number(select, 10),
    };
    if (!source_find(&complaints->sources, column_number(select, 9), &one->source, error)) return false;
    /* `answered` is the event in short form: with the complaint's own source and seq. */
    int64_t answered = number_or(select, 6, INT64_MIN);
    if (answered >= one->filed) one->has_answer = true;
    if (with_events && answered >= one->filed && answered <= audit->as_of)
        events_add(&complaints->events, (struct event){ .time = answered,
                                                        .seq = one->seq,
                                                        .source = one->source,
                                                        .owner = place,
                                                        .operator_ = NOBODY,
                                                        .step = STEP_ANSWERED });
    return true;
}

static bool complaint_event_add(struct complaints *complaints, const struct audit *audit, struct statement *select,
                                struct error *error)
{
    uint32_t owner = names_find(&complaints->ids, column_text(select, 0));
    if (owner == NOBODY) return true; /* it may come before its complaint: then it counts from that on */
    struct event event = { .time = column_number(select, 1), .owner = owner, .step = (uint8_t)column_number(select, 2),
                           .operator_ = NOBODY, .seq = (uint64_t)column_number(select, 5) };
    struct complaint_case *one = &complaints->at[owner];
    if (event.time < one->filed) return true; /* without effect */
    if (event.step == STEP_ANSWERED) one->has_answer = true;
    if (event.time > audit->as_of) return true;
    if (event.step == STEP_MOVED) event.operator_ = names_add(&complaints->words, audit->arena, column_text(select, 3));
    if (!source_find(&complaints->sources, column_number(select, 4), &event.source, error)) return false;
    events_add(&complaints->events, event);
    return true;
}

static bool complaint_rows(struct complaints *complaints, const struct audit *audit, bool with_events, struct error *error)
{
    struct statement *select = store_prepare(audit->store, select_complaints, error);
    if (!select) return false;
    statement_number(select, 1, audit->as_of);
    for (bool row;;) {
        if (!statement_step(select, &row, error)) return false;
        if (!row) return true;
        if (!complaint_add(complaints, audit, select, with_events, error)) {
            statement_reset(select);
            return false;
        }
    }
}

static bool complaint_event_rows(struct complaints *complaints, const struct audit *audit, struct error *error)
{
    struct statement *select = store_prepare(audit->store, select_complaint_events, error);
    if (!select) return false;
    for (bool row;;) {
        if (!statement_step(select, &row, error)) return false;
        if (!row) break;
        if (!complaint_event_add(complaints, audit, select, error)) {
            statement_reset(select);
            return false;
        }
    }
    events_sort(&complaints->events);
    for (uint32_t i = 0; i < complaints->events.count; i++) {
        struct complaint_case *one = &complaints->at[complaints->events.at[i].owner];
        if (!one->event_count++) one->first_event = i;
    }
    return true;
}

bool complaints_read(struct complaints *complaints, const struct audit *audit, bool with_events, struct error *error)
{
    *complaints = (struct complaints){ 0 };
    bool done = sources_read(&complaints->sources, audit, error) && complaint_rows(complaints, audit, with_events, error) &&
                (!with_events || complaint_event_rows(complaints, audit, error));
    if (!done) complaints_close(complaints);
    return done;
}

void complaints_close(struct complaints *complaints)
{
    free(complaints->at);
    free(complaints->events.at);
    free(complaints->sources.ranks);
    names_close(&complaints->ids);
    names_close(&complaints->words);
    *complaints = (struct complaints){ 0 };
}

/* ---- appeals ---- */

static bool appeal_rows(struct appeals *appeals, const struct complaints *complaints, const struct audit *audit,
                        struct error *error)
{
    struct statement *select = store_prepare(audit->store, select_appeals, error);
    if (!select) return false;
    statement_number(select, 1, audit->as_of);
    for (bool row;;) {
        if (!statement_step(select, &row, error)) return false;
        if (!row) return true;
        if (appeals->count == appeals->room) {
            appeals->room = appeals->room ? appeals->room * 2 : 64;
            appeals->at = reallocate(appeals->at, appeals->room * sizeof *appeals->at);
        }
        must(names_add(&appeals->ids, audit->arena, column_text(select, 0)) == appeals->count);
        struct appeal_case *one = &appeals->at[appeals->count++];
        *one = (struct appeal_case){
            .complaint = names_find(&complaints->ids, column_text(select, 1)),
            .filed = column_number(select, 2),
            .about = (enum appeal_about)number_or(select, 3, ABOUT_OTHER),
            .seq = (uint64_t)column_number(select, 5),
        };
        if (!source_find(&complaints->sources, column_number(select, 4), &one->source, error)) {
            statement_reset(select);
            return false;
        }
    }
}

static bool appeal_event_rows(struct appeals *appeals, const struct complaints *complaints, const struct audit *audit,
                              struct error *error)
{
    struct statement *select = store_prepare(audit->store, select_appeal_events, error);
    if (!select) return false;
    statement_number(select, 1, audit->as_of);
    for (bool row;;) {
        if (!statement_step(select, &row, error)) return false;
        if (!row) break;
        uint32_t owner = names_find(&appeals->ids, column_text(select, 0));
        /* What happened before the appeal was filed has no effect, as with complaints. */
        if (owner == NOBODY || column_number(select, 1) < appeals->at[owner].filed) continue;
        struct event event = { .time = column_number(select, 1), .owner = owner, .step = (uint8_t)column_number(select, 2),
                               .reason = (uint8_t)number_or(select, 3, REASON_NONE), .operator_ = NOBODY,
                               .seq = (uint64_t)column_number(select, 5) };
        if (!source_find(&complaints->sources, column_number(select, 4), &event.source, error)) {
            statement_reset(select);
            return false;
        }
        events_add(&appeals->events, event);
    }
    events_sort(&appeals->events);
    for (uint32_t i = 0; i < appeals->events.count; i++) {
        struct appeal_case *one = &appeals->at[appeals->events.at[i].owner];
        if (!one->event_count++) one->first_event = i;
    }
    return true;
}

bool appeals_read(struct appeals *appeals, const struct complaints *complaints, const struct audit *audit, struct error *error)
{
    *appeals = (struct appeals){ 0 };
    bool done = appeal_rows(appeals, complaints, audit, error) && appeal_event_rows(appeals, complaints, audit, error);
    if (!done) appeals_close(appeals);
    return done;
}

void appeals_close(struct appeals *appeals)
{
    free(appeals->at);
    free(appeals->events.at);
    names_close(&appeals->ids);
    *appeals = (struct appeals){ 0 };
}
