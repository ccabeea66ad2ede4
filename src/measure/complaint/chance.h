/* Whether one may appeal, and what is still to come, in words: parts of case_judge (status.h). */
#ifndef MEASURE_COMPLAINT_CHANCE_H
#define MEASURE_COMPLAINT_CHANCE_H

#include "measure/complaint/status.h"

/* Fills status->appeal, by the first `seen` events of the case. */
void chance_judge(const struct law *law, const struct case_file *file, size_t seen, int64_t as_of, struct arena *arena,
                  struct case_status *status);
/* Fills status->ahead, by the rest of the status. */
void ahead_tell(const struct case_file *file, int64_t as_of, struct case_status *status);

#endif
