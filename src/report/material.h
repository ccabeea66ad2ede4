/* What a report is made of: its periods, who answers, the rows of the figures and what the judges found. */
#ifndef REPORT_MATERIAL_H
#define REPORT_MATERIAL_H

#include "measure/law.h"
#include "report/page.h"
#include "report/report.h"

struct rows {
    struct figure_row *at;
    size_t count;
};

/* A finding, and how it stood when it was judged. It comes first, so that the orders of findings order faults. */
struct fault {
    struct finding finding;
    int64_t as_of; /* its duty's time */
    bool open;     /* its clock still ran then */
};

struct faults {
    struct fault *at;
    size_t count;
};

/* An operator on the page. */
struct actor {
    struct str code;
    struct html name;
    char shape; /* 'a', 'b', 'c', or 'n': neither colour nor shape of its own */
};

struct cached_rows;

/* Which figures lead the report; each may be missing from the registry. */
struct leading {
    const struct figure *count, *rate, *in_time, *satisfied, *answer_median, *answer_p95, *repeat;
};

struct report {
    const struct report_input *input;
    struct page page;
    struct leading leading;
    struct period before; /* the period before, of the same kind */
    struct period months; /* the twelve months up to the period's end */
    bool partial;         /* the as-of time lies within the period */
    bool comparable;      /* the period before is covered by data from its first month on */
    bool rated;           /* the leading rate has a value for the period */
    struct actor *actors; /* in the order of their codes */
    size_t actor_count;
    struct html region;        /* where all this is; empty when that is not one place */
    struct faults broken;      /* findings whose time lies in the period, in the order of time */
    struct faults waiting;     /* clocks that ran at the as-of time: overdue or still to come, in the order of time */
    struct cached_rows *cache; /* rows already computed */
    struct error *error;
    bool failed; /* error holds why; everything asked for then is empty */
};

/* Fills report from input; false on failure. */
bool report_gather(struct report *report, const struct report_input *input, struct text *out, struct error *error);

/* The rows of a figure, in the order operator, area, category, period; a copy, which the caller may sort. The same request is
   computed once. Empty after a failure, which report_write returns. */
struct rows report_rows(struct report *report, const struct figure *figure, const struct figure_request *request);
/* The one row over everything in a period; without a value where the figure gave none. */
struct figure_row report_total(struct report *report, const struct figure *figure, struct period period);
/* By one dimension in a period. */
struct rows report_by(struct report *report, const struct figure *figure, unsigned by, struct period period);
/* Whether the records allow to say of any case in the period that it was in time or late. */
bool report_judged(struct report *report);
/* The row of that operator, area and category, or NULL. */
const struct figure_row *rows_find(struct rows rows, struct str operator_, struct str area, struct str category);
/* Orders the rows by n, the largest first; equal ones as they were. */
void rows_by_n(struct rows rows);

/* The actor of a code, or NULL. */
const struct actor *report_actor(const struct report *report, struct str code);
/* Names for people, escaped. An empty code is the regulator, all places, no category. */
struct html report_operator_name(struct report *report, struct str code);
struct html report_area_name(struct report *report, struct str code);
struct html report_category_name(struct report *report, struct str code);

#endif
