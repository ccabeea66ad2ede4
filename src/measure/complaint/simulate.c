#include "measure/complaint/simulate.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/number.h"
#include "measure/complaint/complaint.h"
#include "measure/complaint/simulate_text.h"
#include "measure/simulate.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

enum {
    COMPLAINTS_LEAST = 600,      /* a small sample still has something to show */
    COMPLAINTS_PER_MILLION = 40, /* subscribers in a month of 30 days */
    RECENT = 256,                /* complaints that others may repeat or be merged into */
    PER_CENT = 10000,            /* of a chance in a million */
};

/* Out of a hundred; categories in the order of the kind, operators in the order of the province. */
static const uint32_t mixes[SIMULATED_OPERATORS][COMPLAINT_CATEGORIES] = {
    { 5, 6, 8, 9, 6, 5, 4, 5, 6, 4, 5, 3, 16, 12, 6 },
    { 7, 6, 10, 12, 19, 9, 6, 4, 4, 3, 8, 5, 2, 2, 3 },
    { 4, 5, 9, 10, 7, 8, 6, 5, 7, 4, 6, 14, 6, 4, 5 },
};

/* How an operator deals with complaints. */
static const struct manner {
    uint32_t complained_of;       /* in hundredths of the mean, at most 130 */
    int64_t answer_hours;         /* median */
    uint32_t answer_sigma;        /* thousandths */
    uint32_t never, satisfied;    /* chances in a million: left open for good; satisfied, of those who say */
} manners[SIMULATED_OPERATORS] = {
    { 95, 78, 750, 8000, 720000 },
    { 130, 104, 880, 15000, 610000 },
    { 80, 66, 800, 9000, 700000 },
};

static const uint32_t weekday_weights[] = { 0, 125, 115, 110, 105, 105, 75, 65 }; /* Monday is 1 */
static const uint32_t hour_weights[24] = {
    1, 1, 0, 0, 0, 1, 2, 6, 30, 60, 70, 55, 30, 40, 55, 60, 55, 40, 25, 25, 20, 12, 6, 2
};

static const char *const channels[] = { "热线", "网站", "手机应用", "营业厅", "来信" };
static const uint32_t channel_weights[] = { 55, 18, 15, 9, 3 };
static const char *const outcomes[] = { "explained", "solved", "refunded", "apologised", "rejected" };

static const char *const complaint_columns[] = { "id", "operator", "area", "category", "filed", "channel", "subscriber", "text",
                                                 "answered", "outcome", "satisfied" };
static const char *const event_columns[] = { "complaint", "time", "event", "operator", "into", "reason", "amount", "text" };
static const char *const appeal_columns[] = { "id", "complaint", "filed", "about", "text" };
static const char *const appeal_event_columns[] = { "appeal", "time", "event", "reason", "amount", "text" };

struct filed {
    char id[24];
    uint64_t subscriber;
    size_t category;
};

struct writer {
    const struct simulation *simulation;
    struct csv *complaints, *events, *appeals, *appeal_events;
    uint64_t written, appeals_written;
    int64_t end; /* what would happen later has not happened */
    struct filed recent[RECENT];
    struct text text;
};

/* One complaint while its story is made up. */
struct telling {
    struct random random;
    struct filed *filed;
    const struct simulated_subscriber *subscriber;
    size_t operator_;
    int64_t start, answered; /* MOMENT_NONE: not yet */
    bool short_form;         /* its answer stands in the complaint itself */
    bool ended;              /* merged or withdrawn */
};

/* ---- time ---- */

/* The next moment at which an office works: Monday to Friday, 8:30 to 17:30. */
static int64_t office_time(int64_t moment, struct random *random)
{
    int32_t day = day_of(moment);
    int64_t opens = 8 * HOUR_MS + 30 * MINUTE_MS, closes = 17 * HOUR_MS + 30 * MINUTE_MS, past = moment - day_start(day);
    if (day_weekday(day) <= 5 && past >= opens && past < closes) return moment;
    if (past >= closes) day++;
    while (day_weekday(day) > 5) day++;
    return day_start(day) + opens + random_between(random, 0, 4 * 60) * MINUTE_MS;
}

