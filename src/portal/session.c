#include "portal/session.h"

#include <sodium.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/moment.h"
#include "portal/accounts_inside.h"

enum { SECRET_BYTES = 32, SESSIONS_MAX = 200000 };
static const int64_t staff_idle = 8 * HOUR_MS, staff_whole = 24 * HOUR_MS, person_whole = 30 * DAY_MS;
static const int64_t purge_every = 10 * MINUTE_MS, store_every = 10 * MINUTE_MS;

static const char select_sessions[] =
    "SELECT \"hash\", \"role\", \"account\", \"operator\", \"complaint\", \"subject\", \"until\", \"used\" FROM \"session\"";
static const char insert_session[] =
    "INSERT INTO \"session\" (\"hash\", \"role\", \"account\", \"operator\", \"complaint\", \"subject\", \"until\", \"used\")"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
static const char update_used[] = "UPDATE \"session\" SET \"used\" = $2 WHERE \"hash\" = $1";
static const char delete_session[] = "DELETE FROM \"session\" WHERE \"hash\" = $1";
static const char delete_ended[] =
    "DELETE FROM \"session\" WHERE \"until\" <= $1 OR (\"account\" <> '' AND \"used\" <= $2)";
static const char delete_beyond[] = "DELETE FROM \"session\" WHERE \"subject\" >= $1";

bool secret_equal(struct str given, const char *secret)
{
    size_t length = strlen(secret);
    return given.length == length && sodium_memcmp(given.at, secret, length) == 0;
}

