#include "portal/run.h"

#include <inttypes.h>
#include <stdio.h>

#include "portal/postman.h"
#include "portal/problem.h"
#include "portal/server.h"

static void cookie_set(struct call *call, const char *value, int64_t seconds)
{
    snprintf(call->set_cookie, sizeof call->set_cookie, "mingbai=%s; Path=/; Max-Age=%" PRId64 "; HttpOnly; SameSite=Strict%s", value,
             seconds, call->portal->options.secure ? "; Secure" : "");
}

/* A new session for who signed in; the old one, if any, ends: what a client sent is never kept as a session. */
static bool sign(struct call *call)
{
    const struct reply *reply = &call->reply;
    struct accounts *accounts = call->portal->accounts;
    struct session_given given;
    if (!reply->signs_in && !reply->signs_out) return true;
    if (call->cookie.length && !session_end(accounts, call->cookie, &call->error)) return false;
    if (!reply->signs_in) {
        cookie_set(call, "", 0);
        return true;
    }
    if (!session_begin(accounts, &reply->who, call->request.now, &given, &call->error)) return false;
    cookie_set(call, given.cookie, given.seconds);
    if (call->is_counted_guess) limits_guess_back(call->portal->server->limits, call->address, clock_microseconds());
    return true;
}

static bool handle(struct call *call)
{
    struct request *request = &call->request;
    request->view = view_take(call->portal->views, &request->who, request->route->reach, &call->error);
    if (!request->view) return false;
    bool done = request->route->handle(request, &call->reply, &call->error);
    view_give(request->view);
    request->view = NULL;
    if (done && request->route->method != METHOD_GET) postman_nudge(call->portal->postman);
    return done && sign(call);
}

void run_call(struct call *call)
{
    if (!handle(call) && !call->reply.later) problem_write(call);
}
