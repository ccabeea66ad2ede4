/* The vault: who comes first has the lower number, and what was erased is gone. Crashes are tried in vault_crash_test.c. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "vault/table.h"
#include "vault/vault.h"

#include <cmocka.h>

enum { INDEX_ROW = 24, PERSON_ROW = 128, TEXT_FRAME = 56, FILE_LIMIT = 64 * 1024 * 1024 };

static const struct vault_keys keys = {
    .master = "one master key of thirty-two by",
    .blind = "a blind key 16b",
    .digest = "a digest key",
};

/* A vault in a folder of its own. */
struct place {
    struct disk *disk;
    char directory[64];
    struct error error;
};

static void place_open(struct place *place)
{
    const char *root = getenv("TMPDIR");
    *place = (struct place){ .disk = disk_posix() };
    snprintf(place->directory, sizeof place->directory, "%s/vault-XXXXXX", root ? root : "/tmp");
    assert_non_null(mkdtemp(place->directory));
}

static void place_close(struct place *place)
{
    assert_true(disk_remove_tree(place->disk, place->directory, NULL));
}

static struct vault *open_vault(struct place *place, struct vault_marks marks)
{
    struct vault *vault = vault_open(place->disk, place->directory, &keys, marks, true, &place->error);
    if (!vault)
        print_error("%s\n", place->error.says);
    assert_non_null(vault);
    return vault;
}

static struct vault *reopen(struct place *place, struct vault *vault)
{
    struct vault_marks marks = vault_marks(vault);
    assert_true(vault_write(vault, &place->error) && vault_sync(vault, &place->error));
    vault_close(vault);
    return open_vault(place, marks);
}

static uint64_t subject_of(struct vault *vault, const char *value)
{
    struct str string = str_of(value);
    uint64_t subject;
    assert_true(vault_subjects(vault, &string, 1, &subject, NULL));
    return subject;
}

static uint64_t seal(struct vault *vault, const char *text)
{
    uint64_t number;
    struct hash commitment;
    assert_true(vault_seal(vault, str_of(text), &number, &commitment, NULL));
    return number;
}

static void assert_person(struct vault *vault, uint64_t subject, const char *value)
{
    struct text out = { 0 };
    struct error error = { 0 };
    if (!vault_person(vault, subject, &out, &error))
        fail_msg("%s", error.says);
    assert_string_equal(text_zero(&out), value);
    text_close(&out);
}

static void assert_text(struct vault *vault, uint64_t number, const char *value)
{
    struct text out = { 0 };
    struct error error = { 0 };
    if (!vault_text(vault, number, &out, &error))
        fail_msg("%s", error.says);
    assert_string_equal(text_zero(&out), value);
    text_close(&out);
}

static void assert_gone(struct vault *vault, bool (*read)(struct vault *, uint64_t, struct text *, struct error *),
                        uint64_t number)
{
    struct text out = { 0 };
    struct error error = { 0 };
    assert_false(read(vault, number, &out, &error));
    assert_int_equal(error.code, ERROR_NOT_FOUND);
    assert_int_equal(out.length, 0);
    text_close(&out);
}

static char *read_file(struct place *place, const char *name, size_t *length)
{
    char path[96], *bytes;
    snprintf(path, sizeof path, "%s/%s", place->directory, name);
    assert_true(disk_read_all(place->disk, path, FILE_LIMIT, &bytes, length, NULL));
    return bytes;
}

static bool file_holds(struct place *place, const char *name, const void *bytes, size_t length)
{
    size_t all;
    char *file = read_file(place, name, &all);
    bool holds = memmem(file, all, bytes, length) != NULL;
    free(file);
    return holds;
}

static void flip(struct place *place, const char *name, uint64_t offset)
{
    char path[96];
    uint8_t byte;
    size_t got;
    struct disk_file *file;
    snprintf(path, sizeof path, "%s/%s", place->directory, name);
    assert_true(place->disk->open(place->disk, path, DISK_WRITE, &file, NULL));
    assert_true(place->disk->read(file, &byte, 1, offset, &got, NULL) && got == 1);
    byte ^= 4;
    assert_true(place->disk->write(file, &byte, 1, offset, NULL));
    place->disk->close(file);
}

