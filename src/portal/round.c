#include "portal/round.h"

#include "base/moment.h"

void round_open(struct round *round, int64_t (*step)(void *context), void *context)
{
    *round = (struct round){ .step = step, .context = context };
    pthread_mutex_init(&round->lock, NULL);
    pthread_cond_init(&round->changed, NULL);
}

/* Not longer than a minute, for a clock that is set. With the lock held. */
static void sleep_until(struct round *round, int64_t next)
{
    int64_t now = moment_now();
    if (next > now + MINUTE_MS) next = now + MINUTE_MS;
    struct timespec when = { .tv_sec = next / SECOND_MS, .tv_nsec = next % SECOND_MS * 1000000 };
    while (!round->nudged && !round->ending && pthread_cond_timedwait(&round->changed, &round->lock, &when) == 0) {}
    round->nudged = false;
}

static void *run(void *context)
{
    struct round *round = context;
    pthread_mutex_lock(&round->lock);
    while (!round->ending) {
        pthread_mutex_unlock(&round->lock);
        int64_t next = round->step(round->context);
        pthread_mutex_lock(&round->lock);
        sleep_until(round, next);
    }
    pthread_mutex_unlock(&round->lock);
    return NULL;
}

bool round_start(struct round *round, struct error *error)
{
    round->runs = !pthread_create(&round->thread, NULL, run, round);
    return round->runs || fail(error, ERROR_LIMIT, "the system gives no more threads");
}

void round_nudge(struct round *round)
{
    pthread_mutex_lock(&round->lock);
    round->nudged = true;
    pthread_cond_signal(&round->changed);
    pthread_mutex_unlock(&round->lock);
}

bool round_is_ending(struct round *round)
{
    pthread_mutex_lock(&round->lock);
    bool is_ending = round->ending;
    pthread_mutex_unlock(&round->lock);
    return is_ending;
}

void round_close(struct round *round)
{
    pthread_mutex_lock(&round->lock);
    round->ending = true;
    pthread_cond_signal(&round->changed);
    pthread_mutex_unlock(&round->lock);
    if (round->runs) pthread_join(round->thread, NULL);
    pthread_cond_destroy(&round->changed);
    pthread_mutex_destroy(&round->lock);
}
