/* Memory: an arena for each request or batch. Running out of memory ends the program: nothing acknowledged is lost by
   that, since what was acknowledged is on disk. */
#ifndef BASE_MEMORY_H
#define BASE_MEMORY_H

#include <stddef.h>

#include "base/str.h"

/* Zeroed memory, freed by free(). Never NULL. */
void *allocate(size_t bytes);
/* As realloc; what is new is not zeroed. Never NULL. */
void *reallocate(void *old, size_t bytes);

struct arena_block;
/* Grows in blocks, is emptied at once. Start from { 0 }. Not for use by two threads at a time. */
struct arena {
    struct arena_block *block;
    size_t used;
};

/* Uninitialised memory aligned for any type, valid until arena_reset or arena_close. Never NULL. */
void *arena_take(struct arena *arena, size_t bytes);
/* A zero-terminated copy of length bytes. */
char *arena_copy(struct arena *arena, const char *bytes, size_t length);
/* As printf writes it; zero-terminated as well. */
struct str arena_format(struct arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* A copy of a string. */
struct str arena_str(struct arena *arena, struct str string);
/* A place in an arena, to which arena_release goes back: what was taken since is forgotten. */
struct arena_mark {
    struct arena_block *block;
    size_t used;
};
struct arena_mark arena_mark(const struct arena *arena);
void arena_release(struct arena *arena, struct arena_mark mark);
/* Forgets everything taken, and keeps the memory for the next round. */
void arena_reset(struct arena *arena);
void arena_close(struct arena *arena);

#endif
