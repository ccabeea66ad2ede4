/* The insides of an open ledger, for the files that share them: ledger.c, recover.c, query.c. */
#ifndef LEDGER_PARTS_H
#define LEDGER_PARTS_H

#include <pthread.h>
#include <stdatomic.h>

#include "ledger/cache.h"
#include "ledger/newest.h"
#include "ledger/segment.h"

struct ledger {
    /* Set at opening. */
    struct disk *disk;
    char *directory;
    struct ledger_key key;
    uint64_t segment_bytes;
    uint64_t torn;
    bool may_write; /* else tail and newest are not open */

    /* The appender's; sync reads them while nothing is appended. */
    struct disk_file *tail;  /* the last segment */
    uint64_t tail_first;     /* its first entry */
    uint64_t tail_bytes;
    struct tree tree;
    struct cache_mark mark;  /* the last checkpoint */
    struct text note;        /* signed over the tree */
    struct text out;         /* frames on their way to the disk */
    bool is_named;           /* the tail's name is durable */
    unsigned since_rest;     /* checkpoints written to `newest` since it was synced */
    struct newest *newest;
    struct cache cache;      /* appended to by the appender, read by anyone */

    atomic_uint_fast64_t size, durable_size;
    atomic_bool failed;

    pthread_mutex_t lock;       /* of the rest: what readers see */
    struct checkpoint durable;
    struct segments segments;
};

/* Makes the ledger's state from what is on the disk: recover.c. */
bool ledger_recover(struct ledger *ledger, struct error *error);
/* Writes the checkpoint over the tree as it is now, behind what is in ledger->out. */
bool ledger_put_checkpoint(struct ledger *ledger, struct error *error);
/* Tells the readers that everything appended is durable. */
void ledger_publish(struct ledger *ledger);
/* Begins the segment for the next entry. */
bool ledger_begin_segment(struct ledger *ledger, struct error *error);
/* Makes the cache durable and lets it vouch for all that was appended, which must be durable. */
bool ledger_vouch(struct ledger *ledger, struct error *error);

#endif
