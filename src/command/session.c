#include "command/session.h"

bool session_open(struct session *session, struct invocation *invocation, bool with_audit)
{
    struct error *error = &invocation->error;
    *session = (struct session){ .engine = invocation->engine, .is_servers = invocation->engine != NULL,
                                 .progress = { invocation, .what = SAYS(invocation, "recovering", "恢复") } };
    if (!session->engine)
        session->engine = engine_open(&(struct engine_options){ .directory = invocation->directory, .progress = progress_show,
                                                                .context = &session->progress },
                                      error);
    progress_end(&session->progress);
    if (!session->engine) return false;
    if (!with_audit) return true;
    uint64_t position;
    session->reader = engine_reader(session->engine, error);
    /* within a transaction the state stands still, at the position that is read with it */
    if (session->reader && store_begin(session->reader, error) && state_stored_position(session->reader, &position, error) &&
        audit_open(&session->audit, session->reader, position, &session->arena, error)) {
        session->audit.ledger = engine_ledger(session->engine);
        return true;
    }
    session_close(session);
    return false;
}

void session_close(struct session *session)
{
    if (session->audit.law) audit_close(&session->audit);
    if (session->reader) store_close(session->reader);
    arena_close(&session->arena);
    if (!session->is_servers) engine_close(session->engine);
    *session = (struct session){ 0 };
}
