/* Groups on their way: the queue, the writer that applies them in rounds, the keeper that makes a round durable meanwhile. */
#include <stdlib.h>

#include "base/memory.h"
#include "engine/inside.h"

void group_entry(struct group *group, uint64_t records)
{
    if (group->count == group->room) {
        group->room = group->room ? group->room * 2 : 16;
        group->ends = reallocate(group->ends, group->room * sizeof *group->ends);
    }
    group->ends[group->count++] = group->bytes.length;
    group->records += records;
}

static struct str group_bytes(const struct group *group, size_t entry)
{
    size_t start = entry ? group->ends[entry - 1] : 0;
    return (struct str){ group->bytes.at + start, group->ends[entry] - start };
}

static void group_free(struct group *group)
{
    text_close(&group->bytes);
    text_close(&group->mark);
    free(group->ends);
    free(group);
}

/* ---- a round: groups that are made durable at once ---- */

static size_t round_entries(const struct group *round)
{
    size_t count = 0;
    for (; round; round = round->next) count += round->count;
    return count;
}

/* Vault before ledger: no entry names what is not there. */
static bool round_keep(struct engine *engine, const struct group *round, struct error *error)
{
    struct str *entries = allocate(round_entries(round) * sizeof *entries);
    size_t count = 0;
    for (const struct group *group = round; group; group = group->next)
        for (size_t i = 0; i < group->count; i++) entries[count++] = group_bytes(group, i);
    bool kept = vault_write(engine->vault, error) && vault_sync(engine->vault, error) &&
                ledger_append(engine->ledger, entries, count, error) && ledger_sync(engine->ledger, error);
    free(entries);
    return kept;
}

static void *keeper_run(void *context)
{
    struct engine *engine = context;
    pthread_mutex_lock(&engine->keep_lock);
    for (;;) {
        while (engine->keep != KEEP_WANTED && engine->keep != KEEP_END)
            pthread_cond_wait(&engine->keep_changed, &engine->keep_lock);
        if (engine->keep == KEEP_END) break;
        const struct group *round = engine->kept;
        pthread_mutex_unlock(&engine->keep_lock);
        struct error error = { 0 };
        bool kept = round_keep(engine, round, &error);
        pthread_mutex_lock(&engine->keep_lock);
        engine->is_kept = kept;
        engine->keep_error = error;
        engine->keep = KEEP_DONE;
        pthread_mutex_unlock(&engine->keep_lock);
        pthread_cond_broadcast(&engine->keep_changed);
        pthread_mutex_lock(&engine->keep_lock);
    }
    pthread_mutex_unlock(&engine->keep_lock);
    return NULL;
}

/* Hands a round to the keeper, or with NULL ends it. */
static void keep_begin(struct engine *engine, const struct group *round)
{
    pthread_mutex_lock(&engine->keep_lock);
    engine->kept = round;
    engine->keep = round ? KEEP_WANTED : KEEP_END;
    pthread_mutex_unlock(&engine->keep_lock);
    pthread_cond_broadcast(&engine->keep_changed);
}

static bool keep_wait(struct engine *engine, struct error *error)
{
    pthread_mutex_lock(&engine->keep_lock);
    while (engine->keep != KEEP_DONE) pthread_cond_wait(&engine->keep_changed, &engine->keep_lock);
    engine->keep = KEEP_IDLE;
    bool kept = engine->is_kept;
    if (!kept) *error = engine->keep_error;
    pthread_mutex_unlock(&engine->keep_lock);
    return kept;
}

static bool round_apply(struct engine *engine, struct group *round, uint64_t index, struct error *error)
{
    if (engine->ledger_only) return true;
    struct str *entries = allocate(round_entries(round) * sizeof *entries);
    size_t count = 0;
    for (const struct group *group = round; group; group = group->next)
        for (size_t i = 0; i < group->count; i++) entries[count++] = group_bytes(group, i);
    state_pending(engine->state, entries, index, count);
    bool done = state_begin(engine->state, error);
    count = 0;
    for (struct group *group = round; done && group; group = group->next)
        for (size_t i = 0; done && i < group->count; i++, index++) {
            struct entry entry;
            done = entry_read(entries[count++], &entry, error);
            if (done && entry.hold)
                state_skip(engine->state, index, &entry);
            else
                done = done && state_apply(engine->state, index, &entry, APPLY_COUNTS, &group->repeated, error);
        }
    state_pending(engine->state, NULL, 0, 0);
    free(entries);
    return done;
}

