#include "measure/usage/rating.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct str home = STR("home"), any = STR("any");

static bool is_directed(struct str scope)
{
    return scope.length >= 9 && !memcmp(scope.at, "directed:", 9);
}

int32_t cycle_of(int64_t moment)
{
    return period_of(day_of(moment), 'M').first;
}

int32_t cycle_end(int32_t cycle)
{
    return day_add_months(cycle, 1);
}

/* Whether the subscription holds at the start of a day. */
static bool holds_on(const struct holding *holding, int32_t day)
{
    return holding->from <= day && (holding->to == DAY_NONE || holding->to > day);
}

/* Whether it holds at any time from the start of one day to that of another. */
static bool holds_in(const struct holding *holding, int32_t first, int32_t end)
{
    return holding->from < end && (holding->to == DAY_NONE || (holding->to > first && holding->to > holding->from));
}

static void cut_add(int32_t *cuts, size_t *count, int32_t day)
{
    size_t at = *count;
    while (at && cuts[at - 1] >= day) at--;
    if (at < *count && cuts[at] == day) return;
    memmove(cuts + at + 1, cuts + at, (*count - at) * sizeof *cuts);
    cuts[at] = day;
    ++*count;
}

size_t cycle_cuts(const struct holding *holdings, size_t count, int32_t cycle, int32_t cuts[CUTS_MAX])
{
    int32_t end = cycle_end(cycle);
    size_t cut_count = 0;
    for (size_t i = 0; i < count; i++) {
        if (holdings[i].from > cycle && holdings[i].from < end) cut_add(cuts, &cut_count, holdings[i].from);
        if (holdings[i].to != DAY_NONE && holdings[i].to > cycle && holdings[i].to < end) cut_add(cuts, &cut_count, holdings[i].to);
    }
    return cut_count;
}

bool cycle_has_hours(const struct holding *holdings, size_t count, int32_t cycle, enum service service)
{
    int32_t end = cycle_end(cycle);
    for (size_t i = 0; i < count; i++) {
        const struct tariff *tariff = holdings[i].tariff;
        if (!tariff || !holds_in(&holdings[i], cycle, end)) continue;
        for (size_t a = 0; a < tariff->allowance_count; a++)
            if (tariff->allowances[a].service == service && tariff->allowances[a].hours_from != HOURS_NONE) return true;
    }
    return false;
}

static bool rolls(const struct tariff *tariff)
{
    for (size_t a = 0; tariff && a < tariff->allowance_count; a++)
        if (tariff->allowances[a].rollover && !tariff->allowances[a].unlimited) return true;
    return false;
}

int32_t cycle_rolls_from(const struct holding *holdings, size_t count, int32_t cycle)
{
    /* An earlier cycle may in turn depend on what rolled over into it, from a subscription that has ended since. */
    int32_t first = cycle;
    for (bool earlier = true; earlier;) {
        earlier = false;
        for (size_t i = 0; i < count; i++) {
            int32_t begins = period_of(holdings[i].from, 'M').first;
            if (begins >= first || !rolls(holdings[i].tariff) || !holds_in(&holdings[i], first, cycle_end(first))) continue;
            first = begins;
            earlier = true;
        }
    }
    return first;
}

unsigned longest_rollover(const struct holding *holdings, size_t count)
{
    unsigned longest = 0;
    for (size_t i = 0; i < count; i++)
        for (size_t a = 0; holdings[i].tariff && a < holdings[i].tariff->allowance_count; a++)
            if (holdings[i].tariff->allowances[a].rollover > longest) longest = holdings[i].tariff->allowances[a].rollover;
    return longest;
}

static int main_rank(enum tariff_type type)
{
    return type == TYPE_MAIN ? 3 : type == TYPE_BUNDLE ? 2 : type == TYPE_SINGLE ? 1 : 0;
}

const struct holding *cycle_main(const struct holding *holdings, size_t count, int32_t cycle)
{
    return holdings_main(holdings, count, cycle, cycle_end(cycle));
}

