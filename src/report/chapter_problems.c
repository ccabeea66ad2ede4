#include "report/chapters.h"

#include <stdlib.h>
#include <string.h>

#include "base/number.h"

enum { GROUPS_SHOWN = 6, FAULTS_IN_GROUP = 3, LEADERS = 3, LEADING_BY_OPERATOR = 6 };

/* ---- what people complain about ---- */

static void categories(struct report *report)
{
    struct page *page = &report->page;
    const struct figure *figure = report->leading.count;
    struct rows rows = report_by(report, figure, BY_CATEGORY, report->input->period);
    rows_by_n(rows);
    uint64_t whole = 0, leaders = 0;
    for (size_t i = 0; i < rows.count; i++) {
        whole += rows.at[i].n;
        if (i < LEADERS) leaders += rows.at[i].n;
    }
    bool named = rows.count > 1 || (rows.count == 1 && rows.at[0].category.length > 0);
    part_head(report, html_word(page, WORD_BY_CATEGORY), evidence_mark(report));
    if (!named) {
        PUT(page, "<p>{0}</p>\n", html_word(page, WORD_NO_CATEGORIES));
        return;
    }
    struct html lead =
        SAY(page, WORD_MOST_ABOUT, row_category(report, &rows.at[0]), evidence_share(report, &rows.at[0], whole));
    struct html three = { 0 };
    if (rows.count > LEADERS) {
        struct figure_row sum = { .figure = figure, .n = leaders, .period = report->input->period };
        three = SAY(page, WORD_FIRST_THREE, evidence_share(report, &sum, whole));
    }
    PUT(page, "<p>{0}{1}</p>\n", lead, three);
    table_bars(report, WORD_CATEGORY, rows, row_category);
}

/* ---- where ---- */

static void areas(struct report *report)
{
    struct page *page = &report->page;
    struct rows rows = report_by(report, report->leading.count, BY_AREA, report->input->period);
    part_head(report, html_word(page, WORD_BY_AREA), evidence_mark(report));
    PUT(page, "<p class=\"small quiet\">{0}</p>\n", html_word(page, report->rated ? WORD_READ_PLOT : WORD_READ_BAR));
    if (!report->rated) {
        table_bars(report, WORD_AREA, rows, row_area);
        return;
    }
    const struct figure *const figures[] = { report->leading.rate, report->leading.in_time };
    table_plots(report, WORD_AREA, rows, row_area, BY_AREA, figures, sizeof figures / sizeof *figures);
}

/* ---- who ---- */

/* Which places an operator can have: only those stand before or behind it whose whole margin is better or worse. */
static void places_of(struct rows rows, size_t row, size_t *best, size_t *worst)
{
    *best = 1;
    *worst = rows.count;
    for (size_t i = 0; i < rows.count; i++) {
        if (i == row) continue;
        enum course course = rows_course(&rows.at[row], &rows.at[i]);
        if (course != COURSE_FELL && course != COURSE_ROSE) continue;
        bool better = course_is_better(course, rows.at[row].figure);
        *best += !better;
        *worst -= better;
    }
}

struct placed {
    const struct figure_row *row;
    size_t best, worst;
};

static int compare_placed(const void *left, const void *right)
{
    const struct placed *a = left, *b = right;
    if (a->best + a->worst != b->best + b->worst) return a->best + a->worst < b->best + b->worst ? -1 : 1;
    return str_compare(a->row->operator_, b->row->operator_);
}

static struct html placed_words(struct report *report, const struct placed *placed)
{
    struct counted what = { .name = count_places, .operator_ = placed->row->operator_, .by_period = true };
    struct html name = report_operator_name(report, placed->row->operator_), best = evidence_count(report, what, placed->best);
    if (placed->best == placed->worst) return SAY(&report->page, WORD_RANK, name, best);
    return SAY(&report->page, WORD_RANKS, name, best, evidence_count(report, what, placed->worst));
}

