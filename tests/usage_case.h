/* Cases of use worked out by hand: building them in a few words, and what a reader wants to see of the answers. */
#ifndef TESTS_USAGE_CASE_H
#define TESTS_USAGE_CASE_H

#include "usage_reference.h"

/* Somebody who answers the same questions as the reference, in the same lines. */
struct usage_judge {
    const char *name;
    void (*bill)(const struct world *world, const char *subscriber, int32_t cycle, struct text *lines);
    void (*usage)(const struct world *world, const char *subscriber, int32_t cycle, struct text *lines);
    void (*notices)(const struct world *world, struct text *lines);
    void (*findings)(const struct world *world, int64_t as_of, struct text *lines);
    void (*bill_findings)(const struct world *world, struct text *lines);
};
extern const struct usage_judge reference_judge;

#define YUAN(yuan) ((int64_t)((yuan) * 1000000LL))
#define FEN(fen) ((int64_t)((fen) * 10000LL))
enum { MEBIBYTE = 1048576 };

/* The one subscriber of a case. */
extern const char case_subscriber[];

int32_t case_day(const char *text);
int64_t case_moment(const char *text);

void case_tariff(struct world *world, struct world_tariff tariff);
/* to: NULL where it goes on */
void case_holds(struct world *world, const char *tariff, const char *from, const char *to);
struct world_record *case_use(struct world *world, enum use_service service, const char *start, int64_t quantity);
struct world_record *case_scope(struct world *world, enum use_service service, const char *scope, const char *start, int64_t quantity);
/* What replaces a record: at that start with that quantity, else the same. */
struct world_record *case_correct(struct world *world, const struct world_record *wrong, const char *start, int64_t quantity);
void case_sent(struct world *world, const char *pool, enum world_level level, int percent, const char *sent);

/* Answers in short: "fee:M 18.00, data:home 0.29 = 18.29"; "data:home 80/100, data 0 0.00, voice 0 0.00, sms 0 0.00", where services
   without over are left out; "80% data:home 80/100; over data 34 10.00", notices of one cycle. Ended by a zero, in the arena. */
const char *case_bill(const struct usage_judge *judge, const struct world *world, const char *cycle, struct arena *arena);
const char *case_usage(const struct usage_judge *judge, const struct world *world, const char *cycle, struct arena *arena);
const char *case_notices(const struct usage_judge *judge, const struct world *world, struct arena *arena);
/* "missing 80% data:home 2015-01-05T08:30:00+08:00" each, sorted, joined by "; ". */
const char *case_findings(const struct usage_judge *judge, const struct world *world, const char *as_of, struct arena *arena);

#endif
