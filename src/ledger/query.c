/* What readers ask of an open ledger, from any thread, below what is durable. */
#include <stdlib.h>

#include "ledger/note.h"
#include "ledger/parts.h"
#include "ledger/proof.h"

enum { FIRST_READ_BYTES = 4096, TILE_HASHES = 256, TILE_LEVEL_BITS = 8 };

static struct checkpoint durable_now(struct ledger *ledger)
{
    pthread_mutex_lock(&ledger->lock);
    struct checkpoint durable = ledger->durable;
    pthread_mutex_unlock(&ledger->lock);
    return durable;
}

static bool is_there(struct ledger *ledger, uint64_t size, struct checkpoint *durable, struct error *error)
{
    *durable = durable_now(ledger);
    return size <= durable->size || fail_both(error, ERROR_NOT_FOUND, "the ledger has %llu entries, not %llu",
                                              "账本有 %llu 条，没有 %llu 条",
                                         (unsigned long long)durable->size, (unsigned long long)size);
}

/* What was asked of the cache; where it proved wrong, it is made anew at the next opening. */
static bool from_cache(struct ledger *ledger, bool done, const struct error *why, struct error *error)
{
    if (done)
        return true;
    if (why->code == ERROR_DAMAGE)
        cache_distrust(&ledger->cache);
    return fail(error, why->code, "%s", why->says);
}

/* The first entries of the segment that holds the entry, and of the one after it (UINT64_MAX: there is none). */
static void find_segment(struct ledger *ledger, uint64_t index, uint64_t *first, uint64_t *next)
{
    pthread_mutex_lock(&ledger->lock);
    const struct segments *segments = &ledger->segments;
    size_t low = 0, high = segments->count;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (segments->at[middle].first <= index)
            low = middle;
        else
            high = middle;
    }
    *first = segments->at[low].first;
    *next = high < segments->count ? segments->at[high].first : UINT64_MAX;
    pthread_mutex_unlock(&ledger->lock);
}

static bool is_damaged(uint64_t index, uint64_t first, uint64_t offset, struct error *error)
{
    char name[SEGMENT_NAME_ROOM];

    segment_name(first, name);
    return fail(error, ERROR_DAMAGE, "entry %llu (at byte %llu of %s) is not what was written there, or the cache is wrong, "
                "which is made anew when the program starts again: verify the ledger", (unsigned long long)index,
                (unsigned long long)offset, name);
}

/* Reads the frame at the offset to the end of out. */
static bool read_frame(struct disk_file *file, uint64_t offset, struct text *out, struct frame *frame, enum frame_state *state,
                       struct error *error)
{
    size_t bytes = FIRST_READ_BYTES, got;

    for (;;) {
        if (!file->disk->read(file, text_room(out, bytes), bytes, offset, &got, error))
            return false;
        *state = frame_read((struct str){ out->at + out->length, got }, frame);
        if (*state != FRAME_CUT || frame->bytes <= bytes)
            return true;
        bytes = frame->bytes;
    }
}

/* Whether it is the entry that the leaf in the cache stands for. */
static bool is_entry(struct ledger *ledger, const struct frame *frame, uint64_t index)
{
    struct hash cached, leaf;

    if (frame->type != FRAME_ENTRY || !frame_is_right(frame) || !cache_node(&ledger->cache, 0, index, &cached, NULL))
        return false;
    leaf = hash_leaf(frame->body);
    return hash_equal(&leaf, &cached);
}

static bool read_entry(struct ledger *ledger, uint64_t index, struct text *out, struct error *error)
{
    uint64_t offset, first, next;
    struct disk_file *file;
    struct frame frame;
    enum frame_state state;

    find_segment(ledger, index, &first, &next);
    if (!cache_place(&ledger->cache, index, &offset, error) ||
        !segment_open(ledger->disk, ledger->directory, first, DISK_READ, &file, error))
        return false;
    bool done = read_frame(file, offset, out, &frame, &state, error);
    ledger->disk->close(file);
    if (!done)
        return false;
    if (state != FRAME_WHOLE || !is_entry(ledger, &frame, index))
        return is_damaged(index, first, offset, error);
    memmove(out->at + out->length, frame.body.at, frame.body.length);
    out->length += frame.body.length;
    return true;
}

bool ledger_read(struct ledger *ledger, uint64_t index, struct text *out, struct error *error)
{
    struct error why = { 0 };

    if (index >= durable_now(ledger).size)
        return fail_both(error, ERROR_NOT_FOUND, "the ledger has no entry %llu",
                         "账本中没有编号 %llu 的条目", (unsigned long long)index);
    return from_cache(ledger, read_entry(ledger, index, out, &why), &why, error);
}

struct scan {
    struct ledger *ledger;
    uint64_t index, to;
    bool is_first; /* the next entry's place is the cache's word, which is not proved yet */
    bool (*entry)(void *context, uint64_t index, struct str bytes, struct error *error);
    void *context;
    struct piece piece;
};

static bool scan_frame(struct scan *scan, const struct frame *frame, uint64_t first, uint64_t offset, struct error *error)
{
    if (scan->is_first ? !is_entry(scan->ledger, frame, scan->index) : !frame_is_right(frame)) {
        if (scan->is_first)
            cache_distrust(&scan->ledger->cache);
        return is_damaged(scan->index, first, offset, error);
    }
    if (frame->type != FRAME_ENTRY)
        return true;
    scan->is_first = false;
    return scan->entry(scan->context, scan->index++, frame->body, error);
}

