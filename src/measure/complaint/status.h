/* How a case stands: pure, from the law, what is on record, and a time. The same functions serve it and judge it (clock.h,
   answer.h, appeal.h), so what a page promises is what an audit finds. */
#ifndef MEASURE_COMPLAINT_STATUS_H
#define MEASURE_COMPLAINT_STATUS_H

#include "measure/complaint/clock.h"
#include "measure/complaint/complaint.h"
#include "measure/view.h"

/* ---- what is on record of one case: case_file.c ---- */

/* A sealed text's number in the vault; NO_TEXT: there is none. */
#define NO_TEXT UINT64_MAX

/* Something that happened to a complaint or to an appeal. In both, in the order (time, source, seq). */
struct case_event {
    int64_t time;
    int64_t amount;              /* micro-yuan; INT64_MIN: none */
    uint64_t text, reason_text;  /* sealed */
    struct str operator_, into;
    struct reference record;
    uint64_t entry;              /* of the ledger */
    uint8_t step;                /* enum complaint_step, or enum appeal_step */
    uint8_t reason;              /* enum reason_class */
};

struct case_claim {
    int64_t claim;
    enum claim_asks asks;
    int64_t amount;              /* INT64_MIN: none */
    uint64_t text;
    const struct claim_event {
        int64_t time;
        int64_t amount;          /* INT64_MIN: none */
        uint64_t text;
        enum claim_step step;
    } *events;                   /* in order */
    size_t event_count;
    int verdict;                 /* the last of CLAIM_AGREED, _PARTLY, _REFUSED; -1: none yet */
    int person;                  /* CLAIM_ACCEPTED or _DISPUTED, of that verdict; -1: nothing yet */
};

struct case_appeal {
    struct str appeal;
    int64_t filed;
    enum appeal_about about;
    uint64_t text;
    struct reference record;
    uint64_t entry;
    const struct case_event *events;
    const struct event *steps;   /* the same, as the judges take them */
    size_t event_count;
};

struct case_evidence {
    int64_t evidence, bytes, time;
    uint64_t name;               /* sealed */
    struct str type;
    const uint64_t *parts;       /* sealed, in order */
    size_t part_count;
    bool whole;                  /* all parts are there */
};

struct case_note {
    int64_t time;
    struct str account;
    uint64_t text;
};

enum case_depth {
    CASE_BRIEF, /* what its status needs */
    CASE_WHOLE, /* all */
};

/* Everything lies in the view's arena. */
struct case_file {
    struct str complaint, operator_, area, channel;
    int category;                /* -1: not told */
    int64_t filed;
    bool has_subscriber;
    uint64_t subscriber;
    uint64_t text;
    bool has_outcome, has_answer; /* as struct complaint_case has them */
    int satisfied;               /* 1, 0; -1: not told */
    bool from_portal;            /* filed through the server */
    struct reference record;
    uint64_t entry;
    const struct case_event *events; /* `answered` of the complaint itself is one of them */
    const struct event *steps;   /* the same, as the clock takes them */
    size_t event_count;
    const struct case_claim *claims;
    size_t claim_count;
    const struct case_appeal *appeals;
    size_t appeal_count;
    /* with CASE_WHOLE: */
    const struct case_evidence *evidence;
    size_t evidence_count;
    const struct case_note *notes; /* of the looker's own side */
    size_t note_count;
    struct str assigned;         /* on the looker's own side; empty: nobody */
    int64_t joined, pressed;
    int64_t last_press;          /* MOMENT_NONE: never */
    bool has_publication, published; /* published: agreed */
    struct str title, public_text;
    int64_t published_at;
};

/* A complaint by its id, as the view may see it. */
bool case_read(struct view *view, struct str id, enum case_depth depth, struct case_file *file, bool *found,
               struct error *error);
/* Whoever looks, for what is shown to nobody: CASE_BRIEF. */
bool case_read_unseen(struct view *view, struct str id, struct case_file *file, bool *found, struct error *error);
/* The same for everybody: only what its person agreed to publish is found, and the file has neither subscriber, text, evidence
   nor notes, but what was published and how many joined. */
bool case_read_published(struct view *view, struct str id, struct case_file *file, bool *found, struct error *error);
/* The complaint of an appeal, in the view's arena; empty where there is none. everybodys: also one that the view does not see. */
bool case_of_appeal(struct view *view, struct str appeal, bool everybodys, struct str *complaint_id, struct error *error);
/* The case in the present row of a view_select of these columns, for lists: `SELECT CASE_COLUMNS FROM "complaint" WHERE {scope} ..`. */
#define CASE_COLUMNS \
    "\"complaint\".\"id\", \"complaint\".\"operator\", \"complaint\".\"area\", \"complaint\".\"category\", \"complaint\".\"filed\"," \
    " \"complaint\".\"channel\", \"complaint\".\"subscriber\", \"complaint\".\"text\", \"complaint\".\"answered\"," \
    " \"complaint\".\"outcome\", \"complaint\".\"satisfied\", \"complaint\".\"source\", \"complaint\".\"seq\", \"complaint\".\"entry\""
bool case_take(struct view *view, struct statement *row, enum case_depth depth, struct case_file *file, struct error *error);

/* ---- how it stands: status.c ---- */

