/* Use, tariffs, sent notices and bills of a panel of the province's subscribers. */
#ifndef MEASURE_USAGE_SIMULATE_H
#define MEASURE_USAGE_SIMULATE_H

#include "measure/measure.h"

/* Writes tariff.csv, subscription.csv, usage.csv, notice_sent.csv and bill_line.csv. */
bool usage_simulate(const struct simulation *simulation, struct error *error);

#endif
