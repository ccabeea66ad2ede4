#include "portal/result_routes.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/hash.h"
#include "base/number.h"
#include "engine/engine.h"
#include "measure/query.h"
#include "measure/results.h"
#include "measure/show.h"
#include "measure/unseal.h"
#include "measure/usage/usage.h"
#include "portal/portal.h"

#define QUERY(parameters) .query = (parameters), .query_count = sizeof(parameters) / sizeof *(parameters)

/* ---- findings ---- */

/* A finding's place among all, as text: its time, duty, occurrence and subject. */
static void place_write(struct text *out, const struct finding *finding)
{
    text_format(out, "%lld %s %lld %.*s", (long long)finding->time, finding->duty->id, (long long)finding->occurrence, STR_ARGS(finding->subject));
}

static struct str word_take(struct str *rest)
{
    struct str word = { rest->at, str_find(*rest, ' ') };
    size_t passed = word.length + (word.length < rest->length);
    *rest = (struct str){ rest->at + passed, rest->length - passed };
    return word;
}

static bool place_read(struct str text, struct finding *finding, struct error *error)
{
    struct str rest = text, time = word_take(&rest), duty = word_take(&rest), occurrence = word_take(&rest);
    *finding = (struct finding){ .duty = duty_find(duty), .subject = rest };
    return (finding->duty && decimal_parse(time, 0, &finding->time) && decimal_parse(occurrence, 0, &finding->occurrence)) ||
           fail_both(error, ERROR_USAGE, "after: give what `next` of the page before had", "after：须取自上一页的 next");
}

