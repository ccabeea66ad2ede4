#include "portal/password.h"

#include <errno.h>
#include <sodium.h>

#include "portal/accounts.h"

_Static_assert(PASSWORD_ROOM >= crypto_pwhash_STRBYTES, "a hash has room");

enum { AT_ONCE = 2, WAITING_MOST = 32 };

/* Of no password that anybody knows: what is not there takes as long as what is. */
static const char nobody[PASSWORD_ROOM] =
    "$argon2id$v=19$m=65536,t=2,p=1$bm9ib2R5cyBzYWx0IGlz$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

void password_gate_open(struct password_gate *gate)
{
    *gate = (struct password_gate){ 0 };
    pthread_mutex_init(&gate->lock, NULL);
    pthread_cond_init(&gate->changed, NULL);
}

void password_gate_close(struct password_gate *gate)
{
    pthread_mutex_destroy(&gate->lock);
    pthread_cond_destroy(&gate->changed);
}

static bool enter(struct password_gate *gate, struct error *error)
{
    pthread_mutex_lock(&gate->lock);
    bool may = gate->waiting < WAITING_MOST;
    if (may) {
        gate->waiting++;
        while (gate->inside >= AT_ONCE) pthread_cond_wait(&gate->changed, &gate->lock);
        gate->waiting--;
        gate->inside++;
    }
    pthread_mutex_unlock(&gate->lock);
    return may || fail_both(error, ERROR_BUSY, "too many people are signing in at this moment: try again in a few seconds",
                            "此刻登录的人太多，请过几秒再试");
}

static void leave(struct password_gate *gate)
{
    pthread_mutex_lock(&gate->lock);
    gate->inside--;
    pthread_cond_signal(&gate->changed);
    pthread_mutex_unlock(&gate->lock);
}

bool password_is_good(struct str password, struct error *error)
{
    size_t characters = 0;
    for (size_t i = 0; i < password.length; i++) {
        unsigned char byte = (unsigned char)password.at[i];
        if (byte < ' ' || byte == 0x7f)
            return fail_both(error, ERROR_USAGE, "a password has no line breaks and no control characters: choose another",
                             "密码中不能有换行和控制字符，请换一个");
        characters += (byte & 0xc0) != 0x80;
    }
    if (characters < PASSWORD_LEAST || password.length > PASSWORD_MOST || !str_is_utf8(password))
        return fail_both(error, ERROR_USAGE, "a password has at least %d characters, and at most %d bytes of UTF-8: choose another",
                         "密码至少要有 %d 个字符，至多 %d 字节（UTF-8），请换一个", PASSWORD_LEAST, PASSWORD_MOST);
    return true;
}

static bool fail_memory(struct error *error)
{
    return fail_both(error, ERROR_BUSY, "the server has no memory left to look at passwords: try again in a few seconds",
                     "服务器内存不足，无法核对密码，请过几秒再试");
}

bool password_hash(struct password_gate *gate, struct str password, char out[PASSWORD_ROOM], struct error *error)
{
    if (!enter(gate, error)) return false;
    int failed = crypto_pwhash_str_alg(out, password.at, password.length, crypto_pwhash_OPSLIMIT_INTERACTIVE,
                                       crypto_pwhash_MEMLIMIT_INTERACTIVE, crypto_pwhash_ALG_ARGON2ID13);
    leave(gate);
    return !failed || fail_memory(error);
}

bool password_check(struct password_gate *gate, struct str password, const char *hash, bool *is_it, struct error *error)
{
    if (!enter(gate, error)) return false;
    errno = 0;
    bool same = crypto_pwhash_str_verify(hash ? hash : nobody, password.at ? password.at : "", password.length) == 0;
    bool without_memory = !same && errno == ENOMEM;
    leave(gate);
    *is_it = same && hash;
    return !without_memory || fail_memory(error);
}
