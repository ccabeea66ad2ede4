#include "usage_reference.h"

#include <stdlib.h>

#include "base/error.h"
#include "usage_reference_rating.h"

static bool same(const char *a, const char *b)
{
    return !strcmp(a, b);
}

/* ---- which levels a record makes due ---- */

/* A percentage of a pool, once it was due. */
struct mark {
    const char *subscriber;
    int32_t cycle;
    const char *pool;
    int percent;
    bool marked;
    int64_t times; /* owed, not passed over for a higher one */
};

/* How large a pool was at the end of the last record of its service. */
struct kept_size {
    const char *subscriber;
    int32_t cycle;
    const char *pool;
    int64_t size;
};

/* How far the charges of a service got. */
struct charged {
    const char *subscriber;
    int32_t cycle;
    struct fraction over[USE_SERVICES];
    bool cap, has_own_cap;
    int64_t own_cap; /* the highest of the person's own that was reached */
};

enum { MARKS = 256, CYCLES = 32 };
struct remembered {
    struct mark marks[MARKS];
    size_t mark_count;
    struct kept_size sizes[MARKS];
    size_t size_count;
    struct charged charged[CYCLES];
    size_t charged_count;
    struct arena *arena;
    struct reference_notice *notices;
    size_t notice_count, notice_room;
};

/* A record, what there was without it, and what there is with it; pools of both as of the same day. */
struct step {
    const struct world_record *record;
    int32_t cycle;
    const struct rated *after;
    struct pool_of_day *pools_before, *pools_after;
    size_t count_before, count_after;
    const struct world_setting *own; /* NULL: none, or an audit */
};

static struct mark *mark_of(struct remembered *remembered, const struct step *step, const char *pool, int percent)
{
    const char *subscriber = step->record->use.subscriber;
    for (size_t i = 0; i < remembered->mark_count; i++) {
        struct mark *mark = &remembered->marks[i];
        if (same(mark->subscriber, subscriber) && mark->cycle == step->cycle && same(mark->pool, pool) && mark->percent == percent) return mark;
    }
    must(remembered->mark_count < MARKS);
    struct mark *mark = &remembered->marks[remembered->mark_count++];
    *mark = (struct mark){ subscriber, step->cycle, pool, percent, false, 0 };
    return mark;
}

static struct kept_size *size_of(struct remembered *remembered, const struct step *step, const char *pool)
{
    for (size_t i = 0; i < remembered->size_count; i++) {
        struct kept_size *size = &remembered->sizes[i];
        if (same(size->subscriber, step->record->use.subscriber) && size->cycle == step->cycle && same(size->pool, pool)) return size;
    }
    must(remembered->size_count < MARKS);
    struct kept_size *size = &remembered->sizes[remembered->size_count++];
    *size = (struct kept_size){ step->record->use.subscriber, step->cycle, pool, 0 };
    return size;
}

static struct charged *charged_of(struct remembered *remembered, const struct step *step)
{
    for (size_t i = 0; i < remembered->charged_count; i++)
        if (same(remembered->charged[i].subscriber, step->record->use.subscriber) && remembered->charged[i].cycle == step->cycle)
            return &remembered->charged[i];
    must(remembered->charged_count < CYCLES);
    struct charged *charged = &remembered->charged[remembered->charged_count++];
    *charged = (struct charged){ .subscriber = step->record->use.subscriber, .cycle = step->cycle };
    for (size_t i = 0; i < USE_SERVICES; i++) charged->over[i] = fraction_of(0, 1);
    return charged;
}

static bool reaches(const struct pool_of_day *pool, int percent)
{
    wide size = (wide)pool->drawn + pool->left;
    return !pool->unlimited && size > 0 && (wide)pool->drawn * 100 >= percent * size;
}

