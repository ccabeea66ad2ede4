/* Handing letters on: texts to people to the gateway, where there is one, everything else to the spool. */
#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/moment.h"
#include "portal/outbox_inside.h"

/* TEXTS_AT_ONCE: after so many texts, or after a second, it is noted which were taken. */
enum { DELIVERY_MESSAGES = 2000, TEXTS_AT_ONCE = 32 };
/* So many failures in a row, of which not being reached weighs more, as it may take ten seconds each time: it is tried no more in this run. */
enum { FAILURES_MOST = 32, WEIGHT_LATER = 1, WEIGHT_AWAY = 11 };
static const int64_t sent_kept = 400 * DAY_MS;
#define BACK_OFF_FIRST (5 * SECOND_MS)
#define BACK_OFF_MOST (10 * MINUTE_MS)

static const char select_waiting[] =
    "SELECT \"key\", \"recipient\", \"subject\", \"operator\", \"time\", \"english\", \"chinese\" FROM \"message\""
    " WHERE \"sent\" IS NULL AND \"recipient\" >= $1 AND \"recipient\" <= $2 ORDER BY \"place\" LIMIT $3";
/* The key stays: the same letter does not go out twice. */
static const char update_sent[] =
    "UPDATE \"message\" SET \"sent\" = $2, \"english\" = '', \"chinese\" = '' WHERE \"key\" = $1 AND \"sent\" IS NULL";
/* Set aside until the next start, when it is tried again. */
static const char update_aside[] = "UPDATE \"message\" SET \"sent\" = -1 WHERE \"key\" = $1 AND \"sent\" IS NULL";
static const char update_later[] = "UPDATE \"message\" SET \"place\" = $2 WHERE \"key\" = $1 AND \"sent\" IS NULL";
/* Readers of the ledger and of the time only go on, and what they made is given to them again after a crash for minutes: no letter
   of so long ago comes a second time. */
static const char delete_old[] =
    "DELETE FROM \"message\" WHERE \"key\" IN (SELECT \"key\" FROM \"message\" WHERE \"sent\" > 0 AND \"sent\" < $1 LIMIT $2)";

/* Letters that say nothing any more when they are older: by how their keys begin. */
static const struct {
    struct str key;
    int64_t age;
} passing[] = { { STR("notice:"), 3 * DAY_MS }, { STR("expiry:"), 3 * DAY_MS } };

struct delivery {
    struct outbox *outbox;
    struct arena arena;
    struct message *messages;
    uint64_t *subjects;      /* of the messages, subject_of_nobody where there is none */
    size_t count;
    int64_t now, begun;
    bool is_away;            /* the gateway: it is tried no more in this run */
    bool is_cut;             /* the run ended before all were tried, to look at the hour or to end */
    bool is_paused;          /* the gateway was away of late: only letters for the spool are read */
    size_t taken, waiting;
    unsigned failures;       /* in a row, weighed */
    const struct message **denied;
    size_t denied_count;
};
static const uint64_t subject_of_nobody = UINT64_MAX;

/* ---- fates ---- */

static void fate_add(struct outbox *outbox, struct str key, enum fate fate)
{
    struct fates *fates = &outbox->fates;
    if (fates->count == fates->room) {
        fates->room = fates->room ? fates->room * 2 : 64;
        fates->at = reallocate(fates->at, fates->room * sizeof *fates->at);
    }
    fates->at[fates->count].key = arena_str(&fates->arena, key);
    fates->at[fates->count++].fate = fate;
}

static bool fate_write(struct outbox *outbox, struct store *store, size_t i, int64_t now, struct error *error)
{
    static const char *const updates[] = { [FATE_SENT] = update_sent, [FATE_ASIDE] = update_aside, [FATE_LATER] = update_later };
    enum fate fate = outbox->fates.at[i].fate;
    struct statement *update = store_prepare(store, updates[fate], error);
    if (!update) return false;
    statement_text(update, 1, outbox->fates.at[i].key);
    if (fate == FATE_SENT) statement_number(update, 2, now);
    if (fate == FATE_LATER) statement_number(update, 2, ++outbox->place);
    return statement_run(update, NULL, error);
}

/* Where it fails they stay, and are written before anything else goes out. */
static bool fates_write(struct outbox *outbox, int64_t now, struct error *error)
{
    struct fates *fates = &outbox->fates;
    if (!fates->count) return true;
    size_t counts[FATE_LATER + 1] = { 0 };
    struct store *store = accounts_hold(outbox->accounts);
    bool done = store_begin(store, error);
    if (done) {
        for (size_t i = 0; done && i < fates->count; i++) {
            done = fate_write(outbox, store, i, now, error);
            counts[fates->at[i].fate]++;
        }
        done = accounts_end(outbox->accounts, done, false, error);
    }
    if (done) {
        atomic_fetch_sub(&outbox->waiting, counts[FATE_SENT] + counts[FATE_ASIDE]);
        atomic_fetch_add(&outbox->aside, counts[FATE_ASIDE]);
        fates->count = 0;
        arena_reset(&fates->arena);
    }
    accounts_release(outbox->accounts);
    return done;
}

/* ---- what waits ---- */

