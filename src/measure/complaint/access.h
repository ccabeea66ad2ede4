/* Who sees the rows of which kind of complaints. */
#ifndef MEASURE_COMPLAINT_ACCESS_H
#define MEASURE_COMPLAINT_ACCESS_H

#include "measure/complaint/complaint.h"
#include "measure/view.h"

extern const struct access complaint_access[COMPLAINT_KINDS];

#endif
