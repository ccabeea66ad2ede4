/* The kinds' documentation: a table for people, JSON for programs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "door/kinds_page.h"

#include <cmocka.h>

static const struct choice services[] = { { "data", { "mobile data", "流量" } }, { "voice", { "calls", "语音" } } };
static const struct field fields[] = {
    { "subscriber", FIELD_PERSON, FIELD_NEEDED | FIELD_KEY, { "the number", "号码" }, NULL, 0 },
    { "service", FIELD_CHOICE, 0, { "what was used", "业务" }, services, 2 },
};
static const struct kind use = { .name = "use", .says = { "what was used", "用量" }, .version = 1, .bulk = true, .fields = fields, .field_count = 2 };
static const struct kind *const kinds[] = { &use };

static void a_table_for_people(void **state)
{
    (void)state;
    struct text out = { 0 };
    kinds_print(kinds, 1, CHINESE, false, &out);
    assert_string_equal(text_zero(&out), "use: 用量\n"
                                         "  (批量数据：账本的一个条目包含一批记录)\n"
                                         "  字段                    写法                        含义\n"
                                         "  subscriber  必填, 主键  号码、账号或证件，单独保存  号码\n"
                                         "  service                 下列之一                    业务\n"
                                         "      data 流量, voice 语音\n"
                                         "\n"
                                         "每种记录还可带 source（来源）和 seq（序号）。\n");
    out.length = 0;
    kinds_print(kinds, 1, ENGLISH, false, &out);
    assert_non_null(strstr(text_zero(&out), "  service                  one of the words below"));
    assert_non_null(strstr(text_zero(&out), "\n      data, voice\n"));
    text_close(&out);
}

static void json_for_programs(void **state)
{
    (void)state;
    struct text out = { 0 };
    json_error_t error;
    kinds_print(kinds, 1, ENGLISH, true, &out);
    json_t *page = json_loadb(out.at, out.length, 0, &error);
    json_t *expected = json_loads(
        "[{\"name\":\"use\",\"version\":1,\"meaning\":{\"en\":\"what was used\",\"zh\":\"用量\"},\"bulk\":true,\"key\":[\"subscriber\"],"
        "\"fields\":[{\"name\":\"subscriber\",\"type\":\"person\",\"needed\":true,\"key\":true,\"meaning\":{\"en\":\"the number\","
        "\"zh\":\"号码\"}},{\"name\":\"service\",\"type\":\"choice\",\"needed\":false,\"key\":false,\"choices\":[{\"word\":\"data\","
        "\"meaning\":{\"en\":\"mobile data\",\"zh\":\"流量\"}},{\"word\":\"voice\",\"meaning\":{\"en\":\"calls\",\"zh\":\"语音\"}}],"
        "\"meaning\":{\"en\":\"what was used\",\"zh\":\"业务\"}}]}]",
        0, &error);
    assert_non_null(page);
    assert_non_null(expected);
    assert_true(json_equal(page, expected));
    json_decref(page);
    json_decref(expected);
    text_close(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_table_for_people),
        cmocka_unit_test(json_for_programs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
