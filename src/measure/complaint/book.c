#include "measure/complaint/book.h"

#include <pthread.h>
#include <stdlib.h>

#include "engine/write.h"
#include "engine/engine.h"
#include "measure/audit.h"
#include "measure/complaint/complaint.h"
#include "measure/complaint/status.h"
#include "measure/complaint/works.h"

/* Beyond so many entries, or cases that they touch, everything is read anew: that is faster. */
enum { ENTRIES_AT_ONCE = 1000000, TOUCHED_AT_ONCE = 20000, SOON_DAYS = 5 };

/* A work by its deadline; what filters and counts ask is beside it. */
struct slot {
    int64_t due;          /* INT64_MAX: none */
    uint32_t work;        /* its place */
    uint32_t operator_;   /* its place in words */
    uint8_t kind;
    bool from_portal;
};

struct places {
    uint32_t *at;
    size_t count, room;
};

struct book {
    pthread_mutex_t lock; /* protects what follows */
    bool made;
    uint64_t generation, position;
    int64_t latest;       /* event of complaints and appeals that was loaded */
    struct words words;
    struct work *works;   /* also those that are gone, whose places are taken again */
    bool *gone;
    size_t work_count, work_room;
    struct places added, dropped, spare; /* added and dropped: since the slots were made */
    struct slot *slots;   /* of those that are not gone, by deadline */
    size_t slot_count;
    /* By place in words of a complaint's number: its first work + 1, then by work: the next of the same complaint + 1. */
    uint32_t *first, *next;
    size_t first_room;
    struct names appeals; /* in the words' arena */
    uint32_t *appeal_case; /* by place in appeals: the complaint under which its work stands, as a place in words */
    size_t appeal_room;
};

const char *const work_words[WORK_KINDS] = { [WORK_ANSWER] = "answer", [WORK_ACCEPT] = "accept", [WORK_DECIDE] = "decide" };

static const struct kind *const reads[] = { &complaint_kind, &complaint_event_kind, &appeal_kind, &appeal_event_kind, NULL };

/* ---- works and their order ---- */

static void empty(struct book *book)
{
    names_close(&book->words.names);
    arena_close(&book->words.arena);
    names_close(&book->appeals);
    free(book->works);
    free(book->gone);
    free(book->slots);
    free(book->added.at);
    free(book->dropped.at);
    free(book->spare.at);
    free(book->first);
    free(book->next);
    free(book->appeal_case);
    pthread_mutex_t lock = book->lock;
    *book = (struct book){ .lock = lock, .latest = MOMENT_NONE };
}

static uint32_t *grow(uint32_t *list, size_t *room, size_t needed)
{
    size_t wider = *room ? *room : 64;
    while (wider < needed) wider *= 2;
    if (wider == *room) return list;
    list = reallocate(list, wider * sizeof *list);
    memset(list + *room, 0, (wider - *room) * sizeof *list);
    *room = wider;
    return list;
}

static uint32_t word_of(struct book *book, struct str word)
{
    uint32_t place = names_add(&book->words.names, &book->words.arena, word);
    book->first = grow(book->first, &book->first_room, place + 1);
    return place;
}

static void place_add(struct places *places, uint32_t place)
{
    places->at = grow(places->at, &places->room, places->count + 1);
    places->at[places->count++] = place;
}

static uint32_t place_take(struct book *book)
{
    if (book->spare.count) return book->spare.at[--book->spare.count];
    must(book->work_count < UINT32_MAX - 1);
    if (book->work_count == book->work_room) {
        book->work_room = book->work_room ? book->work_room * 2 : 256;
        book->works = reallocate(book->works, book->work_room * sizeof *book->works);
        book->gone = reallocate(book->gone, book->work_room * sizeof *book->gone);
        book->next = reallocate(book->next, book->work_room * sizeof *book->next);
    }
    return (uint32_t)book->work_count++;
}

static void work_add(void *context, const struct work *work)
{
    struct book *book = context;
    uint32_t place = place_take(book), owner = word_of(book, work->complaint);
    book->works[place] = *work;
    book->gone[place] = false;
    book->next[place] = book->first[owner];
    book->first[owner] = place + 1;
    place_add(&book->added, place);
    if (work->kind == WORK_ANSWER) return;
    uint32_t appeal = names_add(&book->appeals, &book->words.arena, work->appeal);
    book->appeal_case = grow(book->appeal_case, &book->appeal_room, appeal + 1);
    book->appeal_case[appeal] = owner;
}

