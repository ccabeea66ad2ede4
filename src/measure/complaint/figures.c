#include "measure/complaint/figures.h"

#include <stdlib.h>

#include "base/number.h"
#include "measure/audit.h"
#include "measure/complaint/answer.h"
#include "measure/margin.h"
#include "measure/market.h"

enum { SHARE_DECIMALS = 6, RATE_DECIMALS = 4, DAY_DECIMALS = 4, REPEAT_DAYS = 90, MILLION = 1000000 };

/* ---- groups of cases ---- */

struct group_key {
    uint32_t operator_, area; /* places in words; NOBODY: not split */
    int32_t category;         /* -1: not told, or not split */
    int32_t period_first;     /* DAY_NONE: not split */
    uint32_t case_operator, case_area; /* NOBODY: of no matter to the figure; else a row is made from several groups */
};

struct group {
    struct group_key key;
    size_t parts; /* so many from this one on are one row's */
    struct period period;
    uint64_t n, hits, unknown;
    int64_t *lengths; /* of those done, in milliseconds; those open are counted in n alone */
    size_t length_count, length_room;
};

/* What a case is to a figure. */
enum taken { LEFT_OUT, COUNTED, HIT, MEASURED, UNKNOWN };

struct walk {
    const struct audit *audit;
    const struct figure_request *request;
    struct complaints complaints;
    struct clock clock;
    bool *repeated;      /* by place, for complaint.repeat */
    bool *area_wanted;   /* by place in words */
    int category_wanted; /* a place in its choices; -1: all; -2: none is called so */
    struct group *groups;
    size_t group_count, group_room;
    uint32_t *slots;     /* place + 1; 0: free */
    size_t slot_count;
    struct market *market;
    struct denominator denominator;
};

static const struct field *category_field(void)
{
    return &complaint_kind.fields[kind_field(&complaint_kind, STR("category"))];
}

static size_t group_slot(const struct walk *walk, const struct group_key *key)
{
    uint64_t hash = ((uint64_t)key->operator_ << 32 | key->area) * UINT64_C(0x9e3779b97f4a7c15);
    hash = (hash ^ hash >> 31 ^ ((uint64_t)key->case_operator << 32 | key->case_area)) * UINT64_C(0x94d049bb133111eb);
    hash = (hash ^ hash >> 29 ^ ((uint64_t)(uint32_t)key->period_first << 32 | (uint32_t)key->category)) *
           UINT64_C(0xbf58476d1ce4e5b9);
    size_t slot = (size_t)(hash >> 32) & (walk->slot_count - 1);
    while (walk->slots[slot] && memcmp(&walk->groups[walk->slots[slot] - 1].key, key, sizeof *key) != 0)
        slot = (slot + 1) & (walk->slot_count - 1);
    return slot;
}

static struct group *group_find(struct walk *walk, const struct group_key *key, struct period period)
{
    if (walk->group_count * 2 >= walk->slot_count) {
        free(walk->slots);
        walk->slot_count = walk->slot_count ? walk->slot_count * 2 : 64;
        walk->slots = allocate(walk->slot_count * sizeof *walk->slots);
        for (size_t i = 0; i < walk->group_count; i++) walk->slots[group_slot(walk, &walk->groups[i].key)] = (uint32_t)i + 1;
    }
    size_t slot = group_slot(walk, key);
    if (!walk->slots[slot]) {
        if (walk->group_count == walk->group_room) {
            walk->group_room = walk->group_room ? walk->group_room * 2 : 16;
            walk->groups = reallocate(walk->groups, walk->group_room * sizeof *walk->groups);
        }
        walk->groups[walk->group_count++] = (struct group){ .key = *key, .period = period };
        walk->slots[slot] = (uint32_t)walk->group_count;
    }
    return &walk->groups[walk->slots[slot] - 1];
}

