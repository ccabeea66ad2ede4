#include "portal/duty_routes.h"

#include <stdlib.h>

#include "base/number.h"
#include "measure/province/province.h"
#include "portal/record_rows.h"

enum { LIMITS_MAX = 100000, MICRO = 1000000 };

/* The places of a limit's fields. */
enum { DUTY, AREA, SERVICE, PLACE, STATISTIC, VALUE, UNIT, FROM, TO, BASIS, STATUS };

/* How sure a limit is: the words of its status. */
static const struct {
    const char *status;
    const char *says[LANGUAGES];
} statuses[] = {
    { "V", { "the text of the rule was seen", "已见条文" } },
    { "V2", { "the rule was seen quoted elsewhere", "见于转引" } },
    { "R", { "from memory, to be checked", "凭记忆，待核对" } },
    { "ours", { "a default of this system", "本系统默认值" } },
};

/* ---- reading ---- */

struct limits {
    struct arena *arena;
    struct record **at; /* in the order of their key: by duty first */
    size_t count, room;
};

static bool limit_add(void *context, const struct record *record, uint64_t entry, struct error *error)
{
    (void)entry, (void)error;
    struct limits *limits = context;
    if (limits->count == limits->room) {
        limits->room = limits->room ? limits->room * 2 : 256;
        limits->at = reallocate(limits->at, limits->room * sizeof *limits->at);
    }
    struct record *kept = arena_take(limits->arena, sizeof *kept);
    *kept = *record;
    kept->source.at = arena_copy(limits->arena, record->source.at, record->source.length);
    for (size_t i = 0; i < record->kind->field_count; i++) {
        struct str *text = &kept->values[i].text;
        if (record_has(record, i) && text->length) text->at = arena_copy(limits->arena, text->at, text->length);
    }
    limits->at[limits->count++] = kept;
    return true;
}

static bool limits_read(struct request *request, struct limits *limits, struct error *error)
{
    struct record_query query = { .kind = &limit_kind, .most = LIMITS_MAX };
    struct text next = { 0 };
    bool done = records_list(request->view, &query, (struct records_sink){ limit_add, limits }, &next, error);
    text_close(&next);
    return done;
}

/* ---- words ---- */

/* "15 days", "15日", "80%", "10 yuan". */
static void limit_says(const struct record *limit, enum language language, struct text *out)
{
    char number[DECIMAL_ROOM];
    int64_t value = limit->values[VALUE].number;
    struct str unit = str_of(limit_kind.fields[UNIT].choices[limit->values[UNIT].number].says[language]);
    bool is_share = limit->values[UNIT].number == UNIT_SHARE;
    text_add(out, (struct str){ number, decimal_format(is_share ? value * 100 : value, MONEY_DECIMALS, 0, number) });
    if (is_share) {
        text_add_byte(out, '%');
        return;
    }
    if (language == ENGLISH) {
        text_add_byte(out, ' ');
        if (value == MICRO && str_ends(unit, STR("s"))) unit.length--;
    }
    text_add(out, unit);
}

static struct str status_says(struct str status, enum language language)
{
    for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++)
        if (str_equal(status, str_of(statuses[i].status))) return str_of(statuses[i].says[language]);
    return status;
}

static const struct measure *measure_of(const struct duty *duty)
{
    for (size_t m = 0; m < measure_count; m++)
        if (duty >= measures[m]->duties && duty < measures[m]->duties + measures[m]->duty_count) return measures[m];
    return NULL;
}

/* ---- showing ---- */

static void field_show(struct rows *rows, const struct record *limit, size_t field)
{
    struct text text = { 0 };
    if (record_has(limit, field)) value_text(&limit_kind.fields[field], &limit->values[field], &text);
    rows_string(rows, limit_kind.fields[field].name, text_str(&text));
    text_close(&text);
}