static void secret_spell(const uint8_t bytes[SECRET_BYTES], char out[SECRET_ROOM])
{
    sodium_bin2base64(out, SECRET_ROOM, bytes, SECRET_BYTES, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

/* The cookie gives its token, and the token nothing of the cookie: nothing more has to be kept. */
static void csrf_of(struct str cookie, char csrf[SECRET_ROOM])
{
    struct hash hash = sha256_two(STR("csrf:"), cookie);
    secret_spell(hash.bytes, csrf);
}

/* A ticket of a session; the hash is its caller's to set. */
static struct ticket *ticket_make(const struct identity *who, int64_t until, int64_t used)
{
    struct ticket *ticket = allocate(sizeof *ticket);
    ticket->who = *who;
    ticket->until = until;
    ticket->idle = *who->account ? staff_idle : 0;
    ticket->used = ticket->stored = used;
    return ticket;
}

/* ---- the database ---- */

static bool identity_read(struct statement *select, struct identity *who)
{
    struct str role = column_text(select, 1), account = column_text(select, 2), operator_ = column_text(select, 3);
    struct str complaint = column_text(select, 4);
    *who = (struct identity){ .role = ROLE_SUBSCRIBER };
    if (!account_role_named(role, &who->role) && !str_equal(role, str_of(role_word(ROLE_SUBSCRIBER)))) return false;
    if (account.length >= ACCOUNT_ROOM || operator_.length >= OPERATOR_ROOM || complaint.length >= CASE_ROOM) return false;
    room_fill(who->account, sizeof who->account, account);
    room_fill(who->operator_, sizeof who->operator_, operator_);
    room_fill(who->complaint, sizeof who->complaint, complaint);
    who->has_subject = !column_is_null(select, 5);
    who->subject = (uint64_t)column_number(select, 5);
    return true;
}

static bool subjects_end(struct accounts *accounts, uint64_t subjects, struct error *error)
{
    if (subjects > INT64_MAX) return true;
    struct statement *delete = store_prepare(accounts->store, delete_beyond, error);
    if (!delete) return false;
    statement_number(delete, 1, (int64_t)subjects);
    return statement_run(delete, NULL, error);
}

bool sessions_load(struct accounts *accounts, uint64_t subjects, struct error *error)
{
    bool row;
    if (!subjects_end(accounts, subjects, error)) return false;
    struct statement *select = store_prepare(accounts->store, select_sessions, error);
    if (!select) return false;
    for (;;) {
        struct identity who;
        struct hash hash;
        if (!statement_step(select, &row, error)) return false;
        if (!row) return true;
        if (!ticket_hash(column_text(select, 0), &hash) || !identity_read(select, &who)) continue; /* damaged: its owner signs in again */
        struct ticket *ticket = ticket_make(&who, column_number(select, 6), column_number(select, 7));
        ticket->hash = hash;
        tickets_add(&accounts->tickets, ticket);
    }
}

static bool session_insert(struct accounts *accounts, const struct ticket *ticket, struct error *error)
{
    char name[TICKET_NAME + 1];
    const struct identity *who = &ticket->who;
    struct statement *insert = store_prepare(accounts->store, insert_session, error);
    if (!insert) return false;
    ticket_name(&ticket->hash, name);
    statement_text(insert, 1, str_of(name));
    statement_text(insert, 2, str_of(role_word(who->role)));
    statement_text(insert, 3, str_of(who->account));
    statement_text(insert, 4, str_of(who->operator_));
    statement_text(insert, 5, str_of(who->complaint));
    if (who->has_subject)
        statement_number(insert, 6, (int64_t)who->subject);
    else
        statement_null(insert, 6);
    statement_number(insert, 7, ticket->until);
    statement_number(insert, 8, ticket->stored);
    return statement_run(insert, NULL, error);
}

static bool has_ended(const struct ticket *ticket, const void *context)
{
    return !ticket_holds(ticket, *(const int64_t *)context);
}

/* How long ago it was used is stored now and then: a row may look idle when its ticket is not, so it goes later. */
static bool sessions_purge(struct accounts *accounts, int64_t now, struct error *error)
{
    if (now - accounts->purged < purge_every) return true;
    struct statement *delete = store_prepare(accounts->store, delete_ended, error);
    if (!delete) return false;
    statement_number(delete, 1, now);
    statement_number(delete, 2, now - staff_idle - store_every);
    accounts->purged = now;
    pthread_rwlock_wrlock(&accounts->looking);
    tickets_remove(&accounts->tickets, has_ended, &now);
    pthread_rwlock_unlock(&accounts->looking);
    return statement_run(delete, NULL, error);
}

/* ---- sessions ---- */

/* An account that was removed while its password was being looked at begins none. */
static bool account_is_there(struct accounts *accounts, const struct identity *who, struct error *error)
{
    struct identity now;
    return !*who->account || accounts_find(accounts, str_of(who->account), &now, NULL, error);
}

bool session_begin(struct accounts *accounts, const struct identity *who, int64_t now, struct session_given *given, struct error *error)
{
    uint8_t secret[SECRET_BYTES];
    must(who->role != ROLE_PUBLIC && !who->is_machine && (who->role == ROLE_SUBSCRIBER) == !*who->account);
    int64_t whole = *who->account ? staff_whole : person_whole;
    randombytes_buf(secret, sizeof secret);
    secret_spell(secret, given->cookie);
    sodium_memzero(secret, sizeof secret);
    csrf_of(str_of(given->cookie), given->csrf);
    given->seconds = whole / SECOND_MS;
    struct ticket *ticket = ticket_make(who, now + whole, now);
    ticket->hash = sha256(str_of(given->cookie));
    accounts_hold(accounts);
    bool done = sessions_purge(accounts, now, error) && account_is_there(accounts, who, error);
    if (done && accounts->tickets.count >= SESSIONS_MAX)
        done = fail_both(error, ERROR_BUSY, "too many people are signed in: try again later", "登录的人太多，请稍后再试");
    done = done && session_insert(accounts, ticket, error);
    if (done) {
        pthread_rwlock_wrlock(&accounts->looking);
        tickets_add(&accounts->tickets, ticket);
        pthread_rwlock_unlock(&accounts->looking);
    }
    accounts_release(accounts);
    if (!done) free(ticket);
    return done;
}

/* Notes when it was last used, so that it does not look idle after a restart. What is lost of it costs one sign-in. While somebody
   waits for the disk it is left to the next request: this one is not to wait as well. */
static void use_store(struct accounts *accounts, const struct hash *hash, int64_t now)
{
    char name[TICKET_NAME + 1];
    if (pthread_mutex_trylock(&accounts->writing)) return;
    pthread_rwlock_wrlock(&accounts->looking);
    struct ticket *ticket = tickets_find(&accounts->tickets, hash);
    bool is_due = ticket && now - ticket->stored >= store_every;
    if (is_due) ticket->stored = now;
    pthread_rwlock_unlock(&accounts->looking);
    struct statement *update = is_due ? store_prepare(accounts->store, update_used, NULL) : NULL;
    if (update) {
        ticket_name(hash, name);
        statement_text(update, 1, str_of(name));
        statement_number(update, 2, now);
        statement_run(update, NULL, NULL);
    }
    accounts_release(accounts);
}

bool session_find(struct accounts *accounts, struct str cookie, int64_t now, struct identity *who, char csrf[SECRET_ROOM])
{
    if (cookie.length != SECRET_ROOM - 1) return false;
    struct hash hash = sha256(cookie);
    pthread_rwlock_rdlock(&accounts->looking);
    struct ticket *ticket = tickets_find(&accounts->tickets, &hash);
    bool found = ticket && !ticket->who.is_machine && ticket_holds(ticket, now);
    bool is_due = found && ticket->idle && now - ticket->stored >= store_every;
    if (found) {
        *who = ticket->who;
        atomic_store_explicit(&ticket->used, now, memory_order_relaxed);
    }
    pthread_rwlock_unlock(&accounts->looking);
    if (is_due) use_store(accounts, &hash, now);
    if (found && csrf) csrf_of(cookie, csrf);
    return found;
}

static bool is_hash(const struct ticket *ticket, const void *context)
{
    return !ticket->who.is_machine && hash_equal(&ticket->hash, context);
}

bool session_end(struct accounts *accounts, struct str cookie, struct error *error)
{
    char name[TICKET_NAME + 1];
    struct hash hash = sha256(cookie);
    ticket_name(&hash, name);
    accounts_hold(accounts);
    pthread_rwlock_wrlock(&accounts->looking);
    struct ticket *ticket = tickets_find(&accounts->tickets, &hash);
    bool is_there = ticket && !ticket->who.is_machine;
    if (is_there) tickets_remove(&accounts->tickets, is_hash, &hash);
    pthread_rwlock_unlock(&accounts->looking);
    bool done = !is_there || (accounts_run(accounts, delete_session, str_of(name), NULL, error) &&
                              store_settle(accounts->store, error));
    accounts_release(accounts);
    return done;
}
