#include "report/chapters.h"

enum { LINES_MAX = 6 };

static enum word course_word(enum course course)
{
    switch (course) {
    case COURSE_FELL: return WORD_FELL;
    case COURSE_ROSE: return WORD_ROSE;
    case COURSE_SAME: return WORD_SAME;
    case COURSE_UNSURE: return WORD_UNSURE;
    default: return WORD_NOT_COMPARED;
    }
}

static struct html verdict(struct report *report, const struct figure_row *now, const struct figure_row *before)
{
    struct page *page = &report->page;
    if (report->partial || !report->comparable)
        return FILL(page, "<span class=\"num quiet\">{0}</span>", html_word(page, WORD_NOT_COMPARED));
    enum course course = rows_course(now, before);
    bool changed = course == COURSE_FELL || course == COURSE_ROSE, better = course_is_better(course, now->figure);
    const char *class = changed ? better ? "met" : "late" : course == COURSE_UNSURE ? "soon" : "quiet";
    struct html word = html_word(page, course_word(course));
    if (changed) word = SAY(page, better ? WORD_FOR_BETTER : WORD_FOR_WORSE, word);
    return FILL(page, "<b class=\"verdict {0}\">{1}</b>", (struct html){ .markup = str_of(class) }, word);
}

static struct html value_cell(struct report *report, const struct figure_row *row, bool narrow)
{
    struct page *page = &report->page;
    if (row->has_value && narrow) return FILL(page, "<span>{0}</span>", evidence(report, row, PART_VALUE));
    if (!row->has_value) return FILL(page, "<span class=\"quiet\">{0}</span>", html_word(page, WORD_NO_VALUE_SHORT));
    return FILL(page, "<span>{0} <small>{1}</small></span>", evidence(report, row, PART_VALUE),
                evidence_margin_short(report, row));
}

static void comparison_heads(struct report *report, enum word first)
{
    struct page *page = &report->page;
    PUT(page,
        "<table class=\"stack by-op\"><thead><tr><th scope=\"col\">{0}</th><th scope=\"col\">{1}</th><th scope=\"col\">{2}</th>"
        "<th scope=\"col\">{3}</th></tr></thead><tbody>\n",
        html_word(page, first), html_period(page, report->before), html_period(page, report->input->period),
        html_word(page, WORD_CHANGE));
}

/* narrow: without the margins, which are drawn beside it. */
static void comparison_row(struct report *report, struct html name, const struct figure_row *before,
                           const struct figure_row *now, bool narrow)
{
    struct page *page = &report->page;
    PUT(page,
        "<tr><th scope=\"row\">{0}</th><td data-l=\"{1}\">{2}</td><td data-l=\"{3}\">{4}</td><td "
        "data-l=\"{5}\">{6}</td></tr>\n",
        name, html_period(page, report->before), value_cell(report, before, narrow), html_period(page, report->input->period),
        value_cell(report, now, narrow), html_word(page, WORD_CHANGE), verdict(report, now, before));
}

/* Every figure of the registry, the period before against this one. */
static void comparison(struct report *report)
{
    struct page *page = &report->page;
    part_head(report, html_word(page, WORD_ALL_FIGURES), evidence_mark(report));
    comparison_heads(report, WORD_FIGURE);
    for (size_t i = 0; i < measure_count; i++)
        for (size_t k = 0; k < measures[i]->figure_count; k++) {
            const struct figure *figure = &measures[i]->figures[k];
            struct figure_row now = report_total(report, figure, report->input->period);
            struct figure_row before = report_total(report, figure, report->before);
            if (!now.has_value && !before.has_value) continue;
            struct html name = FILL(page, "<a href=\"#{0}\">{1}</a> <small>{2}</small>", html_text(page, str_of(figure->id)),
                                    html_capital(page, html_says(page, figure->says)), figure_unit_beside(report, figure));
            comparison_row(report, name, &before, &now, false);
        }
    page_markup(page, "</tbody></table>\n");
    enum word read = report->partial ? WORD_EFFECT_PARTIAL : report->comparable ? WORD_READ_EFFECT : WORD_EFFECT_NO_BEFORE;
    PUT(page, "<p class=\"small quiet mt3\">{0}</p>\n", SAY(page, read, html_period(page, report->before)));
}

/* ---- by operator ---- */

