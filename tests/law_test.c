#include "measure/law.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "disk/disk.h"
#include "door/kind.h"

#include <cmocka.h> /* last: its macro `fail` hides ours */

struct fixture {
    char directory[256];
    struct store *store;
};

static const char tables[] =
    "CREATE TABLE \"limit\" (\"duty\" TEXT, \"area\" TEXT, \"service\" TEXT, \"place\" BIGINT, \"statistic\" TEXT, "
    "\"value\" BIGINT, \"unit\" BIGINT, \"from\" BIGINT, \"to\" BIGINT, \"basis\" TEXT, \"status\" TEXT, \"entry\" BIGINT);"
    "CREATE TABLE \"workday\" (\"date\" BIGINT, \"working\" BIGINT, \"basis\" TEXT);"
    "CREATE TABLE \"area\" (\"area\" TEXT, \"parent\" TEXT, \"name_zh\" TEXT, \"name_en\" TEXT, \"population\" BIGINT);"
    "CREATE TABLE \"operator\" (\"operator\" TEXT, \"name_zh\" TEXT, \"name_en\" TEXT);";

static int set_up(void **state)
{
    struct fixture *fixture = allocate(sizeof *fixture);
    const char *temporary = getenv("TMPDIR");
    struct error error;
    snprintf(fixture->directory, sizeof fixture->directory, "%s/law.XXXXXX", temporary ? temporary : "/tmp");
    assert_non_null(mkdtemp(fixture->directory));
    char path[300];
    snprintf(path, sizeof path, "%s/state.db", fixture->directory);
    fixture->store = store_open(disk_posix(), path, STORE_CREATE, &error);
    assert_non_null(fixture->store);
    assert_true(store_run(fixture->store, tables, &error));
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    struct error error;
    store_close(fixture->store);
    assert_true(disk_remove_tree(disk_posix(), fixture->directory, &error));
    free(fixture);
    return 0;
}

static int32_t day(const char *spelling)
{
    int32_t result;
    assert_true(day_parse(str_of(spelling), &result));
    return result;
}

static void put(struct fixture *fixture, const char *sql)
{
    struct error error;
    if (!store_run(fixture->store, sql, &error)) fail_msg("%s", error.says);
}

/* "to" may be NULL; place is -1 for none. */
static void put_limit(struct fixture *fixture, const char *duty, const char *area, int place, const char *statistic, int value,
                      enum limit_unit unit, const char *from, const char *to, unsigned entry)
{
    char end[16] = "NULL", sql[512];
    if (to) snprintf(end, sizeof end, "%d", day(to));
    snprintf(sql, sizeof sql,
             "INSERT INTO \"limit\" VALUES ('%s', '%s', '', %d, '%s', %d, %d, %d, %s, '依据 / basis', 'V', %u)",
             duty, area, place, statistic, value * 1000000, unit, day(from), end, entry);
    put(fixture, sql);
}

static void put_area(struct fixture *fixture, const char *area, const char *parent)
{
    char sql[256];
    snprintf(sql, sizeof sql, "INSERT INTO \"area\" VALUES ('%s', '%s', '名', 'name of %s', NULL)", area, parent, area);
    put(fixture, sql);
}

static void put_workday(struct fixture *fixture, const char *date, bool working)
{
    char sql[256];
    snprintf(sql, sizeof sql, "INSERT INTO \"workday\" VALUES (%d, %d, '')", day(date), working);
    put(fixture, sql);
}

static struct law *opened(struct fixture *fixture)
{
    struct error error;
    struct law *law = law_open(fixture->store, &error);
    if (!law) fail_msg("%s", error.says);
    return law;
}

/* The value of the limit that holds, in whole units; -1 where none does. */
static int held(const struct law *law, const char *area, const char *on)
{
    const struct limit *limit = law_limit(law, STR("complaint.answer.late"), str_of(area), STR(""), STR(""), STR(""), day(on));
    return limit ? (int)(limit->value / 1000000) : -1;
}

