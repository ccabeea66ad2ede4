#include "measure/results.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "measure/audit.h"
#include "measure/province/province.h"

enum sort { FIGURES, FINDINGS, TEXTS, SORTS };
static const size_t most_kept[SORTS] = { [FIGURES] = 256, [FINDINGS] = 4, [TEXTS] = 8 };
enum { KEPT_BYTES = 256 * 1024 * 1024 };
/* What took at least so long may be shown for so many times as long, though records of bulk kinds came. */
enum { LONG_MS = 2000, LONG_TIMES = 20 };

/* One answer, kept or being made. */
struct slot {
    struct result result;      /* first: a result is a slot */
    struct text key;
    enum sort sort;
    uint64_t generation, position;
    bool is_making, is_gone;   /* gone: out of the list, and freed with its last user */
    unsigned users;
    uint64_t used;             /* when it was asked for last, by count */
    int64_t made, took;        /* milliseconds of a clock that only rises */
    struct arena arena;
    size_t bytes;
    struct slot *next;
};

/* What several questions about one state need (audit.h), computed once: to read all use from the ledger takes long. */
struct sharing {
    pthread_mutex_t lock;      /* held by the one question that computes */
    uint64_t generation, position;
    struct arena arena;
    struct audit_memo *memo;
};

struct results {
    const struct kind *reads[KINDS_MAX + 1]; /* whatever a duty or a figure reads: a record of these may change a result */
    const struct kind *single[KINDS_MAX + 1]; /* those of them that are not bulk */
    struct sharing sharing;
    pthread_mutex_t lock;                    /* of all that follows */
    pthread_cond_t changed;
    struct slot *slots;
    size_t kept[SORTS], bytes;
    uint64_t uses;
};

/* ---- what is read ---- */

static void reads_add(struct results *results, const struct kind *kind)
{
    size_t count = 0;
    for (; results->reads[count]; count++)
        if (results->reads[count] == kind) return;
    must(count < KINDS_MAX);
    results->reads[count] = kind;
    if (kind->bulk) return;
    for (count = 0; results->single[count];) count++;
    results->single[count] = kind;
}

static void reads_add_all(struct results *results, const struct kind *const *kinds)
{
    for (; kinds && *kinds; kinds++) reads_add(results, *kinds);
}

/* The law, the market and the clock of the province are read by all; who withdrew or unsealed what by none. */
struct results *results_open(void)
{
    struct results *results = allocate(sizeof *results);
    for (size_t i = 0; i < province.kind_count; i++)
        if (province.kinds[i] != &withdrawal_kind && province.kinds[i] != &unsealing_kind) reads_add(results, province.kinds[i]);
    for (size_t m = 0; m < measure_count; m++) {
        for (size_t i = 0; i < measures[m]->duty_count; i++) {
            reads_add_all(results, measures[m]->duties[i].reads);
            reads_add_all(results, measures[m]->duties[i].rests_on);
        }
        for (size_t i = 0; i < measures[m]->figure_count; i++) {
            reads_add_all(results, measures[m]->figures[i].reads);
            reads_add_all(results, measures[m]->figures[i].rests_on);
        }
    }
    pthread_mutex_init(&results->sharing.lock, NULL);
    pthread_mutex_init(&results->lock, NULL);
    pthread_cond_init(&results->changed, NULL);
    return results;
}

/* ---- slots; with the lock held ---- */

static void slot_free(struct slot *slot)
{
    text_close(&slot->key);
    arena_close(&slot->arena);
    free(slot);
}

static void slot_remove(struct results *results, struct slot *slot)
{
    struct slot **at = &results->slots;
    while (*at != slot) at = &(*at)->next;
    *at = slot->next;
    results->kept[slot->sort]--;
    results->bytes -= slot->bytes;
    slot->is_gone = true;
    if (!slot->users) slot_free(slot);
}

static struct slot *slot_find(struct results *results, struct str key)
{
    for (struct slot *slot = results->slots; slot; slot = slot->next)
        if (str_equal(text_str(&slot->key), key)) return slot;
    return NULL;
}

