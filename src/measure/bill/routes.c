#include "measure/bill/routes.h"

#include "base/number.h"
#include "engine/engine.h"
#include "measure/bill/bill.h"

enum { MONTHS_SHOWN = 6 };

/* ---- what was charged ---- */

struct charged {
    struct str item;
    int64_t amount;
    bool is_computed;
};

static bool charged_load(struct request *request, uint64_t subject, int32_t cycle, struct charged **list, size_t *count, struct error *error)
{
    struct statement *select = view_select(request->view, &bill_line_kind,
                                           "SELECT \"item\", \"amount\" FROM \"bill_line\" WHERE {scope} AND \"subscriber\" = $1 AND \"cycle\" = $2", error);
    size_t room = 0;
    *list = NULL;
    *count = 0;
    if (!select) return false;
    statement_number(select, 1, (int64_t)subject);
    statement_number(select, 2, cycle);
    for (bool row;;) {
        if (!statement_step(select, &row, error)) return false;
        if (!row) return true;
        if (*count == room) {
            struct charged *larger = arena_take(request->arena, (room = room ? room * 2 : 16) * sizeof *larger);
            if (*count) memcpy(larger, *list, *count * sizeof *larger);
            *list = larger;
        }
        (*list)[(*count)++] = (struct charged){ arena_str(request->arena, column_text(select, 0)), column_number(select, 1), false };
    }
}

static struct charged *charged_find(struct charged *list, size_t count, struct str item)
{
    for (size_t i = 0; i < count; i++)
        if (str_equal(list[i].item, item)) return &list[i];
    return NULL;
}

/* ---- one month ---- */

struct month {
    struct metered metered;
    struct bill *bill;
    struct charged *charged;
    size_t charged_count;
};

static bool month_make(struct request *request, struct kept *meter, const struct wanted *wanted, int32_t cycle, struct month *month, struct error *error)
{
    if (!meter_cycle(meter, engine_ledger(request->engine), wanted->subject, cycle, wanted->since, MOMENT_NONE, request->arena, &month->metered, error) ||
        !charged_load(request, wanted->subject, cycle, &month->charged, &month->charged_count, error))
        return false;
    const struct metered *metered = &month->metered;
    month->bill = bill_compute(metered->holdings, metered->holding_count, cycle, metered->rating, metered->sums, metered->sum_count, request->arena);
    return true;
}

static int64_t charged_total(const struct month *month)
{
    int64_t sum = 0;
    for (size_t i = 0; i < month->charged_count; i++) sum = number_add(sum, month->charged[i].amount);
    return sum;
}

static void line_put(struct json *json, struct str item, struct str name, struct str because, const int64_t *computed, const int64_t *charged)
{
    json_open(json, '{');
    json_put_string(json, "item", item);
    if (name.length) json_put_string(json, "name", name);
    if (computed) json_put_money(json, "amount", *computed);
    if (charged) json_put_money(json, "charged", *charged);
    if (because.length) json_put_string(json, "because", because);
    json_close(json, '}');
}

static struct str tariff_name(const struct metered *metered, struct str id)
{
    for (size_t i = 0; i < metered->holding_count; i++)
        if (str_equal(metered->holdings[i].id, id) && metered->holdings[i].tariff) return metered->holdings[i].tariff->name;
    return (struct str){ 0 };
}

static void lines_put(struct json *json, struct month *month, enum language language)
{
    json_key(json, "lines");
    json_open(json, '[');
    for (size_t i = 0; i < month->bill->line_count; i++) {
        const struct bill_line *line = &month->bill->lines[i];
        struct charged *charged = charged_find(month->charged, month->charged_count, line->item);
        if (charged) charged->is_computed = true;
        int64_t nothing = 0;
        line_put(json, line->item, tariff_name(&month->metered, line->tariff), line->because[language], &line->amount,
                 charged ? &charged->amount : month->charged_count ? &nothing : NULL);
    }
    for (size_t i = 0; i < month->charged_count; i++) {
        int64_t nothing = 0;
        if (!month->charged[i].is_computed) line_put(json, month->charged[i].item, (struct str){ 0 }, (struct str){ 0 }, &nothing, &month->charged[i].amount);
    }
    json_close(json, ']');
}

static bool months_put(struct json *json, struct request *request, struct kept *meter, const struct wanted *wanted, struct error *error)
{
    json_key(json, "months");
    json_open(json, '[');
    for (int back = MONTHS_SHOWN - 1; back >= 0; back--) {
        struct month month;
        int32_t at = day_add_months(wanted->cycle, -back);
        if (!wanted_has(wanted, at)) continue;
        if (!month_make(request, meter, wanted, at, &month, error)) return false;
        if (!month.bill->line_count && !month.charged_count) continue;
        json_open(json, '{');
        json_put_month(json, "cycle", at);
        json_put_money(json, "total", month.charged_count ? charged_total(&month) : month.bill->total);
        json_close(json, '}');
    }
    json_close(json, ']');
    return true;
}

static bool bill_put(struct request *request, struct kept *meter, struct reply *reply, struct error *error)
{
    struct month month;
    struct wanted wanted;
    if (!wanted_read(request, reply, meter, &wanted, error) || !month_make(request, meter, &wanted, wanted.cycle, &month, error)) return false;
    struct json json = reply_json(reply);
    json_open(&json, '{');
    if (request->who.role == ROLE_SUBSCRIBER) json_put_string(&json, "subscriber", str_of(request->who.masked));
    json_put_month(&json, "cycle", wanted.cycle);
    lines_put(&json, &month, request->language);
    json_put_money(&json, "total", month.bill->total);
    if (month.charged_count) json_put_money(&json, "charged", charged_total(&month));
    bool done = months_put(&json, request, meter, &wanted, error);
    json_put_number(&json, "position", (int64_t)month.metered.position);
    json_close(&json, '}');
    return done;
}

static bool bill_get(struct request *request, struct reply *reply, struct error *error)
{
    struct keeper *keeper = engine_kept(request->engine, &usage_measure);
    bool done = bill_put(request, keeper->kept, reply, error);
    keeper_give(keeper);
    return done;
}

const struct route bill_routes[BILL_ROUTES] = {
    { ROUTE(GET, "/api/bill", FOR_STAFF | FOR(SUBSCRIBER), REACH_OWN), .handle = bill_get, .flags = ROUTE_SLOW,
      .says = { "A month's bill of a number: each line computed, with its reason, beside what was charged", "某号码某月的账单：每一项的计算和理由，以及实收" },
      .query = wanted_query, .query_count = WANTED_PARAMETERS },
};
