#include "engine/packing.h"

#include <pthread.h>
#include <stdlib.h>

/* Where there are more threads than processors each runs for milliseconds and then waits for as long, and a block is packed in a twentieth of
   one: so many make up for that. Who waits is woken when half of them are there for it, as waking costs as much as a block. */
enum { BLOCKS = 64 };

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
    uint64_t handed_records; /* for the group that nothing ended yet */
    size_t handed_bytes;
    pthread_t thread;
    bool has_thread;
    pthread_mutex_t lock;    /* protects what follows; whoever packs has all above but the block in hand, the other none of it */
    pthread_cond_t changed;
    size_t first, waiting;
    size_t wanted;           /* who hands over waits until no more wait */
    bool is_ending, failed;
    struct error failure;
    uint64_t ticket;         /* of the group submitted last */
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

static bool records_add(struct packing *packing, struct block *block, struct error *error)
{
    if (!block->count && !block->mark.length) return true;
    if (!group_ready(packing, error) ||
        (block->count && !records_admit(engine_vault(packing->engine), block->records, block->count, &block->arena, error)))
        return false;
    for (size_t i = 0; i < block->count; i++) record_add(packing, record_row(block->records, i), block->digests[i]);
    text_add(&packing->group->mark, text_str(&block->mark));
    return true;
}

static uint64_t group_submit(struct packing *packing, struct claim *claim)
{
    struct group *group = packing->group;
    batch_end(packing);
    packing->group = NULL;
    group->claim = packing->options.hold ? NULL : claim; /* nothing of a held load counts when it is durable */
    return engine_submit(packing->engine, group);
}

/* Packs a block and empties it; *ticket becomes that of the group it ended. */
static bool block_pack(struct packing *packing, struct block *block, bool may, uint64_t *ticket, struct error *error)
{
    bool packed = may && records_add(packing, block, error);
    if (packed && block->ends_group && packing->group)
        *ticket = group_submit(packing, block->claim);
    else if (!packed || block->ends_group)
        packing->options.dropped(packing->options.context, block);
    block->count = block->bytes = block->mark.length = 0;
    block->claim = NULL;
    block->ends_group = false;
    arena_reset(&block->arena);
    return packed;
}

/* After a failure nothing more is packed, and what is in the group goes nowhere. */
static void block_done(struct packing *packing, bool packed, const struct error *failure)
{
    if (!packed && !packing->failed) packing->failure = *failure;
    packing->failed = packing->failed || !packed;
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
        bool may = !packing->failed;
        uint64_t ticket = packing->ticket;
        pthread_mutex_unlock(&packing->lock);
        struct error error = { 0 };
        bool packed = block_pack(packing, block, may, &ticket, &error);
        pthread_mutex_lock(&packing->lock);
        block_done(packing, packed, &error);
        packing->ticket = ticket;
        packing->first = (packing->first + 1) % BLOCKS;
        if (--packing->waiting <= packing->wanted) pthread_cond_broadcast(&packing->changed);
    }
    pthread_mutex_unlock(&packing->lock);
    return NULL;
}

/* With the lock: waits until at most so many blocks wait. After a failure all blocks are dropped. */
static bool wait_for(struct packing *packing, size_t most, struct error *error)
{
    packing->wanted = most;
    if (packing->waiting > most) pthread_cond_broadcast(&packing->changed);
    while (packing->waiting > most) pthread_cond_wait(&packing->changed, &packing->lock);
    packing->wanted = 0;
    if (packing->failed) *error = packing->failure;
    return !packing->failed;
}

/* The thread is woken where there is much to do, or something to be submitted. */
static bool hand_over(struct packing *packing, struct error *error)
{
    bool ends_group = packing_block(packing)->ends_group;
    pthread_mutex_lock(&packing->lock);
    if (++packing->waiting >= BLOCKS / 2 || ends_group) pthread_cond_broadcast(&packing->changed);
    bool done = wait_for(packing, packing->waiting == BLOCKS ? BLOCKS / 2 : BLOCKS, error);
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

uint64_t packing_end(struct packing *packing)
{
    if (packing->has_thread) {
        pthread_mutex_lock(&packing->lock);
        packing->is_ending = true;
        pthread_cond_broadcast(&packing->changed);
        pthread_mutex_unlock(&packing->lock);
        pthread_join(packing->thread, NULL);
        packing->has_thread = false;
    }
    if (packing->group) engine_discard(packing->engine, packing->group);
    packing->group = NULL;
    return packing->ticket;
}

void packing_close(struct packing *packing)
{
    for (size_t i = 0; i < BLOCKS; i++) {
        arena_close(&packing->blocks[i].arena);
        text_close(&packing->blocks[i].mark);
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

bool block_is_full(const struct block *block)
{
    return block->count == BLOCK_RECORDS || block->bytes >= BLOCK_BYTES;
}

bool packing_next(struct packing *packing, struct error *error)
{
    struct block *block = packing_block(packing);
    if (!packing->has_thread && block_is_full(block)) {
        for (size_t i = 1; i < BLOCKS; i++)
            if (!packing->blocks[i].records.at) rows_make(packing, &packing->blocks[i]);
        packing->has_thread = !pthread_create(&packing->thread, NULL, packing_run, packing);
    }
    packing->handed_records += block->count;
    packing->handed_bytes += block->bytes;
    if (block->ends_group) packing->handed_records = packing->handed_bytes = 0;
    if (packing->has_thread) return hand_over(packing, error);
    struct error failure = { 0 };
    block_done(packing, block_pack(packing, block, !packing->failed, &packing->ticket, &failure), &failure);
    if (packing->failed) *error = packing->failure;
    return !packing->failed;
}

bool packing_settle(struct packing *packing, uint64_t *ticket, struct error *error)
{
    pthread_mutex_lock(&packing->lock);
    bool done = wait_for(packing, 0, error);
    *ticket = packing->ticket;
    pthread_mutex_unlock(&packing->lock);
    return done;
}

bool packing_is_under_way(const struct packing *packing)
{
    return packing->handed_records > 0;
}

bool packing_is_full(const struct packing *packing)
{
    return packing->handed_records >= GROUP_RECORDS || packing->handed_bytes >= GROUP_BYTES;
}
