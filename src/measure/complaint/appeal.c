#include "measure/complaint/appeal.h"

#include "measure/audit.h"
#include "measure/complaint/say.h"

/* An appeal as a judge sees it. The law is national, of the day on which the clock in question started. */
struct hearing {
    const struct audit *audit;
    const struct duty *duty;
    const struct complaints *complaints;
    struct str id, area;               /* area: the complaint's; empty where that is not on record */
    const struct appeal_case *appeal;
    const struct complaint_case *complaint; /* NULL: not on record */
    struct appealed appealed;          /* the same, where it is on record */
    const struct event *events;        /* the appeal's */
    struct finding finding;
};

/* ---- the rules ---- */

const struct limit *appeal_limit(const struct law *law, struct str duty, struct str area, struct str statistic, int64_t start)
{
    const struct limit *limit = law_national_limit(law, duty, area, statistic, day_of(start));
    return limit && limit_is_time(limit) ? limit : NULL;
}

/* A complaint closed on an unknown day may have been answered by then or not. */
enum verdict appeal_is_early(const struct law *law, const struct appealed *one, int64_t filed, const struct limit **limit,
                             bool *provisional)
{
    *limit = appeal_limit(law, STR("complaint.appeal.early"), one->area, (struct str){ 0 }, one->filed);
    if (!*limit) return CANNOT_TELL;
    if (filed < one->filed) return YES;
    bool ended = false;
    for (size_t i = 0; i < one->event_count && one->events[i].time <= filed; i++) {
        uint8_t step = one->events[i].step;
        if (step == STEP_ANSWERED) return NO;
        if (step == STEP_MERGED || step == STEP_WITHDRAWN) ended = true;
    }
    struct open_run open;
    int64_t end;
    if (!ended && limit_passed(*limit, law, run_from(&open, one->filed), filed + 1, &end, provisional)) return NO;
    return one->closed_on_unknown_day ? CANNOT_TELL : YES;
}

enum verdict appeal_is_late(const struct law *law, const struct appealed *one, enum appeal_about about, int64_t filed,
                            const struct limit **limit, bool *provisional)
{
    struct str statistic = about == ABOUT_CHARGE ? STR("charge") : STR("other");
    *limit = appeal_limit(law, STR("complaint.appeal.late"), one->area, statistic, one->filed);
    if (!*limit) return CANNOT_TELL;
    struct open_run open;
    int64_t end;
    return limit_passed(*limit, law, run_from(&open, one->filed), filed, &end, provisional) ? YES : NO;
}

static const struct event *first_of(const struct event *events, size_t count, enum appeal_step one, enum appeal_step other)
{
    for (size_t i = 0; i < count; i++)
        if (events[i].step == one || events[i].step == other) return &events[i];
    return NULL;
}

static const struct event *withdrawal(const struct event *events, size_t count)
{
    return first_of(events, count, APPEAL_WITHDRAWN, APPEAL_WITHDRAWN);
}

static const struct event *earlier(const struct event *a, const struct event *b)
{
    /* Both are in one array, in order. */
    return !a ? b : !b ? a : a < b ? a : b;
}

/* What is accepted after a refusal, or refused after that it was accepted, changes nothing. */
const struct event *appeal_admission(const struct event *events, size_t count)
{
    return first_of(events, count, APPEAL_ACCEPTED, APPEAL_REFUSED);
}

const struct event *appeal_accept_stop(const struct event *events, size_t count)
{
    return earlier(appeal_admission(events, count), withdrawal(events, count));
}

const struct event *appeal_decide_stop(const struct event *events, size_t count)
{
    const struct event *admitted = appeal_admission(events, count);
    const struct event *stop = earlier(first_of(events, count, APPEAL_DECIDED, APPEAL_MEDIATED), withdrawal(events, count));
    return admitted && admitted->step == APPEAL_REFUSED ? earlier(stop, admitted) : stop;
}

/* ---- an appeal as it is heard ---- */

static enum verdict is_early(const struct hearing *hearing, const struct limit **limit, bool *provisional)
{
    if (!hearing->complaint) return CANNOT_TELL;
    return appeal_is_early(hearing->audit->law, &hearing->appealed, hearing->appeal->filed, limit, provisional);
}

