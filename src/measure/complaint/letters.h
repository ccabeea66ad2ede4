/* What is said to whom when something happens to a case, and as time passes (measure/letter.h). None of it says what the case is
   about: others may read the screen. */
#ifndef MEASURE_COMPLAINT_LETTERS_H
#define MEASURE_COMPLAINT_LETTERS_H

#include "measure/view.h"

bool complaint_letters(struct view *view, const struct record *record, struct letters_sink sink, struct error *error);
/* For the limits that passed in [from, to), and at 09:00 of a working day how much waits. */
bool complaint_letters_of_time(struct view *view, int64_t from, int64_t to, struct letters_sink sink, struct error *error);

#endif
