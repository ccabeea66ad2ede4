#include "engine/engine.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"
#include "engine/replay.h"
#include "engine/sources.h"
#include "measure/province/province.h"

struct engine {
    struct disk *disk;
    char directory[PATH_ROOM];
    int lock;
    struct keys keys;
    struct vault *vault;
    struct ledger *ledger;
    struct state *state;
    uint64_t generation;
    bool ledger_only;
    void (*progress)(void *context, uint64_t done, uint64_t all);
    void *context;

    pthread_mutex_t door;         /* protects the sources below: see engine_door_lock */
    struct sources sources;

    /* `queue_lock` protects what follows, up to `failure`. `state` is touched by the writer while a group is in flight, by
       the owner of the engine otherwise. */
    pthread_mutex_t queue_lock;
    pthread_cond_t queue_changed;
    struct group *first, *last;   /* submitted, in order */
    struct group *spare;          /* done, to be filled again */
    unsigned in_flight;           /* handed out or submitted, not yet done */
    unsigned submitted;           /* submitted, not yet done */
    uint64_t position;
    bool ending, failed;
    struct error failure;
    pthread_t writer;
    bool has_writer;

    /* A group becomes durable in one thread beside its being applied in the writer's. */
    pthread_t keeper;
    bool has_keeper;
    pthread_mutex_t keep_lock;    /* protects the four below */
    pthread_cond_t keep_changed;
    enum { KEEP_IDLE, KEEP_WANTED, KEEP_DONE, KEEP_END } keep;
    const struct group *kept;
    bool is_kept;
    struct error keep_error;
};