static int64_t later(struct telling *telling, int64_t moment, int64_t median_hours, uint32_t sigma)
{
    return office_time(moment + random_lognormal(&telling->random, median_hours * 60, sigma) * MINUTE_MS, &telling->random);
}

/* When on a day somebody complains. */
static int64_t complaint_time(int32_t day, struct random *random)
{
    int64_t hour = (int64_t)random_weighted(random, hour_weights, COUNT(hour_weights));
    return day_start(day) + hour * HOUR_MS + random_between(random, 0, 3599) * SECOND_MS;
}

/* Some day after that, at most so many. */
static int64_t days_later(int64_t moment, int64_t most, struct random *random)
{
    return complaint_time(day_of(moment) + (int32_t)random_between(random, 1, most), random);
}

/* ---- rows ---- */

struct event_cells {
    const char *operator_;
    const char *into;
    bool reason;        /* what stands in the text is the reason */
    int64_t amount;
};

static void add_text(struct writer *writer, struct csv *csv)
{
    csv_text(csv, text_str(&writer->text));
    writer->text.length = 0;
}

/* Writes an event with what stands in the writer's text; false where the time has not come. */
static bool add_event(struct writer *writer, const struct telling *telling, int64_t time, const char *event,
                      struct event_cells cells)
{
    struct csv *csv = writer->events;
    struct text *text = &writer->text;
    if (time < writer->end) {
        csv_text(csv, str_of(telling->filed->id));
        csv_moment(csv, time);
        csv_text(csv, str_of(event));
        csv_text(csv, str_of(cells.operator_));
        csv_text(csv, str_of(cells.into));
        csv_text(csv, cells.reason ? text_str(text) : (struct str){ 0 });
        if (cells.amount) csv_decimal(csv, cells.amount, MONEY_DECIMALS);
        else csv_empty(csv);
        csv_text(csv, cells.reason ? (struct str){ 0 } : text_str(text));
    }
    text->length = 0;
    return time < writer->end;
}

static bool is_about_charges(size_t category)
{
    static const char *const words[] = { "unclear_prices", "wrong_charge", "unordered_service", "late_reminder",
                                         "broadband_price" };
    const char *word = complaint_kind.fields[kind_field(&complaint_kind, STR("category"))].choices[category].word;
    for (size_t i = 0; i < COUNT(words); i++)
        if (strcmp(word, words[i]) == 0) return true;
    return false;
}

static int64_t refund(struct telling *telling)
{
    if (!is_about_charges(telling->filed->category) || !random_chance(&telling->random, 45 * PER_CENT)) return 0;
    return random_between(&telling->random, 100, 12000) * 10000;
}

static void answer_event(struct writer *writer, struct telling *telling, int64_t time)
{
    int64_t amount = refund(telling);
    write_answer_text(&writer->text, &telling->random, telling->filed->category, amount);
    if (add_event(writer, telling, time, "answered", (struct event_cells){ .amount = amount })) telling->answered = time;
}

/* ---- the story of a complaint ---- */

