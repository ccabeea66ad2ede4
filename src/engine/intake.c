#include "engine/intake.h"

#include <stdlib.h>

#include "base/hash.h"
#include "engine/sources.h"

enum { BLOCK_RECORDS = 512 };

struct intake {
    struct engine *engine;
    struct intake_options options;
    struct store *reader;          /* to look up earlier content */
    struct group *group;
    struct record *block;
    int64_t digests[BLOCK_RECORDS];
    size_t block_count;
    struct arena arena;
    struct text content;
    /* A batch of a bulk kind under way; always of one source. */
    struct text batch, batch_source;
    struct span *spans;
    size_t span_count;
    uint64_t batch_count;
    struct sources held;           /* of a held load: what was seen within it */
    struct text acknowledge_source; /* the source whose progress is not yet told, and how far it is */
    uint64_t acknowledge_seq;
    bool has_progress;
    pthread_mutex_t lock;          /* protects the two below, which the writer's thread adds to */
    uint64_t accepted, repeated;
};

struct intake *intake_open(struct engine *engine, const struct intake_options *options, struct error *error)
{
    struct intake *intake = allocate(sizeof *intake);
    intake->engine = engine;
    intake->options = *options;
    intake->block = allocate(BLOCK_RECORDS * sizeof *intake->block);
    intake->spans = allocate(BATCH_RECORDS * sizeof *intake->spans);
    pthread_mutex_init(&intake->lock, NULL);
    if ((intake->reader = engine_reader(engine, error))) return intake;
    intake_close(intake);
    return NULL;
}

void intake_close(struct intake *intake)
{
    if (!intake) return;
    struct error ignored;
    engine_wait(intake->engine, &ignored); /* groups on their way call back into this intake */
    if (intake->group) engine_discard(intake->engine, intake->group);
    if (intake->reader) store_close(intake->reader);
    sources_close(&intake->held);
    text_close(&intake->content);
    text_close(&intake->batch);
    text_close(&intake->batch_source);
    text_close(&intake->acknowledge_source);
    arena_close(&intake->arena);
    pthread_mutex_destroy(&intake->lock);
    free(intake->spans);
    free(intake->block);
    free(intake);
}

struct record *intake_record(struct intake *intake)
{
    return &intake->block[intake->block_count];
}

struct arena *intake_arena(struct intake *intake)
{
    return &intake->arena;
}

/* ---- packing a block ---- */

static void group_done(void *context, struct group *group)
{
    struct intake *intake = context;
    pthread_mutex_lock(&intake->lock);
    intake->accepted += group->records - group->repeated;
    intake->repeated += group->repeated;
    pthread_mutex_unlock(&intake->lock);
    if (!intake->options.acknowledge) return;
    /* the mark: for each source, its seq (8 bytes), the length of its name (8 bytes), its name */
    struct str mark = text_str(&group->mark);
    while (mark.length) {
        uint64_t numbers[2];
        memcpy(numbers, mark.at, sizeof numbers);
        intake->options.acknowledge(intake->options.context, (struct str){ mark.at + sizeof numbers, (size_t)numbers[1] }, numbers[0]);
        mark.at += sizeof numbers + numbers[1];
        mark.length -= sizeof numbers + (size_t)numbers[1];
    }
}

static bool group_ready(struct intake *intake, struct error *error)
{
    if (intake->group) return true;
    intake->group = engine_group(intake->engine, error);
    if (!intake->group) return false;
    intake->group->done = group_done;
    intake->group->context = intake;
    return true;
}

static void entry_add(struct intake *intake, struct str source, const struct span *spans, size_t span_count, uint64_t count,
                      int64_t digest, struct str records)
{
    const struct kind *kind = intake->options.kind;
    entry_write(&(struct entry){ .kind = str_of(kind->name), .version = kind->version, .source = source,
                                 .received = moment_now(), .marks = vault_marks(engine_vault(intake->engine)),
                                 .hold = intake->options.hold, .digest = digest, .count = count, .spans = spans,
                                 .span_count = span_count, .records = records },
                &intake->group->bytes);
    group_entry(intake->group, count);
}

static void batch_end(struct intake *intake)
{
    if (intake->batch_count)
        entry_add(intake, text_str(&intake->batch_source), intake->spans, intake->span_count, intake->batch_count, 0,
                  text_str(&intake->batch));
    intake->batch.length = intake->batch_count = intake->span_count = 0;
}

