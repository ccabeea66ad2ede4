#include "measure/law.h"

#include <stdlib.h>

#include "base/memory.h"
#include "door/kind.h"

enum {
    CALENDAR_FIRST = 1900, CALENDAR_LAST = 2200, CALENDAR_YEARS = CALENDAR_LAST - CALENDAR_FIRST + 1,
    CALENDAR_DAYS = CALENDAR_YEARS * 366,
    AREA_DEPTH = 16, /* areas within areas, so that a ring of parents ends */
    GB_CODE = 6,     /* digits of a GB/T 2260 code: two each for province, city, county */
};

enum day_kind { BY_WEEKDAY, WORKING, RESTING };

struct law {
    struct arena arena;
    struct limit *limits; /* by key, then the latest `from`, then the latest entry */
    size_t limit_count;
    struct area *areas; /* by code */
    size_t area_count;
    struct operator_name *operators; /* by code */
    size_t operator_count;
    int32_t calendar_first;
    uint8_t days[CALENDAR_DAYS]; /* enum day_kind, from calendar_first */
    bool published[CALENDAR_YEARS];
};

/* ---- areas ---- */

static int area_order(const void *left, const void *right)
{
    return str_compare(((const struct area *)left)->area, ((const struct area *)right)->area);
}

const struct area *law_area(const struct law *law, struct str area)
{
    struct area key = { .area = area };
    return law->area_count ? bsearch(&key, law->areas, law->area_count, sizeof key, area_order) : NULL;
}

static bool is_gb_code(struct str code)
{
    static const char provinces[] = "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 "
                                    "50 51 52 53 54 61 62 63 64 65 71 81 82 ";
    if (code.length != GB_CODE) return false;
    for (size_t i = 0; i < GB_CODE; i++)
        if (code.at[i] < '0' || code.at[i] > '9') return false;
    for (const char *province = provinces; *province; province += 3)
        if (memcmp(province, code.at, 2) == 0) return true;
    return false;
}

/* A walk from an area through those around it. */
struct outward {
    const struct law *law;
    struct str area;
    char digits[GB_CODE];
    int depth;
};

/* To the area next around: the loaded parent, else what the digits say. False at the outermost. */
static bool step_outward(struct outward *walk)
{
    if (++walk->depth > AREA_DEPTH) return false;
    const struct area *loaded = law_area(walk->law, walk->area);
    if (loaded && loaded->parent.length) {
        walk->area = loaded->parent;
        return true;
    }
    if (!is_gb_code(walk->area)) return false;
    size_t kept = memcmp(walk->area.at + 4, "00", 2) ? 4 : memcmp(walk->area.at + 2, "00", 2) ? 2 : 0;
    if (!kept) return false;
    memmove(walk->digits, walk->area.at, kept);
    memset(walk->digits + kept, '0', GB_CODE - kept);
    walk->area = (struct str){ walk->digits, GB_CODE };
    return true;
}

bool law_area_within(const struct law *law, struct str area, struct str outer)
{
    struct outward walk = { .law = law, .area = area };
    do {
        if (str_equal(walk.area, outer)) return true;
    } while (step_outward(&walk));
    return false;
}

bool law_in_china(const struct law *law, struct str area)
{
    struct outward walk = { .law = law, .area = area };
    while (step_outward(&walk)) continue;
    return area.length == 0 || is_gb_code(walk.area);
}

/* ---- names ---- */

static int operator_order(const void *left, const void *right)
{
    return str_compare(((const struct operator_name *)left)->operator_, ((const struct operator_name *)right)->operator_);
}

struct str law_area_name(const struct law *law, struct str area, int language)
{
    const struct area *loaded = law_area(law, area);
    return loaded && loaded->name[language].length ? loaded->name[language] : area;
}

const struct operator_name *law_operator(const struct law *law, struct str operator_)
{
    struct operator_name key = { .operator_ = operator_ };
    return law->operator_count ? bsearch(&key, law->operators, law->operator_count, sizeof key, operator_order) : NULL;
}

struct str law_operator_name(const struct law *law, struct str operator_, int language)
{
    const struct operator_name *loaded = law_operator(law, operator_);
    return loaded && loaded->name[language].length ? loaded->name[language] : operator_;
}

/* ---- limits ---- */

static int key_order(const struct limit *left, const struct limit *right)
{
    int order = str_compare(left->duty, right->duty);
    if (!order) order = str_compare(left->area, right->area);
    if (!order) order = str_compare(left->service, right->service);
    if (!order) order = str_compare(left->place, right->place);
    return order ? order : str_compare(left->statistic, right->statistic);
}

