#include "measure/tally.h"

#include <stdlib.h>

#include "base/number.h"
#include "measure/law.h"
#include "measure/margin.h"

static bool is_wanted(const struct audit *audit, const struct figure_request *request, const struct tallied *one)
{
    return (!request->operator_.length || str_equal(request->operator_, one->operator_)) &&
           (!request->area.length || law_area_within(audit->law, one->area, request->area)) && !request->category.length &&
           (!request->period.kind || (one->day >= request->period.first && one->day < request->period.end));
}

static int32_t period_first(const struct figure_request *request, const struct tallied *one)
{
    return request->by & BY_PERIOD ? period_of(one->day, request->period_kind).first : DAY_NONE;
}

/* Whose row it belongs to, then its length. */
static int row_order(const void *left, const void *right, void *context)
{
    const struct tallied *a = left, *b = right;
    const struct figure_request *request = context;
    int order = request->by & BY_OPERATOR ? str_compare(a->operator_, b->operator_) : 0;
    if (!order && request->by & BY_AREA) order = str_compare(a->area, b->area);
    if (order) return order;
    int32_t first = period_first(request, a), second = period_first(request, b);
    return (first > second) - (first < second);
}

static int length_order(const void *left, const void *right, void *context)
{
    const struct tallied *a = left, *b = right;
    int order = row_order(left, right, context);
    return order ? order : (a->length > b->length) - (a->length < b->length);
}

static struct figure_row row_of(const struct figure *figure, const struct figure_request *request, const struct tallied *one)
{
    struct figure_row row = { .figure = figure, .operator_ = request->operator_, .area = request->area, .period = request->period };
    if (request->by & BY_OPERATOR) row.operator_ = one->operator_;
    if (request->by & BY_AREA) row.area = one->area;
    if (request->by & BY_PERIOD) row.period = period_of(one->day, request->period_kind);
    return row;
}

struct finishing {
    unsigned percent; /* 0: a share */
    int64_t unit;
};

static int64_t power(unsigned decimals)
{
    int64_t number = 1;
    while (decimals--) number *= 10;
    return number;
}

/* One row's, those that are unknown left out. */
static void share_finish(const struct figure *figure, const struct tallied *list, size_t count, struct figure_row *row)
{
    uint64_t hits = 0;
    for (size_t i = 0; i < count; i++) {
        hits += list[i].tally == TALLY_HIT;
        row->n += list[i].tally != TALLY_UNKNOWN;
        row->unknown += list[i].tally == TALLY_UNKNOWN;
    }
    row->has_value = row->n > 0;
    if (row->n) row->value = multiply_divide((int64_t)hits, power(figure->decimals), (int64_t)row->n);
}

static int64_t length_at(const struct figure *figure, const struct tallied *list, uint64_t rank, int64_t unit)
{
    return multiply_divide(list[rank - 1].length, power(figure->decimals), unit);
}

static void percentile_finish(const struct figure *figure, const struct tallied *list, size_t count, const struct finishing *finishing,
                              struct figure_row *row)
{
    uint64_t low, high;
    size_t ended = 0;
    /* The unknown have no length, and stand last. */
    for (size_t i = 0; i < count; i++) {
        row->n += list[i].tally != TALLY_UNKNOWN;
        row->unknown += list[i].tally == TALLY_UNKNOWN;
        ended += list[i].tally != TALLY_UNKNOWN && list[i].length != INT64_MAX;
    }
    uint64_t rank = row->n ? percentile_rank(row->n, finishing->percent) : 0;
    if (!rank || rank > ended) return;
    row->has_value = true;
    row->value = length_at(figure, list, rank, finishing->unit);
    row->has_margin = margin_percentile(row->n, finishing->percent, &low, &high) && high <= ended;
    if (!row->has_margin) return;
    row->low = length_at(figure, list, low, finishing->unit);
    row->high = length_at(figure, list, high, finishing->unit);
}

static bool rows_make(const struct audit *audit, const struct figure *figure, const struct figure_request *request, struct tallied *list,
                      size_t count, const struct finishing *finishing, struct figures_sink sink, struct error *error)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (!is_wanted(audit, request, &list[i])) continue;
        list[kept] = list[i];
        if (list[kept].tally == TALLY_UNKNOWN) list[kept].length = INT64_MAX;
        kept++;
    }
    struct figure_request same = *request;
    if (kept) qsort_r(list, kept, sizeof *list, finishing->percent ? length_order : row_order, &same);
    if (!kept && !request->by) {
        /* Where nothing is split there is one row, also when nothing was found. */
        struct figure_row row = row_of(figure, request, &(struct tallied){ 0 });
        return sink.add(sink.context, &row, error);
    }
    for (size_t at = 0, end; at < kept; at = end) {
        for (end = at; end < kept && !row_order(&list[at], &list[end], &same);) end++;
        struct figure_row row = row_of(figure, request, &list[at]);
        if (finishing->percent)
            percentile_finish(figure, list + at, end - at, finishing, &row);
        else
            share_finish(figure, list + at, end - at, &row);
        if (!sink.add(sink.context, &row, error)) return false;
    }
    return true;
}

bool tally_shares(const struct audit *audit, const struct figure *figure, const struct figure_request *request, struct tallied *list,
                  size_t count, struct figures_sink sink, struct error *error)
{
    return rows_make(audit, figure, request, list, count, &(struct finishing){ 0 }, sink, error);
}

bool tally_percentiles(const struct audit *audit, const struct figure *figure, const struct figure_request *request, struct tallied *list,
                       size_t count, unsigned percent, int64_t unit, struct figures_sink sink, struct error *error)
{
    return rows_make(audit, figure, request, list, count, &(struct finishing){ percent, unit }, sink, error);
}
