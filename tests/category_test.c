/* What a text is proposed to be about; also over the texts that simulated people write, whose category is known. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "measure/complaint/category.h"
#include "measure/complaint/simulate_text.h"

#include <cmocka.h>

static enum category first(const char *text)
{
    enum category proposed[CATEGORIES_PROPOSED];
    assert_true(category_propose(str_of(text), proposed) >= 1);
    return proposed[0];
}

static void what_people_write(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum category category;
    } cases[] = {
        { "彩铃早报没经我确认，收了三个月共18.00元，我从来没有订过。", CATEGORY_UNORDERED_SERVICE },
        { "家里到晚上一直没有信号，打电话要跑到阳台上。", CATEGORY_COVERAGE },
        { "办了500兆宽带，测速只有30兆，师傅来了没修好。", CATEGORY_BROADBAND_SPEED },
        { "解约要我付300元违约金，办的时候没说。", CATEGORY_UNFAIR_TERMS },
        { "天天收到垃圾短信，退订也没有用。", CATEGORY_SPAM },
        { "每天十几个骚扰电话，推销贷款的。", CATEGORY_HARASSING_CALLS },
        { "上个月的话费重复扣了一次，要求退还。", CATEGORY_WRONG_CHARGE },
        { "流量超了没有提醒，多花了八十多元。", CATEGORY_LATE_REMINDER },
        { "打热线一直转人工失败。", CATEGORY_HOTLINE },
        { "营业厅窗口只开一个，排队两小时。", CATEGORY_HALL },
        { "I was charged twice for the same month and want a refund.", CATEGORY_WRONG_CHARGE },
        { "THERE IS NO SIGNAL IN MY VILLAGE", CATEGORY_COVERAGE },
        { "My internet is slow every evening, far below 100 Mbps, and the modem keeps dropping.", CATEGORY_BROADBAND_SPEED },
        { "They started a ringtone that I never ordered.", CATEGORY_UNORDERED_SERVICE },
        { "今天天气很好", CATEGORY_OTHER },
        { "", CATEGORY_OTHER },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (first(cases[i].text) != cases[i].category) {
            print_error("%s: %d instead of %d\n", cases[i].text, first(cases[i].text), cases[i].category);
            fail();
        }
}

static void others_differ_and_are_likely(void **state)
{
    (void)state;
    enum category proposed[CATEGORIES_PROPOSED];
    size_t count = category_propose(STR("没有办过彩铃，账单却重复扣费，流量用完也没有提醒"), proposed);
    assert_int_equal(count, 3);
    for (size_t i = 0; i < count; i++)
        assert_true(proposed[i] == CATEGORY_UNORDERED_SERVICE || proposed[i] == CATEGORY_WRONG_CHARGE || proposed[i] == CATEGORY_LATE_REMINDER);
    assert_true(proposed[1] != proposed[2] && proposed[1] != proposed[0] && proposed[2] != proposed[0]);
}

static void simulated_people_are_understood(void **state)
{
    (void)state;
    struct random random = random_of(7, "category", 0);
    unsigned hits = 0, among = 0, all = 0;
    for (size_t i = 0; i < 3000; i++) {
        size_t category = i % COMPLAINT_CATEGORIES;
        struct text text = { 0 };
        enum category proposed[CATEGORIES_PROPOSED];
        write_complaint_text(&text, &random, category);
        size_t count = category_propose(text_str(&text), proposed);
        text_close(&text);
        if (category == CATEGORY_OTHER) continue; /* its texts are of all sorts */
        all++;
        hits += proposed[0] == category;
        for (size_t k = 0; k < count; k++) among += proposed[k] == category;
    }
    print_message("first %u %%, among three %u %%\n", 100 * hits / all, 100 * among / all);
    assert_true(hits * 100 >= all * 75);
    assert_true(among * 100 >= all * 90);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_people_write),
        cmocka_unit_test(others_differ_and_are_likely),
        cmocka_unit_test(simulated_people_are_understood),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
