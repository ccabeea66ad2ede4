#include "base/moment.h"

#include <stdio.h>
#include <time.h>

#include "base/error.h"

#define SHANGHAI_MS (8 * HOUR_MS)

enum { YEAR_FIRST = 1900, YEAR_LAST = 2200, SERIAL_FIRST = 20000, SERIAL_LAST = 80000, SERIAL_OF_1970 = 25569 };

/* What can be shown: the years 0 to 9999. What lies outside is taken as the nearest moment within. */
enum { SHOWN_FIRST = -719528, SHOWN_LAST = 2932896 };

static int64_t within(int64_t number, int64_t least, int64_t most)
{
    return number < least ? least : number > most ? most : number;
}

static int64_t floor_divide(int64_t number, int64_t by)
{
    return number / by - (number % by < 0);
}

int64_t moment_now(void)
{
    struct timespec now;
    must(clock_gettime(CLOCK_REALTIME, &now) == 0);
    return (int64_t)now.tv_sec * SECOND_MS + now.tv_nsec / 1000000;
}

/* ---- the calendar ---- */

/* Years begin in March here, so that a leap day is a year's last; eras are 400 years. */
static int32_t day_of_civil(int year, int month, int day)
{
    int march_year = year - (month <= 2);
    int era = (int)floor_divide(march_year, 400);
    int year_of_era = march_year - era * 400;
    int day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719468;
}

struct civil civil_of(int32_t day)
{
    int64_t from_march_0 = (int64_t)day + 719468;
    int era = (int)floor_divide(from_march_0, 146097);
    int day_of_era = (int)(from_march_0 - (int64_t)era * 146097);
    int year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int march_month = (5 * day_of_year + 2) / 153;
    int month = march_month + (march_month < 10 ? 3 : -9);
    return (struct civil){ year_of_era + era * 400 + (month <= 2), month, day_of_year - (153 * march_month + 2) / 5 + 1 };
}

