/* What becomes of a parsed record at the door: persons become subjects, texts are sealed, and it is packed into an entry. Any
   thread. */
#ifndef ENGINE_ADMIT_H
#define ENGINE_ADMIT_H

#include "base/memory.h"
#include "engine/engine.h"

enum { ADMIT_RECORDS = 512 };

/* The digest of a record's clear content, by which a duplicate is told from a conflict; scratch is written over. */
int64_t record_digest(const struct vault *vault, const struct record *record, struct text *scratch);
/* Records of one kind side by side, each as long as the kind's fields need: millions pass through, and what is not there costs nothing. A whole
   struct record is written to the one behind the last alone: to any other it would reach into the next. */
struct record_rows {
    struct record *at;
    size_t stride;
};
static inline struct record *record_row(struct record_rows rows, size_t i)
{
    return (struct record *)(void *)((char *)rows.at + i * rows.stride);
}

/* Gives the persons of up to ADMIT_RECORDS parsed records of one kind their subjects and seals their texts; the commitments
   lie in the arena. After a failure none of them may be packed. */
bool records_admit(struct vault *vault, struct record_rows records, size_t count, struct arena *arena, struct error *error);

struct packed {
    const struct kind *kind;
    struct str source;
    const struct span *spans;
    size_t span_count;
    uint64_t count;
    uint64_t hold;
    int64_t digest;
    struct str records;
};
/* Adds an entry to a group. */
void packed_add(struct vault *vault, struct group *group, const struct packed *packed);

#endif
