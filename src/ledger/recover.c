/* Opening: from where the cache vouches for itself the segments are walked to their end. For writing, what is torn is cut then,
   and what is kept is made durable before anyone relies on it. */
#include <stdlib.h>

#include "base/memory.h"
#include "ledger/note.h"
#include "ledger/parts.h"
#include "ledger/proof.h"
#include "ledger/walk.h"

enum { REWRITE_BYTES = 1024 * 1024 };

struct recovery {
    struct ledger *ledger;
    struct segments segments; /* as listed, with sizes */
    struct newest_state newest;
    struct walk walk;
    struct walk_place synced; /* what stands before it was surely synced */
};

static const struct checkpoint *newest_of(const struct recovery *recovery)
{
    return recovery->newest.best >= 0 ? &recovery->newest.slots[recovery->newest.best] : NULL;
}

/* Reads the checkpoint frame that the cache's mark names. */
static bool read_marked(struct recovery *recovery, const struct cache_mark *mark, struct checkpoint *checkpoint, size_t *bytes)
{
    struct ledger *ledger = recovery->ledger;
    char buffer[FRAME_HEADER_BYTES + OWN_NOTE_LIMIT];
    struct disk_file *file;
    struct frame frame;
    size_t got;

    if (!segment_open(ledger->disk, ledger->directory, mark->segment, DISK_READ, &file, NULL))
        return false;
    bool done = ledger->disk->read(file, buffer, sizeof(buffer), mark->offset, &got, NULL);
    ledger->disk->close(file);
    if (!done || frame_read((struct str){ buffer, got }, &frame) != FRAME_WHOLE || frame.type != FRAME_CHECKPOINT ||
        !frame_is_right(&frame) || !checkpoint_read(frame.body, &ledger->key, checkpoint, NULL))
        return false;
    *bytes = frame.bytes;
    text_add(&recovery->walk.note, frame.body);
    return true;
}

/* Begins at the cache's mark where that holds, else at the first entry. */
static void choose_start(struct recovery *recovery)
{
    struct ledger *ledger = recovery->ledger;
    struct walk *walk = &recovery->walk;
    struct checkpoint checkpoint;
    struct cache_mark mark;
    size_t bytes, segment = 0;

    if (!cache_mark_read(&ledger->cache, &mark) || !cache_tree(&ledger->cache, mark.size, &walk->tree, NULL))
        goto from_the_first;
    while (segment < recovery->segments.count && recovery->segments.at[segment].first != mark.segment)
        segment++;
    if (segment == recovery->segments.count || segments_sum(&recovery->segments, mark.segment) != mark.before ||
        !read_marked(recovery, &mark, &checkpoint, &bytes))
        goto from_the_first;
    struct hash root = tree_root(&walk->tree);
    if (checkpoint.size != mark.size || !hash_equal(&checkpoint.root, &root))
        goto from_the_first;
    walk->at = (struct walk_place){ segment, mark.offset + bytes };
    ledger->mark = mark;
    cache_start(&ledger->cache, mark.size);
    return;

from_the_first:
    walk->tree = (struct tree){ 0 };
    walk->note.length = 0;
    ledger->cache.sum = (struct cache_sum){ 0 };
    cache_start(&ledger->cache, 0);
}

static bool on_entry(void *context, const struct tree *tree, uint64_t offset, struct error *error)
{
    struct recovery *recovery = context;

    (void)tree;
    return cache_add(&recovery->ledger->cache, offset, error);
}

static bool on_checkpoint(void *context, const struct checkpoint *checkpoint, struct walk_place after, struct error *error)
{
    struct recovery *recovery = context;
    const struct checkpoint *newest = newest_of(recovery);

    (void)error;
    if (newest && checkpoint->size <= newest->size)
        recovery->synced = after;
    return true;
}

static uint64_t bytes_behind(const struct segments *segments, struct walk_place place)
{
    uint64_t bytes = 0;

    for (size_t i = place.segment; i < segments->count; i++)
        bytes += segments->at[i].bytes;
    return segments->count ? bytes - place.offset : 0;
}

/* What `newest` covers was acknowledged: it must be there. */
static bool judge_newest(struct recovery *recovery, struct error *error)
{
    const struct newest_state *state = &recovery->newest;
    const struct checkpoint *newest = newest_of(recovery);
    const struct walk *walk = &recovery->walk;
    const struct checkpoint covered = { walk->covered.size, tree_root(&walk->covered) };
    struct hash root;

    if (!newest && state->is_there && covered.size > 0)
        return fail(error, ERROR_DAMAGE, "neither checkpoint in %s/newest is readable, so whether the ledger was cut back "
                    "cannot be told: verify it against a checkpoint kept elsewhere, then remove that file",
                    recovery->ledger->directory);
    if (!newest)
        return true;
    if (!walk_covers(walk, newest, error))
        return false;
    return proof_root(&recovery->ledger->cache, &covered, newest->size, &root, error) &&
           (hash_equal(&root, &newest->root) ||
            fail(error, ERROR_DAMAGE, "the checkpoint in %s/newest, over %llu entries, is not of these entries",
                 recovery->ledger->directory, (unsigned long long)newest->size));
}

