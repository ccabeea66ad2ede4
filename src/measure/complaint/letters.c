#include "measure/complaint/letters.h"

#include <stdio.h>

#include "measure/complaint/book.h"
#include "measure/complaint/say.h"
#include "measure/complaint/status.h"

enum { MESSAGES_MAX = 4, SLOTS = 'z' - 'a' + 1, REMINDER_HOUR = 9 };

enum recipient { THE_PERSON, FOLLOWERS, HOLDER, FORMER_HOLDER, REGULATOR, RECIPIENTS };

static const char *const recipient_words[RECIPIENTS] = { "person", "follower", "operator", "former", "regulator" };

/* $i the complaint's number, $a the appeal's, $o who has the case, $p who had it before, $m the one it was merged into, $w until
   when something has to be done (a sentence with a space before it in English, or nothing). */
struct message {
    enum recipient to;
    const char *says[LANGUAGES];
};

struct letters {
    const struct kind *kind;
    int step; /* -1: whatever it is */
    struct message messages[MESSAGES_MAX]; /* ended by one without words */
};

static const struct letters by_record[] = {
    { &complaint_kind, -1,
      { { THE_PERSON, { "Your complaint $i has been received.$w", "投诉$i已收到。$w" } },
        { HOLDER, { "New complaint $i.$w", "新投诉$i。$w" } } } },
    { &complaint_event_kind, STEP_ANSWERED,
      { { THE_PERSON, { "$o has answered complaint $i. Sign in to read it and to say whether it solves the matter.",
                        "$o已答复投诉$i，请登录查看，并说明是否解决。" } },
        { FOLLOWERS, { "Complaint $i, which you joined, has been answered.", "你加入的投诉$i已有答复。" } } } },
    { &complaint_event_kind, STEP_PAUSED,
      { { THE_PERSON, { "The time for answering complaint $i has been stopped by $o; the reason stands on the case.",
                        "$o暂停了投诉$i的答复计时，原因见投诉页面。" } } } },
    { &complaint_event_kind, STEP_RESUMED,
      { { THE_PERSON, { "The time for answering complaint $i runs again.$w", "投诉$i的答复计时已恢复。$w" } } } },
    { &complaint_event_kind, STEP_MOVED,
      { { HOLDER, { "Complaint $i was moved to you from $p.$w", "投诉$i由$p转来。$w" } },
        { FORMER_HOLDER, { "Complaint $i was moved to $o.", "投诉$i已转给$o。" } },
        { THE_PERSON, { "Complaint $i is now with $o.$w", "投诉$i已转由$o办理。$w" } } } },
    { &complaint_event_kind, STEP_MERGED,
      { { THE_PERSON, { "Your complaint $i goes on together with complaint $m.", "投诉$i已并入投诉$m一起办理。" } },
        { HOLDER, { "Complaint $i was merged into complaint $m.", "投诉$i已并入投诉$m。" } } } },
    { &complaint_event_kind, STEP_WRITTEN,
      { { HOLDER, { "The person wrote again about complaint $i.$w", "用户就投诉$i再次来信。$w" } } } },
    { &complaint_event_kind, STEP_CONFIRMED,
      { { HOLDER, { "The person accepts the answer to complaint $i.", "用户认可对投诉$i的答复。" } } } },
    { &complaint_event_kind, STEP_DISPUTED,
      { { HOLDER, { "The person disputes the answer to complaint $i.$w", "用户不认可对投诉$i的答复。$w" } } } },
    { &complaint_event_kind, STEP_WITHDRAWN,
      { { HOLDER, { "The person withdrew complaint $i.", "用户撤回了投诉$i。" } } } },
    { &appeal_kind, -1,
      { { THE_PERSON, { "Your appeal $a about complaint $i has been received.$w", "就投诉$i提出的申诉$a已收到。$w" } },
        { REGULATOR, { "New appeal $a about complaint $i.$w", "新申诉$a，涉及投诉$i。$w" } },
        { HOLDER, { "The person appealed to the regulator about complaint $i (appeal $a).", "用户就投诉$i向主管部门提出申诉$a。" } } } },
    { &appeal_event_kind, APPEAL_ACCEPTED,
      { { THE_PERSON, { "The regulator has accepted your appeal $a.$w", "主管部门已受理申诉$a。$w" } },
        { HOLDER, { "Appeal $a about complaint $i was accepted.", "涉及投诉$i的申诉$a已受理。" } } } },
    { &appeal_event_kind, APPEAL_REFUSED,
      { { THE_PERSON, { "The regulator has not accepted your appeal $a; the reason stands on the case.",
                        "主管部门不予受理申诉$a，原因见投诉页面。" } } } },
    { &appeal_event_kind, APPEAL_FORWARDED,
      { { HOLDER, { "The regulator asks you to reply to appeal $a about complaint $i.", "主管部门请你方就申诉$a（投诉$i）作出说明。" } } } },
    { &appeal_event_kind, APPEAL_OPERATOR_ANSWERED,
      { { REGULATOR, { "$o has replied to appeal $a.$w", "$o已就申诉$a作出说明。$w" } } } },
    { &appeal_event_kind, APPEAL_MEDIATED,
      { { THE_PERSON, { "Your appeal $a was settled by mediation. Sign in to read the outcome.", "申诉$a已调解，请登录查看结果。" } },
        { HOLDER, { "Appeal $a about complaint $i was settled by mediation.", "涉及投诉$i的申诉$a已调解。" } } } },
    { &appeal_event_kind, APPEAL_DECIDED,
      { { THE_PERSON, { "The regulator has decided your appeal $a. Sign in to read the decision.", "主管部门已就申诉$a作出处理意见，请登录查看。" } },
        { HOLDER, { "The regulator has decided appeal $a about complaint $i.", "主管部门已就涉及投诉$i的申诉$a作出处理意见。" } } } },
    { &appeal_event_kind, APPEAL_WITHDRAWN,
      { { REGULATOR, { "The person withdrew appeal $a.", "用户撤回了申诉$a。" } },
        { HOLDER, { "The person withdrew appeal $a about complaint $i.", "用户撤回了涉及投诉$i的申诉$a。" } } } },
    { &complaint_press_kind, -1,
      { { HOLDER, { "The person presses for the overdue answer to complaint $i.$w", "用户催办逾期未答复的投诉$i。$w" } },
        { REGULATOR, { "The person presses for the overdue answer to complaint $i, which is with $o.$w",
                       "用户催办逾期未答复的投诉$i，承办企业为$o。$w" } } } },
};

