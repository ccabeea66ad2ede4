/* One spelling for what people type in several: full width to half width, blanks and invisible marks taken off. */
#ifndef DOOR_NORMAL_H
#define DOOR_NORMAL_H

#include <stdbool.h>

#include "base/memory.h"
#include "base/str.h"

/* The text with full-width digits, letters and punctuation in half width, the blanks U+3000 and U+00A0 as spaces, without
   outer blanks and without characters that nobody sees (zero width, direction marks). It is text itself where nothing had
   to change, else taken from the arena. False where the text is not UTF-8. */
bool normal_text(struct str text, struct arena *arena, struct str *normal);

#endif
