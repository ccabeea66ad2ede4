/* How a case stands: told cases, and for random ones that what is served is what is judged. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "complaint_town.h"
#include "measure/complaint/follow.h"
#include "measure/unseal.h"

/* ---- one case, told ---- */

static struct case_file file;
static struct case_status status;

static struct view *stand(const char *id, const char *as_of)
{
    struct view *view = town_view(&administrator);
    assert_true(town_case(view, id, CASE_WHOLE, &file));
    case_judge(view->audit.law, &file, moment(as_of), &view->arena, &status);
    return view;
}

static bool says(struct str sentence, const char *words)
{
    return memmem(sentence.at, sentence.length, words, strlen(words)) != NULL;
}

static void the_case_of_the_ringtone(void **state)
{
    (void)state;
    town_load("complaint", STR("id,operator,area,category,filed,channel,subscriber,text\n"
                               "ring,jia,320100,unordered_service,2016-11-30T19:42:00+08:00,web,13800000001,text\n"));
    town_load("complaint_claim", STR("complaint,claim,asks,amount\nring,1,refund,18\nring,2,explain,\n"));
    struct view *view = stand("ring", "2016-11-30T20:00:00+08:00");
    assert_int_equal(status.state, CASE_WAITING_OPERATOR);
    assert_int_equal(status.run->count, 0);
    view_give(view);

    view = stand("ring", "2016-12-05T10:00:00+08:00");
    assert_int_equal(status.turn, TURN_OPERATOR);
    assert_int_equal(status.due, moment("2016-12-16T00:00:00+08:00"));
    assert_int_equal(status.run->count, 5);
    assert_int_equal(status.run->of, 15);
    assert_int_equal(status.days_left, 10);
    assert_false(status.overdue);
    assert_false(status.appeal.possible);
    assert_string_equal(status.appeal.code, "appeal-too-early");
    assert_int_equal(status.appeal.from, moment("2016-12-16T00:00:00+08:00"));
    assert_true(says(status.appeal.says[CHINESE], "企业的15日期限到2016年12月15日24:00；2016年12月16日起可以申诉"));
    assert_true(says(status.appeal.says[ENGLISH], "24:00 on 15 December 2016. You can appeal from 16 December 2016"));
    view_give(view);

    view = stand("ring", "2016-12-16T00:00:00.001+08:00");
    assert_true(status.overdue && status.run->late);
    assert_int_equal(status.days_left, -1);
    assert_true(status.appeal.possible);
    view_give(view);

    town_load("complaint_event", STR("complaint,time,event\nring,2016-12-09T16:05:00+08:00,answered\n"));
    town_load("complaint_claim_event", STR("complaint,claim,time,event,amount\nring,1,2016-12-09T16:05:00+08:00,agreed,18\n"
                                           "ring,2,2016-12-09T16:05:00+08:00,agreed,\n"));
    view = stand("ring", "2016-12-10T10:00:00+08:00");
    assert_int_equal(status.state, CASE_WAITING_PERSON);
    assert_int_equal(status.runs[0].count, 9);
    assert_int_equal(status.runs[0].due, moment("2016-12-16T00:00:00+08:00"));
    assert_int_equal(file.claims[0].verdict, CLAIM_AGREED);
    assert_int_equal(file.claims[0].person, -1);
    view_give(view);

    town_load("complaint_event", STR("complaint,time,event\nring,2016-12-11T21:17:00+08:00,disputed\n"));
    view = stand("ring", "2016-12-15T09:00:00+08:00");
    assert_int_equal(status.run_count, 2);
    assert_int_equal(status.state, CASE_WAITING_OPERATOR);
    assert_true(status.run->answers_dispute);
    assert_int_equal(status.run->count, 4);
    assert_int_equal(status.days_left, 11);
    assert_int_equal(status.due, moment("2016-12-27T00:00:00+08:00"));
    assert_true(status.appeal.possible);
    assert_int_equal(status.appeal.from, moment("2016-12-09T16:05:00+08:00"));
    assert_int_equal(status.appeal.about, ABOUT_CHARGE);
    assert_int_equal(status.appeal.until[ABOUT_CHARGE], moment("2017-05-01T00:00:00+08:00"));
    assert_int_equal(status.ahead_count, 2);
    assert_string_equal(status.ahead[0].event, "answer_due");
    assert_string_equal(status.ahead[1].event, "appeal_until");
    view_give(view);

    /* Answered again, and not confirmed: closed, not solved. */
    town_load("complaint_event", STR("complaint,time,event\nring,2016-12-20T10:00:00+08:00,answered\n"));
    view = stand("ring", "2016-12-21T09:00:00+08:00");
    assert_int_equal(status.state, CASE_CLOSED_UNSOLVED);
    assert_int_equal(status.turn, TURN_NOBODY);
    view_give(view);
    view = stand("ring", "2019-01-01");
    assert_false(status.appeal.possible);
    assert_string_equal(status.appeal.code, "appeal-too-late");
    view_give(view);
}

