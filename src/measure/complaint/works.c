#include "measure/complaint/works.h"

#include <stdlib.h>

#include "engine/write.h"
#include "measure/complaint/answer.h"
#include "measure/complaint/appeal.h"
#include "measure/complaint/status.h"

static const char select_cared[] = "SELECT \"complaint\" FROM \"complaint_press\" UNION SELECT \"complaint\" FROM \"complaint_join\""
                                   " UNION SELECT \"complaint\" FROM \"complaint_assignment\"";
static const char select_care[] =
    "SELECT (SELECT COUNT(*) FROM \"complaint_press\" p WHERE p.\"complaint\" = $1),"
    " (SELECT COUNT(DISTINCT j.\"subscriber\") FROM \"complaint_join\" j WHERE j.\"complaint\" = $1)";
static const char select_assigned[] =
    "SELECT \"side\", \"operator\", \"to\" FROM \"complaint_assignment\" WHERE \"complaint\" = $1 ORDER BY \"time\", \"entry\"";

static struct str kept(struct words *words, struct str word)
{
    if (!word.length) return (struct str){ 0 };
    uint32_t place = names_add(&words->names, &words->arena, word); /* which may move the names */
    return words->names.at[place];
}

/* ---- an answer ---- */

/* The last run of the clock, where it is open; its due is told by nothing that happens later. */
static bool answer_waits(const struct law *law, struct clock *clock, const struct work *about, const struct event *steps, size_t count,
                         struct work *work)
{
    struct run run, last = { 0 };
    clock_set(clock, about->filed, steps, count);
    while (clock_next(clock, &run)) last = run;
    if (last.end != RUN_OPEN) return false;
    const struct limit *limit = answer_limit(law, about->area, last.start);
    *work = *about;
    work->kind = WORK_ANSWER;
    work->due = MOMENT_NONE;
    work->paused = !last.stretch_count || last.stretches[last.stretch_count - 1].to != INT64_MAX;
    if (limit && !limit_end(limit, law, &last, &work->due, &work->provisional)) work->due = MOMENT_NONE;
    return true;
}

static bool appeal_waits(const struct law *law, const struct work *about, const struct case_appeal *appeal, struct work *work)
{
    struct appeal_status status;
    appeal_judge(law, about->area, appeal, INT64_MAX, &status);
    if (status.state > APPEAL_IS_OPEN) return false;
    *work = *about;
    work->kind = status.state == APPEAL_IS_WAITING ? WORK_ACCEPT : WORK_DECIDE;
    work->appeal = appeal->appeal;
    work->filed = appeal->filed;
    work->due = status.due;
    work->provisional = status.provisional;
    work->from_portal = str_equal(appeal->record.source, STR(PORTAL_SOURCE));
    return true;
}

/* ---- all cases ---- */

static struct work case_at(const struct complaints *complaints, uint32_t place, struct words *words)
{
    const struct complaint_case *one = &complaints->at[place];
    const struct event *events = complaint_events(complaints, one);
    uint32_t holder = one->operator_;
    for (size_t i = 0; i < one->event_count; i++)
        if (events[i].step == STEP_MOVED) holder = events[i].operator_;
    return (struct work){ .complaint = kept(words, complaints->ids.at[place]), .operator_ = kept(words, complaints->words.at[holder]),
                          .area = kept(words, complaints->words.at[one->area]), .category = one->category, .filed = one->filed,
                          .from_portal = str_equal(complaints->sources.names[one->source], STR(PORTAL_SOURCE)) };
}

static void answers_add(const struct law *law, const struct complaints *complaints, struct works_sink sink)
{
    struct clock clock = { 0 };
    for (uint32_t i = 0; i < complaints->count; i++) {
        const struct complaint_case *one = &complaints->at[i];
        struct work work, about = { .filed = one->filed, .area = complaints->words.at[one->area] };
        if (closed_on_unknown_day(one) ||
            !answer_waits(law, &clock, &about, complaint_events(complaints, one), one->event_count, &work))
            continue;
        about = case_at(complaints, i, sink.words);
        about.kind = WORK_ANSWER;
        about.due = work.due;
        about.paused = work.paused;
        about.provisional = work.provisional;
        sink.add(sink.context, &about);
    }
    clock_close(&clock);
}

