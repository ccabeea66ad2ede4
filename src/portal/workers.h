/* A few threads for what takes long, with a line of limited length, in which no address takes all places. */
#ifndef PORTAL_WORKERS_H
#define PORTAL_WORKERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { WORKERS = 8, WORKERS_OF_ADDRESS = 6, WAITING_MAX = 256, WAITING_OF_ADDRESS = 192 };

struct workers;

struct workers *workers_open(void);
/* What waits is run first; nothing may be given any more. */
void workers_close(struct workers *workers);
/* Runs a job in one of the threads; false where too many wait. */
bool workers_give(struct workers *workers, uint64_t address, void (*run)(void *context), void *context);
/* Jobs that wait, and that run. */
void workers_count(struct workers *workers, size_t *waiting, size_t *running);

#endif
