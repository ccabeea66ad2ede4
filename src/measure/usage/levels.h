/* Which notices a record makes due: docs/usage.md, "Notices". One rule for serving and auditing. Pure. */
#ifndef MEASURE_USAGE_LEVELS_H
#define MEASURE_USAGE_LEVELS_H

#include "measure/usage/notice.h"
#include "measure/usage/rating.h"

enum { OWN_LEVELS = 32 };

/* A person's own levels, beside the tariff's; audits have none. */
struct own_levels {
    uint8_t notice_at[OWN_LEVELS];
    size_t notice_at_count;
    bool has_cap;
    int64_t cap; /* micro-yuan */
};

/* A percentage of a pool that was due in this cycle. */
struct level_mark {
    struct str pool;
    uint8_t percent;
    bool marked;     /* false: the pool has grown since, and it may be due again */
    uint32_t times;  /* how often it was owed */
};

struct pool_size {
    struct str pool;
    uint64_t size;   /* at the end of the last record of its service */
};

/* What is remembered of a subscriber and cycle. Sizes only of pools that have marks. */
struct levels {
    struct level_mark *marks;
    size_t mark_count, mark_room;
    struct pool_size *sizes;
    size_t size_count, size_room;
    int64_t over[SERVICES]; /* the amount reached, micro-yuan */
    bool cap;
    uint64_t own_cap;       /* the person's own that was reached, micro-yuan and one; 0: none */
};

/* A notice that is owed; strings are those of the rating. */
struct due {
    struct str pool;
    enum notice_level level;
    int percent;
    uint64_t occurrence;
    uint64_t used;
    bool has_quantity;
    uint64_t quantity;
    int64_t charge; /* micro-yuan, whole fen */
};

enum { DUES_MAX = 64 };
/* What a record of that service makes due, given the ratings without and with it, both as of the same moment; brings levels up to
   it, with room from the arena (pool names are the rating's: copy what is to last). Returns how many are owed. own may be NULL. */
size_t levels_due(struct levels *levels, const struct rating *before, const struct rating *after, enum service service,
                  const struct own_levels *own, struct due dues[DUES_MAX], struct arena *arena);

/* Whether a person's own cap is still to be reached in this cycle; one that was raised after it was reached is so again. */
bool own_cap_is_open(const struct levels *levels, const struct own_levels *own);

/* Half up to the fen. */
int64_t to_fen(int64_t money);

#endif
