/* What a complaint is about, guessed from its text: a proposal for the person, who may change it. */
#ifndef MEASURE_COMPLAINT_CATEGORY_H
#define MEASURE_COMPLAINT_CATEGORY_H

#include "measure/complaint/complaint.h"

enum { CATEGORIES_PROPOSED = 3 };

/* The likeliest categories, best first; returns how many (at least 1): CATEGORY_OTHER alone where nothing speaks. */
size_t category_propose(struct str text, enum category proposed[CATEGORIES_PROPOSED]);

#endif
