/* Reading JSON piece by piece where it stands, keeping the spelling of its numbers. */
#ifndef DOOR_JSON_SCAN_H
#define DOOR_JSON_SCAN_H

#include <stdbool.h>

#include "base/memory.h"
#include "base/str.h"
#include "door/kind.h"

struct json_scan {
    const char *at, *end;
    struct arena *arena; /* for what has to change: strings with escapes, numbers with exponents */
    struct says problem; /* why the last call returned false */
};

void json_scan_blanks(struct json_scan *scan);
/* Passes over blanks and then that byte; false, without a problem, where another one stands. */
bool json_scan_byte(struct json_scan *scan, char byte);
/* A string, its escapes resolved. */
bool json_scan_string(struct json_scan *scan, struct str *string);
/* Any value; an object or array as its text, checked to READER_JSON_DEPTH below `depth`. */
bool json_scan_value(struct json_scan *scan, unsigned depth, struct cell *cell);

/* A JSON number in its shortest decimal spelling, exactly: 1.50 as 1.5, 1e3 as 1000. One of more than 64 places stays as it
   is. What has to change is taken from the arena. */
struct str number_spelling(struct str number, struct arena *arena);

#endif
