/* Whether what was charged follows from use and tariffs, and whether a bill is out of the ordinary. */
#ifndef MEASURE_BILL_FOLLOWS_H
#define MEASURE_BILL_FOLLOWS_H

#include "measure/measure.h"

/* A line of a bill that an operator charged, beside the computed one; a line that is missing on one side counts as 0. */
struct compared_line {
    uint64_t subject;
    int32_t cycle;
    struct str operator_, area;
    struct str item;
    int64_t charged, computed;      /* micro-yuan */
    bool has_charged;
    struct str source;              /* of the charged one */
    uint64_t seq;
    struct str because[LANGUAGES];  /* of the computed one; empty: there is none */
};

struct compared_lines {
    struct compared_line *at;
    size_t count;
};

/* Every line of every subscriber's cycle that has any charged line, by subscriber, cycle and item; computed once for an audit, in its
   arena. With a time asked for, only cycles that had ended by then. */
bool lines_compare(const struct audit *audit, const struct compared_lines **lines, struct error *error);

bool judge_follows(const struct audit *audit, const struct duty *duty, struct findings_sink sink, struct error *error);

#endif
