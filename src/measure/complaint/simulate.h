/* Complaints and appeals of the simulated province. */
#ifndef MEASURE_COMPLAINT_SIMULATE_H
#define MEASURE_COMPLAINT_SIMULATE_H

#include "measure/measure.h"

/* Writes complaint.csv, complaint_event.csv, appeal.csv and appeal_event.csv. */
bool complaint_simulate(const struct simulation *simulation, struct error *error);

#endif