/* When texts to people may go out: `now`, or the next morning. */
static int64_t text_hour(const struct outbox *outbox, int64_t now)
{
    int64_t start = day_start(day_of(now)), first = start + outbox->options.text_from * HOUR_MS;
    if (now < first) return first;
    return now < start + outbox->options.text_to * HOUR_MS ? now : first + DAY_MS;
}

static bool waiting_read(struct delivery *delivery, bool with_texts, struct error *error)
{
    bool row = true;
    struct outbox *outbox = delivery->outbox;
    struct store *store = accounts_hold(outbox->accounts);
    struct statement *select = store_prepare(store, select_waiting, error);
    bool done = select != NULL;
    if (done) {
        statement_number(select, 1, with_texts && !delivery->is_paused ? TO_PERSON : TO_PERSON + 1);
        statement_number(select, 2, delivery->is_paused ? TO_PERSON_NOW - 1 : TO_PERSON_NOW);
        statement_number(select, 3, DELIVERY_MESSAGES);
    }
    while (done && (done = statement_step(select, &row, error)) && row) {
        struct message *message = &delivery->messages[delivery->count];
        *message = (struct message){ .key = arena_str(&delivery->arena, column_text(select, 0)), .to = (enum letter_to)column_number(select, 1),
                                     .address = arena_str(&delivery->arena, column_text(select, 3)), .time = column_number(select, 4),
                                     .text = { [ENGLISH] = arena_str(&delivery->arena, column_text(select, 5)),
                                               [CHINESE] = arena_str(&delivery->arena, column_text(select, 6)) } };
        delivery->subjects[delivery->count++] = is_to_person(message->to) ? (uint64_t)column_number(select, 2) : subject_of_nobody;
    }
    accounts_release(outbox->accounts);
    return done;
}

static bool is_past(const struct message *message, int64_t now)
{
    for (size_t i = 0; i < sizeof passing / sizeof *passing; i++)
        if (str_starts(message->key, passing[i].key)) return now - message->time > passing[i].age;
    return false;
}

/* ---- numbers ---- */

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

/* Decides on what cannot or need not go out; the rest, with their numbers, are for the gateway or for the spool. */
static bool sort_out(struct delivery *delivery, struct message *texts, size_t *text_count, struct message *spooled, size_t *spooled_count,
                     struct error *error)
{
    struct outbox *outbox = delivery->outbox;
    size_t asked = 0;
    uint64_t *subjects = arena_take(&delivery->arena, delivery->count * sizeof *subjects);
    struct str *numbers = arena_take(&delivery->arena, delivery->count * sizeof *numbers);
    bool *unreadable = arena_take(&delivery->arena, delivery->count * sizeof *unreadable);
    memset(unreadable, 0, delivery->count * sizeof *unreadable);
    for (size_t i = 0; i < delivery->count; i++)
        if (delivery->subjects[i] != subject_of_nobody && !is_past(&delivery->messages[i], delivery->now)) subjects[asked++] = delivery->subjects[i];
    if (!numbers_read(outbox, subjects, asked, &delivery->arena, numbers, unreadable, error)) return false;
    asked = *text_count = *spooled_count = 0;
    for (size_t i = 0; i < delivery->count; i++) {
        struct message message = delivery->messages[i];
        if (delivery->subjects[i] == subject_of_nobody) {
            spooled[(*spooled_count)++] = message;
            continue;
        }
        bool is_late = is_past(&message, delivery->now), is_aside = !is_late && unreadable[asked];
        if (!is_late) message.address = numbers[asked++];
        if (is_late || is_aside || !message.address.length)
            fate_add(outbox, message.key, is_aside ? FATE_ASIDE : FATE_SENT);
        else if (outbox->options.text)
            texts[(*text_count)++] = message;
        else
            spooled[(*spooled_count)++] = message;
    }
    return true;
}

/* ---- to the gateway ---- */

/* What it does not take now goes to the end: the next run begins with others. */
static void text_send(struct delivery *delivery, const struct message *message)
{
    static const enum fate fates[] = { [GATEWAY_TAKEN] = FATE_SENT, [GATEWAY_REFUSED] = FATE_ASIDE, [GATEWAY_LATER] = FATE_LATER,
                                       [GATEWAY_AWAY] = FATE_LATER, [GATEWAY_PAUSE] = FATE_LATER, [GATEWAY_DENIED] = FATE_LATER };
    struct outbox *outbox = delivery->outbox;
    struct error why = { 0 };
    enum gateway_answer answer = outbox->options.text(outbox->options.gateway, message, &why);
    if (why.code && strcmp(why.says, outbox->refused.says)) fprintf(stderr, "mingbai: a text was not taken: %s\n", why.says);
    if (why.code) outbox->refused = why;
    delivery->taken += answer == GATEWAY_TAKEN;
    bool is_done = fates[answer] != FATE_LATER;
    delivery->failures = is_done ? 0 : delivery->failures + (answer == GATEWAY_AWAY ? WEIGHT_AWAY : WEIGHT_LATER);
    delivery->is_away = answer == GATEWAY_PAUSE || delivery->failures >= FAILURES_MOST;
    delivery->waiting += !is_done;
    if (answer == GATEWAY_DENIED) delivery->denied[delivery->denied_count++] = message;
    fate_add(outbox, message->key, fates[answer]);
}

