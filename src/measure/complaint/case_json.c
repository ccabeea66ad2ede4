#include "measure/complaint/case_json.h"

#include <stdio.h>

#include "base/number.h"
#include "measure/complaint/say.h"

/* ---- texts in clear ---- */

/* The most that a case can have: a text and a reason for each event, a text for all else, the number. */
static size_t wishes_most(const struct case_file *file)
{
    size_t most = 2 + file->claim_count + file->event_count * 2 + file->appeal_count + file->evidence_count + file->note_count;
    for (size_t i = 0; i < file->claim_count; i++) most += file->claims[i].event_count;
    for (size_t i = 0; i < file->appeal_count; i++) most += file->appeals[i].event_count * 2;
    return most;
}

static void wish_text(struct unseal_wish *wishes, size_t *count, uint64_t number)
{
    if (number != NO_TEXT) wishes[(*count)++] = (struct unseal_wish){ UNSEAL_TEXT, number };
}

static void wish_events(struct unseal_wish *wishes, size_t *count, const struct case_event *events, size_t event_count)
{
    for (size_t i = 0; i < event_count; i++) {
        wish_text(wishes, count, events[i].text);
        wish_text(wishes, count, events[i].reason_text);
    }
}

bool case_open(struct request *request, const struct case_file *file, struct str why, struct case_clear *clear, struct error *error)
{
    struct unseal_wish *wishes = arena_take(request->arena, wishes_most(file) * sizeof *wishes);
    size_t count = 0;
    wish_text(wishes, &count, file->text);
    for (size_t i = 0; i < file->claim_count; i++) {
        wish_text(wishes, &count, file->claims[i].text);
        for (size_t e = 0; e < file->claims[i].event_count; e++) wish_text(wishes, &count, file->claims[i].events[e].text);
    }
    wish_events(wishes, &count, file->events, file->event_count);
    for (size_t i = 0; i < file->appeal_count; i++) {
        wish_text(wishes, &count, file->appeals[i].text);
        wish_events(wishes, &count, file->appeals[i].events, file->appeals[i].event_count);
    }
    for (size_t i = 0; i < file->evidence_count; i++) wish_text(wishes, &count, file->evidence[i].name);
    for (size_t i = 0; i < file->note_count; i++) wish_text(wishes, &count, file->notes[i].text);
    if (file->has_subscriber) wishes[count++] = (struct unseal_wish){ UNSEAL_PERSON, file->subscriber };
    struct str *texts = arena_take(request->arena, (count + 1) * sizeof *texts);
    *clear = (struct case_clear){ .opened = true, .wishes = wishes, .clear = texts, .count = count };
    return unseal_for(request->engine, &request->who, wishes, count, why, request->arena, texts, error);
}

static struct str clear_of(const struct case_clear *clear, enum unseal_kind kind, uint64_t number)
{
    for (size_t i = 0; i < clear->count; i++)
        if (clear->wishes[i].kind == kind && clear->wishes[i].number == number) return clear->clear[i];
    return (struct str){ 0 };
}

static void put_clear(struct json *json, const char *key, const struct case_clear *clear, uint64_t number)
{
    json_put_string(json, key, number == NO_TEXT ? (struct str){ 0 } : clear_of(clear, UNSEAL_TEXT, number));
}

/* ---- small members ---- */

static void put_flag(struct json *json, const char *key, bool value)
{
    json_key(json, key);
    json_add_bool(json, value);
}

static void put_word(struct json *json, const struct request *request, const char *key, const char *name_key, const struct field *field, int64_t place)
{
    bool known = place >= 0 && (size_t)place < field->choice_count;
    json_put_string(json, key, known ? str_of(field->choices[place].word) : (struct str){ 0 });
    json_put_string(json, name_key, known ? str_of(field->choices[place].says[request->language]) : (struct str){ 0 });
}

static struct str format_str(const struct request *request, const char *format, struct str a, struct str b)
{
    struct text text = { 0 };
    text_format(&text, format, STR_ARGS(a), STR_ARGS(b));
    struct str kept = { arena_copy(request->arena, text.at, text.length), text.length };
    text_close(&text);
    return kept;
}

