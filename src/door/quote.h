/* Quoting what somebody wrote inside an error's sentence. */
#ifndef DOOR_QUOTE_H
#define DOOR_QUOTE_H

#include "base/str.h"

enum { QUOTE_CHARACTERS = 40, QUOTE_ROOM = 4 * QUOTE_CHARACTERS + 8 };

/* The text in single quotes, cut to 40 characters, with ? for control characters and broken UTF-8; returns room. */
const char *quote(struct str text, char room[QUOTE_ROOM]);

#endif
