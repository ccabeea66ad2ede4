/* What the measures produced: notices, findings, figures, check. */
#include <stdlib.h>

#include "command/session.h"
#include "measure/query.h"
#include "measure/show.h"
#include "measure/unseal.h"

/* ---- findings ---- */

struct findings_print {
    struct rows rows;
    struct findings_query query;
    struct session *session;
    struct finding *list;
    size_t count, room;
};

static bool findings_keep(void *context, const struct finding *finding, struct error *error)
{
    (void)error;
    struct findings_print *print = context;
    if (!findings_query_keeps(&print->query, print->session->audit.law, finding)) return true;
    if (print->count == print->room) {
        print->room = print->room ? print->room * 2 : 256;
        print->list = reallocate(print->list, print->room * sizeof *print->list);
    }
    print->list[print->count++] = *finding;
    return true;
}

/* "notice:17:2015-01:.." with the number in place of the subject. */
static struct str clear_subject(struct str subject, struct str number, struct arena *arena)
{
    size_t first = str_find(subject, ':') + 1, second = first;
    while (second < subject.length && subject.at[second] != ':') second++;
    return arena_format(arena, "%.*s%.*s%.*s", (int)first, subject.at, STR_ARGS(number), (int)(subject.length - second), subject.at + second);
}

/* The local owner may see whose number it is; one record is kept of all that are read in one go. */
static bool numbers_unseal(struct invocation *invocation, struct findings_print *print)
{
    struct identity who = { .role = ROLE_ADMINISTRATOR };
    struct session *session = print->session;
    struct unseal_wish *wishes = allocate((print->count + 1) * sizeof *wishes);
    struct str *clear = allocate((print->count + 1) * sizeof *clear);
    size_t count = 0;
    user_name(invocation->user, who.account);
    for (size_t i = 0; i < print->count; i++)
        if (print->list[i].names_subscriber) wishes[count++] = (struct unseal_wish){ UNSEAL_PERSON, print->list[i].subscriber };
    bool done = unseal_for(session->engine, &who, wishes, count, STR("mingbai check"), &session->arena, clear, &invocation->error);
    count = 0;
    for (size_t i = 0; done && i < print->count; i++) {
        struct finding *finding = &print->list[i];
        if (!finding->names_subscriber) continue;
        if (clear[count].at) finding->shown_subject = clear_subject(finding->subject, clear[count], &session->arena);
        count++;
    }
    free(clear);
    free(wishes);
    return done;
}

static bool query_read(struct findings_query *query, struct invocation *invocation, struct session *session)
{
    const char *subscriber = invocation_option(invocation, "subscriber");
    return findings_query_read(query, invocation_asked, invocation, &invocation->error) &&
           (!subscriber || findings_query_subscriber(query, engine_vault(session->engine), subscriber, &invocation->error));
}

static bool findings_run(struct invocation *invocation, struct session *session, struct findings_print *print,
                         const struct duty *const *duties, size_t count)
{
    struct findings_sink sink = { findings_keep, print };
    if (!audit_set_time(&session->audit, print->query.as_of, &invocation->error)) return false;
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
            done = fail_both(&invocation->error, ERROR_USAGE, "there is no duty %s",
                             "没有 %s 这项义务", invocation->arguments[i]);
    done = done && invocation_rows(invocation, &print.rows) && session_open(&session, invocation, true);
    if (done) {
        done = query_read(&print.query, invocation, &session) &&
               findings_run(invocation, &session, &print, duties, invocation->argument_count);
        if (print.count) qsort(print.list, print.count, sizeof *print.list, finding_order);
        done = done && numbers_unseal(invocation, &print);
        for (size_t i = 0; done && i < print.count; i++) finding_show(&print.rows, &print.list[i], invocation->language);
        done = rows_finish(&print.rows, &invocation->error) && done;
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

/* ---- figures ---- */

struct figures_print {
    struct rows rows;
    struct figures_query query;
    struct session *session;
};

static bool figure_print(void *context, const struct figure_row *row, struct error *error)
{
    (void)error;
    struct figures_print *print = context;
    if (figures_query_keeps(&print->query, row)) figure_show(&print->rows, row, print->session->audit.position);
    return true;
}

static bool figure_wanted(const struct invocation *invocation, const struct figures_query *query, const struct figure *figure)
{
    if (!figures_query_wants(query, figure)) return false;
    for (size_t i = 0; i < invocation->argument_count; i++)
        if (!strcmp(invocation->arguments[i], figure->id)) return true;
    return !invocation->argument_count;
}

static bool figures_run(struct invocation *invocation, struct figures_print *print, bool definitions)
{
    struct audit *audit = &print->session->audit;
    if (!definitions && !audit_set_time(audit, print->query.as_of, &invocation->error)) return false;
    for (size_t m = 0; m < measure_count; m++)
        for (size_t f = 0; f < measures[m]->figure_count; f++) {
            const struct figure *figure = &measures[m]->figures[f];
            if (!figure_wanted(invocation, &print->query, figure)) continue;
            if (definitions)
                definition_show(&print->rows, figure, invocation->language);
            else if (!audit_compute(audit, figure, &print->query.request, (struct figures_sink){ figure_print, print }, &invocation->error))
                return false;
        }
    return true;
}

static enum exit_code figures(struct invocation *invocation)
{
    struct session session = { 0 };
    struct figures_print print = { .session = &session };
    for (size_t i = 0; i < invocation->argument_count; i++)
        if (!figure_find(str_of(invocation->arguments[i]))) {
            fail_both(&invocation->error, ERROR_USAGE, "there is no figure %s: `mingbai figures --definitions` lists them",
                      "没有 %s 这项指标：`mingbai figures --definitions` 列出各项", invocation->arguments[i]);
            return EXIT_USAGE;
        }
    if (invocation_option(invocation, "subscriber")) {
        fail_both(&invocation->error, ERROR_USAGE, "figures are of many people: `mingbai findings --subscriber NUMBER` has one person's cases",
                  "指标是对许多人的统计：一个人的情况见 `mingbai findings --subscriber 号码`");
        return EXIT_USAGE;
    }
    bool definitions = invocation_option(invocation, "definitions") != NULL;
    if (!invocation_rows(invocation, &print.rows) ||
        !figures_query_read(&print.query, invocation_asked, invocation, &invocation->error) ||
        (!definitions && !session_open(&session, invocation, true)))
        return failed(invocation);
    bool done = figures_run(invocation, &print, definitions);
    done = rows_finish(&print.rows, &invocation->error) && done;
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
    .name = "figures", .arguments = "[FIGURE...]", .most = 64, .run = figures, .local_with = "definitions",
    .says = { "figures, each with its margin, its n and its position in the ledger", "指标，各附误差范围、样本数和账本位置" },
    .options = figures_options, .option_count = sizeof figures_options / sizeof *figures_options,
};
