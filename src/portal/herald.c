#include "portal/herald.h"

#include <stdio.h>

#include "base/moment.h"
#include "measure/usage/usage.h"
#include "measure/view.h"

static const char reader[] = "herald", generation_reader[] = "herald:generation";

/* A record that comes so much later than it began makes no news: a file of last month's is checked, not told to people. */
static const int64_t news = DAY_MS;
enum { LETTERS_AT_ONCE = 4096 };

struct telling {
    struct view *view;
    struct letters letters;
    int64_t since;     /* what was received earlier was told, or is none of our business */
    uint64_t entry;    /* of the newest notice taken in hand */
    uint64_t reached;  /* what comes from this entry on was not looked at */
};

static bool is_news(const struct telling *telling, const struct notice *notice)
{
    return notice->received >= telling->since && notice->received - notice->time <= news && cycle_of(notice->received) == notice->cycle;
}

static bool notice_tell(void *context, const struct listed_notice *listed, bool *enough, struct error *error)
{
    struct telling *telling = context;
    const struct notice *notice = &listed->notice;
    char id[NOTICE_ID_ROOM];
    *enough = notice->entry >= telling->view->position || (telling->letters.count >= LETTERS_AT_ONCE && notice->entry != telling->entry);
    if (*enough) {
        if (notice->entry < telling->view->position) telling->reached = notice->entry;
        return true;
    }
    telling->entry = notice->entry;
    if (!is_news(telling, notice)) return true;
    notice_id(notice, id);
    struct arena *arena = &telling->letters.arena;
    struct letter letter = { .key = arena_format(arena, "notice:%s", id), .to = notice->level == LEVEL_CAP ? TO_PERSON_NOW : TO_PERSON,
                             .subject = notice->subscriber, .time = notice->time };
    for (enum language language = ENGLISH; language <= CHINESE; language++) letter.text[language] = notice_text(notice, language, arena);
    if (!letters_add(&telling->letters, &letter, error)) return false;
    struct letters_sink sink = { letters_add, &telling->letters };
    for (size_t i = 0; i < measure_count; i++) {
        struct error fault = { 0 };
        /* What cannot be told beside it must not hold up the notices of others. */
        if (measures[i]->letters_of_notice && !measures[i]->letters_of_notice(telling->view, notice, sink, &fault))
            fprintf(stderr, "mingbai: a letter beside a notice is left out: %s\n", fault.says);
    }
    return true;
}

static bool herald_at(struct view *view, struct outbox *outbox, uint64_t *position, uint64_t *generation, struct error *error)
{
    int64_t cursor, known;
    if (!outbox_cursor(outbox, reader, (int64_t)view->position, &cursor, error) ||
        !outbox_cursor(outbox, generation_reader, (int64_t)view->generation, &known, error))
        return false;
    *position = (uint64_t)cursor;
    *generation = (uint64_t)known;
    return true;
}

bool herald_begin(struct view *view, struct outbox *outbox, struct error *error)
{
    uint64_t position, generation;
    return herald_at(view, outbox, &position, &generation, error);
}

/* From entry `from` on, a handful of letters at a time. */
static bool stretch_tell(struct view *view, struct outbox *outbox, uint64_t *from, int64_t since, struct error *error)
{
    struct telling telling = { .view = view, .since = since, .reached = view->position };
    struct notice after = { .entry = *from - 1, .place = UINT32_MAX, .rank = UINT32_MAX };
    bool done = notices_each(view->store, *from ? &after : NULL, false, 0, notice_tell, &telling, error) &&
                outbox_take(outbox, reader, (int64_t)telling.reached, &telling.letters, error);
    letters_close(&telling.letters);
    *from = telling.reached;
    return done;
}

/* A new generation may have notices behind the cursor: of what was held until the file that it replaces was withdrawn. */
bool herald_follow(struct view *view, struct outbox *outbox, struct error *error)
{
    uint64_t from, generation;
    if (!herald_at(view, outbox, &from, &generation, error)) return false;
    bool is_new = generation != view->generation;
    int64_t since = is_new ? moment_now() - news : INT64_MIN;
    for (uint64_t at = is_new ? 0 : from; at < view->position;)
        if (!stretch_tell(view, outbox, &at, since, error)) return false;
    struct letters none = { 0 };
    return !is_new || outbox_take(outbox, generation_reader, (int64_t)view->generation, &none, error);
}
