#include "engine/door.h"

#include <stdlib.h>

#include "base/memory.h"
#include "engine/state.h"

struct claim {
    struct claim *next;
    const void *owner;
    struct sources sources;
};

void door_open(struct door *door)
{
    pthread_mutex_init(&door->lock, NULL);
    pthread_cond_init(&door->changed, NULL);
}

static void claim_free(struct claim *claim)
{
    sources_close(&claim->sources);
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
    size_t from, gone;
    seen_add(seen_of(sources, name), span, &from, &gone);
}

static void see_all(void *context, struct str name, const struct seen *seen)
{
    for (size_t i = 0; i < seen->count; i++) see(context, name, seen->spans[i]);
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

struct claim *door_claim(struct door *door, const void *owner)
{
    struct claim *claim = allocate(sizeof *claim);
    claim->owner = owner;
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
        for (size_t n = 0; n < source->seen.count; n++) seen_remove(seen, source->seen.spans[n]);
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
    if (sources_have(&door->sources, source, seq)) {
        const struct claim *its = claim_on(door, source, seq);
        sight = !its ? SIGHT_SEEN : claim && its->owner == claim->owner ? SIGHT_OWN : SIGHT_OTHERS;
    } else if (claim) {
        see(&door->sources, source, (struct span){ seq, seq });
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
    uint64_t first = seen->count ? seen->spans[seen->count - 1].high + 1 : 1;
    see(&door->sources, source, (struct span){ first, first + count - 1 });
    see(&claim->sources, source, (struct span){ first, first + count - 1 });
    pthread_mutex_unlock(&door->lock);
    return first;
}
