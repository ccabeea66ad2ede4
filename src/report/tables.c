#include "report/tables.h"

#include <string.h>

enum { RECORDS_SHOWN = 3 };

void section_open(struct report *report, const char *name, enum word title, struct html note)
{
    struct page *page = &report->page;
    PUT(page, "<section id=\"{0}\" class=\"section\" data-chapter=\"{0}\"><header><h2>{1}</h2><p>{2}</p></header>\n",
        (struct html){ .markup = str_of(name) }, html_word(page, title), note);
}

void part_head(struct report *report, struct html title, struct html note)
{
    struct page *page = &report->page;
    PUT(page, "<div class=\"part\"><h3>{0}</h3><p>{1}</p></div>\n", title, note);
}

struct html row_area(struct report *report, const struct figure_row *row)
{
    return html_capital(&report->page, report_area_name(report, row->area));
}

struct html row_category(struct report *report, const struct figure_row *row)
{
    return html_capital(&report->page, report_category_name(report, row->category));
}

struct html row_operator(struct report *report, const struct figure_row *row)
{
    const struct actor *actor = report_actor(report, row->operator_);
    return actor ? chart_key(report, actor) : report_operator_name(report, row->operator_);
}

/* Puts the rest of a long table into <details>: called before each row. head: the row of column heads. */
static void before_row(struct report *report, size_t row, size_t count, const char *class, struct html head)
{
    struct page *page = &report->page;
    if (count <= TABLE_ALL || row != TABLE_FIRST) return;
    PUT(page, "</tbody></table>\n<details><summary>{0}</summary><table class=\"{1}\">{2}<tbody>\n",
        SAY(page, WORD_THE_REST, html_number(page, (int64_t)(count - TABLE_FIRST))), (struct html){ .markup = str_of(class) },
        head);
}

static void end_rows(struct report *report, size_t count)
{
    page_markup(&report->page, count > TABLE_ALL ? "</tbody></table></details>\n" : "</tbody></table>\n");
}

void table_bars(struct report *report, enum word head, struct rows counts, row_name *name)
{
    struct page *page = &report->page;
    uint64_t whole = 0;
    for (size_t i = 0; i < counts.count; i++) whole += counts.at[i].n;
    rows_by_n(counts);
    struct html heads =
        FILL(page,
             "<thead><tr><th scope=\"col\">{0}</th><th scope=\"col\" class=\"n\">{1}</th>"
             "<th scope=\"col\" class=\"n\">{2}</th><th scope=\"col\"><span class=\"hidden\">{2}</span></th></tr></thead>",
             html_word(page, head), html_word(page, WORD_COUNT), html_word(page, WORD_SHARE));
    PUT(page, "<table class=\"plots bars\">{0}<tbody>\n", heads);
    for (size_t i = 0; i < counts.count; i++) {
        before_row(report, i, counts.count, "plots bars", heads);
        const struct figure_row *row = &counts.at[i];
        PUT(page,
            "<tr><th scope=\"row\">{0}</th><td class=\"n\">{1}</td><td class=\"n\">{2}%</td><td class=\"plot\">{3}</td></tr>\n",
            name(report, row), evidence(report, row, PART_N), evidence_share(report, row, whole),
            chart_bar(report, row, counts.at[0].n));
    }
    end_rows(report, counts.count);
}

/* ---- plots ---- */

enum { COLUMNS_MAX = 3 };

struct column {
    const struct figure *figure;
    struct rows rows;
    struct scale scale;
};

static bool any_value(struct rows rows)
{
    for (size_t i = 0; i < rows.count; i++)
        if (rows.at[i].has_value) return true;
    return false;
}

static struct html plot_heads(struct report *report, enum word head, const struct column columns[], size_t count)
{
    struct page *page = &report->page;
    struct text out = { 0 };
    for (size_t i = 0; i < count; i++)
        text_add(&out, FILL(page, "<th scope=\"col\" colspan=\"2\">{0}<br>{1}</th>", figure_name(report, columns[i].figure),
                            SAY(page, WORD_AXIS, scale_ends(report, columns[i].figure, columns[i].scale)))
                           .markup);
    return FILL(page, "<thead><tr><th scope=\"col\">{0}</th>{1}<th scope=\"col\" class=\"n\">{2}</th></tr></thead>",
                html_word(page, head), html_take(page, &out), html_word(page, WORD_COUNT));
}

static void plot_row(struct report *report, const struct figure_row *row, row_name *name, const struct column columns[],
                     size_t count)
{
    struct page *page = &report->page;
    PUT(page, "<tr><th scope=\"row\">{0}</th>", name(report, row));
    for (size_t i = 0; i < count; i++) {
        const struct figure_row *cell = rows_find(columns[i].rows, row->operator_, row->area, row->category);
        if (!cell || !cell->has_value) {
            PUT(page, "<td class=\"n quiet\">{0}</td><td></td>", html_word(page, WORD_NO_VALUE_SHORT));
            continue;
        }
        const struct actor *actor = cell->operator_.length > 0 ? report_actor(report, cell->operator_) : NULL;
        PUT(page, "<td class=\"n\">{0}</td><td class=\"plot\">{1}</td>", evidence(report, cell, PART_VALUE),
            chart_interval(report, cell, columns[i].scale, actor, false));
    }
    PUT(page, "<td class=\"n\">{0}</td></tr>\n", evidence(report, row, PART_N));
}

