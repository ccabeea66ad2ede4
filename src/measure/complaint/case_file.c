/* One case read from the state, by look-ups in indexes alone. That it may be seen is decided with its complaint's row; what belongs
   to it is read by its id. */
#include <stdlib.h>

#include "engine/engine.h"
#include "engine/write.h"
#include "measure/complaint/status.h"

static const char select_case[] = "SELECT " CASE_COLUMNS " FROM \"complaint\" WHERE {scope} AND \"complaint\".\"id\" = $1";
static const char select_any_case[] = "SELECT " CASE_COLUMNS " FROM \"complaint\" WHERE \"complaint\".\"id\" = $1";
static const char select_published_case[] =
    "SELECT " CASE_COLUMNS " FROM \"complaint\", \"complaint_publication\" p WHERE \"complaint\".\"id\" = $1"
    " AND p.\"complaint\" = \"complaint\".\"id\" AND p.\"agreed\" = 1";
static const char select_source[] = "SELECT \"name\" FROM \"source_name\" WHERE \"source\" = $1";
static const char select_events[] =
    "SELECT e.\"time\", e.\"event\", e.\"reason\", e.\"amount\", e.\"text\", s.\"name\", e.\"seq\", e.\"entry\", e.\"operator\","
    " e.\"into\" FROM \"complaint_event\" e, \"source_name\" s WHERE e.\"complaint\" = $1 AND s.\"source\" = e.\"source\"";
static const char select_claims[] =
    "SELECT \"claim\", \"asks\", \"amount\", \"text\" FROM \"complaint_claim\" WHERE \"complaint\" = $1 ORDER BY \"claim\"";
static const char select_claim_events[] =
    "SELECT \"claim\", \"time\", \"event\", \"amount\", \"text\", \"entry\" FROM \"complaint_claim_event\" WHERE \"complaint\" = $1"
    " ORDER BY \"claim\", \"time\", \"entry\"";
static const char select_appeals[] =
    "SELECT a.\"id\", a.\"filed\", a.\"about\", a.\"text\", s.\"name\", a.\"seq\", a.\"entry\" FROM \"appeal\" a, \"source_name\" s"
    " WHERE a.\"complaint\" = $1 AND s.\"source\" = a.\"source\"";
static const char select_appeal_events[] =
    "SELECT e.\"time\", e.\"event\", e.\"reason\", e.\"amount\", e.\"text\", s.\"name\", e.\"seq\", e.\"entry\""
    " FROM \"appeal_event\" e, \"source_name\" s WHERE e.\"appeal\" = $1 AND s.\"source\" = e.\"source\"";
static const char select_evidence[] =
    "SELECT \"evidence\", \"part\", \"parts\", \"name\", \"type\", \"bytes\", \"time\", \"content\" FROM \"complaint_evidence\""
    " WHERE \"complaint\" = $1 ORDER BY \"evidence\", \"part\", \"entry\"";
static const char select_notes[] =
    "SELECT \"time\", \"account\", \"text\", \"side\", \"operator\" FROM \"complaint_note\" WHERE \"complaint\" = $1"
    " ORDER BY \"time\", \"entry\"";
static const char select_assignments[] =
    "SELECT \"to\", \"side\", \"operator\" FROM \"complaint_assignment\" WHERE \"complaint\" = $1 ORDER BY \"time\" DESC, \"entry\" DESC";
static const char select_joined[] =
    "SELECT COUNT(DISTINCT \"subscriber\") FROM \"complaint_join\" WHERE \"complaint\" = $1";
static const char select_pressed[] = "SELECT COUNT(*), MAX(\"time\") FROM \"complaint_press\" WHERE \"complaint\" = $1";
static const char select_publication[] =
    "SELECT \"time\", \"agreed\", \"title\", \"text\" FROM \"complaint_publication\" WHERE \"complaint\" = $1";

/* ---- rows ---- */

static struct str text_at(struct view *view, struct statement *row, int column)
{
    struct str text = column_text(row, column);
    return text.at ? (struct str){ arena_copy(&view->arena, text.at, text.length), text.length } : (struct str){ 0 };
}

