/* Running a handler: with its view, and with what its answer means for the session. */
#ifndef PORTAL_RUN_H
#define PORTAL_RUN_H

#include "portal/call.h"

/* Runs the handler of a call whose request is whole; call->reply is then what goes out. */
void run_call(struct call *call);

#endif
