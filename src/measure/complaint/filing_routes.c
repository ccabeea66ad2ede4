/* Filing a complaint. */
#include <stdio.h>
#include <stdlib.h>

#include "base/moment.h"
#include "engine/engine.h"
#include "engine/write.h"
#include "measure/complaint/book.h"
#include "measure/complaint/category.h"
#include "measure/complaint/claims_body.h"
#include "measure/complaint/follow.h"
#include "measure/complaint/routes.h"

enum { CLAIMS_MAX = 10, ID_TRIES = 8, OF_NUMBER_A_DAY = 20 };

/* Of everybody's: how many it was, nothing of what. */
static const char select_of_number[] = "SELECT COUNT(*) FROM \"complaint\" WHERE \"subscriber\" = $1 AND \"filed\" > $2"
                                       " AND \"source\" = (SELECT \"source\" FROM \"source_name\" WHERE \"name\" = '" PORTAL_SOURCE "')";

/* ---- the category, proposed from the text at the door ---- */

static void put_category(struct json *json, const struct request *request, enum category category)
{
    const struct choice *choice = &complaint_kind.fields[COMPLAINT_CATEGORY].choices[category];
    json_put_string(json, "category", str_of(choice->word));
    json_put_string(json, "category_name", str_of(choice->says[request->language]));
}

bool complaint_category(struct request *request, struct reply *reply, struct error *error)
{
    (void)error;
    enum category proposed[CATEGORIES_PROPOSED];
    size_t count = category_propose(request_text(request, "text"), proposed);
    const struct field *field = &complaint_kind.fields[COMPLAINT_CATEGORY];
    struct json json = reply_json(reply);
    json_open(&json, '{');
    put_category(&json, request, proposed[0]);
    json_key(&json, "others");
    json_open(&json, '[');
    for (size_t i = 1; i < count; i++) {
        json_open(&json, '{');
        put_category(&json, request, proposed[i]);
        json_close(&json, '}');
    }
    json_close(&json, ']');
    json_key(&json, "all");
    json_open(&json, '[');
    for (size_t i = 0; i < field->choice_count; i++) {
        json_open(&json, '{');
        put_category(&json, request, (enum category)i);
        json_close(&json, '}');
    }
    json_close(&json, ']');
    json_close(&json, '}');
    return true;
}

/* ---- filing ---- */

/* TS, the first four digits of the area, the day, and six digits by chance: to be read out over the phone, and not to be
   guessed from the one before. */
static bool number_is_free(struct acting *acting, const char *id, bool *is_free, struct error *error)
{
    /* of everybody's complaints, not only one's own: the pool's own look */
    struct identity all = { .role = ROLE_ADMINISTRATOR };
    struct view *view = view_take(acting->request->view->views, &all, REACH_OWN, error);
    if (!view) return false;
    struct statement *select = view_select(view, &complaint_kind, "SELECT 1 FROM \"complaint\" WHERE {scope} AND \"id\" = $1", error);
    bool row = false, done = select != NULL;
    if (done) {
        statement_text(select, 1, str_of(id));
        done = statement_step(select, &row, error);
        if (row) statement_reset(select);
    }
    view_give(view);
    *is_free = !row;
    return done;
}

static bool number_is_gone(struct error *error)
{
    return fail_both(error, ERROR_BUSY, "No number is free just now: send it again in a moment", "暂时没有可用的受理号，请稍后再提交");
}

static bool number_choose(struct acting *acting, struct str area, char id[CASE_ROOM], struct error *error)
{
    struct civil day = civil_of(day_of(acting->request->now));
    for (int i = 0; i < ID_TRIES; i++) {
        uint32_t chance;
        bool is_free;
        random_bytes(&chance, sizeof chance);
        snprintf(id, CASE_ROOM, "TS-%.*s-%04d%02d%02d-%06u", (int)(area.length < 4 ? area.length : 4), area.at, day.year, day.month, day.day,
                 (unsigned)(chance % 1000000));
        if (!number_is_free(acting, id, &is_free, error)) return false;
        if (is_free) return true;
    }
    return number_is_gone(error);
}

