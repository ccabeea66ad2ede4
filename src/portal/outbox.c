#include "portal/outbox_inside.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/moment.h"
#include "portal/express.h"

enum { HOUR_FIRST = 8, HOUR_END = 21 };

static const char count_waiting[] = "SELECT COUNT(*) FROM \"message\" WHERE \"sent\" IS NULL";
static const char last_place[] = "SELECT MAX(\"place\") FROM \"message\"";
static const char insert_message[] =
    "INSERT INTO \"message\" (\"key\", \"place\", \"recipient\", \"subject\", \"operator\", \"time\", \"english\", \"chinese\")"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (\"key\") DO NOTHING";
static const char update_again[] = "UPDATE \"message\" SET \"sent\" = NULL WHERE \"sent\" = -1";
static const char select_cursor[] = "SELECT \"position\" FROM \"cursor\" WHERE \"reader\" = $1";
static const char put_cursor[] =
    "INSERT INTO \"cursor\" (\"reader\", \"position\") VALUES ($1, $2)"
    " ON CONFLICT (\"reader\") DO UPDATE SET \"position\" = excluded.\"position\"";

/* ---- letters in hand ---- */

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
    copy->key = arena_str(&letters->arena, letter->key);
    copy->operator_ = arena_str(&letters->arena, letter->operator_);
    for (size_t i = 0; i < LANGUAGES; i++) copy->text[i] = arena_str(&letters->arena, letter->text[i]);
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
    free(outbox->fates.at);
    arena_close(&outbox->fates.arena);
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
    return outbox->options.express ? express_add(outbox->options.express, &message, error) : spool_add(&outbox->spool, &message, 1, error);
}
