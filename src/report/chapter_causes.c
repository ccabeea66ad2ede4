#include <math.h>
#include <stdlib.h>

#include "report/chapters.h"

enum { COMBINATIONS_SHOWN = 10, COMBINATION_LEAST = 5, MATRIX_ROWS = 12 };

/* ---- what comes again ---- */

static void repeats(struct report *report)
{
    struct page *page = &report->page;
    const struct figure *figure = report->leading.repeat;
    struct rows rows = report_by(report, figure, BY_CATEGORY, report->input->period);
    part_head(report, html_capital(page, html_says(page, figure->says)), evidence_mark(report));
    struct figure_row total = report_total(report, figure, report->input->period);
    if (!total.has_value) {
        PUT(page, "<p>{0}</p>\n", html_word(page, WORD_NO_REPEAT));
        return;
    }
    PUT(page, "<p>{0}</p>\n",
        SAY(page, WORD_REPEAT_ALL, evidence(report, &total, PART_VALUE), figure_unit(report, figure),
            evidence_margin_short(report, &total)));
    if (rows.count < 2) return;
    const struct figure *const figures[] = { figure };
    table_plots(report, WORD_CATEGORY, rows, row_category, BY_CATEGORY, figures, 1);
}

/* ---- which operator has which trouble ---- */

static void matrix(struct report *report)
{
    struct page *page = &report->page;
    const struct figure *figure = report->leading.count;
    struct rows all = report_by(report, figure, BY_CATEGORY, report->input->period);
    struct rows cells = report_by(report, figure, BY_CATEGORY | BY_OPERATOR, report->input->period);
    struct rows operators = report_by(report, figure, BY_OPERATOR, report->input->period);
    if (all.count < 2 || report->actor_count > ACTORS_ABREAST) return;
    part_head(report, html_word(page, WORD_CATEGORIES_BY_OPERATOR), evidence_mark(report));
    PUT(page, "<table class=\"plots matrix\"><thead><tr><th scope=\"col\">{0}</th>", html_word(page, WORD_CATEGORY));
    for (size_t i = 0; i < report->actor_count; i++)
        PUT(page, "<th scope=\"col\" class=\"n\">{0}</th>", chart_key(report, &report->actors[i]));
    page_markup(page, "</tr></thead><tbody>\n");
    rows_by_n(all);
    for (size_t i = 0; i < all.count && i < MATRIX_ROWS; i++) {
        PUT(page, "<tr><th scope=\"row\">{0}</th>", row_category(report, &all.at[i]));
        for (size_t k = 0; k < report->actor_count; k++) {
            struct str code = report->actors[k].code;
            const struct figure_row *cell = rows_find(cells, code, (struct str){ 0 }, all.at[i].category);
            const struct figure_row *whole = rows_find(operators, code, (struct str){ 0 }, (struct str){ 0 });
            if (!cell || !whole || cell->n == 0) {
                page_markup(page, "<td class=\"n quiet\">0</td>");
                continue;
            }
            PUT(page, "<td class=\"n\">{0}% <small>{1}</small></td>", evidence_share(report, cell, whole->n),
                evidence(report, cell, PART_N));
        }
        page_markup(page, "</tr>\n");
    }
    page_markup(page, "</tbody></table>\n");
    PUT(page, "<p class=\"small quiet mt3\">{0}</p>\n", html_word(page, WORD_READ_MATRIX));
}

/* ---- where complaints gather ---- */

struct combination {
    const struct figure_row *row;
    int64_t expected; /* millionths */
    double chance;    /* of so many or more where `expected` are */
};

/* The chance of n or more where a Poisson number with this mean is drawn. Summed from the largest terms down. */
static double poisson_tail(uint64_t n, double mean)
{
    double term = exp((double)n * log(mean) - mean - lgamma((double)n + 1)), sum = 0;
    for (uint64_t k = n; term > 0 && (sum == 0 || term > sum * 1e-12); k++) {
        sum += term;
        term *= mean / (double)(k + 1);
    }
    return sum < 1 ? sum : 1;
}

static int compare_combinations(const void *left, const void *right)
{
    const struct combination *a = left, *b = right;
    if (a->chance != b->chance) return a->chance < b->chance ? -1 : 1;
    if (a->row->n != b->row->n) return a->row->n > b->row->n ? -1 : 1;
    return (a->row > b->row) - (a->row < b->row);
}

/* Each operator and area is held against the mix of categories over all; what is beyond chance, with as many comparisons as
   were made taken into account, stands out. */
static size_t combinations(struct report *report, struct combination **found, size_t *compared)
{
    const struct figure *figure = report->leading.count;
    struct period period = report->input->period;
    struct rows cells = report_by(report, figure, BY_OPERATOR | BY_AREA | BY_CATEGORY, period);
    struct rows places = report_by(report, figure, BY_OPERATOR | BY_AREA, period);
    struct rows mix = report_by(report, figure, BY_CATEGORY, period);
    uint64_t whole = 0;
    for (size_t i = 0; i < mix.count; i++) whole += mix.at[i].n;
    struct combination *all = arena_take(report->page.arena, (cells.count + 1) * sizeof *all);
    size_t count = 0;
    *compared = mix.count > 1 && places.count > 1 ? places.count * mix.count : 0;
    for (size_t i = 0; i<cells.count && * compared> 0; i++) {
        const struct figure_row *cell = &cells.at[i];
        const struct figure_row *place = rows_find(places, cell->operator_, cell->area, (struct str){ 0 });
        const struct figure_row *category = rows_find(mix, (struct str){ 0 }, (struct str){ 0 }, cell->category);
        if (!place || !category || cell->n < COMBINATION_LEAST) continue;
        double mean = (double)place->n * (double)category->n / (double)whole;
        if ((double)cell->n <= mean) continue;
        int64_t expected = (int64_t)((__int128)place->n * category->n * 1000000 / whole);
        all[count++] = (struct combination){ cell, expected, poisson_tail(cell->n, mean) };
    }
    qsort(all, count, sizeof *all, compare_combinations);
    size_t standing = 0;
    while (standing < count && all[standing].chance * (double)*compared < 0.025) standing++;
    *found = all;
    return standing;
}

