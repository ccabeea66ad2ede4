#include "command/session.h"

bool session_open(struct session *session, struct invocation *invocation, bool with_audit)
{
    *session = (struct session){ .progress = { .what = invocation->language == CHINESE ? "恢复" : "recovering" } };
    struct error *error = &invocation->error;
    session->engine = engine_open(&(struct engine_options){ .directory = invocation->directory, .progress = progress_show,
                                                            .context = &session->progress },
                                  error);
    progress_end(&session->progress);
    if (!session->engine) return false;
    if (!with_audit) return true;
    session->reader = engine_reader(session->engine, error);
    if (session->reader &&
        audit_open(&session->audit, session->reader, engine_position(session->engine), &session->arena, error))
        return true;
    session_close(session);
    return false;
}

void session_close(struct session *session)
{
    if (session->audit.law) audit_close(&session->audit);
    if (session->reader) store_close(session->reader);
    arena_close(&session->arena);
    engine_close(session->engine);
    *session = (struct session){ 0 };
}