static void pauses_moves_and_ends(void **state)
{
    (void)state;
    town_load("complaint", STR("id,operator,area,filed,channel,outcome,satisfied\n"
                               "paused,jia,320100,2016-01-01,web,,\nmoved,jia,320100,2016-01-01,web,,\nmerged,jia,320100,2016-01-01,web,,\n"
                               "unknown,jia,320100,2016-01-01,web,done,false\nsolved,jia,320100,2016-01-01,web,,\nabroad,jia,US-GA,2016-01-01,web,,\n"));
    town_load("complaint_event", STR("complaint,time,event,operator,into\npaused,2016-01-04T12:00:00+08:00,paused,,\n"
                                     "moved,2016-01-05,moved,yi,\nmerged,2016-01-05,merged,,moved\n"
                                     "solved,2016-01-03,answered,,\nsolved,2016-01-04,confirmed,,\n"));
    struct view *view = stand("paused", "2016-06-01");
    assert_int_equal(status.state, CASE_PAUSED);
    assert_int_equal(status.due, MOMENT_NONE);
    assert_false(status.overdue);
    assert_int_equal(status.days_left, 15 - 3);
    view_give(view);
    view = stand("moved", "2016-01-06");
    assert_true(str_equal(status.holder, STR("yi")));
    view_give(view);
    view = stand("moved", "2016-01-04T23:59:59+08:00");
    assert_true(str_equal(status.holder, STR("jia")));
    view_give(view);
    view = stand("merged", "2016-06-01");
    assert_int_equal(status.state, CASE_MERGED);
    assert_string_equal(status.appeal.code, "appeal-merged");
    view_give(view);
    view = stand("unknown", "2016-06-01");
    assert_int_equal(status.state, CASE_CLOSED_UNSOLVED);
    assert_null(status.run);
    assert_true(status.appeal.possible);
    view_give(view);
    view = stand("solved", "2016-06-01");
    assert_int_equal(status.state, CASE_SOLVED);
    view_give(view);
    view = stand("abroad", "2016-06-01");
    assert_string_equal(status.appeal.code, "appeal-no-law");
    assert_null(status.limit);
    view_give(view);
}

