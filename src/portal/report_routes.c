#include "portal/report_routes.h"

#include <stdio.h>
#include <stdlib.h>

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

static bool span_of(struct view *view, const struct kind *kind, int64_t *first, int64_t *last, struct error *error)
{
    for (size_t i = 0; i < kind->field_count; i++) {
        struct text sql = { 0 };
        bool row;
        if ((kind->fields[i].flags & (FIELD_EVENT | FIELD_NEEDED)) != (FIELD_EVENT | FIELD_NEEDED)) continue;
        text_format(&sql, "SELECT MIN(\"%s\"), MAX(\"%s\") FROM \"%s\" WHERE {scope}", kind->fields[i].name, kind->fields[i].name, kind->name);
        struct statement *select = view_select(view, kind, text_zero(&sql), error);
        text_close(&sql);
        if (!select || !statement_step(select, &row, error)) return false;
        if (row && !column_is_null(select, 0)) {
            if (column_number(select, 0) < *first) *first = column_number(select, 0);
            if (column_number(select, 1) > *last) *last = column_number(select, 1);
        }
        statement_reset(select);
    }
    return true;
}

/* The days from the first to the last event in what the duties read. */
static bool days_write(void *context, struct view *view, struct text *out, struct error *error)
{
    (void)context;
    int64_t first = INT64_MAX, last = INT64_MIN;
    for (size_t m = 0; m < measure_count; m++)
        for (size_t d = 0; d < measures[m]->duty_count; d++)
            for (const struct kind *const *kind = measures[m]->duties[d].reads; kind && *kind; kind++)
                if (!span_of(view, *kind, &first, &last, error)) return false;
    if (first <= last) text_format(out, "%d %d", day_of(first), day_of(last));
    return true;
}

enum { PERIODS_MAX = 100 * 12 };

static void periods_show(struct reply_table *table, int32_t first, int32_t last)
{
    static const char kinds[] = "QMY";
    for (const char *kind = kinds; *kind; kind++) {
        struct period period = period_of(last, *kind);
        for (size_t count = 0; period.end > first && count < PERIODS_MAX; count++, period = period_of(period.first - 1, *kind)) {
            char name[DAY_ROOM], day[DAY_ROOM];
            rows_begin(&table->rows);
            rows_string(&table->rows, "period", (struct str){ name, period_format(period, name) });
            rows_string(&table->rows, "kind", *kind == 'Q' ? STR("quarter") : *kind == 'M' ? STR("month") : STR("year"));
            rows_string(&table->rows, "from", (struct str){ day, day_format(period.first, day) });
            rows_string(&table->rows, "to", (struct str){ day, day_format(period.end, day) });
            rows_json(&table->rows, "over", period.end <= last + 1 ? STR("true") : STR("false"));
            rows_end(&table->rows);
        }
    }
}

static bool periods_get(struct request *request, struct reply *reply, struct error *error)
{
    struct results *results = request->portal->results;
    struct reply_table table;
    int first, last;
    const struct result *result = results_text(results, request->view, &(struct text_maker){ "days", days_write, NULL }, error);
    bool done = result && reply_table_open(&table, request, reply, "periods", error);
    if (done) {
        if (result->text.length && sscanf(result->text.at, "%d %d", &first, &last) == 2) periods_show(&table, first, last);
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