static enum verdict is_late(const struct hearing *hearing, const struct limit **limit, bool *provisional)
{
    if (!hearing->complaint) return CANNOT_TELL;
    return appeal_is_late(hearing->audit->law, &hearing->appealed, hearing->appeal->about, hearing->appeal->filed, limit,
                          provisional);
}

static const struct event *admission(const struct hearing *hearing)
{
    return appeal_admission(hearing->events, hearing->appeal->event_count);
}

/* ---- findings ---- */

static void show(struct hearing *hearing, const struct event *event)
{
    if (event)
        hearing->finding.records[hearing->finding.record_count++] =
            reference_of(hearing->complaints, event->source, event->seq);
}

/* $i appeal, $a day of the admission, $f of the appeal's filing, $c of the complaint's, $l limit. */
static const char *const early_says[LANGUAGES] = {
    "Appeal $i was accepted on $a, though when it was filed on $f its complaint of $c had been neither answered nor left"
    " unanswered for $l.",
    "申诉$i于$a受理，但其$f提出时，$c的投诉既未得到答复，也不满足满$l未答复的条件。"
};
static const char *const late_says[LANGUAGES] = {
    "Appeal $i was accepted on $a, though it was filed on $f, more than $l after the complaint of $c.",
    "申诉$i于$a受理，但其于$f提出，距$c的投诉已超过$l。"
};
static const char *const refused_says[][LANGUAGES] = {
    [REASON_NONE] = { "Appeal $i was refused on $a without a reason.", "申诉$i于$a不予受理，没有说明原因。" },
    [REASON_EARLY] = { "Appeal $i of $f was refused on $a as too early, which it was not.",
                       "$f提出的申诉$i于$a以过早为由不予受理，但其并非过早。" },
    [REASON_LATE] = { "Appeal $i of $f was refused on $a as too late, which it was not.",
                      "$f提出的申诉$i于$a以过期为由不予受理，但其并未过期。" },
};

static void say_admission(struct hearing *hearing, const char *const says[LANGUAGES], const struct limit *limit,
                          const struct event *event)
{
    for (enum language language = ENGLISH; language <= CHINESE; language++) {
        struct saying saying = { .arena = hearing->audit->arena, .language = language };
        say_slot(&saying, 'i', hearing->id);
        say_slot(&saying, 'a', say_day(&saying, event->time));
        say_slot(&saying, 'f', say_day(&saying, hearing->appeal->filed));
        if (hearing->complaint) say_slot(&saying, 'c', say_day(&saying, hearing->complaint->filed));
        if (limit) say_slot(&saying, 'l', say_limit(&saying, limit));
        hearing->finding.says[language] = say_sentence(&saying, says[language]);
    }
}

static bool found(struct hearing *hearing, int64_t time, const struct event *event, struct findings_sink sink,
                  struct error *error)
{
    struct finding *finding = &hearing->finding;
    finding->duty = hearing->duty;
    finding->area = hearing->area;
    finding->subject = subject_of("appeal", hearing->id, hearing->audit->arena);
    finding->time = time;
    finding->records[0] = reference_of(hearing->complaints, hearing->appeal->source, hearing->appeal->seq);
    finding->record_count = 1;
    show(hearing, event);
    if (hearing->complaint) {
        name_subscriber(finding, hearing->complaint);
        finding->records[finding->record_count++] =
            reference_of(hearing->complaints, hearing->complaint->source, hearing->complaint->seq);
    }
    return sink.add(sink.context, finding, error);
}

/* How many of the limit's units had passed from the complaint to the appeal. */
static void measure_early(struct hearing *hearing, const struct limit *limit)
{
    struct open_run open;
    int64_t from = hearing->complaint->filed, filed = hearing->appeal->filed;
    int64_t needed = filed < from ? LIMIT_ONE
                                  : limit_needed(limit, hearing->audit->law, run_from(&open, from), filed + 1,
                                                 &hearing->finding.provisional);
    hearing->finding.limit = limit_text(limit, limit->value, hearing->audit->arena);
    hearing->finding.measured = limit_text(limit, needed - LIMIT_ONE, hearing->audit->arena);
}

static bool hear_early(struct hearing *hearing, struct findings_sink sink, struct error *error)
{
    const struct event *event = admission(hearing);
    const struct limit *limit;
    if (!event || event->step != APPEAL_ACCEPTED || is_early(hearing, &limit, &hearing->finding.provisional) != YES)
        return true;
    measure_early(hearing, limit);
    say_admission(hearing, early_says, limit, event);
    return found(hearing, event->time, event, sink, error);
}

