#include "measure/usage/routes.h"

#include <stdlib.h>

#include "base/number.h"
#include "engine/write.h"
#include "measure/province/province.h"
#include "measure/query.h"
#include "measure/usage/daily.h"
#include "measure/usage/left.h"
#include "measure/usage/usage.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* ---- who and when ---- */

/* Whether a number is the operator's own; *since is its first day there. */
static bool is_theirs(struct request *request, uint64_t subject, bool *is_it, int32_t *since, struct error *error)
{
    struct statement *select = view_select(request->view, &subscriber_kind, "SELECT \"since\" FROM \"subscriber\" WHERE {scope} AND \"subscriber\" = $1", error);
    if (!select) return false;
    statement_number(select, 1, (int64_t)subject);
    if (!statement_step(select, is_it, error)) return false;
    if (*is_it) *since = (int32_t)column_number(select, 0);
    statement_reset(select);
    return true;
}

static bool refuse_number(struct reply *reply, struct error *error)
{
    return refuse(reply, error, 404, "no-records", "There are no records of that number.", "没有该号码的记录。");
}

static bool wanted_subject(struct request *request, struct reply *reply, struct wanted *wanted, struct error *error)
{
    const char *number = request_query(request, "subscriber");
    struct findings_query query = { 0 };
    bool is_it = true;
    wanted->since = DAY_NONE;
    if (request->who.role == ROLE_SUBSCRIBER) {
        if (!request->who.has_subject)
            return refuse(reply, error, 404, "no-records", "There are no records of your number yet.", "还没有你这个号码的记录。");
        wanted->subject = request->who.subject;
        return true;
    }
    if (!number) return refuse(reply, error, 422, "number-missing", "Say which number: subscriber=...", "请写明号码：subscriber=…");
    if (!findings_query_subscriber(&query, engine_vault(request->engine), number, error)) return false;
    wanted->subject = query.subscriber;
    if (wanted->subject != UINT64_MAX && request->who.role == ROLE_OPERATOR && !is_theirs(request, wanted->subject, &is_it, &wanted->since, error)) return false;
    return (wanted->subject != UINT64_MAX && is_it) || refuse_number(reply, error);
}

/* The moment that goes for the present; in a sample province that of its last use, so that it is shown as it would be in life. */
static bool present_find(struct request *request, int64_t *now, struct error *error)
{
    bool row;
    *now = request->now;
    if (!engine_has_source(request->engine, SAMPLE_SOURCE)) return true;
    struct statement *select = store_prepare(request->view->store, "SELECT \"start\" FROM \"usage_latest\"", error);
    if (!select || !statement_step(select, &row, error)) return false;
    if (row) *now = column_number(select, 0);
    if (row) statement_reset(select);
    return true;
}

static bool wanted_cycle(struct request *request, struct reply *reply, struct kept *meter, struct wanted *wanted, struct error *error)
{
    struct period period = { 0 };
    int32_t *cycles;
    if (!present_find(request, &wanted->now, error)) return false;
    int32_t now = cycle_of(wanted->now);
    if (!asked_period(request_asked, request, "cycle", &period, error)) return false;
    if (period.kind && period.kind != 'M')
        return fail_both(error, ERROR_USAGE, "cycle: a month is wanted, as 2015-01", "cycle：须为月份，如 2015-01");
    size_t count = meter_cycles(meter, wanted->subject, request->arena, &cycles);
    while (count && cycles[count - 1] > now) count--;
    if (count && !wanted_has(wanted, cycles[count - 1])) count = 0;
    bool is_idle = count && day_add_months(cycles[count - 1], 1) < now;
    wanted->cycle = period.kind ? period.first : is_idle ? cycles[count - 1] : now;
    return wanted_has(wanted, wanted->cycle) || refuse_number(reply, error);
}

bool wanted_has(const struct wanted *wanted, int32_t cycle)
{
    return wanted->since == DAY_NONE || cycle_end(cycle) > wanted->since;
}

bool wanted_read(struct request *request, struct reply *reply, struct kept *meter, struct wanted *wanted, struct error *error)
{
    return wanted_subject(request, reply, wanted, error) && wanted_cycle(request, reply, meter, wanted, error);
}

/* ---- what is left ---- */

