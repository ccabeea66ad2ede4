#include "usage_case.h"

#include <jansson.h>

#include "base/error.h"

const char case_subscriber[] = "13800138000";

static void reference_notice_lines(const struct world *world, struct text *lines)
{
    struct arena arena = { 0 };
    struct reference_notice *notices;
    size_t count = reference_notices(world, &arena, &notices);
    for (size_t i = 0; i < count; i++) reference_notice_show(&notices[i], &arena, lines);
    arena_close(&arena);
}

const struct usage_judge reference_judge = { "reference", reference_bill, reference_usage, reference_notice_lines, reference_findings,
                                             reference_bill_findings };

int32_t case_day(const char *text)
{
    int32_t day;
    must(day_parse(str_of(text), &day));
    return day;
}

int64_t case_moment(const char *text)
{
    int64_t moment;
    must(moment_parse(str_of(text), &moment));
    return moment;
}

void case_tariff(struct world *world, struct world_tariff tariff)
{
    if (!tariff.type) tariff.type = "main";
    while (tariff.allowance_count < WORLD_LIST && tariff.allowances[tariff.allowance_count].id) tariff.allowance_count++;
    while (tariff.price_count < WORLD_LIST && tariff.prices[tariff.price_count].per) tariff.price_count++;
    while (tariff.notice_at_count < WORLD_LIST && tariff.notice_at[tariff.notice_at_count]) tariff.notice_at_count++;
    world_add(world, (struct world_record){ .kind = WORLD_TARIFF, .tariff = tariff });
}

void case_holds(struct world *world, const char *tariff, const char *from, const char *to)
{
    world->subscribers[0] = case_subscriber;
    world->subscriber_count = 1;
    world_add(world, (struct world_record){ .kind = WORLD_SUBSCRIPTION,
                                            .subscription = { case_subscriber, tariff, case_day(from), to ? case_day(to) : DAY_NONE } });
}

struct world_record *case_scope(struct world *world, enum use_service service, const char *scope, const char *start, int64_t quantity)
{
    return world_add(world, (struct world_record){ .kind = WORLD_USE,
                                                   .use = { case_subscriber, service, case_moment(start), quantity, .scope = scope } });
}

struct world_record *case_use(struct world *world, enum use_service service, const char *start, int64_t quantity)
{
    return case_scope(world, service, NULL, start, quantity);
}

struct world_record *case_correct(struct world *world, const struct world_record *wrong, const char *start, int64_t quantity)
{
    struct world_use use = wrong->use;
    use.start = case_moment(start);
    use.quantity = quantity;
    use.corrects = wrong->source;
    use.corrects_seq = wrong->seq;
    return world_add(world, (struct world_record){ .kind = WORLD_USE, .use = use });
}

void case_sent(struct world *world, const char *pool, enum world_level level, int percent, const char *sent)
{
    int64_t moment = case_moment(sent);
    world_add(world, (struct world_record){ .kind = WORLD_SENT, .sent = { case_subscriber, world_cycle_of(moment), pool, level, percent, moment } });
}

/* ---- answers in short ---- */

/* The next line of the answer as JSON, or NULL; to be given back. */
static json_t *next_line(struct str *lines)
{
    size_t end = str_find(*lines, '\n');
    if (!lines->length) return NULL;
    json_t *line = json_loadb(lines->at, end, 0, NULL);
    must(line && end < lines->length);
    *lines = (struct str){ lines->at + end + 1, lines->length - end - 1 };
    return line;
}

static const char *text_of(const json_t *line, const char *key)
{
    const json_t *value = json_object_get(line, key);
    return json_is_string(value) ? json_string_value(value) : NULL;
}

static long long number_of(const json_t *line, const char *key)
{
    return json_integer_value(json_object_get(line, key));
}

static const char *kept(struct text *out, struct arena *arena)
{
    const char *copy = arena_copy(arena, out->length ? out->at : "", out->length);
    text_close(out);
    return copy;
}

const char *case_bill(const struct usage_judge *judge, const struct world *world, const char *cycle, struct arena *arena)
{
    struct text lines = { 0 }, out = { 0 };
    judge->bill(world, case_subscriber, case_day(cycle), &lines);
    struct str rest = text_str(&lines);
    for (json_t *line; (line = next_line(&rest)); json_decref(line)) {
        if (text_of(line, "item"))
            text_format(&out, "%s%s %s", out.length ? ", " : "", text_of(line, "item"), text_of(line, "amount"));
        else
            text_format(&out, "%s= %s", out.length ? " " : "", text_of(line, "total"));
    }
    text_close(&lines);
    return kept(&out, arena);
}

const char *case_usage(const struct usage_judge *judge, const struct world *world, const char *cycle, struct arena *arena)
{
    struct text lines = { 0 }, out = { 0 };
    judge->usage(world, case_subscriber, case_day(cycle), &lines);
    struct str rest = text_str(&lines);
    for (json_t *line; (line = next_line(&rest)); json_decref(line)) {
        const char *comma = out.length ? ", " : "";
        if (text_of(line, "pool") && json_is_null(json_object_get(line, "quantity")))
            text_format(&out, "%s%s %lld", comma, text_of(line, "pool"), number_of(line, "used"));
        else if (text_of(line, "pool"))
            text_format(&out, "%s%s %lld/%lld", comma, text_of(line, "pool"), number_of(line, "used"), number_of(line, "quantity"));
        else if (number_of(line, "over"))
            text_format(&out, "%s%s %lld %s", comma, text_of(line, "service"), number_of(line, "over"), text_of(line, "charge"));
    }
    text_close(&lines);
    return kept(&out, arena);
}

const char *case_notices(const struct usage_judge *judge, const struct world *world, struct arena *arena)
{
    struct text lines = { 0 }, out = { 0 };
    judge->notices(world, &lines);
    struct str rest = text_str(&lines);
    for (json_t *line; (line = next_line(&rest)); json_decref(line)) {
        text_add(&out, out.length ? STR("; ") : STR(""));
        if (json_is_integer(json_object_get(line, "percent")))
            text_format(&out, "%lld%% %s %lld/%lld", number_of(line, "percent"), text_of(line, "pool"), number_of(line, "used"), number_of(line, "quantity"));
        else
            text_format(&out, "%s %s %lld %s", text_of(line, "level"), text_of(line, "pool"), number_of(line, "used"), text_of(line, "charge"));
    }
    text_close(&lines);
    return kept(&out, arena);
}

const char *case_findings(const struct usage_judge *judge, const struct world *world, const char *as_of, struct arena *arena)
{
    struct text lines = { 0 }, out = { 0 };
    judge->findings(world, as_of ? case_moment(as_of) : reference_latest(world), &lines);
    for (struct str rest = text_str(&lines); rest.length;) {
        size_t end = str_find(rest, '\n');
        text_add(&out, out.length ? STR("; ") : STR(""));
        text_add(&out, (struct str){ rest.at, end });
        rest = (struct str){ rest.at + end + 1, rest.length - end - 1 };
    }
    text_close(&lines);
    return kept(&out, arena);
}
