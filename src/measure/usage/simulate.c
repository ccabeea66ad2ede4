/* A panel of the province's subscribers with tariffs, packs and use that looks real: heavy-tailed, by the hour of the day and the day of the
   week, with roaming, duplicates and late records; and what their operators say they sent and charged, with faults. */
#include <stdio.h>
#include <stdlib.h>

#include "measure/bill/bill.h"
#include "measure/simulate.h"
#include "measure/usage/notice.h"
#include "measure/usage/owed.h"
#include "measure/usage/simulate.h"

#define COLUMNS(columns) (columns), sizeof(columns) / sizeof *(columns)
#define MEGABYTE UINT64_C(1048576)

enum { HOLDINGS_MOST = 4, FULL_TIME = 1000000 };

/* ---- tariffs: three main ones and two packs for each operator ---- */

static const struct plan {
    const char *code, *name;
    enum tariff_type type;
    int64_t fee;              /* fen */
    uint64_t data, night;     /* megabytes */
    uint32_t minutes;
    const char *price;        /* of a megabyte */
    uint32_t share;           /* of the subscribers, per cent; of packs, of those who buy one */
} plans[] = {
    { "18", "轻享卡18元", TYPE_MAIN, 1800, 100, 0, 0, "0.29", 45 },
    { "58", "畅享卡58元", TYPE_MAIN, 5800, 500, 500, 200, "0.29", 40 },
    { "128", "商务卡128元", TYPE_MAIN, 12800, 2048, 0, 800, "0.10", 15 },
    { "P100", "流量包100MB", TYPE_ADDON, 1000, 100, 0, 0, "", 70 },
    { "P1G", "流量包1GB", TYPE_ADDON, 5000, 1024, 0, 0, "", 30 },
};
enum { PLANS = sizeof plans / sizeof *plans, MAINS = 3 };

static void allowances_text(const struct plan *plan, struct text *out)
{
    text_format(out, "[{\"id\":\"d\",\"service\":\"data\",\"quantity\":%llu,\"scope\":\"home\"}", (unsigned long long)(plan->data * MEGABYTE));
    if (plan->night)
        text_format(out, ",{\"id\":\"n\",\"service\":\"data\",\"quantity\":%llu,\"scope\":\"home\",\"hours\":\"23-07\"}",
                    (unsigned long long)(plan->night * MEGABYTE));
    if (plan->minutes) text_format(out, ",{\"id\":\"v\",\"service\":\"voice\",\"quantity\":%u,\"scope\":\"home\"}", plan->minutes * 60);
    text_add_byte(out, ']');
}

static void prices_text(const struct plan *plan, struct text *out)
{
    if (plan->type != TYPE_MAIN) {
        text_add(out, STR("[]"));
        return;
    }
    text_format(out, "[{\"service\":\"data\",\"per\":1048576,\"price\":\"%s\",\"increment\":1048576},{\"service\":\"data\",\"per\":1048576,\"price\":\"0.50\","
                     "\"scope\":\"roaming\",\"increment\":1048576},{\"service\":\"voice\",\"per\":60,\"price\":\"0.15\"},{\"service\":\"sms\",\"per\":1,\"price\":\"0.10\"}]",
                plan->price);
}

static void tariff_code(const struct simulated_operator *operator_, const struct plan *plan, char code[32])
{
    snprintf(code, 32, "SIM-%s-%s", operator_->operator_, plan->code);
}

