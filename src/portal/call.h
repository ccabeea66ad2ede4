/* A call on its way through the server: what the handler sees of it is its request and reply. */
#ifndef PORTAL_CALL_H
#define PORTAL_CALL_H

#include <microhttpd.h>

#include "base/memory.h"
#include "portal/portal.h"
#include "portal/session.h"

enum { TARGET_LIMIT = 8 * 1024, JSON_LIMIT = 256 * 1024, QUERY_PAIRS = 32, UPLOAD_PATH_ROOM = PATH_ROOM + 40 };

struct query_pair {
    const char *name, *value; /* decoded, zero-terminated */
};

struct query {
    struct query_pair pairs[QUERY_PAIRS];
    size_t count;
};

enum call_stage {
    CALL_HEAD, /* its head has come */
    CALL_BODY, /* its body is coming */
    CALL_WAIT, /* a worker has it */
    CALL_DONE, /* its answer is ready */
    CALL_SENT, /* its answer goes out */
};

struct web_file;
struct watched;

struct call {
    struct call *next;
    struct portal *portal;
    struct MHD_Connection *connection;
    struct watched *watched;      /* the connection's */
    enum call_stage stage;
    int64_t started;              /* of the monotonic clock, microseconds */
    char target[TARGET_LIMIT + 1]; /* as it came: path and query, percent-encoded */
    struct str path;              /* points into it */
    struct str host;              /* Host, for links and origins */
    uint64_t address;             /* of who asks, as limits count; through a proxy, of whom it asks for */
    size_t route;                 /* its place in portal_routes, or beyond them: metrics.h */
    bool is_limited;              /* its address asks too often */
    bool has_session;             /* a cookie told who it is */
    bool is_counted_turn;         /* one of the hour's, given back where nothing came of it */
    bool is_counted_guess;        /* a guess was taken from the address's few */
    bool is_admitted;             /* nothing has refused it yet */
    bool is_running;              /* counted in server->running */
    bool must_close;              /* the connection ends with the answer */
    unsigned allowed;             /* 405, OPTIONS: methods */
    int retry_seconds;            /* 429, 503 */
    char csrf[SECRET_ROOM];
    struct str cookie;            /* as it came */
    char set_cookie[160];         /* to go out; empty: none */
    const struct web_file *page;  /* a file of web/ is the answer */
    struct request request;
    struct reply reply;
    struct error error;
    struct arena arena;
    struct query query;
    struct text body;             /* of JSON, while it comes */
    int upload;                   /* of a file, while it comes; -1: none */
    char upload_path[UPLOAD_PATH_ROOM];
    uint64_t body_bytes;          /* that came */
};

/* What a handler has as its request knows its call. */
static inline struct call *call_of(const struct request *request)
{
    return (struct call *)((char *)request - offsetof(struct call, request));
}

static inline struct call *call_of_reply(const struct reply *reply)
{
    return (struct call *)((char *)reply - offsetof(struct call, reply));
}

int64_t clock_microseconds(void);

#endif
