#include "measure/simulate.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/number.h"

/* ---- random numbers: fixed point with 32 bits behind it, called Q32 ---- */

#define Q32_ONE (INT64_C(1) << 32)
#define Q32_LN_2 INT64_C(2977044472)
#define Q32_LOG2_E INT64_C(6196328019)
#define SPLITMIX_GAMMA UINT64_C(0x9e3779b97f4a7c15)

static uint64_t mix(uint64_t number)
{
    number = (number ^ number >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    number = (number ^ number >> 27) * UINT64_C(0x94d049bb133111eb);
    return number ^ number >> 31;
}

struct random random_of(uint64_t seed, const char *stream, uint64_t index)
{
    uint64_t name = UINT64_C(0xcbf29ce484222325); /* FNV-1a */
    for (const char *at = stream; *at; at++) name = (name ^ (unsigned char)*at) * UINT64_C(0x100000001b3);
    return (struct random){ mix(mix(seed + SPLITMIX_GAMMA) ^ mix(name) ^ mix(index * SPLITMIX_GAMMA + 1)) };
}

uint64_t random_next(struct random *random)
{
    random->state += SPLITMIX_GAMMA;
    return mix(random->state);
}

uint64_t random_below(struct random *random, uint64_t bound)
{
    must(bound > 0);
    uint64_t uneven = (0 - bound) % bound; /* so many products would make some results likelier: they are drawn again */
    unsigned __int128 product;
    do product = (unsigned __int128)random_next(random) * bound;
    while ((uint64_t)product < uneven);
    return (uint64_t)(product >> 64);
}

int64_t random_between(struct random *random, int64_t least, int64_t most)
{
    must(least <= most && most - least < INT64_MAX);
    return least + (int64_t)random_below(random, (uint64_t)(most - least) + 1);
}

bool random_chance(struct random *random, uint32_t per_million)
{
    return random_below(random, 1000000) < per_million;
}

size_t random_weighted(struct random *random, const uint32_t *weights, size_t count)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < count; i++) sum += weights[i];
    uint64_t drawn = random_below(random, sum);
    size_t place = 0;
    for (; drawn >= weights[place]; place++) drawn -= weights[place];
    return place;
}

/* The logarithm to base 2 of number / 2^64, negated, in Q32 to 24 bits; number > 0. Each squaring gives one more bit. */
static int64_t minus_log2(uint64_t number)
{
    int leading = __builtin_clzll(number);
    uint64_t mantissa = number << leading; /* 1 to 2, with 63 bits behind the point */
    int64_t log2 = 0;
    for (int64_t bit = Q32_ONE / 2; bit >= Q32_ONE >> 24; bit /= 2) {
        unsigned __int128 square = (unsigned __int128)mantissa * mantissa;
        bool two = square >> 127;
        mantissa = (uint64_t)(square >> (two ? 64 : 63));
        if (two) log2 += bit;
    }
    return (leading + 1) * Q32_ONE - log2;
}

int64_t random_exponential(struct random *random, int64_t mean)
{
    must(mean >= 0 && mean <= INT64_C(1) << 40);
    int64_t waiting = (int64_t)((__int128)minus_log2(random_next(random) | 1) * Q32_LN_2 / Q32_ONE);
    return (int64_t)(((__int128)mean * waiting + Q32_ONE / 2) / Q32_ONE);
}

/* A normal number in Q32: the sum of twelve even ones, which is close enough to be told apart by nobody who loads it. */
static int64_t random_normal(struct random *random)
{
    int64_t sum = -6 * Q32_ONE;
    for (int i = 0; i < 6; i++) {
        uint64_t two = random_next(random);
        sum += (int64_t)(two >> 32) + (int64_t)(two & UINT32_MAX);
    }
    return sum;
}

