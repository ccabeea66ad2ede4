/* Problems: what goes wrong, as RFC 9457 has it. */
#ifndef PORTAL_PROBLEM_H
#define PORTAL_PROBLEM_H

#include "portal/call.h"

/* What an error that no handler refused in words means over HTTP. */
int problem_status(enum error_code code);
/* Writes the problem that call->reply and call->error are into reply.body, and notes a failure of ours on standard error. */
void problem_write(struct call *call);
/* A problem without a call: for answers that are made once. */
void problem_plain(struct text *out, int status, const char *code, enum language language, const char *detail);

#endif
