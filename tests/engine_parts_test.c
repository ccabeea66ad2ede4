/* Entries, there and back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "engine/entry.h"

#include <cmocka.h> /* last: its macro `fail` hides ours */

static void test_entry_there_and_back(void **state)
{
    (void)state;
    struct span spans[] = { { 2, 5 }, { 9, 9 }, { UINT64_C(1) << 40, (UINT64_C(1) << 40) + 2 }, { 1, 1 } };
    struct entry written = { .kind = STR("usage"), .version = 3, .source = STR("file.csv:0011"), .received = -5, .marks = { 7, 4096 },
                             .hold = 12, .digest = -99, .count = 9, .spans = spans, .span_count = 4, .records = STR("packed") };
    struct text bytes = { 0 }, again = { 0 };
    entry_write(&written, &bytes);
    entry_write(&written, &again);
    assert_int_equal(bytes.length, again.length);
    assert_memory_not_equal(bytes.at, again.at, bytes.length); /* the salt */
    struct entry read;
    struct error error = { 0 };
    assert_true(entry_read(text_str(&bytes), &read, &error));
    assert_true(str_equal(read.kind, written.kind) && str_equal(read.source, written.source) && str_equal(read.records, written.records));
    assert_int_equal(read.version, 3);
    assert_int_equal(read.received, -5);
    assert_int_equal(read.marks.text_bytes, 4096);
    assert_int_equal(read.hold, 12);
    assert_int_equal(read.digest, -99);
    struct str rest = read.packed_spans;
    uint64_t last = 0;
    struct span span;
    for (size_t i = 0; i < 4; i++) {
        assert_true(entry_span(&rest, &last, &span));
        assert_int_equal(span.low, spans[i].low);
        assert_int_equal(span.high, spans[i].high);
    }
    assert_false(entry_span(&rest, &last, &span));
    for (size_t cut = 0; cut + 6 < bytes.length; cut++) /* the packed records themselves may be cut: they are read later */
        assert_false(entry_read((struct str){ bytes.at, cut }, &read, &error));
    text_close(&bytes);
    text_close(&again);
}

int main(void)
{
    if (sodium_init() < 0) return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_entry_there_and_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
