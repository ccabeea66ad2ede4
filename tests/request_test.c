/* Finding routes, reading targets, languages, tiles' numbers, shares of addresses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include "portal/call.h"
#include "portal/dispatch.h"
#include "portal/limits.h"
#include "portal/request.h"
#include "portal/tlog.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <cmocka.h>

static bool nothing(struct request *request, struct reply *reply, struct error *error)
{
    (void)request, (void)reply, (void)error;
    return true;
}

#define OPEN(method, path) { ROUTE(method, path, FOR_ALL, REACH_OPEN), .handle = nothing }
static const struct route routes[] = {
    OPEN(GET, "/api/cases"), OPEN(POST, "/api/cases"),  OPEN(GET, "/api/cases/{case}"),      OPEN(POST, "/api/cases/category"),
    OPEN(PUT, "/api/cases/{case}/map"), OPEN(GET, "/api/cases/{case}/files/{file}"), OPEN(GET, "/tile/{level}/{number*}"),
};
enum { ROUTES = sizeof routes / sizeof *routes };

static struct dispatched find(const char *path)
{
    const struct route *all[ROUTES];
    for (size_t i = 0; i < ROUTES; i++) all[i] = &routes[i];
    struct dispatch *dispatch = dispatch_open(all, ROUTES);
    struct dispatched found = dispatch_find(dispatch, str_of(path));
    dispatch_close(dispatch);
    return found;
}

static void test_routes_are_found(void **state)
{
    (void)state;
    assert_int_equal(find("/api/cases").methods, 1 << METHOD_GET | 1 << METHOD_POST);
    assert_int_equal(find("/api/cases").at[METHOD_POST], 1);
    struct dispatched one = find("/api/cases/7/files/a%2Fb");
    assert_int_equal(one.at[METHOD_GET], 5);
    assert_true(str_equal(one.arguments[0], STR("7")) && str_equal(one.arguments[1], STR("a%2Fb")));
    assert_int_equal(find("/api/cases/category").methods, 1 << METHOD_POST);
    struct dispatched tile = find("/tile/0/x001/234.p/5");
    assert_true(str_equal(tile.arguments[0], STR("0")) && str_equal(tile.arguments[1], STR("x001/234.p/5")));
    static const char *const none[] = { "/", "/api", "/api/", "/api/case", "/api/cases/", "/api/cases/7/", "/api/cases/7/files", "/api/cases//map",
                                        "/tile/0", "/tile/0/", "/tile//0", "//api/cases", "/api/cases/7/files/1/2" };
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) assert_int_equal(find(none[i]).methods, 0);
}

static void test_percent_signs(void **state)
{
    (void)state;
    static const struct {
        const char *encoded, *decoded; /* NULL: refused */
        bool is_query;
    } cases[] = {
        { "a%20b+c", "a b c", true }, { "a+b", "a+b", false }, { "%E6%98%8E", "明", false }, { "%e6%98%8e", "明", true }, { "", "", true },
        { "%", NULL, true },          { "%4", NULL, true },     { "%zz", NULL, true },        { "%00", NULL, true },       { "%ff", NULL, true },
        { "%c0%ae", NULL, true },     { "%ED%A0%80", NULL, true }, { "%2e%2E%2f", "../", false }, { "%25", "%", true },
    };
    struct arena arena = { 0 };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct str decoded;
        bool done = percent_decode(&arena, str_of(cases[i].encoded), cases[i].is_query, &decoded);
        assert_int_equal(done, cases[i].decoded != NULL);
        if (done) assert_string_equal(decoded.at, cases[i].decoded);
    }
    arena_close(&arena);
}

static void test_targets(void **state)
{
    (void)state;
    struct call *call = allocate(sizeof *call);
    call->request.arena = &call->arena;
    strcpy(call->target, "/api/x?a=1&&b=%E6%98%8E&c&d=e=f");
    assert_true(request_target(call));
    assert_true(str_equal(call->path, STR("/api/x")));
    call->request.query = &call->query;
    assert_string_equal(request_query(&call->request, "a"), "1");
    assert_string_equal(request_query(&call->request, "b"), "明");
    assert_string_equal(request_query(&call->request, "c"), "");
    assert_string_equal(request_query(&call->request, "d"), "e=f");
    assert_null(request_query(&call->request, "e"));
    static const char *const wrong[] = { "", "*", "http://x/", "?a=1", "/?%00=1", "/?a=%zz" };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        call->query.count = 0;
        strcpy(call->target, wrong[i]);
        assert_false(request_target(call));
        assert_int_equal(call->reply.status, 400);
    }
    struct text many = { 0 };
    text_add(&many, STR("/?"));
    for (int i = 0; i <= QUERY_PAIRS; i++) text_format(&many, "a%d=1&", i);
    strcpy(call->target, text_zero(&many));
    call->query.count = 0;
    assert_false(request_target(call));
    text_close(&many);
    arena_close(&call->arena);
    free(call);
}

static void test_languages(void **state)
{
    (void)state;
    const struct query none = { 0 }, english = { .pairs = { { "lang", "en" } }, .count = 1 }, chinese = { .pairs = { { "lang", "zh" } }, .count = 1 };
    assert_int_equal(language_wanted(&none, NULL), CHINESE);
    assert_int_equal(language_wanted(&none, "fr"), CHINESE);
    assert_int_equal(language_wanted(&none, "en-GB,en;q=0.9"), ENGLISH);
    assert_int_equal(language_wanted(&none, "en;q=0.3, zh-CN;q=0.8"), CHINESE);
    assert_int_equal(language_wanted(&none, "zh;q=0.1, EN;q=0.2"), ENGLISH);
    assert_int_equal(language_wanted(&none, "en;q=0"), CHINESE);
    assert_int_equal(language_wanted(&none, ";;q=,,=;en;q=x"), CHINESE);
    assert_int_equal(language_wanted(&english, "zh"), ENGLISH);
    assert_int_equal(language_wanted(&chinese, "en"), CHINESE);
}

