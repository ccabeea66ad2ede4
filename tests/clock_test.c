#include "disk/disk.h"
#include "measure/complaint/clock.h"
#include "measure/complaint/complaint.h"
#include "store/store.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* A story: a complaint, what happened to it, and what the clock makes of it. Events are "DAY TIME word" apart by commas, in
   order. What comes out is, for each run, its start, how it ended, and where it passed the limit: when that ended and the
   smallest limit that would have done. */
struct story {
    const char *tells, *filed, *events, *limit, *as_of, *means;
};

static const struct story stories[] = {
    { "late is what comes after the end of the fifteenth day", "2015-01-03 10:00", "2015-01-20 10:00 answered", "15 day",
      "2015-03-01", "2015-01-03 10:00 answered late 2015-01-19 00:00 17 day" },
    { "24:00 itself is in time", "2015-01-03 10:00", "2015-01-19 00:00 answered", "15 day", "2015-03-01",
      "2015-01-03 10:00 answered" },
    { "a millisecond after it is late", "2015-01-03 10:00", "2015-01-19 00:00:00.001 answered", "15 day", "2015-03-01",
      "2015-01-03 10:00 answered late 2015-01-19 00:00 16 day" },
    { "the day of the start is not counted, even a whole one", "2015-01-03 00:00", "2015-01-05 00:00 answered", "1 day",
      "2015-03-01", "2015-01-03 00:00 answered" },
    { "what begins at 24:00 begins on the next day", "2015-01-03 00:00", "2015-01-05 00:00:01 answered", "1 day", "2015-03-01",
      "2015-01-03 00:00 answered late 2015-01-05 00:00 2 day" },
    { "a limit of none ends with the day", "2015-01-03 10:00", "2015-01-04 00:00:01 answered", "0 day", "2015-03-01",
      "2015-01-03 10:00 answered late 2015-01-04 00:00 1 day" },

    { "open, judged at the end of its limit: in time", "2015-01-03 10:00", "", "15 day", "2015-01-19",
      "2015-01-03 10:00 open" },
    { "open, judged a second later: late", "2015-01-03 10:00", "", "15 day", "2015-01-19 00:00:01",
      "2015-01-03 10:00 open late 2015-01-19 00:00 16 day" },
    { "standing, and past its limit already", "2015-01-03 10:00", "2015-01-06 10:00 paused", "2 day", "2015-02-01",
      "2015-01-03 10:00 open late 2015-01-06 00:00 3 day" },
    { "standing before its limit for ever", "2015-01-03 10:00", "2015-01-05 10:00 paused", "2 day", "2016-01-01",
      "2015-01-03 10:00 open" },

    { "a day on whose end the clock stands is not counted", "2015-01-03 10:00",
      "2015-01-04 10:00 paused, 2015-01-06 10:00 resumed, 2015-01-09 10:00 answered", "2 day", "2015-03-01",
      "2015-01-03 10:00 answered late 2015-01-08 00:00 4 day" },
    { "a pause within a day counts for nothing", "2015-01-03 10:00",
      "2015-01-04 10:00 paused, 2015-01-04 23:59:59.999 resumed, 2015-01-06 00:00:01 answered", "2 day", "2015-03-01",
      "2015-01-03 10:00 answered late 2015-01-06 00:00 3 day" },
    { "a pause that begins at 24:00 leaves that day counted", "2015-01-03 10:00",
      "2015-01-05 00:00 paused, 2015-01-07 10:00 resumed, 2015-01-08 00:00:01 answered", "2 day", "2015-03-01",
      "2015-01-03 10:00 answered late 2015-01-08 00:00 3 day" },
    { "a resumption at 24:00 counts that day", "2015-01-03 10:00",
      "2015-01-04 10:00 paused, 2015-01-05 00:00 resumed, 2015-01-06 00:00:01 answered", "2 day", "2015-03-01",
      "2015-01-03 10:00 answered late 2015-01-06 00:00 3 day" },
    { "a pause and a resumption at one 24:00 count it once", "2015-01-03 10:00",
      "2015-01-05 00:00 paused, 2015-01-05 00:00 resumed, 2015-01-06 00:00 answered", "2 day", "2015-03-01",
      "2015-01-03 10:00 answered" },
    { "also a resumption and a pause at one 24:00", "2015-01-03 10:00",
      "2015-01-04 10:00 paused, 2015-01-05 00:00 resumed, 2015-01-05 00:00 paused, 2015-01-20 00:00 answered", "1 day",
      "2015-03-01", "2015-01-03 10:00 answered late 2015-01-05 00:00 2 day" },
    { "an answer ends a pause", "2015-01-03 10:00",
      "2015-01-03 11:00 paused, 2015-02-03 10:00 answered, 2015-02-04 10:00 disputed, 2015-02-06 10:00 answered", "1 day",
      "2015-03-01", "2015-01-03 10:00 answered; 2015-02-04 10:00 answered late 2015-02-06 00:00 2 day" },
    { "a second pause, and resuming what runs, change nothing", "2015-01-03 10:00",
      "2015-01-03 11:00 resumed, 2015-01-04 10:00 paused, 2015-01-05 10:00 paused, 2015-01-06 10:00 resumed,"
      "2015-01-07 10:00 resumed, 2015-01-08 10:00 answered",
      "1 day", "2015-03-01", "2015-01-03 10:00 answered late 2015-01-07 00:00 3 day" },

    { "a dispute starts the clock afresh", "2015-01-03 10:00", "2015-01-05 10:00 answered, 2015-01-10 10:00 disputed", "3 day",
      "2015-01-20", "2015-01-03 10:00 answered; 2015-01-10 10:00 open late 2015-01-14 00:00 9 day" },
    { "so does writing again, also after a confirmation", "2015-01-03 10:00",
      "2015-01-05 10:00 answered, 2015-01-06 10:00 confirmed, 2015-01-10 10:00 written, 2015-01-14 10:00 answered", "3 day",
      "2015-02-20", "2015-01-03 10:00 answered; 2015-01-10 10:00 answered late 2015-01-14 00:00 4 day" },
    { "each run has its own lateness", "2015-01-03 10:00",
      "2015-01-06 10:00 answered, 2015-01-10 10:00 written, 2015-01-14 10:00 answered, 2015-01-14 10:00 disputed,"
      "2015-01-16 00:00 answered",
      "1 day", "2015-02-20",
      "2015-01-03 10:00 answered late 2015-01-05 00:00 3 day; 2015-01-10 10:00 answered late 2015-01-12 00:00 4 day;"
      " 2015-01-14 10:00 answered" },
    { "while the clock runs or stands these two change nothing", "2015-01-03 10:00",
      "2015-01-04 10:00 written, 2015-01-04 11:00 paused, 2015-01-05 10:00 disputed, 2015-01-06 10:00 written,"
      "2015-01-07 10:00 resumed, 2015-01-09 10:00 answered",
      "2 day", "2015-03-01", "2015-01-03 10:00 answered late 2015-01-09 00:00 3 day" },
    { "never after a withdrawal", "2015-01-03 10:00",
      "2015-01-04 10:00 withdrawn, 2015-01-10 10:00 written, 2015-01-11 10:00 disputed, 2015-01-12 10:00 answered", "2 day",
      "2015-03-01", "2015-01-03 10:00 withdrawn" },
    { "never after a merger, even one after the answer", "2015-01-03 10:00",
      "2015-01-04 10:00 answered, 2015-01-05 10:00 merged, 2015-01-10 10:00 disputed", "2 day", "2015-03-01",
      "2015-01-03 10:00 answered" },
    { "merged after its limit is late", "2015-01-03 10:00", "2015-01-08 10:00 merged", "2 day", "2015-03-01",
      "2015-01-03 10:00 merged late 2015-01-06 00:00 5 day" },
    { "merged while it stands is as far as it ran", "2015-01-03 10:00", "2015-01-05 10:00 paused, 2015-01-08 10:00 merged",
      "2 day", "2015-03-01", "2015-01-03 10:00 merged" },
    { "pauses of a stopped clock have no effect", "2015-01-03 10:00",
      "2015-01-04 10:00 answered, 2015-01-05 10:00 paused, 2015-01-10 10:00 written, 2015-01-13 10:00 answered", "2 day",
      "2015-03-01", "2015-01-03 10:00 answered; 2015-01-10 10:00 answered late 2015-01-13 00:00 3 day" },
    { "nor does another answer", "2015-01-03 10:00", "2015-01-04 10:00 answered, 2015-01-20 10:00 answered", "2 day",
      "2015-03-01", "2015-01-03 10:00 answered" },
    { "nor do events before it was filed", "2015-01-03 10:00",
      "2015-01-02 10:00 answered, 2015-01-03 09:59 withdrawn, 2015-01-05 10:00 answered", "5 day", "2015-03-01",
      "2015-01-03 10:00 answered" },
    { "what happens at the moment of filing counts", "2015-01-03 10:00", "2015-01-03 10:00 paused, 2015-01-20 10:00 answered",
      "5 day", "2015-03-01", "2015-01-03 10:00 answered" },
    { "a move does not touch the clock", "2015-01-03 10:00", "2015-01-05 10:00 moved, 2015-01-06 00:00:01 answered", "2 day",
      "2015-03-01", "2015-01-03 10:00 answered late 2015-01-06 00:00 3 day" },

    { "hours count while the clock runs", "2015-01-03 10:00",
      "2015-01-03 20:00 paused, 2015-01-05 20:00 resumed, 2015-01-06 10:00 answered", "24 hour", "2015-03-01",
      "2015-01-03 10:00 answered" },
    { "and not a second more", "2015-01-03 10:00",
      "2015-01-03 20:00 paused, 2015-01-05 20:00 resumed, 2015-01-06 10:00:01 answered", "24 hour", "2015-03-01",
      "2015-01-03 10:00 answered late 2015-01-06 10:00 25 hour" },
    { "the limit ends where the hours are full, though a pause begins there", "2015-01-03 10:00",
      "2015-01-04 10:00 paused, 2015-01-05 20:00 answered", "24 hour", "2015-03-01",
      "2015-01-03 10:00 answered late 2015-01-04 10:00 25 hour" },
    { "parts of hours", "2015-01-03 10:00", "2015-01-03 12:31 answered", "2.5 hour", "2015-03-01",
      "2015-01-03 10:00 answered late 2015-01-03 12:30 3 hour" },
    { "minutes", "2015-01-03 10:00", "2015-01-03 10:31 answered", "30 minute", "2015-03-01",
      "2015-01-03 10:00 answered late 2015-01-03 10:30 31 minute" },

    { "working days, with a holiday and a Sunday worked", "2015-02-13 10:00", "2015-02-26 10:00 answered", "4 workday",
      "2015-03-01", "2015-02-13 10:00 answered late 2015-02-26 00:00 5 workday" },
    { "a start on a day of rest", "2015-02-21 10:00", "2015-02-27 00:00 answered", "2 workday", "2015-03-01",
      "2015-02-21 10:00 answered" },
    { "a working day at whose end the clock stands", "2015-02-13 10:00",
      "2015-02-15 10:00 paused, 2015-02-17 00:00 resumed, 2015-02-27 00:00:01 answered", "4 workday", "2015-03-01",
      "2015-02-13 10:00 answered late 2015-02-27 00:00 5 workday" },
    { "beyond the published calendar Monday to Friday count", "2016-01-01 10:00", "2016-01-09 10:00 answered", "5 workday",
      "2016-03-01", "2016-01-01 10:00 answered late 2016-01-09 00:00 6 workday provisional" },

    { "a month ends on the same day of the next", "2015-01-15 10:00", "2015-02-16 00:00:01 answered", "1 month", "2015-12-01",
      "2015-01-15 10:00 answered late 2015-02-16 00:00 2 month" },
    { "or on its last", "2015-01-31 10:00", "2015-03-01 00:00 answered", "1 month", "2015-12-01", "2015-01-31 10:00 answered" },
    { "five months", "2015-01-31 10:00", "2015-07-01 10:00 answered", "5 month", "2015-12-01",
      "2015-01-31 10:00 answered late 2015-07-01 00:00 6 month" },
    { "two years from a leap day", "2016-02-29 10:00", "2018-03-01 00:00:01 answered", "2 year", "2019-12-01",
      "2016-02-29 10:00 answered late 2018-03-01 00:00 3 year" },
    { "a pause moves the end of a month", "2015-01-15 10:00",
      "2015-01-20 10:00 paused, 2015-01-22 10:00 resumed, 2015-02-18 00:00 answered", "1 month", "2015-12-01",
      "2015-01-15 10:00 answered" },
};

