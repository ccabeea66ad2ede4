/* Generations of the state: each is replayed from the ledger into a folder of its own, beside the present one and while that
   one goes on; then the writer is held for a moment, and the new one takes its place. */
#include <stdio.h>

#include "engine/inside.h"
#include "engine/write.h"
#include "engine/replay.h"
#include "measure/province/province.h"

/* The last so many entries, or fewer, are replayed while the writer is held. */
enum { LAST_ENTRIES = 2048 };

static bool generation_open(struct engine *engine, uint64_t generation, struct state **state, struct error *error)
{
    char folder[PATH_ROOM], path[PATH_ROOM];
    return directory_state_path(engine->directory, generation, false, folder, error) &&
           engine->disk->make_directory(engine->disk, folder, error) &&
           directory_state_path(engine->directory, generation, true, path, error) &&
           (*state = state_open(engine->disk, path, error)) &&
           (engine->ledger_only || state_keep(*state, engine->disk, folder, engine->ledger, engine->snapshot_records, error));
}

static bool generation_remove(struct engine *engine, uint64_t generation, struct error *error)
{
    char path[PATH_ROOM];
    return directory_state_path(engine->directory, generation, false, path, error) && disk_remove_tree(engine->disk, path, error);
}

static void old_generation(void *context, const char *name)
{
    struct engine *engine = context;
    struct error ignored; /* a leftover costs room, nothing else, and is tried again at the next opening */
    uint64_t generation;
    if (str_number(str_of(name), &generation) && generation != atomic_load(&engine->generation))
        generation_remove(engine, generation, &ignored);
}

static void generations_clean(struct engine *engine)
{
    char folder[PATH_ROOM];
    struct error ignored;
    if (directory_path(engine->directory, "state", folder, &ignored))
        engine->disk->list(engine->disk, folder, old_generation, engine, &ignored);
}

/* All that is known of the state is told anew: what depends on any kind may have changed. */
static void position_set(struct engine *engine, uint64_t position)
{
    pthread_mutex_lock(&engine->queue_lock);
    engine->position = position;
    for (size_t i = 0; i < engine->kind_count; i++) engine->newest[i] = position;
    pthread_mutex_unlock(&engine->queue_lock);
}

/* ---- making one ---- */

struct remake {
    struct engine *engine;
    uint64_t generation;
    struct state *state;
    struct decisions *decisions;
    const struct entry *withdrawal; /* appended at the swap; NULL: none */
};

/* Up to what is durable by now. */
static bool follow(struct remake *remake, struct error *error)
{
    struct engine *engine = remake->engine;
    return replay(engine->ledger, remake->state, ledger_durable(engine->ledger), remake->decisions, engine->progress,
                  engine->context, error);
}

static uint64_t behind(const struct remake *remake)
{
    return ledger_durable(remake->engine->ledger) - state_position(remake->state);
}

/* Follows the writer until little is left, or it is as quick as the replay. */
static bool follow_closely(struct remake *remake, struct error *error)
{
    for (uint64_t left, before = UINT64_MAX; (left = behind(remake)) > LAST_ENTRIES && left <= before / 2; before = left)
        if (!follow(remake, error)) return false;
    return true;
}

static bool names_sync(struct remake *remake, struct error *error)
{
    struct engine *engine = remake->engine;
    char folder[PATH_ROOM];
    return directory_state_path(engine->directory, remake->generation, false, folder, error) &&
           engine->disk->sync_directory(engine->disk, folder, error) && directory_path(engine->directory, "state", folder, error) &&
           engine->disk->sync_directory(engine->disk, folder, error);
}

static bool append(struct engine *engine, const struct entry *entry, struct error *error)
{
    struct text bytes = { 0 };
    entry_write(entry, &bytes);
    struct str written = text_str(&bytes);
    bool done = vault_write(engine->vault, error) && vault_sync(engine->vault, error) &&
                ledger_append(engine->ledger, &written, 1, error) && ledger_sync(engine->ledger, error);
    text_close(&bytes);
    return done;
}

