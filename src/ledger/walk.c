#include "ledger/walk.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "ledger/note.h"

/* A frame that a walker has checked. */
struct item {
    char type;
    size_t position; /* in the piece */
    struct str body;
    union {
        struct hash leaf;
        struct checkpoint checkpoint;
    };
};

/* What a walker works on: whole frames, or why there are none. */
struct work {
    struct piece piece;
    struct walk_place at;
    size_t whole;     /* bytes of whole frames */
    bool is_end;      /* of the segment */
    struct item *items;
    size_t count, room;
    const char *broken; /* what is wrong with the frame at broken_at, or NULL */
    size_t broken_at;
    bool failed;
    struct error error;
};

enum { WORTH_TWO = 1024 * 1024 }; /* bytes from which on a second thread pays */

struct walkers {
    struct walk *walk;
    uint64_t all; /* bytes */

    pthread_mutex_t reading; /* of the next four: what is read next */
    struct walk_place next;
    struct disk_file *file;  /* of next.segment, open */
    uint64_t ticket;
    bool is_read;            /* nothing more is to be read */

    pthread_mutex_t folding; /* of the rest, and of what the walk finds */
    pthread_cond_t turned;
    uint64_t turn;           /* the ticket whose work comes next */
    bool failed;
    struct error *error;
    atomic_bool is_over;     /* set under folding: what is read from now on is not looked at any more */
};

/* Reads the next work; false when there is none. */
static bool read_work(struct walkers *walkers, struct work *work, uint64_t *ticket)
{
    const struct walk *walk = walkers->walk;

    pthread_mutex_lock(&walkers->reading);
    bool is_some = !walkers->is_read && !atomic_load(&walkers->is_over);
    if (is_some) {
        *ticket = walkers->ticket++;
        work->at = walkers->next;
        work->count = work->whole = 0;
        work->broken = NULL;
        uint64_t end = walk->segments->at[work->at.segment].bytes;
        work->failed = !walkers->file && !segment_open(walk->disk, walk->directory, walk->segments->at[work->at.segment].first,
                                                       DISK_READ, &walkers->file, &work->error);
        work->is_end = work->at.offset >= end;
        if (!work->failed && !work->is_end)
            work->failed = !piece_read(&work->piece, walkers->file, work->at.offset, end, &work->whole, &work->error);
        walkers->next.offset += work->whole;
        if (work->is_end && !work->failed) {
            walkers->file->disk->close(walkers->file);
            walkers->file = NULL;
            walkers->next = (struct walk_place){ work->at.segment + 1, 0 };
        }
        walkers->is_read = work->failed || (work->whole == 0 && !work->is_end) ||
                           walkers->next.segment == walk->segments->count;
    }
    pthread_mutex_unlock(&walkers->reading);
    return is_some;
}

static struct item *next_item(struct work *work)
{
    if (work->count == work->room) {
        work->room = work->room ? work->room * 2 : 1024;
        work->items = reallocate(work->items, work->room * sizeof(*work->items));
    }
    return &work->items[work->count++];
}

/* Checks and hashes every frame of the work, up to the first that is broken. */
static void check_work(const struct walk *walk, struct work *work)
{
    for (size_t position = 0; position < work->whole;) {
        struct frame frame;
        struct error error;
        frame_read((struct str){ work->piece.bytes + position, work->whole - position }, &frame);
        if (!frame_is_right(&frame)) {
            work->broken = "its checksum does not fit its bytes";
            work->broken_at = position;
            return;
        }
        struct item *item = next_item(work);
        *item = (struct item){ .type = frame.type, .position = position, .body = frame.body };
        if (frame.type == FRAME_ENTRY) {
            item->leaf = hash_leaf(frame.body);
        } else if (!(walk->every_signature ? checkpoint_read : note_read_unsigned)(frame.body, walk->key, &item->checkpoint,
                                                                                   &error)) {
            work->failed = true; /* with a right checksum it was written so */
            work->error = error;
            work->count--;
            work->broken_at = position;
            return;
        }
        position += frame.bytes;
    }
    if (work->whole == 0 && !work->is_end && !work->failed) {
        struct frame frame;
        enum frame_state state = frame_read((struct str){ work->piece.bytes, work->piece.length }, &frame);
        work->broken = state == FRAME_BAD ? "its type or its length is none that there is" : "the file ends within it";
        work->broken_at = 0;
    }
}

