/* The packed form of records: it comes back as it was, every version of it, and damage is seen. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/hash.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/moment.h"
#include "door/kind.h"
#include "tree.h"

#include <cmocka.h>
#undef fail /* ours is meant */

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define GOLDEN "tests/files/packed.txt"

static const struct choice services[] = { { "data", { "data", "流量" } }, { "voice", { "voice", "语音" } } };

/* One field of each type; what version 2 has more stands at the end. */
static const struct field fields[] = {
    { .name = "id", .type = FIELD_ID },
    { .name = "area", .type = FIELD_CODE },
    { .name = "name", .type = FIELD_LABEL },
    { .name = "subscriber", .type = FIELD_PERSON },
    { .name = "text", .type = FIELD_SEALED },
    { .name = "reason", .type = FIELD_REASON },
    { .name = "service", .type = FIELD_CHOICE, .choices = services, .choice_count = COUNT(services) },
    { .name = "answered", .type = FIELD_FLAG },
    { .name = "start", .type = FIELD_TIME },
    { .name = "from", .type = FIELD_DATE },
    { .name = "month", .type = FIELD_MONTH },
    { .name = "amount", .type = FIELD_MONEY },
    { .name = "quantity", .type = FIELD_COUNT },
    { .name = "share", .type = FIELD_DECIMAL },
    { .name = "added_later", .type = FIELD_LABEL },
};
static const struct kind kinds[] = {
    { .name = "sample", .version = 1, .fields = fields, .field_count = COUNT(fields) - 1 },
    { .name = "sample", .version = 2, .fields = fields, .field_count = COUNT(fields) },
};

static const char commitment[HASH_BYTES + 1] = "0123456789abcdef0123456789abcdef";

static struct record full_record(const struct kind *kind)
{
    int64_t moment = 0;
    assert_true(moment_parse(STR("2015-01-03T08:00:00.123+08:00"), &moment));
    const struct str sealed = { commitment, HASH_BYTES };
    return (struct record){
        .kind = kind,
        .source = STR("file"),
        .seq = 7,
        .present = (UINT32_C(1) << kind->field_count) - 1,
        .values = { { .text = STR("苏诉1号") },
                    { .text = STR("320100") },
                    { .text = STR("a \"name\"") },
                    { .number = 300 },
                    { .number = 65, .text = sealed },
                    { .number = 129, .text = sealed, .reason = REASON_EARLY },
                    { .number = 1 },
                    { .number = 1 },
                    { .number = moment },
                    { .number = day_of(moment) },
                    { .number = day_of(moment) - 2 },
                    { .number = -290000 },
                    { .number = INT64_MAX },
                    { .number = 805000 },
                    { .text = STR("more") } },
    };
}

static void pack(const struct record *record, struct text *out)
{
    out->length = 0;
    record_pack(record, out);
}

static void show(const struct record *record, struct text *out)
{
    struct json json = { .out = out };
    out->length = 0;
    record_json(&json, record);
}

static void comes_back(void **state)
{
    (void)state;
    struct text packed = { 0 }, before = { 0 }, after = { 0 };
    for (size_t v = 0; v < COUNT(kinds); v++) {
        struct record record = full_record(&kinds[v]), again = { .source = record.source, .seq = record.seq };
        for (size_t missing = 0; missing <= record.kind->field_count; missing++) {
            struct error error = { 0 };
            record.present = (UINT32_C(1) << record.kind->field_count) - 1;
            record.present &= ~(UINT32_C(1) << missing);
            pack(&record, &packed);
            text_add(&packed, STR("next"));
            struct str bytes = text_str(&packed);
            assert_true(record_unpack(record.kind, record.kind->version, &bytes, &again, &error));
            assert_true(str_equal(bytes, STR("next")));
            assert_int_equal(record.present, again.present);
            show(&record, &before);
            show(&again, &after);
            assert_string_equal(text_zero(&before), text_zero(&after));
        }
    }
    text_close(&packed);
    text_close(&before);
    text_close(&after);
}

