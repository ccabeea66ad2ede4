#include "measure/usage/left.h"

#include <stdlib.h>

#include "engine/engine.h"
#include "measure/province/province.h"
#include "measure/query.h"
#include "measure/unseal.h"
#include "measure/usage/usage.h"

const struct parameter left_query[LEFT_PARAMETERS] = {
    { "cycle", PARAMETER_TEXT, false, 16, { "the month, as 2015-01; the newest with use unless given", "账期，如 2015-01；默认为最近有用量的月份" } },
};

/* The subscribers of a page, rising, behind `after`; more: there are further ones. */
struct listed {
    struct listed_number {
        uint64_t subject;
        int32_t since; /* the first day that may be seen; DAY_NONE: all */
    } *at;
    size_t count, room;
    bool more;
};

/* Of an operator those that it has served in the cycle. */
static bool subjects_list(struct request *request, int32_t cycle, size_t most, int64_t after, struct listed *listed, struct error *error)
{
    struct statement *select = view_select(request->view, &subscriber_kind,
                                           "SELECT \"subscriber\", \"since\" FROM \"subscriber\" WHERE {scope} AND \"subscriber\" > $1 AND \"since\" < $2 ORDER BY \"subscriber\"", error);
    if (!select) return false;
    statement_number(select, 1, after);
    bool is_operator = request->who.role == ROLE_OPERATOR;
    statement_number(select, 2, is_operator ? cycle_end(cycle) : INT32_MAX);
    for (bool row;;) {
        if (!statement_step(select, &row, error)) return false;
        if (!row) return true;
        if ((listed->more = listed->count == most)) {
            statement_reset(select);
            return true;
        }
        if (listed->count == listed->room) {
            listed->room = listed->room ? listed->room * 2 : PAGE_ROWS_MAX;
            listed->at = reallocate(listed->at, listed->room * sizeof *listed->at);
        }
        listed->at[listed->count++] = (struct listed_number){ (uint64_t)column_number(select, 0), is_operator ? (int32_t)column_number(select, 1) : DAY_NONE };
    }
}

static void pool_row(struct rows *rows, struct str subscriber, int32_t cycle, const struct pool *pool)
{
    char month[DAY_ROOM];
    rows_begin(rows);
    rows_string(rows, "subscriber", subscriber);
    rows_string(rows, "cycle", (struct str){ month, period_format(period_of(cycle, 'M'), month) });
    rows_string(rows, "pool", pool->name);
    if (pool->unlimited)
        rows_null(rows, "quantity");
    else
        rows_number(rows, "quantity", (int64_t)use_add(pool->drawn, pool->left));
    rows_number(rows, "used", (int64_t)pool->drawn);
    if (pool->unlimited)
        rows_null(rows, "left");
    else
        rows_number(rows, "left", (int64_t)pool->left);
    rows_end(rows);
}

static bool listed_show(struct request *request, struct rows *rows, struct kept *meter, int32_t cycle, const struct listed *listed, struct error *error)
{
    struct str *shown = arena_take(request->arena, (listed->count + 1) * sizeof *shown);
    uint64_t *subjects = arena_take(request->arena, (listed->count + 1) * sizeof *subjects);
    for (size_t i = 0; i < listed->count; i++) subjects[i] = listed->at[i].subject;
    if (!numbers_shown(request->engine, &request->who, subjects, listed->count, STR("what is left of the operator's numbers"), request->arena,
                       shown, error))
        return false;
    for (size_t i = 0; i < listed->count; i++) {
        struct metered metered;
        struct arena_mark mark = arena_mark(request->arena);
        if (!meter_cycle(meter, engine_ledger(request->engine), subjects[i], cycle, listed->at[i].since, MOMENT_NONE, request->arena, &metered, error))
            return false;
        for (size_t p = 0; p < metered.rating->pool_count; p++) {
            const struct pool *pool = &metered.rating->pools[p];
            if (pool->drawn || pool->left || pool->unlimited) pool_row(rows, shown[i], cycle, pool);
        }
        arena_release(request->arena, mark);
    }
    return true;
}

static bool left_rows(struct request *request, struct reply_table *table, struct kept *meter, struct text *next, struct error *error)
{
    uint64_t after = 0;
    struct period period = { 0 };
    struct listed listed = { 0 };
    if (table->after.length && !str_number(table->after, &after)) return fail_both(error, ERROR_USAGE, "after: take it from `next`", "after：取自上一页的 next");
    if (!asked_period(request_asked, request, "cycle", &period, error)) return false;
    int32_t cycle = period.kind ? period.first : meter_newest(meter, cycle_of(request->now));
    if (cycle == DAY_NONE) return true;
    bool done = subjects_list(request, cycle, table->most, table->after.length ? (int64_t)after : -1, &listed, error) &&
                listed_show(request, &table->rows, meter, cycle, &listed, error);
    if (listed.more) text_format(next, "%llu", (unsigned long long)listed.at[listed.count - 1].subject);
    free(listed.at);
    return done;
}

bool left_get(struct request *request, struct reply *reply, struct error *error)
{
    struct reply_table table;
    struct text next = { 0 };
    if (!reply_table_open(&table, request, reply, "usage-left", error)) return false;
    struct keeper *keeper = engine_kept(request->engine, &usage_measure);
    bool done = left_rows(request, &table, keeper->kept, &next, error);
    keeper_give(keeper);
    done = reply_table_close(&table, done, text_str(&next), (struct str){ 0 }, error);
    text_close(&next);
    return done;
}
