/* `mingbai kinds`: the documentation of the record kinds, printed from their tables. */
#ifndef DOOR_KINDS_PAGE_H
#define DOOR_KINDS_PAGE_H

#include "door/kind.h"

/* Adds the page to out: for people as a list of kinds with a table of fields each, or as one JSON array for programs. */
void kinds_print(const struct kind *const *kinds, size_t count, enum language language, bool as_json, struct text *out);
/* "time", "count": the name of a field's type in the page's JSON. */
const char *field_type_name(enum field_type type);

#endif
