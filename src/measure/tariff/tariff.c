#include "measure/tariff/tariff.h"

#include <stdlib.h>

#include "measure/view.h"

static const struct kind *const kinds[] = { &tariff_kind, &subscription_kind };

/* From its first day on: what it includes would be drawn on by use that was another's. */
static int32_t held_day(const struct record *record)
{
    return (int32_t)record->values[SUBSCRIPTION_FROM].number;
}

/* A tariff is public; who holds it is the person's and the operator's matter. */
static const struct access access[] = {
    { .kind = &tariff_kind, .open = true },
    { .kind = &subscription_kind,
      .of_operator = "EXISTS (SELECT 1 FROM \"subscriber\" p WHERE p.\"subscriber\" = \"subscription\".\"subscriber\" AND p.\"operator\" = $9"
                     " AND (\"subscription\".\"to\" IS NULL OR \"subscription\".\"to\" > p.\"since\"))",
      .of_subject = "\"subscription\".\"subscriber\" = $9", .day = held_day },
};

const struct measure tariff_measure = {
    .name = "tariff",
    .says = { "tariffs, and who holds them", "资费与订购" },
    .kinds = kinds,
    .kind_count = sizeof kinds / sizeof *kinds,
    .access = access,
    .access_count = sizeof access / sizeof *access,
};

/* ---- reading them from the state ---- */

static const char select_tariffs[] =
    "SELECT \"tariff\", \"operator\", \"name\", \"type\", \"monthly_fee\", \"one_off_fee\", \"allowances\", \"prices\", \"data_cap\","
    " \"notice_at\", \"notice_every\", \"min_months\", \"exit_fee\", \"free_until\", \"then_fee\", \"terms\" FROM \"tariff\"";
static const size_t selected[] = {
    TARIFF_ID, TARIFF_OPERATOR, TARIFF_NAME, TARIFF_TYPE, TARIFF_MONTHLY_FEE, TARIFF_ONE_OFF_FEE, TARIFF_ALLOWANCES, TARIFF_PRICES,
    TARIFF_DATA_CAP, TARIFF_NOTICE_AT, TARIFF_NOTICE_EVERY, TARIFF_MIN_MONTHS, TARIFF_EXIT_FEE, TARIFF_FREE_UNTIL, TARIFF_THEN_FEE, TARIFF_TERMS,
};

static void row_record(struct statement *select, struct record *record)
{
    *record = (struct record){ .kind = &tariff_kind };
    for (size_t i = 0; i < sizeof selected / sizeof *selected; i++) {
        enum field_type type = tariff_kind.fields[selected[i]].type;
        if (column_is_null(select, (int)i)) continue;
        record->present |= 1u << selected[i];
        if (type == FIELD_CODE || type == FIELD_LABEL || type == FIELD_FORM || type == FIELD_PROSE)
            record->values[selected[i]].text = column_text(select, (int)i);
        else
            record->values[selected[i]].number = column_number(select, (int)i);
    }
}

static int tariff_order(const void *left, const void *right)
{
    return str_compare(((const struct tariff *)left)->tariff, ((const struct tariff *)right)->tariff);
}

bool tariffs_load(struct store *store, struct arena *arena, struct tariff **tariffs, size_t *count, struct error *error)
{
    struct statement *select = store_prepare(store, select_tariffs, error);
    size_t room = 0;
    struct tariff *list = NULL;
    struct record record;
    bool row = select != NULL, done = row;
    *count = 0;
    while (row) {
        done = statement_step(select, &row, error);
        if (!done || !row) break;
        if (*count == room) {
            room = room ? room * 2 : 64;
            list = reallocate(list, room * sizeof *list);
        }
        row_record(select, &record);
        done = tariff_read(&record, arena, &list[*count], NULL, error);
        if (!done) {
            statement_reset(select);
            break;
        }
        ++*count;
    }
    if (*count) qsort(list, *count, sizeof *list, tariff_order);
    *tariffs = arena_take(arena, *count * sizeof **tariffs);
    if (*count) memcpy(*tariffs, list, *count * sizeof **tariffs);
    free(list);
    return done;
}

int64_t tariff_fee(const struct tariff *tariff, int32_t cycle)
{
    bool later = tariff->free_until != DAY_NONE && tariff->has_then_fee && cycle > period_of(tariff->free_until, 'M').first;
    return later ? tariff->then_fee : tariff->monthly_fee;
}

const struct tariff *tariffs_find(const struct tariff *tariffs, size_t count, struct str id)
{
    size_t from = 0, to = count;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        int order = str_compare(tariffs[middle].tariff, id);
        if (!order) return &tariffs[middle];
        if (order < 0)
            from = middle + 1;
        else
            to = middle;
    }
    return NULL;
}
