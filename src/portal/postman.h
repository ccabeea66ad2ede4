/* The postman follows the ledger: for each record that came through the portal it asks the measures whom to write to, and
   hands the letters to the outbox, once for each record. On a directory that it has never seen it begins at the end. */
#ifndef PORTAL_POSTMAN_H
#define PORTAL_POSTMAN_H

#include "portal/outbox.h"

struct postman;

/* Ready to go, and on its way with postman_start. All that is given is closed after it. */
struct postman *postman_open(struct views *views, struct outbox *outbox, struct error *error);
bool postman_start(struct postman *postman, struct error *error);
/* Something was written: it looks at once, not within a minute. */
void postman_nudge(struct postman *postman);
void postman_close(struct postman *postman);

/* Follows the ledger up to where readers see; what the thread does, and tests. */
bool postman_follow(struct postman *postman, struct error *error);

#endif