static int days_in_month(int year, int month)
{
    if (month == 2) return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28;
    return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

bool civil_day(struct civil civil, int32_t *day)
{
    if (civil.year < YEAR_FIRST || civil.year > YEAR_LAST || civil.month < 1 || civil.month > 12 || civil.day < 1 ||
        civil.day > days_in_month(civil.year, civil.month))
        return false;
    *day = day_of_civil(civil.year, civil.month, civil.day);
    return true;
}

int32_t day_add_months(int32_t day, int months)
{
    struct civil civil = civil_of(day);
    int64_t month = (int64_t)civil.year * 12 + civil.month - 1 + months;
    int year = (int)floor_divide(month, 12);
    int of_year = (int)(month - (int64_t)year * 12) + 1;
    int last = days_in_month(year, of_year);
    return day_of_civil(year, of_year, civil.day < last ? civil.day : last);
}

int32_t day_of(int64_t moment)
{
    int64_t shown = within(moment, SHOWN_FIRST * DAY_MS, SHOWN_LAST * DAY_MS);
    return (int32_t)floor_divide(shown + SHANGHAI_MS, DAY_MS);
}

int64_t day_start(int32_t day)
{
    return day * DAY_MS - SHANGHAI_MS;
}

int day_weekday(int32_t day)
{
    int64_t from_monday = (int64_t)day + 3; /* 1970-01-01 was a Thursday */
    return (int)(from_monday - floor_divide(from_monday, 7) * 7) + 1;
}

/* ---- reading ---- */

/* What is left to read. */
struct scan {
    const char *at, *end;
};

static struct scan scan_of(struct str string)
{
    return string.length ? (struct scan){ string.at, string.at + string.length } : (struct scan){ "", "" };
}

static bool scan_done(const struct scan *scan)
{
    return scan->at == scan->end;
}

static bool scan_word(struct scan *scan, struct str word)
{
    if (!str_starts((struct str){ scan->at, (size_t)(scan->end - scan->at) }, word)) return false;
    scan->at += word.length;
    return true;
}

static bool scan_byte(struct scan *scan, char byte)
{
    return scan_word(scan, (struct str){ &byte, 1 });
}

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

static int scan_digits_ahead(const struct scan *scan)
{
    int count = 0;
    while (count < 20 && scan->at + count < scan->end && is_digit(scan->at[count])) count++;
    return count;
}

/* A number of `least` to `most` digits, and no more digits behind it unless least == most. */
static bool scan_number(struct scan *scan, int least, int most, int *number)
{
    int digits = scan_digits_ahead(scan);
    if (digits > most && least == most) digits = most;
    if (digits < least || digits > most) return false;
    *number = 0;
    for (int i = 0; i < digits; i++) *number = *number * 10 + (*scan->at++ - '0');
    return true;
}

/* Digits behind a point, as so many parts of `whole` (at most 10^8), which are rounded or cut. */
static bool scan_fraction(struct scan *scan, uint64_t whole, bool rounded, uint64_t *parts)
{
    const uint64_t scale = UINT64_C(100000000000); /* digits beyond 10^-11 change nothing */
    uint64_t number = 0, worth = scale;
    if (scan_digits_ahead(scan) == 0) return false;
    for (; !scan_done(scan) && is_digit(*scan->at); scan->at++) {
        worth /= 10;
        number += (uint64_t)(*scan->at - '0') * worth;
    }
    *parts = (number * whole + (rounded ? scale / 2 : 0)) / scale;
    return true;
}

enum day_form { FORM_NONE, FORM_MARKS, FORM_CHINESE, FORM_DIGITS, FORM_SERIAL };

static enum day_form scan_serial(struct scan *scan, int32_t *day)
{
    int serial;
    if (!scan_number(scan, 5, 5, &serial) || serial < SERIAL_FIRST || serial > SERIAL_LAST) return FORM_NONE;
    *day = serial - SERIAL_OF_1970;
    return FORM_SERIAL;
}

static enum day_form scan_day(struct scan *scan, int32_t *day)
{
    struct civil civil;
    enum day_form form = FORM_MARKS;
    int digits = scan_digits_ahead(scan);
    if (digits == 5) return scan_serial(scan, day);
    if ((digits != 4 && digits != 8) || !scan_number(scan, 4, 4, &civil.year)) return FORM_NONE;
    if (digits == 8) {
        form = FORM_DIGITS;
        if (!scan_number(scan, 2, 2, &civil.month) || !scan_number(scan, 2, 2, &civil.day)) return FORM_NONE;
    } else if (scan_word(scan, STR("年"))) {
        form = FORM_CHINESE;
        if (!scan_number(scan, 1, 2, &civil.month) || !scan_word(scan, STR("月")) || !scan_number(scan, 1, 2, &civil.day) ||
            !scan_word(scan, STR("日")))
            return FORM_NONE;
    } else {
        char mark = scan_done(scan) ? '\0' : *scan->at;
        if (mark != '-' && mark != '/' && mark != '.') return FORM_NONE;
        if (!scan_byte(scan, mark) || !scan_number(scan, 1, 2, &civil.month) || !scan_byte(scan, mark) ||
            !scan_number(scan, 1, 2, &civil.day))
            return FORM_NONE;
    }
    return civil_day(civil, day) ? form : FORM_NONE;
}

struct clock {
    int hour, minute, second;
    uint64_t millisecond;
};

/* The hour behind 上午, 下午 or 中午; 下午15 is taken as 15. */
static bool hour_of_part(char part, int *hour)
{
    if (part == 'A' && *hour == 12) *hour = 0;
    if ((part == 'P' && *hour < 12) || (part == 'N' && (*hour == 1 || *hour == 2))) *hour += 12;
    return part == 'A' ? *hour < 12 : part == 'P' ? *hour < 24 : part != 'N' || (*hour >= 10 && *hour <= 14);
}

static char scan_part(struct scan *scan)
{
    static const struct {
        struct str word;
        char part;
    } parts[] = { { STR("上午"), 'A' }, { STR("下午"), 'P' }, { STR("中午"), 'N' } };
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (!scan_word(scan, parts[i].word)) continue;
        while (scan_byte(scan, ' ')) continue;
        return parts[i].part;
    }
    return '\0';
}

