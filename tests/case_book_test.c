/* The book of open work is always what a slow look at every case would give; and letters, which rest on it. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "complaint_town.h"
#include "measure/complaint/letters.h"

enum { CASES = 120, WORKS = 4 * CASES, STEPS = 150 };

#define PORTAL STR("mingbai:portal")
#define FAR_ON INT64_C(32503680000000) /* the year 3000 */

/* ---- the slow look ---- */

static int by_deadline(const void *a, const void *b)
{
    const struct work *one = a, *other = b;
    int64_t first = one->due == MOMENT_NONE ? INT64_MAX : one->due, second = other->due == MOMENT_NONE ? INT64_MAX : other->due;
    if (first != second) return first < second ? -1 : 1;
    if (one->filed != other->filed) return one->filed < other->filed ? -1 : 1;
    int order = str_compare(one->complaint, other->complaint);
    if (!order) order = (int)one->kind - (int)other->kind;
    return order ? order : str_compare(one->appeal, other->appeal);
}

static size_t look_at_all(struct view *view, struct work works[WORKS])
{
    struct error error = { 0 };
    struct statement *ids = store_prepare(view->store, "SELECT \"id\" FROM \"complaint\"", &error);
    struct str all[4 * CASES];
    size_t count = 0, found = 0;
    bool row;
    while (statement_step(ids, &row, &error) && row) {
        struct str id = column_text(ids, 0);
        assert_true(count < sizeof all / sizeof *all);
        all[count++] = (struct str){ arena_copy(&view->arena, id.at, id.length), id.length };
    }
    for (size_t i = 0; i < count; i++) {
        struct case_file file;
        struct case_status status;
        assert_true(town_case(view, all[i].at, CASE_WHOLE, &file));
        case_judge(view->audit.law, &file, FAR_ON, &view->arena, &status);
        struct work about = { .complaint = file.complaint, .operator_ = status.holder, .area = file.area, .category = file.category,
                              .filed = file.filed, .from_portal = file.from_portal, .pressed = file.pressed, .joined = file.joined };
        assert_true(found + file.appeal_count < WORKS);
        if (status.is_open) {
            works[found] = about;
            works[found].kind = WORK_ANSWER;
            works[found].due = status.run->due;
            works[found].paused = status.run->paused;
            works[found++].provisional = status.run->provisional;
        }
        for (size_t k = 0; k < file.appeal_count; k++) {
            if (status.appeals[k].state > APPEAL_IS_OPEN) continue;
            works[found] = about;
            works[found].kind = status.appeals[k].state == APPEAL_IS_WAITING ? WORK_ACCEPT : WORK_DECIDE;
            works[found].appeal = file.appeals[k].appeal;
            works[found].filed = file.appeals[k].filed;
            works[found].from_portal = str_equal(file.appeals[k].record.source, PORTAL);
            works[found].assigned = file.assigned; /* the regulator's: an administrator looks */
            works[found].provisional = status.appeals[k].provisional;
            works[found++].due = status.appeals[k].due;
        }
    }
    qsort(works, found, sizeof *works, by_deadline);
    return found;
}

static const struct work_filter everything = { .for_operators = true, .for_regulator = true };

static size_t list(struct view *view, const struct work_filter *filter, int64_t now, uint64_t from, size_t limit, struct work **works,
                   struct work_counts *counts)
{
    struct error error = { 0 };
    size_t count;
    if (!book_list(book_of(view), view, filter, now, from, limit, works, &count, counts, &error)) fail_msg("%s", error.says);
    return count;
}

