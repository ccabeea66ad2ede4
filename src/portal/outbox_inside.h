/* What the parts of the outbox share: outbox.c takes letters, delivery.c hands them on. */
#ifndef PORTAL_OUTBOX_INSIDE_H
#define PORTAL_OUTBOX_INSIDE_H

#include <stdatomic.h>

#include "portal/accounts_inside.h"
#include "portal/outbox.h"
#include "portal/round.h"
#include "portal/spool.h"

/* What became of a letter that was tried. */
enum fate {
    FATE_SENT,  /* or nobody can be reached any more: it is done with */
    FATE_ASIDE, /* until the next start: its number cannot be read, or the gateway will never take it */
    FATE_LATER, /* it goes to the end of the queue, so that it holds up nobody */
};

/* Fates that are not in the database yet. What went out and could not be noted must not go out again. */
struct fates {
    struct arena arena;
    struct {
        struct str key;
        enum fate fate;
    } *at;
    size_t count, room;
};

struct outbox {
    struct accounts *accounts;
    struct outbox_options options;
    struct spool spool;
    struct round round;
    int64_t place;              /* the last given out; with the database held */
    atomic_uint_fast64_t waiting, aside;
    struct error told;          /* of the last delivery, said once; the thread's */

    pthread_mutex_t delivering; /* one delivery at a time; what follows is the delivery's */
    struct fates fates;
    struct error refused;       /* by the gateway, said once */
    int64_t back_off;           /* of the gateway, as it is lengthened */
    int64_t not_before;         /* then a gateway that was away is asked again, whatever comes in the meantime */
};

#endif
