#include "engine/packing.h"

#include <pthread.h>
#include <stdlib.h>

enum { BLOCKS = 4 };

struct packing {
    struct engine *engine;
    struct packing_options options;
    struct group *group;
    /* A batch of a bulk kind under way; always of one source. */
    struct text batch, batch_source, content;
    struct span *spans;
    size_t span_count;
    uint64_t batch_count;
    /* In a ring: those that wait to be packed from `first` on, then the one in hand. */
    struct block blocks[BLOCKS];
    size_t hand;
    uint64_t known_records;  /* in the group, when that was last looked at */
    size_t known_bytes;
    pthread_t thread;
    bool has_thread;
    pthread_mutex_t lock;    /* protects what follows; whoever packs has all above but the block in hand, the other none of it */
    pthread_cond_t changed;
    size_t first, waiting;
    bool is_ending, failed;
    struct error failure;
    uint64_t records;
    size_t bytes;
};

/* ---- packing a block ---- */

static bool group_ready(struct packing *packing, struct error *error)
{
    if (packing->group) return true;
    packing->group = engine_group(packing->engine, error);
    if (!packing->group) return false;
    packing->group->done = packing->options.done;
    packing->group->context = packing->options.context;
    return true;
}

static void entry_add(struct packing *packing, struct str source, const struct span *spans, size_t span_count, uint64_t count, int64_t digest,
                      struct str records)
{
    packed_add(engine_vault(packing->engine), packing->group,
               &(struct packed){ .kind = packing->options.kind, .source = source, .spans = spans, .span_count = span_count, .count = count,
                                 .hold = packing->options.hold, .digest = digest, .records = records });
}

static void batch_end(struct packing *packing)
{
    if (packing->batch_count)
        entry_add(packing, text_str(&packing->batch_source), packing->spans, packing->span_count, packing->batch_count, 0, text_str(&packing->batch));
    packing->batch.length = packing->batch_count = packing->span_count = 0;
}

static void batch_add(struct packing *packing, const struct record *record)
{
    if (packing->batch_count == BATCH_RECORDS || packing->batch.length >= BATCH_BYTES ||
        (packing->batch_count && !str_equal(record->source, text_str(&packing->batch_source))))
        batch_end(packing);
    if (!packing->batch_count) {
        packing->batch_source.length = 0;
        text_add(&packing->batch_source, record->source);
    }
    struct span *last = packing->span_count ? &packing->spans[packing->span_count - 1] : NULL;
    if (last && record->seq == last->high + 1)
        last->high++;
    else
        packing->spans[packing->span_count++] = (struct span){ record->seq, record->seq };
    packing->batch_count++;
    record_pack(record, &packing->batch);
}

static void record_add(struct packing *packing, const struct record *record, int64_t digest)
{
    if (record->kind->bulk) {
        batch_add(packing, record);
        return;
    }
    packing->content.length = 0;
    record_pack(record, &packing->content);
    struct span span = { record->seq, record->seq };
    entry_add(packing, record->source, &span, 1, 1, digest, text_str(&packing->content));
}

static bool block_pack(struct packing *packing, struct block *block, struct error *error)
{
    bool done = !block->count || (group_ready(packing, error) && records_admit(engine_vault(packing->engine), block->records, block->count,
                                                                               &block->arena, error));
    for (size_t i = 0; done && i < block->count; i++) record_add(packing, record_row(block->records, i), block->digests[i]);
    return done;
}

static void block_end(struct packing *packing, struct block *block, bool packed)
{
    if (!packed) packing->options.dropped(packing->options.context, block);
    block->count = 0;
    arena_reset(&block->arena);
}

/* ---- the thread ---- */

static void *packing_run(void *context)
{
    struct packing *packing = context;
    pthread_mutex_lock(&packing->lock);
    for (;;) {
        while (!packing->waiting && !packing->is_ending) pthread_cond_wait(&packing->changed, &packing->lock);
        if (!packing->waiting) break;
        struct block *block = &packing->blocks[packing->first];
        bool failed = packing->failed;
        pthread_mutex_unlock(&packing->lock);
        struct error error = { 0 };
        bool packed = !failed && block_pack(packing, block, &error);
        block_end(packing, block, packed);
        pthread_mutex_lock(&packing->lock);
        if (!packed && !packing->failed) packing->failure = error;
        packing->failed = packing->failed || !packed;
        packing->records = packing->group ? packing->group->records + packing->batch_count : 0;
        packing->bytes = packing->group ? packing->group->bytes.length : 0;
        packing->first = (packing->first + 1) % BLOCKS;
        packing->waiting--;
        pthread_cond_broadcast(&packing->changed);
    }
    pthread_mutex_unlock(&packing->lock);
    return NULL;
}

