#include "report/chapters.h"

static enum word before_word(struct report *report)
{
    switch (report->input->period.kind) {
    case 'Y': return WORD_BEFORE_YEAR;
    case 'Q': return WORD_BEFORE_QUARTER;
    default: return WORD_BEFORE_MONTH;
    }
}

struct html period_before_name(struct report *report)
{
    return html_word(&report->page, before_word(report));
}

struct html course_sentence(struct report *report, const struct figure_row *now, const struct figure_row *before)
{
    struct page *page = &report->page;
    if (report->partial) return html_word(page, WORD_NOT_OVER);
    if (!report->comparable) return SAY(page, WORD_NO_BEFORE, period_before_name(report));
    enum course course = rows_course(now, before);
    if (course == COURSE_UNKNOWN) return SAY(page, WORD_NO_BEFORE, period_before_name(report));
    if (course == COURSE_SAME) return SAY(page, WORD_COURSE_SAME, period_before_name(report));
    bool better = course_is_better(course, now->figure), less = now->value < before->value;
    enum word word = course == COURSE_UNSURE ? WORD_VERDICT_UNSURE : better ? WORD_VERDICT_BETTER : WORD_VERDICT_WORSE;
    const char *class = course == COURSE_UNSURE ? "soon" : better ? "met" : "late";
    struct html verdict =
        FILL(page, "<b class=\"verdict {0}\">{1}</b>", (struct html){ .markup = str_of(class) }, html_word(page, word));
    struct html change = SAY(page, less ? WORD_CHANGE_LESS : WORD_CHANGE_MORE, evidence_change(report, now, before),
                             figure_change_unit(report, now->figure), period_before_name(report));
    return SAY(page, WORD_COURSE, verdict, change);
}

/* "，比上一季度少2.1件" for the heading, without links; empty where nothing can be said. */
static struct html heading_change(struct report *report, const struct figure_row *now)
{
    struct page *page = &report->page;
    struct figure_row before = report_total(report, now->figure, report->before);
    if (report->partial || !report->comparable || !before.has_value) return MARKUP("");
    enum course course = rows_course(now, &before);
    if (course == COURSE_SAME || now->value == before.value) return SAY(page, WORD_HEADING_SAME, period_before_name(report));
    struct html change = SAY(page, now->value < before.value ? WORD_HEADING_LESS : WORD_HEADING_MORE,
                             evidence_change(report, now, &before), period_before_name(report));
    return course == COURSE_UNSURE ? SAY(page, WORD_HEADING_UNSURE, change) : change;
}

static void heading(struct report *report)
{
    struct page *page = &report->page;
    struct html period = html_period(page, report->input->period);
    struct figure_row rate = report_total(report, report->leading.rate, report->input->period);
    struct figure_row count = report_total(report, report->leading.count, report->input->period);
    struct html answer = html_word(page, WORD_HEADING_NOTHING);
    if (rate.has_value)
        answer = SAY(page, WORD_HEADING_RATE, evidence(report, &rate, PART_VALUE), heading_change(report, &rate));
    else if (count.has_value)
        answer = SAY(page, WORD_HEADING_COUNT, evidence(report, &count, PART_VALUE), heading_change(report, &count));
    PUT(page, "<h1>{0}</h1>\n", SAY(page, WORD_HEADING, period, answer));
}

static size_t areas_of(struct rows areas)
{
    size_t count = 0;
    for (size_t i = 0; i < areas.count; i++) count += areas.at[i].area.length > 0;
    return count;
}

