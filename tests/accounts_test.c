/* Accounts: who signs in, with what, for how long, and who does not; what a source belongs to; also when the machine stops. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <sodium.h>

#include "base/hash.h"
#include "base/memory.h"
#include "base/moment.h"
#include "fault_disk.h"
#include "portal/accounts_inside.h"
#include "portal/code.h"
#include "portal/session.h"
#include "portal/token.h"

#include <cmocka.h> /* last: its macro `fail` hides ours */

static const int64_t now = INT64_C(1700000000000);
static const struct str password = STR("correct horse"), chinese_password = STR("正确的马和电池钉书钉啊");

static struct {
    char folder[64], spool[96];
    struct accounts *accounts;
} here;

static void open_again(uint64_t subjects)
{
    struct error error = { 0 };
    accounts_close(here.accounts);
    if (!(here.accounts = accounts_open(disk_posix(), here.folder, subjects, &error))) fail_msg("%s", error.says);
}

static void add(const char *name, enum role role, const char *operator_)
{
    struct error error = { 0 };
    if (!accounts_add(here.accounts, str_of(name), role, str_of(operator_), password, now, &error)) fail_msg("%s", error.says);
}

static int setup(void **state)
{
    (void)state;
    strcpy(here.folder, "/tmp/mingbai-accounts-XXXXXX");
    if (!mkdtemp(here.folder)) return -1;
    snprintf(here.spool, sizeof here.spool, "%s.spool.jsonl", here.folder);
    here.accounts = NULL;
    open_again(UINT64_MAX);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    accounts_close(here.accounts);
    remove(here.spool);
    return disk_remove_tree(disk_posix(), here.folder, NULL) ? 0 : -1;
}

/* ---- accounts ---- */

static void test_what_an_account_may_be(void **state)
{
    (void)state;
    static const struct {
        const char *name, *operator_, *password;
        enum role role;
        enum error_code code; /* ERROR_NONE: it is taken */
    } cases[] = {
        { "jia-1", "jia", "ten letter", ROLE_OPERATOR, ERROR_NONE },
        { "王芳", "", "一二三四五六七八九十", ROLE_REGULATOR, ERROR_NONE },
        { "jia-1", "jia", "ten letter", ROLE_OPERATOR, ERROR_CONFLICT },
        { "a", "", "nine lett", ROLE_REGULATOR, ERROR_USAGE },
        { "a", "", "一二三四五六七八九", ROLE_REGULATOR, ERROR_USAGE },
        { "a", "", "ten\nletters", ROLE_REGULATOR, ERROR_USAGE },
        { "a", "", "not utf-8 \xff\xfe", ROLE_REGULATOR, ERROR_USAGE },
        { "", "", "ten letter", ROLE_REGULATOR, ERROR_USAGE },
        { "a b", "", "ten letter", ROLE_REGULATOR, ERROR_USAGE },
        { "a\tb", "", "ten letter", ROLE_REGULATOR, ERROR_USAGE },
        { "mingbai:outbox", "", "ten letter", ROLE_REGULATOR, ERROR_USAGE },
        { "0123456789012345678901234567890123456789012345678901234567890123x", "", "ten letter", ROLE_REGULATOR, ERROR_USAGE },
        { "b", "", "ten letter", ROLE_OPERATOR, ERROR_USAGE },
        { "b", "j a", "ten letter", ROLE_OPERATOR, ERROR_USAGE },
        { "b", "jia", "ten letter", ROLE_TESTER, ERROR_USAGE },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct error error = { 0 };
        bool taken = accounts_add(here.accounts, str_of(cases[i].name), cases[i].role, str_of(cases[i].operator_),
                                  str_of(cases[i].password), now, &error);
        if (taken != !cases[i].code || error.code != cases[i].code) fail_msg("case %zu: %s", i, error.says);
        assert_true(taken || (*error.says && *error.chinese));
    }
    char long_password[PASSWORD_MOST + 2];
    struct error error = { 0 };
    memset(long_password, 'x', sizeof long_password);
    assert_false(accounts_add(here.accounts, STR("c"), ROLE_TESTER, (struct str){ 0 }, (struct str){ long_password, PASSWORD_MOST + 1 }, now, &error));
    assert_true(accounts_add(here.accounts, STR("c"), ROLE_TESTER, (struct str){ 0 }, (struct str){ long_password, PASSWORD_MOST }, now, &error));
}

static bool name_note(void *context, const struct account *account)
{
    struct text *names = context;
    text_format(names, "%s/%s/%s/%d ", account->name, role_word(account->role), account->operator_, (int)account->tokens);
    return true;
}