/* The withdrawal's number is its entry's. */
static bool withdrawal_append(struct engine *engine, const struct entry *withdrawal, struct error *error)
{
    struct entry entry = *withdrawal;
    uint64_t size = ledger_size(engine->ledger);
    struct span span = { size, size };
    entry.spans = &span;
    entry.received = moment_now();
    entry.marks = vault_marks(engine->vault);
    return append(engine, &entry, error);
}

/* With the writer held: what is left, the withdrawal, and the new state is the one that counts on the disk. Nothing has
   happened where it fails before the withdrawal; after it there is no way back. */
static bool finish(struct remake *remake, struct error *error)
{
    struct engine *engine = remake->engine;
    if (!follow(remake, error)) return false;
    if (remake->withdrawal && (!withdrawal_append(engine, remake->withdrawal, error) || !follow(remake, error)))
        return engine_fail(engine, error);
    return (store_settle(state_store(remake->state), error) &&
            directory_set_generation(engine->disk, engine->directory, remake->generation, error)) ||
           (remake->withdrawal ? engine_fail(engine, error) : false);
}

/* The new one counts from here on. Readers of the old one keep their open files. */
static void swap(struct remake *remake)
{
    struct engine *engine = remake->engine;
    struct state *old = engine->state;
    pthread_mutex_lock(&engine->queue_lock);
    engine->state = remake->state;
    pthread_mutex_unlock(&engine->queue_lock);
    remake->state = old;
    atomic_store(&engine->generation, remake->generation);
    door_renew(&engine->door, engine->state);
    position_set(engine, state_position(engine->state));
}

static bool generation_make(struct engine *engine, struct decisions *decisions, const struct entry *withdrawal, struct error *error)
{
    struct remake remake = { .engine = engine, .generation = atomic_load(&engine->generation) + 1, .decisions = decisions,
                             .withdrawal = withdrawal };
    bool made = generation_remove(engine, remake.generation, error) &&
                generation_open(engine, remake.generation, &remake.state, error) && follow(&remake, error) &&
                store_settle(state_store(remake.state), error) && state_snapshot(remake.state, false, error) && names_sync(&remake, error) && follow_closely(&remake, error) &&
                writer_hold(engine, error);
    if (made) {
        made = finish(&remake, error);
        if (made) swap(&remake);
        writer_release(engine);
    }
    state_close(remake.state);
    if (made) generations_clean(engine);
    return made;
}

static bool generation_remake(struct engine *engine, struct error *error)
{
    struct decisions *decisions = decisions_read(engine->ledger, ledger_durable(engine->ledger), error);
    bool made = decisions && generation_make(engine, decisions, NULL, error);
    decisions_close(decisions);
    return made;
}

bool engine_rebuild(struct engine *engine, struct error *error)
{
    pthread_mutex_lock(&engine->remaking);
    bool made = generation_remake(engine, error);
    pthread_mutex_unlock(&engine->remaking);
    return made;
}

/* ---- at opening ---- */

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
    uint64_t size = ledger_durable(engine->ledger), generation = atomic_load(&engine->generation);
    *remake = true;
    if (!generation) return true;
    if (!generation_open(engine, generation, &engine->state, error)) return error->code == ERROR_DAMAGE;
    uint64_t position = state_position(engine->state);
    if (position > size)
        return fail(error, ERROR_DAMAGE,
                    "the ledger has %llu entries, but the state was made from %llu: the ledger was cut; restore it from a backup",
                    (unsigned long long)size, (unsigned long long)position);
    bool withdrawn = false;
    if (!ledger_scan(engine->ledger, position, size, find_withdrawal, &withdrawn, error)) return false;
    if (withdrawn) return true;
    struct decisions *decisions = decisions_of_state(state_store(engine->state), error);
    bool done = decisions && replay_kept(engine->ledger, state_keepers(engine->state), position, decisions, error) &&
                replay(engine->ledger, engine->state, size, decisions, engine->progress, engine->context, error);
    decisions_close(decisions);
    *remake = !done;
    if (!done) return error->code == ERROR_DAMAGE;
    position_set(engine, size);
    generations_clean(engine);
    door_renew(&engine->door, engine->state);
    return true;
}

