#include "vault/vault.h"

#include <pthread.h>
#include <sodium.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "vault/row.h"
#include "vault/table.h"

enum vault_file { INDEX, PEOPLE, TEXTS, FILES };

static const char *const file_names[FILES] = { "index", "people", "texts" };

enum { BATCH = 64, LOAD_ROWS = 32 * 1024, NEAR_BYTES = 2048 };

/* What is being erased, noted in the file `erasing` before anything is overwritten: should that be cut short, it is done
   again at opening, and a half overwritten row is no damage. */
struct erasure {
    enum vault_file file; /* PEOPLE (and INDEX with it), or TEXTS */
    uint64_t number;
    uint32_t length; /* of the text */
};

/* Locks are taken in the order in which they stand here. */
struct vault {
    struct disk *disk;
    struct text directory, erasing; /* paths, zero-terminated */
    struct vault_keys keys;
    bool may_write;
    struct disk_file *files[FILES];
    struct erasure unfinished; /* found at opening without may_recover; file INDEX: none */

    pthread_mutex_t writing;      /* one vault_write at a time; keeps `taken` in place */
    pthread_mutex_t syncing;      /* one vault_sync at a time: who returns knows that all before is durable */
    pthread_rwlock_t overwriting; /* shared by who reads rows from a file, alone for who erases one */
    pthread_mutex_t additions;    /* all that follows; never held while the disk is used */

    struct table table;
    uint64_t written[FILES];                  /* bytes in the files */
    struct text taken[FILES], added[FILES];   /* on the way there, and added since */
    bool failed;
    struct error failure;

    atomic_bool unsynced[FILES];
};

static bool note_failure(struct vault *vault, const struct error *error)
{
    pthread_mutex_lock(&vault->additions);
    if (!vault->failed) {
        vault->failed = true;
        if (error)
            vault->failure = *error;
    }
    pthread_mutex_unlock(&vault->additions);
    return false;
}

/* With additions held. */
static bool is_sound(const struct vault *vault, struct error *error)
{
    if (vault->failed)
        return fail(error, ERROR_DISK, "the vault takes nothing more until it is opened again, since this failed: %s",
                    vault->failure.says);
    return true;
}

static uint64_t given(const struct vault *vault, enum vault_file file)
{
    return vault->written[file] + vault->taken[file].length + vault->added[file].length;
}

struct vault_marks vault_marks(const struct vault *vault)
{
    pthread_mutex_t *additions = (pthread_mutex_t *)&vault->additions;
    pthread_mutex_lock(additions);
    struct vault_marks marks = { .subjects = given(vault, INDEX) / INDEX_ROW, .text_bytes = given(vault, TEXTS) };
    pthread_mutex_unlock(additions);
    return marks;
}

/* Adding */

static struct blind blind_of(const struct vault *vault, struct str value)
{
    uint8_t hash[crypto_shorthash_siphashx24_BYTES];
    crypto_shorthash_siphashx24(hash, (const uint8_t *)value.at, value.length, vault->keys.blind);
    return (struct blind){ row_get_number(hash), row_get_number(hash + 8) };
}

static uint8_t *room_for_row(struct vault *vault, enum vault_file file, size_t bytes)
{
    uint8_t *row = (uint8_t *)text_room(&vault->added[file], bytes);
    vault->added[file].length += bytes;
    return row;
}

static uint64_t add_person(struct vault *vault, struct blind blind, struct str value)
{
    uint64_t subject = given(vault, INDEX) / INDEX_ROW;
    uint8_t *row = room_for_row(vault, INDEX, INDEX_ROW);
    row_put_number(row + ROW_HEAD, blind.high);
    row_put_number(row + ROW_HEAD + 8, blind.low);
    row_end(row, INDEX_ROW, subject, ROW_LIVE, 0);

    char clear[PERSON_CLEAR] = { (char)value.length };
    memcpy(clear + 1, value.at, value.length);
    row_seal(room_for_row(vault, PEOPLE, PERSON_ROW), subject, SEAL_PERSON, vault->keys.master,
             (struct str){ clear, sizeof clear }, 0, NULL);
    sodium_memzero(clear, sizeof clear);
    table_add(&vault->table, blind, subject);
    return subject;
}

