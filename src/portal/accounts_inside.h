/* What the parts of the accounts share: accounts.c, session.c, token.c, code.c and the outbox. */
#ifndef PORTAL_ACCOUNTS_INSIDE_H
#define PORTAL_ACCOUNTS_INSIDE_H

#include <pthread.h>

#include "portal/accounts.h"
#include "portal/password.h"
#include "portal/tally.h"
#include "portal/ticket.h"
#include "store/store.h"

/* Locks are taken in the order in which they stand here. */
struct accounts {
    pthread_mutex_t writing;  /* the database, and changes of the tickets */
    struct store *store;
    int64_t purged;           /* when sessions that have ended were last looked for */

    pthread_mutex_t reading;  /* a connection of its own: who only looks does not wait for who writes and syncs */
    struct store *reader;

    pthread_rwlock_t looking; /* the tickets; never held while the disk is used */
    struct tickets tickets;

    pthread_mutex_t counting; /* what follows: failed sign-ins by name, codes by number, codes by address */
    struct tallies failures, numbers, addresses;

    struct password_gate gate;
};

/* The database, held: for one thread at a time. */
struct store *accounts_hold(struct accounts *accounts);
void accounts_release(struct accounts *accounts);

/* Ends a transaction: commits where all was done, else takes it back. With is_durable it is on the disk when this returns. */
bool accounts_end(struct accounts *accounts, bool done, bool is_durable, struct error *error);

/* Runs a statement with one text as its parameter that returns nothing. With the database held. */
bool accounts_run(struct accounts *accounts, const char *sql, struct str text, int64_t *changed, struct error *error);

/* Fills who from an account's row; ERROR_NOT_FOUND where there is none. password (may be NULL) is told its hash. With the
   database held. */
bool accounts_find(struct accounts *accounts, struct str name, struct identity *who, char password[PASSWORD_ROOM],
                   struct error *error);

/* Fills a ticket table at opening. */
bool sessions_load(struct accounts *accounts, uint64_t subjects, struct error *error);
bool tokens_load(struct accounts *accounts, struct error *error);

/* Takes a text of at most room - 1 bytes, zero-terminated; longer ones are a mistake of the program. */
void room_fill(char *out, size_t room, struct str text);

#endif
