/* The decoded bytes of an input, as a window that moves over them. */
#ifndef DOOR_INPUT_H
#define DOOR_INPUT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/str.h"
#include "door/bytes.h"
#include "door/encoding.h"

enum { INPUT_PADDING = 64 }; /* readable bytes behind the window, of no meaning */

struct input {
    struct bytes *bytes;
    const char *at; /* what is in hand: UTF-8, but for lines that are not to be decoded */
    size_t length;
    enum bytes_state state; /* what comes behind it; BYTES_ENDED and BYTES_FAILED are for ever */
    enum encoding encoding; /* ENCODING_UNKNOWN while all is ASCII */
    struct decoder decoder;
    struct text window;  /* at points into it */
    struct text encoded; /* read and not yet decoded */
    bool closing;        /* nothing comes behind encoded */
    struct survey survey;
    size_t surveyed; /* of encoded */
};

/* Tells the encoding apart where name is NULL: of a plain file over all of it, else over what comes. */
bool input_open(struct input *input, struct bytes *bytes, const char *name, struct error *error);
void input_close(struct input *input);
/* Gets more behind what is in hand (which may move): BYTES_MORE with at least one more byte. Without wait, a pipe that has
   nothing yet is BYTES_WAITING. */
enum bytes_state input_more(struct input *input, bool wait);
/* Moves the start of the window. */
void input_take(struct input *input, size_t length);

#endif
