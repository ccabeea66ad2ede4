#include "portal/token.h"

#include <sodium.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/moment.h"
#include "portal/accounts_inside.h"

enum { SECRET_BYTES = 32, TOKEN_LENGTH = 3 + 43 };

static const struct str token_start = STR("mb_");

static const char select_tokens[] = "SELECT \"hash\", \"name\", \"until\" FROM \"token\"";
static const char count_tokens[] = "SELECT COUNT(*) FROM \"token\" WHERE \"name\" = $1 AND \"until\" > $2";
static const char insert_token[] = "INSERT INTO \"token\" (\"hash\", \"name\", \"made\", \"until\") VALUES ($1, $2, $3, $4)";
static const char delete_old[] = "DELETE FROM \"token\" WHERE \"name\" = $1 AND \"until\" <= $2";

static struct ticket *ticket_make(const struct identity *who, const struct hash *hash, int64_t until)
{
    struct ticket *ticket = allocate(sizeof *ticket);
    ticket->hash = *hash;
    ticket->who = *who;
    ticket->who.is_machine = true;
    ticket->until = until;
    return ticket;
}

bool tokens_load(struct accounts *accounts, struct error *error)
{
    bool row;
    struct statement *select = store_prepare(accounts->store, select_tokens, error);
    if (!select) return false;
    for (;;) {
        struct identity who;
        struct hash hash;
        if (!statement_step(select, &row, error)) return false;
        if (!row) return true;
        if (ticket_hash(column_text(select, 0), &hash) && column_text(select, 1).length < ACCOUNT_ROOM &&
            accounts_find(accounts, column_text(select, 1), &who, NULL, NULL))
            tickets_add(&accounts->tickets, ticket_make(&who, &hash, column_number(select, 2)));
    }
}

static bool may_have_more(struct accounts *accounts, struct str name, int64_t now, struct error *error)
{
    bool row;
    struct statement *delete = store_prepare(accounts->store, delete_old, error);
    struct statement *count = delete ? store_prepare(accounts->store, count_tokens, error) : NULL;
    if (!count) return false;
    statement_text(delete, 1, name);
    statement_number(delete, 2, now);
    statement_text(count, 1, name);
    statement_number(count, 2, now);
    if (!statement_run(delete, NULL, error) || !statement_step(count, &row, error)) return false;
    int64_t held = column_number(count, 0);
    statement_reset(count);
    return held < TOKENS_OF_ACCOUNT ||
           fail_both(error, ERROR_LIMIT, "the account %.*s has %d tokens, which is the most: a new password ends them all",
                     "账号 %.*s 的令牌已达上限 %d 个：更换密码会使其全部失效", STR_ARGS(name), TOKENS_OF_ACCOUNT);
}

static bool token_insert(struct accounts *accounts, struct str name, const struct ticket *ticket, int64_t now, struct error *error)
{
    char hash[TICKET_NAME + 1];
    struct statement *insert = store_prepare(accounts->store, insert_token, error);
    if (!insert) return false;
    ticket_name(&ticket->hash, hash);
    statement_text(insert, 1, str_of(hash));
    statement_text(insert, 2, name);
    statement_number(insert, 3, now);
    statement_number(insert, 4, ticket->until);
    return statement_run(insert, NULL, error);
}

bool accounts_token(struct accounts *accounts, struct str name, int64_t days, int64_t now, struct text *out, struct error *error)
{
    uint8_t secret[SECRET_BYTES];
    char token[TOKEN_LENGTH + 1];
    struct identity who;
    if (days < 1 || days > TOKEN_DAYS_MOST)
        return fail_both(error, ERROR_LIMIT, "a token holds for 1 to %d days", "令牌有效期为 1 至 %d 天", TOKEN_DAYS_MOST);
    randombytes_buf(secret, sizeof secret);
    memcpy(token, token_start.at, token_start.length);
    sodium_bin2base64(token + token_start.length, sizeof token - token_start.length, secret, sizeof secret,
                      sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    struct hash hash = sha256(str_of(token));
    accounts_hold(accounts);
    bool done = accounts_find(accounts, name, &who, NULL, error) && store_begin(accounts->store, error);
    if (done) {
        struct ticket *ticket = ticket_make(&who, &hash, now + days * DAY_MS);
        bool run = may_have_more(accounts, name, now, error) && token_insert(accounts, name, ticket, now, error);
        done = accounts_end(accounts, run, true, error);
        if (done) {
            pthread_rwlock_wrlock(&accounts->looking);
            tickets_add(&accounts->tickets, ticket);
            pthread_rwlock_unlock(&accounts->looking);
            text_add(out, str_of(token));
        } else {
            free(ticket);
        }
    }
    accounts_release(accounts);
    sodium_memzero(secret, sizeof secret);
    sodium_memzero(token, sizeof token);
    return done;
}

bool accounts_bearer(struct accounts *accounts, struct str token, int64_t now, struct identity *who)
{
    if (token.length != TOKEN_LENGTH || !str_starts(token, token_start)) return false;
    struct hash hash = sha256(token);
    pthread_rwlock_rdlock(&accounts->looking);
    const struct ticket *ticket = tickets_find(&accounts->tickets, &hash);
    bool found = ticket && ticket->who.is_machine && ticket_holds(ticket, now);
    if (found) *who = ticket->who;
    pthread_rwlock_unlock(&accounts->looking);
    return found;
}