static int64_t number_at(struct statement *row, int column, int64_t absent)
{
    return column_is_null(row, column) ? absent : column_number(row, column);
}

static uint64_t sealed_at(struct statement *row, int column)
{
    return column_is_null(row, column) ? NO_TEXT : (uint64_t)column_number(row, column);
}

/* Room for one more at the end of a list that grows in the arena. */
static void *more(struct view *view, void *list, size_t count, size_t bytes)
{
    if (list && (count & (count - 1) || count < 4)) return list;
    void *wider = arena_take(&view->arena, bytes * (count < 4 ? 4 : 2 * count));
    if (count) memcpy(wider, list, bytes * count);
    return wider;
}

static struct statement *about(struct view *view, const char *sql, struct str id, struct error *error)
{
    struct statement *select = store_prepare(view->store, sql, error);
    if (select) statement_text(select, 1, id);
    return select;
}

/* ---- events ---- */

static int by_moment(const void *a, const void *b)
{
    const struct case_event *first = a, *second = b;
    if (first->time != second->time) return first->time < second->time ? -1 : 1;
    int order = str_compare(first->record.source, second->record.source);
    return order ? order : (first->record.seq > second->record.seq) - (first->record.seq < second->record.seq);
}

struct case_events {
    struct case_event *at;
    size_t count;
};

/* The rows of select_events or select_appeal_events that are not before the start, which are without effect. */
static bool events_read(struct view *view, const char *sql, struct str id, int64_t start, struct case_events *events,
                        struct error *error)
{
    struct statement *row = about(view, sql, id, error);
    bool there;
    if (!row) return false;
    for (;;) {
        if (!statement_step(row, &there, error)) return false;
        if (!there) return true;
        if (column_number(row, 0) < start) continue;
        events->at = more(view, events->at, events->count, sizeof *events->at);
        struct case_event *event = &events->at[events->count++];
        *event = (struct case_event){
            .time = column_number(row, 0), .step = (uint8_t)column_number(row, 1),
            .reason = (uint8_t)number_at(row, 2, REASON_NONE), .amount = number_at(row, 3, INT64_MIN), .text = sealed_at(row, 4),
            .reason_text = NO_TEXT, .record = { text_at(view, row, 5), (uint64_t)column_number(row, 6) },
            .entry = (uint64_t)column_number(row, 7),
        };
        if (statement_columns(row) > 8) {
            event->operator_ = text_at(view, row, 8);
            event->into = text_at(view, row, 9);
        }
    }
}

/* Puts them in order, and makes of them what the clock and the judges take: who it was moved to is told by the event's place. */
static struct event *steps_of(struct view *view, struct case_events *events)
{
    if (!events->count) return NULL;
    qsort(events->at, events->count, sizeof *events->at, by_moment);
    struct event *steps = arena_take(&view->arena, events->count * sizeof *steps);
    for (size_t i = 0; i < events->count; i++)
        steps[i] = (struct event){ .time = events->at[i].time, .seq = i, .step = events->at[i].step, .reason = events->at[i].reason,
                                   .operator_ = (uint32_t)i };
    return steps;
}

/* The state keeps of a reason only its class; its text's number stands in the ledger's entry. */
static bool reasons_read(struct view *view, const struct kind *kind, struct case_events *events, struct error *error)
{
    size_t field = kind_field(kind, STR("reason"));
    for (size_t i = 0; i < events->count; i++) {
        if (events->at[i].reason != REASON_OTHER) continue;
        struct text bytes = { 0 };
        struct entry entry;
        struct record record;
        bool done = ledger_read(engine_ledger(views_engine(view->views)), events->at[i].entry, &bytes, error) &&
                    entry_read(text_str(&bytes), &entry, error) &&
                    record_unpack(kind, entry.version, &entry.records, &record, error);
        if (done && record_has(&record, field)) events->at[i].reason_text = (uint64_t)record.values[field].number;
        text_close(&bytes);
        if (!done) return false;
    }
    return true;
}

