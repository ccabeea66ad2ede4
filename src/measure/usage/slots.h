/* The hot table: a slot of 64 bytes for each subscriber and cycle, found by two array accesses. The plain case (no cuts, no hours, use at
   home) is in the slot; anything else, and which levels were reached, in packed bytes that hang on it. Locked by its owner. */
#ifndef MEASURE_USAGE_SLOTS_H
#define MEASURE_USAGE_SLOTS_H

#include "base/hash.h"
#include "measure/usage/levels.h"
#include "measure/usage/rating.h"

enum slot_flags {
    SLOT_USED = 1,   /* a record came */
    SLOT_SHAPED = 2, /* sums are in the detail, not in the slot */
};

struct slot {
    uint64_t sums[SERVICES]; /* of home use over the whole cycle; not where it is shaped */
    uint64_t next[SERVICES]; /* a sum below it owes nothing (ladder.h); 0: look */
    char *detail;            /* packed; NULL: none */
    uint32_t latest;         /* the latest start seen, milliseconds since the cycle's start */
    uint16_t epoch;          /* of the tariffs for which next holds */
    uint8_t flags;
};
_Static_assert(sizeof(struct slot) == 64, "a slot is one line of the cache");

struct slots;

/* Whether most of the subjects from `first` on, so many, are likely to have a slot in any cycle. */
typedef bool slots_crowded(const void *context, uint64_t first, uint64_t count);
struct slots *slots_open(slots_crowded *crowded, const void *context);
void slots_close(struct slots *slots);

/* The slot of a subject and cycle; made where `make`, else NULL where there is none. Valid until closed. */
struct slot *slots_at(struct slots *slots, uint64_t subject, int32_t cycle, bool make);
const struct slot *slots_look(const struct slots *slots, uint64_t subject, int32_t cycle);
/* The slots of a subject in cycles behind one. */
void slots_later(struct slots *slots, uint64_t subject, int32_t cycle, void (*each)(struct slot *slot));
/* All cycles of which there are slots, rising. */
size_t slots_cycles(const struct slots *slots, const int32_t **cycles);
/* Each used slot, by cycle and subject. */
bool slots_each(const struct slots *slots, bool (*each)(void *context, uint64_t subject, int32_t cycle, const struct slot *slot), void *context);
/* No subject is as great. */
uint64_t slots_subjects(const struct slots *slots);
uint64_t slots_bytes(const struct slots *slots);
/* Makes memory ready, in a thread: for the first cycle while subscribers become known, for the next one on the last day of the newest, told by the
   latest start of a record. To be called once in a while. */
void slots_ahead(struct slots *slots, int64_t latest);

/* What hangs on a slot, unpacked. */
struct detail {
    int32_t cuts[CUTS_MAX];  /* by which the sums are apart, at least */
    size_t cut_count;
    unsigned hours;          /* bit of each service whose sums are apart by the hour */
    struct use_sum *sums;    /* where the slot is shaped; sorted */
    size_t sum_count, sum_room;
    struct levels levels;
};

/* Unpacks into the arena; empty where there is none. Names are the slots' own and last. */
void detail_unpack(const struct slots *slots, const struct slot *slot, struct detail *detail, struct arena *arena);
/* Hangs it on the slot in place of what hung there. */
void detail_pack(struct slots *slots, struct slot *slot, const struct detail *detail);
/* Adds to the sum of that service, scope, day and hour; quantity may be taken away again with `less`. Of directed scopes SCOPES_MOST are kept
   apart. */
void detail_add(struct detail *detail, const struct use_sum *use, bool less, struct arena *arena);

/* Everything, appended to by pieces through `write`, for a snapshot; and back. */
bool slots_save(const struct slots *slots, bool (*write)(void *context, const void *bytes, size_t length, struct error *error), void *context,
                struct error *error);
bool slots_load(struct slots *slots, bool (*read)(void *context, void *bytes, size_t length, struct error *error), void *context,
                struct error *error);
/* Of all sums, latest starts and levels, whatever their form in memory. */
void slots_digest(const struct slots *slots, struct sha256_run *run);

#endif