static void expect_list(const char *expected)
{
    struct text names = { 0 };
    struct error error = { 0 };
    if (!accounts_list(here.accounts, now + DAY_MS, name_note, &names, &error)) fail_msg("%s", error.says);
    assert_string_equal(text_zero(&names), expected);
    text_close(&names);
}

static void test_list_and_remove(void **state)
{
    (void)state;
    struct error error = { 0 };
    struct text token = { 0 };
    add("z", ROLE_ADMINISTRATOR, "");
    add("jia-1", ROLE_OPERATOR, "jia");
    assert_true(accounts_token(here.accounts, STR("z"), 2, now, &token, &error));
    assert_true(accounts_token(here.accounts, STR("z"), 1, now, &token, &error));
    expect_list("jia-1/operator/jia/0 z/administrator//1 ");
    assert_true(accounts_remove(here.accounts, STR("z"), &error));
    assert_false(accounts_remove(here.accounts, STR("z"), &error));
    assert_int_equal(error.code, ERROR_NOT_FOUND);
    open_again(UINT64_MAX);
    expect_list("jia-1/operator/jia/0 ");
    text_close(&token);
}

/* ---- passwords ---- */

static void test_signing_in(void **state)
{
    (void)state;
    struct identity who;
    int64_t until;
    struct error wrong = { 0 }, unknown = { 0 }, error = { 0 };
    add("jia-1", ROLE_OPERATOR, "jia");
    assert_true(accounts_sign_in(here.accounts, STR("jia-1"), password, now, &who, &until, &error));
    assert_int_equal(who.role, ROLE_OPERATOR);
    assert_string_equal(who.account, "jia-1");
    assert_string_equal(who.operator_, "jia");
    assert_false(who.is_machine);
    assert_false(accounts_sign_in(here.accounts, STR("jia-1"), STR("another horse"), now, &who, &until, &wrong));
    assert_int_equal(until, 0);
    assert_false(accounts_sign_in(here.accounts, STR("jia-2"), password, now, &who, &until, &unknown));
    assert_int_equal(until, 0);
    assert_memory_equal(&wrong, &unknown, sizeof wrong);
    assert_int_equal(who.role, ROLE_PUBLIC);
    assert_false(accounts_sign_in(here.accounts, (struct str){ 0 }, (struct str){ 0 }, now, &who, &until, &error));
    assert_true(accounts_set_password(here.accounts, STR("jia-1"), chinese_password, &error));
    open_again(UINT64_MAX);
    assert_false(accounts_sign_in(here.accounts, STR("jia-1"), password, now, &who, &until, &error));
    assert_true(accounts_sign_in(here.accounts, STR("jia-1"), chinese_password, now, &who, &until, &error));
}

static void test_guessing_is_slowed_down(void **state)
{
    (void)state;
    struct identity who;
    int64_t until, time = now;
    struct error error = { 0 };
    add("r", ROLE_REGULATOR, "");
    for (int i = 0; i < 5; i++) {
        assert_false(accounts_sign_in(here.accounts, STR("r"), STR("not this one"), time, &who, &until, &error));
        assert_int_equal(error.code, ERROR_NOT_FOUND);
    }
    assert_false(accounts_sign_in(here.accounts, STR("r"), password, time, &who, &until, &error)); /* not even compared */
    assert_int_equal(error.code, ERROR_BUSY);
    assert_true(until > time && until <= time + MINUTE_MS);
    assert_true(accounts_sign_in(here.accounts, STR("r"), password, until, &who, &until, &error));
    assert_true(accounts_sign_in(here.accounts, STR("r"), password, now, &who, &until, &error)); /* the count begins anew */

    for (int i = 0; i < 40; i++) { /* whatever others do, nobody waits for more than a minute */
        accounts_sign_in(here.accounts, STR("x"), password, time, &who, &until, &error);
        if (until) {
            assert_true(until > time && until <= time + MINUTE_MS);
            time = until;
        }
    }
    assert_true(time > now + 5 * MINUTE_MS);
    for (int i = 0; i < 2; i++) { /* after a while they are forgotten */
        assert_false(accounts_sign_in(here.accounts, STR("x"), password, time + HOUR_MS, &who, &until, &error));
        assert_int_equal(error.code, ERROR_NOT_FOUND);
    }
}

static void *guess(void *context)
{
    struct identity who;
    int64_t until;
    struct error error = { 0 };
    if (!accounts_sign_in(here.accounts, STR("r"), STR("not this one"), now, &who, &until, &error) && error.code == ERROR_NOT_FOUND)
        atomic_fetch_add((atomic_int *)context, 1);
    return NULL;
}