static int limit_order(const void *left_row, const void *right_row)
{
    const struct limit *left = left_row, *right = right_row;
    int order = key_order(left, right);
    if (!order) order = (right->from > left->from) - (right->from < left->from);
    return order ? order : (right->entry > left->entry) - (right->entry < left->entry);
}

/* The row of that very key that holds on the day. */
static const struct limit *limit_of(const struct law *law, const struct limit *key, int32_t day)
{
    size_t first = 0, end = law->limit_count;
    while (first < end) {
        size_t middle = first + (end - first) / 2;
        if (key_order(&law->limits[middle], key) < 0) first = middle + 1;
        else end = middle;
    }
    for (size_t i = first; i < law->limit_count && key_order(&law->limits[i], key) == 0; i++)
        if (law->limits[i].from <= day && (law->limits[i].to == DAY_NONE || day < law->limits[i].to)) return &law->limits[i];
    return NULL;
}

const struct limit *law_limit(const struct law *law, struct str duty, struct str area, struct str service, struct str place,
                              struct str statistic, int32_t day)
{
    struct limit key = { .duty = duty, .service = service, .place = place, .statistic = statistic };
    struct outward walk = { .law = law, .area = area };
    const struct limit *limit = NULL;
    while (step_outward(&walk)) continue;
    if (!area.length || is_gb_code(walk.area)) { /* in China: the province's, else the nation's */
        key.area = walk.area;
        if (area.length) limit = limit_of(law, &key, day);
        key.area = (struct str){ 0 };
        return limit ? limit : limit_of(law, &key, day);
    }
    walk = (struct outward){ .law = law, .area = area };
    do {
        key.area = walk.area;
        limit = limit_of(law, &key, day);
    } while (!limit && step_outward(&walk));
    return limit;
}

const struct limit *law_national_limit(const struct law *law, struct str duty, struct str area, struct str statistic,
                                       int32_t day)
{
    struct limit key = { .duty = duty, .statistic = statistic };
    return law_in_china(law, area) ? limit_of(law, &key, day) : NULL;
}

bool law_row_reaches(const struct law *law, struct str row_area, struct str area)
{
    struct outward walk = { .law = law, .area = area };
    bool around = str_equal(area, row_area);
    while (step_outward(&walk)) around = around || str_equal(walk.area, row_area);
    bool in_china = area.length == 0 || is_gb_code(walk.area);
    return in_china ? row_area.length == 0 || str_equal(walk.area, row_area) : around;
}

/* ---- working days ---- */

bool law_is_workday(const struct law *law, int32_t day, bool *provisional)
{
    int year = civil_of(day).year;
    bool known = year >= CALENDAR_FIRST && year <= CALENDAR_LAST;
    if (!known || !law->published[year - CALENDAR_FIRST]) *provisional = true;
    enum day_kind kind = known ? law->days[day - law->calendar_first] : BY_WEEKDAY;
    return kind == BY_WEEKDAY ? day_weekday(day) <= 5 : kind == WORKING;
}

/* ---- reading ---- */

/* A table's rows into an array that grows. */
struct rows {
    struct law *law;
    void *at;
    size_t count, room, size;
};

static void *rows_add(struct rows *rows)
{
    if (rows->count == rows->room) {
        rows->room = rows->room ? rows->room * 2 : 64;
        rows->at = reallocate(rows->at, rows->room * rows->size);
    }
    return (char *)rows->at + rows->size * rows->count++;
}

static struct str kept_text(struct law *law, struct statement *row, int column)
{
    struct str text = column_text(row, column);
    return text.length ? (struct str){ arena_copy(&law->arena, text.at, text.length), text.length } : (struct str){ 0 };
}

static int64_t number_or(struct statement *row, int column, int64_t absent)
{
    return column_is_null(row, column) ? absent : column_number(row, column);
}