static void test_first_appearance(void **state)
{
    struct place place;
    place_open(&place);
    struct vault *vault = open_vault(&place, (struct vault_marks){ 0 });
    struct str values[] = { STR("13800000001"), STR("13800000002"), STR("13800000001"), STR("320100199001011234") };
    uint64_t subjects[4];
    assert_true(vault_subjects(vault, values, 4, subjects, NULL));
    assert_int_equal(subjects[0], 0);
    assert_int_equal(subjects[1], 1);
    assert_int_equal(subjects[2], 0);
    assert_int_equal(subjects[3], 2);
    assert_person(vault, 2, "320100199001011234");
    assert_true(vault_write(vault, NULL));
    assert_int_equal(subject_of(vault, "x"), 3);
    for (int round = 0; round < 2; round++) {
        assert_int_equal(vault_find(vault, STR("13800000002")), 1);
        assert_int_equal(vault_find(vault, STR("13800000003")), UINT64_MAX);
        assert_int_equal(vault_marks(vault).subjects, 4);
        assert_person(vault, 1, "13800000002");
        assert_person(vault, 3, "x");
        assert_gone(vault, vault_person, 4);
        vault = reopen(&place, vault);
    }
    assert_int_equal(subject_of(vault, "320100199001011234"), 2);
    assert_int_equal(subject_of(vault, "13800000004"), 4);
    vault_close(vault);
    place_close(&place);
    (void)state;
}

static void test_nothing_is_told(void **state)
{
    struct place place;
    size_t length;
    place_open(&place);
    struct vault *vault = open_vault(&place, (struct vault_marks){ 0 });
    subject_of(vault, "13800000001");
    subject_of(vault, "a");
    subject_of(vault, "0123456789012345678901234567890123456789012345678901234567890123");
    seal(vault, "I was never told what this costs");
    vault = reopen(&place, vault);
    free(read_file(&place, "people", &length));
    assert_int_equal(length, 3 * PERSON_ROW);
    free(read_file(&place, "index", &length));
    assert_int_equal(length, 3 * INDEX_ROW);
    assert_false(file_holds(&place, "people", "138000", 6));
    assert_false(file_holds(&place, "index", "138000", 6));
    assert_false(file_holds(&place, "texts", "never", 5));
    vault_close(vault);
    place_close(&place);
    (void)state;
}

static void test_value_limits(void **state)
{
    struct place place;
    char long_value[VAULT_PERSON_LIMIT + 2] = { 0 };
    memset(long_value, '7', VAULT_PERSON_LIMIT + 1);
    place_open(&place);
    struct vault *vault = open_vault(&place, (struct vault_marks){ 0 });
    struct str values[] = { STR("13800000001"), { long_value, VAULT_PERSON_LIMIT + 1 }, { NULL, 0 } };
    uint64_t subjects[3];
    assert_false(vault_subjects(vault, values, 2, subjects, &place.error));
    assert_int_equal(place.error.code, ERROR_LIMIT);
    assert_false(vault_subjects(vault, values + 2, 1, subjects, &place.error));
    assert_int_equal(place.error.code, ERROR_LIMIT);
    assert_int_equal(vault_marks(vault).subjects, 0);
    long_value[VAULT_PERSON_LIMIT] = 0;
    assert_person(vault, subject_of(vault, long_value), long_value);
    vault_close(vault);
    place_close(&place);
    (void)state;
}