/* 2015's holidays around the Spring Festival as published, and nothing of 2016. */
static const char workdays[] =
    "CREATE TABLE \"limit\" (\"duty\" TEXT, \"area\" TEXT, \"service\" TEXT, \"place\" BIGINT, \"statistic\" TEXT, \"value\" "
    "BIGINT,"
    " \"unit\" BIGINT, \"from\" BIGINT, \"to\" BIGINT, \"basis\" TEXT, \"status\" TEXT, \"entry\" BIGINT);"
    "CREATE TABLE \"area\" (\"area\" TEXT, \"parent\" TEXT, \"name_en\" TEXT, \"name_zh\" TEXT, \"population\" BIGINT);"
    "CREATE TABLE \"operator\" (\"operator\" TEXT, \"name_en\" TEXT, \"name_zh\" TEXT);"
    "CREATE TABLE \"workday\" (\"date\" BIGINT, \"working\" BIGINT)";
static const struct {
    const char *day;
    int working;
} calendar[] = {
    { "2015-02-15", 1 }, { "2015-02-18", 0 }, { "2015-02-19", 0 }, { "2015-02-20", 0 }, { "2015-02-21", 0 },
    { "2015-02-22", 0 }, { "2015-02-23", 0 }, { "2015-02-24", 0 }, { "2015-02-28", 1 },
};

