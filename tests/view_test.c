/* Views: each at one position, with the rows that its identity may see; and results, which are kept while they hold. */
#include <dirent.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/load.h"
#include "measure/complaint/complaint.h"
#include "measure/province/province.h"
#include "measure/results.h"
#include "measure/view.h"

#include <cmocka.h> /* last: its macro `fail` hides ours */

static struct {
    char folder[64], directory[96];
    struct engine *engine;
    struct views *views;
} here;

static const struct identity nobody = { .role = ROLE_PUBLIC }, jia = { .role = ROLE_OPERATOR, .account = "jia-1", .operator_ = "jia" },
                             yi = { .role = ROLE_OPERATOR, .account = "yi-1", .operator_ = "yi" },
                             lost = { .role = ROLE_OPERATOR, .account = "lost" }, tester = { .role = ROLE_TESTER, .account = "t" },
                             regulator = { .role = ROLE_REGULATOR, .account = "r" }, administrator = { .role = ROLE_ADMINISTRATOR, .account = "a" };

static uint64_t load_text(const struct kind *kind, const char *source, const char *text)
{
    char path[160];
    struct error error = { 0 };
    struct load_summary summary = { 0 };
    snprintf(path, sizeof path, "%s/%s.csv", here.folder, kind->name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
    if (!load_file(here.engine, &(struct load_options){ .kind = kind, .path = path, .source = source }, &summary, &error)) fail_msg("%s", error.says);
    uint64_t accepted = summary.accepted;
    assert_int_equal(summary.rejected, 0);
    load_summary_close(&summary);
    return accepted;
}

static int setup(void **state)
{
    (void)state;
    struct error error = { 0 };
    strcpy(here.folder, "/tmp/mingbai-view-XXXXXX");
    assert_non_null(mkdtemp(here.folder));
    snprintf(here.directory, sizeof here.directory, "%s/data", here.folder);
    if (!directory_make(disk_posix(), here.directory, &error) ||
        !(here.engine = engine_open(&(struct engine_options){ .directory = here.directory }, &error)))
        fail_msg("%s", error.says);
    here.views = views_open(here.engine);
    load_text(&subscriber_kind, "numbers", "subscriber,operator,area,since\n13800130001,jia,320100,2014-01-01\n"
                                           "13800130002,jia,320100,2014-01-01\n13900130003,yi,320100,2014-01-01\n");
    load_text(&limit_kind, "law", "duty,value,unit,from,basis,status\ncomplaint.answer.late,15,day,2000-01-01,a rule,V\n");
    load_text(&complaint_kind, "cases", "id,operator,area,filed,channel,subscriber\n"
                                        "c1,jia,320100,2015-01-01,web,13800130001\nc2,jia,320100,2015-01-02,web,13800130002\n"
                                        "c3,yi,320100,2015-03-01,web,13900130003\n");
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    struct error error;
    views_close(here.views);
    engine_close(here.engine);
    assert_true(disk_remove_tree(disk_posix(), here.folder, &error));
    return 0;
}

static struct view *take(const struct identity *who, enum reach reach)
{
    struct error error = { 0 };
    struct view *view = view_take(here.views, who, reach, &error);
    if (!view) fail_msg("%s", error.says);
    return view;
}

static const char count_numbers[] = "SELECT COUNT(*) FROM \"subscriber\" WHERE {scope} AND \"since\" >= $1";

static int64_t numbers_in(struct view *view)
{
    struct error error = { 0 };
    bool row;
    struct statement *select = view_select(view, &subscriber_kind, count_numbers, &error);
    if (!select) fail_msg("%s", error.says);
    statement_number(select, 1, 0);
    if (!statement_step(select, &row, &error)) fail_msg("%s", error.says);
    assert_true(row);
    return column_number(select, 0); /* left open: the view's end ends it */
}

static int64_t numbers_seen(const struct identity *who, enum reach reach)
{
    struct view *view = take(who, reach);
    int64_t count = numbers_in(view);
    view_give(view);
    return count;
}

static struct identity person(const char *number)
{
    struct identity who = { .role = ROLE_SUBSCRIBER, .has_subject = true };
    who.subject = vault_find(engine_vault(here.engine), str_of(number));
    assert_true(who.subject != UINT64_MAX);
    return who;
}

static void everybody_sees_their_own(void **state)
{
    (void)state;
    struct identity first = person("13800130001"), follower = { .role = ROLE_SUBSCRIBER, .complaint = "c1" };
    assert_int_equal(numbers_seen(&nobody, REACH_OWN), 0);
    assert_int_equal(numbers_seen(&tester, REACH_OWN), 0);
    assert_int_equal(numbers_seen(&jia, REACH_OWN), 2);
    assert_int_equal(numbers_seen(&yi, REACH_OWN), 1);
    assert_int_equal(numbers_seen(&lost, REACH_OWN), 0);
    assert_int_equal(numbers_seen(&first, REACH_OWN), 1);
    assert_int_equal(numbers_seen(&follower, REACH_OWN), 0);
    assert_int_equal(numbers_seen(&regulator, REACH_OWN), 3);
    assert_int_equal(numbers_seen(&administrator, REACH_OWN), 3);
    assert_int_equal(numbers_seen(&nobody, REACH_OPEN), 3);
}

static void the_programs_own_kinds_are_the_regulators(void **state)
{
    (void)state;
    const struct identity *const all[] = { &nobody, &jia, &tester, &regulator, &administrator };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        struct view *view = take(all[i], REACH_OWN);
        assert_int_equal(view_sees_all(view, &unsealing_kind), all[i]->role >= ROLE_REGULATOR);
        assert_int_equal(view_sees_all(view, &withdrawal_kind), all[i]->role >= ROLE_REGULATOR);
        assert_true(view_sees_all(view, &limit_kind));
        view_give(view);
    }
}

