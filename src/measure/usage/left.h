/* What is left of each pool, for all of an operator's numbers at once. */
#ifndef MEASURE_USAGE_LEFT_H
#define MEASURE_USAGE_LEFT_H

#include "measure/route.h"

bool left_get(struct request *request, struct reply *reply, struct error *error);
enum { LEFT_PARAMETERS = 1 };
extern const struct parameter left_query[LEFT_PARAMETERS];

#endif