/* Where a pool has grown since the last record of its service, what use no longer reaches may be owed again. */
static void grow(struct remembered *remembered, const struct step *step)
{
    for (size_t i = 0; i < step->count_before; i++) {
        const struct pool_of_day *pool = &step->pools_before[i];
        if (pool->service != step->record->use.service || pool->unlimited) continue;
        if (pool->drawn + pool->left <= size_of(remembered, step, pool->name)->size) continue;
        for (size_t m = 0; m < remembered->mark_count; m++) {
            struct mark *mark = &remembered->marks[m];
            if (same(mark->subscriber, step->record->use.subscriber) && mark->cycle == step->cycle && same(mark->pool, pool->name) &&
                !reaches(pool, mark->percent))
                mark->marked = false;
        }
    }
}

/* A pool that is no longer there has no size. */
static void keep_sizes(struct remembered *remembered, const struct step *step)
{
    for (size_t i = 0; i < remembered->size_count; i++) {
        struct kept_size *size = &remembered->sizes[i];
        const char *word = use_service_words[step->record->use.service];
        if (same(size->subscriber, step->record->use.subscriber) && size->cycle == step->cycle && !strncmp(size->pool, word, strlen(word))) size->size = 0;
    }
    for (size_t i = 0; i < step->count_after; i++) {
        const struct pool_of_day *pool = &step->pools_after[i];
        if (pool->service == step->record->use.service) size_of(remembered, step, pool->name)->size = pool->drawn + pool->left;
    }
}

static bool is_level(const struct step *step, int percent)
{
    for (size_t i = 0; step->after->main && i < step->after->main->notice_at_count; i++)
        if (step->after->main->notice_at[i] == percent) return true;
    for (size_t i = 0; step->own && i < step->own->notice_at_count; i++)
        if (step->own->notice_at[i] == percent) return true;
    return false;
}

static void owe(struct remembered *remembered, const struct step *step, struct reference_notice notice)
{
    if (remembered->notice_count == remembered->notice_room) {
        struct reference_notice *old = remembered->notices;
        remembered->notice_room = remembered->notice_room ? remembered->notice_room * 2 : 16;
        remembered->notices = arena_take(remembered->arena, remembered->notice_room * sizeof *old);
        if (old) memcpy(remembered->notices, old, remembered->notice_count * sizeof *old);
    }
    notice.subscriber = step->record->use.subscriber;
    notice.cycle = step->cycle;
    notice.charge = fraction_fen(rated_charge(step->after, step->record->use.service));
    notice.cause = step->record;
    remembered->notices[remembered->notice_count++] = notice;
}

/* Over and cap: at most one of them is owed, and it stands above all pools. */
static bool charge_due(struct remembered *remembered, const struct step *step, struct reference_notice *due)
{
    const struct world_tariff *main = step->after->main;
    enum use_service service = step->record->use.service;
    struct charged *charged = charged_of(remembered, step);
    struct fraction charge = rated_charge(step->after, service);
    bool is_due = false;
    if (!main) return false; /* nothing costs anything */
    *due = (struct reference_notice){ .pool = use_service_words[service], .used = rated_over(step->after, service) };
    if (main->every) {
        wide multiple = charge.above / charge.below / main->every * main->every;
        struct fraction reached = fraction_of(multiple, 1);
        if (multiple > 0 && fraction_compare(reached, charged->over[service]) > 0) {
            charged->over[service] = reached;
            due->level = WORLD_OVER;
            due->occurrence = (int64_t)multiple;
            is_due = true;
        }
    }
    if (service != USE_DATA) return is_due;
    if (step->own && step->own->has_cap && (!main->has_cap || step->own->cap < main->cap) &&
        (!charged->has_own_cap || step->own->cap > charged->own_cap) && fraction_compare(charge, fraction_of(step->own->cap, 1)) >= 0) {
        charged->has_own_cap = is_due = true;
        charged->own_cap = step->own->cap;
        due->level = WORLD_CAP;
        due->occurrence = step->own->cap + 1;
    }
    if (main->has_cap && !charged->cap && fraction_compare(charge, fraction_of(main->cap, 1)) >= 0) {
        charged->cap = is_due = true;
        due->level = WORLD_CAP;
        due->occurrence = 0;
    }
    return is_due;
}

