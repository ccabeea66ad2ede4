/* Notices and their audit, worked out by hand, sentence by sentence of the contract: the slow reference is asked first, then the program. */
#include "usage_check.h" /* last: cmocka's macro `fail` hides ours */

static struct world_tariff pack(const char *name)
{
    struct world_tariff tariff = { .tariff = name, .type = "addon" };
    tariff.allowances[0] = (struct world_allowance){ .id = "p", .service = USE_DATA, .quantity = 100, .scope = "home" };
    return tariff;
}

/* 100 bytes, then 1 yuan for 100; 80 %, 100 %, each 10 yuan, the cap of 50. */
static void begin(struct world *world)
{
    *world = (struct world){ 0 };
    case_tariff(world, noticed("M"));
    case_holds(world, "M", "2014-05-01", NULL);
}

/* ---- percentages ---- */

static void test_levels_are_owed_when_first_reached(void **state)
{
    (void)state;
    struct world world;
    begin(&world);
    case_use(&world, USE_DATA, "2015-01-05T08:00:00", 79);
    check_notices(&world, "");
    case_use(&world, USE_DATA, "2015-01-06T08:00:00", 1);
    check_notices(&world, "80% data:home 80/100");
    case_use(&world, USE_DATA, "2015-01-07T08:00:00", 19);
    check_notices(&world, "80% data:home 80/100");
    case_use(&world, USE_DATA, "2015-01-08T08:00:00", 1);
    check_notices(&world, "80% data:home 80/100; 100% data:home 100/100");
    case_use(&world, USE_DATA, "2015-02-01T00:00:00", 85); /* another cycle */
    check_notices(&world, "80% data:home 80/100; 100% data:home 100/100; 80% data:home 85/100");
    world_close(&world);
}

static void test_only_the_highest_of_a_pool_is_owed(void **state)
{
    (void)state;
    struct world world;
    begin(&world);
    struct world_record *use = case_use(&world, USE_DATA, "2015-01-05T08:00:00", 100);
    check_notices(&world, "100% data:home 100/100");
    case_correct(&world, use, "2015-01-05T08:00:00", 10);
    case_use(&world, USE_DATA, "2015-01-06T08:00:00", 75); /* 85 %: 80 is no longer owed */
    check_notices(&world, "100% data:home 100/100");
    world_close(&world);
}

static void test_downward_corrections_owe_nothing_again(void **state)
{
    (void)state;
    struct world world;
    begin(&world);
    struct world_record *use = case_use(&world, USE_DATA, "2015-01-05T08:00:00", 90);
    case_correct(&world, use, "2015-01-05T08:00:00", 50);
    case_use(&world, USE_DATA, "2015-01-06T08:00:00", 40);
    check_notices(&world, "80% data:home 90/100");
    world_close(&world);
}

static void test_each_pool_has_its_own(void **state)
{
    (void)state;
    struct world world = { 0 };
    struct world_tariff tariff = noticed("M");
    tariff.allowances[1] = (struct world_allowance){ .id = "r", .service = USE_DATA, .quantity = 10, .scope = "roaming" };
    tariff.allowances[2] = (struct world_allowance){ .id = "s", .service = USE_SMS, .quantity = 10, .scope = "home" };
    case_tariff(&world, tariff);
    case_holds(&world, "M", "2014-05-01", NULL);
    case_use(&world, USE_DATA, "2015-01-05T08:00:00", 80);
    case_scope(&world, USE_DATA, "roaming", "2015-01-05T08:00:00", 9);
    case_use(&world, USE_SMS, "2015-01-05T08:00:00", 10);
    check_notices(&world, "80% data:home 80/100; 80% data:roaming 9/10; 100% sms:home 10/10");
    world_close(&world);
}