static void test_many_guesses_at_once_are_no_more(void **state)
{
    (void)state;
    enum { GUESSERS = 16 };
    pthread_t threads[GUESSERS];
    atomic_int compared = 0;
    add("r", ROLE_REGULATOR, "");
    for (size_t i = 0; i < GUESSERS; i++) assert_int_equal(pthread_create(&threads[i], NULL, guess, &compared), 0);
    for (size_t i = 0; i < GUESSERS; i++) pthread_join(threads[i], NULL);
    assert_int_equal(compared, 5);
}

/* A computation needs 64 MiB; this process gets less than that. */
static void test_without_memory_nobody_is_told_a_wrong_password(void **state)
{
    (void)state;
    struct identity who;
    struct rlimit before, less;
    int64_t until;
    unsigned long pages = 0;
    struct error error = { 0 }, added = { 0 };
    add("r", ROLE_REGULATOR, "");
    FILE *size = fopen("/proc/self/statm", "r");
    assert_non_null(size);
    assert_int_equal(fscanf(size, "%lu", &pages), 1);
    fclose(size);
    assert_int_equal(getrlimit(RLIMIT_AS, &before), 0);
    less = before;
    less.rlim_cur = pages * (rlim_t)sysconf(_SC_PAGESIZE) + 32 * 1024 * 1024;
    assert_int_equal(setrlimit(RLIMIT_AS, &less), 0);
    bool signed_in = accounts_sign_in(here.accounts, STR("r"), password, now, &who, &until, &error);
    bool made = accounts_add(here.accounts, STR("z"), ROLE_REGULATOR, (struct str){ 0 }, password, now, &added);
    assert_int_equal(setrlimit(RLIMIT_AS, &before), 0);
    assert_false(signed_in || made);
    assert_int_equal(error.code, ERROR_BUSY);
    assert_int_equal(added.code, ERROR_BUSY);
    assert_true(accounts_sign_in(here.accounts, STR("r"), password, now, &who, &until, &error));
}

/* ---- sessions ---- */

static struct session_given begin(const struct identity *who, int64_t time)
{
    struct session_given given;
    struct error error = { 0 };
    if (!session_begin(here.accounts, who, time, &given, &error)) fail_msg("%s", error.says);
    return given;
}

static bool finds(const struct session_given *given, int64_t time)
{
    struct identity who;
    return session_find(here.accounts, str_of(given->cookie), time, &who, NULL);
}

static const struct identity regulator = { .role = ROLE_REGULATOR, .account = "r" },
                             person = { .role = ROLE_SUBSCRIBER, .subject = 17, .has_subject = true },
                             follower = { .role = ROLE_SUBSCRIBER, .complaint = "c-1" };

static void test_sessions(void **state)
{
    (void)state;
    struct identity who;
    struct error error = { 0 };
    char csrf[SECRET_ROOM];
    add("r", ROLE_REGULATOR, "");
    struct session_given first = begin(&regulator, now), second = begin(&regulator, now), third = begin(&follower, now);
    assert_string_not_equal(first.cookie, second.cookie);
    assert_string_not_equal(first.csrf, second.csrf);
    assert_string_not_equal(first.cookie, first.csrf);
    assert_true(session_find(here.accounts, str_of(first.cookie), now, &who, csrf));
    assert_string_equal(csrf, first.csrf);
    assert_true(secret_equal(str_of(csrf), first.csrf));
    assert_false(secret_equal(STR("x"), first.csrf));
    assert_int_equal(who.role, ROLE_REGULATOR);
    assert_string_equal(who.account, "r");
    open_again(UINT64_MAX);
    assert_true(session_find(here.accounts, str_of(third.cookie), now, &who, NULL));
    assert_int_equal(who.role, ROLE_SUBSCRIBER);
    assert_string_equal(who.complaint, "c-1");
    assert_false(who.has_subject);
    assert_true(session_end(here.accounts, str_of(first.cookie), &error));
    assert_true(session_end(here.accounts, STR("nobody's"), &error));
    assert_false(finds(&first, now));
    assert_true(finds(&second, now));
    open_again(UINT64_MAX);
    assert_false(finds(&first, now));
    assert_true(finds(&second, now));
    first.cookie[0] = first.cookie[0] == 'A' ? 'B' : 'A';
    assert_false(finds(&first, now));
    assert_false(session_find(here.accounts, (struct str){ 0 }, now, &who, NULL));
}

