#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"
#include "engine/inside.h"

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

static bool generation_find(struct engine *engine, struct error *error)
{
    uint64_t generation;
    if (!directory_generation(engine->disk, engine->directory, &generation, error)) return false;
    atomic_store(&engine->generation, generation);
    return true;
}

struct engine *engine_open(const struct engine_options *options, struct error *error)
{
    struct engine *engine = allocate(sizeof *engine);
    engine->disk = options->disk ? options->disk : disk_posix();
    engine->lock = -1;
    engine->ledger_only = options->ledger_only;
    engine->snapshot_records = options->snapshot_records;
    engine->progress = options->progress;
    engine->context = options->context;
    engine->kind_count = kinds_all(engine->kinds);
    door_open(&engine->door);
    pthread_mutex_init(&engine->remaking, NULL);
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
                  generation_find(engine, error) && state_ready(engine, error) &&
                  (engine->vault = vault_open(engine->disk, vault_path, &engine->keys.vault, state_marks(engine->state), true,
                                              error)) &&
                  writer_start(engine, error);
    if (opened) return engine;
    engine_close(engine);
    return NULL;
}

void engine_close(struct engine *engine)
{
    if (!engine) return;
    struct error ignored; /* without a snapshot the next opening replays more */
    writer_end(engine);
    if (engine->has_writer && !engine->failed && !engine->ledger_only) state_snapshot(engine->state, true, &ignored);
    state_close(engine->state);
    if (engine->vault) vault_close(engine->vault);
    if (engine->ledger) ledger_close(engine->ledger);
    directory_unlock(engine->lock);
    door_close(&engine->door);
    pthread_mutex_destroy(&engine->remaking);
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
struct door *engine_door(struct engine *engine) { return &engine->door; }
uint64_t engine_generation(const struct engine *engine) { return atomic_load(&engine->generation); }

bool engine_has_source(struct engine *engine, struct str source)
{
    return door_has(&engine->door, source);
}

static uint64_t published(const struct engine *engine, const uint64_t *number)
{
    struct engine *mutable = (struct engine *)engine;
    pthread_mutex_lock(&mutable->queue_lock);
    uint64_t value = *number;
    pthread_mutex_unlock(&mutable->queue_lock);
    return value;
}

uint64_t engine_position(const struct engine *engine)
{
    return published(engine, &engine->position);
}

uint64_t engine_newest(const struct engine *engine, const struct kind *kind)
{
    size_t i = 0;
    while (i < engine->kind_count && engine->kinds[i] != kind) i++;
    must(i < engine->kind_count);
    return published(engine, &engine->newest[i]);
}

bool engine_has_failed(const struct engine *engine, struct error *failure)
{
    struct engine *mutable = (struct engine *)engine;
    pthread_mutex_lock(&mutable->queue_lock);
    bool failed = engine->failed;
    if (failed) *failure = engine->failure;
    pthread_mutex_unlock(&mutable->queue_lock);
    return failed;
}

/* A generation whose number still counts after it was opened was whole while it was: only then are its files removed. */
struct store *engine_reader(struct engine *engine, struct error *error)
{
    for (;;) {
        uint64_t generation = engine_generation(engine);
        char path[PATH_ROOM];
        if (!directory_state_path(engine->directory, generation, true, path, error)) return NULL;
        struct store *store = store_open(engine->disk, path, STORE_READ, error);
        if (engine_generation(engine) == generation) return store;
        if (store) store_close(store);
    }
}

struct keeper *engine_kept(struct engine *engine, const struct measure *measure)
{
    pthread_mutex_lock(&engine->queue_lock);
    struct keeper *keeper = keepers_take(state_keepers(engine->state), measure);
    pthread_mutex_unlock(&engine->queue_lock);
    return keeper;
}

/* A transaction sees the state as of its first reading. */
bool engine_still(struct engine *engine, struct store *reader, struct hash *kept, struct error *error)
{
    uint64_t position;
    if (!writer_hold(engine, error)) return false;
    bool done = store_begin(reader, error) && state_stored_position(reader, &position, error);
    *kept = state_kept_digest(engine->state);
    writer_release(engine);
    return done;
}
