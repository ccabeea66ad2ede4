#include "measure/complaint/answer.h"

#include "measure/complaint/say.h"

const struct limit *answer_limit(const struct law *law, struct str area, int64_t start)
{
    const struct str none = { 0 };
    const struct limit *limit = law_limit(law, STR("complaint.answer.late"), area, none, none, none, day_of(start));
    return limit && limit_is_time(limit) ? limit : NULL;
}

/* What is judged as of a moment saw that moment itself: a limit that ends there has not yet passed. */
static int64_t run_until(const struct run *run, int64_t as_of)
{
    return run->stopped_by ? run->stop : as_of;
}

bool answer_is_late(const struct limit *limit, const struct law *law, const struct run *run, int64_t as_of, int64_t *end,
                    bool *provisional)
{
    return limit_passed(limit, law, run, run_until(run, as_of), end, provisional);
}

/* The move after which somebody had the case at a moment; NULL: it never moved until then. At the very moment of a move it is
   the new one who has it. */
static const struct event *last_move(const struct event *events, size_t count, int64_t moment)
{
    const struct event *move = NULL;
    for (size_t i = 0; i < count && events[i].time <= moment; i++)
        if (events[i].step == STEP_MOVED) move = &events[i];
    return move;
}

/* ---- the sentence ---- */

struct late_answer {
    const struct run *run;
    const struct limit *limit;
    struct str id, operator_;
    int64_t end, until;
};

static void say_in_english(struct text *out, const struct late_answer *late, const struct law *law)
{
    const struct event *again = late->run->started_by;
    struct str name = law_operator_name(law, late->operator_, ENGLISH);
    if (again) {
        text_format(out, "After the person %s on ", again->step == STEP_WRITTEN ? "wrote again" : "disputed the answer");
        say_day(out, again->time, ENGLISH);
        text_add(out, STR(", "));
    }
    text_format(out, "%.*s had to answer complaint %.*s %sby ", STR_ARGS(name), STR_ARGS(late->id), again ? "again " : "");
    say_end(out, late->end, ENGLISH);
    text_add(out, STR(" (limit: "));
    say_limit(out, late->limit, ENGLISH);
    text_add(out, STR("); "));
    switch (late->run->end) {
    case RUN_ANSWERED: text_add(out, STR("the answer came on ")); break;
    case RUN_MERGED: text_add(out, STR("it was merged into another complaint without an answer on ")); break;
    case RUN_WITHDRAWN: text_add(out, STR("it was withdrawn without an answer on ")); break;
    case RUN_OPEN: text_add(out, STR("there was still no answer on ")); break;
    }
    say_day(out, late->until, ENGLISH);
    text_add(out, STR(", "));
    say_lateness(out, late->limit, late->end, late->until, ENGLISH);
    text_add(out, STR(" late."));
}

static void say_in_chinese(struct text *out, const struct late_answer *late, const struct law *law)
{
    const struct event *again = late->run->started_by;
    struct str name = law_operator_name(law, late->operator_, CHINESE);
    if (again) {
        text_add(out, STR("用户于"));
        say_day(out, again->time, CHINESE);
        text_format(out, "%s后，", again->step == STEP_WRITTEN ? "再次来信" : "对答复提出异议");
    }
    text_format(out, "%.*s应在", STR_ARGS(name));
    say_end(out, late->end, CHINESE);
    text_format(out, "前%s答复投诉%.*s（时限", again ? "再次" : "", STR_ARGS(late->id));
    say_limit(out, late->limit, CHINESE);
    text_add(out, late->run->end == RUN_ANSWERED ? STR("），实际于") : late->run->end == RUN_OPEN ? STR("），截至") : STR("），至"));
    say_day(out, late->until, CHINESE);
    switch (late->run->end) {
    case RUN_ANSWERED: text_add(out, STR("答复，晚")); break;
    case RUN_MERGED: text_add(out, STR("并入其他投诉时仍未答复，逾期")); break;
    case RUN_WITHDRAWN: text_add(out, STR("用户撤回时仍未答复，逾期")); break;
    case RUN_OPEN: text_add(out, STR("仍未答复，逾期")); break;
    }
    say_lateness(out, late->limit, late->end, late->until, CHINESE);
    text_add(out, STR("。"));
}