static bool write_tariffs(const struct simulation *simulation, struct error *error)
{
    static const char *const columns[] = { "tariff", "operator", "name", "type", "services", "areas", "channels", "filed", "filed_on", "on_sale",
                                           "monthly_fee", "one_off_fee", "allowances", "prices", "data_cap", "notice_at", "notice_every", "min_months",
                                           "exit_fee", "start_choices", "terms" };
    struct csv *csv = csv_create(simulation->directory, "tariff", COLUMNS(columns), error);
    struct text list = { 0 };
    if (!csv) return false;
    for (size_t o = 0; o < SIMULATED_OPERATORS; o++)
        for (size_t p = 0; p < PLANS; p++) {
            const struct plan *plan = &plans[p];
            bool is_main = plan->type == TYPE_MAIN;
            char code[32];
            tariff_code(&simulated_operators[o], plan, code);
            csv_text(csv, str_of(code));
            csv_text(csv, str_of(simulated_operators[o].operator_));
            csv_text(csv, str_of(plan->name));
            csv_text(csv, is_main ? STR("main") : STR("addon"));
            csv_text(csv, is_main ? STR("[\"voice\",\"data\",\"sms\"]") : STR("[\"data\"]"));
            csv_text(csv, STR("[\"320000\"]"));
            csv_text(csv, STR("[\"hall\",\"online\",\"hotline\"]"));
            csv_text(csv, STR("示例备案"));
            csv_text(csv, STR("2013-12-01"));
            csv_text(csv, STR("2014-01-01"));
            csv_decimal(csv, plan->fee, 2);
            csv_text(csv, STR("0"));
            list.length = 0;
            allowances_text(plan, &list);
            csv_text(csv, text_str(&list));
            list.length = 0;
            prices_text(plan, &list);
            csv_text(csv, text_str(&list));
            if (is_main) csv_text(csv, STR("500.00"));
            else csv_empty(csv);
            if (is_main) csv_text(csv, STR("[80,100]"));
            else csv_empty(csv);
            if (is_main) csv_text(csv, STR("10.00"));
            else csv_empty(csv);
            csv_text(csv, STR("0"));
            csv_text(csv, STR("0"));
            csv_text(csv, STR("[\"now\",\"next_cycle\"]"));
            csv_text(csv, STR("第1条 月费按整月收。第2条 超出部分按单价收，流量不足1MB按1MB。"));
        }
    text_close(&list);
    return csv_close(csv, error);
}

/* The same plan as rating sees it. */
static struct tariff *tariff_make(const struct simulated_operator *operator_, const struct plan *plan, struct arena *arena, struct error *error)
{
    struct record record = { .kind = &tariff_kind, .source = STR("simulated") };
    struct text allowances = { 0 }, prices = { 0 };
    struct tariff *tariff = arena_take(arena, sizeof *tariff);
    char code[32];
    tariff_code(operator_, plan, code);
    allowances_text(plan, &allowances);
    prices_text(plan, &prices);
    record.values[TARIFF_ID].text = str_of(code);
    record.values[TARIFF_NAME].text = str_of(plan->name);
    record.values[TARIFF_TYPE].number = plan->type;
    record.values[TARIFF_MONTHLY_FEE].number = plan->fee * 10000;
    record.values[TARIFF_ALLOWANCES].text = text_str(&allowances);
    record.values[TARIFF_PRICES].text = text_str(&prices);
    record.present = 1u << TARIFF_ID | 1u << TARIFF_NAME | 1u << TARIFF_TYPE | 1u << TARIFF_MONTHLY_FEE | 1u << TARIFF_ALLOWANCES | 1u << TARIFF_PRICES;
    if (plan->type == TYPE_MAIN) {
        record.values[TARIFF_DATA_CAP].number = 500000000;
        record.values[TARIFF_NOTICE_AT].text = STR("[80,100]");
        record.values[TARIFF_NOTICE_EVERY].number = 10000000;
        record.present |= 1u << TARIFF_DATA_CAP | 1u << TARIFF_NOTICE_AT | 1u << TARIFF_NOTICE_EVERY;
    }
    bool done = tariff_read(&record, arena, tariff, NULL, error);
    text_close(&allowances);
    text_close(&prices);
    return done ? tariff : NULL;
}

/* ---- use ---- */

/* How much of the day's use falls into each hour: little at night, most in the evening. */
static const uint32_t hours[24] = { 25, 12, 7, 5, 5, 8, 20, 45, 55, 50, 48, 55, 70, 55, 48, 46, 48, 60, 75, 90, 100, 95, 80, 50 };

