#include "report/page.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/number.h"

/* ---- escaping ---- */

/* The code point at the front and its length in bytes; length 0 where the bytes are not UTF-8. */
static uint32_t code_point(struct str string, size_t *length)
{
    static const uint8_t marks[] = { 0, 0, 0xC0, 0xE0, 0xF0 };
    uint8_t first = (uint8_t)string.at[0];
    size_t bytes = first < 0x80 ? 1 : first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    *length = 0;
    if (bytes > string.length || !str_is_utf8((struct str){ string.at, bytes })) return 0;
    uint32_t code = first - (bytes > 1 ? marks[bytes] : 0u);
    for (size_t i = 1; i < bytes; i++) code = code << 6 | ((uint8_t)string.at[i] & 0x3F);
    *length = bytes;
    return code;
}

/* What could change how its surroundings are read: control characters and bidirectional controls. */
static bool disturbs(uint32_t code)
{
    return code < 0x20 || (code >= 0x7F && code < 0xA0) || code == 0x200E || code == 0x200F || code == 0x61C ||
           (code >= 0x2028 && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069);
}

static void escape_code(struct text *out, uint32_t code, struct str bytes)
{
    switch (code) {
    case '&': text_add(out, STR("&amp;")); break;
    case '<': text_add(out, STR("&lt;")); break;
    case '>': text_add(out, STR("&gt;")); break;
    case '"': text_add(out, STR("&quot;")); break;
    case '\'': text_add(out, STR("&#39;")); break;
    case '\n': text_add(out, STR("&#10;")); break;
    default: text_add(out, disturbs(code) ? STR("\xEF\xBF\xBD") : bytes);
    }
}

struct html html_text(struct page *page, struct str string)
{
    struct text out = { 0 };
    while (string.length > 0) {
        size_t length;
        uint32_t code = code_point(string, &length);
        if (length == 0) {
            length = 1;
            code = 0; /* shown as U+FFFD */
        }
        escape_code(&out, code, (struct str){ string.at, length });
        string.at += length;
        string.length -= length;
    }
    return html_take(page, &out);
}

struct html html_take(struct page *page, struct text *text)
{
    struct html html = { .markup = { arena_copy(page->arena, text_zero(text), text->length), text->length } };
    text_close(text);
    return html;
}

struct html html_word(const struct page *page, enum word word)
{
    return (struct html){ .markup = str_of(word_text(word, page->language)) };
}

struct html html_says(struct page *page, const char *const says[LANGUAGES])
{
    return html_text(page, str_of(says[page->language]));
}

struct html html_capital(struct page *page, struct html html)
{
    if (html.markup.length == 0 || html.markup.at[0] < 'a' || html.markup.at[0] > 'z') return html;
    char *copy = arena_copy(page->arena, html.markup.at, html.markup.length);
    copy[0] = (char)(copy[0] - 'a' + 'A');
    return (struct html){ .markup = { copy, html.markup.length }, .one = html.one };
}

/* ---- templates ---- */

/* Reads "{0}" or "{0?one|many}" at the front of the template, adds what it stands for and returns its length. */
static size_t fill_place(struct text *out, const char *template, const struct html *parts, size_t count)
{
    const char *end = strchr(template, '}');
    size_t part = (size_t)(template[1] - '0');
    must(end != NULL && part < count);
    if (template[2] == '?') {
        const char *bar = strchr(template, '|');
        must(bar != NULL && bar < end);
        const char *from = parts[part].one ? template + 3 : bar + 1, *to = parts[part].one ? bar : end;
        text_add(out, (struct str){ from, (size_t)(to - from) });
    } else {
        must(end == template + 2);
        text_add(out, parts[part].markup);
    }
    return (size_t)(end - template) + 1;
}

struct html html_fill(struct page *page, const char *template, const struct html *parts, size_t count)
{
    struct text out = { 0 };
    while (*template) {
        size_t plain = strcspn(template, "{");
        text_add(&out, (struct str){ template, plain });
        template += plain;
        if (*template) template += fill_place(&out, template, parts, count);
    }
    return html_take(page, &out);
}

void page_put(struct page *page, struct html html)
{
    text_add(page->out, html.markup);
}

void page_markup(struct page *page, const char *markup)
{
    text_add(page->out, str_of(markup));
}

/* ---- numbers ---- */

static int64_t power_of_ten(unsigned exponent)
{
    int64_t power = 1;
    while (exponent-- > 0) power *= 10;
    return power;
}

struct html html_exact(struct page *page, int64_t value, unsigned decimals)
{
    char digits[DECIMAL_ROOM];
    struct text out = { 0 };
    text_add(&out, (struct str){ digits, decimal_format(value, decimals, 0, digits) });
    return html_take(page, &out);
}

