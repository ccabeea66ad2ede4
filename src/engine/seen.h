/* What has been seen of each source, as a set of intervals: memory grows with gaps, not with records. */
#ifndef ENGINE_SEEN_H
#define ENGINE_SEEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/entry.h"

/* Intervals, sorted and apart by at least one, in blocks: whatever the order in which numbers come, one costs about the same. */
struct seen_block;
struct seen {
    struct seen_block *blocks;
    size_t block_count, block_room;
    size_t count; /* of intervals */
};

bool seen_has(const struct seen *seen, uint64_t seq);
/* The interval that holds seq; false: none. */
bool seen_find(const struct seen *seen, uint64_t seq, struct span *span);
/* Adds an interval that may overlap; returns the one that holds it now. */
struct span seen_add(struct seen *seen, struct span span);
/* Takes out an interval, whether all of it is in or not. */
void seen_remove(struct seen *seen, struct span span);
/* The greatest that was seen; 0 where nothing was. */
uint64_t seen_greatest(const struct seen *seen);
void seen_close(struct seen *seen);

/* All intervals, rising: start from { 0 }; the set must not change meanwhile. */
struct seen_place {
    size_t block, at;
};
bool seen_next(const struct seen *seen, struct seen_place *place, struct span *span);

#endif
