/* Margins: between which numbers the truth lies, with 95 % confidence. Shares of a sample: Wilson. Counts: Garwood, exact.
   Percentiles: order statistics. Full counts have none. Doubles inside, scaled integers outside. */
#ifndef MEASURE_MARGIN_H
#define MEASURE_MARGIN_H

#include <stdbool.h>
#include <stdint.h>

struct margin {
    int64_t low, high;
};

/* Of hits among n, as a share scaled by 10^decimals; n > 0, hits at most n. */
struct margin margin_wilson(uint64_t hits, uint64_t n, unsigned decimals);
/* Of count * per / exposure, scaled by 10^decimals; exposure > 0. The high end stops at INT64_MAX. */
struct margin margin_garwood(uint64_t count, uint64_t per, uint64_t exposure, unsigned decimals);
/* Between which ranks of n sorted values (the first is 1) the percentile lies, each side missed with at most 2.5 %. False where
   so few values tell nothing; percent is 1 to 99. */
bool margin_percentile(uint64_t n, unsigned percent, uint64_t *low_rank, uint64_t *high_rank);
/* The rank of the percentile itself: ceil(percent * n / 100), at least 1; n > 0. */
uint64_t percentile_rank(uint64_t n, unsigned percent);

#endif
