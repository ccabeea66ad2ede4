/* Routes about records: their kinds, what is on record, and taking more in. */
#ifndef PORTAL_RECORD_ROUTES_H
#define PORTAL_RECORD_ROUTES_H

#include "measure/route.h"

extern const struct route record_routes[];
extern const size_t record_route_count;

#endif
