/* A compound file, in which old office programs keep their streams: sectors in chains, as on a small disk. */
#ifndef DOOR_COMPOUND_H
#define DOOR_COMPOUND_H

#include "base/error.h"
#include "base/str.h"

struct compound {
    int descriptor;
    size_t sector;    /* its bytes */
    uint32_t *next;   /* of each sector in its chain */
    size_t count;     /* of the sectors that the file has */
    struct text directory;
    struct text small, small_next; /* the stream of small sectors, and the next of each, four bytes in the file's order */
};

/* Takes the descriptor over, also when it fails. compound_close also after a failure. */
bool compound_open(struct compound *compound, int descriptor, struct error *error);
void compound_close(struct compound *compound);
/* Adds the stream of that ASCII name that lies at the top; ERROR_NOT_FOUND where there is none. No stream is larger than the file. */
bool compound_stream(const struct compound *compound, const char *name, struct text *stream, struct error *error);

/* Numbers as both the container and what is in it have them, the low byte first. */
static inline uint16_t low_16(const char *at)
{
    return (uint16_t)((unsigned char)at[0] | (unsigned char)at[1] << 8);
}

static inline uint32_t low_32(const char *at)
{
    return low_16(at) | (uint32_t)low_16(at + 2) << 16;
}

#endif