int64_t random_lognormal(struct random *random, int64_t median, uint32_t sigma)
{
    /* 2^(1/2), 2^(1/4), ... in Q32: one for each bit of the fraction of an exponent. */
    static const uint64_t roots[] = {
        UINT64_C(6074001000), UINT64_C(5107605667), UINT64_C(4683695048), UINT64_C(4485121744),
        UINT64_C(4389014833), UINT64_C(4341736423), UINT64_C(4318288544), UINT64_C(4306612134),
        UINT64_C(4300785774), UINT64_C(4297875550), UINT64_C(4296421177), UINT64_C(4295694175),
        UINT64_C(4295330720), UINT64_C(4295149004), UINT64_C(4295058149), UINT64_C(4295012722),
    };
    must(median >= 0 && median <= INT64_C(1) << 40 && sigma <= 3000);
    int64_t exponent = (int64_t)((__int128)random_normal(random) * sigma * Q32_LOG2_E / Q32_ONE / 1000);
    int64_t whole = exponent >> 32;
    uint64_t power = (uint64_t)Q32_ONE;
    for (size_t i = 0; i < sizeof roots / sizeof *roots; i++)
        if (exponent >> (31 - i) & 1) power = (uint64_t)((unsigned __int128)power * roots[i] >> 32);
    unsigned __int128 result = (unsigned __int128)(uint64_t)median * power;
    result = whole >= 0 ? result << whole : result >> -whole;
    result = (result + (uint64_t)Q32_ONE / 2) >> 32;
    return result > (uint64_t)INT64_MAX ? INT64_MAX : (int64_t)result;
}

/* ---- CSV ---- */

enum { CSV_BUFFER = 1 << 16 };

struct csv {
    FILE *file;
    struct text path, buffer;
    size_t columns, column;
    int failed; /* errno of the first write that failed */
};

static void csv_flush(struct csv *csv)
{
    if (csv->buffer.length && fwrite(csv->buffer.at, 1, csv->buffer.length, csv->file) != csv->buffer.length && !csv->failed)
        csv->failed = errno;
    csv->buffer.length = 0;
}

static void csv_cell(struct csv *csv, struct str cell)
{
    text_add(&csv->buffer, cell);
    if (++csv->column < csv->columns) {
        text_add_byte(&csv->buffer, ',');
        return;
    }
    text_add(&csv->buffer, STR("\r\n"));
    csv->column = 0;
    if (csv->buffer.length >= CSV_BUFFER) csv_flush(csv);
}

struct csv *csv_create(const char *directory, const char *kind, const char *const *columns, size_t column_count,
                       struct error *error)
{
    must(column_count > 0);
    struct csv *csv = allocate(sizeof *csv);
    csv->columns = column_count;
    text_format(&csv->path, "%s/%s.csv", directory, kind);
    csv->file = fopen(text_zero(&csv->path), "wb");
    if (!csv->file) {
        fail_errno_both(error, "%s cannot be written", "%s 无法写入", text_zero(&csv->path));
        text_close(&csv->path);
        free(csv);
        return NULL;
    }
    text_add(&csv->buffer, STR("\xef\xbb\xbf"));
    for (size_t i = 0; i < column_count; i++) csv_text(csv, str_of(columns[i]));
    return csv;
}

void csv_text(struct csv *csv, struct str text)
{
    bool plain = true;
    for (size_t i = 0; i < text.length; i++) plain = plain && text.at[i] && !strchr(",\"\r\n", text.at[i]);
    if (!plain) {
        text_add_byte(&csv->buffer, '"');
        for (size_t i = 0; i < text.length; i++) {
            if (text.at[i] == '"') text_add_byte(&csv->buffer, '"');
            text_add_byte(&csv->buffer, text.at[i]);
        }
        text = STR("\"");
    }
    csv_cell(csv, text);
}

void csv_number(struct csv *csv, int64_t number)
{
    csv_decimal(csv, number, 0);
}

void csv_decimal(struct csv *csv, int64_t value, unsigned decimals)
{
    char shown[DECIMAL_ROOM];
    csv_cell(csv, (struct str){ shown, decimal_format(value, decimals, 0, shown) });
}

void csv_day(struct csv *csv, int32_t day)
{
    char shown[DAY_ROOM];
    csv_cell(csv, (struct str){ shown, day_format(day, shown) });
}

void csv_month(struct csv *csv, int32_t day)
{
    char shown[DAY_ROOM];
    csv_cell(csv, (struct str){ shown, period_format(period_of(day, 'M'), shown) });
}

void csv_moment(struct csv *csv, int64_t moment)
{
    char shown[MOMENT_ROOM];
    csv_cell(csv, (struct str){ shown, moment_format(moment, shown) });
}