static void test_the_law_of_the_day_and_the_place(void **state)
{
    struct fixture *fixture = *state;
    const char *duty = "complaint.answer.late";
    put_limit(fixture, duty, "", -1, "", 15, UNIT_DAY, "2005-04-20", "2016-07-30", 1);
    put_limit(fixture, duty, "", -1, "", 16, UNIT_DAY, "2016-07-30", NULL, 2);
    put_limit(fixture, duty, "410000", -1, "", 5, UNIT_WORKDAY, "2021-01-01", NULL, 3);
    put_limit(fixture, duty, "410100", -1, "", 4, UNIT_WORKDAY, "2022-01-01", "2023-01-01", 4);
    put_limit(fixture, duty, "US-NJ", -1, "", 30, UNIT_DAY, "2010-01-01", NULL, 5);
    put_area(fixture, "410000", "");
    put_area(fixture, "US-NJ", "US");
    put_area(fixture, "hoboken", "US-NJ");
    put_area(fixture, "999999", "");
    put_area(fixture, "320102", "US-NJ"); /* a code of theirs that looks like one of ours */
    put_area(fixture, "110001", "US");
    put_area(fixture, "ring", "ring-2");
    put_area(fixture, "ring-2", "ring");
    struct law *law = opened(fixture);

    assert_int_equal(held(law, "", "2005-04-19"), -1);
    assert_int_equal(held(law, "", "2005-04-20"), 15);
    assert_int_equal(held(law, "320100", "2016-07-29"), 15);
    assert_int_equal(held(law, "320100", "2016-07-30"), 16);
    assert_int_equal(held(law, "410000", "2020-12-31"), 16);
    assert_int_equal(held(law, "410000", "2021-01-01"), 5);
    assert_int_equal(held(law, "410102", "2021-12-31"), 5);
    assert_int_equal(held(law, "410102", "2022-01-01"), 5);
    assert_int_equal(held(law, "410100", "2022-12-31"), 5);
    assert_int_equal(held(law, "410100", "2023-01-01"), 5);
    assert_int_equal(held(law, "410200", "2022-06-01"), 5);

    assert_int_equal(held(law, "US-NJ", "2015-01-01"), 30);
    assert_int_equal(held(law, "hoboken", "2015-01-01"), 30);
    assert_int_equal(held(law, "320102", "2015-01-01"), 30);
    assert_int_equal(held(law, "US-NJ", "2009-12-31"), -1);
    assert_int_equal(held(law, "110001", "2015-01-01"), -1);
    assert_int_equal(held(law, "999999", "2015-01-01"), -1);
    assert_int_equal(held(law, "unknown", "2015-01-01"), -1);
    assert_int_equal(held(law, "ring", "2015-01-01"), -1);
    assert_int_equal(held(law, "810000", "2015-01-01"), 15);

    assert_true(law_row_reaches(law, STR("410000"), STR("410102")));
    assert_true(law_row_reaches(law, STR(""), STR("410102")));
    assert_false(law_row_reaches(law, STR("410100"), STR("410102")));
    assert_false(law_row_reaches(law, STR("410100"), STR("410100")));
    assert_true(law_row_reaches(law, STR(""), STR("")));
    assert_true(law_row_reaches(law, STR("US-NJ"), STR("hoboken")));
    assert_true(law_row_reaches(law, STR("hoboken"), STR("hoboken")));
    assert_false(law_row_reaches(law, STR(""), STR("hoboken")));

    const struct limit *limit = law_limit(law, str_of(duty), STR("410000"), STR(""), STR(""), STR(""), day("2021-05-01"));
    assert_non_null(limit);
    assert_int_equal(limit->unit, UNIT_WORKDAY);
    assert_int_equal(limit->to, DAY_NONE);
    assert_true(str_equal(limit->basis, STR("依据 / basis")));
    assert_true(str_equal(limit->status, STR("V")));

    limit = law_national_limit(law, str_of(duty), STR("410000"), STR(""), day("2021-05-01"));
    assert_non_null(limit);
    assert_int_equal(limit->value, 16000000);
    assert_null(law_national_limit(law, str_of(duty), STR("hoboken"), STR(""), day("2021-05-01")));
    assert_non_null(law_national_limit(law, str_of(duty), STR(""), STR(""), day("2021-05-01")));
    law_close(law);
}