static uint64_t round_records(const struct group *round)
{
    uint64_t count = 0;
    for (; round; round = round->next) count += round->records;
    return count;
}

/* What is applied before it is durable stands in an open transaction, which is committed only once it is. A few records are applied in less time
   than it takes to wake the keeper. */
enum { SMALL_ROUND = 1000 };
static bool round_write(struct engine *engine, struct group *round, struct error *error)
{
    uint64_t index = ledger_size(engine->ledger), end = index;
    for (struct group *group = round; group; group = group->next) group->position = end += group->count;
    if (end == index) return true;
    struct error apply_error = { 0 };
    bool is_small = round_records(round) < SMALL_ROUND;
    if (!is_small) keep_begin(engine, round);
    bool applied = round_apply(engine, round, index, &apply_error);
    bool kept = is_small ? round_keep(engine, round, error) : keep_wait(engine, error);
    if (applied && kept && (engine->ledger_only || state_commit(engine->state, error))) return true;
    if (kept && !applied) *error = apply_error;
    if (!engine->ledger_only) state_rollback(engine->state);
    return false;
}

/* ---- the writer ---- */

/* As many as wait and are small enough together; at least one. With the queue lock. */
static struct group *round_take(struct engine *engine)
{
    struct group *round = engine->first, *end = round;
    for (size_t bytes = round->bytes.length; end->next && bytes + end->next->bytes.length <= GROUP_BYTES; end = end->next)
        bytes += end->next->bytes.length;
    engine->first = end->next;
    if (!engine->first) engine->last = NULL;
    end->next = NULL;
    return round;
}

/* Everybody sees what was written, in the order: readers, the door, the submitters. */
static void round_tell(struct engine *engine, struct group *round)
{
    pthread_mutex_lock(&engine->queue_lock);
    for (struct group *group = round; group; group = group->next) engine->position = group->position;
    for (size_t i = 0; i < engine->kind_count; i++) {
        uint64_t newest = state_newest(engine->state, engine->kinds[i]);
        if (newest > engine->newest[i]) engine->newest[i] = newest;
    }
    pthread_mutex_unlock(&engine->queue_lock);
    for (struct group *group = round; group; group = group->next) {
        if (group->claim) door_keep(&engine->door, group->claim);
        group->claim = NULL;
        if (group->done) group->done(group->context, group);
    }
}

static void round_give_back(struct engine *engine, struct group *round)
{
    for (struct group *group = round; group; group = group->next) {
        if (group->claim) door_give_back(&engine->door, group->claim);
        group->claim = NULL;
    }
}

/* With the queue lock. */
static void round_end(struct engine *engine, struct group *round, bool written)
{
    for (struct group *group = round, *next; group; group = next) {
        next = group->next;
        engine->passed++;
        if (written) engine->written++;
        if (group->is_small) {
            group_free(group);
            continue;
        }
        engine->in_flight--;
        engine->bytes_in_flight -= group->bytes.length;
        group->next = engine->spare;
        engine->spare = group;
    }
    engine->in_round = false;
}

/* Readers that look at an older state may keep it from being written now: then after a later round. */
static bool snapshot_write(struct engine *engine, struct error *error)
{
    return state_snapshot(engine->state, false, error) || error->code == ERROR_BUSY;
}

static void *writer_run(void *context)
{
    struct engine *engine = context;
    pthread_mutex_lock(&engine->queue_lock);
    for (;;) {
        while ((!engine->first || engine->is_held) && !engine->ending) pthread_cond_wait(&engine->queue_changed, &engine->queue_lock);
        if (!engine->first) break;
        struct group *round = round_take(engine);
        bool failed = engine->failed;
        engine->in_round = true;
        pthread_mutex_unlock(&engine->queue_lock);
        struct error error = { 0 };
        bool written = !failed && (round_write(engine, round, &error) || engine_fail(engine, &error));
        if (written)
            round_tell(engine, round);
        else
            round_give_back(engine, round);
        if (written && !engine->ledger_only && !snapshot_write(engine, &error)) engine_fail(engine, &error);
        pthread_mutex_lock(&engine->queue_lock);
        round_end(engine, round, written);
        pthread_mutex_unlock(&engine->queue_lock);
        pthread_cond_broadcast(&engine->queue_changed);
        pthread_mutex_lock(&engine->queue_lock);
    }
    pthread_mutex_unlock(&engine->queue_lock);
    return NULL;
}

