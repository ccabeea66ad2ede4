/* The list of open work, by deadline; as a file, the list of all that is unsolved, to send on. */
#include "measure/complaint/book.h"
#include "measure/complaint/case_json.h"
#include "measure/complaint/routes.h"

static void work_row(struct rows *rows, const struct request *request, const struct work *work, int64_t as_of)
{
    bool late = false;
    int64_t days = 0;
    bool has_days = work_days(work, as_of, &late, &days);
    rows_begin(rows);
    rows_string(rows, "kind", str_of(work_words[work->kind]));
    rows_string(rows, "complaint", work->complaint);
    rows_string(rows, "appeal", work->appeal);
    rows_matter(rows, request, work->operator_, work->area, work->category);
    rows_moment(rows, "filed", work->filed);
    rows_moment(rows, "due", work->due);
    rows_flag(rows, "overdue", late);
    if (has_days)
        rows_number(rows, "days_left", days);
    else
        rows_null(rows, "days_left");
    rows_flag(rows, "paused", work->paused);
    rows_flag(rows, "provisional", work->provisional);
    rows_string(rows, "assigned", work->assigned);
    rows_number(rows, "pressed", work->pressed);
    rows_number(rows, "joined", work->joined);
    rows_end(rows);
}

static bool filter_read(struct request *request, struct work_filter *filter, struct error *error)
{
    bool is_operator = request->who.role == ROLE_OPERATOR;
    struct str side = str_of(request_query(request, "side")), operator_ = str_of(request_query(request, "operator"));
    *filter = (struct work_filter){ .operator_ = is_operator ? str_of(request->who.operator_) : operator_,
                                    .assigned = str_of(request_query(request, "assigned")), .for_operators = is_operator, .for_regulator = !is_operator };
    if (is_operator || !side.length) return true;
    filter->for_operators = str_equal(side, STR("operators")) || str_equal(side, STR("all"));
    filter->for_regulator = str_equal(side, STR("regulator")) || str_equal(side, STR("all"));
    return filter->for_operators || filter->for_regulator ||
           fail_both(error, ERROR_USAGE, "side: choose operators, regulator or all", "side：可选 operators、regulator、all");
}

bool work_list(struct request *request, struct reply *reply, struct error *error)
{
    struct book *book = book_of(request->view);
    struct work_filter filter;
    struct reply_table table;
    struct work *works;
    struct work_counts counts;
    struct text next = { 0 }, more = { 0 };
    size_t count = 0;
    uint64_t from = 0;
    int64_t as_of[2];
    if (!filter_read(request, &filter, error) || !reply_table_open(&table, request, reply, "unsolved", error)) return false;
    bool done = !table.after.length || str_number(table.after, &from) || fail_both(error, ERROR_USAGE, "after: take it from `next`", "after：取自上一页的 next");
    for (int portal = 0; done && portal < 2; portal++) done = book_as_of(book, request->view, portal, request->now, &as_of[portal], error);
    done = done && book_list(book, request->view, &filter, request->now, from, table.most + 1, &works, &count, &counts, error);
    for (size_t i = 0; done && i < count && i < table.most; i++) work_row(&table.rows, request, &works[i], as_of[works[i].from_portal]);
    if (done && count > table.most) text_format(&next, "%llu", (unsigned long long)(from + table.most));
    if (done)
        text_format(&more, "\"counts\":{\"all\":%llu,\"late\":%llu,\"today\":%llu,\"soon\":%llu}", (unsigned long long)counts.all,
                    (unsigned long long)counts.late, (unsigned long long)counts.today, (unsigned long long)counts.soon);
    done = reply_table_close(&table, done, text_str(&next), text_str(&more), error);
    text_close(&next);
    text_close(&more);
    return done;
}
