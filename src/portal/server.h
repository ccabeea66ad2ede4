/* The HTTP server: libmicrohttpd, with a thread for each core. What answers at once runs there; what takes long runs in a
   worker's thread while its connection is suspended. */
#ifndef PORTAL_SERVER_H
#define PORTAL_SERVER_H

#include <pthread.h>

#include "portal/limits.h"
#include "portal/metrics.h"
#include "portal/portal.h"
#include "portal/tally.h"
#include "portal/watch.h"
#include "portal/workers.h"

enum { CONNECTIONS_MAX = 8192, CALLS_KEPT = 64, STOP_SECONDS = 10 };

struct server {
    struct portal *portal;
    struct MHD_Daemon *daemon;
    struct dispatch *dispatch;
    const struct route *const *routes;
    size_t route_count;
    struct watch *watch;
    struct workers *workers;
    struct limits *limits;
    struct metrics *metrics;
    struct tallies turns;             /* of the routes that an address may call so often an hour; turns_lock protects them */
    pthread_mutex_t turns_lock;
    struct MHD_Response *too_many[LANGUAGES];
    struct text openapi;              /* built once */
    uint64_t proxy;                   /* the address of the proxy in front; 0: none */
    char host[256];
    unsigned port;
    unsigned connections;             /* that may be open */
    pthread_mutex_t lock;             /* of the rest */
    pthread_cond_t changed;
    struct call *kept;                /* calls to use again */
    size_t kept_count, running;       /* calls that a handler, or a worker, has */
    uint64_t upload_bytes;            /* on the disk */
    bool is_stopping;
};

/* Binds and serves. */
struct server *server_open(struct portal *portal, struct error *error);
/* Takes no more, waits for what runs; false where something ran on after STOP_SECONDS: then nothing may be freed. */
bool server_stop(struct server *server);
void server_close(struct server *server);

#endif
