#include "measure/complaint/clock.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/number.h"
#include "measure/complaint/complaint.h"

enum { MONTHS_MAX = 12 * 1000 };
#define FAR_AHEAD (INT64_C(1000000) * DAY_MS) /* beyond every limit */

/* ---- runs ---- */

void clock_set(struct clock *clock, int64_t filed, const struct event *events, size_t event_count)
{
    clock->filed = filed;
    clock->events = events;
    clock->event_count = event_count;
    clock->next = 0;
    clock->started = clock->ended = false;
}

void clock_close(struct clock *clock)
{
    free(clock->stretches);
    *clock = (struct clock){ 0 };
}

/* Finds what starts the next run: the filing, then what the person wrote after an answer. */
static bool find_start(struct clock *clock, struct run *run)
{
    if (!clock->started) {
        clock->started = true;
        while (clock->next < clock->event_count && clock->events[clock->next].time < clock->filed) clock->next++;
        run->start = clock->filed;
        run->started_by = NULL;
        return true;
    }
    while (!clock->ended && clock->next < clock->event_count) {
        const struct event *event = &clock->events[clock->next++];
        if (event->step == STEP_MERGED || event->step == STEP_WITHDRAWN) clock->ended = true;
        if (event->step == STEP_WRITTEN || event->step == STEP_DISPUTED) {
            run->start = event->time;
            run->started_by = event;
            return true;
        }
    }
    return false;
}

static void add_stretch(struct clock *clock, struct run *run, int64_t from, int64_t to)
{
    if (run->stretch_count == clock->stretch_room) {
        clock->stretch_room = clock->stretch_room ? clock->stretch_room * 2 : 8;
        clock->stretches = reallocate(clock->stretches, clock->stretch_room * sizeof *clock->stretches);
    }
    clock->stretches[run->stretch_count++] = (struct stretch){ from, to };
    run->stretches = clock->stretches;
}

static bool stops(uint8_t step, enum run_end *end)
{
    switch (step) {
    case STEP_ANSWERED: *end = RUN_ANSWERED; return true;
    case STEP_MERGED: *end = RUN_MERGED; return true;
    case STEP_WITHDRAWN: *end = RUN_WITHDRAWN; return true;
    default: return false;
    }
}

bool clock_next(struct clock *clock, struct run *run)
{
    *run = (struct run){ .stop = INT64_MAX, .end = RUN_OPEN };
    if (!find_start(clock, run)) return false;
    bool running = true;
    int64_t from = run->start;
    while (clock->next < clock->event_count && !run->stopped_by) {
        const struct event *event = &clock->events[clock->next++];
        if (stops(event->step, &run->end)) {
            run->stop = event->time;
            run->stopped_by = event;
        } else if (running && event->step == STEP_PAUSED) {
            add_stretch(clock, run, from, event->time);
            running = false;
        } else if (!running && event->step == STEP_RESUMED) {
            from = event->time;
            running = true;
        }
    }
    if (running) add_stretch(clock, run, from, run->stop);
    clock->ended = run->end != RUN_ANSWERED;
    return true;
}

int64_t run_length(const struct run *run)
{
    int64_t sum = 0;
    for (size_t i = 0; i < run->stretch_count; i++) sum += run->stretches[i].to - run->stretches[i].from;
    return sum;
}

const struct run *run_from(struct open_run *open, int64_t start)
{
    open->stretch = (struct stretch){ start, INT64_MAX };
    open->run = (struct run){ .start = start, .stop = INT64_MAX, .stretches = &open->stretch, .stretch_count = 1 };
    return &open->run;
}

/* ---- limits ---- */

bool limit_is_time(const struct limit *limit)
{
    return limit->unit <= UNIT_YEAR;
}

static int64_t unit_length(enum limit_unit unit)
{
    return unit == UNIT_HOUR ? HOUR_MS : unit == UNIT_MINUTE ? MINUTE_MS : 0;
}

/* Counts days whose ends lie in the run and before a moment, at most so many; *end is the end of the last. The day of the start
   does not count. An end on the seam of two stretches counts once: a pause that begins at 24:00 leaves that day counted, and
   a resumption at 24:00 counts it. */
static int64_t count_days(bool working, const struct law *law, const struct run *run, int64_t before, int64_t most,
                          int64_t *end, bool *provisional)
{
    int32_t next = day_of(run->start) + 1;
    int64_t counted = 0;
    for (size_t i = 0; i < run->stretch_count && counted < most; i++) {
        struct stretch stretch = run->stretches[i];
        if (stretch.to >= before) stretch.to = before - 1;
        if (stretch.from > stretch.to) break;
        int32_t first = day_of(stretch.from - 1), last = day_of(stretch.to) - 1;
        if (first > next) next = first;
        if (!working && next <= last) {
            int64_t days = last - next + 1;
            if (days > most - counted) days = most - counted;
            counted += days;
            next += (int32_t)days;
            *end = day_start(next);
        }
        for (; working && next <= last && counted < most; next++)
            if (law_is_workday(law, next, provisional)) {
                counted++;
                *end = day_start(next + 1);
            }
    }
    return counted;
}

