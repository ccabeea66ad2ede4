/* Guessing what a stranger's columns hold, for proposing a map. */
#ifndef DOOR_MAP_GUESS_H
#define DOOR_MAP_GUESS_H

#include "base/memory.h"
#include "door/kind.h"

enum { GUESS_FORMS = 4, GUESS_NAME_BYTES = 120 };

/* How well a column's name fits a field: 0 not at all; more for its own name, then for usual ones, then for names within. */
int guess_name(const struct field *field, struct str column);

struct guess_forms {
    struct str forms[GUESS_FORMS];
    size_t count;
    size_t read;     /* of the samples */
    bool either_way; /* day and month could as well be the other way round */
    bool damaged;    /* some days stand as D-M, others as M-D, as spreadsheets leave them */
};
/* The date forms in which most samples can be read. Forms live in the arena. */
struct guess_forms guess_forms(const struct str *samples, size_t count, struct arena *arena);
/* Whether a text is a time of day alone, as 3:53:50 PM. */
bool guess_is_clock(struct str text, struct arena *arena);
bool guess_is_phone(struct str text);
/* Whether a text is the word for a case that is still open. */
bool guess_is_open(struct str text);
/* Whether a text is the word for how a case stands, open or not. */
bool guess_is_status(struct str text);

#endif
