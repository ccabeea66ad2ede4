/* The frame of all measures: operators, areas, subscribers, the law. It judges nothing by itself. */
#ifndef MEASURE_PROVINCE_PROVINCE_H
#define MEASURE_PROVINCE_PROVINCE_H

#include "measure/measure.h"

extern const struct measure province;

/* kinds.c */
enum { PROVINCE_KINDS = 9 };
extern const struct kind *const province_kinds[PROVINCE_KINDS];
extern const struct kind operator_kind, area_kind, market_kind, limit_kind, workday_kind, subscriber_kind;
extern const struct kind withdrawal_kind;
extern const struct kind unsealing_kind;
extern const struct kind clock_kind;
enum { CLOCK_TIME };
enum { UNSEALING_WHAT, UNSEALING_WHO, UNSEALING_WHY, UNSEALING_TIME };
enum { WITHDRAWAL_TARGET, WITHDRAWAL_WHY, WITHDRAWAL_REPLACEMENT, WITHDRAWAL_HOLD }; /* its fields */
/* simulate.c: writes operator.csv, market.csv and subscriber.csv. */
bool province_simulate(const struct simulation *simulation, struct error *error);

/* The source by which a sample province is known; `init --sample` names each file's after its kind. */
#define SAMPLE_SOURCE STR("sample:complaint")

#endif