/* Writes what a failed sync may have left in memory only once more, so that the next sync takes it along. */
static bool rewrite(struct disk_file *file, uint64_t from, uint64_t to, struct error *error)
{
    char *bytes = allocate(REWRITE_BYTES);
    size_t got;
    bool done = true;

    while (done && from < to) {
        size_t now = to - from < REWRITE_BYTES ? (size_t)(to - from) : REWRITE_BYTES;
        done = file->disk->read(file, bytes, now, from, &got, error) && file->disk->write(file, bytes, got, from, error);
        from += now;
    }
    free(bytes);
    return done;
}

static bool cut_tail(struct recovery *recovery, struct error *error)
{
    struct ledger *ledger = recovery->ledger;
    const struct walk *walk = &recovery->walk;
    const struct segments *segments = &recovery->segments;
    size_t last = segments->count - 1;
    uint64_t end = walk->after.segment == last ? walk->after.offset : 0;
    uint64_t synced = recovery->synced.segment == last ? recovery->synced.offset : 0;

    if (!segment_open(ledger->disk, ledger->directory, segments->at[last].first, DISK_WRITE, &ledger->tail, error) ||
        !rewrite(ledger->tail, synced, end, error) ||
        (segments->at[last].bytes > end && !ledger->disk->truncate(ledger->tail, end, error)))
        return false;
    ledger->tail_first = segments->at[last].first;
    ledger->tail_bytes = end;
    return true;
}

/* Everything up to `after` becomes durable, the names before `newest`, which speaks of what they lead to. */
static bool settle(struct recovery *recovery, struct error *error)
{
    struct ledger *ledger = recovery->ledger;
    bool is_new = ledger->note.length == 0; /* or its making was cut short */

    if (!(recovery->segments.count ? cut_tail(recovery, error) : ledger_begin_segment(ledger, error)) ||
        (is_new &&
         !(disk_sync_above(ledger->disk, ledger->directory, error) && ledger_put_checkpoint(ledger, error))) ||
        !ledger->disk->sync(ledger->tail, error) ||
        !ledger->disk->sync_directory(ledger->disk, ledger->directory, error))
        return false;
    ledger->newest = newest_open(ledger->disk, ledger->directory, &recovery->newest, text_str(&ledger->note), error);
    if (!ledger->newest ||
        (!recovery->newest.is_there && !ledger->disk->sync_directory(ledger->disk, ledger->directory, error)))
        return false;
    ledger->is_named = true;
    return recovery->walk.bytes == 0 || ledger_vouch(ledger, error);
}

static void take_over(struct recovery *recovery)
{
    struct ledger *ledger = recovery->ledger;
    const struct walk *walk = &recovery->walk;

    ledger->tree = walk->covered;
    cache_start(&ledger->cache, walk->covered.size);
    text_add(&ledger->note, text_str(&walk->note));
    if (walk->has_checkpoint)
        ledger->mark = (struct cache_mark){
            .size = walk->covered.size,
            .segment = recovery->segments.at[walk->after.segment].first,
            .offset = walk->after.offset - FRAME_HEADER_BYTES - walk->note.length,
        };
    for (size_t i = 0; i < recovery->segments.count; i++)
        segments_add(&ledger->segments, recovery->segments.at[i]);
    ledger->torn = bytes_behind(&recovery->segments, walk->after);
    ledger_publish(ledger);
}

static bool recover(struct recovery *recovery, struct error *error)
{
    struct ledger *ledger = recovery->ledger;
    struct walk *walk = &recovery->walk;

    if ((ledger->may_write && !ledger->disk->make_directory(ledger->disk, ledger->directory, error)) ||
        !newest_read(ledger->disk, ledger->directory, &ledger->key, &recovery->newest, error) ||
        !segments_list(&recovery->segments, ledger->disk, ledger->directory, error))
        return false;
    if (!ledger->may_write && recovery->segments.count == 0)
        return fail(error, ERROR_NOT_FOUND, "there is no ledger in %s: it has no segment", ledger->directory);
    choose_start(recovery);
    recovery->synced = walk->at;
    if (!walk_run(walk, error) || !cache_flush(&ledger->cache, error) || !judge_newest(recovery, error))
        return false;
    take_over(recovery);
    return !ledger->may_write || settle(recovery, error);
}

bool ledger_recover(struct ledger *ledger, struct error *error)
{
    struct recovery recovery = { .ledger = ledger };

    recovery.walk = (struct walk){
        .disk = ledger->disk,
        .directory = ledger->directory,
        .key = &ledger->key,
        .segments = &recovery.segments,
        .nodes = &ledger->cache.new_hashes,
        .context = &recovery,
        .entry = on_entry,
        .checkpoint = on_checkpoint,
    };
    bool done = recover(&recovery, error);
    walk_close(&recovery.walk);
    segments_close(&recovery.segments);
    return done;
}
