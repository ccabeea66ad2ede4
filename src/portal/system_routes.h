/* Routes about the server and its ledger. */
#ifndef PORTAL_SYSTEM_ROUTES_H
#define PORTAL_SYSTEM_ROUTES_H

#include "measure/route.h"

extern const struct route system_routes[];
extern const size_t system_route_count;

#endif
