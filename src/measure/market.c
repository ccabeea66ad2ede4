#include "measure/market.h"

#include <stdlib.h>

#include "base/number.h"

struct market_row {
    struct str operator_, area;
    int32_t month;
    int64_t subscribers;
};

/* Subscribers of one operator and area that came and went on the same days. */
struct served {
    struct str operator_, area;
    int32_t since, until; /* DAY_NONE: still served */
    int64_t count;
};

struct market {
    const struct audit *audit;
    struct arena arena;
    struct market_row *rows; /* by operator, then month */
    size_t row_count;
    struct served *served;
    size_t served_count;
    bool served_read;
};

static int by_operator_and_month(const void *a, const void *b)
{
    const struct market_row *first = a, *second = b;
    int order = str_compare(first->operator_, second->operator_);
    if (!order) order = (first->month > second->month) - (first->month < second->month);
    return order ? order : str_compare(first->area, second->area);
}

static struct str kept(struct market *market, struct str text)
{
    return (struct str){ arena_copy(&market->arena, text.at, text.length), text.length };
}

static bool rows_read(struct market *market, struct error *error)
{
    struct statement *select =
        store_prepare(market->audit->store, "SELECT \"operator\", \"area\", \"month\", \"subscribers\" FROM \"market\"", error);
    if (!select) return false;
    size_t room = 0;
    for (bool row;;) {
        if (!statement_step(select, &row, error)) return false;
        if (!row) break;
        if (market->row_count == room) {
            room = room ? room * 2 : 256;
            market->rows = reallocate(market->rows, room * sizeof *market->rows);
        }
        market->rows[market->row_count++] = (struct market_row){
            .operator_ = kept(market, column_text(select, 0)),
            .area = kept(market, column_text(select, 1)),
            .month = (int32_t)column_number(select, 2),
            .subscribers = column_number(select, 3),
        };
    }
    if (market->row_count) qsort(market->rows, market->row_count, sizeof *market->rows, by_operator_and_month);
    return true;
}

struct market *market_open(const struct audit *audit, struct error *error)
{
    struct market *market = allocate(sizeof *market);
    market->audit = audit;
    if (rows_read(market, error)) return market;
    market_close(market);
    return NULL;
}

void market_close(struct market *market)
{
    if (!market) return;
    free(market->rows);
    free(market->served);
    arena_close(&market->arena);
    free(market);
}

/* ---- by totals ---- */

/* Whether an area of these rows has another of them around it, within the area asked for. */
static bool is_inside_another(const struct market *market, const struct market_row *rows, size_t count, size_t which,
                              struct str area)
{
    const struct law *law = market->audit->law;
    for (size_t i = 0; i < count; i++)
        if (i != which && law_area_within(law, rows[which].area, rows[i].area) &&
            (!area.length || law_area_within(law, rows[i].area, area)))
            return true;
    return false;
}

/* Once for each operator and area, though it may be in use for several months. */
static void use_row(struct denominator *denominator, const struct market_row *row)
{
    for (size_t i = 0; i < denominator->row_count; i++)
        if (str_equal(denominator->rows[i]->operator_, row->operator_) && str_equal(denominator->rows[i]->area, row->area))
            return;
    if (denominator->row_count == denominator->row_room) {
        denominator->row_room = denominator->row_room ? denominator->row_room * 2 : 16;
        denominator->rows = reallocate(denominator->rows, denominator->row_room * sizeof *denominator->rows);
    }
    denominator->rows[denominator->row_count++] = row;
}

/* The subscribers in an area by the rows of one operator and month; false where none match. */
static bool month_subscribers(const struct market *market, const struct market_row *rows, size_t count, struct str area,
                              struct denominator *denominator, int64_t *subscribers)
{
    for (size_t i = 0; area.length && i < count; i++)
        if (str_equal(rows[i].area, area)) {
            *subscribers = rows[i].subscribers;
            use_row(denominator, &rows[i]);
            return true;
        }
    bool any = false;
    *subscribers = 0;
    for (size_t i = 0; i < count; i++) {
        if (area.length && !law_area_within(market->audit->law, rows[i].area, area)) continue;
        if (is_inside_another(market, rows, count, i, area)) continue;
        *subscribers += rows[i].subscribers;
        use_row(denominator, &rows[i]);
        any = true;
    }
    return any;
}

