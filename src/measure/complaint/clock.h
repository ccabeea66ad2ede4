/* The clock of a case: when it ran, and whether a limit ended in between. Pure: events in, runs out. */
#ifndef MEASURE_COMPLAINT_CLOCK_H
#define MEASURE_COMPLAINT_CLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/memory.h"
#include "base/str.h"
#include "measure/law.h"

enum { NOBODY = UINT32_MAX };
enum { LIMIT_ONE = 1000000 }; /* a limit of 1, as limits are scaled */

/* Something that happened to a complaint or an appeal. */
struct event {
    int64_t time;
    uint64_t seq;
    uint32_t source;    /* its rank among the names of sources, bytewise */
    uint32_t owner;     /* the place of its complaint or appeal */
    uint32_t operator_; /* moved: the place of its name, else NOBODY */
    uint8_t step;       /* enum complaint_step or enum appeal_step */
    uint8_t reason;     /* enum reason_class */
};

/* A time in which the clock ran, both ends included; INT64_MAX: it still runs. */
struct stretch {
    int64_t from, to;
};

enum run_end { RUN_OPEN, RUN_ANSWERED, RUN_MERGED, RUN_WITHDRAWN };

/* From a start of the clock to its stop. */
struct run {
    int64_t start, stop;            /* stop: INT64_MAX while open */
    enum run_end end;
    const struct event *started_by; /* NULL: the filing */
    const struct event *stopped_by; /* NULL: open */
    const struct stretch *stretches;
    size_t stretch_count;
};

/* Walks over the runs of a complaint. Start from { .filed, .events, .event_count }, the events in order (time, source, seq);
   end with clock_close. One clock can be used for many complaints: set the three fields and `next`, `ended` anew. */
struct clock {
    int64_t filed;
    const struct event *events;
    size_t event_count;
    size_t next;
    bool started, ended;
    struct stretch *stretches;
    size_t stretch_room;
};

/* Sets a clock to the filing of a complaint. */
void clock_set(struct clock *clock, int64_t filed, const struct event *events, size_t event_count);
/* The next run; false after the last. Its stretches are valid until the next call. */
bool clock_next(struct clock *clock, struct run *run);
void clock_close(struct clock *clock);

/* A clock that runs from a moment on, whatever happens. */
struct open_run {
    struct stretch stretch;
    struct run run;
};
const struct run *run_from(struct open_run *open, int64_t start);

/* Whether the limit counts time, as all limits of complaints and appeals do. */
bool limit_is_time(const struct limit *limit);
/* Whether the limit ended before a moment; then *end is when (for days: 24:00, as 00:00 of the next day). *provisional is set
   where it rests on working days not yet published. */
bool limit_passed(const struct limit *limit, const struct law *law, const struct run *run, int64_t before, int64_t *end,
                  bool *provisional);
/* When the limit ends if nothing more happens; false where it never does: the clock stands. */
bool limit_end(const struct limit *limit, const struct law *law, const struct run *run, int64_t *end, bool *provisional);
/* The smallest limit in the same unit, scaled as limits are, within which something at that moment would have been in time. */
int64_t limit_needed(const struct limit *limit, const struct law *law, const struct run *run, int64_t moment,
                     bool *provisional);
/* The time that the clock ran in the run until its stop, in milliseconds; the run is not open. */
int64_t run_length(const struct run *run);

/* A value of the limit's unit: "15 day", "2.5 hour", in the arena. */
struct str limit_text(const struct limit *limit, int64_t value, struct arena *arena);

#endif
