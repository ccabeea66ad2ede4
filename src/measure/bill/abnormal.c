#include "measure/bill/abnormal.h"

#include "base/number.h"
#include "engine/engine.h"
#include "measure/bill/bill.h"

enum { MONTHS_MOST = 12 };

/* The law for a bill of that month. */
struct abnormal_law {
    int64_t times;  /* scaled by 10^6 */
    int32_t months;
    int64_t told;   /* milliseconds after the month's end */
};

static bool law_read(const struct law *law, struct str area, int32_t cycle, struct abnormal_law *out)
{
    const struct str none = { 0 }, duty = STR("bill.abnormal");
    const struct limit *times = law_limit(law, duty, area, none, none, STR("times"), cycle);
    const struct limit *months = law_limit(law, duty, area, none, none, STR("months"), cycle);
    const struct limit *told = law_limit(law, duty, area, none, none, STR("told"), cycle);
    if (!times || !months || months->value < 1000000 || months->value > MONTHS_MOST * 1000000) return false;
    *out = (struct abnormal_law){ times->value, (int32_t)(months->value / 1000000), told && told->unit == UNIT_HOUR ? told->value / 1000000 * HOUR_MS : 0 };
    return true;
}

/* sum: of the months before. A mean of nothing has no multiple. */
static bool is_abnormal(const struct abnormal_law *law, int64_t total, int64_t sum)
{
    return sum > 0 && (__int128)total * law->months * 1000000 > (__int128)law->times * sum;
}

/* "7.3": how many times the mean, rounded down. */
static const char *times_says(struct arena *arena, const struct abnormal_law *law, int64_t total, int64_t sum)
{
    long long tenths = (long long)((__int128)total * law->months * 10 / sum);
    return arena_format(arena, "%lld.%lld", tenths / 10, tenths % 10).at;
}

/* ---- the duty ---- */

static const char select_charged[] = "SELECT b.\"subscriber\", b.\"cycle\", b.\"amount\", p.\"operator\", p.\"area\", p.\"since\""
                                     " FROM \"bill_line\" b LEFT JOIN \"subscriber\" p ON p.\"subscriber\" = b.\"subscriber\""
                                     " ORDER BY b.\"subscriber\", b.\"cycle\"";
static const char select_told[] = "SELECT MIN(\"sent\") FROM \"notice_sent\" WHERE \"subscriber\" = $1 AND \"cycle\" = $2 AND \"level\" = $3 AND \"sent\" <= $4";
static const char select_lines[] = "SELECT s.\"name\", b.\"seq\" FROM \"bill_line\" b JOIN \"source_name\" s ON s.\"source\" = b.\"source\""
                                   " WHERE b.\"subscriber\" = $1 AND b.\"cycle\" = $2 ORDER BY b.\"amount\" DESC, b.\"item\" LIMIT $3";
static const char select_operator[] = "SELECT MIN(t.\"operator\") FROM \"subscription\" b JOIN \"tariff\" t ON t.\"tariff\" = b.\"tariff\" WHERE b.\"subscriber\" = $1"
                                      " AND b.\"from\" < $3 AND (b.\"to\" IS NULL OR b.\"to\" > $2)";

static const char select_other[] = "SELECT 1 FROM \"subscription\" b JOIN \"tariff\" t ON t.\"tariff\" = b.\"tariff\" WHERE b.\"subscriber\" = $1"
                                   " AND b.\"from\" < $3 AND (b.\"to\" IS NULL OR b.\"to\" > $2) AND t.\"operator\" <> $4";

/* The bills of one person, month after month. */
struct bills {
    uint64_t subscriber;
    int32_t cycles[MONTHS_MOST + 1]; /* the newest last */
    int64_t totals[MONTHS_MOST + 1];
    int count;
    int32_t since;                   /* the subscriber's, where the list has it; DAY_NONE: no list says so */
};

