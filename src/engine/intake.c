#include "engine/intake.h"

#include <stdlib.h>

#include "engine/correction.h"
#include "engine/door.h"
#include "engine/key.h"
#include "engine/packing.h"

/* A field of the intake's kind that names a row of another kind by its key. */
struct naming {
    size_t field;
    const struct kind *named;
};

struct intake {
    struct engine *engine;
    struct intake_options options;
    struct store *reader;          /* to look up earlier content */
    uint64_t generation;           /* which the reader sees, or an older one */
    struct packing *packing;
    struct block *block;           /* the packing's, being filled */
    struct claim *claim;           /* on what is in hand; NULL: nothing is. A held intake's is kept to its end */
    unsigned form;                 /* of its claims */
    bool claims_keys;
    struct naming namings[FIELDS_MAX];
    size_t naming_count;
    struct text key;               /* scratch; while slot_has_key, the key of the record in the slot, which is claimed */
    bool slot_has_key, slot_is_claimed;
    struct text content;
    struct sources held;           /* of a held load: what was seen within it */
    struct sources corrected, corrections; /* that were taken here, by name: what they replace, and they themselves */
    struct text acknowledge_source; /* the source whose progress is not yet told, and how far it is */
    uint64_t acknowledge_seq;
    bool has_progress;
    pthread_mutex_t lock;          /* protects the two below, which the writer's thread adds to */
    uint64_t accepted, repeated;
};

/* One that sees all that was applied by now: another generation may have come since. */
static bool reader_ready(struct intake *intake, struct error *error)
{
    uint64_t generation = engine_generation(intake->engine);
    if (intake->reader && intake->generation == generation) return true;
    if (intake->reader) store_close(intake->reader);
    intake->generation = generation;
    return (intake->reader = engine_reader(intake->engine, error)) != NULL;
}

static void namings_find(struct intake *intake)
{
    const struct kind *kind = intake->options.kind;
    for (size_t i = 0; i < kind->field_count; i++) {
        const struct kind *named = kind_find(str_of(kind->fields[i].name));
        if (named && named != kind && key_field(named) != FIELDS_MAX)
            intake->namings[intake->naming_count++] = (struct naming){ i, named };
    }
}

/* ---- what becomes of what was taken ---- */

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

/* What could not be packed was not taken, nor what was claimed for it. */
static void block_dropped(void *context, const struct block *block)
{
    struct intake *intake = context;
    struct door *door = engine_door(intake->engine);
    if (!block->claim) return;
    if (block->ends_group && !intake->options.hold)
        door_give_back(door, block->claim);
    else
        for (size_t i = 0; i < block->count; i++)
            door_unsee(door, block->claim, record_row(block->records, i)->source, record_row(block->records, i)->seq);
}

struct intake *intake_open(struct engine *engine, const struct intake_options *options, struct error *error)
{
    struct intake *intake = allocate(sizeof *intake);
    intake->engine = engine;
    intake->options = *options;
    intake->packing = packing_open(engine, &(struct packing_options){ .kind = options->kind, .hold = options->hold, .done = group_done,
                                                                      .dropped = block_dropped, .context = intake });
    intake->block = packing_block(intake->packing);
    pthread_mutex_init(&intake->lock, NULL);
    /* Who takes a correction looks at what is corrected already. */
    intake->form = (options->looks || options->kind->corrections ? CLAIM_LOOKS : CLAIM_PLAIN) | (options->hold ? CLAIM_HELD : CLAIM_PLAIN);
    /* Bulk kinds come by the million: only who looks at each record can afford to claim each key. */
    intake->claims_keys = kind_has_key(options->kind) && (options->looks || !options->kind->bulk);
    if (options->looks) namings_find(intake);
    if (reader_ready(intake, error)) return intake;
    intake_close(intake);
    return NULL;
}

void intake_close(struct intake *intake)
{
    if (!intake) return;
    struct error ignored;
    engine_wait_for(intake->engine, packing_end(intake->packing), &ignored); /* groups on their way call back into this intake */
    packing_close(intake->packing);
    if (intake->claim) door_give_back(engine_door(intake->engine), intake->claim);
    if (intake->reader) store_close(intake->reader);
    sources_close(&intake->held);
    sources_close(&intake->corrected);
    sources_close(&intake->corrections);
    text_close(&intake->content);
    text_close(&intake->key);
    text_close(&intake->acknowledge_source);
    pthread_mutex_destroy(&intake->lock);
    free(intake);
}

