#include "usage_reference_rating.h"

#include "base/error.h"

/* ---- exact money ---- */

static wide common_divisor(wide a, wide b)
{
    while (b) {
        wide rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

struct fraction fraction_of(wide above, wide below)
{
    wide divisor = common_divisor(above, below);
    return (struct fraction){ above / divisor, below / divisor };
}

static wide times(wide a, wide b)
{
    wide product;
    must(!__builtin_mul_overflow(a, b, &product));
    return product;
}

struct fraction fraction_add(struct fraction a, struct fraction b)
{
    return fraction_of(times(a.above, b.below) + times(b.above, a.below), times(a.below, b.below));
}

int fraction_compare(struct fraction a, struct fraction b)
{
    wide left = times(a.above, b.below), right = times(b.above, a.below);
    return (left > right) - (left < right);
}

int64_t fraction_fen(struct fraction money)
{
    /* money / 10,000 + 1 / 2, rounded down, is the number of fen */
    return (int64_t)((2 * money.above + times(10000, money.below)) / times(20000, money.below) * 10000);
}

/* ---- what is known ---- */

static bool same(const char *a, const char *b)
{
    return !strcmp(a, b);
}

const struct world_tariff *seen_tariff(struct seen seen, const char *tariff)
{
    const struct world_tariff *last = NULL;
    for (size_t i = 0; i < seen.count; i++)
        if (seen.at[i]->kind == WORLD_TARIFF && same(seen.at[i]->tariff.tariff, tariff)) last = &seen.at[i]->tariff;
    return last;
}

size_t seen_subscriptions(struct seen seen, const char *subscriber, struct arena *arena, const struct world_subscription ***subscriptions)
{
    const struct world_subscription **list = arena_take(arena, (seen.count + 1) * sizeof *list);
    size_t count = 0;
    for (size_t i = 0; i < seen.count; i++) {
        const struct world_subscription *one = &seen.at[i]->subscription;
        size_t place = 0;
        if (seen.at[i]->kind != WORLD_SUBSCRIPTION || !same(one->subscriber, subscriber)) continue;
        while (place < count && !(same(list[place]->tariff, one->tariff) && list[place]->from == one->from)) place++;
        list[place] = one;
        if (place == count) count++;
    }
    *subscriptions = list;
    return count;
}

bool seen_corrected(struct seen seen, const struct world_record *use)
{
    for (size_t i = 0; i < seen.count; i++) {
        const struct world_record *by = seen.at[i];
        if (by->kind == WORLD_USE && by->use.corrects && same(by->use.corrects, use->source) && by->use.corrects_seq == use->seq) return true;
    }
    return false;
}

size_t seen_uses(struct seen seen, const char *subscriber, struct arena *arena, const struct world_use ***uses)
{
    const struct world_use **list = arena_take(arena, (seen.count + 1) * sizeof *list);
    size_t count = 0;
    for (size_t i = 0; i < seen.count; i++)
        if (seen.at[i]->kind == WORLD_USE && same(seen.at[i]->use.subscriber, subscriber) && !seen_corrected(seen, seen.at[i]))
            list[count++] = &seen.at[i]->use;
    *uses = list;
    return count;
}

int64_t seen_latest(struct seen seen, const char *subscriber, int32_t cycle, struct arena *arena)
{
    struct arena_mark mark = arena_mark(arena);
    const struct world_use **uses;
    int64_t latest = MOMENT_NONE;
    size_t count = seen_uses(seen, subscriber, arena, &uses);
    for (size_t i = 0; i < count; i++)
        if (world_cycle_of(uses[i]->start) == cycle && uses[i]->start > latest) latest = uses[i]->start;
    arena_release(arena, mark);
    return latest;
}

bool holds(const struct world_subscription *subscription, int32_t day)
{
    return subscription->from <= day && (subscription->to == DAY_NONE || day < subscription->to);
}

/* The last day of the cycle on which it holds, or DAY_NONE. */
static int32_t last_day_held(const struct world_subscription *subscription, int32_t cycle)
{
    for (int32_t day = world_cycle_add(cycle, 1) - 1; day >= cycle; day--)
        if (holds(subscription, day)) return day;
    return DAY_NONE;
}

/* ---- one cycle ---- */

struct rating_cycle {
    struct seen seen;
    const struct world_subscription **subscriptions;
    size_t subscription_count;
    const struct world_use **uses;
    size_t use_count;
    int32_t cycle;
    struct rated *rated;
    struct arena *arena;
};

/* The last one held; main before bundle before single. */
static void find_main(struct rating_cycle *rating)
{
    static const char *const types[] = { "main", "bundle", "single" };
    struct rated *rated = rating->rated;
    rated->main = NULL;
    for (size_t t = 0; t < 3 && !rated->main; t++) {
        const struct world_subscription *best = NULL;
        for (size_t i = 0; i < rating->subscription_count; i++) {
            const struct world_subscription *one = rating->subscriptions[i];
            const struct world_tariff *tariff = seen_tariff(rating->seen, one->tariff);
            int32_t last = last_day_held(one, rating->cycle), best_last = best ? last_day_held(best, rating->cycle) : DAY_NONE;
            if (!tariff || !same(tariff->type, types[t]) || last == DAY_NONE) continue;
            bool is_later = !best || last > best_last || (last == best_last && one->from > best->from) ||
                            (last == best_last && one->from == best->from && strcmp(one->tariff, best->tariff) > 0);
            if (!is_later) continue;
            best = one;
            rated->main = tariff;
            rated->main_subscription = one;
        }
    }
}

static const struct world_price *price_of(const struct world_tariff *main, enum use_service service, const char *scope)
{
    const char *const wanted[] = { scope, "home" };
    for (size_t w = 0; main && w < 2; w++)
        for (size_t i = 0; i < main->price_count; i++)
            if (main->prices[i].service == service && same(main->prices[i].scope ? main->prices[i].scope : "home", wanted[w])) return &main->prices[i];
    return NULL;
}

/* Of one base unit. */
static struct fraction unit_price(const struct world_price *price)
{
    return price ? fraction_of(price->price, price->per) : fraction_of(0, 1);
}

static const char *scope_of_use(const struct world_use *use)
{
    return use->scope ? use->scope : "home";
}

static const char *scope_of_allowance(const struct world_allowance *allowance)
{
    return allowance->scope ? allowance->scope : "any";
}

static bool has_hours(const struct world_allowance *allowance)
{
    return allowance->hour_from != allowance->hour_to;
}

static bool in_hours(int from, int to, int64_t start)
{
    int hour = (int)((start - day_start(day_of(start))) / HOUR_MS);
    return from < to ? hour >= from && hour < to : hour >= from || hour < to;
}

static int64_t units(enum use_service service, int64_t quantity)
{
    return service == USE_VOICE ? quantity / 60 + (quantity % 60 > 0) : quantity;
}

static void give(struct rating_cycle *rating, const struct world_subscription *subscription, const struct world_allowance *allowance)
{
    struct rated *rated = rating->rated;
    must(rated->given_count < GIVEN_MAX);
    struct given *given = &rated->given[rated->given_count++];
    int64_t size = allowance->service == USE_VOICE ? allowance->quantity / 60 : allowance->quantity;
    *given = (struct given){ allowance, subscription, .size = size, .left = size };
    given->expires = world_cycle_add(rating->cycle, 1 + (allowance->unlimited ? 0 : allowance->rollover));
    if (subscription->to != DAY_NONE && subscription->to < given->expires) given->expires = subscription->to;
}

/* What each subscription that holds at any time gives afresh. */
static void give_all(struct rating_cycle *rating)
{
    for (size_t i = 0; i < rating->subscription_count; i++) {
        const struct world_subscription *one = rating->subscriptions[i];
        const struct world_tariff *tariff = seen_tariff(rating->seen, one->tariff);
        if (!tariff || last_day_held(one, rating->cycle) == DAY_NONE) continue;
        for (size_t a = 0; a < tariff->allowance_count; a++) give(rating, one, &tariff->allowances[a]);
    }
}

/* The part that begins at a day ends where the next subscription begins or ends, or with the cycle. */
static int32_t part_end(const struct rating_cycle *rating, int32_t begin)
{
    int32_t end = world_cycle_add(rating->cycle, 1);
    for (size_t i = 0; i < rating->subscription_count; i++) {
        int32_t from = rating->subscriptions[i]->from, to = rating->subscriptions[i]->to;
        if (from > begin && from < end) end = from;
        if (to != DAY_NONE && to > begin && to < end) end = to;
    }
    return end;
}

/* ---- drawing in a part ---- */

enum { WINDOWS = 8, HEAPS = 64 };
struct window {
    int from, to;
};

/* Use of one scope, within the same windows. */
struct heap {
    const char *scope;
    bool inside[WINDOWS];
    int64_t quantity;
};

struct part {
    struct rating_cycle *rating;
    enum use_service service;
    int32_t begin, end;
    struct window windows[WINDOWS];
    size_t window_count;
    struct heap heaps[HEAPS];
    size_t heap_count;
};

/* The different hours of the allowances of the service in what holds in the part, sorted as "HH-HH". */
static void find_windows(struct part *part)
{
    for (size_t i = 0; i < part->rating->subscription_count; i++) {
        const struct world_subscription *one = part->rating->subscriptions[i];
        const struct world_tariff *tariff = seen_tariff(part->rating->seen, one->tariff);
        for (size_t a = 0; tariff && holds(one, part->begin) && a < tariff->allowance_count; a++) {
            const struct world_allowance *allowance = &tariff->allowances[a];
            struct window window = { allowance->hour_from, allowance->hour_to };
            size_t place = 0;
            if (allowance->service != part->service || !has_hours(allowance)) continue;
            while (place < part->window_count && part->windows[place].from * 100 + part->windows[place].to < window.from * 100 + window.to) place++;
            if (place < part->window_count && part->windows[place].from == window.from && part->windows[place].to == window.to) continue;
            must(part->window_count < WINDOWS);
            memmove(&part->windows[place + 1], &part->windows[place], (part->window_count++ - place) * sizeof window);
            part->windows[place] = window;
        }
    }
}

static void heap_up(struct part *part)
{
    for (size_t i = 0; i < part->rating->use_count; i++) {
        const struct world_use *use = part->rating->uses[i];
        struct heap heap = { .scope = scope_of_use(use) };
        size_t place = 0;
        if (use->service != part->service || day_of(use->start) < part->begin || day_of(use->start) >= part->end) continue;
        for (size_t w = 0; w < part->window_count; w++) heap.inside[w] = in_hours(part->windows[w].from, part->windows[w].to, use->start);
        while (place < part->heap_count && !(same(part->heaps[place].scope, heap.scope) && !memcmp(part->heaps[place].inside, heap.inside, sizeof heap.inside)))
            place++;
        must(place < HEAPS);
        if (place == part->heap_count) part->heaps[part->heap_count++] = heap;
        part->heaps[place].quantity += units(use->service, use->quantity);
    }
}

/* The dearest first, then by scope, then outside before inside. */
static bool heap_before(const struct part *part, const struct heap *a, const struct heap *b)
{
    const struct world_tariff *main = part->rating->rated->main;
    int order = fraction_compare(unit_price(price_of(main, part->service, b->scope)), unit_price(price_of(main, part->service, a->scope)));
    if (!order) order = strcmp(a->scope, b->scope);
    for (size_t w = 0; !order && w < part->window_count; w++) order = a->inside[w] - b->inside[w];
    return order < 0;
}

static bool serves(const struct part *part, const struct given *given, const struct heap *heap)
{
    const char *scope = scope_of_allowance(given->allowance);
    if (given->allowance->service != part->service || !holds(given->subscription, part->begin)) return false;
    if (same(heap->scope, scope) || same(scope, "any") || (!strncmp(heap->scope, "directed:", 9) && same(scope, "home"))) {
        if (!has_hours(given->allowance)) return true;
        for (size_t w = 0; w < part->window_count; w++)
            if (part->windows[w].from == given->allowance->hour_from && part->windows[w].to == given->allowance->hour_to) return heap->inside[w];
    }
    return false;
}

/* Which of two is drawn on first by a use of that scope. */
static bool given_before(const struct given *a, const struct given *b, const char *scope)
{
    bool is_directed = !strncmp(scope, "directed:", 9);
    bool own_a = same(scope_of_allowance(a->allowance), scope), own_b = same(scope_of_allowance(b->allowance), scope);
    if (is_directed && own_a != own_b) return own_a;
    if (a->expires != b->expires) return a->expires < b->expires;
    if (has_hours(a->allowance) != has_hours(b->allowance)) return has_hours(a->allowance);
    bool any_a = same(scope_of_allowance(a->allowance), "any"), any_b = same(scope_of_allowance(b->allowance), "any");
    if (any_a != any_b) return any_b;
    if (a->subscription->from != b->subscription->from) return a->subscription->from < b->subscription->from;
    int order = strcmp(a->subscription->tariff, b->subscription->tariff);
    if (!order) order = strcmp(a->allowance->id, b->allowance->id);
    return order < 0;
}

static void over_add(struct rated *rated, enum use_service service, const char *scope, int64_t quantity)
{
    size_t place = 0;
    while (place < rated->over_count && (rated->overs[place].service < service ||
                                         (rated->overs[place].service == service && strcmp(rated->overs[place].scope, scope) < 0)))
        place++;
    if (place == rated->over_count || rated->overs[place].service != service || !same(rated->overs[place].scope, scope)) {
        must(rated->over_count < OVERS_MAX);
        memmove(&rated->overs[place + 1], &rated->overs[place], (rated->over_count++ - place) * sizeof *rated->overs);
        rated->overs[place] = (struct over_of_scope){ service, scope, 0 };
    }
    rated->overs[place].quantity += quantity;
}

/* Draws from the first that serves and has something left, and again, until nothing is to be drawn or nothing serves. */
static void heap_draw(const struct part *part, const struct heap *heap)
{
    struct rated *rated = part->rating->rated;
    for (int64_t rest = heap->quantity; rest > 0;) {
        struct given *first = NULL;
        for (size_t i = 0; i < rated->given_count; i++) {
            struct given *one = &rated->given[i];
            if (!serves(part, one, heap) || (!one->allowance->unlimited && !one->left)) continue;
            if (!first || given_before(one, first, heap->scope)) first = one;
        }
        if (!first) {
            over_add(rated, part->service, heap->scope, rest);
            return;
        }
        int64_t drawn = first->allowance->unlimited || first->left > rest ? rest : first->left;
        if (!first->allowance->unlimited) first->left -= drawn;
        first->drawn += drawn;
        rest -= drawn;
    }
}

static void part_draw(struct rating_cycle *rating, enum use_service service, int32_t begin, int32_t end)
{
    struct arena_mark mark = arena_mark(rating->arena);
    struct part *part = arena_take(rating->arena, sizeof *part);
    *part = (struct part){ .rating = rating, .service = service, .begin = begin, .end = end };
    find_windows(part);
    heap_up(part);
    for (size_t done = 0; done < part->heap_count; done++) {
        for (size_t i = done + 1; i < part->heap_count; i++) {
            if (!heap_before(part, &part->heaps[i], &part->heaps[done])) continue;
            struct heap swap = part->heaps[done];
            part->heaps[done] = part->heaps[i];
            part->heaps[i] = swap;
        }
        heap_draw(part, &part->heaps[done]);
    }
    arena_release(rating->arena, mark);
}

/* What is left over of the cycle before stays; the rest is given afresh. */
static void rate_one(struct rating_cycle *rating)
{
    struct rated *rated = rating->rated;
    size_t kept = 0;
    for (size_t i = 0; i < rated->given_count; i++) {
        struct given given = rated->given[i];
        given.drawn = 0;
        if (!given.allowance->unlimited && given.allowance->rollover && given.left && given.expires > rating->cycle) rated->given[kept++] = given;
    }
    rated->given_count = kept;
    rated->over_count = 0;
    find_main(rating);
    give_all(rating);
    for (int32_t begin = rating->cycle, end; begin < world_cycle_add(rating->cycle, 1); begin = end) {
        end = part_end(rating, begin);
        for (enum use_service service = 0; service < USE_SERVICES; service++) part_draw(rating, service, begin, end);
    }
}

struct rated *rated_cycle(struct seen seen, const char *subscriber, int32_t cycle, struct arena *arena)
{
    struct rating_cycle rating = { .seen = seen, .cycle = cycle, .arena = arena };
    rating.rated = arena_take(arena, sizeof *rating.rated);
    *rating.rated = (struct rated){ .given = arena_take(arena, GIVEN_MAX * sizeof(struct given)) };
    struct arena_mark mark = arena_mark(arena);
    rating.subscription_count = seen_subscriptions(seen, subscriber, arena, &rating.subscriptions);
    rating.use_count = seen_uses(seen, subscriber, arena, &rating.uses);
    for (size_t i = 0; i < rating.subscription_count; i++) {
        int32_t from = rating.subscriptions[i]->from - civil_of(rating.subscriptions[i]->from).day + 1;
        if (from < rating.cycle) rating.cycle = from;
    }
    for (; rating.cycle <= cycle; rating.cycle = world_cycle_add(rating.cycle, 1)) rate_one(&rating);
    arena_release(arena, mark);
    return rating.rated;
}

/* ---- what it comes to ---- */

struct fraction rated_charge_of_scope(const struct rated *rated, const struct over_of_scope *over)
{
    const struct world_price *price = price_of(rated->main, over->service, over->scope);
    wide quantity = over->quantity;
    if (!price) return fraction_of(0, 1);
    if (price->increment) quantity = (quantity + price->increment - 1) / price->increment * price->increment;
    if (over->service == USE_VOICE) quantity *= 60;
    return fraction_of(times(price->price, quantity), price->per);
}

struct fraction rated_charge(const struct rated *rated, enum use_service service)
{
    struct fraction charge = fraction_of(0, 1);
    for (size_t i = 0; i < rated->over_count; i++)
        if (rated->overs[i].service == service) charge = fraction_add(charge, rated_charge_of_scope(rated, &rated->overs[i]));
    if (service == USE_DATA && rated->main && rated->main->has_cap) {
        struct fraction cap = fraction_of(rated->main->cap, 1);
        if (fraction_compare(charge, cap) > 0) charge = cap;
    }
    return charge;
}

int64_t rated_over(const struct rated *rated, enum use_service service)
{
    int64_t over = 0;
    for (size_t i = 0; i < rated->over_count; i++)
        if (rated->overs[i].service == service) over += rated->overs[i].quantity;
    return over;
}

static const char *pool_name(const struct world_allowance *allowance, struct arena *arena)
{
    struct text name = { 0 };
    text_format(&name, "%s:%s", use_service_words[allowance->service], scope_of_allowance(allowance));
    if (has_hours(allowance)) text_format(&name, ":%02d-%02d", allowance->hour_from, allowance->hour_to);
    const char *copy = arena_copy(arena, name.at, name.length);
    text_close(&name);
    return copy;
}

size_t rated_pools(const struct rated *rated, int32_t day, struct arena *arena, struct pool_of_day **pools)
{
    struct pool_of_day *list = arena_take(arena, (rated->given_count + 1) * sizeof *list);
    size_t count = 0;
    for (size_t i = 0; i < rated->given_count; i++) {
        const struct given *given = &rated->given[i];
        const char *name = pool_name(given->allowance, arena);
        bool holds_now = holds(given->subscription, day);
        size_t place = 0;
        while (place < count && strcmp(list[place].name, name) < 0) place++;
        if (place == count || !same(list[place].name, name)) {
            memmove(&list[place + 1], &list[place], (count++ - place) * sizeof *list);
            list[place] = (struct pool_of_day){ .name = name, .service = given->allowance->service };
        }
        list[place].drawn += given->drawn;
        if (given->allowance->unlimited)
            list[place].unlimited = list[place].unlimited || holds_now || given->drawn;
        else if (holds_now)
            list[place].left += given->left;
    }
    *pools = list;
    return count;
}
