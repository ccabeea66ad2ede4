/* The meter: sums of use and levels reached, kept in memory as entries are applied, and the notices that fall due on the way. It is what
   the measure keeps in the state (measure/keeping.h). Readers see what was committed; every function below takes its lock for reading. */
#ifndef MEASURE_USAGE_METER_H
#define MEASURE_USAGE_METER_H

#include "ledger/ledger.h"
#include "measure/keeping.h"
#include "measure/usage/levels.h"
#include "measure/usage/use_record.h"

extern const struct keeping meter_keeping;

/* A subscriber's cycle, rated. Everything lives in the arena, or as long as the meter. */
struct metered {
    uint64_t position;      /* of the ledger, as of which all of it is */
    int32_t cycle;
    struct holding *holdings;
    size_t holding_count;
    struct use_sum *sums;
    size_t sum_count;
    const struct rating *earlier; /* of the cycle before, as far as something rolls over from it; NULL: nothing does */
    const struct rating *rating;
    bool is_used;           /* there is use in the cycle */
    int64_t latest;         /* the latest start of it */
    struct levels levels;
};

/* Pools are as of a moment; MOMENT_NONE: as of the latest start, in a cycle without use its last millisecond. The ledger is read where
   sums must be made anew. From a day within the cycle on: of use from then on and the subscriptions that held then, and nothing rolls over
   into it; DAY_NONE or one that is not within it: the whole cycle. */
bool meter_cycle(struct kept *meter, struct ledger *ledger, uint64_t subject, int32_t cycle, int32_t from, int64_t as_of, struct arena *arena,
                 struct metered *out, struct error *error);
/* The levels that a person set for themselves, as of a moment; false: none. */
bool meter_own(struct kept *meter, uint64_t subject, int64_t moment, struct own_levels *own);
/* The cycles in which a subject has use, rising; returns how many. */
size_t meter_cycles(struct kept *meter, uint64_t subject, struct arena *arena, int32_t **cycles);
/* The newest cycle, at most `last`, of which there is any use; DAY_NONE: there is none. */
int32_t meter_newest(struct kept *meter, int32_t last);

/* A record of a subject's cycle that counts, for explaining. */
struct metered_record {
    struct use_record use;
    struct str source;
    uint64_t index;         /* the entry's */
};
/* from: as in meter_cycle. */
bool meter_records(struct kept *meter, struct ledger *ledger, uint64_t subject, int32_t cycle, int32_t from,
                   bool (*each)(void *context, const struct metered_record *record, struct error *error), void *context, struct error *error);
/* Bytes in memory, and slots in use. */
uint64_t meter_bytes(struct kept *meter);

#endif
