/* Single cases for everybody: what their persons agreed to show. */
#include "measure/complaint/case_look.h"
#include "measure/complaint/claims_body.h"
#include "measure/complaint/routes.h"

static void published_row(struct rows *rows, const struct request *request, const struct case_file *file, const struct case_status *status)
{
    const struct law *law = request->view->audit.law;
    rows_begin(rows);
    rows_string(rows, "complaint", file->complaint);
    rows_string(rows, "title", file->title);
    rows_string(rows, "text", file->public_text);
    rows_matter(rows, request, status->holder, file->area, file->category);
    rows_moment(rows, "filed", file->filed);
    rows_string(rows, "state", str_of(case_states[status->state].word));
    rows_string(rows, "state_says", case_state_says(request, law, status));
    rows_moment(rows, "due", status->due);
    rows_flag(rows, "overdue", status->overdue);
    rows_number(rows, "joined", file->joined);
    rows_end(rows);
}

/* What was agreed to is everybody's, so this one look has a condition of its own in place of the scope. */
static const char select_published[] =
    "SELECT p.\"complaint\" FROM \"complaint_publication\" p, \"complaint\" c WHERE p.\"agreed\" = 1 AND c.\"id\" = p.\"complaint\""
    " AND ($1 = '' OR c.\"operator\" = $1) AND ($4 = -1 OR c.\"category\" = $4) ORDER BY p.\"time\" DESC, p.\"complaint\" LIMIT $2 OFFSET $3";

/* The numbers of published cases, the newest publication first; a page of them. */
static bool published_ids(struct reply_table *table, struct str **ids, size_t *count, struct text *next, struct error *error)
{
    struct request *request = table->request;
    uint64_t from = 0;
    size_t room = 0;
    const char *wanted = request_query(request, "category");
    int category = wanted ? choice_of(&complaint_kind.fields[COMPLAINT_CATEGORY], str_of(wanted)) : -1;
    if (wanted && category < 0) return fail_both(error, ERROR_USAGE, "category: there is no %s", "category：没有 %s 这一类", wanted);
    if (table->after.length && !str_number(table->after, &from))
        return fail_both(error, ERROR_USAGE, "after: take it from `next`", "after：取自上一页的 next");
    struct statement *select = store_prepare(request->view->store, select_published, error);
    if (!select) return false;
    const char *operator_ = request_query(request, "operator");
    statement_text(select, 1, operator_ ? str_of(operator_) : STR(""));
    statement_number(select, 2, (int64_t)table->most + 1);
    statement_number(select, 3, (int64_t)from);
    statement_number(select, 4, category);
    *ids = NULL;
    *count = 0;
    for (bool row;;) {
        if (!statement_step(select, &row, error)) return false;
        if (!row) return true;
        if (*count == table->most) break;
        if (*count == room) {
            size_t larger = room ? room * 2 : 64;
            struct str *more = arena_take(request->arena, larger * sizeof *more);
            if (room) memcpy(more, *ids, room * sizeof *more);
            *ids = more;
            room = larger;
        }
        struct str id = column_text(select, 0);
        (*ids)[(*count)++] = (struct str){ arena_copy(request->arena, id.at, id.length), id.length };
    }
    statement_reset(select);
    text_format(next, "%llu", (unsigned long long)(from + *count));
    return true;
}

bool public_list(struct request *request, struct reply *reply, struct error *error)
{
    struct reply_table table;
    struct str *ids;
    size_t count = 0;
    struct text next = { 0 };
    if (!reply_table_open(&table, request, reply, "published-complaints", error)) return false;
    bool done = published_ids(&table, &ids, &count, &next, error);
    for (size_t i = 0; done && i < count; i++) {
        struct case_file file;
        struct case_status status;
        bool found;
        done = case_look_in(request->view, request, ids[i], true, &file, &status, &found, error);
        if (done && found) published_row(&table.rows, request, &file, &status);
    }
    done = reply_table_close(&table, done, text_str(&next), (struct str){ 0 }, error);
    text_close(&next);
    return done;
}

bool public_get(struct request *request, struct reply *reply, struct error *error)
{
    struct case_file file;
    struct case_status status;
    bool found;
    if (!case_look_now(request, reply) || !case_look_in(request->view, request, request->arguments[0], true, &file, &status, &found, error)) return false;
    if (!found) return refuse(reply, error, 404, "no-such-case", "There is no published case of this number", "没有公开的这件投诉");
    struct json json = reply_json(reply);
    case_json_public(&json, request, request->view, &file, &status);
    return true;
}
