/* Phone numbers, accounts and documents in the one spelling under which a person becomes a subject. */
#ifndef DOOR_PERSON_H
#define DOOR_PERSON_H

#include "base/error.h"
#include "base/memory.h"
#include "door/kind.h"

enum { PERSON_BYTES = 64 };

/* Whether a spreadsheet has made it of a longer number: 1.38E+10, 1.38E10; not 12E4, which can be a name. */
bool is_ruined_number(struct str text);
/* The digits of a number cell without ".0"; false where a number cannot have kept all its digits: an exponent, a fraction,
   more than 15 digits. */
bool number_cell_digits(struct str text, struct str *digits);

/* Takes spaces, +86 (0086 and 86 before a mobile number) and the hyphens and brackets of a phone number off, and writes the
   last letter of a resident's document large. Other letters stay as they are: accounts are shown as they were given. text is normal
   (normal_text); person is text itself, or from the arena. */
bool person_parse(struct str text, enum cell_type type, struct arena *arena, struct str *person, struct error *error);

#endif
