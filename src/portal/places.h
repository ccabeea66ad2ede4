/* The operators and areas that there are records of, as a page's choices, kept as JSON while they hold. */
#ifndef PORTAL_PLACES_H
#define PORTAL_PLACES_H

#include "base/json.h"
#include "measure/view.h"

struct places;

struct places *places_open(void);
void places_close(struct places *places);
/* Adds "province", "operators" and "areas" to an open object, in a language. Any thread. Now and then one goes through all
   records of an area, for a worker's thread; what the others get meanwhile is what was there before. */
bool places_write(struct places *places, const struct view *view, int64_t now, enum language language, struct json *json,
                  struct error *error);

#endif
