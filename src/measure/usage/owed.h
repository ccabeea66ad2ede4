/* The notices that were owed to a subscriber by its records in the order of their start, as an audit sees them, and what an operator says
   that it sent. docs/usage.md, "Audit". */
#ifndef MEASURE_USAGE_OWED_H
#define MEASURE_USAGE_OWED_H

#include "measure/usage/history.h"
#include "measure/usage/levels.h"

/* What tells the notices of one subscriber apart. */
struct notice_key {
    int32_t cycle;
    struct str pool;
    enum notice_level level;
    int percent;           /* 0 for over and cap */
};

struct owed {
    struct notice_key key;
    const struct used *cause;
};

/* A notice_sent record. */
struct sent {
    uint64_t subject;
    struct notice_key key;
    int64_t time;
    struct str source;
    uint64_t seq;
};

/* Finds what was owed to one subscriber, in the order of the causes; all of it in the arena. */
void owed_find(const struct history *history, const struct used *first, size_t count, const struct holding *holdings, size_t holding_count,
               struct arena *arena, struct owed **owed, size_t *owed_count);

/* For qsort: by key; sent ones then by time, source, seq. */
int owed_order(const void *left, const void *right);
int sent_order(const void *left, const void *right);
int notice_key_order(const struct notice_key *a, const struct notice_key *b);

#endif
