/* Filling a record by the names of its fields. */
#ifndef TESTS_RECORD_FIELDS_H
#define TESTS_RECORD_FIELDS_H

#include "base/memory.h"
#include "door/kind.h"

static inline void set_text(struct record *record, struct arena *arena, const char *field, const char *text)
{
    size_t at = kind_field(record->kind, str_of(field));
    record->values[at] = (struct value){ .text = { arena_copy(arena, text, strlen(text)), strlen(text) } };
    record->present |= 1u << at;
}

static inline void set_number(struct record *record, const char *field, int64_t number)
{
    size_t at = kind_field(record->kind, str_of(field));
    record->values[at] = (struct value){ .number = number };
    record->present |= 1u << at;
}

#endif
