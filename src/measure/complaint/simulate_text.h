/* What simulated people write. All of it is made up. */
#ifndef MEASURE_COMPLAINT_SIMULATE_TEXT_H
#define MEASURE_COMPLAINT_SIMULATE_TEXT_H

#include "measure/simulate.h"

enum { COMPLAINT_CATEGORIES = 15 };

/* Each adds a text in Chinese. category is the place of a complaint's category in its kind. */
void write_complaint_text(struct text *out, struct random *random, size_t category);
void write_answer_text(struct text *out, struct random *random, size_t category, int64_t refund);
void write_dispute_text(struct text *out, struct random *random);
void write_appeal_text(struct text *out, struct random *random);
void write_decision_text(struct text *out, struct random *random);
void write_pause_reason(struct text *out, struct random *random);
void write_refusal_reason(struct text *out, struct random *random);

#endif