static void test_of_several_rows_the_latest(void **state)
{
    struct fixture *fixture = *state;
    const char *duty = "complaint.answer.late";
    put_limit(fixture, duty, "", -1, "", 10, UNIT_DAY, "2010-01-01", NULL, 9);
    put_limit(fixture, duty, "", -1, "", 20, UNIT_DAY, "2012-01-01", NULL, 3);
    put_limit(fixture, duty, "", -1, "", 21, UNIT_DAY, "2012-01-01", NULL, 4);
    put_limit(fixture, duty, "", -1, "", 22, UNIT_DAY, "2012-01-01", NULL, 2);
    put_limit(fixture, duty, "", -1, "", 30, UNIT_DAY, "2014-01-01", "2015-01-01", 5);
    struct law *law = opened(fixture);
    assert_int_equal(held(law, "", "2011-12-31"), 10);
    assert_int_equal(held(law, "", "2012-01-01"), 21);
    assert_int_equal(held(law, "", "2014-06-01"), 30);
    assert_int_equal(held(law, "", "2015-01-01"), 21); /* what a shorter row covered comes back */
    law_close(law);
}

static void test_place_and_statistic_must_match(void **state)
{
    struct fixture *fixture = *state;
    put_limit(fixture, "quality.repair_fixed", "", 0, "longest", 48, UNIT_HOUR, "2000-01-01", NULL, 1);
    put_limit(fixture, "quality.repair_fixed", "", 1, "longest", 72, UNIT_HOUR, "2000-01-01", NULL, 2);
    put_limit(fixture, "quality.repair_fixed", "", 0, "mean", 24, UNIT_HOUR, "2000-01-01", NULL, 3);
    struct law *law = opened(fixture);
    static const struct {
        const char *place, *statistic;
        int value;
    } cases[] = { { "town", "longest", 48 }, { "rural", "longest", 72 }, { "town", "mean", 24 }, { "rural", "mean", -1 },
                  { "", "longest", -1 }, { "town", "", -1 } };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct limit *limit = law_limit(law, STR("quality.repair_fixed"), STR("320100"), STR(""), str_of(cases[i].place),
                                              str_of(cases[i].statistic), day("2015-01-01"));
        assert_int_equal(limit ? limit->value / 1000000 : -1, cases[i].value);
    }
    assert_null(law_limit(law, STR("quality.repair_fixed"), STR("320100"), STR("voice"), STR("town"), STR("longest"),
                          day("2015-01-01")));
    law_close(law);
}

