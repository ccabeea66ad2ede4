#include "measure/complaint/status.h"

#include <stdlib.h>

#include "measure/complaint/answer.h"
#include "measure/complaint/appeal.h"
#include "measure/complaint/chance.h"

const struct choice case_states[CASE_STATES] = {
    [CASE_WAITING_OPERATOR] = { "waiting_operator", { "the operator's turn", "轮到企业" } },
    [CASE_PAUSED] = { "paused", { "the clock stands", "停表" } },
    [CASE_WAITING_PERSON] = { "waiting_person", { "answered: the person's turn", "已答复，轮到用户" } },
    [CASE_SOLVED] = { "solved", { "solved", "已解决" } },
    [CASE_CLOSED_UNSOLVED] = { "closed_unsolved", { "closed, not solved", "已办结，未解决" } },
    [CASE_WITHDRAWN] = { "withdrawn", { "withdrawn", "已撤回" } },
    [CASE_MERGED] = { "merged", { "merged into another complaint", "已并入另一投诉" } },
    [CASE_APPEAL_WAITING] = { "appeal_waiting", { "appealed: the regulator decides whether to accept", "已申诉，等待受理" } },
    [CASE_APPEAL_OPEN] = { "appeal_open", { "the appeal is being handled", "申诉办理中" } },
    [CASE_DECIDED] = { "decided", { "the appeal is closed", "申诉已办结" } },
};

const struct choice case_turns[TURNS] = {
    [TURN_OPERATOR] = { "operator", { "the operator", "企业" } },
    [TURN_PERSON] = { "person", { "the person", "用户" } },
    [TURN_REGULATOR] = { "regulator", { "the regulator", "主管部门" } },
    [TURN_NOBODY] = { "nobody", { "nobody", "无" } },
};

const struct choice appeal_states[APPEAL_STATES] = {
    [APPEAL_IS_WAITING] = { "waiting", { "waiting to be accepted", "等待受理" } },
    [APPEAL_IS_OPEN] = { "open", { "being handled", "办理中" } },
    [APPEAL_IS_REFUSED] = { "refused", { "not accepted", "不予受理" } },
    [APPEAL_IS_DECIDED] = { "decided", { "decided", "已作出处理意见" } },
    [APPEAL_IS_MEDIATED] = { "mediated", { "settled by mediation", "已调解" } },
    [APPEAL_IS_WITHDRAWN] = { "withdrawn", { "withdrawn", "已撤回" } },
};

/* ---- days ---- */

static bool counts_days(const struct limit *limit)
{
    return limit->unit != UNIT_HOUR && limit->unit != UNIT_MINUTE;
}

/* Which of the limit's days, or hours, a moment is in: the day of the start is none. Months and years are told in days. */
static int64_t place_of(const struct limit *limit, const struct law *law, const struct run *run, int64_t moment)
{
    bool ignored = false;
    if (counts_days(limit) && day_of(moment) <= day_of(run->start)) return 0;
    struct limit one = *limit;
    if (one.unit == UNIT_MONTH || one.unit == UNIT_YEAR) one.unit = UNIT_DAY;
    return limit_needed(&one, law, run, moment, &ignored) / LIMIT_ONE;
}

static int64_t places_in(const struct limit *limit, const struct run *run, int64_t due)
{
    if (limit->unit != UNIT_MONTH && limit->unit != UNIT_YEAR) return limit->value / LIMIT_ONE;
    return due == MOMENT_NONE ? 0 : day_of(due - 1) - day_of(run->start);
}

/* ---- runs ---- */

/* The run as it would go on had it not been stopped: so that the box of a day after the answer is there, too. */
static struct run unstopped(const struct run *run, struct arena *arena)
{
    struct run on = *run;
    struct stretch *stretches = arena_take(arena, (run->stretch_count + 1) * sizeof *stretches);
    memcpy(stretches, run->stretches, run->stretch_count * sizeof *stretches);
    if (run->stretch_count && stretches[run->stretch_count - 1].to == run->stop) stretches[run->stretch_count - 1].to = INT64_MAX;
    on.stretches = stretches;
    return on;
}

static bool stands(const struct run *run)
{
    return run->end == RUN_OPEN && (!run->stretch_count || run->stretches[run->stretch_count - 1].to != INT64_MAX);
}

static void run_show(const struct law *law, struct str area, const struct run *run, int64_t as_of, struct arena *arena,
                     struct case_run *shown)
{
    int64_t moment = run->stop < as_of ? run->stop : as_of, end;
    bool ignored = false;
    *shown = (struct case_run){ .start = run->start, .stop = run->stop, .end = run->end, .due = MOMENT_NONE, .paused = stands(run),
                                .answers_dispute = run->started_by && run->started_by->step == STEP_DISPUTED,
                                .limit = answer_limit(law, area, run->start) };
    if (!shown->limit) return;
    shown->late = answer_is_late(shown->limit, law, run, as_of, &end, &ignored);
    struct run on = unstopped(run, arena);
    if (limit_end(shown->limit, law, &on, &end, &shown->provisional)) shown->due = end;
    shown->count = place_of(shown->limit, law, run, moment);
    shown->of = places_in(shown->limit, run, shown->due);
}

