/* What the server counts, as Prometheus reads it. */
#ifndef PORTAL_METRICS_H
#define PORTAL_METRICS_H

#include "portal/portal.h"

struct metrics;

/* Places beyond the routes: files of web/, and what is nothing. */
enum { METRICS_PAGES, METRICS_NOTHING, METRICS_BEYOND };

struct metrics *metrics_open(void);
void metrics_close(struct metrics *metrics);
/* The place of what is no route. */
size_t metrics_beyond(size_t which);

/* An answer to route number `place`: its status, and how long it took. Any thread. */
void metrics_answer(struct metrics *metrics, size_t place, int status, int64_t microseconds);

enum metrics_event { METRICS_TOO_MANY, METRICS_GUESSES, METRICS_QUEUE_FULL, METRICS_UPLOADS_FULL, METRICS_EVENTS };
void metrics_note(struct metrics *metrics, enum metrics_event event);
void metrics_write(struct portal *portal, struct text *out);

#endif