static void test_sessions_end_with_time(void **state)
{
    (void)state;
    add("r", ROLE_REGULATOR, "");
    struct session_given idle = begin(&regulator, now), used = begin(&regulator, now), of_person = begin(&person, now);
    assert_int_equal(used.seconds, 24 * 3600);
    assert_int_equal(of_person.seconds, 30 * 24 * 3600);
    for (int64_t time = now; time < now + 24 * HOUR_MS; time += 4 * HOUR_MS) assert_true(finds(&used, time));
    assert_true(finds(&used, now + 24 * HOUR_MS - 1));
    assert_false(finds(&used, now + 24 * HOUR_MS));
    assert_false(finds(&idle, now + 8 * HOUR_MS));
    assert_true(finds(&of_person, now + 30 * DAY_MS - 1));
    assert_false(finds(&of_person, now + 30 * DAY_MS));

    struct session_given kept = begin(&regulator, now), left = begin(&regulator, now);
    assert_true(finds(&kept, now + 7 * HOUR_MS));
    open_again(UINT64_MAX); /* when it was used is known afterwards, too */
    assert_true(finds(&kept, now + 14 * HOUR_MS));
    assert_false(finds(&left, now + 14 * HOUR_MS));
    begin(&regulator, now + 20 * HOUR_MS); /* looks for those that have ended */
    assert_true(finds(&kept, now + 20 * HOUR_MS));
    assert_true(finds(&of_person, now + 20 * HOUR_MS));
}

static void test_sessions_end_with_the_account(void **state)
{
    (void)state;
    struct error error = { 0 };
    struct session_given given;
    add("r", ROLE_REGULATOR, "");
    struct session_given first = begin(&regulator, now), other = begin(&person, now);
    assert_true(accounts_set_password(here.accounts, STR("r"), chinese_password, &error));
    assert_false(finds(&first, now));
    struct session_given second = begin(&regulator, now);
    assert_true(accounts_remove(here.accounts, STR("r"), &error));
    assert_false(finds(&second, now));
    assert_false(session_begin(here.accounts, &regulator, now, &given, &error));
    assert_true(finds(&other, now));
    add("r", ROLE_REGULATOR, "");
    open_again(UINT64_MAX);
    assert_false(finds(&first, now));
    assert_false(finds(&second, now));
    assert_true(finds(&other, now));
}

static void test_a_number_that_was_lost_has_no_session(void **state)
{
    (void)state;
    struct session_given given = begin(&person, now), follows = begin(&follower, now);
    open_again(18);
    assert_true(finds(&given, now));
    open_again(17); /* the vault has 0 to 16: 17 will be somebody else */
    assert_false(finds(&given, now));
    open_again(18);
    assert_false(finds(&given, now));
    assert_true(finds(&follows, now));
}

/* ---- tokens ---- */

static void test_tokens(void **state)
{
    (void)state;
    struct error error = { 0 };
    struct identity who;
    struct text first = { 0 }, second = { 0 };
    add("jia-1", ROLE_OPERATOR, "jia");
    assert_true(accounts_token(here.accounts, STR("jia-1"), 1, now, &first, &error));
    assert_true(accounts_token(here.accounts, STR("jia-1"), 365, now, &second, &error));
    assert_int_equal(first.length, 46);
    assert_true(str_starts(text_str(&first), STR("mb_")));
    assert_false(str_equal(text_str(&first), text_str(&second)));
    for (int i = 0; i < 2; i++) {
        assert_true(accounts_bearer(here.accounts, text_str(&first), now, &who));
        assert_true(who.is_machine && who.role == ROLE_OPERATOR);
        assert_string_equal(who.account, "jia-1");
        assert_string_equal(who.operator_, "jia");
        assert_false(session_find(here.accounts, text_str(&first), now, &who, NULL));
        assert_false(accounts_bearer(here.accounts, text_str(&first), now + DAY_MS, &who));
        assert_true(accounts_bearer(here.accounts, text_str(&second), now + DAY_MS, &who));
        open_again(UINT64_MAX);
    }
    assert_false(accounts_bearer(here.accounts, STR("mb_"), now, &who));
    assert_false(accounts_token(here.accounts, STR("nobody"), 1, now, &first, &error));
    assert_int_equal(error.code, ERROR_NOT_FOUND);
    assert_false(accounts_token(here.accounts, STR("jia-1"), 0, now, &first, &error));
    assert_false(accounts_token(here.accounts, STR("jia-1"), TOKEN_DAYS_MOST + 1, now, &first, &error));
    assert_int_equal(first.length, 46);
    assert_true(accounts_remove(here.accounts, STR("jia-1"), &error));
    assert_false(accounts_bearer(here.accounts, text_str(&second), now, &who));
    text_close(&first);
    text_close(&second);
}