static bool subjects_of_batch(struct vault *vault, const struct str *values, size_t count, uint64_t *subjects,
                              struct error *error)
{
    struct blind blinds[BATCH];
    pthread_mutex_lock(&vault->additions);
    bool sound = is_sound(vault, error);
    for (size_t i = 0; sound && i < count; i++) {
        blinds[i] = blind_of(vault, values[i]);
        table_prefetch(&vault->table, blinds[i]);
    }
    for (size_t i = 0; sound && i < count; i++) {
        subjects[i] = table_find(&vault->table, blinds[i]);
        if (subjects[i] == SUBJECT_NONE)
            subjects[i] = add_person(vault, blinds[i], values[i]);
    }
    pthread_mutex_unlock(&vault->additions);
    return sound;
}

bool vault_subjects(struct vault *vault, const struct str *values, size_t count, uint64_t *subjects, struct error *error)
{
    for (size_t i = 0; i < count; i++)
        if (values[i].length < 1 || values[i].length > VAULT_PERSON_LIMIT)
            return fail(error, ERROR_LIMIT, "a number, account or document has 1 to %d bytes, not %zu", VAULT_PERSON_LIMIT,
                        values[i].length);
    for (size_t done = 0; done < count; done += BATCH) {
        size_t batch = count - done < BATCH ? count - done : BATCH;
        if (!subjects_of_batch(vault, values + done, batch, subjects + done, error))
            return false;
    }
    return true;
}

uint64_t vault_find(struct vault *vault, struct str value)
{
    struct blind blind = blind_of(vault, value);
    pthread_mutex_lock(&vault->additions);
    uint64_t subject = table_find(&vault->table, blind);
    pthread_mutex_unlock(&vault->additions);
    return subject;
}

bool vault_seal(struct vault *vault, struct str text, uint64_t *number, struct hash *commitment, struct error *error)
{
    uint8_t key[VAULT_KEY_BYTES];
    if (text.length > VAULT_TEXT_LIMIT)
        return fail(error, ERROR_LIMIT, "a text has at most %d bytes, not %zu", VAULT_TEXT_LIMIT, text.length);
    pthread_mutex_lock(&vault->additions);
    bool sound = is_sound(vault, error);
    if (sound) {
        *number = given(vault, TEXTS);
        row_seal(room_for_row(vault, TEXTS, TEXT_FRAME + text.length), *number, SEAL_TEXT, vault->keys.master, text,
                 (uint32_t)text.length, key);
    }
    pthread_mutex_unlock(&vault->additions);
    if (sound) {
        *commitment = sha256_two((struct str){ (const char *)key, sizeof key }, text);
        sodium_memzero(key, sizeof key);
    }
    return sound;
}

int64_t vault_digest(const struct vault *vault, struct str content)
{
    uint8_t hash[crypto_shorthash_BYTES];
    crypto_shorthash(hash, (const uint8_t *)content.at, content.length, vault->keys.digest);
    return (int64_t)(row_get_number(hash) & INT64_MAX);
}

/* Writing */

/* With writing held. What is taken stays readable in memory until it is in the files. */
static bool write_added(struct vault *vault, struct error *error)
{
    if (!vault->may_write)
        return fail(error, ERROR_USAGE, "the vault was opened for reading only");
    pthread_mutex_lock(&vault->additions);
    bool sound = is_sound(vault, error);
    for (int file = 0; sound && file < FILES; file++) {
        struct text empty = vault->taken[file];
        vault->taken[file] = vault->added[file];
        vault->added[file] = empty;
    }
    pthread_mutex_unlock(&vault->additions);
    if (!sound)
        return false;

    for (int file = 0; file < FILES; file++) {
        const struct text *taken = &vault->taken[file];
        if (!taken->length)
            continue;
        if (!vault->disk->write(vault->files[file], taken->at, taken->length, vault->written[file], error))
            return note_failure(vault, error);
        atomic_store(&vault->unsynced[file], true);
    }

    pthread_mutex_lock(&vault->additions);
    for (int file = 0; file < FILES; file++) {
        vault->written[file] += vault->taken[file].length;
        vault->taken[file].length = 0;
    }
    pthread_mutex_unlock(&vault->additions);
    return true;
}