static void check_place(struct acting *acting, struct str operator_, struct str area)
{
    const struct law *law = acting->request->view->audit.law;
    if (!law_operator(law, operator_))
        reply_fault(acting->request, acting->reply, "operator", "Choose one of the operators", "从列表中选择企业");
    if (!law_area(law, area)) reply_fault(acting->request, acting->reply, "area", "Choose one of the areas", "从列表中选择地区");
}

static void put_category_field(struct acting *acting, struct record *record, struct str text)
{
    struct str word = request_text(acting->request, "category");
    enum category proposed[CATEGORIES_PROPOSED];
    int category = word.length ? choice_of(&complaint_kind.fields[COMPLAINT_CATEGORY], word) : -1;
    if (word.length && category < 0)
        reply_fault(acting->request, acting->reply, "category", "Choose one of the categories", "从列表中选择类别");
    if (!word.length) {
        category_propose(text, proposed);
        category = (int)proposed[0];
    }
    record_number(record, COMPLAINT_CATEGORY, category);
}

/* So many letters about complaints may one number get in a day that it did not ask for. */
static bool number_has_room(struct acting *acting, const struct record *record, struct error *error)
{
    const struct request *request = acting->request;
    uint64_t subject = vault_find(engine_vault(request->engine), record->values[COMPLAINT_SUBSCRIBER].text);
    bool row;
    if (subject == UINT64_MAX || (request->who.has_subject && request->who.subject == subject)) return true; /* new, or its owner's wish */
    struct statement *select = store_prepare(request->view->store, select_of_number, error);
    if (!select) return false;
    statement_number(select, 1, (int64_t)subject);
    statement_number(select, 2, request->now - DAY_MS);
    if (!statement_step(select, &row, error)) return false;
    int64_t filed = row ? column_number(select, 0) : 0;
    statement_reset(select);
    return filed < OF_NUMBER_A_DAY ||
           refuse(acting->reply, error, 429, "too-many-complaints", "There are %d complaints about this number since yesterday: add to one of them",
                  "一天之内这个号码已有%d件投诉：请在其中一件里补充", OF_NUMBER_A_DAY);
}

/* Who signed in by a number complains about that number, unless they name another. */
static bool put_number(struct acting *acting, struct record *record, struct error *error)
{
    const struct request *request = acting->request;
    struct str number = request_text(request, "number");
    if (number.length || !request->who.has_subject) {
        record_text(acting, record, COMPLAINT_SUBSCRIBER, "number", number);
        if (!number.length) reply_fault(acting->request, acting->reply, "number", "Write the number or account that it is about", "写明所涉及的号码或账号");
        return true;
    }
    struct text own = { 0 }; /* from the vault to the vault: nobody reads it, so no reading is noted */
    bool done = vault_person(engine_vault(request->engine), request->who.subject, &own, error);
    if (done) record_text(acting, record, COMPLAINT_SUBSCRIBER, "number", (struct str){ arena_copy(request->arena, own.at, own.length), own.length });
    text_close(&own);
    return done;
}

static void put_claims(struct acting *acting, const char *id)
{
    size_t count = claims_given(acting);
    if (!count || count > CLAIMS_MAX) {
        reply_fault(acting->request, acting->reply, "claims", "Say what you want: one to ten things", "写明你的诉求，一到十项");
        return;
    }
    for (size_t i = 0; i < count; i++) {
        struct claim_given given;
        if (!claim_given(acting, i, "asks", &given)) return;
        struct record *record = acting_record(acting, &complaint_claim_kind);
        int asks = choice_of(&complaint_claim_kind.fields[CLAIM_ASKS], given.word);
        if (asks < 0) reply_fault(acting->request, acting->reply, "claims", "Choose what you want from the list", "从列表中选择你的诉求");
        record_text(acting, record, CLAIM_COMPLAINT, "claims", str_of(id));
        record_number(record, CLAIM_CLAIM, (int64_t)i + 1);
        record_number(record, CLAIM_ASKS, asks);
        record_text(acting, record, CLAIM_AMOUNT, "claims", given.amount);
        if (record_has(record, CLAIM_AMOUNT) && record->values[CLAIM_AMOUNT].number <= 0)
            reply_fault(acting->request, acting->reply, "claims", "Write an amount above 0, such as 18.00", "写大于0的金额，比如 18.00");
        record_text(acting, record, CLAIM_TEXT, "claims", given.text);
    }
}

