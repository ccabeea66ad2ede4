#include "report/chart.h"

#include <stdio.h>
#include <string.h>

#include "base/number.h"

enum { MONTHS = 12, TICKS = 4, LABEL_GAP = 66, LABELS_MAX = 8 };

/* ---- scales ---- */

static int64_t low_of(const struct figure_row *row)
{
    return row->has_margin ? row->low : row->value;
}

static int64_t high_of(const struct figure_row *row)
{
    return row->has_margin ? row->high : row->value;
}

/* The smallest of 1, 2, 5, 10, 20 ... that is at least as large. */
static int64_t round_step(int64_t least)
{
    static const int64_t factors[] = { 2, 5, 10 };
    int64_t step = 1;
    for (int64_t power = 1; step < least; power *= 10)
        for (size_t i = 0; i < 3 && step < least; i++) step = power * factors[i];
    return step;
}

static int64_t ten_to(unsigned exponent)
{
    int64_t power = 1;
    while (exponent-- > 0) power *= 10;
    return power;
}

struct scale scale_of(const struct figure *figure, struct rows rows, bool from_zero)
{
    int64_t low = INT64_MAX, high = INT64_MIN;
    for (size_t i = 0; i < rows.count; i++) {
        if (!rows.at[i].has_value) continue;
        if (low_of(&rows.at[i]) < low) low = low_of(&rows.at[i]);
        if (high_of(&rows.at[i]) > high) high = high_of(&rows.at[i]);
    }
    if (low > high) low = high = 0;
    if (from_zero && low > 0) low = 0;
    bool share = strcmp(figure->unit, "share") == 0;
    int64_t finest = figure->shown_decimals < figure->decimals ? ten_to(figure->decimals - figure->shown_decimals) : 1;
    int64_t step = round_step((high - low + TICKS - 1) / TICKS);
    if (share && finest < ten_to(figure->decimals) / 1000) finest = ten_to(figure->decimals) / 1000;
    if (step < finest) step = finest;
    struct scale scale = { .step = step };
    scale.from = (low - (low % step + step) % step);
    scale.to = high + (step - high % step) % step;
    int64_t whole = ten_to(figure->decimals);
    if (share && scale.to > whole && high <= whole) scale.to = whole;
    if (scale.to <= scale.from && share && scale.to == whole) scale.from -= step;
    if (scale.to <= scale.from) scale.to = scale.from + step;
    return scale;
}

struct html scale_ends(struct report *report, const struct figure *figure, struct scale scale)
{
    return FILL(&report->page, "{0}–{1}", figure_mark(report, figure, scale.from, scale.step),
                figure_mark(report, figure, scale.to, scale.step));
}

/* Thousandths of the way from `from` to `to`. */
static int64_t place_on(struct scale scale, int64_t value)
{
    if (value < scale.from) value = scale.from;
    if (value > scale.to) value = scale.to;
    return multiply_divide(value - scale.from, 1000, scale.to - scale.from);
}

/* Thousandths as a percentage with one decimal. */
static struct html percent(struct page *page, int64_t thousandths)
{
    struct text out = { 0 };
    text_format(&out, "%lld.%lld", (long long)thousandths / 10, (long long)thousandths % 10);
    return html_take(page, &out);
}

/* ---- in tables ---- */

static const char *shape_class(const struct actor *actor)
{
    switch (actor ? actor->shape : 'n') {
    case 'a': return " op-a";
    case 'b': return " op-b";
    case 'c': return " op-c";
    default: return "";
    }
}

struct html chart_key(struct report *report, const struct actor *actor)
{
    return FILL(&report->page, "<span class=\"op{0}\"><span class=\"key\"></span>{1}</span>",
                (struct html){ .markup = str_of(shape_class(actor)) }, actor->name);
}

struct html chart_interval(struct report *report, const struct figure_row *row, struct scale scale, const struct actor *actor,
                           bool small)
{
    struct page *page = &report->page;
    if (!row->has_value) return MARKUP("");
    return FILL(page, "<span class=\"iv{0}{1}\"{2} style=\"--lo:{3};--hi:{4};--v:{5}\"><i></i><b></b></span>",
                (struct html){ .markup = str_of(small ? " s" : "") }, (struct html){ .markup = str_of(shape_class(actor)) },
                evidence_attributes(report, row), percent(page, place_on(scale, low_of(row))),
                percent(page, place_on(scale, high_of(row))), percent(page, place_on(scale, row->value)));
}

struct html chart_bar(struct report *report, const struct figure_row *row, uint64_t largest)
{
    struct page *page = &report->page;
    int64_t length = multiply_divide((int64_t)row->n, 1000, (int64_t)(largest ? largest : 1));
    return FILL(page, "<span class=\"share\"{0} style=\"--v:{1}\"><i></i></span>", evidence_attributes(report, row),
                percent(page, length));
}

/* ---- lines ---- */

