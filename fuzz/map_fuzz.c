/* A map's JSON and a row, both from strangers: input is the JSON, a zero byte, then cells, each ended by a newline and led by
   a letter for its type. Whatever is taken must be packed, read back and shown. */
#include "base/json.h"
#include "base/memory.h"
#include "base/moment.h"
#include "door/map_parts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define COUNT(array) (sizeof(array) / sizeof *(array))
enum { CELLS = 8 };

static const struct choice choices[] = { { "data", { "mobile data", "流量" } }, { "voice", { "voice calls", "语音" } } };
/* Every type that is stored in clear: what is sealed or a person's needs a vault. */
static const struct field fields[] = {
    { "id", FIELD_ID, FIELD_KEY, { "", "" }, NULL, 0 },   { "code", FIELD_CODE, 0, { "", "" }, NULL, 0 },
    { "label", FIELD_LABEL, 0, { "", "" }, NULL, 0 },     { "word", FIELD_CHOICE, 0, { "", "" }, choices, COUNT(choices) },
    { "flag", FIELD_FLAG, 0, { "", "" }, NULL, 0 },       { "time", FIELD_TIME, FIELD_EVENT, { "", "" }, NULL, 0 },
    { "date", FIELD_DATE, 0, { "", "" }, NULL, 0 },       { "month", FIELD_MONTH, 0, { "", "" }, NULL, 0 },
    { "money", FIELD_MONEY, 0, { "", "" }, NULL, 0 },     { "count", FIELD_COUNT, 0, { "", "" }, NULL, 0 },
    { "decimal", FIELD_DECIMAL, 0, { "", "" }, NULL, 0 },
};
static const struct field sealed_fields[] = {
    { "person", FIELD_PERSON, 0, { "", "" }, NULL, 0 },
    { "text", FIELD_SEALED, 0, { "", "" }, NULL, 0 },
    { "reason", FIELD_REASON, 0, { "", "" }, NULL, 0 },
};
static const struct kind clear = { .name = "clear", .version = 1, .fields = fields, .field_count = COUNT(fields) };
static const struct kind sealed = {
    .name = "sealed", .version = 1, .fields = sealed_fields, .field_count = COUNT(sealed_fields)
};

static void check(const struct record *record)
{
    struct text packed = { 0 }, shown = { 0 }, again = { 0 };
    struct json json = { .out = &shown };
    struct record read = { .source = record->source, .seq = record->seq };
    struct error error = { 0 };
    record_content(record, &packed);
    packed.length = 0;
    if (record->kind == &clear) {
        record_pack(record, &packed);
        struct str bytes = text_str(&packed);
        must(record_unpack(record->kind, record->kind->version, &bytes, &read, &error) && !bytes.length);
        record_pack(&read, &again);
        must(str_equal(text_str(&packed), text_str(&again)));
        record_json(&json, &read);
        must(str_is_utf8(text_str(&shown)));
    }
    text_close(&packed);
    text_close(&shown);
    text_close(&again);
}

static void load(const struct kind *kind, struct str json, const struct cell *cells, const struct str *columns, size_t count)
{
    struct error error = { 0 };
    struct arena arena = { 0 };
    struct record record;
    struct str field;
    struct row row = { .line = 2, .cells = cells, .count = count };
    struct map *map = json.length ? map_of_json(kind, json, "fuzz", &error) : map_plain(kind);
    must(map || error.code);
    if (map && map_bind(map, columns, count, &error) &&
        map_record(map, &row, STR("fuzz"), INT64_C(1500000000000), &arena, &record, &field, &error))
        check(&record);
    map_close(map);
    arena_close(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const names[] = { "id", "A", "time", "B", "money", "count", "C", "person" };
    struct str all = { (const char *)data, size }, json = { all.at, str_find(all, 0) };
    struct str rest = json.length < size ? (struct str){ all.at + json.length + 1, size - json.length - 1 } : STR("");
    struct str columns[CELLS];
    struct cell cells[CELLS];
    size_t count = 0;
    for (; count < CELLS && rest.length; count++) {
        size_t end = str_find(rest, '\n');
        enum cell_type type = (enum cell_type)((unsigned char)rest.at[0] % (CELL_OTHER + 1));
        cells[count] = (struct cell){ { rest.at + (end > 0), end - (end > 0) }, type };
        columns[count] = str_of(names[count]);
        rest = end < rest.length ? (struct str){ rest.at + end + 1, rest.length - end - 1 } : STR("");
    }
    load(&clear, json, cells, columns, count);
    load(&sealed, json, cells, columns, count);
    struct record record;
    struct str bytes = rest;
    record_unpack(&clear, 1, &bytes, &record, NULL);
    bytes = all;
    record_unpack(&sealed, 1, &bytes, &record, NULL);
    return 0;
}