struct html html_decimal(struct page *page, int64_t value, unsigned decimals, unsigned shown)
{
    if (shown > decimals) shown = decimals;
    int64_t rounded = multiply_divide(value, 1, power_of_ten(decimals - shown));
    char digits[DECIMAL_ROOM];
    size_t length = decimal_format(rounded < 0 ? -rounded : rounded, shown, shown, digits);
    size_t whole = shown > 0 ? length - shown - 1 : length;
    struct text out = { 0 };
    if (rounded < 0) text_add(&out, STR("\xE2\x88\x92"));
    for (size_t i = 0; i < length; i++) {
        if (i > 0 && i < whole && (whole - i) % 3 == 0) text_add_byte(&out, ',');
        text_add_byte(&out, digits[i]);
    }
    struct html html = html_take(page, &out);
    html.one = rounded == 1 && shown == 0;
    return html;
}

struct html html_number(struct page *page, int64_t number)
{
    return html_decimal(page, number, 0, 0);
}

/* ---- time ---- */

static const char *const month_names[12] = { "January", "February", "March",     "April",   "May",      "June",
                                             "July",    "August",   "September", "October", "November", "December" };

static const enum word quarter_names[4] = { WORD_QUARTER_1, WORD_QUARTER_2, WORD_QUARTER_3, WORD_QUARTER_4 };

static struct html plain_number(struct page *page, int number)
{
    struct text out = { 0 };
    text_format(&out, "%d", number);
    return html_take(page, &out);
}

static struct html month_name(struct page *page, int month, bool full)
{
    if (page->language == CHINESE) return plain_number(page, month);
    struct str name = str_of(month_names[month - 1]);
    if (!full) name.length = 3;
    return (struct html){ .markup = name };
}

struct html html_day(struct page *page, int32_t day)
{
    struct civil civil = civil_of(day);
    return SAY(page, WORD_DAY, plain_number(page, civil.year), month_name(page, civil.month, true),
               plain_number(page, civil.day));
}

struct html html_moment(struct page *page, int64_t moment)
{
    int32_t day = day_of(moment);
    int minutes = (int)((moment - day_start(day)) / MINUTE_MS);
    if (moment == day_start(day)) {
        day--;
        minutes = 24 * 60;
    }
    struct text clock = { 0 };
    text_format(&clock, "%02d:%02d", minutes / 60, minutes % 60);
    return SAY(page, WORD_MOMENT, html_day(page, day), html_take(page, &clock));
}

struct html html_month(struct page *page, int32_t first, bool with_year)
{
    struct civil civil = civil_of(first);
    struct html month = month_name(page, civil.month, false);
    if (!with_year) return SAY(page, WORD_MONTH_SHORT, month);
    return SAY(page, WORD_MONTH_YEAR, month, plain_number(page, civil.year));
}

struct html html_period(struct page *page, struct period period)
{
    struct civil civil = civil_of(period.first);
    struct html year = plain_number(page, civil.year);
    if (period.kind == 'Y') return SAY(page, WORD_YEAR, year);
    if (period.kind == 'Q') return SAY(page, quarter_names[(civil.month - 1) / 3], year);
    return SAY(page, WORD_MONTH_YEAR, month_name(page, civil.month, true), year);
}

/* ---- quantities ---- */

static const struct {
    const char *unit;
    enum word word;
} quantity_units[] = {
    { "minute", WORD_UNIT_MINUTE }, { "hour", WORD_UNIT_HOUR }, { "day", WORD_UNIT_DAY },     { "workday", WORD_UNIT_WORKDAY },
    { "month", WORD_UNIT_MONTH },   { "year", WORD_UNIT_YEAR }, { "count", WORD_UNIT_COUNT }, { "yuan", WORD_UNIT_YUAN },
};

struct html html_quantity(struct page *page, struct str quantity)
{
    size_t space = str_find(quantity, ' ');
    struct str number = { quantity.at, space };
    if (space < quantity.length) {
        struct str unit = { quantity.at + space + 1, quantity.length - space - 1 };
        int64_t value;
        for (size_t i = 0; i < sizeof quantity_units / sizeof *quantity_units; i++)
            if (str_equal(unit, str_of(quantity_units[i].unit)) && decimal_parse(number, MONEY_DECIMALS, &value)) {
                struct html shown = html_text(page, number);
                shown.one = value == INT64_C(1000000);
                return SAY(page, quantity_units[i].word, shown);
            }
    }
    return html_text(page, quantity);
}
