#include <sodium.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/moment.h"
#include "engine/directory.h"
#include "portal/accounts_inside.h"

enum { FAILURES_FREE = 5, DELAY_FIRST_MS = 5 * 1000, DELAY_MOST_MS = 60 * 1000, DELAY_DOUBLED_MOST = 4 };

static const char tables[] =
    "CREATE TABLE IF NOT EXISTS \"account\" (\"name\" TEXT PRIMARY KEY, \"role\" TEXT NOT NULL, \"operator\" TEXT NOT NULL,"
    " \"password\" TEXT NOT NULL, \"made\" BIGINT NOT NULL);"
    "CREATE TABLE IF NOT EXISTS \"token\" (\"hash\" TEXT PRIMARY KEY, \"name\" TEXT NOT NULL, \"made\" BIGINT NOT NULL,"
    " \"until\" BIGINT NOT NULL);"
    "CREATE TABLE IF NOT EXISTS \"session\" (\"hash\" TEXT PRIMARY KEY, \"role\" TEXT NOT NULL, \"account\" TEXT NOT NULL,"
    " \"operator\" TEXT NOT NULL, \"complaint\" TEXT NOT NULL, \"subject\" BIGINT, \"until\" BIGINT NOT NULL,"
    " \"used\" BIGINT NOT NULL);"
    "CREATE TABLE IF NOT EXISTS \"source_owner\" (\"source\" TEXT PRIMARY KEY, \"account\" TEXT NOT NULL);"
    "CREATE TABLE IF NOT EXISTS \"message\" (\"key\" TEXT PRIMARY KEY, \"place\" BIGINT NOT NULL, \"recipient\" BIGINT NOT NULL,"
    " \"subject\" BIGINT NOT NULL, \"operator\" TEXT NOT NULL, \"time\" BIGINT NOT NULL, \"english\" TEXT NOT NULL,"
    " \"chinese\" TEXT NOT NULL, \"sent\" BIGINT);"
    "CREATE INDEX IF NOT EXISTS \"message_waiting\" ON \"message\" (\"sent\", \"place\");"
    "CREATE TABLE IF NOT EXISTS \"cursor\" (\"reader\" TEXT PRIMARY KEY, \"position\" BIGINT NOT NULL);";

static const char select_account[] = "SELECT \"role\", \"operator\", \"password\" FROM \"account\" WHERE \"name\" = $1";
static const char insert_account[] =
    "INSERT INTO \"account\" (\"name\", \"role\", \"operator\", \"password\", \"made\") VALUES ($1, $2, $3, $4, $5)"
    " ON CONFLICT (\"name\") DO NOTHING";
static const char count_accounts[] = "SELECT COUNT(*) FROM \"account\"";
static const char delete_account[] = "DELETE FROM \"account\" WHERE \"name\" = $1";
static const char delete_sessions[] = "DELETE FROM \"session\" WHERE \"account\" = $1";
static const char delete_tokens[] = "DELETE FROM \"token\" WHERE \"name\" = $1";
static const char update_password[] = "UPDATE \"account\" SET \"password\" = $2 WHERE \"name\" = $1";
static const char select_accounts[] =
    "SELECT \"name\", \"role\", \"operator\", \"made\", (SELECT COUNT(*) FROM \"token\" WHERE \"token\".\"name\" = \"account\".\"name\""
    " AND \"token\".\"until\" > $1) FROM \"account\"";
static const char insert_owner[] =
    "INSERT INTO \"source_owner\" (\"source\", \"account\") VALUES ($1, $2) ON CONFLICT (\"source\") DO NOTHING";
static const char select_owned[] = "SELECT 1 FROM \"source_owner\" WHERE \"account\" = $1";
static const char select_owner[] = "SELECT \"account\" FROM \"source_owner\" WHERE \"source\" = $1";

static const char *const roles[ROLES] = { "public", "subscriber", "operator", "tester", "regulator", "administrator" };

const char *role_word(enum role role)
{
    return roles[role];
}

bool account_role_named(struct str word, enum role *role)
{
    for (size_t i = ROLE_OPERATOR; i < ROLES; i++)
        if (str_equal(word, str_of(roles[i]))) {
            *role = (enum role)i;
            return true;
        }
    return false;
}

