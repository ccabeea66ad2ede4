/* The ledger: what is there is proved, and what was changed is named. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "ledger/proof.h"
#include "ledger_case.h"

#include <cmocka.h> /* last: it has a macro named fail */

/* PATH of section 2.1.1. */
static size_t slow_path(uint64_t index, uint64_t first, uint64_t end, struct hash *path)
{
    uint64_t split = 1;

    if (end - first == 1)
        return 0;
    while (2 * split < end - first)
        split *= 2;
    bool is_left = index - first < split;
    size_t length = is_left ? slow_path(index, first, first + split, path) : slow_path(index, first + split, end, path);
    path[length] = is_left ? slow_root(first + split, end) : slow_root(first, first + split);
    return length + 1;
}

/* SUBPROOF of section 2.1.2. */
static size_t slow_subproof(uint64_t from, uint64_t first, uint64_t end, bool is_known, struct hash *path)
{
    uint64_t split = 1;

    if (from == end - first) {
        path[0] = slow_root(first, end);
        return is_known ? 0 : 1;
    }
    while (2 * split < end - first)
        split *= 2;
    bool is_left = from <= split;
    size_t length = is_left ? slow_subproof(from, first, first + split, is_known, path)
                            : slow_subproof(from - split, first + split, end, false, path);
    path[length] = is_left ? slow_root(first + split, end) : slow_root(first, first + split);
    return length + 1;
}

static void assert_proofs(struct ledger *ledger, uint64_t from, uint64_t size)
{
    struct hash root, old_root, leaf, expected = slow_root(0, size), path[LEDGER_PATH_LIMIT];
    struct proof proof;
    char room[ENTRY_ROOM];
    struct error error = { 0 };

    assert_true(ledger_root(ledger, size, &root, &error));
    assert_true(hash_equal(&root, &expected));
    assert_true(ledger_consistency(ledger, from, size, proof.path, &proof.length, &error));
    if (from > 0) {
        assert_int_equal(proof.length, slow_subproof(from, 0, size, true, path));
        assert_memory_equal(proof.path, path, proof.length * sizeof(*path));
        old_root = slow_root(0, from);
        assert_true(proof_is_consistent(&proof, from, size, &old_root, &root));
        assert_true(from == size || !proof_is_consistent(&proof, from, size, &root, &root));
    }
    if (from == size)
        return;
    assert_true(ledger_inclusion(ledger, from, size, &leaf, proof.path, &proof.length, &error));
    expected = hash_leaf(entry_bytes(from, room));
    assert_true(hash_equal(&leaf, &expected));
    assert_int_equal(proof.length, slow_path(from, 0, size, path));
    assert_memory_equal(proof.path, path, proof.length * sizeof(*path));
    assert_true(proof_includes(&proof, from, size, &leaf, &root));
    assert_false(proof_includes(&proof, from + 1, size, &leaf, &root));
    assert_true(size == 1 || !proof_includes(&proof, from, size, &root, &root));
}

static void roots_and_proofs_are_rfc_6962s(void **state)
{
    struct fault_disk *fault = fault_disk_open();
    struct ledger *ledger = open_ledger(fault, 20000);
    struct hash root, empty = sha256(STR(""));
    uint64_t most = 130, random = 77;

    (void)state;
    assert_true(ledger_root(ledger, 0, &root, NULL) && hash_equal(&root, &empty));
    for (uint64_t size = 0; size <= most; size++) {
        for (uint64_t from = 0; from <= size; from += size > 40 ? 1 + size % 7 : 1)
            assert_proofs(ledger, from, size);
        if (size < most)
            must_append(ledger, size, size + 1);
    }
    must_append(ledger, most, 1777);
    for (int i = 0; i < 40; i++) {
        uint64_t size = (random = random * 6364136223846793005u + 1442695040888963407u) >> 33;
        assert_proofs(ledger, (size >> 4) % (size % 1777 + 1), size % 1777 + 1);
    }
    struct hash leaf, path[LEDGER_PATH_LIMIT];
    size_t length;
    struct error error;
    assert_false(ledger_root(ledger, 1778, &root, &error));
    assert_int_equal(error.code, ERROR_NOT_FOUND);
    assert_false(ledger_inclusion(ledger, 5, 5, &leaf, path, &length, &error));
    assert_false(ledger_inclusion(ledger, 5, 1778, &leaf, path, &length, &error));
    assert_false(ledger_consistency(ledger, 5, 1778, path, &length, &error));
    assert_false(ledger_consistency(ledger, 6, 5, path, &length, &error));
    ledger_close(ledger);
    fault_disk_close(fault);
}

