/* Results at hand while serving: findings and figures, computed once for a state however many ask, kept for those who come next,
   and never shown once a record came that might change them; but what takes long to compute is shown for a while longer, where only
   records of bulk kinds came, as those may come without an end. */
#ifndef MEASURE_RESULTS_H
#define MEASURE_RESULTS_H

#include "measure/view.h"

struct results;

struct results *results_open(void);
/* Nothing may be held any more. */
void results_close(struct results *results);

/* Findings of one duty and one operator, at least one. */
struct finding_group {
    const struct finding *const *findings;
    size_t count;
};

/* What was computed; it stays as it is until it is released. */
struct result {
    uint64_t position;              /* of the ledger, at which it was computed */
    const struct finding *findings; /* in finding_order */
    size_t finding_count;
    const struct finding_group *groups; /* of all of them, by the duty's name and the operator's code */
    size_t group_count;
    const struct figure_row *rows;  /* in figure_row_order */
    size_t row_count;
    struct str text;
};

/* A text that is made from findings and figures. */
struct text_maker {
    const char *key; /* what tells it from other texts */
    bool (*make)(void *context, struct view *view, struct text *out, struct error *error);
    void *context;
};

/* The findings of all duties at the view's position, as of a time (MOMENT_NONE: as `check` judges without one). They are
   everybody's: view_sees_finding tells which may be shown. NULL on failure. Waits where somebody else is computing the same. */
const struct result *results_findings(struct results *results, struct view *view, int64_t as_of, struct error *error);
/* The rows of a figure, likewise. */
const struct result *results_figure(struct results *results, struct view *view, const struct figure *figure,
                                    const struct figure_request *request, int64_t as_of, struct error *error);
/* The text that a maker makes, likewise: it may be of an earlier position from which nothing of it has changed. */
const struct result *results_text(struct results *results, struct view *view, const struct text_maker *maker, struct error *error);
void results_release(struct results *results, const struct result *result);
/* The position of which a result holds: the view's, or where it is shown for a while longer an earlier one. */
uint64_t results_position(const struct results *results, const struct view *view, const struct result *result);

/* The same as far as they are at hand, without waiting for anything; else NULL. */
const struct result *results_findings_at_hand(struct results *results, const struct view *view, int64_t as_of);
const struct result *results_figure_at_hand(struct results *results, const struct view *view, const struct figure *figure,
                                            const struct figure_request *request, int64_t as_of);

#endif
