#include "measure/view.h"

#include <pthread.h>
#include <stdlib.h>

#include "engine/engine.h"

/* The law, read once at a position and looked at by many views: it holds for another position as long as no row of it came in
   between. */
struct shared_law {
    struct law *law;
    uint64_t generation, position;
    unsigned users; /* the pool is one while it hands it out */
};

/* A view and what is behind it. */
struct viewer {
    struct view view; /* first: a view is a viewer */
    uint64_t generation;
    struct shared_law *law;
    struct viewer *next;
};

enum { LAW_KINDS = 4 };

struct views {
    struct engine *engine;
    const struct kind *law_kinds[LAW_KINDS + 1]; /* what is read into a law */
    pthread_mutex_t lock; /* protects what follows */
    struct viewer *idle;
    struct shared_law *law;
    unsigned taken;
    uint64_t generation; /* of the idle ones, but for those of an earlier one that are about to be closed */
    void *kept[]; /* of each measure */
};

static const struct str scope = STR("{scope}"), looker = STR("$9");

int64_t number_mark(const struct vault *vault, struct str number)
{
    struct text marked = { 0 };
    text_add(&marked, STR("number:"));
    text_add(&marked, number);
    int64_t mark = vault_digest(vault, text_str(&marked)) | 1;
    text_close(&marked);
    return mark;
}

/* ---- what still holds ---- */

bool view_same(const struct view *view, const struct kind *const *kinds, uint64_t generation, uint64_t position)
{
    struct engine *engine = view->views->engine;
    if (generation != view->generation) return false;
    if (position == view->position) return true;
    /* what the transaction sees may be ahead of what the engine has told, and then nothing is known of its newest */
    if (engine_position(engine) < view->position) return false;
    for (; *kinds; kinds++) {
        uint64_t newest = engine_newest(engine, *kinds);
        if (newest > position || newest > view->position) return false;
    }
    return true;
}

/* ---- the law ---- */

static const char *const law_tables[LAW_KINDS] = { "limit", "workday", "area", "operator" };

/* With the lock held. */
static void law_leave(struct shared_law *law)
{
    if (!law || --law->users) return;
    law_close(law->law);
    free(law);
}

static bool is_newer(const struct shared_law *law, const struct shared_law *than)
{
    return !than || law->generation > than->generation || (law->generation == than->generation && law->position > than->position);
}

/* Reads the law of a view's position, which from then on is at hand for others. */
static struct shared_law *law_read(const struct view *view, struct error *error)
{
    struct views *views = view->views;
    struct law *law = law_open(view->store, error);
    if (!law) return NULL;
    struct shared_law *shared = allocate(sizeof *shared);
    *shared = (struct shared_law){ .law = law, .generation = view->generation, .position = view->position, .users = 1 };
    pthread_mutex_lock(&views->lock);
    if (is_newer(shared, views->law)) {
        law_leave(views->law);
        views->law = shared;
        shared->users++;
    }
    pthread_mutex_unlock(&views->lock);
    return shared;
}

/* The law of a view's position: the one at hand, or another. */
static struct shared_law *law_take(const struct view *view, struct error *error)
{
    struct views *views = view->views;
    pthread_mutex_lock(&views->lock);
    struct shared_law *law = views->law;
    bool holds = law && view_same(view, views->law_kinds, law->generation, law->position);
    if (holds) law->users++;
    pthread_mutex_unlock(&views->lock);
    return holds ? law : law_read(view, error);
}

/* ---- the pool ---- */

struct views *views_open(struct engine *engine)
{
    struct views *views = allocate(sizeof *views + measure_count * sizeof *views->kept);
    views->engine = engine;
    for (size_t i = 0; i < LAW_KINDS; i++) must((views->law_kinds[i] = kind_find(str_of(law_tables[i]))) != NULL);
    pthread_mutex_init(&views->lock, NULL);
    for (size_t i = 0; i < measure_count; i++)
        if (measures[i]->serving_open) views->kept[i] = measures[i]->serving_open(views);
    return views;
}

static void viewer_close(struct viewer *viewer)
{
    if (viewer->view.store) store_close(viewer->view.store);
    arena_close(&viewer->view.arena);
    free(viewer);
}

static void viewers_close(struct viewer *viewers)
{
    for (struct viewer *viewer = viewers, *next; viewer; viewer = next) {
        next = viewer->next;
        viewer_close(viewer);
    }
}

