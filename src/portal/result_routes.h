/* Routes about what comes out: findings, figures, notices, duties. */
#ifndef PORTAL_RESULT_ROUTES_H
#define PORTAL_RESULT_ROUTES_H

#include "measure/route.h"

extern const struct route result_routes[];
extern const size_t result_route_count;

#endif
