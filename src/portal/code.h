/* Signing in with a number: six digits are sent to it. They hold for ten minutes and five tries, and are kept in memory alone. */
#ifndef PORTAL_CODE_H
#define PORTAL_CODE_H

#include "portal/outbox.h"
#include "vault/vault.h"

/* Whether a normalised number is one that texts can go to: eleven digits, 13 to 19 first. */
bool number_is_mobile(struct str number);

/* Sends a code to a number as it was typed in. Whether the number is known to anybody is not told, and makes no difference.
   ERROR_INPUT where it is no mobile number, ERROR_BUSY until *until after three in an hour for a number, or twenty for an
   address. Writes the spool: for a worker's thread. */
bool code_send(struct accounts *accounts, struct outbox *outbox, struct str number, struct str address, int64_t now,
               int64_t *until, struct error *error);
/* Who signs in: a subscriber. A number of which there is no record yet has no subject: it sees nothing, honestly.
   ERROR_NOT_FOUND where the code is not the newest one sent to that number, or no longer. */
bool code_check(struct accounts *accounts, struct vault *vault, struct str number, struct str code, int64_t now,
                struct identity *who, struct error *error);

#endif