static void bills_begin(struct bills *bills, uint64_t subscriber, int32_t cycle)
{
    if (bills->subscriber != subscriber) bills->count = 0;
    bills->subscriber = subscriber;
    if (bills->count == MONTHS_MOST + 1) {
        bills->count--;
        memmove(bills->cycles, bills->cycles + 1, MONTHS_MOST * sizeof *bills->cycles);
        memmove(bills->totals, bills->totals + 1, MONTHS_MOST * sizeof *bills->totals);
    }
    bills->cycles[bills->count] = cycle;
    bills->totals[bills->count++] = 0;
}

/* The sum of so many months before the newest; false where one of them has no bill. */
static bool bills_before(const struct bills *bills, int32_t months, int64_t *sum)
{
    int newest = bills->count - 1;
    int32_t cycle = bills->cycles[newest];
    *sum = 0;
    for (int32_t back = 1; back <= months; back++) {
        if (newest - back < 0 || bills->cycles[newest - back] != day_add_months(cycle, -back)) return false;
        *sum = number_add(*sum, bills->totals[newest - back]);
    }
    return true;
}

static bool told_find(const struct audit *audit, uint64_t subscriber, int32_t cycle, int64_t *told, struct error *error)
{
    bool row;
    struct statement *select = store_prepare(audit->store, select_told, error);
    if (!select) return false;
    statement_number(select, 1, (int64_t)subscriber);
    statement_number(select, 2, cycle);
    statement_number(select, 3, SENT_LEVEL_ABNORMAL);
    statement_number(select, 4, audit->as_of);
    if (!statement_step(select, &row, error)) return false;
    *told = row && !column_is_null(select, 0) ? column_number(select, 0) : MOMENT_NONE;
    statement_reset(select);
    return true;
}

static bool records_find(const struct audit *audit, struct finding *finding, int32_t cycle, struct error *error)
{
    struct statement *select = store_prepare(audit->store, select_lines, error);
    if (!select) return false;
    statement_number(select, 1, (int64_t)finding->subscriber);
    statement_number(select, 2, cycle);
    statement_number(select, 3, FINDING_RECORDS);
    for (bool row;;) {
        if (!statement_step(select, &row, error)) return false;
        if (!row) return true;
        finding->records[finding->record_count++] = (struct reference){ arena_str(audit->arena, column_text(select, 0)), (uint64_t)column_number(select, 1) };
    }
}

/* Whether the number came from another operator, whose tariff it held, after the first of those months was billed: nobody is held to a mean of
   what another charged, nor told of it. */
static bool moved_find(const struct audit *audit, const struct bills *bills, int32_t months, struct str operator_, bool *has_moved, struct error *error)
{
    int32_t cycle = bills->cycles[bills->count - 1], first = day_add_months(cycle, -months);
    *has_moved = false;
    if (bills->since == DAY_NONE || bills->since > bill_day(cycle) || bills->since <= bill_day(first)) return true;
    struct statement *select = store_prepare(audit->store, select_other, error);
    if (!select) return false;
    statement_number(select, 1, (int64_t)bills->subscriber);
    statement_number(select, 2, first);
    statement_number(select, 3, bills->since);
    statement_text(select, 4, operator_);
    if (!statement_step(select, has_moved, error)) return false;
    statement_reset(select);
    return true;
}

/* Whose tariff was held in that month, where the list of subscribers names nobody for it. */
static bool operator_find(const struct audit *audit, struct finding *finding, int32_t cycle, struct error *error)
{
    bool row;
    if (finding->operator_.length) return true;
    struct statement *select = store_prepare(audit->store, select_operator, error);
    if (!select) return false;
    statement_number(select, 1, (int64_t)finding->subscriber);
    statement_number(select, 2, cycle);
    statement_number(select, 3, cycle_end(cycle));
    if (!statement_step(select, &row, error)) return false;
    if (row) finding->operator_ = arena_str(audit->arena, column_text(select, 0));
    statement_reset(select);
    return true;
}

