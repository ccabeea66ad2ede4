#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "vault/inside.h"

const char *const vault_file_names[FILES] = { "index", "people", "texts" };

bool vault_note_failure(struct vault *vault, const struct error *error)
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

struct blind vault_blind(const struct vault *vault, struct str value)
{
    uint8_t hash[crypto_shorthash_siphashx24_BYTES];
    crypto_shorthash_siphashx24(hash, (const uint8_t *)value.at, value.length, vault->keys.blind);
    return (struct blind){ row_get_number(hash), row_get_number(hash + 8) };
}

struct blind vault_row_blind(const uint8_t *index_row)
{
    return (struct blind){ row_get_number(index_row + ROW_HEAD), row_get_number(index_row + ROW_HEAD + 8) };
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
    blind_add(&vault->table, blind, subject);
    return subject;
}

static bool subjects_of_batch(struct vault *vault, const struct str *values, size_t count, uint64_t *subjects,
                              struct error *error)
{
    struct blind blinds[VAULT_BATCH];
    pthread_mutex_lock(&vault->additions);
    bool sound = is_sound(vault, error);
    for (size_t i = 0; sound && i < count; i++) {
        blinds[i] = vault_blind(vault, values[i]);
        blind_prefetch(&vault->table, blinds[i]);
    }
    for (size_t i = 0; sound && i < count; i++) {
        subjects[i] = blind_find(&vault->table, blinds[i]);
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
            return fail_both(error, ERROR_LIMIT, "a number, account or document has 1 to %d bytes, not %zu",
                             "号码、账号或证件号须为 1 至 %d 字节，此处为 %zu 字节", VAULT_PERSON_LIMIT,
                        values[i].length);
    for (size_t done = 0; done < count; done += VAULT_BATCH) {
        size_t batch = count - done < VAULT_BATCH ? count - done : VAULT_BATCH;
        if (!subjects_of_batch(vault, values + done, batch, subjects + done, error))
            return false;
    }
    return true;
}

uint64_t vault_find(struct vault *vault, struct str value)
{
    struct blind blind = vault_blind(vault, value);
    pthread_mutex_lock(&vault->additions);
    uint64_t subject = blind_find(&vault->table, blind);
    pthread_mutex_unlock(&vault->additions);
    return subject;
}

bool vault_seal(struct vault *vault, struct str text, uint64_t *number, struct hash *commitment, struct error *error)
{
    uint8_t key[VAULT_KEY_BYTES];
    if (text.length > VAULT_TEXT_LIMIT)
        return fail_both(error, ERROR_LIMIT, "a text has at most %d bytes, not %zu",
                         "文字最多 %d 字节，此处为 %zu 字节", VAULT_TEXT_LIMIT, text.length);
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

/* What is taken stays readable in memory until it is in the files. */
bool vault_write_added(struct vault *vault, struct error *error)
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
            return vault_note_failure(vault, error);
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

bool vault_sync_written(struct vault *vault, struct error *error)
{
    pthread_mutex_lock(&vault->additions);
    bool sound = is_sound(vault, error);
    pthread_mutex_unlock(&vault->additions);
    for (int file = 0; sound && file < FILES; file++)
        if (atomic_exchange(&vault->unsynced[file], false) && !vault->disk->sync(vault->files[file], error))
            return vault_note_failure(vault, error);
    return sound;
}

bool vault_write(struct vault *vault, struct error *error)
{
    pthread_mutex_lock(&vault->writing);
    bool done = vault_write_added(vault, error);
    pthread_mutex_unlock(&vault->writing);
    return done;
}

bool vault_sync(struct vault *vault, struct error *error)
{
    pthread_mutex_lock(&vault->syncing);
    bool done = vault_sync_written(vault, error);
    pthread_mutex_unlock(&vault->syncing);
    return done;
}

/* Reading */

bool vault_fetch(struct vault *vault, enum vault_file file, uint64_t offset, void *out, size_t bytes, size_t *got,
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

bool vault_fail_damaged(const struct vault *vault, enum vault_file file, uint64_t number, struct error *error)
{
    return fail(error, ERROR_DAMAGE, "%s %llu in %s/%s is not what was written; restore the vault from a backup",
                row_names[file], (unsigned long long)number, vault->directory.at, vault_file_names[file]);
}

bool vault_fail_gone(enum vault_file file, uint64_t number, struct error *error)
{
    static const char *const chinese[FILES] = { "人员", "人员", "文字" };
    return fail_both(error, ERROR_NOT_FOUND, "%s %llu%.0s was erased or never was",
                     "%.0s编号 %llu 的%s已被删除，或从未有过", row_names[file],
                     (unsigned long long)number, chinese[file]);
}

bool vault_fail_key(const struct vault *vault, enum vault_file file, uint64_t number, struct error *error)
{
    return fail(error, ERROR_DAMAGE, "%s %llu in %s/%s does not open with these keys; they belong to another vault",
                row_names[file], (unsigned long long)number, vault->directory.at, vault_file_names[file]);
}

bool vault_person(struct vault *vault, uint64_t subject, struct text *out, struct error *error)
{
    uint8_t row[PERSON_ROW], clear[PERSON_CLEAR];
    size_t got;
    if (subject >= vault_marks(vault).subjects || vault_is_unfinished(vault, PEOPLE, subject))
        return vault_fail_gone(PEOPLE, subject, error);
    if (!vault_fetch(vault, PEOPLE, subject * PERSON_ROW, row, sizeof row, &got, error))
        return false;
    enum row_state state = got == sizeof row ? row_state(row, sizeof row, subject) : ROW_TORN;
    if (state == ROW_ERASED)
        return vault_fail_gone(PEOPLE, subject, error);
    if (state == ROW_TORN)
        return vault_fail_damaged(vault, PEOPLE, subject, error);
    if (!row_unseal(row, sizeof row, subject, SEAL_PERSON, vault->keys.master, clear))
        return vault_fail_key(vault, PEOPLE, subject, error);
    must(clear[0] <= VAULT_PERSON_LIMIT);
    text_add(out, (struct str){ (const char *)clear + 1, clear[0] });
    sodium_memzero(clear, sizeof clear);
    return true;
}

bool vault_fetch_text(struct vault *vault, uint64_t number, uint8_t **row, enum row_state *state, struct error *error)
{
    size_t got;
    *state = ROW_TORN;
    if (!vault_fetch(vault, TEXTS, number, *row, VAULT_NEAR_BYTES, &got, error))
        return false;
    size_t bytes = got < TEXT_FRAME ? SIZE_MAX : TEXT_FRAME + row_length(*row);
    if (bytes > TEXT_FRAME + VAULT_TEXT_LIMIT)
        return true;
    if (bytes > VAULT_NEAR_BYTES) {
        *row = reallocate(*row, bytes);
        if (!vault_fetch(vault, TEXTS, number, *row, bytes, &got, error))
            return false;
    }
    if (got >= bytes)
        *state = row_state(*row, bytes, number);
    return true;
}

bool vault_text(struct vault *vault, uint64_t number, struct text *out, struct error *error)
{
    if (number >= vault_marks(vault).text_bytes || vault_is_unfinished(vault, TEXTS, number))
        return vault_fail_gone(TEXTS, number, error);
    uint8_t *row = allocate(VAULT_NEAR_BYTES);
    enum row_state state;
    bool done = vault_fetch_text(vault, number, &row, &state, error);
    uint32_t length = row_length(row);
    if (done && state == ROW_ERASED)
        done = vault_fail_gone(TEXTS, number, error);
    if (done && state == ROW_TORN)
        done = vault_fail_damaged(vault, TEXTS, number, error);
    if (done) {
        uint8_t *clear = (uint8_t *)text_room(out, (size_t)length + 1); /* an empty text needs a place, too */
        done = row_unseal(row, TEXT_FRAME + length, number, SEAL_TEXT, vault->keys.master, clear) ||
               vault_fail_key(vault, TEXTS, number, error);
    }
    if (done)
        out->length += length;
    free(row);
    return done;
}
