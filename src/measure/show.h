/* Findings, figures and definitions as rows: the same cells for the command line and the HTTP API. */
#ifndef MEASURE_SHOW_H
#define MEASURE_SHOW_H

#include "measure/measure.h"
#include "rows/rows.h"

void finding_show(struct rows *rows, const struct finding *finding, enum language language);
/* position: of the audit that computed it. */
void figure_show(struct rows *rows, const struct figure_row *row, uint64_t position);
void definition_show(struct rows *rows, const struct figure *figure, enum language language);

#endif