static void test_texts(void **state)
{
    static const size_t lengths[] = { 0, 1, 100, 1991, 1992, 1993, 5000, VAULT_TEXT_LIMIT };
    enum { COUNT = sizeof lengths / sizeof *lengths };
    struct place place;
    uint64_t numbers[COUNT];
    struct hash first, second;
    char *longest = allocate(VAULT_TEXT_LIMIT + 1);
    for (size_t i = 0; i < VAULT_TEXT_LIMIT + 1; i++)
        longest[i] = (char)('a' + i * i % 23);
    place_open(&place);
    struct vault *vault = open_vault(&place, (struct vault_marks){ 0 });
    for (size_t i = 0; i < COUNT; i++) {
        assert_true(vault_seal(vault, (struct str){ longest, lengths[i] }, &numbers[i], &first, NULL));
        if (i % 3 == 0)
            assert_true(vault_write(vault, NULL));
    }
    for (int round = 0; round < 2; round++) {
        for (size_t i = 0; i < COUNT; i++) {
            struct text out = { 0 };
            text_add(&out, STR("before "));
            assert_true(vault_text(vault, numbers[i], &out, &place.error));
            assert_int_equal(out.length, 7 + lengths[i]);
            assert_memory_equal(out.at + 7, longest, lengths[i]);
            text_close(&out);
        }
        vault = reopen(&place, vault);
    }
    assert_false(vault_seal(vault, (struct str){ longest, VAULT_TEXT_LIMIT + 1 }, numbers, &first, &place.error));
    assert_int_equal(place.error.code, ERROR_LIMIT);
    assert_gone(vault, vault_text, vault_marks(vault).text_bytes);
    struct text out = { 0 };
    assert_false(vault_text(vault, numbers[3] + 1, &out, &place.error));
    assert_int_equal(place.error.code, ERROR_DAMAGE);
    text_close(&out);

    assert_true(vault_seal(vault, STR("the same"), numbers, &first, NULL));
    assert_true(vault_seal(vault, STR("the same"), numbers, &second, NULL));
    assert_false(hash_equal(&first, &second));
    vault_close(vault);
    place_close(&place);
    free(longest);
    (void)state;
}

static void test_digest(void **state)
{
    struct place place;
    struct vault_keys others = keys;
    others.digest[3] ^= 1;
    place_open(&place);
    struct vault *vault = open_vault(&place, (struct vault_marks){ 0 });
    int64_t digest = vault_digest(vault, STR("content"));
    assert_true(digest >= 0);
    assert_int_equal(digest, vault_digest(vault, STR("content")));
    assert_int_not_equal(digest, vault_digest(vault, STR("contents")));
    vault_close(vault);
    vault = vault_open(place.disk, place.directory, &others, (struct vault_marks){ 0 }, true, NULL);
    assert_int_not_equal(digest, vault_digest(vault, STR("content")));
    vault_close(vault);
    place_close(&place);
    (void)state;
}

static void test_erasing(void **state)
{
    struct place place;
    place_open(&place);
    struct vault *vault = open_vault(&place, (struct vault_marks){ 0 });
    uint64_t numbers[3];
    for (int i = 0; i < 3; i++)
        numbers[i] = seal(vault, i == 1 ? "this one goes" : "this one stays");
    subject_of(vault, "13800000000");
    subject_of(vault, "13800000001");
    subject_of(vault, "13800000002");
    vault = reopen(&place, vault);
    size_t length;
    char *index = read_file(&place, "index", &length), *people = read_file(&place, "people", &length);
    char *texts = read_file(&place, "texts", &length);

    assert_true(vault_erase_person(vault, 1, NULL));
    assert_true(vault_erase_text(vault, numbers[1], NULL));
    subject_of(vault, "13800000003");
    assert_true(vault_erase_person(vault, 3, NULL)); /* one that was in memory only */
    for (int round = 0; round < 2; round++) {
        assert_gone(vault, vault_person, 1);
        assert_gone(vault, vault_person, 3);
        assert_gone(vault, vault_text, numbers[1]);
        assert_int_equal(vault_find(vault, STR("13800000001")), UINT64_MAX);
        assert_int_equal(vault_find(vault, STR("13800000002")), 2);
        assert_person(vault, 0, "13800000000");
        assert_person(vault, 2, "13800000002");
        assert_text(vault, numbers[0], "this one stays");
        assert_text(vault, numbers[2], "this one stays");
        assert_false(file_holds(&place, "index", index + INDEX_ROW + 8, 16));
        assert_true(file_holds(&place, "index", index + 8, 16));
        for (int part = 8; part < PERSON_ROW; part += 8)
            assert_false(file_holds(&place, "people", people + PERSON_ROW + part, 8));
        for (size_t part = 8; part < TEXT_FRAME + 8; part += 8)
            assert_false(file_holds(&place, "texts", texts + numbers[1] + part, 8));
        assert_true(vault_erase_person(vault, 1, NULL));
        assert_true(vault_erase_text(vault, numbers[1], NULL));
        vault = reopen(&place, vault);
    }
    assert_int_equal(subject_of(vault, "13800000001"), 4);
    assert_person(vault, 4, "13800000001");
    assert_false(vault_erase_person(vault, 5, &place.error));
    assert_int_equal(place.error.code, ERROR_NOT_FOUND);
    char note[96];
    bool is_there;
    snprintf(note, sizeof note, "%s/erasing", place.directory);
    assert_true(place.disk->exists(place.disk, note, &is_there, NULL) && !is_there);
    vault_close(vault);
    place_close(&place);
    free(index);
    free(people);
    free(texts);
    (void)state;
}