static void ranks(struct report *report, const struct figure *figure, struct rows rows)
{
    struct page *page = &report->page;
    struct placed placed[TABLE_FIRST];
    size_t undecided = 0;
    must(rows.count <= TABLE_FIRST);
    for (size_t i = 0; i < rows.count; i++) {
        placed[i].row = &rows.at[i];
        places_of(rows, i, &placed[i].best, &placed[i].worst);
        undecided += placed[i].best == 1 && placed[i].worst == rows.count;
    }
    qsort(placed, rows.count, sizeof *placed, compare_placed);
    struct text out = { 0 };
    for (size_t i = 0; i < rows.count; i++) {
        if (i > 0) text_add(&out, html_word(page, WORD_COMMA).markup);
        text_add(&out, placed_words(report, &placed[i]).markup);
    }
    struct html all = html_take(page, &out);
    PUT(page, "<p>{0}</p>\n",
        SAY(page, undecided == rows.count ? WORD_RANKED_NOT : WORD_RANKED_BY, html_says(page, figure->says), all));
}

static void operator_cell(struct report *report, const struct figure_row *row, const struct actor *actor)
{
    struct page *page = &report->page;
    if (!row || !row->has_value) {
        PUT(page, "<td data-l=\"{0}\"><span class=\"quiet\">{1}</span></td>", actor->name,
            html_word(page, WORD_NO_VALUE_SHORT));
        return;
    }
    PUT(page, "<td data-l=\"{0}\"><span>{1} <small>{2}</small></span></td>", actor->name, evidence(report, row, PART_VALUE),
        evidence_margin_short(report, row));
}

static void operator_plot(struct report *report, const struct figure *figure, struct rows rows)
{
    struct page *page = &report->page;
    struct scale scale = scale_of(figure, rows, false);
    PUT(page, "<td class=\"plot\"><span class=\"axis\" role=\"img\" aria-label=\"{0}\"><span>{1}</span><span>",
        SAY(page, WORD_PLOT_LABEL, html_says(page, figure->says), scale_ends(report, figure, scale)),
        figure_mark(report, figure, scale.from, scale.step));
    for (size_t i = 0; i < rows.count; i++)
        page_put(page, chart_interval(report, &rows.at[i], scale, report_actor(report, rows.at[i].operator_), true));
    PUT(page, "</span><span>{0}</span></span></td>", figure_mark(report, figure, scale.to, scale.step));
}

/* Figures down, operators across: as many as fit abreast. */
static void operators_abreast(struct report *report, const struct figure *const figures[], size_t count)
{
    struct page *page = &report->page;
    PUT(page, "<table class=\"stack by-op\"><thead><tr><th scope=\"col\">{0}</th>", html_word(page, WORD_FIGURE));
    for (size_t i = 0; i < report->actor_count; i++)
        PUT(page, "<th scope=\"col\">{0}</th>", chart_key(report, &report->actors[i]));
    PUT(page, "<th scope=\"col\">{0}</th></tr></thead><tbody>\n", html_word(page, WORD_VALUE_AND_INTERVAL));
    for (size_t i = 0; i < count; i++) {
        if (!figures[i]) continue;
        struct rows rows = report_by(report, figures[i], BY_OPERATOR, report->input->period);
        bool valued = false;
        for (size_t k = 0; k < rows.count; k++) valued |= rows.at[k].has_value;
        if (!valued) continue;
        PUT(page, "<tr><th scope=\"row\"><a href=\"#{0}\">{1}</a> <small>{2}</small></th>",
            html_text(page, str_of(figures[i]->id)), html_capital(page, html_says(page, figures[i]->says)),
            figure_unit_beside(report, figures[i]));
        for (size_t k = 0; k < report->actor_count; k++)
            operator_cell(report, rows_find(rows, report->actors[k].code, (struct str){ 0 }, (struct str){ 0 }),
                          &report->actors[k]);
        operator_plot(report, figures[i], rows);
        page_markup(page, "</tr>\n");
    }
    page_markup(page, "</tbody></table>\n");
}