static struct law *law;
static char folder[] = "/tmp/clock_test.XXXXXX";

static int64_t moment(const char *spelled)
{
    int64_t moment;
    if (!moment_parse(str_of(spelled), &moment)) fail_msg("%s is no moment", spelled);
    return moment;
}

static int calendar_open(void **state)
{
    (void)state;
    struct error error;
    char path[64];
    if (!mkdtemp(folder)) return -1;
    snprintf(path, sizeof path, "%s/state", folder);
    struct store *store = store_open(disk_posix(), path, STORE_CREATE, &error);
    if (!store || !store_run(store, workdays, &error)) return -1;
    struct statement *insert = store_prepare(store, "INSERT INTO \"workday\" VALUES ($1, $2)", &error);
    for (size_t i = 0; i < sizeof calendar / sizeof *calendar; i++) {
        int32_t day;
        if (!day_parse(str_of(calendar[i].day), &day)) return -1;
        statement_number(insert, 1, day);
        statement_number(insert, 2, calendar[i].working);
        if (!statement_run(insert, NULL, &error)) return -1;
    }
    law = law_open(store, &error);
    store_close(store);
    return law ? 0 : -1;
}

static int unlink_one(const char *path, const struct stat *info, int type, struct FTW *walk)
{
    (void)info, (void)type, (void)walk;
    return remove(path);
}

