/* The HTTP API of use: what is left, records, own levels. */
#ifndef MEASURE_USAGE_ROUTES_H
#define MEASURE_USAGE_ROUTES_H

#include "measure/route.h"

enum { USAGE_ROUTES = 4 };
extern const struct route usage_routes[USAGE_ROUTES];

struct kept;

/* The query that wanted_read reads. */
enum { WANTED_PARAMETERS = 2 };
extern const struct parameter wanted_query[WANTED_PARAMETERS];

/* Whose use is asked for, and of which month. */
struct wanted {
    uint64_t subject;
    int32_t cycle;
    int64_t now;   /* the moment that goes for the present */
    int32_t since; /* the first day that an operator may see, on which the number came to it; DAY_NONE: all */
};
/* A person's own number, or for staff the one in the query, where it is theirs to see; the month in the query, without one the running month, or,
   where a whole month passed without use, the newest that has any. Refuses otherwise. */
bool wanted_read(struct request *request, struct reply *reply, struct kept *meter, struct wanted *wanted, struct error *error);
/* Whether who asks may see that month of it, or the end of it. */
bool wanted_has(const struct wanted *wanted, int32_t cycle);

#endif