static bool any_by_operator(struct report *report, const struct figure *const figures[], size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct rows rows = report_by(report, figures[i], BY_OPERATOR, report->input->period);
        for (size_t k = 0; k < rows.count; k++)
            if (rows.at[k].has_value) return true;
    }
    return false;
}

static void operators(struct report *report)
{
    struct page *page = &report->page;
    const struct leading *leading = &report->leading;
    const struct figure *const figures[LEADING_BY_OPERATOR] = { leading->rate,          leading->in_time,    leading->satisfied,
                                                                leading->answer_median, leading->answer_p95, leading->repeat };
    const struct figure *first = report->rated ? leading->rate : leading->in_time;
    part_head(report, html_word(page, WORD_BY_OPERATOR), evidence_mark(report));
    struct rows rows = report_by(report, first, BY_OPERATOR, report->input->period);
    size_t valued = 0;
    for (size_t i = 0; i < rows.count; i++) valued += rows.at[i].has_value;
    if (valued > 1 && valued == rows.count && valued <= TABLE_FIRST) ranks(report, first, rows);
    struct rows counts = report_by(report, leading->count, BY_OPERATOR, report->input->period);
    if (!any_by_operator(report, figures, LEADING_BY_OPERATOR)) {
        table_bars(report, WORD_OPERATOR, counts, row_operator);
        return;
    }
    if (report->actor_count <= ACTORS_ABREAST) {
        operators_abreast(report, figures, LEADING_BY_OPERATOR);
    } else {
        table_plots(report, WORD_OPERATOR, counts, row_operator, BY_OPERATOR, figures, LEADING_BY_OPERATOR);
    }
    PUT(page, "<p class=\"small quiet mt3\">{0}</p>\n", html_word(page, WORD_READ_OPERATORS));
}

/* ---- findings ---- */

static int compare_numbers(const void *left, const void *right)
{
    int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;
    return (a > b) - (a < b);
}

/* Reads "17 day" into 17,000,000 and "day". */
static bool quantity_read(struct str quantity, int64_t *number, struct str *unit)
{
    size_t space = str_find(quantity, ' ');
    if (space == quantity.length || !decimal_parse((struct str){ quantity.at, space }, MONEY_DECIMALS, number)) return false;
    *unit = (struct str){ quantity.at + space + 1, quantity.length - space - 1 };
    return true;
}

/* The middle of what was measured ("19 day"), where all was measured in one unit: of an even number the lower of the two. */
static struct str median_measured(struct report *report, const struct fault_group *group)
{
    int64_t *numbers = arena_take(report->page.arena, group->count * sizeof *numbers);
    struct str unit = { 0 }, its;
    for (size_t i = 0; i < group->count; i++) {
        if (!quantity_read(group->first[i].finding.measured, &numbers[i], &its)) return (struct str){ 0 };
        if (i > 0 && !str_equal(unit, its)) return (struct str){ 0 };
        unit = its;
    }
    qsort(numbers, group->count, sizeof *numbers, compare_numbers);
    char digits[DECIMAL_ROOM];
    struct text out = { 0 };
    text_add(&out, (struct str){ digits, decimal_format(numbers[(group->count - 1) / 2], MONEY_DECIMALS, 0, digits) });
    text_add_byte(&out, ' ');
    text_add(&out, unit);
    return html_take(&report->page, &out).markup;
}

static bool same_limit(const struct fault_group *group)
{
    for (size_t i = 1; i < group->count; i++)
        if (!str_equal(group->first[i].finding.limit, group->first[0].finding.limit)) return false;
    return true;
}

static struct html group_evidence(struct report *report, const struct fault_group *group, const char *part, struct str quantity)
{
    struct fault whole = *group->first;
    whole.finding.subject = (struct str){ 0 };
    return evidence_quantity(report, &whole, part, quantity);
}