enum case_state {
    CASE_WAITING_OPERATOR, CASE_PAUSED, CASE_WAITING_PERSON, CASE_SOLVED, CASE_CLOSED_UNSOLVED, CASE_WITHDRAWN, CASE_MERGED,
    CASE_APPEAL_WAITING, CASE_APPEAL_OPEN, CASE_DECIDED, CASE_STATES
};
enum case_turn { TURN_OPERATOR, TURN_PERSON, TURN_REGULATOR, TURN_NOBODY, TURNS };

/* The words for programs, and for people. */
extern const struct choice case_states[CASE_STATES], case_turns[TURNS];

/* A run of the clock, as it is shown in boxes. */
struct case_run {
    int64_t start, stop;         /* INT64_MAX: it still runs */
    enum run_end end;
    bool answers_dispute;        /* it was started by the person disputing; else by writing again, or by the filing */
    const struct limit *limit;   /* NULL: no law holds */
    int64_t due;                 /* the end of the limit; MOMENT_NONE: the clock stands, or no law holds */
    int64_t count, of;           /* day 9 of 15, in the limit's unit (months and years in days); 0 on the day of the start */
    bool late, paused, provisional;
};

/* Whether one may appeal: of either matter, from when (MOMENT_NONE: not to be told), until when, and why not or until when in
   words. */
struct appeal_chance {
    bool possible;               /* now, about something */
    const char *code;            /* of a refusal, for programs: "appeal-too-early"; NULL: possible */
    int64_t from;
    int64_t until[ABOUTS];       /* the end, 24:00 of the last day; MOMENT_NONE: none, or not to be told */
    bool possible_about[ABOUTS];
    enum appeal_about about;     /* what the matter seems to be */
    struct str says[LANGUAGES];
};

/* An appeal as it stands. */
enum appeal_state { APPEAL_IS_WAITING, APPEAL_IS_OPEN, APPEAL_IS_REFUSED, APPEAL_IS_DECIDED, APPEAL_IS_MEDIATED, APPEAL_IS_WITHDRAWN,
                    APPEAL_STATES };
extern const struct choice appeal_states[APPEAL_STATES];
struct appeal_status {
    enum appeal_state state;
    bool with_operator;          /* forwarded, and not answered since */
    /* The regulator's two clocks; MOMENT_NONE: no law holds. While it waits, `due` is that of accepting, then of deciding. */
    int64_t accept_due, decide_due, due;
    const struct limit *limit;   /* of `due` */
    bool overdue, provisional;
};

enum { CASE_AHEAD = 4 };
/* What is still to come. */
struct case_ahead {
    int64_t time;
    const char *event;           /* "answer_due", "appeal_from", "appeal_until", "accept_due", "decide_due" */
    struct str says[LANGUAGES];
};

struct case_status {
    enum case_state state;
    enum case_turn turn;
    struct str holder;           /* the operator that has it now */
    struct case_run *runs;       /* none where it was closed on an unknown day: that is not judged */
    size_t run_count;
    const struct case_run *run;  /* the last one, or NULL */
    bool is_open;                /* the last run runs or stands */
    int64_t due;                 /* of what is waited for: an answer, accepting, deciding; MOMENT_NONE: none, or paused */
    int64_t days_left;           /* in the limit's unit; below 0 when overdue; only with has_days_left */
    bool has_days_left;
    bool overdue, provisional;
    const struct limit *limit;   /* what `due` rests on, or for want of that the last run's; NULL: no law holds */
    int64_t from;                /* when that limit's clock started */
    struct appeal_chance appeal;
    const struct appeal_status *appeals; /* of file->appeals */
    struct case_ahead ahead[CASE_AHEAD];
    size_t ahead_count;
};

/* As of a moment: what is dated later is unseen. Everything lies in the arena. */
void case_judge(const struct law *law, const struct case_file *file, int64_t as_of, struct arena *arena, struct case_status *status);
/* The same without words, chance and what is ahead: for lists. */
void case_judge_brief(const struct law *law, const struct case_file *file, int64_t as_of, struct arena *arena,
                      struct case_status *status);
void appeal_judge(const struct law *law, struct str area, const struct case_appeal *appeal, int64_t as_of,
                  struct appeal_status *status);

/* ---- who may do what now: acts.c ---- */

enum case_act {
    ACT_ANSWER, ACT_PAUSE, ACT_RESUME, ACT_MOVE, ACT_MERGE, ACT_ASSIGN, ACT_NOTE, /* staff */
    ACT_REPLY, ACT_WRITE, ACT_WITHDRAW, ACT_PRESS, ACT_PUBLISH, ACT_APPEAL, ACT_EVIDENCE, /* the person */
    ACT_JOIN,                                                                             /* anybody */
    ACT_ACCEPT, ACT_REFUSE, ACT_FORWARD, ACT_MEDIATE, ACT_DECIDE,                         /* the regulator, on its open appeal */
    ACT_APPEAL_ANSWER,                                                                    /* the operator */
    ACT_APPEAL_WITHDRAW,                                                                  /* the person */
    ACTS
};
extern const char *const case_act_words[ACTS]; /* "answer" */

/* Which side somebody stands on in a case. */
enum case_side { LOOKS_ON, IS_PERSON, IS_OPERATOR, IS_REGULATOR };
enum case_side case_side(const struct case_file *file, const struct identity *who);

/* The acts, 1 << ACT_.., that somebody may do at a moment; with an appeal's place in file->appeals, those about it count only
   where it is that one (SIZE_MAX: the newest). A write is right only while its act is among them at the position written to. */
unsigned case_acts(const struct case_file *file, const struct case_status *status, const struct identity *who, int64_t now,
                   size_t appeal);

#endif
