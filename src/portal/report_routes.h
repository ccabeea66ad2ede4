/* Routes of the period report. */
#ifndef PORTAL_REPORT_ROUTES_H
#define PORTAL_REPORT_ROUTES_H

#include "measure/route.h"

extern const struct route report_routes[];
extern const size_t report_route_count;

#endif
