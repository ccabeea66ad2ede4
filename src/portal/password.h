/* Passwords: Argon2id by libsodium. A computation takes 64 MiB and a tenth of a second, so few run at once. */
#ifndef PORTAL_PASSWORD_H
#define PORTAL_PASSWORD_H

#include <pthread.h>

#include "base/error.h"
#include "base/str.h"

enum { PASSWORD_ROOM = 128 };

/* Lets two in at once; some wait, the rest are turned away. */
struct password_gate {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    unsigned inside, waiting;
};
void password_gate_open(struct password_gate *gate);
void password_gate_close(struct password_gate *gate);

/* Whether it may be a password; ERROR_USAGE says what is wrong. */
bool password_is_good(struct str password, struct error *error);
/* ERROR_BUSY where too many wait, or where there is no memory for it. */
bool password_hash(struct password_gate *gate, struct str password, char out[PASSWORD_ROOM], struct error *error);
/* *is_it tells whether it is the one hashed; hash may be NULL, for none: that takes as long. ERROR_BUSY likewise. */
bool password_check(struct password_gate *gate, struct str password, const char *hash, bool *is_it, struct error *error);

#endif
