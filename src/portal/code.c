#include "portal/code.h"

#include <sodium.h>
#include <stdio.h>

#include "base/hash.h"
#include "base/memory.h"
#include "base/moment.h"
#include "door/person.h"
#include "portal/accounts_inside.h"

enum { CODE_DIGITS = 6, CODE_TRIES = 5, CODES_OF_NUMBER = 3, CODES_OF_ADDRESS = 20, MOBILE_DIGITS = 11 };
static const int64_t code_holds = 10 * MINUTE_MS;

static const struct field number_field = { .name = "number", .type = FIELD_PERSON };

bool number_is_mobile(struct str number)
{
    bool good = number.length == MOBILE_DIGITS && number.at[0] == '1' && number.at[1] >= '3';
    for (size_t i = 0; good && i < number.length; i++) good = number.at[i] >= '0' && number.at[i] <= '9';
    return good;
}

/* As the door writes it, so that a person is found by it. A code goes out as a text: to a mobile number. */
static bool number_read(struct str typed, int64_t now, struct arena *arena, struct str *number, struct error *error)
{
    struct value value;
    bool good = field_parse(&number_field, (struct cell){ typed, CELL_TEXT }, now, arena, &value, NULL) && number_is_mobile(value.text);
    if (good) *number = value.text;
    return good || fail_both(error, ERROR_INPUT, "this is no mobile number: write it as 13800138000", "这不是手机号码，请写成 13800138000 的样子");
}

/* One more of so many an hour; until: when the next may be. */
static bool may_send(struct tallies *tallies, struct str what, uint32_t most, int64_t now, int64_t *until)
{
    struct tally *tally = tally_of(tallies, what, now);
    if (tally->count < most) {
        tally_count(tally, now);
        return true;
    }
    *until = tally->since + tallies->window;
    return false;
}

/* What could not be handed on counts as never asked for, and the code before it still holds. */
static void code_forget(struct accounts *accounts, struct str number, struct str address, uint32_t code, const struct tally *before, int64_t now)
{
    pthread_mutex_lock(&accounts->counting);
    struct tally *tally = tally_of(&accounts->numbers, number, now);
    if (tally->count) tally->count--;
    if (tally->code == code) {
        tally->code = before->code;
        tally->tries_left = before->tries_left;
        tally->code_until = before->code_until;
    }
    tally = tally_of(&accounts->addresses, address, now);
    if (tally->count) tally->count--;
    pthread_mutex_unlock(&accounts->counting);
}

bool code_send(struct accounts *accounts, struct outbox *outbox, struct str number, struct str address, int64_t now,
               int64_t *until, struct error *error)
{
    struct arena arena = { 0 };
    char digits[16], key[32], english[160], chinese[160];
    uint64_t random;
    uint32_t code = randombytes_uniform(1000000);
    struct tally before = { 0 };
    *until = 0;
    bool done = number_read(number, now, &arena, &number, error);
    if (done) {
        pthread_mutex_lock(&accounts->counting);
        done = may_send(&accounts->addresses, address, CODES_OF_ADDRESS, now, until) &&
               may_send(&accounts->numbers, number, CODES_OF_NUMBER, now, until);
        if (done) {
            struct tally *tally = tally_of(&accounts->numbers, number, now);
            before = *tally;
            tally->code = code;
            tally->tries_left = CODE_TRIES;
            tally->code_until = now + code_holds;
        }
        pthread_mutex_unlock(&accounts->counting);
        if (!done)
            fail_both(error, ERROR_BUSY, "too many codes were asked for: wait %d minutes, or use the last one",
                      "获取验证码次数过多，请等 %d 分钟再试，或使用最近一次的验证码", (int)((*until - now + MINUTE_MS - 1) / MINUTE_MS));
    }
    if (done) {
        randombytes_buf(&random, sizeof random);
        snprintf(digits, sizeof digits, "%0*u", CODE_DIGITS, code);
        snprintf(key, sizeof key, "code:%016llx", (unsigned long long)random);
        snprintf(english, sizeof english, "mingbai: your sign-in code is %s. It holds for 10 minutes. Tell it to nobody.", digits);
        snprintf(chinese, sizeof chinese, "【明白】登录验证码 %s，10 分钟内有效，请勿告诉任何人。", digits);
        done = outbox_text_now(outbox, str_of(key), number, (struct str[LANGUAGES]){ [ENGLISH] = str_of(english), [CHINESE] = str_of(chinese) },
                               now, error);
        sodium_memzero(digits, sizeof digits);
        if (!done) code_forget(accounts, number, address, code, &before, now);
    }
    arena_close(&arena);
    return done;
}

/* Takes one of its tries. */
static bool code_is_right(struct accounts *accounts, struct str number, struct str code, int64_t now)
{
    char digits[16] = "";
    pthread_mutex_lock(&accounts->counting);
    struct tally *tally = tally_of(&accounts->numbers, number, now);
    bool open = tally->tries_left && now < tally->code_until;
    if (open) {
        tally->tries_left--;
        snprintf(digits, sizeof digits, "%0*u", CODE_DIGITS, tally->code);
    }
    bool right = open && code.length == CODE_DIGITS && !sodium_memcmp(code.at, digits, CODE_DIGITS);
    if (right) tally->tries_left = 0;
    pthread_mutex_unlock(&accounts->counting);
    return right;
}

bool code_check(struct accounts *accounts, struct vault *vault, struct str number, struct str code, int64_t now,
                struct identity *who, struct error *error)
{
    struct arena arena = { 0 };
    *who = (struct identity){ .role = ROLE_SUBSCRIBER };
    bool done = number_read(number, now, &arena, &number, error);
    if (done && !code_is_right(accounts, number, str_trim(code), now))
        done = fail_both(error, ERROR_NOT_FOUND, "this is not the newest code sent to that number, or it holds no longer: ask for a new one",
                         "验证码不是最近发送的一个，或已失效，请重新获取");
    if (done) {
        who->subject = vault_find(vault, number);
        who->has_subject = who->subject != UINT64_MAX;
        if (!who->has_subject) who->subject = 0;
        who->number_mark = number_mark(vault, number);
        snprintf(who->masked, sizeof who->masked, "%.3s****%.4s", number.at, number.at + MOBILE_DIGITS - 4);
    }
    arena_close(&arena);
    return done;
}