/* Where it took others it knows us, and what it denied it will never take. */
static void denied_decide(struct delivery *delivery)
{
    if (!delivery->taken) return;
    for (size_t i = 0; i < delivery->denied_count; i++) fate_add(delivery->outbox, delivery->denied[i]->key, FATE_ASIDE);
    delivery->waiting -= delivery->denied_count;
}

/* In between it is looked whether the program ends or a minute is over, and noted what was taken: a text may take ten seconds. */
static bool texts_send(struct delivery *delivery, const struct message *texts, size_t count, struct error *error)
{
    struct outbox *outbox = delivery->outbox;
    int64_t written = delivery->begun;
    delivery->denied = arena_take(&delivery->arena, (count + 1) * sizeof *delivery->denied);
    for (size_t i = 0; i < count && !delivery->is_cut; i++) {
        int64_t moment = moment_now();
        if (outbox->fates.count >= TEXTS_AT_ONCE || (outbox->fates.count && moment - written > SECOND_MS)) {
            if (!fates_write(outbox, delivery->now, error)) return false;
            written = moment;
        }
        delivery->is_cut = round_is_ending(&outbox->round) || moment - delivery->begun > MINUTE_MS;
        if (delivery->is_away)
            delivery->waiting++;
        else if (!delivery->is_cut)
            text_send(delivery, &texts[i]);
    }
    denied_decide(delivery);
    return fates_write(outbox, delivery->now, error);
}

/* ---- a delivery ---- */

static bool to_spool(struct delivery *delivery, const struct message *messages, size_t count, struct error *error)
{
    if (!count) return true;
    if (!spool_add(&delivery->outbox->spool, messages, count, error)) return false;
    for (size_t i = 0; i < count; i++) fate_add(delivery->outbox, messages[i].key, FATE_SENT);
    return true;
}

/* A spool that cannot be written does not hold up the gateway; a database in which nothing can be noted holds up both. */
static bool deliver(struct delivery *delivery, bool with_texts, struct error *error)
{
    struct arena *arena = &delivery->arena;
    struct outbox *outbox = delivery->outbox;
    if (!fates_write(outbox, delivery->now, error)) return false;
    delivery->messages = arena_take(arena, DELIVERY_MESSAGES * sizeof *delivery->messages);
    delivery->subjects = arena_take(arena, DELIVERY_MESSAGES * sizeof *delivery->subjects);
    if (!waiting_read(delivery, with_texts, error)) return false;
    if (!delivery->count) return true;
    size_t text_count, spooled_count;
    struct message *texts = arena_take(arena, delivery->count * sizeof *texts), *spooled = arena_take(arena, delivery->count * sizeof *spooled);
    if (!sort_out(delivery, texts, &text_count, spooled, &spooled_count, error)) return false;
    bool is_spooled = to_spool(delivery, spooled, spooled_count, error);
    struct error *said = is_spooled ? error : NULL;
    return fates_write(outbox, delivery->now, said) && texts_send(delivery, texts, text_count, said) && is_spooled;
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

/* What a gateway does not take is tried again after 5 seconds; where it took nothing at all, after 10, 20 ... up to 10 minutes. */
static int64_t backed_off(const struct outbox *outbox, const struct delivery *delivery)
{
    if (!delivery->waiting) return delivery->taken ? 0 : outbox->back_off; /* nothing was tried */
    if (!outbox->back_off || delivery->taken) return BACK_OFF_FIRST;
    return outbox->back_off * 2 > BACK_OFF_MOST ? BACK_OFF_MOST : outbox->back_off * 2;
}

static int64_t next_of(const struct outbox *outbox, const struct delivery *delivery, int64_t ended, int64_t hour)
{
    if (delivery->waiting) return ended + outbox->back_off;
    if (!atomic_load(&outbox->waiting)) return INT64_MAX;
    if (delivery->is_cut || delivery->count == DELIVERY_MESSAGES) return ended;
    if (delivery->is_paused) return outbox->not_before;
    return hour == delivery->now ? ended + MINUTE_MS : hour;
}

bool outbox_deliver(struct outbox *outbox, int64_t now, int64_t *next, struct error *error)
{
    struct delivery delivery = { .outbox = outbox, .now = now, .begun = moment_now() };
    int64_t hour = text_hour(outbox, now);
    pthread_mutex_lock(&outbox->delivering);
    int64_t left = outbox->not_before - now;
    delivery.is_paused = left > 0 && left <= BACK_OFF_MOST; /* more: the clock was set back */
    bool done = deliver(&delivery, hour == now, error) && old_remove(outbox, now, error);
    int64_t ended = now + (moment_now() - delivery.begun);
    outbox->back_off = backed_off(outbox, &delivery);
    if (delivery.is_away) outbox->not_before = ended + outbox->back_off;
    *next = next_of(outbox, &delivery, ended, hour);
    pthread_mutex_unlock(&outbox->delivering);
    arena_close(&delivery.arena);
    return done;
}
