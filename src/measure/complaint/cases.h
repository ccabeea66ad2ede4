/* Complaints and appeals with their events, read from the state as of the audit's time. */
#ifndef MEASURE_COMPLAINT_CASES_H
#define MEASURE_COMPLAINT_CASES_H

#include "measure/complaint/clock.h"
#include "measure/complaint/complaint.h"
#include "measure/complaint/names.h"

/* The names of sources in bytewise order, and which number has which rank. */
struct sources {
    struct str *names; /* by rank, in the audit's arena */
    struct source_rank {
        int64_t number;
        uint32_t rank;
    } *ranks;          /* by number */
    size_t count;
};

/* Events of many cases, each case's together, in the order (time, source, seq). */
struct events {
    struct event *at;
    size_t count, room;
};

struct complaint_case {
    int64_t filed, subscriber; /* subscriber: -1: not told */
    uint64_t seq;
    uint32_t source;           /* rank */
    uint32_t operator_, area;  /* places in words */
    uint32_t first_event, event_count;
    int8_t category;           /* -1: not told */
    int8_t satisfied;          /* 1, 0; -1: not told */
    bool has_outcome;
    bool has_answer;           /* an answer's day is on record, be it after the audit's time */
};

/* The complaint of a place has the id of that place. */
struct complaints {
    struct complaint_case *at;
    size_t count, room;
    struct names ids, words; /* words: operators and areas */
    struct events events;
    struct sources sources;
};

/* Complaints filed until the audit's time; with events, also what happened to them until then. */
bool complaints_read(struct complaints *complaints, const struct audit *audit, bool with_events, struct error *error);
void complaints_close(struct complaints *complaints);

static inline const struct event *complaint_events(const struct complaints *complaints, const struct complaint_case *one)
{
    return one->event_count ? complaints->events.at + one->first_event : NULL;
}

/* Closed on an unknown day: there is an outcome, and no answer's day. */
static inline bool closed_on_unknown_day(const struct complaint_case *one)
{
    return one->has_outcome && !one->has_answer;
}

/* Whose case a finding is about, where that was told. */
static inline void name_subscriber(struct finding *finding, const struct complaint_case *one)
{
    finding->has_subscriber = one->subscriber >= 0;
    if (finding->has_subscriber) finding->subscriber = (uint64_t)one->subscriber;
}

struct appeal_case {
    int64_t filed;
    uint64_t seq;
    uint32_t source;
    uint32_t complaint; /* its place; NOBODY: not on record, or not yet filed */
    uint32_t first_event, event_count;
    enum appeal_about about;
};

struct appeals {
    struct appeal_case *at;
    size_t count, room;
    struct names ids;
    struct events events;
};

/* Appeals filed until the audit's time and what happened to them from their filing until then. */
bool appeals_read(struct appeals *appeals, const struct complaints *complaints, const struct audit *audit, struct error *error);
void appeals_close(struct appeals *appeals);

/* "complaint:ID", in the arena. */
struct str subject_of(const char *what, struct str id, struct arena *arena);

/* The record of a source's rank and seq, by name. */
static inline struct reference reference_of(const struct complaints *complaints, uint32_t source, uint64_t seq)
{
    return (struct reference){ complaints->sources.names[source], seq };
}

#endif
