#include "engine/keepers.h"

#include <stdlib.h>

#include "measure/measure.h"

/* What is being applied may be written to the ledger at the same time: it is read from where it came. */
static bool entry_find(void *context, uint64_t index, struct text *out, struct error *error)
{
    const struct keepers *keepers = context;
    const struct pending *pending = &keepers->pending;
    if (index < pending->first || index - pending->first >= pending->count) return ledger_read(keepers->ledger, index, out, error);
    text_add(out, pending->entries[index - pending->first]);
    return true;
}

static bool keeper_open(struct keepers *keepers, const struct measure *measure, struct keeping_seam seam, uint64_t most, struct error *error)
{
    struct keeper *keeper = allocate(sizeof *keeper);
    size_t length = strlen(seam.folder);
    keeper->measure = measure;
    keeper->keeping = measure->keeping;
    keeper->folder = allocate(length + 1);
    memcpy(keeper->folder, seam.folder, length);
    seam.folder = keeper->folder;
    keeper->seam = seam;
    atomic_store(&keeper->users, 1);
    must(keepers->count < KEEPERS_MAX);
    keepers->at[keepers->count++] = keeper;
    return (keeper->kept = keeper->keeping->open(&keeper->seam, most, &keeper->position, error)) != NULL;
}

bool keepers_open(struct keepers *keepers, const struct keeping_seam *given, struct ledger *ledger, uint64_t most, struct error *error)
{
    struct keeping_seam seam = *given;
    keepers->ledger = ledger;
    seam.entry = entry_find;
    seam.context = keepers;
    for (size_t i = 0; i < measure_count; i++)
        if (measures[i]->keeping && !keeper_open(keepers, measures[i], seam, most, error)) return false;
    return true;
}

void keepers_close(struct keepers *keepers)
{
    for (size_t i = 0; i < keepers->count; i++) keeper_give(keepers->at[i]);
    keepers->count = 0;
}

uint64_t keepers_position(const struct keepers *keepers)
{
    uint64_t position = UINT64_MAX;
    for (size_t i = 0; i < keepers->count; i++)
        if (keepers->at[i]->position < position) position = keepers->at[i]->position;
    return position;
}

static bool follows(const struct keeping *keeping, const struct kind *kind)
{
    for (size_t i = 0; keeping->kinds[i]; i++)
        if (keeping->kinds[i] == kind) return true;
    return false;
}

bool keepers_apply(struct keepers *keepers, const struct applied *applied, bool again, struct error *error)
{
    for (size_t i = 0; i < keepers->count; i++) {
        struct keeper *keeper = keepers->at[i];
        if (applied->index < keeper->position || !follows(keeper->keeping, applied->kind)) continue;
        if (!keeper->keeping->apply(keeper->kept, applied, again, error)) return false;
    }
    return true;
}

bool keepers_commit(struct keepers *keepers, uint64_t position, struct error *error)
{
    for (size_t i = 0; i < keepers->count; i++) {
        if (!keepers->at[i]->keeping->commit(keepers->at[i]->kept, position, error)) return false;
        keepers->at[i]->position = position;
    }
    return true;
}

void keepers_abandon(struct keepers *keepers)
{
    for (size_t i = 0; i < keepers->count; i++) keepers->at[i]->keeping->abandon(keepers->at[i]->kept);
}

bool keepers_want_snapshot(const struct keepers *keepers, bool closing)
{
    for (size_t i = 0; i < keepers->count; i++)
        if (keepers->at[i]->keeping->wants_snapshot(keepers->at[i]->kept, closing)) return true;
    return false;
}

bool keepers_snapshot(struct keepers *keepers, uint64_t position, struct error *error)
{
    for (size_t i = 0; i < keepers->count; i++)
        if (!keepers->at[i]->keeping->snapshot(keepers->at[i]->kept, position, error)) return false;
    return true;
}

void keepers_digest(struct keepers *keepers, struct sha256_run *run)
{
    for (size_t i = 0; i < keepers->count; i++) keepers->at[i]->keeping->digest(keepers->at[i]->kept, run);
}

struct keeper *keepers_take(struct keepers *keepers, const struct measure *measure)
{
    for (size_t i = 0; i < keepers->count; i++) {
        if (keepers->at[i]->measure != measure) continue;
        atomic_fetch_add(&keepers->at[i]->users, 1);
        return keepers->at[i];
    }
    return NULL;
}

void keeper_give(struct keeper *keeper)
{
    if (!keeper || atomic_fetch_sub(&keeper->users, 1) != 1) return;
    if (keeper->kept) keeper->keeping->close(keeper->kept);
    free(keeper->folder);
    free(keeper);
}
