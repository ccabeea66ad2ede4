/* The way in: from blind index to subject, in memory. One cache line is one bucket of three persons, so that finding one
   usually costs a single memory access, which can be asked for ahead. Not for use by two threads at a time. */
#ifndef VAULT_TABLE_H
#define VAULT_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SUBJECT_NONE UINT64_MAX
#define SUBJECT_LIMIT (UINT64_C(1) << 40)

struct blind {
    uint64_t high, low;
};

struct bucket;
/* Start from { 0 }. */
struct table {
    struct bucket *buckets;
    uint64_t count; /* of the buckets */
    uint64_t used;  /* places taken in them, also by persons removed since */
};

/* Makes room for so many persons at once. */
void blind_reserve(struct table *table, uint64_t persons);
void blind_close(struct table *table);

/* Fetches what blind_find will look at. */
void blind_prefetch(const struct table *table, struct blind blind);
/* SUBJECT_NONE where it is not there. */
uint64_t blind_find(const struct table *table, struct blind blind);
/* It must not be there yet; the subject is below SUBJECT_LIMIT. */
void blind_add(struct table *table, struct blind blind, uint64_t subject);
/* Where it is not there, nothing happens. */
void blind_remove(struct table *table, struct blind blind);

#endif
