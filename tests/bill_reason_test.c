/* The reason of a bill's line of use gives its amount: whoever multiplies what it says comes to the same fen. Over random prices and use. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "measure/bill/lines.h"
#include "measure/usage/levels.h"

#include <cmocka.h> /* last: its macro `fail` hides ours */

typedef unsigned __int128 wide;
enum { LINES = 20000, DECIMALS = 12 };
static const wide one = 1000000000000; /* 10^DECIMALS */

static uint64_t random_state = 1;

static uint64_t random_below(uint64_t count)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state % count;
}

/* Reads a decimal number in 10^-12, and goes behind it. */
static wide number(const char **at)
{
    wide value = 0, unit = one;
    size_t digits = strspn(*at, "0123456789");
    assert_int_not_equal(digits, 0);
    for (; digits--; ++*at) value = value * 10 + (wide)(**at - '0') * one;
    if (**at != '.') return value;
    for (++*at; **at >= '0' && **at <= '9'; ++*at) value += (wide)(**at - '0') * (unit /= 10);
    return value;
}

/* The next number behind a text that must be there. */
static wide behind(const char **at, const char *text)
{
    const char *found = strstr(*at, text);
    if (!found) fail_msg("no \"%s\" in \"%s\"", text, *at);
    *at = found + strlen(text);
    return number(at);
}

/* "x 3.00 yuan", "/ 10 MB x 1.00 yuan", "x 60 s / 7 s x 0.30 yuan": what is multiplied, in micro-yuan, rounded down. */
static wide product(const char *at, wide quantity, const char *times, const char *over, const char *end)
{
    wide value = quantity, divisor = one;
    while (strncmp(at, end, strlen(end))) {
        if (!strncmp(at, times, strlen(times))) {
            wide factor = behind(&at, times), unit = factor % one ? 1000000 : 1; /* prices have at most six decimals */
            assert_false(__builtin_mul_overflow(value, factor / (one / unit), &value));
            divisor *= unit;
        } else if (!strncmp(at, over, strlen(over)))
            divisor *= behind(&at, over) / one;
        else
            at++;
        assert_int_not_equal(*at, 0);
    }
    assert_false(__builtin_mul_overflow(value, 1000000, &value));
    return value / divisor;
}

struct form {
    const char *used, *included, *over, *charged, *part, *times, *divided, *end;
};
static const struct form forms[LANGUAGES] = {
    [ENGLISH] = { "", "were used, ", "were included, ", "over; ", "a part of ", " x ", " / ", " yuan" },
    [CHINESE] = { "用了", "套餐内", "超出", "；", "不足", " × ", " ÷ ", "元" },
};

static void judge(const struct bill_line *line, const struct price *price, enum language language)
{
    const struct form *form = &forms[language];
    char text[1000];
    snprintf(text, sizeof text, "%.*s", STR_ARGS(line->because[language]));
    const char *at = text;
    wide used = behind(&at, form->used), included = behind(&at, form->included), over = behind(&at, form->over);
    if (used != included + over) fail_msg("%s", text);
    at = strstr(at, form->charged);
    assert_non_null(at);
    at += strlen(form->charged);
    wide increment = price->increment ? behind(&at, form->part) : 0;
    if (price->increment) at = language == CHINESE ? strstr(at, "，") + strlen("，") : strstr(at, "whole, so ") + strlen("whole, so ");
    wide charged = number(&at);
    if (increment && (over + increment - 1) / increment * increment != charged) fail_msg("%s", text);
    wide micro = product(at, charged, form->times, form->divided, form->end);
    assert_true(micro <= INT64_MAX);
    if (to_fen((int64_t)micro) != line->amount) fail_msg("%lld, by its reason %lld: %s", (long long)line->amount, (long long)micro, text);
}

/* Returns how many lines were judged: none where the amount is 0.00. */
static size_t lines_judge(const struct price *price, uint64_t quantity, uint64_t included, struct arena *arena)
{
    struct allowance allowance = { .id = STR("a"), .service = price->service, .quantity = included, .scope = STR("any"), .hours_from = HOURS_NONE };
    struct tariff tariff = { .tariff = STR("t"), .operator_ = STR("o"), .type = TYPE_MAIN, .free_until = DAY_NONE,
                             .allowances = &allowance, .allowance_count = 1, .prices = price, .price_count = 1 };
    int32_t cycle = cycle_of(0);
    struct holding holding = { &tariff, tariff.tariff, cycle, DAY_NONE };
    struct use_sum sum = { price->service, STR("home"), cycle, HOUR_ANY, quantity };
    const struct rating *rating = rate(&holding, 1, cycle, &sum, 1, NULL, cycle, arena);
    const struct bill *bill = bill_compute(&holding, 1, cycle, rating, &sum, 1, arena);
    size_t judged = 0;
    for (size_t i = 0; i < bill->line_count; i++) {
        if (str_starts(bill->lines[i].item, STR("fee:"))) continue;
        for (int language = 0; language < LANGUAGES; language++) judge(&bill->lines[i], price, (enum language)language);
        judged++;
    }
    return judged;
}

static void figures_give_the_amount(void **state)
{
    (void)state;
    static const uint64_t pers[SERVICES][6] = { [SERVICE_DATA] = { 1, 1024, 1048576, 10485760, 1073741824, 7777 },
                                                [SERVICE_VOICE] = { 60, 6, 1, 7, 180, 90 }, [SERVICE_SMS] = { 1, 1, 2, 10, 3, 1 } };
    static const uint64_t most[SERVICES] = { [SERVICE_DATA] = UINT64_C(1) << 42, [SERVICE_VOICE] = 50000, [SERVICE_SMS] = 50000 };
    static const uint64_t increments[] = { 1024, 1048576, 10485760, 1073741824, 10 };
    static const int64_t prices[] = { 290000, 1000000, 100, 333333, 99990000, 1234567890, INT64_C(1000000000000) };
    struct arena arena = { 0 };
    size_t judged = 0;
    for (int i = 0; i < LINES; i++) {
        enum service service = (enum service)random_below(SERVICES);
        struct price price = { .service = service, .per = pers[service][random_below(6)], .price = prices[random_below(7)], .scope = STR("home") };
        uint64_t quantity = 1 + random_below((most[service] >> random_below(30)) + 1);
        if (service == SERVICE_DATA && !random_below(3)) price.increment = increments[random_below(5)];
        if ((wide)quantity * (wide)price.price * 60 / price.per > (wide)INT64_C(1000000000000)) quantity = quantity % (price.per * 100) + 1; /* no bill is of millions */
        if ((wide)price.increment * (wide)price.price / price.per > (wide)INT64_C(1000000000000)) price.increment = 0;
        judged += lines_judge(&price, quantity, random_below(3) ? random_below(quantity + 1) : 0, &arena);
        arena_reset(&arena);
    }
    arena_close(&arena);
    assert_in_range(judged, LINES / 2, LINES);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(figures_give_the_amount) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
