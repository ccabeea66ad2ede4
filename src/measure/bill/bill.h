/* Bills: what an operator charged, and whether it follows from use and tariffs. */
#ifndef MEASURE_BILL_BILL_H
#define MEASURE_BILL_BILL_H

#include "measure/bill/lines.h"
#include "measure/measure.h"

extern const struct measure bill_measure;

extern const struct kind bill_line_kind;
enum { BILL_SUBSCRIBER, BILL_CYCLE, BILL_ITEM, BILL_AMOUNT };

#endif