static void shown(void **state)
{
    (void)state;
    struct record record = full_record(&kinds[0]);
    struct text out = { 0 };
    show(&record, &out);
    assert_string_equal(
        text_zero(&out),
        "{\"kind\":\"sample\",\"source\":\"file\",\"seq\":7,\"id\":\"苏诉1号\",\"area\":\"320100\",\"name\":\"a \\\"name\\\"\","
        "\"subscriber\":300,\"text\":{\"sealed\":65,\"commitment\":\"MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=\"},"
        "\"reason\":{\"class\":\"early\",\"sealed\":129,"
        "\"commitment\":\"MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=\"},\"service\":\"voice\",\"answered\":true,"
        "\"start\":\"2015-01-03T08:00:00.123+08:00\",\"from\":\"2015-01-03\",\"month\":\"2015-01\",\"amount\":\"-0.29\","
        "\"quantity\":9223372036854775807,\"share\":0.805}");
    static const char *const cells[] = { "苏诉1号",
                                         "320100",
                                         "a \"name\"",
                                         "300",
                                         "",
                                         "early",
                                         "voice",
                                         "true",
                                         "2015-01-03T08:00:00.123+08:00",
                                         "2015-01-03",
                                         "2015-01",
                                         "-0.29",
                                         "9223372036854775807",
                                         "0.805" };
    for (size_t i = 0; i < COUNT(cells); i++) {
        out.length = 0;
        value_text(&fields[i], &record.values[i], &out);
        assert_string_equal(text_zero(&out), cells[i]);
    }
    text_close(&out);
}

/* Each line of the golden file is a version and a record that it packed. Lines are added for new versions, never changed. */
static void every_version_stays_readable(void **state)
{
    (void)state;
    char path[256], line[2048];
    FILE *file = fopen(tree_path(GOLDEN, path), "r");
    assert_non_null(file);
    unsigned lines = 0, version;
    struct text expected = { 0 }, got = { 0 };
    char hex[1500];
    while (fgets(line, sizeof line, file)) {
        uint8_t packed[750];
        if (line[0] == '#') continue;
        assert_int_equal(sscanf(line, "%u %1499s", &version, hex), 2);
        assert_true(hex_read(str_of(hex), packed, strlen(hex) / 2));
        struct str bytes = { (const char *)packed, strlen(hex) / 2 };
        struct record record = full_record(&kinds[version - 1]), now = { .source = record.source, .seq = record.seq };
        struct error error = { 0 };
        assert_true(record_unpack(&kinds[1], version, &bytes, &now, &error));
        assert_int_equal(bytes.length, 0);
        show(&record, &expected);
        show(&now, &got);
        assert_string_equal(text_zero(&got), text_zero(&expected));
        got.length = expected.length = 0;
        record_pack(&record, &got);
        hex_add(&expected, text_str(&got));
        assert_string_equal(text_zero(&expected), hex);
        lines++;
    }
    fclose(file);
    text_close(&expected);
    text_close(&got);
    assert_int_equal(lines, 2);
}

static bool damaged(struct str bytes, unsigned version)
{
    struct record record;
    struct error error = { 0 };
    struct str rest = bytes;
    if (record_unpack(&kinds[0], version, &rest, &record, &error)) return false;
    assert_int_equal(error.code, ERROR_DAMAGE);
    assert_ptr_equal(rest.at, bytes.at);
    return true;
}

static void damage_is_seen(void **state)
{
    (void)state;
    struct record record = full_record(&kinds[0]);
    struct text packed = { 0 };
    pack(&record, &packed);
    for (size_t length = 0; length < packed.length; length++) {
        char *cut = allocate(length + 1); /* exactly so long, for the sanitizer */
        memcpy(cut, packed.at, length);
        assert_true(damaged((struct str){ cut, length }, 1));
        free(cut);
    }
    assert_false(damaged(text_str(&packed), 1));
    assert_true(damaged(text_str(&packed), 0));
    assert_true(damaged(text_str(&packed), 2));       /* a version that is not known yet */
    assert_true(damaged(STR("\x80\x80\x01\x00"), 1)); /* a field that is not known */
    assert_true(damaged(STR("\xc0\x00\x02"), 1));     /* a longer varint than needed */
    assert_true(damaged(STR("\x40\x02"), 1));         /* a choice that is not known */
    assert_true(damaged(STR("\x80\x01\x02"), 1));     /* neither true nor false */
    assert_false(damaged(STR("\x20\x03\x05"
                             "0123456789abcdef0123456789abcdef"),
                         1));
    assert_true(damaged(STR("\x20\x04\x05"
                            "0123456789abcdef0123456789abcdef"),
                        1));                                                      /* a reason's class */
    assert_true(damaged(STR("\x01\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"), 1)); /* a length beyond everything */
    assert_true(damaged(STR("\x80\x04\xff\xff\xff\xff\x7f"), 1));                 /* a day beyond 32 bits */
    assert_false(damaged(STR("\x40\x01"), 1));
    text_close(&packed);
}

