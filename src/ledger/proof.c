#include "ledger/proof.h"

#include "base/error.h"

/* MTH(D[first:end]) where first is a multiple of the power of two that covers the range. */
static bool range_hash(struct cache *cache, uint64_t first, uint64_t end, struct hash *hash, struct error *error)
{
    uint64_t leaves = end - first;
    struct hash right;

    if ((leaves & (leaves - 1)) == 0) {
        unsigned level = (unsigned)__builtin_ctzll(leaves);
        return cache_node(cache, level, first >> level, hash, error);
    }
    uint64_t middle = first + tree_split(leaves);
    if (!range_hash(cache, first, middle, hash, error) || !range_hash(cache, middle, end, &right, error))
        return false;
    *hash = hash_node(hash, &right);
    return true;
}

static bool put_range(struct proof *proof, struct cache *cache, uint64_t first, uint64_t end, struct error *error)
{
    must(proof->length < LEDGER_PATH_LIMIT);
    return range_hash(cache, first, end, &proof->path[proof->length++], error);
}

/* PATH(index, D[first:end]) */
static bool put_path(struct proof *proof, struct cache *cache, uint64_t index, uint64_t first, uint64_t end,
                     struct error *error)
{
    if (end - first == 1)
        return true;
    uint64_t middle = first + tree_split(end - first);
    return index < middle ? put_path(proof, cache, index, first, middle, error) && put_range(proof, cache, middle, end, error)
                          : put_path(proof, cache, index, middle, end, error) && put_range(proof, cache, first, middle, error);
}

/* SUBPROOF(from, D[first:end], is_known) */
static bool put_subproof(struct proof *proof, struct cache *cache, uint64_t from, uint64_t first, uint64_t end, bool is_known,
                         struct error *error)
{
    if (from == end)
        return is_known || put_range(proof, cache, first, end, error);
    uint64_t middle = first + tree_split(end - first);
    return from <= middle ? put_subproof(proof, cache, from, first, middle, is_known, error) &&
                                put_range(proof, cache, middle, end, error)
                          : put_subproof(proof, cache, from, middle, end, false, error) &&
                                put_range(proof, cache, first, middle, error);
}

bool proof_includes(const struct proof *proof, uint64_t index, uint64_t size, const struct hash *leaf, const struct hash *root)
{
    if (index >= size)
        return false;
    uint64_t node = index, last = size - 1;
    struct hash hash = *leaf;
    for (size_t i = 0; i < proof->length; i++) {
        if (last == 0)
            return false;
        if ((node & 1) || node == last) {
            hash = hash_node(&proof->path[i], &hash);
            while (!(node & 1) && node != 0) {
                node >>= 1;
                last >>= 1;
            }
        } else {
            hash = hash_node(&hash, &proof->path[i]);
        }
        node >>= 1;
        last >>= 1;
    }
    return last == 0 && hash_equal(&hash, root);
}

bool proof_is_consistent(const struct proof *proof, uint64_t from, uint64_t to, const struct hash *from_root,
                         const struct hash *to_root)
{
    if (from == to || from == 0)
        return proof->length == 0 && (from == 0 || hash_equal(from_root, to_root));
    if (from > to)
        return false;
    uint64_t node = from - 1, last = to - 1;
    for (; node & 1; last >>= 1)
        node >>= 1;
    size_t i = 0;
    if (node != 0 && proof->length == 0)
        return false;
    struct hash old = node ? proof->path[i++] : *from_root, new = old; /* from is a power of two: its root is not repeated */
    for (; i < proof->length; i++) {
        if (last == 0)
            return false;
        if ((node & 1) || node == last) {
            old = hash_node(&proof->path[i], &old);
            new = hash_node(&proof->path[i], &new);
            while (!(node & 1) && node != 0) {
                node >>= 1;
                last >>= 1;
            }
        } else {
            new = hash_node(&new, &proof->path[i]);
        }
        node >>= 1;
        last >>= 1;
    }
    return last == 0 && hash_equal(&old, from_root) && hash_equal(&new, to_root);
}

/* The cache leads elsewhere than the checkpoint. */
static bool leads_elsewhere(struct error *error)
{
    return fail(error, ERROR_DAMAGE, "the ledger's cache is damaged: it is made anew when the program starts again");
}

bool proof_root(struct cache *cache, const struct checkpoint *trusted, uint64_t size, struct hash *root, struct error *error)
{
    struct proof proof = { .length = 0 };

    must(size <= trusted->size);
    if (size == trusted->size) {
        *root = trusted->root;
        return true;
    }
    if (size == 0) {
        *root = sha256((struct str){ NULL, 0 });
        return true;
    }
    if (!range_hash(cache, 0, size, root, error) || !put_subproof(&proof, cache, size, 0, trusted->size, true, error))
        return false;
    return proof_is_consistent(&proof, size, trusted->size, root, &trusted->root) || leads_elsewhere(error);
}

bool proof_inclusion(struct cache *cache, const struct checkpoint *trusted, uint64_t index, uint64_t size, struct hash *leaf,
                     struct proof *proof, struct error *error)
{
    struct hash root;

    must(index < size);
    proof->length = 0;
    if (!proof_root(cache, trusted, size, &root, error) || !cache_node(cache, 0, index, leaf, error) ||
        !put_path(proof, cache, index, 0, size, error))
        return false;
    return proof_includes(proof, index, size, leaf, &root) || leads_elsewhere(error);
}

bool proof_consistency(struct cache *cache, const struct checkpoint *trusted, uint64_t from, uint64_t to, struct proof *proof,
                       struct error *error)
{
    struct hash from_root, to_root;

    must(from <= to);
    proof->length = 0;
    if (from == 0 || from == to)
        return true;
    if (!proof_root(cache, trusted, from, &from_root, error) || !proof_root(cache, trusted, to, &to_root, error) ||
        !put_subproof(proof, cache, from, 0, to, true, error))
        return false;
    return proof_is_consistent(proof, from, to, &from_root, &to_root) || leads_elsewhere(error);
}
