/* Intake: parsed records become entries. Tells new ones from duplicates and conflicts, gives persons their subjects, seals
   texts, packs, and hands full groups to the engine. One intake is one load, used by one thread. */
#ifndef ENGINE_INTAKE_H
#define ENGINE_INTAKE_H

#include "base/memory.h"
#include "engine/engine.h"

struct intake_options {
    const struct kind *kind;
    uint64_t hold; /* not 0: nothing counts until it is decided (engine_withdraw) */
    struct str replaces; /* with hold: the source that is replaced, whose sequence numbers are free again */
    bool looks;    /* who takes looks at what is on record under a record's key, and the keys it names, before it is taken: see
                      intake_claim */
    /* Told, in the writer's thread, that everything of a source up to seq is durable; may be NULL. */
    void (*acknowledge)(void *context, struct str source, uint64_t seq);
    void *context;
};

struct intake;

struct intake *intake_open(struct engine *engine, const struct intake_options *options, struct error *error);
/* Drops what was not flushed: it may be taken again. What was held keeps its keys until then: close it after the decision. */
void intake_close(struct intake *intake);

/* The record to fill next, and the arena for its strings. */
struct record *intake_record(struct intake *intake);
struct arena *intake_arena(struct intake *intake);

/* Claims the key of the record that was filled, until the record is applied or not taken, and waits until nobody else is writing
   that key or one that the record names; so what a store sees afterwards under its key holds until the record is applied, and of
   two who bring the same new key one sees the other's. Only where the intake looks; else intake_take does what is needed.
   Waiting moves the record: ask intake_record again. ERROR_CONFLICT with the field where two replacements meet. */
bool intake_claim(struct intake *intake, const struct field **field, struct error *error);

/* Whether the record that was filled may correct the one that it names; true for one that corrects nothing. *may is false with the field
   and the reason in error where it may not: a record is corrected once, and a correction is not corrected. Waits, as intake_claim. */
bool intake_correct(struct intake *intake, bool *may, const struct field **field, struct error *error);

enum taken {
    TAKEN_NEW,
    TAKEN_DUPLICATE, /* the same (source, seq) with the same content (in bulk kinds: uncompared) */
    TAKEN_CONFLICT,  /* the same (source, seq) with other content; within a held load: with any content */
};
/* Takes the record that was filled; its strings are copied. What another intake has in hand is waited for. */
bool intake_take(struct intake *intake, enum taken *taken, struct error *error);
/* Notes that a record of that source and seq was rejected: it is dealt with, for acknowledging. */
void intake_pass(struct intake *intake, struct str source, uint64_t seq);
/* Makes entries of the records in hand and empties the arena, also of what rejected records left in it. */
bool intake_admit(struct intake *intake, struct error *error);
/* Hands over what is in hand, so that it comes before what others hand over from now on; does not wait until it is durable. */
bool intake_flush(struct intake *intake, struct error *error);
/* Hands over and waits until what this intake brought is durable and applied. */
bool intake_finish(struct intake *intake, struct error *error);

/* Records that are durable by now and brought something, and those whose key already had their content. */
uint64_t intake_accepted(struct intake *intake);
uint64_t intake_repeated(struct intake *intake);

#endif