void room_fill(char *out, size_t room, struct str text)
{
    must(text.length < room);
    if (text.length) memcpy(out, text.at, text.length);
    out[text.length] = 0;
}

/* ---- opening and closing ---- */

struct accounts *accounts_open(struct disk *disk, const char *directory, uint64_t subjects, struct error *error)
{
    char folder[PATH_ROOM], path[PATH_ROOM];
    struct accounts *accounts = allocate(sizeof *accounts);
    pthread_mutex_init(&accounts->writing, NULL);
    pthread_mutex_init(&accounts->reading, NULL);
    pthread_rwlock_init(&accounts->looking, NULL);
    pthread_mutex_init(&accounts->counting, NULL);
    password_gate_open(&accounts->gate);
    tallies_open(&accounts->failures, 15 * MINUTE_MS);
    tallies_open(&accounts->numbers, HOUR_MS);
    tallies_open(&accounts->addresses, HOUR_MS);
    if (directory_path(directory, "portal", folder, error) && disk->make_directory(disk, folder, error) &&
        directory_path(directory, "portal/portal.db", path, error) &&
        (accounts->store = store_open(disk, path, STORE_CREATE, error)) && store_run(accounts->store, tables, error) &&
        store_settle(accounts->store, error) && disk->sync_directory(disk, folder, error) && disk_sync_above(disk, folder, error) &&
        (accounts->reader = store_open(disk, path, STORE_READ, error)) && sessions_load(accounts, subjects, error) && tokens_load(accounts, error))
        return accounts;
    accounts_close(accounts);
    return NULL;
}

void accounts_close(struct accounts *accounts)
{
    if (!accounts) return;
    if (accounts->reader) store_close(accounts->reader);
    if (accounts->store) store_close(accounts->store);
    tickets_close(&accounts->tickets);
    tallies_close(&accounts->failures);
    tallies_close(&accounts->numbers);
    tallies_close(&accounts->addresses);
    password_gate_close(&accounts->gate);
    pthread_mutex_destroy(&accounts->counting);
    pthread_rwlock_destroy(&accounts->looking);
    pthread_mutex_destroy(&accounts->reading);
    pthread_mutex_destroy(&accounts->writing);
    free(accounts);
}

struct store *accounts_hold(struct accounts *accounts)
{
    pthread_mutex_lock(&accounts->writing);
    return accounts->store;
}

void accounts_release(struct accounts *accounts)
{
    pthread_mutex_unlock(&accounts->writing);
}

bool accounts_end(struct accounts *accounts, bool done, bool is_durable, struct error *error)
{
    if (done) return store_commit(accounts->store, error) && (!is_durable || store_settle(accounts->store, error));
    store_rollback(accounts->store, NULL);
    return false;
}

bool accounts_run(struct accounts *accounts, const char *sql, struct str text, int64_t *changed, struct error *error)
{
    struct statement *statement = store_prepare(accounts->store, sql, error);
    if (!statement) return false;
    statement_text(statement, 1, text);
    return statement_run(statement, changed, error);
}

/* ---- accounts ---- */

static bool name_is_good(struct str name)
{
    bool good = name.length && name.length < ACCOUNT_ROOM && str_is_utf8(name);
    for (size_t i = 0; good && i < name.length; i++) {
        unsigned char byte = (unsigned char)name.at[i];
        /* letters, digits and . _ - @, or Chinese characters (U+4E00 to U+9FFF): none that looks like another */
        if (byte >= 0xE4 && byte <= 0xE9 && i + 2 < name.length && (byte > 0xE4 || (unsigned char)name.at[i + 1] >= 0xB8))
            i += 2;
        else
            good = (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte && strchr("._-@", byte));
    }
    return good;
}

static bool code_is_good(struct str code)
{
    bool good = code.length && code.length < OPERATOR_ROOM;
    for (size_t i = 0; good && i < code.length; i++) good = code.at[i] > ' ' && code.at[i] < 0x7f;
    return good;
}

static bool fail_unknown(struct str name, struct error *error)
{
    return fail_both(error, ERROR_NOT_FOUND, "there is no account %.*s: `mingbai user list` shows all",
                     "没有账号 %.*s，`mingbai user list` 可列出全部账号", STR_ARGS(name));
}

