/* How many subscribers an operator has: the denominators of figures. */
#ifndef MEASURE_MARKET_H
#define MEASURE_MARKET_H

#include "measure/law.h"
#include "measure/measure.h"

struct market;

/* Reads the table "market"; the table "subscriber" only once it is asked for. The audit outlives it. */
struct market *market_open(const struct audit *audit, struct error *error);
void market_close(struct market *market);

/* Subscribers of an operator (empty: of all) in an area and all that lies in it (empty: everywhere), in a period (kind 0: of
   all time). From the rows of `market` where any match: for each operator and month the area's own row, else the sum of the
   rows of areas inside it, of those within one another only the outermost; for several months the mean of those that have
   rows; for several operators their sum. Else the subscribers on record that are served at the period's end, or at the audit's
   time where that is before it. *known is false where neither tells. */
bool market_subscribers(struct market *market, struct str operator_, struct str area, struct period period,
                        int64_t *subscribers, bool *known, struct error *error);

#endif
