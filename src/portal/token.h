/* Bearer tokens of machine clients: "mb_" and 256 bits in base64url. Only a token's hash is kept. */
#ifndef PORTAL_TOKEN_H
#define PORTAL_TOKEN_H

#include "portal/accounts.h"

enum { TOKEN_DAYS = 365, TOKEN_DAYS_MOST = 3660, TOKENS_OF_ACCOUNT = 100 };

/* Adds a new token of an account to out. ERROR_NOT_FOUND where there is no such account, ERROR_LIMIT for other days. */
bool accounts_token(struct accounts *accounts, struct str name, int64_t days, int64_t now, struct text *out, struct error *error);
/* Whose it is; false where it is nobody's, or no longer. */
bool accounts_bearer(struct accounts *accounts, struct str token, int64_t now, struct identity *who);

#endif