/* The group that a block ends has its claim, but for a held load's. */
static bool block_next(struct intake *intake, struct error *error)
{
    intake->block->claim = intake->claim;
    if (intake->block->ends_group && !intake->options.hold) intake->claim = NULL;
    bool done = packing_next(intake->packing, error);
    intake->block = packing_block(intake->packing);
    return done;
}

struct record *intake_record(struct intake *intake)
{
    return record_row(intake->block->records, intake->block->count);
}

struct arena *intake_arena(struct intake *intake)
{
    return &intake->block->arena;
}

bool intake_admit(struct intake *intake, struct error *error)
{
    return block_next(intake, error);
}

/* ---- taking ---- */

/* It is told when the group of the block in hand is done. */
static void progress_tell(struct intake *intake)
{
    if (!intake->has_progress) return;
    struct text *mark = &intake->block->mark;
    uint64_t numbers[2] = { intake->acknowledge_seq, intake->acknowledge_source.length };
    text_add(mark, (struct str){ (const char *)numbers, sizeof numbers });
    text_add(mark, text_str(&intake->acknowledge_source));
    intake->has_progress = false;
}

void intake_pass(struct intake *intake, struct str source, uint64_t seq)
{
    if (!intake->options.acknowledge) return;
    if (intake->has_progress && !str_equal(source, text_str(&intake->acknowledge_source))) progress_tell(intake);
    if (!intake->has_progress) {
        intake->acknowledge_source.length = 0;
        text_add(&intake->acknowledge_source, source);
        intake->acknowledge_seq = seq;
    }
    if (seq > intake->acknowledge_seq) intake->acknowledge_seq = seq;
    intake->has_progress = true;
}

/* The row that a record was read from is gone with the next one: what the record says of it moves into an arena. Returns how many bytes. */
static size_t record_keep(struct record *record, struct arena *arena)
{
    size_t room = record->source.length, count = record->kind->field_count;
    for (size_t i = 0; i < count; i++)
        if (record_has(record, i)) room += record->values[i].text.length;
    char *at = arena_take(arena, room);
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
    return room;
}

static struct claim *claim_ready(struct intake *intake)
{
    if (!intake->claim) intake->claim = door_claim(engine_door(intake->engine), intake, intake->form);
    return intake->claim;
}

/* Somebody else has something in hand and may yet give it back: who waits for that has nothing in hand. The record in the slot
   outlives the flush, and so does the claim on its key. */
static bool hand_empty(struct intake *intake, struct error *error)
{
    struct door *door = engine_door(intake->engine);
    struct arena aside = { 0 };
    struct record record = *intake_record(intake);
    struct claim *next = NULL;
    record_keep(&record, &aside);
    if (intake->slot_has_key && !intake->options.hold) {
        next = door_claim(door, intake, intake->form);
        door_note_key(door, next, text_str(&intake->key));
    }
    bool done = intake_finish(intake, error);
    if (done && next)
        intake->claim = next;
    else if (next)
        door_give_back(door, next);
    *intake_record(intake) = record;
    record_keep(intake_record(intake), intake_arena(intake));
    arena_close(&aside);
    return done;
}

/* Waits until nobody else writes the key in scratch; then claims it, if that is asked for. */
static bool key_free(struct intake *intake, bool claims, const struct field *its, const struct field **field, struct error *error)
{
    struct door *door = engine_door(intake->engine);
    for (;;) {
        enum sight sight = claims ? door_claim_key(door, claim_ready(intake), text_str(&intake->key))
                                  : door_look_key(door, intake, intake->form, text_str(&intake->key));
        if (sight == SIGHT_NEW) return true;
        *field = its;
        if (sight == SIGHT_HELD)
            return fail_both(error, ERROR_CONFLICT, "another file that replaces a source is just bringing this %s: load yours again when it is done",
                             "另一个替换来源的文件正在写入该 %s：请待其完成后重新装入", its->name);
        if (!hand_empty(intake, error) || !door_await_key(door, intake, intake->form, text_str(&intake->key), error)) return false;
    }
}

