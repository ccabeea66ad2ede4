#include "usage_random.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/error.h"
#include "usage_reference.h"

#define COUNT(array) ((int64_t)(sizeof(array) / sizeof *(array)))
#define ONE_OF(chances, array) ((array)[chances_below(chances, COUNT(array))])
enum { MOST_TARIFFS = 8, MOST_HELD = 24, MOST_USES = 64, KIBIBYTE = 1024, MEBI = 1048576 };

uint64_t chances_next(struct chances *chances)
{
    uint64_t mixed = chances->state += UINT64_C(0x9e3779b97f4a7c15);
    mixed = (mixed ^ mixed >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    mixed = (mixed ^ mixed >> 27) * UINT64_C(0x94d049bb133111eb);
    return mixed ^ mixed >> 31;
}

int64_t chances_below(struct chances *chances, int64_t most)
{
    return (int64_t)(chances_next(chances) % (uint64_t)most);
}

bool chances_percent(struct chances *chances, int percent)
{
    return chances_below(chances, 100) < percent;
}

/* A record on its way, and when it comes. */
struct coming {
    struct world_record record;
    int64_t key;
    struct coming *corrects;
    bool is_corrected;
};

struct making {
    struct world *world;
    struct chances chances;
    uint64_t number;
    bool is_small;                 /* sizes are tens of bytes, not mebibytes */
    const char *scopes[5];         /* of use */
    struct world_tariff tariffs[MOST_TARIFFS];
    size_t tariff_count;
    struct world_subscription held[MOST_HELD];
    size_t held_count;
    struct coming *coming;
    size_t count, room;
    int32_t begin, end;            /* the days of all cycles */
};

static const char *name(struct making *making, const char *format, ...) __attribute__((format(printf, 2, 3)));
static const char *name(struct making *making, const char *format, ...)
{
    char room[64];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(room, sizeof room, format, arguments);
    va_end(arguments);
    return arena_copy(&making->world->arena, room, (size_t)length);
}

static struct coming *come(struct making *making, struct world_record record, int64_t key)
{
    must(making->count < making->room);
    making->coming[making->count] = (struct coming){ .record = record, .key = key };
    return &making->coming[making->count++];
}

/* ---- tariffs ---- */

static struct world_allowance allowance(struct making *making, int place)
{
    static const char *const scopes[] = { "home", "home", "home", "roaming", "directed:video", "directed:音乐", NULL, NULL };
    static const int hours[][2] = { { 0, 0 }, { 0, 0 }, { 0, 0 }, { 23, 7 }, { 23, 7 }, { 22, 2 }, { 8, 18 }, { 12, 13 }, { 0, 24 } };
    static const int64_t small[] = { 1, 10, 50, 99, 100, 1000 }, large[] = { 10 * MEBI, 100 * MEBI, 157286400, 999, KIBIBYTE };
    static const int64_t calls[] = { 59, 60, 600, 3000, 6001 }, messages[] = { 1, 5, 10, 50 };
    static const enum use_service services[] = { USE_DATA, USE_DATA, USE_DATA, USE_VOICE, USE_SMS };
    static const int rollovers[] = { 0, 0, 0, 1, 1, 2, 3 };
    static const char *const ids[] = { "a", "b", "B", "é", "~", "a1" };
    struct chances *chances = &making->chances;
    struct world_allowance made = { .service = ONE_OF(chances, services), .scope = ONE_OF(chances, scopes) };
    const int *window = hours[chances_below(chances, COUNT(hours))];
    made.id = name(making, "%s%d", ONE_OF(chances, ids), place); /* an id is a tariff's own once */
    made.hour_from = window[0];
    made.hour_to = window[1];
    made.rollover = ONE_OF(chances, rollovers);
    made.unlimited = chances_percent(chances, 6);
    if (made.service == USE_DATA) made.quantity = making->is_small ? ONE_OF(chances, small) : ONE_OF(chances, large);
    if (made.service == USE_VOICE) made.quantity = ONE_OF(chances, calls);
    if (made.service == USE_SMS) made.quantity = ONE_OF(chances, messages);
    return made;
}

static void prices(struct making *making, struct world_tariff *tariff)
{
    static const char *const scopes[] = { NULL, "home", "home", "roaming", "directed:video" };
    static const int64_t amounts[] = { 290000, 100000, 1000000, 150000, 1000, 1, 0, 10000000, 3333333 };
    static const int64_t small[] = { 1, 3, 7, 10, 100 }, large[] = { MEBI, KIBIBYTE, 1000000, 3 };
    static const int64_t calls[] = { 60, 60, 1, 7, 6 }, messages[] = { 1, 1, 3 };
    static const int64_t increments[] = { 0, 0, 0, 10, KIBIBYTE, 102400 };
    struct chances *chances = &making->chances;
    for (int64_t wanted = chances_below(chances, 7); wanted > 0; wanted--) {
        struct world_price made = { .service = (enum use_service)chances_below(chances, USE_SERVICES), .scope = ONE_OF(chances, scopes),
                                    .price = ONE_OF(chances, amounts) };
        bool is_there = false;
        for (size_t i = 0; i < tariff->price_count; i++)
            is_there = is_there || (tariff->prices[i].service == made.service &&
                                    !strcmp(tariff->prices[i].scope ? tariff->prices[i].scope : "home", made.scope ? made.scope : "home"));
        if (is_there) continue;
        if (made.service == USE_DATA) {
            made.per = making->is_small ? ONE_OF(chances, small) : ONE_OF(chances, large);
            made.increment = ONE_OF(chances, increments);
        }
        if (made.service == USE_VOICE) made.per = ONE_OF(chances, calls);
        if (made.service == USE_SMS) made.per = ONE_OF(chances, messages);
        tariff->prices[tariff->price_count++] = made;
    }
}

static struct world_tariff tariff(struct making *making, const char *id, const char *type)
{
    static const int64_t fees[] = { 18000000, 0, 5555000, 5000, 30000000 }, once[] = { 0, 10000000, 4000 }, leaving[] = { 0, 30000000, 15005000 };
    static const int64_t caps[] = { 0, 3330000, 20000000, 500000000 }, every[] = { 10000000, 2500000, 500000, 333333, 7000000 };
    static const int levels[][4] = { { 80, 100 }, { 80, 100 }, { 100 }, { 50, 80, 90 }, { 100, 33, 66, 1 }, { 99 } };
    static const int terms[] = { 0, 0, 1, 3, 12 };
    struct chances *chances = &making->chances;
    struct world_tariff made = { .tariff = id, .type = type, .monthly_fee = ONE_OF(chances, fees), .one_off_fee = ONE_OF(chances, once),
                                 .exit_fee = ONE_OF(chances, leaving), .min_months = ONE_OF(chances, terms) };
    for (int64_t wanted = chances_below(chances, 5); wanted > 0; wanted--)
        made.allowances[made.allowance_count] = allowance(making, (int)made.allowance_count), made.allowance_count++;
    prices(making, &made);
    if (chances_percent(chances, 40)) {
        made.has_then_fee = chances_percent(chances, 80);
        made.then_fee = made.has_then_fee ? ONE_OF(chances, fees) : 0;
        int32_t day = making->begin - 20 + (int32_t)chances_below(chances, 80);
        struct civil civil = civil_of(day);
        made.free_until = name(making, "%04d-%02d-%02d", civil.year, civil.month, civil.day);
    }
    made.has_cap = chances_percent(chances, 55);
    made.cap = made.has_cap ? caps[chances_percent(chances, 5) ? 0 : 1 + chances_below(chances, COUNT(caps) - 1)] : 0;
    if (chances_percent(chances, 70)) made.every = ONE_OF(chances, every);
    if (chances_percent(chances, 85)) {
        const int *some = levels[chances_below(chances, COUNT(levels))];
        while (made.notice_at_count < 4 && some[made.notice_at_count]) made.notice_at[made.notice_at_count] = some[made.notice_at_count], made.notice_at_count++;
    }
    return made;
}

/* Most come first of all; some when they have long been held. */
static int64_t some_time(struct making *making)
{
    return day_start(making->begin) + chances_below(&making->chances, day_start(making->end) - day_start(making->begin));
}

static void make_tariffs(struct making *making)
{
    static const char *const types[] = { "main", "main", "main", "addon", "addon", "addon", "vas", "single", "bundle" };
    static const char *const marks[] = { "A", "a", "B", "A-", "~", "9", "b2", "Z" };
    struct chances *chances = &making->chances;
    size_t wanted = 1 + (size_t)chances_below(chances, 6);
    for (size_t i = 0; i < wanted; i++) {
        const char *type = i ? ONE_OF(chances, types) : chances_percent(chances, 92) ? "main" : "addon";
        const char *id = name(making, "T%llu%s%zu", (unsigned long long)making->number, marks[(i * 3 + making->number) % 8], i);
        struct world_tariff made = making->tariffs[making->tariff_count++] = tariff(making, id, type);
        come(making, (struct world_record){ .kind = WORLD_TARIFF, .tariff = made }, chances_percent(chances, 90) ? INT64_MIN : some_time(making));
        if (chances_percent(chances, 12))
            come(making, (struct world_record){ .kind = WORLD_TARIFF, .tariff = tariff(making, id, chances_percent(chances, 90) ? type : "main") },
                 some_time(making));
    }
}

/* ---- subscriptions and settings ---- */

static int32_t some_day(struct making *making)
{
    struct chances *chances = &making->chances;
    int32_t cycle = world_cycle_add(making->begin, (int)chances_below(chances, making->world->cycle_count + 2) - 1);
    static const int days[] = { 0, 0, 9, 9, 14, 14, 19, 27 };
    if (chances_percent(chances, 25)) return cycle + (int32_t)chances_below(chances, 28);
    return chances_percent(chances, 10) ? world_cycle_add(cycle, 1) - 1 : cycle + ONE_OF(chances, days);
}

static void hold(struct making *making, const char *subscriber, const char *held, int32_t from)
{
    struct chances *chances = &making->chances;
    struct world_subscription made = { subscriber, held, from, DAY_NONE };
    if (making->held_count == MOST_HELD) return;
    if (chances_percent(chances, 45)) made.to = some_day(making);
    if (made.to != DAY_NONE && made.to < from) made.to = from + (int32_t)chances_below(chances, 40);
    making->held[making->held_count++] = made;
    int64_t key = chances_percent(chances, 70) ? INT64_MIN : chances_percent(chances, 50) ? day_start(from) : some_time(making);
    come(making, (struct world_record){ .kind = WORLD_SUBSCRIPTION, .subscription = made }, key);
    if (!chances_percent(chances, 20)) return;
    made.to = chances_percent(chances, 30) ? DAY_NONE : from + (int32_t)chances_below(chances, 45); /* ends otherwise than was known */
    come(making, (struct world_record){ .kind = WORLD_SUBSCRIPTION, .subscription = made }, some_time(making));
}

static void make_subscriptions(struct making *making, const char *subscriber)
{
    struct chances *chances = &making->chances;
    hold(making, subscriber, making->tariffs[0].tariff,
         chances_percent(chances, 70) ? world_cycle_add(making->begin, -(int)chances_below(chances, 3)) : some_day(making));
    for (int64_t wanted = chances_below(chances, 5); wanted > 0; wanted--) {
        const char *held = making->tariffs[chances_below(chances, (int64_t)making->tariff_count)].tariff;
        hold(making, subscriber, held, some_day(making));
        if (chances_percent(chances, 15)) hold(making, subscriber, held, some_day(making));
    }
    if (chances_percent(chances, 10)) hold(making, subscriber, name(making, "T%llu?", (unsigned long long)making->number), some_day(making));
}

static void make_settings(struct making *making, const char *subscriber)
{
    static const int levels[][2] = { { 50 }, { 90 }, { 30, 100 }, { 80 } };
    static const int64_t caps[] = { 1000000, 5000000, 30000000, 0 };
    struct chances *chances = &making->chances;
    for (int64_t wanted = chances_percent(chances, 20) ? 1 + chances_below(chances, 2) : 0; wanted > 0; wanted--) {
        struct world_setting made = { .subscriber = subscriber, .from = day_start(some_day(making)) };
        const int *some = levels[chances_below(chances, COUNT(levels))];
        while (chances_percent(chances, 80) && made.notice_at_count < 2 && some[made.notice_at_count])
            made.notice_at[made.notice_at_count] = some[made.notice_at_count], made.notice_at_count++;
        made.has_cap = chances_percent(chances, 60);
        made.cap = made.has_cap ? ONE_OF(chances, caps) : 0;
        come(making, (struct world_record){ .kind = WORLD_SETTING, .setting = made }, chances_percent(chances, 50) ? INT64_MIN : some_time(making));
    }
}

/* ---- use ---- */

/* Near where something changes: a cut, midnight, a window's edge, another use; or anywhere. */
static int64_t some_start(struct making *making, int32_t cycle)
{
    static const int hours[] = { 0, 0, 2, 7, 7, 8, 12, 13, 18, 22, 23, 23 };
    static const int days[] = { 0, 9, 14, 19, 27, 1, 8, 10 };
    struct chances *chances = &making->chances;
    int32_t day = cycle + (chances_percent(chances, 60) ? ONE_OF(chances, days) : (int32_t)chances_below(chances, world_cycle_add(cycle, 1) - cycle));
    int64_t start = day_start(day) + ONE_OF(chances, hours) * HOUR_MS;
    if (chances_percent(chances, 35)) start += chances_below(chances, 3) - 1;
    if (chances_percent(chances, 25)) start += chances_below(chances, HOUR_MS);
    if (chances_percent(chances, 8)) start = day_start(world_cycle_add(cycle, 1)) - 1;
    if (start < day_start(cycle)) start = day_start(cycle);
    return start;
}

/* Near what is included, or what makes the charge reach a multiple or the cap. */
static int64_t some_quantity(struct making *making, enum use_service service)
{
    static const int64_t parts[] = { 100, 80, 50, 20, 33, 1, 110, 99 };
    struct chances *chances = &making->chances;
    const struct world_tariff *of = &making->tariffs[chances_below(chances, (int64_t)making->tariff_count)];
    int64_t quantity = chances_below(chances, service == USE_DATA ? (making->is_small ? 120 : 60 * MEBI) : service == USE_VOICE ? 2000 : 8);
    if (chances_percent(chances, 6)) return 0;
    if (chances_percent(chances, 50)) {
        for (size_t i = 0; i < of->allowance_count; i++)
            if (of->allowances[i].service == service && chances_percent(chances, 60)) quantity = of->allowances[i].quantity * ONE_OF(chances, parts) / 100;
    } else if (chances_percent(chances, 50)) {
        int64_t money = of->has_cap && chances_percent(chances, 30) ? of->cap : of->every * (1 + chances_below(chances, 3));
        for (size_t i = 0; i < of->price_count; i++)
            if (of->prices[i].service == service && of->prices[i].price > 100 && money) quantity = money / of->prices[i].price * of->prices[i].per;
    }
    quantity += chances_percent(chances, 30) ? chances_below(chances, 3) - 1 : 0;
    return quantity < 0 ? 0 : quantity;
}

static struct world_use some_use(struct making *making)
{
    static const enum use_service services[] = { USE_DATA, USE_DATA, USE_DATA, USE_DATA, USE_VOICE, USE_SMS };
    struct chances *chances = &making->chances;
    struct world *world = making->world;
    int32_t cycle = world_cycle_add(making->begin, (int)chances_below(chances, world->cycle_count));
    struct world_use made = { .subscriber = world->subscribers[chances_below(chances, (int64_t)world->subscriber_count)], .service = ONE_OF(chances, services) };
    made.start = some_start(making, cycle);
    made.quantity = some_quantity(making, made.service);
    made.scope = ONE_OF(chances, making->scopes);
    return made;
}

static int64_t when_it_comes(struct making *making, int64_t start)
{
    if (chances_percent(&making->chances, 70)) return start;
    return chances_percent(&making->chances, 50) ? some_time(making) : start + chances_below(&making->chances, 3 * DAY_MS);
}

/* Each is corrected at most once, and no correction is. */
static void correct_some(struct making *making, struct coming *first, size_t uses)
{
    struct chances *chances = &making->chances;
    for (size_t i = 0; i < uses; i++) {
        struct coming *target = &first[chances_below(chances, (int64_t)uses)];
        if (!chances_percent(chances, 10) || target->is_corrected || target->corrects) continue;
        struct world_use use = target->record.use;
        switch (chances_below(chances, 5)) {
        case 0: use = some_use(making); break;
        case 1: use.quantity = use.quantity * 3 / 2 + 1; break;
        case 2: use.quantity = 0; break;
        case 3: use.start = some_start(making, world_cycle_of(use.start)); break;
        default: use.quantity = use.quantity * 2 / 3; break;
        }
        target->is_corrected = true;
        struct coming *correction = come(making, (struct world_record){ .kind = WORLD_USE, .use = use },
                                         target->key + (chances_percent(chances, 85) ? 1 + chances_below(chances, 20 * DAY_MS) : -1 - chances_below(chances, 20 * DAY_MS)));
        correction->corrects = target;
    }
    if (!chances_percent(chances, 5)) return;
    struct world_use lost = some_use(making); /* corrects what never comes */
    lost.corrects = "nowhere";
    lost.corrects_seq = 1000000 + making->number;
    come(making, (struct world_record){ .kind = WORLD_USE, .use = lost }, some_time(making));
}

static void make_uses(struct making *making)
{
    struct chances *chances = &making->chances;
    size_t uses = 3 + (size_t)chances_below(chances, chances_percent(chances, 25) ? 45 : 16);
    struct coming *first = &making->coming[making->count];
    for (size_t i = 0; i < uses; i++) {
        struct world_use use = some_use(making);
        if (i && chances_percent(chances, 10)) use.start = first[chances_below(chances, (int64_t)i)].record.use.start;
        come(making, (struct world_record){ .kind = WORLD_USE, .use = use }, when_it_comes(making, use.start));
    }
    correct_some(making, first, uses);
}

/* ---- in the order in which they come ---- */

static int by_key(const void *left, const void *right)
{
    const struct coming *a = *(struct coming *const *)left, *b = *(struct coming *const *)right;
    if (a->key != b->key) return a->key < b->key ? -1 : 1;
    return (a > b) - (a < b);
}

static void put_in_order(struct making *making)
{
    static const char *const names[] = { "B", "a", "甲", "~" };
    struct coming **order = allocate((making->count + 1) * sizeof *order);
    uint64_t next[WORLD_KINDS][COUNT(names)] = { 0 };
    int64_t sources = 1 + chances_below(&making->chances, COUNT(names));
    for (size_t i = 0; i < making->count; i++) order[i] = &making->coming[i];
    qsort(order, making->count, sizeof *order, by_key);
    for (size_t i = 0; i < making->count; i++) {
        struct world_record *record = &order[i]->record;
        int64_t source = record->kind == WORLD_USE ? chances_below(&making->chances, sources) : 0;
        record->source = name(making, "%c%llu%s", "tbuo"[record->kind], (unsigned long long)making->number, names[source]);
        record->seq = next[record->kind][source] += chances_percent(&making->chances, 95) ? 1 : 3;
    }
    for (size_t i = 0; i < making->count; i++) {
        struct world_record record = order[i]->record;
        if (order[i]->corrects) {
            record.use.corrects = order[i]->corrects->record.source;
            record.use.corrects_seq = order[i]->corrects->record.seq;
        }
        world_add(making->world, record);
    }
    free(order);
}

/* ---- what the operator says ---- */

static struct world_record *said(struct making *making, enum world_kind kind)
{
    uint64_t seq = 1;
    for (size_t i = 0; i < making->world->count; i++)
        if (making->world->records[i]->kind == kind && making->world->records[i]->seq >= seq) seq = making->world->records[i]->seq + 1;
    return world_add(making->world, (struct world_record){ .kind = kind, .seq = seq,
        .source = name(making, "%c%llu", kind == WORLD_SENT ? 's' : 'c', (unsigned long long)making->number) });
}

static void say_sent(struct making *making, struct world_sent sent)
{
    said(making, WORLD_SENT)->sent = sent;
}

/* Mostly what was owed and when; sometimes not, late, early, twice, or out of nothing. */
static void say_all_sent(struct making *making)
{
    struct arena arena = { 0 };
    struct reference_notice *owed;
    struct chances *chances = &making->chances;
    static const int64_t delays[] = { 0, 0, MINUTE_MS, 10 * MINUTE_MS, 30 * MINUTE_MS, 30 * MINUTE_MS, 30 * MINUTE_MS + 1, 31 * MINUTE_MS, DAY_MS, -1, -HOUR_MS };
    size_t count = reference_owed(making->world, day_start(making->end) + DAY_MS, &arena, &owed);
    for (size_t i = 0; i < count; i++) {
        const struct reference_notice *one = &owed[i];
        struct world_sent sent = { one->subscriber, one->cycle, name(making, "%s", one->pool), one->level, one->percent, one->cause->use.start };
        if (one->level == WORLD_REACHED && chances_percent(chances, 50)) sent.percent = 0;
        if (chances_percent(chances, 15)) continue;
        sent.sent += ONE_OF(chances, delays);
        say_sent(making, sent);
        if (!chances_percent(chances, 10)) continue;
        sent.sent += chances_below(chances, 2 * DAY_MS) - DAY_MS;
        say_sent(making, sent);
    }
    arena_close(&arena);
    if (!chances_percent(chances, 15)) return;
    static const char *const pools[] = { "data:home", "data", "sms:home", "data:any:23-07", "voice" };
    static const int percents[] = { 0, 80, 100, 100 };
    struct world_sent sent = { making->world->subscribers[0], making->begin, ONE_OF(chances, pools), (enum world_level)chances_below(chances, WORLD_LEVELS),
                               ONE_OF(chances, percents), some_time(making) };
    if (sent.level == WORLD_THRESHOLD && !sent.percent) sent.percent = 80;
    say_sent(making, sent);
}

static void say_charged(struct making *making, const char *subscriber, int32_t cycle, const char *item, int64_t amount)
{
    said(making, WORLD_CHARGED)->charged = (struct world_charged){ subscriber, cycle, name(making, "%s", item), amount };
}

static void say_bill(struct making *making, const char *subscriber, int32_t cycle)
{
    struct arena arena = { 0 };
    struct chances *chances = &making->chances;
    struct reference_line *lines;
    size_t count = reference_bill_lines(making->world, subscriber, cycle, &arena, &lines);
    for (size_t i = 0; i < count; i++) {
        int64_t wrong = chances_percent(chances, 10) ? (chances_below(chances, 5) - 2) * 10000 : 0;
        if (chances_percent(chances, 8)) continue;
        if (chances_percent(chances, 5)) say_charged(making, subscriber, cycle, lines[i].item, lines[i].amount + 1000000); /* corrected by the next */
        say_charged(making, subscriber, cycle, lines[i].item, lines[i].amount + wrong);
    }
    if (chances_percent(chances, 10)) say_charged(making, subscriber, cycle, "voice:roaming", chances_below(chances, 3) * 1000000);
    arena_close(&arena);
}

/* Each comes somewhere among the others; of one source in order. */
static void spread(struct making *making, size_t from)
{
    struct world *world = making->world;
    size_t place = 0;
    for (size_t i = from; i < world->count; i++) {
        struct world_record *record = world->records[i];
        place += (size_t)chances_below(&making->chances, (int64_t)(i - place + 1));
        memmove(&world->records[place + 1], &world->records[place], (i - place) * sizeof *world->records);
        world->records[place++] = record;
    }
}

void random_world(struct world *world, uint64_t seed, uint64_t number, unsigned base)
{
    static const struct civil bases[RANDOM_BASES] = { { 2015, 1, 1 }, { 2014, 12, 1 }, { 2016, 2, 1 }, { 2015, 2, 1 }, { 2014, 11, 1 }, { 2015, 7, 1 } };
    static const char *const scopes[] = { NULL, "home", "roaming", "roaming", "directed:video", "directed:音乐", "directed:zz" };
    struct making making = { .world = world, .chances = { seed * UINT64_C(1000003) + number * UINT64_C(7919) + base }, .number = number, .room = 256 };
    struct chances *chances = &making.chances;
    making.coming = allocate(making.room * sizeof *making.coming);
    must(civil_day(bases[base % RANDOM_BASES], &making.begin));
    world->seed = seed;
    world->first_cycle = making.begin;
    world->cycle_count = 1 + (int)chances_below(chances, 4);
    world->subscriber_count = 1 + (size_t)(chances_percent(chances, 60) ? 0 : chances_below(chances, 4));
    making.end = world_cycle_add(making.begin, world->cycle_count);
    making.is_small = chances_percent(chances, 70);
    for (size_t i = 0; i < sizeof making.scopes / sizeof *making.scopes; i++) making.scopes[i] = i < 2 ? scopes[i] : ONE_OF(chances, scopes);
    make_tariffs(&making);
    for (size_t i = 0; i < world->subscriber_count; i++) {
        world->subscribers[i] = name(&making, "13%09llu", (unsigned long long)(number * WORLD_SUBSCRIBERS + i));
        make_subscriptions(&making, world->subscribers[i]);
        make_settings(&making, world->subscribers[i]);
    }
    make_uses(&making);
    put_in_order(&making);
    size_t from = world->count;
    say_all_sent(&making);
    spread(&making, from);
    from = world->count;
    for (size_t i = 0; i < world->subscriber_count; i++)
        for (int cycle = 0; cycle < world->cycle_count; cycle++)
            if (chances_percent(chances, 40)) say_bill(&making, world->subscribers[i], world_cycle_add(making.begin, cycle));
    spread(&making, from);
    free(making.coming);
}

/* ---- another order ---- */

static bool keeps_place(const struct world_record *record)
{
    return record->kind == WORLD_TARIFF || record->kind == WORLD_SUBSCRIPTION || record->kind == WORLD_SETTING || record->kind == WORLD_CHARGED;
}

void random_order(struct world *world, struct chances *chances)
{
    struct world_record **kept = allocate((world->count + 1) * sizeof *kept), **moved = allocate((world->count + 1) * sizeof *moved);
    size_t kept_count = 0, moved_count = 0, kept_at = 0, moved_at = 0;
    for (size_t i = 0; i < world->count; i++)
        *(keeps_place(world->records[i]) ? &kept[kept_count++] : &moved[moved_count++]) = world->records[i];
    for (size_t i = moved_count; i > 1; i--) {
        size_t other = (size_t)chances_below(chances, (int64_t)i);
        struct world_record *swap = moved[other];
        moved[other] = moved[i - 1];
        moved[i - 1] = swap;
    }
    for (size_t i = 0; i < world->count; i++) {
        bool takes_kept = moved_at == moved_count || (kept_at < kept_count && chances_below(chances, (int64_t)(world->count - i)) < (int64_t)(kept_count - kept_at));
        world->records[i] = takes_kept ? kept[kept_at++] : moved[moved_at++];
    }
    free(kept);
    free(moved);
}
