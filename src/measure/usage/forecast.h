/* When what is left will be used up, at the pace of the days so far, and how sure that is. Pure. */
#ifndef MEASURE_USAGE_FORECAST_H
#define MEASURE_USAGE_FORECAST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CYCLE_DAYS = 31 };

/* What a month has used of a pool, day by day, as of the start of the day that is going on. */
struct pace {
    uint64_t used[CYCLE_DAYS];
    size_t days;          /* of which the pace is taken, the last of them yesterday; fewer than 3: there is no telling */
    uint64_t left;
    size_t days_left;     /* of the cycle, with the one going on */
};

struct forecast {
    bool is_known;
    bool is_enough;       /* at this pace something is left at the end; then the rest is not set */
    size_t days, soonest, latest; /* from the day going on (0): when it is used up; latest may lie behind the cycle's end */
    uint64_t by_end;      /* used by the end of the cycle at this pace, of the days to come alone */
};

/* The mean of the days that have ended; soonest and latest are where the sum of so many days, taken as independent, passes what is left with
   a chance of 1 in 10 and 9 in 10 (normal approximation, 1.2816 standard deviations). */
void forecast_make(const struct pace *pace, struct forecast *forecast);

#endif
