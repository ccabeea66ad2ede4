/* The duties about appeals to the regulator: complaint.appeal.early, .late, .refused, .accept_late, .decide_late. */
#ifndef MEASURE_COMPLAINT_APPEAL_H
#define MEASURE_COMPLAINT_APPEAL_H

#include "measure/complaint/cases.h"

/* ---- the rules, for whoever judges or serves ---- */

enum verdict { NO, YES, CANNOT_TELL };

/* The complaint behind an appeal, with its events in order. */
struct appealed {
    struct str area;
    int64_t filed;
    const struct event *events;
    size_t event_count;
    bool closed_on_unknown_day;
};

/* Whether an appeal filed at a moment would be early: by what had happened until then, that moment included. *limit is the
   wait's, or NULL where no law holds, which cannot be told either. */
enum verdict appeal_is_early(const struct law *law, const struct appealed *one, int64_t filed, const struct limit **limit,
                             bool *provisional);
enum verdict appeal_is_late(const struct law *law, const struct appealed *one, enum appeal_about about, int64_t filed,
                            const struct limit **limit, bool *provisional);

/* The regulator's limit of a duty about an appeal filed at a moment, or of a statistic about its complaint; NULL where none holds. */
const struct limit *appeal_limit(const struct law *law, struct str duty, struct str area, struct str statistic, int64_t start);
/* What accepted or refused an appeal: the first of these. What stopped the clock of accepting, and that of deciding. NULL: nothing
   yet. Each is one of the appeal's events, which are in order. */
const struct event *appeal_admission(const struct event *events, size_t count);
const struct event *appeal_accept_stop(const struct event *events, size_t count);
const struct event *appeal_decide_stop(const struct event *events, size_t count);

/* ---- the duties ---- */

bool judge_appeal_early(const struct audit *audit, const struct duty *duty, struct findings_sink sink, struct error *error);
bool judge_appeal_late(const struct audit *audit, const struct duty *duty, struct findings_sink sink, struct error *error);
bool judge_appeal_refused(const struct audit *audit, const struct duty *duty, struct findings_sink sink, struct error *error);
bool judge_appeal_accept_late(const struct audit *audit, const struct duty *duty, struct findings_sink sink,
                              struct error *error);
bool judge_appeal_decide_late(const struct audit *audit, const struct duty *duty, struct findings_sink sink,
                              struct error *error);

#endif
