/* How far use may go until something can be due: so that a record that changes nothing costs an addition and a comparison. */
#ifndef MEASURE_USAGE_LADDER_H
#define MEASURE_USAGE_LADDER_H

#include "measure/usage/levels.h"

/* Of a cycle without cuts, with use at home only and no allowances of the service with hours: the sum of the service's use, from the
   present one on, below which no further record of it owes anything; UINT64_MAX: none ever does. rating is as of now. */
uint64_t ladder_next(const struct rating *rating, const struct levels *levels, enum service service, const struct own_levels *own,
                     struct arena *arena);

#endif
