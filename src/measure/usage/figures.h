/* Figures of reminding. */
#ifndef MEASURE_USAGE_FIGURES_H
#define MEASURE_USAGE_FIGURES_H

#include "measure/measure.h"

enum { USAGE_FIGURES = 4 };
extern const struct figure usage_figures[USAGE_FIGURES];

#endif