/* What happens before the first answer, and when that is. */
static void tell_until_answer(struct writer *writer, struct telling *telling)
{
    struct random *random = &telling->random;
    const struct manner *manner = &manners[telling->operator_];
    int64_t answer = later(telling, telling->start, manner->answer_hours, manner->answer_sigma);
    telling->answered = MOMENT_NONE;
    if (random_chance(random, 2 * PER_CENT)) {
        size_t other = (telling->operator_ + 1 + random_below(random, 2)) % SIMULATED_OPERATORS;
        int64_t moved = later(telling, telling->start, 30, 500);
        add_event(writer, telling, moved, "moved", (struct event_cells){ .operator_ = simulated_operators[other].operator_ });
        answer = later(telling, moved, manners[other].answer_hours, manners[other].answer_sigma);
        telling->short_form = false;
    }
    if (random_chance(random, 6 * PER_CENT)) {
        int64_t paused = later(telling, telling->start, 24, 400), resumed = later(telling, paused, 80, 500);
        write_pause_reason(&writer->text, random);
        add_event(writer, telling, paused, "paused", (struct event_cells){ .reason = true });
        add_event(writer, telling, resumed, "resumed", (struct event_cells){ 0 });
        answer = later(telling, resumed, manner->answer_hours / 2, manner->answer_sigma);
        telling->short_form = false;
    }
    const struct filed *other = &writer->recent[random_below(random, RECENT)];
    if (random_chance(random, 2 * PER_CENT) && *other->id && other != telling->filed) {
        telling->ended = true;
        add_event(writer, telling, later(telling, telling->start, 20, 600), "merged",
                  (struct event_cells){ .into = other->id });
    } else if (random_chance(random, 3 * PER_CENT)) {
        telling->ended = true;
        add_event(writer, telling, later(telling, telling->start, 40, 600), "withdrawn", (struct event_cells){ 0 });
    } else if (!random_chance(random, manner->never)) {
        if (!telling->short_form) answer_event(writer, telling, answer);
        else if (answer < writer->end) telling->answered = answer;
    }
}

/* What happens after it; the person may not be content, more than once. */
static void tell_after_answer(struct writer *writer, struct telling *telling)
{
    struct random *random = &telling->random;
    const struct manner *manner = &manners[telling->operator_];
    int64_t last = telling->answered;
    if (random_chance(random, 12 * PER_CENT))
        add_event(writer, telling, days_later(last, 4, random), "confirmed", (struct event_cells){ 0 });
    for (int again = 0; again < 2 && random_chance(random, 7 * PER_CENT); again++) {
        int64_t disputed = days_later(last, 6, random);
        write_dispute_text(&writer->text, random);
        add_event(writer, telling, disputed, random_chance(random, 70 * PER_CENT) ? "disputed" : "written",
                  (struct event_cells){ 0 });
        last = later(telling, disputed, manner->answer_hours, manner->answer_sigma);
        int64_t amount = refund(telling);
        write_answer_text(&writer->text, random, telling->filed->category, amount);
        add_event(writer, telling, last, "answered", (struct event_cells){ .amount = amount });
    }
}

/* ---- appeals ---- */

static bool add_appeal_event(struct writer *writer, const char *appeal, int64_t time, const char *event, bool reason)
{
    struct csv *csv = writer->appeal_events;
    struct text *text = &writer->text;
    if (time < writer->end) {
        csv_text(csv, str_of(appeal));
        csv_moment(csv, time);
        csv_text(csv, str_of(event));
        csv_text(csv, reason ? text_str(text) : (struct str){ 0 });
        csv_empty(csv);
        csv_text(csv, reason ? (struct str){ 0 } : text_str(text));
    }
    text->length = 0;
    return time < writer->end;
}

