/* Clear personal data for a request of the portal: every reading is itself a record before anything is shown. */
#ifndef MEASURE_UNSEAL_H
#define MEASURE_UNSEAL_H

#include "measure/view.h"

enum unseal_kind { UNSEAL_PERSON, UNSEAL_TEXT };

struct unseal_wish {
    enum unseal_kind kind;
    uint64_t number;
};

/* Writes one `unsealing` record for all of it, then gives the clear texts, in the arena; what was erased is an empty text with
   at == NULL. An account reads as itself, a person as "subscriber:17" or "complaint:ID". Nothing is written where nothing is
   wished for. */
bool unseal_for(struct engine *engine, const struct identity *who, const struct unseal_wish *wishes, size_t count, struct str why,
                struct arena *arena, struct str *clear, struct error *error);
/* How the numbers in a list are shown to who asks: to an operator's account, whose list is of its own subscribers, the clear ones, read in one
   go; to others the subjects. An erased one is its subject as well. In the arena. */
bool numbers_shown(struct engine *engine, const struct identity *who, const uint64_t *subjects, size_t count, struct str why,
                   struct arena *arena, struct str *shown, struct error *error);

#endif
