#include <stdlib.h>

#include "report/chapters.h"

enum { SOON_DAYS = 5, DUTIES_ASKED = 3, WORK_SHOWN = 40 };

/* ---- who must act by when ---- */

/* What one owes under one duty, either overdue or still to come. */
struct work {
    const struct fault *first; /* the earliest deadline */
    size_t count;
    bool overdue;
};

static int compare_work(const void *left, const void *right)
{
    const struct work *a = left, *b = right;
    if (a->first->finding.time != b->first->finding.time) return a->first->finding.time < b->first->finding.time ? -1 : 1;
    if (a->count != b->count) return a->count > b->count ? -1 : 1;
    return (a->first > b->first) - (a->first < b->first);
}

static struct work *gather_work(struct report *report, size_t *count)
{
    size_t group_count;
    struct fault_group *groups = fault_groups(report, report->waiting, &group_count);
    struct work *work = arena_take(report->page.arena, (2 * group_count + 1) * sizeof *work);
    *count = 0;
    for (size_t i = 0; i < group_count; i++) {
        size_t overdue = 0; /* those of a group come in the order of time */
        while (overdue < groups[i].count && groups[i].first[overdue].finding.time <= groups[i].first[overdue].as_of) overdue++;
        if (overdue > 0) work[(*count)++] = (struct work){ groups[i].first, overdue, true };
        if (overdue < groups[i].count)
            work[(*count)++] = (struct work){ groups[i].first + overdue, groups[i].count - overdue, false };
    }
    qsort(work, *count, sizeof *work, compare_work);
    return work;
}

static struct html deadline_chip(struct report *report, const struct fault *fault)
{
    struct page *page = &report->page;
    int32_t left = day_of(fault->finding.time - 1) - day_of(fault->as_of);
    if (fault->finding.time <= fault->as_of) {
        struct html days = html_number(page, left < 0 ? -left : 1);
        return FILL(page, "<span class=\"chip late\">{0}</span>", SAY(page, WORD_OVERDUE_DAYS, days));
    }
    if (left == 0) return FILL(page, "<span class=\"chip today\">{0}</span>", html_word(page, WORD_DUE_TODAY));
    return FILL(page, "<span class=\"chip {0}\">{1}</span>",
                (struct html){ .markup = str_of(left <= SOON_DAYS ? "soon" : "later") },
                SAY(page, WORD_DAYS_LEFT, html_number(page, left)));
}

static void work_list(struct report *report)
{
    struct page *page = &report->page;
    size_t count;
    struct work *work = gather_work(report, &count);
    part_head(report, html_word(page, WORD_WORK), SAY(page, WORD_AS_OF, html_moment(page, report->input->audit->as_of)));
    if (count == 0) {
        PUT(page, "<p>{0}</p>\n", html_word(page, WORD_NO_WORK));
        return;
    }
    PUT(page,
        "<table class=\"stack work\"><thead><tr><th scope=\"col\">{0}</th><th scope=\"col\">{1}</th><th scope=\"col\">{2}</th>"
        "<th scope=\"col\">{3}</th><th scope=\"col\">{4}</th></tr></thead><tbody>\n",
        html_word(page, WORD_FIRST_DEADLINE), html_word(page, WORD_MATTER), html_word(page, WORD_CASES_HEAD),
        html_word(page, WORD_WHO), html_word(page, WORD_NEXT_ACT));
    for (size_t i = 0; i < count && i < WORK_SHOWN; i++) {
        const struct fault *first = work[i].first;
        const struct actor *actor = report_actor(report, first->finding.operator_);
        struct counted what = { .name = work[i].overdue ? count_overdue : count_open,
                                .duty = str_of(first->finding.duty->id),
                                .operator_ = first->finding.operator_ };
        PUT(page, "<tr><td>{0} <small>{1}</small></td><td><span class=\"what\">{2}</span><small>{3}</small></td>",
            deadline_chip(report, first), html_moment(page, first->finding.time),
            SAY(page, work[i].overdue ? WORD_MATTER_OVERDUE : WORD_MATTER_OPEN, html_says(page, first->finding.duty->says)),
            SAY(page, WORD_EARLIEST, fault_subject(report, first)));
        PUT(page, "<td data-l=\"{0}\">{1}</td><td data-l=\"{2}\">{3}</td><td data-l=\"{4}\">{5}</td></tr>\n",
            html_word(page, WORD_CASES_HEAD), evidence_count(report, what, work[i].count), html_word(page, WORD_WHO),
            actor ? chart_key(report, actor) : html_word(page, WORD_REGULATOR), html_word(page, WORD_NEXT_ACT),
            html_word(page, work[i].overdue ? WORD_ACT_OVERDUE : WORD_ACT_OPEN));
    }
    page_markup(page, "</tbody></table>\n");
}

/* ---- what is asked of each operator ---- */