static void judge_step(struct remembered *remembered, const struct step *step)
{
    struct reference_notice due;
    grow(remembered, step);
    keep_sizes(remembered, step);
    bool stands_above = charge_due(remembered, step, &due);
    if (stands_above) owe(remembered, step, due);
    for (size_t i = 0; i < step->count_after; i++) {
        const struct pool_of_day *pool = &step->pools_after[i];
        struct mark *highest = NULL;
        if (pool->service != step->record->use.service) continue;
        for (int percent = 1; percent <= 100; percent++) {
            if (!is_level(step, percent) || !reaches(pool, percent)) continue;
            struct mark *mark = mark_of(remembered, step, pool->name, percent);
            if (!mark->marked) highest = mark;
            mark->marked = true;
        }
        if (!highest || stands_above) continue;
        owe(remembered, step, (struct reference_notice){
            .pool = pool->name, .level = highest->percent == 100 ? WORLD_REACHED : WORLD_THRESHOLD, .percent = highest->percent,
            .occurrence = highest->times++, .used = pool->drawn, .has_quantity = true, .quantity = pool->drawn + pool->left });
    }
}

static struct step step_of(const struct world_record *record, struct seen before, struct seen after, struct arena *arena)
{
    struct step step = { .record = record, .cycle = world_cycle_of(record->use.start) };
    int32_t day = day_of(seen_latest(after, record->use.subscriber, step.cycle, arena));
    const struct rated *rated = rated_cycle(before, record->use.subscriber, step.cycle, arena);
    step.after = rated_cycle(after, record->use.subscriber, step.cycle, arena);
    step.count_before = rated_pools(rated, day, arena, &step.pools_before);
    step.count_after = rated_pools(step.after, day, arena, &step.pools_after);
    return step;
}

/* ---- as records come ---- */

/* The person's own levels that hold at a moment: of the latest `from`, the last. */
static const struct world_setting *setting_of(struct seen seen, const char *subscriber, int64_t moment)
{
    const struct world_setting *found = NULL;
    for (size_t i = 0; i < seen.count; i++) {
        const struct world_setting *one = &seen.at[i]->setting;
        if (seen.at[i]->kind != WORLD_SETTING || !same(one->subscriber, subscriber) || one->from > moment) continue;
        if (!found || one->from >= found->from) found = one;
    }
    return found;
}

size_t reference_notices(const struct world *world, struct arena *arena, struct reference_notice **notices)
{
    struct remembered *remembered = arena_take(arena, sizeof *remembered);
    *remembered = (struct remembered){ .arena = arena };
    struct seen after = { arena_take(arena, (world->count + 1) * sizeof *after.at), 0 };
    for (size_t i = 0; i < world->count; i++) {
        const struct world_record *record = world->records[i];
        struct seen before = after;
        after.at[after.count++] = record;
        if (record->kind != WORLD_USE || seen_corrected(before, record)) continue;
        struct step step = step_of(record, before, after, arena);
        step.own = setting_of(before, record->use.subscriber, record->use.start);
        judge_step(remembered, &step);
    }
    *notices = remembered->notices;
    return remembered->notice_count;
}

static void moment_add(struct text *out, int64_t moment)
{
    char room[MOMENT_ROOM];
    text_add(out, (struct str){ room, moment_format(moment, room) });
}

void reference_notice_show(const struct reference_notice *notice, struct arena *arena, struct text *out)
{
    text_format(out, "{\"subscriber\":\"%s\",\"cycle\":\"%s\",\"pool\":\"%s\",\"level\":\"%s\",\"percent\":", notice->subscriber,
                world_cycle_text(notice->cycle, arena), notice->pool, world_level_words[notice->level]);
    if (notice->percent)
        text_format(out, "%d", notice->percent);
    else
        text_add(out, STR("null"));
    text_format(out, ",\"occurrence\":%lld,\"used\":%lld,\"quantity\":", (long long)notice->occurrence, (long long)notice->used);
    if (notice->has_quantity)
        text_format(out, "%lld", (long long)notice->quantity);
    else
        text_add(out, STR("null"));
    text_format(out, ",\"charge\":\"%s\",\"time\":\"", world_money(notice->charge, arena));
    moment_add(out, notice->cause->use.start);
    text_format(out, "\",\"source\":\"%s\",\"seq\":%llu}\n", notice->cause->source, (unsigned long long)notice->cause->seq);
}

