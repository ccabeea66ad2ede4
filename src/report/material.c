#include "report/material.h"

#include "measure/audit.h"

#include <stdlib.h>
#include <string.h>

enum { HORIZON_DAYS = 400, REGION_DEPTH = 8 };

/* ---- figures ---- */

struct collector {
    struct figure_row *at;
    size_t count, room;
};

static bool collect_row(void *context, const struct figure_row *row, struct error *error)
{
    (void)error;
    struct collector *collector = context;
    if (collector->count == collector->room) {
        collector->room = collector->room ? 2 * collector->room : 64;
        collector->at = reallocate(collector->at, collector->room * sizeof *collector->at);
    }
    collector->at[collector->count++] = *row;
    return true;
}

struct cached_rows {
    const struct figure *figure;
    struct figure_request request;
    struct rows rows;
    struct cached_rows *next;
};

static bool same_request(const struct figure_request *a, const struct figure_request *b)
{
    return a->by == b->by && a->period_kind == b->period_kind && str_equal(a->operator_, b->operator_) &&
           str_equal(a->area, b->area) && str_equal(a->category, b->category) && a->period.first == b->period.first &&
           a->period.end == b->period.end && a->period.kind == b->period.kind;
}

static struct rows rows_copy(struct report *report, struct rows rows)
{
    struct rows copy = { .count = rows.count };
    if (rows.count == 0) return copy;
    copy.at = arena_take(report->page.arena, rows.count * sizeof *rows.at);
    memcpy(copy.at, rows.at, rows.count * sizeof *rows.at);
    return copy;
}

static struct rows compute_rows(struct report *report, const struct figure *figure, const struct figure_request *request)
{
    struct collector collector = { 0 };
    struct figures_sink sink = { collect_row, &collector };
    report->failed = !audit_compute(report->input->audit, figure, request, sink, report->error);
    struct rows rows = { 0 };
    if (!report->failed) rows = rows_copy(report, (struct rows){ collector.at, collector.count });
    free(collector.at);
    return rows;
}

struct rows report_rows(struct report *report, const struct figure *figure, const struct figure_request *request)
{
    if (report->failed || !figure) return (struct rows){ 0 };
    struct cached_rows *cached = report->cache;
    while (cached && (cached->figure != figure || !same_request(&cached->request, request))) cached = cached->next;
    if (!cached) {
        cached = arena_take(report->page.arena, sizeof *cached);
        *cached = (struct cached_rows){ figure, *request, compute_rows(report, figure, request), report->cache };
        report->cache = cached;
    }
    return rows_copy(report, cached->rows);
}

struct rows report_by(struct report *report, const struct figure *figure, unsigned by, struct period period)
{
    return report_rows(report, figure, &(struct figure_request){ .by = by, .period = period, .period_kind = 'M' });
}

struct figure_row report_total(struct report *report, const struct figure *figure, struct period period)
{
    struct rows rows = report_by(report, figure, 0, period);
    return rows.count > 0 ? rows.at[0] : (struct figure_row){ .figure = figure, .period = period };
}

bool report_judged(struct report *report)
{
    return !report->leading.in_time || report_total(report, report->leading.in_time, report->input->period).has_value;
}

const struct figure_row *rows_find(struct rows rows, struct str operator_, struct str area, struct str category)
{
    for (size_t i = 0; i < rows.count; i++)
        if (str_equal(rows.at[i].operator_, operator_) && str_equal(rows.at[i].area, area) &&
            str_equal(rows.at[i].category, category))
            return &rows.at[i];
    return NULL;
}

static int compare_n(const void *left, const void *right)
{
    const struct figure_row *a = left, *b = right;
    if (a->n != b->n) return a->n > b->n ? -1 : 1;
    return figure_row_order(left, right);
}

void rows_by_n(struct rows rows)
{
    if (rows.count > 0) qsort(rows.at, rows.count, sizeof *rows.at, compare_n);
}

/* ---- findings ---- */

struct kept_faults {
    struct fault *at;
    size_t count, room;
};

struct judged {
    struct kept_faults faults;
    struct audit own;
};

static bool keep_finding(void *context, const struct finding *finding, struct error *error)
{
    (void)error;
    struct judged *judged = context;
    struct kept_faults *kept = &judged->faults;
    if (kept->count == kept->room) {
        kept->room = kept->room ? 2 * kept->room : 64;
        kept->at = reallocate(kept->at, kept->room * sizeof *kept->at);
    }
    kept->at[kept->count++] = (struct fault){ .finding = *finding, .as_of = audit_as_of(&judged->own, finding->records[0].source) };
    return true;
}