/* "entry 5 (at byte 1200 of 00000000000000000000.segment)" or "the checkpoint after entry 4 (...)" */
static void name_place(const struct walk *walk, char type, struct walk_place at, char out[256])
{
    char segment[SEGMENT_NAME_ROOM];
    uint64_t entry = walk->tree.size;
    unsigned long long shown = type == FRAME_CHECKPOINT && entry > 0 ? entry - 1 : entry;
    const char *what = type != FRAME_CHECKPOINT ? "entry"
                       : entry > 0              ? "the checkpoint after entry"
                                                : "the checkpoint before entry";

    segment_name(walk->segments->at[at.segment].first, segment);
    snprintf(out, 256, "%s %llu (at byte %llu of %s)", what, shown, (unsigned long long)at.offset, segment);
}

static bool fold_checkpoint(struct walk *walk, const struct item *item, struct walk_place at, struct error *error)
{
    struct hash root = tree_root(&walk->tree);
    char place[256];

    if (item->checkpoint.size != walk->tree.size || !hash_equal(&item->checkpoint.root, &root)) {
        name_place(walk, FRAME_CHECKPOINT, at, place);
        return fail(error, ERROR_DAMAGE, "%s does not fit the entries before it: their %s is another", place,
                    item->checkpoint.size != walk->tree.size ? "number" : "root");
    }
    walk->has_checkpoint = true;
    walk->covered = walk->tree;
    walk->after = (struct walk_place){ at.segment, at.offset + FRAME_HEADER_BYTES + item->body.length };
    walk->note.length = 0;
    text_add(&walk->note, item->body);
    return !walk->checkpoint || walk->checkpoint(walk->context, &item->checkpoint, walk->after, error);
}

/* A segment that another follows must end with a checkpoint, and the next must begin with the next entry. */
static bool fold_end(struct walk *walk, struct error *error)
{
    size_t next = walk->at.segment + 1;
    unsigned long long size = walk->tree.size;
    char segment[SEGMENT_NAME_ROOM];

    if (next == walk->segments->count)
        return true;
    segment_name(walk->segments->at[next].first, segment);
    if (walk->segments->at[next].first != walk->tree.size)
        return fail(error, ERROR_DAMAGE, "entry %llu is not where it should be: the next segment is %s", size, segment);
    if (walk->after.segment != walk->at.segment || walk->after.offset != walk->at.offset)
        return fail(error, ERROR_DAMAGE, "the checkpoint after entry %llu is missing: no checkpoint stands before %s", size - 1,
                    segment);
    walk->at = (struct walk_place){ next, 0 };
    return true;
}

static bool fold_work(struct walk *walk, const struct work *work, bool *is_over, struct error *error)
{
    struct walk_place at = work->at;
    char place[256];

    for (size_t i = 0; i < work->count; i++) {
        const struct item *item = &work->items[i];
        at.offset = work->at.offset + item->position;
        if (item->type == FRAME_ENTRY)
            tree_add(&walk->tree, &item->leaf, walk->nodes);
        if (item->type == FRAME_ENTRY ? walk->entry && !walk->entry(walk->context, &walk->tree, at.offset, error)
                                      : !fold_checkpoint(walk, item, at, error))
            return false;
    }
    if (!work->broken && !work->failed) {
        walk->at.offset += work->whole;
        walk->bytes += work->whole;
        return !work->is_end || fold_end(walk, error);
    }
    at.offset = work->at.offset + work->broken_at;
    if (work->failed && work->error.code != ERROR_DAMAGE) /* the disk's */
        return fail(error, work->error.code, "%s", work->error.says);
    if (work->failed) {
        name_place(walk, FRAME_CHECKPOINT, at, place);
        return fail(error, ERROR_DAMAGE, "%s is not right: %s", place, work->error.says);
    }
    struct str rest = { work->piece.bytes + work->broken_at, work->piece.length - work->broken_at };
    name_place(walk, frame_likely_type(rest), at, place);
    walk->at = at;
    *is_over = true;
    snprintf(walk->broken, sizeof(walk->broken), "%s is damaged: %s", place, work->broken);
    return at.segment + 1 == walk->segments->count || fail(error, ERROR_DAMAGE, "%s", walk->broken);
}