static bool own_events_read(struct view *view, struct case_file *file, int64_t answered, enum case_depth depth, struct error *error)
{
    struct case_events events = { 0 };
    if (!events_read(view, select_events, file->complaint, file->filed, &events, error)) return false;
    for (size_t i = 0; i < events.count; i++) file->has_answer |= events.at[i].step == STEP_ANSWERED;
    if (answered >= file->filed) {
        file->has_answer = true;
        events.at = more(view, events.at, events.count, sizeof *events.at);
        events.at[events.count++] = (struct case_event){ .time = answered, .step = STEP_ANSWERED, .amount = INT64_MIN, .text = NO_TEXT,
                                                         .reason_text = NO_TEXT, .record = file->record, .entry = file->entry };
    }
    if (depth == CASE_WHOLE && !reasons_read(view, &complaint_event_kind, &events, error)) return false;
    file->steps = steps_of(view, &events);
    file->events = events.at;
    file->event_count = events.count;
    return true;
}

/* ---- claims ---- */

static void claim_event_add(struct view *view, struct case_claim *claim, struct statement *row)
{
    claim->events = more(view, (void *)claim->events, claim->event_count, sizeof *claim->events);
    enum claim_step step = (enum claim_step)column_number(row, 2);
    ((struct claim_event *)claim->events)[claim->event_count++] =
        (struct claim_event){ .time = column_number(row, 1), .step = step, .amount = number_at(row, 3, INT64_MIN),
                              .text = sealed_at(row, 4) };
    if (step <= CLAIM_REFUSED) {
        claim->verdict = (int)step;
        claim->person = -1;
    } else if (claim->verdict >= 0)
        claim->person = (int)step;
}

static bool claims_read(struct view *view, struct case_file *file, struct error *error)
{
    struct case_claim *claims = NULL;
    struct statement *row = about(view, select_claims, file->complaint, error);
    bool there;
    if (!row) return false;
    for (;;) {
        if (!statement_step(row, &there, error)) return false;
        if (!there) break;
        claims = more(view, claims, file->claim_count, sizeof *claims);
        claims[file->claim_count++] = (struct case_claim){ .claim = column_number(row, 0), .asks = (enum claim_asks)column_number(row, 1),
                                                           .amount = number_at(row, 2, INT64_MIN), .text = sealed_at(row, 3),
                                                           .verdict = -1, .person = -1 };
    }
    file->claims = claims;
    if (!file->claim_count) return true;
    if (!(row = about(view, select_claim_events, file->complaint, error))) return false;
    for (size_t i = 0;;) {
        if (!statement_step(row, &there, error)) return false;
        if (!there) return true;
        while (i < file->claim_count && claims[i].claim < column_number(row, 0)) i++;
        if (i < file->claim_count && claims[i].claim == column_number(row, 0)) claim_event_add(view, &claims[i], row);
    }
}

/* ---- appeals ---- */

static int by_filing(const void *a, const void *b)
{
    const struct case_appeal *first = a, *second = b;
    if (first->filed != second->filed) return first->filed < second->filed ? -1 : 1;
    return str_compare(first->appeal, second->appeal);
}

static bool appeals_of(struct view *view, struct case_file *file, enum case_depth depth, struct error *error)
{
    struct case_appeal *appeals = NULL;
    struct statement *row = about(view, select_appeals, file->complaint, error);
    bool there;
    if (!row) return false;
    for (;;) {
        if (!statement_step(row, &there, error)) return false;
        if (!there) break;
        appeals = more(view, appeals, file->appeal_count, sizeof *appeals);
        appeals[file->appeal_count++] = (struct case_appeal){
            .appeal = text_at(view, row, 0), .filed = column_number(row, 1),
            .about = (enum appeal_about)number_at(row, 2, ABOUT_OTHER), .text = sealed_at(row, 3),
            .record = { text_at(view, row, 4), (uint64_t)column_number(row, 5) }, .entry = (uint64_t)column_number(row, 6),
        };
    }
    if (appeals) qsort(appeals, file->appeal_count, sizeof *appeals, by_filing);
    file->appeals = appeals;
    for (size_t i = 0; i < file->appeal_count; i++) {
        struct case_events events = { 0 };
        if (!events_read(view, select_appeal_events, appeals[i].appeal, appeals[i].filed, &events, error)) return false;
        if (depth == CASE_WHOLE && !reasons_read(view, &appeal_event_kind, &events, error)) return false;
        appeals[i].steps = steps_of(view, &events);
        appeals[i].events = events.at;
        appeals[i].event_count = events.count;
    }
    return true;
}

