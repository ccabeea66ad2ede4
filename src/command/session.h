/* A command's hold on the data directory: the engine, a reader and an audit over it. */
#ifndef COMMAND_SESSION_H
#define COMMAND_SESSION_H

#include "command/command.h"
#include "measure/audit.h"
#include "engine/engine.h"

struct session {
    struct engine *engine;
    bool is_servers;       /* the engine, which goes on after the session */
    struct store *reader;
    struct arena arena;
    struct audit audit;
    struct progress progress;
};

/* Opens the engine, or takes the server's; with_audit also a reader at one position, and the law. On failure invocation->error is filled, and nothing is left open. */
bool session_open(struct session *session, struct invocation *invocation, bool with_audit);
void session_close(struct session *session);
/* Who calls, as the records of readings name them (unseal.c). */
void user_name(uid_t user, char name[64]);

#endif
