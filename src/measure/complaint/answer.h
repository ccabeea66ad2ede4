/* complaint.answer.late: whether complaints were answered within the limit. */
#ifndef MEASURE_COMPLAINT_ANSWER_H
#define MEASURE_COMPLAINT_ANSWER_H

#include "measure/complaint/cases.h"

bool judge_answer(const struct audit *audit, const struct duty *duty, struct findings_sink sink, struct error *error);

/* The limit for an answer to a complaint in that area whose clock started at a moment; NULL where no law holds. */
const struct limit *answer_limit(const struct law *law, struct str area, int64_t start);
/* Whether a run passed its limit by its stop, or by as_of while open; then *end is when. */
bool answer_is_late(const struct limit *limit, const struct law *law, const struct run *run, int64_t as_of, int64_t *end,
                    bool *provisional);

#endif
