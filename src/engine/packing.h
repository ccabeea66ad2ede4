/* Packing: records in clear, a block at a time, get their subjects, are sealed and become entries of a group. Once a block was filled to
   the end, blocks are packed by a thread of their own, while the next ones are filled. */
#ifndef ENGINE_PACKING_H
#define ENGINE_PACKING_H

#include "engine/admit.h"

enum { BLOCK_RECORDS = ADMIT_RECORDS };

struct block {
    struct record_rows records; /* the one behind the last is a place for the next */
    int64_t digests[BLOCK_RECORDS];
    size_t count;
    struct arena arena;     /* of their strings */
};

struct packing_options {
    const struct kind *kind;
    uint64_t hold;
    void (*done)(void *context, struct group *group);             /* of the groups */
    void (*dropped)(void *context, const struct block *block);    /* a block that could not be packed; in any thread */
    void *context;
};

struct packing;

struct packing *packing_open(struct engine *engine, const struct packing_options *options);
/* What was not taken is discarded. */
void packing_close(struct packing *packing);

/* The block to be filled; it has room for one more record. */
struct block *packing_block(struct packing *packing);
/* Packs the block, now or soon: another, empty, takes its place. False with the failure of this block or of one before. */
bool packing_next(struct packing *packing, struct error *error);
/* Waits until all that went before is packed; false with the failure of one. */
bool packing_settle(struct packing *packing, struct error *error);
/* Whether the group is large enough to go, as far as is known. */
bool packing_is_full(const struct packing *packing);

/* The group under way, made where there is none; NULL when the engine has failed. The packing is settled. */
struct group *packing_group(struct packing *packing, struct error *error);
/* The same with all that was packed, for submitting; NULL: there is none. The packing is settled. */
struct group *packing_take(struct packing *packing);

#endif
