#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/moment.h"

/* A moment is told by its own spelling, so that a wrong one is seen at once. */
struct spelling {
    const char *given, *means; /* NULL: no moment */
};

static const struct spelling moments[] = {
    { "2015-01-03T08:00:00+08:00", "2015-01-03T08:00:00+08:00" },
    { "2015-01-03T00:00:00Z", "2015-01-03T08:00:00+08:00" },
    { "2015-01-03t00:00:00z", "2015-01-03T08:00:00+08:00" },
    { "2015-01-02T19:30:00-04:30", "2015-01-03T08:00:00+08:00" },
    { "2015-01-03 08:00:00", "2015-01-03T08:00:00+08:00" },
    { "2015-01-03  8:00", "2015-01-03T08:00:00+08:00" },
    { "2015-01-03T08:00", "2015-01-03T08:00:00+08:00" },
    { "2015-01-03T08:00:00.5+08:00", "2015-01-03T08:00:00.500+08:00" },
    { "2015-01-03T08:00:00.123999999", "2015-01-03T08:00:00.123+08:00" },
    { "2015-01-03T08:00:00.000000001Z", "2015-01-03T16:00:00+08:00" },
    { "2015/1/3 8:00", "2015-01-03T08:00:00+08:00" },
    { "2015.1.3 8:05:09", "2015-01-03T08:05:09+08:00" },
    { "2015年1月3日 8:00", "2015-01-03T08:00:00+08:00" },
    { "2015年1月3日8:00", "2015-01-03T08:00:00+08:00" },
    { "2015年01月03日 8时0分", "2015-01-03T08:00:00+08:00" },
    { "2015年1月3日8时5分9秒", "2015-01-03T08:05:09+08:00" },
    { "2015年1月5日 10点30分", "2015-01-05T10:30:00+08:00" },
    { "2015年1月5日10点30分5秒", "2015-01-05T10:30:05+08:00" },
    { "2015年1月5日 上午10:00", "2015-01-05T10:00:00+08:00" },
    { "2015/1/5 下午3:05", "2015-01-05T15:05:00+08:00" },
    { "2015/1/5 下午 3:05:09", "2015-01-05T15:05:09+08:00" },
    { "2015年1月5日下午3点5分", "2015-01-05T15:05:00+08:00" },
    { "2015年1月5日 下午15:05", "2015-01-05T15:05:00+08:00" },
    { "2015/1/5 上午12:30", "2015-01-05T00:30:00+08:00" },
    { "2015/1/5 下午12:30", "2015-01-05T12:30:00+08:00" },
    { "2015/1/5 中午12:30", "2015-01-05T12:30:00+08:00" },
    { "2015/1/5 中午1:30", "2015-01-05T13:30:00+08:00" },
    { "2015/1/5 中午11:30", "2015-01-05T11:30:00+08:00" },
    { "20150103 08:00", "2015-01-03T08:00:00+08:00" },
    { "2015-01-03", "2015-01-03T00:00:00+08:00" },
    { "2015年1月3日", "2015-01-03T00:00:00+08:00" },
    { "42007", "2015-01-03T00:00:00+08:00" },
    { "42007.3333333333", "2015-01-03T08:00:00+08:00" },
    { "42007.333333333336", "2015-01-03T08:00:00+08:00" },
    { "42007.99999999999999", "2015-01-04T00:00:00+08:00" },
    { "42007.5", "2015-01-03T12:00:00+08:00" },
    { "20000", "1954-10-03T00:00:00+08:00" },
    { "80000", "2119-01-11T00:00:00+08:00" },
    { "2015-01-03T24:00:00+08:00", "2015-01-04T00:00:00+08:00" },
    { "2015-12-31 24:00", "2016-01-01T00:00:00+08:00" },
    { "2016-02-29", "2016-02-29T00:00:00+08:00" },
    { "1900-01-01", "1900-01-01T00:00:00+08:00" },
    { "2200-12-31T23:59:59.999", "2200-12-31T23:59:59.999+08:00" },
    { "2015-06-30T23:59:60Z", "2015-07-01T08:00:00+08:00" },
    { "2015-07-01T07:59:60+08:00", "2015-07-01T08:00:00+08:00" },
    { "2015-06-30T23:59:60+08:00", NULL },
    { "2015-01-03T08:00:61Z", NULL },
    { "2015-13-01", NULL }, { "2015-00-01", NULL }, { "2015-02-29", NULL }, { "1900-02-29", NULL }, { "2015-04-31", NULL },
    { "2015-01-00", NULL }, { "1899-12-31", NULL }, { "2201-01-01", NULL },
    { "2015-02-29T08:00:00+08:00", NULL }, { "2015-01-03T25:00:00+08:00", NULL }, { "2015-01-03T24:00:01+08:00", NULL },
    { "2015-01-03T08:60:00+08:00", NULL }, { "2015-01-03T08:0a:00+08:00", NULL }, { "2015-01-03x08:00:00+08:00", NULL },
    { "2015-01-03T08:00:00+24:00", NULL }, { "2015-01-03T08:00:00+08:60", NULL }, { "2015-01-03T08:00:00+0800", NULL },
    { "2015-01-03T08:00:00+08:00x", NULL }, { "2015-01-03T08:00:00.", NULL }, { "2015-01-03T08:00:00.1234567890", NULL },
    { "2015-01-03T", NULL }, { "2015-01-038:00", NULL }, { "2015-01/03", NULL }, { "2015-1", NULL }, { "2015", NULL },
    { "201501031", NULL }, { "2015010", NULL }, { "19999", NULL }, { "80001", NULL }, { "42007.", NULL }, { "42007.5x", NULL },
    { "-2015-01-03", NULL }, { " 2015-01-03", NULL }, { "", NULL }, { "T", NULL }, { "2015年1月3", NULL },
    { "2015/1/5 上午13:00", NULL }, { "2015/1/5 中午5:00", NULL }, { "2015/1/5 下午24:00", NULL }, { "2015/1/5 下午", NULL },
    { "2015年1月3日8时", NULL }, { "2015-01-03 8:0", NULL }, { "2015年1月3日8时5分9", NULL },
};