static void compare(void)
{
    static struct work slow[WORKS];
    struct view *view = town_view(&administrator);
    struct work *works;
    size_t expected = look_at_all(view, slow), count = list(view, &everything, FAR_ON, 0, WORKS, &works, NULL);
    assert_int_equal(count, expected);
    for (size_t i = 0; i < count; i++) {
        assert_true(str_equal(works[i].complaint, slow[i].complaint) && str_equal(works[i].appeal, slow[i].appeal));
        assert_true(str_equal(works[i].operator_, slow[i].operator_) && str_equal(works[i].area, slow[i].area));
        assert_int_equal(works[i].kind, slow[i].kind);
        assert_int_equal(works[i].due, slow[i].due);
        assert_int_equal(works[i].filed, slow[i].filed);
        assert_int_equal(works[i].category, slow[i].category);
        assert_true(works[i].paused == slow[i].paused && works[i].provisional == slow[i].provisional &&
                    works[i].from_portal == slow[i].from_portal);
        assert_int_equal(works[i].pressed, slow[i].pressed);
        assert_int_equal(works[i].joined, slow[i].joined);
        if (works[i].kind != WORK_ANSWER) assert_true(str_equal(works[i].assigned, slow[i].assigned));
    }
    view_give(view);
}

/* ---- what happens ---- */

static int64_t base;
static struct str operators[] = { { "jia", 3 }, { "yi", 2 } };

static int64_t some_time(int days)
{
    return base + (int64_t)(rand() % days) * DAY_MS + rand() % (int)DAY_MS;
}

static struct str id_of(char room[16], const char *letter, int number)
{
    return (struct str){ room, (size_t)snprintf(room, 16, "%s%d", letter, number) };
}

static void put(struct record *record, size_t field, struct str text, int64_t number)
{
    record->present |= 1u << field;
    record->values[field].text = text;
    record->values[field].number = number;
}

static void write_one(struct record *record)
{
    struct error error = { 0 };
    if (!engine_write(town.engine, PORTAL, record, 1, NULL, &error)) fail_msg("%s", error.says);
}

static void file_complaint(const char *id, int64_t filed, struct str operator_, const char *number)
{
    struct record record = { .kind = &complaint_kind };
    put(&record, COMPLAINT_ID, str_of(id), 0);
    put(&record, COMPLAINT_OPERATOR, operator_, 0);
    put(&record, COMPLAINT_AREA, STR("320100"), 0);
    put(&record, COMPLAINT_FILED, (struct str){ 0 }, filed);
    put(&record, COMPLAINT_CHANNEL, STR("web"), 0);
    if (number) put(&record, COMPLAINT_SUBSCRIBER, str_of(number), 0);
    write_one(&record);
}

static void happen(const char *id, int64_t time, enum complaint_step step, struct str operator_)
{
    struct record record = { .kind = &complaint_event_kind };
    put(&record, EVENT_COMPLAINT, str_of(id), 0);
    put(&record, EVENT_TIME, (struct str){ 0 }, time);
    put(&record, EVENT_EVENT, (struct str){ 0 }, (int64_t)step);
    if (step == STEP_MOVED) put(&record, EVENT_OPERATOR, operator_, 0);
    if (step == STEP_MERGED) put(&record, EVENT_INTO, STR("c1"), 0);
    write_one(&record);
}

static void file_appeal(const char *id, const char *of, int64_t filed)
{
    struct record record = { .kind = &appeal_kind };
    put(&record, APPEAL_ID, str_of(id), 0);
    put(&record, APPEAL_COMPLAINT, str_of(of), 0);
    put(&record, APPEAL_FILED, (struct str){ 0 }, filed);
    write_one(&record);
}

static void happen_to_appeal(const char *id, int64_t time, enum appeal_step step)
{
    struct record record = { .kind = &appeal_event_kind };
    put(&record, APPEAL_EVENT_APPEAL, str_of(id), 0);
    put(&record, APPEAL_EVENT_TIME, (struct str){ 0 }, time);
    put(&record, APPEAL_EVENT_EVENT, (struct str){ 0 }, (int64_t)step);
    write_one(&record);
}

