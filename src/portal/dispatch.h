/* Finding a route by its path: a tree of segments, so that the number of routes costs nothing. */
#ifndef PORTAL_DISPATCH_H
#define PORTAL_DISPATCH_H

#include "measure/route.h"

struct dispatch;

/* A path is literal segments and {name}; the last may be {name*}, which takes all that is left. Two routes of one method and
   one path, and more than PATH_ARGUMENTS arguments, are mistakes in the tables and end the program. */
struct dispatch *dispatch_open(const struct route *const *routes, size_t count);
void dispatch_close(struct dispatch *dispatch);

struct dispatched {
    size_t at[METHODS];             /* the places of the routes of that path, by method; DISPATCH_NONE */
    unsigned methods;               /* 1 << method for each; 0: there is no such path */
    struct str arguments[PATH_ARGUMENTS];
};
enum { DISPATCH_NONE = -1 };

/* The path begins with "/"; arguments point into it, as they stand there (percent-encoded). Literal segments go before names. */
struct dispatched dispatch_find(const struct dispatch *dispatch, struct str path);

#endif
