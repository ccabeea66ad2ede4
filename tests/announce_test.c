/* What is told beside the levels of use: the end of a pack, a bill far above the months before; and which reminders advertise. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "base/memory.h"
#include "base/moment.h"
#include "engine/directory.h"
#include "engine/engine.h"
#include "engine/load.h"
#include "measure/bill/abnormal.h"
#include "measure/usage/advert.h"
#include "measure/usage/expiry.h"
#include "measure/usage/levels.h"
#include "measure/usage/notice.h"
#include "measure/view.h"

#include <cmocka.h> /* last: its macro `fail` hides ours */

static struct {
    char folder[64], directory[96];
    struct engine *engine;
    struct views *views;
    char keys[16][96], texts[16][400];
    size_t count;
} here;

static int64_t moment(const char *text)
{
    int64_t time;
    assert_true(moment_parse(str_of(text), &time));
    return time;
}

static void load(const char *kind, const char *text)
{
    char path[128];
    struct error error = { 0 };
    struct load_summary summary = { 0 };
    snprintf(path, sizeof path, "%s/%s.csv", here.folder, kind);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
    assert_true(load_file(here.engine, &(struct load_options){ .kind = kind_find(str_of(kind)), .path = path }, &summary, &error));
    assert_int_equal(summary.rejected, 0);
    load_summary_close(&summary);
}

static bool letter_come(void *context, const struct letter *letter, struct error *error)
{
    (void)context, (void)error;
    assert_true(here.count < 16);
    snprintf(here.keys[here.count], sizeof *here.keys, "%.*s", STR_ARGS(letter->key));
    snprintf(here.texts[here.count], sizeof *here.texts, "%.*s", STR_ARGS(letter->text[CHINESE]));
    here.count++;
    return true;
}

static const struct letters_sink sink = { letter_come, NULL };
static const struct identity administrator = { .role = ROLE_ADMINISTRATOR };

static void ends_told(const char *from, const char *to)
{
    struct error error = { 0 };
    struct view *view = view_take(here.views, &administrator, REACH_OWN, &error);
    here.count = 0;
    assert_non_null(view);
    assert_true(expiry_letters(view, moment(from), moment(to), sink, &error));
    view_give(view);
}

static int open_engine(void **state)
{
    (void)state;
    struct error error = { 0 };
    snprintf(here.folder, sizeof here.folder, "/tmp/mingbai-announce-XXXXXX");
    assert_non_null(mkdtemp(here.folder));
    snprintf(here.directory, sizeof here.directory, "%s/data", here.folder);
    assert_true(sodium_init() >= 0);
    assert_true(directory_make(disk_posix(), here.directory, &error));
    here.engine = engine_open(&(struct engine_options){ .directory = here.directory }, &error);
    assert_non_null(here.engine);
    here.views = views_open(here.engine);
    load("limit", "duty,statistic,value,unit,from,basis,status\nbill.abnormal,times,5,count,2000-01-01,b,ours\nbill.abnormal,months,3,month,2000-01-01,b,ours\n");
    load("tariff", "tariff,operator,type,name,monthly_fee,prices,notice_every,free_until,then_fee\n"
                   "M,jia,main,家园卡,18.00,\"[{\"\"service\"\":\"\"data\"\",\"\"per\"\":1,\"\"price\"\":\"\"1\"\"}]\",10,,\n"
                   "N,jia,main,新卡,28.00,,,,\nP,jia,addon,夜间包,5.00,,,,\nV,jia,vas,彩铃,5.00,,,,\nF,jia,addon,试用包,0.00,,,2015-05-31,30\n");
    load("subscription", "subscriber,tariff,from,to\n"
                         "13800000001,M,2015-01-01,\n13800000001,P,2015-05-01,2015-06-01\n13800000001,V,2015-05-01,2015-06-01\n"
                         "13800000002,M,2015-01-01,2015-06-01\n13800000002,N,2015-06-01,\n"
                         "13800000003,P,2015-05-01,2015-06-01\n13800000003,P,2015-06-01,2015-07-01\n"
                         "13800000004,M,2015-01-01,2015-06-01\n"
                         "13800000005,F,2015-07-01,2015-08-01\n");
    return 0;
}

