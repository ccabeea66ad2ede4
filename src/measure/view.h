/* The read seam: the state at one position, the law, and who looks. Every query over people's records goes through view_select,
   which adds what the one who looks may see: a handler cannot forget it. */
#ifndef MEASURE_VIEW_H
#define MEASURE_VIEW_H

#include "measure/audit.h"

enum role { ROLE_PUBLIC, ROLE_SUBSCRIBER, ROLE_OPERATOR, ROLE_TESTER, ROLE_REGULATOR, ROLE_ADMINISTRATOR, ROLES };
#define FOR(role) (1u << ROLE_##role)
#define FOR_STAFF (FOR(OPERATOR) | FOR(REGULATOR) | FOR(ADMINISTRATOR))
#define FOR_ALL ((1u << ROLES) - 1)

enum { ACCOUNT_ROOM = 65, OPERATOR_ROOM = 65, CASE_ROOM = 65, MASKED_ROOM = 24 };

/* Who asks. */
struct identity {
    enum role role;
    char account[ACCOUNT_ROOM];      /* staff and machine clients; empty: none */
    char operator_[OPERATOR_ROOM];   /* of an operator's account */
    char complaint[CASE_ROOM];       /* a person who follows this one case, by its code; empty: by their number */
    uint64_t subject;                /* a subscriber's number */
    bool has_subject;
    bool is_machine;                 /* came with a token: no cookie, no CSRF */
    int64_t number_mark;             /* number_mark of the number they signed in with; 0: not known any more */
    char masked[MASKED_ROOM];        /* a subscriber's number as it may be shown to them, 138****0421; empty: not known any more */
};

/* How far a route sees. */
enum reach {
    REACH_OPEN, /* what it answers is for everybody who may use it */
    REACH_OWN,  /* a subscriber's own number, an operator's own records, a tester's own sources; regulator and administrator: all */
};

/* Who may see the rows of a kind, as conditions in SQL in which $9 is the operator's code, the subject, the complaint that is
   followed, or the account; the kind's table goes by its own name. NULL: none of its rows. */
struct access {
    const struct kind *kind;
    bool open;               /* everybody may see all rows: law, areas, operators */
    bool forms_only;         /* written down by the portal's own forms, or by the regulator's staff: an operator's files bring none */
    const char *of_operator; /* $9: TEXT */
    const char *of_subject;  /* $9: BIGINT */
    const char *of_case;     /* $9: TEXT */
    /* Of a kind whose rows are an operator's from a day on: the name of that day's field, and a query that gives a row where what its key ($1)
       names was another's than the operator's ($2) on a day ($3) or later, though no row says so. An operator's records set that day
       no earlier than it stands. NULL: there is no such day. */
    const char *since, *others;
    /* Of a kind that names such a row: the day that tells whose a record is. An operator's are of days on which it was theirs. */
    int32_t (*day)(const struct record *record);
};

struct engine;
struct views;
struct vault;

/* A keyed mark of a normalised number, to tell later whether another is the same without keeping either; never 0. */
int64_t number_mark(const struct vault *vault, struct str number);

struct view {
    struct views *views;
    struct store *store;      /* inside one read transaction: everything is seen at `position` */
    struct audit audit;       /* over it, with the law; its arena is the view's own; its time is not set */
    struct arena arena;
    uint64_t position;
    uint64_t generation;
    struct identity who;
    enum reach reach;
};

/* A pool of views on an engine; any thread takes and gives. */
struct views *views_open(struct engine *engine);
void views_close(struct views *views);
/* A view at the present position, as somebody sees it. */
struct view *view_take(struct views *views, const struct identity *who, enum reach reach, struct error *error);
/* Ends it; also walks over its store that were left open. */
void view_give(struct view *view);
/* Whether what was made from these kinds (ended by NULL) at some position of some generation holds for this view as well. */
bool view_same(const struct view *view, const struct kind *const *kinds, uint64_t generation, uint64_t position);

/* What a measure keeps for serving (made by its serving_open, closed with the pool); it locks for itself. */
void *views_kept(struct views *views, const struct measure *measure);
struct engine *views_engine(struct views *views);

/* Prepares (once) and resets a query over a kind. The text must have {scope} where the condition of who looks goes, as in
   `SELECT "id" FROM "complaint" WHERE {scope} AND "filed" <= $1`; its own parameters begin at $1, and it is
   the same text for everybody. NULL on failure. */
struct statement *view_select(struct view *view, const struct kind *kind, const char *sql, struct error *error);
/* Whether the one who looks sees all rows of the kind anyway. */
bool view_sees_all(const struct view *view, const struct kind *kind);
/* Whether a finding is for the one who looks. */
bool view_sees_finding(const struct view *view, const struct finding *finding);
const struct access *access_of(const struct kind *kind);

#endif
