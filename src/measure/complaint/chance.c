#include "measure/complaint/chance.h"

#include <stdlib.h>

#include "measure/complaint/appeal.h"
#include "measure/complaint/say.h"

/* ---- sentences ---- */

enum chance {
    MAY, MAY_NOT_CHARGE, NO_LAW, PENDING, ACCEPTED, CLOSED, WITHDRAWN_UNANSWERED, MERGED_UNANSWERED, TOO_EARLY, TOO_LATE, CHANCES
};

static const char *const codes[CHANCES] = {
    [NO_LAW] = "appeal-no-law", [PENDING] = "appeal-pending", [ACCEPTED] = "appeal-pending", [CLOSED] = "appeal-decided",
    [WITHDRAWN_UNANSWERED] = "appeal-withdrawn", [MERGED_UNANSWERED] = "appeal-merged", [TOO_EARLY] = "appeal-too-early",
    [TOO_LATE] = "appeal-too-late",
};

/* $l the wait, $e its end, $f the day from which an appeal is possible, $c the end for charges, $o for other matters, $d the day of
   the appeal before, $p the limit for charges, $q for other matters. */
static const char *const chance_says[CHANCES][LANGUAGES] = {
    [MAY] = { "You can appeal now: about a charge until $c, about anything else until $o.",
              "现在可以申诉：收费争议到$c止，其他争议到$o止。" },
    [MAY_NOT_CHARGE] = { "You can appeal now about anything but a charge, until $o; the time for charges ended at $c.",
                         "现在可以就收费以外的争议申诉，到$o止；收费争议的申诉期限已于$c届满。" },
    [NO_LAW] = { "No rule on appeals is loaded for this area and day, so the system cannot take one.",
                 "系统中没有适用于该地区当时的申诉规定，无法提出申诉。" },
    [PENDING] = { "Your appeal of $d is with the regulator, who is deciding whether to accept it.",
                  "你于$d提出的申诉正等待主管部门决定是否受理。" },
    [ACCEPTED] = { "Your appeal of $d was accepted and is being handled.", "你于$d提出的申诉已受理，正在办理。" },
    [CLOSED] = { "Your appeal of $d about this complaint was closed; the same matter is not taken twice.",
                 "你于$d就此投诉提出的申诉已办结，同一事项不再受理。" },
    [WITHDRAWN_UNANSWERED] = { "The complaint was withdrawn before it was answered, so there is nothing to appeal against.",
                               "投诉在企业答复前已撤回，不能申诉。" },
    [MERGED_UNANSWERED] = { "The complaint was merged into another before it was answered: the appeal belongs to that one.",
                            "投诉在企业答复前已并入另一投诉，请就该投诉申诉。" },
    [TOO_EARLY] = { "The operator has $l to answer, until $e. You can appeal from $f, or as soon as it has answered.",
                    "企业的$l期限到$e；$f起可以申诉。企业一旦答复，即可申诉。" },
    [TOO_LATE] = { "An appeal about a charge had to come within $p of the complaint, until $c; about anything else within $q, until $o.",
                   "收费争议须在投诉后$p内申诉，到$c止；其他争议须在$q内申诉，到$o止。期限已过。" },
};

struct ends {
    const struct limit *wait, *late[ABOUTS];
    int64_t wait_end, until[ABOUTS], appealed;
};

static void chance_say(const struct ends *ends, enum chance chance, struct arena *arena, struct str says[LANGUAGES])
{
    for (enum language language = ENGLISH; language <= CHINESE; language++) {
        struct saying saying = { .arena = arena, .language = language };
        if (ends->wait) say_slot(&saying, 'l', say_limit(&saying, ends->wait));
        if (ends->wait_end != MOMENT_NONE) {
            say_slot(&saying, 'e', say_end(&saying, ends->wait_end));
            say_slot(&saying, 'f', say_day(&saying, ends->wait_end));
        }
        for (int about = 0; about < ABOUTS; about++) {
            if (ends->until[about] != MOMENT_NONE) say_slot(&saying, about == ABOUT_CHARGE ? 'c' : 'o', say_end(&saying, ends->until[about]));
            if (ends->late[about]) say_slot(&saying, about == ABOUT_CHARGE ? 'p' : 'q', say_limit(&saying, ends->late[about]));
        }
        if (ends->appealed != MOMENT_NONE) say_slot(&saying, 'd', say_day(&saying, ends->appealed));
        says[language] = say_sentence(&saying, chance_says[chance][language]);
    }
}