static void test_a_quantity_of_0_is_valid_and_can_owe(void **state)
{
    (void)state;
    struct world world = { 0 };
    struct world_tariff late = noticed("M");
    late.notice_at[0] = 90;
    late.notice_at[1] = 0;
    case_tariff(&world, late);
    case_holds(&world, "M", "2014-05-01", NULL);
    case_use(&world, USE_DATA, "2015-01-05T08:00:00", 80);
    case_tariff(&world, noticed("M")); /* now the tariff says 80 */
    case_use(&world, USE_SMS, "2015-01-06T08:00:00", 1); /* of another service: only levels of its own */
    check_notices(&world, "");
    case_use(&world, USE_DATA, "2015-01-06T08:00:00", 0);
    check_notices(&world, "80% data:home 80/100");
    world_close(&world);
}

/* ---- the size of a pool ---- */

static void test_a_pack_not_yet_begun_does_not_count(void **state)
{
    (void)state;
    struct world world;
    begin(&world);
    case_tariff(&world, pack("P"));
    case_holds(&world, "P", "2015-01-10", NULL);
    case_use(&world, USE_DATA, "2015-01-09T08:00:00", 80); /* of 100, not of 200 */
    check_notices(&world, "80% data:home 80/100");
    world_close(&world);
}

static void test_a_plan_that_has_ended_does_not_count(void **state)
{
    (void)state;
    struct world world;
    begin(&world);
    case_tariff(&world, pack("P"));
    case_holds(&world, "P", "2015-01-01", "2015-01-10");
    case_use(&world, USE_DATA, "2015-01-05T08:00:00", 40); /* of the pack, which expires sooner; 40 of 200 */
    case_use(&world, USE_DATA, "2015-01-10T08:00:00", 72); /* 112 of 140: what was left of the pack is gone */
    check_notices(&world, "80% data:home 112/140");
    world_close(&world);
}

static void test_as_of_the_latest_start_seen_however_late_a_record_comes(void **state)
{
    (void)state;
    struct world world;
    begin(&world);
    case_tariff(&world, pack("P"));
    case_holds(&world, "P", "2015-01-10", NULL);
    case_use(&world, USE_DATA, "2015-01-12T08:00:00", 0);
    case_use(&world, USE_DATA, "2015-01-05T08:00:00", 90); /* 90 of 200 as of the 12th */
    check_notices(&world, "");
    case_use(&world, USE_DATA, "2015-01-06T08:00:00", 10); /* 100 of 200: all that could be drawn before the 10th is */
    check_notices(&world, "");
    world_close(&world);
}

static void test_when_a_pool_has_grown_levels_are_owed_again(void **state)
{
    (void)state;
    struct world world;
    begin(&world);
    case_tariff(&world, pack("P"));
    case_use(&world, USE_DATA, "2015-01-05T08:00:00", 100);
    case_holds(&world, "P", "2015-01-06", NULL);
    case_use(&world, USE_DATA, "2015-01-07T08:00:00", 60); /* 100 of 200 before it, 160 after */
    case_use(&world, USE_DATA, "2015-01-08T08:00:00", 40);
    check_notices(&world, "100% data:home 100/100; 80% data:home 160/200; 100% data:home 200/200");
    world_close(&world);
}

static void test_what_use_still_reaches_is_not_owed_again(void **state)
{
    (void)state;
    struct world world;
    begin(&world);
    struct world_tariff small = pack("P");
    small.allowances[0].quantity = 20;
    case_tariff(&world, small);
    case_use(&world, USE_DATA, "2015-01-05T08:00:00", 100);
    case_holds(&world, "P", "2015-01-06", NULL);
    case_use(&world, USE_DATA, "2015-01-07T08:00:00", 20); /* 100 of 120 is still over 80 %, so only 100 % is owed again */
    check_notices(&world, "100% data:home 100/100; 100% data:home 120/120");
    world_close(&world);
}

/* ---- charges ---- */