static void test_an_account_has_so_many_tokens(void **state)
{
    (void)state;
    struct error error = { 0 };
    struct text token = { 0 };
    add("t", ROLE_TESTER, "");
    for (int i = 0; i < TOKENS_OF_ACCOUNT; i++) assert_true(accounts_token(here.accounts, STR("t"), 1, now, &token, &error));
    assert_false(accounts_token(here.accounts, STR("t"), 1, now, &token, &error));
    assert_int_equal(error.code, ERROR_LIMIT);
    assert_true(accounts_token(here.accounts, STR("t"), 1, now + DAY_MS, &token, &error)); /* old ones no longer count */
    text_close(&token);
}

/* No secret is in any file. */
static void test_only_hashes_are_kept(void **state)
{
    (void)state;
    struct error error = { 0 };
    struct text token = { 0 };
    add("r", ROLE_REGULATOR, "");
    struct session_given given = begin(&regulator, now);
    assert_true(accounts_token(here.accounts, STR("r"), 1, now, &token, &error));
    const struct str secrets[] = { text_str(&token), str_of(given.cookie), str_of(given.csrf), password };
    static const char *const files[] = { "portal.db", "portal.db-wal" };
    bool name_seen = false;
    for (size_t f = 0; f < 2; f++) {
        char path[160], *bytes;
        size_t length;
        snprintf(path, sizeof path, "%s/portal/%s", here.folder, files[f]);
        assert_true(disk_read_all(disk_posix(), path, 64 << 20, &bytes, &length, &error));
        for (size_t i = 0; i < sizeof secrets / sizeof *secrets; i++)
            assert_null(memmem(bytes, length, secrets[i].at, secrets[i].length));
        name_seen = name_seen || memmem(bytes, length, "regulator", 9);
        free(bytes);
    }
    assert_true(name_seen);
    text_close(&token);
}

/* ---- sources ---- */

static void test_sources(void **state)
{
    (void)state;
    struct error error = { 0 };
    static const struct identity jia = { .role = ROLE_OPERATOR, .account = "jia-1" }, yi = { .role = ROLE_OPERATOR, .account = "yi-1" },
                                 administrator = { .role = ROLE_ADMINISTRATOR, .account = "a" }, nobody = { .role = ROLE_PUBLIC };
    assert_true(accounts_source_take(here.accounts, STR("s"), &jia, false, &error));
    assert_true(accounts_source_take(here.accounts, STR("s"), &jia, true, &error));
    assert_false(accounts_source_take(here.accounts, STR("s"), &yi, true, &error));
    assert_int_equal(error.code, ERROR_CONFLICT);
    assert_false(accounts_source_take(here.accounts, STR("s"), &yi, false, &error)); /* nothing came in yet, and yet it is jia's */
    assert_true(accounts_source_take(here.accounts, STR("s"), &administrator, true, &error));
    assert_false(accounts_source_take(here.accounts, STR("local"), &jia, true, &error));
    assert_true(accounts_source_take(here.accounts, STR("local"), &administrator, true, &error));
    assert_false(accounts_source_take(here.accounts, STR("local"), &jia, true, &error));
    assert_false(accounts_source_take(here.accounts, STR("n"), &nobody, false, &error));
    open_again(UINT64_MAX);
    assert_true(accounts_source_is_own(here.accounts, STR("s"), "jia-1"));
    assert_false(accounts_source_is_own(here.accounts, STR("s"), "yi-1"));
    assert_false(accounts_source_is_own(here.accounts, STR("local"), ""));
    assert_false(accounts_source_is_own(here.accounts, STR("n"), ""));
}

/* ---- codes ---- */

static bool no_numbers(void *context, const uint64_t *subjects, size_t count, struct arena *arena, struct str *numbers, struct error *error)
{
    (void)context; (void)subjects; (void)count; (void)arena; (void)numbers; (void)error;
    return false;
}

struct post {
    struct outbox *outbox;
    struct vault *vault;
};

static struct post post_open(void)
{
    static const struct vault_keys keys = { .master = "m", .blind = "b", .digest = "d" };
    char path[96];
    struct error error = { 0 };
    struct post post;
    snprintf(path, sizeof path, "%s/vault", here.folder);
    post.outbox = outbox_open(here.accounts, &(struct outbox_options){ .disk = disk_posix(), .spool = here.spool,
                                                                       .numbers = no_numbers }, &error);
    post.vault = vault_open(disk_posix(), path, &keys, (struct vault_marks){ 0 }, true, &error);
    if (!post.outbox || !post.vault) fail_msg("%s", error.says);
    return post;
}

static void post_close(struct post *post)
{
    outbox_close(post->outbox);
    vault_close(post->vault);
}