/* One of the walkers; the first runs in the calling thread. */
static void walk_on(struct walkers *walkers, bool is_first)
{
    struct walk *walk = walkers->walk;
    struct work work = { .count = 0 };
    uint64_t ticket, done;

    while (read_work(walkers, &work, &ticket)) {
        if (!work.failed)
            check_work(walk, &work);
        pthread_mutex_lock(&walkers->folding);
        while (walkers->turn != ticket)
            pthread_cond_wait(&walkers->turned, &walkers->folding);
        bool is_over = atomic_load(&walkers->is_over);
        if (!is_over && !fold_work(walk, &work, &is_over, walkers->error))
            is_over = walkers->failed = true;
        atomic_store(&walkers->is_over, is_over);
        walkers->turn++;
        done = walk->bytes;
        pthread_cond_broadcast(&walkers->turned);
        pthread_mutex_unlock(&walkers->folding);
        if (is_first && walk->progress)
            walk->progress(walk->context, done, walkers->all);
    }
    piece_close(&work.piece);
    free(work.items);
}

static void *walk_beside(void *walkers)
{
    walk_on(walkers, false);
    return NULL;
}

static bool check_last_signature(const struct walk *walk, struct error *error)
{
    struct checkpoint checkpoint;
    struct error why;

    if (!walk->has_checkpoint || walk->every_signature || checkpoint_read(text_str(&walk->note), walk->key, &checkpoint, &why))
        return true;
    return fail(error, ERROR_DAMAGE, "the last checkpoint, over %llu entries, is not right: %s",
                (unsigned long long)walk->covered.size, why.says);
}

bool walk_run(struct walk *walk, struct error *error)
{
    struct walkers walkers = { .walk = walk, .next = walk->at, .error = error, .is_read = walk->segments->count == 0 };
    pthread_t beside;

    walk->covered = walk->tree;
    walk->after = walk->at;
    if (walk->at.segment == 0 && walk->segments->count > 0 && walk->segments->at[0].first != 0)
        return fail(error, ERROR_DAMAGE, "entry 0 is not where it should be: the first segments are missing");
    for (size_t i = 0; i < walk->segments->count; i++)
        walkers.all += walk->segments->at[i].bytes;
    pthread_mutex_init(&walkers.reading, NULL);
    pthread_mutex_init(&walkers.folding, NULL);
    pthread_cond_init(&walkers.turned, NULL);
    bool are_two = walkers.all > WORTH_TWO && pthread_create(&beside, NULL, walk_beside, &walkers) == 0;
    walk_on(&walkers, true);
    if (are_two)
        pthread_join(beside, NULL);
    if (walkers.file)
        walkers.file->disk->close(walkers.file);
    pthread_cond_destroy(&walkers.turned);
    pthread_mutex_destroy(&walkers.folding);
    pthread_mutex_destroy(&walkers.reading);
    return !walkers.failed && check_last_signature(walk, error);
}

bool walk_covers(const struct walk *walk, const struct checkpoint *acknowledged, struct error *error)
{
    unsigned long long wanted = acknowledged->size, present = walk->tree.size;

    if (walk->note.length > 0 && acknowledged->size <= walk->covered.size)
        return true;
    if (walk->broken[0])
        return fail(error, ERROR_DAMAGE, "%s, and %llu entries were acknowledged", walk->broken, wanted);
    if (acknowledged->size > walk->tree.size)
        return fail(error, ERROR_DAMAGE,
                    "entry %llu is missing: the segments end before it, and %llu entries were acknowledged", present, wanted);
    if (acknowledged->size == 0)
        return fail(error, ERROR_DAMAGE, "the checkpoint before entry 0 is missing, though it was acknowledged");
    return fail(error, ERROR_DAMAGE, "the checkpoint after entry %llu is missing, though it was acknowledged", wanted - 1);
}

void walk_close(struct walk *walk)
{
    text_close(&walk->note);
}