static bool bill_judge(const struct audit *audit, const struct bills *bills, struct finding *finding, struct findings_sink sink, struct error *error)
{
    struct arena *arena = audit->arena;
    struct abnormal_law law;
    int32_t cycle = bills->cycles[bills->count - 1];
    int64_t total = bills->totals[bills->count - 1], sum, told;
    char month[DAY_ROOM];
    if (!law_read(audit->law, finding->area, cycle, &law) || !bills_before(bills, law.months, &sum) || !is_abnormal(&law, total, sum)) return true;
    finding->time = day_start(cycle_end(cycle)) + law.told;
    if (finding->time >= audit->as_of) return true;
    bool has_moved;
    if (!moved_find(audit, bills, law.months, finding->operator_, &has_moved, error)) return false;
    if (has_moved) return true;
    if (!told_find(audit, bills->subscriber, cycle, &told, error)) return false;
    bool is_told = told != MOMENT_NONE;
    if (is_told && told <= finding->time) return true;
    period_format(period_of(cycle, 'M'), month);
    finding->has_subscriber = finding->names_subscriber = true;
    finding->subscriber = bills->subscriber;
    finding->subject = arena_format(arena, "bill:%llu:%s", (unsigned long long)bills->subscriber, month);
    finding->limit = arena_format(arena, "%lld times", (long long)(law.times / 1000000));
    const char *times = times_says(arena, &law, total, sum), *mean = money_says(to_fen(sum / law.months), arena);
    finding->measured = arena_format(arena, "%s times", times);
    finding->says[ENGLISH] = arena_format(arena, "The bill of %s came to %s yuan, %s times the mean of the %d months before (%s yuan), and the person was %s.", month,
                                     money_says(total, arena), times, law.months, mean, is_told ? "told too late" : "not told");
    finding->says[CHINESE] = arena_format(arena, "%s账单%s元，是此前%d个月平均（%s元）的%s倍，%s。", month, money_says(total, arena), law.months, mean, times,
                                     is_told ? "告知过迟" : "没有告知用户");
    return operator_find(audit, finding, cycle, error) && records_find(audit, finding, cycle, error) && sink.add(sink.context, finding, error);
}

bool judge_abnormal(const struct audit *audit, const struct duty *duty, struct findings_sink sink, struct error *error)
{
    struct bills bills = { 0 };
    struct finding finding = { .duty = duty };
    struct statement *select = store_prepare(audit->store, select_charged, error);
    if (!select) return false;
    for (bool row;;) {
        if (!statement_step(select, &row, error)) return false;
        uint64_t subscriber = row ? (uint64_t)column_number(select, 0) : 0;
        int32_t cycle = row ? (int32_t)column_number(select, 1) : DAY_NONE;
        bool is_same = row && bills.count && bills.subscriber == subscriber && bills.cycles[bills.count - 1] == cycle;
        if (!is_same && bills.count && !bill_judge(audit, &bills, &finding, sink, error)) {
            statement_reset(select);
            return false;
        }
        if (!row) return true;
        if (!is_same) {
            bills_begin(&bills, subscriber, cycle);
            finding = (struct finding){ .duty = duty, .area = arena_str(audit->arena, column_text(select, 4)) };
            bills.since = column_is_null(select, 5) ? DAY_NONE : (int32_t)column_number(select, 5);
            if (bills.since <= bill_day(cycle)) finding.operator_ = arena_str(audit->arena, column_text(select, 3));
        }
        bills.totals[bills.count - 1] = number_add(bills.totals[bills.count - 1], column_number(select, 2));
    }
}

/* ---- telling ---- */

/* What a month came to: as it was charged, else as it is computed; *known is false where the person had neither. */
static bool month_total(struct view *view, struct kept *meter, uint64_t subscriber, int32_t cycle, struct arena *arena, int64_t *total, bool *known,
                        struct error *error)
{
    bool row;
    struct metered metered;
    struct statement *select = view_select(
        view, &bill_line_kind, "SELECT \"amount\" FROM \"bill_line\" WHERE {scope} AND \"subscriber\" = $1 AND \"cycle\" = $2", error);
    if (!select) return false;
    statement_number(select, 1, (int64_t)subscriber);
    statement_number(select, 2, cycle);
    for (*known = false, *total = 0;; *known = true) {
        if (!statement_step(select, &row, error)) return false;
        if (!row) break;
        *total = number_add(*total, column_number(select, 0));
    }
    if (*known) return true;
    if (!meter_cycle(meter, engine_ledger(views_engine(view->views)), subscriber, cycle, DAY_NONE, MOMENT_NONE, arena, &metered, error)) return false;
    const struct bill *bill = bill_compute(metered.holdings, metered.holding_count, cycle, metered.rating, metered.sums, metered.sum_count, arena);
    *known = bill->line_count;
    *total = bill->total;
    return true;
}