/* The first finding behind a place. */
static size_t findings_behind(const struct result *result, const struct finding *place)
{
    size_t low = 0, high = result->finding_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (finding_order(&result->findings[middle], place) > 0)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

static bool query_read(struct request *request, struct findings_query *query, struct error *error)
{
    const char *subscriber = request_query(request, "subscriber");
    return findings_query_read(query, request_asked, request, error) &&
           (!subscriber || findings_query_subscriber(query, engine_vault(request->engine), subscriber, error));
}

static bool findings_show(struct request *request, struct reply_table *table, const struct findings_query *query, const struct result *result,
                          struct text *next, struct error *error)
{
    struct finding place;
    size_t at = 0, count = 0;
    const struct finding *last = NULL;
    if (table->after.length) {
        if (!place_read(table->after, &place, error)) return false;
        at = findings_behind(result, &place);
    }
    for (; at < result->finding_count; at++) {
        const struct finding *finding = &result->findings[at];
        if (!view_sees_finding(request->view, finding) || !findings_query_keeps(query, request->view->audit.law, finding)) continue;
        if (count++ == table->most) {
            place_write(next, last);
            break;
        }
        finding_show(&table->rows, finding, request->language);
        last = finding;
    }
    return true;
}

/* NULL, too, where they are not at hand and the request may not wait. */
static const struct result *findings_take(struct request *request, int64_t as_of, struct error *error)
{
    struct results *results = request->portal->results;
    return request->may_wait ? results_findings(results, request->view, as_of, error) : results_findings_at_hand(results, request->view, as_of);
}

static bool findings_get(struct request *request, struct reply *reply, struct error *error)
{
    struct results *results = request->portal->results;
    struct findings_query query;
    struct reply_table table;
    struct text next = { 0 };
    if (!query_read(request, &query, error)) return false;
    const struct result *result = findings_take(request, query.as_of, error);
    if (!result) return !request->may_wait && reply_later(reply);
    bool done = reply_table_open(&table, request, reply, "findings", error);
    if (done) {
        table.position = results_position(results, request->view, result);
        done = findings_show(request, &table, &query, result, &next, error);
        done = reply_table_close(&table, done, text_str(&next), (struct str){ 0 }, error);
    }
    results_release(results, result);
    text_close(&next);
    return done;
}

static bool finding_get(struct request *request, struct reply *reply, struct error *error)
{
    struct results *results = request->portal->results;
    const struct result *result = results_findings(results, request->view, MOMENT_NONE, error);
    if (!result) return false;
    const struct finding *found = NULL;
    char id[FINDING_ID_ROOM];
    for (size_t i = 0; i < result->finding_count && !found; i++) {
        finding_id(&result->findings[i], id);
        if (str_equal(str_of(id), request->arguments[0]) && view_sees_finding(request->view, &result->findings[i])) found = &result->findings[i];
    }
    struct rows rows;
    if (found) {
        rows_start(&rows, &(struct rows_options){ .format = ROWS_JSON, .sink = { rows_to_text, &reply->body } });
        finding_show(&rows, found, request->language);
    }
    bool done = found ? rows_finish(&rows, error)
                      : refuse(reply, error, 404, "no-such-finding", "There is no such finding now: later records may have undone it",
                               "现在没有这一发现：可能已被后来的记录推翻");
    results_release(results, result);
    return done;
}

#define AREA_QUERY { "area", PARAMETER_TEXT, .says = { "only this area and what lies in it", "只列该区域及其下级的" } }
#define OPERATOR_QUERY { "operator", PARAMETER_TEXT, .says = { "only this operator's", "只列该企业的" } }
#define AS_OF_QUERY { "as-of", PARAMETER_TEXT, .says = { "judge open cases as of that time or day; later events are unseen", "未了结的按该时刻或该日判断，其后的事件不计" } }

static const struct parameter findings_query[] = {
    { "kind", PARAMETER_TEXT, .says = { "only duties whose name begins so", "只列名称以此开头的义务" } },
    OPERATOR_QUERY, AREA_QUERY,
    { "subscriber", PARAMETER_TEXT, .says = { "only this person's, by number", "只列该号码的" } },
    { "since", PARAMETER_TEXT, .says = { "only what was broken since that time or day", "只列该时刻或该日起违反的" } },
    { "period", PARAMETER_TEXT, .says = { "only what was broken in that month, quarter or year, as 2015Q1", "只列该月、季或年内违反的，如 2015Q1" } },
    AS_OF_QUERY,
};

/* ---- how many findings there are, for everybody ---- */

static void summary_show(struct reply_table *table, enum language language, const struct finding *finding, uint64_t count)
{
    rows_begin(&table->rows);
    rows_string(&table->rows, "duty", str_of(finding->duty->id));
    rows_string(&table->rows, "says", str_of(finding->duty->says[language]));
    rows_string(&table->rows, "operator", finding->operator_);
    rows_number(&table->rows, "count", (int64_t)count);
    rows_end(&table->rows);
}

/* How many of a group are asked for. With a query of duties and operators alone these are all or none of them. */
static uint64_t group_count(const struct findings_query *query, const struct law *law, const struct finding_group *group)
{
    bool is_whole = !query->area.length && query->since == INT64_MIN && query->until == INT64_MAX;
    if (is_whole) return findings_query_keeps(query, law, group->findings[0]) ? group->count : 0;
    uint64_t count = 0;
    for (size_t i = 0; i < group->count; i++) count += findings_query_keeps(query, law, group->findings[i]);
    return count;
}

static bool summary_get(struct request *request, struct reply *reply, struct error *error)
{
    struct results *results = request->portal->results;
    struct findings_query query;
    struct reply_table table;
    if (!findings_query_read(&query, request_asked, request, error)) return false;
    bool is_narrow = request_query(request, "area") || request_query(request, "since") || request_query(request, "period");
    if (!request->may_wait && is_narrow) return reply_later(reply);
    const struct result *result = findings_take(request, query.as_of, error);
    if (!result) return !request->may_wait && reply_later(reply);
    bool done = reply_table_open(&table, request, reply, "findings-summary", error);
    if (done) {
        table.position = results_position(results, request->view, result);
        for (size_t i = 0; i < result->group_count; i++) {
            uint64_t count = group_count(&query, request->view->audit.law, &result->groups[i]);
            if (count) summary_show(&table, request->language, result->groups[i].findings[0], count);
        }
        done = reply_table_close(&table, true, (struct str){ 0 }, (struct str){ 0 }, error);
    }
    results_release(results, result);
    return done;
}

static const struct parameter summary_query[] = {
    { "kind", PARAMETER_TEXT, .says = { "only duties whose name begins so", "只计名称以此开头的义务" } }, OPERATOR_QUERY, AREA_QUERY,
    { "since", PARAMETER_TEXT, .says = { "only what was broken since that time or day", "只计该时刻或该日起违反的" } },
    { "period", PARAMETER_TEXT, .says = { "only what was broken in that period", "只计该时段内违反的" } },
};

/* ---- notices ---- */

struct notices_page {
    struct request *request;
    struct reply_table *table;
    struct findings_query query;
    struct text next;
    struct listed_notice *list; /* their strings are in the request's arena */
    size_t count, room;
};

/* Who looks: a person their own, an operator its own subscribers'. */
static bool notice_is_theirs(const struct request *request, const struct listed_notice *listed)
{
    const struct identity *who = &request->who;
    if (who->role == ROLE_SUBSCRIBER) return who->has_subject && who->subject == listed->notice.subscriber;
    return who->role != ROLE_OPERATOR || str_equal(listed->operator_, str_of(who->operator_));
}

static bool notice_keep(void *context, const struct listed_notice *listed, bool *enough, struct error *error)
{
    (void)error;
    struct notices_page *page = context;
    const struct findings_query *query = &page->query;
    bool is_wanted = notice_is_theirs(page->request, listed) && str_starts(str_of(level_words[listed->notice.level]), query->kind) &&
                     (!query->operator_.length || str_equal(query->operator_, listed->operator_)) &&
                     (!query->area.length || law_area_within(page->request->view->audit.law, listed->area, query->area)) &&
                     listed->notice.time >= query->since && listed->notice.time < query->until;
    if (!is_wanted) return true;
    if (page->count == page->table->most) {
        const struct notice *last = &page->list[page->count - 1].notice;
        text_format(&page->next, "%llu %u %u", (unsigned long long)last->entry, last->place, last->rank);
        *enough = true;
        return true;
    }
    if (page->count == page->room) {
        page->room = page->room ? page->room * 2 : PAGE_ROWS_MAX;
        page->list = reallocate(page->list, page->room * sizeof *page->list);
    }
    struct listed_notice *kept = &page->list[page->count++];
    *kept = *listed;
    kept->notice.pool = arena_str(page->request->arena, listed->notice.pool);
    kept->source = arena_str(page->request->arena, listed->source);
    return true;
}

/* A person sees their number masked. */
static bool notices_show(struct notices_page *page, struct error *error)
{
    struct request *request = page->request;
    uint64_t *subjects = arena_take(request->arena, (page->count + 1) * sizeof *subjects);
    struct str *shown = arena_take(request->arena, (page->count + 1) * sizeof *shown);
    bool is_own = request->who.role == ROLE_SUBSCRIBER;
    for (size_t i = 0; i < page->count; i++) subjects[i] = page->list[i].notice.subscriber;
    if (!is_own && !numbers_shown(request->engine, &request->who, subjects, page->count, STR("notices to the operator's numbers"), request->arena, shown, error))
        return false;
    for (size_t i = 0; i < page->count; i++) notice_show(&page->table->rows, &page->list[i], is_own ? str_of(request->who.masked) : shown[i]);
    return true;
}

static bool notices_get(struct request *request, struct reply *reply, struct error *error)
{
    struct notice after = { 0 };
    struct reply_table table;
    struct notices_page page = { .request = request, .table = &table };
    if (!query_read(request, &page.query, error) || !reply_table_open(&table, request, reply, "notices", error)) return false;
    bool is_person = request->who.role == ROLE_SUBSCRIBER, has_one = is_person ? request->who.has_subject : page.query.has_subscriber;
    bool done = true;
    if (table.after.length) {
        char room[64];
        snprintf(room, sizeof room, "%.*s", STR_ARGS(table.after));
        unsigned long long entry;
        done = sscanf(room, "%llu %u %u", &entry, &after.place, &after.rank) == 3 ||
               fail_both(error, ERROR_USAGE, "after: give what `next` of the page before had", "after：须取自上一页的 next");
        if (done) after.entry = entry;
    }
    done = done && ((is_person && !has_one) ||
                    notices_each(request->view->store, table.after.length ? &after : NULL, has_one,
                                 is_person ? request->who.subject : page.query.subscriber, notice_keep, &page, error));
    done = done && notices_show(&page, error);
    free(page.list);
    done = reply_table_close(&table, done, text_str(&page.next), (struct str){ 0 }, error);
    text_close(&page.next);
    return done;
}

static const struct parameter notices_query[] = {
    { "kind", PARAMETER_TEXT, .says = { "only of this level", "只列该级别的" } }, OPERATOR_QUERY, AREA_QUERY,
    { "subscriber", PARAMETER_TEXT, .says = { "only this person's, by number", "只列该号码的" } },
    { "since", PARAMETER_TEXT, .says = { "only what was caused since then", "只列此后引起的" } },
    { "period", PARAMETER_TEXT, .says = { "only what was caused in that period", "只列该时段内引起的" } },
};

/* ---- figures ---- */

struct figures_page {
    struct request *request;
    struct reply_table *table;
    struct figures_query query;
    size_t number, from, shown; /* rows that are kept, counted; where the page begins */
    bool has_more;
    bool is_late;               /* one of them is not at hand, and the request may not wait */
};

static bool figure_add(struct figures_page *page, const struct figure *figure, struct error *error)
{
    struct results *results = page->request->portal->results;
    if (page->has_more || !figures_query_wants(&page->query, figure)) return true;
    struct view *view = page->request->view;
    const struct figure_request *request = &page->query.request;
    page->is_late = !page->request->may_wait;
    const struct result *result = page->is_late ? results_figure_at_hand(results, view, figure, request, page->query.as_of)
                                                : results_figure(results, view, figure, request, page->query.as_of, error);
    if (!result) return false;
    page->is_late = false;
    for (size_t i = 0; i < result->row_count && !page->has_more; i++) {
        if (!figures_query_keeps(&page->query, &result->rows[i]) || page->number++ < page->from) continue;
        if ((page->has_more = page->shown == page->table->most)) break;
        figure_show(&page->table->rows, &result->rows[i], results_position(results, view, result));
        page->shown++;
    }
    results_release(results, result);
    return true;
}

/* Pages are cut by number: at one position and by one question the rows are always the same. */
static bool figures_get(struct request *request, struct reply *reply, struct error *error)
{
    struct reply_table table;
    struct figures_page page = { .request = request, .table = &table };
    uint64_t from = 0;
    char next[32] = "";
    if (!figures_query_read(&page.query, request_asked, request, error)) return false;
    int32_t day;
    const char *as_of = request_query(request, "as-of");
    bool is_staff = FOR_STAFF >> request->who.role & 1;
    if (as_of && !is_staff && !day_parse(str_of(as_of), &day)) /* a moment would tell when a single person did something */
        return fail_both(error, ERROR_USAGE, "as-of: write a day, as in 2015-01-03", "as-of：请写日期，如 2015-01-03");
    if (!reply_table_open(&table, request, reply, "figures", error)) return false;
    bool done = !table.after.length || str_number(table.after, &from) ||
                fail_both(error, ERROR_USAGE, "after: give what `next` of the page before had", "after：须取自上一页的 next");
    page.from = (size_t)from;
    for (size_t m = 0; done && m < measure_count; m++)
        for (size_t f = 0; done && f < measures[m]->figure_count; f++) done = figure_add(&page, &measures[m]->figures[f], error);
    if (page.has_more) snprintf(next, sizeof next, "%zu", page.from + page.shown);
    done = reply_table_close(&table, done, str_of(next), (struct str){ 0 }, error);
    return page.is_late ? reply_later(reply) : done;
}

static const struct parameter figures_query[] = {
    { "kind", PARAMETER_TEXT, .says = { "only figures whose name begins so", "只列名称以此开头的指标" } },
    { "by", PARAMETER_TEXT, .says = { "split by any of operator, area, period (month, quarter, year), category",
                                      "按 operator（企业）、area（区域）、period（month 月、quarter 季、year 年）、category（类别）拆分" } },
    { "operator", PARAMETER_TEXT, .says = { "only this operator", "只计该企业" } },
    { "area", PARAMETER_TEXT, .says = { "only this area and what lies in it", "只计该区域及其下级" } },
    { "category", PARAMETER_TEXT, .says = { "only this category", "只计该类别" } },
    { "since", PARAMETER_TEXT, .says = { "only periods that end after then", "只列在此之后结束的时段" } },
    { "period", PARAMETER_TEXT, .says = { "only this month, quarter or year", "只计该月、季或年" } },
    AS_OF_QUERY,
};

static bool definitions_get(struct request *request, struct reply *reply, struct error *error)
{
    struct reply_table table;
    if (!reply_table_open(&table, request, reply, "definitions", error)) return false;
    for (size_t m = 0; m < measure_count; m++)
        for (size_t f = 0; f < measures[m]->figure_count; f++) definition_show(&table.rows, &measures[m]->figures[f], request->language);
    return reply_table_close(&table, true, (struct str){ 0 }, (struct str){ 0 }, error);
}

const struct route result_routes[] = {
    { ROUTE(GET, "/api/findings", FOR_STAFF | FOR(SUBSCRIBER), REACH_OWN), .handle = findings_get, .flags = ROUTE_TABLE | ROUTE_TRY, QUERY(findings_query),
      .says = { "The duties that were broken and the records that show it, by time", "违反义务的情况及其证据，按时间排列" } },
    { ROUTE(GET, "/api/findings/summary", FOR_ALL, REACH_OPEN), .handle = summary_get, .flags = ROUTE_TABLE | ROUTE_TRY, QUERY(summary_query),
      .says = { "How often each duty was broken, by operator", "各项义务被违反的次数，按企业" } },
    { ROUTE(GET, "/api/findings/{finding}", FOR_STAFF | FOR(SUBSCRIBER), REACH_OWN), .handle = finding_get, .flags = ROUTE_SLOW,
      .says = { "One finding by its ID", "按编号查一项发现" } },
    { ROUTE(GET, "/api/notices", FOR_STAFF | FOR(SUBSCRIBER), REACH_OWN), .handle = notices_get, .flags = ROUTE_TABLE | ROUTE_SLOW, QUERY(notices_query),
      .says = { "The notices that the measures owe to people", "应向用户发出的提醒" } },
    { ROUTE(GET, "/api/figures", FOR_ALL, REACH_OPEN), .handle = figures_get, .flags = ROUTE_TABLE | ROUTE_TRY, QUERY(figures_query),
      .says = { "Figures, each with its margin, its n and its position in the ledger", "指标，各附误差范围、样本数和账本位置" } },
    { ROUTE(GET, "/api/figures/definitions", FOR_ALL, REACH_OPEN), .handle = definitions_get, .flags = ROUTE_TABLE,
      .says = { "What each figure counts, over what, its margin and its unknowns", "各指标的定义、分母、误差与未知数" } },
};
const size_t result_route_count = sizeof result_routes / sizeof *result_routes;
