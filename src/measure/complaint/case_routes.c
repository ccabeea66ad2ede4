/* Looking at cases: lists, one of them, its texts. */
#include <stdio.h>

#include "engine/engine.h"
#include "measure/complaint/book.h"
#include "measure/complaint/case_look.h"
#include "measure/complaint/claims_body.h"
#include "measure/complaint/follow.h"
#include "measure/complaint/routes.h"

/* ---- lists ---- */

/* "filed|id" of the last row of a page, filed in milliseconds. */
struct list_place {
    int64_t filed;
    struct str id;
};

static bool place_read(struct str after, struct list_place *place)
{
    size_t bar = str_find(after, '|');
    uint64_t filed;
    *place = (struct list_place){ INT64_MAX, { 0 } };
    if (!after.length) return true;
    if (bar == after.length || !str_number((struct str){ after.at, bar }, &filed)) return false;
    *place = (struct list_place){ (int64_t)filed, { after.at + bar + 1, after.length - bar - 1 } };
    return true;
}

struct list_filter {
    struct str operator_;
    int category, state; /* -1: any */
    int64_t since;
};

static bool list_filter(struct request *request, struct list_filter *filter, struct error *error)
{
    const char *category = request_query(request, "category"), *state = request_query(request, "state"), *since = request_query(request, "since");
    *filter = (struct list_filter){ .operator_ = str_of(request_query(request, "operator")), .category = -1, .state = -1, .since = INT64_MIN };
    if (category && (filter->category = choice_of(&complaint_kind.fields[COMPLAINT_CATEGORY], str_of(category))) < 0)
        return fail_both(error, ERROR_USAGE, "category: there is no %s", "category：没有 %s 这一类", category);
    for (int i = 0; state && i < CASE_STATES; i++)
        if (!strcmp(state, case_states[i].word)) filter->state = i;
    if (state && filter->state < 0) return fail_both(error, ERROR_USAGE, "state: there is no %s", "state：没有 %s 这一状态", state);
    if (since && !moment_parse(str_of(since), &filter->since))
        return fail_both(error, ERROR_USAGE, "since: write a day as 2015-01-03", "since：日期写作 2015-01-03");
    return true;
}

static void case_row(struct rows *rows, const struct request *request, const struct view *view, const struct case_file *file,
                     const struct case_status *status)
{
    const struct law *law = view->audit.law;
    rows_begin(rows);
    rows_string(rows, "complaint", file->complaint);
    rows_matter(rows, request, status->holder, file->area, file->category);
    rows_moment(rows, "filed", file->filed);
    rows_string(rows, "channel", file->channel);
    rows_string(rows, "state", str_of(case_states[status->state].word));
    rows_string(rows, "state_says", case_state_says(request, law, status));
    rows_string(rows, "turn", str_of(case_turns[status->turn].word));
    rows_moment(rows, "due", status->due);
    if (status->has_days_left)
        rows_number(rows, "days_left", status->days_left);
    else
        rows_null(rows, "days_left");
    rows_flag(rows, "overdue", status->overdue);
    rows_string(rows, "source", file->record.source);
    rows_number(rows, "seq", (int64_t)file->record.seq);
    rows_number(rows, "entry", (int64_t)file->entry);
    rows_end(rows);
}

/* Newest first. A state is told from the whole case, so with a filter by state rows are looked at until a page is full, but no
   more than so many for one answer: `next` then goes on from there. */
enum { LOOKED_AT_MAX = 20000 };

static const char select_list[] =
    "SELECT " CASE_COLUMNS " FROM \"complaint\" WHERE {scope} AND \"complaint\".\"filed\" <= $1 AND NOT (\"complaint\".\"filed\" = $1"
    " AND \"complaint\".\"id\" <= $2) AND \"complaint\".\"filed\" >= $3 AND ($4 = '' OR \"complaint\".\"operator\" = $4)"
    " AND ($5 = -1 OR \"complaint\".\"category\" = $5) ORDER BY \"complaint\".\"filed\" DESC, \"complaint\".\"id\" LIMIT $6";

static struct statement *list_select(struct view *view, const struct list_filter *filter, const struct list_place *place, int64_t most,
                                     struct error *error)
{
    struct statement *select = view_select(view, &complaint_kind, select_list, error);
    if (!select) return NULL;
    statement_number(select, 1, place->filed);
    statement_text(select, 2, place->id.length ? place->id : STR(""));
    statement_number(select, 3, filter->since);
    statement_text(select, 4, filter->operator_.length ? filter->operator_ : STR(""));
    statement_number(select, 5, filter->category);
    statement_number(select, 6, most);
    return select;
}

