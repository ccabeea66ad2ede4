#include "portal/herald.h"

#include "base/moment.h"
#include "measure/usage/usage.h"
#include "measure/view.h"

static const char reader[] = "herald";

/* A record that comes so much later than it began makes no news: a file of last month's is checked, not told to people. */
static const int64_t news = DAY_MS;

struct telling {
    struct view *view;
    struct letters letters;
    uint64_t position;
};

static bool is_news(const struct notice *notice)
{
    return notice->received - notice->time <= news && cycle_of(notice->received) == notice->cycle;
}

static bool notice_tell(void *context, const struct listed_notice *listed, bool *enough, struct error *error)
{
    struct telling *telling = context;
    const struct notice *notice = &listed->notice;
    char id[NOTICE_ID_ROOM];
    *enough = notice->entry >= telling->position;
    if (*enough || !is_news(notice)) return true;
    notice_id(notice, id);
    struct arena *arena = &telling->letters.arena;
    struct letter letter = { .key = arena_format(arena, "notice:%s", id), .to = notice->level == LEVEL_CAP ? TO_PERSON_NOW : TO_PERSON,
                             .subject = notice->subscriber, .time = notice->time };
    for (enum language language = ENGLISH; language <= CHINESE; language++) letter.text[language] = notice_text(notice, language, arena);
    if (!letters_add(&telling->letters, &letter, error)) return false;
    struct letters_sink sink = { letters_add, &telling->letters };
    for (size_t i = 0; i < measure_count; i++)
        if (measures[i]->letters_of_notice && !measures[i]->letters_of_notice(telling->view, notice, sink, error)) return false;
    return true;
}

bool herald_follow(struct view *view, struct outbox *outbox, struct error *error)
{
    int64_t cursor;
    struct telling telling = { .view = view, .position = view->position };
    if (!outbox_cursor(outbox, reader, (int64_t)view->position, &cursor, error)) return false;
    if ((uint64_t)cursor >= view->position) return true;
    struct notice after = { .entry = (uint64_t)cursor - 1, .place = UINT32_MAX, .rank = UINT32_MAX };
    bool done = notices_each(view->store, cursor ? &after : NULL, false, 0, notice_tell, &telling, error) &&
                outbox_take(outbox, reader, (int64_t)view->position, &telling.letters, error);
    letters_close(&telling.letters);
    return done;
}