static void by_totals(const struct market *market, struct str operator_, struct str area, struct period period,
                      struct denominator *denominator)
{
    for (size_t first = 0, end; first < market->row_count; first = end) {
        int64_t sum = 0, months = 0;
        struct str name = market->rows[first].operator_;
        for (end = first; end < market->row_count && str_equal(market->rows[end].operator_, name);) {
            size_t start = end;
            int32_t month = market->rows[start].month;
            while (end < market->row_count && market->rows[end].month == month && str_equal(market->rows[end].operator_, name))
                end++;
            int64_t of_month;
            if (operator_.length && !str_equal(name, operator_)) continue;
            if (period.kind && (month < period.first || month >= period.end)) continue;
            if (!month_subscribers(market, market->rows + start, end - start, area, denominator, &of_month)) continue;
            sum += of_month;
            months++;
        }
        if (months) denominator->subscribers += multiply_divide(sum, 1, months);
    }
}

/* ---- by the list of subscribers ---- */

static bool served_read(struct market *market, struct error *error)
{
    struct statement *select =
        store_prepare(market->audit->store,
                      "SELECT \"operator\", \"area\", \"since\", \"until\", COUNT(*) FROM \"subscriber\""
                      " GROUP BY \"operator\", \"area\", \"since\", \"until\"", error);
    if (!select) return false;
    size_t room = 0;
    for (bool row;;) {
        if (!statement_step(select, &row, error)) return false;
        if (!row) break;
        if (market->served_count == room) {
            room = room ? room * 2 : 256;
            market->served = reallocate(market->served, room * sizeof *market->served);
        }
        market->served[market->served_count++] = (struct served){
            .operator_ = kept(market, column_text(select, 0)),
            .area = kept(market, column_text(select, 1)),
            .since = (int32_t)column_number(select, 2),
            .until = column_is_null(select, 3) ? DAY_NONE : (int32_t)column_number(select, 3),
            .count = column_number(select, 4),
        };
    }
    market->served_read = true;
    return true;
}

bool market_subscribers(struct market *market, struct str operator_, struct str area, struct period period,
                        struct denominator *denominator, struct error *error)
{
    *denominator = (struct denominator){ .rows = denominator->rows, .row_room = denominator->row_room };
    by_totals(market, operator_, area, period, denominator);
    if (denominator->row_count) return true;
    if (!market->served_read && !served_read(market, error)) return false;
    /* The last day on which they are counted: served on it, and not gone with it. */
    int32_t last = day_of(market->audit->as_of);
    if (period.kind && period.end - 1 < last) last = period.end - 1;
    for (size_t i = 0; i < market->served_count; i++) {
        const struct served *served = &market->served[i];
        if (operator_.length && !str_equal(served->operator_, operator_)) continue;
        if (area.length && !law_area_within(market->audit->law, served->area, area)) continue;
        if (served->since <= last && (served->until == DAY_NONE || served->until > last))
            denominator->subscribers += served->count;
    }
    denominator->by_list = denominator->subscribers > 0;
    return true;
}

bool market_covers(const struct market *market, const struct denominator *denominator, struct str operator_, struct str area)
{
    const struct law *law = market->audit->law;
    for (size_t i = 0; i < denominator->row_count; i++) {
        const struct market_row *row = denominator->rows[i];
        if (str_equal(row->operator_, operator_) &&
            (law_area_within(law, area, row->area) || law_area_within(law, row->area, area)))
            return true;
    }
    return denominator->by_list;
}

void denominator_close(struct denominator *denominator)
{
    free(denominator->rows);
}