/* ---- the finding ---- */

static void show(struct finding *finding, const struct complaints *complaints, const struct event *event)
{
    if (!event || finding->record_count == FINDING_RECORDS) return;
    struct reference reference = reference_of(complaints, event->source, event->seq);
    for (size_t i = 0; i < finding->record_count; i++)
        if (finding->records[i].seq == reference.seq && str_equal(finding->records[i].source, reference.source)) return;
    finding->records[finding->record_count++] = reference;
}

/* The complaint, what started and stopped the run, who had it, and the pauses in between, as far as there is room. */
static void show_records(struct finding *finding, const struct complaints *complaints, const struct complaint_case *one,
                         const struct run *run, const struct event *move)
{
    const struct event *events = complaint_events(complaints, one);
    finding->records[finding->record_count++] = reference_of(complaints, one->source, one->seq);
    show(finding, complaints, run->started_by);
    show(finding, complaints, run->stopped_by);
    show(finding, complaints, move);
    for (size_t i = 0; i < one->event_count; i++)
        if ((events[i].step == STEP_PAUSED || events[i].step == STEP_RESUMED) && events[i].time >= run->start &&
            events[i].time <= run->stop)
            show(finding, complaints, &events[i]);
}

static bool judge_run(const struct audit *audit, const struct duty *duty, const struct complaints *complaints,
                      uint32_t place, const struct run *run, struct text *text, struct findings_sink sink, struct error *error)
{
    const struct complaint_case *one = &complaints->at[place];
    struct str area = complaints->words.at[one->area];
    const struct limit *limit = answer_limit(audit->law, area, run->start);
    struct finding finding = { .duty = duty, .area = area, .occurrence = run->start };
    if (!limit || !answer_is_late(limit, audit->law, run, audit->as_of, &finding.time, &finding.provisional)) return true;

    int64_t until = run_until(run, audit->as_of);
    const struct event *move = last_move(complaint_events(complaints, one), one->event_count, finding.time);
    finding.operator_ = complaints->words.at[move ? move->operator_ : one->operator_];
    struct late_answer late = { .run = run, .limit = limit, .id = complaints->ids.at[place], .operator_ = finding.operator_,
                                .end = finding.time, .until = until };
    text_format(text, "complaint:%.*s", STR_ARGS(late.id));
    finding.subject = say_done(text, audit->arena);
    finding.limit = limit_text(limit, audit->arena);
    finding.measured =
        limit_needed_text(limit, limit_needed(limit, audit->law, run, until, &finding.provisional), audit->arena);
    say_in_english(text, &late, audit->law);
    finding.says[ENGLISH] = say_done(text, audit->arena);
    say_in_chinese(text, &late, audit->law);
    finding.says[CHINESE] = say_done(text, audit->arena);
    show_records(&finding, complaints, one, run, move);
    return sink.add(sink.context, &finding, error);
}

bool judge_answer(const struct audit *audit, const struct duty *duty, struct findings_sink sink, struct error *error)
{
    struct complaints complaints;
    if (!complaints_read(&complaints, audit, true, error)) return false;
    struct clock clock = { 0 };
    struct text text = { 0 };
    bool done = true;
    for (uint32_t i = 0; done && i < complaints.count; i++) {
        const struct complaint_case *one = &complaints.at[i];
        if (closed_on_unknown_day(one)) continue;
        clock_set(&clock, one->filed, complaint_events(&complaints, one), one->event_count);
        for (struct run run; done && clock_next(&clock, &run);)
            done = judge_run(audit, duty, &complaints, i, &run, &text, sink, error);
    }
    text_close(&text);
    clock_close(&clock);
    complaints_close(&complaints);
    return done;
}
