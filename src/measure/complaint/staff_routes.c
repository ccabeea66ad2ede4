/* What staff do with a case: answer it claim by claim, pause, resume, move, merge, assign, note. */
#include "measure/complaint/claims_body.h"
#include "measure/complaint/routes.h"

/* ---- the answer ---- */

static bool answers_to(const struct acting *acting, int64_t claim)
{
    for (size_t i = 0; i < acting->file.claim_count; i++)
        if (acting->file.claims[i].claim == claim) return true;
    return false;
}

static bool claims_answer(struct acting *acting, int64_t *relief)
{
    const struct field *steps = &complaint_claim_event_kind.fields[CLAIM_EVENT_EVENT];
    size_t count = claims_given(acting);
    uint64_t answered = 0;
    for (size_t i = 0; i < count && i < ACTING_RECORDS - 1; i++) {
        struct claim_given given;
        if (!claim_given(acting, i, "verdict", &given)) return false;
        int step = choice_of(steps, given.word);
        if (step < 0 || step > CLAIM_REFUSED || !answers_to(acting, given.claim) || given.claim > 63 || answered >> given.claim & 1) {
            reply_fault(acting->request, acting->reply, "claims", "Answer each claim once: agreed, partly or refused",
                        "每项诉求答复一次：同意、部分同意或不同意");
            return false;
        }
        answered |= UINT64_C(1) << given.claim;
        struct record *record = acting_record(acting, &complaint_claim_event_kind);
        record_text(acting, record, CLAIM_EVENT_COMPLAINT, "complaint", acting->file.complaint);
        record_number(record, CLAIM_EVENT_CLAIM, given.claim);
        record_number(record, CLAIM_EVENT_EVENT, step);
        record_text(acting, record, CLAIM_EVENT_AMOUNT, "claims", given.amount);
        record_text(acting, record, CLAIM_EVENT_TEXT, "claims", given.text);
        if (step != CLAIM_AGREED && !str_trim(given.text).length)
            reply_fault(acting->request, acting->reply, "claims", "Say why, where you do not agree in full", "没有完全同意的，须写明理由");
        if (record_has(record, CLAIM_EVENT_AMOUNT)) {
            if (record->values[CLAIM_EVENT_AMOUNT].number < 0 || record->values[CLAIM_EVENT_AMOUNT].number > INT64_MAX / ACTING_RECORDS)
                reply_fault(acting->request, acting->reply, "claims", "Relief is an amount in yuan, such as 18.00", "退赔写金额，比如 18.00");
            else
                *relief += record->values[CLAIM_EVENT_AMOUNT].number;
        }
    }
    for (size_t i = 0; i < acting->file.claim_count; i++)
        if (acting->file.claims[i].claim <= 63 && !(answered >> acting->file.claims[i].claim & 1) && acting->file.claims[i].person != CLAIM_ACCEPTED) {
            reply_fault(acting->request, acting->reply, "claims", "Answer every claim that is not settled", "没有解决的诉求，每项都要答复");
            return false;
        }
    return true;
}

bool complaint_answer(struct request *request, struct reply *reply, struct error *error)
{
    struct acting acting;
    int64_t relief = 0;
    bool done = acting_begin(&acting, request, reply, ACT_ANSWER, error);
    if (done && claims_answer(&acting, &relief)) {
        struct record *record = acting_event(&acting, STEP_ANSWERED);
        record_text(&acting, record, EVENT_TEXT, "text", request_text(request, "text"));
        if (relief) record_number(record, EVENT_AMOUNT, relief);
        if (!acting.file.claim_count && !record_has(record, EVENT_TEXT))
            reply_fault(request, reply, "text", "Write the answer", "写明答复内容");
    }
    return acting_finish(&acting, done, error);
}

/* ---- the clock ---- */

bool complaint_pause(struct request *request, struct reply *reply, struct error *error)
{
    struct acting acting;
    bool done = acting_begin(&acting, request, reply, ACT_PAUSE, error);
    if (done) {
        struct record *record = acting_event(&acting, STEP_PAUSED);
        record_text(&acting, record, EVENT_REASON, "reason", request_text(request, "reason"));
        if (!record_has(record, EVENT_REASON))
            reply_fault(request, reply, "reason", "Say what you wait for: the person reads it", "写明在等什么，用户会看到");
    }
    return acting_finish(&acting, done, error);
}

bool complaint_resume(struct request *request, struct reply *reply, struct error *error)
{
    struct acting acting;
    bool done = acting_begin(&acting, request, reply, ACT_RESUME, error);
    if (done) acting_event(&acting, STEP_RESUMED);
    return acting_finish(&acting, done, error);
}

