#include "measure/audit.h"

#include <stdio.h>
#include <stdlib.h>

#include "engine/write.h"
#include "base/hash.h"

bool audit_open(struct audit *audit, struct store *store, uint64_t position, struct arena *arena, struct error *error)
{
    *audit = (struct audit){ .store = store, .as_of = MOMENT_NONE, .loaded_as_of = MOMENT_NONE, .own_times = true,
                             .clock = MOMENT_NONE, .position = position,
                             .arena = arena };
    audit_memo_begin(audit);
    struct law *law = law_open(store, error);
    audit->law = law;
    return law != NULL;
}

struct audit_memo {
    const void *key;
    int64_t as_of;
    void *value;
    struct audit_memo *next;
};

void audit_memo_begin(struct audit *audit)
{
    audit->memo = arena_take(audit->arena, sizeof *audit->memo);
    *audit->memo = NULL;
    audit->memo_arena = audit->arena;
}

struct audit audit_of_memo(const struct audit *audit)
{
    struct audit of_memo = *audit;
    if (audit->memo_arena) of_memo.arena = audit->memo_arena;
    return of_memo;
}

void *audit_memo_find(const struct audit *audit, const void *key)
{
    for (struct audit_memo *memo = audit->memo ? *audit->memo : NULL; memo; memo = memo->next)
        if (memo->key == key && memo->as_of == audit->as_of) return memo->value;
    return NULL;
}

void audit_memo_keep(const struct audit *audit, const void *key, void *value)
{
    if (!audit->memo) return;
    struct audit_memo *memo = arena_take(audit->memo_arena, sizeof *memo);
    *memo = (struct audit_memo){ key, audit->as_of, value, *audit->memo };
    *audit->memo = memo;
}

void audit_close(struct audit *audit)
{
    law_close((struct law *)audit->law);
    audit->law = NULL;
}

static bool newest_clock(const struct audit *audit, int64_t *clock, struct error *error)
{
    struct statement *select = store_prepare(audit->store, "SELECT MAX(\"time\") FROM \"clock\"", error);
    bool row;
    if (!select || !statement_step(select, &row, error)) return false;
    *clock = row && !column_is_null(select, 0) ? column_number(select, 0) : MOMENT_NONE;
    statement_reset(select);
    return true;
}

/* Where anything came through the portal, what was loaded is looked at by itself as well. */
#define LOADED " WHERE \"source\" NOT IN (SELECT \"source\" FROM \"source_name\" WHERE \"name\" = '" PORTAL_SOURCE "')"

static bool latest_of_field(const struct audit *audit, const struct kind *kind, const struct field *field, bool loaded, int64_t *latest,
                            struct error *error)
{
    struct text sql = { 0 };
    if (kind->sums_only) /* which keeps it in a table of its own */
        text_format(&sql, "SELECT MAX(\"%s\") FROM \"%s_latest\"", field->name, kind->name);
    else
        text_format(&sql, "SELECT MAX(\"%s\") FROM \"%s\"%s", field->name, kind->name, loaded ? LOADED : "");
    struct statement *select = store_prepare(audit->store, text_zero(&sql), error);
    text_close(&sql);
    bool row;
    if (!select || !statement_step(select, &row, error)) return false;
    if (row && !column_is_null(select, 0) && column_number(select, 0) > *latest) *latest = column_number(select, 0);
    statement_reset(select);
    return true;
}

static bool has_portal(const struct audit *audit, bool *has, struct error *error)
{
    struct statement *select = store_prepare(audit->store, "SELECT 1 FROM \"source_name\" WHERE \"name\" = '" PORTAL_SOURCE "'", error);
    if (!select || !statement_step(select, has, error)) return false;
    statement_reset(select);
    return true;
}

/* Sets as_of and loaded_as_of to the latest events of these kinds, where they are later. */
static bool latest_of_kinds(struct audit *audit, const struct kind *const *kinds, struct error *error)
{
    bool portal;
    if (!has_portal(audit, &portal, error)) return false;
    for (; kinds && *kinds; kinds++)
        for (size_t i = 0; i < (*kinds)->field_count; i++) {
            const struct field *field = &(*kinds)->fields[i];
            if (!(field->flags & FIELD_EVENT)) continue;
            if (!latest_of_field(audit, *kinds, field, false, &audit->as_of, error) ||
                (portal && !latest_of_field(audit, *kinds, field, true, &audit->loaded_as_of, error)))
                return false;
        }
    if (!portal) audit->loaded_as_of = audit->as_of;
    return true;
}

