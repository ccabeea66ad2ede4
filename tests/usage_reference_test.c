/* Use, bills and notices worked out by hand, sentence by sentence of the contract: the slow reference is asked first, so that it can be
   trusted with random records, then the program. */
#include "usage_check.h" /* last: cmocka's macro `fail` hides ours */

/* ---- units, cycles, corrections ---- */

static void test_calls_count_started_minutes(void **state)
{
    (void)state;
    struct world world = { 0 };
    case_tariff(&world, plain("M"));
    case_holds(&world, "M", "2014-05-01", NULL);
    static const int64_t seconds[] = { 0, 1, 59, 60, 61, 120 }; /* 0 + 1 + 1 + 1 + 2 + 2 = 7 minutes */
    for (size_t i = 0; i < sizeof seconds / sizeof *seconds; i++) case_use(&world, USE_VOICE, "2015-01-05T08:00:00", seconds[i]);
    check_usage(&world, "2015-01-01", "voice 7 0.70");
    check_bill(&world, "2015-01-01", "fee:M 0.00, voice:home 0.70 = 0.70");
    world_close(&world);
}

static void test_allowance_of_calls_is_whole_minutes(void **state)
{
    (void)state;
    struct world world = { 0 };
    struct world_tariff tariff = plain("M");
    tariff.allowances[0] = (struct world_allowance){ .id = "v", .service = USE_VOICE, .quantity = 179, .scope = "home" }; /* 2 minutes */
    case_tariff(&world, tariff);
    case_holds(&world, "M", "2015-01-01", NULL);
    case_use(&world, USE_VOICE, "2015-01-05T08:00:00", 130); /* 3 minutes */
    check_usage(&world, "2015-01-01", "voice:home 2/2, voice 1 0.10");
    world_close(&world);
}

static void test_cycle_is_the_month_of_the_start_in_shanghai(void **state)
{
    (void)state;
    struct world world = { 0 };
    case_tariff(&world, plain("M"));
    case_holds(&world, "M", "2014-05-01", NULL);
    case_use(&world, USE_DATA, "2015-02-01T00:00:00+08:00", 200);
    case_use(&world, USE_DATA, "2015-01-31T23:59:59.999+08:00", 100);
    case_use(&world, USE_DATA, "2014-12-31T16:00:00Z", 400); /* 1 January there, though it came last */
    check_bill(&world, "2015-01-01", "fee:M 0.00, data:home 5.00 = 5.00");
    check_bill(&world, "2015-02-01", "fee:M 0.00, data:home 2.00 = 2.00");
    check_bill(&world, "2014-12-01", "fee:M 0.00 = 0.00");
    world_close(&world);
}

static void test_a_correction_replaces(void **state)
{
    (void)state;
    struct world world = { 0 };
    case_tariff(&world, plain("M"));
    case_holds(&world, "M", "2014-05-01", NULL);
    struct world_record *wrong = case_use(&world, USE_DATA, "2015-01-05T08:00:00", 1000);
    case_use(&world, USE_DATA, "2015-01-06T08:00:00", 100);
    case_correct(&world, wrong, "2015-02-05T08:00:00", 300);
    check_bill(&world, "2015-01-01", "fee:M 0.00, data:home 1.00 = 1.00");
    check_bill(&world, "2015-02-01", "fee:M 0.00, data:home 3.00 = 3.00");
    world_close(&world);
}

static void test_a_correction_may_come_before_what_it_corrects(void **state)
{
    (void)state;
    struct world world = { 0 };
    struct world_record later = { .kind = WORLD_USE, .source = "usage", .seq = 9,
                                  .use = { case_subscriber, USE_DATA, case_moment("2015-01-05T08:00:00"), 100, NULL, NULL, 0 } };
    case_tariff(&world, noticed("M"));
    case_holds(&world, "M", "2014-05-01", NULL);
    case_correct(&world, &later, "2015-01-05T08:00:00", 40);
    world_add(&world, later); /* as if it had never come: no notice either */
    check_usage(&world, "2015-01-01", "data:home 40/100");
    check_notices(&world, "");
    world_close(&world);
}

