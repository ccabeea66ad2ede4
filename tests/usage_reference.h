/* How use is rated, reminded of, billed and audited, as slow and as obvious as it can be: every record is kept, everything is worked out
   anew from the first one at each question, money is exact fractions. After the contract's "Tariffs" and "Usage, notices, bills", and
   docs/usage.md where those leave room. It shares nothing with what it is compared with. Lines are those of the commands, as JSON Lines. */
#ifndef TESTS_USAGE_REFERENCE_H
#define TESTS_USAGE_REFERENCE_H

#include "usage_world.h"

/* What `bill` prints, without `because`, and what `usage` prints; of the whole list of records. */
void reference_bill(const struct world *world, const char *subscriber, int32_t cycle, struct text *lines);
void reference_usage(const struct world *world, const char *subscriber, int32_t cycle, struct text *lines);

/* The computed bill, for what an operator charges. */
struct reference_line {
    const char *item, *tariff;
    int64_t quantity;
    const char *unit;
    int64_t amount; /* micro-yuan */
};
size_t reference_bill_lines(const struct world *world, const char *subscriber, int32_t cycle, struct arena *arena, struct reference_line **lines);

struct reference_notice {
    const char *subscriber;
    int32_t cycle;
    const char *pool;
    enum world_level level;
    int percent;        /* 0: null */
    int64_t occurrence; /* of over the amount reached, in micro-yuan; of cap 1 where it is the person's own; else how often it was owed before */
    int64_t used;
    bool has_quantity;
    int64_t quantity;
    int64_t charge;     /* micro-yuan, whole fen */
    const struct world_record *cause;
};

/* What was due as the records came, in their order. */
size_t reference_notices(const struct world *world, struct arena *arena, struct reference_notice **notices);
/* As `notices` prints it, with the occurrence in place of the ID. */
void reference_notice_show(const struct reference_notice *notice, struct arena *arena, struct text *lines);

/* What an audit as of a moment finds owed, by subscriber and in the order of the causes. */
size_t reference_owed(const struct world *world, int64_t as_of, struct arena *arena, struct reference_notice **notices);

/* The latest start or sent moment in the world: as of when an audit judges unless told; MOMENT_NONE: there is none. */
int64_t reference_latest(const struct world *world);
/* The findings of usage.notice.missing, .late, .twice and .unowed as of a moment, one a line: duty, subject, time, record. Sorted. */
void reference_findings(const struct world *world, int64_t as_of, struct text *lines);
/* Those of bill.follows: duty, subject, amount; sorted. */
void reference_bill_findings(const struct world *world, struct text *lines);

#endif
