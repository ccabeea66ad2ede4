/* Numbers on the page: each in a <data> element that names what it is, inside a link to its definition. */
#ifndef REPORT_EVIDENCE_H
#define REPORT_EVIDENCE_H

#include "report/material.h"

enum part { PART_VALUE, PART_LOW, PART_HIGH, PART_N, PART_UNKNOWN };

/* A number of a figure's row, linked to the figure's definition. */
struct html evidence(struct report *report, const struct figure_row *row, enum part part);
/* "95%区间 34.1–37.7"; without one, whether that is because everything was counted or because it cannot be told. */
struct html evidence_margin(struct report *report, const struct figure_row *row);
/* "34.1–37.7", "全数" or "误差不明"; for tables. */
struct html evidence_margin_short(struct report *report, const struct figure_row *row);
/* The difference of a figure between two rows, as shown, without a sign; for shares in percentage points. */
struct html evidence_change(struct report *report, const struct figure_row *now, const struct figure_row *before);
/* The share that the row's n has of a whole, in percent. */
struct html evidence_share(struct report *report, const struct figure_row *row, uint64_t whole);

/* What a counted number counts. */
struct counted {
    const char *name;                           /* data-count, and the anchor of its definition: "count.broken" */
    struct str duty, operator_, area, category; /* empty: all */
    bool by_period;                             /* of the report's period, else as of its moment */
};
struct html evidence_count(struct report *report, struct counted what, uint64_t count);
/* The same for a number with decimals. */
struct html evidence_decimal(struct report *report, struct counted what, int64_t value, unsigned decimals, unsigned shown);

/* What a finding says was owed or measured ("15 day"), linked to its duty; part is "limit" or "measured". A dash where empty.
 */
struct html evidence_quantity(struct report *report, const struct fault *fault, const char *part, struct str quantity);

/* The mark 据 with the ledger position, linked to the checkpoint at the foot. */
struct html evidence_mark(struct report *report);
/* The attributes data-figure, data-operator, data-area, data-category and data-period of a row, with a space before each. */
struct html evidence_attributes(struct report *report, const struct figure_row *row);
/* The figure's unit in words. */
struct html figure_unit(struct report *report, const struct figure *figure);
/* The figure's name as a head, with its unit where the name does not say it. */
struct html figure_name(struct report *report, const struct figure *figure);
/* The unit, or nothing where it is long and the name says it. */
struct html figure_unit_beside(struct report *report, const struct figure *figure);
/* The unit of a difference of two values: for shares, percentage points. */
struct html figure_change_unit(struct report *report, const struct figure *figure);
/* A mark of an axis whose marks are `step` apart, without decimals that it does not need. */
struct html figure_mark(struct report *report, const struct figure *figure, int64_t value, int64_t step);
/* A value of the figure as shown, without its unit. Shares come out in percent. */
struct html figure_shown(struct report *report, const struct figure *figure, int64_t value);

/* How two rows of a figure compare. */
enum course { COURSE_UNKNOWN, COURSE_UNSURE, COURSE_SAME, COURSE_FELL, COURSE_ROSE };
/* Unknown where one has no value; unsure where their margins overlap, or where one should have a margin and has none. */
enum course rows_course(const struct figure_row *now, const struct figure_row *before);
/* Whether that course is the better one for the figure. */
bool course_is_better(enum course course, const struct figure *figure);

#endif
