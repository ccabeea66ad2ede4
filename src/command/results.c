/* What the measures produced: notices, findings, figures, check. */
#include <stdio.h>
#include <stdlib.h>

#include "base/json.h"
#include "base/number.h"
#include "command/rows.h"
#include "command/session.h"

/* ---- findings ---- */

struct findings_filter {
    const char *kind;
    struct str operator_, area;
    uint64_t subject;
    bool has_subject, nobody; /* nobody: a number that no record names */
    int64_t since, until;
};

struct findings_print {
    struct rows rows;
    struct findings_filter filter;
    struct session *session;
    struct finding *list;
    size_t count, room;
};

static bool findings_keep(void *context, const struct finding *finding, struct error *error)
{
    (void)error;
    struct findings_print *print = context;
    const struct findings_filter *filter = &print->filter;
    if (filter->kind && !str_starts(str_of(finding->duty->id), str_of(filter->kind))) return true;
    if (filter->operator_.length && !str_equal(filter->operator_, finding->operator_)) return true;
    if (filter->area.length && !law_area_within(print->session->audit.law, finding->area, filter->area)) return true;
    if (filter->nobody || (filter->has_subject && !(finding->has_subscriber && finding->subscriber == filter->subject))) return true;
    if (finding->time < filter->since || finding->time >= filter->until) return true;
    if (print->count == print->room) {
        print->room = print->room ? print->room * 2 : 256;
        print->list = reallocate(print->list, print->room * sizeof *print->list);
    }
    print->list[print->count++] = *finding;
    return true;
}

static void finding_print(struct rows *rows, const struct finding *finding, enum language language)
{
    char id[FINDING_ID_ROOM], amount[DECIMAL_ROOM];
    finding_id(finding, id);
    rows_begin(rows);
    rows_string(rows, "finding", str_of(id));
    rows_string(rows, "duty", str_of(finding->duty->id));
    rows_string(rows, "operator", finding->operator_);
    rows_string(rows, "area", finding->area);
    rows_string(rows, "subject", finding->subject);
    rows_moment(rows, "time", finding->time);
    rows_string(rows, "limit", finding->limit);
    rows_string(rows, "measured", finding->measured);
    if (finding->has_amount)
        rows_string(rows, "amount", (struct str){ amount, decimal_format(finding->amount, MONEY_DECIMALS, 2, amount) });
    else
        rows_null(rows, "amount");
    rows_string(rows, "says", finding->says[language]);
    struct text records = { 0 };
    struct json json = { .out = &records };
    json_open(&json, '[');
    for (size_t i = 0; i < finding->record_count; i++) {
        json_open(&json, '{');
        json_put_string(&json, "source", finding->records[i].source);
        json_put_number(&json, "seq", (int64_t)finding->records[i].seq);
        json_close(&json, '}');
    }
    json_close(&json, ']');
    rows_json(rows, "records", text_str(&records));
    text_close(&records);
    if (rows->format != ROWS_JSONL || finding->provisional)
        rows_json(rows, "provisional", finding->provisional ? STR("true") : STR("false"));
    rows_end(rows);
}

static bool filter_read(struct findings_filter *filter, struct invocation *invocation, struct session *session)
{
    *filter = (struct findings_filter){ .kind = invocation_option(invocation, "kind"),
                                        .operator_ = str_of(invocation_option(invocation, "operator")),
                                        .area = str_of(invocation_option(invocation, "area")), .since = INT64_MIN, .until = INT64_MAX };
    struct period period = { 0 };
    if (!invocation_moment(invocation, "since", false, &filter->since) || !invocation_period(invocation, &period)) return false;
    if (period.kind) {
        if (day_start(period.first) > filter->since) filter->since = day_start(period.first);
        filter->until = day_start(period.end);
    }
    const char *subscriber = invocation_option(invocation, "subscriber");
    if (!subscriber) return true;
    static const struct field person = { .name = "subscriber", .type = FIELD_PERSON };
    struct value value;
    if (!field_parse(&person, (struct cell){ str_of(subscriber), CELL_TEXT }, moment_now(), &session->arena, &value, &invocation->error))
        return false;
    filter->has_subject = true;
    filter->subject = vault_find(engine_vault(session->engine), value.text);
    filter->nobody = filter->subject == UINT64_MAX;
    return true;
}