static void limit_show(struct rows *rows, const struct law *law, const struct record *limit, enum language language)
{
    struct text says = { 0 };
    struct str area = record_has(limit, AREA) ? limit->values[AREA].text : (struct str){ 0 };
    rows_string(rows, "area", area);
    rows_string(rows, "area_name", area.length ? law_area_name(law, area, (int)language) : language == CHINESE ? STR("全国") : STR("the nation"));
    field_show(rows, limit, SERVICE);
    field_show(rows, limit, PLACE);
    field_show(rows, limit, STATISTIC);
    rows_decimal(rows, "value", limit->values[VALUE].number, MONEY_DECIMALS);
    field_show(rows, limit, UNIT);
    limit_says(limit, language, &says);
    rows_string(rows, "says", text_str(&says));
    field_show(rows, limit, FROM);
    field_show(rows, limit, TO);
    field_show(rows, limit, BASIS);
    field_show(rows, limit, STATUS);
    rows_string(rows, "status_says", status_says(limit->values[STATUS].text, language));
    rows_string(rows, "source", limit->source);
    rows_number(rows, "seq", (int64_t)limit->seq);
    text_close(&says);
}

/* The limits of a duty as an array. */
static void limits_json(const struct law *law, const struct limits *limits, struct str duty, enum language language, struct text *out)
{
    struct rows rows;
    struct error ignored = { 0 }; /* a text takes everything */
    rows_start(&rows, &(struct rows_options){ .format = ROWS_JSON, .sink = { rows_to_text, out } });
    text_add_byte(out, '[');
    for (size_t i = 0; i < limits->count; i++) {
        if (!str_equal(limits->at[i]->values[DUTY].text, duty)) continue;
        rows_begin(&rows);
        limit_show(&rows, law, limits->at[i], language);
        rows_end(&rows);
    }
    rows_finish(&rows, &ignored);
    text_add_byte(out, ']');
}

static void duty_cells(struct rows *rows, struct str id, enum language language)
{
    const struct duty *duty = duty_find(id);
    const struct measure *measure = duty ? measure_of(duty) : NULL;
    rows_string(rows, "duty", id);
    rows_string(rows, "title", str_of(duty ? duty->says[language] : NULL));
    rows_string(rows, "measure", str_of(measure ? measure->name : NULL));
}

static void duty_show(struct request *request, struct rows *rows, const struct limits *limits, struct str id)
{
    const struct duty *duty = duty_find(id);
    const struct measure *measure = duty ? measure_of(duty) : NULL;
    struct text list = { 0 };
    limits_json(request->view->audit.law, limits, id, request->language, &list);
    rows_begin(rows);
    rows_string(rows, "duty", id);
    rows_string(rows, "says", str_of(duty ? duty->says[request->language] : NULL));
    rows_string(rows, "rule", str_of(duty ? duty->rule[request->language] : NULL));
    rows_string(rows, "measure", str_of(measure ? measure->name : NULL));
    rows_json(rows, "limits", text_str(&list));
    rows_end(rows);
    text_close(&list);
}

static void flat_show(struct request *request, struct rows *rows, const struct record *limit)
{
    rows_begin(rows);
    duty_cells(rows, limit->values[DUTY].text, request->language);
    limit_show(rows, request->view->audit.law, limit, request->language);
    rows_end(rows);
}

/* The duties that are judged, with their limits; then what else the law limits. In a file: a row for each limit. */
static bool duties_get(struct request *request, struct reply *reply, struct error *error)
{
    struct limits limits = { .arena = request->arena };
    struct reply_table table;
    bool done = limits_read(request, &limits, error) && reply_table_open(&table, request, reply, "duties", error);
    if (done) {
        for (size_t i = 0; table.whole && i < limits.count; i++) flat_show(request, &table.rows, limits.at[i]);
        for (size_t m = 0; !table.whole && m < measure_count; m++)
            for (size_t d = 0; d < measures[m]->duty_count; d++) duty_show(request, &table.rows, &limits, str_of(measures[m]->duties[d].id));
        for (size_t i = 0; !table.whole && i < limits.count; i++) {
            struct str id = limits.at[i]->values[DUTY].text;
            bool is_first = !i || !str_equal(id, limits.at[i - 1]->values[DUTY].text);
            if (is_first && !duty_find(id)) duty_show(request, &table.rows, &limits, id);
        }
        done = reply_table_close(&table, true, (struct str){ 0 }, (struct str){ 0 }, error);
    }
    free(limits.at);
    return done;
}

const struct route duty_routes[] = {
    { ROUTE(GET, "/api/duties", FOR_ALL, REACH_OPEN), .handle = duties_get, .flags = ROUTE_TABLE,
      .says = { "The duties, how each is judged, and its limits with the day from which each holds", "各项义务、判断规则及其限值与施行日期" } },
};
const size_t duty_route_count = sizeof duty_routes / sizeof *duty_routes;