static void test_each_multiple_of_charges_is_owed_once(void **state)
{
    (void)state;
    struct world world;
    begin(&world);
    case_use(&world, USE_DATA, "2015-01-05T08:00:00", 1099); /* 100 drawn, 999 over: 9.99 */
    check_notices(&world, "100% data:home 100/100");
    struct world_record *use = case_use(&world, USE_DATA, "2015-01-06T08:00:00", 1);
    check_notices(&world, "100% data:home 100/100; over data 1000 10.00");
    case_correct(&world, use, "2015-01-06T08:00:00", 0);
    case_use(&world, USE_DATA, "2015-01-07T08:00:00", 1); /* 10 again, which was owed */
    case_use(&world, USE_DATA, "2015-01-08T08:00:00", 2500); /* 35: of 20 and 30 only the higher */
    check_notices(&world, "100% data:home 100/100; over data 1000 10.00; over data 3500 35.00");
    world_close(&world);
}

static void test_a_charge_that_becomes_whole_over_scopes_reaches(void **state)
{
    (void)state;
    struct world world = { 0 };
    struct world_tariff tariff = { .tariff = "M", .every = YUAN(10), .prices = { { USE_DATA, 3, YUAN(10), "home", 0 }, { USE_DATA, 3, YUAN(20), "roaming", 0 } } };
    case_tariff(&world, tariff);
    case_holds(&world, "M", "2014-05-01", NULL);
    case_use(&world, USE_DATA, "2015-01-05T08:00:00", 1);              /* a third of 10 */
    case_scope(&world, USE_DATA, "roaming", "2015-01-05T08:00:00", 1); /* two thirds of 10: exactly 10 together */
    check_notices(&world, "over data 2 10.00");
    check_usage(&world, "2015-01-01", "data 2 10.00");
    world_close(&world);
}

static void test_charges_stand_above_every_pool(void **state)
{
    (void)state;
    struct world world;
    begin(&world);
    case_use(&world, USE_DATA, "2015-01-05T08:00:00", 1100); /* 100 % and 10 yuan at once: 100 % is no longer owed */
    case_use(&world, USE_DATA, "2015-01-06T08:00:00", 1);
    check_notices(&world, "over data 1000 10.00");
    world_close(&world);
}

static void test_the_cap_stands_above_a_multiple_and_ends_charges(void **state)
{
    (void)state;
    struct world world;
    begin(&world);
    case_use(&world, USE_DATA, "2015-01-05T08:00:00", 5099);
    case_use(&world, USE_DATA, "2015-01-06T08:00:00", 1); /* 50 yuan: a multiple of 10, and the cap */
    case_use(&world, USE_DATA, "2015-01-07T08:00:00", 5000);
    check_notices(&world, "over data 4999 49.99; cap data 5000 50.00");
    world_close(&world);
}

static void test_the_charge_is_unrounded_but_for_increments(void **state)
{
    (void)state;
    struct world world = { 0 };
    struct world_tariff tariff = { .tariff = "M", .every = YUAN(10), .prices = { { USE_DATA, 1000, YUAN(10), "home", 0 } } };
    case_tariff(&world, tariff);
    case_holds(&world, "M", "2014-05-01", NULL);
    case_use(&world, USE_DATA, "2015-01-05T08:00:00", 999);
    case_use(&world, USE_SMS, "2015-01-05T08:00:00", 1);
    check_notices(&world, ""); /* 9.99, though a line of 9.995 would be 10.00 */
    tariff.prices[0].increment = 50;
    case_tariff(&world, tariff);
    case_use(&world, USE_DATA, "2015-01-06T08:00:00", 0); /* 1000 bytes by now */
    check_notices(&world, "over data 999 10.00");
    world_close(&world);
}

static void test_a_pool_without_limit_owes_nothing(void **state)
{
    (void)state;
    struct world world = { 0 };
    struct world_tariff tariff = noticed("M");
    tariff.allowances[1] = (struct world_allowance){ .id = "u", .service = USE_DATA, .unlimited = true, .scope = "home" };
    case_tariff(&world, tariff);
    case_holds(&world, "M", "2014-05-01", NULL);
    case_use(&world, USE_DATA, "2015-01-05T08:00:00", 100);
    check_notices(&world, "");
    world_close(&world);
}