/* The newest cases are a look at the first rows; anything else may be a look at very many. */
static bool is_first_page(const struct request *request)
{
    static const char *const narrowing[] = { "operator", "category", "state", "since", "after" };
    for (size_t i = 0; i < sizeof narrowing / sizeof *narrowing; i++)
        if (request_query(request, narrowing[i])) return false;
    return true;
}

/* Rows of one look; *looked counts them, *given those that passed; *last is where the last one stands. */
static bool list_rows(struct reply_table *table, const struct list_filter *filter, const struct list_place *place, size_t *given,
                      struct text *last, bool *more, struct error *error)
{
    struct request *request = table->request;
    struct view *view = request->view;
    struct book *book = book_of(view);
    int64_t as_of[2];
    size_t looked = 0, most = filter->state < 0 ? table->most : table->whole ? EXPORT_ROWS_MAX : LOOKED_AT_MAX;
    if (!book_as_of(book, view, false, request->now, &as_of[0], error) || !book_as_of(book, view, true, request->now, &as_of[1], error)) return false;
    struct statement *select = list_select(view, filter, place, (int64_t)most + 1, error);
    if (!select) return false;
    *more = false;
    for (bool row;;) {
        struct case_file file;
        struct case_status status;
        if (!statement_step(select, &row, error)) return false;
        if (!row) return true;
        if (looked++ == most || *given == table->most) break;
        struct arena_mark mark = arena_mark(&view->arena);
        if (!case_take(view, select, CASE_BRIEF, &file, error)) {
            statement_reset(select);
            return false;
        }
        case_judge_brief(view->audit.law, &file, as_of[file.from_portal], &view->arena, &status);
        last->length = 0;
        text_format(last, "%lld|%.*s", (long long)file.filed, STR_ARGS(file.complaint));
        if (filter->state < 0 || (int)status.state == filter->state) {
            case_row(&table->rows, request, view, &file, &status);
            ++*given;
        }
        arena_release(&view->arena, mark);
    }
    statement_reset(select);
    *more = true;
    return true;
}

bool complaint_list(struct request *request, struct reply *reply, struct error *error)
{
    struct reply_table table;
    struct list_filter filter;
    struct list_place place;
    struct text last = { 0 };
    size_t given = 0;
    bool more = false;
    if (!list_filter(request, &filter, error)) return false;
    if (!request->may_wait && !is_first_page(request)) return reply_later(reply);
    if (!case_look_now(request, reply) || !reply_table_open(&table, request, reply, "complaints", error)) return false;
    bool done = place_read(table.after, &place) ? list_rows(&table, &filter, &place, &given, &last, &more, error)
                                                : fail_both(error, ERROR_USAGE, "after: take it from `next`", "after：取自上一页的 next");
    done = reply_table_close(&table, done, more ? text_str(&last) : (struct str){ 0 }, (struct str){ 0 }, error);
    text_close(&last);
    return done;
}

/* ---- one ---- */

static bool case_answer(struct request *request, struct reply *reply, struct str why, struct error *error)
{
    struct case_file file;
    struct case_status status;
    struct case_clear clear = { 0 };
    bool found;
    if (!case_look(request, request->arguments[0], &file, &status, &found, error)) return false;
    if (!found) return case_missing(reply, error);
    if (why.length && request->who.role == ROLE_OPERATOR && !str_equal(status.holder, str_of(request->who.operator_)))
        return refuse(reply, error, 403, "moved-on", "This case is with another operator now: its texts are theirs to read", "这件投诉已由其他企业办理，内容由该企业阅读");
    if (why.length && !case_open(request, &file, why, &clear, error)) return false;
    struct json json = reply_json(reply);
    case_json(&json, request, request->view, &file, &status, &clear);
    return true;
}

bool complaint_get(struct request *request, struct reply *reply, struct error *error)
{
    return case_look_now(request, reply) && case_answer(request, reply, (struct str){ 0 }, error);
}

bool complaint_open_texts(struct request *request, struct reply *reply, struct error *error)
{
    struct str why = str_trim(request_text(request, "why"));
    return case_answer(request, reply, why.length ? why : STR("handling the case"), error);
}

/* ---- following a case by its number and code ---- */

bool complaint_sign_in(struct request *request, struct reply *reply, struct error *error)
{
    struct str id = str_trim(request_text(request, "complaint"));
    struct identity person = { .role = ROLE_SUBSCRIBER };
    bool fits = id.length < sizeof person.complaint && follow_code_fits(engine_vault(request->engine), id, request_text(request, "code")), found = false;
    if (fits) {
        snprintf(person.complaint, sizeof person.complaint, "%.*s", STR_ARGS(id));
        struct view *view = view_take(request->view->views, &person, REACH_OWN, error);
        struct case_file file;
        if (!view || !case_read(view, id, CASE_BRIEF, &file, &found, error)) {
            if (view) view_give(view);
            return false;
        }
        view_give(view);
    }
    if (!found)
        return refuse(reply, error, 401, "wrong-code", "There is no case with this number and code: both stand on the receipt",
                      "受理号和查询码对不上，两者都在回执上");
    reply->signs_in = true;
    reply->who = person;
    struct json json = reply_json(reply);
    json_open(&json, '{');
    json_put_string(&json, "complaint", id);
    json_close(&json, '}');
    return true;
}

