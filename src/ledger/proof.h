/* Proofs of RFC 6962, sections 2.1.1 and 2.1.2, from the hashes in the cache; each is checked against the root that a
   checkpoint vouches for before it is given out, so that a wrong cache gives no wrong proof. */
#ifndef LEDGER_PROOF_H
#define LEDGER_PROOF_H

#include "ledger/cache.h"

/* A path, from the leaf's end. */
struct proof {
    struct hash path[LEDGER_PATH_LIMIT];
    size_t length;
};

/* trusted is the root and size that are known to be right; every size asked for is at most trusted->size. ERROR_DAMAGE
   where the cache does not lead to it. */
bool proof_root(struct cache *cache, const struct checkpoint *trusted, uint64_t size, struct hash *root, struct error *error);
bool proof_inclusion(struct cache *cache, const struct checkpoint *trusted, uint64_t index, uint64_t size, struct hash *leaf,
                     struct proof *proof, struct error *error);
bool proof_consistency(struct cache *cache, const struct checkpoint *trusted, uint64_t from, uint64_t to, struct proof *proof,
                       struct error *error);

/* As anyone who holds the roots checks them: RFC 9162, sections 2.1.3.2 and 2.1.4.2. */
bool proof_includes(const struct proof *proof, uint64_t index, uint64_t size, const struct hash *leaf, const struct hash *root);
bool proof_is_consistent(const struct proof *proof, uint64_t from, uint64_t to, const struct hash *from_root,
                         const struct hash *to_root);

#endif
