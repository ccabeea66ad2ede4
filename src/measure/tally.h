/* What was judged one by one, counted by operator, area and period for a figure. */
#ifndef MEASURE_TALLY_H
#define MEASURE_TALLY_H

#include "measure/measure.h"

enum tally { TALLY_MISS, TALLY_HIT, TALLY_UNKNOWN };

/* One of them. Strings last as long as the audit's arena. */
struct tallied {
    struct str operator_, area;
    int32_t day;       /* on which it falls */
    enum tally tally;
    int64_t length;    /* for percentiles; INT64_MAX: not ended yet, it stands behind all that are */
};

/* Rows of hits / (hits + misses), scaled by 10^decimals; all are counted, so there is no margin. The list is sorted. */
bool tally_shares(const struct audit *audit, const struct figure *figure, const struct figure_request *request, struct tallied *list,
                  size_t count, struct figures_sink sink, struct error *error);
/* Rows of a percentile of the lengths, in units of `unit`, with its margin by order statistics; of those that are not unknown. */
bool tally_percentiles(const struct audit *audit, const struct figure *figure, const struct figure_request *request, struct tallied *list,
                       size_t count, unsigned percent, int64_t unit, struct figures_sink sink, struct error *error);

#endif
