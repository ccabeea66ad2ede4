/* Packing: records in clear, a block at a time, get their subjects, are sealed and become entries of a group. Once a block was filled to
   the end, blocks are packed by a thread of their own, while the next ones are filled. */
#ifndef ENGINE_PACKING_H
#define ENGINE_PACKING_H

#include "engine/admit.h"

enum { BLOCK_RECORDS = ADMIT_RECORDS, BLOCK_BYTES = 256 * 1024 };

struct block {
    struct record_rows records; /* the one behind the last is a place for the next */
    int64_t digests[BLOCK_RECORDS];
    size_t count, bytes;    /* bytes: of their strings */
    struct arena arena;     /* of their strings */
    struct claim *claim;    /* that they are under; NULL: none */
    struct text mark;       /* goes into the group's */
    bool ends_group;        /* it is the last of its group, which takes over the claim, unless it is a held one */
};

struct packing_options {
    const struct kind *kind;
    uint64_t hold;
    void (*done)(void *context, struct group *group);             /* of the groups */
    /* A block that could not be packed, or an empty one that ends a group of nothing; in any thread. */
    void (*dropped)(void *context, const struct block *block);
    void *context;
};

struct packing;

struct packing *packing_open(struct engine *engine, const struct packing_options *options);
/* Ends its thread; what stands in no ended group is discarded. Returns the ticket of the group submitted last. */
uint64_t packing_end(struct packing *packing);
/* Ended before. */
void packing_close(struct packing *packing);

/* The block to be filled; it has room for one more record, unless it is full. */
struct block *packing_block(struct packing *packing);
bool block_is_full(const struct block *block);
/* Packs the block, now or soon: another, empty, takes its place. The group it ends is submitted. False with the failure of this block or of
   one before. */
bool packing_next(struct packing *packing, struct error *error);
/* Waits until all that went before is packed, and tells the ticket of the group submitted last; false with the failure of one. */
bool packing_settle(struct packing *packing, uint64_t *ticket, struct error *error);
/* Whether a group is under way that nothing ended yet, and whether it is large enough to go. */
bool packing_is_under_way(const struct packing *packing);
bool packing_is_full(const struct packing *packing);

#endif