static bool sees(const struct identity *who, enum reach reach, const struct finding *finding)
{
    struct view *view = take(who, reach);
    bool seen = view_sees_finding(view, finding);
    view_give(view);
    return seen;
}

static void findings_are_for_those_they_are_about(void **state)
{
    (void)state;
    struct identity first = person("13800130001"), second = person("13800130002");
    struct identity follower = { .role = ROLE_SUBSCRIBER, .complaint = "c1" }, other = { .role = ROLE_SUBSCRIBER, .complaint = "c" };
    struct finding finding = { .operator_ = STR("jia"), .subject = STR("complaint:c1"), .has_subscriber = true, .subscriber = first.subject };
    assert_true(sees(&jia, REACH_OWN, &finding) && sees(&regulator, REACH_OWN, &finding) && sees(&administrator, REACH_OWN, &finding));
    assert_true(sees(&first, REACH_OWN, &finding) && sees(&follower, REACH_OWN, &finding) && sees(&nobody, REACH_OPEN, &finding));
    assert_false(sees(&yi, REACH_OWN, &finding) || sees(&second, REACH_OWN, &finding) || sees(&other, REACH_OWN, &finding));
    assert_false(sees(&nobody, REACH_OWN, &finding) || sees(&tester, REACH_OWN, &finding) || sees(&lost, REACH_OWN, &finding));
    finding.operator_ = (struct str){ 0 };
    finding.has_subscriber = false;
    assert_false(sees(&lost, REACH_OWN, &finding) || sees(&jia, REACH_OWN, &finding) || sees(&first, REACH_OWN, &finding));
}

static void a_view_stays_where_it_is(void **state)
{
    (void)state;
    struct view *before = take(&regulator, REACH_OWN);
    uint64_t position = before->position;
    assert_int_equal(numbers_in(before), 3);
    load_text(&subscriber_kind, "more", "subscriber,operator,area,since\n13800130009,jia,320100,2014-01-01\n");
    assert_int_equal(numbers_in(before), 3);
    assert_int_equal(before->position, position);
    struct view *after = take(&regulator, REACH_OWN);
    assert_int_equal(numbers_in(after), 4);
    assert_true(after->position > position);
    struct error error = { 0 };
    if (!engine_withdraw(here.engine, STR("more"), STR("a test"), 0, (struct str){ 0 }, &error)) fail_msg("%s", error.says);
    struct view *later = take(&regulator, REACH_OWN);
    assert_int_equal(numbers_in(later), 3);
    assert_int_equal(numbers_in(after), 4);
    assert_true(later->generation > after->generation);
    view_give(before);
    view_give(after);
    view_give(later);
    assert_int_equal(numbers_seen(&regulator, REACH_OWN), 3);
}

