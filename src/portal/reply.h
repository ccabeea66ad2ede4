/* Sending a reply: status, headers, body. */
#ifndef PORTAL_REPLY_H
#define PORTAL_REPLY_H

#include "portal/call.h"

/* Queues call->reply, or the file of web/ that call->page is; what it took from the reply is gone from it. */
enum MHD_Result reply_send(struct call *call);
/* An answer that is made once and sent often: 429, with its headers. */
struct MHD_Response *reply_too_many(enum language language);
/* Frees what a reply holds. */
void reply_close(struct reply *reply);

#endif