/* ---- pools and drawing ---- */

static void test_hours_are_those_of_the_start(void **state)
{
    (void)state;
    struct world world = { 0 };
    struct world_tariff tariff = plain("M");
    tariff.allowances[0] = (struct world_allowance){ .id = "n", .service = USE_DATA, .quantity = 1000, .scope = "home", .hour_from = 23, .hour_to = 7 };
    case_tariff(&world, tariff);
    case_holds(&world, "M", "2014-05-01", NULL);
    case_use(&world, USE_DATA, "2015-01-05T22:59:59.999", 1);
    case_use(&world, USE_DATA, "2015-01-05T23:00:00", 10);
    case_use(&world, USE_DATA, "2015-01-06T06:59:59.999", 20);
    case_use(&world, USE_DATA, "2015-01-06T07:00:00", 2);
    check_usage(&world, "2015-01-01", "data:home:23-07 30/1000, data 3 0.03");
    world_close(&world);
}

static void test_without_limit_everything_is_drawn(void **state)
{
    (void)state;
    struct world world = { 0 };
    struct world_tariff tariff = noticed("M");
    tariff.allowances[0].unlimited = true;
    case_tariff(&world, tariff);
    case_holds(&world, "M", "2014-05-01", NULL);
    case_use(&world, USE_DATA, "2015-01-05T08:00:00", 123456789);
    check_usage(&world, "2015-01-01", "data:home 123456789");
    check_notices(&world, "");
    world_close(&world);
}

static void test_scopes_are_served_by_their_own_and_by_any(void **state)
{
    (void)state;
    struct world world = { 0 };
    struct world_tariff tariff = plain("M");
    tariff.allowances[0] = (struct world_allowance){ .id = "h", .service = USE_DATA, .quantity = 100, .scope = "home" };
    tariff.allowances[1] = (struct world_allowance){ .id = "x", .service = USE_DATA, .quantity = 50 };
    case_tariff(&world, tariff);
    case_holds(&world, "M", "2014-05-01", NULL);
    case_use(&world, USE_DATA, "2015-01-05T08:00:00", 120); /* 100 of its own scope, 20 of any */
    case_scope(&world, USE_DATA, "roaming", "2015-01-06T08:00:00", 35); /* 30 of any, which is drawn by home first: 5 over */
    check_usage(&world, "2015-01-01", "data:any 50/50, data:home 100/100, data 5 0.05");
    check_bill(&world, "2015-01-01", "fee:M 0.00, data:roaming 0.05 = 0.05");
    world_close(&world);
}

static void test_directed_use_draws_on_its_own_then_as_home(void **state)
{
    (void)state;
    struct world world = { 0 };
    struct world_tariff tariff = plain("M");
    tariff.allowances[0] = (struct world_allowance){ .id = "d", .service = USE_DATA, .quantity = 100, .scope = "directed:video", .rollover = 2 };
    tariff.allowances[1] = (struct world_allowance){ .id = "h", .service = USE_DATA, .quantity = 10, .scope = "home" }; /* expires sooner */
    case_tariff(&world, tariff);
    case_holds(&world, "M", "2015-01-01", NULL);
    case_scope(&world, USE_DATA, "directed:video", "2015-01-05T08:00:00", 60);
    check_usage(&world, "2015-01-01", "data:directed:video 60/100, data:home 0/10");
    case_scope(&world, USE_DATA, "directed:video", "2015-01-06T08:00:00", 60); /* 40 of its own, 10 as home, 10 over, of its own scope */
    case_scope(&world, USE_DATA, "directed:music", "2015-01-06T08:00:00", 5);  /* by scope before video: takes 5 of the 10 at home first */
    check_usage(&world, "2015-01-01", "data:directed:video 100/100, data:home 10/10, data 15 0.15");
    check_bill(&world, "2015-01-01", "fee:M 0.00, data:directed:video 0.15 = 0.15");
    world_close(&world);
}