void group_entry(struct group *group, uint64_t records)
{
    if (group->count == group->room) {
        group->room = group->room ? group->room * 2 : 1024;
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

/* ---- the writer ---- */

/* Vault before ledger: no entry names what is not there. */
static bool group_keep(struct engine *engine, const struct group *group, struct error *error)
{
    struct str *entries = allocate(group->count * sizeof *entries);
    for (size_t i = 0; i < group->count; i++) entries[i] = group_bytes(group, i);
    bool kept = vault_write(engine->vault, error) && vault_sync(engine->vault, error) &&
                ledger_append(engine->ledger, entries, group->count, error) && ledger_sync(engine->ledger, error);
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
        const struct group *group = engine->kept;
        pthread_mutex_unlock(&engine->keep_lock);
        struct error error = { 0 };
        bool kept = group_keep(engine, group, &error);
        pthread_mutex_lock(&engine->keep_lock);
        engine->is_kept = kept;
        engine->keep_error = error;
        engine->keep = KEEP_DONE;
        pthread_cond_broadcast(&engine->keep_changed);
    }
    pthread_mutex_unlock(&engine->keep_lock);
    return NULL;
}

/* Hands a group to the keeper, or with NULL ends it. */
static void keep_begin(struct engine *engine, const struct group *group)
{
    pthread_mutex_lock(&engine->keep_lock);
    engine->kept = group;
    engine->keep = group ? KEEP_WANTED : KEEP_END;
    pthread_cond_broadcast(&engine->keep_changed);
    pthread_mutex_unlock(&engine->keep_lock);
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

static bool group_apply(struct engine *engine, struct group *group, uint64_t index, struct error *error)
{
    if (engine->ledger_only) return true;
    if (!state_begin(engine->state, error)) return false;
    for (size_t i = 0; i < group->count; i++, index++) {
        struct entry entry;
        if (!entry_read(group_bytes(group, i), &entry, error)) return false;
        if (entry.hold)
            state_skip(engine->state, index, &entry);
        else if (!state_apply(engine->state, index, &entry, APPLY_COUNTS, &group->repeated, error))
            return false;
    }
    return true;
}

/* What is applied before it is durable stands in an open transaction, which is committed only once it is. */
static bool group_write(struct engine *engine, struct group *group, struct error *error)
{
    uint64_t index = ledger_size(engine->ledger);
    group->position = index + group->count;
    if (!group->count) return true;
    struct error apply_error = { 0 };
    keep_begin(engine, group);
    bool applied = group_apply(engine, group, index, &apply_error), kept = keep_wait(engine, error);
    if (applied && kept && (engine->ledger_only || state_commit(engine->state, error))) return true;
    if (kept && !applied) *error = apply_error;
    if (!engine->ledger_only) state_rollback(engine->state);
    return false;
}

static void *writer_run(void *context)
{
    struct engine *engine = context;
    pthread_mutex_lock(&engine->queue_lock);
    for (;;) {
        while (!engine->first && !engine->ending) pthread_cond_wait(&engine->queue_changed, &engine->queue_lock);
        struct group *group = engine->first;
        if (!group) break;
        engine->first = group->next;
        if (!engine->first) engine->last = NULL;
        bool failed = engine->failed;
        pthread_mutex_unlock(&engine->queue_lock);
        struct error error = { 0 };
        bool written = !failed && group_write(engine, group, &error);
        pthread_mutex_lock(&engine->queue_lock);
        if (written)
            engine->position = group->position;
        else if (!failed) {
            engine->failed = true;
            engine->failure = error;
        }
        pthread_mutex_unlock(&engine->queue_lock);
        if (written && group->done) group->done(group->context, group);
        pthread_mutex_lock(&engine->queue_lock);
        engine->submitted--;
        engine->in_flight--;
        group->next = engine->spare;
        engine->spare = group;
        pthread_cond_broadcast(&engine->queue_changed);
    }
    pthread_mutex_unlock(&engine->queue_lock);
    return NULL;
}

struct group *engine_group(struct engine *engine, struct error *error)
{
    pthread_mutex_lock(&engine->queue_lock);
    while (engine->in_flight >= GROUPS_IN_FLIGHT && !engine->failed)
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
    group->next = NULL;
    return group;
}

void engine_submit(struct engine *engine, struct group *group)
{
    pthread_mutex_lock(&engine->queue_lock);
    if (engine->last)
        engine->last->next = group;
    else
        engine->first = group;
    engine->last = group;
    engine->submitted++;
    pthread_cond_broadcast(&engine->queue_changed);
    pthread_mutex_unlock(&engine->queue_lock);
}

void engine_discard(struct engine *engine, struct group *group)
{
    pthread_mutex_lock(&engine->queue_lock);
    group->next = engine->spare;
    engine->spare = group;
    engine->in_flight--;
    pthread_cond_broadcast(&engine->queue_changed);
    pthread_mutex_unlock(&engine->queue_lock);
}

bool engine_wait(struct engine *engine, struct error *error)
{
    pthread_mutex_lock(&engine->queue_lock);
    while (engine->submitted) pthread_cond_wait(&engine->queue_changed, &engine->queue_lock);
    bool failed = engine->failed;
    if (failed) *error = engine->failure;
    pthread_mutex_unlock(&engine->queue_lock);
    return !failed;
}

/* ---- the door ---- */

void engine_door_lock(struct engine *engine)
{
    pthread_mutex_lock(&engine->door);
}

void engine_door_unlock(struct engine *engine)
{
    pthread_mutex_unlock(&engine->door);
}

struct seen *engine_door_seen(struct engine *engine, struct str source)
{
    struct source *known = sources_find(&engine->sources, source);
    return known ? &known->seen : &sources_add(&engine->sources, source)->seen;
}

static void door_source_take(void *context, struct str name, const struct seen *seen)
{
    struct seen *mine = engine_door_seen(context, name);
    if (!seen->count) return;
    mine->spans = reallocate(mine->spans, seen->count * sizeof *mine->spans);
    memcpy(mine->spans, seen->spans, seen->count * sizeof *mine->spans);
    mine->count = mine->room = seen->count;
}

/* From the state, which has applied everything that is in the ledger. */
static void door_fill(struct engine *engine)
{
    engine_door_lock(engine);
    sources_close(&engine->sources);
    state_sources(engine->state, door_source_take, engine);
    engine_door_unlock(engine);
}

bool engine_has_source(struct engine *engine, struct str source)
{
    engine_door_lock(engine);
    struct source *known = sources_find(&engine->sources, source);
    bool has = known && known->seen.count > 0;
    engine_door_unlock(engine);
    return has;
}

/* ---- generations ---- */

static bool generation_open(struct engine *engine, uint64_t generation, struct state **state, struct error *error)
{
    char path[PATH_ROOM];
    return directory_state_path(engine->directory, generation, false, path, error) &&
           engine->disk->make_directory(engine->disk, path, error) &&
           directory_state_path(engine->directory, generation, true, path, error) &&
           (*state = state_open(engine->disk, path, error));
}

static bool generation_remove(struct engine *engine, uint64_t generation, struct error *error)
{
    char path[PATH_ROOM];
    return directory_state_path(engine->directory, generation, false, path, error) && disk_remove_tree(engine->disk, path, error);
}

struct old_generations {
    struct engine *engine;
    uint64_t keep;
};

static void old_generation(void *context, const char *name)
{
    struct old_generations *old = context;
    struct error ignored; /* a leftover costs room, nothing else, and is tried again at the next opening */
    uint64_t generation;
    if (str_number(str_of(name), &generation) && generation != old->keep) generation_remove(old->engine, generation, &ignored);
}

static void generations_clean(struct engine *engine)
{
    char folder[PATH_ROOM];
    struct error ignored;
    struct old_generations old = { engine, engine->generation };
    if (directory_path(engine->directory, "state", folder, &ignored))
        engine->disk->list(engine->disk, folder, old_generation, &old, &ignored);
}

/* Replays into a new folder, then swaps it in. The old one is removed. */
static bool generation_make(struct engine *engine, struct error *error)
{
    uint64_t size = ledger_durable(engine->ledger), next = engine->generation + 1;
    struct state *state = NULL;
    char folder[PATH_ROOM];
    struct decisions *decisions = decisions_read(engine->ledger, size, error);
    bool made = decisions && generation_remove(engine, next, error) && generation_open(engine, next, &state, error) &&
                replay(engine->ledger, state, size, decisions, engine->progress, engine->context, error) &&
                store_settle(state_store(state), error) && directory_state_path(engine->directory, next, false, folder, error) &&
                engine->disk->sync_directory(engine->disk, folder, error) && directory_path(engine->directory, "state", folder, error) &&
                engine->disk->sync_directory(engine->disk, folder, error) &&
                directory_set_generation(engine->disk, engine->directory, next, error);
    decisions_close(decisions);
    if (!made) {
        state_close(state);
        return false;
    }
    state_close(engine->state);
    engine->state = state;
    engine->generation = next;
    generations_clean(engine);
    door_fill(engine);
    pthread_mutex_lock(&engine->queue_lock);
    engine->position = size;
    pthread_mutex_unlock(&engine->queue_lock);
    return true;
}

static bool find_withdrawal(void *context, uint64_t index, struct str bytes, struct error *error)
{
    (void)index;
    struct entry entry;
    if (!entry_read(bytes, &entry, error)) return false;
    if (entry_withdraws(&entry)) *(bool *)context = true;
    return true;
}

/* Brings the state of the present generation up to the ledger; *remake: it cannot be brought, only made anew. */
static bool catch_up(struct engine *engine, bool *remake, struct error *error)
{
    uint64_t size = ledger_durable(engine->ledger);
    *remake = true;
    if (!engine->generation) return true;
    if (!generation_open(engine, engine->generation, &engine->state, error)) return error->code == ERROR_DAMAGE;
    uint64_t position = state_position(engine->state);
    if (position > size)
        return fail(error, ERROR_DAMAGE,
                    "the ledger has %llu entries, but the state was made from %llu: the ledger was cut; restore it from a backup",
                    (unsigned long long)size, (unsigned long long)position);
    bool withdrawn = false;
    if (!ledger_scan(engine->ledger, position, size, find_withdrawal, &withdrawn, error)) return false;
    if (withdrawn) return true;
    struct decisions *decisions = decisions_read(engine->ledger, 0, error);
    bool done = decisions && replay(engine->ledger, engine->state, size, decisions, engine->progress, engine->context, error);
    decisions_close(decisions);
    *remake = !done;
    if (!done) return error->code == ERROR_DAMAGE;
    engine->position = size;
    generations_clean(engine);
    door_fill(engine);
    return true;
}

static bool state_ready(struct engine *engine, struct error *error)
{
    bool remake;
    char folder[PATH_ROOM];
    return directory_path(engine->directory, "state", folder, error) && engine->disk->make_directory(engine->disk, folder, error) &&
           catch_up(engine, &remake, error) && (!remake || generation_make(engine, error));
}

/* From here on nothing is taken any more: what is in memory is not what is on the disk. */
static bool engine_fails(struct engine *engine, const struct error *error)
{
    pthread_mutex_lock(&engine->queue_lock);
    engine->failed = true;
    engine->failure = *error;
    pthread_mutex_unlock(&engine->queue_lock);
    return false;
}

bool engine_rebuild(struct engine *engine, struct error *error)
{
    return engine_wait(engine, error) && generation_make(engine, error);
}

static const struct str withdrawals_source = STR("mingbai:withdrawals");

bool engine_withdraw(struct engine *engine, struct str source, struct str why, uint64_t hold, struct str replacement,
                     struct error *error)
{
    if (!engine_wait(engine, error)) return false;
    if (str_equal(source, withdrawals_source))
        return fail(error, ERROR_USAGE, "a withdrawal cannot be withdrawn: load what was withdrawn again");
    if (!engine_has_source(engine, source))
        return fail(error, ERROR_NOT_FOUND, "nothing of source %.*s counts: `mingbai sources` lists those that do", STR_ARGS(source));
    struct record record = { .kind = &withdrawal_kind };
    record.values[WITHDRAWAL_TARGET].text = source;
    record.present |= 1u << WITHDRAWAL_TARGET;
    struct hash commitment;
    uint64_t number;
    if (!vault_seal(engine->vault, why, &number, &commitment, error)) return false;
    record.values[WITHDRAWAL_WHY] = (struct value){ .number = (int64_t)number, .text = { (char *)commitment.bytes, HASH_BYTES } };
    record.present |= 1u << WITHDRAWAL_WHY;
    if (replacement.length) {
        record.values[WITHDRAWAL_REPLACEMENT].text = replacement;
        record.present |= 1u << WITHDRAWAL_REPLACEMENT;
    }
    if (hold) {
        record.values[WITHDRAWAL_HOLD].number = (int64_t)hold;
        record.present |= 1u << WITHDRAWAL_HOLD;
    }
    struct text packed = { 0 }, bytes = { 0 };
    record_pack(&record, &packed);
    uint64_t size = ledger_size(engine->ledger);
    struct span span = { size, size };
    entry_write(&(struct entry){ .kind = str_of(withdrawal_kind.name), .version = withdrawal_kind.version,
                                 .source = withdrawals_source, .received = moment_now(),
                                 .marks = vault_marks(engine->vault), .count = 1, .spans = &span, .span_count = 1,
                                 .digest = vault_digest(engine->vault, text_str(&packed)), .records = text_str(&packed) },
                &bytes);
    struct str entry = text_str(&bytes);
    bool done = (vault_write(engine->vault, error) && vault_sync(engine->vault, error) &&
                 ledger_append(engine->ledger, &entry, 1, error) && ledger_sync(engine->ledger, error) &&
                 generation_make(engine, error)) ||
                engine_fails(engine, error);
    text_close(&packed);
    text_close(&bytes);
    return done;
}

/* ---- opening and closing ---- */

static void count_name(void *context, const char *name)
{
    (void)name;
    ++*(uint64_t *)context;
}

/* An empty ledger beside a vault or a state that is not empty is a ledger that is missing: going on would throw away what the
   vault holds, as nothing names it any more. */
static bool ledger_is_there(struct engine *engine, const char *ledger_path, struct error *error)
{
    uint64_t segments = 0, states = 0;
    char path[PATH_ROOM];
    bool there;
    struct disk *disk = engine->disk;
    if (!disk->exists(disk, ledger_path, &there, error) || (there && !disk->list(disk, ledger_path, count_name, &segments, error)) ||
        !directory_path(engine->directory, "state", path, error) || !disk->exists(disk, path, &there, error) ||
        (there && !disk->list(disk, path, count_name, &states, error)))
        return false;
    return segments || !states ||
           fail(error, ERROR_DAMAGE, "%s is missing or empty, but what was made from it is there: put it back, or restore a backup", ledger_path);
}

static bool threads_start(struct engine *engine, struct error *error)
{
    engine->has_keeper = !pthread_create(&engine->keeper, NULL, keeper_run, engine);
    engine->has_writer = engine->has_keeper && !pthread_create(&engine->writer, NULL, writer_run, engine);
    return engine->has_writer || fail(error, ERROR_LIMIT, "the system gives no more threads");
}

struct engine *engine_open(const struct engine_options *options, struct error *error)
{
    struct engine *engine = allocate(sizeof *engine);
    engine->disk = options->disk ? options->disk : disk_posix();
    engine->lock = -1;
    engine->ledger_only = options->ledger_only;
    engine->progress = options->progress;
    engine->context = options->context;
    pthread_mutex_init(&engine->door, NULL);
    pthread_mutex_init(&engine->queue_lock, NULL);
    pthread_mutex_init(&engine->keep_lock, NULL);
    pthread_cond_init(&engine->queue_changed, NULL);
    pthread_cond_init(&engine->keep_changed, NULL);
    char ledger_path[PATH_ROOM], vault_path[PATH_ROOM], cache_path[PATH_ROOM];
    snprintf(engine->directory, sizeof engine->directory, "%s", options->directory);
    bool opened = directory_path(options->directory, "ledger", ledger_path, error) &&
                  directory_path(options->directory, "vault", vault_path, error) &&
                  directory_path(options->directory, "cache", cache_path, error) &&
                  directory_keys(engine->disk, options->directory, &engine->keys, error) &&
                  (engine->disk != disk_posix() || directory_lock(options->directory, false, &engine->lock, error)) &&
                  ledger_is_there(engine, ledger_path, error) &&
                  engine->disk->make_directory(engine->disk, cache_path, error) &&
                  (engine->ledger = ledger_open(&(struct ledger_options){ .disk = engine->disk, .directory = ledger_path,
                                                                          .cache = cache_path, .key = &engine->keys.ledger,
                                                                          .segment_bytes = options->segment_bytes,
                                                                          .may_recover = true },
                                                error)) &&
                  directory_generation(engine->disk, options->directory, &engine->generation, error) && state_ready(engine, error) &&
                  (engine->vault = vault_open(engine->disk, vault_path, &engine->keys.vault, state_marks(engine->state), true,
                                              error)) &&
                  threads_start(engine, error);
    if (opened) return engine;
    engine_close(engine);
    return NULL;
}

void engine_close(struct engine *engine)
{
    if (!engine) return;
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
    sources_close(&engine->sources);
    state_close(engine->state);
    if (engine->vault) vault_close(engine->vault);
    if (engine->ledger) ledger_close(engine->ledger);
    directory_unlock(engine->lock);
    pthread_mutex_destroy(&engine->door);
    pthread_mutex_destroy(&engine->queue_lock);
    pthread_mutex_destroy(&engine->keep_lock);
    pthread_cond_destroy(&engine->queue_changed);
    pthread_cond_destroy(&engine->keep_changed);
    free(engine);
}

struct ledger *engine_ledger(struct engine *engine) { return engine->ledger; }
struct vault *engine_vault(struct engine *engine) { return engine->vault; }
const struct keys *engine_keys(const struct engine *engine) { return &engine->keys; }
const char *engine_directory(const struct engine *engine) { return engine->directory; }
struct disk *engine_disk(const struct engine *engine) { return engine->disk; }
uint64_t engine_position(const struct engine *engine)
{
    struct engine *mutable = (struct engine *)engine;
    pthread_mutex_lock(&mutable->queue_lock);
    uint64_t position = engine->position;
    pthread_mutex_unlock(&mutable->queue_lock);
    return position;
}

struct store *engine_reader(struct engine *engine, struct error *error)
{
    char path[PATH_ROOM];
    if (!directory_state_path(engine->directory, engine->generation, true, path, error)) return NULL;
    return store_open(engine->disk, path, STORE_READ, error);
}