/* With syncing held. */
static bool sync_written(struct vault *vault, struct error *error)
{
    pthread_mutex_lock(&vault->additions);
    bool sound = is_sound(vault, error);
    pthread_mutex_unlock(&vault->additions);
    for (int file = 0; sound && file < FILES; file++)
        if (atomic_exchange(&vault->unsynced[file], false) && !vault->disk->sync(vault->files[file], error))
            return note_failure(vault, error);
    return sound;
}

bool vault_write(struct vault *vault, struct error *error)
{
    pthread_mutex_lock(&vault->writing);
    bool done = write_added(vault, error);
    pthread_mutex_unlock(&vault->writing);
    return done;
}

bool vault_sync(struct vault *vault, struct error *error)
{
    pthread_mutex_lock(&vault->syncing);
    bool done = sync_written(vault, error);
    pthread_mutex_unlock(&vault->syncing);
    return done;
}

/* Reading */

/* Up to so many bytes from a file, or from what is on its way there. A row is always wholly in one of them. */
static bool fetch(struct vault *vault, enum vault_file file, uint64_t offset, void *out, size_t bytes, size_t *got,
                  struct error *error)
{
    *got = 0;
    pthread_mutex_lock(&vault->additions);
    uint64_t start = vault->written[file];
    bool in_file = offset < start;
    const struct text *parts[] = { &vault->taken[file], &vault->added[file] };
    for (size_t i = 0; !in_file && !*got && i < sizeof parts / sizeof *parts; start += parts[i++]->length)
        if (offset < start + parts[i]->length) {
            size_t there = (size_t)(start + parts[i]->length - offset);
            *got = there < bytes ? there : bytes;
            memcpy(out, parts[i]->at + (offset - start), *got);
        }
    pthread_mutex_unlock(&vault->additions);
    if (!in_file)
        return true;
    pthread_rwlock_rdlock(&vault->overwriting);
    bool done = vault->disk->read(vault->files[file], out, bytes, offset, got, error);
    pthread_rwlock_unlock(&vault->overwriting);
    return done;
}

static const char *const row_names[FILES] = { "the index row of subject", "the sealed value of subject", "the text at byte" };

static bool fail_damaged(const struct vault *vault, enum vault_file file, uint64_t number, struct error *error)
{
    return fail(error, ERROR_DAMAGE, "%s %llu in %s/%s is not what was written; restore the vault from a backup",
                row_names[file], (unsigned long long)number, vault->directory.at, file_names[file]);
}

static bool fail_gone(enum vault_file file, uint64_t number, struct error *error)
{
    return fail(error, ERROR_NOT_FOUND, "%s %llu was erased or never was", row_names[file], (unsigned long long)number);
}

static bool fail_key(const struct vault *vault, enum vault_file file, uint64_t number, struct error *error)
{
    return fail(error, ERROR_DAMAGE, "%s %llu in %s/%s does not open with these keys; they belong to another vault",
                row_names[file], (unsigned long long)number, vault->directory.at, file_names[file]);
}

static bool is_unfinished(const struct vault *vault, enum vault_file file, uint64_t number)
{
    return vault->unfinished.file == file && vault->unfinished.number == number;
}

