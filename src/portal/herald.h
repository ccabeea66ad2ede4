/* The herald follows the notices that use made due, and hands those that are news to the outbox, each once for its ID. */
#ifndef PORTAL_HERALD_H
#define PORTAL_HERALD_H

#include "portal/outbox.h"

struct view;
/* Notes where it stands. On a directory that it has never seen it begins at the end: what was loaded before is no news to anybody. */
bool herald_begin(struct view *view, struct outbox *outbox, struct error *error);
/* From where it stood up to the view's position; and once through all notices that came within a day, when the state was made anew. */
bool herald_follow(struct view *view, struct outbox *outbox, struct error *error);

#endif
