/* What the parts of an engine share: engine.c (opening, closing, asking), writer.c (groups), generation.c (making states). */
#ifndef ENGINE_INSIDE_H
#define ENGINE_INSIDE_H

#include <stdatomic.h>

#include "engine/door.h"
#include "engine/engine.h"

/* Locks are taken in the order in which they stand here; none but `remaking` is held while the disk is used. */
struct engine {
    struct disk *disk;
    char directory[PATH_ROOM];
    int lock;
    struct keys keys;
    struct vault *vault;
    struct ledger *ledger;
    bool ledger_only;
    uint64_t snapshot_records;
    void (*progress)(void *context, uint64_t done, uint64_t all);
    void *context;

    pthread_mutex_t remaking;             /* one generation is made at a time */
    struct state *state;                  /* touched by the writer in a round, and by who holds the writer; changed with queue_lock */
    atomic_uint_fast64_t generation;      /* changed by who is remaking and holds the writer */

    struct door door;

    pthread_mutex_t queue_lock;           /* of what follows, up to `failure` */
    pthread_cond_t queue_changed;
    struct group *first, *last;           /* submitted, in order */
    struct group *spare;                  /* done, to be filled again */
    unsigned in_flight;                   /* large groups handed out or submitted, not yet done */
    size_t bytes_in_flight;               /* in those submitted */
    uint64_t submitted, passed, written;  /* groups, counted: handed over; through the writer; through it and durable */
    bool in_round, is_held;
    uint64_t position;
    const struct kind *kinds[KINDS_MAX];
    size_t kind_count;
    uint64_t newest[KINDS_MAX];           /* by kind, see engine_newest */
    bool ending, failed;
    struct error failure;
    pthread_t writer;
    bool has_writer;

    /* A round becomes durable in one thread beside its being applied in the writer's. */
    pthread_t keeper;
    bool has_keeper;
    pthread_mutex_t keep_lock;            /* of the five below */
    pthread_cond_t keep_changed;
    enum { KEEP_IDLE, KEEP_WANTED, KEEP_DONE, KEEP_END } keep;
    const struct group *kept;
    bool is_kept;
    struct error keep_error;
};

/* ---- writer.c ---- */

bool writer_start(struct engine *engine, struct error *error);
/* Writes what was submitted, then ends. */
void writer_end(struct engine *engine);
/* Stops the writer between two rounds: ledger and state are the caller's until writer_release. False with the failure where
   the engine has failed, and then it is not held. */
bool writer_hold(struct engine *engine, struct error *error);
void writer_release(struct engine *engine);
/* From here on nothing is taken any more: what is in memory is not what is on the disk. Always false. */
bool engine_fail(struct engine *engine, const struct error *error);

/* ---- generation.c ---- */

/* Opens the state of the generation that counts and brings it up to the ledger, or makes a new one. */
bool state_ready(struct engine *engine, struct error *error);

#endif