static void put_count(struct json *json, const char *name, uint64_t number, bool is_there)
{
    json_key(json, name);
    if (is_there)
        json_add_number(json, (int64_t)number);
    else
        json_add_null(json);
}

static void put_forecast(struct json *json, const struct pool_days *days, const struct pool *pool, int32_t today)
{
    struct forecast forecast;
    json_key(json, "forecast");
    if (!days || !daily_forecast(days, pool, &forecast)) {
        json_add_null(json);
        return;
    }
    json_open(json, '{');
    json_key(json, "enough");
    json_add_bool(json, forecast.is_enough);
    put_count(json, "by_end", forecast.by_end, true);
    if (!forecast.is_enough) {
        json_put_day(json, "day", today + (int32_t)forecast.days);
        json_put_day(json, "soonest", today + (int32_t)forecast.soonest);
        json_put_day(json, "latest", today + (int32_t)forecast.latest);
    }
    json_close(json, '}');
}

static void put_pools(struct json *json, const struct metered *metered, const struct pool_days *days, int32_t today)
{
    json_key(json, "pools");
    json_open(json, '[');
    for (size_t i = 0; i < metered->rating->pool_count; i++) {
        const struct pool *pool = &metered->rating->pools[i];
        if (!pool->drawn && !pool->left && !pool->unlimited) continue;
        json_open(json, '{');
        json_put_string(json, "pool", pool->name);
        put_count(json, "quantity", use_add(pool->drawn, pool->left), !pool->unlimited);
        put_count(json, "used", pool->drawn, true);
        put_count(json, "left", pool->left, !pool->unlimited);
        put_forecast(json, days, pool, today);
        json_key(json, "from");
        json_open(json, '[');
        for (size_t g = 0; g < metered->rating->grant_count; g++) {
            const struct grant *grant = &metered->rating->grants[g];
            if (!str_equal(grant->pool, pool->name)) continue;
            json_open(json, '{');
            json_put_string(json, "tariff", grant->holding->id);
            json_put_string(json, "name", grant->holding->tariff->name.length ? grant->holding->tariff->name : grant->holding->id);
            put_count(json, "given", use_add(grant->drawn, grant->left), !grant->allowance->unlimited);
            put_count(json, "used", grant->drawn, true);
            json_put_day(json, "expires", grant->expires);
            json_close(json, '}');
        }
        json_close(json, ']');
        json_close(json, '}');
    }
    json_close(json, ']');
}

static void put_services(struct json *json, const struct metered *metered, const struct daily *daily)
{
    json_key(json, "services");
    json_open(json, '[');
    for (int service = 0; service < SERVICES; service++) {
        json_open(json, '{');
        json_put_string(json, "service", str_of(service_word((enum service)service)));
        put_count(json, "over", metered->rating->over[service], true);
        json_put_money(json, "charge", to_fen(metered->rating->charge[service]));
        put_count(json, "records", daily->records[service], true);
        json_close(json, '}');
    }
    json_close(json, ']');
}

/* The levels that count for a person from now on: the tariff's and their own (NULL: none). */
static void put_levels(struct json *json, const struct metered *metered, const struct own_levels *own)
{
    const struct tariff *main = metered->rating->main ? metered->rating->main->tariff : NULL;
    json_key(json, "levels");
    json_open(json, '{');
    json_key(json, "notice_at");
    json_open(json, '[');
    for (size_t i = 0; main && i < main->notice_at_count; i++) json_add_number(json, main->notice_at[i]);
    json_close(json, ']');
    json_key(json, "own_notice_at");
    json_open(json, '[');
    for (size_t i = 0; own && i < own->notice_at_count; i++) json_add_number(json, own->notice_at[i]);
    json_close(json, ']');
    if (main && main->notice_every) json_put_money(json, "notice_every", main->notice_every);
    if (main && main->has_data_cap) json_put_money(json, "data_cap", main->data_cap);
    if (own && own->has_cap) json_put_money(json, "own_data_cap", own->cap);
    json_close(json, '}');
}

struct notices_put {
    struct json *json;
    int32_t cycle, since;
};