struct row {
    struct used used;
    int64_t comes;      /* when it reaches whoever collects */
    uint64_t quantity;  /* as recorded */
    uint64_t subscriber;
};

struct making {
    const struct simulation *simulation;
    struct row *rows;
    size_t count, room;
    struct sources scopes;
};

static void row_add(struct making *making, uint64_t subscriber, struct random *random, int64_t start, enum service service, uint64_t quantity,
                    uint32_t scope)
{
    if (making->count == making->room) {
        making->room = making->room ? making->room * 2 : 65536;
        making->rows = reallocate(making->rows, making->room * sizeof *making->rows);
    }
    /* Most come within minutes; what was used abroad, or at a broken switch, days later. */
    int64_t delay = random_chance(random, scope ? 300000 : 3000) ? random_exponential(random, 2 * DAY_MS) : random_exponential(random, 4 * MINUTE_MS);
    making->rows[making->count++] = (struct row){ .used = { .subject = subscriber, .start = start, .units = use_units(service, quantity), .scope = scope,
                                                            .service = service },
                                                  .comes = start + delay, .quantity = quantity, .subscriber = subscriber };
}

static int64_t moment_in(struct random *random, int32_t day)
{
    return day_start(day) + (int64_t)random_weighted(random, hours, 24) * HOUR_MS + (int64_t)random_below(random, (uint64_t)HOUR_MS / 1000) * 1000;
}

static void day_use(struct making *making, uint64_t subscriber, struct random *random, int32_t day, int64_t daily, bool is_away)
{
    bool is_weekend = day_weekday(day) > 5;
    uint64_t sessions = 1 + random_below(random, 3), calls = random_below(random, is_weekend ? 2 : 4);
    int64_t each = daily / (int64_t)sessions * (is_weekend ? 13 : 10) / 10;
    for (uint64_t i = 0; i < sessions; i++)
        row_add(making, subscriber, random, moment_in(random, day), SERVICE_DATA, (uint64_t)random_lognormal(random, each, 1100), is_away);
    for (uint64_t i = 0; i < calls; i++)
        row_add(making, subscriber, random, moment_in(random, day), SERVICE_VOICE, (uint64_t)random_lognormal(random, 70, 1000), is_away);
    if (random_chance(random, 250000)) row_add(making, subscriber, random, moment_in(random, day), SERVICE_SMS, 1, 0);
}

/* ---- one subscriber ---- */

struct panelist {
    struct simulated_subscriber who;
    struct holding holdings[HOLDINGS_MOST];
    size_t holding_count;
    int64_t daily; /* bytes, of a usual day */
};

static const struct tariff *tariff_of(struct tariff *const *tariffs, const struct simulated_operator *operator_, size_t plan)
{
    return tariffs[(size_t)(operator_ - simulated_operators) * PLANS + plan];
}

static void holding_add(struct panelist *panelist, const struct tariff *tariff, int32_t from, int32_t to)
{
    panelist->holdings[panelist->holding_count++] = (struct holding){ .tariff = tariff, .id = tariff->tariff, .from = from, .to = to };
}

static struct panelist panelist_of(const struct simulation *simulation, struct tariff *const *tariffs, uint64_t index)
{
    struct panelist panelist = { .who = simulated_subscriber(simulation, index) };
    struct random random = random_of(simulation->seed, "subscription", index);
    uint32_t shares[MAINS], packs[PLANS - MAINS];
    for (size_t i = 0; i < PLANS; i++) *(i < MAINS ? &shares[i] : &packs[i - MAINS]) = plans[i].share;
    size_t main = random_weighted(&random, shares, MAINS), pack = MAINS + random_weighted(&random, packs, PLANS - MAINS);
    int32_t change = simulation->first_day + (int32_t)random_below(&random, (uint64_t)simulation->days);
    bool changes = random_chance(&random, 60000);
    holding_add(&panelist, tariff_of(tariffs, panelist.who.operator_, main), panelist.who.since, changes ? change : DAY_NONE);
    if (changes) holding_add(&panelist, tariff_of(tariffs, panelist.who.operator_, (main + 1) % MAINS), change, DAY_NONE);
    if (random_chance(&random, 250000)) {
        int32_t from = simulation->first_day + (int32_t)random_below(&random, (uint64_t)simulation->days);
        holding_add(&panelist, tariff_of(tariffs, panelist.who.operator_, pack), from, from + 30);
    }
    panelist.daily = random_lognormal(&random, (int64_t)(plans[main].data * MEGABYTE / 100), 800);
    return panelist;
}