/* N months are as many days as lie up to the same day of the month N months on, or that month's last, so that a pause moves
   their end as it moves that of a limit in days. */
static int64_t days_of_months(const struct run *run, int64_t months)
{
    if (months > MONTHS_MAX) return INT32_MAX;
    int32_t start = day_of(run->start);
    return day_add_months(start, (int)months) - start;
}

static int64_t months_of(const struct limit *limit)
{
    return limit->unit == UNIT_YEAR ? 12 : 1;
}

static bool days_passed(const struct limit *limit, const struct law *law, const struct run *run, int64_t before, int64_t *end,
                        bool *provisional)
{
    int64_t days = limit->value / LIMIT_ONE;
    if (limit->unit == UNIT_MONTH || limit->unit == UNIT_YEAR)
        days = days_of_months(run, days > MONTHS_MAX ? MONTHS_MAX + 1 : days * months_of(limit));
    if (days == 0) {
        *end = day_start(day_of(run->start) + 1); /* a limit of none is over with the day itself */
        return *end < before;
    }
    return count_days(limit->unit == UNIT_WORKDAY, law, run, before, days, end, provisional) == days;
}

bool limit_passed(const struct limit *limit, const struct law *law, const struct run *run, int64_t before, int64_t *end,
                  bool *provisional)
{
    int64_t length = unit_length(limit->unit);
    if (!length) return days_passed(limit, law, run, before, end, provisional);
    if (limit->value > INT64_MAX / length) return false;
    int64_t left = limit->value * length / LIMIT_ONE;
    for (size_t i = 0; i < run->stretch_count; i++) {
        struct stretch stretch = run->stretches[i];
        if (stretch.to > before) stretch.to = before;
        if (stretch.from > stretch.to) return false;
        if (stretch.to - stretch.from >= left) {
            *end = stretch.from + left;
            return *end < before;
        }
        left -= stretch.to - stretch.from;
    }
    return false;
}

bool limit_end(const struct limit *limit, const struct law *law, const struct run *run, int64_t *end, bool *provisional)
{
    return limit_passed(limit, law, run, FAR_AHEAD, end, provisional);
}

static int64_t time_needed(int64_t length, const struct run *run, int64_t moment)
{
    int64_t ran = 0;
    bool standing = false;
    for (size_t i = 0; i < run->stretch_count && run->stretches[i].from < moment; i++) {
        standing = run->stretches[i].to < moment;
        ran += (standing ? run->stretches[i].to : moment) - run->stretches[i].from;
    }
    /* What comes in a pause comes after the limit that ended as the pause began. */
    return (ran + length - 1) / length + (standing && ran % length == 0);
}

int64_t limit_needed(const struct limit *limit, const struct law *law, const struct run *run, int64_t moment, bool *provisional)
{
    int64_t length = unit_length(limit->unit);
    if (length) return time_needed(length, run, moment) * LIMIT_ONE;
    int64_t end;
    int64_t days = count_days(limit->unit == UNIT_WORKDAY, law, run, moment, INT64_MAX, &end, provisional) + 1;
    if (limit->unit == UNIT_DAY || limit->unit == UNIT_WORKDAY) return days * LIMIT_ONE;
    int64_t each = months_of(limit), needed = days / (31 * each);
    while (needed * each < MONTHS_MAX && days_of_months(run, needed * each) < days) needed++;
    return needed * LIMIT_ONE;
}

/* ---- their text ---- */

static const char *const unit_words[] = {
    [UNIT_HOUR] = "hour", [UNIT_DAY] = "day", [UNIT_WORKDAY] = "workday", [UNIT_MINUTE] = "minute", [UNIT_MONTH] = "month",
    [UNIT_YEAR] = "year", [UNIT_SHARE] = "share", [UNIT_COUNT] = "count", [UNIT_YUAN] = "yuan",
};

struct str limit_text(const struct limit *limit, int64_t value, struct arena *arena)
{
    char number[DECIMAL_ROOM], line[DECIMAL_ROOM + 16];
    decimal_format(value, 6, 0, number);
    int length = snprintf(line, sizeof line, "%s %s", number, unit_words[limit->unit]);
    return (struct str){ arena_copy(arena, line, (size_t)length), (size_t)length };
}
