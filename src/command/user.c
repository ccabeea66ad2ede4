/* Accounts of people and tokens of machine clients. */
#include <stdio.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

#include <sodium.h>

#include "base/moment.h"
#include "command/command.h"
#include "engine/directory.h"
#include "portal/token.h"

/* ---- the accounts: the server's, or those of a directory that nobody else has ---- */

struct hold {
    struct accounts *accounts;
    int lock;
    bool is_servers;
};

static bool hold_open(struct hold *hold, struct invocation *invocation)
{
    struct keys keys;
    struct error *error = &invocation->error;
    *hold = (struct hold){ .accounts = invocation->accounts, .lock = -1, .is_servers = invocation->accounts != NULL };
    if (hold->is_servers) return true;
    /* a server without accounts has the lock already */
    if (!invocation->engine && (!directory_keys(disk_posix(), invocation->directory, &keys, error) ||
                                !directory_lock(invocation->directory, false, &hold->lock, error)))
        return false;
    sodium_memzero(&keys, sizeof keys);
    if ((hold->accounts = accounts_open(disk_posix(), invocation->directory, UINT64_MAX, error))) return true;
    directory_unlock(hold->lock);
    return false;
}

static void hold_close(struct hold *hold)
{
    if (hold->is_servers) return;
    accounts_close(hold->accounts);
    directory_unlock(hold->lock);
}

/* ---- passwords ---- */

enum { LINE_ROOM = PASSWORD_MOST + 2 };

/* The next line; what is beyond the room is left out, and makes it too long for a password. */
static struct str line_read(FILE *in, char line[LINE_ROOM])
{
    size_t length = 0;
    for (int byte; (byte = getc(in)) != EOF && byte != '\n';)
        if (length < LINE_ROOM) line[length++] = (char)byte;
    if (length && length < LINE_ROOM && line[length - 1] == '\r') length--;
    return (struct str){ line, length };
}

/* Asked for twice on a terminal, which shows nothing of it. */
static bool password_ask(struct invocation *invocation, char line[LINE_ROOM], struct str *password)
{
    char again[LINE_ROOM];
    struct termios shown, hidden;
    int terminal = invocation->descriptors[STDIN_FILENO];
    if (tcgetattr(terminal, &shown)) return fail_errno(&invocation->error, "the terminal cannot be used");
    hidden = shown;
    hidden.c_lflag &= ~(tcflag_t)(ECHO | ISIG); /* nor may a signal leave it like that */
    if (tcsetattr(terminal, TCSAFLUSH, &hidden)) return fail_errno(&invocation->error, "the terminal cannot be used");
    fputs(SAYS(invocation, "password: ", "密码："), invocation->err);
    fflush(invocation->err);
    *password = line_read(invocation->in, line);
    fputs(SAYS(invocation, "\nonce more: ", "\n再输入一次："), invocation->err);
    fflush(invocation->err);
    bool same = str_equal(*password, line_read(invocation->in, again));
    fputc('\n', invocation->err);
    tcsetattr(terminal, TCSAFLUSH, &shown);
    sodium_memzero(again, sizeof again);
    return same || fail_both(&invocation->error, ERROR_USAGE, "the two passwords are not the same: try again", "两次输入的密码不一致，请重试");
}

static bool password_read(struct invocation *invocation, char line[LINE_ROOM], struct str *password)
{
    if (isatty(invocation->descriptors[STDIN_FILENO])) return password_ask(invocation, line, password);
    *password = line_read(invocation->in, line);
    return true;
}

/* ---- user ---- */

static bool account_print(void *context, const struct account *account)
{
    struct rows *rows = context;
    rows_begin(rows);
    rows_string(rows, "account", str_of(account->name));
    rows_string(rows, "role", str_of(role_word(account->role)));
    rows_string(rows, "operator", str_of(account->operator_));
    rows_moment(rows, "made", account->made);
    rows_number(rows, "tokens", (int64_t)account->tokens);
    rows_end(rows);
    return !rows->closed;
}

static bool user_list(struct invocation *invocation, struct accounts *accounts)
{
    struct rows rows;
    if (!invocation_rows(invocation, &rows)) return false;
    struct error ignored;
    bool done = accounts_list(accounts, moment_now(), account_print, &rows, &invocation->error);
    return rows_finish(&rows, done ? &invocation->error : &ignored) && done;
}