static void concentration(struct report *report)
{
    struct page *page = &report->page;
    struct combination *found;
    size_t compared, count = combinations(report, &found, &compared);
    part_head(report, html_word(page, WORD_CONCENTRATION), evidence_mark(report));
    if (count == 0) {
        PUT(page, "<p>{0}</p>\n",
            SAY(page, compared > 0 ? WORD_NONE_STAND_OUT : WORD_NOTHING_TO_COMPARE, html_number(page, (int64_t)compared)));
        return;
    }
    PUT(page, "<p>{0}</p>\n",
        SAY(page, WORD_STAND_OUT, html_number(page, (int64_t)count), html_number(page, (int64_t)compared)));
    PUT(page,
        "<table class=\"plots\"><thead><tr><th scope=\"col\">{0}</th><th scope=\"col\" class=\"n\">{1}</th>"
        "<th scope=\"col\" class=\"n\">{2}</th><th scope=\"col\" class=\"n\">{3}</th></tr></thead><tbody>\n",
        html_word(page, WORD_COMBINATION), html_word(page, WORD_COUNT), html_word(page, WORD_EXPECTED),
        html_word(page, WORD_TIMES));
    for (size_t i = 0; i < count && i < COMBINATIONS_SHOWN; i++) {
        const struct figure_row *row = found[i].row;
        struct counted what = {
            .name = count_expected, .operator_ = row->operator_, .area = row->area, .category = row->category, .by_period = true
        };
        struct counted ratio = what;
        ratio.name = count_ratio;
        int64_t times = (int64_t)row->n * INT64_C(100000000) / (found[i].expected ? found[i].expected : 1);
        PUT(page,
            "<tr><th scope=\"row\">{0} <small>{1}</small></th><td class=\"n\">{2}</td><td class=\"n\">{3}</td><td "
            "class=\"n\">{4}</td></tr>\n",
            row_category(report, row),
            SAY(page, WORD_OPERATOR_IN_AREA, report_operator_name(report, row->operator_), report_area_name(report, row->area)),
            evidence(report, row, PART_N), evidence_decimal(report, what, found[i].expected, 6, 1),
            evidence_decimal(report, ratio, times, 2, 1));
    }
    page_markup(page, "</tbody></table>\n");
    PUT(page, "<p class=\"small quiet mt3\">{0}</p>\n", html_word(page, WORD_READ_CONCENTRATION));
}

/* ---- which duties ---- */

static void duties(struct report *report)
{
    struct page *page = &report->page;
    size_t count;
    struct fault_group *groups = fault_groups(report, report->broken, &count);
    if (count == 0) return;
    part_head(report, html_word(page, WORD_DUTIES_BY_OPERATOR), evidence_mark(report));
    PUT(page,
        "<table class=\"plots\"><thead><tr><th scope=\"col\">{0}</th><th scope=\"col\">{1}</th><th scope=\"col\" "
        "class=\"n\">{2}</th>"
        "<th scope=\"col\" class=\"n\">{3}</th></tr></thead><tbody>\n",
        html_word(page, WORD_DUTY), html_word(page, WORD_ANSWERABLE), html_word(page, WORD_COUNT),
        html_word(page, WORD_STILL_OPEN));
    for (size_t i = 0; i < count && i < MATRIX_ROWS; i++) {
        const struct fault *first = groups[i].first;
        const struct actor *actor = report_actor(report, first->finding.operator_);
        size_t open = 0;
        for (size_t k = 0; k < groups[i].count; k++) open += first[k].open;
        struct counted broken = {
            .name = count_broken,
            .duty = str_of(first->finding.duty->id),
            .operator_ = first->finding.operator_,
            .by_period = true,
        };
        struct counted still = broken;
        still.name = count_overdue;
        still.by_period = false;
        PUT(page,
            "<tr><th scope=\"row\"><a href=\"#{0}\">{1}</a></th><td>{2}</td><td class=\"n\">{3}</td><td "
            "class=\"n\">{4}</td></tr>\n",
            html_text(page, str_of(first->finding.duty->id)), html_capital(page, html_says(page, first->finding.duty->says)),
            actor ? chart_key(report, actor) : html_word(page, WORD_REGULATOR), evidence_count(report, broken, groups[i].count),
            evidence_count(report, still, open));
    }
    page_markup(page, "</tbody></table>\n");
}

void chapter_causes(struct report *report)
{
    struct page *page = &report->page;
    section_open(report, "causes", WORD_CAUSES, html_word(page, WORD_CAUSES_NOTE));
    page_markup(page, "<div class=\"cols even\"><div>\n");
    if (report->leading.repeat) repeats(report);
    page_markup(page, "</div><div>\n");
    if (report->leading.count) matrix(report);
    page_markup(page, "</div></div>\n<div class=\"cols even\"><div>\n");
    if (report->leading.count) concentration(report);
    page_markup(page, "</div><div>\n");
    duties(report);
    page_markup(page, "</div></div></section>\n");
}
