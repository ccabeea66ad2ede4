#include "measure/usage/chunks.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "base/error.h"
#include "base/memory.h"

enum { PAGE_BYTES = 4096 };

struct chunks {
    pthread_t thread;
    bool has_thread;
    pthread_mutex_t lock;    /* of what follows */
    pthread_cond_t changed;
    void **ready;
    size_t count, room, wanted;
    bool is_ending;
};

struct chunks *chunks_open(void)
{
    struct chunks *chunks = allocate(sizeof *chunks);
    pthread_mutex_init(&chunks->lock, NULL);
    pthread_cond_init(&chunks->changed, NULL);
    return chunks;
}

void chunks_close(struct chunks *chunks)
{
    if (chunks->has_thread) {
        pthread_mutex_lock(&chunks->lock);
        chunks->is_ending = true;
        pthread_cond_signal(&chunks->changed);
        pthread_mutex_unlock(&chunks->lock);
        pthread_join(chunks->thread, NULL);
    }
    while (chunks->count) chunk_give(chunks->ready[--chunks->count]);
    pthread_cond_destroy(&chunks->changed);
    pthread_mutex_destroy(&chunks->lock);
    free(chunks->ready);
    free(chunks);
}

static void *chunk_make(bool is_huge)
{
    char *room = mmap(NULL, 2 * CHUNK_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    must(room != MAP_FAILED);
    size_t before = (CHUNK_BYTES - (uintptr_t)room % CHUNK_BYTES) % CHUNK_BYTES;
    if (before) munmap(room, before);
    munmap(room + before + CHUNK_BYTES, CHUNK_BYTES - before);
    if (is_huge) madvise(room + before, CHUNK_BYTES, MADV_HUGEPAGE); /* for speed only: a system that has none may refuse */
    return room + before;
}

void *chunk_take(struct chunks *chunks, bool is_crowded)
{
    void *chunk = NULL;
    if (!is_crowded) return chunk_make(false);
    pthread_mutex_lock(&chunks->lock);
    if (chunks->wanted) chunks->wanted--;
    if (chunks->count) chunk = chunks->ready[--chunks->count];
    pthread_mutex_unlock(&chunks->lock);
    return chunk ? chunk : chunk_make(true);
}

void chunk_give(void *chunk)
{
    munmap(chunk, CHUNK_BYTES);
}

/* ---- beforehand ---- */

static void *touched(void)
{
    volatile char *chunk = chunk_make(true);
    for (size_t at = 0; at < CHUNK_BYTES; at += PAGE_BYTES) chunk[at] = 0;
    return (void *)chunk;
}

static void *run(void *context)
{
    struct chunks *chunks = context;
    pthread_mutex_lock(&chunks->lock);
    for (;;) {
        while (chunks->count >= chunks->wanted && !chunks->is_ending) pthread_cond_wait(&chunks->changed, &chunks->lock);
        if (chunks->is_ending) break;
        pthread_mutex_unlock(&chunks->lock);
        void *chunk = touched();
        pthread_mutex_lock(&chunks->lock);
        if (chunks->count == chunks->room) {
            chunks->room = chunks->room ? chunks->room * 2 : 64;
            chunks->ready = reallocate(chunks->ready, chunks->room * sizeof *chunks->ready);
        }
        chunks->ready[chunks->count++] = chunk;
    }
    pthread_mutex_unlock(&chunks->lock);
    return NULL;
}

void chunks_want(struct chunks *chunks, size_t count)
{
    pthread_mutex_lock(&chunks->lock);
    chunks->wanted = count;
    if (count > chunks->count) pthread_cond_signal(&chunks->changed);
    pthread_mutex_unlock(&chunks->lock);
    if (count && !chunks->has_thread) chunks->has_thread = !pthread_create(&chunks->thread, NULL, run, chunks); /* for speed only */
}

uint64_t chunks_bytes(struct chunks *chunks)
{
    pthread_mutex_lock(&chunks->lock);
    uint64_t bytes = (uint64_t)chunks->count * CHUNK_BYTES;
    pthread_mutex_unlock(&chunks->lock);
    return bytes;
}
