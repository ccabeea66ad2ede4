#include "measure/complaint/answer.h"

#include "measure/audit.h"
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

/* $o operator, $i complaint, $r when the clock was started again, $e end of the limit, $l limit, $d day, $t how late. */
static const char *const first_says[LANGUAGES] = { "$o had to answer complaint $i by $e (limit: $l); ",
                                                   "$o应在$e前答复投诉$i（时限$l），" };
static const char *const written_says[LANGUAGES] = {
    "After the person wrote again on $r, $o had to answer complaint $i again by $e (limit: $l); ",
    "用户于$r再次来信后，$o应在$e前再次答复投诉$i（时限$l），"
};
static const char *const disputed_says[LANGUAGES] = {
    "After the person disputed the answer on $r, $o had to answer complaint $i again by $e (limit: $l); ",
    "用户于$r对答复提出异议后，$o应在$e前再次答复投诉$i（时限$l），"
};
static const char *const end_says[][LANGUAGES] = {
    [RUN_OPEN] = { "there was still no answer on $d, $t late.", "截至$d仍未答复，逾期$t。" },
    [RUN_ANSWERED] = { "the answer came on $d, $t late.", "实际于$d答复，晚$t。" },
    [RUN_MERGED] = { "it was merged into another complaint on $d without an answer, $t late.",
                     "至$d并入其他投诉时仍未答复，逾期$t。" },
    [RUN_WITHDRAWN] = { "it was withdrawn on $d without an answer, $t late.", "至$d用户撤回时仍未答复，逾期$t。" },
};

static struct str say_late_answer(const struct audit *audit, const struct finding *finding, const struct limit *limit,
                                  struct str id, const struct run *run, int64_t until, enum language language)
{
    struct saying saying = { .arena = audit->arena, .language = language };
    say_slot(&saying, 'o', law_operator_name(audit->law, finding->operator_, (int)language));
    say_slot(&saying, 'i', id);
    say_slot(&saying, 'r', say_day(&saying, run->start));
    say_slot(&saying, 'e', say_end(&saying, finding->time));
    say_slot(&saying, 'l', say_limit(&saying, limit));
    say_slot(&saying, 'd', say_day(&saying, until));
    say_slot(&saying, 't', say_lateness(&saying, limit, finding->time, until));
    const char *const *start = !run->started_by                       ? first_says
                               : run->started_by->step == STEP_WRITTEN ? written_says
                                                                       : disputed_says;
    say_slot(&saying, 's', say_sentence(&saying, start[language]));
    say_slot(&saying, 'f', say_sentence(&saying, end_says[run->end][language]));
    return say_sentence(&saying, "$s$f");
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
                      uint32_t place, const struct run *run, struct findings_sink sink, struct error *error)
{
    const struct complaint_case *one = &complaints->at[place];
    struct str area = complaints->words.at[one->area], id = complaints->ids.at[place];
    const struct limit *limit = answer_limit(audit->law, area, run->start);
    struct finding finding = { .duty = duty, .area = area, .occurrence = run->start };
    int64_t as_of = audit_as_of(audit, complaints->sources.names[one->source]);
    if (!limit || !answer_is_late(limit, audit->law, run, as_of, &finding.time, &finding.provisional)) return true;

    const struct event *move = last_move(complaint_events(complaints, one), one->event_count, finding.time);
    finding.operator_ = complaints->words.at[move ? move->operator_ : one->operator_];
    name_subscriber(&finding, one);
    finding.subject = subject_of("complaint", id, audit->arena);
    finding.limit = limit_text(limit, limit->value, audit->arena);
    int64_t needed = limit_needed(limit, audit->law, run, run_until(run, as_of), &finding.provisional);
    finding.measured = limit_text(limit, needed, audit->arena);
    for (enum language language = ENGLISH; language <= CHINESE; language++)
        finding.says[language] = say_late_answer(audit, &finding, limit, id, run, run_until(run, as_of), language);
    show_records(&finding, complaints, one, run, move);
    return sink.add(sink.context, &finding, error);
}

bool judge_answer(const struct audit *audit, const struct duty *duty, struct findings_sink sink, struct error *error)
{
    struct complaints complaints;
    if (!complaints_read(&complaints, audit, true, error)) return false;
    struct clock clock = { 0 };
    bool done = true;
    for (uint32_t i = 0; done && i < complaints.count; i++) {
        const struct complaint_case *one = &complaints.at[i];
        if (closed_on_unknown_day(one)) continue;
        clock_set(&clock, one->filed, complaint_events(&complaints, one), one->event_count);
        for (struct run run; done && clock_next(&clock, &run);)
            done = judge_run(audit, duty, &complaints, i, &run, sink, error);
    }
    clock_close(&clock);
    complaints_close(&complaints);
    return done;
}
