#include "engine/sources.h"

#include <sodium.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/memory.h"

enum { SLOTS_LEAST = 64 };

static size_t slot_of(const struct sources *sources, struct str name)
{
    static const unsigned char key[crypto_shorthash_KEYBYTES];
    uint64_t hash;
    crypto_shorthash((unsigned char *)&hash, (const unsigned char *)name.at, name.length, key);
    size_t slot = (size_t)hash & (sources->slot_count - 1);
    while (sources->slots[slot] && !str_equal(source_name(&sources->at[sources->slots[slot] - 1]), name))
        slot = (slot + 1) & (sources->slot_count - 1);
    return slot;
}

struct source *sources_find(struct sources *sources, struct str name)
{
    if (!sources->count) return NULL;
    if (!str_equal(source_name(&sources->at[sources->last]), name)) {
        size_t place = sources->slots[slot_of(sources, name)];
        if (!place) return NULL;
        sources->last = place - 1;
    }
    return &sources->at[sources->last];
}

const struct source *sources_look(const struct sources *sources, struct str name)
{
    size_t place = sources->count ? sources->slots[slot_of(sources, name)] : 0;
    return place ? &sources->at[place - 1] : NULL;
}

static void grow(struct sources *sources)
{
    sources->slot_count = sources->slot_count ? sources->slot_count * 2 : SLOTS_LEAST;
    free(sources->slots);
    sources->slots = allocate(sources->slot_count * sizeof *sources->slots);
    for (size_t i = 0; i < sources->count; i++) sources->slots[slot_of(sources, source_name(&sources->at[i]))] = i + 1;
}

struct source *sources_add(struct sources *sources, struct str name)
{
    if (sources->count == sources->room) {
        sources->room = sources->room ? sources->room * 2 : 16;
        sources->at = reallocate(sources->at, sources->room * sizeof *sources->at);
    }
    if ((sources->count + 1) * 2 > sources->slot_count) grow(sources);
    size_t slot = slot_of(sources, name);
    must(!sources->slots[slot]);
    struct source *source = &sources->at[sources->count++];
    *source = (struct source){ .name = allocate(name.length + 1), .length = name.length, .number = (int64_t)sources->count };
    memcpy(source->name, name.at, name.length);
    sources->slots[slot] = sources->count;
    sources->last = sources->count - 1;
    return source;
}

void sources_close(struct sources *sources)
{
    for (size_t i = 0; i < sources->count; i++) {
        free(sources->at[i].name);
        free(sources->at[i].touched);
        seen_close(&sources->at[i].seen);
    }
    free(sources->at);
    free(sources->slots);
    *sources = (struct sources){ 0 };
}