static void test_dearest_use_draws_first(void **state)
{
    (void)state;
    struct world world = { 0 };
    struct world_tariff tariff = plain("M");
    tariff.allowances[0] = (struct world_allowance){ .id = "x", .service = USE_DATA, .quantity = 100 };
    tariff.prices[3] = (struct world_price){ USE_DATA, 10, FEN(11), "roaming", 0 }; /* 1.1 fen a byte, at home 1 fen */
    case_tariff(&world, tariff);
    case_holds(&world, "M", "2014-05-01", NULL);
    case_use(&world, USE_DATA, "2015-01-05T08:00:00", 90);
    case_scope(&world, USE_DATA, "roaming", "2015-01-25T08:00:00", 60); /* takes 60 of the 100, whatever the day */
    check_bill(&world, "2015-01-01", "fee:M 0.00, data:home 0.50 = 0.50");
    world_close(&world);
}

static void test_use_outside_hours_draws_before_use_within(void **state)
{
    (void)state;
    struct world world = { 0 };
    struct world_tariff tariff = plain("M");
    tariff.allowances[0] = (struct world_allowance){ .id = "h", .service = USE_DATA, .quantity = 100, .scope = "home" };
    tariff.allowances[1] = (struct world_allowance){ .id = "n", .service = USE_DATA, .quantity = 30, .scope = "home", .hour_from = 23, .hour_to = 7 };
    case_tariff(&world, tariff);
    case_holds(&world, "M", "2014-05-01", NULL);
    case_use(&world, USE_DATA, "2015-01-05T01:00:00", 50); /* 30 with hours before without, then 20 of what day use leaves */
    case_use(&world, USE_DATA, "2015-01-05T12:00:00", 90);
    check_usage(&world, "2015-01-01", "data:home 100/100, data:home:23-07 30/30, data 10 0.10");
    world_close(&world);
}

/* Two windows that overlap tell pools apart where everything else is the same. */
static struct world_tariff night(const char *name, const char *id, int from, int to)
{
    struct world_tariff tariff = plain(name);
    tariff.type = "addon";
    tariff.allowances[0] = (struct world_allowance){ .id = id, .service = USE_DATA, .quantity = 100, .scope = "home", .hour_from = from, .hour_to = to };
    return tariff;
}

static void test_what_expires_sooner_is_drawn_first(void **state)
{
    (void)state;
    struct world world = { 0 };
    case_tariff(&world, night("A", "a", 23, 7));
    case_tariff(&world, night("B", "b", 22, 2));
    case_holds(&world, "A", "2015-01-01", NULL);
    case_holds(&world, "B", "2015-01-05", "2015-01-20"); /* subscribed later, but ends before the cycle does */
    case_use(&world, USE_DATA, "2015-01-06T23:30:00", 60);
    check_usage(&world, "2015-01-01", "data:home:22-02 60/100, data:home:23-07 0/100");
    world_close(&world);
}

static void test_what_was_subscribed_earlier_is_drawn_first_then_by_tariff_then_by_id(void **state)
{
    (void)state;
    struct world world = { 0 }, other = { 0 }, third = { 0 };
    case_tariff(&world, night("A", "a", 22, 2));
    case_tariff(&world, night("B", "b", 23, 7));
    case_holds(&world, "A", "2015-01-03", NULL);
    case_holds(&world, "B", "2015-01-02", NULL);
    case_use(&world, USE_DATA, "2015-01-06T23:30:00", 60);
    check_usage(&world, "2015-01-01", "data:home:22-02 0/100, data:home:23-07 60/100");
    case_tariff(&other, night("B", "b", 23, 7));
    case_tariff(&other, night("A", "a", 22, 2));
    case_holds(&other, "B", "2015-01-02", NULL);
    case_holds(&other, "A", "2015-01-02", NULL);
    case_use(&other, USE_DATA, "2015-01-06T23:30:00", 60);
    check_usage(&other, "2015-01-01", "data:home:22-02 60/100, data:home:23-07 0/100");
    struct world_tariff tariff = night("A", "z", 22, 2);
    tariff.allowances[1] = (struct world_allowance){ .id = "b", .service = USE_DATA, .quantity = 100, .scope = "home", .hour_from = 23, .hour_to = 7 };
    case_tariff(&third, tariff);
    case_holds(&third, "A", "2015-01-02", NULL);
    case_use(&third, USE_DATA, "2015-01-06T23:30:00", 60);
    check_usage(&third, "2015-01-01", "data:home:22-02 0/100, data:home:23-07 60/100");
    world_close(&world);
    world_close(&other);
    world_close(&third);
}