static size_t ask_overdue(struct report *report, struct str code)
{
    struct page *page = &report->page;
    const struct fault *first = NULL;
    size_t count = 0;
    for (size_t i = 0; i < report->waiting.count; i++) {
        const struct fault *fault = &report->waiting.at[i];
        if (!str_equal(fault->finding.operator_, code) || fault->finding.time > fault->as_of) continue;
        if (count++ == 0) first = fault;
    }
    if (count == 0) return 0;
    struct counted what = { .name = count_overdue, .operator_ = code };
    PUT(page, "<li>{0}</li>\n",
        SAY(page, WORD_ASK_OVERDUE, evidence_count(report, what, count), html_moment(page, first->finding.time)));
    return 1;
}

static size_t ask_figures(struct report *report, struct str code)
{
    struct page *page = &report->page;
    const struct leading *leading = &report->leading;
    const struct figure *const figures[] = { leading->rate,          leading->in_time,    leading->satisfied,
                                             leading->answer_median, leading->answer_p95, leading->repeat };
    size_t asked = 0;
    struct str none = { 0 };
    for (size_t i = 0; i < sizeof figures / sizeof *figures && report->actor_count > 1; i++) {
        if (!figures[i]) continue;
        struct figure_row all = report_total(report, figures[i], report->input->period);
        const struct figure_row *its =
            rows_find(report_by(report, figures[i], BY_OPERATOR, report->input->period), code, none, none);
        if (!its) continue;
        enum course course = rows_course(its, &all);
        if ((course != COURSE_FELL && course != COURSE_ROSE) || course_is_better(course, figures[i])) continue;
        asked++;
        struct html unit = figure_unit(report, figures[i]);
        PUT(page, "<li>{0}</li>\n",
            SAY(page, figures[i]->better == BETTER_LOWER ? WORD_ASK_LOWER : WORD_ASK_HIGHER,
                html_capital(page, html_says(page, figures[i]->says)),
                SAY(page, WORD_VALUE_UNIT, evidence(report, its, PART_VALUE), unit),
                SAY(page, WORD_VALUE_UNIT, evidence(report, &all, PART_VALUE), unit)));
    }
    return asked;
}

static size_t ask_duties(struct report *report, struct str code)
{
    struct page *page = &report->page;
    size_t count, asked = 0;
    struct fault_group *groups = fault_groups(report, report->broken, &count);
    for (size_t i = 0; i < count && asked < DUTIES_ASKED; i++) {
        if (!str_equal(groups[i].first->finding.operator_, code)) continue;
        asked++;
        struct counted what = {
            .name = count_broken, .duty = str_of(groups[i].first->finding.duty->id), .operator_ = code, .by_period = true
        };
        PUT(page, "<li>{0}</li>\n",
            SAY(page, WORD_ASK_DUTY, evidence_count(report, what, groups[i].count),
                html_says(page, groups[i].first->finding.duty->says)));
    }
    return asked;
}

static size_t ask_category(struct report *report, struct str code)
{
    struct page *page = &report->page;
    if (!report->leading.count) return 0;
    struct figure_request request = { .by = BY_CATEGORY, .operator_ = code, .period = report->input->period };
    struct rows rows = report_rows(report, report->leading.count, &request);
    rows_by_n(rows);
    uint64_t whole = 0;
    for (size_t i = 0; i < rows.count; i++) whole += rows.at[i].n;
    if (rows.count < 2 || rows.at[0].category.length == 0) return 0;
    PUT(page, "<li>{0}</li>\n",
        SAY(page, WORD_ASK_CATEGORY, report_category_name(report, rows.at[0].category),
            evidence_share(report, &rows.at[0], whole)));
    return 1;
}

static void asked_of_each(struct report *report)
{
    struct page *page = &report->page;
    part_head(report, html_word(page, WORD_ASKED), html_word(page, WORD_ASKED_NOTE));
    page_markup(page, "<div class=\"asks\">\n");
    for (size_t i = 0; i < report->actor_count; i++) {
        const struct actor *actor = &report->actors[i];
        if (i == TABLE_FIRST && report->actor_count > TABLE_ALL)
            PUT(page, "</div><details><summary>{0}</summary><div class=\"asks\">\n",
                SAY(page, WORD_THE_REST, html_number(page, (int64_t)(report->actor_count - TABLE_FIRST))));
        PUT(page, "<article><h4>{0}</h4><ol>\n", chart_key(report, actor));
        size_t asked = ask_overdue(report, actor->code);
        asked += ask_figures(report, actor->code);
        asked += ask_duties(report, actor->code);
        asked += ask_category(report, actor->code);
        if (asked == 0)
            PUT(page, "<li>{0}</li>\n", html_word(page, report->actor_count > 1 ? WORD_ASK_NOTHING : WORD_ASK_ALONE));
        page_markup(page, "</ol></article>\n");
    }
    page_markup(page, report->actor_count > TABLE_ALL ? "</div></details>\n" : "</div>\n");
    PUT(page, "<p class=\"small quiet mt4\">{0}</p>\n", html_word(page, WORD_LOOK_BACK));
}

void chapter_next(struct report *report)
{
    struct page *page = &report->page;
    section_open(report, "next", WORD_NEXT, html_word(page, WORD_NEXT_NOTE));
    work_list(report);
    if (report->actor_count > 0) asked_of_each(report);
    page_markup(page, "</section>\n");
}