/* ---- the chance ---- */

static const bool about_money[CATEGORIES] = {
    [CATEGORY_UNCLEAR_PRICES] = true, [CATEGORY_WRONG_CHARGE] = true, [CATEGORY_UNORDERED_SERVICE] = true,
    [CATEGORY_BROADBAND_PRICE] = true,
};

static enum appeal_about matter_of(const struct case_file *file)
{
    for (size_t i = 0; i < file->claim_count; i++)
        if (file->claims[i].asks == ASKS_REFUND) return ABOUT_CHARGE;
    return file->category >= 0 && file->category < CATEGORIES && about_money[file->category] ? ABOUT_CHARGE : ABOUT_OTHER;
}

static const struct event *step_first(const struct case_file *file, size_t seen, enum complaint_step one, enum complaint_step other)
{
    for (size_t i = 0; i < seen; i++)
        if (file->steps[i].step == one || file->steps[i].step == other) return &file->steps[i];
    return NULL;
}

/* By an appeal that there is: one is enough, unless it was refused or withdrawn. */
static enum chance by_appeals(const struct case_file *file, const struct case_status *status, int64_t as_of, struct ends *ends)
{
    for (size_t i = file->appeal_count; i-- > 0;) {
        if (file->appeals[i].filed > as_of) continue;
        ends->appealed = file->appeals[i].filed;
        switch (status->appeals[i].state) {
        case APPEAL_IS_WAITING: return PENDING;
        case APPEAL_IS_OPEN: return ACCEPTED;
        case APPEAL_IS_DECIDED:
        case APPEAL_IS_MEDIATED: return CLOSED;
        default: break;
        }
    }
    return MAY;
}

static enum chance too_early(const struct case_file *file, size_t seen)
{
    const struct event *end = step_first(file, seen, STEP_MERGED, STEP_WITHDRAWN);
    return !end ? TOO_EARLY : end->step == STEP_MERGED ? MERGED_UNANSWERED : WITHDRAWN_UNANSWERED;
}

static enum chance by_law(const struct law *law, const struct case_file *file, size_t seen, int64_t as_of,
                          struct appeal_chance *chance, struct ends *ends)
{
    const struct appealed appealed = { file->area, file->filed, file->steps, seen, file->has_outcome && !file->has_answer };
    bool provisional = false;
    struct open_run open;
    enum verdict early = appeal_is_early(law, &appealed, as_of, &ends->wait, &provisional);
    if (!ends->wait) return NO_LAW;
    if (!limit_end(ends->wait, law, run_from(&open, file->filed), &ends->wait_end, &provisional)) ends->wait_end = MOMENT_NONE;
    for (int about = 0; about < ABOUTS; about++) {
        chance->possible_about[about] = appeal_is_late(law, &appealed, (enum appeal_about)about, as_of, &ends->late[about], &provisional) == NO;
        if (!ends->late[about]) return NO_LAW;
        if (!limit_end(ends->late[about], law, run_from(&open, file->filed), &ends->until[about], &provisional))
            ends->until[about] = MOMENT_NONE;
    }
    if (early == YES) return too_early(file, seen);
    if (!chance->possible_about[ABOUT_OTHER] && !chance->possible_about[ABOUT_CHARGE]) return TOO_LATE;
    return chance->possible_about[ABOUT_CHARGE] ? MAY : MAY_NOT_CHARGE;
}