static bool findings_run(struct invocation *invocation, struct session *session, struct findings_print *print,
                         const struct duty *const *duties, size_t count)
{
    int64_t as_of = MOMENT_NONE;
    if (!invocation_moment(invocation, "as-of", true, &as_of)) return false;
    struct findings_sink sink = { findings_keep, print };
    if (!audit_set_time(&session->audit, as_of, &invocation->error)) return false;
    if (!count) return audit_judge(&session->audit, NULL, sink, &invocation->error);
    for (size_t i = 0; i < count; i++)
        if (!audit_judge(&session->audit, duties[i], sink, &invocation->error)) return false;
    return true;
}

static enum exit_code failed(const struct invocation *invocation)
{
    return invocation->error.code == ERROR_USAGE ? EXIT_USAGE : EXIT_FAILED;
}

static enum exit_code findings(struct invocation *invocation)
{
    const struct duty **duties = allocate((invocation->argument_count + 1) * sizeof *duties);
    struct session session = { 0 };
    struct findings_print print = { .session = &session };
    bool done = true;
    for (size_t i = 0; done && i < invocation->argument_count; i++)
        if (!(duties[i] = duty_find(str_of(invocation->arguments[i]))))
            done = fail(&invocation->error, ERROR_USAGE, "there is no duty %s", invocation->arguments[i]);
    done = done && rows_start(&print.rows, invocation) && session_open(&session, invocation, true);
    if (done) {
        done = filter_read(&print.filter, invocation, &session) &&
               findings_run(invocation, &session, &print, duties, invocation->argument_count);
        if (print.count) qsort(print.list, print.count, sizeof *print.list, finding_order);
        for (size_t i = 0; done && i < print.count; i++) finding_print(&print.rows, &print.list[i], invocation->language);
        rows_finish(&print.rows);
        session_close(&session);
    }
    free(print.list);
    free(duties);
    return done ? EXIT_DONE : failed(invocation);
}

#define FINDING_OPTIONS \
    { "operator", "CODE", { "only this operator's", "只列该企业的" } }, \
    { "area", "CODE", { "only this area and what lies in it", "只列该区域及其下级的" } }, \
    { "subscriber", "NUMBER", { "only this person's", "只列该号码的" } }, \
    { "since", "TIME", { "only what was broken since", "只列此后违反的" } }, \
    { "period", "2015Q1", { "only what was broken in that month, quarter or year", "只列该月、季或年内违反的" } }, \
    { "as-of", "TIME", { "judge open cases as of then; later events are unseen", "未了结的按该时刻判断，其后的事件不计" } }, \
    FORMAT_OPTION, LANGUAGE_OPTION

static const struct option check_options[] = { FINDING_OPTIONS };
const struct command check_command = {
    .name = "check", .arguments = "[DUTY...]", .most = 64, .run = findings,
    .says = { "audits the records: who broke which duty, and what shows it", "审查记录：谁违反了哪项义务，有何证据" },
    .options = check_options, .option_count = sizeof check_options / sizeof *check_options,
};

static const struct option findings_options[] = {
    { "kind", "DUTY", { "only duties whose name begins so", "只列名称以此开头的义务" } }, FINDING_OPTIONS
};
const struct command findings_command = {
    .name = "findings", .arguments = "", .run = findings,
    .says = { "the duties that were broken, with filters", "列出违反义务的情况，可筛选" },
    .options = findings_options, .option_count = sizeof findings_options / sizeof *findings_options,
};

/* ---- notices ---- */

/* No measure owes any yet: what is asked for is read as ever, and nothing answers to it. */
static enum exit_code notices(struct invocation *invocation)
{
    struct session session;
    struct rows rows;
    struct findings_filter filter;
    if (!rows_start(&rows, invocation) || !session_open(&session, invocation, false)) return failed(invocation);
    bool done = filter_read(&filter, invocation, &session);
    session_close(&session);
    return done ? EXIT_DONE : failed(invocation);
}

static const struct option notices_options[] = {
    { "kind", "LEVEL", { "only of this level", "只列该级别的" } },
    { "operator", "CODE", { "only this operator's", "只列该企业的" } },
    { "area", "CODE", { "only this area and what lies in it", "只列该区域及其下级的" } },
    { "subscriber", "NUMBER", { "only this person's", "只列该号码的" } },
    { "since", "TIME", { "only what was caused since", "只列此后引起的" } },
    { "period", "2015Q1", { "only what was caused in that period", "只列该时段内引起的" } },
    FORMAT_OPTION, LANGUAGE_OPTION,
};
const struct command notices_command = {
    .name = "notices", .arguments = "", .run = notices,
    .says = { "the notices that the measures owe to people", "列出应向用户发出的提醒" },
    .options = notices_options, .option_count = sizeof notices_options / sizeof *notices_options,
};

