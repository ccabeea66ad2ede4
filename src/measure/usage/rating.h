/* Rating: sums of use, allowances and prices of one subscriber and cycle become pools, over and charges. Pure: no state, no clock,
   no disk. The rules are docs/usage.md's ("Cycle, parts, sums" to "Pools"), after the contract's "Usage, notices, bills". */
#ifndef MEASURE_USAGE_RATING_H
#define MEASURE_USAGE_RATING_H

#include "base/memory.h"
#include "base/moment.h"
#include "measure/tariff/tariff.h"

/* A subscription of the subscriber, as far as is known. */
struct holding {
    const struct tariff *tariff; /* NULL: not known */
    struct str id;               /* the tariff's */
    int32_t from, to;            /* to: DAY_NONE where it goes on */
};

enum { HOUR_ANY = -1 };
/* Of a subscriber: what is beyond them is not rated, so that nobody can make a bill take forever. In a cycle those allowances count that
   rolled over, then those of the subscriptions that began first. */
enum { SUBSCRIPTIONS_MOST = 10000, GRANTS_MOST = 1024 };
/* Directed scopes of a cycle that are kept apart: the first so many, by name. What is used of others is summed as SCOPE_OTHERS. */
enum { SCOPES_MOST = 32 };
#define SCOPE_OTHERS STR("directed:")

/* Use summed. Two sums may be of the same part, scope and hour; they are added. */
struct use_sum {
    enum service service;
    struct str scope;
    int32_t day;       /* any day of the part in which it was used */
    int hour;          /* of the day, 0 to 23; HOUR_ANY where no allowance of the service that holds in the part has hours */
    uint64_t quantity; /* bytes, minutes, messages */
};

/* What was given once: an allowance of a subscription in a cycle. */
struct grant {
    const struct allowance *allowance;
    const struct holding *holding;
    int32_t given;    /* first day of the cycle in which it was given */
    int32_t expires;  /* the start of that day */
    uint64_t left;    /* undrawn at the end of the cycle, where it has a limit */
    uint64_t drawn;   /* in this cycle */
    struct str pool;  /* the name of its pool */
};

struct pool {
    struct str name;        /* "data:home:23-07" */
    enum service service;
    bool unlimited;
    uint64_t drawn, left;   /* left: as of the moment asked for; size is their sum */
};

/* Over of one service and scope. */
struct over {
    enum service service;
    struct str scope;
    uint64_t quantity;      /* before rounding to the increment */
    uint64_t charged;       /* after it */
    const struct price *price; /* NULL: none */
    int64_t amount;         /* micro-yuan, rounded down: enough for comparing with whole micro-yuan and for rounding to the fen */
};

struct rating {
    const struct holding *main;  /* NULL: none */
    struct grant *grants;
    size_t grant_count;
    struct pool *pools;          /* by name; also those with nothing drawn or left */
    size_t pool_count;
    struct over *overs;          /* by service, then scope; only of quantity > 0 */
    size_t over_count;
    uint64_t over[SERVICES];     /* summed over scopes */
    int64_t charge[SERVICES];    /* micro-yuan, rounded down; data at most data_cap */
};

/* Quantities of use are units of the tariff from base units: seconds become started minutes. */
static inline uint64_t use_units(enum service service, uint64_t quantity)
{
    return service == SERVICE_VOICE ? quantity / 60 + (quantity % 60 != 0) : quantity;
}
/* a + b, at most 2^63-1. */
static inline uint64_t use_add(uint64_t a, uint64_t b)
{
    return a > INT64_MAX - (b > INT64_MAX ? INT64_MAX : b) ? INT64_MAX : a + b;
}

/* The cycle of a moment: the first day of its month; and the first day of the next. */
int32_t cycle_of(int64_t moment);
int32_t cycle_end(int32_t cycle);

/* The days strictly inside the cycle on which it is cut, rising, without repeats; returns how many (at most 30). */
enum { CUTS_MAX = 31 };
size_t cycle_cuts(const struct holding *holdings, size_t count, int32_t cycle, int32_t cuts[CUTS_MAX]);
/* Whether use of a service must be summed by the hour in this cycle: some allowance of it that may be given or drawn has hours. */
bool cycle_has_hours(const struct holding *holdings, size_t count, int32_t cycle, enum service service);
/* The first cycle from which on rating must go forward to rate this one: an earlier one where something may roll over. */
int32_t cycle_rolls_from(const struct holding *holdings, size_t count, int32_t cycle);
/* The most cycles that any allowance of them lives on. */
unsigned longest_rollover(const struct holding *holdings, size_t count);
/* By from, then tariff: for qsort over struct holding. */
int holding_order(const void *left, const void *right);
/* The main tariff's holding of the cycle, or of the days from `from` to before `end`; or NULL. */
const struct holding *cycle_main(const struct holding *holdings, size_t count, int32_t cycle);
const struct holding *holdings_main(const struct holding *holdings, size_t count, int32_t from, int32_t end);
/* The main tariff's price for a service and scope, or NULL. */
const struct price *price_of(const struct tariff *main, enum service service, struct str scope);
/* price * quantity / per of units that may not be bytes (voice: minutes), rounded down; micro-yuan, at most INT64_MAX. */
int64_t price_amount(const struct price *price, uint64_t units);

/* Rates one cycle. Before it: the rating of the cycle before, of which what rolls over is drawn (NULL: nothing does). Pools are as of a
   moment (`day` is its day: whose subscriptions hold). Everything lives in the arena; holdings must outlive it. */
struct rating *rate(const struct holding *holdings, size_t count, int32_t cycle, const struct use_sum *sums, size_t sum_count,
                    const struct rating *before, int32_t day, struct arena *arena);
/* NULL where there is none. */
struct pool *rating_pool(const struct rating *rating, struct str name);
/* The pool that a grant belongs to. */
const struct pool *rating_pool_of(const struct rating *rating, const struct grant *grant);
/* Which of two that serve a use of that scope is drawn on first: negative, the left one. */
int grant_order(const struct grant *a, const struct grant *b, struct str scope);

#endif