static bool notice_put(void *context, const struct listed_notice *listed, bool *enough, struct error *error)
{
    (void)enough, (void)error;
    struct notices_put *put = context;
    const struct notice *notice = &listed->notice;
    if (notice->cycle != put->cycle || (put->since != DAY_NONE && day_of(notice->time) < put->since)) return true;
    char id[NOTICE_ID_ROOM];
    notice_id(notice, id);
    json_open(put->json, '{');
    json_put_string(put->json, "notice", str_of(id));
    json_put_string(put->json, "pool", notice->pool);
    json_put_string(put->json, "level", str_of(level_words[notice->level]));
    put_count(put->json, "percent", (uint64_t)notice->percent, notice->percent != 0);
    put_count(put->json, "used", notice->used, true);
    put_count(put->json, "quantity", notice->quantity, notice->has_quantity);
    json_put_money(put->json, "charge", notice->charge);
    json_put_moment(put->json, "time", notice->time);
    json_close(put->json, '}');
    return true;
}

static void put_held(struct json *json, const struct metered *metered)
{
    json_key(json, "tariffs");
    json_open(json, '[');
    for (size_t i = 0; i < metered->holding_count; i++) {
        const struct holding *holding = &metered->holdings[i];
        if (holding->from >= cycle_end(metered->cycle) || (holding->to != DAY_NONE && holding->to <= metered->cycle)) continue;
        json_open(json, '{');
        json_put_string(json, "tariff", holding->id);
        json_put_string(json, "name", holding->tariff && holding->tariff->name.length ? holding->tariff->name : holding->id);
        json_put_day(json, "from", holding->from);
        if (holding->to != DAY_NONE) json_put_day(json, "to", holding->to);
        json_close(json, '}');
    }
    json_close(json, ']');
}

static void put_cycles(struct json *json, struct request *request, struct kept *meter, const struct wanted *wanted)
{
    int32_t *cycles;
    size_t count = meter_cycles(meter, wanted->subject, request->arena, &cycles);
    json_key(json, "cycles");
    json_open(json, '[');
    for (size_t i = 0; i < count; i++) {
        char room[DAY_ROOM];
        if (!wanted_has(wanted, cycles[i])) continue;
        json_add_string(json, (struct str){ room, period_format(period_of(cycles[i], 'M'), room) });
    }
    json_close(json, ']');
}

static bool usage_put(struct request *request, struct kept *meter, const struct wanted *wanted, struct daily *daily, struct reply *reply, struct error *error)
{
    uint64_t subject = wanted->subject;
    int32_t cycle = wanted->cycle;
    struct metered metered;
    struct ledger *ledger = engine_ledger(request->engine);
    struct own_levels own;
    /* In the month that is going on what a pack gives counts from its first day, whether or not it was used since. */
    bool is_now = cycle_of(wanted->now) == cycle;
    if (!meter_cycle(meter, ledger, subject, cycle, wanted->since, is_now ? wanted->now : MOMENT_NONE, request->arena, &metered, error) ||
        !meter_records(meter, ledger, subject, cycle, wanted->since, daily_add, daily, error))
        return false;
    int32_t today = day_of(wanted->now);
    struct json json = reply_json(reply);
    json_open(&json, '{');
    if (request->who.role == ROLE_SUBSCRIBER) json_put_string(&json, "subscriber", str_of(request->who.masked));
    json_put_month(&json, "cycle", cycle);
    json_put_day(&json, "today", today);
    json_put_moment(&json, "latest", metered.latest);
    put_pools(&json, &metered, is_now ? daily_pools(daily, &metered, today, request->arena) : NULL, today);
    put_services(&json, &metered, daily);
    put_levels(&json, &metered, meter_own(meter, subject, request->now, &own) ? &own : NULL);
    put_held(&json, &metered);
    json_key(&json, "notices");
    json_open(&json, '[');
    struct notices_put put = { &json, cycle, wanted->since };
    bool done = notices_each(request->view->store, NULL, true, subject, notice_put, &put, error);
    json_close(&json, ']');
    put_cycles(&json, request, meter, wanted);
    json_put_number(&json, "position", (int64_t)metered.position);
    json_close(&json, '}');
    return done;
}

static bool usage_get(struct request *request, struct reply *reply, struct error *error)
{
    struct wanted wanted;
    struct daily daily = { 0 };
    struct keeper *keeper = engine_kept(request->engine, &usage_measure);
    bool done = wanted_read(request, reply, keeper->kept, &wanted, error) && usage_put(request, keeper->kept, &wanted, &daily, reply, error);
    daily_close(&daily);
    keeper_give(keeper);
    return done;
}