const struct holding *holdings_main(const struct holding *holdings, size_t count, int32_t from, int32_t end)
{
    const struct holding *last = NULL;
    for (size_t i = 0; i < count; i++) {
        const struct holding *holding = &holdings[i];
        if (!holding->tariff || !main_rank(holding->tariff->type) || !holds_in(holding, from, end)) continue;
        if (last) {
            int rank = main_rank(holding->tariff->type) - main_rank(last->tariff->type);
            int32_t ends = holding->to == DAY_NONE || holding->to > end ? end : holding->to;
            int32_t last_ends = last->to == DAY_NONE || last->to > end ? end : last->to;
            int order = rank ? rank : ends != last_ends ? (ends > last_ends) - (ends < last_ends)
                        : holding->from != last->from ? (holding->from > last->from) - (holding->from < last->from)
                                                      : str_compare(holding->id, last->id);
            if (order <= 0) continue;
        }
        last = holding;
    }
    return last;
}

const struct price *price_of(const struct tariff *main, enum service service, struct str scope)
{
    const struct price *of_home = NULL;
    for (size_t i = 0; main && i < main->price_count; i++) {
        if (main->prices[i].service != service) continue;
        if (str_equal(main->prices[i].scope, scope)) return &main->prices[i];
        if (str_equal(main->prices[i].scope, home)) of_home = &main->prices[i];
    }
    return of_home;
}

/* ---- money: sums of fractions of micro-yuan, exact ---- */

typedef unsigned __int128 wide;

struct exact {
    wide whole, part, of; /* whole + part / of, part < of */
};