static bool scan_file(struct scan *scan, struct disk_file *file, uint64_t first, uint64_t end, uint64_t offset,
                      struct error *error)
{
    uint64_t bytes;
    size_t whole;

    if (!file->disk->size(file, &bytes, error))
        return false;
    while (scan->index < end) {
        if (offset >= bytes)
            return is_damaged(scan->index, first, offset, error);
        if (!piece_read(&scan->piece, file, offset, bytes, &whole, error))
            return false;
        if (whole == 0)
            return is_damaged(scan->index, first, offset, error);
        struct frame frame;
        for (size_t at = 0; at < whole && scan->index < end; at += frame.bytes) {
            frame_read((struct str){ scan->piece.bytes + at, whole - at }, &frame);
            if (!scan_frame(scan, &frame, first, offset + at, error))
                return false;
        }
        offset += whole;
    }
    return true;
}

static bool scan_all(struct scan *scan, struct error *error)
{
    struct ledger *ledger = scan->ledger;
    struct error why = { 0 };
    uint64_t offset;

    if (!from_cache(ledger, cache_place(&ledger->cache, scan->index, &offset, &why), &why, error))
        return false;
    while (scan->index < scan->to) {
        uint64_t first, next;
        struct disk_file *file;
        find_segment(ledger, scan->index, &first, &next);
        if (!segment_open(ledger->disk, ledger->directory, first, DISK_READ, &file, error))
            return false;
        bool done = scan_file(scan, file, first, next < scan->to ? next : scan->to, offset, error);
        ledger->disk->close(file);
        if (!done)
            return false;
        offset = 0;
    }
    return true;
}

bool ledger_scan(struct ledger *ledger, uint64_t from, uint64_t to,
                 bool (*entry)(void *context, uint64_t index, struct str bytes, struct error *error), void *context,
                 struct error *error)
{
    struct scan scan = { .ledger = ledger, .index = from, .to = to, .is_first = true, .entry = entry, .context = context };
    struct checkpoint durable;

    if (!is_there(ledger, to, &durable, error))
        return false;
    if (from >= to)
        return true;
    bool done = scan_all(&scan, error);
    piece_close(&scan.piece);
    return done;
}

bool ledger_root(struct ledger *ledger, uint64_t size, struct hash *root, struct error *error)
{
    struct checkpoint durable;
    struct error why = { 0 };

    return is_there(ledger, size, &durable, error) &&
           from_cache(ledger, proof_root(&ledger->cache, &durable, size, root, &why), &why, error);
}

static void put_proof(const struct proof *proof, struct hash path[LEDGER_PATH_LIMIT], size_t *length)
{
    memcpy(path, proof->path, proof->length * sizeof(*path));
    *length = proof->length;
}

bool ledger_inclusion(struct ledger *ledger, uint64_t index, uint64_t size, struct hash *leaf,
                      struct hash path[LEDGER_PATH_LIMIT], size_t *length, struct error *error)
{
    struct checkpoint durable;
    struct error why = { 0 };
    struct proof proof;

    if (!is_there(ledger, size, &durable, error))
        return false;
    if (index >= size)
        return fail_both(error, ERROR_NOT_FOUND, "entry %llu is not among the first %llu entries",
                         "编号 %llu 的条目不在前 %llu 条之中", (unsigned long long)index,
                    (unsigned long long)size);
    if (!from_cache(ledger, proof_inclusion(&ledger->cache, &durable, index, size, leaf, &proof, &why), &why, error))
        return false;
    put_proof(&proof, path, length);
    return true;
}

bool ledger_consistency(struct ledger *ledger, uint64_t from, uint64_t to, struct hash path[LEDGER_PATH_LIMIT],
                        size_t *length, struct error *error)
{
    struct checkpoint durable;
    struct error why = { 0 };
    struct proof proof;

    if (!is_there(ledger, to, &durable, error))
        return false;
    if (from > to)
        return fail_both(error, ERROR_USAGE, "a ledger grows from a smaller to a larger size, not from %llu to %llu",
                         "账本只会从小到大增长，不会从 %llu 到 %llu",
                    (unsigned long long)from, (unsigned long long)to);
    if (!from_cache(ledger, proof_consistency(&ledger->cache, &durable, from, to, &proof, &why), &why, error))
        return false;
    put_proof(&proof, path, length);
    return true;
}

bool ledger_tile(struct ledger *ledger, unsigned level, uint64_t number, unsigned width, struct hash *hashes,
                 struct error *error)
{
    struct error why = { 0 };
    uint64_t complete = level < TREE_LEVELS / TILE_LEVEL_BITS ? ledger_durable(ledger) >> (level * TILE_LEVEL_BITS) : 0;

    if (width == 0 || width > TILE_HASHES || number > complete / TILE_HASHES || number * TILE_HASHES + width > complete)
        return fail(error, ERROR_NOT_FOUND, "the ledger has no such tile yet");
    bool done = true;
    for (unsigned i = 0; done && i < width; i++)
        done = cache_node(&ledger->cache, level * TILE_LEVEL_BITS, number * TILE_HASHES + i, &hashes[i], &why);
    return from_cache(ledger, done, &why, error);
}

bool ledger_checkpoint(struct ledger *ledger, uint64_t size, struct text *note, struct error *error)
{
    struct checkpoint checkpoint = { .size = size };

    return ledger_root(ledger, size, &checkpoint.root, error) && note_add(note, &ledger->key, &checkpoint, error);
}