/* ---- appeals ---- */

static void appeal_row(struct rows *rows, const struct request *request, const struct view *view, const struct case_file *file,
                       const struct case_status *status, size_t place)
{
    const struct case_appeal *one = &file->appeals[place];
    const struct appeal_status *stands = &status->appeals[place];
    rows_begin(rows);
    rows_string(rows, "appeal", one->appeal);
    rows_string(rows, "complaint", file->complaint);
    rows_string(rows, "operator", status->holder);
    rows_string(rows, "operator_name", law_operator_name(view->audit.law, status->holder, (int)request->language));
    rows_string(rows, "about", str_of(appeal_kind.fields[APPEAL_ABOUT].choices[one->about].word));
    rows_moment(rows, "filed", one->filed);
    rows_string(rows, "state", str_of(appeal_states[stands->state].word));
    rows_string(rows, "state_says", str_of(appeal_states[stands->state].says[request->language]));
    rows_moment(rows, "due", stands->due);
    rows_flag(rows, "overdue", stands->overdue);
    rows_string(rows, "source", one->record.source);
    rows_number(rows, "seq", (int64_t)one->record.seq);
    rows_number(rows, "entry", (int64_t)one->entry);
    rows_end(rows);
}

static bool appeal_listed(struct reply_table *table, struct str complaint_id, struct str appeal, bool *given, struct error *error)
{
    struct case_file file;
    struct case_status status;
    bool found;
    *given = false;
    if (!case_look(table->request, complaint_id, &file, &status, &found, error)) return false;
    for (size_t i = 0; found && i < file.appeal_count; i++)
        if (str_equal(file.appeals[i].appeal, appeal)) {
            appeal_row(&table->rows, table->request, table->request->view, &file, &status, i);
            *given = true;
        }
    return true;
}

/* By number: their numbers rise with the days. */
static bool appeal_rows(struct reply_table *table, struct text *last, bool *more, struct error *error)
{
    struct request *request = table->request;
    struct str *ids = arena_take(request->arena, (table->whole ? EXPORT_ROWS_MAX : table->most) * 2 * sizeof *ids);
    size_t count = 0, most = table->whole ? EXPORT_ROWS_MAX : table->most;
    struct statement *select = view_select(request->view, &appeal_kind,
                                           "SELECT \"id\", \"complaint\" FROM \"appeal\" WHERE {scope} AND \"id\" > $1 ORDER BY \"id\" LIMIT $2", error);
    if (!select) return false;
    statement_text(select, 1, table->after.length ? table->after : STR(""));
    statement_number(select, 2, (int64_t)most + 1);
    for (bool row = true; row;) {
        if (!statement_step(select, &row, error)) return false;
        if (!row) break;
        if (count == most) {
            *more = true;
            statement_reset(select);
            break;
        }
        for (int i = 0; i < 2; i++) {
            struct str id = column_text(select, i);
            ids[count * 2 + (size_t)i] = (struct str){ arena_copy(request->arena, id.at, id.length), id.length };
        }
        count++;
    }
    for (size_t i = 0; i < count; i++) {
        bool given;
        if (!appeal_listed(table, ids[i * 2 + 1], ids[i * 2], &given, error)) return false;
        last->length = 0;
        text_add(last, ids[i * 2]);
    }
    return true;
}

bool appeal_list(struct request *request, struct reply *reply, struct error *error)
{
    struct reply_table table;
    struct text last = { 0 };
    bool more = false;
    if (!reply_table_open(&table, request, reply, "appeals", error)) return false;
    bool done = reply_table_close(&table, appeal_rows(&table, &last, &more, error), more ? text_str(&last) : (struct str){ 0 }, (struct str){ 0 }, error);
    text_close(&last);
    return done;
}

bool appeal_get(struct request *request, struct reply *reply, struct error *error)
{
    if (!case_look_now(request, reply)) return false;
    struct str id;
    bool found = false;
    struct case_file file;
    struct case_status status;
    if (!case_of_appeal(request->view, request->arguments[0], false, &id, error) ||
        (id.length && !case_look(request, id, &file, &status, &found, error)))
        return false;
    for (size_t i = 0; found && i < file.appeal_count; i++) {
        if (!str_equal(file.appeals[i].appeal, request->arguments[0])) continue;
        struct json json = reply_json(reply);
        appeal_json(&json, request, request->view, &file, &status, i, &(struct case_clear){ 0 });
        return true;
    }
    return case_missing(reply, error);
}
