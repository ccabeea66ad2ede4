#include "measure/simulate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/hash.h"
#include "measure/province/province.h"

#include <cmocka.h> /* last: its macro `fail` hides ours */

/* Values written down once: another machine or compiler that gives others would write other provinces. */
static void test_the_same_everywhere(void **state)
{
    (void)state;
    struct random random = random_of(7, "complaint", 17);
    assert_int_equal(random_next(&random), UINT64_C(8895803155244611071));
    assert_int_equal(random_exponential(&random, 1000000), 126851);
    assert_int_equal(random_lognormal(&random, 1000000, 1500), 585734);
    struct random other = random_of(7, "complaint", 18), stream = random_of(7, "appeal", 17);
    struct random seed = random_of(8, "complaint", 17);
    uint64_t drawn = random_next(&other);
    assert_true(drawn != random_next(&stream) && drawn != random_next(&seed));
}

enum { DRAWS = 20000 };

static void assert_near(double found, double expected, double share)
{
    if (found < expected * (1 - share) || found > expected * (1 + share)) fail_msg("%f is not near %f", found, expected);
}

static int by_size(const void *left, const void *right)
{
    int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;
    return (a > b) - (a < b);
}

static void test_distributions(void **state)
{
    (void)state;
    static const uint32_t weights[] = { 1, 0, 3 };
    struct random random = random_of(1, "distributions", 0);
    double exponential = 0, above_mean = 0, chance = 0;
    size_t chosen[3] = { 0 };
    static int64_t lognormal[DRAWS];
    for (int i = 0; i < DRAWS; i++) {
        int64_t waited = random_exponential(&random, 1000000);
        exponential += (double)waited;
        above_mean += waited > 1000000;
        lognormal[i] = random_lognormal(&random, 1000000, 1000);
        chosen[random_weighted(&random, weights, 3)]++;
        chance += random_chance(&random, 250000);
        int64_t between = random_between(&random, -3, 3);
        assert_true(between >= -3 && between <= 3);
    }
    qsort(lognormal, DRAWS, sizeof *lognormal, by_size);
    assert_near(exponential / DRAWS, 1000000, 0.03);
    assert_near(above_mean / DRAWS, 0.3679, 0.05); /* 1 / e */
    assert_near((double)lognormal[DRAWS / 2], 1000000, 0.05);
    assert_near((double)lognormal[DRAWS * 8413 / 10000], 2718282, 0.05); /* one sigma above: e */
    assert_near((double)lognormal[DRAWS * 1587 / 10000], 367879, 0.05);  /* one below: 1 / e */
    assert_near((double)chosen[0] / DRAWS, 0.25, 0.05);
    assert_int_equal(chosen[1], 0);
    assert_near(chance / DRAWS, 0.25, 0.05);
    assert_int_equal(random_exponential(&random, 0), 0);
    assert_int_equal(random_below(&random, 1), 0);
}

static void test_subscribers(void **state)
{
    (void)state;
    struct simulation simulation = { .subscribers = 10007, .days = 90, .seed = 3, .first_day = 16405 };
    static unsigned counted[SIMULATED_CITIES][SIMULATED_OPERATORS];
    static uint8_t taken[SIMULATED_SUBSCRIBERS_MAX / 8];
    size_t ended = 0;
    for (uint64_t i = 0; i < simulation.subscribers; i++) {
        struct simulated_subscriber subscriber = simulated_subscriber(&simulation, i);
        counted[subscriber.city - simulated_cities][subscriber.operator_ - simulated_operators]++;
        assert_int_equal(strlen(subscriber.number), 11);
        uint64_t digits = strtoull(subscriber.number + 3, NULL, 10);
        assert_false(taken[digits / 8] >> digits % 8 & 1);
        taken[digits / 8] |= (uint8_t)(1 << digits % 8);
        assert_true(subscriber.since < simulation.first_day);
        ended += subscriber.until != DAY_NONE;
        assert_true(subscriber.until == DAY_NONE || (subscriber.until > simulation.first_day &&
                                                     subscriber.until <= simulation.first_day + simulation.days));
    }
    assert_true(ended > 50 && ended < 200);
    uint64_t sum = 0;
    for (size_t city = 0; city < SIMULATED_CITIES; city++)
        for (size_t i = 0; i < SIMULATED_OPERATORS; i++) {
            assert_int_equal(simulated_market(&simulation, i, city), counted[city][i]);
            sum += counted[city][i];
        }
    assert_int_equal(sum, simulation.subscribers);

    simulation.subscribers = 80300000;
    assert_near((double)simulated_market(&simulation, 1, 0), 80300000 * 0.6 * 821.61 / 7960.06, 0.000001);
    simulated_subscriber(&simulation, simulation.subscribers - 1);
    simulation.subscribers = 1;
    assert_non_null(simulated_subscriber(&simulation, 0).city);
}

