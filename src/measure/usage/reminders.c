#include "measure/usage/reminders.h"

#include <stdio.h>
#include <stdlib.h>

#include "measure/audit.h"
#include "measure/usage/kinds.h"
#include "measure/usage/notice.h"

struct comparing {
    const struct audit *audit;
    const struct history *history;
    struct sent *sent;          /* all, by subject and key */
    size_t sent_count, sent_at;
    struct reminders *reminders;
    size_t room;
    struct arena arena;         /* of one subject */
    /* of the present subject: */
    uint64_t subject;
    const struct holding *holdings;
    size_t holding_count;
    struct served served;
};

/* ---- what was sent ---- */

static const char select_sent[] = "SELECT n.\"subscriber\", n.\"cycle\", n.\"pool\", n.\"level\", n.\"percent\", n.\"sent\", s.\"name\", n.\"seq\""
                                  " FROM \"notice_sent\" n JOIN \"source_name\" s ON s.\"source\" = n.\"source\" WHERE n.\"sent\" <= $1 AND n.\"level\" < $2";

static bool sent_load(struct comparing *comparing, struct error *error)
{
    struct statement *select = store_prepare(comparing->audit->store, select_sent, error);
    size_t room = 0;
    if (!select) return false;
    statement_number(select, 1, comparing->audit->as_of);
    statement_number(select, 2, LEVELS); /* the others are not about use */
    for (bool row;;) {
        if (!statement_step(select, &row, error)) return false;
        if (!row) break;
        if (comparing->sent_count == room) {
            room = room ? room * 2 : 1024;
            comparing->sent = reallocate(comparing->sent, room * sizeof *comparing->sent);
        }
        enum notice_level level = (enum notice_level)column_number(select, 3);
        bool has_percent = level == LEVEL_THRESHOLD || level == LEVEL_REACHED;
        int percent = column_is_null(select, 4) ? 100 : (int)column_number(select, 4);
        comparing->sent[comparing->sent_count++] = (struct sent){
            .subject = (uint64_t)column_number(select, 0),
            .key = { (int32_t)column_number(select, 1), arena_str(comparing->audit->arena, column_text(select, 2)), level, has_percent ? percent : 0 },
            .time = column_number(select, 5), .source = arena_str(comparing->audit->arena, column_text(select, 6)), .seq = (uint64_t)column_number(select, 7),
        };
    }
    if (comparing->sent_count) qsort(comparing->sent, comparing->sent_count, sizeof *comparing->sent, sent_order);
    return true;
}

/* ---- comparing one subscriber's ---- */

static const struct limit *limit_of(const struct comparing *comparing, int64_t cause)
{
    const struct str none = { 0 };
    const struct limit *row = law_limit(comparing->audit->law, STR("usage.notice.late"), comparing->served.area, none, none, none, day_of(cause));
    return row && (row->unit == UNIT_MINUTE || row->unit == UNIT_HOUR) ? row : NULL;
}

/* moment: of what the operator is to answer for, the cause or, where there is none, the sending. NULL where nobody answers for it: in the month in
   which the number came from another operator the levels reached from then on rest on use that the new one never saw. */
static struct reminder *reminder_add(struct comparing *comparing, const struct notice_key *key, int64_t moment)
{
    if (day_of(moment) >= comparing->served.since && has_moved(&comparing->served, comparing->holdings, comparing->holding_count, key->cycle)) return NULL;
    struct reminders *reminders = comparing->reminders;
    if (reminders->count == comparing->room) {
        comparing->room = comparing->room ? comparing->room * 2 : 1024;
        reminders->at = reallocate(reminders->at, comparing->room * sizeof *reminders->at);
    }
    struct reminder *reminder = &reminders->at[reminders->count++];
    *reminder = (struct reminder){ .subject = comparing->subject, .area = comparing->served.area, .key = *key, .fault = REMINDER_FAULTS };
    reminder->operator_ = served_by(&comparing->served, comparing->holdings, comparing->holding_count, day_of(moment));
    reminder->key.pool = arena_str(comparing->audit->arena, key->pool);
    return reminder;
}

