/* Figures of bills. */
#ifndef MEASURE_BILL_FIGURES_H
#define MEASURE_BILL_FIGURES_H

#include "measure/measure.h"

enum { BILL_FIGURES = 1 };
extern const struct figure bill_figures[BILL_FIGURES];

#endif
