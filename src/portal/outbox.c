#include "portal/outbox.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/moment.h"
#include "portal/accounts_inside.h"
#include "portal/round.h"
#include "portal/spool.h"

enum { DELIVERY_MESSAGES = 2000, HOUR_FIRST = 8, HOUR_END = 21 };
static const int64_t sent_kept = 400 * DAY_MS;
#define BACK_OFF_FIRST (5 * SECOND_MS)
#define BACK_OFF_MOST (10 * MINUTE_MS)

static const char select_waiting[] =
    "SELECT \"key\", \"recipient\", \"subject\", \"operator\", \"time\", \"english\", \"chinese\" FROM \"message\""
    " WHERE \"sent\" IS NULL AND \"recipient\" >= $1 ORDER BY \"place\" LIMIT $2";
static const char count_waiting[] = "SELECT COUNT(*) FROM \"message\" WHERE \"sent\" IS NULL";
static const char last_place[] = "SELECT MAX(\"place\") FROM \"message\"";
static const char insert_message[] =
    "INSERT INTO \"message\" (\"key\", \"place\", \"recipient\", \"subject\", \"operator\", \"time\", \"english\", \"chinese\")"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (\"key\") DO NOTHING";
/* The key stays: the same letter does not go out twice. */
static const char update_sent[] =
    "UPDATE \"message\" SET \"sent\" = $2, \"english\" = '', \"chinese\" = '' WHERE \"key\" = $1 AND \"sent\" IS NULL";
/* Set aside until the next start, when it is tried again. */
static const char update_aside[] = "UPDATE \"message\" SET \"sent\" = -1 WHERE \"key\" = $1 AND \"sent\" IS NULL";
static const char update_again[] = "UPDATE \"message\" SET \"sent\" = NULL WHERE \"sent\" = -1";
/* Readers of the ledger and of the time only go on, and what they made is given to them again after a crash for minutes: no letter
   of so long ago comes a second time. */
static const char delete_old[] =
    "DELETE FROM \"message\" WHERE \"key\" IN (SELECT \"key\" FROM \"message\" WHERE \"sent\" > 0 AND \"sent\" < $1 LIMIT $2)";
static const char select_cursor[] = "SELECT \"position\" FROM \"cursor\" WHERE \"reader\" = $1";
static const char put_cursor[] =
    "INSERT INTO \"cursor\" (\"reader\", \"position\") VALUES ($1, $2)"
    " ON CONFLICT (\"reader\") DO UPDATE SET \"position\" = excluded.\"position\"";

struct outbox {
    struct accounts *accounts;
    struct outbox_options options;
    struct spool spool;
    struct round round;
    pthread_mutex_t delivering; /* one delivery at a time */
    int64_t place;              /* the last given out; with the database held */
    atomic_uint_fast64_t waiting, aside;
    struct error told;          /* of the last delivery, said once; the thread's */
    struct error refused;       /* by the gateway, the same */
    int64_t back_off;           /* of the gateway; the delivery's */
};

/* ---- letters in hand ---- */

static struct str copied(struct arena *arena, struct str text)
{
    return (struct str){ arena_copy(arena, text.at ? text.at : "", text.length), text.length };
}

bool letters_add(void *context, const struct letter *letter, struct error *error)
{
    (void)error;
    struct letters *letters = context;
    if (letters->count == letters->room) {
        letters->room = letters->room ? letters->room * 2 : 16;
        letters->at = reallocate(letters->at, letters->room * sizeof *letters->at);
    }
    struct letter *copy = &letters->at[letters->count++];
    *copy = *letter;
    copy->key = copied(&letters->arena, letter->key);
    copy->operator_ = copied(&letters->arena, letter->operator_);
    for (size_t i = 0; i < LANGUAGES; i++) copy->text[i] = copied(&letters->arena, letter->text[i]);
    return true;
}

void letters_close(struct letters *letters)
{
    free(letters->at);
    arena_close(&letters->arena);
    *letters = (struct letters){ 0 };
}

/* ---- taking ---- */

static bool number_read(struct store *store, const char *sql, int64_t *number, struct error *error)
{
    bool row;
    struct statement *select = store_prepare(store, sql, error);
    if (!select || !statement_step(select, &row, error)) return false;
    *number = row ? column_number(select, 0) : 0;
    if (row) statement_reset(select);
    return true;
}

static int64_t step(void *context);

struct outbox *outbox_open(struct accounts *accounts, const struct outbox_options *options, struct error *error)
{
    struct outbox *outbox = allocate(sizeof *outbox);
    int64_t waiting = 0;
    outbox->accounts = accounts;
    outbox->options = *options;
    if (!options->text_to) {
        outbox->options.text_from = HOUR_FIRST;
        outbox->options.text_to = HOUR_END;
    }
    pthread_mutex_init(&outbox->delivering, NULL);
    spool_open(&outbox->spool, options->disk, options->spool);
    round_open(&outbox->round, step, outbox);
    struct store *store = accounts_hold(accounts);
    bool done = store_run(store, update_again, error) && number_read(store, last_place, &outbox->place, error) &&
                number_read(store, count_waiting, &waiting, error);
    accounts_release(accounts);
    atomic_init(&outbox->waiting, (uint64_t)waiting);
    if (done) return outbox;
    outbox_close(outbox);
    return NULL;
}

bool outbox_start(struct outbox *outbox, struct error *error)
{
    return round_start(&outbox->round, error);
}

void outbox_close(struct outbox *outbox)
{
    if (!outbox) return;
    round_close(&outbox->round);
    spool_close(&outbox->spool);
    pthread_mutex_destroy(&outbox->delivering);
    free(outbox);
}

static bool letter_insert(struct outbox *outbox, struct store *store, const struct letter *letter, uint64_t *added, struct error *error)
{
    int64_t changed;
    struct statement *insert = store_prepare(store, insert_message, error);
    if (!insert) return false;
    statement_text(insert, 1, letter->key);
    statement_number(insert, 2, ++outbox->place);
    statement_number(insert, 3, letter->to);
    statement_number(insert, 4, is_to_person(letter->to) ? (int64_t)letter->subject : -1);
    statement_text(insert, 5, letter->operator_);
    statement_number(insert, 6, letter->time);
    statement_text(insert, 7, letter->text[ENGLISH]);
    statement_text(insert, 8, letter->text[CHINESE]);
    if (!statement_run(insert, &changed, error)) return false;
    *added += changed > 0;
    return true;
}

static bool cursor_put(struct store *store, const char *reader, int64_t cursor, struct error *error)
{
    struct statement *put = store_prepare(store, put_cursor, error);
    if (!put) return false;
    statement_text(put, 1, str_of(reader));
    statement_number(put, 2, cursor);
    return statement_run(put, NULL, error);
}

/* reader: NULL for none. With a cursor nothing needs to be on the disk at once: should both be lost, both are made again. */
static bool take(struct outbox *outbox, const struct letter *letters, size_t count, const char *reader, int64_t cursor, struct error *error)
{
    uint64_t added = 0;
    struct store *store = accounts_hold(outbox->accounts);
    bool done = store_begin(store, error);
    if (done) {
        for (size_t i = 0; done && i < count; i++) done = letter_insert(outbox, store, &letters[i], &added, error);
        done = done && (!reader || cursor_put(store, reader, cursor, error));
        done = accounts_end(outbox->accounts, done, !reader, error);
    }
    if (done) atomic_fetch_add(&outbox->waiting, added);
    accounts_release(outbox->accounts);
    if (done && added) round_nudge(&outbox->round);
    return done;
}

bool outbox_add(struct outbox *outbox, const struct letter *letter, struct error *error)
{
    return take(outbox, letter, 1, NULL, 0, error);
}

bool outbox_take(struct outbox *outbox, const char *reader, int64_t cursor, const struct letters *letters, struct error *error)
{
    return take(outbox, letters->at, letters->count, reader, cursor, error);
}

bool outbox_cursor(struct outbox *outbox, const char *reader, int64_t fallback, int64_t *cursor, struct error *error)
{
    bool row = false;
    struct store *store = accounts_hold(outbox->accounts);
    struct statement *select = store_prepare(store, select_cursor, error);
    if (select) statement_text(select, 1, str_of(reader));
    bool done = select && statement_step(select, &row, error);
    *cursor = row ? column_number(select, 0) : fallback;
    if (row) statement_reset(select);
    done = done && (row || (cursor_put(store, reader, fallback, error) && store_settle(store, error)));
    accounts_release(outbox->accounts);
    return done;
}

uint64_t outbox_waiting(struct outbox *outbox)
{
    return atomic_load(&outbox->waiting);
}

uint64_t outbox_set_aside(struct outbox *outbox)
{
    return atomic_load(&outbox->aside);
}

/* ---- delivering ---- */

/* When texts to people may go out: `now`, or the next morning. */
static int64_t text_hour(const struct outbox *outbox, int64_t now)
{
    int64_t start = day_start(day_of(now)), first = start + outbox->options.text_from * HOUR_MS;
    if (now < first) return first;
    return now < start + outbox->options.text_to * HOUR_MS ? now : first + DAY_MS;
}

struct delivery {
    struct arena arena;
    struct message *messages;
    uint64_t *subjects;      /* of the messages, subject_of_nobody where there is none */
    struct str *numbers;     /* of those that have a subject */
    bool *is_aside;          /* of the messages: their number cannot be read, or the gateway will never take it */
    bool *waits;             /* of the messages: the gateway did not take it now */
    size_t count;
    size_t waiting;
};
static const uint64_t subject_of_nobody = UINT64_MAX;

static bool waiting_read(struct outbox *outbox, bool with_texts, struct delivery *delivery, struct error *error)
{
    bool row = true;
    struct store *store = accounts_hold(outbox->accounts);
    struct statement *select = store_prepare(store, select_waiting, error);
    bool done = select != NULL;
    if (done) {
        statement_number(select, 1, with_texts ? TO_PERSON : TO_PERSON + 1);
        statement_number(select, 2, DELIVERY_MESSAGES);
    }
    while (done && (done = statement_step(select, &row, error)) && row) {
        struct message *message = &delivery->messages[delivery->count];
        *message = (struct message){ .key = copied(&delivery->arena, column_text(select, 0)), .to = (enum letter_to)column_number(select, 1),
                                     .address = copied(&delivery->arena, column_text(select, 3)), .time = column_number(select, 4),
                                     .text = { [ENGLISH] = copied(&delivery->arena, column_text(select, 5)),
                                               [CHINESE] = copied(&delivery->arena, column_text(select, 6)) } };
        delivery->subjects[delivery->count++] = is_to_person(message->to) ? (uint64_t)column_number(select, 2) : subject_of_nobody;
    }
    accounts_release(outbox->accounts);
    return done;
}

/* Where one number is damaged, that one alone is unreadable: it holds up nobody else's letters. */
static bool numbers_read(struct outbox *outbox, const uint64_t *subjects, size_t count, struct arena *arena, struct str *numbers,
                         bool *unreadable, struct error *error)
{
    struct error fault = { 0 };
    size_t half = count / 2;
    if (!count || outbox->options.numbers(outbox->options.context, subjects, count, arena, numbers, &fault)) return true;
    if (fault.code != ERROR_DAMAGE) {
        if (error) *error = fault;
        return false;
    }
    if (count > 1)
        return numbers_read(outbox, subjects, half, arena, numbers, unreadable, error) &&
               numbers_read(outbox, subjects + half, count - half, arena, numbers + half, unreadable + half, error);
    fprintf(stderr, "mingbai: letters to one person are set aside: %s\n", fault.says);
    *unreadable = true;
    return true;
}

/* By the gateway, which is tried no more in this run once it does not answer: a slow one is not waited for again and again. */
static void text_send(struct outbox *outbox, struct delivery *delivery, size_t place, const struct message *message, bool *is_down)
{
    struct error why = { 0 };
    enum gateway_answer answer = *is_down ? GATEWAY_LATER : gateway_send(outbox->options.gateway, message, &why);
    if (answer == GATEWAY_TAKEN) return;
    *is_down = answer == GATEWAY_LATER;
    delivery->waits[place] = answer == GATEWAY_LATER;
    delivery->waiting += answer == GATEWAY_LATER;
    delivery->is_aside[place] = answer == GATEWAY_REFUSED;
    if (why.code && strcmp(why.says, outbox->refused.says)) fprintf(stderr, "mingbai: a text was not taken: %s\n", why.says);
    if (why.code) outbox->refused = why;
}

/* Puts the numbers in, and takes out whom nobody can reach any more, and who cannot be reached now. With a gateway texts go to it at once;
   what is left is for the spool. */
static bool numbers_fill(struct outbox *outbox, struct delivery *delivery, struct message *sendable, size_t *count, struct error *error)
{
    bool is_down = false;
    size_t asked = 0;
    uint64_t *subjects = arena_take(&delivery->arena, delivery->count * sizeof *subjects);
    for (size_t i = 0; i < delivery->count; i++)
        if (delivery->subjects[i] != subject_of_nobody) subjects[asked++] = delivery->subjects[i];
    bool *unreadable = arena_take(&delivery->arena, delivery->count * sizeof *unreadable);
    memset(unreadable, 0, delivery->count * sizeof *unreadable);
    if (!numbers_read(outbox, subjects, asked, &delivery->arena, delivery->numbers, unreadable, error)) return false;
    asked = *count = 0;
    for (size_t i = 0; i < delivery->count; i++) {
        struct message message = delivery->messages[i];
        delivery->is_aside[i] = delivery->waits[i] = false;
        if (delivery->subjects[i] != subject_of_nobody) {
            message.address = delivery->numbers[asked];
            delivery->is_aside[i] = unreadable[asked++];
        }
        if (delivery->is_aside[i]) continue;
        if (is_to_person(message.to) && !message.address.length) continue;
        if (is_to_person(message.to) && outbox->options.gateway)
            text_send(outbox, delivery, i, &message, &is_down);
        else
            sendable[(*count)++] = message;
    }
    return true;
}

static bool sent_mark(struct outbox *outbox, const struct delivery *delivery, int64_t now, struct error *error)
{
    struct store *store = accounts_hold(outbox->accounts);
    struct statement *sent = store_prepare(store, update_sent, error), *aside = sent ? store_prepare(store, update_aside, error) : NULL;
    size_t aside_count = 0;
    bool done = aside && store_begin(store, error);
    if (done) {
        for (size_t i = 0; done && i < delivery->count; i++) {
            if (delivery->waits[i]) continue;
            struct statement *update = delivery->is_aside[i] ? aside : sent;
            statement_text(update, 1, delivery->messages[i].key);
            if (update == sent) statement_number(update, 2, now);
            aside_count += update == aside;
            done = statement_run(update, NULL, error);
        }
        done = accounts_end(outbox->accounts, done, false, error);
    }
    if (done) atomic_fetch_sub(&outbox->waiting, delivery->count - delivery->waiting);
    if (done) atomic_fetch_add(&outbox->aside, aside_count);
    accounts_release(outbox->accounts);
    return done;
}

static bool deliver(struct outbox *outbox, struct delivery *delivery, int64_t now, bool with_texts, struct error *error)
{
    size_t count;
    delivery->messages = arena_take(&delivery->arena, DELIVERY_MESSAGES * sizeof *delivery->messages);
    delivery->subjects = arena_take(&delivery->arena, DELIVERY_MESSAGES * sizeof *delivery->subjects);
    delivery->numbers = arena_take(&delivery->arena, DELIVERY_MESSAGES * sizeof *delivery->numbers);
    delivery->is_aside = arena_take(&delivery->arena, DELIVERY_MESSAGES * sizeof *delivery->is_aside);
    delivery->waits = arena_take(&delivery->arena, DELIVERY_MESSAGES * sizeof *delivery->waits);
    if (!waiting_read(outbox, with_texts, delivery, error)) return false;
    if (!delivery->count) return true;
    struct message *sendable = arena_take(&delivery->arena, delivery->count * sizeof *sendable);
    return numbers_fill(outbox, delivery, sendable, &count, error) && (!count || spool_add(&outbox->spool, sendable, count, error)) &&
           sent_mark(outbox, delivery, now, error);
}

/* A few at a time, so that nobody waits for it. */
static bool old_remove(struct outbox *outbox, int64_t now, struct error *error)
{
    struct store *store = accounts_hold(outbox->accounts);
    struct statement *delete = store_prepare(store, delete_old, error);
    if (delete) {
        statement_number(delete, 1, now - sent_kept);
        statement_number(delete, 2, DELIVERY_MESSAGES);
    }
    bool done = delete && statement_run(delete, NULL, error);
    accounts_release(outbox->accounts);
    return done;
}

bool outbox_deliver(struct outbox *outbox, int64_t now, int64_t *next, struct error *error)
{
    struct delivery delivery = { 0 };
    int64_t hour = text_hour(outbox, now);
    pthread_mutex_lock(&outbox->delivering);
    bool done = deliver(outbox, &delivery, now, hour == now, error) && old_remove(outbox, now, error);
    pthread_mutex_unlock(&outbox->delivering);
    bool full = delivery.count == DELIVERY_MESSAGES;
    arena_close(&delivery.arena);
    /* What a gateway does not take is tried again after 5 seconds, 10, 20 ... up to 10 minutes. */
    outbox->back_off = !delivery.waiting ? 0 : !outbox->back_off ? BACK_OFF_FIRST : outbox->back_off * 2 > BACK_OFF_MOST ? BACK_OFF_MOST : outbox->back_off * 2;
    *next = delivery.waiting ? now + outbox->back_off : !outbox_waiting(outbox) ? INT64_MAX : full ? now : hour == now ? now + MINUTE_MS : hour;
    return done;
}

static int64_t step(void *context)
{
    struct outbox *outbox = context;
    struct error error = { 0 };
    int64_t now = moment_now(), next;
    if (outbox_deliver(outbox, now, &next, &error)) {
        outbox->told = (struct error){ 0 };
        return next;
    }
    if (strcmp(error.says, outbox->told.says)) fprintf(stderr, "mingbai: letters wait to go out: %s\n", error.says);
    outbox->told = error;
    return now + MINUTE_MS;
}

bool outbox_text_now(struct outbox *outbox, struct str key, struct str number, const struct str text[LANGUAGES], int64_t now,
                     struct error *error)
{
    struct message message = { .key = key, .to = TO_PERSON, .address = number, .time = now, .text = { text[0], text[1] } };
    return spool_add(&outbox->spool, &message, 1, error);
}