bool intake_claim(struct intake *intake, const struct field **field, struct error *error)
{
    const struct kind *kind = intake->options.kind;
    intake_record(intake)->kind = kind;
    intake->slot_has_key = false;
    intake->slot_is_claimed = true;
    for (size_t i = 0; i < intake->naming_count; i++) {
        const struct naming *naming = &intake->namings[i];
        if (!record_has(intake_record(intake), naming->field)) continue;
        intake->key.length = 0;
        key_write_named(naming->named, intake_record(intake), naming->field, &intake->key);
        if (!key_free(intake, false, &kind->fields[naming->field], field, error)) return false;
    }
    if (!intake->claims_keys) return true;
    const struct field *key = kind->fields;
    while (!(key->flags & FIELD_KEY)) key++;
    intake->key.length = 0;
    key_write(intake_record(intake), &intake->key);
    intake->slot_has_key = key_free(intake, true, key, field, error);
    return intake->slot_has_key;
}

/* ---- corrections ---- */

static bool name_is_in(struct sources *names, struct record_name name)
{
    struct source *source = sources_find(names, name.source);
    return source && seen_has(&source->seen, name.seq);
}

static void name_add(struct sources *names, struct record_name name)
{
    struct source *source = sources_find(names, name.source);
    if (!source) source = sources_add(names, name.source);
    seen_add(&source->seen, (struct span){ name.seq, name.seq });
}

/* Claims a record's name among corrections, of this kind; *waited: others had it, and all must be looked at anew. */
static bool name_claim(struct intake *intake, struct record_name name, bool *waited, struct error *error)
{
    struct door *door = engine_door(intake->engine);
    struct text key = { 0 };
    text_format(&key, "%s corrects %llu %.*s", intake->options.kind->name, (unsigned long long)name.seq, STR_ARGS(name.source));
    enum sight sight = door_claim_key(door, claim_ready(intake), text_str(&key));
    bool done = true;
    *waited = sight != SIGHT_NEW;
    if (sight == SIGHT_HELD)
        done = fail_both(error, ERROR_CONFLICT, "another file that replaces a source is just correcting the same record: load yours again when it is done",
                         "另一个替换来源的文件正在更正同一条记录：请待其完成后重新装入");
    else if (*waited)
        done = hand_empty(intake, error) && door_await_key(door, intake, intake->form, text_str(&key), error);
    text_close(&key);
    return done;
}

bool intake_correct(struct intake *intake, bool *may, const struct field **field, struct error *error)
{
    const struct kind *kind = intake->options.kind;
    struct record_name own, target;
    *may = true;
    if (!kind->corrections || !record_has(intake_record(intake), kind->corrects)) return true;
    *field = &kind->fields[kind->corrects];
    for (bool waited = true; waited;) {
        const struct record *record = intake_record(intake);
        own = (struct record_name){ record->source, record->seq };
        if (!record_name_read(record->values[kind->corrects].text, &target)) return true;
        if (!name_claim(intake, target, &waited, error)) return false;
        if (!waited && !name_claim(intake, own, &waited, error)) return false;
    }
    /* What comes again is no second correction: it is a duplicate. */
    if (name_is_in(&intake->corrections, own)) return true;
    struct error failure = { 0 };
    if (record_name_equal(own, target) || name_is_in(&intake->corrections, target))
        *may = correction_of_correction(target, error);
    else if (name_is_in(&intake->corrected, target))
        *may = correction_twice(target, error);
    else if (name_is_in(&intake->corrected, own))
        *may = correction_is_corrected(own, error);
    else if (!reader_ready(intake, error))
        return false;
    else if (!correction_look(intake->reader, kind->corrections, own, target, intake->options.replaces, &failure)) {
        *error = failure;
        if (failure.code != ERROR_INPUT) return false;
        *may = false;
    }
    if (!*may) return true;
    name_add(&intake->corrected, target);
    name_add(&intake->corrections, own);
    return true;
}

/* How a held load knows a record: by the door, but for the source that it replaces, and by what it holds itself. */
static enum sight sight_held(struct intake *intake, const struct record *record)
{
    enum sight sight = SIGHT_NEW;
    if (!str_equal(record->source, intake->options.replaces))
        sight = door_look(engine_door(intake->engine), NULL, record->source, record->seq);
    if (sight != SIGHT_NEW) return sight;
    struct source *held = sources_find(&intake->held, record->source);
    if (!held) held = sources_add(&intake->held, record->source);
    if (seen_has(&held->seen, record->seq)) return SIGHT_OWN;
    seen_add(&held->seen, (struct span){ record->seq, record->seq });
    return SIGHT_NEW;
}

