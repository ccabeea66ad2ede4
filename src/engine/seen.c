#include "engine/seen.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/* The first interval that ends at or after seq. */
static size_t first_ending(const struct seen *seen, uint64_t seq)
{
    size_t low = 0, high = seen->count;
    if (high && seen->spans[high - 1].high < seq) return high;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (seen->spans[middle].high < seq)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

bool seen_has(const struct seen *seen, uint64_t seq)
{
    size_t at = first_ending(seen, seq);
    return at < seen->count && seen->spans[at].low <= seq;
}

const struct span *seen_find(const struct seen *seen, uint64_t seq)
{
    return seen_has(seen, seq) ? &seen->spans[first_ending(seen, seq)] : NULL;
}

static void room_for_one(struct seen *seen)
{
    if (seen->count < seen->room) return;
    seen->room = seen->room ? seen->room * 2 : 4;
    seen->spans = reallocate(seen->spans, seen->room * sizeof *seen->spans);
}

void seen_add(struct seen *seen, struct span span, size_t *from, size_t *gone)
{
    size_t first = first_ending(seen, span.low ? span.low - 1 : 0), end = first;
    while (end < seen->count && seen->spans[end].low <= (span.high == UINT64_MAX ? span.high : span.high + 1)) {
        if (seen->spans[end].low < span.low) span.low = seen->spans[end].low;
        if (seen->spans[end].high > span.high) span.high = seen->spans[end].high;
        end++;
    }
    if (first == end) room_for_one(seen);
    if (end != first + 1 && seen->count > end)
        memmove(seen->spans + first + 1, seen->spans + end, (seen->count - end) * sizeof *seen->spans);
    seen->spans[first] = span;
    seen->count = seen->count + 1 - (end - first);
    *from = first;
    *gone = end - first;
}

void seen_remove(struct seen *seen, struct span span)
{
    size_t first = first_ending(seen, span.low), end = first;
    while (end < seen->count && seen->spans[end].low <= span.high) end++;
    if (first == end) return;
    struct span before = seen->spans[first], after = seen->spans[end - 1], left[2];
    size_t kept = 0;
    if (before.low < span.low) left[kept++] = (struct span){ before.low, span.low - 1 };
    if (after.high > span.high) left[kept++] = (struct span){ span.high + 1, after.high };
    if (kept > end - first) room_for_one(seen);
    memmove(seen->spans + first + kept, seen->spans + end, (seen->count - end) * sizeof *seen->spans);
    memcpy(seen->spans + first, left, kept * sizeof *left);
    seen->count = seen->count + kept - (end - first);
}

void seen_close(struct seen *seen)
{
    free(seen->spans);
    *seen = (struct seen){ 0 };
}