/* ---- each record ---- */

struct records_put {
    struct reply_table *table;
    uint64_t from, at;
    bool has_more;
};

static bool record_put(void *context, const struct metered_record *record, struct error *error)
{
    (void)error;
    struct records_put *put = context;
    struct rows *rows = &put->table->rows;
    if (put->at++ < put->from) return true;
    put->has_more = put->at > put->from + put->table->most;
    if (put->has_more) return true;
    rows_begin(rows);
    rows_string(rows, "service", str_of(service_word(record->use.service)));
    rows_moment(rows, "start", record->use.start);
    rows_number(rows, "quantity", (int64_t)record->use.quantity);
    rows_string(rows, "scope", record->use.scope);
    rows_string(rows, "source", record->source);
    rows_number(rows, "seq", (int64_t)record->use.seq);
    rows_number(rows, "entry", (int64_t)record->index);
    rows_end(rows);
    return true;
}

static bool records_get(struct request *request, struct reply *reply, struct error *error)
{
    struct wanted wanted;
    struct reply_table table;
    struct text next = { 0 };
    struct keeper *keeper = engine_kept(request->engine, &usage_measure);
    if (!wanted_read(request, reply, keeper->kept, &wanted, error) || !reply_table_open(&table, request, reply, "usage", error)) {
        keeper_give(keeper);
        return false;
    }
    struct records_put put = { .table = &table };
    bool done = (!table.after.length || str_number(table.after, &put.from) ||
                 fail_both(error, ERROR_USAGE, "after: take it from `next`", "after：取自上一页的 next")) &&
                meter_records(keeper->kept, engine_ledger(request->engine), wanted.subject, wanted.cycle, wanted.since, record_put, &put, error);
    keeper_give(keeper);
    if (put.has_more) text_format(&next, "%llu", (unsigned long long)(put.from + table.most));
    done = reply_table_close(&table, done, text_str(&next), (struct str){ 0 }, error);
    text_close(&next);
    return done;
}

/* ---- own levels ---- */

#define CAP_LEAST INT64_C(10000) /* 0.01 yuan: at 0 a cap would be reached before there is any charge */

static bool percents_text(struct request *request, struct reply *reply, struct text *out)
{
    const json_t *list = json_object_get(request->body, "notice_at");
    text_add_byte(out, '[');
    for (size_t i = 0; list && i < json_array_size(list); i++) {
        const json_t *percent = json_object_get(json_array_get(list, i), "percent");
        if (!json_is_integer(percent) || json_integer_value(percent) < 1 || json_integer_value(percent) > 100) {
            reply_fault(request, reply, "notice_at", "Whole numbers from 1 to 100", "须为 1 至 100 的整数");
            return false;
        }
        text_format(out, "%s%d", i ? "," : "", (int)json_integer_value(percent));
    }
    text_add_byte(out, ']');
    return true;
}

/* Whether a person's tariff has a cap this month; where it has none, *cap is the most that a tariff can say. */
static bool tariff_cap(struct request *request, uint64_t subject, bool *has_cap, int64_t *cap, struct error *error)
{
    struct metered metered;
    struct keeper *keeper = engine_kept(request->engine, &usage_measure);
    bool done = meter_cycle(keeper->kept, engine_ledger(request->engine), subject, cycle_of(request->now), DAY_NONE, request->now, request->arena, &metered, error);
    *has_cap = done && metered.rating->main && metered.rating->main->tariff->has_data_cap;
    *cap = *has_cap ? metered.rating->main->tariff->data_cap : MONEY_MOST;
    keeper_give(keeper);
    return done;
}

