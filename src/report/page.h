/* Writing HTML. What is safe to put on a page has a type of its own: a loaded name becomes struct html only by escaping. */
#ifndef REPORT_PAGE_H
#define REPORT_PAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/memory.h"
#include "base/moment.h"
#include "base/str.h"
#include "door/kind.h"
#include "report/words.h"

/* Well-formed markup, in the page's arena or a literal. */
struct html {
    struct str markup;
    bool one; /* a count that is exactly 1: English words choose their singular by it */
};

struct page {
    struct text *out;
    struct arena *arena;
    enum language language;
};

#define MARKUP(literal) ((struct html){ .markup = STR(literal) })

/* Escaped for text and for attribute values in double quotes; control characters, bidirectional overrides and what is not
   UTF-8 become U+FFFD. */
struct html html_text(struct page *page, struct str string);
/* The word in the page's language, without parts. */
struct html html_word(const struct page *page, enum word word);
/* One of two texts of a table, escaped. */
struct html html_says(struct page *page, const char *const says[LANGUAGES]);
/* The same with its first letter large, as English heads begin. */
struct html html_capital(struct page *page, struct html html);
/* The template with its places filled: {0} to {9} by the parts, {0?case|cases} by the first or second text as part 0 is one
   or not. The template itself is markup. */
struct html html_fill(struct page *page, const char *template, const struct html *parts, size_t count);
/* Takes what was written into text and closes it. */
struct html html_take(struct page *page, struct text *text);

#define PARTS(...) ((struct html[]){ __VA_ARGS__ }), sizeof((struct html[]){ __VA_ARGS__ }) / sizeof(struct html)
#define FILL(page, template, ...) html_fill(page, template, PARTS(__VA_ARGS__))
#define SAY(page, word, ...) html_fill(page, word_text(word, (page)->language), PARTS(__VA_ARGS__))

void page_put(struct page *page, struct html html);
void page_markup(struct page *page, const char *markup);
#define PUT(page, template, ...) page_put(page, FILL(page, template, __VA_ARGS__))
#define PUT_SAY(page, word, ...) page_put(page, SAY(page, word, __VA_ARGS__))

/* value / 10^decimals, rounded to `shown` decimals, with commas; a true minus sign. */
struct html html_decimal(struct page *page, int64_t value, unsigned decimals, unsigned shown);
struct html html_number(struct page *page, int64_t number);
/* The exact value / 10^decimals for an attribute, trailing zeros cut. */
struct html html_exact(struct page *page, int64_t value, unsigned decimals);
/* 2015年3月31日, 31 March 2015; a moment with its time, 00:00 as 24:00 of the day before. */
struct html html_day(struct page *page, int32_t day);
struct html html_moment(struct page *page, int64_t moment);
struct html html_period(struct page *page, struct period period);
/* 3月, Mar; with the year: 2015年3月, Mar 2015. */
struct html html_month(struct page *page, int32_t first, bool with_year);
/* "15 day" of a finding or a limit in words: 15天, 15 days; anything else escaped as it is. */
struct html html_quantity(struct page *page, struct str quantity);

#endif