/* Files of the data directory that are removed and yet open. */
static int removed_files_open(void)
{
    int count = 0;
    DIR *folder = opendir("/proc/self/fd");
    assert_non_null(folder);
    for (struct dirent *each; (each = readdir(folder));) {
        char target[512];
        ssize_t length = readlinkat(dirfd(folder), each->d_name, target, sizeof target - 1);
        if (length <= 0) continue;
        target[length] = 0;
        count += !strncmp(target, here.directory, strlen(here.directory)) && strstr(target, " (deleted)");
    }
    closedir(folder);
    return count;
}

static void idle_views_of_an_earlier_state_are_closed(void **state)
{
    (void)state;
    struct error error = { 0 };
    struct view *views[4];
    for (size_t i = 0; i < 4; i++) views[i] = take(&regulator, REACH_OWN);
    for (size_t i = 1; i < 4; i++) view_give(views[i]);
    if (!engine_withdraw(here.engine, STR("numbers"), STR("a test"), 0, (struct str){ 0 }, &error)) fail_msg("%s", error.says);
    assert_true(removed_files_open() > 0);
    view_give(views[0]);
    assert_int_equal(removed_files_open(), 0);
    assert_int_equal(numbers_seen(&regulator, REACH_OWN), 0);
}

/* Every view's position is that of what it sees: each entry of `market` is one row. */
enum { ROUNDS = 40 };

static void *load_markets(void *context)
{
    for (int i = 0; i < ROUNDS; i++) {
        char text[128], source[16];
        snprintf(text, sizeof text, "operator,area,month,subscribers\nm%d,320100,2015-01,1\n", i);
        snprintf(source, sizeof source, "market%d", i);
        load_text(&market_kind, source, text);
    }
    *(atomic_bool *)context = true;
    return NULL;
}

static void the_position_is_that_of_what_is_seen(void **state)
{
    (void)state;
    atomic_bool ended = false;
    pthread_t loader;
    struct error error = { 0 };
    uint64_t highest = 0;
    int different = 0;
    assert_int_equal(pthread_create(&loader, NULL, load_markets, &ended), 0);
    for (bool last = false; !last;) {
        last = ended;
        struct view *view = take(&regulator, REACH_OWN);
        bool row;
        struct statement *select = view_select(view, &market_kind, "SELECT MAX(\"entry\") + 1 FROM \"place\"", &error);
        assert_true(select && statement_step(select, &row, &error) && row);
        assert_int_equal((uint64_t)column_number(select, 0), view->position);
        different += view->position != highest;
        assert_true(view->position >= highest);
        highest = view->position;
        view_give(view);
    }
    pthread_join(loader, NULL);
    assert_true(different > 2);
}

static void the_law_is_read_again_when_it_changed(void **state)
{
    (void)state;
    struct view *first = take(&nobody, REACH_OPEN), *second = take(&jia, REACH_OWN);
    assert_ptr_equal(first->audit.law, second->audit.law);
    load_text(&market_kind, "another market", "operator,area,month,subscribers\nother,320100,2015-01,1\n");
    struct view *third = take(&jia, REACH_OWN);
    assert_true(third->position > first->position);
    assert_ptr_equal(first->audit.law, third->audit.law);
    load_text(&limit_kind, "new law", "duty,value,unit,from,basis,status\ncomplaint.answer.late,10,day,2016-01-01,another rule,V\n");
    struct view *fourth = take(&jia, REACH_OWN), *fifth = take(&jia, REACH_OWN);
    int32_t day;
    assert_true(day_parse(STR("2016-02-01"), &day));
    struct str empty = { 0 }, duty = STR("complaint.answer.late");
    assert_int_equal(law_limit(first->audit.law, duty, empty, empty, empty, empty, day)->value, 15000000);
    assert_int_equal(law_limit(fourth->audit.law, duty, empty, empty, empty, empty, day)->value, 10000000);
    assert_ptr_equal(fourth->audit.law, fifth->audit.law);
    struct view *const all[] = { first, second, third, fourth, fifth };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) view_give(all[i]);
    struct error error = { 0 };
    assert_true(engine_withdraw(here.engine, STR("new law"), STR("a test"), 0, (struct str){ 0 }, &error));
    struct view *last = take(&jia, REACH_OWN);
    assert_int_equal(law_limit(last->audit.law, duty, empty, empty, empty, empty, day)->value, 15000000);
    view_give(last);
}