/* The code in the last line of the spool, and how many lines it has. */
static size_t last_code(char code[7])
{
    char *bytes;
    size_t length, lines = 0;
    struct error error = { 0 };
    if (!disk_read_all(disk_posix(), here.spool, 1 << 20, &bytes, &length, &error)) fail_msg("%s", error.says);
    for (size_t i = 0; i < length; i++) lines += bytes[i] == '\n';
    const char *at = NULL, *next = bytes;
    while ((next = strstr(next, "验证码 "))) at = next += strlen("验证码 ");
    assert_non_null(at);
    memcpy(code, at, 6);
    code[6] = 0;
    free(bytes);
    return lines;
}

/* Whose thread answers at once cannot wait for one that syncs. */
static void test_looking_waits_for_nobody_who_writes(void **state)
{
    (void)state;
    struct error error = { 0 };
    struct identity jia = { .role = ROLE_OPERATOR, .account = "jia-1" }, who;
    struct session_given given;
    add("jia-1", ROLE_OPERATOR, "jia");
    assert_true(session_begin(here.accounts, &jia, now, &given, &error));
    assert_true(accounts_source_take(here.accounts, STR("s"), &jia, false, &error));
    accounts_hold(here.accounts); /* by a lock that is not to be taken twice: who waits for it, waits for ever */
    bool is_own = accounts_source_is_own(here.accounts, STR("s"), "jia-1");
    bool found = session_find(here.accounts, str_of(given.cookie), now + HOUR_MS, &who, NULL);
    accounts_release(here.accounts);
    assert_true(is_own && found);
}

static void test_codes(void **state)
{
    (void)state;
    struct post post = post_open();
    struct error error = { 0 };
    struct identity who;
    int64_t until;
    uint64_t subject;
    char code[7], wrong[7];
    assert_true(vault_subjects(post.vault, (struct str[]){ STR("13900000000"), STR("13800138000") }, 2, (uint64_t[2]){ 0 }, &error));
    subject = vault_find(post.vault, STR("13800138000"));
    assert_true(code_send(here.accounts, post.outbox, STR(" +86 138-0013-8000"), STR("::1"), now, &until, &error));
    assert_int_equal(last_code(code), 1);
    assert_int_equal(strspn(code, "0123456789"), 6);
    strcpy(wrong, code);
    wrong[5] = wrong[5] == '0' ? '1' : '0';
    assert_false(code_check(here.accounts, post.vault, STR("13800138000"), str_of(wrong), now, &who, &error));
    assert_int_equal(error.code, ERROR_NOT_FOUND);
    assert_false(code_check(here.accounts, post.vault, STR("13900000000"), str_of(code), now, &who, &error));
    assert_false(code_check(here.accounts, post.vault, STR("13800138000"), (struct str){ 0 }, now, &who, &error));
    assert_true(code_check(here.accounts, post.vault, STR("１３８００１３８０００"), str_of(code), now + 10 * MINUTE_MS - 1, &who, &error));
    assert_int_equal(who.role, ROLE_SUBSCRIBER);
    assert_true(who.has_subject && who.subject == subject);
    assert_string_equal(who.masked, "138****8000");
    assert_string_equal(who.complaint, "");
    assert_false(code_check(here.accounts, post.vault, STR("13800138000"), str_of(code), now, &who, &error)); /* once */

    assert_true(code_send(here.accounts, post.outbox, STR("13700000000"), STR("::1"), now, &until, &error)); /* known to nobody */
    assert_int_equal(last_code(code), 2);
    assert_true(code_check(here.accounts, post.vault, STR("13700000000"), str_of(code), now, &who, &error));
    assert_false(who.has_subject);
    assert_int_equal(vault_marks(post.vault).subjects, 2); /* and is not kept */

    static const char *const no_mobiles[] = { "", "02584400000", "1380013800", "12800138000", "138001380001", "zhang@example.org", "1.38E+10" };
    for (size_t i = 0; i < sizeof no_mobiles / sizeof *no_mobiles; i++) {
        assert_false(code_send(here.accounts, post.outbox, str_of(no_mobiles[i]), STR("::1"), now, &until, &error));
        assert_int_equal(error.code, ERROR_INPUT);
    }
    assert_int_equal(last_code(code), 2);
    post_close(&post);
}