struct str case_state_says(const struct request *request, const struct law *law, const struct case_status *status)
{
    if (status->state == CASE_WAITING_OPERATOR)
        return format_str(request, request->language == CHINESE ? "轮到%.*s%.*s" : "%.*s must answer%.*s",
                          law_operator_name(law, status->holder, (int)request->language), (struct str){ 0 });
    return str_of(case_states[status->state].says[request->language]);
}

struct str case_limit_says(const struct request *request, const struct limit *limit)
{
    if (!limit) return (struct str){ 0 };
    return say_limit(&(struct saying){ .arena = request->arena, .language = request->language }, limit);
}

void rows_matter(struct rows *rows, const struct request *request, struct str operator_, struct str area, int category)
{
    const struct law *law = request->view->audit.law;
    const struct choice *choices = complaint_kind.fields[COMPLAINT_CATEGORY].choices;
    int language = (int)request->language;
    rows_string(rows, "operator", operator_);
    rows_string(rows, "operator_name", law_operator_name(law, operator_, language));
    rows_string(rows, "area", area);
    rows_string(rows, "area_name", law_area_name(law, area, language));
    rows_string(rows, "category", category < 0 ? (struct str){ 0 } : str_of(choices[category].word));
    rows_string(rows, "category_name", category < 0 ? (struct str){ 0 } : str_of(choices[category].says[language]));
}

/* ---- the case ---- */

void case_json_head(struct json *json, const struct request *request, const struct view *view, const struct case_file *file,
                    const struct case_status *status)
{
    const struct law *law = view->audit.law;
    json_put_string(json, "complaint", file->complaint);
    json_put_string(json, "operator", status->holder);
    json_put_string(json, "operator_name", law_operator_name(law, status->holder, (int)request->language));
    json_put_string(json, "area", file->area);
    json_put_string(json, "area_name", law_area_name(law, file->area, (int)request->language));
    put_word(json, request, "category", "category_name", &complaint_kind.fields[COMPLAINT_CATEGORY], file->category);
    json_put_moment(json, "filed", file->filed);
    json_put_string(json, "state", str_of(case_states[status->state].word));
    json_put_string(json, "state_says", case_state_says(request, law, status));
    json_put_string(json, "turn", str_of(case_turns[status->turn].word));
    json_put_moment(json, "due", status->due);
    json_key(json, "days_left");
    if (status->has_days_left)
        json_add_number(json, status->days_left);
    else
        json_add_null(json);
    put_flag(json, "overdue", status->overdue);
    put_flag(json, "provisional", status->provisional);
}

/* A limit with the rule that it comes from, and the day from which it holds. */
static void put_limit(struct json *json, const struct request *request, const struct limit *limit)
{
    char day[DAY_ROOM];
    json_put_string(json, "limit_says", case_limit_says(request, limit));
    json_put_string(json, "basis", limit ? limit->basis : (struct str){ 0 });
    json_put_string(json, "limit_from", limit ? (struct str){ day, day_format(limit->from, day) } : (struct str){ 0 });
}

static void put_runs(struct json *json, const struct request *request, const struct case_status *status)
{
    static const char *const ends[] = { [RUN_OPEN] = "open", [RUN_ANSWERED] = "answered", [RUN_MERGED] = "merged", [RUN_WITHDRAWN] = "withdrawn" };
    json_key(json, "runs");
    json_open(json, '[');
    for (size_t i = 0; i < status->run_count; i++) {
        const struct case_run *run = &status->runs[i];
        json_open(json, '{');
        json_put_moment(json, "start", run->start);
        json_put_moment(json, "stop", run->stop);
        json_put_string(json, "end", str_of(ends[run->end]));
        put_flag(json, "after_dispute", run->answers_dispute);
        put_limit(json, request, run->limit);
        json_put_moment(json, "due", run->due);
        json_put_number(json, "day", run->count);
        json_put_number(json, "days", run->of);
        put_flag(json, "late", run->late);
        put_flag(json, "paused", run->paused);
        json_close(json, '}');
    }
    json_close(json, ']');
}

