#include "usage_world.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

const char *const use_service_words[USE_SERVICES] = { "data", "voice", "sms" };
const char *const world_level_words[WORLD_LEVELS] = { "threshold", "reached", "over", "cap" };
const char *const world_kind_words[WORLD_KINDS] = { "tariff", "subscription", "usage", "usage_setting", "notice_sent", "bill_line" };

void world_close(struct world *world)
{
    free(world->records);
    arena_close(&world->arena);
    *world = (struct world){ 0 };
}

static void append(struct world *world, struct world_record *record)
{
    if (world->count == world->room) {
        world->room = world->room ? world->room * 2 : 64;
        world->records = reallocate(world->records, world->room * sizeof *world->records);
    }
    world->records[world->count++] = record;
}

struct world_record *world_add(struct world *world, struct world_record record)
{
    struct world_record *added = arena_take(&world->arena, sizeof *added);
    *added = record;
    if (!record.source) {
        added->source = world_kind_words[record.kind];
        added->seq = 1;
        for (size_t i = 0; i < world->count; i++)
            if (world->records[i]->kind == record.kind && world->records[i]->seq >= added->seq) added->seq = world->records[i]->seq + 1;
    }
    append(world, added);
    return added;
}

void world_view(const struct world *world, struct world *view)
{
    *view = *world;
    view->arena = (struct arena){ 0 };
    view->records = NULL;
    view->count = view->room = 0;
    for (size_t i = 0; i < world->count; i++) append(view, world->records[i]);
}

void world_view_close(struct world *view)
{
    free(view->records);
    arena_close(&view->arena);
}

int32_t world_cycle_add(int32_t cycle, int cycles)
{
    struct civil civil = civil_of(cycle);
    int months = civil.year * 12 + civil.month - 1 + cycles;
    civil = (struct civil){ months / 12, months % 12 + 1, 1 };
    civil_day(civil, &cycle);
    return cycle;
}

int32_t world_cycle_of(int64_t moment)
{
    int32_t day = day_of(moment);
    return day - civil_of(day).day + 1;
}

static const char *written(struct arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));
static const char *written(struct arena *arena, const char *format, ...)
{
    char room[600];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(room, sizeof room, format, arguments);
    va_end(arguments);
    return arena_copy(arena, room, (size_t)length);
}

const char *world_cycle_text(int32_t cycle, struct arena *arena)
{
    struct civil civil = civil_of(cycle);
    return written(arena, "%04d-%02d", civil.year, civil.month);
}

const char *world_money(int64_t money, struct arena *arena)
{
    int64_t size = money < 0 ? -money : money;
    char room[40];
    int length = snprintf(room, sizeof room, "%s%lld.%06lld", money < 0 ? "-" : "", (long long)(size / 1000000), (long long)(size % 1000000));
    for (int i = 0; i < 4 && room[length - 1] == '0'; i++) room[--length] = 0;
    return written(arena, "%s", room);
}

static const char *day_text(int32_t day, struct arena *arena)
{
    struct civil civil = civil_of(day);
    return written(arena, "%04d-%02d-%02d", civil.year, civil.month, civil.day);
}

static const char *moment_text(int64_t moment, struct arena *arena)
{
    int64_t rest = moment - day_start(day_of(moment));
    return written(arena, "%sT%02d:%02d:%02d.%03d+08:00", day_text(day_of(moment), arena), (int)(rest / HOUR_MS), (int)(rest / MINUTE_MS % 60),
                   (int)(rest / SECOND_MS % 60), (int)(rest % SECOND_MS));
}

/* ---- cells ---- */

struct cells {
    struct world_cell *at;
    size_t count;
    struct arena *arena;
};

/* An absent text makes no cell. */
static void put(struct cells *cells, const char *field, const char *text)
{
    if (text) cells->at[cells->count++] = (struct world_cell){ field, text };
}

static const char *quoted(const char *text, struct arena *arena)
{
    return text ? written(arena, "\"%s\"", text) : "null";
}

static const char *allowances_text(const struct world_tariff *tariff, struct arena *arena)
{
    struct text out = { 0 };
    text_add_byte(&out, '[');
    for (size_t i = 0; i < tariff->allowance_count; i++) {
        const struct world_allowance *one = &tariff->allowances[i];
        text_format(&out, "%s{\"id\":\"%s\",\"service\":\"%s\",\"quantity\":", i ? "," : "", one->id, use_service_words[one->service]);
        if (one->unlimited)
            text_add(&out, STR("null"));
        else
            text_format(&out, "%lld", (long long)one->quantity);
        text_format(&out, ",\"scope\":%s,\"hours\":", quoted(one->scope, arena));
        if (one->hour_from == one->hour_to)
            text_add(&out, STR("null"));
        else
            text_format(&out, "\"%02d-%02d\"", one->hour_from, one->hour_to);
        text_format(&out, ",\"rollover\":%d}", one->rollover);
    }
    text_add_byte(&out, ']');
    const char *copy = arena_copy(arena, out.at, out.length);
    text_close(&out);
    return copy;
}

