/* The period report: one self-contained HTML file with the chapters problems, causes, measures, effect and next steps, filled
   from the figures and findings of every measure in the registry. */
#ifndef REPORT_REPORT_H
#define REPORT_REPORT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/moment.h"
#include "base/str.h"
#include "door/kind.h"
#include "measure/measure.h"

/* Everything that a report is a function of. */
struct report_input {
    const struct audit *audit; /* its arena holds what the report is made of until the caller empties it */
    struct period period;
    enum language language;
    struct str checkpoint; /* the signed note at the audit's position */
    struct str verifier_key;
};

/* Adds the report to out. No clock and no chance: the same input gives the same bytes. False with the first error of a figure,
   a judge or the store; what is in out then is not whole. */
bool report_write(const struct report_input *input, struct text *out, struct error *error);

enum { REPORT_VERSION = 2, REPORT_NOTE_ROOM = 2048 };

/* What is needed to make a given report again. */
struct report_claims {
    uint64_t position;
    int64_t as_of;
    bool own_times; /* as in struct audit */
    struct period period;
    enum language language;
    char note[REPORT_NOTE_ROOM]; /* zero-terminated */
};

/* Reads them from the <meta name="mingbai-..."> tags of a report. ERROR_INPUT where one is missing, malformed or of another
   version of the report. */
bool report_claims_read(struct str html, struct report_claims *claims, struct error *error);

/* Compares a report as given with the one made again from the ledger. Where they differ, the error (ERROR_DAMAGE) names the
   first number that was changed: figure or duty, operator, area, period, the value given and the value recomputed; or the
   chapter and the text, if it is no number. */
bool report_compare(struct str given, struct str again, struct error *error);

#endif
