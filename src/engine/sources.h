/* Sources by name: their number, and what has been seen of each. Used by the state and by the door. */
#ifndef ENGINE_SOURCES_H
#define ENGINE_SOURCES_H

#include "base/str.h"
#include "engine/seen.h"

struct source {
    char *name;
    size_t length;
    int64_t number;    /* from 1, in the order of first appearance */
    struct seen seen;
    uint64_t *touched; /* the state's: where intervals begin, or began, that are not in their table yet */
    size_t touched_count, touched_room;
};

/* Start from { 0 }. */
struct sources {
    struct source *at; /* in the order of their numbers */
    size_t count, room;
    size_t *slots;     /* a hash table of places in `at`, from 1; 0: free */
    size_t slot_count;
    size_t last;       /* the one found last: loads run in long stretches of one */
};

static inline struct str source_name(const struct source *source)
{
    return (struct str){ source->name, source->length };
}

/* NULL where there is none. Valid until one is added. */
struct source *sources_find(struct sources *sources, struct str name);
/* The same for several threads at once, while nobody adds or finds. */
const struct source *sources_look(const struct sources *sources, struct str name);
/* The name must be new. */
struct source *sources_add(struct sources *sources, struct str name);
void sources_close(struct sources *sources);

#endif