void table_plots(struct report *report, enum word head, struct rows counts, row_name *name, unsigned by,
                 const struct figure *const figures[], size_t figure_count)
{
    struct column columns[COLUMNS_MAX];
    size_t count = 0;
    for (size_t i = 0; i < figure_count && count < COLUMNS_MAX; i++) {
        struct rows rows = report_by(report, figures[i], by, report->input->period);
        if (!any_value(rows)) continue;
        columns[count++] = (struct column){ figures[i], rows, scale_of(figures[i], rows, false) };
    }
    rows_by_n(counts);
    struct html heads = plot_heads(report, head, columns, count);
    PUT(&report->page, "<table class=\"plots\">{0}<tbody>\n", heads);
    for (size_t i = 0; i < counts.count; i++) {
        before_row(report, i, counts.count, "plots", heads);
        plot_row(report, &counts.at[i], name, columns, count);
    }
    end_rows(report, counts.count);
}

/* ---- findings ---- */

struct html fault_subject(struct report *report, const struct fault *fault)
{
    static const struct {
        const char *kind;
        enum word word;
    } subjects[] = { { "complaint:", WORD_SUBJECT_COMPLAINT }, { "appeal:", WORD_SUBJECT_APPEAL } };
    for (size_t i = 0; i < sizeof subjects / sizeof *subjects; i++) {
        size_t length = strlen(subjects[i].kind);
        if (!str_starts(fault->finding.subject, str_of(subjects[i].kind))) continue;
        struct str id = { fault->finding.subject.at + length, fault->finding.subject.length - length };
        return SAY(&report->page, subjects[i].word, html_text(&report->page, id));
    }
    return html_text(&report->page, fault->finding.subject);
}

struct html fault_records(struct report *report, const struct fault *fault)
{
    struct page *page = &report->page;
    struct text out = { 0 };
    for (size_t i = 0; i < fault->finding.record_count && i < RECORDS_SHOWN; i++) {
        if (i > 0) text_add(&out, STR("<br>"));
        text_add(&out, FILL(page, "{0} {1}", html_text(page, fault->finding.records[i].source),
                            html_exact(page, (int64_t)fault->finding.records[i].seq, 0))
                           .markup);
    }
    if (fault->finding.record_count > RECORDS_SHOWN) text_add(&out, STR("<br>…"));
    return html_take(page, &out);
}

void table_faults(struct report *report, const struct fault *faults, size_t count)
{
    struct page *page = &report->page;
    PUT(page,
        "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{0}\"><table class=\"evidence\"><thead><tr>"
        "<th scope=\"col\">{1}</th><th scope=\"col\">{2}</th><th scope=\"col\">{3}</th>"
        "<th scope=\"col\">{4}</th><th scope=\"col\">{5}</th><th scope=\"col\">{6}</th><th scope=\"col\">{7}</th></tr></thead>",
        html_word(page, WORD_FINDINGS_SCROLL), html_word(page, WORD_BROKEN_AT), html_word(page, WORD_CASE),
        html_word(page, WORD_OPERATOR), html_word(page, WORD_AREA), html_word(page, WORD_OWED), html_word(page, WORD_FACT),
        html_word(page, WORD_RECORDS));
    page_markup(page, "<tbody>\n");
    for (size_t i = 0; i < count; i++) {
        const struct fault *fault = &faults[i];
        /* What one person used and paid is not for everybody. */
        struct str says = fault->finding.names_subscriber ? (struct str){ 0 } : fault->finding.says[page->language];
        struct html provisional = fault->finding.provisional ? html_word(page, WORD_PROVISIONAL) : MARKUP("");
        struct html identity = FILL(page, " data-finding=\"{0}\" data-subject=\"{1}\"",
                                    html_text(page, str_of(fault->finding.duty->id)), html_text(page, fault->finding.subject));
        PUT(page, "<tr{0}><td>{1}</td><td>{2}<br><small>{3}{4}</small></td><td>{5}</td><td>{6}</td>", identity,
            html_moment(page, fault->finding.time), html_capital(page, fault_subject(report, fault)),
            says.length > 0 ? html_text(page, says) : html_capital(page, html_says(page, fault->finding.duty->says)),
            provisional, report_operator_name(report, fault->finding.operator_), report_area_name(report, fault->finding.area));
        PUT(page, "<td>{0}</td><td>{1}</td><td>{2}</td></tr>\n",
            evidence_quantity(report, fault, "limit", fault->finding.limit),
            evidence_quantity(report, fault, "measured", fault->finding.measured), fault_records(report, fault));
    }
    page_markup(page, "</tbody></table></div>\n");
}