/* ---- results ---- */

/* As the findings tell, and as the groups do. */
static size_t of_operator(const struct result *result, const char *operator_)
{
    size_t count = 0, grouped = 0, all = 0;
    for (size_t i = 0; i < result->finding_count; i++) count += str_equal(result->findings[i].operator_, str_of(operator_));
    for (size_t i = 0; i < result->group_count; i++) {
        const struct finding_group *group = &result->groups[i];
        all += group->count;
        for (size_t k = 0; k < group->count; k++) assert_ptr_equal(group->findings[k]->duty, group->findings[0]->duty);
        for (size_t k = 0; k < group->count; k++) grouped += str_equal(group->findings[k]->operator_, str_of(operator_));
        if (str_equal(group->findings[0]->operator_, str_of(operator_))) grouped -= group->count;
    }
    assert_int_equal(all, result->finding_count);
    assert_int_equal(grouped, 0); /* a group is of one operator */
    return count;
}

static bool is_at_hand(struct results *results, const struct view *view, int64_t as_of)
{
    const struct result *held = results_findings_at_hand(results, view, as_of);
    results_release(results, held);
    return held;
}

static void a_result_is_kept_while_it_holds(void **state)
{
    (void)state;
    struct error error = { 0 };
    struct results *results = results_open();
    struct view *view = take(&regulator, REACH_OWN);
    assert_null(results_findings_at_hand(results, view, MOMENT_NONE));
    const struct result *first = results_findings(results, view, MOMENT_NONE, &error), *second = results_findings(results, view, MOMENT_NONE, &error);
    assert_non_null(first);
    assert_ptr_equal(first, second);
    assert_true(is_at_hand(results, view, MOMENT_NONE));
    assert_int_equal(of_operator(first, "jia"), 2);
    assert_int_equal(of_operator(first, "yi"), 0);
    load_text(&complaint_kind, "later cases", "id,operator,area,filed,channel\nc4,yi,320100,2015-05-01,web\n");
    struct view *later = take(&regulator, REACH_OWN);
    assert_null(results_findings_at_hand(results, later, MOMENT_NONE));
    const struct result *third = results_findings(results, later, MOMENT_NONE, &error);
    assert_int_equal(of_operator(third, "yi"), 1);
    const struct result *earlier = results_findings(results, view, MOMENT_NONE, &error); /* the view did not move */
    assert_int_equal(of_operator(earlier, "yi"), 0);
    int64_t as_of;
    assert_true(moment_parse(STR("2015-01-17T12:00"), &as_of));
    const struct result *then = results_findings(results, later, as_of, &error);
    assert_int_equal(of_operator(then, "jia"), 1);
    const struct result *const all[] = { first, second, third, earlier, then };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) results_release(results, all[i]);
    view_give(view);
    view_give(later);
    assert_true(engine_withdraw(here.engine, STR("later cases"), STR("a test"), 0, (struct str){ 0 }, &error));
    later = take(&regulator, REACH_OWN);
    third = results_findings(results, later, MOMENT_NONE, &error);
    assert_int_equal(of_operator(third, "yi"), 0);
    results_release(results, third);
    view_give(later);
    results_close(results);
}

