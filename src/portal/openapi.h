/* The API's description, made from the tables that serve it: OpenAPI 3.1. */
#ifndef PORTAL_OPENAPI_H
#define PORTAL_OPENAPI_H

#include "measure/route.h"

void openapi_write(const struct route *const *routes, size_t count, struct text *out);

#endif