static void runs_show(const struct law *law, const struct case_file *file, size_t seen, int64_t as_of, struct arena *arena,
                      struct case_status *status)
{
    struct clock clock = { 0 };
    size_t room = 1;
    for (size_t i = 0; i < seen; i++) room += file->steps[i].step == STEP_WRITTEN || file->steps[i].step == STEP_DISPUTED;
    status->runs = arena_take(arena, room * sizeof *status->runs);
    clock_set(&clock, file->filed, file->steps, seen);
    for (struct run run; clock_next(&clock, &run);) run_show(law, file->area, &run, as_of, arena, &status->runs[status->run_count++]);
    clock_close(&clock);
    status->run = &status->runs[status->run_count - 1];
    status->is_open = status->run->end == RUN_OPEN;
}

/* ---- appeals ---- */

static size_t seen_until(const struct event *steps, size_t count, int64_t as_of)
{
    while (count && steps[count - 1].time > as_of) count--;
    return count;
}

static enum appeal_state state_of_appeal(const struct event *steps, size_t seen)
{
    const struct event *stop = appeal_decide_stop(steps, seen), *admitted = appeal_admission(steps, seen);
    if (!stop) return admitted ? APPEAL_IS_OPEN : APPEAL_IS_WAITING;
    switch (stop->step) {
    case APPEAL_REFUSED: return APPEAL_IS_REFUSED;
    case APPEAL_MEDIATED: return APPEAL_IS_MEDIATED;
    case APPEAL_DECIDED: return APPEAL_IS_DECIDED;
    default: return APPEAL_IS_WITHDRAWN;
    }
}

static const struct limit *clock_of_regulator(const struct law *law, struct str duty, struct str area, int64_t filed, int64_t *due,
                                              bool *provisional)
{
    const struct limit *limit = appeal_limit(law, duty, area, (struct str){ 0 }, filed);
    struct open_run open;
    *due = MOMENT_NONE;
    if (limit && !limit_end(limit, law, run_from(&open, filed), due, provisional)) *due = MOMENT_NONE;
    return limit;
}

void appeal_judge(const struct law *law, struct str area, const struct case_appeal *appeal, int64_t as_of,
                  struct appeal_status *status)
{
    size_t seen = seen_until(appeal->steps, appeal->event_count, as_of);
    bool accept_provisional = false, decide_provisional = false;
    *status = (struct appeal_status){ .state = state_of_appeal(appeal->steps, seen), .due = MOMENT_NONE };
    for (size_t i = 0; i < seen; i++)
        if (appeal->steps[i].step == APPEAL_FORWARDED) status->with_operator = true;
        else if (appeal->steps[i].step == APPEAL_OPERATOR_ANSWERED) status->with_operator = false;
    const struct limit *accept = clock_of_regulator(law, STR("complaint.appeal.accept_late"), area, appeal->filed, &status->accept_due,
                                                    &accept_provisional);
    const struct limit *decide = clock_of_regulator(law, STR("complaint.appeal.decide_late"), area, appeal->filed, &status->decide_due,
                                                    &decide_provisional);
    if (status->state > APPEAL_IS_OPEN) {
        status->with_operator = false;
        return;
    }
    bool waits = status->state == APPEAL_IS_WAITING;
    status->limit = waits ? accept : decide;
    status->due = waits ? status->accept_due : status->decide_due;
    status->provisional = waits ? accept_provisional : decide_provisional;
    status->overdue = status->due != MOMENT_NONE && status->due < as_of;
}

/* ---- the state ---- */

static bool any_claim(const struct case_file *file, int verdict)
{
    for (size_t i = 0; i < file->claim_count; i++)
        if (file->claims[i].verdict == verdict) return true;
    return false;
}

/* What has been said last since the answer. */
static bool is_confirmed(const struct case_file *file, size_t seen)
{
    while (seen-- && file->steps[seen].step != STEP_ANSWERED)
        if (file->steps[seen].step == STEP_CONFIRMED) return true;
    return false;
}

static enum case_state answered_state(const struct case_file *file, size_t seen, const struct case_run *run)
{
    if (is_confirmed(file, seen) || file->satisfied == 1) return CASE_SOLVED;
    bool refused = any_claim(file, CLAIM_REFUSED) || (run && run->answers_dispute) || file->satisfied == 0;
    return refused ? CASE_CLOSED_UNSOLVED : CASE_WAITING_PERSON;
}