static void tiles_are_rows_of_the_tree(void **state)
{
    struct fault_disk *fault = fault_disk_open();
    struct ledger *ledger = open_ledger(fault, 0);
    struct hash hashes[256], expected;
    struct error error;

    (void)state;
    must_append(ledger, 0, 600);
    assert_true(ledger_tile(ledger, 0, 1, 256, hashes, &error));
    expected = slow_root(256, 257);
    assert_true(hash_equal(&hashes[0], &expected));
    expected = slow_root(511, 512);
    assert_true(hash_equal(&hashes[255], &expected));
    assert_true(ledger_tile(ledger, 0, 2, 88, hashes, &error));
    assert_true(ledger_tile(ledger, 1, 0, 2, hashes, &error));
    expected = slow_root(256, 512);
    assert_true(hash_equal(&hashes[1], &expected));
    assert_false(ledger_tile(ledger, 0, 2, 89, hashes, &error) || ledger_tile(ledger, 1, 0, 3, hashes, &error) ||
                 ledger_tile(ledger, 2, 0, 1, hashes, &error) || ledger_tile(ledger, 99, 0, 1, hashes, &error) ||
                 ledger_tile(ledger, 0, UINT64_MAX / 2, 1, hashes, &error) || ledger_tile(ledger, 0, 0, 0, hashes, &error) ||
                 ledger_tile(ledger, 0, 0, 257, hashes, &error));
    ledger_close(ledger);
    fault_disk_close(fault);
}

/* The example of the signed-note specification, whose signature others made. */
static void notes_are_signed_notes(void **state)
{
    static const char *const verifier = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    struct ledger_key key = test_key(), other;
    struct checkpoint checkpoint = { .size = 7, .root = sha256(STR("x")) }, read;
    struct fault_disk *fault = fault_disk_open();
    struct ledger *ledger = open_ledger(fault, 0);
    struct text note = { 0 }, text = { 0 };
    struct error error;

    (void)state;
    assert_true(ledger_key_from_verifier(&other, str_of(verifier)));
    assert_string_equal(other.name, "PeterNeumann");
    ledger_verifier_key(&other, &text);
    assert_string_equal(text_zero(&text), verifier);
    text.length = 0;
    ledger_verifier_key(&key, &text);
    assert_true(ledger_key_from_verifier(&other, text_str(&text)));
    assert_memory_equal(other.public_key, key.public_key, sizeof(key.public_key));
    text.at[text.length - 40] ^= 1;
    assert_false(ledger_key_from_verifier(&other, text_str(&text)) || ledger_key_from_verifier(&other, STR("a+b")));

    must_append(ledger, 0, 7);
    assert_true(ledger_checkpoint(ledger, 7, &note, &error));
    checkpoint.root = slow_root(0, 7);
    text.length = 0;
    text_format(&text, "example.org/ledger\n7\n");
    base64_add(&text, (struct str){ (const char *)checkpoint.root.bytes, HASH_BYTES });
    text_format(&text, "\n\n\xe2\x80\x94 example.org/ledger ");
    assert_true(str_starts(text_str(&note), text_str(&text)));
    assert_true(checkpoint_read(text_str(&note), &key, &read, &error));
    assert_int_equal(read.size, 7);
    assert_true(hash_equal(&read.root, &checkpoint.root));
    for (size_t i = 0; i < note.length; i++) {
        note.at[i] ^= 1;
        assert_false(checkpoint_read(text_str(&note), &key, &read, &error));
        note.at[i] ^= 1;
        assert_false(checkpoint_read((struct str){ note.at, i }, &key, &read, &error));
    }
    text_add(&note, STR("\xe2\x80\x94 witness AAAAAAECAwQ=\n")); /* another signer is passed over */
    assert_true(checkpoint_read(text_str(&note), &key, &read, &error));
    text_add(&note, STR("\xe2\x80\x94 witness AAAA\n"));
    assert_false(checkpoint_read(text_str(&note), &key, &read, &error));
    note.length = text.length = 0;
    assert_true(ledger_checkpoint(ledger, 0, &note, &error));
    assert_true(str_starts(text_str(&note), STR("example.org/ledger\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n\n")));
    text_close(&note);
    text_close(&text);
    ledger_close(ledger);
    fault_disk_close(fault);
}

