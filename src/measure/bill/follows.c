#include "measure/bill/follows.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/number.h"
#include "measure/audit.h"
#include "measure/bill/bill.h"

struct charged_line {
    uint64_t subject;
    int32_t cycle;
    struct str item, source;
    int64_t amount;
    uint64_t seq;
};

struct comparing {
    const struct audit *audit;
    const struct history *history;
    struct charged_line *charged; /* all, by subject, cycle, item */
    size_t charged_count;
    struct compared_lines *lines;
    size_t room;
    struct arena arena;           /* of one subject */
};

static int charged_order(const void *left, const void *right)
{
    const struct charged_line *a = left, *b = right;
    if (a->subject != b->subject) return a->subject < b->subject ? -1 : 1;
    if (a->cycle != b->cycle) return a->cycle < b->cycle ? -1 : 1;
    return str_compare(a->item, b->item);
}

static const char select_charged[] = "SELECT b.\"subscriber\", b.\"cycle\", b.\"item\", b.\"amount\", s.\"name\", b.\"seq\""
                                     " FROM \"bill_line\" b JOIN \"source_name\" s ON s.\"source\" = b.\"source\"";

static bool charged_load(struct comparing *comparing, struct error *error)
{
    struct statement *select = store_prepare(comparing->audit->store, select_charged, error);
    size_t room = 0;
    bool row = select != NULL;
    while (row) {
        if (!statement_step(select, &row, error)) return false;
        if (!row) break;
        int32_t cycle = (int32_t)column_number(select, 1);
        if (!comparing->audit->own_times && day_start(cycle_end(cycle)) > comparing->audit->as_of) continue;
        if (comparing->charged_count == room) {
            room = room ? room * 2 : 1024;
            comparing->charged = reallocate(comparing->charged, room * sizeof *comparing->charged);
        }
        comparing->charged[comparing->charged_count++] = (struct charged_line){
            .subject = (uint64_t)column_number(select, 0), .cycle = cycle, .item = arena_str(comparing->audit->arena, column_text(select, 2)),
            .amount = column_number(select, 3), .source = arena_str(comparing->audit->arena, column_text(select, 4)), .seq = (uint64_t)column_number(select, 5),
        };
    }
    if (comparing->charged_count) qsort(comparing->charged, comparing->charged_count, sizeof *comparing->charged, charged_order);
    return select != NULL;
}

static struct compared_line *line_add(struct comparing *comparing, struct str item)
{
    struct compared_lines *lines = comparing->lines;
    if (lines->count == comparing->room) {
        comparing->room = comparing->room ? comparing->room * 2 : 1024;
        lines->at = reallocate(lines->at, comparing->room * sizeof *lines->at);
    }
    struct compared_line *line = &lines->at[lines->count++];
    *line = (struct compared_line){ .item = item };
    return line;
}

static int computed_order(const void *left, const void *right)
{
    return str_compare(((const struct bill_line *)left)->item, ((const struct bill_line *)right)->item);
}

/* Whose number it is in the month; and in the one in which it came from another operator whose tariff a line is by, where nobody answers for
   lines of use, as both had a part in it. */
struct billing {
    struct served served;
    struct str month;
    bool has_moved;
};

static bool is_of_use(struct str item)
{
    return !str_starts(item, STR("fee:")) && !str_starts(item, STR("once:")) && !str_starts(item, STR("exit:"));
}

static struct str line_operator(const struct comparing *comparing, const struct billing *billing, struct str item)
{
    if (!billing->has_moved) return billing->month;
    size_t behind = str_find(item, ':') + 1;
    const struct tariff *tariff = tariffs_find(comparing->history->tariffs, comparing->history->tariff_count,
                                               (struct str){ item.at + behind, item.length - behind });
    return tariff ? tariff->operator_ : billing->month;
}

/* In the month of a change only one of the two may have reported its bill: who charged nothing is not judged by the other's. */
static bool has_billed(const struct comparing *comparing, const struct charged_line *charged, size_t count, const struct billing *billing, struct str item)
{
    struct str operator_ = line_operator(comparing, billing, item);
    for (size_t i = 0; i < count; i++)
        if (!is_of_use(charged[i].item) && str_equal(line_operator(comparing, billing, charged[i].item), operator_)) return true;
    return false;
}

