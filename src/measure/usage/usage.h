/* Usage: the meter, its notices, and the audit of an operator's. */
#ifndef MEASURE_USAGE_USAGE_H
#define MEASURE_USAGE_USAGE_H

#include "measure/measure.h"
#include "measure/usage/kinds.h"
#include "measure/usage/meter.h"
#include "measure/usage/notice.h"

extern const struct measure usage_measure;

#endif