static wide common(wide a, wide b)
{
    while (b) {
        wide rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

static wide price_product(const struct price *price, uint64_t units)
{
    uint64_t base = units;
    if (price->service == SERVICE_VOICE) base = units > INT64_MAX / 60 ? INT64_MAX : units * 60;
    return (wide)(uint64_t)price->price * base;
}

/* Where denominators grow beyond 128 bits the fraction is dropped: less than a millionth of a yuan. */
static void exact_add(struct exact *sum, wide product, uint64_t per)
{
    wide part = product % per, of = per, shared = common(part, of);
    sum->whole += product / per;
    if (!part) return;
    part /= shared, of /= shared;
    wide gcd = common(sum->of, of), scale = of / gcd;
    if (scale > ((wide)1 << 126) / sum->of) return;
    wide both = sum->of * scale;
    sum->part = sum->part * scale + part * (both / of);
    sum->of = both;
    if (sum->part >= sum->of) sum->part -= sum->of, sum->whole++;
    shared = common(sum->part, sum->of);
    sum->part /= shared, sum->of /= shared;
}

static int64_t money_of(wide whole)
{
    return whole > INT64_MAX ? INT64_MAX : (int64_t)whole;
}

int64_t price_amount(const struct price *price, uint64_t units)
{
    return money_of(price_product(price, units) / price->per);
}

/* ---- drawing ---- */

/* A window of hours in a part; use is told apart by which windows it lies in. */
struct window {
    int from, to;
};

enum { WINDOWS_MAX = 32, WINDOWS_THERE = 24 * 24 }; /* bits of a use; windows behind the first so many serve nothing */

static bool in_window(int from, int to, int hour)
{
    return from < to ? hour >= from && hour < to : hour >= from || hour < to;
}

/* As "23-07" compares as text. */
static int window_order(const void *left, const void *right)
{
    const struct window *a = left, *b = right;
    return a->from != b->from ? (a->from > b->from) - (a->from < b->from) : (a->to > b->to) - (a->to < b->to);
}

/* Use of one part and service. */
struct use {
    struct str scope;
    uint32_t windows; /* the first window is the highest bit: outside comes before inside */
    uint64_t quantity;
    const struct price *price;
};

struct drawing {
    struct rating *rating;
    const struct holding *holdings;
    size_t count;
    int32_t cycle, end;
    const struct use_sum *sums;
    size_t sum_count;
    struct arena *arena;
    size_t over_room;
};

static size_t windows_find(const struct drawing *drawing, enum service service, int32_t day, struct window first[WINDOWS_MAX])
{
    struct window windows[WINDOWS_THERE];
    size_t count = 0;
    for (size_t i = 0; i < drawing->rating->grant_count; i++) {
        const struct grant *grant = &drawing->rating->grants[i];
        const struct allowance *allowance = grant->allowance;
        if (allowance->service != service || allowance->hours_from == HOURS_NONE || !holds_on(grant->holding, day)) continue;
        size_t at = 0;
        while (at < count && (windows[at].from != allowance->hours_from || windows[at].to != allowance->hours_to)) at++;
        if (at == count && count < WINDOWS_THERE) windows[count++] = (struct window){ allowance->hours_from, allowance->hours_to };
    }
    qsort(windows, count, sizeof *windows, window_order);
    if (count > WINDOWS_MAX) count = WINDOWS_MAX;
    memcpy(first, windows, count * sizeof *windows);
    return count;
}

static int use_order(const void *left, const void *right)
{
    const struct use *a = left, *b = right;
    wide dear = a->price && b->price ? (wide)(uint64_t)a->price->price * b->price->per : a->price ? (wide)(uint64_t)a->price->price : 0;
    wide other = a->price && b->price ? (wide)(uint64_t)b->price->price * a->price->per : b->price ? (wide)(uint64_t)b->price->price : 0;
    if (dear != other) return dear > other ? -1 : 1;
    int order = str_compare(a->scope, b->scope);
    return order ? order : (a->windows > b->windows) - (a->windows < b->windows);
}

/* An allowance that can serve in a part; windows: the bit of its hours, all where it has none. */
struct source {
    struct grant *grant;
    uint32_t windows;
    bool is_all_day;
};

static bool serves(const struct source *source, const struct use *use)
{
    const struct allowance *allowance = source->grant->allowance;
    if (!source->is_all_day && !(source->windows & use->windows)) return false;
    if (!allowance->unlimited && !source->grant->left) return false;
    return str_equal(allowance->scope, use->scope) || str_equal(allowance->scope, any) ||
           (is_directed(use->scope) && str_equal(allowance->scope, home));
}

/* The allowances of a service that are there in the part that begins on `day`. */
static size_t sources_find(struct drawing *drawing, enum service service, int32_t day, const struct window *windows, size_t window_count,
                           struct source *sources)
{
    size_t count = 0;
    for (size_t i = 0; i < drawing->rating->grant_count; i++) {
        struct grant *grant = &drawing->rating->grants[i];
        const struct allowance *allowance = grant->allowance;
        struct source source = { .grant = grant, .is_all_day = allowance->hours_from == HOURS_NONE };
        if (allowance->service != service || !holds_on(grant->holding, day)) continue;
        for (size_t w = 0; w < window_count && !source.is_all_day; w++)
            if (windows[w].from == allowance->hours_from && windows[w].to == allowance->hours_to)
                source.windows = 1u << (window_count - 1 - w);
        sources[count++] = source;
    }
    return count;
}

int grant_order(const struct grant *a, const struct grant *b, struct str scope)
{
    if (is_directed(scope)) {
        int own = str_equal(b->allowance->scope, scope) - str_equal(a->allowance->scope, scope);
        if (own) return own;
    }
    if (a->expires != b->expires) return a->expires < b->expires ? -1 : 1;
    int hours = (a->allowance->hours_from == HOURS_NONE) - (b->allowance->hours_from == HOURS_NONE);
    if (hours) return hours;
    int wide_scope = str_equal(a->allowance->scope, any) - str_equal(b->allowance->scope, any);
    if (wide_scope) return wide_scope;
    if (a->holding->from != b->holding->from) return a->holding->from < b->holding->from ? -1 : 1;
    int order = str_compare(a->holding->id, b->holding->id);
    if (!order) order = str_compare(a->allowance->id, b->allowance->id);
    return order ? order : (a->given > b->given) - (a->given < b->given);
}

static void over_add(struct drawing *drawing, enum service service, struct str scope, uint64_t quantity)
{
    struct rating *rating = drawing->rating;
    size_t at = 0;
    while (at < rating->over_count && (rating->overs[at].service != service || !str_equal(rating->overs[at].scope, scope))) at++;
    if (at == rating->over_count) {
        must(at < drawing->over_room);
        rating->overs[rating->over_count++] = (struct over){ .service = service, .scope = scope };
    }
    rating->overs[at].quantity = use_add(rating->overs[at].quantity, quantity);
}

static void use_draw(struct drawing *drawing, enum service service, struct use *use, const struct source *sources, size_t source_count)
{
    while (use->quantity) {
        struct grant *next = NULL;
        for (size_t i = 0; i < source_count; i++)
            if (serves(&sources[i], use) && (!next || grant_order(sources[i].grant, next, use->scope) < 0)) next = sources[i].grant;
        if (!next) break;
        uint64_t drawn = next->allowance->unlimited || next->left > use->quantity ? use->quantity : next->left;
        next->drawn = use_add(next->drawn, drawn);
        if (!next->allowance->unlimited) next->left -= drawn;
        use->quantity -= drawn;
    }
    if (use->quantity) over_add(drawing, service, use->scope, use->quantity);
}

/* By service, then day. */
static int sum_order(const void *left, const void *right)
{
    const struct use_sum *a = left, *b = right;
    return a->service != b->service ? (a->service > b->service) - (a->service < b->service) : (a->day > b->day) - (a->day < b->day);
}

/* A meter's are in this order already. */
static void sums_sort(struct drawing *drawing)
{
    size_t sorted = 1;
    while (sorted < drawing->sum_count && sum_order(&drawing->sums[sorted - 1], &drawing->sums[sorted]) <= 0) sorted++;
    if (sorted >= drawing->sum_count) return;
    struct use_sum *copy = arena_take(drawing->arena, drawing->sum_count * sizeof *copy);
    memcpy(copy, drawing->sums, drawing->sum_count * sizeof *copy);
    qsort(copy, drawing->sum_count, sizeof *copy, sum_order);
    drawing->sums = copy;
}

/* The first sum of a service that is not of an earlier day. */
static size_t sum_from(const struct drawing *drawing, enum service service, int32_t day)
{
    const struct use_sum wanted = { .service = service, .day = day };
    size_t from = 0, to = drawing->sum_count;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (sum_order(&drawing->sums[middle], &wanted) < 0)
            from = middle + 1;
        else
            to = middle;
    }
    return from;
}

static int use_kind_order(const void *left, const void *right)
{
    const struct use *a = left, *b = right;
    int order = str_compare(a->scope, b->scope);
    return order ? order : (a->windows > b->windows) - (a->windows < b->windows);
}

/* Use of the same scope and windows becomes one. */
static size_t uses_merge(struct use *uses, size_t count)
{
    size_t kept = 0;
    qsort(uses, count, sizeof *uses, use_kind_order);
    for (size_t i = 0; i < count; i++) {
        if (kept && !use_kind_order(&uses[kept - 1], &uses[i]))
            uses[kept - 1].quantity = use_add(uses[kept - 1].quantity, uses[i].quantity);
        else
            uses[kept++] = uses[i];
    }
    return kept;
}

static void part_draw(struct drawing *drawing, enum service service, int32_t first, int32_t end)
{
    const struct tariff *main = drawing->rating->main ? drawing->rating->main->tariff : NULL;
    size_t from = sum_from(drawing, service, first), to = sum_from(drawing, service, end), count = 0;
    if (from == to) return;
    struct window windows[WINDOWS_MAX];
    size_t window_count = windows_find(drawing, service, first, windows);
    struct use *uses = arena_take(drawing->arena, (to - from) * sizeof *uses);
    for (size_t i = from; i < to; i++) {
        const struct use_sum *sum = &drawing->sums[i];
        uint32_t inside = 0;
        if (!sum->quantity) continue;
        for (size_t w = 0; w < window_count; w++)
            inside = inside << 1 | (sum->hour != HOUR_ANY && in_window(windows[w].from, windows[w].to, sum->hour));
        uses[count++] = (struct use){ .scope = sum->scope, .windows = inside, .quantity = sum->quantity };
    }
    count = uses_merge(uses, count);
    for (size_t i = 0; i < count; i++) uses[i].price = price_of(main, service, uses[i].scope);
    qsort(uses, count, sizeof *uses, use_order);
    struct source *sources = arena_take(drawing->arena, drawing->rating->grant_count * sizeof *sources);
    size_t source_count = sources_find(drawing, service, first, windows, window_count, sources);
    for (size_t i = 0; i < count; i++) use_draw(drawing, service, &uses[i], sources, source_count);
}

/* ---- what is given ---- */

int holding_order(const void *left, const void *right)
{
    const struct holding *a = left, *b = right;
    return a->from != b->from ? (a->from > b->from) - (a->from < b->from) : str_compare(a->id, b->id);
}

static void grants_make(struct drawing *drawing, const struct rating *before)
{
    struct rating *rating = drawing->rating;
    size_t room = before ? before->grant_count : 0;
    for (size_t i = 0; i < drawing->count; i++)
        if (drawing->holdings[i].tariff && holds_in(&drawing->holdings[i], drawing->cycle, drawing->end))
            room += drawing->holdings[i].tariff->allowance_count;
    if (room > GRANTS_MOST) { /* which of them count must not depend on how the subscriptions came */
        struct holding *sorted = arena_take(drawing->arena, drawing->count * sizeof *sorted);
        memcpy(sorted, drawing->holdings, drawing->count * sizeof *sorted);
        qsort(sorted, drawing->count, sizeof *sorted, holding_order);
        drawing->holdings = sorted;
        room = GRANTS_MOST;
    }
    rating->grants = arena_take(drawing->arena, room * sizeof *rating->grants);
    for (size_t i = 0; before && i < before->grant_count; i++) {
        const struct grant *grant = &before->grants[i];
        if (!grant->allowance->rollover || !grant->left || grant->expires <= drawing->cycle) continue;
        rating->grants[rating->grant_count] = *grant;
        rating->grants[rating->grant_count++].drawn = 0;
    }
    for (size_t i = 0; i < drawing->count; i++) {
        const struct holding *holding = &drawing->holdings[i];
        if (!holding->tariff || !holds_in(holding, drawing->cycle, drawing->end)) continue;
        for (size_t a = 0; a < holding->tariff->allowance_count && rating->grant_count < room; a++) {
            const struct allowance *allowance = &holding->tariff->allowances[a];
            int32_t expires = allowance->rollover ? day_add_months(drawing->end, (int)allowance->rollover) : drawing->end;
            if (holding->to != DAY_NONE && holding->to < expires) expires = holding->to;
            rating->grants[rating->grant_count++] = (struct grant){ .allowance = allowance, .holding = holding, .given = drawing->cycle,
                                                                     .expires = expires, .left = allowance->quantity };
        }
    }
}

/* ---- what comes out ---- */

static struct str pool_name(const struct allowance *allowance, struct arena *arena)
{
    const char *service = service_word(allowance->service);
    size_t room = strlen(service) + allowance->scope.length + 16;
    char *name = arena_take(arena, room);
    int length = allowance->hours_from == HOURS_NONE
                     ? snprintf(name, room, "%s:%.*s", service, STR_ARGS(allowance->scope))
                     : snprintf(name, room, "%s:%.*s:%02d-%02d", service, STR_ARGS(allowance->scope), allowance->hours_from, allowance->hours_to);
    return (struct str){ name, (size_t)length };
}

static bool same_pool(const struct allowance *a, const struct allowance *b)
{
    return a->service == b->service && a->hours_from == b->hours_from && a->hours_to == b->hours_to && str_equal(a->scope, b->scope);
}

static int pool_order(const void *left, const void *right)
{
    const struct pool *a = left, *b = right;
    return str_compare(a->name, b->name);
}

static void pools_make(struct drawing *drawing, int32_t day)
{
    struct rating *rating = drawing->rating;
    rating->pools = arena_take(drawing->arena, rating->grant_count * sizeof *rating->pools);
    const struct allowance **shapes = arena_take(drawing->arena, rating->grant_count * sizeof *shapes);
    for (size_t i = 0; i < rating->grant_count; i++) {
        struct grant *grant = &rating->grants[i];
        size_t at = 0;
        while (at < rating->pool_count && !same_pool(shapes[at], grant->allowance)) at++;
        struct pool *pool = &rating->pools[at];
        if (at == rating->pool_count) {
            shapes[rating->pool_count++] = grant->allowance;
            *pool = (struct pool){ .name = pool_name(grant->allowance, drawing->arena), .service = grant->allowance->service };
        }
        bool holds = holds_on(grant->holding, day);
        grant->pool = pool->name;
        pool->drawn = use_add(pool->drawn, grant->drawn);
        if (grant->allowance->unlimited)
            pool->unlimited = pool->unlimited || holds || grant->drawn;
        else if (holds)
            pool->left = use_add(pool->left, grant->left);
    }
    qsort(rating->pools, rating->pool_count, sizeof *rating->pools, pool_order);
}

static int over_order(const void *left, const void *right)
{
    const struct over *a = left, *b = right;
    return a->service != b->service ? (a->service > b->service) - (a->service < b->service) : str_compare(a->scope, b->scope);
}

static void overs_charge(struct rating *rating)
{
    struct exact sums[SERVICES] = { { .of = 1 }, { .of = 1 }, { .of = 1 } };
    const struct tariff *main = rating->main ? rating->main->tariff : NULL;
    qsort(rating->overs, rating->over_count, sizeof *rating->overs, over_order);
    for (size_t i = 0; i < rating->over_count; i++) {
        struct over *over = &rating->overs[i];
        rating->over[over->service] = use_add(rating->over[over->service], over->quantity);
        over->charged = over->quantity;
        over->price = price_of(main, over->service, over->scope);
        if (!over->price) continue;
        uint64_t increment = over->price->increment, rest = increment ? over->charged % increment : 0;
        if (rest) over->charged = use_add(over->charged, increment - rest);
        wide product = price_product(over->price, over->charged);
        over->amount = money_of(product / over->price->per);
        exact_add(&sums[over->service], product, over->price->per);
    }
    for (int service = 0; service < SERVICES; service++) rating->charge[service] = money_of(sums[service].whole);
    if (main && main->has_data_cap && rating->charge[SERVICE_DATA] > main->data_cap) rating->charge[SERVICE_DATA] = main->data_cap;
}

struct rating *rate(const struct holding *holdings, size_t count, int32_t cycle, const struct use_sum *sums, size_t sum_count,
                    const struct rating *before, int32_t day, struct arena *arena)
{
    struct rating *rating = arena_take(arena, sizeof *rating);
    *rating = (struct rating){ .main = cycle_main(holdings, count, cycle) };
    struct drawing drawing = { .rating = rating, .holdings = holdings, .count = count, .cycle = cycle, .end = cycle_end(cycle),
                               .sums = sums, .sum_count = sum_count, .arena = arena, .over_room = sum_count };
    int32_t cuts[CUTS_MAX];
    size_t cut_count = cycle_cuts(holdings, count, cycle, cuts);
    rating->overs = arena_take(arena, sum_count * sizeof *rating->overs);
    grants_make(&drawing, before);
    sums_sort(&drawing);
    for (size_t part = 0; part <= cut_count; part++)
        for (int service = 0; service < SERVICES; service++)
            part_draw(&drawing, (enum service)service, part ? cuts[part - 1] : cycle, part < cut_count ? cuts[part] : drawing.end);
    pools_make(&drawing, day);
    overs_charge(rating);
    return rating;
}

struct pool *rating_pool(const struct rating *rating, struct str name)
{
    for (size_t i = 0; i < rating->pool_count; i++)
        if (str_equal(rating->pools[i].name, name)) return &rating->pools[i];
    return NULL;
}

const struct pool *rating_pool_of(const struct rating *rating, const struct grant *grant)
{
    return rating_pool(rating, grant->pool);
}
