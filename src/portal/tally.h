/* How often something was tried of late, in memory of a fixed size: by a keyed hash of a name, a number or an address, so
   that none of them is kept. Where there is no room the one that is longest unused is forgotten. Locked by whoever uses it. */
#ifndef PORTAL_TALLY_H
#define PORTAL_TALLY_H

#include <stdint.h>

#include "base/str.h"

struct tally {
    uint64_t key;
    int64_t since, last; /* the first try of this window, and the newest */
    uint32_t count;      /* within the window */
    /* A code that was sent (code.c). */
    uint32_t code, tries_left;
    int64_t code_until;
};

struct tallies {
    struct tally *at;
    int64_t window;
    uint8_t secret[16];
};

void tallies_open(struct tallies *tallies, int64_t window);
void tallies_close(struct tallies *tallies);
/* Its tally, a fresh one where there was none; its count begins anew when the window is over. Valid until the next call. */
struct tally *tally_of(struct tallies *tallies, struct str what, int64_t now);
/* One more try. */
void tally_count(struct tally *tally, int64_t now);

#endif