/* The operators with most records, in the order of their codes. */
static size_t drawn(struct report *report, const struct actor *actors[LINES_MAX])
{
    struct rows rows = report_by(report, report->leading.count, BY_OPERATOR, report->months);
    rows_by_n(rows);
    size_t count = 0;
    for (size_t i = 0; i < report->actor_count && count < LINES_MAX; i++)
        for (size_t k = 0; k < rows.count && k < LINES_MAX; k++)
            if (str_equal(rows.at[k].operator_, report->actors[i].code)) actors[count++] = &report->actors[i];
    return count;
}

static void months_table(struct report *report, const struct figure *figure, struct rows rows,
                         const struct actor *const *actors, size_t count)
{
    struct page *page = &report->page;
    PUT(page,
        "<details class=\"mt4\"><summary>{0}</summary><div class=\"scroll\" tabindex=\"0\" role=\"region\" "
        "aria-label=\"{0}\"><table class=\"plots\"><thead><tr><th scope=\"col\">{1}</th>",
        html_word(page, WORD_AS_TABLE), html_word(page, WORD_MONTH));
    for (size_t i = 0; i < count; i++) PUT(page, "<th scope=\"col\" class=\"n\">{0}</th>", chart_key(report, actors[i]));
    page_markup(page, "</tr></thead><tbody>\n");
    for (int32_t month = report->months.first; month < report->months.end; month = day_add_months(month, 1)) {
        PUT(page, "<tr><th scope=\"row\">{0}</th>", html_month(page, month, true));
        for (size_t i = 0; i < count; i++) {
            const struct figure_row *cell = NULL;
            for (size_t k = 0; k < rows.count; k++)
                if (rows.at[k].period.first == month && rows.at[k].figure == figure &&
                    str_equal(rows.at[k].operator_, actors[i]->code))
                    cell = &rows.at[k];
            if (!cell || !cell->has_value)
                page_markup(page, "<td class=\"n quiet\">—</td>");
            else
                PUT(page, "<td class=\"n\">{0} <small>{1}</small></td>", evidence(report, cell, PART_VALUE),
                    evidence_margin_short(report, cell));
        }
        page_markup(page, "</tr>\n");
    }
    page_markup(page, "</tbody></table></div></details>\n");
}

static void course_by_operator(struct report *report)
{
    struct page *page = &report->page;
    const struct figure *figure = report->rated ? report->leading.rate : report->leading.count;
    const struct actor *actors[LINES_MAX];
    size_t count = drawn(report, actors);
    struct rows rows = report_by(report, figure, BY_OPERATOR | BY_PERIOD, report->months);
    if (count == 0 || rows.count == 0) return;
    struct html title = SAY(page, WORD_BY_MONTH, figure_name(report, figure));
    PUT(page, "<div class=\"cols mt6\">\n<figure><figcaption><h3>{0}</h3></figcaption>\n{1}\n", title,
        chart_lines(report, figure, rows, actors, count));
    months_table(report, figure, rows, actors, count);
    PUT(page, "</figure>\n<div><h3>{0}</h3><p>{1}</p>\n", html_word(page, WORD_HOW_TO_READ),
        html_word(page, report->rated ? WORD_READ_LINES : WORD_READ_COUNT_LINES));
    if (report->actor_count > count) PUT(page, "<p>{0}</p>\n", SAY(page, WORD_LINES_DRAWN, html_number(page, (int64_t)count)));
    page_markup(page, "<div class=\"mt4\">\n");
    comparison_heads(report, WORD_OPERATOR);
    struct rows now = report_by(report, figure, BY_OPERATOR, report->input->period);
    struct rows before = report_by(report, figure, BY_OPERATOR, report->before);
    struct str none = { 0 };
    for (size_t i = 0; i < count; i++) {
        const struct figure_row *its = rows_find(now, actors[i]->code, none, none),
                                *was = rows_find(before, actors[i]->code, none, none);
        struct figure_row missing = { .figure = figure };
        comparison_row(report, chart_key(report, actors[i]), was ? was : &missing, its ? its : &missing, true);
    }
    PUT(page, "</tbody></table>\n<p class=\"small mt3\">{0}</p></div></div></div>\n", evidence_mark(report));
}

void chapter_effect(struct report *report)
{
    struct page *page = &report->page;
    section_open(report, "effect", WORD_EFFECT,
                 SAY(page, WORD_AGAINST, html_period(page, report->input->period), html_period(page, report->before)));
    comparison(report);
    course_by_operator(report);
    page_markup(page, "</section>\n");
}
