/* All use that counts, by subscriber, for an audit: read from the ledger's entries, as no table keeps it. */
#ifndef MEASURE_USAGE_HISTORY_H
#define MEASURE_USAGE_HISTORY_H

#include "engine/sources.h"
#include "measure/measure.h"
#include "measure/tariff/tariff.h"
#include "measure/usage/rating.h"

/* One record of use. */
struct used {
    uint64_t subject;
    int64_t start;
    uint64_t units;
    uint64_t seq;
    uint32_t source; /* a place in the history's sources */
    uint32_t scope;  /* a place in the history's scopes */
    enum service service;
};

struct history {
    struct used *at;          /* by subject, start, source (as bytes), seq */
    size_t count;
    struct sources sources, scopes;
    uint32_t *source_rank;    /* of each source, in the order of their bytes */
    struct tariff *tariffs;   /* in the audit's arena */
    size_t tariff_count;
};

/* How many slices the subjects must be judged in, so that one of them fits into memory. */
bool history_slices(const struct audit *audit, uint64_t *slices, struct error *error);
/* The use of the subjects of a slice (subject modulo slices) up to the audit's position and as_of, corrected records left out; and all
   tariffs. */
bool history_open(const struct audit *audit, uint64_t slices, uint64_t slice, struct history *history, struct error *error);
void history_close(struct history *history);

/* The records of the next subject from *at on, and *at behind them; 0 at the end. */
size_t history_next(const struct history *history, size_t *at, const struct used **first);

/* The subscriptions of a subject, by `from`, in the arena. */
bool holdings_load(const struct audit *audit, const struct history *history, uint64_t subject, struct arena *arena, struct holding **holdings,
                   size_t *count, struct error *error);

/* A cycle's sums of a subject, apart by every cut and hour that any of its subscriptions asks for. */
struct cycle_sums {
    int32_t cycle;
    struct use_sum *sums;
    size_t count, room;
    int32_t cuts[CUTS_MAX];
    size_t cut_count;
    unsigned hours;
    bool is_plain; /* no cuts, no hours, use at home only */
};
void cycle_sums_open(struct cycle_sums *sums, const struct holding *holdings, size_t count, int32_t cycle);
void cycle_sums_add(struct cycle_sums *sums, const struct history *history, const struct used *used, struct arena *arena);
/* The rating of the cycle before one, of which something may roll over into it; NULL where nothing can. cycles: those with use, rising. */
const struct rating *rating_before(const struct cycle_sums *cycles, size_t cycle_count, int32_t cycle, const struct holding *holdings,
                                   size_t count, struct arena *arena);

/* Whose a subscriber is, by the list of subscribers; everything is empty where it is not on it. */
struct served {
    struct str operator_, area;
    int32_t since; /* DAY_NONE: not on the list */
};
bool served_load(const struct audit *audit, uint64_t subject, struct served *served, struct error *error);
/* Whose it was on a day: of the list's operator from `since` on, before that and where it is not on the list of the one whose main
   tariff it held. */
struct str served_by(const struct served *served, const struct holding *holdings, size_t count, int32_t day);
/* Whether it came from another operator within that cycle, whose tariff it had held in it. */
bool has_moved(const struct served *served, const struct holding *holdings, size_t count, int32_t cycle);

#endif
