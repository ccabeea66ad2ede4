/* Tables that several chapters use. */
#ifndef REPORT_TABLES_H
#define REPORT_TABLES_H

#include "report/chart.h"

/* A table longer than TABLE_ALL rows shows the first TABLE_FIRST and keeps the rest in <details>. */
enum { TABLE_ALL = 15, TABLE_FIRST = 12, ACTORS_ABREAST = 3 };

/* Opens a chapter or a part of one; end it with page_markup(page, "</section>"). name: its anchor and data-chapter. */
void section_open(struct report *report, const char *name, enum word title, struct html note);
/* A heading inside a chapter. */
void part_head(struct report *report, struct html title, struct html note);

/* Names the row of a table: an area's, a category's or an operator's name. */
typedef struct html row_name(struct report *report, const struct figure_row *row);
row_name row_area, row_category, row_operator;

/* Rows with a count and its share of all as a bar, the largest first. */
void table_bars(struct report *report, enum word head, struct rows counts, row_name *name);

/* Rows with a count and, for each figure that has a value somewhere, value and interval on a shared scale, the largest count
   first. by: the dimension that splits the rows. */
void table_plots(struct report *report, enum word head, struct rows counts, row_name *name, unsigned by,
                 const struct figure *const figures[], size_t figure_count);

/* Findings as a table: when, which case, who, where, what was owed, what happened, and the records that show it. */
void table_faults(struct report *report, const struct fault *faults, size_t count);

/* "complaint:TS-1" in words: 投诉TS-1. */
struct html fault_subject(struct report *report, const struct fault *fault);

/* "SOURCE 17，SOURCE 18": the records that show a finding. */
struct html fault_records(struct report *report, const struct fault *fault);

#endif
