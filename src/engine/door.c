#include "engine/door.h"

#include <sodium.h>
#include <stdlib.h>

#include "base/hash.h"
#include "base/memory.h"
#include "engine/state.h"

enum { KEY_SLOTS_LEAST = 16 };

/* Hashes of keys; two keys of one hash meet as if they were the same, which costs one of them a wait. */
struct keys_claimed {
    uint64_t *slots; /* 0: free */
    size_t count, room;
};

struct claim {
    struct claim *next;
    const void *owner;
    unsigned form;
    struct sources sources;
    struct keys_claimed keys;
};

void door_open(struct door *door)
{
    random_bytes(door->secret, sizeof door->secret);
    pthread_mutex_init(&door->lock, NULL);
    pthread_cond_init(&door->changed, NULL);
}

static void claim_free(struct claim *claim)
{
    sources_close(&claim->sources);
    free(claim->keys.slots);
    free(claim);
}

void door_close(struct door *door)
{
    for (struct claim *claim = door->claims, *next; claim; claim = next) {
        next = claim->next;
        claim_free(claim);
    }
    sources_close(&door->sources);
    pthread_mutex_destroy(&door->lock);
    pthread_cond_destroy(&door->changed);
}

/* Everything below works with the lock held, where it does not take it. */

static struct seen *seen_of(struct sources *sources, struct str name)
{
    struct source *known = sources_find(sources, name);
    return known ? &known->seen : &sources_add(sources, name)->seen;
}

static bool sources_have(struct sources *sources, struct str name, uint64_t seq)
{
    struct source *known = sources_find(sources, name);
    return known && seen_has(&known->seen, seq);
}

static void see(struct sources *sources, struct str name, struct span span)
{
    seen_add(seen_of(sources, name), span);
}

static void see_all(void *context, struct str name, const struct seen *seen)
{
    struct seen_place place = { 0 };
    for (struct span span; seen_next(seen, &place, &span);) see(context, name, span);
}

void door_renew(struct door *door, const struct state *state)
{
    pthread_mutex_lock(&door->lock);
    sources_close(&door->sources);
    state_sources(state, see_all, &door->sources);
    for (const struct claim *claim = door->claims; claim; claim = claim->next)
        for (size_t i = 0; i < claim->sources.count; i++)
            see_all(&door->sources, source_name(&claim->sources.at[i]), &claim->sources.at[i].seen);
    pthread_mutex_unlock(&door->lock);
}

void door_fail(struct door *door, const struct error *failure)
{
    pthread_mutex_lock(&door->lock);
    if (!door->failed) door->failure = *failure;
    door->failed = true;
    pthread_cond_broadcast(&door->changed);
    pthread_mutex_unlock(&door->lock);
}

bool door_has(struct door *door, struct str source)
{
    pthread_mutex_lock(&door->lock);
    const struct source *known = sources_find(&door->sources, source);
    bool has = known && known->seen.count > 0;
    pthread_mutex_unlock(&door->lock);
    return has;
}

struct claim *door_claim(struct door *door, const void *owner, unsigned form)
{
    struct claim *claim = allocate(sizeof *claim);
    claim->owner = owner;
    claim->form = form;
    pthread_mutex_lock(&door->lock);
    claim->next = door->claims;
    door->claims = claim;
    pthread_mutex_unlock(&door->lock);
    return claim;
}

static void claim_end(struct door *door, struct claim *claim)
{
    struct claim **link = &door->claims;
    while (*link != claim) link = &(*link)->next;
    *link = claim->next;
    claim_free(claim);
    pthread_cond_broadcast(&door->changed);
}

void door_keep(struct door *door, struct claim *claim)
{
    pthread_mutex_lock(&door->lock);
    claim_end(door, claim);
    pthread_mutex_unlock(&door->lock);
}

void door_give_back(struct door *door, struct claim *claim)
{
    pthread_mutex_lock(&door->lock);
    for (size_t i = 0; i < claim->sources.count; i++) {
        const struct source *source = &claim->sources.at[i];
        struct seen *seen = seen_of(&door->sources, source_name(source));
        struct seen_place place = { 0 };
        for (struct span span; seen_next(&source->seen, &place, &span);) seen_remove(seen, span);
    }
    claim_end(door, claim);
    pthread_mutex_unlock(&door->lock);
}

void door_unsee(struct door *door, struct claim *claim, struct str source, uint64_t seq)
{
    pthread_mutex_lock(&door->lock);
    seen_remove(seen_of(&claim->sources, source), (struct span){ seq, seq });
    seen_remove(seen_of(&door->sources, source), (struct span){ seq, seq });
    pthread_cond_broadcast(&door->changed);
    pthread_mutex_unlock(&door->lock);
}

static struct claim *claim_on(struct door *door, struct str source, uint64_t seq)
{
    struct claim *claim = door->claims;
    while (claim && !sources_have(&claim->sources, source, seq)) claim = claim->next;
    return claim;
}