static void an_appeal_takes_over(void **state)
{
    (void)state;
    town_load("complaint", STR("id,operator,area,filed,channel\nsued,jia,320100,2016-02-01,web\n"));
    town_load("appeal", STR("id,complaint,filed,about\na1,sued,2016-03-01T09:00:00+08:00,other\n"));
    struct view *view = stand("sued", "2016-03-02");
    assert_int_equal(status.state, CASE_APPEAL_WAITING);
    assert_int_equal(status.turn, TURN_REGULATOR);
    assert_int_equal(status.due, moment("2016-03-09")); /* five working days from the 2nd on, a Wednesday */
    assert_int_equal(status.days_left, 4);
    assert_string_equal(status.appeal.code, "appeal-pending");
    view_give(view);
    town_load("appeal_event", STR("appeal,time,event\na1,2016-03-03,accepted\na1,2016-03-04,forwarded\n"));
    view = stand("sued", "2016-03-05");
    assert_int_equal(status.state, CASE_APPEAL_OPEN);
    assert_int_equal(status.turn, TURN_OPERATOR);
    assert_int_equal(status.due, moment("2016-04-01"));
    view_give(view);
    town_load("appeal_event", STR("appeal,time,event\na1,2016-03-06,operator_answered\na1,2016-03-20,decided\n"));
    view = stand("sued", "2016-03-07");
    assert_int_equal(status.turn, TURN_REGULATOR);
    view_give(view);
    view = stand("sued", "2016-03-21");
    assert_int_equal(status.state, CASE_DECIDED);
    assert_string_equal(status.appeal.code, "appeal-decided");
    view_give(view);
}

/* ---- who sees what, and may do what ---- */

static unsigned acts(const char *id, const struct identity *who, const char *as_of)
{
    struct view *view = stand(id, as_of);
    unsigned may = case_acts(&file, &status, who, moment(as_of), SIZE_MAX);
    view_give(view);
    return may;
}

#define CAN(may, act) assert_true((may) & 1u << ACT_##act)
#define CANNOT(may, act) assert_false((may) & 1u << ACT_##act)

static void everybody_has_their_acts(void **state)
{
    (void)state;
    const struct identity jia = { .role = ROLE_OPERATOR, .operator_ = "jia" }, yi = { .role = ROLE_OPERATOR, .operator_ = "yi" },
                          follower = { .role = ROLE_SUBSCRIBER, .complaint = "late" }, other = { .role = ROLE_SUBSCRIBER, .complaint = "ring" },
                          nobody = { .role = ROLE_PUBLIC };
    town_load("complaint", STR("id,operator,area,filed,channel\nlate,jia,320100,2016-02-01,web\n"));
    unsigned may = acts("late", &jia, "2016-02-10");
    CAN(may, ANSWER), CAN(may, PAUSE), CANNOT(may, RESUME), CAN(may, MOVE), CAN(may, NOTE), CANNOT(may, PRESS);
    may = acts("late", &yi, "2016-02-10");
    CANNOT(may, ANSWER), CANNOT(may, MOVE);
    may = acts("late", &follower, "2016-02-10");
    CAN(may, WRITE), CAN(may, WITHDRAW), CANNOT(may, PRESS), CANNOT(may, APPEAL), CANNOT(may, REPLY), CANNOT(may, NOTE);
    may = acts("late", &follower, "2016-03-10");
    CAN(may, PRESS), CAN(may, APPEAL);
    assert_int_equal(acts("late", &other, "2016-03-10"), 0);
    assert_int_equal(acts("late", &nobody, "2016-03-10"), 0);
    town_load("complaint_press", STR("complaint,time\nlate,2016-03-10T08:00:00+08:00\n"));
    CANNOT(acts("late", &follower, "2016-03-10T20:00:00+08:00"), PRESS); /* once a day */
    CAN(acts("late", &follower, "2016-03-11"), PRESS);
    town_load("complaint_event", STR("complaint,time,event\nlate,2016-03-12,answered\n"));
    may = acts("late", &follower, "2016-03-13");
    CAN(may, REPLY), CANNOT(may, PRESS);
    town_load("complaint_publication", STR("complaint,time,agreed,title,text\nlate,2016-03-14,true,a title,a text\n"));
    CAN(acts("late", &nobody, "2016-03-15"), JOIN);
    CAN(acts("sued", &administrator, "2016-03-02"), ACCEPT);
    CANNOT(acts("sued", &administrator, "2016-03-02"), DECIDE);
    CAN(acts("sued", &administrator, "2016-03-05"), DECIDE);
    CAN(acts("sued", &jia, "2016-03-05"), APPEAL_ANSWER);
    CANNOT(acts("sued", &jia, "2016-03-07"), APPEAL_ANSWER);
}