/* Both sides are in the order of their items. */
static void bill_compare(struct comparing *comparing, const struct charged_line *charged, size_t charged_count, struct bill *bill,
                         const struct billing *billing)
{
    size_t c = 0, b = 0;
    if (bill->line_count) qsort(bill->lines, bill->line_count, sizeof *bill->lines, computed_order);
    while (c < charged_count || b < bill->line_count) {
        int order = c == charged_count ? 1 : b == bill->line_count ? -1 : str_compare(charged[c].item, bill->lines[b].item);
        struct str item = order <= 0 ? charged[c].item : arena_str(comparing->audit->arena, bill->lines[b].item);
        bool is_left_out = billing->has_moved && (is_of_use(item) || !has_billed(comparing, charged, charged_count, billing, item));
        if (is_left_out) {
            c += order <= 0;
            b += order >= 0;
            continue;
        }
        struct compared_line *line = line_add(comparing, item);
        line->subject = charged[0].subject;
        line->cycle = charged[0].cycle;
        line->operator_ = line_operator(comparing, billing, item);
        line->area = billing->served.area;
        if (order <= 0) {
            line->has_charged = true;
            line->charged = charged[c].amount;
            line->source = charged[c].source;
            line->seq = charged[c].seq;
            c++;
        }
        if (order >= 0) {
            line->computed = bill->lines[b].amount;
            for (int language = 0; language < LANGUAGES; language++)
                line->because[language] = arena_str(comparing->audit->arena, bill->lines[b].because[language]);
            b++;
        }
    }
}

static bool subject_compare(struct comparing *comparing, const struct used *first, size_t count, const struct charged_line *charged,
                            size_t charged_count, struct error *error)
{
    struct holding *holdings;
    size_t holding_count, cycle_count = 0, cycle_room = 0, at = 0;
    struct cycle_sums *cycles = NULL;
    struct arena *arena = &comparing->arena;
    arena_reset(arena);
    if (!holdings_load(comparing->audit, comparing->history, charged->subject, arena, &holdings, &holding_count, error)) return false;
    for (size_t i = 0; i < count; i++) {
        int32_t cycle = cycle_of(first[i].start);
        if (!cycle_count || cycles[cycle_count - 1].cycle != cycle) {
            if (cycle_count == cycle_room) {
                struct cycle_sums *larger = arena_take(arena, (cycle_room = cycle_room ? cycle_room * 2 : 8) * sizeof *larger);
                if (cycle_count) memcpy(larger, cycles, cycle_count * sizeof *larger);
                cycles = larger;
            }
            cycle_sums_open(&cycles[cycle_count++], holdings, holding_count, cycle);
        }
        cycle_sums_add(&cycles[cycle_count - 1], comparing->history, &first[i], arena);
    }
    struct billing billing;
    if (!served_load(comparing->audit, charged->subject, &billing.served, error)) return false;
    for (size_t end; at < charged_count; at = end) {
        int32_t cycle = charged[at].cycle;
        for (end = at; end < charged_count && charged[end].cycle == cycle;) end++;
        size_t place = 0;
        while (place < cycle_count && cycles[place].cycle != cycle) place++;
        const struct use_sum *sums = place < cycle_count ? cycles[place].sums : NULL;
        size_t sum_count = place < cycle_count ? cycles[place].count : 0;
        const struct rating *earlier = rating_before(cycles, cycle_count, cycle, holdings, holding_count, arena);
        const struct rating *rating = rate(holdings, holding_count, cycle, sums, sum_count, earlier, cycle, arena);
        struct bill *bill = bill_compute(holdings, holding_count, cycle, rating, sums, sum_count, arena);
        billing.month = served_by(&billing.served, holdings, holding_count, bill_day(cycle));
        billing.has_moved = has_moved(&billing.served, holdings, holding_count, cycle);
        bill_compare(comparing, charged + at, end - at, bill, &billing);
    }
    return true;
}