static void against(struct report *report, const struct fault_group *group)
{
    struct page *page = &report->page;
    struct str median = median_measured(report, group), limit = group->first->finding.limit;
    size_t open = 0;
    for (size_t i = 0; i < group->count; i++) open += group->first[i].open;
    page_markup(page, "<dl class=\"against\">");
    PUT(page, "<div><dt>{0}</dt><dd>{1}</dd></div>", html_word(page, WORD_OWED),
        same_limit(group) && limit.length > 0 ? group_evidence(report, group, "limit", limit) : html_word(page, WORD_SEE_RULE));
    PUT(page, "<div class=\"fact\"><dt>{0}</dt><dd>{1}</dd></div>",
        html_word(page, median.length > 0 ? WORD_FACT_MEDIAN : WORD_FACT),
        median.length > 0 ? group_evidence(report, group, "median", median) : html_word(page, WORD_SEE_EVIDENCE));
    struct counted still = { .name = count_overdue,
                             .duty = str_of(group->first->finding.duty->id),
                             .operator_ = group->first->finding.operator_ };
    PUT(page, "<div><dt>{0}</dt><dd>{1}</dd></div></dl>\n", html_word(page, WORD_STILL_OPEN),
        SAY(page, WORD_CASES, evidence_count(report, still, open)));
}

static void finding_group(struct report *report, const struct fault_group *group)
{
    struct page *page = &report->page;
    const struct duty *duty = group->first->finding.duty;
    struct counted broken = {
        .name = count_broken, .duty = str_of(duty->id), .operator_ = group->first->finding.operator_, .by_period = true
    };
    PUT(page,
        "<li class=\"finding\"><div><h3>{0}</h3><p class=\"where\"><span>{1}</span><span><a "
        "href=\"#{2}\">{2}</a></span>{3}</p></div>\n",
        SAY(page, WORD_GROUP, report_operator_name(report, group->first->finding.operator_),
            evidence_count(report, broken, group->count), html_says(page, duty->says)),
        html_period(page, report->input->period), html_text(page, str_of(duty->id)), evidence_mark(report));
    against(report, group);
    size_t shown = group->count < FAULTS_IN_GROUP ? group->count : FAULTS_IN_GROUP;
    PUT(page, "<details><summary>{0}</summary>\n", SAY(page, WORD_FIRST_EVIDENCE, html_number(page, (int64_t)shown)));
    table_faults(report, group->first, shown);
    PUT(page, "<p class=\"small mt2\"><a href=\"#findings\">{0}</a></p></details></li>\n", html_word(page, WORD_ALL_FINDINGS));
}

static void findings(struct report *report)
{
    struct page *page = &report->page;
    size_t count;
    struct fault_group *groups = fault_groups(report, report->broken, &count);
    struct counted broken = { .name = count_broken, .by_period = true };
    part_head(report, html_word(page, WORD_BROKEN_DUTIES),
              SAY(page, WORD_CASES, evidence_count(report, broken, report->broken.count)));
    if (!report_judged(report)) PUT(page, "<p>{0}</p>\n", html_word(page, WORD_NO_LATENESS));
    if (count == 0) {
        if (report_judged(report)) PUT(page, "<p>{0}</p>\n", html_word(page, WORD_NONE_BROKEN));
        return;
    }
    page_markup(page, "<ul>\n");
    for (size_t i = 0; i < count && i < GROUPS_SHOWN; i++) finding_group(report, &groups[i]);
    page_markup(page, "</ul>\n");
    if (count > GROUPS_SHOWN)
        PUT(page, "<p class=\"mt3\">{0}</p>\n",
            SAY(page, WORD_MORE_GROUPS, html_number(page, (int64_t)(count - GROUPS_SHOWN))));
}

void chapter_problems(struct report *report)
{
    struct page *page = &report->page;
    section_open(report, "problems", WORD_PROBLEMS, html_period(page, report->input->period));
    if (report->leading.count) {
        page_markup(page, "<div class=\"cols even\"><div>\n");
        categories(report);
        page_markup(page, "</div><div>\n");
        areas(report);
        page_markup(page, "</div></div>\n");
        operators(report);
    }
    findings(report);
    page_markup(page, "</section>\n");
}
