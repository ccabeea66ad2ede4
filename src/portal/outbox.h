/* What goes out to people and staff, each once for its key. Letters are kept in portal.db, with subjects and without numbers, until a
   thread has handed them on: texts to people to a gateway, where there is one, everything else to the spool, where others take it up. At
   least once, as a crash between the two gives the same message, with the same key, again. Texts to people go out from 08:00 to 21:00
   China time, unless other hours are set. */
#ifndef PORTAL_OUTBOX_H
#define PORTAL_OUTBOX_H

#include "measure/letter.h"
#include "portal/express.h"
#include "portal/accounts.h"

struct outbox;

struct outbox_options {
    struct disk *disk;
    const char *spool; /* a file outside the data directory */
    int text_from, text_to;  /* hours of the day in which texts to people go out; both 0: the usual */
    enum gateway_answer (*text)(void *gateway, const struct message *message, struct error *error); /* gateway_send; NULL: texts go to the spool too */
    void *gateway;
    struct express *express; /* takes sign-in codes; NULL: they go to the spool */
    /* The clear numbers of subjects, one for each; an empty one where it is no more. Called once for each delivery, again for
       parts of it where one is damaged. In life outbox_numbers, and context is the engine. */
    bool (*numbers)(void *context, const uint64_t *subjects, size_t count, struct arena *arena, struct str *numbers,
                    struct error *error);
    void *context;
};

struct outbox *outbox_open(struct accounts *accounts, const struct outbox_options *options, struct error *error);
/* Starts the thread that delivers. */
bool outbox_start(struct outbox *outbox, struct error *error);
/* What is not yet delivered stays for the next time. */
void outbox_close(struct outbox *outbox);

/* Takes a letter; one whose key is there already changes nothing. */
bool outbox_add(struct outbox *outbox, const struct letter *letter, struct error *error);
/* Takes letters and moves a reader's cursor behind what they came from, both or neither. The first time a reader is seen
   outbox_cursor gives `fallback`. */
struct letters;
bool outbox_take(struct outbox *outbox, const char *reader, int64_t cursor, const struct letters *letters, struct error *error);
bool outbox_cursor(struct outbox *outbox, const char *reader, int64_t fallback, int64_t *cursor, struct error *error);

/* Hands a text to a number in clear to the express or the spool at once, at any hour, and keeps nothing of it on the disk. ERROR_BUSY: the
   gateway is behind. */
bool outbox_text_now(struct outbox *outbox, struct str key, struct str number, const struct str text[LANGUAGES], int64_t now,
                     struct error *error);
/* Delivers what may go out at that time; *next is when there is more to do without a new letter (INT64_MAX: never). What the
   thread does, and tests. */
bool outbox_deliver(struct outbox *outbox, int64_t now, int64_t *next, struct error *error);

/* Unseals them, which is noted. */
bool outbox_numbers(void *engine, const uint64_t *subjects, size_t count, struct arena *arena, struct str *numbers, struct error *error);

/* Letters waiting to go out, and letters set aside until the next start, as their number cannot be read or the gateway
   refused them; for /metrics. */
uint64_t outbox_waiting(struct outbox *outbox);
uint64_t outbox_set_aside(struct outbox *outbox);

/* Letters in hand: a sink that copies them. Start from { 0 }. */
struct letters {
    struct arena arena;
    struct letter *at;
    size_t count, room;
};
bool letters_add(void *letters, const struct letter *letter, struct error *error);
void letters_close(struct letters *letters);

#endif
