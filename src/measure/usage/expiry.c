#include "measure/usage/expiry.h"

#include "base/number.h"
#include "measure/tariff/tariff.h"
#include "measure/usage/kinds.h"

enum { DAYS_BEFORE = 3, TELLING_HOUR = 9 };

/* Subscriptions that end behind the day $1, at the latest at the start of $2. $3, $4 and $5: TYPE_VAS, TYPE_MAIN, TYPE_BUNDLE. */
#define ENDING(scope) \
    "SELECT \"subscription\".\"subscriber\", \"subscription\".\"tariff\", \"subscription\".\"from\", \"subscription\".\"to\", t.\"name\"," \
    " t.\"monthly_fee\", n.\"name\", \"subscription\".\"seq\", COALESCE(CASE WHEN p.\"since\" < \"subscription\".\"to\" THEN p.\"operator\" END, t.\"operator\"), p.\"area\", t.\"free_until\", t.\"then_fee\"" \
    " FROM \"subscription\" JOIN \"tariff\" t ON t.\"tariff\" = \"subscription\".\"tariff\"" \
    " JOIN \"source_name\" n ON n.\"source\" = \"subscription\".\"source\"" \
    " LEFT JOIN \"subscriber\" p ON p.\"subscriber\" = \"subscription\".\"subscriber\"" \
    " WHERE " scope " AND \"subscription\".\"to\" > $1 AND \"subscription\".\"to\" <= $2 AND \"subscription\".\"to\" > \"subscription\".\"from\"" \
    " AND t.\"type\" <> $3 AND NOT EXISTS (SELECT 1 FROM \"subscription\" o JOIN \"tariff\" u ON u.\"tariff\" = o.\"tariff\"" \
    " WHERE o.\"subscriber\" = \"subscription\".\"subscriber\" AND o.\"from\" <= \"subscription\".\"to\"" \
    " AND (o.\"to\" IS NULL OR o.\"to\" > \"subscription\".\"to\")" \
    " AND (o.\"tariff\" = \"subscription\".\"tariff\" OR (t.\"type\" IN ($4, $5) AND u.\"type\" IN ($4, $5))))"
static const char ending[] = ENDING("1 = 1"), ending_seen[] = ENDING("{scope}");

static void ending_ask(struct statement *select, int32_t behind, int32_t until)
{
    statement_number(select, 1, behind);
    statement_number(select, 2, until);
    statement_number(select, 3, TYPE_VAS);
    statement_number(select, 4, TYPE_MAIN);
    statement_number(select, 5, TYPE_BUNDLE);
}

/* ---- the duty ---- */

static const char select_told[] = "SELECT MIN(\"sent\") FROM \"notice_sent\" WHERE \"subscriber\" = $1 AND \"level\" = $2 AND \"pool\" = $3"
                                  " AND \"sent\" >= $4 AND \"sent\" <= $5";

/* The first time it was announced while it held, as of now; MOMENT_NONE: never. */
static bool told_find(const struct audit *audit, uint64_t subscriber, struct str tariff, int32_t from, int64_t *told, struct error *error)
{
    bool row;
    struct statement *select = store_prepare(audit->store, select_told, error);
    if (!select) return false;
    statement_number(select, 1, (int64_t)subscriber);
    statement_number(select, 2, SENT_LEVEL_EXPIRY);
    statement_text(select, 3, tariff);
    statement_number(select, 4, day_start(from));
    statement_number(select, 5, audit->as_of);
    if (!statement_step(select, &row, error)) return false;
    *told = row && !column_is_null(select, 0) ? column_number(select, 0) : MOMENT_NONE;
    statement_reset(select);
    return true;
}

/* False where no law asks for it. */
static bool deadline_of(const struct audit *audit, const struct duty *duty, struct str area, int32_t to, int64_t *days, int64_t *deadline)
{
    const struct str none = { 0 };
    const struct limit *row = law_limit(audit->law, str_of(duty->id), area, none, none, none, to);
    if (!row || row->unit != UNIT_DAY) return false;
    *days = row->value / 1000000;
    *deadline = day_start(to) - *days * DAY_MS;
    return true;
}

static bool ending_judge(const struct audit *audit, const struct duty *duty, struct statement *row, struct findings_sink sink, struct error *error)
{
    struct arena *arena = audit->arena;
    int32_t from = (int32_t)column_number(row, 2), to = (int32_t)column_number(row, 3);
    struct str tariff = arena_str(arena, column_text(row, 1));
    struct finding finding = { .duty = duty, .operator_ = arena_str(arena, column_text(row, 8)), .area = arena_str(arena, column_text(row, 9)),
                               .has_subscriber = true, .subscriber = (uint64_t)column_number(row, 0), .names_subscriber = true };
    int64_t days, told;
    char first[DAY_ROOM], last[DAY_ROOM];
    if (!deadline_of(audit, duty, finding.area, to, &days, &finding.time) || finding.time > audit->as_of) return true;
    if (!told_find(audit, finding.subscriber, tariff, from, &told, error)) return false;
    if (told != MOMENT_NONE && told < finding.time) return true;
    day_format(from, first);
    day_format(to - 1, last);
    finding.subject = arena_format(arena, "subscription:%llu:%.*s:%s", (unsigned long long)finding.subscriber, STR_ARGS(tariff), first);
    if (days) finding.limit = arena_format(arena, "%lld day", (long long)days);
    bool is_late = told != MOMENT_NONE;
    finding.says[ENGLISH] = arena_format(arena, is_late ? "The end of %.*s on %s was announced too late." : "The end of %.*s on %s was not announced.",
                                    STR_ARGS(tariff), last);
    finding.says[CHINESE] = arena_format(arena, is_late ? "%.*s于%s到期，提醒得太晚。" : "%.*s于%s到期，没有提醒。", STR_ARGS(tariff), last);
    finding.records[finding.record_count++] = (struct reference){ arena_str(arena, column_text(row, 6)), (uint64_t)column_number(row, 7) };
    return sink.add(sink.context, &finding, error);
}

