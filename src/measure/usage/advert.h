/* Reminders that advertise. A reminder says what is used, what more costs, how to go on and how to leave; it offers no bargains, gifts or
   draws (obligations, usage.notice.advert). */
#ifndef MEASURE_USAGE_ADVERT_H
#define MEASURE_USAGE_ADVERT_H

#include "measure/measure.h"

/* Whether a text advertises: told by words of Chinese and English advertising, small and capital letters alike. */
bool text_advertises(struct str text);
/* One finding for each reminder sent that advertises. */
bool judge_advert(const struct audit *audit, const struct duty *duty, struct findings_sink sink, struct error *error);

#endif
