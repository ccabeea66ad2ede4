/* The engine's door: what has been seen of each source, so that a record is taken once, and which keys are on their way. What
   is taken and not yet applied is a claim of its taker, who may give it back; then it is unseen again. Any thread. */
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
    unsigned char secret[16]; /* under which keys are hashed: nobody can choose keys that meet in one slot */
};

void door_open(struct door *door);
void door_close(struct door *door);
/* What a state has seen, and the claims: after the state was opened or another took its place. */
void door_renew(struct door *door, const struct state *state);
/* The engine failed: nobody waits for claims any longer. */
void door_fail(struct door *door, const struct error *failure);
/* Whether anything of a source is there. */
bool door_has(struct door *door, struct str source);

enum claim_form {
    CLAIM_PLAIN,
    CLAIM_LOOKS = 1, /* the owner looks at what is on record under a key before writing it, and has the key alone until then */
    CLAIM_HELD = 2,  /* of a replacement: its keys stay claimed until that is decided, whatever becomes durable before */
};
/* An empty claim, of some of these forms; the owner tells one's own claims from others'. It ends with door_keep or
   door_give_back. */
struct claim *door_claim(struct door *door, const void *owner, unsigned form);
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
    SIGHT_HELD,   /* (of a key) the same, by a replacement, and who looks is one: waiting for each other, they might never end */
};
/* How a (source, seq) is known; a new one is claimed. claim == NULL: only looks. */
enum sight door_look(struct door *door, struct claim *claim, struct str source, uint64_t seq);
/* Waits until nobody claims it any more, by which it is seen or new. Whoever waits must have submitted what it claims
   itself. */
bool door_await(struct door *door, struct str source, uint64_t seq, struct error *error);
/* Claims the next `count` numbers of a source behind all that were seen; returns the first. */
uint64_t door_number(struct door *door, struct claim *claim, struct str source, uint64_t count);

/* Keys are the bytes of key.h. A key that is claimed may be on record as well: who looks, looks after claiming it. Two owners
   meet on a key where one of them looks; others write it in the order in which they come.
   How it is known: SIGHT_NEW, and then it is claimed, where no other owner is met, else SIGHT_OTHERS or SIGHT_HELD. */
enum sight door_claim_key(struct door *door, struct claim *claim, struct str key);
/* The same, without claiming it, for that owner and form. */
enum sight door_look_key(struct door *door, const void *owner, unsigned form, struct str key);
/* Claims it whoever else does. */
void door_note_key(struct door *door, struct claim *claim, struct str key);
/* Waits, as with door_await, until a claim of that owner and form would no longer find the key with others. */
bool door_await_key(struct door *door, const void *owner, unsigned form, struct str key, struct error *error);

#endif
