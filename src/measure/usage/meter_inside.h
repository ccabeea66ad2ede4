/* What the parts of the meter share: meter.c (applying), meter_sums.c (sums of a cycle, from slots or from records), meter_level.c
   (a record that may owe something), meter_snapshot.c, meter_read.c. */
#ifndef MEASURE_USAGE_METER_INSIDE_H
#define MEASURE_USAGE_METER_INSIDE_H

#include <pthread.h>

#include "engine/entry.h"
#include "measure/usage/known.h"
#include "measure/usage/meter.h"
#include "measure/usage/slots.h"
#include "measure/usage/trace.h"

struct kept {
    struct keeping_seam seam;
    pthread_rwlock_t lock;   /* of all that follows; held for writing from the first entry of a round to its commit */
    bool is_writing;         /* the writer's own */
    bool is_abandoned;       /* memory is ahead of the tables, maybe by half a record */
    struct known *known;
    struct slots *slots;
    struct trace *trace;
    uint16_t epoch;          /* of the tariffs: rises with each version; never 0 */
    uint64_t position;       /* committed */
    uint64_t since_snapshot; /* records */
    uint64_t used;           /* slots */
    int64_t latest;          /* start of a record that came since it was opened */
    struct arena arena;      /* of the record being applied */
    struct text entry;       /* bytes of an earlier one, while applying */
    struct use_record *records; /* of the entry being applied */
};

/* How earlier entries are read: while applying by the seam, else from the ledger. */
struct entry_source {
    bool (*read)(void *context, uint64_t index, struct text *out, struct error *error);
    void *context;
};

/* Only records before this one, while it is applied; of a cycle read from a day on, only those that began from that moment on. */
struct before {
    uint64_t index;
    size_t place;
    int64_t from;
};
#define BEFORE_NONE ((struct before){ UINT64_MAX, 0, 0 })

/* ---- meter_sums.c ---- */

/* How sums of a cycle must be apart, so that it can be rated with these subscriptions. */
struct shape {
    int32_t cuts[CUTS_MAX];
    size_t cut_count;
    unsigned hours;
};
void shape_find(const struct holding *holdings, size_t count, int32_t cycle, struct shape *shape);
/* Where a record's use is added. */
struct use_sum shaped_use(const struct detail *detail, int32_t cycle, const struct use_record *use);
/* Sums a cycle's records anew in that shape; *latest (may be NULL) is their latest start, MOMENT_NONE where there are none. */
bool sums_gather(const struct kept *meter, const struct entry_source *entries, uint64_t subject, int32_t cycle, const struct shape *shape,
                 struct before before, struct arena *arena, struct detail *detail, int64_t *latest, struct error *error);
/* The sums in the slot, in a shape that will do: as they are, else gathered. slot may be NULL. */
bool sums_of(const struct kept *meter, const struct entry_source *entries, uint64_t subject, int32_t cycle, const struct slot *slot,
             const struct shape *shape, struct before before, struct arena *arena, struct detail *detail, struct error *error);
/* While applying: keeps the sums of earlier cycles that rate_earlier needs in a shape that will do, so that they are gathered once, however late
   a subscription came. */
bool shape_earlier(struct kept *meter, const struct entry_source *entries, uint64_t subject, int32_t cycle, const struct holding *holdings,
                   size_t count, struct before before, struct arena *arena, struct error *error);
/* The rating of the cycle before, of which something may roll over into this one; *earlier is NULL where nothing can. */
bool rate_earlier(const struct kept *meter, const struct entry_source *entries, uint64_t subject, int32_t cycle,
                  const struct holding *holdings, size_t count, struct before before, struct arena *arena, const struct rating **earlier,
                  struct error *error);
/* Each record of a subject's cycle that counts. */
bool records_each(const struct kept *meter, const struct entry_source *entries, uint64_t subject, int32_t cycle, struct before before,
                  bool (*each)(void *context, const struct metered_record *record, struct error *error), void *context, struct error *error);
uint32_t month_of(int32_t cycle);

/* ---- meter_level.c ---- */

/* The next record may owe something, whatever the sums are. */
void look_again(struct slot *slot);
/* The same in all later cycles of a subject: what rolled over into them may be other than it was. */
void later_look_again(struct kept *meter, uint64_t subject, int32_t cycle);

/* A record that is not known to owe nothing: rates without and with it, puts its notices into the outbox. */
bool use_apply(struct kept *meter, const struct applied *applied, size_t place, bool again, struct error *error);

/* ---- meter_snapshot.c ---- */

bool meter_save(struct kept *meter, uint64_t position, struct error *error);
/* Into an empty meter; *position is 0 where there is no snapshot that can be used. */
bool meter_restore(struct kept *meter, uint64_t most, uint64_t *position, struct error *error);
/* Empties it. */
void meter_clear(struct kept *meter);

#endif
