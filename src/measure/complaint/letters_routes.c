/* What was said about a case, and to whom: told again from the records that made it due. */
#include "engine/engine.h"
#include "engine/write.h"
#include "measure/complaint/case_look.h"
#include "measure/complaint/letters.h"
#include "measure/complaint/routes.h"

struct telling {
    struct request *request;
    const struct case_file *file;
    struct view *view; /* sees all: what is told is picked below */
    struct json json;
};

/* Whether the one who asks is told of it: a person of what went to them, an operator also of what went to its own staff. What went
   to others who joined is theirs. */
static bool is_told(const struct telling *telling, const struct letter *letter)
{
    const struct identity *who = &telling->request->who;
    switch (letter->to) {
    case TO_PERSON:
    case TO_PERSON_NOW:
        return telling->file->has_subscriber && letter->subject == telling->file->subscriber;
    case TO_OPERATOR:
        return who->role == ROLE_OPERATOR ? str_equal(letter->operator_, str_of(who->operator_)) : who->role != ROLE_SUBSCRIBER;
    case TO_REGULATOR:
        return who->role == ROLE_REGULATOR || who->role == ROLE_ADMINISTRATOR;
    }
    return false;
}

static bool tell(void *context, const struct letter *letter, struct error *error)
{
    (void)error;
    static const char *const words[] = { [TO_PERSON] = "person", [TO_OPERATOR] = "operator", [TO_REGULATOR] = "regulator", [TO_PERSON_NOW] = "person" };
    struct telling *telling = context;
    if (!is_told(telling, letter)) return true;
    json_open(&telling->json, '{');
    json_put_moment(&telling->json, "time", letter->time);
    json_put_string(&telling->json, "to", str_of(words[letter->to]));
    json_put_string(&telling->json, "operator", letter->operator_);
    json_put_string(&telling->json, "text", letter->text[telling->request->language]);
    json_close(&telling->json, '}');
    return true;
}

/* The letters of one record, as it stands in its entry. */
static bool tell_entry(struct telling *telling, struct str source, uint64_t index, struct error *error)
{
    struct text bytes = { 0 };
    struct entry entry;
    struct record record = { 0 };
    if (!str_equal(source, STR(PORTAL_SOURCE))) return true;
    bool done = ledger_read(engine_ledger(telling->request->engine), index, &bytes, error) && entry_read(text_str(&bytes), &entry, error);
    const struct kind *kind = done ? kind_find(entry.kind) : NULL;
    struct span span;
    struct str spans = done ? entry.packed_spans : (struct str){ 0 };
    uint64_t last = 0;
    if (kind && entry_span(&spans, &last, &span) && (done = record_unpack(kind, entry.version, &entry.records, &record, error))) {
        record.source = entry.source;
        record.seq = span.low;
        done = complaint_letters(telling->view, &record, (struct letters_sink){ tell, telling }, error);
    }
    text_close(&bytes);
    return done;
}

static bool tell_events(struct telling *telling, const struct case_event *events, size_t count, struct error *error)
{
    for (size_t i = 0; i < count; i++)
        if (!tell_entry(telling, events[i].record.source, events[i].entry, error)) return false;
    return true;
}

static bool tell_case(struct telling *telling, struct error *error)
{
    const struct case_file *file = telling->file;
    if (!tell_entry(telling, file->record.source, file->entry, error) || !tell_events(telling, file->events, file->event_count, error)) return false;
    for (size_t i = 0; i < file->appeal_count; i++)
        if (!tell_entry(telling, file->appeals[i].record.source, file->appeals[i].entry, error) ||
            !tell_events(telling, file->appeals[i].events, file->appeals[i].event_count, error))
            return false;
    return true;
}

bool case_letters(struct request *request, struct reply *reply, struct error *error)
{
    static const struct identity all = { .role = ROLE_ADMINISTRATOR };
    struct case_file file;
    struct case_status status;
    bool found;
    if (!case_look(request, request->arguments[0], &file, &status, &found, error)) return false;
    if (!found) return case_missing(reply, error);
    struct telling telling = { request, &file, view_take(request->view->views, &all, REACH_OWN, error), reply_json(reply) };
    if (!telling.view) return false;
    json_open(&telling.json, '{');
    json_key(&telling.json, "items");
    json_open(&telling.json, '[');
    bool done = tell_case(&telling, error);
    json_close(&telling.json, ']');
    json_put_string(&telling.json, "next", (struct str){ 0 });
    json_put_number(&telling.json, "position", (int64_t)request->view->position);
    json_close(&telling.json, '}');
    view_give(telling.view);
    return done;
}