static size_t month_index(const struct report *report, const struct figure_row *row)
{
    struct civil first = civil_of(report->months.first), month = civil_of(row->period.first);
    int index = (month.year - first.year) * 12 + month.month - first.month;
    return index < 0 || index >= MONTHS ? MONTHS : (size_t)index;
}

/* The rows of one operator (empty: of all) by month; NULL where a month has no value. */
static size_t by_month(const struct report *report, struct rows rows, struct str operator_,
                       const struct figure_row *months[MONTHS])
{
    size_t count = 0;
    memset(months, 0, MONTHS * sizeof *months);
    for (size_t i = 0; i < rows.count; i++) {
        size_t month = month_index(report, &rows.at[i]);
        if (month == MONTHS || !rows.at[i].has_value || !str_equal(rows.at[i].operator_, operator_)) continue;
        months[month] = &rows.at[i];
        count++;
    }
    return count;
}

/* Months from the first to the last, as thousandths of the width. */
struct span {
    size_t first, last;
};

static const struct span whole_span = { 0, MONTHS - 1 };

static int64_t month_x(struct span span, size_t month)
{
    return (int64_t)(month - span.first) * 1000 / (int64_t)(span.last - span.first);
}

static void add_point(struct text *out, char command, int64_t x, int64_t y, int64_t height)
{
    int64_t down = height * (1000 - y) / 100; /* tenths of the height's unit */
    text_format(out, "%c%lld.%lld,%lld.%lld", command, (long long)x / 10, (long long)x % 10, (long long)down / 10,
                (long long)down % 10);
}

/* A line through the months that have a value; a month without one breaks it, and one alone is a dot. */
static void add_line(struct text *out, const struct figure_row *const months[MONTHS], struct span span, struct scale scale,
                     int64_t height)
{
    for (size_t i = span.first; i <= span.last; i++) {
        if (!months[i]) continue;
        bool first = i == 0 || !months[i - 1], alone = first && (i == MONTHS - 1 || !months[i + 1]);
        add_point(out, first ? 'M' : 'L', month_x(span, i), place_on(scale, months[i]->value), height);
        if (alone) text_add(out, STR("h0"));
    }
}

static void add_bands(struct text *out, const struct figure_row *const months[MONTHS], struct scale scale, int64_t height)
{
    for (size_t from = 0; from < MONTHS; from++) {
        size_t to = from;
        while (to < MONTHS && months[to] && months[to]->has_margin) to++;
        if (to == from) continue;
        for (size_t i = from; i < to; i++)
            add_point(out, i == from ? 'M' : 'L', month_x(whole_span, i), place_on(scale, months[i]->high), height);
        for (size_t i = to; i-- > from;) add_point(out, 'L', month_x(whole_span, i), place_on(scale, months[i]->low), height);
        text_add_byte(out, 'Z');
        from = to;
    }
}

struct html chart_spark(struct report *report, const struct figure *figure, struct rows rows)
{
    struct page *page = &report->page;
    const struct figure_row *months[MONTHS];
    if (by_month(report, rows, (struct str){ 0 }, months) < 2) return MARKUP("");
    size_t first = 0, last = MONTHS - 1;
    while (!months[first]) first++;
    while (!months[last]) last--;
    struct text line = { 0 };
    struct scale scale = { .from = INT64_MAX, .to = INT64_MIN };
    for (size_t i = first; i <= last; i++) {
        if (!months[i]) continue;
        if (months[i]->value < scale.from) scale.from = months[i]->value;
        if (months[i]->value > scale.to) scale.to = months[i]->value;
    }
    /* room above and below, so that a small change looks small */
    int64_t room = (scale.to - scale.from) / 2 + 1;
    scale.from -= room;
    scale.to += room;
    add_line(&line, months, (struct span){ first, last }, scale, 48);
    struct html from =
        FILL(page, "{0} {1}", html_month(page, months[first]->period.first, true), evidence(report, months[first], PART_VALUE));
    struct html to =
        FILL(page, "{0} {1}", html_month(page, months[last]->period.first, false), evidence(report, months[last], PART_VALUE));
    struct html label =
        SAY(page, WORD_SPARK_LABEL, html_month(page, months[first]->period.first, true),
            figure_shown(report, figure, months[first]->value), html_month(page, months[last]->period.first, true),
            figure_shown(report, figure, months[last]->value));
    int64_t y = 1000 - place_on(scale, months[last]->value);
    struct text dot = { 0 };
    text_format(&dot, "%lld.%03lld", (long long)y / 1000, (long long)y % 1000);
    return FILL(page,
                "<div class=\"spark\" role=\"img\" aria-label=\"{0}\"><svg viewBox=\"0 0 100 48\" preserveAspectRatio=\"none\">"
                "<path data-figure=\"{1}\" d=\"{2}\"/></svg><i style=\"--y:{3}\"></i><span>{4}</span><span>{5}</span></div>",
                label, html_text(page, str_of(figure->id)), html_take(page, &line), html_take(page, &dot), from, to);
}

