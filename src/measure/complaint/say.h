/* Sentences of findings, in English or Chinese: templates, and the words that fill them. All of it lives in the arena given. */
#ifndef MEASURE_COMPLAINT_SAY_H
#define MEASURE_COMPLAINT_SAY_H

#include "door/kind.h"
#include "measure/law.h"

/* What fills a template, by letter: slots['d' - 'a'] goes where $d stands. */
struct saying {
    struct arena *arena;
    enum language language;
    struct str slots['z' - 'a' + 1];
};

void say_slot(struct saying *saying, char letter, struct str words);
struct str say_sentence(const struct saying *saying, const char *template);

/* "20 January 2015", "2015年1月20日". */
struct str say_day(const struct saying *saying, int64_t moment);
/* The end of a limit: "24:00 on 18 January 2015", "2015年1月18日24:00"; one within a day is told by its time there. */
struct str say_end(const struct saying *saying, int64_t end);
/* "15 days", "15日". */
struct str say_limit(const struct saying *saying, const struct limit *limit);
/* How much later a moment is than an end: in days, started ones as whole; a little in hours or minutes where the limit is. */
struct str say_lateness(const struct saying *saying, const struct limit *limit, int64_t end, int64_t moment);

#endif