bool engine_fail(struct engine *engine, const struct error *error)
{
    pthread_mutex_lock(&engine->queue_lock);
    if (!engine->failed) engine->failure = *error;
    engine->failed = true;
    pthread_cond_broadcast(&engine->queue_changed);
    pthread_mutex_unlock(&engine->queue_lock);
    door_fail(&engine->door, error);
    return false;
}

bool writer_hold(struct engine *engine, struct error *error)
{
    pthread_mutex_lock(&engine->queue_lock);
    engine->is_held = true;
    while (engine->in_round) pthread_cond_wait(&engine->queue_changed, &engine->queue_lock);
    bool failed = engine->failed;
    if (failed) *error = engine->failure;
    pthread_mutex_unlock(&engine->queue_lock);
    if (failed) writer_release(engine);
    return !failed;
}

void writer_release(struct engine *engine)
{
    pthread_mutex_lock(&engine->queue_lock);
    engine->is_held = false;
    pthread_cond_broadcast(&engine->queue_changed);
    pthread_mutex_unlock(&engine->queue_lock);
}

bool writer_start(struct engine *engine, struct error *error)
{
    engine->has_keeper = !pthread_create(&engine->keeper, NULL, keeper_run, engine);
    engine->has_writer = engine->has_keeper && !pthread_create(&engine->writer, NULL, writer_run, engine);
    return engine->has_writer || fail(error, ERROR_LIMIT, "the system gives no more threads");
}

void writer_end(struct engine *engine)
{
    if (engine->has_writer) {
        pthread_mutex_lock(&engine->queue_lock);
        engine->ending = true;
        pthread_cond_broadcast(&engine->queue_changed);
        pthread_mutex_unlock(&engine->queue_lock);
        pthread_join(engine->writer, NULL);
    }
    if (engine->has_keeper) {
        keep_begin(engine, NULL);
        pthread_join(engine->keeper, NULL);
    }
    for (struct group *group = engine->spare, *next; group; group = next) {
        next = group->next;
        group_free(group);
    }
}

/* ---- submitters ---- */

struct group *engine_group(struct engine *engine, struct error *error)
{
    pthread_mutex_lock(&engine->queue_lock);
    while ((engine->in_flight >= GROUPS_IN_FLIGHT || engine->bytes_in_flight >= BYTES_IN_FLIGHT) && !engine->failed)
        pthread_cond_wait(&engine->queue_changed, &engine->queue_lock);
    bool failed = engine->failed;
    struct group *group = NULL;
    if (failed) {
        *error = engine->failure;
    } else {
        group = engine->spare;
        if (group) engine->spare = group->next;
        engine->in_flight++;
    }
    pthread_mutex_unlock(&engine->queue_lock);
    if (failed) return NULL;
    if (!group) group = allocate(sizeof *group);
    group->bytes.length = group->mark.length = group->count = 0;
    group->records = group->repeated = 0;
    group->done = NULL;
    group->next = NULL;
    return group;
}

struct group *engine_small_group(void)
{
    struct group *group = allocate(sizeof *group);
    group->is_small = true;
    return group;
}

uint64_t engine_submit(struct engine *engine, struct group *group)
{
    pthread_mutex_lock(&engine->queue_lock);
    if (engine->last)
        engine->last->next = group;
    else
        engine->first = group;
    engine->last = group;
    if (!group->is_small) engine->bytes_in_flight += group->bytes.length;
    uint64_t ticket = ++engine->submitted;
    pthread_mutex_unlock(&engine->queue_lock);
    pthread_cond_broadcast(&engine->queue_changed);
    return ticket;
}

void engine_discard(struct engine *engine, struct group *group)
{
    if (group->is_small) {
        group_free(group);
        return;
    }
    pthread_mutex_lock(&engine->queue_lock);
    group->next = engine->spare;
    engine->spare = group;
    engine->in_flight--;
    pthread_cond_broadcast(&engine->queue_changed);
    pthread_mutex_unlock(&engine->queue_lock);
}

bool engine_wait_for(struct engine *engine, uint64_t ticket, struct error *error)
{
    pthread_mutex_lock(&engine->queue_lock);
    while (engine->passed < ticket) pthread_cond_wait(&engine->queue_changed, &engine->queue_lock);
    bool written = ticket <= engine->written;
    if (!written) *error = engine->failure;
    pthread_mutex_unlock(&engine->queue_lock);
    return written;
}