/* ---- the line chart ---- */

static const char *line_class(const struct actor *actor)
{
    switch (actor->shape) {
    case 'a': return "s-a";
    case 'b': return "s-b";
    case 'c': return "s-c";
    default: return "s-n";
    }
}

/* Places of labels at the line ends: each as near to its line as the ones above allow. */
static void spread(int64_t places[], size_t count)
{
    for (size_t i = 1; i < count; i++)
        if (places[i] < places[i - 1] + LABEL_GAP) places[i] = places[i - 1] + LABEL_GAP;
    int64_t most = 1000 + LABEL_GAP / 2;
    for (size_t i = count; i-- > 0; most -= LABEL_GAP)
        if (places[i] > most) places[i] = most;
}

struct end {
    const struct actor *actor;
    const struct figure_row *row;
    int64_t y;
};

static struct html line_ends(struct report *report, struct end ends[], size_t count)
{
    struct page *page = &report->page;
    for (size_t i = 1; i < count; i++)
        for (size_t k = i; k > 0 && ends[k].y < ends[k - 1].y; k--) {
            struct end swapped = ends[k];
            ends[k] = ends[k - 1];
            ends[k - 1] = swapped;
        }
    int64_t places[LABELS_MAX];
    for (size_t i = 0; i < count; i++) places[i] = ends[i].y;
    spread(places, count);
    struct text out = { 0 };
    for (size_t i = 0; i < count; i++)
        text_add(&out, FILL(page, "<span class=\"end{0}\" style=\"--y:{1}\"><span class=\"name\">{2}</span> {3}</span>",
                            (struct html){ .markup = str_of(shape_class(ends[i].actor)) }, percent(page, places[i]),
                            ends[i].actor->name, evidence(report, ends[i].row, PART_VALUE))
                           .markup);
    return html_take(page, &out);
}

static struct html axes(struct report *report, const struct figure *figure, struct scale scale, struct text *grid)
{
    struct page *page = &report->page;
    struct text words = { 0 };
    for (int64_t value = scale.from; value <= scale.to; value += scale.step) {
        struct html y = percent(page, 1000 - place_on(scale, value));
        text_add(grid, FILL(page, "<path class=\"grid{1}\" d=\"M0,{0}H100\"/>", y,
                            (struct html){ .markup = str_of(value == 0 ? " zero" : "") })
                           .markup);
        text_add(&words,
                 FILL(page, "<span class=\"y\" style=\"--y:{0}\">{1}</span>", y, figure_mark(report, figure, value, scale.step))
                     .markup);
    }
    static const struct {
        size_t month;
        const char *class;
        bool year;
    } marks[] = { { 0, " first", true }, { 3, " mid", false }, { 6, "", false }, { 9, " mid", false }, { 11, " last", false } };
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        int32_t month = day_add_months(report->months.first, (int)marks[i].month);
        bool year = marks[i].year || civil_of(month).month == 1;
        text_add(&words, FILL(page, "<span class=\"x{0}\" style=\"--x:{1}\">{2}</span>",
                              (struct html){ .markup = str_of(marks[i].class) },
                              percent(page, month_x(whole_span, marks[i].month)), html_month(page, month, year))
                             .markup);
    }
    return html_take(page, &words);
}

struct html chart_lines(struct report *report, const struct figure *figure, struct rows rows, const struct actor *const *actors,
                        size_t actor_count)
{
    struct page *page = &report->page;
    struct scale scale = scale_of(figure, rows, true);
    struct text grid = { 0 };
    struct html words = axes(report, figure, scale, &grid);
    struct end ends[LABELS_MAX];
    size_t end_count = 0;
    for (size_t i = 0; i < actor_count && i < LABELS_MAX; i++) {
        const struct figure_row *months[MONTHS];
        if (by_month(report, rows, actors[i]->code, months) == 0) continue;
        struct text band = { 0 }, line = { 0 };
        add_bands(&band, months, scale, 100);
        add_line(&line, months, whole_span, scale, 100);
        struct html class = { .markup = str_of(line_class(actors[i])) };
        text_add(&grid, FILL(page,
                             "<g data-figure=\"{0}\" data-operator=\"{1}\"><path class=\"band {2}\" d=\"{3}\"/>"
                             "<path class=\"series {2}\" d=\"{4}\"/></g>",
                             html_text(page, str_of(figure->id)), html_text(page, actors[i]->code), class,
                             html_take(page, &band), html_take(page, &line))
                            .markup);
        size_t last = MONTHS - 1;
        while (!months[last]) last--;
        ends[end_count++] = (struct end){ actors[i], months[last], 1000 - place_on(scale, months[last]->value) };
    }
    return FILL(page,
                "<div class=\"chart\"><svg viewBox=\"0 0 100 100\" preserveAspectRatio=\"none\" aria-hidden=\"true\">{0}</svg>"
                "{1}{2}</div>",
                html_take(page, &grid), words, line_ends(report, ends, end_count));
}