/* The receipt: by when the operator must answer, and the code to follow it with. */
static bool receipt(struct acting *acting, const char *id, int64_t mark, struct error *error)
{
    struct request *request = acting->request;
    struct reply *reply = acting->reply;
    char code[FOLLOW_CODE_ROOM];
    struct identity person = { .role = ROLE_SUBSCRIBER };
    bool found;
    follow_code(engine_vault(request->engine), str_of(id), code);
    snprintf(person.complaint, sizeof person.complaint, "%s", id);
    acting->view = view_take(request->view->views, &person, REACH_OWN, error);
    if (!acting->view || !case_read(acting->view, str_of(id), CASE_BRIEF, &acting->file, &found, error)) return false;
    must(found);
    case_judge(acting->view->audit.law, &acting->file, request->now, request->arena, &acting->status);
    struct json json = reply_json(reply);
    json_open(&json, '{');
    case_json_head(&json, request, acting->view, &acting->file, &acting->status);
    json_put_string(&json, "code", str_of(code));
    json_put_string(&json, "limit_says", case_limit_says(request, acting->status.limit));
    json_put_string(&json, "basis", acting->status.limit ? acting->status.limit->basis : (struct str){ 0 });
    json_put_number(&json, "position", (int64_t)acting->position);
    json_close(&json, '}');
    reply->status = 201;
    snprintf(reply->location, sizeof reply->location, "/api/complaints/%s", id);
    reply->signs_in = request->who.role == ROLE_PUBLIC;
    reply->who = person;
    /* who signed in with a number of which there was no record yet has one now */
    if (request->who.role == ROLE_SUBSCRIBER && !request->who.has_subject && request->who.number_mark && request->who.number_mark == mark &&
        acting->file.has_subscriber) {
        reply->signs_in = true;
        reply->who = request->who;
        reply->who.has_subject = true;
        reply->who.subject = acting->file.subscriber;
    }
    return true;
}

/* Another filing that drew the same number meanwhile has it. */
static bool filing_write(struct acting *acting, struct error *error)
{
    if (acting->reply->fault_count) return refuse_faults(acting->reply, error);
    if (engine_write_new(acting->request->engine, STR(PORTAL_SOURCE), acting->records, acting->count, &acting->position, error)) return true;
    return error->code == ERROR_CONFLICT ? number_is_gone(error) : false;
}

bool complaint_file(struct request *request, struct reply *reply, struct error *error)
{
    struct acting acting = { .request = request, .reply = reply, .appeal = SIZE_MAX };
    struct str operator_ = request_text(request, "operator"), area = request_text(request, "area"), text = request_text(request, "text");
    char id[CASE_ROOM];
    acting.records = arena_take(request->arena, ACTING_RECORDS * sizeof *acting.records);
    check_place(&acting, operator_, area);
    if (!str_trim(text).length) reply_fault(request, reply, "text", "Say what happened", "写明发生了什么");
    if (reply->fault_count) return refuse_faults(reply, error);
    if (!number_choose(&acting, area, id, error)) return false;
    request->now = moment_now(); /* when it is written, not when its head came */
    struct record *record = acting_record(&acting, &complaint_kind);
    record_text(&acting, record, COMPLAINT_ID, "complaint", str_of(id));
    record_text(&acting, record, COMPLAINT_OPERATOR, "operator", operator_);
    record_text(&acting, record, COMPLAINT_AREA, "area", area);
    put_category_field(&acting, record, text);
    record_number(record, COMPLAINT_FILED, request->now);
    record_text(&acting, record, COMPLAINT_CHANNEL, "channel", STR("web"));
    record_text(&acting, record, COMPLAINT_TEXT, "text", text);
    bool done = put_number(&acting, record, error);
    bool has_number = done && record_has(record, COMPLAINT_SUBSCRIBER);
    int64_t mark = has_number ? number_mark(engine_vault(request->engine), record->values[COMPLAINT_SUBSCRIBER].text) : 0;
    done = done && (!has_number || number_has_room(&acting, record, error));
    if (done) put_claims(&acting, id);
    done = done && filing_write(&acting, error) && receipt(&acting, id, mark, error);
    acting_end(&acting);
    return done;
}
