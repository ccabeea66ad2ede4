/* Opening: the files, what of them counts, and the table. */
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "vault/inside.h"

enum { LOAD_ROWS = 32 * 1024 };

/* The folder's own name is made to last, too. */
static bool sync_parent(struct vault *vault, struct error *error)
{
    struct text parent = { 0 };
    const char *slash = strrchr(vault->directory.at, '/');
    size_t length = slash ? (size_t)(slash - vault->directory.at) : 0;
    text_add(&parent, slash ? (struct str){ vault->directory.at, length ? length : 1 } : STR("."));
    bool synced = vault->disk->sync_directory(vault->disk, text_zero(&parent), error);
    text_close(&parent);
    return synced;
}

static bool open_files(struct vault *vault, struct error *error)
{
    struct disk *disk = vault->disk;
    if (vault->may_write && !disk->make_directory(disk, vault->directory.at, error))
        return false;
    for (int file = 0; file < FILES; file++) {
        struct text path = { 0 };
        text_format(&path, "%s/%s", vault->directory.at, vault_file_names[file]);
        enum disk_mode mode = vault->may_write ? DISK_CREATE : DISK_READ;
        bool opened = disk->open(disk, text_zero(&path), mode, &vault->files[file], error);
        text_close(&path);
        if (!opened)
            return false;
    }
    return !vault->may_write || (disk->sync_directory(disk, vault->directory.at, error) && sync_parent(vault, error));
}

/* Cuts what stands behind the marks, whole or not: no entry names it, and whether it would last after a failed sync is
   unknown. Where nothing may be written it is only not used. */
static bool cut_tails(struct vault *vault, struct vault_marks marks, struct error *error)
{
    const uint64_t ends[FILES] = { marks.subjects * INDEX_ROW, marks.subjects * PERSON_ROW, marks.text_bytes };
    for (int file = 0; file < FILES; file++) {
        uint64_t size;
        if (!vault->disk->size(vault->files[file], &size, error))
            return false;
        if (size < ends[file])
            return fail(error, ERROR_DAMAGE, "%s/%s has %llu bytes where the ledger needs %llu: restore a backup",
                        vault->directory.at, vault_file_names[file], (unsigned long long)size,
                        (unsigned long long)ends[file]);
        if (size > ends[file] && vault->may_write &&
            (!vault->disk->truncate(vault->files[file], ends[file], error) || !vault->disk->sync(vault->files[file], error)))
            return false;
        vault->written[file] = ends[file];
    }
    return true;
}

/* Adds a batch of index rows to the table; *live is told the first that was not erased, unless it was before. */
static bool load_batch(struct vault *vault, const uint8_t *rows, uint64_t first, size_t count, uint64_t *live,
                       struct error *error)
{
    struct blind blinds[VAULT_BATCH];
    bool adds[VAULT_BATCH];
    for (size_t i = 0; i < count; i++) {
        const uint8_t *row = rows + i * INDEX_ROW;
        enum row_state state = row_state(row, INDEX_ROW, first + i);
        if (vault_is_unfinished(vault, PEOPLE, first + i))
            state = ROW_ERASED;
        if (state == ROW_TORN)
            return vault_fail_damaged(vault, INDEX, first + i, error);
        adds[i] = state == ROW_LIVE;
        if (adds[i] && *live == SUBJECT_NONE)
            *live = first + i;
        blinds[i] = vault_row_blind(row);
        blind_prefetch(&vault->table, blinds[i]);
    }
    for (size_t i = 0; i < count; i++)
        if (adds[i])
            blind_add(&vault->table, blinds[i], first + i);
    return true;
}

static bool load_index(struct vault *vault, uint64_t *live, struct error *error)
{
    uint64_t subjects = vault->written[INDEX] / INDEX_ROW;
    uint8_t *rows = allocate(LOAD_ROWS * INDEX_ROW);
    size_t got = 0;
    bool done = true;
    blind_reserve(&vault->table, subjects + subjects / 8);
    for (uint64_t first = 0; done && first < subjects; first += LOAD_ROWS) {
        size_t count = subjects - first < LOAD_ROWS ? (size_t)(subjects - first) : LOAD_ROWS;
        done = vault->disk->read(vault->files[INDEX], rows, count * INDEX_ROW, first * INDEX_ROW, &got, error);
        if (done && got < count * INDEX_ROW)
            done = vault_fail_damaged(vault, INDEX, first + got / INDEX_ROW, error);
        for (size_t i = 0; done && i < count; i += VAULT_BATCH) {
            size_t batch = count - i < VAULT_BATCH ? count - i : VAULT_BATCH;
            done = load_batch(vault, rows + i * INDEX_ROW, first + i, batch, live, error);
        }
    }
    free(rows);
    return done;
}

/* Other keys would give every known person a new subject, unseen: one person is led there and back. */
static bool check_keys(struct vault *vault, uint64_t live, struct error *error)
{
    struct text value = { 0 };
    if (live == SUBJECT_NONE)
        return true;
    bool done = vault_person(vault, live, &value, error);
    if (done && vault_find(vault, text_str(&value)) != live)
        done = vault_fail_key(vault, INDEX, live, error);
    if (value.at)
        sodium_memzero(value.at, value.room);
    text_close(&value);
    return done;
}

struct vault *vault_open(struct disk *disk, const char *directory, const struct vault_keys *keys, struct vault_marks marks,
                         bool may_recover, struct error *error)
{
    uint64_t live = SUBJECT_NONE;
    must(sodium_init() >= 0);
    struct vault *vault = allocate(sizeof *vault);
    vault->disk = disk;
    vault->keys = *keys;
    vault->may_write = may_recover;
    text_format(&vault->directory, "%s", directory);
    text_format(&vault->erasing, "%s/erasing", directory);
    text_zero(&vault->directory);
    text_zero(&vault->erasing);
    pthread_mutex_init(&vault->writing, NULL);
    pthread_mutex_init(&vault->syncing, NULL);
    pthread_rwlock_init(&vault->overwriting, NULL);
    pthread_mutex_init(&vault->additions, NULL);
    if (!open_files(vault, error) || !vault_finish_erasure(vault, error) || !cut_tails(vault, marks, error) ||
        !load_index(vault, &live, error) || !check_keys(vault, live, error)) {
        vault_close(vault);
        return NULL;
    }
    return vault;
}

void vault_close(struct vault *vault)
{
    for (int file = 0; file < FILES; file++) {
        if (vault->files[file])
            vault->disk->close(vault->files[file]);
        text_close(&vault->taken[file]);
        text_close(&vault->added[file]);
    }
    pthread_mutex_destroy(&vault->writing);
    pthread_mutex_destroy(&vault->syncing);
    pthread_rwlock_destroy(&vault->overwriting);
    pthread_mutex_destroy(&vault->additions);
    blind_close(&vault->table);
    text_close(&vault->directory);
    text_close(&vault->erasing);
    sodium_memzero(&vault->keys, sizeof vault->keys);
    free(vault);
}
