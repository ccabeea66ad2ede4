/* The accounts of staff and machine clients, and who a source belongs to. Everything lies in one small database,
   DIR/portal/portal.db, the only store of the portal; sessions, tokens and the outbox lie in it as well. Any thread may call
   anything here. Who somebody is (a cookie, a token) is told from memory, in microseconds; changes are durable when they
   return. */
#ifndef PORTAL_ACCOUNTS_H
#define PORTAL_ACCOUNTS_H

#include "base/error.h"
#include "base/str.h"
#include "disk/disk.h"
#include "measure/view.h"

enum { PASSWORD_LEAST = 10, PASSWORD_MOST = 256, ACCOUNTS_MAX = 100000 };

struct accounts;

/* Opens DIR/portal/portal.db, made when missing; whoever opens it holds the directory's lock. subjects: how many persons the
   vault has (vault_marks) when it has just been opened; a session of one beyond is forgotten, as the number may be given to
   another person. UINT64_MAX: not known, as none are asked for. */
struct accounts *accounts_open(struct disk *disk, const char *directory, uint64_t subjects, struct error *error);
void accounts_close(struct accounts *accounts);

struct account {
    char name[ACCOUNT_ROOM];
    enum role role;
    char operator_[OPERATOR_ROOM];
    int64_t made;
    uint64_t tokens; /* that still hold */
};

/* "operator", "tester", "regulator", "administrator" (subscribers and the public have no accounts); false for anything else. */
bool account_role_named(struct str word, enum role *role);
/* "public" to "administrator". */
const char *role_word(enum role role);

/* Makes an account. A name has 1 to 64 bytes that can be printed, without spaces; an operator's account needs an operator, no
   other has one; a password has PASSWORD_LEAST characters to PASSWORD_MOST bytes. ERROR_USAGE says what is wrong,
   ERROR_CONFLICT that the name is taken. */
bool accounts_add(struct accounts *accounts, struct str name, enum role role, struct str operator_, struct str password,
                  int64_t now, struct error *error);
/* Its sessions and tokens end with it, and with a new password. ERROR_NOT_FOUND where there is none of that name. */
bool accounts_remove(struct accounts *accounts, struct str name, struct error *error);
bool accounts_set_password(struct accounts *accounts, struct str name, struct str password, struct error *error);
/* In the order of names, bytewise. */
bool accounts_list(struct accounts *accounts, int64_t now, bool (*each)(void *context, const struct account *account),
                   void *context, struct error *error);

/* Who signs in by name and password. ERROR_NOT_FOUND, the same in words and time, for a name that is not there and a password
   that is not the account's. After several failures of a name in a quarter of an hour, ERROR_BUSY at once until *until (0
   otherwise). Computes for a tenth of a second: for a worker's thread. */
bool accounts_sign_in(struct accounts *accounts, struct str name, struct str password, int64_t now, struct identity *who,
                      int64_t *until, struct error *error);

/* Before a source is written to: it belongs to the account that first used it. One that is_there already without an owner is
   the local owner's, to which only administrators may write. ERROR_CONFLICT where it is another's. */
bool accounts_source_take(struct accounts *accounts, struct str source, const struct identity *who, bool is_there,
                          struct error *error);
/* Whether it is this account's. Waits for nobody who writes. */
bool accounts_source_is_own(struct accounts *accounts, struct str source, const char *account);

#endif