void csv_flag(struct csv *csv, bool flag)
{
    csv_cell(csv, flag ? STR("true") : STR("false"));
}

void csv_empty(struct csv *csv)
{
    csv_cell(csv, (struct str){ 0 });
}

bool csv_close(struct csv *csv, struct error *error)
{
    must(csv->column == 0);
    csv_flush(csv);
    if (fclose(csv->file) != 0 && !csv->failed) csv->failed = errno;
    errno = csv->failed;
    bool written = !csv->failed || fail_errno_both(error, "%s could not be written whole",
                                                   "%s 没有全部写出", text_zero(&csv->path));
    text_close(&csv->path);
    text_close(&csv->buffer);
    free(csv);
    return written;
}

/* ---- the province ---- */

const struct simulated_operator simulated_operators[SIMULATED_OPERATORS] = {
    { "jia", { "Operator A", "甲电信" }, 20 },
    { "yi", { "Operator B", "乙移动" }, 60 },
    { "bing", { "Operator C", "丙联通" }, 20 },
};

const struct simulated_city simulated_cities[SIMULATED_CITIES] = {
    { "320100", 8216100 }, { "320200", 6500100 },  { "320300", 8628300 }, { "320400", 4696400 }, { "320500", 10604000 },
    { "320600", 7298000 }, { "320700", 4451700 },  { "320800", 4852100 }, { "320900", 7222800 }, { "321000", 4477900 },
    { "321100", 3171400 }, { "321200", 4638600 },  { "321300", 4843200 },
};

enum { ALL_SHARES = 100 };
#define ALL_PEOPLE UINT64_C(79600600)

uint64_t simulated_market_size(const struct simulation *simulation)
{
    return simulation->market ? simulation->market : simulation->subscribers;
}

/* Subscribers stand in a row by city and operator. How many of all stand before this operator in this city. */
static uint64_t subscribers_before(uint64_t all, uint64_t people_before, size_t city, size_t operator_)
{
    uint64_t shares = 0;
    for (size_t i = 0; i < operator_; i++) shares += simulated_operators[i].share;
    uint64_t weight = people_before * ALL_SHARES + simulated_cities[city].population * shares;
    return all * weight / (ALL_PEOPLE * ALL_SHARES);
}

uint64_t simulated_market(const struct simulation *simulation, size_t operator_, size_t city)
{
    uint64_t people_before = 0;
    for (size_t i = 0; i < city; i++) people_before += simulated_cities[i].population;
    uint64_t all = simulated_market_size(simulation);
    return subscribers_before(all, people_before, city, operator_ + 1) - subscribers_before(all, people_before, city, operator_);
}

struct simulated_subscriber simulated_subscriber(const struct simulation *simulation, uint64_t index)
{
    must(simulation->subscribers <= SIMULATED_SUBSCRIBERS_MAX && index < simulation->subscribers);
    /* A prime above all counts, and a number without a divisor of 10: both give each place once, in no visible order. */
    uint64_t place = index * UINT64_C(2654435761) % simulation->subscribers;
    uint64_t digits = (index * 61803399 + mix(simulation->seed) % SIMULATED_SUBSCRIBERS_MAX) % SIMULATED_SUBSCRIBERS_MAX;

    uint64_t people_before = 0;
    size_t city = 0, operator_ = 0;
    while (place >= subscribers_before(simulation->subscribers, people_before, city, SIMULATED_OPERATORS))
        people_before += simulated_cities[city++].population;
    while (place >= subscribers_before(simulation->subscribers, people_before, city, operator_ + 1)) operator_++;

    struct random random = random_of(simulation->seed, "subscriber", index);
    struct simulated_subscriber subscriber = {
        .operator_ = &simulated_operators[operator_],
        .city = &simulated_cities[city],
        .since = simulation->first_day - 1 - (int32_t)(random_exponential(&random, 1400) % 5000),
        .until = DAY_NONE,
    };
    if (random_chance(&random, 10000))
        subscriber.until = simulation->first_day + 1 + (int32_t)random_below(&random, (uint64_t)simulation->days);
    snprintf(subscriber.number, sizeof subscriber.number, "154%08u", (unsigned)digits);
    return subscriber;
}
