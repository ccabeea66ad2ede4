/* The record kinds of use: usage, notice_sent, usage_setting. */
#ifndef MEASURE_USAGE_KINDS_H
#define MEASURE_USAGE_KINDS_H

#include "measure/usage/notice.h"

extern const struct kind usage_kind, notice_sent_kind, usage_setting_kind;
enum { USAGE_SUBSCRIBER, USAGE_SERVICE, USAGE_START, USAGE_QUANTITY, USAGE_SCOPE, USAGE_CORRECTS };
enum { SENT_SUBSCRIBER, SENT_CYCLE, SENT_POOL, SENT_LEVEL, SENT_PERCENT, SENT_SENT, SENT_ADVERT, SENT_TEXT };
/* The choices of notice_sent.level behind those of enum notice_level, whose pools are "bill" and the tariff that ends. */
enum { SENT_LEVEL_ABNORMAL = LEVELS, SENT_LEVEL_EXPIRY, SENT_LEVELS };
/* The subject of a finding about a reminder: "notice:SUBSCRIBER:CYCLE:POOL:LEVEL:PERCENT", without the percentage but for shares of what
   is included. level: a choice of notice_sent.level. */
struct str notice_subject(struct arena *arena, uint64_t subscriber, int32_t cycle, struct str pool, int level, int percent);
enum { SETTING_SUBSCRIBER, SETTING_FROM, SETTING_NOTICE_AT, SETTING_DATA_CAP };

#endif
