#include "portal/timekeeper.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/moment.h"
#include "engine/engine.h"
#include "engine/write.h"
#include "measure/province/province.h"
#include "measure/view.h"
#include "portal/round.h"

enum { REMINDER_HOUR = 9, HOLIDAYS_MOST = 30 };

static const struct identity timekeeper_identity = { .role = ROLE_ADMINISTRATOR, .account = "mingbai:timekeeper" };
static const char reader[] = "timekeeper";

struct timekeeper {
    struct views *views;
    struct outbox *outbox;
    struct round round;
    struct error told;
};

/* The next 09:00 of a working day after a moment. */
static int64_t next_reminder(const struct law *law, int64_t after)
{
    bool provisional = false;
    int32_t day = day_of(after), last = day + HOLIDAYS_MOST;
    if (day_start(day) + REMINDER_HOUR * HOUR_MS <= after) day++;
    while (day < last && !law_is_workday(law, day, &provisional)) day++;
    return day_start(day) + REMINDER_HOUR * HOUR_MS;
}

/* The next moment after `from` at which there is something to say. */
static bool next_moment(struct view *view, int64_t from, int64_t *next, struct error *error)
{
    *next = next_reminder(view->audit.law, from);
    for (size_t i = 0; i < measure_count; i++) {
        int64_t due = INT64_MAX;
        if (!measures[i]->next_due) continue;
        if (!measures[i]->next_due(view, from, &due, error)) return false;
        if (due > from && due < *next) *next = due;
    }
    return true;
}

static bool clock_write(struct engine *engine, int64_t now, struct error *error)
{
    struct record record = { .kind = &clock_kind, .present = 1u << CLOCK_TIME };
    record.values[CLOCK_TIME].number = now;
    return engine_write(engine, STR(PORTAL_SOURCE), &record, 1, NULL, error);
}

/* A view that sees the clock that was just written. */
static bool letters_take(struct timekeeper *timekeeper, int64_t from, int64_t now, int64_t *next, struct error *error)
{
    struct view *view = view_take(timekeeper->views, &timekeeper_identity, REACH_OWN, error);
    if (!view) return false;
    struct letters letters = { 0 };
    struct letters_sink sink = { letters_add, &letters };
    bool done = true;
    for (size_t i = 0; done && i < measure_count; i++)
        done = !measures[i]->letters_of_time || measures[i]->letters_of_time(view, from, now, sink, error);
    done = done && outbox_take(timekeeper->outbox, reader, now, &letters, error) && next_moment(view, now, next, error);
    letters_close(&letters);
    view_give(view);
    return done;
}

bool timekeeper_pass(struct timekeeper *timekeeper, int64_t now, int64_t *next, struct error *error)
{
    int64_t from;
    struct view *view = view_take(timekeeper->views, &timekeeper_identity, REACH_OWN, error);
    if (!view) return false;
    bool done = outbox_cursor(timekeeper->outbox, reader, now, &from, error) && next_moment(view, from, next, error);
    view_give(view);
    if (!done || *next > now) return done;
    /* Should it end between the two, the same time passes again: the letters' keys are the same. */
    return clock_write(views_engine(timekeeper->views), now, error) && letters_take(timekeeper, from, now, next, error);
}

static int64_t step(void *context)
{
    struct timekeeper *timekeeper = context;
    struct error error = { 0 };
    int64_t now = moment_now(), next;
    bool done = timekeeper_pass(timekeeper, now, &next, &error);
    if (!done && strcmp(error.says, timekeeper->told.says)) fprintf(stderr, "mingbai: no time passes: %s\n", error.says);
    timekeeper->told = error;
    return done ? next : now + MINUTE_MS;
}

struct timekeeper *timekeeper_open(struct views *views, struct outbox *outbox, int64_t now, struct error *error)
{
    int64_t from;
    /* The first time, it begins now. */
    if (!outbox_cursor(outbox, reader, now, &from, error)) return NULL;
    struct timekeeper *timekeeper = allocate(sizeof *timekeeper);
    timekeeper->views = views;
    timekeeper->outbox = outbox;
    round_open(&timekeeper->round, step, timekeeper);
    return timekeeper;
}

bool timekeeper_start(struct timekeeper *timekeeper, struct error *error)
{
    return round_start(&timekeeper->round, error);
}

void timekeeper_close(struct timekeeper *timekeeper)
{
    if (!timekeeper) return;
    round_close(&timekeeper->round);
    free(timekeeper);
}
