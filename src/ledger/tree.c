#include "ledger/tree.h"

#include "base/error.h"

void tree_add(struct tree *tree, const struct hash *leaf, struct text *nodes)
{
    struct hash node = *leaf;
    unsigned level = 0;

    for (;; level++) {
        if (nodes)
            text_add(nodes, (struct str){ (const char *)node.bytes, HASH_BYTES });
        if (!(tree->size >> level & 1))
            break;
        node = hash_node(&tree->peaks[level], &node);
    }
    tree->peaks[level] = node;
    tree->size++;
}

struct hash tree_root(const struct tree *tree)
{
    if (tree->size == 0)
        return sha256((struct str){ NULL, 0 });
    unsigned level = (unsigned)__builtin_ctzll(tree->size);
    struct hash root = tree->peaks[level];
    while (++level < TREE_LEVELS)
        if (tree->size >> level & 1)
            root = hash_node(&tree->peaks[level], &root);
    return root;
}

uint64_t tree_nodes(uint64_t size)
{
    return 2 * size - (uint64_t)__builtin_popcountll(size);
}

uint64_t tree_node_position(unsigned level, uint64_t number)
{
    uint64_t last_leaf = ((number + 1) << level) - 1; /* completes it, as the last but `level` nodes before it */

    return tree_nodes(last_leaf) + level;
}

uint64_t tree_split(uint64_t n)
{
    must(n > 1);
    return UINT64_C(1) << (63 - __builtin_clzll(n - 1));
}