static struct vault_marks fill(struct place *place, int persons)
{
    struct vault *vault = open_vault(place, (struct vault_marks){ 0 });
    char value[32];
    for (int i = 0; i < persons; i++) {
        snprintf(value, sizeof value, "138%08d", i);
        assert_int_equal(subject_of(vault, value), i);
        seal(vault, value);
    }
    struct vault_marks marks = vault_marks(vault);
    assert_true(vault_write(vault, NULL) && vault_sync(vault, NULL));
    vault_close(vault);
    return marks;
}

static void assert_refused(struct place *place, const struct vault_keys *with, struct vault_marks marks, const char *says)
{
    for (int may_recover = 0; may_recover < 2; may_recover++) {
        assert_null(vault_open(place->disk, place->directory, with, marks, may_recover, &place->error));
        assert_int_equal(place->error.code, ERROR_DAMAGE);
        if (!strstr(place->error.says, says))
            fail_msg("'%s' does not say '%s'", place->error.says, says);
    }
}

static void test_damage_is_named(void **state)
{
    struct place place;
    struct text out = { 0 };
    place_open(&place);
    struct vault_marks marks = fill(&place, 30);
    for (int byte = 0; byte < INDEX_ROW; byte++) {
        flip(&place, "index", (uint64_t)(17 * INDEX_ROW + byte));
        assert_refused(&place, &keys, marks, "subject 17 ");
        flip(&place, "index", (uint64_t)(17 * INDEX_ROW + byte));
    }
    for (int byte = 0; byte < PERSON_ROW; byte += 5) {
        flip(&place, "people", (uint64_t)(9 * PERSON_ROW + byte));
        struct vault *vault = open_vault(&place, marks);
        assert_false(vault_person(vault, 9, &out, &place.error));
        assert_int_equal(place.error.code, ERROR_DAMAGE);
        assert_non_null(strstr(place.error.says, "subject 9 "));
        assert_person(vault, 8, "13800000008");
        vault_close(vault);
        flip(&place, "people", (uint64_t)(9 * PERSON_ROW + byte));
    }
    for (int byte = 0; byte < TEXT_FRAME + 11; byte += 5) {
        flip(&place, "texts", (uint64_t)(TEXT_FRAME + 11 + byte));
        struct vault *vault = open_vault(&place, marks);
        assert_false(vault_text(vault, TEXT_FRAME + 11, &out, &place.error));
        assert_int_equal(place.error.code, ERROR_DAMAGE);
        assert_text(vault, 0, "13800000000");
        vault_close(vault);
        flip(&place, "texts", (uint64_t)(TEXT_FRAME + 11 + byte));
    }
    assert_refused(&place, &keys, (struct vault_marks){ 31, marks.text_bytes }, "index");
    assert_refused(&place, &keys, (struct vault_marks){ 30, marks.text_bytes + 1 }, "texts");
    assert_int_equal(out.length, 0);
    text_close(&out);
    place_close(&place);
    (void)state;
}

static void assert_check(struct vault *vault, const char *says)
{
    struct error error = { 0 };
    bool done = vault_check(vault, &error);
    if (!says && !done)
        fail_msg("%s", error.says);
    if (!says)
        return;
    assert_false(done);
    assert_int_equal(error.code, ERROR_DAMAGE);
    if (!strstr(error.says, says))
        fail_msg("'%s' does not say '%s'", error.says, says);
}

