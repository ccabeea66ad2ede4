/* The shape of a measure: one struct of tables. Adding a measure is adding a folder and one line in registry.c. */
#ifndef MEASURE_MEASURE_H
#define MEASURE_MEASURE_H

#include <stdint.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/moment.h"
#include "base/str.h"
#include "door/kind.h"
#include "measure/keeping.h"
#include "measure/letter.h"
#include "store/store.h"

struct law; /* measure/law.h: limits, working days, areas, as they stand at a position */

/* A record in the ledger, named. */
struct reference {
    struct str source;
    uint64_t seq;
};

enum { FINDING_RECORDS = 8 };

struct duty;

struct audit_memo;

/* A duty that was broken, by whom, and the records that show it. Strings live in the audit's arena. */
struct finding {
    const struct duty *duty;
    struct str operator_, area; /* empty: null */
    struct str subject;         /* "complaint:ID"; persons in it are subjects */
    struct str shown_subject;   /* the same with the clear number, for who may see it; empty: there is none */
    int64_t occurrence;         /* tells several of one subject apart, the same in every run; 0 where there can be one */
    int64_t time;               /* when the duty was broken */
    struct str limit, measured; /* "15 day", "17 day"; empty: null */
    bool has_amount;
    int64_t amount;             /* micro-yuan */
    bool has_subscriber;
    uint64_t subscriber;        /* the subject whose case it is */
    bool names_subscriber;      /* the subject is "notice:SUBSCRIBER:.." or "bill_line:SUBSCRIBER:..": who may see the number is shown it there */
    bool provisional;           /* rests on working days that are not yet published */
    struct str says[LANGUAGES];
    struct reference records[FINDING_RECORDS]; /* the record judged first, then what else shows it */
    size_t record_count;
};

/* What a judge and a figure see: the state at one position, as of one time. Later events are unseen. */
struct audit {
    struct store *store;
    struct ledger *ledger; /* for records that are kept as sums only; read below position */
    const struct law *law;
    int64_t as_of;
    bool own_times; /* nobody asked for a time: each duty and figure is judged as of the latest event in what it reads (audit.h),
                       and as_of is the latest of all */
    int64_t loaded_as_of; /* of what was loaded: with own_times the latest event that was loaded, else as_of (audit_as_of) */
    int64_t clock;  /* with own_times: the newest `clock` record, until when what was filed through the server was watched; else
                       MOMENT_NONE */
    uint64_t position;
    struct arena *arena; /* lives until the results have been used */
    struct audit_memo **memo; /* what several duties of one audit need (audit.h) */
    struct arena *memo_arena; /* in which that lives */
};

struct findings_sink {
    bool (*add)(void *context, const struct finding *finding, struct error *error);
    void *context;
};

/* Its id is the finding's; it reads the limit rows of the same id. */
struct duty {
    const char *id;              /* "complaint.answer.late" */
    const char *says[LANGUAGES]; /* a short title: "answered after the limit" */
    const char *rule[LANGUAGES]; /* what starts, stops and pauses the clock, in two or three plain sentences */
    bool (*judge)(const struct audit *audit, const struct duty *duty, struct findings_sink sink, struct error *error);
    const struct kind *const *reads; /* the kinds that it reads, ended by NULL: an open case is judged as of their latest event */
    const struct kind *const *rests_on; /* further kinds whose records may change what it finds, ended by NULL; may be NULL */
    bool timeless;                   /* it judges also where there is no event at all; as_of is then the end of time */
};

enum figure_better { BETTER_LOWER, BETTER_HIGHER };

enum figure_dimension { BY_OPERATOR = 1, BY_AREA = 2, BY_PERIOD = 4, BY_CATEGORY = 8 };

/* Which rows are wanted. A filter narrows; a dimension in `by` splits. A dimension that is filtered and not split is named
   in the row as the filter has it (so area 320000 is one row over all that lies in it). */
struct figure_request {
    unsigned by;              /* enum figure_dimension */
    char period_kind;         /* with BY_PERIOD: 'M', 'Q' or 'Y' */
    struct str operator_;     /* empty: all */
    struct str area;          /* it and all areas in it; empty: all */
    struct str category;      /* empty: all */
    struct period period;     /* kind 0: all time */
};

