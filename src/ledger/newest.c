#include "ledger/newest.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

enum { SLOT_BYTES = OWN_NOTE_LIMIT, FILE_BYTES = NEWEST_SLOTS * SLOT_BYTES, READ_TRIES = 3 };

struct newest {
    struct disk_file *file;
    int moving; /* the slot that is overwritten */
};

static bool open_file(struct disk *disk, const char *directory, enum disk_mode mode, struct disk_file **file,
                      struct error *error)
{
    struct text path = { 0 };

    text_format(&path, "%s/newest", directory);
    bool opened = disk->open(disk, text_zero(&path), mode, file, error);
    text_close(&path);
    return opened;
}

static const char *read_slot(const char slot[SLOT_BYTES], const struct ledger_key *key, struct checkpoint *checkpoint)
{
    struct str note = { slot, str_find((struct str){ slot, SLOT_BYTES }, '\0') };
    static const char zeros[SLOT_BYTES];

    if (memcmp(slot + note.length, zeros, SLOT_BYTES - note.length) != 0 || !checkpoint_read(note, key, checkpoint, NULL))
        return "is not a checkpoint signed by this ledger's key";
    return NULL;
}

static bool read_file(struct disk_file *file, const struct ledger_key *key, struct newest_state *state, struct error *error)
{
    size_t got;
    uint64_t size;

    if (!file->disk->read(file, state->notes, FILE_BYTES, 0, &got, error) || !file->disk->size(file, &size, error))
        return false;
    state->best = -1;
    for (int i = 0; i < NEWEST_SLOTS; i++) {
        bool is_whole = got >= (size_t)(i + 1) * SLOT_BYTES && (i + 1 < NEWEST_SLOTS || size == FILE_BYTES);
        state->damage[i] = is_whole ? read_slot(state->notes[i], key, &state->slots[i]) : "has not the length it should have";
        if (!state->damage[i] && (state->best < 0 || state->slots[i].size > state->slots[state->best].size))
            state->best = i;
    }
    return true;
}

bool newest_read(struct disk *disk, const char *directory, const struct ledger_key *key, struct newest_state *state,
                 struct error *error)
{
    struct error why;
    struct disk_file *file;

    *state = (struct newest_state){ .damage = { "is missing", "is missing" }, .best = -1 };
    if (!open_file(disk, directory, DISK_READ, &file, &why)) {
        if (why.code == ERROR_NOT_FOUND)
            return true;
        return fail(error, why.code, "%s", why.says);
    }
    state->is_there = true;
    bool done = true;
    for (int i = 0; done && i < READ_TRIES; i++) { /* a slot may be on its way: somebody else may be writing it right now */
        done = read_file(file, key, state, error);
        if (!state->damage[0] && !state->damage[1])
            break;
    }
    disk->close(file);
    return done;
}

static bool write_slot(struct newest *newest, int slot, struct str note, struct error *error)
{
    char bytes[SLOT_BYTES] = { 0 };

    must(note.length <= sizeof(bytes));
    memcpy(bytes, note.at, note.length);
    return newest->file->disk->write(newest->file, bytes, sizeof(bytes), (uint64_t)slot * SLOT_BYTES, error);
}

/* What is good is written again before it is synced: a sync that failed earlier may have left it in memory only. */
static bool settle(struct newest *newest, const struct newest_state *state, struct str note, struct error *error)
{
    struct disk *disk = newest->file->disk;
    int best = state->best;

    if (best >= 0 && (!disk->write(newest->file, state->notes[best], SLOT_BYTES, (uint64_t)best * SLOT_BYTES, error) ||
                      !disk->sync(newest->file, error)))
        return false;
    newest->moving = best == 0 ? 1 : 0;
    return disk->truncate(newest->file, FILE_BYTES, error) && write_slot(newest, newest->moving, note, error) &&
           newest_rest(newest, error) && write_slot(newest, newest->moving, note, error);
}

struct newest *newest_open(struct disk *disk, const char *directory, const struct newest_state *state, struct str note,
                           struct error *error)
{
    struct newest *newest = allocate(sizeof(*newest));

    if (!open_file(disk, directory, DISK_CREATE, &newest->file, error)) {
        free(newest);
        return NULL;
    }
    if (!settle(newest, state, note, error)) {
        newest_close(newest);
        return NULL;
    }
    return newest;
}

void newest_close(struct newest *newest)
{
    newest->file->disk->close(newest->file);
    free(newest);
}

bool newest_write(struct newest *newest, struct str note, struct error *error)
{
    return write_slot(newest, newest->moving, note, error);
}

bool newest_rest(struct newest *newest, struct error *error)
{
    if (!newest->file->disk->sync(newest->file, error))
        return false;
    newest->moving = 1 - newest->moving;
    return true;
}