static bool sees(const struct identity *who, const char *id)
{
    struct case_file seen;
    struct view *view = town_view(who);
    bool found = town_case(view, id, CASE_WHOLE, &seen);
    view_give(view);
    return found;
}

static int64_t rows_seen(const struct identity *who, const char *kind, const char *sql)
{
    struct error error = { 0 };
    bool row;
    struct view *view = town_view(who);
    struct statement *select = view_select(view, kind_find(str_of(kind)), sql, &error);
    if (!select || !statement_step(select, &row, &error)) fail_msg("%s", error.says);
    int64_t count = column_number(select, 0);
    statement_reset(select);
    view_give(view);
    return count;
}

static void cases_are_seen_by_their_own(void **state)
{
    (void)state;
    struct identity jia = { .role = ROLE_OPERATOR, .operator_ = "jia" }, yi = { .role = ROLE_OPERATOR, .operator_ = "yi" },
                    follower = { .role = ROLE_SUBSCRIBER, .complaint = "ring" }, tester = { .role = ROLE_TESTER, .account = "t" },
                    person = { .role = ROLE_SUBSCRIBER, .has_subject = true, .subject = vault_find(engine_vault(town.engine), STR("13800000001")) };
    assert_true(sees(&jia, "ring") && sees(&person, "ring") && sees(&follower, "ring"));
    assert_false(sees(&yi, "ring") || sees(&tester, "ring") || sees(&follower, "moved") || sees(&person, "moved"));
    assert_true(sees(&jia, "moved") && sees(&yi, "moved"));
    const char *events = "SELECT COUNT(*) FROM \"appeal_event\" WHERE {scope}", *notes = "SELECT COUNT(*) FROM \"complaint_note\" WHERE {scope}";
    assert_int_equal(rows_seen(&jia, "appeal_event", events), 4);
    assert_int_equal(rows_seen(&yi, "appeal_event", events), 0);
    assert_int_equal(rows_seen(&follower, "appeal_event", events), 0);
    town_load("complaint_note", STR("complaint,time,account,side,operator,text\nring,2016-12-01,x,operator,jia,ours\n"
                                    "ring,2016-12-01,y,regulator,,theirs\nmoved,2016-12-01,z,operator,yi,of yi\n"));
    assert_int_equal(rows_seen(&jia, "complaint_note", notes), 1);
    assert_int_equal(rows_seen(&yi, "complaint_note", notes), 1);
    assert_int_equal(rows_seen(&person, "complaint_note", notes), 0);
    struct view *view = town_view(&jia);
    assert_true(town_case(view, "ring", CASE_WHOLE, &file));
    assert_int_equal(file.note_count, 1);
    assert_true(str_equal(file.notes[0].account, STR("x")));
    view_give(view);
    /* Every kind has its decision. */
    for (size_t i = 0; i < complaint.kind_count; i++) assert_non_null(access_of(complaint.kinds[i]));
}

