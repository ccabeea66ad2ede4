#include "measure/query.h"

#include "vault/vault.h"

bool asked_moment(asked ask, void *context, const char *name, bool end, int64_t *moment, struct error *error)
{
    const char *text = ask(context, name);
    int32_t day;
    if (!text) return true;
    if (day_parse(str_of(text), &day))
        *moment = day_start(end ? day + 1 : day);
    else if (!moment_parse(str_of(text), moment))
        return fail_both(error, ERROR_USAGE, "%s %s: write a time as 2015-01-03T08:00:00+08:00 or a day as 2015-01-03",
                         "%s %s：时间写作 2015-01-03T08:00:00+08:00，日期写作 2015-01-03", name, text);
    return true;
}

bool asked_number(asked ask, void *context, const char *name, uint64_t *number, struct error *error)
{
    const char *text = ask(context, name);
    if (!text || str_number(str_of(text), number)) return true;
    return fail_both(error, ERROR_USAGE, "%s %s: a whole number is wanted", "%s %s：须为整数", name, text);
}

bool asked_period(asked ask, void *context, const char *name, struct period *period, struct error *error)
{
    const char *text = ask(context, name);
    if (!text || period_parse(str_of(text), period)) return true;
    return fail_both(error, ERROR_USAGE, "%s %s: write 2015-01, 2015Q1 or 2015", "%s %s：写作 2015-01、2015Q1 或 2015", name, text);
}

/* ---- findings ---- */

bool findings_query_read(struct findings_query *query, asked ask, void *context, struct error *error)
{
    struct period period = { 0 };
    *query = (struct findings_query){ .kind = str_of(ask(context, "kind")), .operator_ = str_of(ask(context, "operator")),
                                      .area = str_of(ask(context, "area")), .since = INT64_MIN, .until = INT64_MAX,
                                      .as_of = MOMENT_NONE };
    if (!asked_moment(ask, context, "since", false, &query->since, error) ||
        !asked_moment(ask, context, "as-of", true, &query->as_of, error) ||
        !asked_period(ask, context, "period", &period, error))
        return false;
    if (!period.kind) return true;
    if (day_start(period.first) > query->since) query->since = day_start(period.first);
    query->until = day_start(period.end);
    return true;
}

bool findings_query_subscriber(struct findings_query *query, struct vault *vault, const char *subscriber, struct error *error)
{
    static const struct field person = { .name = "subscriber", .type = FIELD_PERSON };
    struct arena arena = { 0 };
    struct value value;
    query->has_subscriber = field_parse(&person, (struct cell){ str_of(subscriber), CELL_TEXT }, moment_now(), &arena, &value, error);
    if (query->has_subscriber) query->subscriber = vault_find(vault, value.text);
    arena_close(&arena);
    return query->has_subscriber;
}

bool findings_query_keeps(const struct findings_query *query, const struct law *law, const struct finding *finding)
{
    return str_starts(str_of(finding->duty->id), query->kind) &&
           (!query->operator_.length || str_equal(query->operator_, finding->operator_)) &&
           (!query->area.length || law_area_within(law, finding->area, query->area)) &&
           (!query->has_subscriber ||
            (query->subscriber != UINT64_MAX && finding->has_subscriber && finding->subscriber == query->subscriber)) &&
           finding->time >= query->since && finding->time < query->until;
}

/* ---- figures ---- */

/* The words of `by`; those of a period also say which. */
static const struct {
    const char *word;
    enum figure_dimension dimension;
    char period_kind;
} dimensions[] = {
    { "operator", BY_OPERATOR, 0 }, { "area", BY_AREA, 0 },      { "category", BY_CATEGORY, 0 }, { "period", BY_PERIOD, 0 },
    { "month", BY_PERIOD, 'M' },    { "quarter", BY_PERIOD, 'Q' }, { "year", BY_PERIOD, 'Y' },
};

static bool dimension_add(struct figure_request *request, struct str word)
{
    for (size_t i = 0; i < sizeof dimensions / sizeof *dimensions; i++) {
        if (!str_equal(word, str_of(dimensions[i].word))) continue;
        request->by |= dimensions[i].dimension;
        if (dimensions[i].period_kind) request->period_kind = dimensions[i].period_kind;
        return true;
    }
    return false;
}

static bool by_read(struct figure_request *request, const char *by, struct error *error)
{
    struct str rest = str_of(by);
    while (rest.length) {
        size_t comma = str_find(rest, ',');
        if (!dimension_add(request, str_trim((struct str){ rest.at, comma })))
            return fail_both(error, ERROR_USAGE, "by %s: choose among operator, area, period (or month, quarter, year), category",
                             "by %s：可选 operator、area、period（或 month、quarter、year）、category", by);
        comma += comma < rest.length;
        rest.at += comma;
        rest.length -= comma;
    }
    return true;
}

bool figures_query_read(struct figures_query *query, asked ask, void *context, struct error *error)
{
    *query = (struct figures_query){ .kind = str_of(ask(context, "kind")), .since = INT64_MIN, .as_of = MOMENT_NONE };
    struct figure_request *request = &query->request;
    *request = (struct figure_request){ .operator_ = str_of(ask(context, "operator")), .area = str_of(ask(context, "area")),
                                        .category = str_of(ask(context, "category")), .period_kind = 'M' };
    const char *by = ask(context, "by");
    if (!asked_period(ask, context, "period", &request->period, error) || (by && !by_read(request, by, error)) ||
        !asked_moment(ask, context, "since", false, &query->since, error) ||
        !asked_moment(ask, context, "as-of", true, &query->as_of, error))
        return false;
    if (!by)
        request->by = (request->operator_.length ? 0u : BY_OPERATOR) | (request->area.length ? 0u : BY_AREA) |
                      (request->period.kind ? 0u : BY_PERIOD);
    /* since picks among periods, so the rows must have them */
    return query->since == INT64_MIN || request->by & BY_PERIOD || request->period.kind ||
           fail_both(error, ERROR_USAGE, "since picks among periods: name period, month, quarter or year in by, too",
                     "since 用于挑选时段：by 中须同时有 period、month、quarter 或 year");
}

bool figures_query_wants(const struct figures_query *query, const struct figure *figure)
{
    return str_starts(str_of(figure->id), query->kind);
}

bool figures_query_keeps(const struct figures_query *query, const struct figure_row *row)
{
    return !row->period.kind || day_start(row->period.end) > query->since;
}
