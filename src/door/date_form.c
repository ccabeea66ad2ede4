#include "door/date_form.h"

#include <stdio.h>

#include "door/quote.h"

enum { CENTURY_PIVOT = 70 };

/* The longer spelling of a letter stands first. */
static const struct {
    struct str token;
    enum date_part part;
    int least, most;
} tokens[] = {
    { STR("YYYY"), PART_YEAR, 4, 4 },      { STR("YY"), PART_YEAR_OF_CENTURY, 2, 2 },
    { STR("MMM"), PART_MONTH_NAME, 0, 0 }, { STR("MM"), PART_MONTH, 2, 2 },
    { STR("M"), PART_MONTH, 1, 2 },        { STR("DD"), PART_DAY, 2, 2 },
    { STR("D"), PART_DAY, 1, 2 },          { STR("HH"), PART_HOUR, 2, 2 },
    { STR("H"), PART_HOUR, 1, 2 },         { STR("hh"), PART_HOUR_OF_HALF, 2, 2 },
    { STR("h"), PART_HOUR_OF_HALF, 1, 2 }, { STR("mm"), PART_MINUTE, 2, 2 },
    { STR("m"), PART_MINUTE, 1, 2 },       { STR("ss"), PART_SECOND, 2, 2 },
    { STR("s"), PART_SECOND, 1, 2 },       { STR("A"), PART_HALF, 0, 0 },
    { STR("Z"), PART_OFFSET, 0, 0 },
};

static const struct str months[] = {
    STR("January"), STR("February"), STR("March"),     STR("April"),   STR("May"),      STR("June"),
    STR("July"),    STR("August"),   STR("September"), STR("October"), STR("November"), STR("December"),
};

static const struct {
    struct str word;
    int noon;
} halves[] = {
    { STR("AM"), 0 }, { STR("PM"), 12 }, { STR("a.m."), 0 }, { STR("p.m."), 12 }, { STR("上午"), 0 }, { STR("下午"), 12 },
};

static struct str after(struct str text, size_t bytes)
{
    return (struct str){ text.at + bytes, text.length - bytes };
}

static bool starts_folded(struct str text, struct str start)
{
    return text.length >= start.length && str_equal_folded((struct str){ text.at, start.length }, start);
}

