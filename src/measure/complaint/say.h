/* Words for the sentences of findings, in English or Chinese. */
#ifndef MEASURE_COMPLAINT_SAY_H
#define MEASURE_COMPLAINT_SAY_H

#include "door/kind.h"
#include "measure/law.h"

/* "20 January 2015", "2015年1月20日". */
void say_day(struct text *out, int64_t moment, enum language language);
/* The end of a limit: "24:00 on 18 January 2015", "2015年1月18日24:00"; within a day its time there. */
void say_end(struct text *out, int64_t end, enum language language);
/* "15 days", "15日". */
void say_limit(struct text *out, const struct limit *limit, enum language language);
/* How much later a moment is than an end: in days, started ones as whole; little of it in hours or minutes where the limit is. */
void say_lateness(struct text *out, const struct limit *limit, int64_t end, int64_t moment, enum language language);
/* The sentence, kept in the arena; the text is emptied. */
struct str say_done(struct text *text, struct arena *arena);

#endif
