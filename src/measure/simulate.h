/* What the simulators of the measures share: a random generator, a CSV writer, and one fictional province, so that the records
   of one measure fit those of the others. Integers throughout: the same seed gives the same bytes on every machine. */
#ifndef MEASURE_SIMULATE_H
#define MEASURE_SIMULATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/moment.h"
#include "base/str.h"
#include "measure/measure.h"

/* ---- random numbers ---- */

/* A SplitMix64 stream. */
struct random {
    uint64_t state;
};

/* The stream of one thing ("complaint", number 17): the same whatever else is drawn, and in whatever order. */
struct random random_of(uint64_t seed, const char *stream, uint64_t index);
uint64_t random_next(struct random *random);
/* 0 to bound - 1, each as likely; bound > 0. */
uint64_t random_below(struct random *random, uint64_t bound);
/* least to most, both included. */
int64_t random_between(struct random *random, int64_t least, int64_t most);
/* True so many times in a million. */
bool random_chance(struct random *random, uint32_t per_million);
/* The place of a weight, as likely as it is heavy; the sum of the weights is over 0. */
size_t random_weighted(struct random *random, const uint32_t *weights, size_t count);
/* Waiting time with this mean (0 to 2^40). */
int64_t random_exponential(struct random *random, int64_t mean);
/* median * e^(sigma * z), z normal; the median is 0 to 2^40, sigma is in thousandths, at most 3000. */
int64_t random_lognormal(struct random *random, int64_t median, uint32_t sigma);

/* ---- CSV ---- */

/* A file KIND.csv being written: UTF-8 with a byte-order mark, lines ended by CRLF, cells quoted where they must be. */
struct csv;

/* NULL on failure. The columns stay the caller's and must outlive the csv. */
struct csv *csv_create(const char *directory, const char *kind, const char *const *columns, size_t column_count,
                       struct error *error);
/* Cells in the order of the columns; the last cell of a row ends it. */
void csv_text(struct csv *csv, struct str text);
void csv_number(struct csv *csv, int64_t number);
void csv_decimal(struct csv *csv, int64_t value, unsigned decimals);
void csv_day(struct csv *csv, int32_t day);
void csv_month(struct csv *csv, int32_t day);
void csv_moment(struct csv *csv, int64_t moment);
void csv_flag(struct csv *csv, bool flag);
void csv_empty(struct csv *csv);
/* Frees the csv; false where anything of it could not be written. */
bool csv_close(struct csv *csv, struct error *error);

/* ---- the province ---- */

enum { SIMULATED_OPERATORS = 3, SIMULATED_CITIES = 13, SIMULATED_SUBSCRIBERS_MAX = 100000000, SIMULATED_DAYS_MAX = 3660 };

struct simulated_operator {
    const char *operator_, *name[LANGUAGES];
    uint32_t share; /* of the subscribers, in hundredths */
};

struct simulated_city {
    const char *area;
    uint32_t population; /* at the end of 2014 */
};

extern const struct simulated_operator simulated_operators[SIMULATED_OPERATORS];
extern const struct simulated_city simulated_cities[SIMULATED_CITIES]; /* of Jiangsu */

struct simulated_subscriber {
    char number[12];                             /* like a phone number, of a prefix that no operator has */
    const struct simulated_operator *operator_;
    const struct simulated_city *city;
    int32_t since, until;                        /* since is before the first day; DAY_NONE: no end */
};

/* Subscriber number 0 to subscribers - 1. The same for every simulator. */
struct simulated_subscriber simulated_subscriber(const struct simulation *simulation, uint64_t index);
/* Subscribers in the market totals: simulation->market, or as many as are written. */
uint64_t simulated_market_size(const struct simulation *simulation);
/* How many of them an operator has in a city; the sum over all is the market's size. */
uint64_t simulated_market(const struct simulation *simulation, size_t operator_, size_t city);

#endif