/* ---- a person's own ---- */

static void test_own_levels_and_a_lower_cap(void **state)
{
    (void)state;
    struct world world;
    begin(&world);
    world_add(&world, (struct world_record){ .kind = WORLD_SETTING, .setting = { case_subscriber, case_moment("2015-01-05T08:00:00"), { 50 }, 1, true, YUAN(5) } });
    case_use(&world, USE_DATA, "2015-01-05T07:59:59.999", 30);
    case_use(&world, USE_DATA, "2015-01-05T08:00:00", 20);
    case_use(&world, USE_DATA, "2015-01-06T08:00:00", 549); /* 4.99 */
    case_use(&world, USE_DATA, "2015-01-06T08:00:00", 1);   /* 5 */
    case_use(&world, USE_DATA, "2015-01-07T08:00:00", 500); /* the bill goes on */
    check_notices(&world, "50% data:home 50/100; 100% data:home 100/100; cap data 500 5.00; over data 1000 10.00");
    check_bill(&world, "2015-01-01", "fee:M 0.00, data:home 10.00 = 10.00");
    check_findings(&world, "2015-01-06T09:00:00",
                   "usage.notice.missing notice:13800138000:2015-01:data:home:reached:100 2015-01-06T08:30:00+08:00 usage/3");
    world_close(&world);
}

static void test_an_own_cap_that_is_raised_is_told_of_again(void **state)
{
    (void)state;
    struct world world;
    begin(&world);
    static const struct { const char *from; int64_t cap; } caps[] = { { "2015-01-01T00:00:00", YUAN(3) }, { "2015-01-07T00:00:00", YUAN(5) }, { "2015-01-09T00:00:00", YUAN(4) } };
    for (size_t i = 0; i < sizeof caps / sizeof *caps; i++)
        world_add(&world, (struct world_record){ .kind = WORLD_SETTING, .setting = { case_subscriber, case_moment(caps[i].from), { 50 }, 0, true, caps[i].cap } });
    case_use(&world, USE_DATA, "2015-01-05T08:00:00", 100);
    case_use(&world, USE_DATA, "2015-01-06T08:00:00", 300); /* 3 yuan */
    case_use(&world, USE_DATA, "2015-01-06T09:00:00", 100); /* 4: told of already */
    case_use(&world, USE_DATA, "2015-01-07T08:00:00", 50);
    case_use(&world, USE_DATA, "2015-01-08T08:00:00", 50);  /* 5: the one that was raised */
    case_use(&world, USE_DATA, "2015-01-09T08:00:00", 50);  /* the one that was lowered lies behind */
    check_notices(&world, "100% data:home 100/100; cap data 300 3.00; cap data 500 5.00");
    world_close(&world);
}

/* ---- audit ---- */

static void test_half_an_hour_is_in_time(void **state)
{
    (void)state;
    static const struct {
        const char *sent, *as_of, *wanted;
    } cases[] = {
        { NULL, "2015-01-05T08:30:00", "" },
        { NULL, "2015-01-05T08:30:00.001", "usage.notice.missing notice:13800138000:2015-01:data:home:threshold:80 2015-01-05T08:30:00+08:00 usage/1" },
        { "2015-01-05T08:00:00", "2015-02-01", "" },
        { "2015-01-05T08:30:00", "2015-02-01", "" },
        { "2015-01-05T08:30:00.001", "2015-02-01", "usage.notice.late notice:13800138000:2015-01:data:home:threshold:80 2015-01-05T08:30:00+08:00 notice_sent/1" },
        { "2015-01-05T08:30:00.001", "2015-01-05T08:30:00", "" }, /* later events are unseen */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct world world;
        begin(&world);
        case_use(&world, USE_DATA, "2015-01-05T08:00:00", 80);
        if (cases[i].sent) case_sent(&world, "data:home", WORLD_THRESHOLD, 80, cases[i].sent);
        check_findings(&world, cases[i].as_of, cases[i].wanted);
        world_close(&world);
    }
}

