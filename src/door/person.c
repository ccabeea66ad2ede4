#include "door/person.h"

#include "door/quote.h"

enum { EXACT_DIGITS = 15, MOBILE_DIGITS = 11, RESIDENT_DIGITS = 17 };

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

static size_t digits_at_start(struct str text)
{
    size_t digits = 0;
    while (digits < text.length && is_digit(text.at[digits]))
        digits++;
    return digits;
}

static struct str after(struct str text, size_t bytes)
{
    return (struct str){ text.at + bytes, text.length - bytes };
}

bool is_ruined_number(struct str text)
{
    size_t digits = digits_at_start(text);
    if (!digits || digits == text.length) return false;
    struct str rest = after(text, digits);
    bool has_point = rest.at[0] == '.';
    if (has_point) rest = after(rest, 1 + digits_at_start(after(rest, 1)));
    if (rest.length < 2 || (rest.at[0] != 'E' && rest.at[0] != 'e')) return false;
    bool has_sign = rest.at[1] == '+' || rest.at[1] == '-';
    rest = after(rest, has_sign ? 2 : 1);
    return (has_sign || (has_point && digits == 1)) && rest.length && digits_at_start(rest) == rest.length;
}

/* What stands in cells for "there is none". */
static bool is_placeholder(struct str text)
{
    static const struct str placeholders[] = { STR("-"),    STR("--"),  STR("—"),  STR("——"),   STR("n/a"), STR("na"), STR("null"),
                                               STR("none"), STR("nil"), STR("无"), STR("不详"), STR("未知") };
    for (size_t i = 0; i < sizeof placeholders / sizeof *placeholders; i++)
        if (str_equal_folded(text, placeholders[i])) return true;
    return false;
}

/* The digits of "13800138000.0", or the text itself. */
static struct str without_zero_decimals(struct str text)
{
    size_t digits = digits_at_start(text), zeros = digits + 1;
    if (!digits || digits + 2 > text.length || text.at[digits] != '.') return text;
    while (zeros < text.length && text.at[zeros] == '0')
        zeros++;
    return zeros == text.length ? (struct str){ text.at, digits } : text;
}

/* 13800138000.5: a number of nobody. */
static bool has_fraction(struct str text)
{
    size_t digits = digits_at_start(text);
    return digits && digits + 1 < text.length && text.at[digits] == '.' &&
           digits_at_start(after(text, digits + 1)) == text.length - digits - 1 &&
           without_zero_decimals(text).length == text.length;
}

bool number_cell_digits(struct str text, struct str *digits)
{
    *digits = without_zero_decimals(text);
    return digits->length <= EXACT_DIGITS && digits_at_start(*digits) == digits->length;
}

static bool is_mobile(struct str digits)
{
    return digits.length == MOBILE_DIGITS && digits.at[0] == '1' && digits.at[1] >= '3';
}

/* 025-84400000 and 02584400000 are one: an area code and a number. */
static bool is_fixed_line(struct str digits)
{
    return digits.length >= 10 && digits.length <= 12 && digits.at[0] == '0' && digits.at[1] != '0';
}

static struct str without(struct str bytes, struct str text, char *out)
{
    size_t length = 0;
    for (size_t i = 0; i < text.length; i++)
        if (str_find(bytes, text.at[i]) == bytes.length) out[length++] = text.at[i];
    return (struct str){ out, length };
}

static struct str without_country(struct str text)
{
    static const struct str codes[] = { STR("+86"), STR("0086"), STR("86") };
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        if (!str_starts(text, codes[i])) continue;
        struct str rest = after(text, codes[i].length);
        if (rest.length && rest.at[0] == '-') rest = after(rest, 1);
        char bare[PERSON_BYTES];
        if (codes[i].at[0] == '+') return rest;
        struct str digits = without(STR("-()"), rest, bare);
        if (is_mobile(digits) && digits_at_start(digits) == digits.length) return rest;
    }
    return text;
}

static bool is_allowed(struct str text)
{
    for (size_t i = 0; i < text.length; i++) {
        char byte = text.at[i], small = (char)(byte | 0x20);
        bool letter = small >= 'a' && small <= 'z';
        if (!is_digit(byte) && !letter && !memchr("@._*#/-", byte, 7) && !(byte == '+' && i == 0)) return false;
    }
    return true;
}

static bool ruined(struct str text, struct error *error)
{
    char room[QUOTE_ROOM];
    return fail_both(error, ERROR_INPUT,
                     "%s has lost its digits in a spreadsheet: format the column as text, fill it in again and export again",
                     "%s 被电子表格改动，丢了位数：请把该列设为文本格式，重新填写后再导出", quote(text, room));
}

bool person_parse(struct str text, enum cell_type type, struct arena *arena, struct str *person, struct error *error)
{
    char room[QUOTE_ROOM];
    *person = text;
    if (text.length && text.length <= MOBILE_DIGITS && digits_at_start(text) == text.length) return true;
    if (is_placeholder(text))
        return fail_both(error, ERROR_INPUT, "%s stands for none: leave the cell empty instead", "%s 表示没有号码：请把单元格留空",
                         quote(text, room));
    if (is_ruined_number(text) || has_fraction(text) || (type == CELL_NUMBER && !number_cell_digits(text, person)))
        return ruined(text, error);
    char *copy = arena_take(arena, text.length + 1);
    struct str bare = without_zero_decimals(without(STR(" "), text, copy));
    if (bare.length > PERSON_BYTES)
        return fail_both(error, ERROR_INPUT, "%s is too long for a number, an account or a document: at most %d characters",
                         "%s 太长：号码、账号或证件号最多 %d 个字符", quote(text, room), PERSON_BYTES);
    bare = without_country(bare);
    char phone[PERSON_BYTES];
    struct str digits = without(STR("-()"), bare, phone);
    if (digits_at_start(digits) == digits.length && (is_mobile(digits) || is_fixed_line(digits)))
        bare = (struct str){ memcpy(copy, phone, digits.length), digits.length };
    if (bare.length == RESIDENT_DIGITS + 1 && digits_at_start(bare) == RESIDENT_DIGITS && bare.at[RESIDENT_DIGITS] == 'x')
        copy[bare.at - copy + RESIDENT_DIGITS] = 'X';
    if (!bare.length || !is_allowed(bare))
        return fail_both(error, ERROR_INPUT,
                         "%s is no number, account or document: letters, digits and @ . _ * # / - only, as 13800138000",
                         "%s 不是号码、账号或证件号：只能有字母、数字和 @ . _ * # / -，例如 13800138000", quote(text, room));
    *person = bare;
    return true;
}