static bool read_limit(struct rows *rows, struct statement *row, struct error *error)
{
    static const struct str places[] = { STR("town"), STR("rural") }; /* in the order of the kind's choices; absent is -1 */
    int64_t place = column_number(row, 3), unit = column_number(row, 6);
    if (place < -1 || place >= (int64_t)(sizeof places / sizeof *places) || unit < UNIT_HOUR || unit > UNIT_YUAN)
        return fail(error, ERROR_DAMAGE, "the stored limits are damaged: run `mingbai rebuild`");
    struct law *law = rows->law;
    *(struct limit *)rows_add(rows) = (struct limit){
        .duty = kept_text(law, row, 0),
        .area = kept_text(law, row, 1),
        .service = kept_text(law, row, 2),
        .place = place < 0 ? (struct str){ 0 } : places[place],
        .statistic = kept_text(law, row, 4),
        .value = column_number(row, 5),
        .unit = (enum limit_unit)unit,
        .from = (int32_t)column_number(row, 7),
        .to = (int32_t)number_or(row, 8, DAY_NONE),
        .basis = kept_text(law, row, 9),
        .status = kept_text(law, row, 10),
        .entry = (uint64_t)column_number(row, 11),
    };
    return true;
}

static bool read_area(struct rows *rows, struct statement *row, struct error *error)
{
    (void)error;
    struct law *law = rows->law;
    *(struct area *)rows_add(rows) = (struct area){
        .area = kept_text(law, row, 0),
        .parent = kept_text(law, row, 1),
        .name = { [ENGLISH] = kept_text(law, row, 2), [CHINESE] = kept_text(law, row, 3) },
        .population = number_or(row, 4, -1),
    };
    return true;
}

static bool read_operator(struct rows *rows, struct statement *row, struct error *error)
{
    (void)error;
    struct law *law = rows->law;
    *(struct operator_name *)rows_add(rows) = (struct operator_name){
        .operator_ = kept_text(law, row, 0),
        .name = { [ENGLISH] = kept_text(law, row, 1), [CHINESE] = kept_text(law, row, 2) },
    };
    return true;
}

static bool read_workday(struct rows *rows, struct statement *row, struct error *error)
{
    int64_t day = column_number(row, 0) - rows->law->calendar_first;
    if (day < 0 || day >= CALENDAR_DAYS)
        return fail(error, ERROR_DAMAGE, "the stored working days are damaged: run `mingbai rebuild`");
    struct law *law = rows->law;
    law->days[day] = column_number(row, 1) ? WORKING : RESTING;
    law->published[civil_of((int32_t)day + law->calendar_first).year - CALENDAR_FIRST] = true;
    return true;
}

static bool read_table(struct store *store, const char *sql, struct rows *rows,
                       bool (*read)(struct rows *, struct statement *, struct error *),
                       int (*order)(const void *, const void *), struct error *error)
{
    struct statement *statement = store_prepare(store, sql, error);
    bool more = statement != NULL;
    while (more) {
        if (!statement_step(statement, &more, error)) return false;
        if (more && !read(rows, statement, error)) {
            statement_reset(statement);
            return false;
        }
    }
    if (rows->at && rows->count > 1) qsort(rows->at, rows->count, rows->size, order);
    return statement != NULL;
}

struct law *law_open(struct store *store, struct error *error)
{
    struct law *law = allocate(sizeof *law);
    must(civil_day((struct civil){ CALENDAR_FIRST, 1, 1 }, &law->calendar_first));
    struct rows limits = { .law = law, .size = sizeof *law->limits }, areas = { .law = law, .size = sizeof *law->areas };
    struct rows operators = { .law = law, .size = sizeof *law->operators }, workdays = { .law = law };
    bool read =
        read_table(store,
                   "SELECT \"duty\", \"area\", \"service\", \"place\", \"statistic\", \"value\", \"unit\", \"from\", \"to\", "
                   "\"basis\", \"status\", \"entry\" FROM \"limit\"", &limits, read_limit, limit_order, error) &&
        read_table(store, "SELECT \"area\", \"parent\", \"name_en\", \"name_zh\", \"population\" FROM \"area\"", &areas,
                   read_area, area_order, error) &&
        read_table(store, "SELECT \"operator\", \"name_en\", \"name_zh\" FROM \"operator\"", &operators, read_operator,
                   operator_order, error) &&
        read_table(store, "SELECT \"date\", \"working\" FROM \"workday\"", &workdays, read_workday, NULL, error);
    law->limits = limits.at, law->limit_count = limits.count;
    law->areas = areas.at, law->area_count = areas.count;
    law->operators = operators.at, law->operator_count = operators.count;
    if (read) return law;
    law_close(law);
    return NULL;
}

void law_close(struct law *law)
{
    if (!law) return;
    free(law->limits);
    free(law->areas);
    free(law->operators);
    arena_close(&law->arena);
    free(law);
}
