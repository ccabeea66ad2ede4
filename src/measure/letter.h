/* Letters: what is said to a person, to an operator's staff or to the regulator's, each once for its key. */
#ifndef MEASURE_LETTER_H
#define MEASURE_LETTER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/str.h"
#include "door/kind.h"

enum letter_to {
    TO_PERSON,    /* a text to the subject's number, without what it is about: others may read the screen */
    TO_OPERATOR,  /* to the staff of an operator */
    TO_REGULATOR, /* to the regulator's staff */
    TO_PERSON_NOW, /* as TO_PERSON, but at any hour: waiting would cost the person money */
};
static inline bool is_to_person(enum letter_to to) { return to == TO_PERSON || to == TO_PERSON_NOW; }

struct letter {
    struct str key;             /* the same for the same letter in every run: it is sent once */
    enum letter_to to;
    uint64_t subject;           /* of a person */
    struct str operator_;       /* TO_OPERATOR */
    int64_t time;               /* what caused it */
    struct str text[LANGUAGES];
};

/* Strings are copied by whoever takes them. */
struct letters_sink {
    bool (*add)(void *context, const struct letter *letter, struct error *error);
    void *context;
};

#endif