static void works_drop(struct book *book, uint32_t owner)
{
    for (uint32_t work = book->first[owner]; work; work = book->next[work - 1]) {
        book->gone[work - 1] = true;
        place_add(&book->dropped, work - 1);
    }
    book->first[owner] = 0;
}

static int by_deadline(const void *a, const void *b, void *context)
{
    const struct slot *first = a, *second = b;
    if (first->due != second->due) return first->due < second->due ? -1 : 1;
    const struct work *one = &((const struct book *)context)->works[first->work];
    const struct work *other = &((const struct book *)context)->works[second->work];
    if (one->filed != other->filed) return one->filed < other->filed ? -1 : 1;
    int order = str_compare(one->complaint, other->complaint);
    if (!order) order = (int)one->kind - (int)other->kind;
    return order ? order : str_compare(one->appeal, other->appeal);
}

static struct slot slot_of(struct book *book, uint32_t place)
{
    const struct work *work = &book->works[place];
    return (struct slot){ .due = work->due == MOMENT_NONE ? INT64_MAX : work->due, .work = place,
                          .operator_ = word_of(book, work->operator_), .kind = (uint8_t)work->kind, .from_portal = work->from_portal };
}

/* Puts what was added among the slots, and takes out what was dropped. */
static void slots_merge(struct book *book)
{
    size_t count = book->added.count, kept = 0, all = 0;
    if (!count && !book->dropped.count) return;
    struct slot *added = allocate((count + 1) * sizeof *added), *slots = allocate((book->slot_count + count + 1) * sizeof *slots);
    for (size_t i = 0; i < count; i++) added[i] = slot_of(book, book->added.at[i]);
    if (count) qsort_r(added, count, sizeof *added, by_deadline, book);
    for (size_t i = 0; kept < book->slot_count || i < count;) {
        if (kept < book->slot_count && book->gone[book->slots[kept].work])
            kept++;
        else if (i == count || (kept < book->slot_count && by_deadline(&book->slots[kept], &added[i], book) < 0))
            slots[all++] = book->slots[kept++];
        else
            slots[all++] = added[i++];
    }
    for (size_t i = 0; i < book->dropped.count; i++) place_add(&book->spare, book->dropped.at[i]);
    book->added.count = book->dropped.count = 0;
    free(added);
    free(book->slots);
    book->slots = slots;
    book->slot_count = all;
}

/* ---- everything ---- */

struct reading {
    struct book *book;
    struct view *view;
};

/* Notes on a case's works who takes care of them, and how many press and join. */
static bool care_note(void *context, struct str complaint_id, struct error *error)
{
    struct reading *reading = context;
    struct book *book = reading->book;
    uint32_t owner = names_find(&book->words.names, complaint_id);
    if (owner == UINT32_MAX || owner >= book->first_room || !book->first[owner]) return true;
    struct care care;
    if (!care_of(reading->view, book->words.names.at[owner], &book->words, &care, error)) return false;
    for (uint32_t place = book->first[owner]; place; place = book->next[place - 1]) {
        struct work *work = &book->works[place - 1];
        work->pressed = care.pressed;
        work->joined = care.joined;
        if (work->kind != WORK_ANSWER)
            work->assigned = care.of_regulator;
        else if (str_equal(care.operator_, work->operator_))
            work->assigned = care.of_operator;
    }
    return true;
}

static struct works_sink sink_of(struct book *book)
{
    return (struct works_sink){ work_add, book, &book->words };
}

static bool read_all(struct book *book, struct view *view, struct error *error)
{
    struct reading reading = { book, view };
    struct audit own, audit = view->audit;
    empty(book);
    audit.own_times = true;
    if (!audit_for(&audit, reads, &own, error) || !works_read(view, sink_of(book), error) ||
        !cared_for(view, care_note, &reading, error)) {
        empty(book);
        return false;
    }
    slots_merge(book);
    book->latest = own.loaded_as_of;
    book->made = true;
    book->generation = view->generation;
    book->position = view->position;
    return true;
}

