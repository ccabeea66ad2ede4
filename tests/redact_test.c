/* What is taken out of a text before it is shown to all, and what is left. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "measure/complaint/redact.h"

#include <cmocka.h>

struct example {
    const char *text, *shown;
};

static void check(const struct example *examples, size_t count, enum language language)
{
    for (size_t i = 0; i < count; i++) {
        struct text out = { 0 };
        redact(str_of(examples[i].text), language, &out);
        assert_string_equal(text_zero(&out), examples[i].shown);
        text_close(&out);
    }
}

static void personal_data_goes(void **state)
{
    (void)state;
    static const struct example chinese[] = {
        { "我的号码13812345678被扣费", "我的号码［已隐去］被扣费" },
        { "请打１３８ １２３４ ５６７８给我", "请打［已隐去］给我" },
        { "电话025-8888 1234。", "电话［已隐去］。" },
        { "身份证32010119900101123X已登记", "身份证［已隐去］已登记" },
        { "护照E12345678", "护照［已隐去］" },
        { "号码是一三八幺二三四五六七八", "号码是［已隐去］" },
        { "邮箱zhang.san@example.com，", "邮箱［已隐去］，" },
        { "见https://a.example.cn/bill?id=77&u=zs。", "见［已隐去］。" },
        { "微信号：zhang_san-88", "微信号：［已隐去］" },
        { "我叫张三，住在南京市鼓楼区中山路12号3栋2单元501室，", "我叫［已隐去］，住在［已隐去］，" },
        { "姓名：欧阳小明；", "姓名：［已隐去］；" },
        { "本人李小四，被多扣了钱", "本人［已隐去］，被多扣了钱" },
        { "我叫王小明被多扣了18元", "我叫［已隐去］被多扣了18元" },
        { "家在幸福花园3栋501室没有信号", "家在［已隐去］没有信号" },
        { "3栋2单元501室没有网", "［已隐去］没有网" },
        { "姓名：John Smith，", "姓名：［已隐去］，" },
    };
    static const struct example english[] = {
        { "My name is John Smith and I was charged.", "My name is [removed] and I was charged." },
        { "I am Mary Jones, at 12 North Hill Road, room 5b.", "I am [removed], at [removed], [removed]." },
        { "Mr. Brown called 138-1234-5678", "Mr. [removed] called [removed]" },
        { "write to me: a.b@c.org", "write to me: [removed]" },
    };
    check(chinese, sizeof chinese / sizeof *chinese, CHINESE);
    check(english, sizeof english / sizeof *english, ENGLISH);
}

static void the_rest_stays(void **state)
{
    (void)state;
    static const char *const kept[] = {
        "9月到11月每月扣6.00元，我从来没有订过，共18.00元。",
        "本人没有开通过，要求退还。",
        "3月10号办的，12号就开通了",
        "我是老用户，用了10年",
        "客户经理说可以退",
        "办的是100兆，测下来只有12兆",
        "见https://a.example.cn/tariffs",
        "客服说要等3到5个工作日",
        "I am a customer since 2009 and I'm angry. It was 4 days, 300 MB.",
        "",
    };
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
        struct text out = { 0 };
        redact(str_of(kept[i]), ENGLISH, &out);
        assert_string_equal(text_zero(&out), kept[i]);
        text_close(&out);
    }
}

/* Whatever comes, nothing is read beyond it, and what is shown has no long number. */
static void any_bytes_are_taken(void **state)
{
    (void)state;
    srand(5);
    static const char *const pieces[] = { "1", "3", "８", " ", "-", "@", "我叫", "张", "路", "号", "室", "a", ".", "http://", "?", "一", "\xe5", "\xff", "，" };
    for (int round = 0; round < 3000; round++) {
        struct text text = { 0 }, out = { 0 };
        for (int i = rand() % 40; i > 0; i--) text_add(&text, str_of(pieces[(size_t)rand() % (sizeof pieces / sizeof *pieces)]));
        char *exact = malloc(text.length + 1);
        memcpy(exact, text_zero(&text), text.length);
        redact((struct str){ exact, text.length }, CHINESE, &out);
        size_t digits = 0;
        for (size_t i = 0; i < out.length; i++) {
            digits = out.at[i] >= '0' && out.at[i] <= '9' ? digits + 1 : 0;
            if (digits >= 5) fail_msg("%s gives %s", text_zero(&text), text_zero(&out));
        }
        free(exact);
        text_close(&text);
        text_close(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(personal_data_goes),
        cmocka_unit_test(the_rest_stays),
        cmocka_unit_test(any_bytes_are_taken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