static bool area_of(struct view *view, uint64_t subscriber, struct arena *arena, struct str *area, struct error *error)
{
    bool row;
    struct statement *select =
        view_select(view, kind_find(STR("subscriber")), "SELECT \"area\" FROM \"subscriber\" WHERE {scope} AND \"subscriber\" = $1", error);
    *area = (struct str){ 0 };
    if (!select) return false;
    statement_number(select, 1, (int64_t)subscriber);
    if (!statement_step(select, &row, error)) return false;
    if (row) *area = arena_str(arena, column_text(select, 0));
    statement_reset(select);
    return true;
}

static struct letter abnormal_letter(const struct notice *notice, const struct abnormal_law *law, int64_t total, int64_t sum, struct arena *arena)
{
    char month[DAY_ROOM];
    period_format(period_of(notice->cycle, 'M'), month);
    const char *times = times_says(arena, law, total, sum), *now = money_says(total, arena), *mean = money_says(to_fen(sum / law->months), arena);
    struct letter letter = { .to = TO_PERSON_NOW, .subject = notice->subscriber, .time = notice->time };
    letter.key = arena_format(arena, "abnormal:%llu:%s", (unsigned long long)notice->subscriber, month);
    letter.text[ENGLISH] = arena_format(arena, "mingbai: this month's bill has come to %s yuan, %s times what you paid on average in the %d months before (%s yuan)."
                                   " See what for under \"my bill\", or ask your operator.",
                                   now, times, law->months, mean);
    letter.text[CHINESE] = arena_format(arena, "【明白】你本月的话费已到%s元，是此前%d个月平均（%s元）的%s倍。用在哪里可以看“我的账单”，也可以问运营商。", now, law->months,
                                   mean, times);
    return letter;
}

static bool running_bill(struct view *view, struct kept *meter, const struct notice *notice, const struct abnormal_law *law, struct arena *arena,
                         int64_t *total, int64_t *sum, bool *known, struct error *error)
{
    struct metered metered;
    if (!meter_cycle(meter, engine_ledger(views_engine(view->views)), notice->subscriber, notice->cycle, DAY_NONE, MOMENT_NONE, arena, &metered, error)) return false;
    *total = bill_compute(metered.holdings, metered.holding_count, notice->cycle, metered.rating, metered.sums, metered.sum_count, arena)->total;
    *sum = 0;
    *known = true;
    for (int32_t back = 1; back <= law->months && *known; back++) {
        int64_t month;
        if (!month_total(view, meter, notice->subscriber, day_add_months(notice->cycle, -back), arena, &month, known, error)) return false;
        *sum = number_add(*sum, month);
    }
    return true;
}

bool abnormal_letters(struct view *view, const struct notice *notice, struct letters_sink sink, struct error *error)
{
    struct arena arena = { 0 };
    struct abnormal_law law;
    struct str area;
    int64_t total = 0, sum = 0;
    bool known = false;
    if (!notice->charge) return true; /* nothing was charged beyond the fees */
    bool done = area_of(view, notice->subscriber, &arena, &area, error);
    if (done && law_read(view->audit.law, area, notice->cycle, &law)) {
        struct keeper *keeper = engine_kept(views_engine(view->views), &usage_measure);
        done = running_bill(view, keeper->kept, notice, &law, &arena, &total, &sum, &known, error);
        keeper_give(keeper);
    }
    if (done && known && is_abnormal(&law, total, sum)) {
        struct letter letter = abnormal_letter(notice, &law, total, sum, &arena);
        done = sink.add(sink.context, &letter, error);
    }
    arena_close(&arena);
    return done;
}
