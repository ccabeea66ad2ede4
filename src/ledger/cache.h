/* What makes proofs and reads quick, made from the segments and never needed to trust them: the hash of every complete
   subtree, in the order of tree.h, and the place of each entry in its segment.

   It is not synced with the ledger. Now and then it is, whole, and then vouches for itself up to a checkpoint, with checksums
   over all of it: from there the next opening goes on. What it says of the tree is proved against a checkpoint's root all
   the same before it is given out (proof.h), and an entry read by its place is compared with its leaf. */
#ifndef LEDGER_CACHE_H
#define LEDGER_CACHE_H

#include <pthread.h>

#include "ledger/ledger.h"
#include "ledger/tree.h"

/* CRC-32C of the hashes and the places of the first `size` entries. */
struct cache_sum {
    uint64_t size;
    uint32_t hashes, places;
};

struct cache {
    struct disk_file *hashes, *places, *vouched;
    /* Hashes and places not written yet; the appender's own. */
    struct text new_hashes, new_places;
    uint64_t size; /* entries written */
    struct cache_sum sum; /* as far as it has been taken */
    pthread_mutex_t lock; /* of the file `vouched`, and of wrong */
    bool wrong;           /* something in it was found not to be so: it vouches for nothing more */
};

/* Up to where it vouches for itself: the tree's size, where the checkpoint frame of that size stands, and segments_sum of the
   segments before that one. */
struct cache_mark {
    uint64_t size, segment, offset;
    uint32_t before;
};

bool cache_open(struct cache *cache, struct disk *disk, const char *directory, struct error *error);
void cache_close(struct cache *cache);

/* Reads all of it once; false where it vouches for nothing or is not what it vouched for. */
bool cache_mark_read(struct cache *cache, struct cache_mark *mark);
/* Syncs all that was flushed and vouches for it up to the mark, unless it was found wrong. */
bool cache_vouch(struct cache *cache, const struct cache_mark *mark, struct error *error);
/* Vouches for nothing any more, so that the next opening makes it anew. Any thread. */
void cache_distrust(struct cache *cache);

/* Starts to add behind the first `size` entries. */
void cache_start(struct cache *cache, uint64_t size);
/* The hashes are to be added to cache->new_hashes; this adds the place, and writes when there is much. */
bool cache_add(struct cache *cache, uint64_t place, struct error *error);
bool cache_flush(struct cache *cache, struct error *error);

/* Any thread, for what was flushed. ERROR_DAMAGE where the cache is too short. */
bool cache_node(struct cache *cache, unsigned level, uint64_t number, struct hash *hash, struct error *error);
bool cache_place(struct cache *cache, uint64_t index, uint64_t *place, struct error *error);
/* The tree of the first `size` entries. */
bool cache_tree(struct cache *cache, uint64_t size, struct tree *tree, struct error *error);

#endif
