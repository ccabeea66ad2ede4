/* The Merkle tree of RFC 6962, section 2.1, as it grows: of all complete subtrees only those that still stand alone. */
#ifndef LEDGER_TREE_H
#define LEDGER_TREE_H

#include <stdint.h>

#include "base/hash.h"

enum { TREE_LEVELS = 64 };

/* Start from { 0 }: the empty tree. */
struct tree {
    uint64_t size;
    struct hash peaks[TREE_LEVELS]; /* peaks[level], over 2^level leaves, where size has that bit */
};

/* Adds a leaf; every subtree that it completes, itself first, is added to nodes (NULL: to nothing), 32 bytes each. */
void tree_add(struct tree *tree, const struct hash *leaf, struct text *nodes);
/* SHA-256 of nothing for the empty tree. */
struct hash tree_root(const struct tree *tree);

/* In the order in which tree_add completes them: how many nodes so many leaves have, and where one stands among them.
   Node `number` of `level` covers the leaves [number << level, (number + 1) << level). */
uint64_t tree_nodes(uint64_t size);
uint64_t tree_node_position(unsigned level, uint64_t number);
/* The largest power of two below n; n > 1. */
uint64_t tree_split(uint64_t n);

#endif