bool vault_person(struct vault *vault, uint64_t subject, struct text *out, struct error *error)
{
    uint8_t row[PERSON_ROW], clear[PERSON_CLEAR];
    size_t got;
    if (subject >= vault_marks(vault).subjects || is_unfinished(vault, PEOPLE, subject))
        return fail_gone(PEOPLE, subject, error);
    if (!fetch(vault, PEOPLE, subject * PERSON_ROW, row, sizeof row, &got, error))
        return false;
    enum row_state state = got == sizeof row ? row_state(row, sizeof row, subject) : ROW_TORN;
    if (state == ROW_ERASED)
        return fail_gone(PEOPLE, subject, error);
    if (state == ROW_TORN)
        return fail_damaged(vault, PEOPLE, subject, error);
    if (!row_unseal(row, sizeof row, subject, SEAL_PERSON, vault->keys.master, clear))
        return fail_key(vault, PEOPLE, subject, error);
    must(clear[0] <= VAULT_PERSON_LIMIT);
    text_add(out, (struct str){ (const char *)clear + 1, clear[0] });
    sodium_memzero(clear, sizeof clear);
    return true;
}

/* The whole row of a text into memory at least NEAR_BYTES long, which it may move; ROW_TORN where there is none. */
static bool fetch_text(struct vault *vault, uint64_t number, uint8_t **row, enum row_state *state, struct error *error)
{
    size_t got;
    *state = ROW_TORN;
    if (!fetch(vault, TEXTS, number, *row, NEAR_BYTES, &got, error))
        return false;
    size_t bytes = got < TEXT_FRAME ? SIZE_MAX : TEXT_FRAME + row_length(*row);
    if (bytes > TEXT_FRAME + VAULT_TEXT_LIMIT)
        return true;
    if (bytes > NEAR_BYTES) {
        *row = reallocate(*row, bytes);
        if (!fetch(vault, TEXTS, number, *row, bytes, &got, error))
            return false;
    }
    if (got >= bytes)
        *state = row_state(*row, bytes, number);
    return true;
}

bool vault_text(struct vault *vault, uint64_t number, struct text *out, struct error *error)
{
    if (number >= vault_marks(vault).text_bytes || is_unfinished(vault, TEXTS, number))
        return fail_gone(TEXTS, number, error);
    uint8_t *row = allocate(NEAR_BYTES);
    enum row_state state;
    bool done = fetch_text(vault, number, &row, &state, error);
    uint32_t length = row_length(row);
    if (done && state == ROW_ERASED)
        done = fail_gone(TEXTS, number, error);
    if (done && state == ROW_TORN)
        done = fail_damaged(vault, TEXTS, number, error);
    if (done && !row_unseal(row, TEXT_FRAME + length, number, SEAL_TEXT, vault->keys.master,
                            (uint8_t *)text_room(out, length)))
        done = fail_key(vault, TEXTS, number, error);
    if (done)
        out->length += length;
    free(row);
    return done;
}

/* Erasing */

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

/* With writing and syncing held. */
static bool erase(struct vault *vault, const struct erasure *erasure, struct error *error)
{
    if (!note_erasure(vault, erasure, error))
        return note_failure(vault, error);
    if (erasure->file == PEOPLE) {
        uint8_t row[INDEX_ROW];
        size_t got;
        if (!fetch(vault, INDEX, erasure->number * INDEX_ROW, row, sizeof row, &got, error))
            return note_failure(vault, error);
        pthread_mutex_lock(&vault->additions);
        table_remove(&vault->table,
                     (struct blind){ row_get_number(row + ROW_HEAD), row_get_number(row + ROW_HEAD + 8) });
        pthread_mutex_unlock(&vault->additions);
    }
    pthread_rwlock_wrlock(&vault->overwriting);
    bool done = overwrite(vault, erasure, error);
    pthread_rwlock_unlock(&vault->overwriting);
    return done || note_failure(vault, error);
}

/* The files are made to hold all first: what is only in memory cannot be overwritten there. */
static bool flush_and_erase(struct vault *vault, const struct erasure *erasure, struct error *error)
{
    pthread_mutex_lock(&vault->writing);
    pthread_mutex_lock(&vault->syncing);
    bool done = write_added(vault, error) && sync_written(vault, error) && erase(vault, erasure, error);
    pthread_mutex_unlock(&vault->syncing);
    pthread_mutex_unlock(&vault->writing);
    return done;
}

