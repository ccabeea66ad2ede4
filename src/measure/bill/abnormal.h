/* A bill far above the months before is told to the person at once: over `times` the mean of the `months` before it (Telecom Regulation,
   art. 33; the law's rows "bill.abnormal"). A person with fewer months before has no mean, and nothing is judged. */
#ifndef MEASURE_BILL_ABNORMAL_H
#define MEASURE_BILL_ABNORMAL_H

#include "measure/usage/usage.h"
#include "measure/view.h"

/* One finding for each month's bill that was abnormal by the operator's own lines and was not announced (a notice_sent of that cycle with
   level "abnormal") by the limit after the month's end. */
bool judge_abnormal(const struct audit *audit, const struct duty *duty, struct findings_sink sink, struct error *error);
/* A text to the person, once a month, when a notice finds the running bill abnormal. */
bool abnormal_letters(struct view *view, const struct notice *notice, struct letters_sink sink, struct error *error);

#endif
