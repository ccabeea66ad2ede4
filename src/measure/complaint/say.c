#include "measure/complaint/say.h"

#include <stdio.h>

#include "base/memory.h"
#include "base/number.h"

enum { WORDS_ROOM = 96 };

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

void say_slot(struct saying *saying, char letter, struct str words)
{
    must(letter >= 'a' && letter <= 'z');
    saying->slots[letter - 'a'] = words;
}

static struct str kept(const struct saying *saying, const char *words, size_t length)
{
    return (struct str){ arena_copy(saying->arena, words, length), length };
}

struct str say_sentence(const struct saying *saying, const char *template)
{
    struct text text = { 0 };
    for (const char *at = template; *at; at++)
        if (*at == '$' && at[1] >= 'a' && at[1] <= 'z') text_add(&text, saying->slots[*++at - 'a']);
        else text_add_byte(&text, *at);
    struct str sentence = kept(saying, text.at, text.length);
    text_close(&text);
    return sentence;
}

struct str say_day(const struct saying *saying, int64_t moment)
{
    char words[WORDS_ROOM];
    struct civil civil = civil_of(day_of(moment));
    int length = saying->language == ENGLISH
                     ? snprintf(words, sizeof words, "%d %s %d", civil.day, months[civil.month - 1], civil.year)
                     : snprintf(words, sizeof words, "%d年%d月%d日", civil.year, civil.month, civil.day);
    return kept(saying, words, (size_t)length);
}

struct str say_end(const struct saying *saying, int64_t end)
{
    char words[WORDS_ROOM];
    struct str day = say_day(saying, end - 1);
    int minutes = (int)((end - day_start(day_of(end - 1))) / MINUTE_MS);
    int length = saying->language == ENGLISH
                     ? snprintf(words, sizeof words, "%02d:%02d on %.*s", minutes / 60, minutes % 60, STR_ARGS(day))
                     : snprintf(words, sizeof words, "%.*s%02d:%02d", STR_ARGS(day), minutes / 60, minutes % 60);
    return kept(saying, words, (size_t)length);
}

struct str say_limit(const struct saying *saying, const struct limit *limit)
{
    char number[DECIMAL_ROOM], words[WORDS_ROOM];
    decimal_format(limit->value, 6, 0, number);
    int length = saying->language == ENGLISH
                     ? snprintf(words, sizeof words, "%s %s", number, units[limit->unit][limit->value != 1000000])
                     : snprintf(words, sizeof words, "%s%s", number, units[limit->unit][2]);
    return kept(saying, words, (size_t)length);
}

struct str say_lateness(const struct saying *saying, const struct limit *limit, int64_t end, int64_t moment)
{
    char words[WORDS_ROOM];
    int64_t late = moment - end, each = DAY_MS;
    if ((limit->unit == UNIT_HOUR || limit->unit == UNIT_MINUTE) && late < 2 * DAY_MS) each = HOUR_MS;
    if (limit->unit == UNIT_MINUTE && late < 2 * HOUR_MS) each = MINUTE_MS;
    enum limit_unit unit = each == DAY_MS ? UNIT_DAY : each == HOUR_MS ? UNIT_HOUR : UNIT_MINUTE;
    long long count = (late + each - 1) / each;
    int length = saying->language == ENGLISH
                     ? snprintf(words, sizeof words, "%lld %s", count, units[unit][count != 1])
                     : snprintf(words, sizeof words, "%lld%s", count, unit == UNIT_DAY ? "天" : units[unit][2]);
    return kept(saying, words, (size_t)length);
}
