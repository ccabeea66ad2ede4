/* A walk through the segments, entry by entry, that checks what it meets: frames, checksums, the tree, and each checkpoint
   against it. Two threads read and hash pieces in turn; what they found is put together in order. */
#ifndef LEDGER_WALK_H
#define LEDGER_WALK_H

#include "ledger/segment.h"
#include "ledger/tree.h"

struct walk_place {
    size_t segment;  /* the position in segments */
    uint64_t offset;
};

struct walk {
    /* Given. */
    struct disk *disk;
    const char *directory;
    const struct ledger_key *key;
    const struct segments *segments;
    bool every_signature; /* else only the last checkpoint's */
    struct text *nodes;   /* where the hashes of completed subtrees are added, or NULL */
    void *context;
    /* Both may be NULL; called in order, by one thread at a time; false with an error ends the walk. The tree is that of the
       entries up to and with this one, or before this checkpoint. */
    bool (*entry)(void *context, const struct tree *tree, uint64_t offset, struct error *error);
    bool (*checkpoint)(void *context, const struct checkpoint *checkpoint, struct walk_place after, struct error *error);
    void (*progress)(void *context, uint64_t done, uint64_t all); /* only called in the calling thread */

    /* Given where it begins; then where it has come to. */
    struct walk_place at;
    struct tree tree;

    /* Found. */
    bool has_checkpoint;       /* any */
    struct tree covered;       /* the tree at the last checkpoint; before any, where the walk began */
    struct walk_place after;   /* behind the last checkpoint; before any, where the walk began */
    struct text note;          /* the last checkpoint's; before any, as given */
    uint64_t bytes;            /* walked over */
    char broken[400];          /* in the last segment: what is wrong with the frame that the walk ended at, or "" */
};

/* False where something is wrong that no torn tail explains. After true, the caller judges whether what stands behind
   `after` is one. */
bool walk_run(struct walk *walk, struct error *error);
/* After the walk: whether it came to what a checkpoint covers that was acknowledged; else ERROR_DAMAGE, naming the first
   entry that is not there. */
bool walk_covers(const struct walk *walk, const struct checkpoint *acknowledged, struct error *error);
void walk_close(struct walk *walk);

#endif