static char *read_file(const char *directory, const char *name, size_t *length)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    char *bytes = calloc(1, 1 << 20);
    *length = fread(bytes, 1, (1 << 20) - 1, file);
    fclose(file);
    unlink(path);
    return bytes;
}

static void make_directory(char path[256])
{
    const char *temporary = getenv("TMPDIR");
    snprintf(path, 256, "%s/simulate.XXXXXX", temporary ? temporary : "/tmp");
    assert_non_null(mkdtemp(path));
}

static void test_csv(void **state)
{
    (void)state;
    static const char *const columns[] = { "a", "b" };
    char directory[256];
    size_t length;
    struct error error;
    make_directory(directory);
    struct csv *csv = csv_create(directory, "kind", columns, 2, &error);
    assert_non_null(csv);
    csv_text(csv, STR("say \"no\", or\nyes"));
    csv_text(csv, STR("中"));
    csv_number(csv, -5);
    csv_decimal(csv, 1250, 3);
    csv_flag(csv, true);
    csv_empty(csv);
    csv_month(csv, 16405);
    csv_moment(csv, 1);
    assert_true(csv_close(csv, &error));
    char *bytes = read_file(directory, "kind.csv", &length);
    assert_string_equal(bytes, "\xef\xbb\xbf" "a,b\r\n\"say \"\"no\"\", or\nyes\",中\r\n-5,1.25\r\ntrue,\r\n"
                               "2014-12,1970-01-01T08:00:00.001+08:00\r\n");
    free(bytes);

    char path[300];
    snprintf(path, sizeof path, "%s/kind.csv", directory);
    assert_int_equal(symlink("/dev/full", path), 0); /* a disk without room */
    csv = csv_create(directory, "kind", columns, 2, &error);
    assert_non_null(csv);
    assert_false(csv_close(csv, &error));
    assert_int_equal(error.code, ERROR_DISK);
    assert_non_null(strstr(error.says, "No space left"));
    unlink(path);
    rmdir(directory);
    assert_null(csv_create(directory, "kind", columns, 2, &error));
    assert_int_equal(error.code, ERROR_DISK);
}

static void test_province(void **state)
{
    (void)state;
    char directory[256];
    make_directory(directory);
    struct simulation simulation = { .subscribers = 500, .metered = 30, .days = 40, .seed = 1, .directory = directory, .first_day = 16405 };
    struct error error = { 0 };
    struct hash all[2];
    for (int run = 0; run < 2; run++) {
        assert_true(province_simulate(&simulation, &error));
        static const char *const files[] = { "operator.csv", "market.csv", "subscriber.csv" };
        static const size_t lines[] = { 1 + 3, 1 + 3 * 13 * 2, 1 + 500 };
        struct sha256_run *sum = sha256_start();
        for (size_t i = 0; i < 3; i++) {
            size_t length, found = 0;
            char *bytes = read_file(directory, files[i], &length);
            for (size_t k = 0; k < length; k++) found += bytes[k] == '\n';
            assert_int_equal(found, lines[i]);
            sha256_add(sum, (struct str){ bytes, length });
            free(bytes);
        }
        all[run] = sha256_end(sum);
    }
    assert_true(hash_equal(&all[0], &all[1]));
    rmdir(directory);
    assert_false(province_simulate(&simulation, &error));
    simulation.subscribers = 0;
    assert_false(province_simulate(&simulation, &error));
    assert_int_equal(error.code, ERROR_LIMIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_same_everywhere),
        cmocka_unit_test(test_distributions),
        cmocka_unit_test(test_subscribers),
        cmocka_unit_test(test_csv),
        cmocka_unit_test(test_province),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
