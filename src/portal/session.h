/* Sessions: who signed in by a page, told by a cookie. Its value is new at every sign-in and never what a client sent; only
   its hash is kept. */
#ifndef PORTAL_SESSION_H
#define PORTAL_SESSION_H

#include "portal/accounts.h"

enum { SECRET_ROOM = 44 }; /* 256 bits in base64url, and a zero */

struct session_given {
    char cookie[SECRET_ROOM];
    char csrf[SECRET_ROOM];
    int64_t seconds; /* how long the cookie may be kept at most */
};

/* Begins one: 8 hours idle and 24 in all for staff, 30 days for a person. */
bool session_begin(struct accounts *accounts, const struct identity *who, int64_t now, struct session_given *given,
                   struct error *error);
/* Whose it is, and (where csrf is not NULL) the token that must come with all but reading. False where there is none. */
bool session_find(struct accounts *accounts, struct str cookie, int64_t now, struct identity *who, char csrf[SECRET_ROOM]);
/* Not there: fine. */
bool session_end(struct accounts *accounts, struct str cookie, struct error *error);

/* Compares in a time that tells nothing. */
bool secret_equal(struct str given, const char *secret);

#endif
