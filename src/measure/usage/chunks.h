/* Zeroed memory for slots, in chunks of a huge page of the system's, and some of it made ready beforehand by a thread: the system zeroes a page
   when it is first touched, which for a month of ten million subscribers takes a second that should not fall into the month's first. */
#ifndef MEASURE_USAGE_CHUNKS_H
#define MEASURE_USAGE_CHUNKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CHUNK_BYTES = 2 * 1024 * 1024 };

struct chunks;

struct chunks *chunks_open(void);
/* What was taken was given back before. */
void chunks_close(struct chunks *chunks);

/* A zeroed chunk; where most of it will be used a ready one, if there is any, or one huge page, which costs a hundredth of the time of small
   ones; else page by page, so that what is never used costs no memory. */
void *chunk_take(struct chunks *chunks, bool is_crowded);
void chunk_give(void *chunk);

/* That many shall be ready soon, unless taken in the meantime. */
void chunks_want(struct chunks *chunks, size_t count);
/* Bytes in those that are ready. */
uint64_t chunks_bytes(struct chunks *chunks);

#endif
