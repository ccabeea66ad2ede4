/* Corrections: a record that replaces another, by its name. A record is corrected once, and a correction is not corrected. */
#ifndef ENGINE_CORRECTION_H
#define ENGINE_CORRECTION_H

#include "door/kind.h"
#include "store/store.h"

/* A record by its name. */
struct record_name {
    struct str source;
    uint64_t seq;
};
/* Takes "SOURCE/SEQ" apart; false where it is no such thing. */
bool record_name_read(struct str text, struct record_name *name);
static inline bool record_name_equal(struct record_name a, struct record_name b)
{
    return a.seq == b.seq && str_equal(a.source, b.source);
}

/* Whether a record may correct the one that it names, as far as is on record: ERROR_INPUT with the reason where it may not. What a source
   that is being replaced (empty: none) brought does not count. */
bool correction_look(struct store *store, const char *table, struct record_name own, struct record_name target, struct str replaces,
                     struct error *error);
/* The reasons, also for what is not on record yet; false. */
bool correction_twice(struct record_name target, struct error *error);
bool correction_of_correction(struct record_name target, struct error *error);
bool correction_is_corrected(struct record_name own, struct error *error);

#endif
