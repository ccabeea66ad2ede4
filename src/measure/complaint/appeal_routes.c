/* Appeals: from the person to the regulator, and what the regulator and the operator do with them. */
#include <stdio.h>

#include "measure/complaint/case_look.h"
#include "measure/complaint/claims_body.h"
#include "measure/complaint/routes.h"

bool appeal_chance_get(struct request *request, struct reply *reply, struct error *error)
{
    struct case_file file;
    struct case_status status;
    bool found;
    if (!case_look_now(request, reply) || !case_look(request, request->arguments[0], &file, &status, &found, error)) return false;
    if (!found) return case_missing(reply, error);
    struct json json = reply_json(reply);
    json_open(&json, '{');
    json_put_string(&json, "complaint", file.complaint);
    appeal_chance_json(&json, request, &status.appeal);
    json_close(&json, '}');
    return true;
}

/* SS and the complaint's own digits, then how many there were before. */
static void appeal_number(const struct acting *acting, char id[CASE_ROOM])
{
    struct str own = acting->file.complaint;
    bool is_ours = str_starts(own, STR("TS-"));
    snprintf(id, CASE_ROOM, "SS-%.*s-%zu", (int)(own.length - (is_ours ? 3 : 0) > 50 ? 50 : own.length - (is_ours ? 3 : 0)), own.at + (is_ours ? 3 : 0),
             acting->file.appeal_count + 1);
}

static bool file_it(struct acting *acting, struct error *error)
{
    struct request *request = acting->request;
    struct reply *reply = acting->reply;
    const struct field *subjects = &appeal_kind.fields[APPEAL_ABOUT];
    int about = choice_of(subjects, request_text(request, "about"));
    char id[CASE_ROOM];
    if (about < 0) reply_fault(request, reply, "about", "Say whether it is about a charge or something else", "选择收费争议或其他争议");
    if (about >= 0 && !acting->status.appeal.possible_about[about])
        reply_fault(request, reply, "about", "The time for an appeal about this has passed", "这类争议的申诉期限已过");
    appeal_number(acting, id);
    struct record *record = acting_record(acting, &appeal_kind);
    record_text(acting, record, APPEAL_ID, "appeal", str_of(id));
    record_text(acting, record, APPEAL_COMPLAINT, "complaint", acting->file.complaint);
    record_number(record, APPEAL_FILED, request->now);
    record_number(record, APPEAL_ABOUT, about);
    record_text(acting, record, APPEAL_TEXT, "text", request_text(request, "text"));
    if (!record_has(record, APPEAL_TEXT)) reply_fault(request, reply, "text", "Say why you appeal", "写明申诉的理由");
    if (!acting_write(acting, error)) return false;
    struct json json = reply_json(reply);
    json_open(&json, '{');
    json_put_string(&json, "appeal", str_of(id));
    json_put_string(&json, "complaint", acting->file.complaint);
    json_put_number(&json, "position", (int64_t)acting->position);
    json_close(&json, '}');
    reply->status = 201;
    snprintf(reply->location, sizeof reply->location, "/api/appeals/%s", id);
    return true;
}

bool appeal_file(struct request *request, struct reply *reply, struct error *error)
{
    struct acting acting;
    bool done = acting_begin(&acting, request, reply, ACT_APPEAL, error) && file_it(&acting, error);
    acting_end(&acting);
    return done;
}

/* ---- steps ---- */

static struct record *step_add(struct acting *acting, enum appeal_step step)
{
    struct record *record = acting_record(acting, &appeal_event_kind);
    record_text(acting, record, APPEAL_EVENT_APPEAL, "appeal", acting->file.appeals[acting->appeal].appeal);
    record_number(record, APPEAL_EVENT_EVENT, step);
    return record;
}

/* What the body may bring: a reason, an amount, a text; needed ones are told. */
enum { WITH_REASON = 1, WITH_AMOUNT = 2, WITH_TEXT = 4, NEEDS_TEXT = 8 };

static bool appeal_step(struct request *request, struct reply *reply, enum case_act act, enum appeal_step step, unsigned with, struct error *error)
{
    struct acting acting;
    bool done = acting_begin(&acting, request, reply, act, error);
    if (done) {
        struct record *record = step_add(&acting, step);
        if (with & WITH_REASON) {
            record_text(&acting, record, APPEAL_EVENT_REASON, "reason", request_text(request, "reason"));
            if (!record_has(record, APPEAL_EVENT_REASON))
                reply_fault(request, reply, "reason", "A refusal needs its reason", "不予受理须写明理由");
        }
        if (with & WITH_AMOUNT) record_text(&acting, record, APPEAL_EVENT_AMOUNT, "amount", request_text(request, "amount"));
        if (with & (WITH_TEXT | NEEDS_TEXT)) record_text(&acting, record, APPEAL_EVENT_TEXT, "text", request_text(request, "text"));
        if (with & NEEDS_TEXT && !record_has(record, APPEAL_EVENT_TEXT)) reply_fault(request, reply, "text", "Write what was found", "写明内容");
    }
    return acting_finish(&acting, done, error);
}

bool appeal_accept(struct request *request, struct reply *reply, struct error *error)
{
    return appeal_step(request, reply, ACT_ACCEPT, APPEAL_ACCEPTED, WITH_TEXT, error);
}

bool appeal_refuse(struct request *request, struct reply *reply, struct error *error)
{
    return appeal_step(request, reply, ACT_REFUSE, APPEAL_REFUSED, WITH_REASON | WITH_TEXT, error);
}

bool appeal_forward(struct request *request, struct reply *reply, struct error *error)
{
    return appeal_step(request, reply, ACT_FORWARD, APPEAL_FORWARDED, WITH_TEXT, error);
}

bool appeal_mediate(struct request *request, struct reply *reply, struct error *error)
{
    return appeal_step(request, reply, ACT_MEDIATE, APPEAL_MEDIATED, WITH_AMOUNT | NEEDS_TEXT, error);
}

bool appeal_decide(struct request *request, struct reply *reply, struct error *error)
{
    return appeal_step(request, reply, ACT_DECIDE, APPEAL_DECIDED, WITH_AMOUNT | NEEDS_TEXT, error);
}

bool appeal_answer(struct request *request, struct reply *reply, struct error *error)
{
    return appeal_step(request, reply, ACT_APPEAL_ANSWER, APPEAL_OPERATOR_ANSWERED, NEEDS_TEXT, error);
}

bool appeal_withdraw(struct request *request, struct reply *reply, struct error *error)
{
    return appeal_step(request, reply, ACT_APPEAL_WITHDRAW, APPEAL_WITHDRAWN, WITH_TEXT, error);
}