static void test_everything_is_checked(void **state)
{
    static char longest[VAULT_TEXT_LIMIT];
    static const struct {
        const char *file;
        uint64_t row, bytes;
        const char *says;
    } rows[] = {
        { "index", 29, INDEX_ROW, "index row of subject 29 " },
        { "people", 9, PERSON_ROW, "sealed value of subject 9 " },
        { "people", 29, PERSON_ROW, "sealed value of subject 29 " },
        { "texts", 29, TEXT_FRAME + 11, "text at byte 1943 " },
    };
    struct place place;
    place_open(&place);
    struct vault_marks marks = fill(&place, 30);
    struct vault *vault = open_vault(&place, marks);
    assert_check(vault, NULL);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (uint64_t byte = 0; byte < rows[i].bytes; byte++) {
            flip(&place, rows[i].file, rows[i].row * rows[i].bytes + byte);
            assert_check(vault, rows[i].says);
            flip(&place, rows[i].file, rows[i].row * rows[i].bytes + byte);
        }
    assert_true(vault_erase_person(vault, 5, NULL) && vault_erase_text(vault, 5 * (TEXT_FRAME + 11), NULL));
    subject_of(vault, "not yet written");
    assert_check(vault, NULL);

    uint64_t number = 0; /* longer than what is read at once */
    struct hash commitment;
    for (int i = 0; i < 4; i++)
        assert_true(vault_seal(vault, (struct str){ longest, sizeof longest - (i == 2 ? 3 : 0) }, &number, &commitment, NULL));
    seal(vault, "");
    vault = reopen(&place, vault);
    assert_check(vault, NULL);
    flip(&place, "texts", number + TEXT_FRAME + VAULT_TEXT_LIMIT - 1);
    assert_check(vault, "text at byte ");
    vault_close(vault);
    place_close(&place);
    (void)state;
}

static void test_another_form(void **state)
{
    struct place place;
    struct text path = { 0 };
    place_open(&place);
    vault_close(open_vault(&place, (struct vault_marks){ 0 }));
    struct vault_marks marks = fill(&place, 2);
    size_t length;
    char *form = read_file(&place, "form", &length);
    assert_true(str_equal((struct str){ form, length }, STR("mingbai vault 1\n")));
    free(form);
    text_format(&path, "%s/form", place.directory);
    static const char *const others[] = { "mingbai vault 2\n", "mingbai vault 1\n\n", "", NULL };
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        assert_true(others[i] ? disk_replace(place.disk, text_zero(&path), others[i], strlen(others[i]), NULL)
                              : place.disk->remove(place.disk, text_zero(&path), NULL));
        for (int may_recover = 0; may_recover < 2; may_recover++) {
            assert_null(vault_open(place.disk, place.directory, &keys, marks, may_recover, &place.error));
            assert_int_equal(place.error.code, ERROR_CONFLICT);
            assert_non_null(strstr(place.error.says, "of another form"));
        }
    }
    text_close(&path);
    place_close(&place);
    (void)state;
}

static void test_other_keys(void **state)
{
    struct place place;
    struct vault_keys others = keys;
    place_open(&place);
    struct vault_marks marks = fill(&place, 2);
    others.blind[15] ^= 1;
    assert_refused(&place, &others, marks, "keys");
    others = keys;
    others.master[0] ^= 1;
    assert_refused(&place, &others, marks, "keys");
    vault_close(open_vault(&place, marks));
    place_close(&place);
    (void)state;
}

static void note_name(void *context, const char *name)
{
    text_format(context, "%s ", name);
}

/* The bytes of all files in a folder, one after the other, with their names. */
static void photograph(struct place *place, struct text *out)
{
    static const char *const names[] = { "index", "people", "texts" };
    assert_true(place->disk->list(place->disk, place->directory, note_name, out, NULL));
    for (size_t i = 0; i < 3; i++) {
        size_t length;
        char *bytes = read_file(place, names[i], &length);
        text_add(out, (struct str){ bytes, length });
        free(bytes);
    }
}

static void test_reading_changes_nothing(void **state)
{
    struct place place;
    struct text before = { 0 }, after = { 0 };
    place_open(&place);
    struct vault_marks all = fill(&place, 10);
    struct vault_marks marks = { 6, 3 * (TEXT_FRAME + 11) };
    flip(&place, "people", 8 * PERSON_ROW + 50); /* a torn tail */
    photograph(&place, &before);
    struct vault *vault = vault_open(place.disk, place.directory, &keys, marks, false, &place.error);
    assert_non_null(vault);
    assert_person(vault, 5, "13800000005");
    assert_gone(vault, vault_person, 6);
    assert_gone(vault, vault_text, marks.text_bytes);
    assert_int_equal(vault_find(vault, STR("13800000006")), UINT64_MAX);
    assert_int_equal(subject_of(vault, "new"), 6);
    assert_person(vault, 6, "new");
    assert_false(vault_write(vault, &place.error));
    assert_int_equal(place.error.code, ERROR_USAGE);
    assert_false(vault_erase_person(vault, 1, &place.error));
    vault_close(vault);
    photograph(&place, &after);
    assert_true(str_equal(text_str(&before), text_str(&after)));

    vault = open_vault(&place, marks); /* now it may */
    assert_int_equal(vault_marks(vault).subjects, marks.subjects);
    assert_int_equal(vault_marks(vault).text_bytes, marks.text_bytes);
    assert_int_equal(subject_of(vault, "13800000009"), 6);
    vault = reopen(&place, vault);
    assert_person(vault, 6, "13800000009");
    vault_close(vault);
    assert_refused(&place, &keys, all, "index");
    place_close(&place);
    assert_null(vault_open(place.disk, place.directory, &keys, marks, false, &place.error));
    assert_int_equal(place.error.code, ERROR_NOT_FOUND);
    text_close(&before);
    text_close(&after);
    (void)state;
}

