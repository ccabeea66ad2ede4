/* Checks a ledger from its files alone. */
#include "ledger/newest.h"
#include "ledger/walk.h"

enum { WITNESSES = NEWEST_SLOTS + 1 };

/* A checkpoint from outside the segments, which the tree must pass through as it grows. */
struct witness {
    const char *where;
    struct checkpoint checkpoint;
};

struct verification {
    struct witness witnesses[WITNESSES];
    size_t count;
    void (*progress)(void *context, uint64_t done, uint64_t all);
    void *context;
};

static bool ask_witnesses(const struct verification *verification, const struct tree *tree, struct error *error)
{
    for (size_t i = 0; i < verification->count; i++) {
        const struct witness *witness = &verification->witnesses[i];
        if (witness->checkpoint.size != tree->size)
            continue;
        struct hash root = tree_root(tree);
        if (!hash_equal(&root, &witness->checkpoint.root))
            return fail(error, ERROR_DAMAGE, "the first %llu entries are not those that %s covers: their root is another",
                        (unsigned long long)tree->size, witness->where);
    }
    return true;
}

static bool on_entry(void *context, const struct tree *tree, uint64_t offset, struct error *error)
{
    (void)offset;
    return ask_witnesses(context, tree, error);
}

static void on_progress(void *context, uint64_t done, uint64_t all)
{
    const struct verification *verification = context;

    verification->progress(verification->context, done, all);
}

static void add_witness(struct verification *verification, const char *where, const struct checkpoint *checkpoint)
{
    verification->witnesses[verification->count++] = (struct witness){ where, *checkpoint };
}

/* A ledger whose making was cut short has no entry and perhaps no `newest`; any other must have both halves of it. */
static bool judge_newest(const struct newest_state *newest, const struct walk *walk, struct error *error)
{
    static const char *const halves[NEWEST_SLOTS] = { "first", "second" };

    for (int i = 0; i < NEWEST_SLOTS; i++)
        if (newest->damage[i] && (newest->best >= 0 || walk->covered.size > 0))
            return fail(error, ERROR_DAMAGE, "the %s%sfile newest %s", newest->is_there ? halves[i] : "",
                        newest->is_there ? " half of the " : "", newest->damage[i]);
    return newest->best < 0 || walk_covers(walk, &newest->slots[newest->best], error);
}

static bool judge_given(const struct checkpoint *given, const struct walk *walk, struct error *error)
{
    return given->size <= walk->covered.size ||
           fail(error, ERROR_DAMAGE, "entry %llu is missing: the given checkpoint covers %llu entries, the ledger was cut back",
                (unsigned long long)walk->covered.size, (unsigned long long)given->size);
}

static bool verify(struct verification *verification, struct walk *walk, const struct newest_state *newest, struct str given,
                   struct error *error)
{
    static const char *const wheres[NEWEST_SLOTS] = { "the checkpoint in newest", "the earlier checkpoint in newest" };
    struct checkpoint checkpoint = { 0 };

    if (walk->segments->count == 0)
        return fail(error, ERROR_NOT_FOUND, "there is no ledger in %s: it has no segment", walk->directory);
    if (given.at) {
        struct error why = { 0 };
        if (!checkpoint_read(given, walk->key, &checkpoint, &why))
            return fail(error, why.code, "the given checkpoint cannot be used: %s", why.says);
        add_witness(verification, "the given checkpoint", &checkpoint);
    }
    for (int i = 0; i < NEWEST_SLOTS; i++)
        if (!newest->damage[i])
            add_witness(verification, wheres[i != newest->best], &newest->slots[i]);
    return ask_witnesses(verification, &walk->tree, error) && walk_run(walk, error) && judge_newest(newest, walk, error) &&
           (!given.at || judge_given(&checkpoint, walk, error));
}

bool ledger_verify(struct disk *disk, const char *directory, const struct ledger_key *key, struct str given,
                   void (*progress)(void *context, uint64_t done, uint64_t all), void *context,
                   struct ledger_verified *verified, struct error *error)
{
    struct verification verification = { .progress = progress, .context = context };
    struct segments segments = { 0 };
    struct newest_state newest;
    struct walk walk = {
        .disk = disk,
        .directory = directory,
        .key = key,
        .segments = &segments,
        .every_signature = true,
        .context = &verification,
        .entry = on_entry,
        .progress = progress ? on_progress : NULL,
    };
    uint64_t all = 0, covered = 0;

    bool done = newest_read(disk, directory, key, &newest, error) && segments_list(&segments, disk, directory, error) &&
                verify(&verification, &walk, &newest, given, error);
    for (size_t i = 0; i < segments.count; i++) {
        all += segments.at[i].bytes;
        covered += i < walk.after.segment ? segments.at[i].bytes : i == walk.after.segment ? walk.after.offset : 0;
    }
    *verified = (struct ledger_verified){ { walk.covered.size, tree_root(&walk.covered) }, walk.bytes, all - covered };
    walk_close(&walk);
    segments_close(&segments);
    return done;
}