static bool is_letter(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

/* ---- reading a form ---- */

static size_t token_at(struct str text)
{
    size_t i = 0;
    while (i < sizeof tokens / sizeof *tokens && !str_starts(text, tokens[i].token))
        i++;
    return i;
}

static bool form_has(const struct date_form *form, enum date_part part)
{
    for (size_t i = 0; i < form->count; i++)
        if (form->parts[i].part == part) return true;
    return false;
}

static bool check_form(const struct date_form *form, struct error *error)
{
    char room[QUOTE_ROOM];
    quote(form->text, room);
    if (!form_has(form, PART_YEAR) && !form_has(form, PART_YEAR_OF_CENTURY))
        return fail_both(error, ERROR_INPUT, "the form %s has no year: YYYY (or YY for two digits)",
                         "日期格式 %s 中没有年：写作 YYYY（两位的年写作 YY）", room);
    if (!form_has(form, PART_MONTH) && !form_has(form, PART_MONTH_NAME))
        return fail_both(error, ERROR_INPUT, "the form %s has no month: MM or M (or MMM for its name)",
                         "日期格式 %s 中没有月：写作 MM 或 M（英文月份名写作 MMM）", room);
    if (form_has(form, PART_HOUR_OF_HALF) != form_has(form, PART_HALF))
        return fail_both(error, ERROR_INPUT, "in the form %s, h and A (AM, PM, 上午, 下午) go together; hours from 0 to 23 are H",
                         "日期格式 %s 中，h 要与 A（上午、下午或 AM、PM）同时出现；0 至 23 的小时写作 H", room);
    return true;
}

bool date_form_read(struct str text, struct date_form *form, struct error *error)
{
    char room[QUOTE_ROOM];
    *form = (struct date_form){ .text = text };
    for (struct str rest = text; rest.length;) {
        size_t token = token_at(rest), taken = 1;
        if (form->count == DATE_FORM_PARTS)
            return fail_both(error, ERROR_INPUT, "the form %s has more than %d parts", "日期格式 %s 超过 %d 段", quote(text, room),
                             DATE_FORM_PARTS);
        form->parts[form->count].part = PART_LITERAL;
        if (token < sizeof tokens / sizeof *tokens) {
            taken = tokens[token].token.length;
            form->parts[form->count].part = tokens[token].part;
            form->parts[form->count].least = tokens[token].least;
            form->parts[form->count].most = tokens[token].most;
        } else if (is_letter(rest.at[0]) && rest.at[0] != 'T') {
            return fail_both(error, ERROR_INPUT,
                             "the form %s has a letter %c: the parts are YYYY YY MMM MM M DD D HH H hh h mm m ss s A Z",
                             "日期格式 %s 中有字母 %c：可用的只有 YYYY YY MMM MM M DD D HH H hh h mm m ss s A Z", quote(text, room),
                             rest.at[0]);
        } else {
            while (taken < rest.length && token_at(after(rest, taken)) == sizeof tokens / sizeof *tokens &&
                   !is_letter(rest.at[taken]))
                taken++;
        }
        form->parts[form->count++].literal = (struct str){ rest.at, taken };
        rest = after(rest, taken);
    }
    return check_form(form, error);
}

/* ---- reading a text of it ---- */

struct reading {
    struct civil civil;
    int hour, minute, second, noon;
    bool clock; /* has an hour */
    char offset[DATE_OFFSET_ROOM];
};

static bool take_digits(struct str *text, int least, int most, int *number)
{
    int digits = 0;
    *number = 0;
    while (digits < most && (size_t)digits < text->length && text->at[digits] >= '0' && text->at[digits] <= '9')
        *number = *number * 10 + (text->at[digits++] - '0');
    *text = after(*text, (size_t)digits);
    return digits >= least;
}

static bool take_month_name(struct str *text, int *month)
{
    for (int i = 0; i < 12; i++) {
        struct str brief = { months[i].at, 3 };
        if (!starts_folded(*text, brief)) continue;
        *text = after(*text, starts_folded(*text, months[i]) ? months[i].length : brief.length);
        *month = i + 1;
        return true;
    }
    return false;
}

static bool take_half(struct str *text, int *noon)
{
    for (size_t i = 0; i < sizeof halves / sizeof *halves; i++) {
        if (!starts_folded(*text, halves[i].word)) continue;
        *text = after(*text, halves[i].word.length);
        *noon = halves[i].noon;
        return true;
    }
    return false;
}

/* Z, +08:00 or +0800. */
static bool take_offset(struct str *text, char offset[DATE_OFFSET_ROOM])
{
    struct str rest = *text;
    int hours, minutes;
    if (starts_folded(rest, STR("Z"))) {
        strcpy(offset, "Z");
        *text = after(rest, 1);
        return true;
    }
    if (!rest.length || (rest.at[0] != '+' && rest.at[0] != '-')) return false;
    rest = after(rest, 1);
    if (!take_digits(&rest, 2, 2, &hours)) return false;
    if (rest.length && rest.at[0] == ':') rest = after(rest, 1);
    if (!take_digits(&rest, 2, 2, &minutes) || hours > 23 || minutes > 59) return false;
    snprintf(offset, DATE_OFFSET_ROOM, "%c%02u:%02u", text->at[0], (unsigned char)hours, (unsigned char)minutes);
    *text = rest;
    return true;
}

bool date_offset(struct str text, char offset[DATE_OFFSET_ROOM])
{
    return take_offset(&text, offset) && !text.length;
}

bool date_has_offset(struct str text)
{
    char offset[DATE_OFFSET_ROOM];
    size_t colon = str_find(text, ':');
    for (size_t i = colon; i < text.length; i++)
        if (date_offset(after(text, i), offset)) return true;
    return false;
}

/* A blank in the form stands for any number of blanks, other text for itself. */
static bool take_literal(struct str *text, struct str literal)
{
    for (size_t i = 0; i < literal.length; i++) {
        if (!text->length || text->at[0] != literal.at[i]) return false;
        *text = after(*text, 1);
        while (literal.at[i] == ' ' && text->length && text->at[0] == ' ')
            *text = after(*text, 1);
    }
    return true;
}

static bool take_part(const struct date_form *form, size_t i, struct str *text, struct reading *reading)
{
    int least = form->parts[i].least, most = form->parts[i].most;
    switch (form->parts[i].part) {
    case PART_LITERAL:
        return take_literal(text, form->parts[i].literal);
    case PART_YEAR:
        return take_digits(text, least, most, &reading->civil.year);
    case PART_YEAR_OF_CENTURY:
        if (!take_digits(text, least, most, &reading->civil.year)) return false;
        reading->civil.year += reading->civil.year < CENTURY_PIVOT ? 2000 : 1900;
        return true;
    case PART_MONTH:
        return take_digits(text, least, most, &reading->civil.month);
    case PART_MONTH_NAME:
        return take_month_name(text, &reading->civil.month);
    case PART_DAY:
        return take_digits(text, least, most, &reading->civil.day);
    case PART_HOUR:
        reading->clock = true;
        return take_digits(text, least, most, &reading->hour) && reading->hour <= 23;
    case PART_HOUR_OF_HALF:
        reading->clock = true;
        if (!take_digits(text, least, most, &reading->hour) || reading->hour < 1 || reading->hour > 12) return false;
        reading->hour %= 12;
        return true;
    case PART_MINUTE:
        return take_digits(text, least, most, &reading->minute) && reading->minute <= 59;
    case PART_SECOND:
        return take_digits(text, least, most, &reading->second) && reading->second <= 59;
    case PART_HALF:
        return take_half(text, &reading->noon);
    case PART_OFFSET:
        return take_offset(text, reading->offset);
    }
    return false;
}

bool date_form_rewrite(const struct date_form *form, struct str text, struct str offset, char out[DATE_TEXT_ROOM],
                       size_t *length)
{
    struct reading reading = { .civil.day = 1 };
    snprintf(reading.offset, sizeof reading.offset, "%.*s", STR_ARGS(offset));
    int32_t day;
    for (size_t i = 0; i < form->count; i++)
        if (!take_part(form, i, &text, &reading)) return false;
    if (text.length || !civil_day(reading.civil, &day)) return false;
    int written;
    if (form->day_ends && !reading.clock && form_has(form, PART_DAY)) reading.hour = 24;
    if (reading.clock || reading.offset[0] || reading.hour)
        written = snprintf(out, DATE_TEXT_ROOM, "%04d-%02d-%02dT%02d:%02d:%02d%s", reading.civil.year, reading.civil.month,
                           reading.civil.day, reading.hour + reading.noon, reading.minute, reading.second, reading.offset);
    else if (form_has(form, PART_DAY))
        written = snprintf(out, DATE_TEXT_ROOM, "%04d-%02d-%02d", reading.civil.year, reading.civil.month, reading.civil.day);
    else
        written = snprintf(out, DATE_TEXT_ROOM, "%04d-%02d", reading.civil.year, reading.civil.month);
    must(written > 0 && written < DATE_TEXT_ROOM);
    *length = (size_t)written;
    return true;
}
