/* Usage: the meter, its notices, and the audit of an operator's. What is for others is this file and what it includes. */
#ifndef MEASURE_USAGE_USAGE_H
#define MEASURE_USAGE_USAGE_H

#include "measure/measure.h"
#include "measure/usage/history.h"
#include "measure/usage/kinds.h"
#include "measure/usage/levels.h"
#include "measure/usage/meter.h"
#include "measure/usage/notice.h"
#include "measure/usage/rating.h"
#include "measure/usage/routes.h"

extern const struct measure usage_measure;

#endif