bool accounts_find(struct accounts *accounts, struct str name, struct identity *who, char password[PASSWORD_ROOM], struct error *error)
{
    bool row;
    struct statement *select = store_prepare(accounts->store, select_account, error);
    if (!select) return false;
    statement_text(select, 1, name);
    if (!statement_step(select, &row, error)) return false;
    if (!row) return fail_unknown(name, error);
    *who = (struct identity){ 0 };
    bool whole = account_role_named(column_text(select, 0), &who->role) && column_text(select, 1).length < OPERATOR_ROOM &&
                 column_text(select, 2).length < PASSWORD_ROOM;
    if (whole) {
        room_fill(who->account, sizeof who->account, name);
        room_fill(who->operator_, sizeof who->operator_, column_text(select, 1));
        if (password) room_fill(password, PASSWORD_ROOM, column_text(select, 2));
    }
    statement_reset(select);
    return whole || fail(error, ERROR_DAMAGE, "the account %.*s is damaged: remove it and make it again", STR_ARGS(name));
}

static bool account_insert(struct accounts *accounts, struct str name, enum role role, struct str operator_, const char *hash,
                           int64_t now, struct error *error)
{
    bool row;
    int64_t changed;
    struct statement *count = store_prepare(accounts->store, count_accounts, error);
    struct statement *insert = count ? store_prepare(accounts->store, insert_account, error) : NULL;
    if (!insert || !statement_step(count, &row, error)) return false;
    bool full = column_number(count, 0) >= ACCOUNTS_MAX;
    statement_reset(count);
    if (full) return fail_both(error, ERROR_LIMIT, "there are %d accounts, which is the most: remove those that are not used",
                               "账号已达上限 %d 个，请先移除不用的账号", ACCOUNTS_MAX);
    struct statement *owner = store_prepare(accounts->store, select_owned, error);
    if (!owner) return false;
    statement_text(owner, 1, name);
    if (!statement_step(owner, &row, error)) return false;
    statement_reset(owner);
    if (row) return fail_both(error, ERROR_CONFLICT, "an earlier account %.*s brought in records, which are still its own: choose another name",
                              "从前有过账号 %.*s，它带来的记录仍归它：请换一个名称", STR_ARGS(name));
    statement_text(insert, 1, name);
    statement_text(insert, 2, str_of(role_word(role)));
    statement_text(insert, 3, operator_);
    statement_text(insert, 4, str_of(hash));
    statement_number(insert, 5, now);
    return statement_run(insert, &changed, error) &&
           (changed || fail_both(error, ERROR_CONFLICT, "there is an account %.*s already: choose another name",
                                 "已有账号 %.*s，请换一个名称", STR_ARGS(name)));
}

bool accounts_add(struct accounts *accounts, struct str name, enum role role, struct str operator_, struct str password,
                  int64_t now, struct error *error)
{
    char hash[PASSWORD_ROOM];
    if (!name_is_good(name))
        return fail_both(error, ERROR_USAGE, "an account's name has 1 to %d bytes: letters a to z, digits, . _ - @, or Chinese characters",
                         "账号名称为 1 至 %d 字节：字母、数字、. _ - @ 或汉字", ACCOUNT_ROOM - 1);
    if (role == ROLE_OPERATOR && !code_is_good(operator_))
        return fail_both(error, ERROR_USAGE, "an operator's account needs the operator's code, as in all records",
                         "运营商的账号需要运营商代码，与各类记录中的一致");
    if (role != ROLE_OPERATOR && operator_.length)
        return fail_both(error, ERROR_USAGE, "only an account of role operator has an operator", "只有角色为 operator 的账号才有运营商");
    if (!password_is_good(password, error) || !password_hash(&accounts->gate, password, hash, error)) return false;
    accounts_hold(accounts);
    bool done = store_begin(accounts->store, error) &&
                accounts_end(accounts, account_insert(accounts, name, role, operator_, hash, now, error), true, error);
    accounts_release(accounts);
    return done;
}

static bool is_of_account(const struct ticket *ticket, const void *context)
{
    return !strcmp(ticket->who.account, context);
}

/* Also when the disk failed: who was to be kept out is kept out, as long as this process lives. */
static void tickets_end(struct accounts *accounts, struct str name)
{
    char account[ACCOUNT_ROOM];
    room_fill(account, sizeof account, name);
    pthread_rwlock_wrlock(&accounts->looking);
    tickets_remove(&accounts->tickets, is_of_account, account);
    pthread_rwlock_unlock(&accounts->looking);
}