/* ---- parts and rollover ---- */

static void test_a_pack_serves_from_the_day_it_begins(void **state)
{
    (void)state;
    struct world world = { 0 };
    struct world_tariff pack = plain("P");
    pack.type = "addon";
    pack.allowances[0] = (struct world_allowance){ .id = "p", .service = USE_DATA, .quantity = 100, .scope = "home" };
    case_tariff(&world, plain("M"));
    case_tariff(&world, pack);
    case_holds(&world, "M", "2014-05-01", NULL);
    case_holds(&world, "P", "2015-01-10", "2015-01-20");
    case_use(&world, USE_DATA, "2015-01-09T23:59:59.999", 10);
    case_use(&world, USE_DATA, "2015-01-20T00:00:00", 20);
    case_use(&world, USE_DATA, "2015-01-10T00:00:00", 40);
    case_use(&world, USE_DATA, "2015-01-15T08:00:00", 70); /* 60 left of the pack, 10 over; 40 over in all */
    /* The latest start is the 20th, when the pack is over: what is left of it does not count, what was drawn does. */
    check_usage(&world, "2015-01-01", "data:home 100/100, data 40 0.40");
    check_bill(&world, "2015-01-01", "fee:M 0.00, fee:P 0.00, data:home 0.40 = 0.40");
    world_close(&world);
}

static void test_an_allowance_is_whole_in_its_first_part_and_goes_on(void **state)
{
    (void)state;
    struct world world = { 0 };
    struct world_tariff tariff = plain("M");
    tariff.allowances[0] = (struct world_allowance){ .id = "h", .service = USE_DATA, .quantity = 100, .scope = "home" };
    case_tariff(&world, tariff);
    case_holds(&world, "M", "2015-01-05", NULL);
    case_holds(&world, "unknown", "2015-01-20", NULL); /* a cut all the same */
    case_use(&world, USE_DATA, "2015-01-25T08:00:00", 80); /* the second part draws on what the first left */
    case_use(&world, USE_DATA, "2015-01-10T08:00:00", 70);
    check_usage(&world, "2015-01-01", "data:home 100/100, data 50 0.50");
    world_close(&world);
}

static void test_what_is_left_rolls_over(void **state)
{
    (void)state;
    struct world world = { 0 };
    struct world_tariff tariff = plain("M");
    tariff.allowances[0] = (struct world_allowance){ .id = "h", .service = USE_DATA, .quantity = 100, .scope = "home", .rollover = 1 };
    case_tariff(&world, tariff);
    case_holds(&world, "M", "2015-01-01", NULL);
    case_use(&world, USE_DATA, "2015-01-05T08:00:00", 30);
    case_use(&world, USE_DATA, "2015-02-05T08:00:00", 80); /* 70 of January, which expires sooner, and 10 of February */
    check_usage(&world, "2015-01-01", "data:home 30/100");
    check_usage(&world, "2015-02-01", "data:home 80/170");
    check_usage(&world, "2015-03-01", "data:home 0/190"); /* 90 of February, 100 of March; January's is gone */
    check_usage(&world, "2015-04-01", "data:home 0/200");
    case_use(&world, USE_DATA, "2015-01-06T08:00:00", 70); /* late: January leaves nothing, so February draws on its own */
    check_usage(&world, "2015-02-01", "data:home 80/100");
    check_usage(&world, "2015-03-01", "data:home 0/120");
    world_close(&world);
}

