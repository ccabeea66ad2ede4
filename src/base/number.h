/* Numbers are scaled integers with declared decimals: no floating point in money. */
#ifndef BASE_NUMBER_H
#define BASE_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

enum { MONEY_DECIMALS = 6, DECIMAL_ROOM = 32 };

/* Reads an optional sign, digits, an optional point and at most `decimals` digits behind it, into value * 10^decimals.
   Thousands marks (1,234,567.89, also full groups only) are taken. False for anything else or an overflow. */
bool decimal_parse(struct str string, unsigned decimals, int64_t *value);
/* With all decimals ("0.290000"), or with trim only as many as are needed but at least `least`. Returns the length. */
size_t decimal_format(int64_t value, unsigned decimals, unsigned least, char out[DECIMAL_ROOM]);
/* a * b / c, rounded half up (away from zero), in 128 bits; c > 0. The result must fit. */
int64_t multiply_divide(int64_t a, int64_t b, int64_t c);

/* a + b, at the ends of int64_t where it would go beyond. */
static inline int64_t number_add(int64_t a, int64_t b)
{
    int64_t sum;
    return !__builtin_add_overflow(a, b, &sum) ? sum : a < 0 ? INT64_MIN : INT64_MAX;
}

#endif
