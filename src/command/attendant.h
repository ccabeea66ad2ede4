/* The server's side of the command line: who calls mingbai on a directory that a server has is served here (passing.h). */
#ifndef COMMAND_ATTENDANT_H
#define COMMAND_ATTENDANT_H

#include "engine/engine.h"

enum { ATTENDANT_GUESTS = 64 };

struct accounts;
struct attendant;

/* Makes DIR/socket, in the place of one that was left there, and runs calls of the same user, and of root, from then on: each in a
   thread, in the caller's folder, with the caller's streams, at most ATTENDANT_GUESTS at once. The caller holds the directory's
   lock by the engine, which must have been opened with an absolute path. SIGPIPE must be ignored. `ended` is called after each call, in its thread:
   it may have written. */
struct attendant *attendant_open(struct engine *engine, struct accounts *accounts, const char *directory, void (*ended)(void *context), void *context,
                                 struct error *error);
/* Takes no more calls, removes the socket, tells those that run to stop (a load does at its next row; others come to their end)
   and waits for them, ten seconds at most: false where one runs on, and then nothing that it uses may be freed. */
bool attendant_close(struct attendant *attendant);

#endif
