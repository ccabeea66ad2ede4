/* Who may do what with a case now. */
#include "measure/complaint/status.h"

const char *const case_act_words[ACTS] = {
    [ACT_ANSWER] = "answer", [ACT_PAUSE] = "pause", [ACT_RESUME] = "resume", [ACT_MOVE] = "move", [ACT_MERGE] = "merge",
    [ACT_ASSIGN] = "assign", [ACT_NOTE] = "note", [ACT_REPLY] = "reply", [ACT_WRITE] = "write", [ACT_WITHDRAW] = "withdraw",
    [ACT_PRESS] = "press", [ACT_PUBLISH] = "publish", [ACT_APPEAL] = "appeal", [ACT_EVIDENCE] = "evidence", [ACT_JOIN] = "join",
    [ACT_ACCEPT] = "accept", [ACT_REFUSE] = "refuse", [ACT_FORWARD] = "forward", [ACT_MEDIATE] = "mediate", [ACT_DECIDE] = "decide",
    [ACT_APPEAL_ANSWER] = "appeal_answer", [ACT_APPEAL_WITHDRAW] = "appeal_withdraw",
};

#define BIT(act) (1u << ACT_##act)

enum case_side case_side(const struct case_file *file, const struct identity *who)
{
    switch (who->role) {
    case ROLE_SUBSCRIBER:
        if (who->has_subject && file->has_subscriber && who->subject == file->subscriber) return IS_PERSON;
        return who->complaint[0] && str_equal(str_of(who->complaint), file->complaint) ? IS_PERSON : LOOKS_ON;
    case ROLE_OPERATOR: return who->operator_[0] ? IS_OPERATOR : LOOKS_ON;
    case ROLE_REGULATOR:
    case ROLE_ADMINISTRATOR: return IS_REGULATOR;
    default: return LOOKS_ON;
    }
}

static bool has_ended(const struct case_file *file, int64_t now)
{
    for (size_t i = 0; i < file->event_count && file->steps[i].time <= now; i++)
        if (file->steps[i].step == STEP_MERGED || file->steps[i].step == STEP_WITHDRAWN) return true;
    return false;
}

/* Whether the last answer waits for what the person says to it. */
static bool awaits_reply(const struct case_file *file)
{
    size_t i = file->event_count;
    while (i-- > 0)
        if (file->steps[i].step == STEP_ANSWERED) return true;
        else if (file->steps[i].step == STEP_CONFIRMED || file->steps[i].step == STEP_DISPUTED) return false;
    return false;
}

static unsigned acts_of_person(const struct case_file *file, const struct case_status *status, int64_t now)
{
    bool ended = has_ended(file, now), judged = status->run != NULL;
    unsigned acts = BIT(PUBLISH);
    if (status->appeal.possible) acts |= BIT(APPEAL);
    if (!ended) acts |= BIT(WRITE) | BIT(EVIDENCE);
    if (!ended && status->state != CASE_SOLVED) acts |= BIT(WITHDRAW);
    if (!ended && judged && !status->is_open && awaits_reply(file)) acts |= BIT(REPLY);
    bool is_late = status->is_open && status->run->late;
    if (is_late && (file->last_press == MOMENT_NONE || day_of(file->last_press) < day_of(now))) acts |= BIT(PRESS);
    return acts;
}

static unsigned acts_of_holder(const struct case_status *status)
{
    if (!status->is_open) return 0;
    return BIT(ANSWER) | BIT(MOVE) | BIT(MERGE) | (status->run->paused ? BIT(RESUME) : BIT(PAUSE));
}

static unsigned acts_on_appeal(enum case_side side, const struct appeal_status *appeal, bool is_holder)
{
    bool waits = appeal->state == APPEAL_IS_WAITING, is_open = appeal->state == APPEAL_IS_OPEN;
    if (side == IS_REGULATOR && waits) return BIT(ACCEPT) | BIT(REFUSE);
    if (side == IS_REGULATOR && is_open) return BIT(MEDIATE) | BIT(DECIDE) | (appeal->with_operator ? 0 : BIT(FORWARD));
    if (side == IS_OPERATOR && is_holder && is_open && appeal->with_operator) return BIT(APPEAL_ANSWER);
    if (side == IS_PERSON && (waits || is_open)) return BIT(APPEAL_WITHDRAW);
    return 0;
}

unsigned case_acts(const struct case_file *file, const struct case_status *status, const struct identity *who, int64_t now,
                   size_t appeal)
{
    enum case_side side = case_side(file, who);
    bool is_holder = side == IS_OPERATOR && str_equal(status->holder, str_of(who->operator_));
    unsigned acts = 0;
    if (side == IS_PERSON) acts |= acts_of_person(file, status, now);
    if (side == IS_OPERATOR || side == IS_REGULATOR) acts |= BIT(NOTE) | BIT(ASSIGN);
    if (is_holder) acts |= acts_of_holder(status);
    if (side == IS_REGULATOR && status->is_open) acts |= BIT(MOVE) | BIT(MERGE);
    bool is_going_on = status->state != CASE_SOLVED && status->state != CASE_DECIDED && !has_ended(file, now);
    if (side != IS_PERSON && file->published && is_going_on) acts |= BIT(JOIN);
    if (appeal >= file->appeal_count) appeal = file->appeal_count - 1;
    if (file->appeal_count) acts |= acts_on_appeal(side, &status->appeals[appeal], is_holder);
    return acts;
}
