/* Texts that are worth nothing after a minute: sign-in codes. They go to the gateway by a thread of their own, before and beside whatever
   waits in the outbox, are tried again for two minutes, and are never on the disk. */
#ifndef PORTAL_EXPRESS_H
#define PORTAL_EXPRESS_H

#include "portal/gateway.h"

struct express;

/* text, gateway: as in outbox_options, used by its thread alone, until express_close. NULL where the system gives no more threads. */
struct express *express_open(enum gateway_answer (*text)(void *gateway, const struct message *message, struct error *error), void *gateway,
                             struct error *error);
/* What was not taken yet is dropped. */
void express_close(struct express *express);

/* Takes a copy and returns at once; of several for one number the newest goes out. ERROR_BUSY: too many wait, as the gateway does not take
   them; ERROR_LIMIT: a text longer than any of ours. */
bool express_add(struct express *express, const struct message *message, struct error *error);

#endif
