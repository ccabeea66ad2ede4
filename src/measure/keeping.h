/* What a measure keeps in the state beside the tables of its kinds: tables of its own, and memory that follows the entries. It is
   deterministic: the same entries give the same, on any machine. The engine's side is engine/keepers.h. */
#ifndef MEASURE_KEEPING_H
#define MEASURE_KEEPING_H

#include "disk/disk.h"
#include "door/kind.h"
#include "store/store.h"

struct kept; /* the measure's own */
struct entry;
struct sha256_run;

/* What it may use; lasts as long as what is kept. */
struct keeping_seam {
    struct disk *disk;
    const char *folder;  /* state/N: its files go here, their names begin with the measure's */
    struct store *store; /* the state's own connection, for the thread that applies; inside the open transaction while applying */
    /* The bytes of an entry up to the one being applied, which may not be durable yet; added to out. For the thread that applies. */
    bool (*entry)(void *context, uint64_t index, struct text *out, struct error *error);
    void *context;
    const char *scratch;       /* where new files go, if nothing in the folder may be changed; else NULL */
    uint64_t snapshot_records; /* how many records behind a snapshot may fall; 0: as the measure finds right */
};

/* One entry that counts, being applied. */
struct applied {
    uint64_t index;
    const struct entry *entry;
    const struct kind *kind;
    int64_t source; /* the number of its source in the state */
};

struct keeping {
    const char *const *tables; /* SQL that makes its own tables, ended by NULL; part of the state's form. May be NULL */
    const char *const (*digested)[2]; /* those tables, and the order of their keys, for the digest */
    size_t digested_count;
    const struct kind *const *kinds;  /* whose entries it is told of, ended by NULL */
    /* Opens it from the newest whole snapshot in the folder, or empty. *position: entries before it are in it (0: none). A snapshot of
       more than `most` entries, which the tables of the state may not have seen, is not used, nor is a damaged one. */
    struct kept *(*open)(const struct keeping_seam *seam, uint64_t most, uint64_t *position, struct error *error);
    /* Applies an entry of one of its kinds, in the order of the ledger, in the thread of the writer or a replay; with `again` the tables have
       seen it already, and only memory is brought up. For a kind with a table, its rows are there. */
    bool (*apply)(struct kept *kept, const struct applied *applied, bool again, struct error *error);
    /* All before position is applied and committed: readers may see it. */
    bool (*commit)(struct kept *kept, uint64_t position, struct error *error);
    /* What was applied since the last commit was rolled back: memory is ahead of the tables, and is not used any more. */
    void (*abandon)(struct kept *kept);
    /* Whether enough was applied since the last; closing: nobody waits, and the next opening will be the quicker for it. */
    bool (*wants_snapshot)(const struct kept *kept, bool closing);
    /* Writes one, of the committed position; the tables are durable up to it. */
    bool (*snapshot)(struct kept *kept, uint64_t position, struct error *error);
    void (*digest)(struct kept *kept, struct sha256_run *run); /* of what is in memory; nothing is applied meanwhile */
    void (*close)(struct kept *kept);
};

#endif
