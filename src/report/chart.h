/* Charts as inline SVG lines with HTML words on top, so that text never shrinks. Coordinates are integers until they are
   written: the same on every machine. */
#ifndef REPORT_CHART_H
#define REPORT_CHART_H

#include "report/evidence.h"

/* Values between round ends that hold every margin of the rows. */
struct scale {
    int64_t from, to, step;
};

/* from_zero: a scale that starts at 0. Shares end at 100 %. */
struct scale scale_of(const struct figure *figure, struct rows rows, bool from_zero);
/* "25–55": both ends as shown. */
struct html scale_ends(struct report *report, const struct figure *figure, struct scale scale);

/* A value with its margin on the scale; actor may be NULL; small: for several under one another. */
struct html chart_interval(struct report *report, const struct figure_row *row, struct scale scale, const struct actor *actor,
                           bool small);
/* A bar from zero: n of the largest. */
struct html chart_bar(struct report *report, const struct figure_row *row, uint64_t largest);
/* Months in a line without axes; empty where fewer than two have a value. */
struct html chart_spark(struct report *report, const struct figure *figure, struct rows months);
/* Lines with bands by operator over report->months. rows: by operator and month. */
struct html chart_lines(struct report *report, const struct figure *figure, struct rows rows, const struct actor *const *actors,
                        size_t actor_count);
/* The key of an operator: its shape and name. */
struct html chart_key(struct report *report, const struct actor *actor);

#endif
