/* The record kinds of use: usage, notice_sent, usage_setting. */
#ifndef MEASURE_USAGE_KINDS_H
#define MEASURE_USAGE_KINDS_H

#include "door/kind.h"

extern const struct kind usage_kind, notice_sent_kind, usage_setting_kind;
enum { USAGE_SUBSCRIBER, USAGE_SERVICE, USAGE_START, USAGE_QUANTITY, USAGE_SCOPE, USAGE_CORRECTS };
enum { SENT_SUBSCRIBER, SENT_CYCLE, SENT_POOL, SENT_LEVEL, SENT_PERCENT, SENT_SENT };
enum { SETTING_SUBSCRIBER, SETTING_FROM, SETTING_NOTICE_AT, SETTING_DATA_CAP };

#endif
