#include "portal/express.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/moment.h"
#include "portal/round.h"

enum { WAITING_MOST = 256, KEY_ROOM = 64, NUMBER_ROOM = 24, TEXT_ROOM = 400 };
static const int64_t worth = 2 * MINUTE_MS, again = 2 * SECOND_MS;

struct waiting {
    char key[KEY_ROOM], number[NUMBER_ROOM], text[LANGUAGES][TEXT_ROOM];
    int64_t time;
};

struct express {
    enum gateway_answer (*text)(void *gateway, const struct message *message, struct error *error);
    void *gateway;
    struct round round;
    struct error told;        /* said once; the thread's */
    pthread_mutex_t lock;     /* what follows */
    struct waiting *waiting;  /* a ring */
    size_t first, count;
};

static bool pop(struct express *express, struct waiting *out)
{
    pthread_mutex_lock(&express->lock);
    bool any = express->count;
    if (any) {
        struct waiting *first = &express->waiting[express->first];
        *out = *first;
        sodium_memzero(first, sizeof *first);
        express->first = (express->first + 1) % WAITING_MOST;
        express->count--;
    }
    pthread_mutex_unlock(&express->lock);
    return any;
}

/* Of two for one number only the newer is of use: it takes the place of one that waits. */
static struct waiting *of_number(struct express *express, const char *number)
{
    for (size_t i = 0; i < express->count; i++) {
        struct waiting *waiting = &express->waiting[(express->first + i) % WAITING_MOST];
        if (!strcmp(waiting->number, number)) return waiting;
    }
    return NULL;
}

/* is_again: it was tried, so that another of its number that waits is newer. */
static bool push(struct express *express, const struct waiting *waiting, bool is_again)
{
    pthread_mutex_lock(&express->lock);
    struct waiting *same = of_number(express, waiting->number);
    bool has_room = same || express->count < WAITING_MOST;
    if (same && !is_again) *same = *waiting;
    if (!same && has_room) express->waiting[(express->first + express->count++) % WAITING_MOST] = *waiting;
    pthread_mutex_unlock(&express->lock);
    return has_room;
}

/* All that wait now, once; or until the gateway is away. */
static int64_t step(void *context)
{
    struct express *express = context;
    struct waiting one;
    pthread_mutex_lock(&express->lock);
    size_t count = express->count, dropped = 0;
    pthread_mutex_unlock(&express->lock);
    bool is_away = false, any_left = false;
    for (size_t i = 0; i < count && !is_away && !round_is_ending(&express->round) && pop(express, &one); i++) {
        if (moment_now() - one.time > worth) {
            dropped++;
            continue;
        }
        struct message message = { .key = str_of(one.key), .to = TO_PERSON_NOW, .address = str_of(one.number), .time = one.time,
                                   .text = { [ENGLISH] = str_of(one.text[ENGLISH]), [CHINESE] = str_of(one.text[CHINESE]) } };
        struct error why = { 0 };
        enum gateway_answer answer = express->text(express->gateway, &message, &why);
        is_away = answer == GATEWAY_AWAY || answer == GATEWAY_PAUSE;
        if (why.code && strcmp(why.says, express->told.says)) fprintf(stderr, "mingbai: a sign-in code was not taken: %s\n", why.says);
        express->told = why;
        if (!is_away && answer != GATEWAY_LATER) continue;
        any_left = true;
        dropped += !push(express, &one, true);
    }
    if (dropped) fprintf(stderr, "mingbai: sign-in codes that nobody took are dropped: %zu\n", dropped);
    sodium_memzero(&one, sizeof one);
    return any_left ? moment_now() + again : INT64_MAX;
}

struct express *express_open(enum gateway_answer (*text)(void *gateway, const struct message *message, struct error *error), void *gateway,
                             struct error *error)
{
    struct express *express = allocate(sizeof *express);
    *express = (struct express){ .text = text, .gateway = gateway, .waiting = allocate(WAITING_MOST * sizeof *express->waiting) };
    pthread_mutex_init(&express->lock, NULL);
    round_open(&express->round, step, express);
    if (round_start(&express->round, error)) return express;
    express_close(express);
    return NULL;
}

void express_close(struct express *express)
{
    if (!express) return;
    round_close(&express->round);
    sodium_memzero(express->waiting, WAITING_MOST * sizeof *express->waiting);
    pthread_mutex_destroy(&express->lock);
    free(express->waiting);
    free(express);
}

static bool fits(struct str text, char *out, size_t room)
{
    if (text.length >= room) return false;
    if (text.length) memcpy(out, text.at, text.length);
    out[text.length] = 0;
    return true;
}

bool express_add(struct express *express, const struct message *message, struct error *error)
{
    struct waiting one = { .time = message->time };
    bool done = (fits(message->key, one.key, sizeof one.key) && fits(message->address, one.number, sizeof one.number) &&
                 fits(message->text[ENGLISH], one.text[ENGLISH], sizeof *one.text) && fits(message->text[CHINESE], one.text[CHINESE], sizeof *one.text)) ||
                fail(error, ERROR_LIMIT, "a text is too long for the express");
    done = done && (push(express, &one, false) || fail_both(error, ERROR_BUSY, "texts cannot go out now: try again in a minute", "短信暂时发不出去，请一分钟后再试"));
    sodium_memzero(&one, sizeof one);
    if (done) round_nudge(&express->round);
    return done;
}