static void put_claims(struct json *json, const struct request *request, const struct case_file *file, const struct case_clear *clear)
{
    const struct field *asks = &complaint_claim_kind.fields[CLAIM_ASKS], *steps = &complaint_claim_event_kind.fields[CLAIM_EVENT_EVENT];
    json_key(json, "claims");
    json_open(json, '[');
    for (size_t i = 0; i < file->claim_count; i++) {
        const struct case_claim *claim = &file->claims[i];
        json_open(json, '{');
        json_put_number(json, "claim", claim->claim);
        put_word(json, request, "asks", "asks_name", asks, claim->asks);
        json_put_money(json, "amount", claim->amount);
        put_clear(json, "text", clear, claim->text);
        json_key(json, "answers");
        json_open(json, '[');
        for (size_t e = 0; e < claim->event_count; e++) {
            json_open(json, '{');
            json_put_moment(json, "time", claim->events[e].time);
            put_word(json, request, "event", "event_name", steps, claim->events[e].step);
            json_put_money(json, "amount", claim->events[e].amount);
            put_clear(json, "text", clear, claim->events[e].text);
            json_close(json, '}');
        }
        json_close(json, ']');
        json_put_string(json, "verdict", claim->verdict < 0 ? (struct str){ 0 } : str_of(steps->choices[claim->verdict].word));
        json_put_string(json, "person", claim->person < 0 ? (struct str){ 0 } : str_of(steps->choices[claim->person].word));
        json_close(json, '}');
    }
    json_close(json, ']');
}

/* What everybody may know of an event; the object stays open. */
static void event_begin(struct json *json, const struct request *request, const struct view *view, const struct field *steps,
                        const struct case_event *event)
{
    json_open(json, '{');
    json_put_moment(json, "time", event->time);
    json_put_string(json, "event", str_of(steps->choices[event->step].word));
    json_put_string(json, "says", str_of(steps->choices[event->step].says[request->language]));
    json_put_string(json, "operator_name",
                    event->operator_.length ? law_operator_name(view->audit.law, event->operator_, (int)request->language) : (struct str){ 0 });
}

static void put_event(struct json *json, const struct request *request, const struct view *view, const struct field *steps,
                      const struct case_event *event, const struct case_clear *clear)
{
    event_begin(json, request, view, steps, event);
    json_put_string(json, "into", event->into);
    json_put_money(json, "amount", event->amount);
    put_clear(json, "text", clear, event->text);
    put_clear(json, "reason", clear, event->reason_text);
    json_put_string(json, "source", event->record.source);
    json_put_number(json, "seq", (int64_t)event->record.seq);
    json_put_number(json, "entry", (int64_t)event->entry);
    json_close(json, '}');
}

/* What every timeline begins with; the object stays open. */
static void filing_begin(struct json *json, const struct request *request, const struct case_file *file)
{
    json_open(json, '{');
    json_put_moment(json, "time", file->filed);
    json_put_string(json, "event", STR("filed"));
    json_put_string(json, "says", request->language == CHINESE ? STR("提交投诉") : STR("complaint filed"));
}

static void put_timeline(struct json *json, const struct request *request, const struct view *view, const struct case_file *file,
                         const struct case_clear *clear)
{
    json_key(json, "timeline");
    json_open(json, '[');
    filing_begin(json, request, file);
    put_clear(json, "text", clear, file->text);
    json_put_string(json, "source", file->record.source);
    json_put_number(json, "seq", (int64_t)file->record.seq);
    json_put_number(json, "entry", (int64_t)file->entry);
    json_close(json, '}');
    for (size_t i = 0; i < file->event_count; i++)
        put_event(json, request, view, &complaint_event_kind.fields[EVENT_EVENT], &file->events[i], clear);
    json_close(json, ']');
}

