#include "measure/bill/lines.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/number.h"
#include "measure/usage/levels.h"

/* Of one tariff and cycle, over all its subscriptions. */
enum charge { CHARGE_FEE, CHARGE_ONCE, CHARGE_EXIT, CHARGES };

static const struct {
    const char *item;
    const char *because[LANGUAGES]; /* the tariff's name, the amount of one, how many */
} charges[CHARGES] = {
    [CHARGE_FEE] = { "fee", { "monthly fee of %s, charged for the whole month: %s yuan x %u", "%s的月费，按整月收：%s元 × %u" } },
    [CHARGE_ONCE] = { "once", { "one-off fee of %s, charged in the month in which it begins: %s yuan x %u", "%s的一次性费用，开通当月收：%s元 × %u" } },
    [CHARGE_EXIT] = { "exit", { "exit fee of %s, as it ended before its shortest term: %s yuan x %u", "%s未满最短使用期就结束，收违约金：%s元 × %u" } },
};

struct computing {
    const struct holding *holdings;
    size_t count;
    int32_t cycle, end;
    struct arena *arena;
    struct bill *bill;
    size_t room;
};

static const char *money(int64_t amount, unsigned least, struct arena *arena)
{
    char *text = arena_take(arena, DECIMAL_ROOM);
    decimal_format(amount, MONEY_DECIMALS, least, text);
    return text;
}

static int64_t fee_of(const struct tariff *tariff, int32_t cycle)
{
    bool later = tariff->free_until != DAY_NONE && tariff->has_then_fee && cycle > period_of(tariff->free_until, 'M').first;
    return later ? tariff->then_fee : tariff->monthly_fee;
}

/* What a subscription is charged in a cycle; false: nothing. */
static bool charged(const struct computing *computing, enum charge charge, const struct holding *holding, int64_t *amount)
{
    const struct tariff *tariff = holding->tariff;
    int32_t cycle = computing->cycle, end = computing->end;
    bool is_empty = holding->to != DAY_NONE && holding->to <= holding->from;
    switch (charge) {
    case CHARGE_FEE:
        *amount = fee_of(tariff, cycle);
        return !is_empty && holding->from < end && (holding->to == DAY_NONE || holding->to > cycle);
    case CHARGE_ONCE:
        *amount = tariff->one_off_fee;
        return holding->from >= cycle && holding->from < end;
    default:
        *amount = tariff->exit_fee;
        return holding->to != DAY_NONE && holding->to >= cycle && holding->to < end &&
               holding->to < day_add_months(holding->from, (int)tariff->min_months);
    }
}

static void line_add(struct computing *computing, struct bill_line line)
{
    must(computing->bill->line_count < computing->room);
    computing->bill->lines[computing->bill->line_count++] = line;
}

static int line_order(const void *left, const void *right)
{
    return str_compare(((const struct bill_line *)left)->item, ((const struct bill_line *)right)->item);
}

static bool is_first(const struct computing *computing, size_t holding)
{
    for (size_t i = 0; i < holding; i++)
        if (computing->holdings[i].tariff == computing->holdings[holding].tariff) return false;
    return true;
}

static void charges_add(struct computing *computing, enum charge charge)
{
    size_t first = computing->bill->line_count;
    for (size_t i = 0; i < computing->count; i++) {
        const struct tariff *tariff = computing->holdings[i].tariff;
        if (!tariff || !is_first(computing, i)) continue;
        int64_t sum = 0, one = 0, each;
        unsigned times = 0;
        for (size_t k = i; k < computing->count; k++)
            if (computing->holdings[k].tariff == tariff && charged(computing, charge, &computing->holdings[k], &each)) {
                one = each;
                sum = number_add(sum, each);
                times++;
            }
        int64_t amount = to_fen(sum);
        if (!times || (charge != CHARGE_FEE && !amount)) continue;
        struct bill_line line = { .tariff = tariff->tariff, .quantity = times, .unit = "time", .amount = amount,
                                  .item = arena_format(computing->arena, "%s:%.*s", charges[charge].item, STR_ARGS(tariff->tariff)) };
        struct str name = tariff->name.length ? tariff->name : tariff->tariff;
        const char *named = arena_format(computing->arena, "%.*s", STR_ARGS(name)).at;
        for (int language = 0; language < LANGUAGES; language++)
            line.because[language] = arena_format(computing->arena, charges[charge].because[language], named, money(one, 2, computing->arena), times);
        line_add(computing, line);
    }
    qsort(computing->bill->lines + first, computing->bill->line_count - first, sizeof *computing->bill->lines, line_order);
}

/* ---- use beyond what is included ---- */

static const struct {
    const char *unit;
    uint64_t of; /* units in one that is shown */
    unsigned decimals;
    const char *shown[LANGUAGES];
} units[SERVICES] = {
    [SERVICE_DATA] = { "byte", 1048576, 2, { "MB", "MB" } },
    [SERVICE_VOICE] = { "minute", 1, 0, { "minutes", "分钟" } },
    [SERVICE_SMS] = { "message", 1, 0, { "messages", "条" } },
};

