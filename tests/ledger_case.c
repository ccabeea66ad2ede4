#include "ledger_case.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

#include <cmocka.h> /* last: it has a macro named fail */

struct ledger_key test_key(void)
{
    struct ledger_key key;

    ledger_key_from_seed(&key, "example.org/ledger", (const uint8_t *)"thirty-two bytes of seed to sign");
    return key;
}

struct str entry_bytes(uint64_t index, char room[ENTRY_ROOM])
{
    size_t length = index % 7 == 3 ? 0 : index % 5 == 4 ? 600 + index % 1000 : index % 60;

    for (size_t i = 0; i < length; i++)
        room[i] = (char)(index * 31 + i * (index % 3 + 1));
    return (struct str){ room, length };
}

struct ledger *try_open(struct disk *disk, uint64_t segment_bytes, bool may_recover, struct error *error)
{
    struct ledger_key key = test_key();
    struct ledger_options options = {
        .disk = disk,
        .directory = LEDGER,
        .cache = CACHE,
        .key = &key,
        .segment_bytes = segment_bytes,
        .may_recover = may_recover,
    };

    if (!disk->make_directory(disk, "/d", error) || !disk->sync_directory(disk, "/", error))
        return NULL;
    return ledger_open(&options, error);
}

struct ledger *open_ledger(struct fault_disk *fault, uint64_t segment_bytes)
{
    struct error error;
    struct ledger *ledger = try_open(fault_disk_of(fault), segment_bytes, true, &error);

    if (!ledger)
        fail_msg("%s", error.says);
    return ledger;
}

bool append_entries(struct ledger *ledger, uint64_t from, uint64_t to, struct error *error)
{
    struct str *entries = allocate((to - from) * sizeof(*entries));
    char *rooms = allocate((to - from) * ENTRY_ROOM);

    for (uint64_t i = from; i < to; i++)
        entries[i - from] = entry_bytes(i, rooms + (i - from) * ENTRY_ROOM);
    bool done = ledger_append(ledger, entries, (size_t)(to - from), error);
    free(entries);
    free(rooms);
    return done;
}

void must_append(struct ledger *ledger, uint64_t from, uint64_t to)
{
    struct error error;

    if (!append_entries(ledger, from, to, &error) || !ledger_sync(ledger, &error))
        fail_msg("%s", error.says);
    assert_int_equal(ledger_durable(ledger), to);
}

struct hash slow_root(uint64_t first, uint64_t end)
{
    char room[ENTRY_ROOM];
    uint64_t split = 1;

    if (end == first)
        return sha256(STR(""));
    if (end - first == 1)
        return hash_leaf(entry_bytes(first, room));
    while (2 * split < end - first)
        split *= 2;
    struct hash left = slow_root(first, first + split), right = slow_root(first + split, end);
    return hash_node(&left, &right);
}

bool expect_entry(void *context, uint64_t index, struct str bytes, struct error *error)
{
    struct expectation *expectation = context;
    char room[ENTRY_ROOM];

    (void)error;
    assert_int_equal(index, expectation->next);
    assert_true(str_equal(bytes, entry_bytes(index, room)));
    expectation->next++;
    return true;
}

void assert_entries(struct ledger *ledger, uint64_t size)
{
    struct expectation expectation = { 0 };
    struct text text = { 0 };
    struct hash root, expected = slow_root(0, size);
    struct error error;
    char room[ENTRY_ROOM];

    assert_int_equal(ledger_size(ledger), size);
    assert_int_equal(ledger_durable(ledger), size);
    if (!ledger_scan(ledger, 0, size, expect_entry, &expectation, &error))
        fail_msg("%s", error.says);
    assert_int_equal(expectation.next, size);
    for (uint64_t i = 0; i < size; i++) {
        text.length = 0;
        if (!ledger_read(ledger, i, &text, &error))
            fail_msg("%s", error.says);
        assert_true(str_equal(text_str(&text), entry_bytes(i, room)));
    }
    assert_false(ledger_read(ledger, size, &text, &error));
    assert_int_equal(error.code, ERROR_NOT_FOUND);
    assert_true(ledger_root(ledger, size, &root, &error));
    assert_true(hash_equal(&root, &expected));
    text_close(&text);
}

bool verify_ledger(struct fault_disk *fault, struct str given, struct ledger_verified *verified, struct error *error)
{
    struct ledger_key key = test_key();

    return ledger_verify(fault_disk_of(fault), LEDGER, &key, given, NULL, NULL, verified, error);
}

void assert_verified(struct fault_disk *fault, uint64_t size)
{
    struct ledger_verified verified;
    struct error error;

    if (!verify_ledger(fault, (struct str){ NULL, 0 }, &verified, &error))
        fail_msg("%s", error.says);
    assert_int_equal(verified.newest.size, size);
    assert_int_equal(verified.torn_bytes, 0);
    struct hash root = slow_root(0, size);
    assert_true(hash_equal(&root, &verified.newest.root));
}