static void a_record_that_nothing_reads_changes_no_result(void **state)
{
    (void)state;
    struct error error = { 0 };
    struct results *results = results_open();
    const struct figure *figure = figure_find(STR("complaint.count"));
    if (!figure) figure = &complaint.figures[0];
    struct figure_request request = { .by = BY_OPERATOR }, other = { .by = BY_OPERATOR, .operator_ = STR("jia") };
    struct view *view = take(&nobody, REACH_OPEN);
    const struct result *first = results_figure(results, view, figure, &request, MOMENT_NONE, &error);
    assert_true(first && first->row_count >= 2);
    const struct result *narrow = results_figure(results, view, figure, &other, MOMENT_NONE, &error);
    assert_int_equal(narrow->row_count, 1);
    view_give(view);
    view = take(&nobody, REACH_OPEN);
    const struct result *held = results_figure_at_hand(results, view, figure, &request, MOMENT_NONE);
    assert_ptr_equal(held, first);
    results_release(results, held);
    assert_null(results_figure_at_hand(results, view, figure, &request, 0));
    load_text(&market_kind, "a market", "operator,area,month,subscribers\njia,320100,2015-01,1000\n");
    struct view *later = take(&nobody, REACH_OPEN);
    assert_null(results_figure_at_hand(results, later, figure, &request, MOMENT_NONE));
    results_release(results, first);
    results_release(results, narrow);
    view_give(view);
    view_give(later);
    results_close(results);
}

struct asking {
    struct results *results;
    pthread_barrier_t barrier;
    _Atomic(const struct result *) first;
    atomic_int different;
};

static void *ask(void *context)
{
    struct asking *asking = context;
    struct error error = { 0 };
    struct view *view = take(&regulator, REACH_OWN);
    pthread_barrier_wait(&asking->barrier);
    const struct result *result = results_findings(asking->results, view, MOMENT_NONE, &error), *none = NULL;
    if (!atomic_compare_exchange_strong(&asking->first, &none, result) && none != result) asking->different++;
    pthread_barrier_wait(&asking->barrier);
    results_release(asking->results, result);
    view_give(view);
    return NULL;
}

static void ten_who_ask_at_once_get_one_answer(void **state)
{
    (void)state;
    enum { ASKING = 10 };
    pthread_t threads[ASKING];
    struct asking asking = { .results = results_open() };
    pthread_barrier_init(&asking.barrier, NULL, ASKING);
    for (int i = 0; i < ASKING; i++) assert_int_equal(pthread_create(&threads[i], NULL, ask, &asking), 0);
    for (int i = 0; i < ASKING; i++) pthread_join(threads[i], NULL);
    assert_int_equal(asking.different, 0);
    assert_non_null(asking.first);
    pthread_barrier_destroy(&asking.barrier);
    results_close(asking.results);
}

static void old_results_make_room(void **state)
{
    (void)state;
    struct error error = { 0 };
    struct results *results = results_open();
    struct view *view = take(&regulator, REACH_OWN);
    for (int64_t i = 0; i < 20; i++) results_release(results, results_findings(results, view, i * DAY_MS, &error));
    size_t at_hand = 0;
    for (int64_t i = 0; i < 20; i++) at_hand += is_at_hand(results, view, i * DAY_MS);
    assert_int_equal(at_hand, 4);
    assert_true(is_at_hand(results, view, 19 * DAY_MS));
    view_give(view);
    results_close(results);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everybody_sees_their_own),
        cmocka_unit_test(the_programs_own_kinds_are_the_regulators),
        cmocka_unit_test(findings_are_for_those_they_are_about),
        cmocka_unit_test(a_view_stays_where_it_is),
        cmocka_unit_test(idle_views_of_an_earlier_state_are_closed),
        cmocka_unit_test(the_position_is_that_of_what_is_seen),
        cmocka_unit_test(the_law_is_read_again_when_it_changed),
        cmocka_unit_test(a_result_is_kept_while_it_holds),
        cmocka_unit_test(a_record_that_nothing_reads_changes_no_result),
        cmocka_unit_test(ten_who_ask_at_once_get_one_answer),
        cmocka_unit_test(old_results_make_room),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
