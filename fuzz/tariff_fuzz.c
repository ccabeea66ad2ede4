/* Tariffs from strangers, and a bill that is made of them. A line each: "T" begins a tariff, "NAME=VALUE" is a field of it; "H n from to"
   is a subscription to the nth (days since 2015-01-01; to -1: it goes on), "U service day hour quantity scope" is use. What the door takes
   must come back packed, be rated in any order alike, and lose no use. */
#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/moment.h"
#include "measure/bill/lines.h"
#include "measure/tariff/tariff.h"
#include "measure/usage/levels.h"
#include "measure/usage/rating.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { TARIFFS = 4, HOLDINGS = 12, USES = 16, JANUARY = 16436 };

struct province {
    struct arena arena;
    struct record records[TARIFFS];
    struct tariff tariffs[TARIFFS];
    bool good[TARIFFS];
    size_t tariff_count;
    struct holding holdings[HOLDINGS];
    size_t holding_count;
    struct use_sum sums[USES];
    size_t sum_count;
};

static void field_take(struct province *province, struct str line)
{
    size_t equals = str_find(line, '=');
    struct record *record = &province->records[province->tariff_count - 1];
    size_t field = kind_field(&tariff_kind, (struct str){ line.at, equals });
    struct error error = { 0 };
    struct cell cell = { { line.at + equals + 1, line.length - equals - 1 }, CELL_TEXT };
    if (equals == line.length || field == tariff_kind.field_count) return;
    if (field_parse(&tariff_kind.fields[field], cell, INT64_MAX, &province->arena, &record->values[field], &error))
        record->present |= 1u << field;
    else
        record->present &= ~(1u << field);
}

static void line_take(struct province *province, struct str line)
{
    char text[200], scope[64] = "home";
    unsigned number, hour;
    int from, to;
    unsigned long long quantity;
    snprintf(text, sizeof text, "%.*s", (int)(line.length < 199 ? line.length : 199), line.length ? line.at : "");
    if (line.length == 1 && line.at[0] == 'T' && province->tariff_count < TARIFFS) {
        province->records[province->tariff_count++] = (struct record){ .kind = &tariff_kind, .source = STR("s"), .seq = 1 };
    } else if (sscanf(text, "H %u %d %d", &number, &from, &to) == 3 && number < TARIFFS && province->holding_count < HOLDINGS) {
        if (from < -2000 || from > 2000 || to > 4000) return;
        province->holdings[province->holding_count++] =
            (struct holding){ .tariff = &province->tariffs[number], .from = JANUARY + from, .to = to < 0 ? DAY_NONE : JANUARY + to };
    } else if (sscanf(text, "U %u %d %u %llu %63s", &number, &from, &hour, &quantity, scope) >= 4 && number < SERVICES && from >= 0 && from < 31 &&
               hour < 24 && province->sum_count < USES) {
        size_t length = strlen(scope);
        province->sums[province->sum_count++] = (struct use_sum){ (enum service)number, { arena_copy(&province->arena, scope, length), length },
                                                                  JANUARY + from, (int)hour, quantity % (UINT64_C(1) << 58) };
    } else if (province->tariff_count) {
        field_take(province, line);
    }
}

/* As the door does; what it takes comes back the same from its packed form. */
static void tariff_take(struct province *province, size_t i)
{
    struct record *record = &province->records[i], again = { .source = STR("s"), .seq = 1 };
    const struct field *field = NULL;
    struct error error = { 0 };
    if (!record_check(record, &field, &error)) {
        must(field && *error.says);
        return;
    }
    struct text packed = { 0 }, once_more = { 0 };
    record_pack(record, &packed);
    struct str bytes = text_str(&packed);
    must(record_unpack(&tariff_kind, tariff_kind.version, &bytes, &again, &error) && !bytes.length);
    record_pack(&again, &once_more);
    must(str_equal(text_str(&packed), text_str(&once_more)));
    must(tariff_read(&again, &province->arena, &province->tariffs[i], NULL, &error));
    province->good[i] = true;
    text_close(&packed);
    text_close(&once_more);
}

static void rated(struct province *province)
{
    struct arena *arena = &province->arena;
    struct holding turned[HOLDINGS];
    size_t count = province->holding_count;
    for (size_t i = 0; i < count; i++) turned[i] = province->holdings[count - 1 - i];
    const struct rating *earlier = rate(province->holdings, count, JANUARY - 31, NULL, 0, NULL, JANUARY - 1, arena);
    const struct rating *rating = rate(province->holdings, count, JANUARY, province->sums, province->sum_count, earlier, JANUARY + 20, arena);
    const struct rating *other = rate(turned, count, JANUARY, province->sums, province->sum_count,
                                      rate(turned, count, JANUARY - 31, NULL, 0, NULL, JANUARY - 1, arena), JANUARY + 20, arena);
    const struct bill *bill = bill_compute(province->holdings, count, JANUARY, rating, province->sums, province->sum_count, arena);
    const struct bill *same = bill_compute(turned, count, JANUARY, other, province->sums, province->sum_count, arena);
    must(bill->total == same->total && bill->line_count == same->line_count);
    for (int service = 0; service < SERVICES; service++) {
        uint64_t used = 0, drawn = 0;
        for (size_t i = 0; i < province->sum_count; i++)
            if (province->sums[i].service == (enum service)service) used += province->sums[i].quantity;
        for (size_t i = 0; i < rating->pool_count; i++)
            if (rating->pools[i].service == (enum service)service) drawn += rating->pools[i].drawn;
        must(used == drawn + rating->over[service]);
        struct levels levels = { 0 };
        struct due dues[DUES_MAX];
        size_t due_count = levels_due(&levels, NULL, rating, (enum service)service, NULL, dues, arena);
        for (size_t i = 0; i < due_count; i++) must(dues[i].level < LEVELS && dues[i].charge >= 0);
        must(!levels_due(&levels, rating, rating, (enum service)service, NULL, dues, arena)); /* once */
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct province *province = allocate(sizeof *province);
    for (struct str rest = { (const char *)data, size }; rest.length;) {
        size_t end = str_find(rest, '\n');
        line_take(province, (struct str){ rest.at, end });
        size_t over = end < rest.length ? end + 1 : end;
        rest = (struct str){ rest.at + over, rest.length - over };
    }
    for (size_t i = 0; i < province->tariff_count; i++) tariff_take(province, i);
    size_t kept = 0;
    for (size_t i = 0; i < province->holding_count; i++) {
        struct holding holding = province->holdings[i];
        size_t number = (size_t)(holding.tariff - province->tariffs);
        bool is_there = false; /* the key is subscriber, tariff and from */
        if (!province->good[number]) continue;
        holding.id = holding.tariff->tariff;
        for (size_t k = 0; k < kept; k++) is_there = is_there || (str_equal(province->holdings[k].id, holding.id) && province->holdings[k].from == holding.from);
        if (!is_there) province->holdings[kept++] = holding;
    }
    province->holding_count = kept;
    if (kept) rated(province);
    arena_close(&province->arena);
    free(province);
    return 0;
}
