/* The computed bill of a subscriber and cycle: what its subscriptions and its use come to, line by line, with the reason of each in
   words. Pure. docs/usage.md, "Bill". */
#ifndef MEASURE_BILL_LINES_H
#define MEASURE_BILL_LINES_H

#include "measure/usage/usage.h"

struct bill_line {
    struct str item;      /* "fee:JS-CM-2014-018", "data:home" */
    struct str tariff;
    uint64_t quantity;    /* subscriptions, or what was over */
    const char *unit;     /* "time", "byte", "minute", "message" */
    int64_t amount;       /* micro-yuan; whole fen, but for what a data_cap that is none leaves */
    struct str because[LANGUAGES]; /* its figures give the amount, to the fen */
};

struct bill {
    struct bill_line *lines;
    size_t line_count;
    int64_t total;
};

/* An amount of micro-yuan as text in the arena: "0.29". */
const char *money_says(int64_t amount, struct arena *arena);

/* Of a cycle that was rated (rate) with these holdings and sums. Everything lives in the arena. */
struct bill *bill_compute(const struct holding *holdings, size_t count, int32_t cycle, const struct rating *rating,
                          const struct use_sum *sums, size_t sum_count, struct arena *arena);

#endif