static void appeals_add(const struct law *law, const struct complaints *complaints, const struct appeals *appeals, struct works_sink sink)
{
    for (size_t i = 0; i < appeals->count; i++) {
        const struct appeal_case *one = &appeals->at[i];
        if (one->complaint == NOBODY) continue;
        struct work work, about = { .area = complaints->words.at[complaints->at[one->complaint].area] };
        struct case_appeal appeal = { .appeal = appeals->ids.at[i], .filed = one->filed, .event_count = one->event_count,
                                      .record.source = complaints->sources.names[one->source],
                                      .steps = one->event_count ? appeals->events.at + one->first_event : NULL };
        if (!appeal_waits(law, &about, &appeal, &work)) continue;
        about = case_at(complaints, one->complaint, sink.words);
        appeal.appeal = kept(sink.words, appeal.appeal);
        must(appeal_waits(law, &about, &appeal, &work));
        sink.add(sink.context, &work);
    }
}

bool works_read(struct view *view, struct works_sink sink, struct error *error)
{
    struct arena arena = { 0 };
    struct audit all = view->audit;
    struct complaints complaints;
    struct appeals appeals;
    all.as_of = INT64_MAX;
    all.arena = &arena;
    bool done = complaints_read(&complaints, &all, true, error);
    if (done) {
        done = appeals_read(&appeals, &complaints, &all, error);
        if (done) {
            answers_add(all.law, &complaints, sink);
            appeals_add(all.law, &complaints, &appeals, sink);
            appeals_close(&appeals);
        }
        complaints_close(&complaints);
    }
    arena_close(&arena);
    return done;
}

/* ---- one case ---- */

bool works_of_case(struct view *view, struct str id, struct works_sink sink, struct error *error)
{
    struct case_file file;
    bool found;
    /* The view's own arena is its reader's, who may hold it for long. */
    struct view aside = *view;
    aside.arena = (struct arena){ 0 };
    bool done = case_read_unseen(&aside, id, &file, &found, error);
    if (done && found) {
        struct clock clock = { 0 };
        struct str holder = file.operator_;
        for (size_t i = 0; i < file.event_count; i++)
            if (file.steps[i].step == STEP_MOVED) holder = file.events[i].operator_;
        struct work work, about = { .complaint = kept(sink.words, file.complaint), .operator_ = kept(sink.words, holder),
                                    .area = kept(sink.words, file.area), .category = file.category, .filed = file.filed,
                                    .from_portal = file.from_portal };
        bool judged = !file.has_outcome || file.has_answer;
        if (judged && answer_waits(view->audit.law, &clock, &about, file.steps, file.event_count, &work)) sink.add(sink.context, &work);
        for (size_t i = 0; i < file.appeal_count; i++) {
            struct case_appeal appeal = file.appeals[i];
            appeal.appeal = kept(sink.words, appeal.appeal);
            if (appeal_waits(view->audit.law, &about, &appeal, &work)) sink.add(sink.context, &work);
        }
        clock_close(&clock);
    }
    arena_close(&aside.arena);
    return done;
}

/* ---- who takes care of it ---- */

bool cared_for(struct view *view, bool (*one)(void *context, struct str complaint, struct error *error), void *context,
               struct error *error)
{
    struct statement *row = store_prepare(view->store, select_cared, error);
    bool there;
    if (!row) return false;
    for (;;) {
        if (!statement_step(row, &there, error)) return false;
        if (!there) return true;
        if (!one(context, column_text(row, 0), error)) {
            statement_reset(row);
            return false;
        }
    }
}

bool care_of(struct view *view, struct str id, struct words *words, struct care *care, struct error *error)
{
    bool there;
    struct statement *row = store_prepare(view->store, select_care, error);
    *care = (struct care){ 0 };
    if (!row) return false;
    statement_text(row, 1, id);
    if (!statement_step(row, &there, error)) return false;
    care->pressed = column_number(row, 0);
    care->joined = column_number(row, 1);
    statement_reset(row);
    if (!(row = store_prepare(view->store, select_assigned, error))) return false;
    statement_text(row, 1, id);
    for (;;) {
        if (!statement_step(row, &there, error)) return false;
        if (!there) return true;
        struct str to = kept(words, column_text(row, 2));
        if (column_number(row, 0) == SIDE_REGULATOR)
            care->of_regulator = to;
        else {
            care->operator_ = kept(words, column_text(row, 1));
            care->of_operator = to;
        }
    }
}
