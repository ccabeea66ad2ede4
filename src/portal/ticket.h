/* Who comes with a secret, in memory: sessions by their cookies and tokens, found by the SHA-256 of the secret. Locked by
   whoever uses it. */
#ifndef PORTAL_TICKET_H
#define PORTAL_TICKET_H

#include <stdatomic.h>

#include "base/hash.h"
#include "measure/view.h"

struct ticket {
    struct hash hash;
    struct identity who;  /* is_machine: a token, else a session */
    int64_t until;        /* not one moment longer */
    int64_t idle;         /* nor when it was not used for so long; 0: that does not matter */
    _Atomic int64_t used; /* last */
    int64_t stored;       /* the same, as the database has it */
    struct ticket *next;
};

/* Start from { 0 }. */
struct tickets {
    struct ticket **slots;
    size_t slot_count, count;
};

/* NULL where there is none. Valid until it is removed. */
struct ticket *tickets_find(const struct tickets *tickets, const struct hash *hash);
/* Takes it over; it was made with allocate, and its hash is new. */
void tickets_add(struct tickets *tickets, struct ticket *ticket);
/* Removes all for which the callback says so. */
void tickets_remove(struct tickets *tickets, bool (*is_it)(const struct ticket *ticket, const void *context), const void *context);
void tickets_close(struct tickets *tickets);

bool ticket_holds(const struct ticket *ticket, int64_t now);
/* Its name in the database: the hash in hex. Not longer than TICKET_NAME. */
enum { TICKET_NAME = 2 * HASH_BYTES };
void ticket_name(const struct hash *hash, char out[TICKET_NAME + 1]);
bool ticket_hash(struct str name, struct hash *hash);

#endif