static void texts_and_files_are_read_and_noted(void **state)
{
    (void)state;
    struct error error = { 0 };
    static char part[EVIDENCE_PART_BYTES];
    for (size_t i = 0; i < sizeof part; i++) part[i] = (char)(i * 7);
    struct record records[3];
    for (int i = 0; i < 2; i++) {
        struct record *record = &records[i];
        *record = (struct record){ .kind = &complaint_evidence_kind, .present = 0x1ff };
        record->values[EVIDENCE_COMPLAINT].text = STR("ring");
        record->values[EVIDENCE_EVIDENCE].number = 1;
        record->values[EVIDENCE_PART].number = i + 1;
        record->values[EVIDENCE_PARTS].number = 2;
        record->values[EVIDENCE_NAME].text = STR("账单.png");
        record->values[EVIDENCE_TYPE].text = STR("image/png");
        record->values[EVIDENCE_BYTES_ALL].number = 2 * (int64_t)sizeof part;
        record->values[EVIDENCE_TIME].number = moment("2016-12-01");
        record->values[EVIDENCE_CONTENT].text = (struct str){ part, sizeof part };
    }
    records[2] = (struct record){ .kind = &complaint_event_kind,
                                  .present = 1u << EVENT_COMPLAINT | 1u << EVENT_TIME | 1u << EVENT_EVENT | 1u << EVENT_REASON };
    records[2].values[EVENT_COMPLAINT].text = STR("ring");
    records[2].values[EVENT_TIME].number = moment("2016-12-02");
    records[2].values[EVENT_EVENT].number = STEP_PAUSED;
    records[2].values[EVENT_REASON] = (struct value){ .text = STR("等待用户补充材料"), .reason = REASON_OTHER };
    if (!engine_write(town.engine, STR("mingbai:portal"), records, 3, NULL, &error)) fail_msg("%s", error.says);
    struct view *view = stand("ring", "2016-12-03");
    assert_int_equal(file.evidence_count, 1);
    assert_true(file.evidence[0].whole);
    assert_int_equal(file.evidence[0].part_count, 2);
    assert_int_equal(status.state, CASE_PAUSED);
    struct unseal_wish wishes[] = { { UNSEAL_TEXT, file.text }, { UNSEAL_TEXT, file.evidence[0].parts[1] },
                                    { UNSEAL_TEXT, file.events[0].reason_text }, { UNSEAL_PERSON, file.subscriber } };
    struct str clear[4];
    uint64_t before = ledger_size(engine_ledger(town.engine));
    if (!unseal_for(town.engine, &administrator, wishes, 4, STR("a test"), &view->arena, clear, &error)) fail_msg("%s", error.says);
    assert_true(str_equal(clear[0], STR("text")) && str_equal(clear[1], (struct str){ part, sizeof part }));
    assert_true(str_equal(clear[2], STR("等待用户补充材料")) && str_equal(clear[3], STR("13800000001")));
    assert_int_equal(ledger_size(engine_ledger(town.engine)), before + 1);
    view_give(view);
}

static void codes_follow_from_numbers(void **state)
{
    (void)state;
    const struct vault *vault = engine_vault(town.engine);
    char code[FOLLOW_CODE_ROOM], other[FOLLOW_CODE_ROOM];
    follow_code(vault, STR("ring"), code);
    follow_code(vault, STR("rinh"), other);
    assert_int_equal(strlen(code), 8);
    assert_string_not_equal(code, other);
    char typed[16];
    snprintf(typed, sizeof typed, "%.4s-%.4s ", code, code + 4);
    for (char *at = typed; *at; at++)
        if (*at >= 'A' && *at <= 'Z') *at = (char)(*at - 'A' + 'a');
    assert_true(follow_code_fits(vault, STR("ring"), str_of(typed)));
    assert_false(follow_code_fits(vault, STR("ring"), str_of(other)));
    assert_false(follow_code_fits(vault, STR("ring"), (struct str){ code, 7 }));
    assert_false(follow_code_fits(vault, STR("ring"), (struct str){ 0 }));
}

/* ---- random cases: what is served is what is judged ---- */

enum { CASES = 500 };

static int64_t base;

/* Moments of one case, often at the ends of days. */
static int64_t awkward(int days)
{
    int64_t time = base + (rand() % days) * DAY_MS;
    switch (rand() % 5) {
    case 0: return time;
    case 1: return time - 1;
    case 2: return time + 1;
    default: return time + (int64_t)(rand() % (int)DAY_MS);
    }
}

static int64_t nows[CASES];