static int close_engine(void **state)
{
    (void)state;
    struct error error = { 0 };
    views_close(here.views);
    engine_close(here.engine);
    assert_true(disk_remove_tree(disk_posix(), here.folder, &error));
    return 0;
}

static void ends_are_told_three_days_before(void **state)
{
    (void)state;
    ends_told("2015-05-28T09:00:00+08:00", "2015-05-29T08:59:00+08:00"); /* no 09:00 in it */
    assert_int_equal(here.count, 0);
    ends_told("2015-05-27T09:00:00+08:00", "2015-05-28T09:00:00+08:00"); /* too early */
    assert_int_equal(here.count, 0);
    ends_told("2015-05-28T09:00:00+08:00", "2015-05-29T09:00:00+08:00");
    assert_int_equal(here.count, 2); /* the pack and the plan; not what is renewed, changed or a vas */
    bool is_pack_first = strstr(here.keys[0], ":P:") != NULL;
    const char *pack = here.texts[is_pack_first ? 0 : 1], *plan = here.keys[is_pack_first ? 1 : 0];
    assert_string_equal(pack, "【明白】你的“夜间包”（月费5.00元）2015年5月31日24点到期。想继续用，请在到期前向运营商续订；不续订则到期停止，不再收费。");
    assert_non_null(strstr(plan, ":M:2015-06-01"));
    char key[96];
    snprintf(key, sizeof key, "%s", here.keys[0]);
    ends_told("2015-05-29T09:00:00+08:00", "2015-05-31T12:00:00+08:00"); /* after a pause: the same, with the same keys */
    assert_int_equal(here.count, 2);
    assert_string_equal(here.keys[0], key);
    ends_told("2015-05-31T09:00:00+08:00", "2015-06-01T09:00:00+08:00"); /* it is over */
    assert_int_equal(here.count, 0);
    ends_told("2015-07-30T09:00:00+08:00", "2015-07-31T09:00:00+08:00"); /* free until the end of May: going on costs what is charged since */
    assert_int_equal(here.count, 1);
    assert_non_null(strstr(here.texts[0], "“试用包”（月费30.00元）"));
    int64_t due;
    struct error error = { 0 };
    struct view *view = view_take(here.views, &administrator, REACH_OWN, &error);
    assert_true(expiry_next_due(view, moment("2015-05-30T09:00:00+08:00"), &due, &error));
    assert_int_equal(due, moment("2015-05-31T09:00:00+08:00"));
    assert_true(expiry_next_due(view, moment("2015-08-01T08:00:00+08:00"), &due, &error));
    assert_int_equal(due, INT64_MAX);
    view_give(view);
}

/* A notice of a number's use of May. */
static void found_of(uint64_t subscriber, int64_t charge)
{
    struct error error = { 0 };
    struct view *view = view_take(here.views, &administrator, REACH_OWN, &error);
    int32_t may;
    assert_non_null(view);
    civil_day((struct civil){ 2015, 5, 1 }, &may);
    here.count = 0;
    const struct notice notice = { .subscriber = subscriber, .cycle = may, .pool = STR("data"), .level = LEVEL_OVER, .charge = charge,
                                   .time = moment("2015-05-05T10:00:00+08:00") };
    assert_true(abnormal_letters(view, &notice, sink, &error));
    view_give(view);
}

