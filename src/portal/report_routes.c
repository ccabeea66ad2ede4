#include "portal/report_routes.h"

#include <stdio.h>
#include <stdlib.h>

#include "engine/write.h"
#include "engine/engine.h"
#include "measure/query.h"
#include "measure/results.h"
#include "portal/portal.h"
#include "report/report.h"

/* ---- the report ---- */

struct report_asked {
    struct engine *engine;
    struct period period;
    enum language language;
};

static bool report_make(void *context, struct view *view, struct text *html, struct error *error)
{
    const struct report_asked *wanted = context;
    struct audit audit = view->audit;
    struct text note = { 0 }, key = { 0 };
    bool done = audit_set_time(&audit, MOMENT_NONE, error);
    if (done && audit.as_of == MOMENT_NONE)
        done = fail_both(error, ERROR_NOT_FOUND, "there is nothing to report on yet: load records first", "还没有可报告的内容：请先装入记录");
    done = done && ledger_checkpoint(engine_ledger(wanted->engine), audit.position, &note, error);
    ledger_verifier_key(&engine_keys(wanted->engine)->ledger, &key);
    done = done && report_write(&(struct report_input){ .audit = &audit, .period = wanted->period, .language = wanted->language,
                                                        .checkpoint = text_str(&note), .verifier_key = text_str(&key) },
                                html, error);
    text_close(&note);
    text_close(&key);
    return done;
}

static bool report_get(struct request *request, struct reply *reply, struct error *error)
{
    struct report_asked wanted = { .engine = request->engine, .language = request->language };
    struct results *results = request->portal->results;
    char period[DAY_ROOM], key[DAY_ROOM + 16];
    if (!asked_period(request_asked, request, "period", &wanted.period, error)) return false;
    period_format(wanted.period, period);
    snprintf(key, sizeof key, "report %s %d", period, wanted.language);
    const struct result *result = results_text(results, request->view, &(struct text_maker){ key, report_make, &wanted }, error);
    if (!result) return false;
    text_add(&reply->body, result->text);
    results_release(results, result);
    reply->content_type = "text/html; charset=utf-8";
    if (request_query(request, "download")) snprintf(reply->download, sizeof reply->download, "mingbai-%s.html", period);
    return true;
}

static const struct parameter report_query[] = {
    { "period", PARAMETER_TEXT, .needed = true, .says = { "a month, quarter or year: 2015-01, 2015Q1, 2015", "月、季或年：2015-01、2015Q1、2015" } },
    { "download", PARAMETER_FLAG, .says = { "as a file to keep", "作为文件下载" } },
};

/* ---- periods ---- */

/* The days from the first to the last event; first > last: none. */
struct span_of_days {
    int32_t first, last;
};

static bool span_of(struct view *view, const struct kind *kind, bool portal, struct span_of_days *span, struct error *error)
{
    for (size_t i = 0; i < kind->field_count; i++) {
        struct text sql = { 0 };
        bool row;
        if ((kind->fields[i].flags & (FIELD_EVENT | FIELD_NEEDED)) != (FIELD_EVENT | FIELD_NEEDED)) continue;
        if (kind->sums_only && portal) continue; /* nothing of it comes from forms */
        if (kind->sums_only)
            text_format(&sql, "SELECT MIN(\"first\"), MAX(\"%s\") FROM \"%s_latest\"", kind->fields[i].name, kind->name);
        else
            text_format(&sql, "SELECT MIN(\"%s\"), MAX(\"%s\") FROM \"%s\" WHERE {scope} AND \"source\" %s (SELECT \"source\" FROM"
                              " \"source_name\" WHERE \"name\" = '" PORTAL_SOURCE "')",
                        kind->fields[i].name, kind->fields[i].name, kind->name, portal ? "IN" : "NOT IN");
        struct statement *select = kind->sums_only ? store_prepare(view->store, text_zero(&sql), error)
                                                   : view_select(view, kind, text_zero(&sql), error);
        text_close(&sql);
        if (!select || !statement_step(select, &row, error)) return false;
        if (row && !column_is_null(select, 0)) {
            int32_t first = day_of(column_number(select, 0)), last = day_of(column_number(select, 1));
            if (first < span->first) span->first = first;
            if (last > span->last) span->last = last;
        }
        statement_reset(select);
    }
    return true;
}