static void test_codes_end(void **state)
{
    (void)state;
    struct post post = post_open();
    struct error error = { 0 };
    struct identity who;
    int64_t until;
    char code[7], wrong[7], newer[7];
    const struct str number = STR("13800138000");
    assert_true(code_send(here.accounts, post.outbox, number, STR("::1"), now, &until, &error));
    last_code(code);
    assert_false(code_check(here.accounts, post.vault, number, str_of(code), now + 10 * MINUTE_MS, &who, &error)); /* too late */
    assert_true(code_send(here.accounts, post.outbox, number, STR("::1"), now, &until, &error));
    last_code(newer);
    strcpy(wrong, newer);
    wrong[0] = wrong[0] == '9' ? '8' : '9';
    for (int i = 0; i < 5; i++) assert_false(code_check(here.accounts, post.vault, number, str_of(wrong), now, &who, &error));
    assert_false(code_check(here.accounts, post.vault, number, str_of(newer), now, &who, &error)); /* its tries are used up */
    assert_true(code_send(here.accounts, post.outbox, number, STR("::1"), now + MINUTE_MS, &until, &error));
    assert_false(code_send(here.accounts, post.outbox, number, STR("::2"), now + 2 * MINUTE_MS, &until, &error)); /* three an hour */
    assert_int_equal(error.code, ERROR_BUSY);
    assert_int_equal(until, now + HOUR_MS);
    assert_true(code_send(here.accounts, post.outbox, number, STR("::2"), until, &until, &error));
    for (int i = 0; i < 17; i++) {
        char other[16];
        snprintf(other, sizeof other, "136000000%02d", i);
        assert_true(code_send(here.accounts, post.outbox, str_of(other), STR("::1"), now, &until, &error));
    }
    assert_false(code_send(here.accounts, post.outbox, STR("13500000000"), STR("::1"), now, &until, &error)); /* twenty an address */
    assert_true(code_send(here.accounts, post.outbox, STR("13500000000"), STR("::3"), now, &until, &error));
    post_close(&post);
}

static void test_a_code_that_cannot_be_handed_on_counts_for_nothing(void **state)
{
    (void)state;
    struct post post = post_open();
    struct error error = { 0 };
    struct identity who;
    char nowhere[96], code[7];
    int64_t until;
    const struct str number = STR("13800138000");
    snprintf(nowhere, sizeof nowhere, "%s/nowhere/spool", here.folder);
    struct outbox *broken = outbox_open(here.accounts, &(struct outbox_options){ .disk = disk_posix(), .spool = nowhere, .numbers = no_numbers }, &error);
    assert_non_null(broken);
    assert_true(code_send(here.accounts, post.outbox, number, STR("::1"), now, &until, &error));
    last_code(code);
    for (int i = 0; i < 30; i++) assert_false(code_send(here.accounts, broken, number, STR("::1"), now, &until, &error));
    assert_true(code_check(here.accounts, post.vault, number, str_of(code), now, &who, &error)); /* the one before it holds */
    for (int i = 0; i < 2; i++) assert_true(code_send(here.accounts, post.outbox, number, STR("::1"), now, &until, &error));
    outbox_close(broken);
    post_close(&post);
}

/* ---- threads ---- */

enum { LOOKERS = 4, TURNS = 60 };

struct together {
    const struct session_given *given;
    struct str token;
    atomic_bool over;
    atomic_int lost;
};

static void *look(void *context)
{
    struct together *together = context;
    struct identity who;
    while (!atomic_load(&together->over))
        if (!finds(together->given, now) || !accounts_bearer(here.accounts, together->token, now, &who)) atomic_fetch_add(&together->lost, 1);
    return NULL;
}

static void *begin_and_end(void *context)
{
    struct together *together = context;
    struct error error = { 0 };
    struct text token = { 0 };
    for (int i = 0; i < TURNS; i++) {
        struct session_given given;
        if (!session_begin(here.accounts, &person, now + i * 11 * MINUTE_MS, &given, &error) || !finds(&given, now) ||
            !session_end(here.accounts, str_of(given.cookie), &error) || finds(&given, now))
            atomic_fetch_add(&together->lost, 1);
    }
    if (!accounts_token(here.accounts, STR("r"), 1, now, &token, &error)) atomic_fetch_add(&together->lost, 1);
    text_close(&token);
    return NULL;
}

static void test_many_threads(void **state)
{
    (void)state;
    struct error error = { 0 };
    struct text token = { 0 };
    pthread_t lookers[LOOKERS], changers[2];
    add("r", ROLE_REGULATOR, "");
    struct session_given given = begin(&person, now);
    assert_true(accounts_token(here.accounts, STR("r"), 300, now, &token, &error));
    struct together together = { .given = &given, .token = text_str(&token) };
    for (size_t i = 0; i < LOOKERS; i++) assert_int_equal(pthread_create(&lookers[i], NULL, look, &together), 0);
    for (size_t i = 0; i < 2; i++) assert_int_equal(pthread_create(&changers[i], NULL, begin_and_end, &together), 0);
    for (size_t i = 0; i < 2; i++) pthread_join(changers[i], NULL);
    atomic_store(&together.over, true);
    for (size_t i = 0; i < LOOKERS; i++) pthread_join(lookers[i], NULL);
    assert_int_equal(together.lost, 0);
    text_close(&token);
}

