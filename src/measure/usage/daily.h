/* What was drawn from each pool on each day of a cycle: the pace that a forecast goes by. */
#ifndef MEASURE_USAGE_DAILY_H
#define MEASURE_USAGE_DAILY_H

#include "engine/sources.h"
#include "measure/usage/forecast.h"
#include "measure/usage/meter.h"

struct daily {
    struct use_sum *sums; /* by day (of the record), service, scope and hour; the rest behind `merged` as they came */
    size_t count, merged, room;
    bool is_full;         /* more different sums than a forecast is made of */
    uint64_t records[SERVICES];
    struct sources scopes; /* the names in sums */
};

/* For meter_records; starts from { 0 }. */
bool daily_add(void *daily, const struct metered_record *record, struct error *error);
void daily_close(struct daily *daily);

/* What each pool of the cycle's rating had given by the end of each day before `today`, a day of the cycle; in the arena, as long as metered.
   Nothing is known of more than a few thousand different sums. */
struct pool_days;
struct pool_days *daily_pools(struct daily *daily, const struct metered *metered, int32_t today, struct arena *arena);
/* The forecast of a pool of that rating as of the start of today; by_end is all that will be drawn in the cycle, and latest lies in it. The
   pace is of the days that have ended since the pool's first subscription began; where another pool of the service is used up, since this
   one was first drawn on. False where there is no telling, as nothing was drawn from it. */
bool daily_forecast(const struct pool_days *days, const struct pool *pool, struct forecast *forecast);

#endif