static void test_tile_numbers(void **state)
{
    (void)state;
    uint64_t number;
    unsigned width;
    assert_true(tile_number_read(STR("000"), &number, &width) && number == 0 && width == 256);
    assert_true(tile_number_read(STR("x001/x234/067"), &number, &width) && number == 1234067 && width == 256);
    assert_true(tile_number_read(STR("x001/000.p/255"), &number, &width) && number == 1000 && width == 255);
    static const char *const wrong[] = { "", "0", "00", "0000", "x001", "x001/", "x000/001", "001/002", "000.p/0", "000.p/256", "000.p/01", "000.p/", "000.p",
                                         "-01", "x001/x002/x003/x004/x005/x006/007", "00a", "000/" };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) assert_false(tile_number_read(str_of(wrong[i]), &number, &width));
}

enum { SECOND = 1000000 };

static void test_shares(void **state)
{
    (void)state;
    struct limits *limits = limits_open(100);
    int64_t now = 1000 * (int64_t)SECOND;
    for (int i = 0; i < 100000; i++) assert_true(limits_request(limits, 1, now)); /* alone: any number */
    assert_true(limits_request(limits, 2, now));
    int taken = 0;
    for (int i = 0; i < 10000; i++) { /* a second with another one there */
        taken += limits_request(limits, 1, now);
        if (i % 100 == 0) assert_true(limits_request(limits, 2, now));
        now += SECOND / 10000;
    }
    assert_in_range(taken, 99, 101);
    now += 10 * SECOND; /* the other has gone */
    for (int i = 0; i < 1000; i++) assert_true(limits_request(limits, 1, now));
    limits_close(limits);
}

/* More addresses than there is room for harm nobody. */
static void test_many_addresses(void **state)
{
    (void)state;
    struct limits *limits = limits_open(100);
    int64_t now = 1000 * (int64_t)SECOND;
    for (uint64_t address = 1; address < 100000; address++) assert_true(limits_request(limits, address, now + (int64_t)address));
    limits_close(limits);
}

static void test_guesses(void **state)
{
    (void)state;
    struct limits *limits = limits_open(0);
    int64_t now = 1000 * (int64_t)SECOND;
    int seconds = 0;
    for (int i = 0; i < GUESSES_A_MINUTE; i++) assert_true(limits_guess(limits, 1, now, &seconds));
    assert_false(limits_guess(limits, 1, now, &seconds));
    assert_in_range(seconds, 1, 7);
    assert_true(limits_guess(limits, 2, now, &seconds));
    now += 7 * SECOND;
    assert_true(limits_guess(limits, 1, now, &seconds));
    assert_false(limits_guess(limits, 1, now, &seconds));
    limits_guess_back(limits, 1, now);
    assert_true(limits_guess(limits, 1, now, &seconds));
    limits_close(limits);
}

static uint64_t number_of(const char *text)
{
    struct sockaddr_in four = { .sin_family = AF_INET };
    struct sockaddr_in6 six = { .sin6_family = AF_INET6 };
    if (inet_pton(AF_INET, text, &four.sin_addr) == 1) return address_number((struct sockaddr *)&four);
    assert_int_equal(inet_pton(AF_INET6, text, &six.sin6_addr), 1);
    return address_number((struct sockaddr *)&six);
}

static void test_addresses(void **state)
{
    (void)state;
    assert_true(number_of("10.0.0.1") != number_of("10.0.0.2"));
    assert_true(number_of("10.0.0.1") == number_of("::ffff:10.0.0.1"));
    assert_true(number_of("2001:db8:0:1::1") == number_of("2001:db8:0:1:ffff::2"));
    assert_true(number_of("2001:db8:0:1::1") != number_of("2001:db8:0:2::1"));
}

/* A file that ended before all rows would look like all of them. */
static void test_a_file_has_all_rows_or_is_none(void **state)
{
    (void)state;
    struct portal portal = { .scratch = "/tmp" };
    struct view view = { .position = 1 };
    struct call *call = calloc(1, sizeof *call);
    assert_non_null(call);
    call->request = (struct request){ .portal = &portal, .view = &view, .query = &call->query, .arena = &call->arena };
    call->query = (struct query){ .pairs = { { "format", "csv" } }, .count = 1 };
    for (int is_cut = 0; is_cut < 2; is_cut++) {
        struct reply_table table;
        struct error error = { 0 };
        call->reply = (struct reply){ .file = -1 };
        assert_true(reply_table_open(&table, &call->request, &call->reply, "rows", &error));
        assert_true(table.whole);
        rows_begin(&table.rows);
        rows_number(&table.rows, "number", 1);
        rows_end(&table.rows);
        bool done = reply_table_close(&table, true, is_cut ? STR("1") : (struct str){ 0 }, (struct str){ 0 }, &error);
        assert_int_equal(done, !is_cut);
        assert_int_equal(call->reply.file >= 0, !is_cut);
        assert_int_equal(error.code, is_cut ? ERROR_LIMIT : ERROR_NONE);
        if (call->reply.file >= 0) close(call->reply.file);
    }
    arena_close(&call->arena);
    free(call);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_routes_are_found), cmocka_unit_test(test_percent_signs), cmocka_unit_test(test_targets),
        cmocka_unit_test(test_languages),        cmocka_unit_test(test_tile_numbers),  cmocka_unit_test(test_shares),
        cmocka_unit_test(test_many_addresses),   cmocka_unit_test(test_guesses),       cmocka_unit_test(test_addresses),
        cmocka_unit_test(test_a_file_has_all_rows_or_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