static void test_rollover_ends_with_the_subscription(void **state)
{
    (void)state;
    struct world world = { 0 };
    struct world_tariff tariff = plain("M");
    tariff.allowances[0] = (struct world_allowance){ .id = "h", .service = USE_DATA, .quantity = 100, .scope = "home", .rollover = 3 };
    case_tariff(&world, tariff);
    case_holds(&world, "M", "2014-12-01", "2015-01-01");
    case_holds(&world, "M", "2015-01-01", NULL); /* another one, from which the first hands over nothing */
    case_use(&world, USE_DATA, "2015-01-05T08:00:00", 10);
    check_usage(&world, "2015-01-01", "data:home 10/100");
    check_usage(&world, "2015-03-01", "data:home 0/290"); /* 90, 100, 100 */
    world_close(&world);
}

/* ---- prices and lines ---- */

static void test_the_main_tariff_held_last_has_the_price(void **state)
{
    (void)state;
    struct world world = { 0 };
    struct world_tariff dear = plain("A"), pack = plain("P");
    dear.prices[0].price = YUAN(2);
    pack.type = "addon";
    pack.prices[0].price = YUAN(9);
    case_tariff(&world, dear);
    case_tariff(&world, plain("B"));
    case_tariff(&world, pack);
    case_holds(&world, "A", "2014-05-01", "2015-01-10");
    case_holds(&world, "B", "2015-01-10", NULL);
    case_holds(&world, "P", "2015-01-11", NULL);
    case_use(&world, USE_DATA, "2015-01-05T08:00:00", 100); /* in A's days, at B's price */
    check_bill(&world, "2015-01-01", "fee:A 0.00, fee:B 0.00, fee:P 0.00, data:home 1.00 = 1.00");
    world_close(&world);
}

static void test_a_scope_without_a_price_takes_that_of_home(void **state)
{
    (void)state;
    struct world world = { 0 };
    struct world_tariff tariff = plain("M");
    tariff.prices[3] = (struct world_price){ USE_DATA, 100, YUAN(3), "directed:video", 0 };
    case_tariff(&world, tariff);
    case_holds(&world, "M", "2014-05-01", NULL);
    case_scope(&world, USE_DATA, "roaming", "2015-01-05T08:00:00", 100);
    case_scope(&world, USE_DATA, "directed:music", "2015-01-05T08:00:00", 200);
    case_scope(&world, USE_DATA, "directed:video", "2015-01-05T08:00:00", 100);
    check_bill(&world, "2015-01-01", "fee:M 0.00, data:directed:music 2.00, data:directed:video 3.00, data:roaming 1.00 = 6.00");
    world_close(&world);
}

static void test_increments_are_rounded_up_once_on_the_total(void **state)
{
    (void)state;
    struct world world = { 0 };
    struct world_tariff tariff = plain("M");
    tariff.prices[0].increment = 50;
    case_tariff(&world, tariff);
    case_holds(&world, "M", "2014-05-01", NULL);
    for (int i = 0; i < 3; i++) case_use(&world, USE_DATA, "2015-01-05T08:00:00", 17); /* 51 is 100, not three times 50 */
    check_bill(&world, "2015-01-01", "fee:M 0.00, data:home 1.00 = 1.00");
    check_usage(&world, "2015-01-01", "data 51 1.00");
    world_close(&world);
}

static void test_lines_are_rounded_half_up_once(void **state)
{
    (void)state;
    struct world world = { 0 };
    struct world_tariff tariff = plain("M");
    tariff.prices[0] = (struct world_price){ USE_DATA, MEBIBYTE, FEN(29), "home", 0 };
    case_tariff(&world, tariff);
    case_holds(&world, "M", "2014-05-01", NULL);
    /* 1.5 MiB at 0.29 are 0.435, which is 0.44; half a MiB roaming is 0.145, which is 0.15; a byte less than that 0.14 */
    case_use(&world, USE_DATA, "2015-01-05T08:00:00", MEBIBYTE);
    case_use(&world, USE_DATA, "2015-01-06T08:00:00", MEBIBYTE / 2);
    case_scope(&world, USE_DATA, "roaming", "2015-01-06T08:00:00", MEBIBYTE / 2);
    case_scope(&world, USE_DATA, "directed:a", "2015-01-06T08:00:00", MEBIBYTE / 2 - 1);
    check_bill(&world, "2015-01-01", "fee:M 0.00, data:directed:a 0.14, data:home 0.44, data:roaming 0.15 = 0.73");
    /* The charge of the service is rounded for itself: 0.435 + 0.145 + just under 0.145 is just under 0.725. */
    check_usage(&world, "2015-01-01", "data 2621439 0.72");
    world_close(&world);
}

