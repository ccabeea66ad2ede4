/* The HTTP API of bills. */
#ifndef MEASURE_BILL_ROUTES_H
#define MEASURE_BILL_ROUTES_H

#include "measure/route.h"

enum { BILL_ROUTES = 1 };
extern const struct route bill_routes[BILL_ROUTES];

#endif
