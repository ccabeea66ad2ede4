/* What a case waits for: read for all cases at once, or for one. What is dated ahead (a day at most) counts already, so that a
   work changes with records alone. */
#ifndef MEASURE_COMPLAINT_WORKS_H
#define MEASURE_COMPLAINT_WORKS_H

#include "measure/complaint/book.h"
#include "measure/complaint/names.h"

/* Strings of works, each once: in the arena of whoever keeps them. */
struct words {
    struct names names;
    struct arena arena;
};

struct works_sink {
    void (*add)(void *context, const struct work *work); /* its strings last as the words do */
    void *context;
    struct words *words;
};

/* All works at the view's position, without who takes care of them and how many press and join. */
bool works_read(struct view *view, struct works_sink sink, struct error *error);
/* Those of one case; none where it is closed, or not on record. */
bool works_of_case(struct view *view, struct str complaint, struct works_sink sink, struct error *error);

/* What people and staff did besides: by what they wrote last. */
struct care {
    struct str of_operator, operator_; /* who takes care of it there, and where that is; empty: nobody */
    struct str of_regulator;
    int64_t pressed, joined;
};
/* Calls back for each case that has any, and for one the same. */
bool cared_for(struct view *view, bool (*one)(void *context, struct str complaint, struct error *error), void *context,
               struct error *error);
bool care_of(struct view *view, struct str complaint, struct words *words, struct care *care, struct error *error);

#endif