static void cases_make(void)
{
    static const char *const steps[] = { "answered", "paused", "resumed", "merged", "written", "confirmed", "disputed", "withdrawn", "moved" };
    static const char *const areas[] = { "320100", "320500", "410000", "US-GA" };
    struct text complaints = { 0 }, events = { 0 };
    text_add(&complaints, STR("id,operator,area,filed,channel,answered,outcome\n"));
    text_add(&events, STR("complaint,time,event,operator,into\n"));
    for (int i = 0; i < CASES; i++) {
        text_format(&complaints, "r%d,jia,%s,", i, areas[rand() % 12 < 9 ? rand() % 2 : 2 + rand() % 2]);
        moment_add(&complaints, awkward(5));
        text_add(&complaints, STR(",web,"));
        if (rand() % 8 == 0) moment_add(&complaints, awkward(40));
        text_format(&complaints, ",%s\n", rand() % 6 ? "" : "done");
        for (int k = rand() % 6; k > 0; k--) {
            const char *step = steps[rand() % 4 ? rand() % 7 : rand() % 9];
            text_format(&events, "r%d,", i);
            moment_add(&events, awkward(45));
            text_format(&events, ",%s,%s,%s\n", step, *step == 'm' && step[1] == 'o' ? "yi" : "", *step == 'm' && step[1] == 'e' ? "r0" : "");
        }
        nows[i] = rand() % 5 ? awkward(45) : awkward(900);
    }
    town_load("complaint", text_str(&complaints));
    town_load("complaint_event", text_str(&events));
    text_close(&complaints);
    text_close(&events);
}

struct found_findings {
    struct finding at[4 * CASES];
    size_t count;
};

static bool keep(void *context, const struct finding *finding, struct error *error)
{
    (void)error;
    struct found_findings *found = context;
    assert_true(found->count < sizeof found->at / sizeof *found->at);
    found->at[found->count++] = *finding;
    return true;
}

static void judge(struct view *view, const char *duty, int64_t as_of, struct found_findings *found)
{
    struct error error = { 0 };
    struct audit audit = view->audit;
    found->count = 0;
    if (!audit_set_time(&audit, as_of, &error) || !audit_judge(&audit, duty_find(str_of(duty)), (struct findings_sink){ keep, found }, &error))
        fail_msg("%s", error.says);
}

static size_t about(const struct found_findings *found, const char *subject, int64_t occurrence, int64_t time)
{
    size_t count = 0;
    for (size_t i = 0; i < found->count; i++)
        count += str_equal(found->at[i].subject, str_of(subject)) && (occurrence == MOMENT_NONE || found->at[i].occurrence == occurrence) &&
                 (time == MOMENT_NONE || found->at[i].time == time);
    return count;
}

static void late_answers_are_those_that_are_judged(struct view *view)
{
    static struct found_findings found;
    size_t late = 0;
    for (int round = 0; round < 6; round++) {
        int64_t as_of = awkward(60);
        judge(view, "complaint.answer.late", as_of, &found);
        for (int i = 0; i < CASES; i++) {
            char id[16], subject[32];
            size_t of_case = 0;
            snprintf(id, sizeof id, "r%d", i);
            snprintf(subject, sizeof subject, "complaint:r%d", i);
            assert_true(town_case(view, id, CASE_BRIEF, &file));
            if (file.filed > as_of) continue;
            case_judge_brief(view->audit.law, &file, as_of, &view->arena, &status);
            for (size_t k = 0; k < status.run_count; k++) {
                const struct case_run *run = &status.runs[k];
                if (!run->late) continue;
                of_case++;
                assert_int_equal(about(&found, subject, run->start, run->due), 1);
                assert_true(run->count > run->of);
            }
            assert_int_equal(about(&found, subject, MOMENT_NONE, MOMENT_NONE), of_case);
            late += of_case;
        }
    }
    assert_true(late > CASES / 4);
}

