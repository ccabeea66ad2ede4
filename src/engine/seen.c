#include "engine/seen.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

enum { BLOCK = 256, FIRST_ROOM = 2 };

struct seen_block {
    struct span *spans; /* never none */
    uint64_t high;      /* of the last one */
    uint32_t count, room;
};

/* ---- places ---- */

static bool is_there(const struct seen *seen, struct seen_place place)
{
    return place.block < seen->block_count;
}

static struct span *span_at(const struct seen *seen, struct seen_place place)
{
    return &seen->blocks[place.block].spans[place.at];
}

static struct seen_place behind(const struct seen *seen, struct seen_place place)
{
    if (++place.at == seen->blocks[place.block].count) place = (struct seen_place){ place.block + 1, 0 };
    return place;
}

/* The first interval that ends at or after seq. */
static struct seen_place first_ending(const struct seen *seen, uint64_t seq)
{
    size_t low = 0, high = seen->block_count;
    if (high && seen->blocks[high - 1].high < seq) return (struct seen_place){ high, 0 };
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (seen->blocks[middle].high < seq)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == seen->block_count) return (struct seen_place){ low, 0 };
    const struct seen_block *block = &seen->blocks[low];
    size_t from = 0, to = block->count - 1;
    while (from < to) {
        size_t middle = (from + to) / 2;
        if (block->spans[middle].high < seq)
            from = middle + 1;
        else
            to = middle;
    }
    return (struct seen_place){ low, from };
}

/* ---- changing ---- */

static void block_closed(struct seen_block *block)
{
    block->high = block->spans[block->count - 1].high;
}

/* An empty one in front of the block at that place. */
static struct seen_block *block_insert(struct seen *seen, size_t at, uint32_t room)
{
    if (seen->block_count == seen->block_room) {
        seen->block_room = seen->block_room ? seen->block_room * 2 : 1;
        seen->blocks = reallocate(seen->blocks, seen->block_room * sizeof *seen->blocks);
    }
    struct seen_block *block = &seen->blocks[at];
    memmove(block + 1, block, (seen->block_count++ - at) * sizeof *block);
    *block = (struct seen_block){ .spans = allocate(room * sizeof *block->spans), .room = room };
    return block;
}

static void block_split(struct seen *seen, size_t at)
{
    struct seen_block *upper = block_insert(seen, at + 1, BLOCK), *lower = &seen->blocks[at];
    upper->count = lower->count / 2;
    lower->count -= upper->count;
    memcpy(upper->spans, lower->spans + lower->count, upper->count * sizeof *upper->spans);
    block_closed(lower);
    block_closed(upper);
}

static void insert(struct seen *seen, struct span span)
{
    struct seen_place place = first_ending(seen, span.low);
    if (!is_there(seen, place) && !seen->block_count) {
        block_insert(seen, 0, FIRST_ROOM);
        place = (struct seen_place){ 0, 0 };
    } else if (!is_there(seen, place)) {
        place = (struct seen_place){ seen->block_count - 1, seen->blocks[seen->block_count - 1].count };
        if (place.at == BLOCK) { /* what only rises fills its blocks */
            block_insert(seen, seen->block_count, BLOCK);
            place = (struct seen_place){ seen->block_count - 1, 0 };
        }
    } else if (seen->blocks[place.block].count == BLOCK) {
        block_split(seen, place.block);
        place = first_ending(seen, span.low);
    }
    struct seen_block *block = &seen->blocks[place.block];
    if (block->count == block->room) {
        block->room *= 2;
        block->spans = reallocate(block->spans, block->room * sizeof *block->spans);
    }
    memmove(block->spans + place.at + 1, block->spans + place.at, (block->count++ - place.at) * sizeof *block->spans);
    block->spans[place.at] = span;
    block_closed(block);
    seen->count++;
}

static void erase(struct seen *seen, struct seen_place place)
{
    struct seen_block *block = &seen->blocks[place.block];
    memmove(block->spans + place.at, block->spans + place.at + 1, (--block->count - place.at) * sizeof *block->spans);
    seen->count--;
    if (block->count) {
        block_closed(block);
        return;
    }
    free(block->spans);
    memmove(block, block + 1, (--seen->block_count - place.block) * sizeof *block);
}

/* Whether two overlap or touch. */
static bool is_one(struct span a, struct span b)
{
    return a.low <= (b.high == UINT64_MAX ? b.high : b.high + 1) && b.low <= (a.high == UINT64_MAX ? a.high : a.high + 1);
}

struct span seen_add(struct seen *seen, struct span span)
{
    struct seen_place place = first_ending(seen, span.low ? span.low - 1 : 0);
    if (!is_there(seen, place) || !is_one(*span_at(seen, place), span)) {
        insert(seen, span);
        return span;
    }
    struct span *kept = span_at(seen, place);
    if (kept->low < span.low) span.low = kept->low;
    if (kept->high > span.high) span.high = kept->high;
    for (struct seen_place next = behind(seen, place); is_there(seen, next) && is_one(*span_at(seen, next), span); next = behind(seen, place)) {
        if (span_at(seen, next)->high > span.high) span.high = span_at(seen, next)->high;
        erase(seen, next);
    }
    *span_at(seen, place) = span;
    block_closed(&seen->blocks[place.block]);
    return span;
}

void seen_remove(struct seen *seen, struct span span)
{
    for (;;) {
        struct seen_place place = first_ending(seen, span.low);
        if (!is_there(seen, place) || span_at(seen, place)->low > span.high) return;
        struct span cut = *span_at(seen, place);
        erase(seen, place);
        if (cut.low < span.low) insert(seen, (struct span){ cut.low, span.low - 1 });
        if (cut.high > span.high) insert(seen, (struct span){ span.high + 1, cut.high });
    }
}

void seen_close(struct seen *seen)
{
    for (size_t i = 0; i < seen->block_count; i++) free(seen->blocks[i].spans);
    free(seen->blocks);
    *seen = (struct seen){ 0 };
}

/* ---- looking ---- */

bool seen_find(const struct seen *seen, uint64_t seq, struct span *span)
{
    struct seen_place place = first_ending(seen, seq);
    if (!is_there(seen, place) || span_at(seen, place)->low > seq) return false;
    *span = *span_at(seen, place);
    return true;
}

bool seen_has(const struct seen *seen, uint64_t seq)
{
    struct span span;
    return seen_find(seen, seq, &span);
}

uint64_t seen_greatest(const struct seen *seen)
{
    return seen->block_count ? seen->blocks[seen->block_count - 1].high : 0;
}

bool seen_next(const struct seen *seen, struct seen_place *place, struct span *span)
{
    if (!is_there(seen, *place)) return false;
    *span = *span_at(seen, *place);
    *place = behind(seen, *place);
    return true;
}