void chance_judge(const struct law *law, const struct case_file *file, size_t seen, int64_t as_of, struct arena *arena,
                  struct case_status *status)
{
    struct appeal_chance *chance = &status->appeal;
    struct ends ends = { .wait_end = MOMENT_NONE, .until = { MOMENT_NONE, MOMENT_NONE }, .appealed = MOMENT_NONE };
    *chance = (struct appeal_chance){ .from = MOMENT_NONE, .until = { MOMENT_NONE, MOMENT_NONE }, .about = matter_of(file) };
    enum chance what = by_law(law, file, seen, as_of, chance, &ends), held = by_appeals(file, status, as_of, &ends);
    if (held != MAY) what = held;
    chance->possible = what == MAY || what == MAY_NOT_CHARGE;
    chance->code = codes[what];
    for (int about = 0; about < ABOUTS; about++) {
        chance->possible_about[about] = chance->possible && chance->possible_about[about];
        if (chance->possible || what == TOO_EARLY || what == TOO_LATE) chance->until[about] = ends.until[about];
    }
    if (chance->possible && !chance->possible_about[chance->about]) chance->about = ABOUT_OTHER;
    if (what == TOO_EARLY) chance->from = ends.wait_end;
    if (chance->possible) {
        const struct event *answer = step_first(file, seen, STEP_ANSWERED, STEP_ANSWERED);
        chance->from = answer && (ends.wait_end == MOMENT_NONE || answer->time < ends.wait_end) ? answer->time : ends.wait_end;
        if (chance->from > as_of) chance->from = MOMENT_NONE; /* closed on an unknown day */
    }
    chance_say(&ends, what, arena, chance->says);
}

/* ---- what is to come ---- */

static const char *const answer_due_says[LANGUAGES] = {
    "The answer is due. What is not answered by then is noted as late at once.", "答复的期限。过了这一刻没有答复，自动记为企业逾期。"
};
static const char *const again_due_says[LANGUAGES] = {
    "The next answer is due. What is not answered by then is noted as late at once.",
    "再次答复的期限。过了这一刻没有答复，自动记为企业逾期。"
};
static const char *const appeal_from_says[LANGUAGES] = { "Without an answer, you can appeal from here on.", "没有答复的，自此可以申诉。" };
static const char *const appeal_until_says[ABOUTS][LANGUAGES] = {
    [ABOUT_CHARGE] = { "The last moment for an appeal about a charge.", "收费争议申诉的最后期限。" },
    [ABOUT_OTHER] = { "The last moment for an appeal.", "申诉的最后期限。" },
};
static const char *const accept_due_says[LANGUAGES] = {
    "By then the regulator has to accept the appeal, or refuse it with a reason.", "主管部门决定是否受理申诉的期限。"
};
static const char *const decide_due_says[LANGUAGES] = { "By then the regulator has to close the appeal.", "主管部门办结申诉的期限。" };

static void add(struct case_status *status, int64_t time, const char *event, const char *const says[LANGUAGES])
{
    if (status->ahead_count == CASE_AHEAD) return;
    status->ahead[status->ahead_count++] =
        (struct case_ahead){ .time = time, .event = event, .says = { str_of(says[ENGLISH]), str_of(says[CHINESE]) } };
}

static int by_time(const void *a, const void *b)
{
    int64_t first = ((const struct case_ahead *)a)->time, second = ((const struct case_ahead *)b)->time;
    return (first > second) - (first < second);
}

void ahead_tell(const struct case_file *file, int64_t as_of, struct case_status *status)
{
    const struct appeal_chance *chance = &status->appeal;
    if (status->is_open && status->run->due != MOMENT_NONE && status->run->due >= as_of)
        add(status, status->run->due, "answer_due", status->run_count > 1 ? again_due_says : answer_due_says);
    if (!chance->possible && chance->from != MOMENT_NONE && chance->from > as_of) add(status, chance->from, "appeal_from", appeal_from_says);
    if (chance->until[chance->about] != MOMENT_NONE && chance->until[chance->about] >= as_of)
        add(status, chance->until[chance->about], "appeal_until", appeal_until_says[chance->about]);
    for (size_t i = 0; i < file->appeal_count; i++) {
        if (file->appeals[i].filed > as_of || status->appeals[i].due == MOMENT_NONE || status->appeals[i].due < as_of) continue;
        bool waits = status->appeals[i].state == APPEAL_IS_WAITING;
        add(status, status->appeals[i].due, waits ? "accept_due" : "decide_due", waits ? accept_due_says : decide_due_says);
    }
    qsort(status->ahead, status->ahead_count, sizeof *status->ahead, by_time);
}