static enum case_state own_state(const struct case_file *file, size_t seen, const struct case_status *status)
{
    for (size_t i = 0; i < seen; i++)
        if (file->steps[i].step == STEP_MERGED) return CASE_MERGED;
        else if (file->steps[i].step == STEP_WITHDRAWN) return CASE_WITHDRAWN;
    if (status->is_open) return status->run->paused ? CASE_PAUSED : CASE_WAITING_OPERATOR;
    return answered_state(file, seen, status->run);
}

static enum case_turn turn_of(enum case_state state, bool with_operator)
{
    switch (state) {
    case CASE_WAITING_OPERATOR:
    case CASE_PAUSED: return TURN_OPERATOR;
    case CASE_WAITING_PERSON: return TURN_PERSON;
    case CASE_APPEAL_WAITING:
    case CASE_APPEAL_OPEN: return with_operator ? TURN_OPERATOR : TURN_REGULATOR;
    default: return TURN_NOBODY;
    }
}

/* The newest appeal that has been filed; NULL: none. */
static const struct appeal_status *newest_appeal(const struct case_file *file, const struct case_status *status, int64_t as_of,
                                                 const struct case_appeal **appeal)
{
    for (size_t i = file->appeal_count; i-- > 0;)
        if (file->appeals[i].filed <= as_of) {
            *appeal = &file->appeals[i];
            return &status->appeals[i];
        }
    return NULL;
}

static void wait_for_operator(struct case_status *status, int64_t as_of)
{
    const struct case_run *run = status->run;
    status->limit = run->limit;
    status->from = run->start;
    status->provisional = run->provisional;
    if (!status->is_open || !run->limit) return;
    status->due = run->due;
    status->overdue = run->due != MOMENT_NONE && run->due < as_of;
    status->has_days_left = run->of > 0;
    status->days_left = run->of - run->count;
}

static void wait_for_regulator(const struct law *law, const struct case_appeal *appeal, const struct appeal_status *with, int64_t as_of,
                               struct case_status *status)
{
    struct open_run open;
    status->limit = with->limit;
    status->from = appeal->filed;
    status->due = with->due;
    status->overdue = with->overdue;
    status->provisional = with->provisional;
    status->has_days_left = with->limit != NULL;
    if (with->limit)
        status->days_left = places_in(with->limit, run_from(&open, appeal->filed), with->due) -
                            place_of(with->limit, law, run_from(&open, appeal->filed), as_of);
}

void case_judge_brief(const struct law *law, const struct case_file *file, int64_t as_of, struct arena *arena,
                      struct case_status *status)
{
    size_t seen = seen_until(file->steps, file->event_count, as_of);
    *status = (struct case_status){ .holder = file->operator_, .due = MOMENT_NONE, .from = file->filed };
    for (size_t i = 0; i < seen; i++)
        if (file->steps[i].step == STEP_MOVED) status->holder = file->events[i].operator_;
    if (!file->has_outcome || file->has_answer) runs_show(law, file, seen, as_of, arena, status);
    status->state = own_state(file, seen, status);
    if (status->run) wait_for_operator(status, as_of);

    struct appeal_status *appeals = arena_take(arena, file->appeal_count * sizeof *appeals);
    for (size_t i = 0; i < file->appeal_count; i++) appeal_judge(law, file->area, &file->appeals[i], as_of, &appeals[i]);
    status->appeals = appeals;
    const struct case_appeal *appeal = NULL;
    const struct appeal_status *with = newest_appeal(file, status, as_of, &appeal);
    if (with && with->state <= APPEAL_IS_OPEN) {
        status->state = with->state == APPEAL_IS_OPEN ? CASE_APPEAL_OPEN : CASE_APPEAL_WAITING;
        wait_for_regulator(law, appeal, with, as_of, status);
    } else if (with && (with->state == APPEAL_IS_DECIDED || with->state == APPEAL_IS_MEDIATED)) {
        const struct event *stop = appeal_decide_stop(appeal->steps, seen_until(appeal->steps, appeal->event_count, as_of));
        if (!status->is_open || status->run->start <= stop->time) status->state = CASE_DECIDED;
    }
    status->turn = turn_of(status->state, with && with->with_operator);
    if (status->turn == TURN_NOBODY) {
        status->due = MOMENT_NONE;
        status->overdue = status->has_days_left = false;
    }
}

void case_judge(const struct law *law, const struct case_file *file, int64_t as_of, struct arena *arena, struct case_status *status)
{
    case_judge_brief(law, file, as_of, arena, status);
    chance_judge(law, file, seen_until(file->steps, file->event_count, as_of), as_of, arena, status);
    ahead_tell(file, as_of, status);
}