static void lede(struct report *report)
{
    struct page *page = &report->page;
    const struct figure *figure = report->leading.count;
    struct figure_row count = report_total(report, figure, report->input->period);
    struct html first = { 0 };
    if (count.has_value) {
        struct rows areas = report_by(report, figure, BY_AREA, report->input->period);
        struct rows operators = report_by(report, figure, BY_OPERATOR, report->input->period);
        first = SAY(page, WORD_LEDE_COUNT, evidence(report, &count, PART_VALUE),
                    evidence_count(report, (struct counted){ .name = count_places, .by_period = true }, operators.count),
                    evidence_count(report, (struct counted){ .name = count_places, .by_period = true }, areas_of(areas)));
    }
    struct counted broken = { .name = count_broken, .by_period = true };
    struct html second = html_word(page, report_judged(report) ? WORD_LEDE_NONE_BROKEN : WORD_LEDE_UNJUDGED);
    if (report->broken.count > 0) second = SAY(page, WORD_LEDE_BROKEN, evidence_count(report, broken, report->broken.count));
    struct html partial =
        report->partial ? SAY(page, WORD_LEDE_PARTIAL, html_moment(page, report->input->audit->as_of)) : MARKUP("");
    struct html unrated =
        count.has_value && report->leading.rate && !report->rated ? html_word(page, WORD_NO_SUBSCRIBERS) : MARKUP("");
    PUT(page, "<p class=\"lede\">{0}{1}{2}{3}{4}</p>\n", first, unrated, second, partial, html_word(page, WORD_LEDE_EVIDENCE));
    struct html region = report->region.markup.length > 0 ? FILL(page, "<span>{0}</span>", report->region) : MARKUP("");
    PUT(page, "<p class=\"meta\">{0}<span>{1}</span><span>{2}</span>{3}</p>\n", region,
        html_period(page, report->input->period), SAY(page, WORD_AS_OF, html_moment(page, report->input->audit->as_of)),
        evidence_mark(report));
}

/* ---- figure cards ---- */

static struct html why_no_value(struct report *report, const struct figure_row *row)
{
    struct page *page = &report->page;
    if (row->n > 0) return html_word(page, WORD_NOT_YET);
    if (row->unknown > 0) return SAY(page, WORD_ALL_UNKNOWN, evidence(report, row, PART_UNKNOWN));
    return html_word(page, WORD_NO_RECORDS);
}

static struct html counted_words(struct report *report, const struct figure_row *row)
{
    struct page *page = &report->page;
    struct html n = SAY(page, WORD_COUNTED, evidence(report, row, PART_N));
    if (row->unknown == 0) return n;
    return FILL(page, "{0}{1}", n, SAY(page, WORD_UNKNOWN, evidence(report, row, PART_UNKNOWN)));
}

static void card(struct report *report, const struct figure *figure)
{
    struct page *page = &report->page;
    struct figure_row now = report_total(report, figure, report->input->period);
    PUT(page, "<article class=\"figure\"><h3>{0}</h3>\n", html_capital(page, html_says(page, figure->says)));
    if (now.has_value) {
        struct figure_row before = report_total(report, figure, report->before);
        PUT(page, "<p class=\"value\"><b>{0}</b><span>{1}</span><span class=\"margin\">{2}</span></p>\n",
            evidence(report, &now, PART_VALUE), figure_unit_beside(report, figure), evidence_margin(report, &now));
        PUT(page, "<div><p class=\"says\">{0}</p>\n{1}</div>\n", course_sentence(report, &now, &before),
            chart_spark(report, figure, report_by(report, figure, BY_PERIOD, report->months)));
    } else {
        PUT(page, "<p class=\"value none\"><b>{0}</b></p>\n<div><p class=\"says\">{1}</p></div>\n",
            html_word(page, WORD_NO_VALUE), why_no_value(report, &now));
    }
    PUT(page, "<p class=\"notes\"><span>{0}</span><span><a href=\"#{1}\">{2}</a>&emsp;{3}</span></p></article>\n",
        counted_words(report, &now), html_text(page, str_of(figure->id)), html_word(page, WORD_DEFINITION),
        evidence_mark(report));
}

void chapter_summary(struct report *report)
{
    struct page *page = &report->page;
    heading(report);
    lede(report);
    section_open(report, "figures", WORD_FIGURES, html_period(page, report->input->period));
    page_markup(page, "<div class=\"figures\">\n");
    const struct leading *leading = &report->leading;
    const struct figure *const cards[] = { report->rated ? leading->rate : leading->count,
                                           leading->in_time,
                                           leading->satisfied,
                                           leading->answer_median,
                                           leading->answer_p95,
                                           leading->repeat };
    for (size_t i = 0; i < sizeof cards / sizeof *cards; i++)
        if (cards[i]) card(report, cards[i]);
    page_markup(page, "</div></section>\n");
}