/* ---- figures ---- */

struct figures_print {
    struct rows rows;
    struct session *session;
    int64_t since; /* only periods that end after it */
};

static bool figure_print(void *context, const struct figure_row *row, struct error *error)
{
    (void)error;
    struct figures_print *print = context;
    struct rows *rows = &print->rows;
    if (row->period.kind && day_start(row->period.end) <= print->since) return true;
    const struct figure *figure = row->figure;
    char period[DAY_ROOM];
    rows_begin(rows);
    rows_string(rows, "figure", str_of(figure->id));
    rows_string(rows, "operator", row->operator_);
    rows_string(rows, "area", row->area);
    if (rows->format != ROWS_JSONL || row->category.length) rows_string(rows, "category", row->category);
    rows_string(rows, "period", row->period.kind ? (struct str){ period, period_format(row->period, period) } : (struct str){ 0 });
    if (row->has_value)
        rows_decimal(rows, "value", row->value, figure->decimals);
    else
        rows_null(rows, "value");
    if (row->has_value && row->has_margin) {
        rows_decimal(rows, "low", row->low, figure->decimals);
        rows_decimal(rows, "high", row->high, figure->decimals);
    } else {
        rows_null(rows, "low");
        rows_null(rows, "high");
    }
    rows_number(rows, "n", (int64_t)row->n);
    rows_number(rows, "unknown", (int64_t)row->unknown);
    rows_string(rows, "unit", str_of(figure->unit));
    rows_number(rows, "position", (int64_t)print->session->audit.position);
    rows_end(rows);
    return true;
}

static const struct {
    const char *word;
    enum figure_dimension dimension;
} dimensions[] = { { "operator", BY_OPERATOR }, { "area", BY_AREA }, { "period", BY_PERIOD }, { "category", BY_CATEGORY } };

/* Without --by the rows are split by operator, area and month, but for what a filter holds fixed. */
static bool request_read(struct figure_request *request, struct invocation *invocation)
{
    *request = (struct figure_request){ .operator_ = str_of(invocation_option(invocation, "operator")),
                                        .area = str_of(invocation_option(invocation, "area")),
                                        .category = str_of(invocation_option(invocation, "category")), .period_kind = 'M' };
    if (!invocation_period(invocation, &request->period)) return false;
    const char *by = invocation_option(invocation, "by");
    if (!by) {
        request->by = (request->operator_.length ? 0u : BY_OPERATOR) | (request->area.length ? 0u : BY_AREA) |
                      (request->period.kind ? 0u : BY_PERIOD);
        return true;
    }
    struct str rest = str_of(by);
    while (rest.length) {
        size_t comma = str_find(rest, ',');
        struct str word = str_trim((struct str){ rest.at, comma });
        bool known = false;
        for (size_t i = 0; i < sizeof dimensions / sizeof *dimensions; i++)
            if (str_equal(word, str_of(dimensions[i].word))) {
                request->by |= dimensions[i].dimension;
                known = true;
            }
        static const char kinds[] = "MQY";
        static const char *const kind_words[] = { "month", "quarter", "year" };
        for (size_t i = 0; i < 3; i++)
            if (str_equal(word, str_of(kind_words[i]))) {
                request->by |= BY_PERIOD;
                request->period_kind = kinds[i];
                known = true;
            }
        if (!known)
            return fail(&invocation->error, ERROR_USAGE, "--by %s: choose among operator, area, period (or month, quarter, year), category", by);
        rest.at += comma + (comma < rest.length);
        rest.length -= comma + (comma < rest.length);
    }
    return true;
}

/* --since picks among periods, so the rows must have them. */
static bool since_read(int64_t *since, const struct figure_request *request, struct invocation *invocation)
{
    *since = INT64_MIN;
    if (!invocation_moment(invocation, "since", false, since)) return false;
    if (*since == INT64_MIN || request->by & BY_PERIOD || request->period.kind) return true;
    return fail(&invocation->error, ERROR_USAGE, "--since picks among periods: name period, month, quarter or year in --by, too");
}