static struct group *group_of(struct walk *walk, const struct complaint_case *one, bool by_place)
{
    const struct figure_request *request = walk->request;
    struct period period = request->by & BY_PERIOD ? period_of(day_of(one->filed), request->period_kind) : request->period;
    struct group_key key = {
        .operator_ = request->by & BY_OPERATOR ? one->operator_ : NOBODY,
        .area = request->by & BY_AREA ? one->area : NOBODY,
        .category = request->by & BY_CATEGORY ? one->category : -1,
        .period_first = request->by & BY_PERIOD ? period.first : DAY_NONE,
        .case_operator = by_place ? one->operator_ : NOBODY,
        .case_area = by_place ? one->area : NOBODY,
    };
    return group_find(walk, &key, period);
}

static bool is_wanted(const struct walk *walk, const struct complaint_case *one)
{
    const struct figure_request *request = walk->request;
    int32_t day = day_of(one->filed);
    return walk->area_wanted[one->area] &&
           (!request->operator_.length || str_equal(walk->complaints.words.at[one->operator_], request->operator_)) &&
           (walk->category_wanted == -1 || walk->category_wanted == one->category) &&
           (!request->period.kind || (day >= request->period.first && day < request->period.end));
}

/* ---- what a case is to each figure ---- */

static enum taken take_any(struct walk *walk, const struct complaint_case *one, int64_t *length)
{
    (void)walk, (void)one, (void)length;
    return COUNTED;
}

static void first_run(struct walk *walk, const struct complaint_case *one, struct run *run)
{
    clock_set(&walk->clock, one->filed, complaint_events(&walk->complaints, one), one->event_count);
    must(clock_next(&walk->clock, run));
}

/* Merged or withdrawn within the limit, and open before its end: nobody can say whether it would have been answered in time. */
static enum taken take_in_time(struct walk *walk, const struct complaint_case *one, int64_t *length)
{
    (void)length;
    const struct limit *limit = answer_limit(walk->audit->law, walk->complaints.words.at[one->area], one->filed);
    if (!limit || closed_on_unknown_day(one)) return UNKNOWN;
    struct run run;
    first_run(walk, one, &run);
    int64_t end;
    bool provisional = false;
    int64_t as_of = audit_as_of(walk->audit, walk->complaints.sources.names[one->source]);
    if (answer_is_late(limit, walk->audit->law, &run, as_of, &end, &provisional)) return COUNTED;
    return run.end == RUN_ANSWERED ? HIT : LEFT_OUT;
}

static enum taken take_satisfied(struct walk *walk, const struct complaint_case *one, int64_t *length)
{
    (void)walk, (void)length;
    return one->satisfied < 0 ? UNKNOWN : one->satisfied ? HIT : COUNTED;
}

static enum taken take_repeated(struct walk *walk, const struct complaint_case *one, int64_t *length)
{
    (void)length;
    if (one->subscriber < 0 || one->category < 0) return UNKNOWN;
    return walk->repeated[one - walk->complaints.at] ? HIT : COUNTED;
}

static enum taken take_answer(struct walk *walk, const struct complaint_case *one, int64_t *length)
{
    if (closed_on_unknown_day(one)) return UNKNOWN;
    struct run run;
    first_run(walk, one, &run);
    if (run.end == RUN_OPEN) return COUNTED;
    if (run.end != RUN_ANSWERED) return LEFT_OUT;
    *length = run_length(&run);
    return MEASURED;
}

/* ---- what a group comes to ---- */

static bool finish_count(struct walk *walk, const struct group *group, struct figure_row *row, struct error *error)
{
    (void)walk, (void)error;
    row->has_value = true;
    row->value = (int64_t)group->n;
    return true;
}

static bool finish_rate(struct walk *walk, const struct group *group, struct figure_row *row, struct error *error)
{
    struct denominator *denominator = &walk->denominator;
    if (!walk->market && !(walk->market = market_open(walk->audit, error))) return false;
    if (!market_subscribers(walk->market, row->operator_, row->area, row->period, denominator, error)) return false;
    row->n = row->unknown = 0;
    for (const struct group *part = group; part < group + group->parts; part++) {
        bool covered = part->n && market_covers(walk->market, denominator, walk->complaints.words.at[part->key.case_operator],
                                                walk->complaints.words.at[part->key.case_area]);
        *(covered ? &row->n : &row->unknown) += part->n;
    }
    if (denominator->subscribers <= 0 || (!row->n && row->unknown)) return true;
    row->has_value = row->has_margin = true;
    row->value = multiply_divide((int64_t)row->n * MILLION, 10000, denominator->subscribers);
    struct margin margin = margin_garwood(row->n, MILLION, (uint64_t)denominator->subscribers, RATE_DECIMALS);
    row->low = margin.low;
    row->high = margin.high;
    return true;
}

