/* How many subscribers an operator has: the denominators of figures. */
#ifndef MEASURE_MARKET_H
#define MEASURE_MARKET_H

#include "measure/law.h"
#include "measure/measure.h"

struct market;

/* Reads the table "market"; the table "subscriber" only once it is asked for. The audit outlives it. */
struct market *market_open(const struct audit *audit, struct error *error);
void market_close(struct market *market);

struct market_row;

/* What to divide by, and whom it counts. */
struct denominator {
    int64_t subscribers; /* 0: nothing tells */
    bool by_list;        /* from the subscribers on record, else from rows */
    const struct market_row **rows; /* one for each operator and area that had one in use; the market's */
    size_t row_count, row_room;
};

/* Subscribers of an operator (empty: of all) in an area and all that lies in it (empty: everywhere), in a period (kind 0: of
   all time). From the rows of `market` where any match: for each operator and month the area's own row, else the sum of the
   rows of areas inside it, of those within one another only the outermost; for several months the mean of those that have
   rows; for several operators their sum. Else the subscribers on record that are served at the period's end, or at the audit's
   time where that is before it. Fills *denominator, whatever was in it but for its room; close it with denominator_close. */
bool market_subscribers(struct market *market, struct str operator_, struct str area, struct period period,
                        struct denominator *denominator, struct error *error);
/* Whether what happens to an operator's subscribers in an area may be divided by it: by a row of that area, of one around it or
   of one inside it. Always, if it comes from the list. */
bool market_covers(const struct market *market, const struct denominator *denominator, struct str operator_, struct str area);
void denominator_close(struct denominator *denominator);

#endif