static void large_and_many_entries_go_through(void **state)
{
    struct fault_disk *fault = fault_disk_open();
    struct ledger *ledger = open_ledger(fault, 3000000);
    size_t length = LEDGER_ENTRY_LIMIT;
    char *bytes = allocate(length + 1);
    struct text text = { 0 };
    struct error error;

    (void)state;
    must_append(ledger, 0, 2);
    random_bytes(bytes, length);
    struct str entries[] = { { bytes, length }, STR(""), { bytes + 1, length - 1 } };
    assert_true(ledger_append(ledger, entries, 3, &error) && ledger_sync(ledger, &error));
    assert_true(ledger_append(ledger, NULL, 0, &error) && ledger_sync(ledger, &error));
    assert_int_equal(ledger_size(ledger), 5);
    entries[0].length++;
    assert_false(ledger_append(ledger, entries, 1, &error));
    assert_int_equal(error.code, ERROR_LIMIT);
    must_append(ledger, 5, 3000);
    assert_true(ledger_read(ledger, 4, &text, &error));
    assert_true(str_equal(text_str(&text), entries[2]));
    struct expectation expectation = { .next = 5 };
    assert_true(ledger_scan(ledger, 5, 3000, expect_entry, &expectation, &error));
    ledger_close(ledger);
    struct ledger_verified verified;
    assert_true(verify_ledger(fault, (struct str){ NULL, 0 }, &verified, &error));
    assert_int_equal(verified.newest.size, 3000);
    for (uint64_t byte = 997 * 997; byte < 2 * length; byte += 997 * 997) { /* large enough for two threads */
        assert_true(fault_disk_flip(fault, LEDGER "/00000000000000000000.segment", byte, 1));
        assert_false(verify_ledger(fault, (struct str){ NULL, 0 }, &verified, &error));
        assert_true(str_starts(str_of(error.says), byte < length ? STR("entry 2 ") : STR("entry 4 ")));
        assert_true(fault_disk_flip(fault, LEDGER "/00000000000000000000.segment", byte, 1));
    }
    text_close(&text);
    free(bytes);
    fault_disk_close(fault);
}

/* A ledger of three segments. */
static struct fault_disk *some_ledger(uint64_t size)
{
    struct fault_disk *fault = fault_disk_open();
    struct ledger *ledger = open_ledger(fault, 1500);

    for (uint64_t at = 0; at < size; at += 2)
        must_append(ledger, at, at + 2);
    ledger_close(ledger);
    return fault;
}

static void add_name(void *context, const char *name)
{
    text_format(context, "%s\n", name);
}

static char *segment_path(struct fault_disk *fault, size_t number, uint64_t *first)
{
    struct disk *disk = fault_disk_of(fault);
    struct text names = { 0 };
    static char path[128];
    char *saved;

    assert_true(disk->list(disk, LEDGER, add_name, &names, NULL));
    text_zero(&names);
    char *name = strtok_r(names.at, "\n", &saved);
    for (size_t i = 0; i < number && name; i++)
        name = strtok_r(NULL, "\n", &saved);
    bool is_one = name && strstr(name, ".segment");
    if (is_one) {
        snprintf(path, sizeof(path), LEDGER "/%s", name);
        *first = strtoull(name, NULL, 10);
    }
    text_close(&names);
    return is_one ? path : NULL;
}