void views_close(struct views *views)
{
    if (!views) return;
    for (size_t i = 0; i < measure_count; i++)
        if (measures[i]->serving_close) measures[i]->serving_close(views->kept[i]);
    must(!views->taken);
    viewers_close(views->idle);
    law_leave(views->law);
    pthread_mutex_destroy(&views->lock);
    free(views);
}

void *views_kept(struct views *views, const struct measure *measure)
{
    for (size_t i = 0; i < measure_count; i++)
        if (measures[i] == measure) return views->kept[i];
    return NULL;
}

struct engine *views_engine(struct views *views)
{
    return views->engine;
}

/* Takes out those of another generation: their files are removed, and hold room on the disk as long as they are open. With the
   lock held. */
static struct viewer *stale_take(struct views *views, uint64_t generation)
{
    struct viewer *stale = NULL;
    if (views->generation == generation) return NULL;
    views->generation = generation;
    for (struct viewer **at = &views->idle; *at;) {
        struct viewer *viewer = *at;
        if (viewer->generation == generation) {
            at = &viewer->next;
            continue;
        }
        *at = viewer->next;
        viewer->next = stale;
        stale = viewer;
    }
    return stale;
}

/* A store over the present generation: one that is replaced while it is opened is opened again. */
static bool store_ready(struct viewer *viewer, struct error *error)
{
    struct engine *engine = viewer->view.views->engine;
    for (;;) {
        uint64_t generation = engine_generation(engine);
        if (viewer->view.store && viewer->generation == generation) return true;
        if (viewer->view.store) store_close(viewer->view.store);
        viewer->generation = generation;
        viewer->view.store = engine_reader(engine, error);
        if (!viewer->view.store && engine_generation(engine) == generation) return false;
    }
}

static bool view_begin(struct viewer *viewer, struct error *error)
{
    struct view *view = &viewer->view;
    if (!store_ready(viewer, error) || !store_begin(view->store, error)) return false;
    view->generation = viewer->generation;
    if (state_stored_position(view->store, &view->position, error) && (viewer->law = law_take(view, error))) {
        view->audit = (struct audit){ .store = view->store, .law = viewer->law->law, .as_of = MOMENT_NONE, .loaded_as_of = MOMENT_NONE, .own_times = true,
                                      .clock = MOMENT_NONE, .position = view->position, .arena = &view->arena,
                                      .ledger = engine_ledger(view->views->engine) };
        return true;
    }
    struct error ignored;
    store_rollback(view->store, &ignored);
    return false;
}

struct view *view_take(struct views *views, const struct identity *who, enum reach reach, struct error *error)
{
    pthread_mutex_lock(&views->lock);
    struct viewer *viewer = views->idle;
    if (viewer) views->idle = viewer->next;
    views->taken++;
    pthread_mutex_unlock(&views->lock);
    if (!viewer) viewer = allocate(sizeof *viewer);
    viewer->view.views = views;
    viewer->view.who = *who;
    viewer->view.reach = reach;
    if (view_begin(viewer, error)) return &viewer->view;
    viewer_close(viewer);
    pthread_mutex_lock(&views->lock);
    views->taken--;
    pthread_mutex_unlock(&views->lock);
    return NULL;
}

void view_give(struct view *view)
{
    if (!view) return;
    struct viewer *viewer = (struct viewer *)view;
    struct views *views = view->views;
    struct error error;
    arena_reset(&view->arena);
    bool ended = store_rollback(view->store, &error);
    pthread_mutex_lock(&views->lock);
    uint64_t generation = engine_generation(views->engine);
    bool is_kept = ended && viewer->generation == generation;
    struct viewer *stale = stale_take(views, generation);
    views->taken--;
    law_leave(viewer->law);
    viewer->law = NULL;
    if (is_kept) {
        viewer->next = views->idle;
        views->idle = viewer;
    }
    pthread_mutex_unlock(&views->lock);
    viewers_close(stale);
    if (!is_kept) viewer_close(viewer);
}

/* ---- who sees what ---- */

const struct access *access_of(const struct kind *kind)
{
    for (size_t m = 0; m < measure_count; m++)
        for (size_t i = 0; i < measures[m]->access_count; i++)
            if (measures[m]->access[i].kind == kind) return &measures[m]->access[i];
    return NULL;
}

static bool sees_everything(const struct view *view)
{
    return view->reach == REACH_OPEN || view->who.role == ROLE_REGULATOR || view->who.role == ROLE_ADMINISTRATOR;
}

bool view_sees_all(const struct view *view, const struct kind *kind)
{
    const struct access *access = access_of(kind);
    return sees_everything(view) || (access && access->open);
}

