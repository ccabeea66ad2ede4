#include "portal/places.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/moment.h"
#include "measure/law.h"

enum { AREAS_MAX = 5000, OPERATORS_MAX = 1000 };
/* A new area of an old kind may be seen so much later. */
static const int64_t looked_every = 10 * MINUTE_MS;

struct places {
    const struct kind *named[3], *with_area[KINDS_MAX + 1]; /* ended by NULL */
    pthread_mutex_t lock; /* of all that follows; not held while they are looked for */
    pthread_cond_t looked;
    struct text json[LANGUAGES]; /* the members, with commas between */
    bool made, is_looking;       /* one looks for all; the others have what was there before, or wait where nothing was */
    uint64_t generation, position;
    int64_t time;
};

/* Codes, each once. */
struct codes {
    struct arena *arena;
    struct str *at;
    size_t count, most;
};

struct places *places_open(void)
{
    const struct kind *kinds[KINDS_MAX];
    size_t count = kinds_all(kinds), with_area = 0;
    struct places *places = allocate(sizeof *places);
    pthread_mutex_init(&places->lock, NULL);
    pthread_cond_init(&places->looked, NULL);
    must((places->named[0] = kind_find(STR("operator"))) && (places->named[1] = kind_find(STR("area"))));
    for (size_t i = 0; i < count; i++) {
        size_t field = kind_field(kinds[i], STR("area"));
        bool is_law = !strcmp(kinds[i]->name, "area") || !strcmp(kinds[i]->name, "limit");
        if (field < kinds[i]->field_count && kinds[i]->fields[field].type == FIELD_CODE && !is_law) places->with_area[with_area++] = kinds[i];
    }
    return places;
}

void places_close(struct places *places)
{
    if (!places) return;
    for (size_t i = 0; i < LANGUAGES; i++) text_close(&places->json[i]);
    pthread_cond_destroy(&places->looked);
    pthread_mutex_destroy(&places->lock);
    free(places);
}

static void code_add(struct codes *codes, struct str code)
{
    for (size_t i = 0; i < codes->count; i++)
        if (str_equal(codes->at[i], code)) return;
    if (code.length && codes->count < codes->most)
        codes->at[codes->count++] = (struct str){ arena_copy(codes->arena, code.at, code.length), code.length };
}

static bool codes_read(struct store *store, const char *sql, struct codes *codes, struct error *error)
{
    bool row;
    struct statement *select = store_prepare(store, sql, error);
    if (!select) return false;
    while (statement_step(select, &row, error)) {
        if (!row) return true;
        code_add(codes, column_text(select, 0));
    }
    return false;
}

static int code_order(const void *left, const void *right)
{
    return str_compare(*(const struct str *)left, *(const struct str *)right);
}

/* With those in which they lie. */
static bool areas_read(const struct places *places, const struct view *view, struct codes *areas, struct error *error)
{
    for (const struct kind *const *kind = places->with_area; *kind; kind++) {
        char sql[128];
        snprintf(sql, sizeof sql, "SELECT DISTINCT \"area\" FROM \"%s\"", (*kind)->name);
        if (!codes_read(view->store, sql, areas, error)) return false;
    }
    for (size_t i = 0; i < areas->count; i++) { /* grows meanwhile */
        const struct area *area = law_area(view->audit.law, areas->at[i]);
        if (area) code_add(areas, area->parent);
    }
    qsort(areas->at, areas->count, sizeof *areas->at, code_order);
    return true;
}

/* The one area that lies in no other; none where there are several. */
static struct str province_of(const struct law *law, const struct codes *areas)
{
    struct str province = { 0 };
    for (size_t i = 0; i < areas->count; i++) {
        const struct area *area = law_area(law, areas->at[i]);
        if (!area || area->parent.length) continue;
        if (province.length) return (struct str){ 0 };
        province = areas->at[i];
    }
    return province;
}

static void members_write(const struct law *law, const struct codes *operators, const struct codes *areas, int language, struct text *out)
{
    struct json json = { .out = out };
    struct str province = province_of(law, areas);
    json_put_string(&json, "province", province.length ? law_area_name(law, province, language) : province);
    json_key(&json, "operators");
    json_open(&json, '[');
    for (size_t i = 0; i < operators->count; i++) {
        json_open(&json, '{');
        json_put_string(&json, "operator", operators->at[i]);
        json_put_string(&json, "name", law_operator_name(law, operators->at[i], language));
        json_close(&json, '}');
    }
    json_close(&json, ']');
    json_key(&json, "areas");
    json_open(&json, '[');
    for (size_t i = 0; i < areas->count; i++) {
        const struct area *area = law_area(law, areas->at[i]);
        json_open(&json, '{');
        json_put_string(&json, "area", areas->at[i]);
        json_put_string(&json, "name", law_area_name(law, areas->at[i], language));
        json_put_string(&json, "parent", area && area->parent.length ? area->parent : (struct str){ 0 });
        json_close(&json, '}');
    }
    json_close(&json, ']');
}

static bool look(const struct places *places, const struct view *view, struct text json[LANGUAGES], struct error *error)
{
    struct arena arena = { 0 };
    struct codes operators = { &arena, arena_take(&arena, OPERATORS_MAX * sizeof(struct str)), 0, OPERATORS_MAX };
    struct codes areas = { &arena, arena_take(&arena, AREAS_MAX * sizeof(struct str)), 0, AREAS_MAX };
    bool done = codes_read(view->store, "SELECT \"operator\" FROM \"operator\" ORDER BY \"source\", \"seq\"", &operators, error) &&
                areas_read(places, view, &areas, error);
    for (int i = 0; done && i < LANGUAGES; i++) members_write(view->audit.law, &operators, &areas, i, &json[i]);
    arena_close(&arena);
    return done;
}

/* With the lock held, which is let go of meanwhile. */
static bool look_for_all(struct places *places, const struct view *view, int64_t now, struct error *error)
{
    struct text json[LANGUAGES] = { 0 };
    places->is_looking = true;
    pthread_mutex_unlock(&places->lock);
    bool done = look(places, view, json, error);
    pthread_mutex_lock(&places->lock);
    places->is_looking = false;
    for (int i = 0; i < LANGUAGES; i++) {
        struct text old = places->json[i];
        if (done) places->json[i] = json[i];
        text_close(done ? &old : &json[i]);
    }
    if (done) {
        places->made = true;
        places->generation = view->generation;
        places->position = view->position;
        places->time = now;
    }
    pthread_cond_broadcast(&places->looked);
    return done;
}

bool places_write(struct places *places, const struct view *view, int64_t now, enum language language, struct json *json,
                  struct error *error)
{
    pthread_mutex_lock(&places->lock);
    while (places->is_looking && !places->made) pthread_cond_wait(&places->looked, &places->lock);
    bool holds = places->made && view_same(view, places->named, places->generation, places->position) &&
                 (now - places->time < looked_every || view_same(view, places->with_area, places->generation, places->position));
    bool done = holds || places->is_looking || look_for_all(places, view, now, error);
    if (done) {
        if (json->more) text_add_byte(json->out, ',');
        text_add(json->out, text_str(&places->json[language]));
        json->more = true;
    }
    pthread_mutex_unlock(&places->lock);
    return done;
}
