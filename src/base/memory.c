#include "base/memory.h"

#include <stdint.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"

enum { BLOCK_BYTES = 256 * 1024, ALIGNMENT = 16 };

struct arena_block {
    struct arena_block *before;
    size_t room;
    _Alignas(ALIGNMENT) char bytes[];
};

void *allocate(size_t bytes)
{
    void *memory = calloc(1, bytes ? bytes : 1);
    must(memory != NULL);
    return memory;
}

void *reallocate(void *old, size_t bytes)
{
    void *memory = realloc(old, bytes ? bytes : 1);
    must(memory != NULL);
    return memory;
}

void *arena_take(struct arena *arena, size_t bytes)
{
    must(bytes < SIZE_MAX / 2);
    size_t start = (arena->used + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
    if (!arena->block || start + bytes > arena->block->room) {
        size_t room = bytes > BLOCK_BYTES ? bytes : BLOCK_BYTES;
        struct arena_block *block = malloc(sizeof *block + room);
        must(block != NULL);
        block->before = arena->block;
        block->room = room;
        arena->block = block;
        start = 0;
    }
    arena->used = start + bytes;
    return arena->block->bytes + start;
}

char *arena_copy(struct arena *arena, const char *bytes, size_t length)
{
    char *copy = arena_take(arena, length + 1);
    if (length) memcpy(copy, bytes, length);
    copy[length] = 0;
    return copy;
}

struct arena_mark arena_mark(const struct arena *arena)
{
    return (struct arena_mark){ arena->block, arena->used };
}

void arena_release(struct arena *arena, struct arena_mark mark)
{
    while (arena->block != mark.block) {
        struct arena_block *before = arena->block->before;
        free(arena->block);
        arena->block = before;
    }
    arena->used = mark.used;
}

void arena_reset(struct arena *arena)
{
    while (arena->block && arena->block->before) {
        struct arena_block *before = arena->block->before;
        free(arena->block);
        arena->block = before;
    }
    arena->used = 0;
}

void arena_close(struct arena *arena)
{
    arena_reset(arena);
    free(arena->block);
    arena->block = NULL;
}

struct str arena_format(struct arena *arena, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    int length = vsnprintf(NULL, 0, format, list);
    va_end(list);
    char *text = arena_take(arena, (size_t)length + 1);
    va_start(list, format);
    vsnprintf(text, (size_t)length + 1, format, list);
    va_end(list);
    return (struct str){ text, (size_t)length };
}

struct str arena_str(struct arena *arena, struct str string)
{
    return (struct str){ arena_copy(arena, string.at ? string.at : "", string.length), string.length };
}
