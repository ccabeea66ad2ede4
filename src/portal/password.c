#include "portal/password.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "portal/accounts.h"

_Static_assert(PASSWORD_ROOM >= crypto_pwhash_STRBYTES, "a hash has room");

enum { AT_ONCE = 2, WAITING_MOST = 32, KEY_BYTES = 32, KEY_TEXT = 43, SALT_TEXT = 22 };

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

/* What a hash is made of. */
struct parts {
    unsigned passes, kibibytes;
    uint8_t salt[crypto_pwhash_SALTBYTES], key[KEY_BYTES];
};

static bool bytes_read(const char *text, uint8_t *bytes, size_t count)
{
    size_t length;
    return sodium_base642bin(bytes, count, text, strlen(text), NULL, &length, NULL, sodium_base64_VARIANT_ORIGINAL_NO_PADDING) == 0 &&
           length == count;
}

static bool hash_read(const char *hash, struct parts *parts)
{
    struct parts read;
    char salt[SALT_TEXT + 1], key[KEY_TEXT + 1];
    int end = 0;
    bool is_whole = sscanf(hash, "$argon2id$v=19$m=%u,t=%u,p=1$%22[^$]$%43s%n", &read.kibibytes, &read.passes, salt, key, &end) == 4 && !hash[end] &&
                    bytes_read(salt, read.salt, sizeof read.salt) && bytes_read(key, read.key, sizeof read.key);
    if (is_whole) *parts = read;
    return is_whole;
}

/* Computed here and not by crypto_pwhash_str_verify, which says of a lack of memory what it says of a wrong password. */
bool password_check(struct password_gate *gate, struct str password, const char *hash, bool *is_it, struct error *error)
{
    uint8_t key[KEY_BYTES];
    /* of no password that anybody knows: what is not there takes as long as what is */
    struct parts parts = { .passes = crypto_pwhash_OPSLIMIT_INTERACTIVE, .kibibytes = crypto_pwhash_MEMLIMIT_INTERACTIVE / 1024 };
    bool is_there = hash && hash_read(hash, &parts);
    if (!enter(gate, error)) return false;
    bool computed = crypto_pwhash(key, sizeof key, password.at ? password.at : "", password.length, parts.salt, parts.passes,
                                  (size_t)parts.kibibytes * 1024, crypto_pwhash_ALG_ARGON2ID13) == 0;
    leave(gate);
    *is_it = computed && is_there && sodium_memcmp(key, parts.key, sizeof key) == 0;
    sodium_memzero(key, sizeof key);
    return computed || fail_memory(error);
}