/* ---- the rest of it ---- */

static bool evidence_read(struct view *view, struct case_file *file, struct error *error)
{
    struct case_evidence *all = NULL, *last = NULL;
    struct statement *row = about(view, select_evidence, file->complaint, error);
    size_t room = 0;
    bool there;
    if (!row) return false;
    for (;;) {
        if (!statement_step(row, &there, error)) return false;
        if (!there) break;
        int64_t evidence = column_number(row, 0), part = column_number(row, 1), parts = column_number(row, 2);
        if (!last || last->evidence != evidence) {
            all = more(view, all, file->evidence_count, sizeof *all);
            last = &all[file->evidence_count++];
            *last = (struct case_evidence){ .evidence = evidence, .name = sealed_at(row, 3), .type = text_at(view, row, 4),
                                            .bytes = column_number(row, 5), .time = column_number(row, 6) };
            room = (size_t)parts < EVIDENCE_BYTES / EVIDENCE_PART_BYTES ? (size_t)parts : EVIDENCE_BYTES / EVIDENCE_PART_BYTES;
            last->parts = arena_take(&view->arena, room * sizeof *last->parts);
        }
        if (last->part_count < room && part == (int64_t)last->part_count + 1) {
            ((uint64_t *)last->parts)[last->part_count++] = sealed_at(row, 7);
            last->whole = last->part_count == (size_t)parts;
        }
    }
    file->evidence = all;
    return true;
}

/* Whether what one side's staff wrote is for the one who looks. */
static bool is_own_side(const struct view *view, struct statement *row, int column)
{
    const struct identity *who = &view->who;
    if (who->role == ROLE_REGULATOR || who->role == ROLE_ADMINISTRATOR) return column_number(row, column) == SIDE_REGULATOR;
    return who->role == ROLE_OPERATOR && who->operator_[0] && column_number(row, column) == SIDE_OPERATOR &&
           str_equal(column_text(row, column + 1), str_of(who->operator_));
}

static bool staff_read(struct view *view, struct case_file *file, struct error *error)
{
    struct case_note *notes = NULL;
    struct statement *row = about(view, select_notes, file->complaint, error);
    bool there;
    if (!row) return false;
    for (;;) {
        if (!statement_step(row, &there, error)) return false;
        if (!there) break;
        if (!is_own_side(view, row, 3)) continue;
        notes = more(view, notes, file->note_count, sizeof *notes);
        notes[file->note_count++] =
            (struct case_note){ .time = column_number(row, 0), .account = text_at(view, row, 1), .text = sealed_at(row, 2) };
    }
    file->notes = notes;
    if (!(row = about(view, select_assignments, file->complaint, error))) return false;
    while (!file->assigned.length) {
        if (!statement_step(row, &there, error)) return false;
        if (!there) return true;
        if (is_own_side(view, row, 1)) file->assigned = text_at(view, row, 0);
    }
    statement_reset(row);
    return true;
}

static bool people_read(struct view *view, struct case_file *file, struct error *error)
{
    bool there;
    struct statement *row = about(view, select_joined, file->complaint, error);
    if (!row || !statement_step(row, &there, error)) return false;
    file->joined = column_number(row, 0);
    statement_reset(row);
    if (!(row = about(view, select_pressed, file->complaint, error)) || !statement_step(row, &there, error)) return false;
    file->pressed = column_number(row, 0);
    file->last_press = number_at(row, 1, MOMENT_NONE);
    statement_reset(row);
    if (!(row = about(view, select_publication, file->complaint, error)) || !statement_step(row, &there, error)) return false;
    file->has_publication = there;
    if (!there) return true;
    file->published_at = column_number(row, 0);
    file->published = column_number(row, 1) == 1;
    file->title = text_at(view, row, 2);
    file->public_text = text_at(view, row, 3);
    statement_reset(row);
    return true;
}