static bool settings_post(struct request *request, struct reply *reply, struct error *error)
{
    struct record record = { .kind = &usage_setting_kind, .present = 1u << SETTING_SUBSCRIBER | 1u << SETTING_FROM | 1u << SETTING_NOTICE_AT };
    struct text percents = { 0 }, number = { 0 };
    uint64_t position;
    int64_t most;
    bool has_cap;
    struct wanted wanted;
    struct str cap = request_text(request, "data_cap");
    if (!wanted_subject(request, reply, &wanted, error) || !tariff_cap(request, wanted.subject, &has_cap, &most, error)) return false;
    if (cap.length && (!decimal_parse(cap, MONEY_DECIMALS, &record.values[SETTING_DATA_CAP].number) || record.values[SETTING_DATA_CAP].number < 0))
        reply_fault(request, reply, "data_cap", "An amount in yuan, as 30 or 30.00", "须为金额（元），如 30 或 30.00");
    else if (cap.length && (record.values[SETTING_DATA_CAP].number < CAP_LEAST || record.values[SETTING_DATA_CAP].number >= most))
        reply_fault(request, reply, "data_cap",
                    has_cap ? "At least 0.01 yuan, where data stops at the first charge, and less than the tariff's cap"
                            : "At least 0.01 yuan, where data stops at the first charge, and less than 100,000,000 yuan",
                    has_cap ? "最低 0.01 元（一有超出费用就停），且须低于资费的上限" : "最低 0.01 元（一有超出费用就停），且须低于一亿元");
    else if (cap.length)
        record.present |= 1u << SETTING_DATA_CAP;
    bool done = percents_text(request, reply, &percents) && !reply->fault_count;
    if (!done) refuse_faults(reply, error);
    done = done && vault_person(engine_vault(request->engine), wanted.subject, &number, error);
    record.values[SETTING_SUBSCRIBER].text = text_str(&number);
    record.values[SETTING_FROM].number = request->now;
    record.values[SETTING_NOTICE_AT].text = text_str(&percents);
    done = done && engine_write(request->engine, STR(PORTAL_SOURCE), &record, 1, &position, error);
    text_close(&number);
    text_close(&percents);
    if (!done) return false;
    struct json json = reply_json(reply);
    json_open(&json, '{');
    json_put_number(&json, "position", (int64_t)position);
    json_close(&json, '}');
    return true;
}

const struct parameter wanted_query[WANTED_PARAMETERS] = {
    { "subscriber", PARAMETER_TEXT, false, 64, { "the number; a person sees their own", "号码；用户只能看自己的" } },
    { "cycle", PARAMETER_TEXT, false, 16, { "the month, as 2015-01; unless given the running one, or where a whole month passed without use the newest with any", "账期，如 2015-01；默认为本月，整整一个月没有用量的为最近有用量的月份" } },
};
static const struct parameter settings[] = {
    { "notice_at", PARAMETER_LIST, false, 32, { "own percentages: {percent}", "自设的提醒百分比：{percent}" } },
    { "data_cap", PARAMETER_MONEY, false, 0, { "own cap of charges for data, in yuan", "自设的流量费用上限（元）" } },
};

const struct route usage_routes[USAGE_ROUTES] = {
    { ROUTE(GET, "/api/usage", FOR_STAFF | FOR(SUBSCRIBER), REACH_OWN), .handle = usage_get, .flags = ROUTE_SLOW,
      .says = { "What a number used in a month, what is left and how long it will last", "某号码一个月的用量、剩余和预计用完的日子" },
      .query = wanted_query, .query_count = WANTED_PARAMETERS },
    { ROUTE(GET, "/api/usage/left", FOR_STAFF, REACH_OWN), .handle = left_get, .flags = ROUTE_TABLE | ROUTE_SLOW,
      .says = { "What is left of each pool, for all of an operator's numbers", "企业全部号码各项套餐的剩余" },
      .query = left_query, .query_count = LEFT_PARAMETERS },
    { ROUTE(GET, "/api/usage/records", FOR_STAFF | FOR(SUBSCRIBER), REACH_OWN), .handle = records_get,
      .flags = ROUTE_TABLE | ROUTE_SLOW, .says = { "Each record of a number's use in a month", "某号码一个月的每一条用量记录" },
      .query = wanted_query, .query_count = WANTED_PARAMETERS },
    { ROUTE(POST, "/api/usage/settings", FOR(SUBSCRIBER), REACH_OWN), .handle = settings_post, .flags = ROUTE_SLOW, .body = BODY_JSON,
      .says = { "Sets one's own levels of notice and cap", "设定自己的提醒和上限" }, .fields = settings, .field_count = COUNT(settings), .hourly = 60 },
};
