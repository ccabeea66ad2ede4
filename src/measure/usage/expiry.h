/* The end of a plan or pack is told before it comes: when, what going on costs, how to go on or leave (Internet access service rules, 2013). */
#ifndef MEASURE_USAGE_EXPIRY_H
#define MEASURE_USAGE_EXPIRY_H

#include "measure/view.h"

/* One finding for each subscription that ended unannounced: no notice_sent with level "expiry" and the tariff as its pool came while it held,
   early enough. Not where the same tariff goes on, nor where the person changed to another plan. */
bool judge_expiry(const struct audit *audit, const struct duty *duty, struct findings_sink sink, struct error *error);
/* A text to each whose plan or pack ends within three days, at 09:00; next_due is the next such time on which any
   is known to end. */
bool expiry_letters(struct view *view, int64_t from, int64_t to, struct letters_sink sink, struct error *error);
bool expiry_next_due(struct view *view, int64_t now, int64_t *due, struct error *error);

#endif
