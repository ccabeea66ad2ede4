/* What a number used, has left, was reminded of, and is billed: usage, bill, notices. */
#include <stdio.h>
#include <stdlib.h>

#include "base/number.h"
#include "command/session.h"
#include "measure/bill/bill.h"
#include "measure/query.h"
#include "measure/unseal.h"
#include "measure/usage/usage.h"

static enum exit_code failed(const struct invocation *invocation)
{
    return invocation->error.code == ERROR_USAGE ? EXIT_USAGE : EXIT_FAILED;
}

/* ---- one number and cycle ---- */

struct metering {
    struct session session;
    struct keeper *keeper;
    struct metered metered;
    uint64_t subject;
};

static bool subject_find(struct metering *metering, const char *number, struct error *error)
{
    struct findings_query query = { 0 };
    if (!findings_query_subscriber(&query, engine_vault(metering->session.engine), number, error)) return false;
    metering->subject = query.subscriber;
    return query.subscriber != UINT64_MAX ||
           fail_both(error, ERROR_NOT_FOUND, "no record is about %s", "没有关于 %s 的记录", number);
}

static bool cycle_find(struct metering *metering, const char *given, int32_t *cycle, struct error *error)
{
    struct period period;
    if (given) {
        if (!period_parse(str_of(given), &period) || period.kind != 'M')
            return fail_both(error, ERROR_USAGE, "%s is no month: write it as 2015-01", "%s 不是月份：请写成 2015-01", given);
        *cycle = period.first;
        return true;
    }
    int32_t *cycles;
    size_t count = meter_cycles(metering->keeper->kept, metering->subject, &metering->session.arena, &cycles);
    *cycle = count ? cycles[count - 1] : meter_newest(metering->keeper->kept, INT32_MAX);
    return *cycle != DAY_NONE || fail_both(error, ERROR_NOT_FOUND, "there is no use yet: load usage records first", "还没有用量：请先装入用量记录");
}

static bool metering_open(struct metering *metering, struct invocation *invocation, const char *cycle)
{
    struct error *error = &invocation->error;
    int32_t first = DAY_NONE;
    *metering = (struct metering){ 0 };
    if (!session_open(&metering->session, invocation, false)) return false;
    metering->keeper = engine_kept(metering->session.engine, &usage_measure);
    if (subject_find(metering, invocation->arguments[0], error) && cycle_find(metering, cycle, &first, error) &&
        meter_cycle(metering->keeper->kept, engine_ledger(metering->session.engine), metering->subject, first, DAY_NONE, MOMENT_NONE,
                    &metering->session.arena, &metering->metered, error))
        return true;
    keeper_give(metering->keeper);
    session_close(&metering->session);
    return false;
}

static void metering_close(struct metering *metering)
{
    keeper_give(metering->keeper);
    session_close(&metering->session);
}

static void money_show(struct rows *rows, const char *name, int64_t money)
{
    char room[DECIMAL_ROOM];
    rows_string(rows, name, (struct str){ room, decimal_format(money, MONEY_DECIMALS, 2, room) });
}

/* Pools and services have cells of their own; in a form with columns each row has all of them. */
static void columns_empty(struct rows *rows, const char *const *names, size_t count)
{
    for (size_t i = 0; rows_have_columns(rows) && i < count; i++) rows_null(rows, names[i]);
}
static const char *const pool_columns[] = { "pool", "quantity", "used", "left" }, *const service_columns[] = { "service", "over", "charge" },
                         *const line_columns[] = { "item", "tariff", "quantity", "unit", "amount", "because" }, *const total_columns[] = { "total" };
#define EMPTY(rows, columns) columns_empty(rows, columns, sizeof(columns) / sizeof *(columns))

static void pool_show(struct rows *rows, const struct pool *pool)
{
    rows_begin(rows);
    rows_string(rows, "pool", pool->name);
    if (pool->unlimited)
        rows_null(rows, "quantity");
    else
        rows_number(rows, "quantity", (int64_t)use_add(pool->drawn, pool->left));
    rows_number(rows, "used", (int64_t)pool->drawn);
    if (pool->unlimited)
        rows_null(rows, "left");
    else
        rows_number(rows, "left", (int64_t)pool->left);
    EMPTY(rows, service_columns);
    rows_end(rows);
}

static enum exit_code usage(struct invocation *invocation)
{
    struct metering metering;
    struct rows rows;
    if (!invocation_rows(invocation, &rows) || !metering_open(&metering, invocation, invocation_option(invocation, "cycle"))) return failed(invocation);
    const struct rating *rating = metering.metered.rating;
    for (size_t i = 0; i < rating->pool_count; i++)
        if (rating->pools[i].drawn || rating->pools[i].left || rating->pools[i].unlimited) pool_show(&rows, &rating->pools[i]);
    for (int service = 0; service < SERVICES; service++) {
        rows_begin(&rows);
        EMPTY(&rows, pool_columns);
        rows_string(&rows, "service", str_of(service_word((enum service)service)));
        rows_number(&rows, "over", (int64_t)rating->over[service]);
        money_show(&rows, "charge", to_fen(rating->charge[service]));
        rows_end(&rows);
    }
    bool done = rows_finish(&rows, &invocation->error);
    metering_close(&metering);
    return done ? EXIT_DONE : failed(invocation);
}