/* ---- a case ---- */

static bool source_read(struct view *view, int64_t number, struct str *name, struct error *error)
{
    struct statement *row = store_prepare(view->store, select_source, error);
    bool there;
    if (!row) return false;
    statement_number(row, 1, number);
    if (!statement_step(row, &there, error)) return false;
    if (!there) return fail(error, ERROR_DAMAGE, "the state has records of a source without a name: run `mingbai rebuild`");
    *name = text_at(view, row, 0);
    statement_reset(row);
    return true;
}

bool case_take(struct view *view, struct statement *row, enum case_depth depth, struct case_file *file, struct error *error)
{
    *file = (struct case_file){
        .complaint = text_at(view, row, 0), .operator_ = text_at(view, row, 1), .area = text_at(view, row, 2),
        .category = (int)number_at(row, 3, -1), .filed = column_number(row, 4), .channel = text_at(view, row, 5),
        .has_subscriber = !column_is_null(row, 6), .subscriber = (uint64_t)number_at(row, 6, 0), .text = sealed_at(row, 7),
        .has_outcome = !column_is_null(row, 9), .satisfied = (int)number_at(row, 10, -1),
        .record.seq = (uint64_t)column_number(row, 12), .entry = (uint64_t)column_number(row, 13), .last_press = MOMENT_NONE,
    };
    int64_t answered = number_at(row, 8, INT64_MIN);
    if (!source_read(view, column_number(row, 11), &file->record.source, error)) return false;
    file->from_portal = str_equal(file->record.source, STR(PORTAL_SOURCE));
    return own_events_read(view, file, answered, depth, error) && appeals_of(view, file, depth, error) &&
           ((depth == CASE_BRIEF && !file->has_answer) || claims_read(view, file, error)) &&
           (depth == CASE_BRIEF || (evidence_read(view, file, error) && staff_read(view, file, error) && people_read(view, file, error)));
}

static bool only_case(struct view *view, struct statement *row, struct str id, enum case_depth depth, struct case_file *file,
                      bool *found, struct error *error)
{
    *found = false;
    if (!row) return false;
    statement_text(row, 1, id);
    if (!statement_step(row, found, error)) return false;
    if (!*found) return true;
    bool done = case_take(view, row, depth, file, error);
    statement_reset(row);
    return done;
}

bool case_read(struct view *view, struct str id, enum case_depth depth, struct case_file *file, bool *found, struct error *error)
{
    return only_case(view, view_select(view, &complaint_kind, select_case, error), id, depth, file, found, error);
}

bool case_read_unseen(struct view *view, struct str id, struct case_file *file, bool *found, struct error *error)
{
    return only_case(view, store_prepare(view->store, select_any_case, error), id, CASE_BRIEF, file, found, error);
}

bool case_read_published(struct view *view, struct str id, struct case_file *file, bool *found, struct error *error)
{
    if (!only_case(view, store_prepare(view->store, select_published_case, error), id, CASE_BRIEF, file, found, error)) return false;
    if (!*found) return true;
    file->has_subscriber = false;
    file->subscriber = 0;
    file->text = NO_TEXT;
    return people_read(view, file, error);
}

bool case_of_appeal(struct view *view, struct str appeal, bool everybodys, struct str *complaint_id, struct error *error)
{
    struct statement *row = everybodys ? store_prepare(view->store, "SELECT \"complaint\" FROM \"appeal\" WHERE \"id\" = $1", error)
                                       : view_select(view, &appeal_kind, "SELECT \"complaint\" FROM \"appeal\" WHERE {scope} AND \"id\" = $1", error);
    bool there;
    *complaint_id = (struct str){ 0 };
    if (!row) return false;
    statement_text(row, 1, appeal);
    if (!statement_step(row, &there, error)) return false;
    if (!there) return true;
    struct str text = column_text(row, 0);
    *complaint_id = (struct str){ arena_copy(&view->arena, text.at, text.length), text.length };
    statement_reset(row);
    return true;
}
