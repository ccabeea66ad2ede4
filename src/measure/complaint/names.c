#include "measure/complaint/names.h"

#include <sodium.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/hash.h"

/* Keyed, as ids come from outside: nobody can choose ones that all fall into one slot. */
static size_t slot_of(const struct names *names, struct str name)
{
    uint64_t hash;
    crypto_shorthash((unsigned char *)&hash, (const unsigned char *)name.at, name.length, names->key);
    size_t slot = (size_t)hash & (names->slot_count - 1);
    while (names->slots[slot] && !str_equal(names->at[names->slots[slot] - 1], name))
        slot = (slot + 1) & (names->slot_count - 1);
    return slot;
}

_Static_assert(crypto_shorthash_BYTES == sizeof(uint64_t) && crypto_shorthash_KEYBYTES == NAMES_KEY_BYTES,
               "a hash is a number, and its key fits");

static void grow(struct names *names)
{
    if (!names->slots) random_bytes(names->key, sizeof names->key);
    free(names->slots);
    names->slot_count = names->slot_count ? names->slot_count * 2 : 64;
    names->slots = allocate(names->slot_count * sizeof *names->slots);
    for (size_t i = 0; i < names->count; i++) names->slots[slot_of(names, names->at[i])] = (uint32_t)i + 1;
}

uint32_t names_add(struct names *names, struct arena *arena, struct str name)
{
    if (names->count * 2 >= names->slot_count) grow(names);
    size_t slot = slot_of(names, name);
    if (!names->slots[slot]) {
        if (names->count == names->room) {
            names->room = names->room ? names->room * 2 : 32;
            names->at = reallocate(names->at, names->room * sizeof *names->at);
        }
        must(names->count < UINT32_MAX - 1);
        names->at[names->count++] = (struct str){ arena_copy(arena, name.at, name.length), name.length };
        names->slots[slot] = (uint32_t)names->count;
    }
    return names->slots[slot] - 1;
}

uint32_t names_find(const struct names *names, struct str name)
{
    if (!names->slot_count) return UINT32_MAX;
    return names->slots[slot_of(names, name)] - 1;
}

void names_close(struct names *names)
{
    free(names->at);
    free(names->slots);
    *names = (struct names){ 0 };
}
