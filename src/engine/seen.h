/* What has been seen of each source, as a set of intervals: memory grows with gaps, not with records. */
#ifndef ENGINE_SEEN_H
#define ENGINE_SEEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/entry.h"

struct seen {
    struct span *spans; /* sorted, apart by at least one */
    size_t count, room;
};

bool seen_has(const struct seen *seen, uint64_t seq);
/* The interval that holds seq, or NULL. Valid until the set changes. */
const struct span *seen_find(const struct seen *seen, uint64_t seq);
/* Adds an interval that may overlap; tells which old intervals [*from, *from + *gone) became the one at *from. */
void seen_add(struct seen *seen, struct span span, size_t *from, size_t *gone);
/* Takes out an interval, whether all of it is in or not. */
void seen_remove(struct seen *seen, struct span span);
void seen_close(struct seen *seen);

#endif