/* As a number of what is shown, bytes with as many decimals as say them to the hundredth of a megabyte. */
static const char *shown(enum service service, uint64_t quantity, struct arena *arena)
{
    uint64_t of = units[service].of;
    if (of == 1) return arena_format(arena, "%llu", (unsigned long long)quantity).at;
    return arena_format(arena, "%llu.%02llu", (unsigned long long)(quantity / of), (unsigned long long)((quantity % of) * 100 / of)).at;
}

/* The price of one of what is shown. */
static const char *unit_price(const struct price *price, struct arena *arena)
{
    uint64_t base = units[price->service].of * (price->service == SERVICE_VOICE ? 60 : 1);
    unsigned __int128 micro = (unsigned __int128)(uint64_t)price->price * base / price->per;
    return money(micro > INT64_MAX ? INT64_MAX : (int64_t)micro, 2, arena);
}

static void over_reason(struct computing *computing, const struct over *over, uint64_t used, struct bill_line *line)
{
    static const char *const forms[LANGUAGES] = {
        "%s %s were used, %s of them were included, %s were over; %s%s x %s yuan",
        "用了%s%s，套餐内%s，超出%s；%s%s × %s元",
    };
    static const char *const rounded[LANGUAGES] = { "a part of %s %s counts as a whole, so ", "不足%s%s的按整份算，" };
    struct arena *arena = computing->arena;
    enum service service = over->service;
    for (int language = 0; language < LANGUAGES; language++) {
        const char *rounding = over->price->increment
                                   ? arena_format(arena, rounded[language], shown(service, over->price->increment, arena), units[service].shown[language]).at
                                   : "";
        line->because[language] =
            arena_format(arena, forms[language], shown(service, used, arena), units[service].shown[language],
                    shown(service, used - over->quantity, arena), shown(service, over->quantity, arena), rounding,
                    shown(service, over->charged, arena), unit_price(over->price, arena));
    }
}

static void cap_reason(struct bill_line *line, int64_t cap, struct arena *arena)
{
    const char *most = money(cap, 2, arena);
    line->because[ENGLISH] = arena_format(arena, "%.*s; all data beyond what is included costs at most %s yuan a month, so this line is less",
                                     STR_ARGS(line->because[ENGLISH]), most);
    line->because[CHINESE] = arena_format(arena, "%.*s；套餐外流量一个月最多收%s元，所以这一行少收", STR_ARGS(line->because[CHINESE]), most);
}

/* The data lines are cut from the last on, so that they sum to the cap. */
static void cap_apply(struct computing *computing, size_t first, int64_t cap)
{
    int64_t sum = 0;
    for (size_t i = first; i < computing->bill->line_count; i++) sum = number_add(sum, computing->bill->lines[i].amount);
    for (size_t i = computing->bill->line_count; i > first && sum > cap; i--) {
        struct bill_line *line = &computing->bill->lines[i - 1];
        int64_t cut = sum - cap < line->amount ? sum - cap : line->amount;
        line->amount -= cut;
        sum -= cut;
        cap_reason(line, cap, computing->arena);
    }
}

static void overs_add(struct computing *computing, const struct rating *rating, const struct use_sum *sums, size_t sum_count)
{
    for (int service = 0; service < SERVICES; service++) {
        size_t first = computing->bill->line_count, kept = first;
        for (size_t i = 0; i < rating->over_count; i++) {
            const struct over *over = &rating->overs[i];
            if ((int)over->service != service || !over->price) continue;
            uint64_t used = 0;
            for (size_t k = 0; k < sum_count; k++)
                if (sums[k].service == over->service && str_equal(sums[k].scope, over->scope)) used = use_add(used, sums[k].quantity);
            struct bill_line line = { .tariff = rating->main->tariff->tariff, .quantity = over->quantity, .unit = units[service].unit,
                                      .amount = to_fen(over->amount),
                                      .item = arena_format(computing->arena, "%s:%.*s", service_word(over->service), STR_ARGS(over->scope)) };
            over_reason(computing, over, used, &line);
            line_add(computing, line);
        }
        if (service == SERVICE_DATA && rating->main && rating->main->tariff->has_data_cap)
            cap_apply(computing, first, rating->main->tariff->data_cap);
        for (size_t i = first; i < computing->bill->line_count; i++)
            if (computing->bill->lines[i].amount) computing->bill->lines[kept++] = computing->bill->lines[i];
        computing->bill->line_count = kept;
    }
}

struct bill *bill_compute(const struct holding *holdings, size_t count, int32_t cycle, const struct rating *rating,
                          const struct use_sum *sums, size_t sum_count, struct arena *arena)
{
    struct bill *bill = arena_take(arena, sizeof *bill);
    struct computing computing = { .holdings = holdings, .count = count, .cycle = cycle, .end = cycle_end(cycle), .arena = arena,
                                   .bill = bill, .room = count * CHARGES + rating->over_count };
    *bill = (struct bill){ .lines = arena_take(arena, computing.room * sizeof *bill->lines) };
    for (int charge = 0; charge < CHARGES; charge++) charges_add(&computing, (enum charge)charge);
    overs_add(&computing, rating, sums, sum_count);
    for (size_t i = 0; i < bill->line_count; i++) bill->total = number_add(bill->total, bill->lines[i].amount);
    return bill;
}