/* With the lock: waits until at most so many blocks wait. After a failure all blocks are dropped. */
static bool wait_for(struct packing *packing, size_t most, struct error *error)
{
    while (packing->waiting > most) pthread_cond_wait(&packing->changed, &packing->lock);
    packing->known_records = packing->records;
    packing->known_bytes = packing->bytes;
    if (packing->failed) *error = packing->failure;
    return !packing->failed;
}

static bool hand_over(struct packing *packing, struct error *error)
{
    pthread_mutex_lock(&packing->lock);
    packing->waiting++;
    pthread_cond_broadcast(&packing->changed);
    bool done = wait_for(packing, BLOCKS - 1, error);
    packing->hand = (packing->hand + 1) % BLOCKS;
    pthread_mutex_unlock(&packing->lock);
    return done;
}

/* ---- from outside ---- */

/* The one behind the last that is taken may be written as a whole struct record, beyond its own length: hence the tail. */
static void rows_make(const struct packing *packing, struct block *block)
{
    block->records.stride = offsetof(struct record, values) + packing->options.kind->field_count * sizeof(struct value);
    block->records.at = allocate(BLOCK_RECORDS * block->records.stride + sizeof *block->records.at);
}

struct packing *packing_open(struct engine *engine, const struct packing_options *options)
{
    struct packing *packing = allocate(sizeof *packing);
    packing->engine = engine;
    packing->options = *options;
    packing->spans = allocate(BATCH_RECORDS * sizeof *packing->spans);
    rows_make(packing, &packing->blocks[0]);
    pthread_mutex_init(&packing->lock, NULL);
    pthread_cond_init(&packing->changed, NULL);
    return packing;
}

void packing_close(struct packing *packing)
{
    if (!packing) return;
    if (packing->has_thread) {
        pthread_mutex_lock(&packing->lock);
        packing->is_ending = true;
        pthread_cond_broadcast(&packing->changed);
        pthread_mutex_unlock(&packing->lock);
        pthread_join(packing->thread, NULL);
    }
    if (packing->group) engine_discard(packing->engine, packing->group);
    for (size_t i = 0; i < BLOCKS; i++) {
        arena_close(&packing->blocks[i].arena);
        free(packing->blocks[i].records.at);
    }
    text_close(&packing->batch);
    text_close(&packing->batch_source);
    text_close(&packing->content);
    pthread_cond_destroy(&packing->changed);
    pthread_mutex_destroy(&packing->lock);
    free(packing->spans);
    free(packing);
}

struct block *packing_block(struct packing *packing)
{
    return &packing->blocks[packing->hand];
}

bool packing_next(struct packing *packing, struct error *error)
{
    struct block *block = packing_block(packing);
    if (!packing->has_thread && block->count == BLOCK_RECORDS) {
        for (size_t i = 1; i < BLOCKS; i++)
            if (!packing->blocks[i].records.at) rows_make(packing, &packing->blocks[i]);
        packing->has_thread = !pthread_create(&packing->thread, NULL, packing_run, packing);
    }
    if (packing->has_thread) return hand_over(packing, error);
    bool packed = block_pack(packing, block, error);
    block_end(packing, block, packed);
    packing->known_records = packing->group ? packing->group->records : 0;
    packing->known_bytes = packing->group ? packing->group->bytes.length : 0;
    return packed;
}

bool packing_settle(struct packing *packing, struct error *error)
{
    if (!packing->has_thread) return true;
    pthread_mutex_lock(&packing->lock);
    bool done = wait_for(packing, 0, error);
    pthread_mutex_unlock(&packing->lock);
    return done;
}

bool packing_is_full(const struct packing *packing)
{
    return packing->known_records >= GROUP_RECORDS || packing->known_bytes >= GROUP_BYTES;
}

struct group *packing_group(struct packing *packing, struct error *error)
{
    return group_ready(packing, error) ? packing->group : NULL;
}

struct group *packing_take(struct packing *packing)
{
    struct group *group = packing->group;
    if (group) batch_end(packing);
    packing->group = NULL;
    packing->known_records = packing->records = packing->known_bytes = packing->bytes = 0;
    return group;
}
