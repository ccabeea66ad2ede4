/* Routes of files that are looked at before they are taken in. */
#ifndef PORTAL_UPLOAD_ROUTES_H
#define PORTAL_UPLOAD_ROUTES_H

#include "measure/route.h"

extern const struct route upload_routes[];
extern const size_t upload_route_count;

#endif