static void put_ahead(struct json *json, const struct request *request, const struct case_status *status)
{
    json_key(json, "ahead");
    json_open(json, '[');
    for (size_t i = 0; i < status->ahead_count; i++) {
        json_open(json, '{');
        json_put_moment(json, "time", status->ahead[i].time);
        json_put_string(json, "event", str_of(status->ahead[i].event));
        json_put_string(json, "says", status->ahead[i].says[request->language]);
        json_close(json, '}');
    }
    json_close(json, ']');
}

void appeal_chance_json(struct json *json, const struct request *request, const struct appeal_chance *chance)
{
    json_key(json, "appeal");
    json_open(json, '{');
    put_flag(json, "possible", chance->possible);
    json_put_moment(json, "from", chance->from);
    json_put_moment(json, "until", chance->until[chance->about]);
    json_put_moment(json, "until_charge", chance->until[ABOUT_CHARGE]);
    json_put_moment(json, "until_other", chance->until[ABOUT_OTHER]);
    json_put_string(json, "about", str_of(appeal_kind.fields[APPEAL_ABOUT].choices[chance->about].word));
    json_put_string(json, "reason", chance->says[request->language]);
    json_close(json, '}');
}

void appeal_json(struct json *json, const struct request *request, const struct view *view, const struct case_file *file,
                 const struct case_status *status, size_t appeal, const struct case_clear *clear)
{
    const struct case_appeal *one = &file->appeals[appeal];
    const struct appeal_status *stands = &status->appeals[appeal];
    json_open(json, '{');
    json_put_string(json, "appeal", one->appeal);
    json_put_string(json, "complaint", file->complaint);
    json_put_moment(json, "filed", one->filed);
    put_word(json, request, "about", "about_name", &appeal_kind.fields[APPEAL_ABOUT], one->about);
    put_clear(json, "text", clear, one->text);
    json_put_string(json, "state", str_of(appeal_states[stands->state].word));
    json_put_string(json, "state_says", str_of(appeal_states[stands->state].says[request->language]));
    put_flag(json, "with_operator", stands->with_operator);
    json_put_moment(json, "due", stands->due);
    json_put_moment(json, "accept_due", stands->accept_due);
    json_put_moment(json, "decide_due", stands->decide_due);
    put_flag(json, "overdue", stands->overdue);
    put_flag(json, "provisional", stands->provisional);
    json_put_string(json, "limit_says", case_limit_says(request, stands->limit));
    json_put_string(json, "source", one->record.source);
    json_put_number(json, "seq", (int64_t)one->record.seq);
    json_put_number(json, "entry", (int64_t)one->entry);
    json_key(json, "events");
    json_open(json, '[');
    for (size_t i = 0; i < one->event_count; i++)
        put_event(json, request, view, &appeal_event_kind.fields[APPEAL_EVENT_EVENT], &one->events[i], clear);
    json_close(json, ']');
    json_close(json, '}');
}

static void put_evidence(struct json *json, const struct case_file *file, const struct case_clear *clear)
{
    json_key(json, "evidence");
    json_open(json, '[');
    for (size_t i = 0; i < file->evidence_count; i++) {
        json_open(json, '{');
        json_put_number(json, "evidence", file->evidence[i].evidence);
        put_clear(json, "name", clear, file->evidence[i].name);
        json_put_string(json, "type", file->evidence[i].type);
        json_put_number(json, "bytes", file->evidence[i].bytes);
        json_put_moment(json, "time", file->evidence[i].time);
        put_flag(json, "whole", file->evidence[i].whole);
        json_close(json, '}');
    }
    json_close(json, ']');
}

static void put_publication(struct json *json, const struct case_file *file)
{
    json_key(json, "publication");
    if (!file->has_publication) {
        json_add_null(json);
        return;
    }
    json_open(json, '{');
    put_flag(json, "agreed", file->published);
    json_put_string(json, "title", file->title);
    json_put_string(json, "text", file->public_text);
    json_close(json, '}');
}

