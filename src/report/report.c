#include "report/report.h"

#include "base/embedded.h"
#include "report/chapters.h"
#include "report/style.h"

#define POLICY "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"

/* What a report must name so that it can be made again; claims.c reads it. */
static void claims(struct report *report)
{
    struct page *page = &report->page;
    const struct report_input *input = report->input;
    char as_of[MOMENT_ROOM], period[DAY_ROOM];
    const struct {
        const char *name;
        struct html value;
    } all[] = {
        { "report", html_exact(page, REPORT_VERSION, 0) },
        { "position", html_exact(page, (int64_t)input->audit->position, 0) },
        { "as-of", html_text(page, (struct str){ as_of, moment_format(input->audit->as_of, as_of) }) },
        { "as-of-by", input->audit->own_times ? MARKUP("duty") : MARKUP("asked") },
        { "period", html_text(page, (struct str){ period, period_format(input->period, period) }) },
        { "language", input->language == CHINESE ? MARKUP("zh") : MARKUP("en") },
        { "checkpoint", html_text(page, input->checkpoint) },
    };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        PUT(page, "<meta name=\"mingbai-{0}\" content=\"{1}\">\n", (struct html){ .markup = str_of(all[i].name) },
            all[i].value);
}

static void head(struct report *report)
{
    struct page *page = &report->page;
    PUT(page,
        "<!doctype html>\n<html lang=\"{0}\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta http-equiv=\"Content-Security-Policy\" content=\"" POLICY "\">\n"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"referrer\" "
        "content=\"no-referrer\">\n",
        page->language == CHINESE ? MARKUP("zh-CN") : MARKUP("en"));
    claims(report);
    PUT(page, "<title>{0}</title>\n<style>\n", SAY(page, WORD_TITLE, html_period(page, report->input->period)));
    text_add(page->out, embedded_tokens_css);
    text_add(page->out, embedded_look_css);
    page_markup(page, report_style);
    page_markup(page, "</style>\n</head>\n");
}

static void header(struct report *report)
{
    struct page *page = &report->page;
    static const struct {
        const char *anchor;
        enum word word;
    } parts[] = { { "problems", WORD_NAV_PROBLEMS }, { "causes", WORD_NAV_CAUSES }, { "measures", WORD_NAV_MEASURES },
                  { "effect", WORD_NAV_EFFECT },     { "next", WORD_NAV_NEXT },     { "definitions", WORD_NAV_APPENDIX } };
    PUT(page,
        "<body>\n<a class=\"skip\" href=\"#main\">{0}</a>\n<header class=\"bar\"><div class=\"wrap\"><a class=\"brand\" "
        "href=\"#main\">"
        "<svg viewBox=\"0 0 28 28\" aria-hidden=\"true\"><path d=\"M2.5 6.5h9v15h-9zM2.5 14h9\" fill=\"none\" "
        "stroke=\"currentColor\" "
        "stroke-width=\"2.6\"/><path d=\"M25.5 5.5a8.6 8.6 0 1 0 0 17 10.5 10.5 0 0 1 0-17z\" fill=\"currentColor\"/></svg>"
        "<span>{1}</span><small>{2}</small></a></div></header>\n<nav class=\"nav\" aria-label=\"{3}\"><div "
        "class=\"wrap\"><ul>\n",
        html_word(page, WORD_SKIP), html_word(page, WORD_PRODUCT), html_word(page, WORD_SERIES), html_word(page, WORD_NAV));
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        PUT(page, "<li><a href=\"#{0}\">{1}</a></li>\n", (struct html){ .markup = str_of(parts[i].anchor) },
            html_word(page, parts[i].word));
    page_markup(page, "</ul></div></nav>\n<main id=\"main\" class=\"wrap report\">\n");
}

static void foot(struct report *report)
{
    struct page *page = &report->page;
    const struct report_input *input = report->input;
    PUT(page,
        "</main>\n<footer class=\"foot\" id=\"checkpoint\" data-chapter=\"checkpoint\"><div "
        "class=\"wrap\"><section><h2>{0}</h2>\n",
        html_word(page, WORD_WHENCE));
    PUT(page,
        "<dl class=\"keys\"><dt>{0}</dt><dd>{1}</dd><dt>{2}</dt><dd>{3}</dd><dt>{4}</dt><dd><code>{5}</code></dd></dl>\n"
        "<pre>{6}</pre></section>\n",
        html_word(page, WORD_POSITION), SAY(page, WORD_POSITION_NUMBER, html_number(page, (int64_t)input->audit->position)),
        html_word(page, WORD_AS_OF_NAME), html_moment(page, input->audit->as_of), html_word(page, WORD_VERIFIER_KEY),
        html_text(page, input->verifier_key), html_text(page, input->checkpoint));
    PUT(page,
        "<section "
        "class=\"verify\"><h2>{0}</h2><ol><li>{1}</li><li>{2}</li><li>{3}</li></ol></section>\n</div></footer>\n</body>\n</"
        "html>\n",
        html_word(page, WORD_VERIFY), html_word(page, WORD_VERIFY_FIRST), html_word(page, WORD_VERIFY_SECOND),
        html_word(page, WORD_VERIFY_THIRD));
}

bool report_write(const struct report_input *input, struct text *out, struct error *error)
{
    struct report report;
    if (!report_gather(&report, input, out, error)) return false;
    head(&report);
    header(&report);
    chapter_summary(&report);
    chapter_problems(&report);
    chapter_causes(&report);
    chapter_measures(&report);
    chapter_effect(&report);
    chapter_next(&report);
    chapter_appendix(&report);
    foot(&report);
    return !report.failed;
}