struct figure;

struct figure_row {
    const struct figure *figure;
    struct str operator_, area, category; /* empty: null; they last as the audit's arena does */
    struct period period;                 /* kind 0: null */
    bool has_value, has_margin;           /* without: null, for the reason in the definition */
    int64_t value, low, high;             /* scaled by 10^figure->decimals */
    uint64_t n;                           /* what was counted */
    uint64_t unknown;                     /* what could not be judged */
};

struct figures_sink {
    bool (*add)(void *context, const struct figure_row *row, struct error *error);
    void *context;
};

struct figure {
    const char *id;                    /* "complaint.per_million" */
    const char *says[LANGUAGES];
    const char *unit;                  /* in JSON: "per million", "share", "day" */
    const char *unit_says[LANGUAGES];
    const char *definition[LANGUAGES]; /* what is counted, over what, its margin or why none, its unknowns */
    enum figure_better better;
    unsigned decimals;                 /* of value, low and high */
    unsigned shown_decimals;           /* on pages */
    bool (*compute)(const struct audit *audit, const struct figure *figure, const struct figure_request *request,
                    struct figures_sink sink, struct error *error);
    bool full_count;                   /* everything is counted: its rows have no margin because there is no sampling error */
    const struct kind *const *reads, *const *rests_on; /* as a duty's */
};

/* Writing a province's records: the same bytes for the same seed. */
struct simulation {
    uint64_t subscribers;  /* written one by one */
    uint64_t metered;      /* the first so many of them have use, notices and bills */
    uint64_t market;       /* in the market totals, which complaints come from; 0: as many */
    int days;
    uint64_t seed;
    const char *directory; /* one CSV file a kind goes here: KIND.csv, UTF-8 with a byte-order mark */
    int32_t first_day;
};

struct access;
struct route;
struct view;
struct views;
struct notice; /* measure/usage/notice.h */

struct measure {
    const char *name;
    const char *says[LANGUAGES];
    const struct kind *const *kinds;
    size_t kind_count;
    /* Who may see the rows of each kind (view.h): one for each, or nobody but regulator and administrator sees them. */
    const struct access *access;
    size_t access_count;
    /* Its part of the HTTP API (route.h). */
    const struct route *routes;
    size_t route_count;
    const struct duty *duties;
    size_t duty_count;
    const struct figure *figures;
    size_t figure_count;
    /* Each of these may be NULL. */
    const struct keeping *keeping; /* what it keeps in the state beside its kinds' tables */
    bool (*simulate)(const struct simulation *simulation, struct error *error);
    /* What it keeps in memory while serving: see views_kept. */
    void *(*serving_open)(struct views *views);
    void (*serving_close)(void *kept);
    /* What a record that came through the portal makes due, what a notice of use that is news does beside itself, and what falls due as time passes from one moment to another
       (letter.h); and the next moment after `now` at which something falls due (INT64_MAX: nothing). */
    bool (*letters)(struct view *view, const struct record *record, struct letters_sink sink, struct error *error);
    bool (*letters_of_notice)(struct view *view, const struct notice *notice, struct letters_sink sink, struct error *error);
    bool (*letters_of_time)(struct view *view, int64_t from, int64_t to, struct letters_sink sink, struct error *error);
    bool (*next_due)(struct view *view, int64_t now, int64_t *due, struct error *error);
};

/* registry.c */
extern const struct measure *const measures[];
extern const size_t measure_count;
/* NULL where there is none. */
const struct duty *duty_find(struct str id);
const struct figure *figure_find(struct str id);

/* The state of a kind is an SQL table of its name, made from its fields: a column for each field under its name (BIGINT for
   FIELD_PERSON, _CHOICE, _FLAG, _TIME, _DATE, _MONTH, _MONEY, _COUNT, _DECIMAL, _SEALED (the text's number) and _REASON
   (enum reason_class); TEXT otherwise; absent: NULL, but '' or -1 in a key), then "source" and "seq" (the record that first
   brought this content), "entry" (the ledger entry that did) and "digest". A kind with a key has one row for each key, its
   last version; a kind without has one for each (source, seq). Sources are numbers here; "source_name" (source, name) has
   their names. All names stand in double quotes in SQL, as some are words of SQL. */

#endif