static bool slice_compare(struct comparing *comparing, uint64_t slices, uint64_t slice, struct error *error)
{
    size_t at = 0;
    const struct history *history = comparing->history;
    for (size_t c = 0, end; c < comparing->charged_count; c = end) {
        uint64_t subject = comparing->charged[c].subject;
        const struct used *first = NULL;
        size_t count = 0;
        for (end = c; end < comparing->charged_count && comparing->charged[end].subject == subject;) end++;
        if (subject % slices != slice) continue;
        while (at < history->count && history->at[at].subject < subject) at++;
        if (at < history->count && history->at[at].subject == subject) count = history_next(history, &at, &first);
        if (!subject_compare(comparing, first, count, comparing->charged + c, end - c, error)) return false;
    }
    return true;
}

static const char memo_key[] = "bill lines";

bool lines_compare(const struct audit *audit, const struct compared_lines **lines, struct error *error)
{
    if ((*lines = audit_memo_find(audit, memo_key))) return true;
    const struct audit shared = audit_of_memo(audit);
    struct compared_lines *made = arena_take(shared.arena, sizeof *made);
    *made = (struct compared_lines){ 0 };
    struct comparing comparing = { .audit = &shared, .lines = made };
    uint64_t slices = 1;
    bool done = charged_load(&comparing, error) && (!comparing.charged_count || history_slices(&shared, &slices, error));
    for (uint64_t slice = 0; done && comparing.charged_count && slice < slices; slice++) {
        struct history history;
        if (!(done = history_open(&shared, slices, slice, &history, error))) break;
        comparing.history = &history;
        done = slice_compare(&comparing, slices, slice, error);
        history_close(&history);
    }
    struct compared_line *list = arena_take(shared.arena, made->count * sizeof *list);
    if (made->count) memcpy(list, made->at, made->count * sizeof *list);
    free(made->at);
    made->at = list;
    free(comparing.charged);
    arena_close(&comparing.arena);
    if (done) audit_memo_keep(audit, memo_key, made);
    *lines = made;
    return done;
}

/* ---- the duty ---- */

static struct str line_says(struct arena *arena, const struct compared_line *line, enum language language)
{
    const char *charged = money_says(line->charged, arena), *computed = money_says(line->computed, arena);
    bool is_chinese = language == CHINESE;
    if (!line->because[language].length)
        return arena_format(arena, is_chinese ? "%.*s收了%s元，按记录和资费不应收。" : "%.*s: %s yuan were charged, and nothing in the records and tariffs calls for it.",
                       STR_ARGS(line->item), charged);
    if (!line->has_charged)
        return arena_format(arena, is_chinese ? "%.*s没有收，按记录和资费应为%s元：%.*s。" : "%.*s was not charged; by the records and tariffs it is %s yuan: %.*s.",
                       STR_ARGS(line->item), computed, STR_ARGS(line->because[language]));
    return arena_format(arena, is_chinese ? "%.*s收了%s元，按记录和资费应为%s元：%.*s。" : "%.*s: %s yuan were charged; by the records and tariffs it is %s yuan: %.*s.",
                   STR_ARGS(line->item), charged, computed, STR_ARGS(line->because[language]));
}

bool judge_follows(const struct audit *audit, const struct duty *duty, struct findings_sink sink, struct error *error)
{
    const struct compared_lines *lines;
    if (!lines_compare(audit, &lines, error)) return false;
    for (size_t i = 0; i < lines->count; i++) {
        const struct compared_line *line = &lines->at[i];
        char cycle[DAY_ROOM];
        if (line->charged == line->computed) continue;
        period_format(period_of(line->cycle, 'M'), cycle);
        struct finding finding = { .duty = duty, .operator_ = line->operator_, .area = line->area, .time = day_start(cycle_end(line->cycle)),
                                   .has_subscriber = true, .subscriber = line->subject, .names_subscriber = true, .has_amount = true,
                                   .amount = number_add(line->charged, -line->computed) };
        finding.subject = arena_format(audit->arena, "bill_line:%llu:%s:%.*s", (unsigned long long)line->subject, cycle, STR_ARGS(line->item));
        for (enum language language = ENGLISH; language <= CHINESE; language++) finding.says[language] = line_says(audit->arena, line, language);
        if (line->has_charged) finding.records[finding.record_count++] = (struct reference){ line->source, line->seq };
        if (!sink.add(sink.context, &finding, error)) return false;
    }
    return true;
}