/* Every duty, each as of its own time (audit_for) and so many days on. */
static struct kept_faults judge_all(struct report *report, int days_on)
{
    struct judged judged = { 0 };
    struct findings_sink sink = { keep_finding, &judged };
    for (size_t i = 0; i < measure_count && !report->failed; i++)
        for (size_t k = 0; k < measures[i]->duty_count && !report->failed; k++) {
            const struct duty *duty = &measures[i]->duties[k];
            struct audit own;
            report->failed = !audit_for(report->input->audit, duty->reads, &own, report->error);
            if (report->failed || own.as_of == MOMENT_NONE) continue;
            judged.own = own;
            own.as_of += days_on * DAY_MS;
            own.loaded_as_of += days_on * DAY_MS;
            if (own.clock != MOMENT_NONE) own.clock += days_on * DAY_MS;
            own.own_times = false;
            report->failed = !audit_judge(&own, duty, sink, report->error);
        }
    if (judged.faults.count > 0) qsort(judged.faults.at, judged.faults.count, sizeof *judged.faults.at, finding_identity_order);
    return judged.faults;
}

static struct faults settle(struct report *report, struct kept_faults *kept)
{
    struct faults faults = { .count = kept->count };
    if (kept->count > 0) {
        qsort(kept->at, kept->count, sizeof *kept->at, finding_order);
        faults.at = arena_take(report->page.arena, kept->count * sizeof *kept->at);
        memcpy(faults.at, kept->at, kept->count * sizeof *kept->at);
    }
    free(kept->at);
    return faults;
}

static void add_fault(struct kept_faults *kept, const struct fault *fault)
{
    if (kept->count == kept->room) {
        kept->room = kept->room ? 2 * kept->room : 64;
        kept->at = reallocate(kept->at, kept->room * sizeof *kept->at);
    }
    kept->at[kept->count++] = *fault;
}

/* Every duty is judged as of now, and once more as of a day far enough ahead that every clock now running has passed its
   limit. What only the second finds is owed and not yet late, with the moment until which; what both find, but measured
   longer the second time, is late and still open. */
static void gather_faults(struct report *report)
{
    struct kept_faults now = judge_all(report, 0), ahead = judge_all(report, HORIZON_DAYS);
    struct kept_faults broken = { 0 }, waiting = { 0 };
    for (size_t i = 0, k = 0; k < ahead.count; k++) {
        while (i < now.count && finding_identity_order(&now.at[i], &ahead.at[k]) < 0) i++;
        bool known = i < now.count && finding_identity_order(&now.at[i], &ahead.at[k]) == 0;
        if (known && !str_equal(now.at[i].finding.measured, ahead.at[k].finding.measured)) {
            now.at[i].open = true;
            add_fault(&waiting, &now.at[i]);
        } else if (!known && ahead.at[k].finding.time > ahead.at[k].as_of) {
            ahead.at[k].open = true;
            add_fault(&waiting, &ahead.at[k]);
        }
    }
    int64_t from = day_start(report->input->period.first), to = day_start(report->input->period.end);
    for (size_t i = 0; i < now.count; i++)
        if (now.at[i].finding.time >= from && now.at[i].finding.time < to) add_fault(&broken, &now.at[i]);
    free(now.at);
    free(ahead.at);
    report->broken = settle(report, &broken);
    report->waiting = settle(report, &waiting);
}

/* ---- who and where ---- */

static int compare_codes(const void *left, const void *right)
{
    return str_compare(((const struct actor *)left)->code, ((const struct actor *)right)->code);
}

static void gather_actors(struct report *report)
{
    struct rows rows = report_by(report, report->leading.count, BY_OPERATOR, report->months);
    size_t room = rows.count + report->broken.count + report->waiting.count, count = 0;
    struct actor *all = allocate(room * sizeof *all);
    for (size_t i = 0; i < rows.count; i++) all[count++].code = rows.at[i].operator_;
    for (size_t i = 0; i < report->broken.count; i++) all[count++].code = report->broken.at[i].finding.operator_;
    for (size_t i = 0; i < report->waiting.count; i++) all[count++].code = report->waiting.at[i].finding.operator_;
    qsort(all, count, sizeof *all, compare_codes);
    report->actors = arena_take(report->page.arena, (count + 1) * sizeof *all);
    for (size_t i = 0; i < count; i++) {
        if (all[i].code.length == 0 || (i > 0 && str_equal(all[i].code, all[i - 1].code))) continue;
        size_t place = report->actor_count++;
        report->actors[place] = (struct actor){
            .code = all[i].code,
            .name =
                html_text(&report->page, law_operator_name(report->input->audit->law, all[i].code, (int)report->page.language)),
            .shape = place < 3 ? (char)('a' + place) : 'n',
        };
    }
    free(all);
}

