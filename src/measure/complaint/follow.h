/* The code with which a person follows a case. */
#ifndef MEASURE_COMPLAINT_FOLLOW_H
#define MEASURE_COMPLAINT_FOLLOW_H

#include "vault/vault.h"

enum { FOLLOW_CODE_ROOM = 9 };

/* Eight letters and digits, none of which looks like another, that follow from the complaint's number and the vault's key: so
   they need not be kept. */
void follow_code(const struct vault *vault, struct str complaint, char code[FOLLOW_CODE_ROOM]);
/* Whether a code is that of the complaint: in capitals or not, with spaces and hyphens or without; the time that it takes says
   nothing. */
bool follow_code_fits(const struct vault *vault, struct str complaint, struct str code);

#endif