bool audit_set_time(struct audit *audit, int64_t as_of, struct error *error)
{
    audit->as_of = audit->loaded_as_of = as_of;
    audit->own_times = as_of == MOMENT_NONE;
    audit->clock = MOMENT_NONE;
    if (audit->own_times && !newest_clock(audit, &audit->clock, error)) return false;
    for (size_t m = 0; audit->own_times && m < measure_count; m++)
        for (size_t d = 0; d < measures[m]->duty_count; d++)
            if (!latest_of_kinds(audit, measures[m]->duties[d].reads, error)) return false;
    return true;
}

bool audit_for(const struct audit *audit, const struct kind *const *reads, struct audit *own, struct error *error)
{
    *own = *audit;
    if (!audit->own_times || !reads) return true;
    own->as_of = own->loaded_as_of = MOMENT_NONE;
    return latest_of_kinds(own, reads, error);
}

int64_t audit_as_of(const struct audit *audit, struct str source)
{
    if (!str_equal(source, STR(PORTAL_SOURCE))) return audit->loaded_as_of;
    return audit->clock > audit->as_of ? audit->clock : audit->as_of;
}

int finding_identity_order(const void *left, const void *right)
{
    const struct finding *a = left, *b = right;
    int order = strcmp(a->duty->id, b->duty->id);
    if (!order) order = str_compare(a->subject, b->subject);
    return order ? order : (a->occurrence > b->occurrence) - (a->occurrence < b->occurrence);
}

int finding_order(const void *left, const void *right)
{
    const struct finding *a = left, *b = right;
    if (a->time != b->time) return a->time < b->time ? -1 : 1;
    return finding_identity_order(left, right);
}

void finding_id(const struct finding *finding, char id[FINDING_ID_ROOM])
{
    struct text text = { 0 };
    text_format(&text, "%s\n%.*s\n%lld", finding->duty->id, STR_ARGS(finding->subject), (long long)finding->occurrence);
    struct hash hash = sha256(text_str(&text));
    text.length = 0;
    hex_add(&text, (struct str){ (const char *)hash.bytes, 10 });
    snprintf(id, FINDING_ID_ROOM, "%s", text_zero(&text));
    text_close(&text);
}

bool audit_judge(const struct audit *audit, const struct duty *duty, struct findings_sink sink, struct error *error)
{
    for (size_t m = 0; m < measure_count; m++)
        for (size_t d = 0; d < measures[m]->duty_count; d++) {
            const struct duty *each = &measures[m]->duties[d];
            struct audit own;
            if (duty && each != duty) continue;
            if (!audit_for(audit, each->reads, &own, error)) return false;
            if (own.as_of == MOMENT_NONE && each->timeless) own.as_of = own.loaded_as_of = INT64_MAX;
            if (own.as_of != MOMENT_NONE && !each->judge(&own, each, sink, error)) return false;
        }
    return true;
}

int figure_row_order(const void *left, const void *right)
{
    const struct figure_row *a = left, *b = right;
    int order = str_compare(a->operator_, b->operator_);
    if (!order) order = str_compare(a->area, b->area);
    if (!order) order = str_compare(a->category, b->category);
    return order ? order : (a->period.first > b->period.first) - (a->period.first < b->period.first);
}

struct computed {
    struct figure_row *rows;
    size_t count, room;
};

static bool row_computed(void *context, const struct figure_row *row, struct error *error)
{
    (void)error;
    struct computed *computed = context;
    if (computed->count == computed->room) {
        computed->room = computed->room ? computed->room * 2 : 64;
        computed->rows = reallocate(computed->rows, computed->room * sizeof *computed->rows);
    }
    computed->rows[computed->count++] = *row;
    return true;
}

bool audit_compute(const struct audit *audit, const struct figure *figure, const struct figure_request *request,
                   struct figures_sink sink, struct error *error)
{
    struct audit own;
    if (!audit_for(audit, figure->reads, &own, error)) return false;
    if (own.as_of == MOMENT_NONE) return true;
    struct computed computed = { 0 };
    bool done = figure->compute(&own, figure, request, (struct figures_sink){ row_computed, &computed }, error);
    if (computed.count) qsort(computed.rows, computed.count, sizeof *computed.rows, figure_row_order);
    for (size_t i = 0; done && i < computed.count; i++) done = sink.add(sink.context, &computed.rows[i], error);
    free(computed.rows);
    return done;
}
