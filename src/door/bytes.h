/* The bytes of a file, a pipe or standard input as they come, gunzipped where they are gzipped (told by their first bytes). */
#ifndef DOOR_BYTES_H
#define DOOR_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

enum bytes_state {
    BYTES_MORE,    /* there may be more */
    BYTES_WAITING, /* a pipe has nothing yet */
    BYTES_ENDED,
    BYTES_FAILED, /* bytes_error says why; what came before stands */
};

struct bytes;

/* Opens a path, or for "-" the descriptor given as standard input, and waits for its first bytes. What waits, then and later, fails
   once the descriptor `stop` (0: none) can be read or has hung up. */
struct bytes *bytes_open(const char *path, int standard_input, int stop, struct error *error);
void bytes_close(struct bytes *bytes);
/* Puts up to room bytes there and sets how many. BYTES_MORE comes with at least one byte, every other state with none.
   Without wait, a pipe that has nothing yet is BYTES_WAITING. */
enum bytes_state bytes_read(struct bytes *bytes, char *into, size_t room, bool wait, size_t *got);
/* Why the state is BYTES_FAILED. */
const struct error *bytes_error(const struct bytes *bytes);
/* Whether bytes_look can read anywhere: a regular file that is not gzipped. */
bool bytes_are_plain(const struct bytes *bytes);
/* Whether more never needs waiting for: a regular file. */
bool bytes_are_stored(const struct bytes *bytes);
/* Reads a plain file at an offset without moving on; the number of bytes, 0 at the end or on a failure. */
size_t bytes_look(const struct bytes *bytes, uint64_t offset, char *into, size_t room);
/* A descriptor that can seek, from offset 0, which the caller closes: the plain file itself, or a copy in memory of at most
   limit bytes. Negative on failure. To be called before any bytes_read. */
int bytes_seekable(struct bytes *bytes, uint64_t limit, struct error *error);
/* Bytes of the file read and in all (0: not known). */
void bytes_progress(const struct bytes *bytes, uint64_t *done, uint64_t *all);

#endif