static void batch_add(struct intake *intake, const struct record *record)
{
    if (intake->batch_count == BATCH_RECORDS || intake->batch.length >= BATCH_BYTES ||
        (intake->batch_count && !str_equal(record->source, text_str(&intake->batch_source))))
        batch_end(intake);
    if (!intake->batch_count) {
        intake->batch_source.length = 0;
        text_add(&intake->batch_source, record->source);
    }
    struct span *last = intake->span_count ? &intake->spans[intake->span_count - 1] : NULL;
    if (last && record->seq == last->high + 1)
        last->high++;
    else
        intake->spans[intake->span_count++] = (struct span){ record->seq, record->seq };
    intake->batch_count++;
    record_pack(record, &intake->batch);
}

static bool block_persons(struct intake *intake, struct error *error)
{
    const struct kind *kind = intake->options.kind;
    struct str values[BLOCK_RECORDS];
    uint64_t subjects[BLOCK_RECORDS];
    for (size_t f = 0; f < kind->field_count; f++) {
        if (kind->fields[f].type != FIELD_PERSON) continue;
        size_t count = 0;
        for (size_t i = 0; i < intake->block_count; i++)
            if (record_has(&intake->block[i], f)) values[count++] = intake->block[i].values[f].text;
        if (!vault_subjects(engine_vault(intake->engine), values, count, subjects, error)) return false;
        count = 0;
        for (size_t i = 0; i < intake->block_count; i++)
            if (record_has(&intake->block[i], f)) intake->block[i].values[f].number = (int64_t)subjects[count++];
    }
    return true;
}

static bool record_seal(struct intake *intake, struct record *record, struct error *error)
{
    const struct kind *kind = record->kind;
    for (size_t f = 0; f < kind->field_count; f++) {
        enum field_type type = kind->fields[f].type;
        if (!record_has(record, f) || (type != FIELD_SEALED && type != FIELD_REASON)) continue;
        struct value *value = &record->values[f];
        if (type == FIELD_REASON && value->reason == REASON_NONE) continue;
        uint64_t number;
        struct hash *commitment = arena_take(&intake->arena, sizeof *commitment);
        if (!vault_seal(engine_vault(intake->engine), value->text, &number, commitment, error)) return false;
        value->number = (int64_t)number;
        value->text = (struct str){ (char *)commitment->bytes, HASH_BYTES };
    }
    return true;
}

bool intake_admit(struct intake *intake, struct error *error)
{
    if (!intake->block_count) {
        arena_reset(&intake->arena);
        return true;
    }
    if (!group_ready(intake, error)) return false;
    engine_door_lock(intake->engine);
    bool done = block_persons(intake, error);
    for (size_t i = 0; done && i < intake->block_count; i++) {
        struct record *record = &intake->block[i];
        done = record_seal(intake, record, error);
        if (!done) break;
        if (intake->options.kind->bulk) {
            batch_add(intake, record);
            continue;
        }
        intake->content.length = 0;
        record_pack(record, &intake->content);
        struct span span = { record->seq, record->seq };
        entry_add(intake, record->source, &span, 1, 1, intake->digests[i], text_str(&intake->content));
    }
    engine_door_unlock(intake->engine);
    intake->block_count = 0;
    arena_reset(&intake->arena);
    return done;
}

/* ---- taking ---- */

static void progress_tell(struct intake *intake)
{
    if (!intake->has_progress) return;
    uint64_t numbers[2] = { intake->acknowledge_seq, intake->acknowledge_source.length };
    text_add(&intake->group->mark, (struct str){ (const char *)numbers, sizeof numbers });
    text_add(&intake->group->mark, text_str(&intake->acknowledge_source));
    intake->has_progress = false;
}

void intake_pass(struct intake *intake, struct str source, uint64_t seq)
{
    if (!intake->options.acknowledge) return;
    if (intake->has_progress && !str_equal(source, text_str(&intake->acknowledge_source))) {
        struct error ignored;
        if (!group_ready(intake, &ignored)) return;
        progress_tell(intake);
    }
    if (!intake->has_progress) {
        intake->acknowledge_source.length = 0;
        text_add(&intake->acknowledge_source, source);
        intake->acknowledge_seq = seq;
    }
    if (seq > intake->acknowledge_seq) intake->acknowledge_seq = seq;
    intake->has_progress = true;
}

/* The digest that the record of this (source, seq) had before; what is still on its way is waited for. */
static bool digest_before(struct intake *intake, const struct record *record, int64_t *digest, struct error *error)
{
    struct place place;
    struct error missing;
    if (!place_find_single(intake->reader, record->source, record->seq, &place, &missing) &&
        (!intake_finish(intake, error) || !place_find_single(intake->reader, record->source, record->seq, &place, error)))
        return false;
    *digest = place.digest;
    return true;
}

