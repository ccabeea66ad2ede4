/* Records as rows of the state, as somebody sees them. */
#ifndef PORTAL_RECORD_ROWS_H
#define PORTAL_RECORD_ROWS_H

#include "measure/view.h"
#include "rows/rows.h"

enum { RECORD_FILTERS = 8 };

struct record_query {
    const struct kind *kind;
    struct {
        size_t field;
        struct value value;
    } filters[RECORD_FILTERS]; /* fields that must have these values */
    size_t filter_count;
    struct str source;         /* by name; empty: any */
    struct str after;          /* as *next was; empty: from the beginning */
    size_t most;
};

struct records_sink {
    bool (*add)(void *context, const struct record *record, uint64_t entry, struct error *error);
    void *context;
};

/* Calls back for the rows that the one who looks sees, in the order of the kind's key, with the number of the entry that brought
   each. Strings last until the next call back. *next is what `after` is for the rows behind; empty: there are none. ERROR_USAGE
   where `after` is none. */
bool records_list(struct view *view, const struct record_query *query, struct records_sink sink, struct text *next, struct error *error);

/* Whether the row that stands for a record's key (or its source and seq, where the kind has no key) came from this very record,
   and is seen. */
bool record_is_seen(struct view *view, const struct record *record, bool *seen, struct error *error);

/* A record as a row: kind, source, seq, entry, position, then its fields: persons as subjects, sealed texts as {"sealed":true}. */
void record_show(struct rows *rows, const struct record *record, uint64_t entry);

#endif
