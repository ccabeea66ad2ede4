/* Bills: what an operator charged, and whether it follows from use and tariffs. */
#ifndef MEASURE_BILL_BILL_H
#define MEASURE_BILL_BILL_H

#include "measure/bill/lines.h"
#include "measure/measure.h"

extern const struct measure bill_measure;

extern const struct kind bill_line_kind;
/* Whose a number is on that day of a month makes out its bill: on the 28th, however short the month is. */
enum { BILL_DAY = 28 };
static inline int32_t bill_day(int32_t cycle)
{
    return cycle + BILL_DAY - 1;
}
enum { BILL_SUBSCRIBER, BILL_CYCLE, BILL_ITEM, BILL_AMOUNT };

#endif