static void test_twice_and_unowed(void **state)
{
    (void)state;
    struct world world;
    begin(&world);
    case_use(&world, USE_DATA, "2015-01-05T08:00:00", 80);
    case_sent(&world, "data:home", WORLD_THRESHOLD, 80, "2015-01-05T09:00:00"); /* sent second */
    case_sent(&world, "data:home", WORLD_THRESHOLD, 80, "2015-01-05T08:10:00"); /* answers */
    case_sent(&world, "data:home", WORLD_THRESHOLD, 80, "2015-01-05T07:59:59.999"); /* before its cause */
    case_sent(&world, "data:home", WORLD_REACHED, 0, "2015-01-05T08:10:00");
    case_sent(&world, "data", WORLD_OVER, 0, "2015-01-05T08:10:00");
    check_findings(&world, NULL,
                   "usage.notice.twice notice:13800138000:2015-01:data:home:threshold:80 2015-01-05T09:00:00+08:00 notice_sent/1; "
                   "usage.notice.unowed notice:13800138000:2015-01:data:home:reached:100 2015-01-05T08:10:00+08:00 notice_sent/4; "
                   "usage.notice.unowed notice:13800138000:2015-01:data:home:threshold:80 2015-01-05T07:59:59.999+08:00 notice_sent/3; "
                   "usage.notice.unowed notice:13800138000:2015-01:data:over 2015-01-05T08:10:00+08:00 notice_sent/5");
    world_close(&world);
}

static void test_an_audit_goes_by_the_start_however_files_were_loaded(void **state)
{
    (void)state;
    struct world world = { 0 };
    case_use(&world, USE_DATA, "2015-01-07T08:00:00", 30);
    struct world_record *wrong = case_use(&world, USE_DATA, "2015-01-04T08:00:00", 1000);
    case_use(&world, USE_DATA, "2015-01-05T08:00:00", 70);
    case_correct(&world, wrong, "2015-01-06T08:00:00", 10); /* 80 on the 6th, in the place of its own start */
    case_holds(&world, "P", "2015-01-07", NULL); /* a pack that did not hold on the 6th; on the 7th 110 of 200 */
    case_holds(&world, "M", "2014-05-01", NULL);
    case_tariff(&world, pack("P"));
    case_tariff(&world, noticed("M"));
    check_notices(&world, "");
    check_findings(&world, "2015-02-01", "usage.notice.missing notice:13800138000:2015-01:data:home:threshold:80 2015-01-06T08:30:00+08:00 usage/4");
    world_close(&world);
}

static void test_the_kth_sent_answers_the_kth_owed(void **state)
{
    (void)state;
    struct world world;
    begin(&world);
    case_use(&world, USE_DATA, "2015-01-05T08:00:00", 1100);
    case_use(&world, USE_DATA, "2015-01-06T08:00:00", 1000);
    case_use(&world, USE_DATA, "2015-01-07T08:00:00", 1000);
    case_sent(&world, "data", WORLD_OVER, 0, "2015-01-06T08:00:00"); /* a day late for the first */
    case_sent(&world, "data", WORLD_OVER, 0, "2015-01-06T08:01:00");
    check_findings(&world, NULL, "usage.notice.late notice:13800138000:2015-01:data:over 2015-01-05T08:30:00+08:00 notice_sent/1");
    check_findings(&world, "2015-01-07T09:00:00",
                   "usage.notice.late notice:13800138000:2015-01:data:over 2015-01-05T08:30:00+08:00 notice_sent/1; "
                   "usage.notice.missing notice:13800138000:2015-01:data:over 2015-01-07T08:30:00+08:00 usage/3");
    world_close(&world);
}

