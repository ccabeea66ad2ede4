/* The engine's door: what has been seen of each source, so that a record is taken once. What is taken and not yet applied
   is a claim of its taker, who may give it back; then it is unseen again. Any thread. */
#ifndef ENGINE_DOOR_H
#define ENGINE_DOOR_H

#include <pthread.h>

#include "base/error.h"
#include "engine/sources.h"

struct state;
struct claim;

struct door {
    pthread_mutex_t lock;   /* of all that follows; never held while the disk is used */
    pthread_cond_t changed; /* claims were kept or given back */
    struct sources sources; /* what is applied and counts, and what is claimed */
    struct claim *claims;
    bool failed;            /* no claim will be kept any more */
    struct error failure;
};

void door_open(struct door *door);
void door_close(struct door *door);
/* What a state has seen, and the claims: after the state was opened or another took its place. */
void door_renew(struct door *door, const struct state *state);
/* The engine failed: nobody waits for claims any longer. */
void door_fail(struct door *door, const struct error *failure);
/* Whether anything of a source is there. */
bool door_has(struct door *door, struct str source);

/* An empty claim; the owner tells one's own claims from others'. It ends with door_keep or door_give_back. */
struct claim *door_claim(struct door *door, const void *owner);
/* What was claimed is applied. */
void door_keep(struct door *door, struct claim *claim);
/* What was claimed is unseen again. */
void door_give_back(struct door *door, struct claim *claim);
/* The same for one record; the claim goes on. */
void door_unsee(struct door *door, struct claim *claim, struct str source, uint64_t seq);

enum sight {
    SIGHT_NEW,
    SIGHT_SEEN,   /* applied */
    SIGHT_OWN,    /* claimed by the same owner */
    SIGHT_OTHERS, /* claimed by somebody else, who may still give it back */
};
/* How a (source, seq) is known; a new one is claimed. claim == NULL: only looks. */
enum sight door_look(struct door *door, struct claim *claim, struct str source, uint64_t seq);
/* Waits until nobody claims it any more, by which it is seen or new. Whoever waits must have submitted what it claims
   itself. */
bool door_await(struct door *door, struct str source, uint64_t seq, struct error *error);
/* Claims the next `count` numbers of a source behind all that were seen; returns the first. */
uint64_t door_number(struct door *door, struct claim *claim, struct str source, uint64_t count);

#endif