static int calendar_close(void **state)
{
    (void)state;
    law_close(law);
    return nftw(folder, unlink_one, 8, FTW_DEPTH | FTW_PHYS);
}

static uint8_t step_of(const char *word)
{
    const struct field *field = &complaint_event_kind.fields[2];
    for (size_t i = 0; i < field->choice_count; i++)
        if (strcmp(field->choices[i].word, word) == 0) return (uint8_t)i;
    fail_msg("%s is no event", word);
    return 0;
}

static size_t events_of(const char *told, struct event events[16])
{
    char copy[512], *rest = copy;
    snprintf(copy, sizeof copy, "%s", told);
    size_t count = 0;
    for (char *one; (one = strsep(&rest, ",")) && *one;) {
        one += strspn(one, " ");
        char *word = strrchr(one, ' ');
        *word = 0;
        events[count++] = (struct event){ .time = moment(one), .step = step_of(word + 1), .operator_ = NOBODY };
    }
    return count;
}

static struct limit limit_of(const char *told)
{
    static const char *const words[] = { "hour", "day", "workday", "minute", "month", "year" };
    struct limit limit = { 0 };
    char word[16], number[16];
    assert_int_equal(sscanf(told, "%15s %15s", number, word), 2);
    limit.value = (int64_t)(atof(number) * 1000000);
    while (strcmp(words[limit.unit], word) != 0) limit.unit++;
    return limit;
}

