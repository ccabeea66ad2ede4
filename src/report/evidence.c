#include "report/evidence.h"

#include <string.h>

#include "base/number.h"

enum { SHORT_UNIT = 8 };

static bool is_share(const struct figure *figure)
{
    return strcmp(figure->unit, "share") == 0;
}

/* Shares are kept as parts of one and shown in percent. */
static unsigned percent_decimals(const struct figure *figure)
{
    return is_share(figure) ? figure->decimals - 2 : figure->decimals;
}

static unsigned decimals_shown(const struct figure *figure)
{
    unsigned shown = figure->shown_decimals, most = percent_decimals(figure);
    if (is_share(figure)) shown = shown > 2 ? shown - 2 : 0;
    return shown < most ? shown : most;
}

struct html figure_shown(struct report *report, const struct figure *figure, int64_t value)
{
    return html_decimal(&report->page, value, percent_decimals(figure), decimals_shown(figure));
}

struct html figure_mark(struct report *report, const struct figure *figure, int64_t value, int64_t step)
{
    unsigned decimals = percent_decimals(figure), shown = decimals;
    for (int64_t ten = 10; shown > 0 && value % ten == 0 && step % ten == 0; ten *= 10) shown--;
    return html_decimal(&report->page, value, decimals, shown);
}

struct html figure_change_unit(struct report *report, const struct figure *figure)
{
    return is_share(figure) ? html_word(&report->page, WORD_POINTS) : figure_unit(report, figure);
}

struct html figure_unit(struct report *report, const struct figure *figure)
{
    if (is_share(figure)) return MARKUP("%");
    return html_says(&report->page, figure->unit_says);
}

static bool name_says_unit(struct report *report, const struct figure *figure)
{
    return !is_share(figure) && strstr(figure->says[report->page.language], figure->unit_says[report->page.language]) != NULL;
}

struct html figure_name(struct report *report, const struct figure *figure)
{
    struct page *page = &report->page;
    struct html name = html_capital(page, html_says(page, figure->says));
    return name_says_unit(report, figure) ? name : SAY(page, WORD_NAME_UNIT, name, figure_unit(report, figure));
}

struct html figure_unit_beside(struct report *report, const struct figure *figure)
{
    struct html unit = figure_unit(report, figure);
    return name_says_unit(report, figure) && unit.markup.length > SHORT_UNIT ? MARKUP("") : unit;
}

static struct html attribute(struct page *page, const char *name, struct str value)
{
    if (value.length == 0) return MARKUP("");
    return FILL(page, " data-{0}=\"{1}\"", (struct html){ .markup = str_of(name) }, html_text(page, value));
}

static struct html period_attribute(struct page *page, struct period period)
{
    char name[DAY_ROOM];
    if (period.kind == 0) return MARKUP("");
    return attribute(page, "period", (struct str){ name, period_format(period, name) });
}

struct html evidence_attributes(struct report *report, const struct figure_row *row)
{
    struct page *page = &report->page;
    return FILL(page, "{0}{1}{2}{3}{4}", attribute(page, "figure", str_of(row->figure->id)),
                attribute(page, "operator", row->operator_), attribute(page, "area", row->area),
                attribute(page, "category", row->category), period_attribute(page, row->period));
}

static const char *const part_attributes[] = {
    [PART_VALUE] = "",
    [PART_LOW] = " data-part=\"low\"",
    [PART_HIGH] = " data-part=\"high\"",
    [PART_N] = " data-part=\"n\"",
    [PART_UNKNOWN] = " data-part=\"unknown\"",
};

static struct html figure_data(struct report *report, const struct figure_row *row, const char *part, struct html exact,
                               struct html shown)
{
    struct html html = FILL(&report->page, "<a class=\"v\" href=\"#{0}\"><data value=\"{1}\"{2}{3}>{4}</data></a>",
                            html_text(&report->page, str_of(row->figure->id)), exact, evidence_attributes(report, row),
                            (struct html){ .markup = str_of(part) }, shown);
    html.one = shown.one;
    return html;
}

struct html evidence(struct report *report, const struct figure_row *row, enum part part)
{
    struct page *page = &report->page;
    const struct figure *figure = row->figure;
    if (part == PART_N || part == PART_UNKNOWN) {
        struct html shown = html_number(page, (int64_t)(part == PART_N ? row->n : row->unknown));
        struct html exact = html_exact(page, (int64_t)(part == PART_N ? row->n : row->unknown), 0);
        return figure_data(report, row, part_attributes[part], exact, shown);
    }
    int64_t value = part == PART_LOW ? row->low : part == PART_HIGH ? row->high : row->value;
    return figure_data(report, row, part_attributes[part], html_exact(page, value, figure->decimals),
                       figure_shown(report, figure, value));
}