bool state_ready(struct engine *engine, struct error *error)
{
    bool remake;
    char folder[PATH_ROOM];
    if (!directory_path(engine->directory, "state", folder, error) || !engine->disk->make_directory(engine->disk, folder, error) ||
        !catch_up(engine, &remake, error))
        return false;
    if (!remake) return true;
    *error = (struct error){ 0 }; /* what was wrong with the old one is mended by the new one */
    return generation_remake(engine, error);
}

/* ---- withdrawing ---- */

static const struct str withdrawals_source = STR("mingbai:withdrawals");

/* With `remaking`: who comes second sees what the first did. */
static bool withdraw(struct engine *engine, struct str source, struct str why, uint64_t hold, struct str replacement, struct error *error)
{
    if (!door_has(&engine->door, source))
        return fail_both(error, ERROR_NOT_FOUND, "nothing of source %.*s counts: `mingbai sources` lists those that do",
                         "来源 %.*s 没有计入的记录：`mingbai sources` 列出计入的来源", STR_ARGS(source));
    struct record record = { .kind = &withdrawal_kind, .present = 1u << WITHDRAWAL_TARGET | 1u << WITHDRAWAL_WHY };
    record.values[WITHDRAWAL_TARGET].text = source;
    struct hash commitment;
    uint64_t number;
    if (!vault_seal(engine->vault, why, &number, &commitment, error)) return false;
    record.values[WITHDRAWAL_WHY] = (struct value){ .number = (int64_t)number, .text = { (char *)commitment.bytes, HASH_BYTES } };
    if (replacement.length) {
        record.values[WITHDRAWAL_REPLACEMENT].text = replacement;
        record.present |= 1u << WITHDRAWAL_REPLACEMENT;
    }
    if (hold) {
        record.values[WITHDRAWAL_HOLD].number = (int64_t)hold;
        record.present |= 1u << WITHDRAWAL_HOLD;
    }
    struct text packed = { 0 };
    record_pack(&record, &packed);
    struct entry entry = { .kind = str_of(withdrawal_kind.name), .version = withdrawal_kind.version, .source = withdrawals_source,
                           .count = 1, .span_count = 1, .digest = vault_digest(engine->vault, text_str(&packed)),
                           .records = text_str(&packed) };
    struct decisions *decisions = decisions_read(engine->ledger, ledger_durable(engine->ledger), error);
    if (decisions) decisions_expect(decisions, source, hold);
    bool done = decisions && generation_make(engine, decisions, &entry, error);
    decisions_close(decisions);
    text_close(&packed);
    return done;
}

bool engine_withdraw(struct engine *engine, struct str source, struct str why, uint64_t hold, struct str replacement,
                     struct error *error)
{
    if (str_equal(source, withdrawals_source))
        return fail_both(error, ERROR_USAGE, "a withdrawal cannot be withdrawn: load what was withdrawn again",
                         "撤回不能再撤回：请重新装入被撤回的文件");
    if (str_equal(source, STR(PORTAL_SOURCE)))
        return fail_both(error, ERROR_USAGE, "mingbai:portal holds people's cases and cannot be withdrawn: each person may withdraw their own",
                         "mingbai:portal 是用户在网站上提交的投诉，不能整体撤回：由本人各自撤回");
    pthread_mutex_lock(&engine->remaking);
    bool done = withdraw(engine, source, why, hold, replacement, error);
    pthread_mutex_unlock(&engine->remaking);
    return done;
}
