/* The law as rows: limits, working days, areas, operators, as they stand at a position. Loaded once for an audit, read only. */
#ifndef MEASURE_LAW_H
#define MEASURE_LAW_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/moment.h"
#include "base/str.h"
#include "store/store.h"

enum limit_unit { UNIT_HOUR, UNIT_DAY, UNIT_WORKDAY, UNIT_MINUTE, UNIT_MONTH, UNIT_YEAR, UNIT_SHARE, UNIT_COUNT, UNIT_YUAN };

struct limit {
    struct str duty, area, service, place, statistic;
    int64_t value; /* scaled by 10^6 */
    enum limit_unit unit;
    int32_t from, to; /* DAY_NONE: no end */
    struct str basis, status;
    uint64_t entry;   /* when it was loaded */
};

struct area {
    struct str area, parent, name[2]; /* ENGLISH, CHINESE */
    int64_t population;               /* -1: not known */
};

struct operator_name {
    struct str operator_, name[2];
};

struct law;

/* Reads the tables "limit", "workday", "area" and "operator". */
struct law *law_open(struct store *store, struct error *error);
void law_close(struct law *law);

/* The limit of a duty that holds on a day for a case in an area. In China the row of the area's province, else the national row
   (which an empty area has, too); elsewhere the row of the nearest area around it that has one; NULL where no law holds. Of
   several rows for one place the latest `from` counts, then the latest loaded. service, place and statistic must match (empty:
   rows without). */
const struct limit *law_limit(const struct law *law, struct str duty, struct str area, struct str service, struct str place,
                              struct str statistic, int32_t day);
/* The same, national rows only, wherever the case is in China. */
const struct limit *law_national_limit(const struct law *law, struct str duty, struct str area, struct str statistic, int32_t day);
/* Whether a row for an area (empty: national) may hold for a case in an area, by the rule of law_limit. */
bool law_row_reaches(const struct law *law, struct str row_area, struct str area);

/* Whether people work that day. *provisional is set (never cleared) where the year's calendar is not published: then Monday
   to Friday count. */
bool law_is_workday(const struct law *law, int32_t day, bool *provisional);

const struct area *law_area(const struct law *law, struct str area);                 /* NULL: not loaded */
/* Whether area is outer or lies in it, by loaded parents, else by the digits of GB/T 2260 codes. */
bool law_area_within(const struct law *law, struct str area, struct str outer);
bool law_in_china(const struct law *law, struct str area);
const struct operator_name *law_operator(const struct law *law, struct str operator_); /* NULL: not loaded */
/* Name for people: the loaded one, else the code. */
struct str law_area_name(const struct law *law, struct str area, int language);
struct str law_operator_name(const struct law *law, struct str operator_, int language);

#endif
