/* An audit: the state at a position, the law, and the time as of which open cases are judged; and the one way in which duties
   are judged and figures computed, for the command line, the report and whoever comes. */
#ifndef MEASURE_AUDIT_H
#define MEASURE_AUDIT_H

#include "measure/law.h"
#include "measure/measure.h"

/* Fills audit over a reading store; its law is closed with audit_close, the store and the arena stay the caller's. Its time is
   set with audit_set_time. */
bool audit_open(struct audit *audit, struct store *store, uint64_t position, struct arena *arena, struct error *error);
void audit_close(struct audit *audit);

/* Judges as of a time; with MOMENT_NONE, each duty and figure as of the latest event in what it reads. as_of stays MOMENT_NONE
   where there is no event at all. */
bool audit_set_time(struct audit *audit, int64_t as_of, struct error *error);
/* The audit that a duty or figure sees that reads these kinds (NULL: nothing of its own): the same, with its own time. */
bool audit_for(const struct audit *audit, const struct kind *const *reads, struct audit *own, struct error *error);

/* As of when a case of that source is judged: as of the audit's time, where one was asked for. Else what was loaded as of the
   latest event that was loaded, as an old file is not overdue because people file complaints today; and what was filed through
   the server, of which the program would have seen what happened, as of the latest event of all and the newest clock record. */
int64_t audit_as_of(const struct audit *audit, struct str source);

/* An audit that keeps what its duties and figures share, from here on in its present arena. */
void audit_memo_begin(struct audit *audit);
/* The same audit for computing what is shared: its arena is that in which the shared lives, maybe longer than the audit, its store and law. */
struct audit audit_of_memo(const struct audit *audit);
/* What was computed for a key in this audit and time, or NULL; and keeping it there. */
void *audit_memo_find(const struct audit *audit, const void *key);
void audit_memo_keep(const struct audit *audit, const void *key, void *value);

/* For qsort over struct finding: by what tells one from all others (duty, subject, occurrence); by time, then by that. */
int finding_identity_order(const void *left, const void *right);
int finding_order(const void *left, const void *right);

enum { FINDING_ID_ROOM = 24 };
/* The same fault has the same ID in every run: a function of duty, subject and occurrence. */
void finding_id(const struct finding *finding, char id[FINDING_ID_ROOM]);

/* Judges a duty (NULL: all) and calls back for each finding, in the order of the registry. The strings live in the audit's
   arena. Nothing is found where there is no event. */
bool audit_judge(const struct audit *audit, const struct duty *duty, struct findings_sink sink, struct error *error);
/* By operator, area, category and period: for qsort over struct figure_row. */
int figure_row_order(const void *left, const void *right);
/* Computes a figure and calls back for each row, in that order. No rows where there is no event. */
bool audit_compute(const struct audit *audit, const struct figure *figure, const struct figure_request *request,
                   struct figures_sink sink, struct error *error);

#endif