/* ---- audit ---- */

static int by_start(const void *left, const void *right)
{
    const struct world_record *a = *(const struct world_record *const *)left, *b = *(const struct world_record *const *)right;
    if (a->use.start != b->use.start) return a->use.start < b->use.start ? -1 : 1;
    int order = strcmp(a->source, b->source);
    return order ? order : (a->seq > b->seq) - (a->seq < b->seq);
}

/* The records of use up to the moment that no other one up to it corrects, in the order of their start. */
static struct seen uses_in_order(const struct world *world, int64_t as_of, struct arena *arena)
{
    struct seen unseen_left_out = { arena_take(arena, (world->count + 1) * sizeof *unseen_left_out.at), 0 };
    struct seen uses = { arena_take(arena, (world->count + 1) * sizeof *uses.at), 0 };
    for (size_t i = 0; i < world->count; i++)
        if (world->records[i]->kind == WORLD_USE && world->records[i]->use.start <= as_of) unseen_left_out.at[unseen_left_out.count++] = world->records[i];
    for (size_t i = 0; i < unseen_left_out.count; i++)
        if (!seen_corrected(unseen_left_out, unseen_left_out.at[i])) uses.at[uses.count++] = unseen_left_out.at[i];
    if (uses.count) qsort(uses.at, uses.count, sizeof *uses.at, by_start);
    return uses;
}

/* What was known on the day of a use: all tariffs, what had been subscribed by then, and the uses before it; with it, if so. */
static struct seen known_then(const struct world *world, struct seen uses, size_t use_count, int32_t day, struct arena *arena)
{
    struct seen seen = { arena_take(arena, (world->count + use_count + 1) * sizeof *seen.at), 0 };
    for (size_t i = 0; i < world->count; i++) {
        const struct world_record *record = world->records[i];
        if (record->kind == WORLD_TARIFF || (record->kind == WORLD_SUBSCRIPTION && record->subscription.from <= day)) seen.at[seen.count++] = record;
    }
    for (size_t i = 0; i < use_count; i++) seen.at[seen.count++] = uses.at[i];
    return seen;
}

size_t reference_owed(const struct world *world, int64_t as_of, struct arena *arena, struct reference_notice **notices)
{
    struct remembered *remembered = arena_take(arena, sizeof *remembered);
    struct seen uses = uses_in_order(world, as_of, arena);
    *remembered = (struct remembered){ .arena = arena };
    for (size_t i = 0; i < uses.count; i++) {
        int32_t day = day_of(uses.at[i]->use.start);
        struct seen before = known_then(world, uses, i, day, arena), after = known_then(world, uses, i + 1, day, arena);
        struct step step = step_of(uses.at[i], before, after, arena);
        judge_step(remembered, &step);
    }
    *notices = remembered->notices;
    return remembered->notice_count;
}

int64_t reference_latest(const struct world *world)
{
    int64_t latest = MOMENT_NONE;
    for (size_t i = 0; i < world->count; i++) {
        const struct world_record *record = world->records[i];
        if (record->kind == WORLD_USE && record->use.start > latest) latest = record->use.start;
        if (record->kind == WORLD_SENT && record->sent.sent > latest) latest = record->sent.sent;
    }
    return latest;
}

/* ---- findings ---- */

enum { HALF_AN_HOUR = 30 * 60 * 1000 };

struct findings {
    char **at;
    size_t count, room;
    struct arena *arena;
};

static int by_text(const void *left, const void *right)
{
    return strcmp(*(char *const *)left, *(char *const *)right);
}

static void find(struct findings *findings, const struct text *line)
{
    if (findings->count == findings->room) {
        findings->room = findings->room ? findings->room * 2 : 64;
        findings->at = reallocate(findings->at, findings->room * sizeof *findings->at);
    }
    findings->at[findings->count++] = arena_copy(findings->arena, line->at, line->length);
}

