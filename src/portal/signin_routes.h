/* Routes of signing in and out, and of the accounts. */
#ifndef PORTAL_SIGNIN_ROUTES_H
#define PORTAL_SIGNIN_ROUTES_H

#include "measure/route.h"

extern const struct route signin_routes[];
extern const size_t signin_route_count;

#endif