static void use_make(struct making *making, const struct panelist *panelist, uint64_t index)
{
    const struct simulation *simulation = making->simulation;
    struct random random = random_of(simulation->seed, "usage", index);
    int32_t away_until = 0;
    for (int32_t day = simulation->first_day; day < simulation->first_day + simulation->days; day++) {
        if (panelist->who.until != DAY_NONE && day >= panelist->who.until) break;
        if (day >= away_until && random_chance(&random, 4000)) away_until = day + 2 + (int32_t)random_below(&random, 6);
        day_use(making, index, &random, day, panelist->daily, day < away_until);
    }
}

/* ---- files ---- */

static int row_order(const void *left, const void *right)
{
    const struct row *a = left, *b = right;
    if (a->comes != b->comes) return a->comes < b->comes ? -1 : 1;
    if (a->subscriber != b->subscriber) return a->subscriber < b->subscriber ? -1 : 1;
    if (a->used.start != b->used.start) return a->used.start < b->used.start ? -1 : 1;
    if (a->used.service != b->used.service) return a->used.service < b->used.service ? -1 : 1;
    return (a->quantity > b->quantity) - (a->quantity < b->quantity);
}

static bool write_usage(struct making *making, struct error *error)
{
    static const char *const columns[] = { "seq", "subscriber", "service", "start", "quantity", "scope" };
    struct csv *csv = csv_create(making->simulation->directory, "usage", COLUMNS(columns), error);
    struct random random = random_of(making->simulation->seed, "usage file", 0);
    if (!csv) return false;
    if (making->count) qsort(making->rows, making->count, sizeof *making->rows, row_order);
    for (size_t i = 0; i < making->count; i++) {
        struct row *row = &making->rows[i];
        row->used.seq = i + 1;
        for (int times = random_chance(&random, 1000) ? 2 : 1; times; times--) {
            csv_number(csv, (int64_t)row->used.seq);
            csv_text(csv, str_of(simulated_subscriber(making->simulation, row->subscriber).number));
            csv_text(csv, str_of(service_word(row->used.service)));
            csv_moment(csv, row->used.start);
            csv_number(csv, (int64_t)row->quantity);
            csv_text(csv, source_name(&making->scopes.at[row->used.scope]));
        }
    }
    return csv_close(csv, error);
}

static bool write_subscriptions(const struct simulation *simulation, const struct panelist *panel, uint64_t count, struct error *error)
{
    static const char *const columns[] = { "subscriber", "tariff", "from", "to" };
    struct csv *csv = csv_create(simulation->directory, "subscription", COLUMNS(columns), error);
    if (!csv) return false;
    for (uint64_t i = 0; i < count; i++)
        for (size_t h = 0; h < panel[i].holding_count; h++) {
            csv_text(csv, str_of(panel[i].who.number));
            csv_text(csv, panel[i].holdings[h].id);
            csv_day(csv, panel[i].holdings[h].from);
            if (panel[i].holdings[h].to == DAY_NONE) csv_empty(csv);
            else csv_day(csv, panel[i].holdings[h].to);
        }
    return csv_close(csv, error);
}

