#include "ledger/ledger.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "ledger/note.h"
#include "ledger/parts.h"

enum { OUT_BYTES = 1024 * 1024, CHECKPOINTS_TO_REST = 256 };
static const uint64_t usual_segment_bytes = UINT64_C(256) * 1024 * 1024;

static char *copy(const char *string)
{
    size_t bytes = strlen(string) + 1;

    return memcpy(allocate(bytes), string, bytes);
}

static void free_ledger(struct ledger *ledger)
{
    if (ledger->newest)
        newest_close(ledger->newest);
    if (ledger->tail)
        ledger->disk->close(ledger->tail);
    cache_close(&ledger->cache);
    segments_close(&ledger->segments);
    text_close(&ledger->note);
    text_close(&ledger->out);
    pthread_mutex_destroy(&ledger->lock);
    free(ledger->directory);
    free(ledger);
}

struct ledger *ledger_open(const struct ledger_options *options, struct error *error)
{
    struct ledger *ledger = allocate(sizeof(*ledger));

    ledger->disk = options->disk;
    ledger->directory = copy(options->directory);
    ledger->key = *options->key;
    ledger->may_write = options->may_recover;
    ledger->segment_bytes = options->segment_bytes ? options->segment_bytes : usual_segment_bytes;
    pthread_mutex_init(&ledger->lock, NULL);
    if (cache_open(&ledger->cache, options->disk, options->cache, error) && ledger_recover(ledger, error))
        return ledger;
    free_ledger(ledger);
    return NULL;
}

/* Nothing that was acknowledged depends on what is done here: it makes the next opening quick. */
void ledger_close(struct ledger *ledger)
{
    if (ledger->may_write && !atomic_load(&ledger->failed) && ledger->tree.size == ledger->durable.size &&
        newest_rest(ledger->newest, NULL) && newest_write(ledger->newest, text_str(&ledger->note), NULL))
        ledger_vouch(ledger, NULL);
    free_ledger(ledger);
}

static bool has_failed(struct ledger *ledger)
{
    atomic_store(&ledger->failed, true);
    return false;
}

static bool is_usable(const struct ledger *ledger, struct error *error)
{
    if (atomic_load(&ledger->failed))
        return fail(error, ERROR_DISK, "the ledger in %s failed earlier and takes nothing more: start the program again, it "
                    "goes on from the last entry that was acknowledged", ledger->directory);
    return ledger->may_write ||
           fail(error, ERROR_USAGE, "the ledger in %s was opened for reading only: nothing is appended to it", ledger->directory);
}

bool ledger_vouch(struct ledger *ledger, struct error *error)
{
    ledger->mark.before = segments_sum(&ledger->segments, ledger->mark.segment);
    return cache_vouch(&ledger->cache, &ledger->mark, error);
}

bool ledger_begin_segment(struct ledger *ledger, struct error *error)
{
    uint64_t first = ledger->tree.size, before = ledger->tail_bytes;

    if (!segment_open(ledger->disk, ledger->directory, first, DISK_CREATE, &ledger->tail, error))
        return false;
    ledger->tail_first = first;
    ledger->tail_bytes = 0;
    ledger->is_named = false;
    pthread_mutex_lock(&ledger->lock);
    if (ledger->segments.count > 0)
        ledger->segments.at[ledger->segments.count - 1].bytes = before;
    segments_add(&ledger->segments, (struct segment){ .first = first });
    pthread_mutex_unlock(&ledger->lock);
    return true;
}

/* The last segment and its name. */
static bool sync_tail(struct ledger *ledger, struct error *error)
{
    if (!ledger->disk->sync(ledger->tail, error) ||
        (!ledger->is_named && !ledger->disk->sync_directory(ledger->disk, ledger->directory, error)))
        return false;
    ledger->is_named = true;
    return true;
}

/* A segment that another follows is whole: it is synced before the next is made. */
static bool roll(struct ledger *ledger, struct error *error)
{
    if (!sync_tail(ledger, error) || !ledger_vouch(ledger, error))
        return false;
    ledger->disk->close(ledger->tail);
    ledger->tail = NULL;
    return ledger_begin_segment(ledger, error);
}

