#include "measure/complaint/acting.h"

#include <pthread.h>

#include "base/moment.h"
#include "engine/write.h"
#include "measure/complaint/case_look.h"

/* Each protects the cases whose number falls to it: none of them changes between a look at it and the record that rests on it. */
enum { LOCKS = 64 };
static pthread_mutex_t locks[LOCKS] = { [0 ... LOCKS - 1] = PTHREAD_MUTEX_INITIALIZER };

static size_t lock_of(struct str id)
{
    struct hash hash = sha256(id);
    return hash.bytes[0] % LOCKS;
}

void acting_lock(struct acting *acting, struct str id)
{
    size_t wanted = lock_of(id);
    if (acting->lock_count && acting->locks[0] == wanted) return;
    if (acting->lock_count) pthread_mutex_unlock(&locks[acting->locks[0]]);
    must(acting->lock_count < 2);
    acting->locks[acting->lock_count++] = wanted;
    if (acting->lock_count == 2 && acting->locks[0] > acting->locks[1]) {
        acting->locks[1] = acting->locks[0];
        acting->locks[0] = wanted;
    }
    for (size_t i = 0; i < acting->lock_count; i++) pthread_mutex_lock(&locks[acting->locks[i]]);
}

static const struct refused {
    const char *code, *english, *chinese;
} refused[ACTS] = {
    [ACT_ANSWER] = { "answer-not-wanted", "This case does not wait for your answer now", "这件投诉现在不需要你方答复" },
    [ACT_PAUSE] = { "clock-not-running", "The clock of this case does not run now, so it cannot be paused", "这件投诉现在没有计时，不能暂停" },
    [ACT_RESUME] = { "clock-not-paused", "The clock of this case is not paused", "这件投诉没有停表" },
    [ACT_MOVE] = { "case-closed", "This case is closed, so it cannot be moved", "这件投诉已办结，不能转交" },
    [ACT_MERGE] = { "case-closed", "This case is closed, so it cannot be merged", "这件投诉已办结，不能合并" },
    [ACT_ASSIGN] = { "not-yours", "You have no part in this case", "这件投诉不归你方办理" },
    [ACT_NOTE] = { "not-yours", "You have no part in this case", "这件投诉不归你方办理" },
    [ACT_REPLY] = { "no-answer-yet", "There is no answer to reply to now", "现在没有需要你回应的答复" },
    [ACT_WRITE] = { "case-closed", "This case has ended: file a new complaint", "这件投诉已经结束，可以重新提交投诉" },
    [ACT_WITHDRAW] = { "case-closed", "This case has ended, so there is nothing to withdraw", "这件投诉已经结束，不能再撤回" },
    [ACT_PRESS] = { "not-overdue", "You can press for an answer once it is overdue, and once a day", "答复逾期后才能催办，每天一次" },
    [ACT_PUBLISH] = { "not-yours", "Only the person who filed a complaint may publish it", "只有投诉人本人可以同意公开" },
    [ACT_EVIDENCE] = { "case-closed", "This case has ended, so nothing can be added", "这件投诉已经结束，不能再补充材料" },
    [ACT_JOIN] = { "not-published", "This case is not open to others", "这件投诉没有公开" },
    [ACT_ACCEPT] = { "appeal-not-waiting", "This appeal does not wait to be accepted or refused", "这件申诉不在等待受理" },
    [ACT_REFUSE] = { "appeal-not-waiting", "This appeal does not wait to be accepted or refused", "这件申诉不在等待受理" },
    [ACT_FORWARD] = { "appeal-not-open", "This appeal is not open", "这件申诉不在办理中" },
    [ACT_MEDIATE] = { "appeal-not-open", "This appeal is not open", "这件申诉不在办理中" },
    [ACT_DECIDE] = { "appeal-not-open", "This appeal is not open", "这件申诉不在办理中" },
    [ACT_APPEAL_ANSWER] = { "appeal-not-forwarded", "This appeal does not wait for your answer", "这件申诉不在等待你方回复" },
    [ACT_APPEAL_WITHDRAW] = { "appeal-ended", "This appeal has ended", "这件申诉已经结束" },
};

/* Why one may not appeal, and from when one may. */
static bool refuse_appeal(struct acting *acting, struct error *error)
{
    const struct appeal_chance *chance = &acting->status.appeal;
    char time[MOMENT_ROOM];
    if (chance->from != MOMENT_NONE) {
        moment_format(chance->from, time);
        acting->reply->more = json_pack("{s:s}", "from", time);
    }
    return refuse(acting->reply, error, 409, chance->code ? chance->code : "appeal-not-possible", "%s%.0s", "%.0s%s",
                  arena_copy(acting->request->arena, chance->says[ENGLISH].at, chance->says[ENGLISH].length),
                  arena_copy(acting->request->arena, chance->says[CHINESE].at, chance->says[CHINESE].length));
}

static bool refuse_act(struct acting *acting, enum case_act act, struct error *error)
{
    if (act == ACT_APPEAL) return refuse_appeal(acting, error);
    const struct refused *why = &refused[act];
    return refuse(acting->reply, error, 409, why->code, "%s%.0s", "%.0s%s", why->english, why->chinese);
}

static bool appeal_place(struct acting *acting, struct str appeal)
{
    for (size_t i = 0; i < acting->file.appeal_count; i++)
        if (str_equal(acting->file.appeals[i].appeal, appeal)) {
            acting->appeal = i;
            return true;
        }
    return false;
}