/* The row that a record was read from is gone with the next one: what the record says of it moves into the arena. */
static void record_keep(struct intake *intake, struct record *record)
{
    size_t room = record->source.length, count = record->kind->field_count;
    for (size_t i = 0; i < count; i++)
        if (record_has(record, i)) room += record->values[i].text.length;
    char *at = arena_take(&intake->arena, room);
    memcpy(at, record->source.at, record->source.length);
    record->source.at = at;
    at += record->source.length;
    for (size_t i = 0; i < count; i++) {
        struct str *text = &record->values[i].text;
        if (!record_has(record, i) || !text->length) continue;
        memcpy(at, text->at, text->length);
        text->at = at;
        at += text->length;
    }
}

/* Whether a (source, seq) was seen before; notes it as seen. *is_here: within this load, whose content is not to be had yet
   where it is held. */
static bool is_known(struct intake *intake, const struct record *record, bool *is_here)
{
    struct span span = { record->seq, record->seq };
    size_t from, gone;
    *is_here = false;
    engine_door_lock(intake->engine);
    bool is_replaced = intake->options.hold && str_equal(record->source, intake->options.replaces);
    struct seen *seen = is_replaced ? NULL : engine_door_seen(intake->engine, record->source);
    bool known = seen && seen_has(seen, record->seq);
    if (!known && !intake->options.hold) seen_add(seen, span, &from, &gone);
    engine_door_unlock(intake->engine);
    if (known || !intake->options.hold) return known;
    struct source *held = sources_find(&intake->held, record->source);
    if (!held) held = sources_add(&intake->held, record->source);
    *is_here = seen_has(&held->seen, record->seq);
    if (!*is_here) seen_add(&held->seen, span, &from, &gone);
    return *is_here;
}

bool intake_take(struct intake *intake, enum taken *taken, struct error *error)
{
    struct record *record = intake_record(intake);
    const struct kind *kind = intake->options.kind;
    record->kind = kind;
    int64_t digest = 0;
    if (!kind->bulk) {
        intake->content.length = 0;
        text_add(&intake->content, str_of(kind->name));
        text_add_byte(&intake->content, 0);
        record_content(record, &intake->content);
        digest = vault_digest(engine_vault(intake->engine), text_str(&intake->content));
    }
    bool is_here, known = is_known(intake, record, &is_here);
    intake_pass(intake, record->source, record->seq);
    if (known) {
        int64_t before = 0;
        *taken = is_here ? TAKEN_CONFLICT : TAKEN_DUPLICATE;
        if (kind->bulk || is_here) return true;
        struct record kept = *record; /* what is in hand may be flushed while looking: the slot and the arena with it */
        struct text source = { 0 };
        text_add(&source, record->source);
        kept.source = text_str(&source);
        bool found = digest_before(intake, &kept, &before, error);
        text_close(&source);
        if (found && before != digest) *taken = TAKEN_CONFLICT;
        return found;
    }
    *taken = TAKEN_NEW;
    record_keep(intake, record);
    intake->digests[intake->block_count++] = digest;
    if (intake->block_count == BLOCK_RECORDS && !intake_admit(intake, error)) return false;
    if (intake->group && (intake->group->records >= GROUP_RECORDS || intake->group->bytes.length >= GROUP_BYTES))
        return intake_flush(intake, error);
    return true;
}

bool intake_flush(struct intake *intake, struct error *error)
{
    if (!intake_admit(intake, error)) return false;
    if (intake->batch_count || intake->has_progress) {
        if (!group_ready(intake, error)) return false;
        batch_end(intake);
        progress_tell(intake);
    }
    if (!intake->group) return true;
    struct group *group = intake->group;
    intake->group = NULL;
    engine_submit(intake->engine, group);
    return true;
}

bool intake_finish(struct intake *intake, struct error *error)
{
    return intake_flush(intake, error) && engine_wait(intake->engine, error);
}

static uint64_t counted(struct intake *intake, const uint64_t *number)
{
    pthread_mutex_lock(&intake->lock);
    uint64_t value = *number;
    pthread_mutex_unlock(&intake->lock);
    return value;
}

uint64_t intake_accepted(struct intake *intake)
{
    return counted(intake, &intake->accepted);
}

uint64_t intake_repeated(struct intake *intake)
{
    return counted(intake, &intake->repeated);
}