/* Lets go of what was asked for longest ago, until there is room for one more. */
static void slots_clear(struct results *results, enum sort sort)
{
    while (results->kept[sort] >= most_kept[sort] || results->bytes > KEPT_BYTES) {
        bool is_full = results->kept[sort] >= most_kept[sort];
        struct slot *oldest = NULL;
        for (struct slot *slot = results->slots; slot; slot = slot->next)
            if (!slot->users && (!is_full || slot->sort == sort) && (!oldest || slot->used < oldest->used)) oldest = slot;
        if (!oldest) return;
        slot_remove(results, oldest);
    }
}

static struct slot *slot_add(struct results *results, const struct view *view, struct str key, enum sort sort)
{
    slots_clear(results, sort);
    struct slot *slot = allocate(sizeof *slot);
    *slot = (struct slot){ .result = { .position = view->position }, .sort = sort, .generation = view->generation, .position = view->position, .is_making = true,
                           .users = 1, .used = ++results->uses, .next = results->slots };
    text_add(&slot->key, key);
    results->slots = slot;
    results->kept[sort]++;
    return slot;
}

void results_release(struct results *results, const struct result *result)
{
    struct slot *slot = (struct slot *)result;
    if (!slot) return;
    pthread_mutex_lock(&results->lock);
    if (!--slot->users && slot->is_gone) slot_free(slot);
    pthread_mutex_unlock(&results->lock);
}

void results_close(struct results *results)
{
    if (!results) return;
    while (results->slots) {
        must(!results->slots->users);
        slot_remove(results, results->slots);
    }
    arena_close(&results->sharing.arena);
    pthread_mutex_destroy(&results->sharing.lock);
    pthread_mutex_destroy(&results->lock);
    pthread_cond_destroy(&results->changed);
    free(results);
}

/* ---- computing: what is kept is copied out of what was used on the way ---- */

struct keeping_rows {
    struct slot *slot;
    struct finding *findings;
    struct figure_row *rows;
    size_t count, room;
};

static struct str keep(struct slot *slot, struct str string)
{
    if (!string.length) return (struct str){ 0 };
    slot->bytes += string.length + 1;
    return (struct str){ arena_copy(&slot->arena, string.at, string.length), string.length };
}

static bool finding_keep(void *context, const struct finding *finding, struct error *error)
{
    (void)error;
    struct keeping_rows *keeping = context;
    struct slot *slot = keeping->slot;
    if (keeping->count == keeping->room) {
        keeping->room = keeping->room ? keeping->room * 2 : 256;
        keeping->findings = reallocate(keeping->findings, keeping->room * sizeof *keeping->findings);
    }
    struct finding *kept = &keeping->findings[keeping->count++];
    *kept = *finding;
    struct str *const strings[] = { &kept->operator_, &kept->area, &kept->subject, &kept->limit, &kept->measured, &kept->says[ENGLISH],
                                    &kept->says[CHINESE] };
    for (size_t i = 0; i < sizeof strings / sizeof *strings; i++) *strings[i] = keep(slot, *strings[i]);
    for (size_t i = 0; i < kept->record_count; i++) kept->records[i].source = keep(slot, kept->records[i].source);
    return true;
}

static bool row_keep(void *context, const struct figure_row *row, struct error *error)
{
    (void)error;
    struct keeping_rows *keeping = context;
    if (keeping->count == keeping->room) {
        keeping->room = keeping->room ? keeping->room * 2 : 64;
        keeping->rows = reallocate(keeping->rows, keeping->room * sizeof *keeping->rows);
    }
    struct figure_row *kept = &keeping->rows[keeping->count++];
    *kept = *row;
    kept->operator_ = keep(keeping->slot, row->operator_);
    kept->area = keep(keeping->slot, row->area);
    kept->category = keep(keeping->slot, row->category);
    return true;
}

/* Moves a list behind its strings. */
static void *list_keep(struct slot *slot, const void *list, size_t bytes)
{
    void *kept = arena_take(&slot->arena, bytes);
    if (bytes) memcpy(kept, list, bytes);
    slot->bytes += bytes;
    return kept;
}

static int group_order(const void *left, const void *right)
{
    const struct finding *const *a = left, *const *b = right;
    int order = strcmp((*a)->duty->id, (*b)->duty->id);
    return order ? order : str_compare((*a)->operator_, (*b)->operator_);
}

