/* The book of open work: every case that waits for an operator's answer, or for the regulator to accept or decide an appeal, by
   deadline. In memory while serving: made once from the state, then kept up with the ledger's entries. Any thread may ask. */
#ifndef MEASURE_COMPLAINT_BOOK_H
#define MEASURE_COMPLAINT_BOOK_H

#include "measure/view.h"

enum work_kind { WORK_ANSWER, WORK_ACCEPT, WORK_DECIDE, WORK_KINDS };
extern const char *const work_words[WORK_KINDS]; /* "answer", "accept", "decide" */

struct work {
    struct str complaint, appeal;   /* appeal: empty with WORK_ANSWER */
    enum work_kind kind;
    struct str operator_, area;     /* who has the case now */
    int category;                   /* -1: not told */
    int64_t filed;                  /* of the complaint or the appeal */
    int64_t due;                    /* MOMENT_NONE: the clock stands, or no law holds */
    bool paused, provisional;
    bool from_portal;
    struct str assigned;            /* on the side whose work it is; empty: nobody */
    int64_t pressed, joined;
};

struct book;

/* measure->serving_open and serving_close. */
void *book_begin(struct views *views);
void book_end(void *book);
/* The book of a view's pool. */
struct book *book_of(struct view *view);

/* Whether it is where the view is, and nobody is at it: then asking does not wait for anything to be read. The timekeeper's first
   look makes it when serving begins. */
bool book_at_hand(struct book *book, const struct view *view);

/* As of when a case is looked at: now, if it was filed through the portal; else the latest event of complaints on record, as an
   old file is not overdue because it is old (but never later than now). */
bool book_as_of(struct book *book, struct view *view, bool from_portal, int64_t now, int64_t *as_of, struct error *error);

struct work_filter {
    bool for_operators, for_regulator; /* whose work */
    struct str operator_;              /* empty: all */
    struct str assigned;               /* empty: all */
};
struct work_counts {
    uint64_t all, late, today, soon; /* soon: within five days from now on, today included; late ones are in neither */
};

/* Whether a work is late, and in how many days (0: today; below: late); false where it has no due. */
bool work_days(const struct work *work, int64_t as_of, bool *late, int64_t *days);

/* At the view's position or a newer one: up to `limit` works from the `from`-th (0 first) that pass the filter, by deadline
   (those without one last), copied to the view's arena; and the counts over all that pass (may be NULL). */
bool book_list(struct book *book, struct view *view, const struct work_filter *filter, int64_t now, uint64_t from, size_t limit,
               struct work **works, size_t *count, struct work_counts *counts, struct error *error);
/* The codes of the operators that have work, in the view's arena. */
bool book_operators(struct book *book, struct view *view, struct str **operators, size_t *count, struct error *error);
/* Those whose due lies in [from, to), portal's alone. */
bool book_fell_due(struct book *book, struct view *view, int64_t from, int64_t to, struct work **works, size_t *count,
                   struct error *error);
/* measure->next_due. */
bool book_next_due(struct view *view, int64_t now, int64_t *due, struct error *error);

/* Reads everything anew at the next asking (for tests and benches). */
void book_forget(struct book *book);

#endif
