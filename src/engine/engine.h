/* The engine: one data directory, open. Any thread may take records in (intake.h, write.h), read, withdraw or rebuild. One
   writer thread applies groups of entries in rounds while another makes them durable. Each round: the vault is written and
   synced, then the ledger is written and synced, while its groups are applied to an open SQL transaction; when both are done
   the transaction is committed and the groups are acknowledged. So nothing is acknowledged that is not durable, and no state
   is ahead of the ledger. */
#ifndef ENGINE_ENGINE_H
#define ENGINE_ENGINE_H

#include "engine/directory.h"
#include "engine/entry.h"
#include "engine/state.h"
#include "measure/measure.h"

enum { GROUPS_IN_FLIGHT = 8, GROUP_BYTES = 16 * 1024 * 1024, BYTES_IN_FLIGHT = 4 * GROUP_BYTES, GROUP_RECORDS = 65536 };

struct engine_options {
    struct disk *disk;            /* NULL: the real one */
    const char *directory;
    bool ledger_only;             /* door and ledger without applying: for measuring them alone */
    uint64_t segment_bytes;       /* 0: the usual */
    uint64_t snapshot_records;    /* how many records behind a snapshot of what the measures keep may fall; 0: the usual */
    void (*progress)(void *context, uint64_t done, uint64_t all); /* of a recovery or rebuild; may be NULL */
    void *context;
};

struct claim;
struct door;
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
    struct claim *claim;          /* of what is in it, kept once it is applied, given back where it never will be; may be NULL */
    struct text mark;             /* the submitter's own, kept with the group */
    bool is_small;
    struct group *next;
};
/* Where the next entry's bytes go is group->bytes; call this when they are there. */
void group_entry(struct group *group, uint64_t records);

/* An empty group, waiting while GROUPS_IN_FLIGHT others, or BYTES_IN_FLIGHT in them, are on their way: enough for one round to be kept while the
   next fills, though a thread may not run for milliseconds. NULL when the engine has failed. Who waits for anything else must have
   submitted it. */
struct group *engine_group(struct engine *engine, struct error *error);
/* One for a few records, which waits for nothing: all that wait at once are made durable at once. */
struct group *engine_small_group(void);
/* Hands it over; groups become durable in this order. Returns its ticket. */
uint64_t engine_submit(struct engine *engine, struct group *group);
/* Gives a group back without submitting it; its claim stays the submitter's. */
void engine_discard(struct engine *engine, struct group *group);
/* Waits until the group of that ticket, and all before it, are durable and applied; false with the failure where it will
   never be. Ticket 0 is there from the beginning. */
bool engine_wait_for(struct engine *engine, uint64_t ticket, struct error *error);

/* Withdraws a source: makes a new generation without what it brought, appends the withdrawal (signed by why), swaps. With
   hold, what was taken in under that hold counts from the same entry on. ERROR_NOT_FOUND: there is no such source. Others go
   on meanwhile; who withdraws or rebuilds at the same time waits. What of the source comes in after the withdrawal's entry
   counts. */
bool engine_withdraw(struct engine *engine, struct str source, struct str why, uint64_t hold, struct str replacement,
                     struct error *error);
/* Replays the ledger into a new generation and throws the old one away. Others go on meanwhile. */
bool engine_rebuild(struct engine *engine, struct error *error);

struct ledger *engine_ledger(struct engine *engine);
struct vault *engine_vault(struct engine *engine);
const struct keys *engine_keys(const struct engine *engine);
const char *engine_directory(const struct engine *engine);
struct disk *engine_disk(const struct engine *engine);
/* What has been seen of each source. */
struct door *engine_door(struct engine *engine);
/* Whether anything of a source counts or is on its way. */
bool engine_has_source(struct engine *engine, struct str source);

struct keeper;
/* What a measure keeps in memory, as of the present generation; NULL where it keeps nothing. It stays there until it is given back with
   keeper_give (keepers.h), also when another generation takes its place. Any thread. */
struct keeper *engine_kept(struct engine *engine, const struct measure *measure);

struct hash;
/* Begins a transaction in a reader, which the caller ends, and takes the digest of what the measures keep in memory at the same position. */
bool engine_still(struct engine *engine, struct store *reader, struct hash *kept, struct error *error);

/* A store for reading the state, for one thread; the caller closes it. It goes on seeing its generation, as it was when
   another took its place: who wants to see what came since opens another. */
struct store *engine_reader(struct engine *engine, struct error *error);
/* The generation that a reader opened now would see. */
uint64_t engine_generation(const struct engine *engine);
/* Whether it takes nothing more, and why. */
bool engine_has_failed(const struct engine *engine, struct error *failure);
/* The position up to which readers see. They may see more already: it is told after they do. */
uint64_t engine_position(const struct engine *engine);
/* The position behind the newest entry of a kind that was applied; at opening, and after a withdrawal or a rebuild, the
   position then. Told together with engine_position. With engine_generation it is the key of what was made from that kind:
   while both are what they were before a reader looked, what it saw of the kind is right. */
uint64_t engine_newest(const struct engine *engine, const struct kind *kind);

#endif