/* $e an end. By what is waited for. */
static const char *const until_says[][LANGUAGES] = {
    [WORK_ANSWER] = { " The answer is due by $e.", "须在$e前答复。" },
    [WORK_ACCEPT] = { " Whether it is accepted must be decided by $e.", "须在$e前决定是否受理。" },
    [WORK_DECIDE] = { " It must be closed by $e.", "须在$e前办结。" },
};
static const char *const was_due_says[LANGUAGES] = { " The answer was due by $e.", "应在$e前答复。" };

/* ---- one letter ---- */

struct mail {
    struct view *view;
    struct letters_sink sink;
    const struct case_file *file;
    const struct case_status *status;
    int64_t time;
    struct str key;              /* of what caused it; the recipient is added */
    struct str appeal, into, former;
    enum work_kind waits;
    int64_t due;                 /* MOMENT_NONE: nothing to be told */
};

static struct str until(struct saying *saying, const struct mail *mail)
{
    if (mail->due == MOMENT_NONE) return (struct str){ 0 };
    say_slot(saying, 'e', say_end(saying, mail->due));
    bool passed = mail->waits == WORK_ANSWER && mail->due < mail->time;
    return say_sentence(saying, (passed ? was_due_says : until_says[mail->waits])[saying->language]);
}

static struct str sentence(const struct mail *mail, enum language language, const char *template)
{
    const struct law *law = mail->view->audit.law;
    struct saying saying = { .arena = &mail->view->arena, .language = language };
    say_slot(&saying, 'i', mail->file->complaint);
    say_slot(&saying, 'a', mail->appeal);
    say_slot(&saying, 'm', mail->into);
    say_slot(&saying, 'o', law_operator_name(law, mail->status->holder, (int)language));
    if (mail->former.length) say_slot(&saying, 'p', law_operator_name(law, mail->former, (int)language));
    say_slot(&saying, 'w', until(&saying, mail));
    return say_sentence(&saying, template);
}

