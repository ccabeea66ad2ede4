#include "portal/watch.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

#include "base/error.h"
#include "base/memory.h"

struct watched {
    struct watch *watch;
    struct watched *next, **place;
    int socket;
    uint64_t address;
    atomic_int_fast64_t until; /* seconds of the monotonic clock; INT64_MAX: no limit, also once it is cut */
};

struct watch {
    pthread_mutex_t lock;
    pthread_cond_t ends;
    pthread_t thread;
    bool is_ending;
    struct watched *first;
    size_t count;
    uint64_t cut;
};

static struct timespec now_exactly(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now;
}

/* The socket is not closed here, only shut: the server then sees its end and closes it. */
static void look_over(struct watch *watch, int64_t now)
{
    for (struct watched *watched = watch->first; watched; watched = watched->next) {
        if (atomic_load_explicit(&watched->until, memory_order_relaxed) > now) continue;
        shutdown(watched->socket, SHUT_RDWR);
        atomic_store_explicit(&watched->until, INT64_MAX, memory_order_relaxed);
        watch->cut++;
    }
}

static void *watching(void *context)
{
    struct watch *watch = context;
    pthread_mutex_lock(&watch->lock);
    while (!watch->is_ending) {
        struct timespec next = now_exactly();
        look_over(watch, next.tv_sec);
        next.tv_sec++;
        pthread_cond_timedwait(&watch->ends, &watch->lock, &next);
    }
    pthread_mutex_unlock(&watch->lock);
    return NULL;
}

struct watch *watch_open(void)
{
    struct watch *watch = allocate(sizeof *watch);
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&watch->ends, &attributes);
    pthread_condattr_destroy(&attributes);
    pthread_mutex_init(&watch->lock, NULL);
    must(pthread_create(&watch->thread, NULL, watching, watch) == 0);
    return watch;
}

void watch_close(struct watch *watch)
{
    if (!watch) return;
    pthread_mutex_lock(&watch->lock);
    watch->is_ending = true;
    pthread_cond_signal(&watch->ends);
    pthread_mutex_unlock(&watch->lock);
    pthread_join(watch->thread, NULL);
    must(!watch->first);
    pthread_cond_destroy(&watch->ends);
    pthread_mutex_destroy(&watch->lock);
    free(watch);
}

struct watched *watch_add(struct watch *watch, int socket, uint64_t address)
{
    struct watched *watched = allocate(sizeof *watched);
    watched->watch = watch;
    watched->socket = socket;
    watched->address = address;
    watch_until(watched, HEADER_SECONDS);
    pthread_mutex_lock(&watch->lock);
    watched->place = &watch->first;
    watched->next = watch->first;
    if (watch->first) watch->first->place = &watched->next;
    watch->first = watched;
    watch->count++;
    pthread_mutex_unlock(&watch->lock);
    return watched;
}

void watch_remove(struct watched *watched)
{
    struct watch *watch = watched->watch;
    pthread_mutex_lock(&watch->lock);
    *watched->place = watched->next;
    if (watched->next) watched->next->place = watched->place;
    watch->count--;
    pthread_mutex_unlock(&watch->lock);
    free(watched);
}

void watch_until(struct watched *watched, int64_t seconds)
{
    atomic_store_explicit(&watched->until, seconds ? now_exactly().tv_sec + seconds : INT64_MAX, memory_order_relaxed);
}

void watch_within(struct watched *watched, int64_t seconds)
{
    int64_t until = now_exactly().tv_sec + seconds;
    if (until < atomic_load_explicit(&watched->until, memory_order_relaxed))
        atomic_store_explicit(&watched->until, until, memory_order_relaxed);
}

uint64_t watched_address(const struct watched *watched)
{
    return watched->address;
}

size_t watch_count(struct watch *watch)
{
    pthread_mutex_lock(&watch->lock);
    size_t count = watch->count;
    pthread_mutex_unlock(&watch->lock);
    return count;
}

uint64_t watch_cut(struct watch *watch)
{
    pthread_mutex_lock(&watch->lock);
    uint64_t cut = watch->cut;
    pthread_mutex_unlock(&watch->lock);
    return cut;
}