static void test_areas(void **state)
{
    struct fixture *fixture = *state;
    put_area(fixture, "320000", "");
    put_area(fixture, "320100", "320000");
    put_area(fixture, "park", "320500");
    put(fixture, "INSERT INTO \"area\" VALUES ('330000', NULL, '浙江省', 'Zhejiang', 55080000)");
    put(fixture, "INSERT INTO \"operator\" VALUES ('jia', '甲电信', 'Operator A')");
    struct law *law = opened(fixture);
    assert_true(law_area_within(law, STR("320100"), STR("320000")));
    assert_true(law_area_within(law, STR("320102"), STR("320100")));
    assert_true(law_area_within(law, STR("320102"), STR("320000")));
    assert_true(law_area_within(law, STR("320102"), STR("320102")));
    assert_true(law_area_within(law, STR("park"), STR("320500")));
    assert_true(law_area_within(law, STR("park"), STR("320000")));
    assert_true(law_in_china(law, STR("park")));
    assert_false(law_area_within(law, STR("320000"), STR("320100")));
    assert_false(law_area_within(law, STR("320102"), STR("330000")));
    assert_false(law_area_within(law, STR("990102"), STR("990000")));
    assert_false(law_in_china(law, STR("32010")));
    assert_false(law_in_china(law, STR("32O100")));
    assert_true(law_in_china(law, STR("")));

    const struct area *area = law_area(law, STR("330000"));
    assert_non_null(area);
    assert_int_equal(area->population, 55080000);
    assert_int_equal(area->parent.length, 0);
    assert_int_equal(law_area(law, STR("320000"))->population, -1);
    assert_null(law_area(law, STR("340000")));
    assert_true(str_equal(law_area_name(law, STR("330000"), CHINESE), STR("浙江省")));
    assert_true(str_equal(law_area_name(law, STR("330000"), ENGLISH), STR("Zhejiang")));
    assert_true(str_equal(law_area_name(law, STR("340000"), ENGLISH), STR("340000")));
    assert_true(str_equal(law_operator_name(law, STR("jia"), CHINESE), STR("甲电信")));
    assert_true(str_equal(law_operator_name(law, STR("yi"), CHINESE), STR("yi")));
    law_close(law);
}

static void test_workdays(void **state)
{
    struct fixture *fixture = *state;
    put_workday(fixture, "2015-02-15", true);
    put_workday(fixture, "2015-02-18", false);
    put_workday(fixture, "1900-01-01", false);
    put_workday(fixture, "2200-12-31", false);
    struct law *law = opened(fixture);
    bool provisional = false;
    assert_true(law_is_workday(law, day("2015-02-15"), &provisional));
    assert_false(law_is_workday(law, day("2015-02-18"), &provisional));
    assert_true(law_is_workday(law, day("2015-02-17"), &provisional));
    assert_false(law_is_workday(law, day("2015-02-21"), &provisional));
    assert_false(law_is_workday(law, day("2200-12-31"), &provisional));
    assert_false(provisional);
    assert_true(law_is_workday(law, day("2016-02-08"), &provisional));
    assert_true(provisional);
    assert_true(law_is_workday(law, day("2015-02-17"), &provisional));
    assert_true(provisional); /* never cleared */
    provisional = false;
    assert_false(law_is_workday(law, day("2014-12-28"), &provisional));
    assert_true(provisional);
    provisional = false;
    assert_true(law_is_workday(law, day("2200-12-31") + 1, &provisional)); /* beyond the calendar: a Thursday */
    assert_true(provisional);
    law_close(law);
}

static void test_nothing_loaded_and_damage(void **state)
{
    struct fixture *fixture = *state;
    struct error error;
    struct law *law = opened(fixture);
    assert_int_equal(held(law, "320100", "2015-01-01"), -1);
    assert_null(law_area(law, STR("320100")));
    assert_true(law_area_within(law, STR("320102"), STR("320000")));
    law_close(law);
    put_limit(fixture, "complaint.answer.late", "", 2, "", 15, UNIT_DAY, "2005-04-20", NULL, 1);
    assert_null(law_open(fixture->store, &error));
    assert_int_equal(error.code, ERROR_DAMAGE);
    put(fixture, "DELETE FROM \"limit\"");
    put(fixture, "INSERT INTO \"workday\" VALUES (9999999, 1, '')");
    assert_null(law_open(fixture->store, &error));
    assert_int_equal(error.code, ERROR_DAMAGE);
    put(fixture, "DROP TABLE \"workday\"");
    assert_null(law_open(fixture->store, &error));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_the_law_of_the_day_and_the_place, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_of_several_rows_the_latest, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_place_and_statistic_must_match, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_areas, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_workdays, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_nothing_loaded_and_damage, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