enum { LOADED, FILED, SPANS };

/* What was loaded, and what was filed here: a file of years ago and the complaints of today leave years without anything. */
static bool days_write(void *context, struct view *view, struct text *out, struct error *error)
{
    (void)context;
    for (int s = 0; s < SPANS; s++) {
        struct span_of_days span = { INT32_MAX, INT32_MIN };
        for (size_t m = 0; m < measure_count; m++)
            for (size_t d = 0; d < measures[m]->duty_count; d++)
                for (const struct kind *const *kind = measures[m]->duties[d].reads; kind && *kind; kind++)
                    if (!span_of(view, *kind, s == FILED, &span, error)) return false;
        text_format(out, "%d %d ", span.first, span.last);
    }
    return true;
}

enum { PERIODS_MAX = 100 * 12 };

static bool lies_in(struct period period, struct span_of_days span)
{
    return span.first <= span.last && period.end > span.first && period.first <= span.last;
}

static void period_show(struct rows *rows, struct period period, const struct span_of_days spans[SPANS])
{
    char name[DAY_ROOM], day[DAY_ROOM];
    bool is_over = true; /* records go on until its end */
    for (int s = 0; s < SPANS; s++) is_over = is_over && (!lies_in(period, spans[s]) || period.end <= spans[s].last + 1);
    rows_begin(rows);
    rows_string(rows, "period", (struct str){ name, period_format(period, name) });
    rows_string(rows, "kind", period.kind == 'Q' ? STR("quarter") : period.kind == 'M' ? STR("month") : STR("year"));
    rows_string(rows, "from", (struct str){ day, day_format(period.first, day) });
    rows_string(rows, "to", (struct str){ day, day_format(period.end, day) });
    rows_flag(rows, "over", is_over);
    rows_end(rows);
}

static void periods_show(struct rows *rows, const struct span_of_days spans[SPANS])
{
    static const char kinds[] = "QMY";
    int32_t first = spans[LOADED].first < spans[FILED].first ? spans[LOADED].first : spans[FILED].first;
    int32_t last = spans[LOADED].last > spans[FILED].last ? spans[LOADED].last : spans[FILED].last;
    for (const char *kind = kinds; *kind && first <= last; kind++) {
        struct period period = period_of(last, *kind);
        for (size_t count = 0; period.end > first && count < PERIODS_MAX; count++, period = period_of(period.first - 1, *kind))
            if (lies_in(period, spans[LOADED]) || lies_in(period, spans[FILED])) period_show(rows, period, spans);
    }
}

static bool periods_get(struct request *request, struct reply *reply, struct error *error)
{
    struct results *results = request->portal->results;
    struct reply_table table;
    struct span_of_days spans[SPANS];
    const struct result *result = results_text(results, request->view, &(struct text_maker){ "days", days_write, NULL }, error);
    bool done = result && reply_table_open(&table, request, reply, "periods", error);
    if (done) {
        must(sscanf(result->text.at, "%d %d %d %d", &spans[LOADED].first, &spans[LOADED].last, &spans[FILED].first, &spans[FILED].last) == 4);
        periods_show(&table.rows, spans);
        done = reply_table_close(&table, true, (struct str){ 0 }, (struct str){ 0 }, error);
    }
    results_release(results, result);
    return done;
}

const struct route report_routes[] = {
    { ROUTE(GET, "/api/report", FOR_ALL, REACH_OPEN), .handle = report_get, .flags = ROUTE_SLOW, .query = report_query,
      .query_count = sizeof report_query / sizeof *report_query,
      .says = { "The report of a period, every number provable: one HTML file", "一个时段的报告，每个数字都可验证：单个 HTML 文件" } },
    { ROUTE(GET, "/api/periods", FOR_ALL, REACH_OPEN), .handle = periods_get, .flags = ROUTE_TABLE | ROUTE_SLOW,
      .says = { "Quarters, months and years with records, the newest first", "有记录的季、月、年，由近及远" } },
};
const size_t report_route_count = sizeof report_routes / sizeof *report_routes;
