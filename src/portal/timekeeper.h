/* The timekeeper lets time pass: when something fell due, or it has become 09:00 of a working day, it writes a `clock` record,
   and hands the outbox what the measures have to say of the time since the last one. */
#ifndef PORTAL_TIMEKEEPER_H
#define PORTAL_TIMEKEEPER_H

#include "portal/outbox.h"

struct timekeeper;

/* Ready, and keeping time with timekeeper_start. All that is given is closed after it. */
struct timekeeper *timekeeper_open(struct views *views, struct outbox *outbox, int64_t now, struct error *error);
bool timekeeper_start(struct timekeeper *timekeeper, struct error *error);
void timekeeper_close(struct timekeeper *timekeeper);

/* Lets time pass up to now; *next is when something falls due, as far as is known. What the thread does, and tests. */
bool timekeeper_pass(struct timekeeper *timekeeper, int64_t now, int64_t *next, struct error *error);

#endif
