/* The figures of complaints. */
#ifndef MEASURE_COMPLAINT_FIGURES_H
#define MEASURE_COMPLAINT_FIGURES_H

#include "measure/measure.h"

enum { COMPLAINT_FIGURES = 7 };
extern const struct figure complaint_figures[COMPLAINT_FIGURES];

#endif