static void groups_keep(struct slot *slot)
{
    struct result *result = &slot->result;
    const struct finding **list = arena_take(&slot->arena, result->finding_count * sizeof *list);
    for (size_t i = 0; i < result->finding_count; i++) list[i] = &result->findings[i];
    if (result->finding_count) qsort(list, result->finding_count, sizeof *list, group_order);
    size_t count = 0;
    for (size_t i = 0; i < result->finding_count; i++) count += !i || group_order(&list[i - 1], &list[i]);
    struct finding_group *groups = arena_take(&slot->arena, count * sizeof *groups);
    for (size_t i = 0; i < result->finding_count; i++) {
        if (!i || group_order(&list[i - 1], &list[i])) groups[result->group_count++] = (struct finding_group){ .findings = &list[i] };
        groups[result->group_count - 1].count++;
    }
    result->groups = groups;
    slot->bytes += result->finding_count * sizeof *list + count * sizeof *groups;
}

struct question {
    enum sort sort;
    const struct figure *figure;
    const struct figure_request *request;
    int64_t as_of;
    const struct text_maker *maker;
};

static bool fill(struct slot *slot, struct keeping_rows *keeping, struct view *view, const struct audit *audit, const struct question *question,
                 struct error *error)
{
    struct text text = { 0 };
    bool done = false;
    switch (question->sort) {
    case FIGURES:
        done = audit_compute(audit, question->figure, question->request, (struct figures_sink){ row_keep, keeping }, error);
        slot->result.rows = list_keep(slot, keeping->rows, keeping->count * sizeof *keeping->rows);
        slot->result.row_count = keeping->count;
        break;
    case FINDINGS:
        done = audit_judge(audit, NULL, (struct findings_sink){ finding_keep, keeping }, error);
        if (keeping->count) qsort(keeping->findings, keeping->count, sizeof *keeping->findings, finding_order);
        slot->result.findings = list_keep(slot, keeping->findings, keeping->count * sizeof *keeping->findings);
        slot->result.finding_count = keeping->count;
        groups_keep(slot);
        break;
    default:
        done = question->maker->make(question->maker->context, view, &text, error);
        slot->result.text = keep(slot, text_str(&text));
        text_close(&text);
    }
    return done;
}

/* Whether it is about records that are kept as sums only. */
static bool shares(const struct question *question)
{
    const struct kind *const *kind = question->figure ? question->figure->reads : NULL;
    while (kind && *kind && !(*kind)->sums_only) kind++;
    return question->sort == FINDINGS || (kind && *kind);
}

static void sharing_begin(struct results *results, const struct view *view, struct audit *audit)
{
    struct sharing *sharing = &results->sharing;
    pthread_mutex_lock(&sharing->lock);
    if (!sharing->memo || !view_same(view, results->reads, sharing->generation, sharing->position)) {
        arena_close(&sharing->arena);
        sharing->memo = NULL;
        sharing->generation = view->generation;
        sharing->position = view->position;
    }
    audit->memo = &sharing->memo;
    audit->memo_arena = &sharing->arena;
}

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static bool slot_fill(struct results *results, struct slot *slot, struct view *view, const struct question *question, struct error *error)
{
    int64_t begun = now_ms();
    struct arena arena = { 0 };
    struct audit audit = view->audit;
    struct keeping_rows keeping = { .slot = slot };
    audit.arena = &arena;
    audit_memo_begin(&audit);
    if (shares(question)) sharing_begin(results, view, &audit);
    bool done = (question->sort == TEXTS || audit_set_time(&audit, question->as_of, error)) && fill(slot, &keeping, view, &audit, question, error);
    if (shares(question)) pthread_mutex_unlock(&results->sharing.lock);
    free(keeping.findings);
    free(keeping.rows);
    arena_close(&arena);
    slot->made = now_ms();
    slot->took = slot->made - begun;
    return done;
}

/* ---- asking ---- */