static void tell_appeal(struct writer *writer, struct telling *telling, int64_t filed)
{
    struct random *random = &telling->random;
    char id[24];
    snprintf(id, sizeof id, "SS-%06llu", (unsigned long long)++writer->appeals_written);
    csv_text(writer->appeals, str_of(id));
    csv_text(writer->appeals, str_of(telling->filed->id));
    csv_moment(writer->appeals, filed);
    csv_text(writer->appeals, is_about_charges(telling->filed->category) ? STR("charge") : STR("other"));
    write_appeal_text(&writer->text, random);
    add_text(writer, writer->appeals);

    int64_t admitted = later(telling, filed, 55, 600);
    if (random_chance(random, 10 * PER_CENT)) {
        if (random_chance(random, 15 * PER_CENT)) text_add(&writer->text, STR("early"));
        else if (!random_chance(random, 10 * PER_CENT)) write_refusal_reason(&writer->text, random);
        add_appeal_event(writer, id, admitted, "refused", true);
        return;
    }
    if (!add_appeal_event(writer, id, admitted, "accepted", false)) return;
    int64_t forwarded = later(telling, admitted, 20, 500), answered = later(telling, forwarded, 160, 500);
    add_appeal_event(writer, id, forwarded, "forwarded", false);
    write_answer_text(&writer->text, random, telling->filed->category, 0);
    add_appeal_event(writer, id, answered, "operator_answered", false);
    write_decision_text(&writer->text, random);
    add_appeal_event(writer, id, later(telling, answered, 190, 550),
                     random_chance(random, 60 * PER_CENT) ? "mediated" : "decided", false);
}

/* Who was left without an answer appeals more often than who has one, and now and then somebody too early. */
static void tell_appeals(struct writer *writer, struct telling *telling)
{
    struct random *random = &telling->random;
    bool late = telling->answered == MOMENT_NONE || telling->answered > telling->start + 16 * DAY_MS;
    int64_t filed = MOMENT_NONE;
    if (late && random_chance(random, 14 * PER_CENT)) filed = days_later(telling->start + 15 * DAY_MS, 9, random);
    else if (!late && random_chance(random, 2 * PER_CENT)) filed = days_later(telling->answered, 12, random);
    else if (random_chance(random, 4000)) filed = days_later(telling->start, 9, random);
    if (filed != MOMENT_NONE && filed < writer->end && !telling->ended) tell_appeal(writer, telling, filed);
}

/* ---- complaints ---- */

static void write_complaint(struct writer *writer, struct telling *telling, bool named)
{
    struct random *random = &telling->random;
    struct csv *csv = writer->complaints;
    const struct choice *categories = complaint_kind.fields[kind_field(&complaint_kind, STR("category"))].choices;
    csv_text(csv, str_of(telling->filed->id));
    csv_text(csv, str_of(telling->subscriber->operator_->operator_));
    csv_text(csv, str_of(telling->subscriber->city->area));
    if (random_chance(random, 3 * PER_CENT)) csv_empty(csv);
    else csv_text(csv, str_of(categories[telling->filed->category].word));
    csv_moment(csv, telling->start);
    csv_text(csv, str_of(channels[random_weighted(random, channel_weights, COUNT(channel_weights))]));
    csv_text(csv, named ? str_of(telling->subscriber->number) : (struct str){ 0 });
    write_complaint_text(&writer->text, random, telling->filed->category);
    add_text(writer, csv);

    bool answered = telling->answered != MOMENT_NONE;
    /* Now and then a clerk closes a case and forgets the day. */
    bool forgotten = answered && telling->short_form && random_chance(random, PER_CENT);
    if (answered && telling->short_form && !forgotten) csv_moment(csv, telling->answered);
    else csv_empty(csv);
    if (answered) csv_text(csv, str_of(outcomes[random_below(random, COUNT(outcomes))]));
    else csv_empty(csv);
    if (answered && random_chance(random, 45 * PER_CENT))
        csv_flag(csv, random_chance(random, manners[telling->operator_].satisfied));
    else csv_empty(csv);
}