static bool hear_late(struct hearing *hearing, struct findings_sink sink, struct error *error)
{
    const struct event *event = admission(hearing);
    const struct limit *limit;
    if (!event || event->step != APPEAL_ACCEPTED || is_late(hearing, &limit, &hearing->finding.provisional) != YES) return true;
    struct open_run open;
    int64_t needed = limit_needed(limit, hearing->audit->law, run_from(&open, hearing->complaint->filed),
                                  hearing->appeal->filed, &hearing->finding.provisional);
    hearing->finding.limit = limit_text(limit, limit->value, hearing->audit->arena);
    hearing->finding.measured = limit_text(limit, needed, hearing->audit->arena);
    say_admission(hearing, late_says, limit, event);
    return found(hearing, event->time, event, sink, error);
}

/* That a reason is missing shows by itself, also where the complaint is not on record; whether an appeal was early or late does
   not. Appeals are a matter of national law: outside China there is none. */
static bool hear_refused(struct hearing *hearing, struct findings_sink sink, struct error *error)
{
    const struct event *event = admission(hearing);
    if (!event || event->step != APPEAL_REFUSED || event->reason == REASON_OTHER) return true;
    const struct limit *limit = NULL;
    bool *provisional = &hearing->finding.provisional;
    if (event->reason == REASON_NONE && !law_in_china(hearing->audit->law, hearing->area)) return true;
    if (event->reason == REASON_EARLY && is_early(hearing, &limit, provisional) != NO) return true;
    if (event->reason == REASON_LATE && is_late(hearing, &limit, provisional) != NO) return true;
    if (limit) hearing->finding.limit = limit_text(limit, limit->value, hearing->audit->arena);
    say_admission(hearing, refused_says[event->reason], limit, event);
    return found(hearing, event->time, event, sink, error);
}

/* ---- the regulator's own clocks ---- */

/* What is said of a clock, by how it ended. $i appeal, $e end of the limit, $l limit, $d day, $t how late. */
enum clock_end { CLOCK_OPEN, CLOCK_DONE, CLOCK_WITHDRAWN, CLOCK_ENDS };

static const char *const accept_says[CLOCK_ENDS][LANGUAGES] = {
    [CLOCK_OPEN] = { "Appeal $i had to be accepted or refused by $e (limit: $l); that was still not done on $d, $t late.",
                     "申诉$i应在$e前作出是否受理的决定（时限$l），截至$d仍未作出，逾期$t。" },
    [CLOCK_DONE] = { "Appeal $i had to be accepted or refused by $e (limit: $l); that was done on $d, $t late.",
                     "申诉$i应在$e前作出是否受理的决定（时限$l），实际于$d作出，晚$t。" },
    [CLOCK_WITHDRAWN] = { "Appeal $i had to be accepted or refused by $e (limit: $l); it was withdrawn on $d without"
                          " that, $t late.",
                          "申诉$i应在$e前作出是否受理的决定（时限$l），至$d用户撤回时仍未作出，逾期$t。" },
};
static const char *const decide_says[CLOCK_ENDS][LANGUAGES] = {
    [CLOCK_OPEN] = { "Appeal $i had to be decided or mediated by $e (limit: $l); that was still not done on $d, $t late.",
                     "申诉$i应在$e前调解或作出处理意见（时限$l），截至$d仍未办结，逾期$t。" },
    [CLOCK_DONE] = { "Appeal $i had to be decided or mediated by $e (limit: $l); it was closed on $d, $t late.",
                     "申诉$i应在$e前调解或作出处理意见（时限$l），实际于$d办结，晚$t。" },
    [CLOCK_WITHDRAWN] = { "Appeal $i had to be decided or mediated by $e (limit: $l); it was withdrawn on $d without"
                          " that, $t late.",
                          "申诉$i应在$e前调解或作出处理意见（时限$l），至$d用户撤回时仍未办结，逾期$t。" },
};