static bool finish_share(struct walk *walk, const struct group *group, struct figure_row *row, struct error *error)
{
    (void)walk, (void)error;
    if (!group->n) return true;
    row->has_value = true;
    row->value = multiply_divide((int64_t)group->hits, MILLION, (int64_t)group->n);
    return true;
}

static bool finish_sampled_share(struct walk *walk, const struct group *group, struct figure_row *row, struct error *error)
{
    if (!group->n) return true;
    must(finish_share(walk, group, row, error));
    struct margin margin = margin_wilson(group->hits, group->n, SHARE_DECIMALS);
    row->has_margin = true;
    row->low = margin.low;
    row->high = margin.high;
    return true;
}

static int by_length(const void *a, const void *b)
{
    int64_t first = *(const int64_t *)a, second = *(const int64_t *)b;
    return (first > second) - (first < second);
}

static int64_t length_at(const struct group *group, uint64_t rank)
{
    return multiply_divide(group->lengths[rank - 1], 10000, DAY_MS);
}

/* The open ones stand behind all that are done: a rank among them has no length yet. */
static bool finish_percentile(const struct group *group, unsigned percent, struct figure_row *row)
{
    if (!group->n) return true;
    uint64_t rank = percentile_rank(group->n, percent), low, high;
    if (rank > group->length_count) return true;
    qsort(group->lengths, group->length_count, sizeof *group->lengths, by_length);
    row->has_value = true;
    row->value = length_at(group, rank);
    row->has_margin = margin_percentile(group->n, percent, &low, &high) && high <= group->length_count;
    if (row->has_margin) {
        row->low = length_at(group, low);
        row->high = length_at(group, high);
    }
    return true;
}

static bool finish_median(struct walk *walk, const struct group *group, struct figure_row *row, struct error *error)
{
    (void)walk, (void)error;
    return finish_percentile(group, 50, row);
}

static bool finish_p95(struct walk *walk, const struct group *group, struct figure_row *row, struct error *error)
{
    (void)walk, (void)error;
    return finish_percentile(group, 95, row);
}

/* ---- computing ---- */

/* How the figure of the same place in complaint_figures is made. */
static const struct recipe {
    bool with_events, with_repeats;
    bool by_place; /* it matters to a row of which operators and areas its cases are */
    enum taken (*take)(struct walk *walk, const struct complaint_case *one, int64_t *length);
    bool (*finish)(struct walk *walk, const struct group *group, struct figure_row *row, struct error *error);
} recipes[COMPLAINT_FIGURES] = {
    { false, false, false, take_any, finish_count },
    { false, false, true, take_any, finish_rate },
    { true, false, false, take_in_time, finish_share },
    { false, false, false, take_satisfied, finish_sampled_share },
    { false, true, false, take_repeated, finish_share },
    { true, false, false, take_answer, finish_median },
    { true, false, false, take_answer, finish_p95 },
};

struct repeat {
    int64_t subscriber, filed;
    uint64_t seq;
    uint32_t operator_, source, place;
    int32_t category;
};

static int by_subscriber_and_time(const void *a, const void *b)
{
    const struct repeat *first = a, *second = b;
    if (first->subscriber != second->subscriber) return first->subscriber < second->subscriber ? -1 : 1;
    if (first->operator_ != second->operator_) return first->operator_ < second->operator_ ? -1 : 1;
    if (first->category != second->category) return first->category < second->category ? -1 : 1;
    if (first->filed != second->filed) return first->filed < second->filed ? -1 : 1;
    if (first->source != second->source) return first->source < second->source ? -1 : 1;
    return (first->seq > second->seq) - (first->seq < second->seq);
}

