/* Opening: the files, what of them counts, and the table; and checking all that is there. */
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "vault/inside.h"

enum { LOAD_ROWS = 32 * 1024, CHECK_BYTES = 1024 * 1024 };

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
    return !vault->may_write || (disk->sync_directory(disk, vault->directory.at, error) &&
                                 disk_sync_above(disk, vault->directory.at, error));
}

/* What the file `form` holds, to the byte. */
#define FORM "mingbai vault 1\n"

static bool read_form(struct vault *vault, const char *path, struct error *error)
{
    bool is_there;
    char *form;
    size_t length;
    if (!vault->disk->exists(vault->disk, path, &is_there, error))
        return false;
    if (is_there && disk_read_all(vault->disk, path, sizeof FORM, &form, &length, NULL)) {
        bool is_known = str_equal((struct str){ form, length }, STR(FORM));
        free(form);
        if (is_known)
            return true;
    }
    return fail(error, ERROR_CONFLICT, "the vault in %s is of another form than this version of mingbai reads: the file form in "
                "it is not the one of this version; use the version that made it, or restore a backup", vault->directory.at);
}

/* An empty vault is given the form of this version, each time it is opened: whether what a failed opening wrote lasts is
   unknown. Any other must have it. */
static bool settle_form(struct vault *vault, struct error *error)
{
    bool is_empty = true, done = true;
    struct text path = { 0 };
    for (int file = 0; done && file < FILES; file++) {
        uint64_t size = 0;
        done = vault->disk->size(vault->files[file], &size, error);
        is_empty = is_empty && size == 0;
    }
    text_format(&path, "%s/form", vault->directory.at);
    if (done && !is_empty)
        done = read_form(vault, text_zero(&path), error);
    else if (done && vault->may_write)
        done = disk_replace(vault->disk, text_zero(&path), FORM, strlen(FORM), error);
    text_close(&path);
    return done;
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
    if (!open_files(vault, error) || !settle_form(vault, error) || !vault_finish_erasure(vault, error) ||
        !cut_tails(vault, marks, error) || !load_index(vault, &live, error) || !check_keys(vault, live, error)) {
        vault_close(vault);
        return NULL;
    }
    return vault;
}

/* Checking */

/* The bytes of the row at a place of a file, of which so many are there; SIZE_MAX where that is not known. */
static size_t row_bytes(const struct vault *vault, enum vault_file file, uint64_t offset, const uint8_t *row, size_t there)
{
    static const size_t fixed[FILES] = { INDEX_ROW, PERSON_ROW, 0 };
    if (fixed[file])
        return fixed[file];
    if (vault_is_unfinished(vault, file, offset))
        return TEXT_FRAME + vault->unfinished.length;
    return there < ROW_HEAD ? SIZE_MAX : TEXT_FRAME + row_length(row);
}

static bool check_row(const struct vault *vault, enum vault_file file, uint64_t number, const uint8_t *row, size_t bytes,
                      uint8_t *clear, struct error *error)
{
    if (vault_is_unfinished(vault, file == INDEX ? PEOPLE : file, number))
        return true;
    enum row_state state = row_state(row, bytes, number);
    if (state == ROW_TORN)
        return vault_fail_damaged(vault, file, number, error);
    return state == ROW_ERASED || file == INDEX ||
           row_unseal(row, bytes, number, file == PEOPLE ? SEAL_PERSON : SEAL_TEXT, vault->keys.master, clear) ||
           vault_fail_key(vault, file, number, error);
}

/* Checks the rows that are whole in a piece of a file, and tells how many bytes they have. */
static bool check_piece(const struct vault *vault, enum vault_file file, uint64_t offset, const uint8_t *piece, size_t length,
                        uint8_t *clear, size_t *checked, struct error *error)
{
    static const uint64_t units[FILES] = { INDEX_ROW, PERSON_ROW, 1 };
    for (*checked = 0; *checked < length;) {
        const uint8_t *row = piece + *checked;
        uint64_t number = (offset + *checked) / units[file];
        size_t there = length - *checked, bytes = row_bytes(vault, file, offset + *checked, row, there);
        if (bytes > there && *checked > 0)
            return true;
        if (bytes > there) /* a piece has room for the longest */
            return vault_fail_damaged(vault, file, number, error);
        if (!check_row(vault, file, number, row, bytes, clear, error))
            return false;
        *checked += bytes;
    }
    return true;
}

bool vault_check(struct vault *vault, struct error *error)
{
    size_t room = CHECK_BYTES + TEXT_FRAME + VAULT_TEXT_LIMIT, got = 0, checked = 0;
    uint8_t *piece = allocate(room), *clear = allocate(room);
    bool done = true;
    for (int file = 0; done && file < FILES; file++) {
        pthread_mutex_lock(&vault->additions);
        uint64_t end = vault->written[file];
        pthread_mutex_unlock(&vault->additions);
        for (uint64_t offset = 0; done && offset < end; offset += checked) {
            size_t wanted = end - offset < room ? (size_t)(end - offset) : room;
            done = vault_fetch(vault, (enum vault_file)file, offset, piece, wanted, &got, error) &&
                   (got > 0 || fail(error, ERROR_DAMAGE, "%s/%s ends before its end: restore a backup", vault->directory.at,
                                    vault_file_names[file])) &&
                   check_piece(vault, (enum vault_file)file, offset, piece, got, clear, &checked, error);
        }
    }
    sodium_memzero(clear, room);
    free(clear);
    free(piece);
    return done;
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