static void appeals_that_may_come_are_not_judged(void **state)
{
    (void)state;
    static struct found_findings early, late;
    static char codes[CASES][32];
    size_t allowed = 0, too_early = 0, too_late = 0;
    srand(11);
    base = moment("2015-01-05");
    cases_make();
    struct text appeals = { 0 }, events = { 0 };
    bool may[CASES];
    text_add(&appeals, STR("id,complaint,filed,about\n"));
    text_add(&events, STR("appeal,time,event\n"));
    struct view *view = town_view(&administrator);
    late_answers_are_those_that_are_judged(view);
    for (int i = 0; i < CASES; i++) {
        char id[16];
        enum appeal_about matter = rand() % 2 ? ABOUT_CHARGE : ABOUT_OTHER;
        snprintf(id, sizeof id, "r%d", i);
        assert_true(town_case(view, id, CASE_BRIEF, &file));
        if (nows[i] < file.filed) nows[i] = file.filed;
        case_judge(view->audit.law, &file, nows[i], &view->arena, &status);
        may[i] = status.appeal.possible_about[matter];
        assert_int_equal(status.appeal.possible, !status.appeal.code);
        snprintf(codes[i], sizeof codes[i], "%s", status.appeal.code ? status.appeal.code : "");
        if (status.appeal.possible) assert_true(status.appeal.from <= nows[i]);
        if (may[i]) assert_true(status.appeal.until[matter] >= nows[i]);
        if (!strcmp(codes[i], "appeal-too-early")) assert_true(status.appeal.from > nows[i]);
        text_format(&appeals, "ar%d,r%d,", i, i);
        moment_add(&appeals, nows[i]);
        text_format(&appeals, ",%s\n", matter == ABOUT_CHARGE ? "charge" : "other");
        text_format(&events, "ar%d,", i);
        moment_add(&events, nows[i] + HOUR_MS);
        text_add(&events, STR(",accepted\n"));
    }
    view_give(view);
    town_load("appeal", text_str(&appeals));
    town_load("appeal_event", text_str(&events));
    text_close(&appeals);
    text_close(&events);
    view = town_view(&administrator);
    judge(view, "complaint.appeal.early", base + 1000 * DAY_MS, &early);
    judge(view, "complaint.appeal.late", base + 1000 * DAY_MS, &late);
    for (int i = 0; i < CASES; i++) {
        char subject[32];
        snprintf(subject, sizeof subject, "appeal:ar%d", i);
        bool is_early = about(&early, subject, MOMENT_NONE, MOMENT_NONE), is_late = about(&late, subject, MOMENT_NONE, MOMENT_NONE);
        if (may[i] && (is_early || is_late)) fail_msg("appeal %d was allowed, and is judged %s", i, is_early ? "early" : "late");
        if (!may[i] && strcmp(codes[i], "appeal-no-law") && !is_early && !is_late) fail_msg("appeal %d was not allowed (%s), and is not judged", i, codes[i]);
        allowed += may[i];
        too_early += is_early;
        too_late += is_late;
    }
    view_give(view);
    assert_true(allowed > 50 && too_early > 50 && too_late > 20);
}

static void the_regulators_clocks_are_those_that_are_judged(void **state)
{
    (void)state;
    static struct found_findings accept, decide;
    static const char *const steps[] = { "accepted", "refused", "forwarded", "mediated", "decided", "withdrawn" };
    struct text appeals = { 0 }, events = { 0 };
    size_t overdue = 0;
    srand(12);
    base = moment("2015-06-05");
    text_add(&appeals, STR("id,complaint,filed\n"));
    text_add(&events, STR("appeal,time,event\n"));
    for (int i = 0; i < CASES; i++) {
        text_format(&appeals, "br%d,r%d,", i, i);
        moment_add(&appeals, awkward(8));
        text_add_byte(&appeals, '\n');
        for (int k = rand() % 4; k > 0; k--) {
            text_format(&events, "br%d,", i);
            moment_add(&events, awkward(45));
            text_format(&events, ",%s\n", steps[rand() % 6]);
        }
    }
    town_load("appeal", text_str(&appeals));
    town_load("appeal_event", text_str(&events));
    text_close(&appeals);
    text_close(&events);
    struct view *view = town_view(&administrator);
    for (int round = 0; round < 6; round++) {
        int64_t as_of = awkward(60);
        judge(view, "complaint.appeal.accept_late", as_of, &accept);
        judge(view, "complaint.appeal.decide_late", as_of, &decide);
        for (int i = 0; i < CASES; i++) {
            char id[16], appeal[16], subject[32];
            snprintf(id, sizeof id, "r%d", i);
            snprintf(appeal, sizeof appeal, "br%d", i);
            snprintf(subject, sizeof subject, "appeal:%s", appeal);
            assert_true(town_case(view, id, CASE_BRIEF, &file));
            for (size_t k = 0; k < file.appeal_count; k++) {
                struct appeal_status one;
                if (!str_equal(file.appeals[k].appeal, str_of(appeal)) || file.appeals[k].filed > as_of) continue;
                appeal_judge(view->audit.law, file.area, &file.appeals[k], as_of, &one);
                if (one.state == APPEAL_IS_WAITING) assert_int_equal(about(&accept, subject, MOMENT_NONE, one.accept_due), one.overdue);
                if (one.state == APPEAL_IS_OPEN) assert_int_equal(about(&decide, subject, MOMENT_NONE, one.decide_due), one.overdue);
                overdue += one.overdue;
            }
        }
    }
    view_give(view);
    assert_true(overdue > CASES / 4);
}