static void test_moment_parse(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof moments / sizeof *moments; i++) {
        char shown[MOMENT_ROOM] = "none";
        int64_t moment;
        /* A copy of the very length, so that reading beyond it is seen. */
        size_t length = strlen(moments[i].given);
        char *exact = malloc(length + 1);
        memcpy(exact, moments[i].given, length);
        exact = realloc(exact, length ? length : 1);
        if (moment_parse((struct str){ exact, length }, &moment)) {
            size_t shown_length = moment_format(moment, shown);
            assert_int_equal(shown_length, strlen(shown));
        }
        free(exact);
        if (strcmp(shown, moments[i].means ? moments[i].means : "none"))
            fail_msg("'%s' is %s, not %s", moments[i].given, shown, moments[i].means);
    }
    int64_t moment;
    assert_false(moment_parse((struct str){ NULL, 0 }, &moment));
    assert_true(moment_parse(STR("1970-01-01T08:00:00+08:00"), &moment));
    assert_int_equal(moment, 0);
}

static void test_moments_beyond_what_can_be_shown(void **state)
{
    (void)state;
    char shown[MOMENT_ROOM];
    assert_int_equal(moment_format(INT64_MAX, shown), 29);
    assert_string_equal(shown, "9999-12-31T23:59:59.999+08:00");
    moment_format(MOMENT_NONE, shown);
    assert_string_equal(shown, "0000-01-01T00:00:00+08:00");
    day_format(DAY_NONE, shown);
    assert_string_equal(shown, "0000-01-01");
    assert_true(day_of(MOMENT_NONE) < 0);
    assert_true(day_of(INT64_MAX) > 0);
}

static const struct spelling days[] = {
    { "2015-01-03", "2015-01-03" }, { "2015-1-3", "2015-01-03" }, { "2015/1/3", "2015-01-03" }, { "2015.1.3", "2015-01-03" },
    { "2015年1月3日", "2015-01-03" }, { "20150103", "2015-01-03" }, { "42007", "2015-01-03" }, { "25569", "1970-01-01" },
    { "2015-01-03T00:00", NULL }, { "42007.5", NULL }, { "20150132", NULL }, { "2015-1-", NULL }, { "", NULL },
};

