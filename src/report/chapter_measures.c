#include <string.h>

#include "report/chapters.h"

enum { LIMITS_SHOWN = 12 };

/* ---- the law in force ---- */

struct law_row {
    struct str area, statistic, basis, status;
    int64_t value, unit, from, to; /* to: DAY_NONE where it has no end */
};

static bool any_reached(const struct law *law, struct faults faults, const struct duty *duty, struct str limit_area)
{
    for (size_t i = 0; i < faults.count; i++)
        if (faults.at[i].finding.duty == duty && law_row_reaches(law, limit_area, faults.at[i].finding.area)) return true;
    return false;
}

static bool concerns(struct report *report, struct str limit_area, const struct duty *duty)
{
    const struct law *law = report->input->audit->law;
    return limit_area.length == 0 || any_reached(law, report->broken, duty, limit_area) ||
           any_reached(law, report->waiting, duty, limit_area);
}

static struct str kept_text(struct report *report, struct statement *statement, int column)
{
    struct str text = column_text(statement, column);
    return (struct str){ arena_copy(report->page.arena, text.at ? text.at : "", text.length), text.length };
}

/* The rows of a duty's limit that held on some day of the period, where its findings are. */
static size_t law_rows(struct report *report, const struct duty *duty, struct law_row rows[LIMITS_SHOWN])
{
    struct statement *statement = store_prepare(
        report->input->audit->store,
        "SELECT \"area\", \"statistic\", \"value\", \"unit\", \"from\", \"to\", \"basis\", \"status\" FROM \"limit\" "
        "WHERE \"duty\" = $1 AND \"from\" < $2 AND (\"to\" IS NULL OR \"to\" > $3) "
        "ORDER BY \"area\", \"statistic\", \"from\", \"basis\"",
        report->error);
    if (!statement) {
        report->failed = true;
        return 0;
    }
    statement_text(statement, 1, str_of(duty->id));
    statement_number(statement, 2, report->input->period.end);
    statement_number(statement, 3, report->input->period.first);
    size_t count = 0;
    bool row = true;
    while (row && count < LIMITS_SHOWN) {
        if (!statement_step(statement, &row, report->error)) {
            report->failed = true;
            return 0;
        }
        if (!row) return count;
        struct law_row *at = &rows[count];
        *at = (struct law_row){
            .area = kept_text(report, statement, 0),
            .statistic = kept_text(report, statement, 1),
            .value = column_number(statement, 2),
            .unit = column_number(statement, 3),
            .from = column_number(statement, 4),
            .to = column_is_null(statement, 5) ? DAY_NONE : column_number(statement, 5),
            .basis = kept_text(report, statement, 6),
            .status = kept_text(report, statement, 7),
        };
        count += concerns(report, at->area, duty);
    }
    statement_reset(statement);
    return count;
}

static const struct {
    const char *status;
    enum word word;
} statuses[] = {
    { "V", WORD_STATUS_SEEN },
    { "V2", WORD_STATUS_QUOTED },
    { "R", WORD_STATUS_MEMORY },
    { "ours", WORD_STATUS_OURS },
};

static struct html status_words(struct report *report, struct str status)
{
    for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++)
        if (str_equal(status, str_of(statuses[i].status))) return html_word(&report->page, statuses[i].word);
    return html_text(&report->page, status);
}

/* A basis in two languages has " / " between them, the Chinese first. */
static struct str basis_in(struct str basis, enum language language)
{
    const char *slash = basis.length > 0 ? memmem(basis.at, basis.length, " / ", 3) : NULL;
    if (!slash) return basis;
    size_t before = (size_t)(slash - basis.at);
    return language == CHINESE ? (struct str){ basis.at, before } : (struct str){ slash + 3, basis.length - before - 3 };
}

static struct html limit_words(struct report *report, const struct law_row *row)
{
    static const char *const units[] = { [UNIT_HOUR] = "hour",     [UNIT_DAY] = "day",     [UNIT_WORKDAY] = "workday",
                                         [UNIT_MINUTE] = "minute", [UNIT_MONTH] = "month", [UNIT_YEAR] = "year",
                                         [UNIT_SHARE] = "share",   [UNIT_COUNT] = "count", [UNIT_YUAN] = "yuan" };
    struct page *page = &report->page;
    bool known = row->unit >= 0 && row->unit < (int64_t)(sizeof units / sizeof *units);
    struct html quantity = FILL(page, "{0} {1}", html_exact(page, row->value, 6),
                                (struct html){ .markup = str_of(known ? units[row->unit] : "") });
    return html_quantity(page, quantity.markup);
}

