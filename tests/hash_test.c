/* Hashes, checksums and spellings against published values, random bytes against themselves. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/hash.h"

static void assert_hex(struct hash hash, const char *hex)
{
    struct text text = { 0 };

    hex_add(&text, (struct str){ (const char *)hash.bytes, HASH_BYTES });
    assert_string_equal(text_zero(&text), hex);
    text_close(&text);
}

static void sha256_is_the_standards(void **state)
{
    (void)state;
    assert_hex(sha256(STR("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assert_hex(sha256(STR("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_hex(sha256_two(STR("a"), STR("bc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    struct sha256_run *run = sha256_start();
    sha256_add(run, STR("ab"));
    sha256_add(run, (struct str){ NULL, 0 });
    sha256_add(run, STR("c"));
    assert_hex(sha256_end(run), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

static void leaves_and_nodes_are_marked(void **state)
{
    (void)state;
    struct hash leaf = hash_leaf(STR("")), other = hash_leaf(STR("L123456"));
    assert_hex(leaf, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
    assert_hex(other, "395aa064aa4c29f7010acfe3f25db9485bbd4b91897b6ad7ad547639252b4d56");
    char both[1 + 2 * HASH_BYTES] = { 1 };
    memcpy(both + 1, leaf.bytes, HASH_BYTES);
    memcpy(both + 1 + HASH_BYTES, other.bytes, HASH_BYTES);
    struct hash node = hash_node(&leaf, &other), right = sha256((struct str){ both, sizeof(both) });
    assert_true(hash_equal(&node, &right));
    assert_false(hash_equal(&leaf, &other));
}

static uint32_t crc32c_by_bits(const unsigned char *bytes, size_t length)
{
    uint32_t crc = 0xffffffff;

    for (size_t i = 0; i < length; i++) {
        crc ^= bytes[i];
        for (int bit = 0; bit < 8; bit++)
            crc = (crc >> 1) ^ (crc & 1 ? 0x82f63b78 : 0);
    }
    return ~crc;
}

static void crc32c_is_castagnolis_and_goes_on(void **state)
{
    unsigned char bytes[300];

    (void)state;
    assert_int_equal(crc32c(0, "123456789", 9), 0xe3069283);
    random_bytes(bytes, sizeof(bytes));
    for (size_t length = 0; length <= sizeof(bytes); length++) {
        size_t part = length / 3;
        assert_int_equal(crc32c(0, bytes, length), crc32c_by_bits(bytes, length));
        assert_int_equal(crc32c(crc32c(0, bytes, part), bytes + part, length - part), crc32c_by_bits(bytes, length));
    }
}

static void spellings_read_back_and_refuse_others(void **state)
{
    static const char *const wrong[] = { "A", "AA", "AAA", "AA=", "AA==A", "AB==", "AAF=", "A A=", "AA-_", "AAAA\n", "====" };
    unsigned char bytes[40], back[40];
    size_t length;

    (void)state;
    random_bytes(bytes, sizeof(bytes));
    for (size_t i = 0; i <= sizeof(bytes); i++) {
        struct text text = { 0 };
        base64_add(&text, (struct str){ (const char *)bytes, i });
        assert_int_equal(text.length, (i + 2) / 3 * 4);
        assert_true(base64_read(text_str(&text), back, sizeof(back), &length));
        assert_int_equal(length, i);
        assert_memory_equal(back, bytes, i);
        assert_true(i == 0 || !base64_read(text_str(&text), back, i - 1, &length));
        text.length = 0;
        hex_add(&text, (struct str){ (const char *)bytes, i });
        assert_true(hex_read(text_str(&text), back, i));
        assert_memory_equal(back, bytes, i);
        assert_false(hex_read(text_str(&text), back, i + 1));
        text_close(&text);
    }
    for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
        assert_false(base64_read(str_of(wrong[i]), back, sizeof(back), &length));
    assert_false(hex_read(STR("0g"), back, 1));
    assert_true(hex_read(STR("aBcD"), back, 2));
}

static int by_bytes(const void *a, const void *b)
{
    return memcmp(a, b, 32);
}

static void *draw_some(void *out)
{
    random_bytes(out, 32);
    return NULL;
}

static void random_bytes_do_not_repeat(void **state)
{
    enum { DRAWS = 5000 };
    static unsigned char drawn[DRAWS][32], other[32];
    unsigned counts[256] = { 0 };
    pthread_t thread;

    (void)state;
    for (int i = 0; i < DRAWS; i++) {
        random_bytes(drawn[i], (size_t)(1 + i % 32));
        random_bytes(drawn[i], 32);
        for (int k = 0; k < 32; k++)
            counts[drawn[i][k]]++;
    }
    qsort(drawn, DRAWS, 32, by_bytes);
    assert_int_equal(pthread_create(&thread, NULL, draw_some, other), 0);
    pthread_join(thread, NULL);
    for (int i = 0; i < DRAWS; i++) {
        assert_memory_not_equal(drawn[i], other, 32);
        if (i > 0)
            assert_memory_not_equal(drawn[i - 1], drawn[i], 32);
    }
    for (int i = 0; i < 256; i++) /* 625 each on average, deviation 25 */
        assert_in_range(counts[i], 425, 825);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sha256_is_the_standards),
        cmocka_unit_test(leaves_and_nodes_are_marked),
        cmocka_unit_test(crc32c_is_castagnolis_and_goes_on),
        cmocka_unit_test(spellings_read_back_and_refuse_others),
        cmocka_unit_test(random_bytes_do_not_repeat),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