static void test_day_parse(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof days / sizeof *days; i++) {
        char shown[DAY_ROOM] = "none";
        int32_t day;
        if (day_parse(str_of(days[i].given), &day)) day_format(day, shown);
        assert_string_equal(shown, days[i].means ? days[i].means : "none");
    }
}

/* The C library is the oracle for every day of 400 years. */
static void test_calendar(void **state)
{
    (void)state;
    int32_t first, last;
    assert_true(civil_day((struct civil){ 1900, 1, 1 }, &first));
    assert_true(civil_day((struct civil){ 2200, 12, 31 }, &last));
    for (int32_t day = first; day <= last; day++) {
        time_t seconds = (time_t)day * 86400;
        struct tm expected;
        gmtime_r(&seconds, &expected);
        struct civil civil = civil_of(day);
        assert_int_equal(civil.year, expected.tm_year + 1900);
        assert_int_equal(civil.month, expected.tm_mon + 1);
        assert_int_equal(civil.day, expected.tm_mday);
        assert_int_equal(day_weekday(day), expected.tm_wday ? expected.tm_wday : 7);
        int32_t back;
        assert_true(civil_day(civil, &back));
        assert_int_equal(back, day);
        assert_int_equal(day_of(day_start(day)), day);
        assert_int_equal(day_of(day_start(day) - 1), day - 1);
    }
}

static int32_t day(const char *spelling)
{
    int32_t result;
    assert_true(day_parse(str_of(spelling), &result));
    return result;
}

static void test_add_months(void **state)
{
    (void)state;
    assert_int_equal(day_add_months(day("2015-01-31"), 1), day("2015-02-28"));
    assert_int_equal(day_add_months(day("2015-09-30"), 5), day("2016-02-29"));
    assert_int_equal(day_add_months(day("2015-01-15"), 24), day("2017-01-15"));
    assert_int_equal(day_add_months(day("2016-02-29"), 24), day("2018-02-28"));
    assert_int_equal(day_add_months(day("2015-03-31"), -1), day("2015-02-28"));
    assert_int_equal(day_add_months(day("2015-01-31"), -13), day("2013-12-31"));
}

static const struct {
    const char *given, *shown, *first, *end;
} periods[] = {
    { "2015-01", "2015-01", "2015-01-01", "2015-02-01" }, { "2015/1", "2015-01", "2015-01-01", "2015-02-01" },
    { "2015年12月", "2015-12", "2015-12-01", "2016-01-01" }, { "2015Q1", "2015Q1", "2015-01-01", "2015-04-01" },
    { "2015q4", "2015Q4", "2015-10-01", "2016-01-01" }, { "2015", "2015", "2015-01-01", "2016-01-01" },
    { "2015年", "2015", "2015-01-01", "2016-01-01" },
};

static void test_periods(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof periods / sizeof *periods; i++) {
        struct period period;
        char shown[DAY_ROOM];
        assert_true(period_parse(str_of(periods[i].given), &period));
        assert_int_equal(period_format(period, shown), strlen(periods[i].shown));
        assert_string_equal(shown, periods[i].shown);
        assert_int_equal(period.first, day(periods[i].first));
        assert_int_equal(period.end, day(periods[i].end));
        struct period around = period_of(period.end - 1, period.kind);
        assert_int_equal(around.first, period.first);
        assert_int_equal(around.end, period.end);
    }
    static const char *const wrong[] = { "", "15", "2015-13", "2015-00", "2015Q5", "2015Q0", "2015Q", "2015-", "2015-01-01",
                                         "201501", "2015年1", "1899", "2201-01" };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct period period;
        assert_false(period_parse(str_of(wrong[i]), &period));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_moment_parse),
        cmocka_unit_test(test_moments_beyond_what_can_be_shown),
        cmocka_unit_test(test_day_parse),
        cmocka_unit_test(test_calendar),
        cmocka_unit_test(test_add_months),
        cmocka_unit_test(test_periods),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
