/* The HTTP API of use: what is left, records, own levels. */
#ifndef MEASURE_USAGE_ROUTES_H
#define MEASURE_USAGE_ROUTES_H

#include "measure/route.h"

enum { USAGE_ROUTES = 4 };
extern const struct route usage_routes[USAGE_ROUTES];

/* Whose use is asked for: a person's own, or for staff the number in the query, where it is theirs to see; refuses otherwise. */
bool asked_subject(struct request *request, struct reply *reply, uint64_t *subject, struct error *error);
/* The month in the query; without one the running month, or, where a whole month passed without use, the newest that has any. False where it cannot be read. */
struct kept;
bool asked_cycle(struct request *request, struct kept *meter, uint64_t subject, int32_t *cycle, struct error *error);

#endif