static void simulate_one(struct writer *writer, struct random *random, int64_t start)
{
    struct filed *filed = &writer->recent[writer->written % RECENT];
    const struct filed *before = &writer->recent[random_below(random, RECENT)];
    bool repeats = *before->id && before != filed && random_chance(random, 5 * PER_CENT);
    uint64_t index = repeats ? before->subscriber : random_below(random, writer->simulation->subscribers);
    size_t category = repeats ? before->category : COMPLAINT_CATEGORIES;
    struct simulated_subscriber subscriber = simulated_subscriber(writer->simulation, index);
    size_t operator_ = (size_t)(subscriber.operator_ - simulated_operators);
    while (!repeats && !random_chance(random, manners[operator_].complained_of * PER_CENT / 130 * 100)) {
        index = random_below(random, writer->simulation->subscribers);
        subscriber = simulated_subscriber(writer->simulation, index);
        operator_ = (size_t)(subscriber.operator_ - simulated_operators);
    }
    if (category == COMPLAINT_CATEGORIES) category = random_weighted(random, mixes[operator_], COMPLAINT_CATEGORIES);
    *filed = (struct filed){ .subscriber = index, .category = category };
    snprintf(filed->id, sizeof filed->id, "TS-%07llu", (unsigned long long)++writer->written);

    struct telling telling = {
        .random = *random, .filed = filed, .subscriber = &subscriber, .operator_ = operator_, .start = start, .short_form = true
    };
    tell_until_answer(writer, &telling);
    if (telling.answered != MOMENT_NONE) tell_after_answer(writer, &telling);
    write_complaint(writer, &telling, random_chance(&telling.random, 93 * PER_CENT));
    tell_appeals(writer, &telling);
}

static int by_time(const void *a, const void *b)
{
    int64_t first = *(const int64_t *)a, second = *(const int64_t *)b;
    return (first > second) - (first < second);
}

static void simulate_day(struct writer *writer, int32_t day, uint64_t count)
{
    int64_t *times = allocate(count * sizeof *times);
    struct random random = random_of(writer->simulation->seed, "complaint day", (uint64_t)day);
    for (uint64_t i = 0; i < count; i++) times[i] = complaint_time(day, &random);
    qsort(times, count, sizeof *times, by_time);
    for (uint64_t i = 0; i < count; i++) {
        struct random own = random_of(writer->simulation->seed, "complaint", writer->written);
        simulate_one(writer, &own, times[i]);
    }
    free(times);
}

static void simulate_days(struct writer *writer)
{
    const struct simulation *simulation = writer->simulation;
    uint64_t all = 0, weight = 0;
    for (int i = 0; i < simulation->days; i++) all += weekday_weights[day_weekday(simulation->first_day + i)];
    uint64_t complaints = (uint64_t)multiply_divide((int64_t)simulated_market_size(simulation) * COMPLAINTS_PER_MILLION, simulation->days,
                                                    INT64_C(30) * 1000000);
    if (complaints < COMPLAINTS_LEAST) complaints = COMPLAINTS_LEAST;
    for (int i = 0; i < simulation->days; i++) {
        uint64_t before = complaints * weight / all;
        weight += weekday_weights[day_weekday(simulation->first_day + i)];
        simulate_day(writer, simulation->first_day + i, complaints * weight / all - before);
    }
}

static bool close_one(struct csv *csv, bool done, struct error *error)
{
    return (!csv || csv_close(csv, done ? error : NULL)) && done;
}

bool complaint_simulate(const struct simulation *simulation, struct error *error)
{
    struct writer writer = { .simulation = simulation, .end = day_start(simulation->first_day + simulation->days) };
    const char *directory = simulation->directory;
    bool done = (writer.complaints = csv_create(directory, "complaint", complaint_columns, COUNT(complaint_columns), error)) &&
                (writer.events = csv_create(directory, "complaint_event", event_columns, COUNT(event_columns), error)) &&
                (writer.appeals = csv_create(directory, "appeal", appeal_columns, COUNT(appeal_columns), error)) &&
                (writer.appeal_events =
                     csv_create(directory, "appeal_event", appeal_event_columns, COUNT(appeal_event_columns), error));
    if (done) simulate_days(&writer);
    done = close_one(writer.complaints, done, error);
    done = close_one(writer.events, done, error);
    done = close_one(writer.appeals, done, error);
    done = close_one(writer.appeal_events, done, error);
    text_close(&writer.text);
    return done;
}