static void test_data_lines_are_cut_to_the_cap_from_the_last(void **state)
{
    (void)state;
    struct world world = { 0 };
    struct world_tariff tariff = plain("M");
    tariff.has_cap = true;
    tariff.cap = YUAN(5);
    case_tariff(&world, tariff);
    case_holds(&world, "M", "2014-05-01", NULL);
    case_scope(&world, USE_DATA, "directed:a", "2015-01-05T08:00:00", 200);
    case_use(&world, USE_DATA, "2015-01-05T08:00:00", 450);
    case_scope(&world, USE_DATA, "roaming", "2015-01-05T08:00:00", 100);
    case_use(&world, USE_SMS, "2015-01-05T08:00:00", 100); /* 10 yuan: the cap is for data */
    check_bill(&world, "2015-01-01", "fee:M 0.00, data:directed:a 2.00, data:home 3.00, sms:home 10.00 = 15.00");
    check_usage(&world, "2015-01-01", "data 750 5.00, sms 100 10.00");
    world_close(&world);
}

static void test_rounded_lines_may_be_over_the_cap(void **state)
{
    (void)state;
    struct world world = { 0 };
    struct world_tariff tariff = plain("M");
    tariff.prices[0] = (struct world_price){ USE_DATA, 1000, YUAN(5), "home", 0 }; /* half a fen a byte */
    tariff.has_cap = true;
    tariff.cap = FEN(3);
    case_tariff(&world, tariff);
    case_holds(&world, "M", "2014-05-01", NULL);
    case_use(&world, USE_DATA, "2015-01-05T08:00:00", 3);              /* 1.5 fen: 2 */
    case_scope(&world, USE_DATA, "roaming", "2015-01-05T08:00:00", 3); /* 1.5 fen: 2; together 4, cut to 3 */
    check_bill(&world, "2015-01-01", "fee:M 0.00, data:home 0.02, data:roaming 0.01 = 0.03");
    world_close(&world);
}

static void test_fees_are_whole_in_each_cycle_in_which_it_holds(void **state)
{
    (void)state;
    struct world world = { 0 };
    struct world_tariff tariff = plain("M");
    tariff.monthly_fee = FEN(1850);
    tariff.one_off_fee = YUAN(20);
    tariff.free_until = "2015-02-03";
    tariff.has_then_fee = true;
    tariff.then_fee = YUAN(30);
    case_tariff(&world, tariff);
    case_holds(&world, "M", "2014-12-31", "2015-03-02");
    check_bill(&world, "2014-11-01", "= 0.00");
    check_bill(&world, "2014-12-01", "fee:M 18.50, once:M 20.00 = 38.50");
    check_bill(&world, "2015-01-01", "fee:M 18.50 = 18.50");
    check_bill(&world, "2015-02-01", "fee:M 18.50 = 18.50"); /* with the cycle of free_until */
    check_bill(&world, "2015-03-01", "fee:M 30.00 = 30.00"); /* one day of March */
    check_bill(&world, "2015-04-01", "= 0.00");
    world_close(&world);
}