/* Among all complaints, whatever is wanted: the one before may lie outside the period or the area. */
static void find_repeats(struct walk *walk)
{
    const struct complaints *complaints = &walk->complaints;
    struct repeat *all = allocate(complaints->count * sizeof *all);
    size_t count = 0;
    for (uint32_t i = 0; i < complaints->count; i++) {
        const struct complaint_case *one = &complaints->at[i];
        if (one->subscriber >= 0 && one->category >= 0)
            all[count++] =
                (struct repeat){ one->subscriber, one->filed, one->seq, one->operator_, one->source, i, one->category };
    }
    qsort(all, count, sizeof *all, by_subscriber_and_time);
    walk->repeated = allocate(complaints->count * sizeof *walk->repeated);
    for (size_t i = 1; i < count; i++)
        walk->repeated[all[i].place] = all[i].subscriber == all[i - 1].subscriber && all[i].operator_ == all[i - 1].operator_ &&
                                       all[i].category == all[i - 1].category &&
                                       all[i].filed - all[i - 1].filed <= REPEAT_DAYS * DAY_MS;
    free(all);
}

static void find_wanted(struct walk *walk)
{
    const struct names *words = &walk->complaints.words;
    struct str area = walk->request->area, category = walk->request->category;
    walk->area_wanted = allocate(words->count * sizeof *walk->area_wanted);
    for (size_t i = 0; i < words->count; i++)
        walk->area_wanted[i] = !area.length || law_area_within(walk->audit->law, words->at[i], area);
    walk->category_wanted = category.length ? -2 : -1;
    const struct field *field = category_field();
    for (size_t i = 0; i < field->choice_count; i++)
        if (str_equal(category, str_of(field->choices[i].word))) walk->category_wanted = (int)i;
}

static void take_all(struct walk *walk, const struct recipe *recipe)
{
    for (size_t i = 0; i < walk->complaints.count; i++) {
        const struct complaint_case *one = &walk->complaints.at[i];
        if (!is_wanted(walk, one)) continue;
        struct group *group = group_of(walk, one, recipe->by_place);
        int64_t length = 0;
        enum taken taken = recipe->take(walk, one, &length);
        group->unknown += taken == UNKNOWN;
        group->n += taken == COUNTED || taken == HIT || taken == MEASURED;
        group->hits += taken == HIT;
        if (taken != MEASURED) continue;
        if (group->length_count == group->length_room) {
            group->length_room = group->length_room ? group->length_room * 2 : 16;
            group->lengths = reallocate(group->lengths, group->length_room * sizeof *group->lengths);
        }
        group->lengths[group->length_count++] = length;
    }
    /* Where nothing is split there is one row, also when nothing was found. */
    if (!walk->request->by)
        group_find(walk, &(struct group_key){ NOBODY, NOBODY, -1, DAY_NONE, NOBODY, NOBODY }, walk->request->period);
}

static struct str word_of(const struct walk *walk, const struct audit *audit, uint32_t place, struct str filter)
{
    struct str word = place == NOBODY ? filter : walk->complaints.words.at[place];
    return (struct str){ arena_copy(audit->arena, word.at, word.length), word.length };
}

/* What one row is made from stands together. */
static int by_row(const void *a, const void *b)
{
    return memcmp(&((const struct group *)a)->key, &((const struct group *)b)->key, offsetof(struct group_key, case_operator));
}

static bool finish_all(struct walk *walk, const struct audit *audit, const struct figure *figure, const struct recipe *recipe,
                       struct figures_sink sink, struct error *error)
{
    const struct figure_request *request = walk->request;
    if (walk->group_count) qsort(walk->groups, walk->group_count, sizeof *walk->groups, by_row);
    for (struct group *group = walk->groups, *end = group + walk->group_count; group < end; group += group->parts) {
        for (group->parts = 1; group + group->parts < end && by_row(group, group + group->parts) == 0;) group->parts++;
        struct str category = request->category;
        if (request->by & BY_CATEGORY)
            category =
                group->key.category < 0 ? (struct str){ 0 } : str_of(category_field()->choices[group->key.category].word);
        struct figure_row row = {
            .figure = figure,
            .operator_ = word_of(walk, audit, group->key.operator_, request->operator_),
            .area = word_of(walk, audit, group->key.area, request->area),
            .category = category,
            .period = group->period,
            .n = group->n,
            .unknown = group->unknown,
        };
        if (!recipe->finish(walk, group, &row, error) || !sink.add(sink.context, &row, error)) return false;
    }
    return true;
}

