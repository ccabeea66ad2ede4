/* What was drawn from each pool on each day of a cycle: the pace that a forecast goes by. */
#ifndef MEASURE_USAGE_DAILY_H
#define MEASURE_USAGE_DAILY_H

#include "measure/usage/forecast.h"
#include "measure/usage/meter.h"

struct daily {
    struct use_sum *sums; /* by day (of the record), service, scope and hour; the rest behind `merged` as they came */
    size_t count, merged, room;
    bool is_full;         /* more different sums than a forecast is made of */
    uint64_t records[SERVICES];
    struct arena arena;
};

/* For meter_records; starts from { 0 }. */
bool daily_add(void *daily, const struct metered_record *record, struct error *error);
void daily_close(struct daily *daily);

/* The forecast of a pool as of the start of `today`, a day of the cycle; by_end is all that will be drawn in the cycle. The pace is of the days that have ended since its first
   subscription began; where another pool of the service is used up, since this one was first drawn on. Not known where nothing was
   drawn from it, nor for more than a few thousand different sums. */
struct pool_days;
struct pool_days *daily_pools(struct daily *daily, const struct metered *metered, int32_t today, struct arena *arena);
bool daily_forecast(const struct pool_days *days, const struct pool *pool, struct forecast *forecast);

#endif