static const char *prices_text(const struct world_tariff *tariff, struct arena *arena)
{
    struct text out = { 0 };
    text_add_byte(&out, '[');
    for (size_t i = 0; i < tariff->price_count; i++) {
        const struct world_price *one = &tariff->prices[i];
        text_format(&out, "%s{\"service\":\"%s\",\"per\":%lld,\"price\":\"%s\",\"scope\":%s,\"increment\":", i ? "," : "",
                    use_service_words[one->service], (long long)one->per, world_money(one->price, arena), quoted(one->scope, arena));
        if (one->increment)
            text_format(&out, "%lld}", (long long)one->increment);
        else
            text_add(&out, STR("null}"));
    }
    text_add_byte(&out, ']');
    const char *copy = arena_copy(arena, out.at, out.length);
    text_close(&out);
    return copy;
}

static const char *percents_text(const int *percents, size_t count, struct arena *arena)
{
    struct text out = { 0 };
    text_add_byte(&out, '[');
    for (size_t i = 0; i < count; i++) text_format(&out, "%s%d", i ? "," : "", percents[i]);
    text_add_byte(&out, ']');
    const char *copy = arena_copy(arena, out.at, out.length);
    text_close(&out);
    return copy;
}

static void tariff_cells(struct cells *cells, const struct world_tariff *tariff)
{
    struct arena *arena = cells->arena;
    put(cells, "tariff", tariff->tariff);
    put(cells, "operator", "jia");
    put(cells, "name", tariff->tariff);
    put(cells, "type", tariff->type);
    put(cells, "monthly_fee", world_money(tariff->monthly_fee, arena));
    put(cells, "one_off_fee", world_money(tariff->one_off_fee, arena));
    put(cells, "allowances", allowances_text(tariff, arena));
    put(cells, "prices", prices_text(tariff, arena));
    put(cells, "data_cap", tariff->has_cap ? world_money(tariff->cap, arena) : NULL);
    put(cells, "notice_at", tariff->notice_at_count ? percents_text(tariff->notice_at, tariff->notice_at_count, arena) : NULL);
    put(cells, "notice_every", tariff->every ? world_money(tariff->every, arena) : NULL);
    put(cells, "min_months", written(arena, "%d", tariff->min_months));
    put(cells, "exit_fee", world_money(tariff->exit_fee, arena));
    put(cells, "free_until", tariff->free_until);
    put(cells, "then_fee", tariff->has_then_fee ? world_money(tariff->then_fee, arena) : NULL);
}

static void use_cells(struct cells *cells, const struct world_use *use)
{
    put(cells, "subscriber", use->subscriber);
    put(cells, "service", use_service_words[use->service]);
    put(cells, "start", moment_text(use->start, cells->arena));
    put(cells, "quantity", written(cells->arena, "%lld", (long long)use->quantity));
    put(cells, "scope", use->scope);
    put(cells, "corrects", use->corrects ? written(cells->arena, "%s/%llu", use->corrects, (unsigned long long)use->corrects_seq) : NULL);
}

size_t world_cells(const struct world_record *record, struct world_cell at[WORLD_CELLS], struct arena *arena)
{
    struct cells cells = { at, 0, arena };
    switch (record->kind) {
    case WORLD_TARIFF: tariff_cells(&cells, &record->tariff); break;
    case WORLD_SUBSCRIPTION:
        put(&cells, "subscriber", record->subscription.subscriber);
        put(&cells, "tariff", record->subscription.tariff);
        put(&cells, "from", day_text(record->subscription.from, arena));
        put(&cells, "to", record->subscription.to == DAY_NONE ? NULL : day_text(record->subscription.to, arena));
        break;
    case WORLD_USE: use_cells(&cells, &record->use); break;
    case WORLD_SETTING:
        put(&cells, "subscriber", record->setting.subscriber);
        put(&cells, "from", moment_text(record->setting.from, arena));
        put(&cells, "notice_at",
            record->setting.notice_at_count ? percents_text(record->setting.notice_at, record->setting.notice_at_count, arena) : NULL);
        put(&cells, "data_cap", record->setting.has_cap ? world_money(record->setting.cap, arena) : NULL);
        break;
    case WORLD_SENT:
        put(&cells, "subscriber", record->sent.subscriber);
        put(&cells, "cycle", world_cycle_text(record->sent.cycle, arena));
        put(&cells, "pool", record->sent.pool);
        put(&cells, "level", world_level_words[record->sent.level]);
        put(&cells, "percent", record->sent.percent ? written(arena, "%d", record->sent.percent) : NULL);
        put(&cells, "sent", moment_text(record->sent.sent, arena));
        break;
    case WORLD_CHARGED:
        put(&cells, "subscriber", record->charged.subscriber);
        put(&cells, "cycle", world_cycle_text(record->charged.cycle, arena));
        put(&cells, "item", record->charged.item);
        put(&cells, "amount", world_money(record->charged.amount, arena));
        break;
    case WORLD_KINDS: break;
    }
    return cells.count;
}

void world_tell(const struct world_record *record, struct text *out)
{
    struct arena arena = { 0 };
    struct world_cell cells[WORLD_CELLS];
    size_t count = world_cells(record, cells, &arena);
    text_format(out, "%s %s/%llu", world_kind_words[record->kind], record->source, (unsigned long long)record->seq);
    for (size_t i = 0; i < count; i++) text_format(out, " %s=%s", cells[i].field, cells[i].text);
    text_add_byte(out, '\n');
    arena_close(&arena);
}
