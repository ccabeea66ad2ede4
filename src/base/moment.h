/* Time: a moment is int64_t milliseconds UTC; the calendar is Asia/Shanghai, which is +08:00 throughout (the summer time
   of 1986 to 1991 is disregarded); a day is int32_t days since 1970-01-01 there. */
#ifndef BASE_MOMENT_H
#define BASE_MOMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

#define MOMENT_NONE INT64_MIN
#define DAY_NONE INT32_MIN
#define SECOND_MS INT64_C(1000)
#define MINUTE_MS (60 * SECOND_MS)
#define HOUR_MS (60 * MINUTE_MS)
#define DAY_MS (24 * HOUR_MS)
enum { MOMENT_ROOM = 32, DAY_ROOM = 16 };

/* The wall clock; never called inside apply. */
int64_t moment_now(void);

/* RFC 3339; also with a space for T, without seconds, with 1 to 9 decimals of a second (cut to milliseconds), and without
   an offset, when it is Asia/Shanghai; 2015/1/3 8:00 and 2015年1月3日 8:00 (or 8时0分[0秒], 8点0分, 下午3:05); a day alone
   is its 00:00; an Excel number with or without a fraction (20000 to 80000: 1954 to 2119). 24:00 is the end of that day. */
bool moment_parse(struct str string, int64_t *moment);
/* 2015-01-03T08:00:00+08:00, with .123 where the milliseconds are not zero; returns the length. */
size_t moment_format(int64_t moment, char out[MOMENT_ROOM]);

int32_t day_of(int64_t moment);
/* 00:00 of that day; the end (24:00) of a day is the start of the next. */
int64_t day_start(int32_t day);
/* 2015-01-03, 2015/1/3, 2015.1.3, 2015年1月3日, 20150103, an Excel number. */
bool day_parse(struct str string, int32_t *day);
/* 2015-01-03; returns the length. */
size_t day_format(int32_t day, char out[DAY_ROOM]);
/* 1 Monday to 7 Sunday. */
int day_weekday(int32_t day);

struct civil {
    int year, month, day;
};
struct civil civil_of(int32_t day);
/* False where there is no such day; years 1900 to 2200. */
bool civil_day(struct civil civil, int32_t *day);
/* The same day of the month so many months later, or that month's last day. */
int32_t day_add_months(int32_t day, int months);

/* A period: from the start of first to the start of end. kind is 'M', 'Q' or 'Y'. */
struct period {
    int32_t first, end;
    char kind;
};
/* 2015-01, 2015Q1, 2015; also 2015/1 and 2015年1月. */
bool period_parse(struct str string, struct period *period);
/* The period of that kind in which the day lies. */
struct period period_of(int32_t day, char kind);
size_t period_format(struct period period, char out[DAY_ROOM]);

#endif