static bool compute(const struct audit *audit, const struct figure *figure, const struct figure_request *request,
                    struct figures_sink sink, struct error *error)
{
    const struct recipe *recipe = &recipes[figure - complaint_figures];
    struct arena arena = { 0 };
    struct audit own = *audit;
    own.arena = &arena;
    struct walk walk = { .audit = &own, .request = request };
    bool done = complaints_read(&walk.complaints, &own, recipe->with_events, error);
    if (done) {
        if (recipe->with_repeats) find_repeats(&walk);
        find_wanted(&walk);
        take_all(&walk, recipe);
        done = finish_all(&walk, audit, figure, recipe, sink, error);
        complaints_close(&walk.complaints);
    }
    for (size_t i = 0; i < walk.group_count; i++) free(walk.groups[i].lengths);
    free(walk.groups);
    free(walk.slots);
    free(walk.repeated);
    free(walk.area_wanted);
    clock_close(&walk.clock);
    denominator_close(&walk.denominator);
    market_close(walk.market);
    arena_close(&arena);
    return done;
}

/* ---- what they are ---- */

static const struct kind *const reads[] = { &complaint_kind, &complaint_event_kind, NULL };

const struct figure complaint_figures[COMPLAINT_FIGURES] = {
    {
        .id = "complaint.count",
        .says = { "complaints", "投诉数" },
        .unit = "complaint",
        .unit_says = { "complaints", "件" },
        .definition = { "Complaints filed in the period, by the operator that they were filed against; those later"
                        " merged or withdrawn are among them. A full count, so it has no margin.",
                        "期内提出的投诉件数，按最初投诉的企业计；后来并案或撤回的也计入。为全数统计，无误差范围。" },
        .better = BETTER_LOWER,
        .compute = compute,
        .reads = reads,
        .full_count = true,
    },
    {
        .id = "complaint.per_million",
        .says = { "complaints per million subscribers", "百万用户投诉量" },
        .unit = "per million",
        .unit_says = { "per million subscribers", "件／百万用户" },
        .definition = { "Complaints filed in the period for each million subscribers: the mean of the months that have"
                        " market totals, else the subscribers served at the period's end. With totals, only complaints count"
                        " whose operator has a total for their area, one around it or one inside it; null where there is"
                        " none, or neither is known. Unknown: complaints that no total covers. The margin is the exact"
                        " one of a count (Garwood, 95 %): as many could have come by chance.",
                        "期内投诉件数除以用户数（百万）。用户数取有市场总数的各月平均值；没有时取期末在网用户数。"
                        "用市场总数时，只计所涉企业在该投诉的区域、其上级或下级区域有总数的投诉；"
                        "没有这样的投诉，或两种用户数都没有，则不给出。不明：没有总数覆盖的投诉。"
                        "误差范围为计数的精确区间（Garwood，95%），反映偶然波动。" },
        .better = BETTER_LOWER,
        .decimals = RATE_DECIMALS,
        .shown_decimals = 1,
        .compute = compute,
        .reads = reads,
    },
    {
        .id = "complaint.in_time",
        .says = { "answered within the limit", "按时答复率" },
        .unit = "share",
        .unit_says = { "of complaints", "占投诉比例" },
        .definition = { "Of the complaints filed in the period, the share whose first answer came within the limit. Not"
                        " counted: open ones not yet due, and those merged or withdrawn before the limit without an"
                        " answer. Unknown: closed on an unknown day, or no law holds. A full count, so it has no margin.",
                        "期内提出的投诉中，首次答复未超过时限的比例。未到期且未办结的，以及期限前未答复即并案或撤回的，"
                        "不计入。不明：办结日期不明，或没有适用的时限。为全数统计，无误差范围。" },
        .better = BETTER_HIGHER,
        .decimals = SHARE_DECIMALS,
        .shown_decimals = 3,
        .compute = compute,
        .reads = reads,
        .full_count = true,
    },
    {
        .id = "complaint.satisfied",
        .says = { "satisfied with the answer", "满意率" },
        .unit = "share",
        .unit_says = { "of those who said", "占表态用户比例" },
        .definition = { "Of the complaints filed in the period whose person said whether they were satisfied, the share"
                        " that were. Those who said stand for all, so it has a margin (Wilson, 95 %). Unknown: did not"
                        " say.",
                        "期内提出的投诉中，表示满意的占已表态的比例。以已表态者推断全体，故有误差范围（Wilson，95%）。"
                        "不明：未表态。" },
        .better = BETTER_HIGHER,
        .decimals = SHARE_DECIMALS,
        .shown_decimals = 3,
        .compute = compute,
        .reads = reads,
    },
    {
        .id = "complaint.repeat",
        .says = { "complained again", "重复投诉率" },
        .unit = "share",
        .unit_says = { "of complaints", "占投诉比例" },
        .definition = { "Of the complaints filed in the period, the share whose subscriber had complained about the same"
                        " operator in the same category within the 90 days before. Unknown: without a subscriber or a"
                        " category. A full count, so it has no margin.",
                        "期内提出的投诉中，同一用户此前90天内就同一企业、同一类别投诉过的比例。不明：没有用户号码或类别。"
                        "为全数统计，无误差范围。" },
        .better = BETTER_LOWER,
        .decimals = SHARE_DECIMALS,
        .shown_decimals = 3,
        .compute = compute,
        .reads = reads,
        .full_count = true,
    },
    {
        .id = "complaint.answer_median",
        .says = { "days to the first answer, median", "首次答复用时（中位数）" },
        .unit = "day",
        .unit_says = { "days", "天" },
        .definition = { "Half of the complaints filed in the period had their first answer within so many days; pauses"
                        " do not count. Open ones count as not yet done, so that the value is null where it falls among"
                        " them; those merged or withdrawn before an answer are left out. The margin is by order"
                        " statistics (95 %); null where there are too few, or where it reaches the open ones. Unknown:"
                        " closed on an unknown day.",
                        "期内提出的投诉中，一半在多少天内得到首次答复，暂停时间不计。未办结的按尚未完成计，"
                        "若中位数落在其中则不给出；答复前并案或撤回的不计入。误差范围按顺序统计量（95%），"
                        "件数太少或触及未办结的则不给出。不明：办结日期不明。" },
        .better = BETTER_LOWER,
        .decimals = DAY_DECIMALS,
        .shown_decimals = 1,
        .compute = compute,
        .reads = reads,
    },
    {
        .id = "complaint.answer_p95",
        .says = { "days to the first answer, 95th percentile", "首次答复用时（95百分位）" },
        .unit = "day",
        .unit_says = { "days", "天" },
        .definition = { "95 of 100 complaints filed in the period had their first answer within so many days; pauses do"
                        " not count. Open ones count as not yet done, so that the value is null where it falls among"
                        " them; those merged or withdrawn before an answer are left out. The margin is by order"
                        " statistics (95 %); null where there are too few, or where it reaches the open ones. Unknown:"
                        " closed on an unknown day.",
                        "期内提出的投诉中，百分之九十五在多少天内得到首次答复，暂停时间不计。未办结的按尚未完成计，"
                        "若该分位落在其中则不给出；答复前并案或撤回的不计入。误差范围按顺序统计量（95%），"
                        "件数太少或触及未办结的则不给出。不明：办结日期不明。" },
        .better = BETTER_LOWER,
        .decimals = DAY_DECIMALS,
        .shown_decimals = 1,
        .compute = compute,
        .reads = reads,
    },
};