/* ---- what came since ---- */

/* The fields that tell which case a record belongs to, and when it was. */
struct told {
    const struct kind *kind;
    size_t owner, time;
    bool is_appeal;  /* its own number tells the appeal; the owner is the complaint */
    bool of_appeal;  /* the owner is an appeal */
    bool is_event;   /* its time counts as the latest event */
};

static const struct told tells[] = {
    { &complaint_kind, COMPLAINT_ID, COMPLAINT_FILED, false, false, true },
    { &complaint_event_kind, EVENT_COMPLAINT, EVENT_TIME, false, false, true },
    { &appeal_kind, APPEAL_COMPLAINT, APPEAL_FILED, true, false, true },
    { &appeal_event_kind, APPEAL_EVENT_APPEAL, APPEAL_EVENT_TIME, false, true, true },
    { &complaint_assignment_kind, ASSIGNMENT_COMPLAINT, ASSIGNMENT_TIME, false, false, false },
    { &complaint_press_kind, PRESS_COMPLAINT, PRESS_TIME, false, false, false },
    { &complaint_join_kind, JOIN_COMPLAINT, JOIN_TIME, false, false, false },
};

static const char *const laws[] = { "limit", "workday", "area" };

struct catching_up {
    struct book *book;
    struct words touched; /* complaints */
    struct words appeals; /* appeals of which something came */
    int64_t latest;
    bool from_portal; /* the present entry: its time is no loaded event */
    bool too_much;
};

static void touch(struct catching_up *catching, const struct told *told, const struct record *record)
{
    struct book *book = catching->book;
    struct str owner = record->values[told->owner].text;
    if (told->of_appeal)
        names_add(&catching->appeals.names, &catching->appeals.arena, owner);
    else
        names_add(&catching->touched.names, &catching->touched.arena, owner);
    if (told->is_appeal) {
        /* It may have stood under another complaint before. */
        uint32_t known = names_find(&book->appeals, record->values[APPEAL_ID].text);
        if (known != UINT32_MAX)
            names_add(&catching->touched.names, &catching->touched.arena, book->words.names.at[book->appeal_case[known]]);
    }
    if (!told->is_event || catching->from_portal) return;
    int64_t time = record->values[told->time].number;
    if (time > catching->latest) catching->latest = time;
    bool answered = told->kind == &complaint_kind && record_has(record, COMPLAINT_ANSWERED);
    if (answered && record->values[COMPLAINT_ANSWERED].number > catching->latest) catching->latest = record->values[COMPLAINT_ANSWERED].number;
}

static bool entry_seen(void *context, uint64_t index, struct str bytes, struct error *error)
{
    (void)index;
    struct catching_up *catching = context;
    struct entry entry;
    if (!entry_read(bytes, &entry, error)) return false;
    catching->from_portal = str_equal(entry.source, STR(PORTAL_SOURCE));
    for (size_t i = 0; i < sizeof laws / sizeof *laws; i++) catching->too_much |= str_equal(entry.kind, str_of(laws[i]));
    for (size_t i = 0; i < sizeof tells / sizeof *tells; i++) {
        if (!str_equal(entry.kind, str_of(tells[i].kind->name)) || entry.hold) continue;
        struct record record = { 0 };
        struct str records = entry.records;
        for (uint64_t k = 0; k < entry.count; k++) {
            if (!record_unpack(tells[i].kind, entry.version, &records, &record, error)) return false;
            touch(catching, &tells[i], &record);
        }
    }
    if (catching->touched.names.count + catching->appeals.names.count > TOUCHED_AT_ONCE) catching->too_much = true;
    return !catching->too_much;
}

static bool touched_read(struct catching_up *catching, struct view *view, struct error *error)
{
    struct book *book = catching->book;
    struct reading reading = { book, view };
    for (size_t i = 0; i < catching->appeals.names.count; i++) {
        struct str id;
        if (!case_of_appeal(view, catching->appeals.names.at[i], true, &id, error)) return false;
        if (id.length) names_add(&catching->touched.names, &catching->touched.arena, id);
    }
    for (size_t i = 0; i < catching->touched.names.count; i++) {
        struct str id = catching->touched.names.at[i];
        works_drop(book, word_of(book, id));
        if (!works_of_case(view, id, sink_of(book), error) || !care_note(&reading, id, error)) return false;
    }
    slots_merge(book);
    book->latest = catching->latest;
    book->position = view->position;
    return true;
}

