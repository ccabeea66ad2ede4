/* What the person does with their case: replies, writes, withdraws, presses, publishes; and what others do: join. */
#include "engine/engine.h"
#include "measure/complaint/claims_body.h"
#include "measure/complaint/redact.h"
#include "measure/complaint/routes.h"

static const char select_joined[] = "SELECT 1 FROM \"complaint_join\" WHERE \"complaint\" = $1 AND \"subscriber\" = $2"
                                    " UNION SELECT 1 FROM \"complaint\" WHERE \"id\" = $1 AND \"subscriber\" = $2";

/* ---- yes or no to an answer ---- */

static const struct case_claim *claim_of(const struct acting *acting, int64_t number)
{
    for (size_t i = 0; i < acting->file.claim_count; i++)
        if (acting->file.claims[i].claim == number) return &acting->file.claims[i];
    return NULL;
}

/* A claim that is not told was accepted if all is; one no disputes the whole answer, so that the clock runs again. */
static void claims_reply(struct acting *acting, bool *all_accepted)
{
    bool told[ACTING_RECORDS] = { false };
    for (size_t i = 0; i < claims_given(acting) && acting->count < ACTING_RECORDS - 1; i++) {
        struct claim_given given;
        if (!claim_given(acting, i, NULL, &given)) return;
        const struct case_claim *claim = claim_of(acting, given.claim);
        if (!claim || !given.has_accepted || told[claim - acting->file.claims]) {
            reply_fault(acting->request, acting->reply, "claims", "Say yes or no to each claim once", "对每项诉求说一次认可或不认可");
            return;
        }
        told[claim - acting->file.claims] = true;
        struct record *record = acting_record(acting, &complaint_claim_event_kind);
        record_text(acting, record, CLAIM_EVENT_COMPLAINT, "complaint", acting->file.complaint);
        record_number(record, CLAIM_EVENT_CLAIM, given.claim);
        record_number(record, CLAIM_EVENT_EVENT, given.accepted ? CLAIM_ACCEPTED : CLAIM_DISPUTED);
        record_text(acting, record, CLAIM_EVENT_TEXT, "claims", given.text);
        *all_accepted = *all_accepted && given.accepted;
    }
    for (size_t i = 0; i < acting->file.claim_count; i++)
        if (!told[i] && acting->file.claims[i].person != CLAIM_ACCEPTED) {
            reply_fault(acting->request, acting->reply, "claims", "Say yes or no to each claim once", "对每项诉求说一次认可或不认可");
            return;
        }
}

bool complaint_reply_to(struct request *request, struct reply *reply, struct error *error)
{
    struct acting acting;
    bool done = acting_begin(&acting, request, reply, ACT_REPLY, error), accepted = true;
    if (done) {
        claims_reply(&acting, &accepted);
        if (!acting.file.claim_count) accepted = request_flag(request, "accepted", false);
        record_text(&acting, acting_event(&acting, accepted ? STEP_CONFIRMED : STEP_DISPUTED), EVENT_TEXT, "text", request_text(request, "text"));
    }
    return acting_finish(&acting, done, error);
}

/* ---- one event ---- */

static bool one_event(struct request *request, struct reply *reply, enum case_act act, enum complaint_step step, struct error *error)
{
    struct acting acting;
    bool done = acting_begin(&acting, request, reply, act, error);
    if (done) record_text(&acting, acting_event(&acting, step), EVENT_TEXT, "text", request_text(request, "text"));
    return acting_finish(&acting, done, error);
}

bool complaint_write(struct request *request, struct reply *reply, struct error *error)
{
    return one_event(request, reply, ACT_WRITE, STEP_WRITTEN, error);
}

bool complaint_withdraw(struct request *request, struct reply *reply, struct error *error)
{
    return one_event(request, reply, ACT_WITHDRAW, STEP_WITHDRAWN, error);
}

bool complaint_press(struct request *request, struct reply *reply, struct error *error)
{
    struct acting acting;
    bool done = acting_begin(&acting, request, reply, ACT_PRESS, error);
    if (done) record_text(&acting, acting_record(&acting, &complaint_press_kind), PRESS_COMPLAINT, "complaint", acting.file.complaint);
    return acting_finish(&acting, done, error);
}

/* ---- publication ---- */