static void care(const char *id, int64_t time, int what)
{
    struct record press = { .kind = &complaint_press_kind }, join = { .kind = &complaint_join_kind }, assign = { .kind = &complaint_assignment_kind };
    put(&press, PRESS_COMPLAINT, str_of(id), 0);
    put(&press, PRESS_TIME, (struct str){ 0 }, time);
    put(&join, JOIN_COMPLAINT, str_of(id), 0);
    put(&join, JOIN_TIME, (struct str){ 0 }, time);
    if (what % 2) put(&join, JOIN_SUBSCRIBER, STR("13700000009"), 0);
    put(&assign, ASSIGNMENT_COMPLAINT, str_of(id), 0);
    put(&assign, ASSIGNMENT_TIME, (struct str){ 0 }, time);
    put(&assign, ASSIGNMENT_TO, what % 2 ? STR("wang") : STR("li"), 0);
    put(&assign, ASSIGNMENT_ACCOUNT, STR("chief"), 0);
    put(&assign, ASSIGNMENT_SIDE, (struct str){ 0 }, SIDE_REGULATOR);
    write_one(what % 3 == 0 ? &press : what % 3 == 1 ? &join : &assign);
}

static void any_step(int round)
{
    char id[16], appeal[16];
    id_of(id, "c", rand() % CASES);
    id_of(appeal, "a", rand() % (CASES / 2));
    switch (rand() % 8) {
    case 0:
    case 1: file_complaint(id, some_time(20), operators[rand() % 2], NULL); break;
    case 2:
    case 3: happen(id, some_time(60), (enum complaint_step)(rand() % 9), operators[rand() % 2]); break;
    case 4: file_appeal(appeal, id, some_time(60)); break;
    case 5:
    case 6: happen_to_appeal(appeal, some_time(90), (enum appeal_step)(rand() % 7)); break;
    default: care(id, some_time(60), round); break;
    }
}

static void load_some(int round)
{
    struct text complaints = { 0 }, events = { 0 };
    text_add(&complaints, STR("id,operator,area,category,filed,channel,answered,outcome\n"));
    text_add(&events, STR("complaint,time,event,operator,into\n"));
    for (int i = 0; i < CASES; i += 2) {
        text_format(&complaints, "%s%d,%s,%s,wrong_charge,", rand() % 2 ? "c" : "f", i, rand() % 2 ? "jia" : "yi", rand() % 9 ? "320500" : "US-GA");
        moment_add(&complaints, some_time(30));
        text_add(&complaints, STR(",hall,"));
        if (rand() % 4 == 0) moment_add(&complaints, some_time(60));
        text_format(&complaints, ",%s\n", rand() % 5 ? "" : "done");
        text_format(&events, "f%d,", i);
        moment_add(&events, some_time(60));
        text_format(&events, ",%s,,\n", round % 2 ? "answered" : "paused");
    }
    town_load("complaint", text_str(&complaints));
    town_load("complaint_event", text_str(&events));
    text_close(&complaints);
    text_close(&events);
}

static void the_book_is_what_a_slow_look_gives(void **state)
{
    (void)state;
    srand(3);
    base = moment("2015-01-05");
    compare(); /* nothing yet */
    load_some(0);
    compare();
    for (int i = 0; i < STEPS; i++) {
        any_step(i);
        if (i % 5 == 0) compare();
        if (i == STEPS / 2) load_some(1);
    }
    compare();
    /* Another law moves every deadline; a withdrawal makes another state. */
    town_load("limit", STR("duty,value,unit,from,basis,status\ncomplaint.answer.late,5,workday,2001-01-01,a rule,V\n"));
    compare();
    struct error error = { 0 };
    char source[32];
    snprintf(source, sizeof source, "file-%u", town.files - 2);
    if (!engine_withdraw(town.engine, str_of(source), STR("why"), 0, (struct str){ 0 }, &error)) fail_msg("%s", error.says);
    compare();
    any_step(1);
    compare();
    /* Read anew it is the same. */
    struct view *view = town_view(&administrator);
    assert_true(book_at_hand(book_of(view), view));
    book_forget(book_of(view));
    assert_false(book_at_hand(book_of(view), view));
    view_give(view);
    compare();
}