enum sight door_look(struct door *door, struct claim *claim, struct str source, uint64_t seq)
{
    enum sight sight = SIGHT_NEW;
    pthread_mutex_lock(&door->lock);
    struct source *known = sources_find(&door->sources, source);
    if (known && seen_has(&known->seen, seq)) {
        const struct claim *its = claim_on(door, source, seq);
        sight = !its ? SIGHT_SEEN : claim && its->owner == claim->owner ? SIGHT_OWN : SIGHT_OTHERS;
    } else if (claim) {
        seen_add(known ? &known->seen : seen_of(&door->sources, source), (struct span){ seq, seq });
        see(&claim->sources, source, (struct span){ seq, seq });
    }
    pthread_mutex_unlock(&door->lock);
    return sight;
}

bool door_await(struct door *door, struct str source, uint64_t seq, struct error *error)
{
    pthread_mutex_lock(&door->lock);
    while (!door->failed && claim_on(door, source, seq)) pthread_cond_wait(&door->changed, &door->lock);
    bool failed = door->failed;
    if (failed) *error = door->failure;
    pthread_mutex_unlock(&door->lock);
    return !failed;
}

uint64_t door_number(struct door *door, struct claim *claim, struct str source, uint64_t count)
{
    pthread_mutex_lock(&door->lock);
    struct seen *seen = seen_of(&door->sources, source);
    uint64_t first = seen->count ? seen_greatest(seen) + 1 : 1;
    see(&door->sources, source, (struct span){ first, first + count - 1 });
    see(&claim->sources, source, (struct span){ first, first + count - 1 });
    pthread_mutex_unlock(&door->lock);
    return first;
}

/* ---- keys ---- */

static uint64_t key_hash(const struct door *door, struct str key)
{
    uint64_t hash;
    crypto_shorthash((unsigned char *)&hash, (const unsigned char *)key.at, key.length, door->secret);
    return hash ? hash : 1;
}

static uint64_t *key_slot(const struct keys_claimed *keys, uint64_t hash)
{
    size_t slot = (size_t)hash & (keys->room - 1);
    while (keys->slots[slot] && keys->slots[slot] != hash) slot = (slot + 1) & (keys->room - 1);
    return &keys->slots[slot];
}

static bool keys_have(const struct keys_claimed *keys, uint64_t hash)
{
    return keys->count && *key_slot(keys, hash);
}

static void keys_add(struct keys_claimed *keys, uint64_t hash)
{
    if ((keys->count + 1) * 2 > keys->room) {
        struct keys_claimed wider = { .count = keys->count, .room = keys->room ? keys->room * 2 : KEY_SLOTS_LEAST };
        wider.slots = allocate(wider.room * sizeof *wider.slots);
        for (size_t i = 0; i < keys->room; i++)
            if (keys->slots[i]) *key_slot(&wider, keys->slots[i]) = keys->slots[i];
        free(keys->slots);
        *keys = wider;
    }
    uint64_t *slot = key_slot(keys, hash);
    keys->count += !*slot;
    *slot = hash;
}

/* How an owner's claim of that form would find a key. */
static enum sight key_met(const struct door *door, const void *owner, unsigned form, uint64_t hash)
{
    enum sight sight = SIGHT_NEW;
    for (const struct claim *claim = door->claims; claim; claim = claim->next) {
        if (claim->owner == owner || !((claim->form | form) & CLAIM_LOOKS) || !keys_have(&claim->keys, hash)) continue;
        if (form == (CLAIM_LOOKS | CLAIM_HELD) && claim->form & CLAIM_HELD) return SIGHT_HELD;
        sight = SIGHT_OTHERS;
    }
    return sight;
}

enum sight door_claim_key(struct door *door, struct claim *claim, struct str key)
{
    uint64_t hash = key_hash(door, key);
    pthread_mutex_lock(&door->lock);
    enum sight sight = key_met(door, claim->owner, claim->form, hash);
    if (sight == SIGHT_NEW) keys_add(&claim->keys, hash);
    pthread_mutex_unlock(&door->lock);
    return sight;
}

enum sight door_look_key(struct door *door, const void *owner, unsigned form, struct str key)
{
    uint64_t hash = key_hash(door, key);
    pthread_mutex_lock(&door->lock);
    enum sight sight = key_met(door, owner, form, hash);
    pthread_mutex_unlock(&door->lock);
    return sight;
}

void door_note_key(struct door *door, struct claim *claim, struct str key)
{
    uint64_t hash = key_hash(door, key);
    pthread_mutex_lock(&door->lock);
    keys_add(&claim->keys, hash);
    pthread_mutex_unlock(&door->lock);
}

bool door_await_key(struct door *door, const void *owner, unsigned form, struct str key, struct error *error)
{
    uint64_t hash = key_hash(door, key);
    pthread_mutex_lock(&door->lock);
    while (!door->failed && key_met(door, owner, form, hash) == SIGHT_OTHERS) pthread_cond_wait(&door->changed, &door->lock);
    bool failed = door->failed;
    if (failed) *error = door->failure;
    pthread_mutex_unlock(&door->lock);
    return !failed;
}