bool view_sees_finding(const struct view *view, const struct finding *finding)
{
    const struct identity *who = &view->who;
    struct text followed = { 0 };
    bool is_own = false;
    if (sees_everything(view)) return true;
    if (who->role == ROLE_OPERATOR) return who->operator_[0] && str_equal(finding->operator_, str_of(who->operator_));
    if (who->role != ROLE_SUBSCRIBER) return false;
    if (who->has_subject && finding->has_subscriber && finding->subscriber == who->subject) return true;
    if (!who->complaint[0]) return false;
    text_format(&followed, "complaint:%s", who->complaint);
    is_own = str_equal(finding->subject, text_str(&followed));
    text_close(&followed);
    return is_own;
}

/* A condition and who is meant by its $9. */
struct seen_by {
    const char *condition;
    bool is_number;
    int64_t number;
    struct str text;
};

enum { SEEN_BY = 2 };

/* By what the one who looks sees rows of a kind that are not for everybody: any of these. */
static size_t seen_by(const struct view *view, const struct access *access, struct seen_by conditions[SEEN_BY])
{
    const struct identity *who = &view->who;
    size_t count = 0;
    if (!access) return 0;
    if (who->role == ROLE_OPERATOR && access->of_operator && who->operator_[0])
        conditions[count++] = (struct seen_by){ .condition = access->of_operator, .text = str_of(who->operator_) };
    if (who->role == ROLE_SUBSCRIBER && access->of_subject && who->has_subject)
        conditions[count++] = (struct seen_by){ .condition = access->of_subject, .is_number = true, .number = (int64_t)who->subject };
    if (who->role == ROLE_SUBSCRIBER && access->of_case && who->complaint[0])
        conditions[count++] = (struct seen_by){ .condition = access->of_case, .text = str_of(who->complaint) };
    return count;
}

static size_t find(struct str text, struct str what)
{
    const char *at = text.length ? memmem(text.at, text.length, what.at, what.length) : NULL;
    return at ? (size_t)(at - text.at) : text.length;
}

/* The highest parameter of a text: a store's are numbered without a gap. */
static int parameters_of(struct str sql)
{
    int most = 0;
    for (size_t i = 0; i < sql.length; i++) {
        int number = 0;
        if (sql.at[i] != '$') continue;
        for (size_t j = i + 1; j < sql.length && sql.at[j] >= '0' && sql.at[j] <= '9'; j++) number = number * 10 + (sql.at[j] - '0');
        if (number > most) most = number;
    }
    return most;
}

static void condition_add(struct text *sql, struct str condition, int parameter)
{
    for (size_t at; condition.length; condition.at += at, condition.length -= at) {
        at = find(condition, looker);
        text_add(sql, (struct str){ condition.at, at });
        if (at == condition.length) return;
        text_format(sql, "$%d", parameter);
        at += looker.length;
    }
}

struct statement *view_select(struct view *view, const struct kind *kind, const char *text, struct error *error)
{
    const struct access *access = access_of(kind);
    struct seen_by conditions[SEEN_BY];
    struct str rest = str_of(text);
    bool has_scope = find(rest, scope) < rest.length, all = view_sees_all(view, kind);
    must(has_scope || (access && access->open));
    size_t count = all ? 0 : seen_by(view, access, conditions);
    int own = parameters_of(rest);
    struct text sql = { 0 };
    while (rest.length) {
        size_t at = find(rest, scope);
        text_add(&sql, (struct str){ rest.at, at });
        rest = (struct str){ rest.at + at, rest.length - at };
        if (!rest.length) break;
        rest = (struct str){ rest.at + scope.length, rest.length - scope.length };
        text_add_byte(&sql, '(');
        if (!count) text_add(&sql, all ? STR("1 = 1") : STR("0 = 1"));
        for (size_t i = 0; i < count; i++) {
            text_add(&sql, i ? STR(") OR (") : STR("("));
            condition_add(&sql, str_of(conditions[i].condition), own + 1 + (int)i);
        }
        text_add(&sql, count ? STR("))") : STR(")"));
    }
    struct statement *statement = store_prepare(view->store, text_zero(&sql), error);
    text_close(&sql);
    if (!statement) return NULL;
    statement_reset(statement);
    for (size_t i = 0; i < count; i++)
        if (conditions[i].is_number)
            statement_number(statement, own + 1 + (int)i, conditions[i].number);
        else
            statement_text(statement, own + 1 + (int)i, conditions[i].text);
    return statement;
}