/* The latest that happened to the case or its appeals. */
static int64_t latest_of(const struct case_file *file)
{
    int64_t latest = file->filed;
    if (file->event_count && file->events[file->event_count - 1].time > latest) latest = file->events[file->event_count - 1].time;
    for (size_t i = 0; i < file->appeal_count; i++) {
        const struct case_appeal *appeal = &file->appeals[i];
        if (appeal->filed > latest) latest = appeal->filed;
        if (appeal->event_count && appeal->events[appeal->event_count - 1].time > latest) latest = appeal->events[appeal->event_count - 1].time;
    }
    return latest;
}

/* A look at the case that stays true: nobody else acts on it until the end. Anybody may join what is published. */
static bool look(struct acting *acting, struct str id, enum case_act act, bool *found, struct error *error)
{
    struct request *request = acting->request;
    if (!acting->lock_count) acting_lock(acting, id);
    struct views *views = request->view->views;
    if (acting->view) view_give(acting->view);
    if (!(acting->view = view_take(views, &request->who, REACH_OWN, error))) return false;
    request->now = moment_now(); /* when it is decided, not when its head came: others may have acted while it waited */
    if (!case_look_in(acting->view, request, id, act == ACT_JOIN, &acting->file, &acting->status, found, error)) return false;
    int64_t latest = *found ? latest_of(&acting->file) : INT64_MIN;
    if (latest < request->now || latest >= request->now + SECOND_MS) return true;
    request->now = latest + 1; /* two within a millisecond stay in their order */
    return case_look_in(acting->view, request, id, act == ACT_JOIN, &acting->file, &acting->status, found, error);
}

bool acting_begin(struct acting *acting, struct request *request, struct reply *reply, enum case_act act, struct error *error)
{
    return acting_begin_with(acting, request, reply, act, (struct str){ 0 }, error);
}

bool acting_begin_with(struct acting *acting, struct request *request, struct reply *reply, enum case_act act, struct str other,
                       struct error *error)
{
    *acting = (struct acting){ .request = request, .reply = reply, .appeal = SIZE_MAX };
    acting->records = arena_take(request->arena, ACTING_RECORDS * sizeof *acting->records);
    struct str id = request->arguments[0], appeal = { 0 };
    bool found = false;
    if (str_starts(str_of(request->route->path), STR("/api/appeals/"))) {
        appeal = id;
        id = (struct str){ 0 };
        if (!(acting->view = view_take(request->view->views, &request->who, REACH_OWN, error)) ||
            !case_of_appeal(acting->view, appeal, false, &id, error))
            return false;
        if (!id.length) return case_missing(reply, error);
        id.at = arena_copy(request->arena, id.at, id.length); /* the view that it lies in is about to be given back */
    }
    if (other.length && other.length < CASE_ROOM) {
        acting_lock(acting, id);
        acting_lock(acting, other);
    }
    if (!look(acting, id, act, &found, error)) return false;
    if (!found || (appeal.length && !appeal_place(acting, appeal))) return case_missing(reply, error);
    if (case_acts(&acting->file, &acting->status, &request->who, request->now, acting->appeal) >> act & 1) return true;
    return refuse_act(acting, act, error);
}

void acting_end(struct acting *acting)
{
    if (acting->view) view_give(acting->view);
    for (size_t i = 0; i < acting->lock_count; i++) pthread_mutex_unlock(&locks[acting->locks[i]]);
    acting->view = NULL;
    acting->lock_count = 0;
}

void record_number(struct record *record, size_t field, int64_t number)
{
    record->values[field].number = number;
    record->present |= 1u << field;
}

struct record *acting_record(struct acting *acting, const struct kind *kind)
{
    must(acting->count < ACTING_RECORDS);
    struct record *record = &acting->records[acting->count++];
    *record = (struct record){ .kind = kind };
    size_t time = kind_field(kind, STR("time"));
    if (time < kind->field_count) record_number(record, time, acting->request->now);
    return record;
}

bool record_text(struct acting *acting, struct record *record, size_t field, const char *name, struct str text)
{
    struct error wrong = { 0 };
    text = str_trim(text);
    if (!text.length) return true;
    if (field_parse(&record->kind->fields[field], (struct cell){ text, CELL_TEXT }, acting->request->now, acting->request->arena, &record->values[field],
                    &wrong)) {
        record->present |= 1u << field;
        return true;
    }
    reply_fault(acting->request, acting->reply, name, wrong.says, wrong.chinese[0] ? wrong.chinese : wrong.says);
    return false;
}

struct record *acting_event(struct acting *acting, enum complaint_step step)
{
    struct record *record = acting_record(acting, &complaint_event_kind);
    record_text(acting, record, EVENT_COMPLAINT, "complaint", acting->file.complaint);
    record_number(record, EVENT_EVENT, step);
    return record;
}

bool acting_write(struct acting *acting, struct error *error)
{
    if (acting->reply->fault_count) return refuse_faults(acting->reply, error);
    acting->position = acting->view ? acting->view->position : 0;
    if (!acting->count) return true;
    return engine_write(acting->request->engine, STR(PORTAL_SOURCE), acting->records, acting->count, &acting->position, error);
}

static void acting_reply(struct acting *acting)
{
    struct json json = reply_json(acting->reply);
    json_open(&json, '{');
    json_put_string(&json, "complaint", acting->file.complaint);
    json_put_number(&json, "position", (int64_t)acting->position);
    json_close(&json, '}');
}

bool acting_finish(struct acting *acting, bool done, struct error *error)
{
    done = done && acting_write(acting, error);
    if (done) acting_reply(acting);
    acting_end(acting);
    return done;
}