static void add_moment(struct text *out, int64_t given)
{
    char spelled[MOMENT_ROOM];
    moment_format(given, spelled);
    text_format(out, "%.10s %.5s", spelled, spelled + 11);
}

static void tell(const struct story *story, struct text *out)
{
    static const char *const ends[] = { "open", "answered", "merged", "withdrawn" };
    struct event events[16];
    struct limit limit = limit_of(story->limit);
    struct arena arena = { 0 };
    struct clock clock = { 0 };
    clock_set(&clock, moment(story->filed), events, events_of(story->events, events));
    for (struct run run; clock_next(&clock, &run);) {
        if (out->length) text_add(out, STR("; "));
        add_moment(out, run.start);
        text_format(out, " %s", ends[run.end]);
        int64_t until = run.end == RUN_OPEN ? moment(story->as_of) : run.stop, end;
        bool provisional = false;
        if (!limit_passed(&limit, law, &run, until, &end, &provisional)) continue;
        text_add(out, STR(" late "));
        add_moment(out, end);
        struct str needed = limit_text(&limit, limit_needed(&limit, law, &run, until, &provisional), &arena);
        text_format(out, " %.*s%s", STR_ARGS(needed), provisional ? " provisional" : "");
    }
    clock_close(&clock);
    arena_close(&arena);
}

static void the_clock_tells_these_stories(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof stories / sizeof *stories; i++) {
        struct text out = { 0 };
        tell(&stories[i], &out);
        if (strcmp(text_zero(&out), stories[i].means) != 0)
            fail_msg("%s: is\n  %s, not\n  %s", stories[i].tells, text_zero(&out), stories[i].means);
        text_close(&out);
    }
}

/* The smallest limit that would have done is in time, and one less is late. */
static void what_is_needed_is_the_smallest(void **state)
{
    (void)state;
    struct event events[16];
    for (size_t i = 0; i < sizeof stories / sizeof *stories; i++) {
        struct clock clock = { 0 };
        struct limit limit = limit_of(stories[i].limit);
        clock_set(&clock, moment(stories[i].filed), events, events_of(stories[i].events, events));
        for (struct run run; clock_next(&clock, &run);) {
            int64_t until = run.end == RUN_OPEN ? moment(stories[i].as_of) : run.stop, end;
            bool provisional = false;
            int64_t needed = limit_needed(&limit, law, &run, until, &provisional);
            struct limit just = limit, less = limit;
            just.value = needed;
            less.value = needed - LIMIT_ONE;
            if (limit_passed(&just, law, &run, until, &end, &provisional)) fail_msg("%s: not enough", stories[i].tells);
            if (needed > LIMIT_ONE && !limit_passed(&less, law, &run, until, &end, &provisional))
                fail_msg("%s: too much", stories[i].tells);
        }
        clock_close(&clock);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_clock_tells_these_stories),
        cmocka_unit_test(what_is_needed_is_the_smallest),
    };
    return cmocka_run_group_tests(tests, calendar_open, calendar_close);
}