static void cause_judge(struct comparing *comparing, const struct owed *owed, int64_t occurrence, const struct sent *sent)
{
    struct reminder *reminder = reminder_add(comparing, &owed->key, owed->cause->start);
    if (!reminder) return;
    struct used *cause = arena_take(comparing->audit->arena, sizeof *cause);
    *cause = *owed->cause; /* the history goes before the findings do */
    reminder->cause = cause;
    reminder->cause_source = arena_str(comparing->audit->arena, source_name(&comparing->history->sources.at[cause->source]));
    reminder->occurrence = occurrence;
    reminder->sent = sent;
    const struct limit *row = limit_of(comparing, cause->start);
    if (!row) return; /* no law says how soon */
    reminder->has_limit = true;
    reminder->in_hours = row->unit == UNIT_HOUR;
    reminder->limit = row->value / 1000000 * (reminder->in_hours ? HOUR_MS : MINUTE_MS);
    int64_t until = sent ? sent->time : comparing->audit->as_of;
    bool is_over = until != INT64_MAX && until - cause->start > reminder->limit;
    if (is_over) reminder->fault = sent ? REMINDER_LATE : REMINDER_MISSING;
    reminder->is_open = !sent && !is_over;
}

static void sent_judge(struct comparing *comparing, const struct sent *sent, int64_t occurrence, enum reminder_fault fault)
{
    struct reminder *reminder = reminder_add(comparing, &sent->key, sent->time);
    if (!reminder) return;
    reminder->sent = sent;
    reminder->occurrence = occurrence;
    reminder->fault = fault;
}

/* Those of one key: the k-th sent answers the k-th owed. */
static void key_judge(struct comparing *comparing, const struct owed *owed, size_t owed_count, const struct sent *sent, size_t sent_count)
{
    size_t answered = 0;
    for (size_t i = 0; i < sent_count; i++) {
        if (answered == owed_count)
            sent_judge(comparing, &sent[i], (int64_t)i, owed_count ? REMINDER_TWICE : REMINDER_UNOWED);
        else if (sent[i].time < owed[answered].cause->start)
            sent_judge(comparing, &sent[i], (int64_t)i, REMINDER_UNOWED);
        else {
            cause_judge(comparing, &owed[answered], (int64_t)answered, &sent[i]);
            answered++;
        }
    }
    for (; answered < owed_count; answered++) cause_judge(comparing, &owed[answered], (int64_t)answered, NULL);
}

/* Whose it is is asked where there is anything to tell. */
static bool subject_judge(struct comparing *comparing, struct owed *owed, size_t owed_count, const struct sent *sent, size_t sent_count,
                          struct error *error)
{
    size_t o = 0, s = 0;
    if ((owed_count || sent_count) && !served_load(comparing->audit, comparing->subject, &comparing->served, error)) return false;
    if (owed_count) qsort(owed, owed_count, sizeof *owed, owed_order);
    while (o < owed_count || s < sent_count) {
        bool is_owed = s == sent_count || (o < owed_count && notice_key_order(&owed[o].key, &sent[s].key) <= 0);
        const struct notice_key *key = is_owed ? &owed[o].key : &sent[s].key;
        size_t owed_end = o, sent_end = s;
        while (owed_end < owed_count && !notice_key_order(&owed[owed_end].key, key)) owed_end++;
        while (sent_end < sent_count && !notice_key_order(&sent[sent_end].key, key)) sent_end++;
        key_judge(comparing, owed + o, owed_end - o, sent + s, sent_end - s);
        o = owed_end;
        s = sent_end;
    }
    return true;
}

static size_t sent_of(const struct comparing *comparing, uint64_t subject, size_t *at)
{
    while (*at < comparing->sent_count && comparing->sent[*at].subject < subject) ++*at;
    size_t end = *at;
    while (end < comparing->sent_count && comparing->sent[end].subject == subject) end++;
    return end - *at;
}

static bool subject_begin(struct comparing *comparing, uint64_t subject, struct error *error)
{
    struct holding *holdings;
    arena_reset(&comparing->arena);
    comparing->subject = subject;
    bool done = holdings_load(comparing->audit, comparing->history, subject, &comparing->arena, &holdings, &comparing->holding_count, error);
    comparing->holdings = holdings;
    return done;
}

