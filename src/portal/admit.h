/* Whether a request is let in: decided from its head alone, before a byte of its body is read. */
#ifndef PORTAL_ADMIT_H
#define PORTAL_ADMIT_H

#include "portal/call.h"

/* Finds what the call is for, who calls, and whether they may; call->request is then ready but for its body and its view.
   False where the answer is clear already: a page (call->page), or what call->reply and call->error are. */
bool admit(struct call *call, const char *method);
/* What came to nothing counts for no one: the hour's count of its address is as before. */
void turn_give_back(struct call *call);
/* How many bytes of a body are announced; UINT64_MAX: it does not say. */
uint64_t body_announced(const struct call *call);
/* The most that the route takes. */
uint64_t body_limit(const struct route *route);
bool refuse_large(struct call *call);

#endif
