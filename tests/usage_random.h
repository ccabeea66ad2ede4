/* Random worlds of use, the same for the same seed: small, and near the moments and amounts at which something changes. */
#ifndef TESTS_USAGE_RANDOM_H
#define TESTS_USAGE_RANDOM_H

#include "usage_world.h"

/* A generator of its own, so that a seed says the same on every machine. */
struct chances {
    uint64_t state;
};
uint64_t chances_next(struct chances *chances);
/* From 0 up to, not with, most. */
int64_t chances_below(struct chances *chances, int64_t most);
bool chances_percent(struct chances *chances, int percent);

/* Which months they are about: one of so many. */
enum { RANDOM_BASES = 6 };
/* An empty world is filled: tariffs, subscriptions, use and people's own levels, in the order in which they come; then what an operator
   says that it sent and charged, which is what the reference computes, with faults. Worlds of other numbers have other names. */
void random_world(struct world *world, uint64_t seed, uint64_t number, unsigned base);
/* Another order of the same records, but for versions of one key and for what an earlier one decides: those keep theirs. */
void random_order(struct world *world, struct chances *chances);

#endif
