/* The engine: one data directory, open. One writer thread applies groups of entries while another makes them durable; any
   thread may take records in (intake.h) or read. Each group: the vault is written and synced, then the ledger is written and
   synced, while the group is applied to an open SQL transaction; when both are done the transaction is committed and the
   group is acknowledged. So nothing is acknowledged that is not durable, and no state is ahead of the ledger. */
#ifndef ENGINE_ENGINE_H
#define ENGINE_ENGINE_H

#include <pthread.h>

#include "engine/directory.h"
#include "engine/entry.h"
#include "engine/state.h"
#include "measure/measure.h"

enum { GROUPS_IN_FLIGHT = 2, GROUP_BYTES = 16 * 1024 * 1024, GROUP_RECORDS = 65536 };

struct engine_options {
    struct disk *disk;            /* NULL: the real one */
    const char *directory;
    bool ledger_only;             /* door and ledger without applying: for measuring them alone */
    uint64_t segment_bytes;       /* 0: the usual */
    void (*progress)(void *context, uint64_t done, uint64_t all); /* of a recovery or rebuild; may be NULL */
    void *context;
};

struct engine;

/* Takes the directory's lock (of a real disk), opens vault and ledger, recovers, and brings the state up to the ledger. */
struct engine *engine_open(const struct engine_options *options, struct error *error);
/* Ends the writer, settles the state, closes. What was not acknowledged may be lost. */
void engine_close(struct engine *engine);

/* A group of entries on its way; filled by one thread, then submitted. */
struct group {
    struct text bytes;            /* the entries, one behind the other */
    size_t *ends;                 /* where each ends in bytes */
    size_t count, room;
    uint64_t records, repeated;   /* repeated: content that its key already had (told when done) */
    uint64_t position;            /* of the ledger behind it (told when done) */
    void (*done)(void *context, struct group *group); /* called by the writer once durable and applied; may be NULL */
    void *context;
    struct text mark;             /* the submitter's own, kept with the group */
    struct group *next;
};
/* Where the next entry's bytes go is group->bytes; call this when they are there. */
void group_entry(struct group *group, uint64_t records);

/* An empty group, waiting while GROUPS_IN_FLIGHT others are on their way; NULL when the engine has failed. */
struct group *engine_group(struct engine *engine, struct error *error);
/* Hands it over; groups become durable in this order. */
void engine_submit(struct engine *engine, struct group *group);
/* Gives a group back without submitting it. */
void engine_discard(struct engine *engine, struct group *group);
/* Waits until all submitted is durable and applied; false with the failure where it will never be. */
bool engine_wait(struct engine *engine, struct error *error);

/* Withdraws a source: appends a withdrawal (signed by why), makes a new generation without what it brought, swaps. With
   hold, what was taken in under that hold counts from the same entry on. ERROR_NOT_FOUND: there is no such source.
   Nothing may be in flight. */
bool engine_withdraw(struct engine *engine, struct str source, struct str why, uint64_t hold, struct str replacement,
                     struct error *error);
/* Throws the state away and replays the ledger into a new generation. Nothing may be in flight. */
bool engine_rebuild(struct engine *engine, struct error *error);

struct ledger *engine_ledger(struct engine *engine);
struct vault *engine_vault(struct engine *engine);
const struct keys *engine_keys(const struct engine *engine);
const char *engine_directory(const struct engine *engine);
struct disk *engine_disk(const struct engine *engine);
/* The position up to which readers see. */
uint64_t engine_position(const struct engine *engine);
/* A store for reading the state, for one thread; the caller closes it. */
struct store *engine_reader(struct engine *engine, struct error *error);
/* Whether anything of a source counts. Nothing may be in flight. */
bool engine_has_source(struct engine *engine, struct str source);

/* The door: held while records are given subjects and sequence numbers (intake.c); it protects what has been seen of each
   source, including what is still on its way. */
void engine_door_lock(struct engine *engine);
void engine_door_unlock(struct engine *engine);
/* What has been seen of a source; made when it is new. With the door held; valid until it is let go. */
struct seen *engine_door_seen(struct engine *engine, struct str source);

#endif