static void key_write(struct text *key, const struct question *question)
{
    const struct figure_request *request = question->request;
    text_format(key, "%d %lld", question->sort, (long long)question->as_of);
    if (question->maker) text_format(key, " %s", question->maker->key);
    if (question->figure)
        text_format(key, " %s %u %c %c %d %d %zu %.*s %zu %.*s %.*s", question->figure->id, request->by,
                    request->by & BY_PERIOD ? request->period_kind : '-', request->period.kind ? request->period.kind : '-',
                    request->period.first, request->period.end, request->operator_.length, STR_ARGS(request->operator_),
                    request->area.length, STR_ARGS(request->area), STR_ARGS(request->category));
}

static bool holds(const struct results *results, const struct slot *slot, const struct view *view)
{
    if (slot->is_making) return false;
    if (view_same(view, results->reads, slot->generation, slot->position)) return true;
    return slot->took >= LONG_MS && now_ms() - slot->made < LONG_TIMES * slot->took &&
           view_same(view, results->single, slot->generation, slot->position);
}

uint64_t results_position(const struct results *results, const struct view *view, const struct result *result)
{
    const struct slot *slot = (const struct slot *)result;
    return view_same(view, results->reads, slot->generation, slot->position) ? view->position : result->position;
}

static const struct result *at_hand(struct results *results, const struct view *view, const struct question *question)
{
    struct text key = { 0 };
    key_write(&key, question);
    pthread_mutex_lock(&results->lock);
    struct slot *slot = slot_find(results, text_str(&key));
    if (slot && holds(results, slot, view)) {
        slot->users++;
        slot->used = ++results->uses;
    } else {
        slot = NULL;
    }
    pthread_mutex_unlock(&results->lock);
    text_close(&key);
    return slot ? &slot->result : NULL;
}

/* The slot that answers: one at hand, or a new one that the caller fills. */
static struct slot *slot_take(struct results *results, const struct view *view, struct str key, enum sort sort)
{
    struct slot *slot;
    while ((slot = slot_find(results, key)) && slot->is_making) pthread_cond_wait(&results->changed, &results->lock);
    if (slot && holds(results, slot, view)) {
        slot->users++;
        slot->used = ++results->uses;
        return slot;
    }
    if (slot) slot_remove(results, slot);
    return slot_add(results, view, key, sort);
}

static const struct result *ask(struct results *results, struct view *view, const struct question *question, struct error *error)
{
    struct text key = { 0 };
    key_write(&key, question);
    pthread_mutex_lock(&results->lock);
    struct slot *slot = slot_take(results, view, text_str(&key), question->sort);
    bool is_mine = slot->is_making, done = true;
    if (is_mine) {
        pthread_mutex_unlock(&results->lock);
        done = slot_fill(results, slot, view, question, error);
        pthread_mutex_lock(&results->lock);
        slot->is_making = false;
        results->bytes += slot->bytes;
        if (!done) {
            slot->users--;
            slot_remove(results, slot);
        }
        pthread_cond_broadcast(&results->changed);
    }
    pthread_mutex_unlock(&results->lock);
    text_close(&key);
    return done ? &slot->result : NULL;
}

const struct result *results_findings(struct results *results, struct view *view, int64_t as_of, struct error *error)
{
    return ask(results, view, &(struct question){ .sort = FINDINGS, .as_of = as_of }, error);
}

const struct result *results_figure(struct results *results, struct view *view, const struct figure *figure,
                                    const struct figure_request *request, int64_t as_of, struct error *error)
{
    return ask(results, view, &(struct question){ .sort = FIGURES, .figure = figure, .request = request, .as_of = as_of }, error);
}

const struct result *results_text(struct results *results, struct view *view, const struct text_maker *maker, struct error *error)
{
    return ask(results, view, &(struct question){ .sort = TEXTS, .maker = maker }, error);
}

const struct result *results_findings_at_hand(struct results *results, const struct view *view, int64_t as_of)
{
    return at_hand(results, view, &(struct question){ .sort = FINDINGS, .as_of = as_of });
}

const struct result *results_figure_at_hand(struct results *results, const struct view *view, const struct figure *figure,
                                            const struct figure_request *request, int64_t as_of)
{
    return at_hand(results, view, &(struct question){ .sort = FIGURES, .figure = figure, .request = request, .as_of = as_of });
}
