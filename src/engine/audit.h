/* Opening an audit: the state at a position, the law, and the time as of which open cases are judged. */
#ifndef ENGINE_AUDIT_H
#define ENGINE_AUDIT_H

#include "measure/law.h"
#include "measure/measure.h"

/* Fills audit over a reading store; its law is closed with audit_close, the store and the arena stay the caller's. as_of is
   MOMENT_NONE until audit_as_of or the caller sets it. */
bool audit_open(struct audit *audit, struct store *store, uint64_t position, struct arena *arena, struct error *error);
void audit_close(struct audit *audit);

/* The latest event time in the kinds that a duty reads; with NULL, in all kinds that any duty reads. MOMENT_NONE: no event. */
bool audit_latest(const struct audit *audit, const struct duty *duty, int64_t *latest, struct error *error);

enum { FINDING_ID_ROOM = 24 };
/* The same fault has the same ID in every run: a function of duty, subject and occurrence. */
void finding_id(const struct finding *finding, char id[FINDING_ID_ROOM]);

/* Judges duties (NULL: all), each as of as_of or, with MOMENT_NONE, of its own default, and calls back for each finding, in the
   order of the registry. The strings live in the audit's arena. */
bool audit_judge(struct audit *audit, const struct duty *duty, int64_t as_of, struct findings_sink sink, struct error *error);

#endif