/* Subjects with use in this slice, and those of the slice with nothing but sent notices, in between. */
static bool slice_judge(struct comparing *comparing, uint64_t slices, uint64_t slice, struct error *error)
{
    size_t at = 0, sent = 0;
    const struct history *history = comparing->history;
    while (at < history->count || sent < comparing->sent_count) {
        uint64_t used = at < history->count ? history->at[at].subject : UINT64_MAX;
        uint64_t told = sent < comparing->sent_count ? comparing->sent[sent].subject : UINT64_MAX;
        uint64_t subject = used < told ? used : told;
        size_t sent_count = sent_of(comparing, subject, &sent), count = 0, owed_count = 0;
        const struct used *first = NULL;
        struct owed *owed = NULL;
        if (subject == used) count = history_next(history, &at, &first);
        if (subject % slices == slice) {
            if (!subject_begin(comparing, subject, error)) return false;
            owed_find(history, first, count, comparing->holdings, comparing->holding_count, &comparing->arena, &owed, &owed_count);
            if (!subject_judge(comparing, owed, owed_count, comparing->sent + sent, sent_count, error)) return false;
        }
        sent += sent_count;
    }
    return true;
}

static const char memo_key[] = "reminders";

bool reminders_of(const struct audit *audit, const struct reminders **reminders, struct error *error)
{
    if ((*reminders = audit_memo_find(audit, memo_key))) return true;
    const struct audit shared = audit_of_memo(audit);
    struct reminders *made = arena_take(shared.arena, sizeof *made);
    *made = (struct reminders){ 0 };
    struct comparing comparing = { .audit = &shared, .reminders = made };
    uint64_t slices;
    bool done = sent_load(&comparing, error) && history_slices(&shared, &slices, error);
    for (uint64_t slice = 0; done && slice < slices; slice++) {
        struct history history;
        if (!(done = history_open(&shared, slices, slice, &history, error))) break;
        comparing.history = &history;
        done = slice_judge(&comparing, slices, slice, error);
        history_close(&history);
    }
    struct reminder *list = arena_take(shared.arena, made->count * sizeof *list);
    struct sent *sent = arena_take(shared.arena, comparing.sent_count * sizeof *sent);
    if (comparing.sent_count) memcpy(sent, comparing.sent, comparing.sent_count * sizeof *sent);
    if (made->count) memcpy(list, made->at, made->count * sizeof *list);
    for (size_t i = 0; i < made->count; i++)
        if (list[i].sent) list[i].sent = sent + (list[i].sent - comparing.sent);
    free(made->at);
    made->at = list;
    free(comparing.sent);
    arena_close(&comparing.arena);
    if (done) audit_memo_keep(audit, memo_key, made);
    *reminders = made;
    return done;
}

/* ---- the duties ---- */

/* In whole minutes, started ones as whole; hours and days where it is long. */
static struct str span_says(struct arena *arena, int64_t span, enum language language)
{
    int64_t minutes = (span + MINUTE_MS - 1) / MINUTE_MS;
    if (minutes < 120) return arena_format(arena, language == CHINESE ? "%lld分钟" : "%lld minutes", (long long)minutes);
    if (minutes < 48 * 60) return arena_format(arena, language == CHINESE ? "%lld小时" : "%lld hours", (long long)(minutes / 60));
    return arena_format(arena, language == CHINESE ? "%lld天" : "%lld days", (long long)(minutes / (24 * 60)));
}

static struct str level_says(struct arena *arena, const struct notice_key *key, enum language language)
{
    const char *pool = pool_says(key->pool, language, arena).at;
    bool is_chinese = language == CHINESE;
    switch (key->level) {
    case LEVEL_THRESHOLD:
        return arena_format(arena, is_chinese ? "“%s用到%d%%”的提醒" : "that %s had reached %d %%", pool, key->percent);
    case LEVEL_REACHED:
        return arena_format(arena, is_chinese ? "“%s用完”的提醒" : "that %s had been used up", pool);
    case LEVEL_OVER:
        return arena_format(arena, is_chinese ? "“%s超出费用”的提醒" : "of charges for %s beyond what is included", pool);
    default:
        return arena_format(arena, is_chinese ? "“%s费用封顶”的提醒" : "that charges for %s had reached their cap", pool);
    }
}

