#include "base/number.h"

#include <stdio.h>

#include "base/error.h"

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

/* The digits before the point, with or without thousands marks; how many bytes they take, 0 where they are wrong. */
static size_t whole_length(struct str string)
{
    size_t digits = 0;
    while (digits < string.length && is_digit(string.at[digits])) digits++;
    if (digits == 0 || digits == string.length || string.at[digits] != ',') return digits;
    if (digits > 3) return 0;
    size_t length = digits;
    while (length < string.length && string.at[length] == ',') {
        if (string.length - length < 4) return 0;
        for (size_t i = 1; i <= 3; i++)
            if (!is_digit(string.at[length + i])) return 0;
        length += 4;
    }
    return length;
}

/* Takes one more digit into a sum that is kept negative, since the negative side reaches further. */
static bool add_digit(int64_t *sum, int digit)
{
    return !__builtin_mul_overflow(*sum, 10, sum) && !__builtin_sub_overflow(*sum, digit, sum);
}

bool decimal_parse(struct str string, unsigned decimals, int64_t *value)
{
    bool negative = string.length && string.at[0] == '-';
    if (negative || (string.length && string.at[0] == '+')) string = (struct str){ string.at + 1, string.length - 1 };
    size_t whole = whole_length(string);
    if (!whole) return false;
    int64_t sum = 0;
    for (size_t i = 0; i < whole; i++)
        if (string.at[i] != ',' && !add_digit(&sum, string.at[i] - '0')) return false;
    unsigned behind = 0;
    if (whole < string.length) {
        if (string.at[whole] != '.' || string.length - whole - 1 > decimals || string.length - whole == 1) return false;
        for (size_t i = whole + 1; i < string.length; i++, behind++)
            if (!is_digit(string.at[i]) || !add_digit(&sum, string.at[i] - '0')) return false;
    }
    for (; behind < decimals; behind++)
        if (!add_digit(&sum, 0)) return false;
    if (!negative && sum == INT64_MIN) return false;
    *value = negative ? sum : -sum;
    return true;
}

size_t decimal_format(int64_t value, unsigned decimals, unsigned least, char out[DECIMAL_ROOM])
{
    must(decimals <= 18 && least <= decimals);
    uint64_t scale = 1, size = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    for (unsigned i = 0; i < decimals; i++) scale *= 10;
    int length = snprintf(out, DECIMAL_ROOM, "%s%llu", value < 0 ? "-" : "", (unsigned long long)(size / scale));
    if (decimals) {
        length += snprintf(out + length, (size_t)(DECIMAL_ROOM - length), ".%0*llu", (int)decimals, (unsigned long long)(size % scale));
        for (unsigned shown = decimals; shown > least && out[length - 1] == '0'; shown--) length--;
        if (out[length - 1] == '.') length--;
        out[length] = 0;
    }
    return (size_t)length;
}

int64_t multiply_divide(int64_t a, int64_t b, int64_t c)
{
    must(c > 0);
    __int128 product = (__int128)a * b, half = c / 2, whole = product / c, rest = product % c;
    if (rest < 0) rest = -rest;
    if (rest > half || (rest == half && c % 2 == 0)) whole += product < 0 ? -1 : 1;
    must(whole >= INT64_MIN && whole <= INT64_MAX);
    return (int64_t)whole;
}
