#include "portal/postman.h"

#include <stdio.h>
#include <stdlib.h>

#include "engine/write.h"
#include "base/memory.h"
#include "base/moment.h"
#include "engine/engine.h"
#include "measure/view.h"
#include "portal/herald.h"
#include "portal/round.h"

enum { ENTRIES_AT_ONCE = 4096 };

static const struct identity postman_identity = { .role = ROLE_ADMINISTRATOR, .account = "mingbai:postman" };
static const char reader[] = "postman";

struct postman {
    struct views *views;
    struct outbox *outbox;
    struct round round;
    struct error told;
};

/* A stretch of the ledger under way. */
struct walk {
    struct view *view;
    struct letters letters;
};

static bool record_read(struct walk *walk, const struct record *record, struct error *error)
{
    struct letters_sink sink = { letters_add, &walk->letters };
    for (size_t i = 0; i < measure_count; i++)
        if (measures[i]->letters && !measures[i]->letters(walk->view, record, sink, error)) return false;
    return true;
}

static bool entry_follow(void *context, uint64_t index, struct str bytes, struct error *error)
{
    struct walk *walk = context;
    struct entry entry;
    (void)index;
    if (!entry_read(bytes, &entry, error)) return false;
    const struct kind *kind = str_equal(entry.source, STR(PORTAL_SOURCE)) ? kind_find(entry.kind) : NULL;
    if (!kind) return true;
    struct str rest = entry.packed_spans, records = entry.records;
    uint64_t last = 0;
    for (struct span span; entry_span(&rest, &last, &span);)
        for (uint64_t seq = span.low; seq <= span.high; seq++) {
            struct record record = { .kind = kind, .source = entry.source, .seq = seq };
            if (!record_unpack(kind, entry.version, &records, &record, error) || !record_read(walk, &record, error)) return false;
        }
    return true;
}

static bool stretch_follow(struct postman *postman, struct view *view, uint64_t from, uint64_t to, struct error *error)
{
    struct walk walk = { .view = view };
    bool done = ledger_scan(engine_ledger(views_engine(postman->views)), from, to, entry_follow, &walk, error) &&
                outbox_take(postman->outbox, reader, (int64_t)to, &walk.letters, error);
    letters_close(&walk.letters);
    return done;
}

bool postman_follow(struct postman *postman, struct error *error)
{
    struct view *view = view_take(postman->views, &postman_identity, REACH_OWN, error);
    if (!view) return false;
    int64_t cursor;
    bool done = outbox_cursor(postman->outbox, reader, (int64_t)view->position, &cursor, error);
    for (uint64_t from = (uint64_t)cursor; done && from < view->position;) {
        uint64_t to = view->position - from > ENTRIES_AT_ONCE ? from + ENTRIES_AT_ONCE : view->position;
        done = stretch_follow(postman, view, from, to, error);
        from = to;
    }
    done = done && herald_follow(view, postman->outbox, error);
    view_give(view);
    return done;
}

static int64_t step(void *context)
{
    struct postman *postman = context;
    struct error error = { 0 };
    bool done = postman_follow(postman, &error);
    if (!done && strcmp(error.says, postman->told.says)) fprintf(stderr, "mingbai: letters wait to be written: %s\n", error.says);
    postman->told = error;
    return moment_now() + MINUTE_MS;
}

struct postman *postman_open(struct views *views, struct outbox *outbox, struct error *error)
{
    struct postman *postman = allocate(sizeof *postman);
    postman->views = views;
    postman->outbox = outbox;
    round_open(&postman->round, step, postman);
    /* The first time, its place is noted before anything can be written. What else fails is tried again later. */
    int64_t cursor;
    struct view *view = view_take(views, &postman_identity, REACH_OWN, error);
    bool done = view && outbox_cursor(outbox, reader, (int64_t)view->position, &cursor, error) && herald_begin(view, outbox, error);
    if (view) view_give(view);
    struct error fault = { 0 };
    if (done && !postman_follow(postman, &fault)) fprintf(stderr, "mingbai: letters wait to be written: %s\n", fault.says);
    if (done) return postman;
    postman_close(postman);
    return NULL;
}

bool postman_start(struct postman *postman, struct error *error)
{
    return round_start(&postman->round, error);
}

void postman_nudge(struct postman *postman)
{
    round_nudge(&postman->round);
}

void postman_close(struct postman *postman)
{
    if (!postman) return;
    round_close(&postman->round);
    free(postman);
}