static void test_a_later_correction_is_unseen(void **state)
{
    (void)state;
    struct world world;
    begin(&world);
    struct world_record *wrong = case_use(&world, USE_DATA, "2015-01-05T08:00:00", 90);
    case_correct(&world, wrong, "2015-01-09T08:00:00", 10);
    check_findings(&world, "2015-01-20", "");
    check_findings(&world, "2015-01-06", "usage.notice.missing notice:13800138000:2015-01:data:home:threshold:80 2015-01-05T08:30:00+08:00 usage/1");
    world_close(&world);
}

/* ---- bill.follows ---- */

static void charge(struct world *world, const char *cycle, const char *item, int64_t amount)
{
    world_add(world, (struct world_record){ .kind = WORLD_CHARGED, .charged = { case_subscriber, case_day(cycle), item, amount } });
}

static void test_bills_follow(void **state)
{
    (void)state;
    struct world world = { 0 };
    struct world_tariff tariff = noticed("M");
    tariff.monthly_fee = YUAN(18);
    case_tariff(&world, tariff);
    case_holds(&world, "M", "2014-05-01", NULL);
    case_use(&world, USE_DATA, "2015-01-05T08:00:00", 500); /* 4 yuan */
    case_use(&world, USE_SMS, "2015-01-05T08:00:00", 3);    /* 0.30, and nothing charged */
    charge(&world, "2015-01-01", "fee:M", YUAN(18));
    charge(&world, "2015-01-01", "data:home", FEN(900)); /* corrected below */
    charge(&world, "2015-01-01", "data:home", FEN(401));
    charge(&world, "2015-01-01", "voice:home", FEN(50)); /* nothing was called */
    charge(&world, "2015-01-01", "data:roaming", 0);
    for (size_t i = 0; i < JUDGES; i++) { /* February has no bill line: it is not compared */
        struct text lines = { 0 };
        judges[i]->bill_findings(&world, &lines);
        text_zero(&lines);
        assert_string_equal(lines.at, "bill.follows bill_line:13800138000:2015-01:data:home 0.01\n"
                                      "bill.follows bill_line:13800138000:2015-01:sms:home -0.30\n"
                                      "bill.follows bill_line:13800138000:2015-01:voice:home 0.50\n");
        text_close(&lines);
    }
    world_close(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_levels_are_owed_when_first_reached),
        cmocka_unit_test(test_only_the_highest_of_a_pool_is_owed),
        cmocka_unit_test(test_downward_corrections_owe_nothing_again),
        cmocka_unit_test(test_each_pool_has_its_own),
        cmocka_unit_test(test_a_quantity_of_0_is_valid_and_can_owe),
        cmocka_unit_test(test_a_pack_not_yet_begun_does_not_count),
        cmocka_unit_test(test_a_plan_that_has_ended_does_not_count),
        cmocka_unit_test(test_as_of_the_latest_start_seen_however_late_a_record_comes),
        cmocka_unit_test(test_when_a_pool_has_grown_levels_are_owed_again),
        cmocka_unit_test(test_what_use_still_reaches_is_not_owed_again),
        cmocka_unit_test(test_each_multiple_of_charges_is_owed_once),
        cmocka_unit_test(test_a_charge_that_becomes_whole_over_scopes_reaches),
        cmocka_unit_test(test_charges_stand_above_every_pool),
        cmocka_unit_test(test_the_cap_stands_above_a_multiple_and_ends_charges),
        cmocka_unit_test(test_the_charge_is_unrounded_but_for_increments),
        cmocka_unit_test(test_a_pool_without_limit_owes_nothing),
        cmocka_unit_test(test_own_levels_and_a_lower_cap),
        cmocka_unit_test(test_an_own_cap_that_is_raised_is_told_of_again),
        cmocka_unit_test(test_half_an_hour_is_in_time),
        cmocka_unit_test(test_twice_and_unowed),
        cmocka_unit_test(test_an_audit_goes_by_the_start_however_files_were_loaded),
        cmocka_unit_test(test_the_kth_sent_answers_the_kth_owed),
        cmocka_unit_test(test_a_later_correction_is_unseen),
        cmocka_unit_test(test_bills_follow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
