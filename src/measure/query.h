/* What is asked of findings and figures, read from named texts: the command line's options and an address's parameters alike. */
#ifndef MEASURE_QUERY_H
#define MEASURE_QUERY_H

#include "measure/law.h"
#include "measure/measure.h"

struct vault;

/* The text that was given under a name, or NULL; it lasts as long as what is read from it. */
typedef const char *(*asked)(void *context, const char *name);

/* Each leaves the value alone where the name was not given, and is false, with ERROR_USAGE and a sentence that names it, where it
   cannot be read. A moment is a time or a day: the day's start, or with end its end. */
bool asked_moment(asked ask, void *context, const char *name, bool end, int64_t *moment, struct error *error);
bool asked_number(asked ask, void *context, const char *name, uint64_t *number, struct error *error);
bool asked_period(asked ask, void *context, const char *name, struct period *period, struct error *error);

struct findings_query {
    struct str kind;           /* what the duty's name begins with; empty: any, as for the next two */
    struct str operator_, area;
    int64_t since, until;      /* from since to before until */
    int64_t as_of;             /* MOMENT_NONE: not given */
    bool has_subscriber;
    uint64_t subscriber;       /* UINT64_MAX: a person whom no record names */
};

/* Reads kind, operator, area, since, period and as-of. */
bool findings_query_read(struct findings_query *query, asked ask, void *context, struct error *error);
/* Narrows it to one person, by number or account as people write it. */
bool findings_query_subscriber(struct findings_query *query, struct vault *vault, const char *subscriber, struct error *error);
bool findings_query_keeps(const struct findings_query *query, const struct law *law, const struct finding *finding);

struct figures_query {
    struct str kind; /* what the figure's name begins with; empty: any */
    struct figure_request request;
    int64_t since;   /* only periods that end after it */
    int64_t as_of;   /* MOMENT_NONE: not given */
};

/* Reads kind, by, operator, area, category, period, since and as-of. Without by the rows are split by operator, area and month,
   but for what a filter holds fixed. */
bool figures_query_read(struct figures_query *query, asked ask, void *context, struct error *error);
bool figures_query_wants(const struct figures_query *query, const struct figure *figure);
bool figures_query_keeps(const struct figures_query *query, const struct figure_row *row);

#endif