static void an_abnormal_bill_is_told(void **state)
{
    (void)state;
    struct error error = { 0 };
    uint64_t subject;
    const struct str number = STR("13800000001");
    assert_true(vault_subjects(engine_vault(here.engine), &number, 1, &subject, &error));
    load("usage", "subscriber,service,start,quantity\n13800000001,data,2015-05-05T10:00:00+08:00,62\n");
    found_of(subject, 67000000);
    assert_int_equal(here.count, 0); /* 90 yuan, five times the 18 of the months before and not over it */
    load("bill_line", "subscriber,cycle,item,amount\n13800000001,2015-04,fee:M,17.00\n"); /* what was charged goes before what is computed */
    found_of(subject, 67000000);
    assert_int_equal(here.count, 1);
    assert_string_equal(here.texts[0], "【明白】你本月的话费已到90.00元，是此前3个月平均（17.67元）的5.0倍。用在哪里可以看“我的账单”，也可以问运营商。");
    found_of(subject, 0);
    assert_int_equal(here.count, 0);
}

static const char *text_of(struct notice notice, struct arena *arena, enum language language)
{
    return notice_text(&notice, language, arena).at;
}

static void texts_say_what_is_so(void **state)
{
    (void)state;
    struct arena arena = { 0 };
    const struct notice some = { .pool = STR("data:home"), .level = LEVEL_THRESHOLD, .percent = 80, .used = 419430400, .has_quantity = true, .quantity = 524288000 };
    assert_string_equal(text_of(some, &arena, CHINESE), "【明白】国内流量已用80%（400MB，共500MB），还剩100MB。用完后先用你别的余量，没有的按资费另收。");
    const struct notice large = { .pool = STR("data:home"), .level = LEVEL_THRESHOLD, .percent = 90, .used = 2415919104, .has_quantity = true, .quantity = 2684354560 };
    assert_string_equal(text_of(large, &arena, ENGLISH),
                        "mingbai: data in mainland China: 90% used (2.25 GB of 2.50 GB), 0.25 GB left. After that your other allowances are used; what none covers is charged by your tariff.");
    const struct notice all = { .pool = STR("data:home"), .level = LEVEL_REACHED, .percent = 100, .used = 524288000, .has_quantity = true, .quantity = 524288000 };
    assert_string_equal(text_of(all, &arena, CHINESE), "【明白】国内流量已用完（共500MB）。再用先扣你别的余量，没有的按资费另收，目前超出费用0.00元。");
    struct notice cap = { .pool = STR("data"), .level = LEVEL_CAP, .used = 31457280, .charge = 8700000 };
    assert_string_equal(text_of(cap, &arena, CHINESE), "【明白】流量超出费用到了资费的上限，现为8.70元。流量停用，你同意后才继续。");
    cap.occurrence = 20000001;
    assert_string_equal(text_of(cap, &arena, CHINESE), "【明白】流量超出费用到了你自己设的上限，现为8.70元。流量停用，你同意后才继续。");
    arena_close(&arena);
}

static void advertising_is_told_by_its_words(void **state)
{
    (void)state;
    static const char *const plain[] = {
        "您的国内流量已使用80%，剩余30MB。用完后0.29元/MB，回复KTLL可订购加油包。", "【中国移动】截至14:20您的流量已用完，超出部分按0.29元/MB收取，500元封顶。",
        "您的夜间包将于5月31日到期，续订请回复1，取消请回复0，月费5元。", "Your data is 80 % used. After that 0.29 yuan for 1 MB. To order a pack, reply 1.",
        "您本月话费较上月增长较快，请留意用量，咨询请拨10086。", "" };
    static const char *const adverts[] = {
        "流量已用80%。现参加优惠活动，办理20元包享优惠！", "流量用完啦，戳这里免费领1GB", "提醒：已用100%。充值抽奖赢大奖", "Data 80 % used. LIMITED TIME: upgrade now!",
        "You have used all. Hurry, 50% off every pack", "您的流量已用完，推荐您办理全家享套餐" };
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++) assert_false(text_advertises(str_of(plain[i])));
    for (size_t i = 0; i < sizeof adverts / sizeof *adverts; i++) assert_true(text_advertises(str_of(adverts[i])));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ends_are_told_three_days_before),
        cmocka_unit_test(an_abnormal_bill_is_told),
        cmocka_unit_test(texts_say_what_is_so),
        cmocka_unit_test(advertising_is_told_by_its_words),
    };
    return cmocka_run_group_tests(tests, open_engine, close_engine);
}