static void definition_print(struct rows *rows, const struct figure *figure, enum language language)
{
    rows_begin(rows);
    rows_string(rows, "figure", str_of(figure->id));
    rows_string(rows, "says", str_of(figure->says[language]));
    rows_string(rows, "unit", str_of(figure->unit));
    rows_string(rows, "better", figure->better == BETTER_LOWER ? STR("lower") : STR("higher"));
    rows_string(rows, "definition", str_of(figure->definition[language]));
    rows_end(rows);
}

static bool figure_asked(const struct invocation *invocation, const struct figure *figure)
{
    const char *kind = invocation_option(invocation, "kind");
    if (kind && !str_starts(str_of(figure->id), str_of(kind))) return false;
    for (size_t i = 0; i < invocation->argument_count; i++)
        if (!strcmp(invocation->arguments[i], figure->id)) return true;
    return !invocation->argument_count;
}

static bool figures_run(struct invocation *invocation, struct figures_print *print, const struct figure_request *request,
                        bool definitions)
{
    struct audit *audit = &print->session->audit;
    int64_t as_of = MOMENT_NONE;
    if (!definitions &&
        (!invocation_moment(invocation, "as-of", true, &as_of) || !audit_set_time(audit, as_of, &invocation->error)))
        return false;
    for (size_t m = 0; m < measure_count; m++)
        for (size_t f = 0; f < measures[m]->figure_count; f++) {
            const struct figure *figure = &measures[m]->figures[f];
            if (!figure_asked(invocation, figure)) continue;
            if (definitions)
                definition_print(&print->rows, figure, invocation->language);
            else if (!audit_compute(audit, figure, request, (struct figures_sink){ figure_print, print }, &invocation->error))
                return false;
        }
    return true;
}

static enum exit_code figures(struct invocation *invocation)
{
    struct session session = { 0 };
    struct figures_print print = { .session = &session };
    struct figure_request request;
    for (size_t i = 0; i < invocation->argument_count; i++)
        if (!figure_find(str_of(invocation->arguments[i]))) {
            fail(&invocation->error, ERROR_USAGE, "there is no figure %s: `mingbai figures --definitions` lists them", invocation->arguments[i]);
            return EXIT_USAGE;
        }
    if (invocation_option(invocation, "subscriber")) {
        fail(&invocation->error, ERROR_USAGE, "figures are of many people: `mingbai findings --subscriber NUMBER` has one person's cases");
        return EXIT_USAGE;
    }
    bool definitions = invocation_option(invocation, "definitions") != NULL;
    if (!rows_start(&print.rows, invocation) || !request_read(&request, invocation) ||
        !since_read(&print.since, &request, invocation) ||
        (!definitions && !session_open(&session, invocation, true)))
        return failed(invocation);
    bool done = figures_run(invocation, &print, &request, definitions);
    rows_finish(&print.rows);
    if (!definitions) session_close(&session);
    return done ? EXIT_DONE : failed(invocation);
}

static const struct option figures_options[] = {
    { "kind", "FIGURE", { "only figures whose name begins so", "只列名称以此开头的指标" } },
    { "by", "LIST", { "split by any of operator, area, period (month, quarter, year), category", "按 operator（企业）、area（区域）、period（month 月、quarter 季、year 年）、category（类别）拆分" } },
    { "operator", "CODE", { "only this operator", "只计该企业" } },
    { "area", "CODE", { "only this area and what lies in it", "只计该区域及其下级" } },
    { "category", "WORD", { "only this category", "只计该类别" } },
    { "subscriber", "NUMBER", { "refused: figures are of many people; findings takes it", "不适用：指标统计众人，单个用户请用 findings" } },
    { "since", "TIME", { "only periods that end after then", "只列在此之后结束的时段" } },
    { "period", "2015Q1", { "only this month, quarter or year", "只计该月、季或年" } },
    { "as-of", "TIME", { "judge open cases as of then", "未了结的按该时刻判断" } },
    { "definitions", NULL, { "the definitions instead of the values", "列出定义，不列数值" } },
    FORMAT_OPTION, LANGUAGE_OPTION,
};
const struct command figures_command = {
    .name = "figures", .arguments = "[FIGURE...]", .most = 64, .run = figures,
    .says = { "figures, each with its margin, its n and its position in the ledger", "指标，各附误差范围、样本数和账本位置" },
    .options = figures_options, .option_count = sizeof figures_options / sizeof *figures_options,
};
