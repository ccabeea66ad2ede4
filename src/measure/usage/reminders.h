/* The duties of reminding: what an operator owed, and what it says it sent. */
#ifndef MEASURE_USAGE_REMINDERS_H
#define MEASURE_USAGE_REMINDERS_H

#include "measure/usage/owed.h"

enum reminder_fault { REMINDER_MISSING, REMINDER_LATE, REMINDER_TWICE, REMINDER_UNOWED, REMINDER_FAULTS };

/* How one owed notice or one sent one came out; for duties and figures alike. */
struct reminder {
    uint64_t subject;
    struct str operator_, area;
    struct notice_key key;
    int64_t occurrence;       /* among those of its key */
    const struct used *cause; /* NULL: of twice and unowed */
    struct str cause_source;
    const struct sent *sent;  /* NULL: not sent */
    enum reminder_fault fault; /* REMINDER_FAULTS: sent in time, or may still be */
    bool is_open;             /* not sent yet, and the limit has not passed */
    bool has_limit;           /* the law says how soon; of causes */
    int64_t limit;            /* milliseconds */
    bool in_hours;            /* the law's unit */
};

struct reminders {
    struct reminder *at;
    size_t count;
};

/* All of them, computed once for an audit; in its arena. */
bool reminders_of(const struct audit *audit, const struct reminders **reminders, struct error *error);

/* The duties: each judges one fault. */
bool judge_missing(const struct audit *audit, const struct duty *duty, struct findings_sink sink, struct error *error);
bool judge_late(const struct audit *audit, const struct duty *duty, struct findings_sink sink, struct error *error);
bool judge_twice(const struct audit *audit, const struct duty *duty, struct findings_sink sink, struct error *error);
bool judge_unowed(const struct audit *audit, const struct duty *duty, struct findings_sink sink, struct error *error);

#endif