static bool catch_up(struct book *book, struct view *view, struct error *error)
{
    struct catching_up catching = { .book = book, .latest = book->latest };
    struct ledger *ledger = engine_ledger(views_engine(view->views));
    catching.too_much = view->position - book->position > ENTRIES_AT_ONCE;
    bool done = catching.too_much || ledger_scan(ledger, book->position, view->position, entry_seen, &catching, error) || catching.too_much;
    if (done) done = catching.too_much ? read_all(book, view, error) : touched_read(&catching, view, error);
    names_close(&catching.touched.names);
    arena_close(&catching.touched.arena);
    names_close(&catching.appeals.names);
    arena_close(&catching.appeals.arena);
    if (!done) book->made = false;
    return done;
}

static bool is_behind(const struct book *book, const struct view *view)
{
    return !book->made || view->generation > book->generation || (view->generation == book->generation && view->position > book->position);
}

/* With the lock held: at the view's position, or where others have brought it. */
static bool bring_up(struct book *book, struct view *view, struct error *error)
{
    if (!is_behind(book, view)) return true;
    return !book->made || view->generation > book->generation ? read_all(book, view, error) : catch_up(book, view, error);
}

/* ---- asking ---- */

void *book_begin(struct views *views)
{
    (void)views;
    struct book *book = allocate(sizeof *book);
    book->latest = MOMENT_NONE;
    pthread_mutex_init(&book->lock, NULL);
    return book;
}

void book_end(void *kept)
{
    struct book *book = kept;
    if (!book) return;
    empty(book);
    pthread_mutex_destroy(&book->lock);
    free(book);
}

struct book *book_of(struct view *view)
{
    return views_kept(view->views, &complaint);
}

void book_forget(struct book *book)
{
    pthread_mutex_lock(&book->lock);
    book->made = false;
    pthread_mutex_unlock(&book->lock);
}

bool book_at_hand(struct book *book, const struct view *view)
{
    if (pthread_mutex_trylock(&book->lock)) return false;
    bool is_at_hand = !is_behind(book, view);
    pthread_mutex_unlock(&book->lock);
    return is_at_hand;
}

static int64_t as_of_for(const struct book *book, bool from_portal, int64_t now)
{
    return from_portal || book->latest == MOMENT_NONE || book->latest > now ? now : book->latest;
}

bool book_as_of(struct book *book, struct view *view, bool from_portal, int64_t now, int64_t *as_of, struct error *error)
{
    *as_of = now;
    if (from_portal) return true;
    pthread_mutex_lock(&book->lock);
    bool done = bring_up(book, view, error);
    if (done) *as_of = as_of_for(book, false, now);
    pthread_mutex_unlock(&book->lock);
    return done;
}

/* Days from the one of as_of to the last one of a limit; below 0 for a limit that has passed, started days as whole. */
static int64_t days_until(int64_t due, int64_t as_of)
{
    if (due < as_of) return -((as_of - due + DAY_MS - 1) / DAY_MS);
    int64_t days = day_of(due - 1) - day_of(as_of);
    return days < 0 ? 0 : days;
}

bool work_days(const struct work *work, int64_t as_of, bool *late, int64_t *days)
{
    *late = false;
    if (work->due == MOMENT_NONE) return false;
    *days = days_until(work->due, as_of);
    *late = *days < 0;
    return true;
}

static void count_slot(struct work_counts *counts, const struct slot *slot, int64_t as_of)
{
    counts->all++;
    if (slot->due == INT64_MAX) return;
    int64_t days = days_until(slot->due, as_of);
    counts->late += days < 0;
    counts->today += days == 0;
    counts->soon += days >= 0 && days <= SOON_DAYS;
}

static bool passes(const struct book *book, const struct slot *slot, const struct work_filter *filter, uint32_t operator_)
{
    if (!(slot->kind == WORK_ANSWER ? filter->for_operators : filter->for_regulator)) return false;
    if (filter->operator_.length && slot->operator_ != operator_) return false;
    return !filter->assigned.length || str_equal(book->works[slot->work].assigned, filter->assigned);
}

