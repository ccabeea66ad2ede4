/* The spool: a file of JSON Lines, mode 0600, outside the data directory, from which a gateway takes what goes out. Each run
   opens it anew, so that the gateway may move it away. A line that a crash cut short is taken off by the next run; whoever
   reads takes whole lines only, and the same key once. */
#ifndef PORTAL_SPOOL_H
#define PORTAL_SPOOL_H

#include <pthread.h>

#include "disk/disk.h"
#include "measure/letter.h"

struct message {
    struct str key;
    enum letter_to to;
    struct str address;          /* TO_PERSON: the number; TO_OPERATOR: the operator's code; else empty */
    int64_t time;                /* what caused it */
    struct str text[LANGUAGES];
};

struct spool {
    struct disk *disk;
    struct text path;
    pthread_mutex_t lock;
};

void spool_open(struct spool *spool, struct disk *disk, const char *path);
void spool_close(struct spool *spool);
/* Adds the messages; they are on the disk when this returns true. After a failure any part of them may be there. */
bool spool_add(struct spool *spool, const struct message *messages, size_t count, struct error *error);

#endif