static void test_leaving_early_costs(void **state)
{
    (void)state;
    static const struct {
        const char *to, *cycle, *wanted;
    } cases[] = {
        { "2015-02-27", "2015-02-01", "fee:M 0.00, exit:M 15.00 = 15.00" },
        { "2015-02-28", "2015-02-01", "fee:M 0.00 = 0.00" }, /* 31 January and a month is February's last day */
        { "2015-02-01", "2015-01-01", "fee:M 0.00 = 0.00" },
        { "2015-02-01", "2015-02-01", "exit:M 15.00 = 15.00" }, /* in the cycle of `to`, in which it no longer holds */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct world world = { 0 };
        struct world_tariff tariff = plain("M");
        tariff.min_months = 1;
        tariff.exit_fee = YUAN(15);
        case_tariff(&world, tariff);
        case_holds(&world, "M", "2015-01-31", cases[i].to);
        check_bill(&world, cases[i].cycle, cases[i].wanted);
        world_close(&world);
    }
}

static void test_one_tariff_held_twice_is_summed(void **state)
{
    (void)state;
    struct world world = { 0 };
    struct world_tariff tariff = plain("P");
    tariff.type = "addon";
    tariff.monthly_fee = 5005000; /* 5.005 */
    tariff.one_off_fee = 4000;    /* 0.004 */
    tariff.allowances[0] = (struct world_allowance){ .id = "p", .service = USE_DATA, .quantity = 100, .scope = "home" };
    case_tariff(&world, tariff);
    case_holds(&world, "P", "2015-01-10", NULL);
    case_holds(&world, "P", "2015-01-20", NULL);
    check_bill(&world, "2015-01-01", "fee:P 10.01, once:P 0.01 = 10.02"); /* 10.010 and 0.008 */
    check_bill(&world, "2015-02-01", "fee:P 10.01 = 10.01");
    check_usage(&world, "2015-01-01", "data:home 0/200");
    world_close(&world);
}

static void test_without_a_main_tariff_nothing_is_charged(void **state)
{
    (void)state;
    struct world world = { 0 };
    case_holds(&world, "unknown", "2014-05-01", NULL);
    case_use(&world, USE_DATA, "2015-01-05T08:00:00", 100);
    check_usage(&world, "2015-01-01", "data 100 0.00");
    check_bill(&world, "2015-01-01", "= 0.00");
    check_notices(&world, "");
    world_close(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_calls_count_started_minutes),
        cmocka_unit_test(test_allowance_of_calls_is_whole_minutes),
        cmocka_unit_test(test_cycle_is_the_month_of_the_start_in_shanghai),
        cmocka_unit_test(test_a_correction_replaces),
        cmocka_unit_test(test_a_correction_may_come_before_what_it_corrects),
        cmocka_unit_test(test_hours_are_those_of_the_start),
        cmocka_unit_test(test_without_limit_everything_is_drawn),
        cmocka_unit_test(test_scopes_are_served_by_their_own_and_by_any),
        cmocka_unit_test(test_directed_use_draws_on_its_own_then_as_home),
        cmocka_unit_test(test_dearest_use_draws_first),
        cmocka_unit_test(test_use_outside_hours_draws_before_use_within),
        cmocka_unit_test(test_what_expires_sooner_is_drawn_first),
        cmocka_unit_test(test_what_was_subscribed_earlier_is_drawn_first_then_by_tariff_then_by_id),
        cmocka_unit_test(test_a_pack_serves_from_the_day_it_begins),
        cmocka_unit_test(test_an_allowance_is_whole_in_its_first_part_and_goes_on),
        cmocka_unit_test(test_what_is_left_rolls_over),
        cmocka_unit_test(test_rollover_ends_with_the_subscription),
        cmocka_unit_test(test_the_main_tariff_held_last_has_the_price),
        cmocka_unit_test(test_a_scope_without_a_price_takes_that_of_home),
        cmocka_unit_test(test_increments_are_rounded_up_once_on_the_total),
        cmocka_unit_test(test_lines_are_rounded_half_up_once),
        cmocka_unit_test(test_data_lines_are_cut_to_the_cap_from_the_last),
        cmocka_unit_test(test_rounded_lines_may_be_over_the_cap),
        cmocka_unit_test(test_fees_are_whole_in_each_cycle_in_which_it_holds),
        cmocka_unit_test(test_leaving_early_costs),
        cmocka_unit_test(test_one_tariff_held_twice_is_summed),
        cmocka_unit_test(test_without_a_main_tariff_nothing_is_charged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