bool judge_expiry(const struct audit *audit, const struct duty *duty, struct findings_sink sink, struct error *error)
{
    struct statement *select = store_prepare(audit->store, ending, error);
    if (!select) return false;
    /* One whose announcement is due so many days before may end after the audit's time. */
    ending_ask(select, 0, audit->as_of == INT64_MAX ? INT32_MAX : day_add_months(day_of(audit->as_of), 12));
    for (bool row;;) {
        if (!statement_step(select, &row, error)) return false;
        if (!row) return true;
        if (ending_judge(audit, duty, select, sink, error)) continue;
        statement_reset(select);
        return false;
    }
}

/* ---- telling ---- */

/* What going on costs: the fee of the month in which the first day behind the end lies. */
static int64_t fee_on(struct statement *row, int32_t day)
{
    struct tariff tariff = { .monthly_fee = column_is_null(row, 5) ? 0 : column_number(row, 5),
                             .free_until = column_is_null(row, 10) ? DAY_NONE : (int32_t)column_number(row, 10),
                             .has_then_fee = !column_is_null(row, 11) };
    tariff.then_fee = tariff.has_then_fee ? column_number(row, 11) : 0;
    return tariff_fee(&tariff, period_of(day, 'M').first);
}

static struct letter ending_letter(struct statement *row, int64_t time, struct arena *arena)
{
    struct str id = column_text(row, 1), name = column_text(row, 4);
    int32_t to = (int32_t)column_number(row, 3);
    struct civil last = civil_of(to - 1);
    char fee[DECIMAL_ROOM], day[DAY_ROOM];
    decimal_format(fee_on(row, to), MONEY_DECIMALS, 2, fee);
    day_format(to, day);
    if (!name.length) name = id;
    struct letter letter = { .to = TO_PERSON, .subject = (uint64_t)column_number(row, 0), .time = time };
    letter.key = arena_format(arena, "expiry:%llu:%.*s:%s", (unsigned long long)letter.subject, STR_ARGS(id), day);
    letter.text[ENGLISH] = arena_format(arena, "mingbai: your %.*s (%s yuan a month) ends with %d-%02d-%02d. To keep it, renew it with your operator before"
                                   " then. If you do nothing it stops and costs nothing more.",
                                   STR_ARGS(name), fee, last.year, last.month, last.day);
    letter.text[CHINESE] = arena_format(arena, "【明白】你的“%.*s”（月费%s元）%d年%d月%d日24点到期。想继续用，请在到期前向运营商续订；不续订则到期停止，不再收费。",
                                   STR_ARGS(name), fee, last.year, last.month, last.day);
    return letter;
}

/* The last 09:00 in (from, to]; MOMENT_NONE: there is none. */
static int64_t telling_time(int64_t from, int64_t to)
{
    int64_t time = day_start(day_of(to)) + TELLING_HOUR * HOUR_MS;
    if (time > to) time -= DAY_MS;
    return time > from ? time : MOMENT_NONE;
}

bool expiry_letters(struct view *view, int64_t from, int64_t to, struct letters_sink sink, struct error *error)
{
    int64_t time = telling_time(from, to);
    struct arena arena = { 0 };
    struct statement *select = NULL;
    bool row = time != MOMENT_NONE, done = true;
    if (row) done = (select = view_select(view, &subscription_kind, ending_seen, error)) != NULL;
    if (select) ending_ask(select, day_of(time), day_of(time) + DAYS_BEFORE);
    while (row && done) {
        done = statement_step(select, &row, error);
        if (!done || !row) break;
        arena_reset(&arena);
        struct letter letter = ending_letter(select, time, &arena);
        done = sink.add(sink.context, &letter, error);
    }
    if (select) statement_reset(select);
    arena_close(&arena);
    return done;
}

bool expiry_next_due(struct view *view, int64_t now, int64_t *due, struct error *error)
{
    bool row;
    int64_t today = day_start(day_of(now)) + TELLING_HOUR * HOUR_MS;
    struct statement *select =
        view_select(view, &subscription_kind, "SELECT 1 FROM \"subscription\" WHERE {scope} AND \"to\" > $1 LIMIT 1", error);
    if (!select) return false;
    statement_number(select, 1, day_of(now));
    if (!statement_step(select, &row, error)) return false;
    statement_reset(select);
    *due = !row ? INT64_MAX : today > now ? today : today + DAY_MS;
    return true;
}