static struct str key_of(const struct mail *mail, enum recipient recipient, uint64_t subject)
{
    struct text key = { 0 };
    text_format(&key, "%.*s:%s", STR_ARGS(mail->key), recipient_words[recipient]);
    if (recipient == FOLLOWERS) text_format(&key, ":%llu", (unsigned long long)subject);
    struct str kept = { arena_copy(&mail->view->arena, key.at, key.length), key.length };
    text_close(&key);
    return kept;
}

static bool letter_add(const struct mail *mail, const struct message *message, enum letter_to to, uint64_t subject, struct str operator_,
                       struct error *error)
{
    struct letter letter = { .key = key_of(mail, message->to, subject), .to = to, .subject = subject, .operator_ = operator_,
                             .time = mail->time };
    for (enum language language = ENGLISH; language <= CHINESE; language++)
        letter.text[language] = sentence(mail, language, message->says[language]);
    return mail->sink.add(mail->sink.context, &letter, error);
}

static bool followers_told(const struct mail *mail, const struct message *message, struct error *error)
{
    struct statement *row = store_prepare(
        mail->view->store, "SELECT DISTINCT \"subscriber\" FROM \"complaint_join\" WHERE \"complaint\" = $1 AND \"subscriber\" IS NOT NULL",
        error);
    bool there;
    if (!row) return false;
    statement_text(row, 1, mail->file->complaint);
    for (;;) {
        if (!statement_step(row, &there, error)) return false;
        if (!there) return true;
        if (!letter_add(mail, message, TO_PERSON, (uint64_t)column_number(row, 0), (struct str){ 0 }, error)) {
            statement_reset(row);
            return false;
        }
    }
}

static bool message_send(const struct mail *mail, const struct message *message, struct error *error)
{
    const struct str none = { 0 };
    switch (message->to) {
    case THE_PERSON:
        return !mail->file->has_subscriber || letter_add(mail, message, TO_PERSON, mail->file->subscriber, none, error);
    case FOLLOWERS: return followers_told(mail, message, error);
    case HOLDER: return letter_add(mail, message, TO_OPERATOR, 0, mail->status->holder, error);
    case FORMER_HOLDER: return !mail->former.length || letter_add(mail, message, TO_OPERATOR, 0, mail->former, error);
    default: return letter_add(mail, message, TO_REGULATOR, 0, none, error);
    }
}

/* ---- when something happens ---- */

/* Where a record of a kind says what it is about and when. */
static const struct about {
    const struct kind *kind;
    size_t owner, time, step;
    bool of_appeal;
} abouts[] = {
    { &complaint_kind, COMPLAINT_ID, COMPLAINT_FILED, 0, false },
    { &complaint_event_kind, EVENT_COMPLAINT, EVENT_TIME, EVENT_EVENT, false },
    { &appeal_kind, APPEAL_COMPLAINT, APPEAL_FILED, 0, false },
    { &appeal_event_kind, APPEAL_EVENT_APPEAL, APPEAL_EVENT_TIME, APPEAL_EVENT_EVENT, true },
    { &complaint_press_kind, PRESS_COMPLAINT, PRESS_TIME, 0, false },
};

static const struct about *about_kind(const struct kind *kind)
{
    for (size_t i = 0; i < sizeof abouts / sizeof *abouts; i++)
        if (abouts[i].kind == kind) return &abouts[i];
    return NULL;
}

static const struct letters *letters_for(const struct kind *kind, int step)
{
    for (size_t i = 0; i < sizeof by_record / sizeof *by_record; i++)
        if (by_record[i].kind == kind && (by_record[i].step < 0 || by_record[i].step == step)) return &by_record[i];
    return NULL;
}