static void findings_show(struct findings *findings, struct text *lines)
{
    if (findings->count) qsort(findings->at, findings->count, sizeof *findings->at, by_text);
    for (size_t i = 0; i < findings->count; i++) text_format(lines, "%s\n", findings->at[i]);
    free(findings->at);
}

static void notice_find(struct findings *findings, const char *duty, const struct world_sent *key, int64_t time, const struct world_record *record)
{
    struct text line = { 0 };
    text_format(&line, "%s notice:%s:%s:%s:%s", duty, key->subscriber, world_cycle_text(key->cycle, findings->arena), key->pool, world_level_words[key->level]);
    if (key->percent) text_format(&line, ":%d", key->percent);
    text_add_byte(&line, ' ');
    moment_add(&line, time);
    text_format(&line, " %s/%llu", record->source, (unsigned long long)record->seq);
    find(findings, &line);
    text_close(&line);
}

static int percent_of(const struct world_sent *sent)
{
    if (sent->level == WORLD_OVER || sent->level == WORLD_CAP) return 0;
    return sent->level == WORLD_REACHED && !sent->percent ? 100 : sent->percent;
}

static bool is_of(const struct world_sent *key, const struct world_record *record, int64_t as_of)
{
    return record->kind == WORLD_SENT && same(record->sent.subscriber, key->subscriber) && record->sent.cycle == key->cycle &&
           same(record->sent.pool, key->pool) && record->sent.level == key->level && percent_of(&record->sent) == key->percent && record->sent.sent <= as_of;
}

static int by_sent(const void *left, const void *right)
{
    const struct world_record *a = *(const struct world_record *const *)left, *b = *(const struct world_record *const *)right;
    if (a->sent.sent != b->sent.sent) return a->sent.sent < b->sent.sent ? -1 : 1;
    int order = strcmp(a->source, b->source);
    return order ? order : (a->seq > b->seq) - (a->seq < b->seq);
}

/* Everything of one subscriber, cycle, pool, level and percent: the k-th sent answers the k-th owed. */
static void key_compare(struct findings *findings, const struct world *world, const struct reference_notice *owed, size_t owed_count,
                        const struct world_sent *key, int64_t as_of)
{
    struct seen causes = { arena_take(findings->arena, (owed_count + 1) * sizeof *causes.at), 0 };
    struct seen sent = { arena_take(findings->arena, (world->count + 1) * sizeof *sent.at), 0 };
    for (size_t i = 0; i < owed_count; i++)
        if (same(owed[i].subscriber, key->subscriber) && owed[i].cycle == key->cycle && same(owed[i].pool, key->pool) && owed[i].level == key->level &&
            owed[i].percent == key->percent)
            causes.at[causes.count++] = owed[i].cause;
    for (size_t i = 0; i < world->count; i++)
        if (is_of(key, world->records[i], as_of)) sent.at[sent.count++] = world->records[i];
    if (sent.count) qsort(sent.at, sent.count, sizeof *sent.at, by_sent);
    size_t answered = 0;
    for (size_t i = 0; i < sent.count; i++) {
        int64_t time = sent.at[i]->sent.sent;
        if (answered == causes.count) {
            notice_find(findings, causes.count ? "usage.notice.twice" : "usage.notice.unowed", key, time, sent.at[i]);
            continue;
        }
        int64_t cause = causes.at[answered]->use.start;
        if (time < cause) {
            notice_find(findings, "usage.notice.unowed", key, time, sent.at[i]);
            continue;
        }
        if (time - cause > HALF_AN_HOUR) notice_find(findings, "usage.notice.late", key, cause + HALF_AN_HOUR, sent.at[i]);
        answered++;
    }
    for (; answered < causes.count; answered++) {
        int64_t cause = causes.at[answered]->use.start;
        if (as_of - cause > HALF_AN_HOUR) notice_find(findings, "usage.notice.missing", key, cause + HALF_AN_HOUR, causes.at[answered]);
    }
}