/* ---- when the machine stops ---- */

struct done {
    bool added, taken, removed;
    struct text token;
};

static void series(struct disk *disk, struct done *done)
{
    static const struct identity who = { .role = ROLE_TESTER, .account = "kept" };
    struct error error = { 0 };
    if (!disk->make_directory(disk, "data", &error) || !disk_sync_above(disk, "data", &error)) return;
    struct accounts *accounts = accounts_open(disk, "data", UINT64_MAX, &error);
    if (!accounts) return;
    bool going = accounts_add(accounts, STR("gone"), ROLE_TESTER, (struct str){ 0 }, password, now, &error);
    going = going && (done->added = accounts_add(accounts, STR("kept"), ROLE_TESTER, (struct str){ 0 }, password, now, &error));
    going = going && accounts_token(accounts, STR("kept"), 10, now, &done->token, &error);
    going = going && (done->taken = accounts_source_take(accounts, STR("s"), &who, false, &error));
    done->removed = going && accounts_remove(accounts, STR("gone"), &error);
    accounts_close(accounts);
}

static bool series_crashes(uint64_t step)
{
    struct done done = { 0 };
    struct fault_disk *fault = fault_disk_open();
    fault_disk_plan(fault, (struct fault_plan){ .crash_at = step });
    series(fault_disk_of(fault), &done);
    for (uint64_t survival = FAULT_KEEP_ALL; survival <= FAULT_SEED; survival++) {
        struct error error = { 0 };
        struct text names = { 0 };
        struct identity who;
        struct fault_disk *after = fault_disk_reboot(fault, survival);
        struct disk *disk = fault_disk_of(after);
        disk->make_directory(disk, "data", &error);
        struct accounts *accounts = accounts_open(disk, "data", UINT64_MAX, &error);
        if (!accounts) fail_msg("step %d: %s", (int)step, error.says);
        assert_true(accounts_list(accounts, now, name_note, &names, &error));
        assert_true(!done.added || strstr(text_zero(&names), "kept/tester"));
        assert_true(!done.removed || !strstr(text_zero(&names), "gone/tester"));
        assert_true(!done.token.length || accounts_bearer(accounts, text_str(&done.token), now, &who));
        assert_true(!done.taken || accounts_source_is_own(accounts, STR("s"), "kept"));
        accounts_close(accounts);
        fault_disk_close(after);
        text_close(&names);
    }
    text_close(&done.token);
    bool came_true = fault_disk_steps(fault) >= step;
    fault_disk_close(fault);
    return came_true;
}

static void test_crash_at_every_step(void **state)
{
    (void)state;
    uint64_t step = 1;
    while (series_crashes(step)) step += 7; /* two passwords are hashed for each */
    assert_true(step > 40);
}

int main(void)
{
    if (sodium_init() < 0) return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_what_an_account_may_be, setup, teardown),
        cmocka_unit_test_setup_teardown(test_list_and_remove, setup, teardown),
        cmocka_unit_test_setup_teardown(test_signing_in, setup, teardown),
        cmocka_unit_test_setup_teardown(test_guessing_is_slowed_down, setup, teardown),
        cmocka_unit_test_setup_teardown(test_many_guesses_at_once_are_no_more, setup, teardown),
        cmocka_unit_test_setup_teardown(test_without_memory_nobody_is_told_a_wrong_password, setup, teardown),
        cmocka_unit_test_setup_teardown(test_sessions, setup, teardown),
        cmocka_unit_test_setup_teardown(test_sessions_end_with_time, setup, teardown),
        cmocka_unit_test_setup_teardown(test_sessions_end_with_the_account, setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_number_that_was_lost_has_no_session, setup, teardown),
        cmocka_unit_test_setup_teardown(test_tokens, setup, teardown),
        cmocka_unit_test_setup_teardown(test_an_account_has_so_many_tokens, setup, teardown),
        cmocka_unit_test_setup_teardown(test_only_hashes_are_kept, setup, teardown),
        cmocka_unit_test_setup_teardown(test_sources, setup, teardown),
        cmocka_unit_test_setup_teardown(test_looking_waits_for_nobody_who_writes, setup, teardown),
        cmocka_unit_test_setup_teardown(test_codes, setup, teardown),
        cmocka_unit_test_setup_teardown(test_codes_end, setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_code_that_cannot_be_handed_on_counts_for_nothing, setup, teardown),
        cmocka_unit_test_setup_teardown(test_many_threads, setup, teardown),
        cmocka_unit_test(test_crash_at_every_step),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