/* ---- time that passed without anything happening ---- */

static void write_at(const char *kind, const char *source, const char *id, int64_t time)
{
    struct error error = { 0 };
    struct record record = { .kind = kind_find(str_of(kind)) };
    const char *const cells[][2] = { { "id", id }, { "operator", "jia" }, { "area", "320100" }, { "channel", "web" } };
    for (size_t f = 0; f < record.kind->field_count; f++) {
        if (record.kind->fields[f].type == FIELD_TIME && record.kind->fields[f].flags & FIELD_NEEDED) {
            record.values[f].number = time;
            record.present |= 1u << f;
        }
        for (size_t i = 0; i < sizeof cells / sizeof *cells; i++) {
            if (strcmp(record.kind->fields[f].name, cells[i][0])) continue;
            record.values[f].text = str_of(cells[i][1]);
            record.present |= 1u << f;
        }
    }
    if (!engine_write(town.engine, str_of(source), &record, 1, NULL, &error)) fail_msg("%s", error.says);
}

static void what_came_through_the_portal_has_a_clock(void **state)
{
    (void)state;
    static struct found_findings found;
    int64_t filed = moment("2020-01-01T10:00:00+08:00");
    write_at("complaint", "mingbai:portal", "by-portal", filed);
    write_at("complaint", "mingbai:other", "by-file", filed);
    struct view *view = town_view(&administrator);
    judge(view, "complaint.answer.late", MOMENT_NONE, &found);
    assert_int_equal(about(&found, "complaint:by-portal", MOMENT_NONE, MOMENT_NONE), 0);
    view_give(view);
    write_at("clock", "mingbai:clock", "", filed + 30 * DAY_MS);
    view = town_view(&administrator);
    judge(view, "complaint.answer.late", MOMENT_NONE, &found);
    assert_int_equal(about(&found, "complaint:by-portal", filed, moment("2020-01-17")), 1);
    assert_int_equal(about(&found, "complaint:by-file", MOMENT_NONE, MOMENT_NONE), 0);
    judge(view, "complaint.answer.late", filed + DAY_MS, &found); /* who asks for a time has that time */
    assert_int_equal(about(&found, "complaint:by-portal", MOMENT_NONE, MOMENT_NONE), 0);
    view_give(view);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_case_of_the_ringtone),
        cmocka_unit_test(pauses_moves_and_ends),
        cmocka_unit_test(an_appeal_takes_over),
        cmocka_unit_test(everybody_has_their_acts),
        cmocka_unit_test(cases_are_seen_by_their_own),
        cmocka_unit_test(texts_and_files_are_read_and_noted),
        cmocka_unit_test(codes_follow_from_numbers),
        cmocka_unit_test(appeals_that_may_come_are_not_judged),
        cmocka_unit_test(the_regulators_clocks_are_those_that_are_judged),
        cmocka_unit_test(what_came_through_the_portal_has_a_clock),
    };
    return cmocka_run_group_tests(tests, town_open, town_close);
}