bool accounts_remove(struct accounts *accounts, struct str name, struct error *error)
{
    struct identity who;
    accounts_hold(accounts);
    bool done = name_is_good(name) ? accounts_find(accounts, name, &who, NULL, error) : fail_unknown(name, error);
    /* a damaged row goes as well */
    done = (done || (error && error->code == ERROR_DAMAGE)) && store_begin(accounts->store, error);
    if (done) {
        bool run = accounts_run(accounts, delete_account, name, NULL, error) &&
                   accounts_run(accounts, delete_sessions, name, NULL, error) &&
                   accounts_run(accounts, delete_tokens, name, NULL, error);
        done = accounts_end(accounts, run, true, error);
        tickets_end(accounts, name);
    }
    accounts_release(accounts);
    return done;
}

static bool password_update(struct accounts *accounts, struct str name, const char *hash, struct error *error)
{
    struct statement *update = store_prepare(accounts->store, update_password, error);
    if (!update) return false;
    statement_text(update, 1, name);
    statement_text(update, 2, str_of(hash));
    return statement_run(update, NULL, error) && accounts_run(accounts, delete_sessions, name, NULL, error) &&
           accounts_run(accounts, delete_tokens, name, NULL, error);
}

bool accounts_set_password(struct accounts *accounts, struct str name, struct str password, struct error *error)
{
    char hash[PASSWORD_ROOM];
    struct identity who;
    if (!name_is_good(name)) return fail_unknown(name, error);
    if (!password_is_good(password, error) || !password_hash(&accounts->gate, password, hash, error)) return false;
    accounts_hold(accounts);
    bool done = accounts_find(accounts, name, &who, NULL, error) && store_begin(accounts->store, error);
    if (done) {
        done = accounts_end(accounts, password_update(accounts, name, hash, error), true, error);
        tickets_end(accounts, name);
    }
    accounts_release(accounts);
    return done;
}

static int name_order(const void *left, const void *right)
{
    return strcmp(((const struct account *)left)->name, ((const struct account *)right)->name);
}

static bool account_read(struct statement *select, struct account *account, struct error *error)
{
    struct str name = column_text(select, 0), operator_ = column_text(select, 2);
    if (name.length >= ACCOUNT_ROOM || operator_.length >= OPERATOR_ROOM || !account_role_named(column_text(select, 1), &account->role))
        return fail(error, ERROR_DAMAGE, "the account %.*s is damaged: remove it and make it again", STR_ARGS(name));
    room_fill(account->name, sizeof account->name, name);
    room_fill(account->operator_, sizeof account->operator_, operator_);
    account->made = column_number(select, 3);
    account->tokens = (uint64_t)column_number(select, 4);
    return true;
}

bool accounts_list(struct accounts *accounts, int64_t now, bool (*each)(void *context, const struct account *account),
                   void *context, struct error *error)
{
    struct account *list = NULL;
    size_t count = 0;
    bool row = true;
    accounts_hold(accounts);
    struct statement *select = store_prepare(accounts->store, select_accounts, error);
    bool done = select != NULL;
    if (done) statement_number(select, 1, now);
    while (done && (done = statement_step(select, &row, error)) && row) {
        if (!(count & (count + 1))) list = reallocate(list, 2 * (count + 1) * sizeof *list);
        done = account_read(select, &list[count++], error);
        if (!done) statement_reset(select);
    }
    accounts_release(accounts);
    if (done && count) qsort(list, count, sizeof *list, name_order);
    for (size_t i = 0; done && i < count && each(context, &list[i]); i++) {}
    free(list);
    return done;
}

/* ---- signing in ---- */

/* Before a secret is compared, by what it is guessed for: false with ERROR_BUSY until *until after too many failures. It counts as
   failed unless it is told that it was good. */