/* Until when what was done makes somebody wait. */
static void wait_told(struct mail *mail, const struct kind *kind)
{
    const struct case_status *status = mail->status;
    mail->due = MOMENT_NONE;
    if (kind != &appeal_kind && kind != &appeal_event_kind) {
        if (status->is_open) mail->due = status->run->due;
        return;
    }
    for (size_t i = 0; i < mail->file->appeal_count; i++) {
        if (!str_equal(mail->file->appeals[i].appeal, mail->appeal)) continue;
        mail->waits = status->appeals[i].state == APPEAL_IS_WAITING ? WORK_ACCEPT : WORK_DECIDE;
        mail->due = status->appeals[i].due;
    }
}

static struct str record_key(struct view *view, const struct record *record)
{
    struct text key = { 0 };
    text_format(&key, "%s:%.*s:%llu", record->kind->name, STR_ARGS(record->source), (unsigned long long)record->seq);
    struct str kept = { arena_copy(&view->arena, key.at, key.length), key.length };
    text_close(&key);
    return kept;
}

bool complaint_letters(struct view *view, const struct record *record, struct letters_sink sink, struct error *error)
{
    const struct about *about = about_kind(record->kind);
    if (!about) return true;
    const struct letters *letters = letters_for(record->kind, (int)record->values[about->step].number);
    if (!letters) return true;
    struct str id = record->values[about->owner].text;
    if (about->of_appeal && !case_of_appeal(view, record->values[about->owner].text, true, &id, error)) return false;
    struct case_file file;
    struct case_status status, before;
    bool found;
    if (!case_read_unseen(view, id, &file, &found, error)) return false;
    if (!found) return true;
    struct mail mail = { .view = view, .sink = sink, .file = &file, .status = &status, .time = record->values[about->time].number,
                         .key = record_key(view, record) };
    case_judge_brief(view->audit.law, &file, mail.time, &view->arena, &status);
    if (record->kind == &appeal_kind) mail.appeal = record->values[APPEAL_ID].text;
    if (about->of_appeal) mail.appeal = record->values[APPEAL_EVENT_APPEAL].text;
    if (record->kind == &complaint_event_kind) mail.into = record->values[EVENT_INTO].text;
    if (letters->step == STEP_MOVED && record->kind == &complaint_event_kind) {
        case_judge_brief(view->audit.law, &file, mail.time - 1, &view->arena, &before);
        mail.former = before.holder;
    }
    wait_told(&mail, record->kind);
    for (size_t i = 0; i < MESSAGES_MAX && letters->messages[i].says[ENGLISH]; i++)
        if (!message_send(&mail, &letters->messages[i], error)) return false;
    return true;
}

/* ---- when a limit passes ---- */

static const struct message answer_passed[] = {
    { THE_PERSON, { "$o did not answer complaint $i in time.$w You can press for it on the case, and appeal to the regulator as said there.",
                    "$o没有按期答复投诉$i。$w你可以在投诉页面催办，并按页面所示向主管部门申诉。" } },
    { HOLDER, { "The time for answering complaint $i has passed.$w", "投诉$i已逾期。$w" } },
    { REGULATOR, { "$o did not answer complaint $i in time.$w", "$o没有按期答复投诉$i。$w" } },
};
/* To the person, where an appeal is possible at once. */
static const struct message appeal_now = { THE_PERSON,
    { "$o did not answer complaint $i in time.$w You can appeal to the regulator now.", "$o没有按期答复投诉$i。$w你现在可以向主管部门申诉。" } };
static const struct message accept_passed = { REGULATOR,
    { "Appeal $a about complaint $i should have been accepted or refused by now.", "申诉$a（投诉$i）已过决定是否受理的期限。" } };
static const struct message decide_passed = { REGULATOR,
    { "Appeal $a about complaint $i should have been closed by now.", "申诉$a（投诉$i）已过办结期限。" } };