struct html evidence_margin(struct report *report, const struct figure_row *row)
{
    if (!row->has_margin) return html_word(&report->page, row->figure->full_count ? WORD_FULL_COUNT : WORD_NO_MARGIN);
    return SAY(&report->page, WORD_INTERVAL, evidence(report, row, PART_LOW), evidence(report, row, PART_HIGH));
}

struct html evidence_margin_short(struct report *report, const struct figure_row *row)
{
    if (!row->has_margin)
        return html_word(&report->page, row->figure->full_count ? WORD_FULL_COUNT_SHORT : WORD_NO_MARGIN_SHORT);
    return FILL(&report->page, "{0}–{1}", evidence(report, row, PART_LOW), evidence(report, row, PART_HIGH));
}

/* As shown, so that a reader who subtracts gets the same. */
static int64_t as_shown(const struct figure *figure, int64_t value)
{
    int64_t divisor = 1;
    for (unsigned i = decimals_shown(figure); i < percent_decimals(figure); i++) divisor *= 10;
    return multiply_divide(value, 1, divisor);
}

struct html evidence_change(struct report *report, const struct figure_row *now, const struct figure_row *before)
{
    struct page *page = &report->page;
    const struct figure *figure = now->figure;
    unsigned decimals = decimals_shown(figure);
    int64_t change = as_shown(figure, now->value) - as_shown(figure, before->value);
    struct html size = html_decimal(page, change < 0 ? -change : change, decimals, decimals);
    return figure_data(report, now, " data-part=\"change\"", html_exact(page, change, decimals), size);
}

struct html evidence_share(struct report *report, const struct figure_row *row, uint64_t whole)
{
    int64_t permille = multiply_divide((int64_t)row->n, 1000, (int64_t)(whole ? whole : 1));
    return figure_data(report, row, " data-part=\"share\"", html_exact(&report->page, permille, 3),
                       html_decimal(&report->page, permille, 1, 1));
}

struct html evidence_decimal(struct report *report, struct counted what, int64_t value, unsigned decimals, unsigned shown)
{
    struct page *page = &report->page;
    struct html number = html_decimal(page, value, decimals, shown);
    struct html attributes =
        FILL(page, "{0}{1}{2}{3}{4}", attribute(page, "finding", what.duty), attribute(page, "operator", what.operator_),
             attribute(page, "area", what.area), attribute(page, "category", what.category),
             what.by_period ? period_attribute(page, report->input->period) : MARKUP(""));
    struct html html =
        FILL(page, "<a class=\"v\" href=\"#{0}\"><data value=\"{1}\" data-count=\"{0}\"{2}>{3}</data></a>",
             (struct html){ .markup = str_of(what.name) }, html_exact(page, value, decimals), attributes, number);
    html.one = number.one;
    return html;
}

struct html evidence_count(struct report *report, struct counted what, uint64_t count)
{
    return evidence_decimal(report, what, (int64_t)count, 0, 0);
}

struct html evidence_quantity(struct report *report, const struct fault *fault, const char *part, struct str quantity)
{
    struct page *page = &report->page;
    if (quantity.length == 0) return MARKUP("—");
    return FILL(page,
                "<a class=\"v\" href=\"#{0}\"><data value=\"{1}\" data-finding=\"{0}\" data-subject=\"{2}\" data-part=\"{3}\">"
                "{4}</data></a>",
                html_text(page, str_of(fault->finding.duty->id)), html_text(page, quantity),
                html_text(page, fault->finding.subject), (struct html){ .markup = str_of(part) }, html_quantity(page, quantity));
}

struct html evidence_mark(struct report *report)
{
    return FILL(&report->page, "<a class=\"at\" href=\"#checkpoint\">{0}</a>",
                html_number(&report->page, (int64_t)report->input->audit->position));
}

enum course rows_course(const struct figure_row *now, const struct figure_row *before)
{
    if (!now->has_value || !before->has_value) return COURSE_UNKNOWN;
    if (!now->figure->full_count && (!now->has_margin || !before->has_margin)) return COURSE_UNSURE;
    int64_t now_low = now->has_margin ? now->low : now->value, now_high = now->has_margin ? now->high : now->value;
    int64_t low = before->has_margin ? before->low : before->value, high = before->has_margin ? before->high : before->value;
    if (now_high < low) return COURSE_FELL;
    if (now_low > high) return COURSE_ROSE;
    if (!now->has_margin && !before->has_margin) return COURSE_SAME;
    return COURSE_UNSURE;
}

bool course_is_better(enum course course, const struct figure *figure)
{
    return course == (figure->better == BETTER_LOWER ? COURSE_FELL : COURSE_ROSE);
}