static bool user_add(struct invocation *invocation, struct accounts *accounts, struct str name, struct str password)
{
    enum role role;
    struct str word = str_of(invocation_option(invocation, "role"));
    if (!account_role_named(word, &role))
        return fail_both(&invocation->error, ERROR_USAGE, "--role %.*s: choose operator, tester, regulator or administrator",
                         "--role %.*s：可选 operator、tester、regulator 或 administrator", STR_ARGS(word));
    return accounts_add(accounts, name, role, str_of(invocation_option(invocation, "operator")), password, moment_now(), &invocation->error);
}

static const struct verb {
    const char *name;
    bool takes_name, takes_password;
} verbs[] = { { "add", true, true }, { "list", false, false }, { "remove", true, false }, { "password", true, true } };
enum { ADD, LIST, REMOVE, PASSWORD, VERBS };

static enum exit_code user(struct invocation *invocation)
{
    char line[LINE_ROOM];
    struct hold hold;
    struct error *error = &invocation->error;
    struct str password = { 0 }, name = invocation->argument_count > 1 ? str_of(invocation->arguments[1]) : (struct str){ 0 };
    size_t verb = 0;
    while (verb < VERBS && strcmp(verbs[verb].name, invocation->arguments[0])) verb++;
    if (verb == VERBS || verbs[verb].takes_name != (invocation->argument_count > 1)) {
        fail_both(error, ERROR_USAGE, "say add NAME, list, remove NAME or password NAME", "用法：add 名称、list、remove 名称 或 password 名称");
        return EXIT_USAGE;
    }
    if (verbs[verb].takes_password && !password_read(invocation, line, &password)) return EXIT_FAILED;
    bool done = hold_open(&hold, invocation);
    if (done) {
        if (verb == ADD) done = user_add(invocation, hold.accounts, name, password);
        if (verb == LIST) done = user_list(invocation, hold.accounts);
        if (verb == REMOVE) done = accounts_remove(hold.accounts, name, error);
        if (verb == PASSWORD) done = accounts_set_password(hold.accounts, name, password, error);
        hold_close(&hold);
    }
    sodium_memzero(line, sizeof line);
    if (done) return EXIT_DONE;
    return error->code == ERROR_USAGE ? EXIT_USAGE : EXIT_FAILED;
}

static const struct option user_options[] = {
    { "role", "ROLE", { "operator, tester, regulator or administrator", "operator（企业）、tester（测试员）、regulator（监管）或 administrator（管理员）" } },
    { "operator", "O", { "with role operator: its code, as in all records", "角色为 operator 时：运营商代码，与各类记录一致" } },
    FORMAT_OPTION,
    LANGUAGE_OPTION,
};
const struct command user_command = {
    .name = "user", .arguments = "add|list|remove|password [NAME]", .least = 1, .most = 2, .run = user,
    .says = { "accounts of staff: add NAME --role ROLE, list, remove NAME, password NAME; a password is asked for, or the first line of stdin",
              "工作人员账号：add 名称 --role 角色、list、remove 名称、password 名称；密码会询问输入，或取标准输入的第一行" },
    .options = user_options, .option_count = sizeof user_options / sizeof *user_options,
};

/* ---- token ---- */

static enum exit_code token(struct invocation *invocation)
{
    struct hold hold;
    struct error *error = &invocation->error;
    const char *given = invocation_option(invocation, "days");
    uint64_t days = TOKEN_DAYS;
    struct text out = { 0 };
    if (given && (!str_number(str_of(given), &days) || !days || days > TOKEN_DAYS_MOST)) {
        fail_both(error, ERROR_USAGE, "--days %s: a number from 1 to %d", "--days %s：1 至 %d 的整数", given, TOKEN_DAYS_MOST);
        return EXIT_USAGE;
    }
    if (!hold_open(&hold, invocation)) return EXIT_FAILED;
    bool done = accounts_token(hold.accounts, str_of(invocation->arguments[0]), (int64_t)days, moment_now(), &out, error);
    hold_close(&hold);
    if (done) {
        text_add_byte(&out, '\n');
        invocation_print(invocation, text_str(&out));
        sodium_memzero(out.at, out.length);
    }
    text_close(&out);
    return done ? EXIT_DONE : EXIT_FAILED;
}

static const struct option token_options[] = {
    { "days", "N", { "how long it holds; 365 unless given", "有效天数，默认 365" } },
    LANGUAGE_OPTION,
};
const struct command token_command = {
    .name = "token", .arguments = "NAME", .least = 1, .most = 1, .run = token,
    .says = { "a bearer token of an account, for machine clients; it is shown once", "为账号生成供程序使用的令牌，只显示一次" },
    .options = token_options, .option_count = sizeof token_options / sizeof *token_options,
};
