#include "portal/workers.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/memory.h"

struct job {
    uint64_t address;
    void (*run)(void *context);
    void *context;
};

struct workers {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    pthread_t threads[WORKERS];
    struct job waiting[WAITING_MAX]; /* in their order */
    size_t waiting_count;
    struct job running[WORKERS];     /* run: NULL where a thread has none */
    size_t started, running_count;
    bool is_ending;
};

static size_t count_of(const struct job *jobs, size_t count, uint64_t address)
{
    size_t of_address = 0;
    for (size_t i = 0; i < count; i++) of_address += jobs[i].run && jobs[i].address == address;
    return of_address;
}

/* The first whose address has a thread to spare, or waiting_count. */
static size_t job_ready(const struct workers *workers)
{
    size_t at = 0;
    while (at < workers->waiting_count && count_of(workers->running, WORKERS, workers->waiting[at].address) >= WORKERS_OF_ADDRESS) at++;
    return at;
}

static void *working(void *context)
{
    struct workers *workers = context;
    pthread_mutex_lock(&workers->lock);
    struct job *mine = &workers->running[workers->started++];
    for (;;) {
        size_t at = job_ready(workers);
        if (at == workers->waiting_count) {
            if (workers->is_ending && !workers->waiting_count) break;
            pthread_cond_wait(&workers->changed, &workers->lock);
            continue;
        }
        *mine = workers->waiting[at];
        workers->waiting_count--;
        for (size_t i = at; i < workers->waiting_count; i++) workers->waiting[i] = workers->waiting[i + 1];
        workers->running_count++;
        pthread_mutex_unlock(&workers->lock);
        mine->run(mine->context);
        pthread_mutex_lock(&workers->lock);
        mine->run = NULL;
        workers->running_count--;
        pthread_cond_broadcast(&workers->changed);
    }
    pthread_mutex_unlock(&workers->lock);
    return NULL;
}

struct workers *workers_open(void)
{
    struct workers *workers = allocate(sizeof *workers);
    pthread_mutex_init(&workers->lock, NULL);
    pthread_cond_init(&workers->changed, NULL);
    for (size_t i = 0; i < WORKERS; i++) must(pthread_create(&workers->threads[i], NULL, working, workers) == 0);
    return workers;
}

void workers_close(struct workers *workers)
{
    if (!workers) return;
    pthread_mutex_lock(&workers->lock);
    workers->is_ending = true;
    pthread_cond_broadcast(&workers->changed);
    pthread_mutex_unlock(&workers->lock);
    for (size_t i = 0; i < WORKERS; i++) pthread_join(workers->threads[i], NULL);
    pthread_cond_destroy(&workers->changed);
    pthread_mutex_destroy(&workers->lock);
    free(workers);
}

bool workers_give(struct workers *workers, uint64_t address, void (*run)(void *context), void *context)
{
    pthread_mutex_lock(&workers->lock);
    bool taken = workers->waiting_count < WAITING_MAX &&
                 count_of(workers->waiting, workers->waiting_count, address) < WAITING_OF_ADDRESS;
    if (taken) {
        workers->waiting[workers->waiting_count++] = (struct job){ address, run, context };
        pthread_cond_signal(&workers->changed);
    }
    pthread_mutex_unlock(&workers->lock);
    return taken;
}

void workers_count(struct workers *workers, size_t *waiting, size_t *running)
{
    pthread_mutex_lock(&workers->lock);
    *waiting = workers->waiting_count;
    *running = workers->running_count;
    pthread_mutex_unlock(&workers->lock);
}