static void put_staff(struct json *json, const struct request *request, const struct case_file *file, const struct case_clear *clear)
{
    json_put_string(json, "assigned", file->assigned);
    json_key(json, "notes");
    json_open(json, '[');
    for (size_t i = 0; i < file->note_count; i++) {
        json_open(json, '{');
        json_put_moment(json, "time", file->notes[i].time);
        json_put_string(json, "account", file->notes[i].account);
        put_clear(json, "text", clear, file->notes[i].text);
        json_close(json, '}');
    }
    json_close(json, ']');
    json_put_string(json, "subscriber", file->has_subscriber && request->who.role != ROLE_PUBLIC
                                            ? clear_of(clear, UNSEAL_PERSON, file->subscriber) : (struct str){ 0 });
}

static void put_acts(struct json *json, const struct request *request, const struct case_file *file, const struct case_status *status)
{
    unsigned acts = case_acts(file, status, &request->who, request->now, SIZE_MAX);
    json_key(json, "may");
    json_open(json, '[');
    for (unsigned i = 0; i < ACTS; i++)
        if (acts >> i & 1) json_add_string(json, str_of(case_act_words[i]));
    json_close(json, ']');
}

void case_json(struct json *json, const struct request *request, const struct view *view, const struct case_file *file,
               const struct case_status *status, const struct case_clear *clear)
{
    const struct law *law = view->audit.law;
    struct str holder = law_operator_name(law, status->holder, (int)request->language);
    json_open(json, '{');
    case_json_head(json, request, view, file, status);
    json_put_string(json, "channel", file->channel);
    json_put_string(json, "filed_with", file->operator_);
    json_put_string(json, "limit", status->limit ? limit_text(status->limit, status->limit->value, request->arena) : (struct str){ 0 });
    put_limit(json, request, status->limit);
    put_runs(json, request, status);
    put_claims(json, request, file, clear);
    put_clear(json, "text", clear, file->text);
    put_flag(json, "opened", clear->opened);
    put_timeline(json, request, view, file, clear);
    put_ahead(json, request, status);
    appeal_chance_json(json, request, &status->appeal);
    json_key(json, "appeals");
    json_open(json, '[');
    for (size_t i = 0; i < file->appeal_count; i++) appeal_json(json, request, view, file, status, i, clear);
    json_close(json, ']');
    put_evidence(json, file, clear);
    json_put_number(json, "joined", file->joined);
    json_put_number(json, "pressed", file->pressed);
    put_publication(json, file);
    put_staff(json, request, file, clear);
    json_put_string(json, "responsible",
                    file->assigned.length ? format_str(request, request->language == CHINESE ? "%.*s %.*s" : "%.*s, %.*s", holder, file->assigned) : holder);
    put_acts(json, request, file, status);
    json_put_string(json, "source", file->record.source);
    json_put_number(json, "seq", (int64_t)file->record.seq);
    json_put_number(json, "entry", (int64_t)file->entry);
    json_put_number(json, "position", (int64_t)view->position);
    json_close(json, '}');
}

/* What happened, without words, money and other cases. */
static void put_public_timeline(struct json *json, const struct request *request, const struct view *view, const struct case_file *file)
{
    const struct field *steps = &complaint_event_kind.fields[EVENT_EVENT];
    json_key(json, "timeline");
    json_open(json, '[');
    filing_begin(json, request, file);
    json_close(json, '}');
    for (size_t i = 0; i < file->event_count; i++) {
        event_begin(json, request, view, steps, &file->events[i]);
        json_close(json, '}');
    }
    json_close(json, ']');
}

void case_json_public(struct json *json, const struct request *request, const struct view *view, const struct case_file *file,
                      const struct case_status *status)
{
    json_open(json, '{');
    case_json_head(json, request, view, file, status);
    put_limit(json, request, status->limit);
    put_runs(json, request, status);
    put_public_timeline(json, request, view, file);
    put_ahead(json, request, status);
    put_publication(json, file);
    json_put_number(json, "joined", file->joined);
    json_put_string(json, "responsible", law_operator_name(view->audit.law, status->holder, (int)request->language));
    put_acts(json, request, file, status);
    json_put_number(json, "position", (int64_t)view->position);
    json_close(json, '}');
}
