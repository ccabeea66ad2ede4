/* Erasing: first what is to be erased is noted in a file of its own, then it is overwritten, then the note is taken away. */
#include <stdlib.h>

#include "base/memory.h"
#include "vault/inside.h"

bool vault_is_unfinished(const struct vault *vault, enum vault_file file, uint64_t number)
{
    return vault->unfinished.file == file && vault->unfinished.number == number;
}

static bool overwrite_row(struct vault *vault, enum vault_file file, uint64_t offset, uint8_t *row, size_t bytes,
                          const struct erasure *erasure, struct error *error)
{
    row_end(row, bytes, erasure->number, ROW_ERASED, erasure->length);
    return vault->disk->write(vault->files[file], row, bytes, offset, error) && vault->disk->sync(vault->files[file], error);
}

/* Safe to repeat. Only when all is durable the note is taken away. */
static bool overwrite(struct vault *vault, const struct erasure *erasure, struct error *error)
{
    uint8_t *row = allocate(TEXT_FRAME + erasure->length + PERSON_ROW);
    uint64_t number = erasure->number;
    bool done = erasure->file == TEXTS
        ? overwrite_row(vault, TEXTS, number, row, TEXT_FRAME + erasure->length, erasure, error)
        : overwrite_row(vault, PEOPLE, number * PERSON_ROW, row, PERSON_ROW, erasure, error) &&
              overwrite_row(vault, INDEX, number * INDEX_ROW, row, INDEX_ROW, erasure, error);
    free(row);
    return done && vault->disk->remove(vault->disk, vault->erasing.at, error) &&
           vault->disk->sync_directory(vault->disk, vault->directory.at, error);
}

static bool note_erasure(struct vault *vault, const struct erasure *erasure, struct error *error)
{
    uint8_t note[ERASURE_ROW];
    row_put_number(note + ROW_HEAD, erasure->number);
    row_put_number(note + ROW_HEAD + 8, erasure->file);
    row_end(note, sizeof note, 0, ROW_LIVE, erasure->length);
    return disk_replace(vault->disk, vault->erasing.at, note, sizeof note, error);
}

/* So that the value, should it appear again, is given a new subject. */
static bool forget_person(struct vault *vault, uint64_t subject, struct error *error)
{
    uint8_t row[INDEX_ROW];
    size_t got;
    if (!vault_fetch(vault, INDEX, subject * INDEX_ROW, row, sizeof row, &got, error))
        return false;
    if (got < sizeof row || row_state(row, sizeof row, subject) == ROW_TORN)
        return vault_fail_damaged(vault, INDEX, subject, error);
    pthread_mutex_lock(&vault->additions);
    blind_remove(&vault->table, vault_row_blind(row));
    pthread_mutex_unlock(&vault->additions);
    return true;
}

/* With writing and syncing held. */
static bool erase(struct vault *vault, const struct erasure *erasure, struct error *error)
{
    if (!note_erasure(vault, erasure, error) ||
        (erasure->file == PEOPLE && !forget_person(vault, erasure->number, error)))
        return vault_note_failure(vault, error);
    pthread_rwlock_wrlock(&vault->overwriting);
    bool done = overwrite(vault, erasure, error);
    pthread_rwlock_unlock(&vault->overwriting);
    return done || vault_note_failure(vault, error);
}

/* The files are made to hold all first: what is only in memory cannot be overwritten there. */
static bool flush_and_erase(struct vault *vault, const struct erasure *erasure, struct error *error)
{
    pthread_mutex_lock(&vault->writing);
    pthread_mutex_lock(&vault->syncing);
    bool done = vault_write_added(vault, error) && vault_sync_written(vault, error) && erase(vault, erasure, error);
    pthread_mutex_unlock(&vault->syncing);
    pthread_mutex_unlock(&vault->writing);
    return done;
}

void vault_hold(struct vault *vault)
{
    pthread_rwlock_rdlock(&vault->overwriting);
}

void vault_release(struct vault *vault)
{
    pthread_rwlock_unlock(&vault->overwriting);
}

bool vault_erase_person(struct vault *vault, uint64_t subject, struct error *error)
{
    if (subject >= vault_marks(vault).subjects)
        return vault_fail_gone(PEOPLE, subject, error);
    return flush_and_erase(vault, &(struct erasure){ .file = PEOPLE, .number = subject }, error);
}

bool vault_erase_text(struct vault *vault, uint64_t number, struct error *error)
{
    if (number >= vault_marks(vault).text_bytes)
        return vault_fail_gone(TEXTS, number, error);
    uint8_t *row = allocate(VAULT_NEAR_BYTES);
    enum row_state state;
    bool done = vault_fetch_text(vault, number, &row, &state, error);
    uint32_t length = row_length(row);
    free(row);
    if (done && state == ROW_TORN)
        done = vault_fail_damaged(vault, TEXTS, number, error);
    return done && flush_and_erase(vault, &(struct erasure){ .file = TEXTS, .number = number, .length = length }, error);
}

bool vault_finish_erasure(struct vault *vault, struct error *error)
{
    bool is_there;
    char *note;
    size_t length;
    if (!vault->disk->exists(vault->disk, vault->erasing.at, &is_there, error))
        return false;
    if (!is_there)
        return true;
    if (!disk_read_all(vault->disk, vault->erasing.at, ERASURE_ROW, &note, &length, error))
        return false;
    const uint8_t *row = (const uint8_t *)note;
    bool whole = length == ERASURE_ROW && row_state(row, length, 0) == ROW_LIVE;
    if (whole)
        vault->unfinished = (struct erasure){ .file = (enum vault_file)row_get_number(row + ROW_HEAD + 8),
                                              .number = row_get_number(row + ROW_HEAD),
                                              .length = row_length(row) };
    free(note);
    if (!whole)
        return fail(error, ERROR_DAMAGE, "%s is not what was written; restore the vault from a backup", vault->erasing.at);
    if (!vault->may_write)
        return true;
    struct erasure erasure = vault->unfinished;
    vault->unfinished = (struct erasure){ 0 };
    return overwrite(vault, &erasure, error);
}
