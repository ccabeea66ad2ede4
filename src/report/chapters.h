/* The parts of a report, in their order on the page. */
#ifndef REPORT_CHAPTERS_H
#define REPORT_CHAPTERS_H

#include "report/tables.h"

void chapter_summary(struct report *report);  /* the answer as the heading, and the leading figures */
void chapter_problems(struct report *report); /* 找准问题 */
void chapter_causes(struct report *report);   /* 深挖根源 */
void chapter_measures(struct report *report); /* 整改举措 */
void chapter_effect(struct report *report);   /* 成效 */
void chapter_next(struct report *report);     /* 下一步 */
void chapter_appendix(struct report *report); /* definitions, findings, method */

/* "比上一季度": the period before, as a phrase of the period's kind. */
struct html period_before_name(struct report *report);
/* "少2.1件，降了" with its verdict as a word; or why the two periods cannot be compared. */
struct html course_sentence(struct report *report, const struct figure_row *now, const struct figure_row *before);

/* Findings of one duty laid to one operator: a run in a list sorted by duty and operator. */
struct fault_group {
    const struct fault *first;
    size_t count;
};
/* The groups of faults, the largest first; the faults are copied and sorted for it, those of a group by time. */
struct fault_group *fault_groups(struct report *report, struct faults faults, size_t *count);

/* What counts of findings are counts of; their definitions stand in the appendix. */
extern const char count_broken[], count_open[], count_overdue[], count_expected[], count_ratio[], count_places[];

#endif