static struct str fault_says(const struct audit *audit, const struct reminder *reminder, enum language language)
{
    struct arena *arena = audit->arena;
    bool is_chinese = language == CHINESE;
    const char *at = moment_says(reminder->cause ? reminder->cause->start : reminder->sent->time, language, arena).at;
    const char *level = level_says(arena, &reminder->key, language).at;
    switch (reminder->fault) {
    case REMINDER_MISSING:
        return arena_format(arena, is_chinese ? "%s：%s应发，没有发。" : "The notice %s was due at %s and was not sent.", level, at);
    case REMINDER_LATE:
        return arena_format(arena, is_chinese ? "%s：%s应发，过了%s才发。" : "The notice %s was due at %s and was sent %s later.", level, at,
                            span_says(arena, reminder->sent->time - reminder->cause->start, language).at);
    case REMINDER_TWICE:
        return arena_format(arena, is_chinese ? "%s：已经发过，%s又发了一次。" : "The notice %s had been sent, and at %s it was sent once more.", level, at);
    default:
        return arena_format(arena, is_chinese ? "%s：%s发出，当时并没有该发的情形。" : "The notice %s was sent at %s, when nothing had made it due.", level, at);
    }
}

static struct str subject_text(const struct audit *audit, const struct reminder *reminder)
{
    const struct notice_key *key = &reminder->key;
    return notice_subject(audit->arena, reminder->subject, key->cycle, key->pool, (int)key->level, key->percent);
}

static struct finding finding_of(const struct audit *audit, const struct duty *duty, const struct reminder *reminder)
{
    struct finding finding = { .duty = duty, .operator_ = reminder->operator_, .area = reminder->area, .occurrence = reminder->occurrence,
                               .has_subscriber = true, .subscriber = reminder->subject, .names_subscriber = true };
    finding.subject = subject_text(audit, reminder);
    finding.time = reminder->cause ? reminder->cause->start + reminder->limit : reminder->sent->time;
    if (reminder->has_limit) {
        int64_t unit = reminder->in_hours ? HOUR_MS : MINUTE_MS;
        finding.limit = arena_format(audit->arena, "%lld %s", (long long)(reminder->limit / unit), reminder->in_hours ? "hour" : "minute");
        if (reminder->sent)
            finding.measured = arena_format(audit->arena, "%lld minute", (long long)((reminder->sent->time - reminder->cause->start + MINUTE_MS - 1) / MINUTE_MS));
    }
    for (enum language language = ENGLISH; language <= CHINESE; language++) finding.says[language] = fault_says(audit, reminder, language);
    if (reminder->sent) finding.records[finding.record_count++] = (struct reference){ reminder->sent->source, reminder->sent->seq };
    if (reminder->cause) finding.records[finding.record_count++] = (struct reference){ reminder->cause_source, reminder->cause->seq };
    return finding;
}

static bool judge(const struct audit *audit, const struct duty *duty, enum reminder_fault fault, struct findings_sink sink, struct error *error)
{
    const struct reminders *reminders;
    if (!reminders_of(audit, &reminders, error)) return false;
    for (size_t i = 0; i < reminders->count; i++) {
        if (reminders->at[i].fault != fault) continue;
        struct finding finding = finding_of(audit, duty, &reminders->at[i]);
        if (!sink.add(sink.context, &finding, error)) return false;
    }
    return true;
}

bool judge_missing(const struct audit *audit, const struct duty *duty, struct findings_sink sink, struct error *error)
{
    return judge(audit, duty, REMINDER_MISSING, sink, error);
}

bool judge_late(const struct audit *audit, const struct duty *duty, struct findings_sink sink, struct error *error)
{
    return judge(audit, duty, REMINDER_LATE, sink, error);
}

bool judge_twice(const struct audit *audit, const struct duty *duty, struct findings_sink sink, struct error *error)
{
    return judge(audit, duty, REMINDER_TWICE, sink, error);
}

bool judge_unowed(const struct audit *audit, const struct duty *duty, struct findings_sink sink, struct error *error)
{
    return judge(audit, duty, REMINDER_UNOWED, sink, error);
}