const struct actor *report_actor(const struct report *report, struct str code)
{
    for (size_t i = 0; i < report->actor_count; i++)
        if (str_equal(report->actors[i].code, code)) return &report->actors[i];
    return NULL;
}

static bool holds_all(const struct law *law, struct str outer, struct rows areas)
{
    for (size_t i = 0; i < areas.count; i++)
        if (areas.at[i].area.length > 0 && !law_area_within(law, areas.at[i].area, outer)) return false;
    return true;
}

/* The smallest loaded area in which all areas with records lie. */
static struct html region(struct report *report)
{
    const struct law *law = report->input->audit->law;
    struct rows areas = report_by(report, report->leading.count, BY_AREA, report->months);
    struct str candidate = { 0 };
    for (size_t i = 0; i < areas.count && candidate.length == 0; i++) candidate = areas.at[i].area;
    for (int depth = 0; depth < REGION_DEPTH && candidate.length > 0; depth++) {
        if (holds_all(law, candidate, areas)) return report_area_name(report, candidate);
        const struct area *area = law_area(law, candidate);
        candidate = area ? area->parent : (struct str){ 0 };
    }
    return MARKUP("");
}

struct html report_operator_name(struct report *report, struct str code)
{
    if (code.length == 0) return html_word(&report->page, WORD_REGULATOR);
    const struct actor *actor = report_actor(report, code);
    if (actor) return actor->name;
    return html_text(&report->page, law_operator_name(report->input->audit->law, code, (int)report->page.language));
}

struct html report_area_name(struct report *report, struct str code)
{
    if (code.length == 0) return html_word(&report->page, WORD_NO_AREA);
    return html_text(&report->page, law_area_name(report->input->audit->law, code, (int)report->page.language));
}

/* Categories are words of a kind's field, where it has a list of them; else they stand as they were given. */
struct html report_category_name(struct report *report, struct str code)
{
    if (code.length == 0) return html_word(&report->page, WORD_NO_CATEGORY);
    for (size_t i = 0; i < measure_count; i++)
        for (size_t k = 0; k < measures[i]->kind_count; k++) {
            const struct kind *kind = measures[i]->kinds[k];
            for (size_t f = 0; f < kind->field_count; f++) {
                const struct field *field = &kind->fields[f];
                for (size_t c = 0; strcmp(field->name, "category") == 0 && c < field->choice_count; c++)
                    if (str_equal(code, str_of(field->choices[c].word)))
                        return html_says(&report->page, field->choices[c].says);
            }
        }
    return html_text(&report->page, code);
}

/* ---- periods ---- */

static bool covers_before(struct report *report)
{
    struct rows rows =
        report_rows(report, report->leading.count, &(struct figure_request){ .by = BY_PERIOD, .period_kind = 'M' });
    for (size_t i = 0; i < rows.count; i++)
        if (rows.at[i].n > 0) return rows.at[i].period.first <= report->before.first;
    return false;
}

bool report_gather(struct report *report, const struct report_input *input, struct text *out, struct error *error)
{
    struct period period = input->period;
    struct period last_month = period_of(period.end - 1, 'M');
    *report = (struct report){
        .input = input,
        .page = { .out = out, .arena = input->audit->arena, .language = input->language },
        .leading = {
            .count = figure_find(STR("complaint.count")),
            .rate = figure_find(STR("complaint.per_million")),
            .in_time = figure_find(STR("complaint.in_time")),
            .satisfied = figure_find(STR("complaint.satisfied")),
            .answer_median = figure_find(STR("complaint.answer_median")),
            .answer_p95 = figure_find(STR("complaint.answer_p95")),
            .repeat = figure_find(STR("complaint.repeat")),
        },
        .before = period_of(period.first - 1, period.kind),
        .months = { .first = day_add_months(last_month.first, -11), .end = period.end, .kind = 'M' },
        .partial = day_of(input->audit->as_of) < period.end - 1,
        .error = error,
    };
    report->comparable = covers_before(report);
    report->rated = report_total(report, report->leading.rate, period).has_value;
    gather_faults(report);
    gather_actors(report);
    report->region = region(report);
    return !report->failed;
}
