/* The portal: one data directory, served over HTTP. It opens what serving needs and says what there is to others; who handles
   a request has it as request->portal. */
#ifndef PORTAL_PORTAL_H
#define PORTAL_PORTAL_H

#include "engine/engine.h"
#include "measure/route.h"

struct portal_options {
    const char *directory;
    const char *listen;  /* HOST:PORT; port 0 takes a free one */
    const char *spool;   /* where the outbox writes; NULL: DIRECTORY.spool.jsonl */
    const char *gateway; /* the settings of a gateway for texts (gateway.h); NULL: they go to the spool */
    int text_from, text_to; /* hours of the day in which texts to people go out; both 0: 8 to 21 */
    unsigned rate;       /* requests a second that an address may make while others are there; 0: any number */
    const char *proxy;   /* the address of a reverse proxy in front, which tells whom it asks for (X-Forwarded-For); NULL: none */
    bool secure;         /* people come through https: cookies say so */
    void (*progress)(void *context, uint64_t done, uint64_t all); /* of a recovery; may be NULL */
    void *context;
};

struct accounts;
struct outbox;
struct places;
struct postman;
struct timekeeper;
struct results;
struct upload_store;
struct server;

struct portal {
    struct portal_options options;
    struct engine *engine;
    struct views *views;
    struct accounts *accounts;
    struct outbox *outbox;
    struct postman *postman;
    struct timekeeper *timekeeper;
    struct places *places;        /* operators and areas, as a page's choices */
    struct results *results;      /* findings and figures as last computed */
    struct upload_store *uploads; /* files on their way in */
    struct server *server;
    char directory[PATH_ROOM];    /* from the root on */
    char scratch[PATH_ROOM];      /* a folder of this run's own, mode 0700, outside the data directory; gone at the end */
    char spool[PATH_ROOM];
    struct gateway *gateway, *express_gateway;
    struct express *express;
    int64_t started;
    bool is_sample;               /* the records are the sample's */
};

/* Opens the directory and serves it from here on. */
struct portal *portal_open(const struct portal_options *options, struct error *error);
/* Takes no more requests and lets those that run end; false where one did not in time. */
bool portal_stop(struct portal *portal);
/* Ends the process, as something runs on that must not see anything freed. What was acknowledged is on the disk. */
_Noreturn void portal_leave(struct portal *portal);
/* Stops, or leaves; closes everything. */
void portal_close(struct portal *portal);
/* The port it listens on, and its host as it was given. */
unsigned portal_port(const struct portal *portal);
struct str portal_host(const struct portal *portal);

/* Every route there is: the portal's own and those of the measures. */
const struct route *const *portal_routes(size_t *count);

#endif
