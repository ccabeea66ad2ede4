/* Strings with numbers: each gets the next one, 0 first, when it is first added. */
#ifndef MEASURE_COMPLAINT_NAMES_H
#define MEASURE_COMPLAINT_NAMES_H

#include <stdint.h>

#include "base/memory.h"
#include "base/str.h"

enum { NAMES_KEY_BYTES = 16 };

/* Start from { 0 }. The strings live in the arena given; the rest is freed by names_close. */
struct names {
    struct str *at;
    size_t count, room;
    uint32_t *slots; /* place + 1; 0: free */
    size_t slot_count;
    uint8_t key[NAMES_KEY_BYTES];
};

uint32_t names_add(struct names *names, struct arena *arena, struct str name);
/* UINT32_MAX: it is not there. */
uint32_t names_find(const struct names *names, struct str name);
void names_close(struct names *names);

#endif
