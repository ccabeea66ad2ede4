#include "measure/bill/lines.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/number.h"

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

const char *money_says(int64_t amount, struct arena *arena)
{
    char *text = arena_take(arena, DECIMAL_ROOM);
    decimal_format(amount, MONEY_DECIMALS, 2, text);
    return text;
}

/* What a subscription is charged in a cycle; false: nothing. */
static bool charged(const struct computing *computing, enum charge charge, const struct holding *holding, int64_t *amount)
{
    const struct tariff *tariff = holding->tariff;
    int32_t cycle = computing->cycle, end = computing->end;
    bool is_empty = holding->to != DAY_NONE && holding->to <= holding->from;
    switch (charge) {
    case CHARGE_FEE:
        *amount = tariff_fee(tariff, cycle);
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
            line.because[language] = arena_format(computing->arena, charges[charge].because[language], named, money_says(one, computing->arena), times);
        line_add(computing, line);
    }
    qsort(computing->bill->lines + first, computing->bill->line_count - first, sizeof *computing->bill->lines, line_order);
}

/* ---- use beyond what is included ---- */

static const char *const units[SERVICES] = { [SERVICE_DATA] = "byte", [SERVICE_VOICE] = "minute", [SERVICE_SMS] = "message" };

typedef unsigned __int128 wide;

/* Units in which a quantity can be read, the largest of a service first; decimals: the fewest that are looked at. */
static const struct shown_unit {
    enum service service;
    uint64_t of;
    unsigned decimals;
    const char *says[LANGUAGES];
} shown_units[] = {
    { SERVICE_DATA, 1073741824, 6, { "GB", "GB" } }, { SERVICE_DATA, 1048576, 4, { "MB", "MB" } }, { SERVICE_DATA, 1024, 4, { "KB", "KB" } },
    { SERVICE_DATA, 1, 0, { "bytes", "字节" } },      { SERVICE_VOICE, 1, 0, { "minutes", "分钟" } }, { SERVICE_SMS, 1, 0, { "messages", "条" } },
};

/* How the quantities of a line are read. */
struct reading {
    const struct shown_unit *unit;
    unsigned decimals;
};
enum { DECIMALS_MOST = 12 };

/* The unit in which the price is given. */
static const struct shown_unit *unit_of(const struct price *price)
{
    size_t i = 0;
    while (shown_units[i].service != price->service ||
           (price->service == SERVICE_DATA && (price->per % shown_units[i].of || price->increment % shown_units[i].of)))
        i++;
    return &shown_units[i];
}

static uint64_t scale_of(unsigned decimals)
{
    uint64_t scale = 1;
    while (decimals--) scale *= 10;
    return scale;
}

/* In the last decimal of the reading, rounded half up. */
static wide read_as(uint64_t quantity, struct reading reading)
{
    return ((wide)quantity * scale_of(reading.decimals) * 2 + reading.unit->of) / (2 * (wide)reading.unit->of);
}

/* Whether who rounds what is read as over up to whole parts comes to what is charged, and who multiplies that by the price to the same fen. */
static bool gives(const struct over *over, struct reading reading)
{
    wide product, beyond = read_as(over->quantity, reading) * reading.unit->of, scale = scale_of(reading.decimals);
    uint64_t increment = over->price->increment;
    if (increment && (beyond > over->charged * scale || beyond <= (over->charged - increment) * scale)) return false;
    if (__builtin_mul_overflow(read_as(over->charged, reading), (wide)over->price->price, &product)) return false;
    product /= (wide)scale_of(reading.decimals) * (over->price->per / reading.unit->of);
    return product <= INT64_MAX && to_fen((int64_t)product) == to_fen(over->amount);
}

/* In the unit of the price, with as many decimals as the figures need to give the amount; where no decimals do, in bytes. */
static struct reading reading_of(const struct over *over)
{
    struct reading reading = { unit_of(over->price), 0 };
    reading.decimals = reading.unit->decimals;
    if (over->price->service != SERVICE_DATA || reading.unit->of == 1) return reading;
    while (!gives(over, reading) && reading.decimals < DECIMALS_MOST) reading.decimals++;
    if (gives(over, reading)) return reading;
    while (reading.unit->of > 1) reading.unit++;
    return (struct reading){ reading.unit, 0 };
}

/* Without the decimals that say nothing. */
static const char *shown(wide scaled, struct reading reading, struct arena *arena)
{
    uint64_t scale = scale_of(reading.decimals), whole = (uint64_t)(scaled / scale), part = (uint64_t)(scaled % scale);
    if (!part) return arena_format(arena, "%llu", (unsigned long long)whole).at;
    for (; part % 10 == 0; part /= 10) reading.decimals--;
    return arena_format(arena, "%llu.%0*llu", (unsigned long long)whole, (int)reading.decimals, (unsigned long long)part).at;
}

/* " x 0.29 yuan"; where the price is for several units, " / 10 MB x 1.00 yuan". */
static const char *times_price(const struct price *price, const struct shown_unit *unit, enum language language, struct arena *arena)
{
    static const char *const forms[LANGUAGES] = { " x %s yuan", " × %s元" };
    static const char *const divided[LANGUAGES] = { " / %s %s x %s yuan", " ÷ %s%s × %s元" };
    bool is_voice = price->service == SERVICE_VOICE;
    uint64_t per = is_voice ? price->per : price->per / unit->of;
    if (is_voice && 60 % per == 0) return arena_format(arena, forms[language], money_says(price->price * (int64_t)(60 / per), arena)).at;
    if (!is_voice && per == 1) return arena_format(arena, forms[language], money_says(price->price, arena)).at;
    static const char *const seconds[LANGUAGES] = { "s", "秒" };
    const char *number = arena_format(arena, "%llu", (unsigned long long)(is_voice && per % 60 == 0 ? per / 60 : per)).at;
    const char *of = is_voice && per % 60 ? seconds[language] : unit->says[language];
    return arena_format(arena, "%s%s", is_voice && per % 60 ? (language == CHINESE ? " × 60秒" : " x 60 s") : "",
                        arena_format(arena, divided[language], number, of, money_says(price->price, arena)).at).at;
}

static void over_reason(struct computing *computing, const struct over *over, uint64_t used, struct bill_line *line)
{
    static const char *const forms[LANGUAGES] = {
        "%s %s were used, %s of them were included, %s were over; %s%s %s%s",
        "用了%s%s，套餐内%s，超出%s；%s%s%s%s",
    };
    static const char *const rounded[LANGUAGES] = { "a part of %s %s counts as a whole, so ", "不足%s%s的按整份算，" };
    struct arena *arena = computing->arena;
    const struct price *price = over->price;
    struct reading reading = reading_of(over);
    wide all = read_as(used, reading), beyond = read_as(over->quantity, reading);
    for (int language = 0; language < LANGUAGES; language++) {
        const char *says = reading.unit->says[language];
        const char *rounding =
            price->increment ? arena_format(arena, rounded[language], shown(read_as(price->increment, reading), reading, arena), says).at : "";
        line->because[language] = arena_format(arena, forms[language], shown(all, reading, arena), says, shown(all - beyond, reading, arena),
                                               shown(beyond, reading, arena), rounding, shown(read_as(over->charged, reading), reading, arena), says,
                                               times_price(price, reading.unit, (enum language)language, arena));
    }
}

static void cap_reason(struct bill_line *line, int64_t cap, struct arena *arena)
{
    const char *most = money_says(cap, arena);
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
            struct bill_line line = { .tariff = rating->main->tariff->tariff, .quantity = over->quantity, .unit = units[service],
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
