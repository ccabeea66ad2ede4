#include "report/chapters.h"

enum { FINDINGS_SHOWN = 200 };

static void definition(struct report *report, const char *id, struct html name, struct html unit, struct html text)
{
    struct page *page = &report->page;
    PUT(page, "<div id=\"{0}\"><dt>{1}{2}<br><code>{0}</code></dt><dd>{3}</dd></div>\n", html_text(page, str_of(id)), name,
        unit, text);
}

static const struct {
    const char *id;
    enum word name, text;
} counts[] = {
    { count_broken, WORD_COUNT_BROKEN, WORD_COUNT_BROKEN_IS },
    { count_open, WORD_COUNT_OPEN, WORD_COUNT_OPEN_IS },
    { count_overdue, WORD_COUNT_OVERDUE, WORD_COUNT_OVERDUE_IS },
    { count_expected, WORD_COUNT_EXPECTED, WORD_COUNT_EXPECTED_IS },
    { count_ratio, WORD_COUNT_RATIO, WORD_COUNT_RATIO_IS },
    { count_places, WORD_COUNT_PLACES, WORD_COUNT_PLACES_IS },
};

static void definitions(struct report *report)
{
    struct page *page = &report->page;
    section_open(report, "definitions", WORD_DEFINITIONS, html_word(page, WORD_DEFINITIONS_NOTE));
    page_markup(page, "<dl class=\"pairs defined\">\n");
    for (size_t i = 0; i < measure_count; i++)
        for (size_t k = 0; k < measures[i]->figure_count; k++) {
            const struct figure *figure = &measures[i]->figures[k];
            definition(report, figure->id, html_capital(page, html_says(page, figure->says)),
                       SAY(page, WORD_IN_UNIT, figure_unit(report, figure)), html_says(page, figure->definition));
        }
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        definition(report, counts[i].id, html_word(page, counts[i].name), MARKUP(""), html_word(page, counts[i].text));
    page_markup(page, "</dl></section>\n");
}

static void findings(struct report *report)
{
    struct page *page = &report->page;
    struct counted broken = { .name = count_broken, .by_period = true };
    section_open(report, "findings", WORD_FINDINGS,
                 SAY(page, WORD_CASES, evidence_count(report, broken, report->broken.count)));
    if (report->broken.count == 0) {
        PUT(page, "<p>{0}</p>\n", html_word(page, report_judged(report) ? WORD_NONE_BROKEN : WORD_NO_LATENESS));
    } else {
        size_t shown = report->broken.count < FINDINGS_SHOWN ? report->broken.count : FINDINGS_SHOWN;
        table_faults(report, report->broken.at, shown);
        char period[DAY_ROOM];
        struct str name = { period, period_format(report->input->period, period) };
        if (shown < report->broken.count)
            PUT(page, "<p class=\"mt3\">{0}</p>\n",
                SAY(page, WORD_MORE_FINDINGS, html_number(page, (int64_t)(report->broken.count - shown)),
                    html_text(page, name)));
    }
    page_markup(page, "</section>\n");
}

static void method(struct report *report)
{
    struct page *page = &report->page;
    enum word as_of_note = report->input->audit->own_times ? WORD_METHOD_OWN_TIMES : WORD_METHOD_AS_OF;
    const enum word notes[] = { WORD_METHOD_MARGIN,   WORD_METHOD_COMPARE,      as_of_note,         WORD_METHOD_TIME,
                                WORD_METHOD_WORKDAYS, WORD_METHOD_COMBINATIONS, WORD_METHOD_PERSONS };
    section_open(report, "method", WORD_METHOD, MARKUP(""));
    page_markup(page, "<ul class=\"plainlist\">\n");
    struct html as_of = html_moment(page, report->input->audit->as_of);
    for (size_t i = 0; i < sizeof notes / sizeof *notes; i++) PUT(page, "<li>{0}</li>\n", SAY(page, notes[i], as_of));
    page_markup(page, "</ul></section>\n");
}

void chapter_appendix(struct report *report)
{
    definitions(report);
    findings(report);
    method(report);
}
