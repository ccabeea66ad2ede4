#include "vault/table.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/error.h"

enum { PLACES = 3, LEAST_BUCKETS = 64, HUGE_PAGE = 2 * 1024 * 1024 };

/* Full buckets run over into the next. A place is never emptied (those behind it would not be found any more), only its
   blind index is: at the next growth it is left out. */
struct bucket {
    struct blind blind[PLACES];
    uint32_t subject_low[PLACES];
    uint8_t subject_high[PLACES];
    uint8_t used;
};
_Static_assert(sizeof(struct bucket) == 64, "a bucket is a cache line");

static bool blind_equal(struct blind a, struct blind b)
{
    return a.high == b.high && a.low == b.low;
}

/* By the upper bits: growing then reads the old buckets and writes the new ones in order. */
static uint64_t home(const struct table *table, struct blind blind)
{
    return (uint64_t)(((unsigned __int128)blind.high * table->count) >> 64);
}

static uint64_t next(const struct table *table, uint64_t bucket)
{
    return bucket + 1 == table->count ? 0 : bucket + 1;
}

static void put(struct table *table, struct blind blind, uint64_t subject)
{
    uint64_t i = home(table, blind);
    while (table->buckets[i].used == PLACES)
        i = next(table, i);
    struct bucket *bucket = &table->buckets[i];
    bucket->blind[bucket->used] = blind;
    bucket->subject_low[bucket->used] = (uint32_t)subject;
    bucket->subject_high[bucket->used] = (uint8_t)(subject >> 32);
    bucket->used++;
    table->used++;
}

static void grow(struct table *table, uint64_t buckets)
{
    struct table old = *table;
    size_t bytes = (size_t)buckets * sizeof *table->buckets;
    bool large = bytes >= 4 * HUGE_PAGE;
    size_t alignment = large ? HUGE_PAGE : sizeof *table->buckets;
    bytes = (bytes + alignment - 1) / alignment * alignment;
    table->buckets = aligned_alloc(alignment, bytes);
    must(table->buckets != NULL);
    if (large)
        madvise(table->buckets, bytes, MADV_HUGEPAGE); /* for speed only: a system that has none may refuse */
    memset(table->buckets, 0, bytes);
    table->count = buckets;
    table->used = 0;
    for (uint64_t i = 0; i < old.count; i++)
        for (uint8_t place = 0; place < old.buckets[i].used; place++) {
            const struct bucket *bucket = &old.buckets[i];
            if (!blind_equal(bucket->blind[place], (struct blind){ 0 }))
                put(table, bucket->blind[place], bucket->subject_low[place] | (uint64_t)bucket->subject_high[place] << 32);
        }
    free(old.buckets);
}

/* Three quarters full at most: beyond that full buckets stand in rows. */
static uint64_t buckets_for(uint64_t persons)
{
    uint64_t buckets = persons * 4 / (3 * PLACES) + 1;
    return buckets < LEAST_BUCKETS ? LEAST_BUCKETS : buckets;
}

void blind_reserve(struct table *table, uint64_t persons)
{
    if (buckets_for(persons) > table->count)
        grow(table, buckets_for(persons));
}

void blind_close(struct table *table)
{
    free(table->buckets);
    *table = (struct table){ 0 };
}

void blind_prefetch(const struct table *table, struct blind blind)
{
    if (table->count)
        __builtin_prefetch(&table->buckets[home(table, blind)]);
}

/* The bucket and the place in it; false where it is not there. */
static bool look_up(const struct table *table, struct blind blind, struct bucket **found, uint8_t *place)
{
    if (!table->count)
        return false;
    for (uint64_t i = home(table, blind);; i = next(table, i)) {
        struct bucket *bucket = &table->buckets[i];
        for (uint8_t at = 0; at < bucket->used; at++)
            if (blind_equal(bucket->blind[at], blind)) {
                *found = bucket;
                *place = at;
                return true;
            }
        if (bucket->used < PLACES)
            return false;
    }
}

uint64_t blind_find(const struct table *table, struct blind blind)
{
    struct bucket *bucket;
    uint8_t place;
    if (!look_up(table, blind, &bucket, &place))
        return SUBJECT_NONE;
    return bucket->subject_low[place] | (uint64_t)bucket->subject_high[place] << 32;
}

void blind_add(struct table *table, struct blind blind, uint64_t subject)
{
    must(subject < SUBJECT_LIMIT);
    if (buckets_for(table->used + 1) > table->count)
        grow(table, buckets_for(table->used + 1 + table->used / 2));
    put(table, blind, subject);
}

void blind_remove(struct table *table, struct blind blind)
{
    struct bucket *bucket;
    uint8_t place;
    if (look_up(table, blind, &bucket, &place))
        bucket->blind[place] = (struct blind){ 0 };
}