static void limits(struct report *report, const struct duty *duty)
{
    struct page *page = &report->page;
    struct law_row rows[LIMITS_SHOWN];
    size_t count = law_rows(report, duty, rows);
    if (count == 0) {
        PUT(page, "<p class=\"small quiet\">{0}</p>\n", html_word(page, WORD_NO_LIMIT));
        return;
    }
    page_markup(page, "<ul class=\"plainlist small\">\n");
    for (size_t i = 0; i < count; i++) {
        const struct law_row *row = &rows[i];
        struct html until = row->to == DAY_NONE ? MARKUP("") : SAY(page, WORD_UNTIL, html_day(page, (int32_t)row->to - 1));
        struct html where = row->area.length > 0 ? report_area_name(report, row->area) : html_word(page, WORD_NATION);
        struct html limit =
            FILL(page, "<data value=\"{0}\" data-limit=\"{1}\" data-area=\"{2}\">{3}</data>", html_exact(page, row->value, 6),
                 html_text(page, str_of(duty->id)), html_text(page, row->area), limit_words(report, row));
        struct html statistic = str_equal(row->statistic, STR("charge"))  ? html_word(page, WORD_FOR_CHARGES)
                                : str_equal(row->statistic, STR("other")) ? html_word(page, WORD_FOR_OTHERS)
                                                                          : html_text(page, row->statistic);
        PUT(page, "<li><b>{0}</b> {1}{2}<br><span class=\"quiet\">{3}</span></li>\n", limit, statistic,
            SAY(page, WORD_IN_FORCE, where, html_day(page, (int32_t)row->from), until),
            SAY(page, WORD_BASIS, html_text(page, basis_in(row->basis, page->language)), status_words(report, row->status)));
    }
    page_markup(page, "</ul>\n");
}

/* ---- whose turn it is ---- */

static void turns(struct report *report, const struct fault_group *groups, size_t count, const struct duty *duty)
{
    struct page *page = &report->page;
    size_t shown = 0;
    for (size_t i = 0; i < count; i++) {
        if (groups[i].first->finding.duty != duty) continue;
        if (shown++ == 0) page_markup(page, "<ul class=\"turns\">\n");
        size_t overdue = 0;
        for (size_t k = 0; k < groups[i].count; k++) overdue += groups[i].first[k].finding.time <= groups[i].first[k].as_of;
        struct counted open = { .name = count_open, .duty = str_of(duty->id), .operator_ = groups[i].first->finding.operator_ };
        struct counted late = open;
        late.name = count_overdue;
        PUT(page, "<li><span class=\"chip you\">{0}</span> {1}</li>\n",
            SAY(page, WORD_TURN, report_operator_name(report, groups[i].first->finding.operator_)),
            SAY(page, overdue > 0 ? WORD_TURN_OVERDUE : WORD_TURN_OPEN, evidence_count(report, open, groups[i].count),
                evidence_count(report, late, overdue)));
    }
    if (shown > 0)
        page_markup(page, "</ul>\n");
    else
        PUT(page, "<p>{0}</p>\n", html_word(page, WORD_NO_TURN));
}

static bool named_in(struct faults faults, const struct duty *duty)
{
    for (size_t i = 0; i < faults.count; i++)
        if (faults.at[i].finding.duty == duty) return true;
    return false;
}

void chapter_measures(struct report *report)
{
    struct page *page = &report->page;
    section_open(report, "measures", WORD_MEASURES, html_word(page, WORD_MEASURES_NOTE));
    size_t count, shown = 0;
    struct fault_group *groups = fault_groups(report, report->waiting, &count);
    for (size_t i = 0; i < measure_count; i++)
        for (size_t k = 0; k < measures[i]->duty_count; k++) {
            const struct duty *duty = &measures[i]->duties[k];
            if (!named_in(report->broken, duty) && !named_in(report->waiting, duty)) continue;
            shown++;
            PUT(page, "<article class=\"rule\" id=\"{0}\"><div><h3>{1}</h3><p class=\"where\">{0}</p><p>{2}</p>\n",
                html_text(page, str_of(duty->id)), html_capital(page, html_says(page, duty->says)),
                html_says(page, duty->rule));
            limits(report, duty);
            PUT(page, "</div><div><h4>{0}</h4>\n", html_word(page, WORD_WHOSE_TURN));
            turns(report, groups, count, duty);
            page_markup(page, "</div></article>\n");
        }
    if (shown == 0) PUT(page, "<p>{0}</p>\n", html_word(page, report_judged(report) ? WORD_NO_MEASURES : WORD_NO_LATENESS));
    page_markup(page, "</section>\n");
}