static int used_order(const void *left, const void *right)
{
    const struct row *a = left, *b = right;
    if (a->subscriber != b->subscriber) return a->subscriber < b->subscriber ? -1 : 1;
    if (a->used.start != b->used.start) return a->used.start < b->used.start ? -1 : 1;
    return (a->used.seq > b->used.seq) - (a->used.seq < b->used.seq);
}

struct telling {
    struct csv *sent, *charged;
    struct history history;
    struct arena arena;
};

static void sent_row(struct csv *csv, const struct panelist *panelist, const struct notice_key *key, const char *level, int64_t sent, const char *text)
{
    csv_text(csv, str_of(panelist->who.number));
    csv_month(csv, key->cycle);
    csv_text(csv, key->pool);
    csv_text(csv, str_of(level));
    if (key->percent && key->percent < 100) csv_number(csv, key->percent);
    else csv_empty(csv);
    csv_moment(csv, sent);
    csv_text(csv, str_of(text));
}

/* The ends of packs are announced two days before, most of them. */
static void endings_write(struct telling *telling, const struct simulation *simulation, const struct panelist *panelist, struct random *random,
                          uint32_t fault)
{
    for (size_t i = 0; i < panelist->holding_count; i++) {
        const struct holding *holding = &panelist->holdings[i];
        int64_t sent = day_start(holding->to) - 2 * DAY_MS + 10 * HOUR_MS;
        if (holding->tariff->type != TYPE_ADDON || holding->to > simulation->first_day + simulation->days || random_chance(random, fault)) continue;
        const struct notice_key key = { .cycle = cycle_of(sent), .pool = holding->id };
        sent_row(telling->sent, panelist, &key, "expiry", sent + random_between(random, 0, 4 * HOUR_MS), "");
    }
}

/* Most reminders go out in minutes; some late, some never, some twice, more or less by operator; what some said is told, and a few of
   them advertise. */
static void sent_write(struct telling *telling, const struct simulation *simulation, const struct panelist *panelist, uint64_t index,
                       const struct owed *owed, size_t count)
{
    struct random random = random_of(simulation->seed, "notice_sent", index);
    uint32_t fault = 10000 + 25000 * (uint32_t)(panelist->who.operator_ - simulated_operators);
    for (size_t i = 0; i < count; i++) {
        int64_t delay = random_chance(&random, fault) ? random_lognormal(&random, 3 * HOUR_MS, 900) : random_lognormal(&random, 2 * MINUTE_MS, 700);
        if (random_chance(&random, fault)) continue;
        const char *level = level_words[owed[i].key.level], *text = "";
        if (random_chance(&random, 100000)) text = random_chance(&random, fault) ? "您的套餐用量提醒。现参加优惠活动，可赢取大奖。" : "您的套餐用量提醒，详情请查询本月用量。";
        sent_row(telling->sent, panelist, &owed[i].key, level, owed[i].cause->start + delay, text);
        if (random_chance(&random, fault / 10)) sent_row(telling->sent, panelist, &owed[i].key, level, owed[i].cause->start + delay + MINUTE_MS, "");
    }
    endings_write(telling, simulation, panelist, &random, fault);
}

static void bill_write(struct telling *telling, const struct simulation *simulation, const struct panelist *panelist, uint64_t index,
                       const struct cycle_sums *sums)
{
    struct random random = random_of(simulation->seed, "bill_line", index * 1000 + (uint64_t)(sums->cycle / 28 % 1000));
    const struct rating *rating = rate(panelist->holdings, panelist->holding_count, sums->cycle, sums->sums, sums->count, NULL, sums->cycle, &telling->arena);
    const struct bill *bill = bill_compute(panelist->holdings, panelist->holding_count, sums->cycle, rating, sums->sums, sums->count, &telling->arena);
    for (size_t i = 0; i < bill->line_count; i++) {
        int64_t amount = bill->lines[i].amount;
        if (random_chance(&random, 500)) amount += random_between(&random, 1, 600) * 10000;
        csv_text(telling->charged, str_of(panelist->who.number));
        csv_month(telling->charged, sums->cycle);
        csv_text(telling->charged, bill->lines[i].item);
        csv_decimal(telling->charged, amount / 10000, 2);
    }
}

