#include "engine/write.h"

#include "engine/admit.h"
#include "engine/door.h"

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
        done = records_admit(vault, &record, 1, &arena, error);
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

bool engine_write(struct engine *engine, struct str source, struct record *records, size_t count, uint64_t *position,
                  struct error *error)
{
    uint64_t behind = 0;
    if (!records_are_whole(records, count, error)) return false;
    struct group *group = engine_small_group();
    struct claim *claim = door_claim(engine_door(engine), group);
    uint64_t first = door_number(engine_door(engine), claim, source, count);
    for (size_t i = 0; i < count; i++) {
        records[i].source = source;
        records[i].seq = first + i;
    }
    if (!records_pack(engine, records, count, group, error)) {
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