static bool hear_clock(struct hearing *hearing, const struct event *stop, const char *const says[CLOCK_ENDS][LANGUAGES],
                       struct findings_sink sink, struct error *error)
{
    const struct law *law = hearing->audit->law;
    const struct limit *limit = appeal_limit(law, str_of(hearing->duty->id), hearing->area, (struct str){ 0 }, hearing->appeal->filed);
    if (!limit) return true;
    struct arena *arena = hearing->audit->arena;
    struct finding *finding = &hearing->finding;
    struct open_run open;
    const struct run *run = run_from(&open, hearing->appeal->filed);
    struct str source = hearing->complaints->sources.names[hearing->appeal->source];
    int64_t until = stop ? stop->time : audit_as_of(hearing->audit, source), end;
    if (!limit_passed(limit, law, run, until, &end, &finding->provisional)) return true;
    finding->limit = limit_text(limit, limit->value, arena);
    finding->measured = limit_text(limit, limit_needed(limit, law, run, until, &finding->provisional), arena);
    enum clock_end how = !stop ? CLOCK_OPEN : stop->step == APPEAL_WITHDRAWN ? CLOCK_WITHDRAWN : CLOCK_DONE;
    for (enum language language = ENGLISH; language <= CHINESE; language++) {
        struct saying saying = { .arena = arena, .language = language };
        say_slot(&saying, 'i', hearing->id);
        say_slot(&saying, 'e', say_end(&saying, end));
        say_slot(&saying, 'l', say_limit(&saying, limit));
        say_slot(&saying, 'd', say_day(&saying, until));
        say_slot(&saying, 't', say_lateness(&saying, limit, end, until));
        finding->says[language] = say_sentence(&saying, says[how][language]);
    }
    return found(hearing, end, stop, sink, error);
}

static bool hear_accept_late(struct hearing *hearing, struct findings_sink sink, struct error *error)
{
    const struct event *stop = appeal_accept_stop(hearing->events, hearing->appeal->event_count);
    return hear_clock(hearing, stop, accept_says, sink, error);
}

static bool hear_decide_late(struct hearing *hearing, struct findings_sink sink, struct error *error)
{
    const struct event *stop = appeal_decide_stop(hearing->events, hearing->appeal->event_count);
    return hear_clock(hearing, stop, decide_says, sink, error);
}

/* ---- all appeals ---- */

static bool judge_appeals(const struct audit *audit, const struct duty *duty, struct findings_sink sink,
                          bool (*hear)(struct hearing *, struct findings_sink, struct error *), struct error *error)
{
    struct complaints complaints;
    struct appeals appeals;
    if (!complaints_read(&complaints, audit, true, error)) return false;
    if (!appeals_read(&appeals, &complaints, audit, error)) {
        complaints_close(&complaints);
        return false;
    }
    bool done = true;
    for (size_t i = 0; done && i < appeals.count; i++) {
        const struct appeal_case *appeal = &appeals.at[i];
        struct hearing hearing = { .audit = audit, .duty = duty, .complaints = &complaints, .id = appeals.ids.at[i],
                                   .appeal = appeal };
        if (appeal->event_count) hearing.events = appeals.events.at + appeal->first_event;
        if (appeal->complaint != NOBODY) {
            hearing.complaint = &complaints.at[appeal->complaint];
            hearing.area = complaints.words.at[hearing.complaint->area];
            hearing.appealed = (struct appealed){ hearing.area, hearing.complaint->filed,
                                                  complaint_events(&complaints, hearing.complaint), hearing.complaint->event_count,
                                                  closed_on_unknown_day(hearing.complaint) };
        }
        done = hear(&hearing, sink, error);
    }
    appeals_close(&appeals);
    complaints_close(&complaints);
    return done;
}

bool judge_appeal_early(const struct audit *audit, const struct duty *duty, struct findings_sink sink, struct error *error)
{
    return judge_appeals(audit, duty, sink, hear_early, error);
}

bool judge_appeal_late(const struct audit *audit, const struct duty *duty, struct findings_sink sink, struct error *error)
{
    return judge_appeals(audit, duty, sink, hear_late, error);
}

bool judge_appeal_refused(const struct audit *audit, const struct duty *duty, struct findings_sink sink, struct error *error)
{
    return judge_appeals(audit, duty, sink, hear_refused, error);
}

bool judge_appeal_accept_late(const struct audit *audit, const struct duty *duty, struct findings_sink sink,
                              struct error *error)
{
    return judge_appeals(audit, duty, sink, hear_accept_late, error);
}

bool judge_appeal_decide_late(const struct audit *audit, const struct duty *duty, struct findings_sink sink,
                              struct error *error)
{
    return judge_appeals(audit, duty, sink, hear_decide_late, error);
}