bool vault_erase_person(struct vault *vault, uint64_t subject, struct error *error)
{
    if (subject >= vault_marks(vault).subjects)
        return fail_gone(PEOPLE, subject, error);
    return flush_and_erase(vault, &(struct erasure){ .file = PEOPLE, .number = subject }, error);
}

bool vault_erase_text(struct vault *vault, uint64_t number, struct error *error)
{
    if (number >= vault_marks(vault).text_bytes)
        return fail_gone(TEXTS, number, error);
    uint8_t *row = allocate(NEAR_BYTES);
    enum row_state state;
    bool done = fetch_text(vault, number, &row, &state, error);
    uint32_t length = row_length(row);
    free(row);
    if (done && state == ROW_TORN)
        done = fail_damaged(vault, TEXTS, number, error);
    return done && flush_and_erase(vault, &(struct erasure){ .file = TEXTS, .number = number, .length = length }, error);
}

/* Opening */

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
        text_format(&path, "%s/%s", vault->directory.at, file_names[file]);
        bool opened = disk->open(disk, text_zero(&path), vault->may_write ? DISK_CREATE : DISK_READ, &vault->files[file], error);
        text_close(&path);
        if (!opened)
            return false;
    }
    return !vault->may_write || (disk->sync_directory(disk, vault->directory.at, error) && sync_parent(vault, error));
}

/* Ends an erasure that was cut short, or remembers it where nothing may be written. */
static bool finish_erasure(struct vault *vault, struct error *error)
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
            return fail(error, ERROR_DAMAGE, "%s/%s has %llu bytes where the ledger needs %llu; restore the vault from a backup",
                        vault->directory.at, file_names[file], (unsigned long long)size, (unsigned long long)ends[file]);
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
    struct blind blinds[BATCH];
    bool adds[BATCH];
    for (size_t i = 0; i < count; i++) {
        const uint8_t *row = rows + i * INDEX_ROW;
        enum row_state state = is_unfinished(vault, PEOPLE, first + i) ? ROW_ERASED : row_state(row, INDEX_ROW, first + i);
        if (state == ROW_TORN)
            return fail_damaged(vault, INDEX, first + i, error);
        adds[i] = state == ROW_LIVE;
        if (adds[i] && *live == SUBJECT_NONE)
            *live = first + i;
        blinds[i] = (struct blind){ row_get_number(row + ROW_HEAD), row_get_number(row + ROW_HEAD + 8) };
        table_prefetch(&vault->table, blinds[i]);
    }
    for (size_t i = 0; i < count; i++)
        if (adds[i])
            table_add(&vault->table, blinds[i], first + i);
    return true;
}

static bool load_index(struct vault *vault, uint64_t *live, struct error *error)
{
    uint64_t subjects = vault->written[INDEX] / INDEX_ROW;
    uint8_t *rows = allocate(LOAD_ROWS * INDEX_ROW);
    size_t got = 0;
    bool done = true;
    table_reserve(&vault->table, subjects + subjects / 8);
    for (uint64_t first = 0; done && first < subjects; first += LOAD_ROWS) {
        size_t count = subjects - first < LOAD_ROWS ? (size_t)(subjects - first) : LOAD_ROWS;
        done = vault->disk->read(vault->files[INDEX], rows, count * INDEX_ROW, first * INDEX_ROW, &got, error);
        if (done && got < count * INDEX_ROW)
            done = fail_damaged(vault, INDEX, first + got / INDEX_ROW, error);
        for (size_t i = 0; done && i < count; i += BATCH)
            done = load_batch(vault, rows + i * INDEX_ROW, first + i, count - i < BATCH ? count - i : BATCH, live, error);
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
        done = fail_key(vault, INDEX, live, error);
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
    if (!open_files(vault, error) || !finish_erasure(vault, error) || !cut_tails(vault, marks, error) ||
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
    table_close(&vault->table);
    text_close(&vault->directory);
    text_close(&vault->erasing);
    sodium_memzero(&vault->keys, sizeof vault->keys);
    free(vault);
}
