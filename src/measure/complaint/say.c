#include "measure/complaint/say.h"

#include "base/memory.h"
#include "base/number.h"

static const char *const months[] = {
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
};

static const char *const units[][3] = { /* one, many, Chinese */
    [UNIT_HOUR] = { "hour", "hours", "小时" },
    [UNIT_DAY] = { "day", "days", "日" },
    [UNIT_WORKDAY] = { "working day", "working days", "个工作日" },
    [UNIT_MINUTE] = { "minute", "minutes", "分钟" },
    [UNIT_MONTH] = { "month", "months", "个月" },
    [UNIT_YEAR] = { "year", "years", "年" },
};

static void say_civil(struct text *out, int32_t day, enum language language)
{
    struct civil civil = civil_of(day);
    if (language == ENGLISH) text_format(out, "%d %s %d", civil.day, months[civil.month - 1], civil.year);
    else text_format(out, "%d年%d月%d日", civil.year, civil.month, civil.day);
}

void say_day(struct text *out, int64_t moment, enum language language)
{
    say_civil(out, day_of(moment), language);
}

void say_end(struct text *out, int64_t end, enum language language)
{
    int32_t day = day_of(end - 1);
    int minutes = (int)((end - day_start(day)) / MINUTE_MS);
    if (language == ENGLISH) text_format(out, "%02d:%02d on ", minutes / 60, minutes % 60);
    say_civil(out, day, language);
    if (language == CHINESE) text_format(out, "%02d:%02d", minutes / 60, minutes % 60);
}

void say_limit(struct text *out, const struct limit *limit, enum language language)
{
    char number[DECIMAL_ROOM];
    decimal_format(limit->value, 6, 0, number);
    if (language == CHINESE) text_format(out, "%s%s", number, units[limit->unit][2]);
    else text_format(out, "%s %s", number, units[limit->unit][limit->value != 1000000]);
}

void say_lateness(struct text *out, const struct limit *limit, int64_t end, int64_t moment, enum language language)
{
    int64_t late = moment - end, each = DAY_MS;
    if ((limit->unit == UNIT_HOUR || limit->unit == UNIT_MINUTE) && late < 2 * DAY_MS) each = HOUR_MS;
    if (limit->unit == UNIT_MINUTE && late < 2 * HOUR_MS) each = MINUTE_MS;
    enum limit_unit unit = each == DAY_MS ? UNIT_DAY : each == HOUR_MS ? UNIT_HOUR : UNIT_MINUTE;
    long long count = (late + each - 1) / each;
    if (language == ENGLISH) text_format(out, "%lld %s", count, units[unit][count != 1]);
    else text_format(out, "%lld%s", count, unit == UNIT_DAY ? "天" : units[unit][2]);
}

struct str say_done(struct text *text, struct arena *arena)
{
    struct str sentence = { arena_copy(arena, text->at, text->length), text->length };
    text->length = 0;
    return sentence;
}
