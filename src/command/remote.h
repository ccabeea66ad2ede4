/* Passing a call on to the server that has the directory. */
#ifndef COMMAND_REMOTE_H
#define COMMAND_REMOTE_H

#include "command/command.h"

/* True with the exit code where a server ran the command, or where somebody else has kept the directory for ten seconds: the
   invocation's error says so. False where nobody has it: the command is to be run here. Without wait only a server that answers at
   once is asked. */
bool remote_run(struct invocation *invocation, bool wait, enum exit_code *code);

#endif