static void panelist_tell(struct telling *telling, struct making *making, const struct panelist *panelist, uint64_t index, size_t *at)
{
    const struct simulation *simulation = making->simulation;
    size_t first = *at, count = 0, owed_count;
    struct owed *owed;
    while (*at < making->count && making->rows[*at].subscriber == index) ++*at;
    arena_reset(&telling->arena);
    struct used *used = arena_take(&telling->arena, (*at - first) * sizeof *used);
    for (size_t i = first; i < *at; i++) used[count++] = making->rows[i].used;
    owed_find(&telling->history, used, count, panelist->holdings, panelist->holding_count, &telling->arena, &owed, &owed_count);
    sent_write(telling, simulation, panelist, index, owed, owed_count);
    int32_t last = simulation->first_day + simulation->days;
    for (size_t i = 0; i < count;) {
        struct cycle_sums sums;
        int32_t cycle = cycle_of(used[i].start);
        cycle_sums_open(&sums, panelist->holdings, panelist->holding_count, cycle);
        for (; i < count && cycle_of(used[i].start) == cycle; i++) cycle_sums_add(&sums, &telling->history, &used[i], &telling->arena);
        if (cycle_end(cycle) <= last) bill_write(telling, simulation, panelist, index, &sums);
    }
}

static bool write_told(struct making *making, const struct panelist *panel, uint64_t count, struct error *error)
{
    static const char *const sent[] = { "subscriber", "cycle", "pool", "level", "percent", "sent", "text" },
        *const charged[] = { "subscriber", "cycle", "item", "amount" };
    struct telling telling = { .history = { .scopes = making->scopes } };
    telling.sent = csv_create(making->simulation->directory, "notice_sent", COLUMNS(sent), error);
    telling.charged = telling.sent ? csv_create(making->simulation->directory, "bill_line", COLUMNS(charged), error) : NULL;
    size_t at = 0;
    if (making->count) qsort(making->rows, making->count, sizeof *making->rows, used_order);
    for (uint64_t i = 0; telling.charged && i < count; i++) panelist_tell(&telling, making, &panel[i], i, &at);
    bool done = telling.charged != NULL;
    if (telling.charged) done = csv_close(telling.charged, error) && done;
    if (telling.sent) done = csv_close(telling.sent, done ? error : &(struct error){ 0 }) && done;
    arena_close(&telling.arena);
    return done;
}

static bool tariffs_make(struct tariff **tariffs, struct arena *arena, struct error *error)
{
    for (size_t o = 0; o < SIMULATED_OPERATORS; o++)
        for (size_t p = 0; p < PLANS; p++)
            if (!(tariffs[o * PLANS + p] = tariff_make(&simulated_operators[o], &plans[p], arena, error))) return false;
    return true;
}

bool usage_simulate(const struct simulation *simulation, struct error *error)
{
    uint64_t count = simulation->metered < simulation->subscribers ? simulation->metered : simulation->subscribers;
    struct making making = { .simulation = simulation };
    struct arena arena = { 0 };
    struct tariff *tariffs[SIMULATED_OPERATORS * PLANS];
    struct panelist *panel = allocate((count + 1) * sizeof *panel);
    sources_add(&making.scopes, STR("home"));
    sources_add(&making.scopes, STR("roaming"));
    bool done = tariffs_make(tariffs, &arena, error) && write_tariffs(simulation, error);
    for (uint64_t i = 0; done && i < count; i++) {
        panel[i] = panelist_of(simulation, tariffs, i);
        use_make(&making, &panel[i], i);
    }
    done = done && write_subscriptions(simulation, panel, count, error) && write_usage(&making, error) && write_told(&making, panel, count, error);
    free(making.rows);
    free(panel);
    sources_close(&making.scopes);
    arena_close(&arena);
    return done;
}