/* 8:00, 08:00:00.123, 8时0分, 8点0分0秒, 下午3:05. */
static bool scan_clock(struct scan *scan, struct clock *clock)
{
    *clock = (struct clock){ 0 };
    char part = scan_part(scan);
    if (!scan_number(scan, 1, 2, &clock->hour) || !hour_of_part(part, &clock->hour)) return false;
    if (scan_word(scan, STR("时")) || scan_word(scan, STR("点"))) {
        if (!scan_number(scan, 1, 2, &clock->minute) || !scan_word(scan, STR("分"))) return false;
        return scan_done(scan) || (scan_number(scan, 1, 2, &clock->second) && scan_word(scan, STR("秒")));
    }
    if (!scan_byte(scan, ':') || !scan_number(scan, 2, 2, &clock->minute)) return false;
    if (!scan_byte(scan, ':')) return true;
    if (!scan_number(scan, 2, 2, &clock->second)) return false;
    if (!scan_byte(scan, '.')) return true;
    return scan_digits_ahead(scan) <= 9 && scan_fraction(scan, (uint64_t)SECOND_MS, false, &clock->millisecond);
}

static bool scan_offset(struct scan *scan, int64_t *offset)
{
    int hour, minute;
    *offset = SHANGHAI_MS;
    if (scan_done(scan)) return true;
    if (scan_byte(scan, 'Z') || scan_byte(scan, 'z')) {
        *offset = 0;
        return true;
    }
    bool west = scan_byte(scan, '-');
    if ((!west && !scan_byte(scan, '+')) || !scan_number(scan, 2, 2, &hour) || !scan_byte(scan, ':') ||
        !scan_number(scan, 2, 2, &minute) || hour > 23 || minute > 59)
        return false;
    *offset = (hour * HOUR_MS + minute * MINUTE_MS) * (west ? -1 : 1);
    return true;
}

/* The moment of a clock's time on a day; a second 60 is a leap second, which there is only before midnight UTC. */
static bool moment_of(int32_t day, const struct clock *clock, int64_t offset, int64_t *moment)
{
    bool end_of_day = clock->hour == 24 && clock->minute == 0 && clock->second == 0 && clock->millisecond == 0;
    if ((clock->hour > 23 && !end_of_day) || clock->minute > 59 || clock->second > 60) return false;
    *moment = day * DAY_MS + clock->hour * HOUR_MS + clock->minute * MINUTE_MS + clock->second * SECOND_MS - offset;
    if (clock->second == 60 && *moment % DAY_MS != 0) return false;
    *moment += (int64_t)clock->millisecond;
    return true;
}

static bool parse_general(struct str string, int64_t *moment)
{
    struct scan scan = scan_of(string);
    struct clock clock;
    int32_t day;
    int64_t offset;
    enum day_form form = scan_day(&scan, &day);
    if (form == FORM_NONE) return false;
    if (scan_done(&scan)) {
        *moment = day_start(day);
        return true;
    }
    if (form == FORM_SERIAL) {
        uint64_t milliseconds;
        if (!scan_byte(&scan, '.') || !scan_fraction(&scan, (uint64_t)DAY_MS, true, &milliseconds) || !scan_done(&scan))
            return false;
        *moment = day_start(day) + (int64_t)milliseconds;
        return true;
    }
    const char *day_end = scan.at;
    if (!scan_byte(&scan, 'T') && !scan_byte(&scan, 't'))
        while (scan_byte(&scan, ' ')) continue;
    if (scan.at == day_end && form != FORM_CHINESE) return false;
    return scan_clock(&scan, &clock) && scan_offset(&scan, &offset) && scan_done(&scan) &&
           moment_of(day, &clock, offset, moment);
}

/* Two digits; *wrong is set where they are none. */
static inline int two_digits(const char *at, unsigned *wrong)
{
    unsigned tens = (unsigned char)at[0] - 48u, ones = (unsigned char)at[1] - 48u;
    *wrong |= (unsigned)(tens > 9) | (unsigned)(ones > 9);
    return (int)(tens * 10 + ones);
}

bool moment_parse(struct str string, int64_t *moment)
{
    /* Nearly all files have 2015-01-03T08:00:00+08:00 or 2015-01-03 08:00:00, by the hundred million: these go first. */
    const char *at = string.at;
    if ((string.length == 25 && memcmp(at + 19, "+08:00", 6) == 0) || string.length == 19) {
        unsigned wrong = (unsigned)(at[4] != '-') | (unsigned)(at[7] != '-') | (unsigned)(at[10] != 'T' && at[10] != ' ') |
                         (unsigned)(at[13] != ':') | (unsigned)(at[16] != ':');
        int century = two_digits(at, &wrong), year = two_digits(at + 2, &wrong);
        struct civil civil = { century * 100 + year, two_digits(at + 5, &wrong), two_digits(at + 8, &wrong) };
        int hour = two_digits(at + 11, &wrong), minute = two_digits(at + 14, &wrong), second = two_digits(at + 17, &wrong);
        int32_t day;
        if (!wrong && hour < 24 && minute < 60 && second < 60 && civil_day(civil, &day)) {
            *moment = day_start(day) + (hour * 3600 + minute * 60 + second) * SECOND_MS;
            return true;
        }
    }
    return parse_general(string, moment);
}