static uint32_t little(const char *bytes)
{
    const unsigned char *at = (const unsigned char *)bytes;

    return at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

static void assert_named(struct fault_disk *fault, const char *what)
{
    struct ledger_verified verified;
    struct error error;

    assert_false(verify_ledger(fault, (struct str){ NULL, 0 }, &verified, &error));
    assert_int_equal(error.code, ERROR_DAMAGE);
    size_t length = strlen(what);
    if (strncmp(error.says, what, length) != 0 || (error.says[length] >= '0' && error.says[length] <= '9'))
        fail_msg("%s: %s", what, error.says);
}

static void every_flipped_bit_is_named(void **state)
{
    struct fault_disk *fault = some_ledger(20);
    struct disk *disk = fault_disk_of(fault);
    char *bytes, *path;
    size_t length, segments = 0, frames = 0;
    uint64_t entry;

    (void)state;
    for (; (path = segment_path(fault, segments, &entry)); segments++) {
        assert_true(disk_read_all(disk, path, 100000, &bytes, &length, NULL));
        for (size_t at = 0, next; at < length; at = next, frames++) {
            char what[64];
            bool is_entry = bytes[at + 8] == 'E';
            next = at + 9 + little(bytes + at);
            const char *kind = is_entry ? "entry" : entry ? "the checkpoint after entry" : "the checkpoint before entry";
            snprintf(what, sizeof(what), "%s %d", kind, (int)(is_entry || entry == 0 ? entry : entry - 1));
            for (size_t byte = at; byte < next; byte += byte < at + 12 ? 1 : 13) {
                for (unsigned bit = 0; bit < 8; bit++) {
                    assert_true(fault_disk_flip(fault, path, byte, bit));
                    assert_named(fault, what);
                    assert_true(fault_disk_flip(fault, path, byte, bit));
                }
            }
            entry += is_entry;
        }
        free(bytes);
    }
    assert_true(segments >= 3 && frames > 30);
    for (uint64_t byte = 0; byte < 1024; byte += 3) {
        assert_true(fault_disk_flip(fault, NEWEST, byte, byte % 8));
        assert_named(fault, byte < 512 ? "the first half of the file newest" : "the second half of the file newest");
        assert_true(fault_disk_flip(fault, NEWEST, byte, byte % 8));
    }
    assert_verified(fault, 20);
    fault_disk_close(fault);
}

static void cut_file(struct fault_disk *fault, const char *path, uint64_t bytes)
{
    struct disk *disk = fault_disk_of(fault);
    struct disk_file *file;

    assert_true(disk->open(disk, path, DISK_WRITE, &file, NULL));
    assert_true(disk->truncate(file, bytes, NULL));
    disk->close(file);
}

/* Wherever the last segment is cut, what is missing was acknowledged: `newest` says so, to verify and at opening. */
static void a_ledger_cut_back_is_refused(void **state)
{
    struct fault_disk *whole = some_ledger(20);
    uint64_t first, size = 0;
    struct disk_file *file;
    struct error error;

    (void)state;
    assert_true(fault_disk_of(whole)->open(fault_disk_of(whole), segment_path(whole, 2, &first), DISK_READ, &file, &error) &&
                fault_disk_of(whole)->size(file, &size, &error));
    fault_disk_of(whole)->close(file);
    for (uint64_t bytes = 0; bytes < size; bytes += 1 + size / 100) {
        struct fault_disk *fault = fault_disk_reboot(whole, FAULT_KEEP_ALL);
        cut_file(fault, segment_path(fault, 2, &first), bytes);
        struct ledger_verified verified;
        assert_false(verify_ledger(fault, (struct str){ NULL, 0 }, &verified, &error));
        assert_non_null(strstr(error.says, "acknowledged"));
        struct ledger *ledger = try_open(fault_disk_of(fault), 1500, true, &error);
        assert_null(ledger);
        assert_int_equal(error.code, ERROR_DAMAGE);
        assert_true(strstr(error.says, "entry ") && strstr(error.says, "acknowledged"));
        fault_disk_close(fault);
    }
    struct fault_disk *fault = fault_disk_reboot(whole, FAULT_KEEP_ALL);
    assert_true(fault_disk_of(fault)->remove(fault_disk_of(fault), segment_path(fault, 1, &first), &error));
    char what[64];
    snprintf(what, sizeof(what), "entry %d", (int)first);
    assert_named(fault, what);
    assert_null(try_open(fault_disk_of(fault), 1500, true, &error));
    fault_disk_close(fault);
    fault_disk_close(whole);
}

static void a_given_checkpoint_tells_a_fork(void **state)
{
    struct fault_disk *fault = some_ledger(20), *other = fault_disk_open();
    struct ledger *ledger = open_ledger(fault, 1500), *fork = open_ledger(other, 1500);
    struct ledger_verified verified;
    struct text note = { 0 };
    struct error error;
    struct str entries[] = { STR("another"), STR("history") };

    (void)state;
    for (uint64_t size = 0; size <= 20; size++) {
        note.length = 0;
        assert_true(ledger_checkpoint(ledger, size, &note, &error));
        assert_true(verify_ledger(fault, text_str(&note), &verified, &error));
    }
    must_append(fork, 0, 10);
    assert_false(verify_ledger(other, text_str(&note), &verified, &error));
    assert_non_null(strstr(error.says, "cut back"));
    assert_true(ledger_append(fork, entries, 2, &error) && ledger_sync(fork, &error));
    must_append(fork, 12, 30);
    assert_false(verify_ledger(other, text_str(&note), &verified, &error));
    assert_non_null(strstr(error.says, "first 20 entries"));
    note.length = 0;
    assert_true(ledger_checkpoint(ledger, 10, &note, &error));
    assert_true(verify_ledger(other, text_str(&note), &verified, &error));
    assert_false(verify_ledger(other, STR("nonsense"), &verified, &error));
    text_close(&note);
    ledger_close(ledger);
    ledger_close(fork);
    fault_disk_close(fault);
    fault_disk_close(other);
}

static void a_torn_tail_is_cut_where_that_is_allowed(void **state)
{
    struct fault_disk *fault = some_ledger(20);
    struct disk *disk = fault_disk_of(fault);
    struct disk_file *file;
    struct ledger_verified verified;
    struct error error;
    uint64_t first, size = 0;

    (void)state;
    assert_true(disk->open(disk, segment_path(fault, 2, &first), DISK_WRITE, &file, &error) && disk->size(file, &size, &error));
    assert_true(disk->write(file, "half a frame", 12, size, &error));
    disk->close(file);
    assert_true(verify_ledger(fault, (struct str){ NULL, 0 }, &verified, &error));
    assert_int_equal(verified.torn_bytes, 12);
    struct ledger *ledger = try_open(disk, 1500, false, &error);
    assert_non_null(ledger);
    assert_int_equal(ledger_torn(ledger), 12);
    assert_entries(ledger, 20);
    assert_false(append_entries(ledger, 20, 21, &error));
    ledger_close(ledger);
    ledger = try_open(disk, 1500, true, &error);
    assert_int_equal(ledger_torn(ledger), 12);
    must_append(ledger, 20, 21);
    ledger_close(ledger);
    assert_verified(fault, 21);
    fault_disk_close(fault);
}

/* While it is closed, nothing in the ledger's folder is opened for writing, made or synced. */
static struct disk usual;

static bool is_closed(const char *path, struct error *error)
{
    return str_starts(str_of(path), STR(LEDGER)) &&
           !(fail)(error, ERROR_DISK, "%s was about to be changed", path); /* in brackets: cmocka has a macro of that name */
}

static bool closed_open(struct disk *disk, const char *path, enum disk_mode mode, struct disk_file **file, struct error *error)
{
    return (mode == DISK_READ || !is_closed(path, error)) && usual.open(disk, path, mode, file, error);
}

static bool closed_make_directory(struct disk *disk, const char *path, struct error *error)
{
    return !is_closed(path, error) && usual.make_directory(disk, path, error);
}

static bool closed_sync_directory(struct disk *disk, const char *path, struct error *error)
{
    return !is_closed(path, error) && usual.sync_directory(disk, path, error);
}

static void reading_changes_nothing(void **state)
{
    struct fault_disk *fault = some_ledger(20);
    struct disk *disk = fault_disk_of(fault);
    struct error error;
    struct text note = { 0 };

    (void)state;
    usual = *disk;
    disk->open = closed_open;
    disk->make_directory = closed_make_directory;
    disk->sync_directory = closed_sync_directory;
    for (int has_cache = 1; has_cache >= 0; has_cache--) {
        struct ledger *ledger = try_open(disk, 1500, false, &error);
        if (!ledger)
            fail_msg("%s", error.says);
        assert_int_equal(ledger_torn(ledger), 0);
        assert_entries(ledger, 20);
        assert_true(ledger_checkpoint(ledger, 12, &note, &error));
        assert_false(append_entries(ledger, 20, 21, &error));
        assert_int_equal(error.code, ERROR_USAGE);
        assert_non_null(strstr(error.says, "for reading only"));
        assert_false(ledger_sync(ledger, &error));
        assert_int_equal(ledger_size(ledger), 20);
        ledger_close(ledger);
        assert_true(disk_remove_tree(disk, CACHE, &error));
    }
    assert_null(try_open(disk, 1500, true, &error));
    assert_true(disk_remove_tree(disk, LEDGER, &error));
    assert_null(try_open(disk, 1500, false, &error));
    assert_true(usual.make_directory(disk, LEDGER, &error));
    assert_null(try_open(disk, 1500, false, &error));
    assert_int_equal(error.code, ERROR_NOT_FOUND);
    text_close(&note);
    fault_disk_close(fault);
}

/* Counts what is read of the segments. */
struct reading_disk {
    struct disk disk;
    struct disk *under;
    uint64_t bytes;
};
static struct reading_disk *reading; /* the one in use */

static bool count_read(struct disk_file *file, void *out, size_t bytes, uint64_t offset, size_t *got, struct error *error)
{
    bool done = reading->under->read(file, out, bytes, offset, got, error);

    __atomic_add_fetch(&reading->bytes, *got, __ATOMIC_RELAXED);
    return done;
}

static void a_cache_is_made_anew_when_it_is_not_right(void **state)
{
    static const char *const names[] = { CACHE "/ledger.hashes", CACHE "/ledger.places", CACHE "/ledger.vouched" };
    struct fault_disk *whole = some_ledger(60);

    (void)state;
    for (int i = 0; i < 3; i++) {
        char *bytes;
        size_t length;
        assert_true(disk_read_all(fault_disk_of(whole), names[i], 100000, &bytes, &length, NULL));
        free(bytes);
        for (size_t at = 0; at <= length + 1; at += 1 + length / 20) {
            for (int kind = 0; kind < 3; kind++) {
                struct fault_disk *fault = fault_disk_reboot(whole, FAULT_KEEP_ALL);
                if (kind == 0)
                    fault_disk_flip(fault, names[i], at, (unsigned)at % 8);
                else if (kind == 1)
                    cut_file(fault, names[i], at);
                else
                    assert_true(fault_disk_of(fault)->remove(fault_disk_of(fault), names[i], NULL));
                struct ledger *ledger = open_ledger(fault, 1500);
                assert_entries(ledger, 60);
                assert_proofs(ledger, 17, 55);
                must_append(ledger, 60, 61);
                ledger_close(ledger);
                assert_verified(fault, 61);
                fault_disk_close(fault);
            }
        }
    }
    struct fault_disk *other = fault_disk_open(); /* another ledger's cache */
    struct ledger *ledger = open_ledger(other, 1500);
    struct str entry = STR("of another ledger");
    for (int i = 0; i < 60; i++)
        assert_true(ledger_append(ledger, &entry, 1, NULL));
    assert_true(ledger_sync(ledger, NULL));
    ledger_close(ledger);
    for (int i = 0; i < 3; i++) {
        char *bytes;
        size_t length;
        assert_true(disk_read_all(fault_disk_of(other), names[i], 100000, &bytes, &length, NULL));
        assert_true(disk_replace(fault_disk_of(whole), names[i], bytes, length, NULL));
        free(bytes);
    }
    ledger = open_ledger(whole, 1500);
    assert_entries(ledger, 60);
    ledger_close(ledger);
    fault_disk_close(other);
    fault_disk_close(whole);
}

static void a_cache_that_turns_wrong_gives_no_wrong_answer(void **state)
{
    struct fault_disk *fault = some_ledger(60);
    struct ledger *ledger = open_ledger(fault, 1500);
    struct hash leaf, path[LEDGER_PATH_LIMIT];
    struct text text = { 0 };
    size_t length;
    struct error error;

    (void)state;
    for (uint64_t byte = 0; byte < 118 * 32; byte += 32)
        fault_disk_flip(fault, CACHE "/ledger.hashes", byte, 3);
    for (uint64_t index = 0; index < 60; index++) {
        assert_false(ledger_inclusion(ledger, index, 60, &leaf, path, &length, &error));
        assert_false(ledger_consistency(ledger, index, 60, path, &length, &error) && index > 0);
        assert_false(ledger_read(ledger, index, &text, &error));
        assert_int_equal(error.code, ERROR_DAMAGE);
    }
    ledger_close(ledger);
    ledger = open_ledger(fault, 1500);
    assert_entries(ledger, 60);
    ledger_close(ledger);
    text_close(&text);
    fault_disk_close(fault);
}

static void opening_reads_only_what_the_cache_does_not_vouch_for(void **state)
{
    struct fault_disk *fault = fault_disk_open();
    struct ledger *ledger = open_ledger(fault, 100000);
    struct reading_disk counting = { .disk = *fault_disk_of(fault), .under = fault_disk_of(fault) };
    struct error error;

    (void)state;
    must_append(ledger, 0, 1000);
    must_append(ledger, 1000, 1500); /* in the next segment */
    struct fault_disk *killed = fault_disk_reboot(fault, FAULT_KEEP_ALL);
    ledger_close(ledger);
    for (int is_killed = 0; is_killed < 2; is_killed++) {
        struct fault_disk *now = is_killed ? killed : fault;
        struct disk *disk = fault_disk_of(now);
        bool (*read)(struct disk_file *, void *, size_t, uint64_t, size_t *, struct error *) = disk->read;
        counting.disk = *disk;
        counting.under = &counting.disk;
        counting.bytes = 0;
        reading = &counting;
        disk->read = count_read;
        ledger = try_open(disk, 100000, true, &error);
        disk->read = read;
        assert_non_null(ledger);
        if (is_killed)
            assert_in_range(counting.bytes, 60000, 250000);
        else
            assert_in_range(counting.bytes, 0, 1500 * 72 + 4000); /* the cache, to see that it is right */
        ledger_close(ledger);
    }
    fault_disk_close(killed);
    fault_disk_close(fault);
}

struct readers {
    struct ledger *ledger;
    atomic_bool stop;
};

static void *read_all_the_time(void *context)
{
    struct readers *readers = context;
    struct text text = { 0 };
    char room[ENTRY_ROOM];
    uint64_t rounds = 0;

    while (!atomic_load(&readers->stop) || rounds == 0) {
        uint64_t durable = ledger_durable(readers->ledger);
        struct hash root, leaf, path[LEDGER_PATH_LIMIT];
        size_t length;
        struct expectation expectation = { .next = durable / 2 };
        if (durable == 0)
            continue;
        text.length = 0;
        must(ledger_read(readers->ledger, durable - 1, &text, NULL));
        must(str_equal(text_str(&text), entry_bytes(durable - 1, room)));
        must(ledger_root(readers->ledger, durable, &root, NULL));
        must(ledger_inclusion(readers->ledger, durable / 3, durable, &leaf, path, &length, NULL));
        must(ledger_scan(readers->ledger, durable / 2, durable, expect_entry, &expectation, NULL));
        must(expectation.next == durable);
        rounds++;
    }
    text_close(&text);
    return NULL;
}

static void readers_read_while_one_appends(void **state)
{
    struct fault_disk *fault = fault_disk_open();
    struct ledger *ledger = open_ledger(fault, 20000);
    struct readers readers = { .ledger = ledger };
    pthread_t threads[2];

    (void)state;
    for (int i = 0; i < 2; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, read_all_the_time, &readers), 0);
    for (uint64_t at = 0; at < 600; at += 3)
        must_append(ledger, at, at + 3);
    atomic_store(&readers.stop, true);
    for (int i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
    ledger_close(ledger);
    assert_verified(fault, 600);
    fault_disk_close(fault);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(roots_and_proofs_are_rfc_6962s),
        cmocka_unit_test(tiles_are_rows_of_the_tree),
        cmocka_unit_test(notes_are_signed_notes),
        cmocka_unit_test(large_and_many_entries_go_through),
        cmocka_unit_test(every_flipped_bit_is_named),
        cmocka_unit_test(a_ledger_cut_back_is_refused),
        cmocka_unit_test(a_given_checkpoint_tells_a_fork),
        cmocka_unit_test(a_torn_tail_is_cut_where_that_is_allowed),
        cmocka_unit_test(reading_changes_nothing),
        cmocka_unit_test(a_cache_is_made_anew_when_it_is_not_right),
        cmocka_unit_test(a_cache_that_turns_wrong_gives_no_wrong_answer),
        cmocka_unit_test(opening_reads_only_what_the_cache_does_not_vouch_for),
        cmocka_unit_test(readers_read_while_one_appends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