/* Claims the record in the slot where it is new. */
static bool look(struct intake *intake, enum sight *sight, struct error *error)
{
    for (;;) {
        const struct record *record = intake_record(intake);
        *sight = intake->options.hold ? sight_held(intake, record)
                                      : door_look(engine_door(intake->engine), claim_ready(intake), record->source, record->seq);
        if (*sight != SIGHT_OTHERS) return true;
        if (!hand_empty(intake, error)) return false;
        record = intake_record(intake);
        if (!door_await(engine_door(intake->engine), record->source, record->seq, error)) return false;
    }
}

/* Whether a known record has other content than what was there before; what this intake brought itself is waited for. The
   slot and the arena may be empty afterwards. */
static bool compare(struct intake *intake, enum sight sight, int64_t digest, enum taken *taken, struct error *error)
{
    struct text source = { 0 };
    struct place place;
    uint64_t seq = intake_record(intake)->seq;
    text_add(&source, intake_record(intake)->source);
    bool done = (sight != SIGHT_OWN || intake_finish(intake, error)) && reader_ready(intake, error), found = false;
    if (done && !(found = place_find_single(intake->reader, text_str(&source), seq, &place, error))) {
        done = error->code == ERROR_NOT_FOUND; /* it stands among many of a bulk kind, which this is not */
        if (done) error_clear(error);
    }
    text_close(&source);
    *taken = found && place.digest == digest ? TAKEN_DUPLICATE : TAKEN_CONFLICT;
    return done;
}

/* What is in hand goes with the block in hand, once that is packed. */
static bool group_end(struct intake *intake, struct error *error)
{
    struct block *block = intake->block;
    progress_tell(intake);
    if (!block->count && !block->mark.length && !intake->claim && !packing_is_under_way(intake->packing)) return true;
    block->ends_group = true;
    return block_next(intake, error);
}

bool intake_take(struct intake *intake, enum taken *taken, struct error *error)
{
    const struct kind *kind = intake->options.kind;
    int64_t digest = 0;
    enum sight sight;
    const struct field *ignored;
    intake_record(intake)->kind = kind;
    if (!intake->slot_is_claimed && !intake_claim(intake, &ignored, error)) return false;
    intake->slot_is_claimed = false;
    if (!kind->bulk) digest = record_digest(engine_vault(intake->engine), intake_record(intake), &intake->content);
    if (!look(intake, &sight, error)) return false;
    struct record *record = intake_record(intake);
    intake->slot_has_key = false;
    intake_pass(intake, record->source, record->seq);
    if (sight != SIGHT_NEW) {
        bool is_held = sight == SIGHT_OWN && intake->options.hold; /* its content is not to be had yet */
        *taken = is_held ? TAKEN_CONFLICT : TAKEN_DUPLICATE;
        return kind->bulk || is_held || compare(intake, sight, digest, taken, error);
    }
    *taken = TAKEN_NEW;
    struct block *block = intake->block;
    block->bytes += record_keep(record, &block->arena);
    block->digests[block->count++] = digest;
    if (!block_is_full(block)) return true;
    return intake_admit(intake, error) && (!packing_is_full(intake->packing) || group_end(intake, error));
}

bool intake_flush(struct intake *intake, struct error *error)
{
    uint64_t ticket;
    return group_end(intake, error) && packing_settle(intake->packing, &ticket, error);
}

bool intake_finish(struct intake *intake, struct error *error)
{
    uint64_t ticket;
    return group_end(intake, error) && packing_settle(intake->packing, &ticket, error) && engine_wait_for(intake->engine, ticket, error);
}

static uint64_t counted(struct intake *intake, const uint64_t *number)
{
    pthread_mutex_lock(&intake->lock);
    uint64_t count = *number;
    pthread_mutex_unlock(&intake->lock);
    return count;
}

uint64_t intake_accepted(struct intake *intake)
{
    return counted(intake, &intake->accepted);
}

uint64_t intake_repeated(struct intake *intake)
{
    return counted(intake, &intake->repeated);
}