/* ---- to others ---- */

bool complaint_move(struct request *request, struct reply *reply, struct error *error)
{
    struct acting acting;
    struct str to = request_text(request, "operator");
    bool done = acting_begin(&acting, request, reply, ACT_MOVE, error);
    if (done) {
        struct record *record = acting_event(&acting, STEP_MOVED);
        record_text(&acting, record, EVENT_OPERATOR, "operator", to);
        record_text(&acting, record, EVENT_REASON, "reason", request_text(request, "reason"));
        if (!law_operator(acting.view->audit.law, to)) reply_fault(request, reply, "operator", "Choose one of the operators", "从列表中选择企业");
        if (str_equal(to, acting.status.holder)) reply_fault(request, reply, "operator", "It has the case already", "这件投诉已经由该企业办理");
    }
    return acting_finish(&acting, done, error);
}

/* Into another case of the same person with the same operator, that is still open and came before it. */
static bool merge_check(struct acting *acting, struct str into, struct error *error)
{
    struct case_file target;
    struct case_status status;
    bool found;
    if (!case_read(acting->view, into, CASE_BRIEF, &target, &found, error)) return false;
    if (found) case_judge(acting->view->audit.law, &target, acting->request->now, acting->request->arena, &status);
    bool is_older = found && (target.filed < acting->file.filed || (target.filed == acting->file.filed && str_compare(into, acting->file.complaint) < 0));
    bool is_same = is_older && target.from_portal == acting->file.from_portal && target.has_subscriber && acting->file.has_subscriber && target.subscriber == acting->file.subscriber;
    if (!found || str_equal(into, acting->file.complaint) || !is_same || !str_equal(status.holder, acting->status.holder) || !status.is_open)
        reply_fault(acting->request, acting->reply, "into", "Name an open case of the same number with the same operator that was filed earlier",
                    "写同一号码、同一企业更早提交的一件未办结投诉的受理号");
    return true;
}

bool complaint_merge(struct request *request, struct reply *reply, struct error *error)
{
    struct acting acting;
    struct str into = request_text(request, "into");
    bool done = acting_begin_with(&acting, request, reply, ACT_MERGE, into, error) && merge_check(&acting, into, error);
    if (done) {
        struct record *record = acting_event(&acting, STEP_MERGED);
        record_text(&acting, record, EVENT_INTO, "into", into);
        record_text(&acting, record, EVENT_REASON, "reason", request_text(request, "reason"));
    }
    return acting_finish(&acting, done, error);
}

/* ---- among colleagues ---- */

static void put_side(struct acting *acting, struct record *record, size_t account, size_t side, size_t operator_)
{
    const struct identity *who = &acting->request->who;
    record_text(acting, record, account, "account", str_of(who->account));
    record_number(record, side, who->role == ROLE_OPERATOR ? SIDE_OPERATOR : SIDE_REGULATOR);
    if (who->role == ROLE_OPERATOR) record_text(acting, record, operator_, "operator", str_of(who->operator_));
}

bool complaint_assign(struct request *request, struct reply *reply, struct error *error)
{
    struct acting acting;
    bool done = acting_begin(&acting, request, reply, ACT_ASSIGN, error);
    if (done) {
        struct record *record = acting_record(&acting, &complaint_assignment_kind);
        record_text(&acting, record, ASSIGNMENT_COMPLAINT, "complaint", acting.file.complaint);
        record_text(&acting, record, ASSIGNMENT_TO, "to", request_text(request, "to"));
        put_side(&acting, record, ASSIGNMENT_ACCOUNT, ASSIGNMENT_SIDE, ASSIGNMENT_OPERATOR);
        if (!record_has(record, ASSIGNMENT_TO)) reply_fault(request, reply, "to", "Name the group or person", "写明经办的组或人");
    }
    return acting_finish(&acting, done, error);
}

bool complaint_note(struct request *request, struct reply *reply, struct error *error)
{
    struct acting acting;
    bool done = acting_begin(&acting, request, reply, ACT_NOTE, error);
    if (done) {
        struct record *record = acting_record(&acting, &complaint_note_kind);
        record_text(&acting, record, NOTE_COMPLAINT, "complaint", acting.file.complaint);
        record_text(&acting, record, NOTE_TEXT, "text", request_text(request, "text"));
        put_side(&acting, record, NOTE_ACCOUNT, NOTE_SIDE, NOTE_OPERATOR);
        if (!record_has(record, NOTE_TEXT)) reply_fault(request, reply, "text", "Write the note", "写明备注内容");
    }
    return acting_finish(&acting, done, error);
}
