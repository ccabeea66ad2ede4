#include "engine/write.h"

#include "engine/admit.h"
#include "engine/door.h"
#include "engine/key.h"

static bool records_are_whole(const struct record *records, size_t count, struct error *error)
{
    const struct field *field;
    must(count >= 1 && count <= WRITE_RECORDS_MAX);
    for (size_t i = 0; i < count; i++)
        if (!record_check(&records[i], &field, error)) return false;
    return true;
}

static bool records_pack(struct engine *engine, const struct record *records, size_t count, struct group *group, struct error *error)
{
    struct vault *vault = engine_vault(engine);
    struct text bytes = { 0 };
    struct arena arena = { 0 };
    bool done = true;
    for (size_t i = 0; done && i < count; i++) {
        struct record record = records[i]; /* admitted; the caller's stays in clear */
        int64_t digest = record.kind->bulk ? 0 : record_digest(vault, &record, &bytes);
        done = records_admit(vault, (struct record_rows){ &record, sizeof record }, 1, &arena, error);
        if (!done) break;
        bytes.length = 0;
        record_pack(&record, &bytes);
        struct span span = { record.seq, record.seq };
        packed_add(vault, group, &(struct packed){ .kind = record.kind, .source = record.source, .spans = &span, .span_count = 1,
                                                   .count = 1, .digest = digest, .records = text_str(&bytes) });
    }
    text_close(&bytes);
    arena_close(&arena);
    return done;
}

static void position_tell(void *context, struct group *group)
{
    *(uint64_t *)context = group->position;
}

static bool is_in_use(const struct record *record, struct error *error)
{
    fail_both(error, ERROR_CONFLICT, "this number of a %s is in use already: choose another", "这个 %s 编号已被使用：请另取一个",
              record->kind->name);
    return true;
}

/* Whether a row has the key of one of the records. */
static bool keys_are_free(struct engine *engine, const struct record *records, size_t count, struct error *error)
{
    struct store *reader = engine_reader(engine, error);
    bool are_free = reader != NULL, is_there = false;
    for (size_t i = 0; are_free && i < count; i++)
        if (kind_has_key(records[i].kind))
            are_free = key_is_on_record(reader, engine_vault(engine), &records[i], &is_there, error) &&
                       !(is_there && is_in_use(&records[i], error));
    if (reader) store_close(reader);
    return are_free;
}

/* Those that must be new are claimed before it is looked whether they are on record: nobody else can bring them in between. */
static bool keys_take(struct engine *engine, struct claim *claim, const struct record *records, size_t count, bool are_new, struct error *error)
{
    struct text key = { 0 };
    bool taken = true;
    for (size_t i = 0; taken && i < count; i++) {
        if (!kind_has_key(records[i].kind)) continue;
        key.length = 0;
        key_write(&records[i], &key);
        if (!are_new)
            door_note_key(engine_door(engine), claim, text_str(&key));
        else
            taken = door_claim_key(engine_door(engine), claim, text_str(&key)) == SIGHT_NEW || !is_in_use(&records[i], error);
    }
    text_close(&key);
    return taken && (!are_new || keys_are_free(engine, records, count, error));
}

static bool write_records(struct engine *engine, struct str source, struct record *records, size_t count, bool are_new, uint64_t *position,
                          struct error *error)
{
    uint64_t behind = 0;
    if (engine_has_failed(engine, error) || !records_are_whole(records, count, error)) return false;
    struct group *group = engine_small_group();
    struct claim *claim = door_claim(engine_door(engine), group, are_new ? CLAIM_LOOKS : CLAIM_PLAIN);
    bool taken = keys_take(engine, claim, records, count, are_new, error);
    uint64_t first = taken ? door_number(engine_door(engine), claim, source, count) : 0;
    for (size_t i = 0; taken && i < count; i++) {
        records[i].source = source;
        records[i].seq = first + i;
    }
    if (!taken || !records_pack(engine, records, count, group, error)) {
        engine_discard(engine, group);
        door_give_back(engine_door(engine), claim);
        return false;
    }
    group->claim = claim;
    group->done = position_tell;
    group->context = &behind;
    bool written = engine_wait_for(engine, engine_submit(engine, group), error);
    if (position) *position = behind;
    return written;
}

bool engine_write(struct engine *engine, struct str source, struct record *records, size_t count, uint64_t *position,
                  struct error *error)
{
    return write_records(engine, source, records, count, false, position, error);
}

bool engine_write_new(struct engine *engine, struct str source, struct record *records, size_t count, uint64_t *position,
                      struct error *error)
{
    return write_records(engine, source, records, count, true, position, error);
}
