/* The duties about appeals to the regulator: complaint.appeal.early, .late, .refused, .accept_late, .decide_late. */
#ifndef MEASURE_COMPLAINT_APPEAL_H
#define MEASURE_COMPLAINT_APPEAL_H

#include "measure/measure.h"

bool judge_appeal_early(const struct audit *audit, const struct duty *duty, struct findings_sink sink, struct error *error);
bool judge_appeal_late(const struct audit *audit, const struct duty *duty, struct findings_sink sink, struct error *error);
bool judge_appeal_refused(const struct audit *audit, const struct duty *duty, struct findings_sink sink, struct error *error);
bool judge_appeal_accept_late(const struct audit *audit, const struct duty *duty, struct findings_sink sink,
                              struct error *error);
bool judge_appeal_decide_late(const struct audit *audit, const struct duty *duty, struct findings_sink sink,
                              struct error *error);

#endif