static void filters_pages_and_counts(void **state)
{
    (void)state;
    struct view *view = town_view(&administrator);
    struct work *all, *page, *of_jia;
    struct work_counts counts;
    int64_t now = base + 40 * DAY_MS;
    size_t count = list(view, &everything, now, 0, WORKS, &all, &counts), seen = 0;
    assert_true(count > 20);
    assert_int_equal(counts.all, count);
    for (uint64_t from = 0; from < count; from += 7) {
        size_t here = list(view, &everything, now, from, 7, &page, NULL);
        for (size_t i = 0; i < here; i++, seen++) assert_true(str_equal(page[i].complaint, all[seen].complaint) && page[i].due == all[seen].due);
    }
    assert_int_equal(seen, count);
    size_t jia = list(view, &(struct work_filter){ .for_operators = true, .operator_ = STR("jia") }, now, 0, WORKS, &of_jia, NULL), expected = 0;
    for (size_t i = 0; i < count; i++) expected += all[i].kind == WORK_ANSWER && str_equal(all[i].operator_, STR("jia"));
    assert_int_equal(jia, expected);
    assert_int_equal(list(view, &(struct work_filter){ .for_operators = true, .operator_ = STR("nobody") }, now, 0, 9, &of_jia, NULL), 0);
    struct work_counts slow = { .all = count };
    struct error error = { 0 };
    for (size_t i = 0; i < count; i++) {
        int64_t as_of, days;
        bool late;
        assert_true(book_as_of(book_of(view), view, all[i].from_portal, now, &as_of, &error));
        assert_true(as_of <= now);
        if (!work_days(&all[i], as_of, &late, &days)) continue;
        assert_int_equal(late, all[i].due < as_of);
        slow.late += late;
        slow.today += !late && days == 0;
        slow.soon += !late && days <= 5;
    }
    assert_memory_equal(&counts, &slow, sizeof slow);
    view_give(view);
}

static void days_are_counted_to_the_last(void **state)
{
    (void)state;
    struct work work = { .due = moment("2015-01-20") }; /* 24:00 of the 19th */
    bool late;
    int64_t days;
    static const struct { const char *now; bool late; int64_t days; } cases[] = {
        { "2015-01-14", false, 5 }, { "2015-01-19T23:59:59+08:00", false, 0 }, { "2015-01-20", false, 0 },
        { "2015-01-20T00:00:01+08:00", true, -1 }, { "2015-01-21T00:00:01+08:00", true, -2 },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_true(work_days(&work, moment(cases[i].now), &late, &days));
        assert_int_equal(late, cases[i].late);
        assert_int_equal(days, cases[i].days);
    }
    work.due = MOMENT_NONE;
    assert_false(work_days(&work, 0, &late, &days));
}

/* ---- many at once ---- */

static atomic_bool writing_done;

static void *ask_on(void *context)
{
    (void)context;
    uint64_t last = 0;
    while (!atomic_load(&writing_done)) {
        struct view *view = town_view(&administrator);
        struct work *works;
        struct work_counts counts;
        size_t count = list(view, &everything, FAR_ON, 0, 50, &works, &counts);
        for (size_t i = 1; i < count; i++) assert_true(by_deadline(&works[i - 1], &works[i]) < 0);
        assert_true(view->position >= last);
        last = view->position;
        view_give(view);
    }
    return NULL;
}

static void many_ask_while_it_changes(void **state)
{
    (void)state;
    pthread_t askers[3];
    atomic_store(&writing_done, false);
    for (size_t i = 0; i < 3; i++) assert_int_equal(pthread_create(&askers[i], NULL, ask_on, NULL), 0);
    for (int i = 0; i < STEPS; i++) any_step(i);
    atomic_store(&writing_done, true);
    for (size_t i = 0; i < 3; i++) pthread_join(askers[i], NULL);
    compare();
}

/* ---- letters ---- */

struct letterbox {
    struct kept_letter {
        char key[200], text[LANGUAGES][400], operator_[32];
        enum letter_to to;
        uint64_t subject;
    } at[200];
    size_t count;
};

