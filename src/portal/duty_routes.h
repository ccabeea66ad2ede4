/* Routes about the duties and the law that limits them. */
#ifndef PORTAL_DUTY_ROUTES_H
#define PORTAL_DUTY_ROUTES_H

#include "measure/route.h"

extern const struct route duty_routes[];
extern const size_t duty_route_count;

#endif