static bool passed_told(struct view *view, const struct work *work, int64_t to, struct letters_sink sink, struct error *error)
{
    struct case_file file;
    struct case_status status;
    struct text key = { 0 };
    bool found;
    if (!case_read_unseen(view, work->complaint, &file, &found, error)) return false;
    if (!found) return true;
    case_judge(view->audit.law, &file, to, &view->arena, &status);
    text_format(&key, "passed:%s:%.*s:%lld", work_words[work->kind], STR_ARGS(work->appeal.length ? work->appeal : work->complaint),
                (long long)work->due);
    struct mail mail = { .view = view, .sink = sink, .file = &file, .status = &status, .time = work->due + 1, .appeal = work->appeal,
                         .key = { arena_copy(&view->arena, key.at, key.length), key.length }, .waits = work->kind, .due = work->due };
    text_close(&key);
    if (work->kind != WORK_ANSWER) return message_send(&mail, work->kind == WORK_ACCEPT ? &accept_passed : &decide_passed, error);
    for (size_t i = 0; i < sizeof answer_passed / sizeof *answer_passed; i++) {
        const struct message *message = &answer_passed[i];
        if (message->to == THE_PERSON && status.appeal.possible) message = &appeal_now;
        if (!message_send(&mail, message, error)) return false;
    }
    return true;
}

/* ---- reminders ---- */

/* The last 09:00 of a working day in (from, to]; MOMENT_NONE: there is none. */
static int64_t reminder_time(const struct law *law, int64_t from, int64_t to)
{
    for (int32_t day = day_of(to); day >= day_of(from); day--) {
        int64_t time = day_start(day) + REMINDER_HOUR * HOUR_MS;
        bool ignored = false;
        if (time <= from) return MOMENT_NONE;
        if (time <= to && law_is_workday(law, day, &ignored)) return time;
    }
    return MOMENT_NONE;
}

static bool remind(struct view *view, int64_t time, const struct work_filter *filter, struct letters_sink sink, struct error *error)
{
    struct work *none;
    size_t listed;
    struct work_counts counts;
    char day[DAY_ROOM], key[OPERATOR_ROOM + 64], english[160], chinese[160];
    if (!book_list(book_of(view), view, filter, time, 0, 0, &none, &listed, &counts, error)) return false;
    if (!counts.late && !counts.soon) return true;
    day_format(day_of(time), day);
    unsigned long long late = counts.late, today = counts.today, soon = counts.soon;
    int key_length = snprintf(key, sizeof key, "reminder:%s:%s:%.*s", day, filter->for_regulator ? "regulator" : "operator",
                              STR_ARGS(filter->operator_));
    int english_length = snprintf(english, sizeof english, "Waiting for you: %llu overdue, %llu due today, %llu due within five days.", late,
                                  today, soon);
    int chinese_length = snprintf(chinese, sizeof chinese, "待办：逾期%llu件，今天到期%llu件，五天内到期%llu件。", late, today, soon);
    struct letter letter = { .key = { key, (size_t)key_length }, .to = filter->for_regulator ? TO_REGULATOR : TO_OPERATOR,
                             .operator_ = filter->operator_, .time = time,
                             .text = { [ENGLISH] = { english, (size_t)english_length }, [CHINESE] = { chinese, (size_t)chinese_length } } };
    return sink.add(sink.context, &letter, error);
}

bool complaint_letters_of_time(struct view *view, int64_t from, int64_t to, struct letters_sink sink, struct error *error)
{
    struct book *book = book_of(view);
    struct work *works;
    struct str *operators;
    size_t count;
    if (!book_fell_due(book, view, from, to, &works, &count, error)) return false;
    for (size_t i = 0; i < count; i++)
        if (!passed_told(view, &works[i], to, sink, error)) return false;
    int64_t time = reminder_time(view->audit.law, from, to);
    if (time == MOMENT_NONE) return true;
    if (!book_operators(book, view, &operators, &count, error)) return false;
    for (size_t i = 0; i < count; i++)
        if (!remind(view, time, &(struct work_filter){ .for_operators = true, .operator_ = operators[i] }, sink, error)) return false;
    return remind(view, time, &(struct work_filter){ .for_regulator = true }, sink, error);
}