static const struct option usage_options[] = { { "cycle", "2015-01", { "the month; the newest with use unless given", "账期；默认为最近有用量的月份" } },
                                               FORMAT_OPTION, LANGUAGE_OPTION };
const struct command usage_command = {
    .name = "usage", .arguments = "SUBSCRIBER", .least = 1, .most = 1, .run = usage,
    .says = { "what a number used in a month, and what is left", "某号码一个月的用量与剩余" },
    .options = usage_options, .option_count = sizeof usage_options / sizeof *usage_options,
};

static enum exit_code bill(struct invocation *invocation)
{
    struct metering metering;
    struct rows rows;
    if (!invocation_rows(invocation, &rows) || !metering_open(&metering, invocation, invocation->arguments[1])) return failed(invocation);
    const struct metered *metered = &metering.metered;
    const struct bill *computed = bill_compute(metered->holdings, metered->holding_count, metered->cycle, metered->rating, metered->sums,
                                               metered->sum_count, &metering.session.arena);
    for (size_t i = 0; i < computed->line_count; i++) {
        const struct bill_line *line = &computed->lines[i];
        rows_begin(&rows);
        rows_string(&rows, "item", line->item);
        rows_string(&rows, "tariff", line->tariff);
        rows_number(&rows, "quantity", (int64_t)line->quantity);
        rows_string(&rows, "unit", str_of(line->unit));
        money_show(&rows, "amount", line->amount);
        rows_string(&rows, "because", line->because[invocation->language]);
        EMPTY(&rows, total_columns);
        rows_end(&rows);
    }
    rows_begin(&rows);
    EMPTY(&rows, line_columns);
    money_show(&rows, "total", computed->total);
    rows_end(&rows);
    bool done = rows_finish(&rows, &invocation->error);
    metering_close(&metering);
    return done ? EXIT_DONE : failed(invocation);
}

static const struct option bill_options[] = { FORMAT_OPTION, LANGUAGE_OPTION };
const struct command bill_command = {
    .name = "bill", .arguments = "SUBSCRIBER CYCLE", .least = 2, .most = 2, .run = bill,
    .says = { "the computed bill of a number and month, line by line, with reasons", "某号码某月按记录和资费计算的账单，逐项说明" },
    .options = bill_options, .option_count = sizeof bill_options / sizeof *bill_options,
};

/* ---- notices ---- */

struct notices_print {
    struct session *session;
    struct findings_query query;
    struct arena *arena;
    struct listed_notice *list;
    size_t count, room;
};

static bool notice_keep(void *context, const struct listed_notice *listed, bool *enough, struct error *error)
{
    (void)enough, (void)error;
    struct notices_print *print = context;
    const struct findings_query *query = &print->query;
    bool is_wanted = str_starts(str_of(level_words[listed->notice.level]), query->kind) &&
                     (!query->operator_.length || str_equal(query->operator_, listed->operator_)) &&
                     (!query->area.length || law_area_within(print->session->audit.law, listed->area, query->area)) &&
                     listed->notice.time >= query->since && listed->notice.time < query->until;
    if (!is_wanted) return true;
    if (print->count == print->room) {
        print->room = print->room ? print->room * 2 : 256;
        print->list = reallocate(print->list, print->room * sizeof *print->list);
    }
    struct listed_notice *kept = &print->list[print->count++];
    *kept = *listed;
    kept->notice.pool = arena_str(print->arena, listed->notice.pool);
    kept->source = arena_str(print->arena, listed->source);
    return true;
}

/* The numbers of all that is listed, read in one go, of which one record is kept. */
static bool numbers_unseal(struct invocation *invocation, struct session *session, const struct notices_print *print, struct str **clear)
{
    struct identity who = { .role = ROLE_ADMINISTRATOR };
    struct unseal_wish *wishes = allocate((print->count + 1) * sizeof *wishes);
    *clear = arena_take(print->arena, (print->count + 1) * sizeof **clear);
    user_name(invocation->user, who.account);
    for (size_t i = 0; i < print->count; i++) wishes[i] = (struct unseal_wish){ UNSEAL_PERSON, print->list[i].notice.subscriber };
    bool done = unseal_for(session->engine, &who, wishes, print->count, STR("mingbai notices"), print->arena, *clear, &invocation->error);
    free(wishes);
    return done;
}

static enum exit_code notices(struct invocation *invocation)
{
    struct session session = { 0 };
    struct rows rows;
    if (!invocation_rows(invocation, &rows) || !session_open(&session, invocation, true)) return failed(invocation);
    struct notices_print print = { .session = &session, .arena = &session.arena };
    const char *subscriber = invocation_option(invocation, "subscriber");
    struct str *clear = NULL;
    bool done = findings_query_read(&print.query, invocation_asked, invocation, &invocation->error) &&
                (!subscriber || findings_query_subscriber(&print.query, engine_vault(session.engine), subscriber, &invocation->error)) &&
                notices_each(session.reader, NULL, print.query.has_subscriber, print.query.subscriber, notice_keep, &print, &invocation->error) &&
                numbers_unseal(invocation, &session, &print, &clear);
    for (size_t i = 0; done && i < print.count; i++) notice_show(&rows, &print.list[i], clear[i]);
    done = rows_finish(&rows, &invocation->error) && done;
    free(print.list);
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