static bool may_try(struct accounts *accounts, struct str what, int64_t now, int64_t *until, struct error *error)
{
    *until = 0;
    pthread_mutex_lock(&accounts->counting);
    struct tally *tally = tally_of(&accounts->failures, what, now);
    if (tally->count >= FAILURES_FREE) {
        uint32_t doubled = tally->count - FAILURES_FREE;
        int64_t delay = (int64_t)DELAY_FIRST_MS << (doubled < DELAY_DOUBLED_MOST ? doubled : DELAY_DOUBLED_MOST);
        int64_t open = tally->last + (delay < DELAY_MOST_MS ? delay : DELAY_MOST_MS);
        if (now < open) *until = open;
    }
    /* Counted as failed until it is known to be good: many at once have no more tries than one after the other. */
    if (!*until) tally_count(tally, now);
    pthread_mutex_unlock(&accounts->counting);
    return !*until || fail_both(error, ERROR_BUSY, "too many tries failed: wait %d seconds, then try again",
                                "失败次数过多，请等 %d 秒后再试", (int)((*until - now + SECOND_MS - 1) / SECOND_MS));
}

static void try_was_good(struct accounts *accounts, struct str what, int64_t now)
{
    pthread_mutex_lock(&accounts->counting);
    tally_of(&accounts->failures, what, now)->count = 0;
    pthread_mutex_unlock(&accounts->counting);
}

bool accounts_sign_in(struct accounts *accounts, struct str name, struct str password, int64_t now, struct identity *who,
                      int64_t *until, struct error *error)
{
    char hash[PASSWORD_ROOM];
    struct error unknown = { 0 };
    bool is_it = false;
    if (!may_try(accounts, name, now, until, error)) return false;
    accounts_hold(accounts);
    bool found = name_is_good(name) && accounts_find(accounts, name, who, hash, &unknown);
    accounts_release(accounts);
    if (!found && unknown.code && unknown.code != ERROR_NOT_FOUND) {
        if (error) *error = unknown;
        return false;
    }
    struct str given = password.length <= PASSWORD_MOST ? password : (struct str){ 0 };
    if (!password_check(&accounts->gate, given, found ? hash : NULL, &is_it, error)) return false;
    sodium_memzero(hash, sizeof hash);
    if (is_it) {
        try_was_good(accounts, name, now);
        return true;
    }
    *who = (struct identity){ 0 };
    return fail_both(error, ERROR_NOT_FOUND, "the name or the password is not right", "账号或密码不正确");
}

/* ---- sources ---- */

static bool owner_read(struct store *store, struct str source, char owner[ACCOUNT_ROOM], struct error *error)
{
    bool row;
    *owner = 0;
    struct statement *select = store_prepare(store, select_owner, error);
    if (!select) return false;
    statement_text(select, 1, source);
    if (!statement_step(select, &row, error)) return false;
    if (!row) return true;
    if (column_text(select, 0).length < ACCOUNT_ROOM) room_fill(owner, ACCOUNT_ROOM, column_text(select, 0));
    statement_reset(select);
    return true;
}

static bool owner_make(struct accounts *accounts, struct str source, const char *account, struct error *error)
{
    struct statement *insert = store_prepare(accounts->store, insert_owner, error);
    if (!insert || !store_begin(accounts->store, error)) return false;
    statement_text(insert, 1, source);
    statement_text(insert, 2, str_of(account));
    return accounts_end(accounts, statement_run(insert, NULL, error), true, error);
}

bool accounts_source_take(struct accounts *accounts, struct str source, const struct identity *who, bool is_there, struct error *error)
{
    char owner[ACCOUNT_ROOM];
    bool is_administrator = who->role == ROLE_ADMINISTRATOR;
    accounts_hold(accounts);
    bool done = owner_read(accounts->store, source, owner, error);
    bool is_new = done && !*owner && !is_there && *who->account, may = *owner ? !strcmp(owner, who->account) : is_new;
    if (is_new) done = owner_make(accounts, source, who->account, error);
    accounts_release(accounts);
    return done && (may || is_administrator ||
                    fail_both(error, ERROR_CONFLICT, "the source %.*s belongs to another account: choose another name",
                              "来源 %.*s 属于其他账号，请换一个名称", STR_ARGS(source)));
}

bool accounts_source_is_own(struct accounts *accounts, struct str source, const char *account)
{
    char owner[ACCOUNT_ROOM];
    pthread_mutex_lock(&accounts->reading);
    bool done = owner_read(accounts->reader, source, owner, NULL);
    pthread_mutex_unlock(&accounts->reading);
    return done && *owner && !strcmp(owner, account);
}