bool day_parse(struct str string, int32_t *day)
{
    struct scan scan = scan_of(string);
    return scan_day(&scan, day) != FORM_NONE && scan_done(&scan);
}

/* ---- showing ---- */

static void put_digits(char *out, int number, int digits)
{
    for (int i = digits - 1; i >= 0; i--, number /= 10) out[i] = (char)('0' + number % 10);
}

size_t day_format(int32_t day, char out[DAY_ROOM])
{
    struct civil civil = civil_of((int32_t)within(day, SHOWN_FIRST, SHOWN_LAST));
    memcpy(out, "0000-00-00", 11);
    put_digits(out, civil.year, 4);
    put_digits(out + 5, civil.month, 2);
    put_digits(out + 8, civil.day, 2);
    return 10;
}

size_t moment_format(int64_t moment, char out[MOMENT_ROOM])
{
    int64_t shown = within(moment, day_start(SHOWN_FIRST), day_start(SHOWN_LAST + 1) - 1);
    int32_t day = (int32_t)floor_divide(shown + SHANGHAI_MS, DAY_MS);
    int of_day = (int)(shown - day_start(day));
    size_t length = day_format(day, out);
    memcpy(out + length, "T00:00:00", 9);
    put_digits(out + length + 1, of_day / 3600000, 2);
    put_digits(out + length + 4, of_day / 60000 % 60, 2);
    put_digits(out + length + 7, of_day / 1000 % 60, 2);
    length += 9;
    if (of_day % 1000) {
        out[length] = '.';
        put_digits(out + length + 1, of_day % 1000, 3);
        length += 4;
    }
    memcpy(out + length, "+08:00", 7);
    return length + 6;
}

/* ---- periods ---- */

static int months_of(char kind)
{
    return kind == 'M' ? 1 : kind == 'Q' ? 3 : 12;
}

struct period period_of(int32_t day, char kind)
{
    must(kind == 'M' || kind == 'Q' || kind == 'Y');
    struct civil civil = civil_of(day);
    int months = months_of(kind);
    int32_t first = day_of_civil(civil.year, civil.month - (civil.month - 1) % months, 1);
    return (struct period){ first, day_add_months(first, months), kind };
}

bool period_parse(struct str string, struct period *period)
{
    struct scan scan = scan_of(string);
    int year, part = 1;
    char kind = 'Y';
    if (!scan_number(&scan, 4, 4, &year)) return false;
    if (scan_byte(&scan, 'Q') || scan_byte(&scan, 'q')) {
        kind = 'Q';
        if (!scan_number(&scan, 1, 1, &part)) return false;
    } else if (scan_byte(&scan, '-') || scan_byte(&scan, '/')) {
        kind = 'M';
        if (!scan_number(&scan, 1, 2, &part)) return false;
    } else if (scan_word(&scan, STR("年")) && !scan_done(&scan)) {
        kind = 'M';
        if (!scan_number(&scan, 1, 2, &part) || !scan_word(&scan, STR("月"))) return false;
    }
    int months = months_of(kind);
    int32_t first;
    if (!scan_done(&scan) || part < 1 || !civil_day((struct civil){ year, (part - 1) * months + 1, 1 }, &first)) return false;
    *period = period_of(first, kind);
    return true;
}

size_t period_format(struct period period, char out[DAY_ROOM])
{
    struct civil civil = civil_of((int32_t)within(period.first, SHOWN_FIRST, SHOWN_LAST));
    put_digits(out, civil.year, 4);
    size_t length = 4;
    if (period.kind == 'M') {
        out[4] = '-';
        put_digits(out + 5, civil.month, 2);
        length = 7;
    } else if (period.kind == 'Q') {
        out[4] = 'Q';
        put_digits(out + 5, (civil.month + 2) / 3, 1);
        length = 6;
    }
    out[length] = '\0';
    return length;
}
