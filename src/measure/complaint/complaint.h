/* Complaints and appeals: filed, answered within the limit, appealed, decided. */
#ifndef MEASURE_COMPLAINT_COMPLAINT_H
#define MEASURE_COMPLAINT_COMPLAINT_H

#include "measure/measure.h"

extern const struct measure complaint;

/* The kinds, and the places of their choices: the words are in kinds.c, in this order. */
extern const struct kind complaint_kind, complaint_event_kind, appeal_kind, appeal_event_kind;

enum complaint_step {
    STEP_ANSWERED, STEP_PAUSED, STEP_RESUMED, STEP_MOVED, STEP_MERGED, STEP_WRITTEN, STEP_CONFIRMED, STEP_DISPUTED,
    STEP_WITHDRAWN
};

enum appeal_about { ABOUT_CHARGE, ABOUT_OTHER };

enum appeal_step {
    APPEAL_ACCEPTED, APPEAL_REFUSED, APPEAL_FORWARDED, APPEAL_OPERATOR_ANSWERED, APPEAL_MEDIATED, APPEAL_DECIDED,
    APPEAL_WITHDRAWN
};

#endif