static bool write_out(struct ledger *ledger, struct error *error)
{
    if (!ledger->disk->write(ledger->tail, ledger->out.at, ledger->out.length, ledger->tail_bytes, error))
        return false;
    ledger->tail_bytes += ledger->out.length;
    ledger->out.length = 0;
    return true;
}

bool ledger_put_checkpoint(struct ledger *ledger, struct error *error)
{
    struct checkpoint checkpoint = { ledger->tree.size, tree_root(&ledger->tree) };

    ledger->note.length = 0;
    if (!note_add(&ledger->note, &ledger->key, &checkpoint, error))
        return false;
    ledger->mark = (struct cache_mark){
        .size = checkpoint.size,
        .segment = ledger->tail_first,
        .offset = ledger->tail_bytes + ledger->out.length,
    };
    frame_add(&ledger->out, FRAME_CHECKPOINT, text_str(&ledger->note));
    return write_out(ledger, error) && cache_flush(&ledger->cache, error);
}

static bool put_entries(struct ledger *ledger, const struct str *entries, size_t count, struct error *error)
{
    ledger->out.length = 0;
    if (ledger->tail_bytes >= ledger->segment_bytes && ledger->tail_first < ledger->tree.size && !roll(ledger, error))
        return false;
    for (size_t i = 0; i < count; i++) {
        struct hash leaf = hash_leaf(entries[i]);
        tree_add(&ledger->tree, &leaf, &ledger->cache.new_hashes);
        if (!cache_add(&ledger->cache, ledger->tail_bytes + ledger->out.length, error))
            return false;
        frame_add(&ledger->out, FRAME_ENTRY, entries[i]);
        if (ledger->out.length >= OUT_BYTES && !write_out(ledger, error))
            return false;
    }
    return ledger_put_checkpoint(ledger, error);
}

bool ledger_append(struct ledger *ledger, const struct str *entries, size_t count, struct error *error)
{
    if (!is_usable(ledger, error))
        return false;
    for (size_t i = 0; i < count; i++)
        if (entries[i].length > LEDGER_ENTRY_LIMIT)
            return fail(error, ERROR_LIMIT, "an entry of %zu bytes is too large for the ledger: at most %d are taken",
                        entries[i].length, LEDGER_ENTRY_LIMIT);
    if (count == 0)
        return true;
    if (!put_entries(ledger, entries, count, error))
        return has_failed(ledger);
    atomic_store(&ledger->size, ledger->tree.size);
    return true;
}

/* The segment and its name are durable before `newest` speaks of what is in it. */
static bool make_durable(struct ledger *ledger, struct error *error)
{
    if (!sync_tail(ledger, error) || !newest_write(ledger->newest, text_str(&ledger->note), error))
        return false;
    if (++ledger->since_rest < CHECKPOINTS_TO_REST)
        return true;
    ledger->since_rest = 0;
    return newest_rest(ledger->newest, error);
}

void ledger_publish(struct ledger *ledger)
{
    struct checkpoint durable = { ledger->tree.size, tree_root(&ledger->tree) };

    pthread_mutex_lock(&ledger->lock);
    ledger->durable = durable;
    pthread_mutex_unlock(&ledger->lock);
    atomic_store(&ledger->size, durable.size);
    atomic_store(&ledger->durable_size, durable.size);
}

bool ledger_sync(struct ledger *ledger, struct error *error)
{
    if (!is_usable(ledger, error))
        return false;
    if (ledger->tree.size == ledger->durable.size)
        return true;
    if (!make_durable(ledger, error))
        return has_failed(ledger);
    ledger_publish(ledger);
    return true;
}

uint64_t ledger_size(const struct ledger *ledger)
{
    return atomic_load(&ledger->size);
}

uint64_t ledger_durable(const struct ledger *ledger)
{
    return atomic_load(&ledger->durable_size);
}

uint64_t ledger_torn(const struct ledger *ledger)
{
    return ledger->torn;
}