/* Bytes changed at random are refused, or are a record whose packed form they are. */
static void random_damage(void **state)
{
    (void)state;
    struct record record = full_record(&kinds[0]);
    struct text packed = { 0 }, again = { 0 };
    uint64_t seed = 1;
    for (unsigned round = 0; round < 20000; round++) {
        struct record read;
        struct error error = { 0 };
        record.present = (uint32_t)(seed >> 33) & ((UINT32_C(1) << kinds[0].field_count) - 1);
        pack(&record, &packed);
        for (unsigned change = 0; change < 3; change++) {
            seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
            packed.at[(seed >> 33) % packed.length] ^= (char)(seed >> 25);
        }
        struct str bytes = text_str(&packed);
        if (!record_unpack(&kinds[0], 1, &bytes, &read, &error)) continue;
        pack(&read, &again);
        assert_true(str_equal(text_str(&again), (struct str){ packed.at, packed.length - bytes.length }));
    }
    text_close(&packed);
    text_close(&again);
}

static void varints(void **state)
{
    (void)state;
    static const uint64_t numbers[] = { 0, 1, 127, 128, 16383, 16384, UINT32_MAX, INT64_MAX, UINT64_MAX };
    struct text out = { 0 };
    for (size_t i = 0; i < COUNT(numbers); i++) {
        uint64_t number = 5;
        out.length = 0;
        varint_add(&out, numbers[i]);
        struct str bytes = text_str(&out);
        assert_true(varint_read(&bytes, &number));
        assert_true(number == numbers[i] && bytes.length == 0);
        assert_true(zigzag((int64_t)number) == zigzag(zigzag_back(zigzag((int64_t)number))));
        assert_true(zigzag_back(zigzag((int64_t)number)) == (int64_t)number);
    }
    assert_int_equal(zigzag(-1), 1);
    assert_int_equal(zigzag(1), 2);
    struct str beyond = STR("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02");
    uint64_t number;
    assert_false(varint_read(&beyond, &number));
    text_close(&out);
}

static void add_content(struct arena *arena, const char *const cells[3], struct text *out)
{
    static const struct field three[] = {
        { .name = "amount", .type = FIELD_MONEY },
        { .name = "subscriber", .type = FIELD_PERSON },
        { .name = "start", .type = FIELD_TIME },
    };
    static const struct kind kind = { .name = "three", .version = 1, .fields = three, .field_count = 3 };
    struct record record = { .kind = &kind };
    struct error error = { 0 };
    for (unsigned i = 0; i < 3; i++) {
        if (!cells[i]) continue;
        struct cell cell = { str_of(cells[i]), CELL_TEXT };
        assert_true(field_parse(&three[i], cell, INT64_MAX, arena, &record.values[i], &error));
        record.present |= UINT32_C(1) << i;
    }
    out->length = 0;
    record_content(&record, out);
}

static void content_is_equal_in_any_spelling(void **state)
{
    (void)state;
    static const char *const written[][3] = {
        { "0.29", "13800138000", "2015-01-03T08:00:00+08:00" }, { "￥0.290", "+86 138-0013-8000", "2015/1/3 8:00" },
        { "0.28", "13800138000", "2015-01-03T08:00:00+08:00" }, { "0.29", "13800138001", "2015-01-03T08:00:00+08:00" },
        { "0.29", NULL, "2015-01-03T08:00:00+08:00" },
    };
    struct arena arena = { 0 };
    struct text first = { 0 }, other = { 0 };
    add_content(&arena, written[0], &first);
    for (size_t i = 0; i < COUNT(written); i++) {
        add_content(&arena, written[i], &other);
        assert_int_equal(str_equal(text_str(&first), text_str(&other)), i < 2);
    }
    text_close(&first);
    text_close(&other);
    arena_close(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(comes_back),
        cmocka_unit_test(shown),
        cmocka_unit_test(varints),
        cmocka_unit_test(every_version_stays_readable),
        cmocka_unit_test(damage_is_seen),
        cmocka_unit_test(random_damage),
        cmocka_unit_test(content_is_equal_in_any_spelling),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
