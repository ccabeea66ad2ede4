/* A thread that goes its round again and again: it does a step, then sleeps until the time that the step names, a nudge, or
   the end, at most a minute. */
#ifndef PORTAL_ROUND_H
#define PORTAL_ROUND_H

#include <pthread.h>
#include <stdint.h>

#include "base/error.h"

struct round {
    /* Returns when it wants to be called again, as a moment. */
    int64_t (*step)(void *context);
    void *context;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    pthread_t thread;
    bool runs, nudged, ending;
};

/* Ready for nudges, which do nothing before round_start. */
void round_open(struct round *round, int64_t (*step)(void *context), void *context);
bool round_start(struct round *round, struct error *error);
void round_nudge(struct round *round);
/* For long steps: whether round_close waits for this one. */
bool round_is_ending(struct round *round);
/* Waits for the step under way, and for nothing else. Also where it was not started. */
void round_close(struct round *round);

#endif