/* The text with personal data taken out, for the person to look over and change before they agree. */
bool publication_propose(struct request *request, struct reply *reply, struct error *error)
{
    struct acting acting;
    struct case_clear clear = { 0 };
    struct text proposed = { 0 };
    bool done = acting_begin(&acting, request, reply, ACT_PUBLISH, error) && case_open(request, &acting.file, STR("a proposal for publication"), &clear, error);
    for (size_t i = 0; done && i < clear.count; i++)
        if (clear.wishes[i].kind == UNSEAL_TEXT && clear.wishes[i].number == acting.file.text) redact(clear.clear[i], request->language, &proposed);
    if (done) {
        struct json json = reply_json(reply);
        json_open(&json, '{');
        json_put_string(&json, "complaint", acting.file.complaint);
        json_put_string(&json, "text", text_str(&proposed));
        json_close(&json, '}');
    }
    text_close(&proposed);
    acting_end(&acting);
    return done;
}

static void put_published(struct acting *acting, struct record *record, size_t field, const char *name)
{
    struct str text = request_text(acting->request, name);
    struct text clean = { 0 };
    redact(text, acting->request->language, &clean);
    char *kept = arena_copy(acting->request->arena, clean.at, clean.length);
    record_text(acting, record, field, name, (struct str){ kept, clean.length });
    text_close(&clean);
}

bool publication_decide(struct request *request, struct reply *reply, struct error *error)
{
    struct acting acting;
    bool done = acting_begin(&acting, request, reply, ACT_PUBLISH, error), agreed = request_flag(request, "agreed", false);
    if (done) {
        struct record *record = acting_record(&acting, &complaint_publication_kind);
        record_text(&acting, record, PUBLICATION_COMPLAINT, "complaint", acting.file.complaint);
        record_number(record, PUBLICATION_AGREED, agreed);
        if (agreed) {
            put_published(&acting, record, PUBLICATION_TITLE, "title");
            put_published(&acting, record, PUBLICATION_TEXT, "text");
            if (!record_has(record, PUBLICATION_TITLE))
                reply_fault(request, reply, "title", "Write a headline that says what it is about", "写一个标题，说明是什么事");
        }
    }
    return acting_finish(&acting, done, error);
}

/* ---- others with the same trouble ---- */

/* Whether a number has joined already, or is the case's own. */
static bool joined_before(struct acting *acting, const struct record *record, bool *before, struct error *error)
{
    uint64_t subject = vault_find(engine_vault(acting->request->engine), record->values[JOIN_SUBSCRIBER].text);
    *before = false;
    if (subject == UINT64_MAX) return true;
    struct statement *select = store_prepare(acting->view->store, select_joined, error);
    if (!select) return false;
    statement_text(select, 1, acting->file.complaint);
    statement_number(select, 2, (int64_t)subject);
    if (!statement_step(select, before, error)) return false;
    statement_reset(select);
    return true;
}

bool complaint_join(struct request *request, struct reply *reply, struct error *error)
{
    struct acting acting;
    bool done = acting_begin(&acting, request, reply, ACT_JOIN, error);
    if (done) {
        struct record *record = acting_record(&acting, &complaint_join_kind);
        struct str number = request_text(request, "number");
        struct text own = { 0 }; /* from the vault to the vault: nobody reads it, so no reading is noted */
        record_text(&acting, record, JOIN_COMPLAINT, "complaint", acting.file.complaint);
        if (!number.length && request->who.has_subject) {
            done = vault_person(engine_vault(request->engine), request->who.subject, &own, error);
            number = (struct str){ arena_copy(request->arena, own.at, own.length), own.length };
        }
        record_text(&acting, record, JOIN_SUBSCRIBER, "number", number);
        record_text(&acting, record, JOIN_TEXT, "text", request_text(request, "text"));
        text_close(&own);
        bool before = false;
        if (done && !record_has(record, JOIN_SUBSCRIBER))
            reply_fault(request, reply, "number", "Write your number: it counts you once, and hears how it goes on", "写你的号码：按号码计一人，进展也发到这里");
        done = done && joined_before(&acting, record, &before, error);
        if (done && before) acting.count = 0; /* nothing to write; the answer is the same, so that nobody learns whose case it is */
    }
    return acting_finish(&acting, done, error);
}