void reference_findings(const struct world *world, int64_t as_of, struct text *lines)
{
    struct arena arena = { 0 };
    struct findings findings = { .arena = &arena };
    struct reference_notice *owed;
    size_t owed_count = reference_owed(world, as_of, &arena, &owed), key_count = 0;
    struct world_sent *keys = arena_take(&arena, (owed_count + world->count + 1) * sizeof *keys);
    for (size_t i = 0; i < owed_count + world->count; i++) {
        const struct world_record *record = i < owed_count ? NULL : world->records[i - owed_count];
        struct world_sent key;
        bool is_new = true;
        if (record && (record->kind != WORLD_SENT || record->sent.sent > as_of)) continue;
        if (record)
            key = (struct world_sent){ record->sent.subscriber, record->sent.cycle, record->sent.pool, record->sent.level, percent_of(&record->sent), 0 };
        else
            key = (struct world_sent){ owed[i].subscriber, owed[i].cycle, owed[i].pool, owed[i].level, owed[i].percent, 0 };
        for (size_t k = 0; k < key_count; k++)
            is_new = is_new && !(same(keys[k].subscriber, key.subscriber) && keys[k].cycle == key.cycle && same(keys[k].pool, key.pool) &&
                                 keys[k].level == key.level && keys[k].percent == key.percent);
        if (!is_new) continue;
        keys[key_count++] = key;
        key_compare(&findings, world, owed, owed_count, &key, as_of);
    }
    findings_show(&findings, lines);
    arena_close(&arena);
}

/* The last version of what was charged for an item; NULL: nothing was. */
static const struct world_charged *charged_for(const struct world *world, const char *subscriber, int32_t cycle, const char *item)
{
    const struct world_charged *last = NULL;
    for (size_t i = 0; i < world->count; i++) {
        const struct world_charged *one = &world->records[i]->charged;
        if (world->records[i]->kind == WORLD_CHARGED && same(one->subscriber, subscriber) && one->cycle == cycle && same(one->item, item)) last = one;
    }
    return last;
}

static void bill_find(struct findings *findings, const char *subscriber, int32_t cycle, const char *item, int64_t difference)
{
    struct text line = { 0 };
    text_format(&line, "bill.follows bill_line:%s:%s:%s %s", subscriber, world_cycle_text(cycle, findings->arena), item,
                world_money(difference, findings->arena));
    if (difference) find(findings, &line);
    text_close(&line);
}

static void bill_compare(struct findings *findings, const struct world *world, const char *subscriber, int32_t cycle)
{
    struct reference_line *lines;
    size_t count = reference_bill_lines(world, subscriber, cycle, findings->arena, &lines);
    for (size_t i = 0; i < count; i++) {
        const struct world_charged *charged = charged_for(world, subscriber, cycle, lines[i].item);
        bill_find(findings, subscriber, cycle, lines[i].item, (charged ? charged->amount : 0) - lines[i].amount);
    }
    for (size_t i = 0; i < world->count; i++) {
        const struct world_charged *charged = &world->records[i]->charged;
        if (world->records[i]->kind != WORLD_CHARGED || !same(charged->subscriber, subscriber) || charged->cycle != cycle) continue;
        bool is_computed = false;
        for (size_t l = 0; l < count; l++) is_computed = is_computed || same(lines[l].item, charged->item);
        if (!is_computed && charged == charged_for(world, subscriber, cycle, charged->item))
            bill_find(findings, subscriber, cycle, charged->item, charged->amount);
    }
}

void reference_bill_findings(const struct world *world, struct text *lines)
{
    struct arena arena = { 0 };
    struct findings findings = { .arena = &arena };
    for (size_t i = 0; i < world->count; i++) {
        const struct world_record *record = world->records[i];
        bool is_first = record->kind == WORLD_CHARGED;
        for (size_t j = 0; is_first && j < i; j++)
            is_first = !(world->records[j]->kind == WORLD_CHARGED && same(world->records[j]->charged.subscriber, record->charged.subscriber) &&
                         world->records[j]->charged.cycle == record->charged.cycle);
        if (is_first) bill_compare(&findings, world, record->charged.subscriber, record->charged.cycle);
    }
    findings_show(&findings, lines);
    arena_close(&arena);
}