static struct blind blind_number(uint64_t number)
{
    uint64_t mixed = (number + 1) * UINT64_C(0x9e3779b97f4a7c15);
    return (struct blind){ mixed ^ mixed >> 29, number };
}

static void test_table(void **state)
{
    enum { COUNT = 50 * 1000 };
    struct table table = { 0 };
    assert_int_equal(blind_find(&table, blind_number(1)), SUBJECT_NONE);
    for (uint64_t i = 0; i < COUNT; i++) {
        blind_add(&table, blind_number(i), i << 20 | i);
        if (i % 3 == 0)
            blind_remove(&table, blind_number(i));
    }
    for (uint64_t i = 0; i < COUNT; i++) {
        blind_prefetch(&table, blind_number(i));
        assert_int_equal(blind_find(&table, blind_number(i)), i % 3 ? i << 20 | i : SUBJECT_NONE);
    }
    assert_int_equal(blind_find(&table, blind_number(COUNT)), SUBJECT_NONE);
    for (uint64_t same = 0; same < 200; same++) /* all at home in one bucket, the last: they run over its end */
        blind_add(&table, (struct blind){ UINT64_MAX, same + 1 }, same);
    for (uint64_t same = 0; same < 200; same++)
        assert_int_equal(blind_find(&table, (struct blind){ UINT64_MAX, same + 1 }), same);
    blind_close(&table);
    (void)state;
}

struct adder {
    struct vault *vault;
    _Atomic int added;
};

static void *add_people(void *context)
{
    struct adder *adder = context;
    char value[32];
    for (int i = 0; i < 3000; i++) {
        snprintf(value, sizeof value, "138%08d", i);
        must(subject_of(adder->vault, value) == (uint64_t)i);
        must(seal(adder->vault, value) == (uint64_t)i * (TEXT_FRAME + 11));
        adder->added = i + 1;
    }
    return NULL;
}

static void test_threads(void **state)
{
    struct place place;
    place_open(&place);
    struct vault *vault = open_vault(&place, (struct vault_marks){ 0 });
    struct adder adder = { .vault = vault };
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, add_people, &adder), 0);
    unsigned draw = 1;
    while (adder.added < 3000) {
        assert_true(vault_write(vault, NULL));
        if (draw % 4 == 0)
            assert_true(vault_sync(vault, NULL));
        for (int i = 0; i < 20 && adder.added; i++) {
            char value[32];
            draw = draw * 1103515245 + 12345;
            int subject = (int)(draw >> 8) % adder.added;
            snprintf(value, sizeof value, "138%08d", subject);
            assert_person(vault, (uint64_t)subject, value);
            assert_text(vault, (uint64_t)subject * (TEXT_FRAME + 11), value);
        }
    }
    pthread_join(thread, NULL);
    vault = reopen(&place, vault);
    assert_person(vault, 2999, "13800002999");
    vault_close(vault);
    place_close(&place);
    (void)state;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_first_appearance),
        cmocka_unit_test(test_nothing_is_told),
        cmocka_unit_test(test_value_limits),
        cmocka_unit_test(test_texts),
        cmocka_unit_test(test_digest),
        cmocka_unit_test(test_erasing),
        cmocka_unit_test(test_damage_is_named),
        cmocka_unit_test(test_everything_is_checked),
        cmocka_unit_test(test_another_form),
        cmocka_unit_test(test_other_keys),
        cmocka_unit_test(test_reading_changes_nothing),
        cmocka_unit_test(test_table),
        cmocka_unit_test(test_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