static bool letter_come(void *context, const struct letter *letter, struct error *error)
{
    (void)error;
    struct letterbox *box = context;
    assert_true(box->count < 200);
    struct kept_letter *kept = &box->at[box->count++];
    snprintf(kept->key, sizeof kept->key, "%.*s", STR_ARGS(letter->key));
    snprintf(kept->operator_, sizeof kept->operator_, "%.*s", STR_ARGS(letter->operator_));
    for (int i = 0; i < LANGUAGES; i++) {
        assert_true(letter->text[i].length > 0 && letter->text[i].length < 400);
        snprintf(kept->text[i], sizeof kept->text[i], "%.*s", STR_ARGS(letter->text[i]));
        assert_null(strchr(kept->text[i], '$'));
    }
    kept->to = letter->to;
    kept->subject = letter->subject;
    return true;
}

/* The letters of the newest record of the portal, as the postman would ask for them. */
static void letters_of_last(struct letterbox *box)
{
    struct error error = { 0 };
    struct view *view = town_view(&administrator);
    struct text bytes = { 0 };
    struct entry entry;
    struct record record = { 0 };
    struct span span;
    struct str rest;
    uint64_t last = 0;
    box->count = 0;
    assert_true(ledger_read(engine_ledger(town.engine), view->position - 1, &bytes, &error) && entry_read(text_str(&bytes), &entry, &error));
    record.kind = kind_find(entry.kind);
    rest = entry.packed_spans;
    assert_true(entry_span(&rest, &last, &span));
    assert_true(record_unpack(record.kind, entry.version, &entry.records, &record, &error));
    record.kind = kind_find(entry.kind);
    record.source = entry.source;
    record.seq = span.low;
    if (!complaint_letters(view, &record, (struct letters_sink){ letter_come, box }, &error)) fail_msg("%s", error.says);
    text_close(&bytes);
    view_give(view);
}

static const struct kept_letter *to(const struct letterbox *box, enum letter_to whom, const char *operator_)
{
    for (size_t i = 0; i < box->count; i++)
        if (box->at[i].to == whom && (!operator_ || !strcmp(box->at[i].operator_, operator_))) return &box->at[i];
    return NULL;
}

static void letters_at_each_step(void **state)
{
    (void)state;
    static struct letterbox box;
    int64_t filed = moment("2016-11-30T19:42:00+08:00");
    file_complaint("L1", filed, STR("jia"), "13500000001");
    letters_of_last(&box);
    assert_int_equal(box.count, 2);
    uint64_t subject = vault_find(engine_vault(town.engine), STR("13500000001"));
    assert_int_equal(to(&box, TO_PERSON, NULL)->subject, subject);
    assert_string_equal(to(&box, TO_PERSON, NULL)->text[CHINESE], "投诉L1已收到。须在2016年12月7日24:00前答复。");
    assert_string_equal(to(&box, TO_PERSON, NULL)->text[ENGLISH], "Your complaint L1 has been received. The answer is due by 24:00 on 7 December 2016.");
    assert_non_null(to(&box, TO_OPERATOR, "jia"));
    care("L1", filed + DAY_MS, 1);
    letters_of_last(&box); /* a join: nobody is told */
    assert_int_equal(box.count, 0);
    happen("L1", filed + DAY_MS, STEP_MOVED, STR("yi"));
    letters_of_last(&box);
    assert_int_equal(box.count, 3);
    assert_non_null(to(&box, TO_OPERATOR, "jia"));
    assert_non_null(to(&box, TO_OPERATOR, "yi"));
    happen("L1", filed + 2 * DAY_MS, STEP_ANSWERED, STR(""));
    letters_of_last(&box);
    assert_int_equal(box.count, 2); /* the person, and who joined */
    assert_string_not_equal(box.at[0].key, box.at[1].key);
    happen("L1", filed + 3 * DAY_MS, STEP_DISPUTED, STR(""));
    letters_of_last(&box);
    assert_int_equal(box.count, 1);
    assert_string_equal(box.at[0].text[CHINESE], "用户不认可对投诉L1的答复。须在2016年12月9日24:00前答复。");
    assert_string_equal(box.at[0].operator_, "yi");
    care("L1", filed + 40 * DAY_MS, 0);
    letters_of_last(&box);
    assert_int_equal(box.count, 2);
    assert_true(strstr(to(&box, TO_REGULATOR, NULL)->text[CHINESE], "应在2016年12月9日24:00前答复") != NULL);
    file_appeal("LA", "L1", filed + 41 * DAY_MS);
    letters_of_last(&box);
    assert_int_equal(box.count, 3);
    assert_true(strstr(to(&box, TO_REGULATOR, NULL)->text[ENGLISH], "must be decided by 24:00 on") != NULL);
    static const enum appeal_step steps[] = { APPEAL_ACCEPTED, APPEAL_FORWARDED, APPEAL_OPERATOR_ANSWERED, APPEAL_DECIDED };
    static const size_t told[] = { 2, 1, 1, 2 };
    for (size_t i = 0; i < 4; i++) {
        happen_to_appeal("LA", filed + (42 + (int64_t)i) * DAY_MS, steps[i]);
        letters_of_last(&box);
        assert_int_equal(box.count, told[i]);
    }
}