static struct str copied(struct arena *arena, struct str string)
{
    return string.at ? (struct str){ arena_copy(arena, string.at, string.length), string.length } : string;
}

static void work_copy(struct arena *arena, const struct work *from, struct work *to)
{
    *to = *from;
    to->complaint = copied(arena, from->complaint);
    to->appeal = copied(arena, from->appeal);
    to->operator_ = copied(arena, from->operator_);
    to->area = copied(arena, from->area);
    to->assigned = copied(arena, from->assigned);
}

bool book_list(struct book *book, struct view *view, const struct work_filter *filter, int64_t now, uint64_t from, size_t limit,
               struct work **works, size_t *count, struct work_counts *counts, struct error *error)
{
    uint64_t passed = 0;
    *count = 0;
    if (counts) *counts = (struct work_counts){ 0 };
    pthread_mutex_lock(&book->lock);
    bool done = bring_up(book, view, error);
    if (done) {
        uint32_t operator_ = names_find(&book->words.names, filter->operator_);
        int64_t as_of[] = { as_of_for(book, false, now), now };
        size_t room = limit < book->slot_count ? limit : book->slot_count;
        *works = arena_take(&view->arena, room * sizeof **works);
        for (size_t i = 0; i < book->slot_count && (counts || *count < room); i++) {
            const struct slot *slot = &book->slots[i];
            if (!passes(book, slot, filter, operator_)) continue;
            if (counts) count_slot(counts, slot, as_of[slot->from_portal]);
            if (passed++ >= from && *count < room) work_copy(&view->arena, &book->works[slot->work], &(*works)[(*count)++]);
        }
    }
    pthread_mutex_unlock(&book->lock);
    return done;
}

bool book_operators(struct book *book, struct view *view, struct str **operators, size_t *count, struct error *error)
{
    *count = 0;
    pthread_mutex_lock(&book->lock);
    bool done = bring_up(book, view, error);
    if (done) {
        size_t words = book->words.names.count;
        bool *seen = allocate(words * sizeof *seen + 1);
        for (size_t i = 0; i < book->slot_count; i++)
            if (!seen[book->slots[i].operator_]) {
                seen[book->slots[i].operator_] = true;
                ++*count;
            }
        *operators = arena_take(&view->arena, *count * sizeof **operators);
        for (size_t i = 0, k = 0; i < words; i++)
            if (seen[i]) (*operators)[k++] = copied(&view->arena, book->words.names.at[i]);
        free(seen);
    }
    pthread_mutex_unlock(&book->lock);
    return done;
}

/* The first slot whose due is not before a moment. */
static size_t slot_from(const struct book *book, int64_t moment)
{
    size_t low = 0, high = book->slot_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (book->slots[middle].due < moment) low = middle + 1;
        else high = middle;
    }
    return low;
}

bool book_fell_due(struct book *book, struct view *view, int64_t from, int64_t to, struct work **works, size_t *count,
                   struct error *error)
{
    *count = 0;
    pthread_mutex_lock(&book->lock);
    bool done = bring_up(book, view, error);
    if (done) {
        size_t first = slot_from(book, from), end = slot_from(book, to);
        *works = arena_take(&view->arena, (end > first ? end - first : 0) * sizeof **works);
        for (size_t i = first; i < end; i++)
            if (book->slots[i].from_portal) work_copy(&view->arena, &book->works[book->slots[i].work], &(*works)[(*count)++]);
    }
    pthread_mutex_unlock(&book->lock);
    return done;
}

bool book_next_due(struct view *view, int64_t now, int64_t *due, struct error *error)
{
    struct book *book = book_of(view);
    *due = INT64_MAX;
    pthread_mutex_lock(&book->lock);
    bool done = bring_up(book, view, error);
    for (size_t i = done ? slot_from(book, now) : book->slot_count; i < book->slot_count && *due == INT64_MAX; i++)
        if (book->slots[i].from_portal && book->slots[i].due != INT64_MAX) *due = book->slots[i].due + 1;
    pthread_mutex_unlock(&book->lock);
    return done;
}
