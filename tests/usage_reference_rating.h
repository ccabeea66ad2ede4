/* The inside of the reference: what a list of seen records makes of one subscriber and cycle. */
#ifndef TESTS_USAGE_REFERENCE_RATING_H
#define TESTS_USAGE_REFERENCE_RATING_H

#include "usage_reference.h"

typedef __int128 wide;

/* above / below micro-yuan, below > 0. */
struct fraction {
    wide above, below;
};
struct fraction fraction_of(wide above, wide below);
struct fraction fraction_add(struct fraction a, struct fraction b);
int fraction_compare(struct fraction a, struct fraction b);
/* Rounded half up to the fen. */
int64_t fraction_fen(struct fraction money);

/* Records that have been seen, in the order in which they came. */
struct seen {
    const struct world_record **at;
    size_t count;
};

/* What a subscription gave in a cycle. */
struct given {
    const struct world_allowance *allowance;
    const struct world_subscription *subscription;
    int32_t expires;        /* at the start of that day */
    int64_t size, left;     /* units; of no meaning where it is without limit */
    int64_t drawn;          /* in the cycle that is rated */
};

struct over_of_scope {
    enum use_service service;
    const char *scope;
    int64_t quantity;
};

enum { GIVEN_MAX = 256, OVERS_MAX = 32 };
struct rated {
    const struct world_tariff *main; /* NULL: none */
    const struct world_subscription *main_subscription;
    struct given *given;
    size_t given_count;
    struct over_of_scope overs[OVERS_MAX]; /* by service, then scope */
    size_t over_count;
};

/* The last version of a tariff, or NULL. */
const struct world_tariff *seen_tariff(struct seen seen, const char *tariff);
/* The last versions of a subscriber's subscriptions. */
size_t seen_subscriptions(struct seen seen, const char *subscriber, struct arena *arena, const struct world_subscription ***subscriptions);
/* Whether a record that came later corrects it, or one that came before. */
bool seen_corrected(struct seen seen, const struct world_record *use);
/* A subscriber's records of use that count, in the order in which they came. */
size_t seen_uses(struct seen seen, const char *subscriber, struct arena *arena, const struct world_use ***uses);
/* The latest start of a subscriber's use in a cycle, or MOMENT_NONE. */
int64_t seen_latest(struct seen seen, const char *subscriber, int32_t cycle, struct arena *arena);

struct rated *rated_cycle(struct seen seen, const char *subscriber, int32_t cycle, struct arena *arena);
struct fraction rated_charge_of_scope(const struct rated *rated, const struct over_of_scope *over);
struct fraction rated_charge(const struct rated *rated, enum use_service service);
int64_t rated_over(const struct rated *rated, enum use_service service);
bool holds(const struct world_subscription *subscription, int32_t day);

/* A pool as of a day. */
struct pool_of_day {
    const char *name;
    enum use_service service;
    int64_t drawn, left;
    bool unlimited;
};
/* By name; also those of which nothing is drawn or left. */
size_t rated_pools(const struct rated *rated, int32_t day, struct arena *arena, struct pool_of_day **pools);

#endif