static void letters_as_time_passes(void **state)
{
    (void)state;
    static struct letterbox box, again;
    struct error error = { 0 };
    struct letters_sink sink = { letter_come, &box }, second = { letter_come, &again };
    int64_t filed = moment("2017-03-01T10:00:00+08:00"), due = moment("2017-03-09"), next;
    file_complaint("T1", filed, STR("bing"), "13500000002");
    struct view *view = town_view(&administrator);
    assert_true(book_next_due(view, filed, &next, &error));
    assert_int_equal(next, due + 1);
    box.count = again.count = 0;
    assert_true(complaint_letters_of_time(view, due - HOUR_MS, due, sink, &error));
    assert_int_equal(box.count, 0); /* at that very moment it is in time */
    assert_true(complaint_letters_of_time(view, due, next, sink, &error));
    assert_int_equal(box.count, 3);
    assert_string_equal(to(&box, TO_OPERATOR, "bing")->text[CHINESE], "投诉T1已逾期。应在2017年3月8日24:00前答复。");
    assert_true(strstr(to(&box, TO_PERSON, NULL)->text[CHINESE], "申诉") != NULL);
    assert_true(complaint_letters_of_time(view, due - HOUR_MS, due + HOUR_MS, second, &error));
    assert_int_equal(again.count, 3);
    for (size_t i = 0; i < 3; i++) assert_string_equal(box.at[i].key, again.at[i].key); /* so it is sent once */
    /* On the morning of the 9th, a Thursday, and not on Saturday. */
    box.count = again.count = 0;
    assert_true(complaint_letters_of_time(view, due + HOUR_MS, due + 9 * HOUR_MS, sink, &error));
    assert_string_equal(to(&box, TO_OPERATOR, "bing")->text[CHINESE], "待办：逾期1件，今天到期0件，五天内到期0件。");
    assert_string_equal(to(&box, TO_OPERATOR, "bing")->key, "reminder:2017-03-09:operator:bing");
    assert_true(complaint_letters_of_time(view, due + 9 * HOUR_MS, due + 10 * HOUR_MS, second, &error));
    assert_true(complaint_letters_of_time(view, due + 2 * DAY_MS, due + 2 * DAY_MS + 12 * HOUR_MS, second, &error));
    assert_int_equal(again.count, 0);
    view_give(view);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_book_is_what_a_slow_look_gives),
        cmocka_unit_test(filters_pages_and_counts),
        cmocka_unit_test(days_are_counted_to_the_last),
        cmocka_unit_test(many_ask_while_it_changes),
        cmocka_unit_test(letters_at_each_step),
        cmocka_unit_test(letters_as_time_passes),
    };
    return cmocka_run_group_tests(tests, town_open, town_close);
}
