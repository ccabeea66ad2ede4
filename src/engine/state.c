#include "engine/state.h"

#include <sodium.h>
#include <stdlib.h>

#include "base/memory.h"
#include "engine/sources.h"
#include "measure/measure.h"

struct kind_table {
    const struct kind *kind;
    struct statement *put;
    uint64_t newest; /* the position behind the last entry applied; 0: none since it was opened */
};

struct state {
    struct store *store;
    uint64_t position;         /* the next entry, in the open transaction */
    uint64_t committed;
    struct vault_marks marks;  /* the most that any entry so far may name */
    struct sources sources;
    struct kind_table tables[KINDS_MAX];
    size_t table_count;
    struct record record;
    struct keepers keepers;
};

static const char spine_tables[] =
    "CREATE TABLE IF NOT EXISTS \"meta\" (\"name\" TEXT NOT NULL, \"number\" BIGINT NOT NULL, PRIMARY KEY (\"name\"));"
    "CREATE TABLE IF NOT EXISTS \"source_name\" (\"source\" BIGINT NOT NULL, \"name\" TEXT NOT NULL, PRIMARY KEY (\"source\"));"
    "CREATE UNIQUE INDEX IF NOT EXISTS \"source_by_name\" ON \"source_name\" (\"name\");"
    "CREATE TABLE IF NOT EXISTS \"seen\" (\"source\" BIGINT NOT NULL, \"low\" BIGINT NOT NULL, \"high\" BIGINT NOT NULL,"
    " PRIMARY KEY (\"source\", \"low\"));"
    "CREATE TABLE IF NOT EXISTS \"place\" (\"source\" BIGINT NOT NULL, \"low\" BIGINT NOT NULL, \"high\" BIGINT NOT NULL,"
    " \"entry\" BIGINT NOT NULL, \"digest\" BIGINT NOT NULL, \"counts\" BIGINT NOT NULL, PRIMARY KEY (\"source\", \"low\", \"entry\"))";

static const char select_meta[] = "SELECT \"number\" FROM \"meta\" WHERE \"name\" = $1";
static const char put_meta[] = "INSERT INTO \"meta\" (\"name\", \"number\") VALUES ($1, $2)"
                               " ON CONFLICT (\"name\") DO UPDATE SET \"number\" = excluded.\"number\"";
static const char select_sources[] = "SELECT \"source\", \"name\" FROM \"source_name\" ORDER BY \"source\"";
static const char put_source[] = "INSERT INTO \"source_name\" (\"source\", \"name\") VALUES ($1, $2)";
static const char select_seen[] = "SELECT \"source\", \"low\", \"high\" FROM \"seen\" ORDER BY \"source\", \"low\"";
static const char put_seen[] = "INSERT INTO \"seen\" (\"source\", \"low\", \"high\") VALUES ($1, $2, $3)"
                               " ON CONFLICT (\"source\", \"low\") DO UPDATE SET \"high\" = excluded.\"high\"";
static const char drop_seen[] = "DELETE FROM \"seen\" WHERE \"source\" = $1 AND \"low\" > $2 AND \"low\" <= $3";
static const char put_place[] = "INSERT INTO \"place\" (\"source\", \"low\", \"high\", \"entry\", \"digest\", \"counts\")"
                                " VALUES ($1, $2, $3, $4, $5, $6)";
static const char select_place[] =
    "SELECT p.\"entry\", p.\"digest\", p.\"counts\" FROM \"place\" p, \"source_name\" s WHERE s.\"name\" = $1 AND"
    " p.\"source\" = s.\"source\" AND p.\"low\" > $2 - 4096 AND p.\"low\" <= $2 AND p.\"high\" >= $2"
    " ORDER BY p.\"entry\" DESC LIMIT 1";
_Static_assert(BATCH_RECORDS == 4096, "no span is longer than a batch, so the one that holds a seq begins within that");
static const char select_one_place[] =
    "SELECT p.\"entry\", p.\"digest\", p.\"counts\" FROM \"place\" p, \"source_name\" s WHERE s.\"name\" = $1 AND"
    " p.\"source\" = s.\"source\" AND p.\"low\" = $2 ORDER BY p.\"entry\" DESC LIMIT 1";

static const char list_sources[] =
    "SELECT s.\"name\", SUM(n.\"high\" - n.\"low\" + 1) FROM \"source_name\" s, \"seen\" n WHERE n.\"source\" = s.\"source\""
    " GROUP BY s.\"source\", s.\"name\" ORDER BY s.\"source\"";

static bool column_is_text(const struct field *field)
{
    return field->type == FIELD_ID || field->type == FIELD_CODE || field->type == FIELD_LABEL ||
           field->type == FIELD_PROSE || field->type == FIELD_FORM;
}

static void add_names(struct text *sql, const struct kind *kind)
{
    for (size_t i = 0; i < kind->field_count; i++) text_format(sql, "\"%s\", ", kind->fields[i].name);
    text_add(sql, STR("\"source\", \"seq\", \"entry\", \"digest\""));
}

static void add_key(struct text *sql, const struct kind *kind)
{
    const char *comma = "";
    for (size_t i = 0; i < kind->field_count; i++)
        if (kind->fields[i].flags & FIELD_KEY) {
            text_format(sql, "%s\"%s\"", comma, kind->fields[i].name);
            comma = ", ";
        }
    if (!*comma) text_add(sql, STR("\"source\", \"seq\""));
}

static void table_sql(const struct kind *kind, struct text *sql)
{
    text_format(sql, "CREATE TABLE IF NOT EXISTS \"%s\" (", kind->name);
    for (size_t i = 0; i < kind->field_count; i++)
        text_format(sql, "\"%s\" %s%s, ", kind->fields[i].name, column_is_text(&kind->fields[i]) ? "TEXT" : "BIGINT",
                    kind->fields[i].flags & FIELD_KEY ? " NOT NULL" : "");
    text_add(sql, STR("\"source\" BIGINT NOT NULL, \"seq\" BIGINT NOT NULL, \"entry\" BIGINT NOT NULL,"
                      " \"digest\" BIGINT NOT NULL, PRIMARY KEY ("));
    add_key(sql, kind);
    text_add(sql, STR("))"));
    for (size_t i = 0; i < kind->field_count; i++)
        if (kind->fields[i].flags & FIELD_INDEXED)
            text_format(sql, ";CREATE INDEX IF NOT EXISTS \"%s_by_%s\" ON \"%s\" (\"%s\")", kind->name, kind->fields[i].name,
                        kind->name, kind->fields[i].name);
}

/* A new version of a key takes the row's place; the same content again changes nothing, so that the row goes on naming the
   record that first brought it. */
static void put_sql(const struct kind *kind, struct text *sql)
{
    text_format(sql, "INSERT INTO \"%s\" (", kind->name);
    add_names(sql, kind);
    text_add(sql, STR(") VALUES ("));
    for (size_t i = 0; i < kind->field_count + 4; i++) text_format(sql, "%s$%zu", i ? ", " : "", i + 1);
    text_add(sql, STR(") ON CONFLICT ("));
    add_key(sql, kind);
    text_add(sql, STR(") DO UPDATE SET "));
    for (size_t i = 0; i < kind->field_count; i++)
        if (!(kind->fields[i].flags & FIELD_KEY))
            text_format(sql, "\"%s\" = excluded.\"%s\", ", kind->fields[i].name, kind->fields[i].name);
    text_add(sql, STR("\"source\" = excluded.\"source\", \"seq\" = excluded.\"seq\", \"entry\" = excluded.\"entry\","
                      " \"digest\" = excluded.\"digest\""));
    text_format(sql, " WHERE \"%s\".\"digest\" <> excluded.\"digest\"", kind->name);
}

/* The tables that a measure keeps of its own (NULL: none); false behind the last measure. */
static bool own_tables(size_t place, const char *const **tables)
{
    if (place >= measure_count) return false;
    *tables = measures[place]->keeping ? measures[place]->keeping->tables : NULL;
    return true;
}

static bool tables_make(struct state *state, struct error *error)
{
    const struct kind *kinds[KINDS_MAX];
    state->table_count = kinds_all(kinds);
    struct text sql = { 0 };
    bool done = true;
    for (size_t i = 0; done && i < state->table_count; i++) {
        state->tables[i].kind = kinds[i];
        if (kinds[i]->sums_only) continue;
        sql.length = 0;
        table_sql(kinds[i], &sql);
        done = store_run(state->store, text_zero(&sql), error);
        sql.length = 0;
        put_sql(kinds[i], &sql);
        done = done && (state->tables[i].put = store_prepare(state->store, text_zero(&sql), error));
    }
    text_close(&sql);
    const char *const *own;
    for (size_t i = 0; done && own_tables(i, &own); i++)
        for (; done && own && *own; own++) done = store_run(state->store, *own, error);
    return done;
}

static bool sources_read(struct state *state, struct error *error)
{
    struct statement *sources = store_prepare(state->store, select_sources, error);
    struct statement *spans = sources ? store_prepare(state->store, select_seen, error) : NULL;
    if (!spans) return false;
    bool row;
    for (;;) {
        if (!statement_step(sources, &row, error)) return false;
        if (!row) break;
        if (sources_find(&state->sources, column_text(sources, 1)) ||
            sources_add(&state->sources, column_text(sources, 1))->number != column_number(sources, 0))
            return fail(error, ERROR_DAMAGE, "the state's sources are not numbered in a row: run `mingbai rebuild`");
    }
    for (;;) {
        if (!statement_step(spans, &row, error)) return false;
        if (!row) return true;
        uint64_t at = (uint64_t)column_number(spans, 0) - 1;
        if (at >= state->sources.count) return fail(error, ERROR_DAMAGE, "the state names a source that it does not have: run `mingbai rebuild`");
        seen_add(&state->sources.at[at].seen, (struct span){ (uint64_t)column_number(spans, 1), (uint64_t)column_number(spans, 2) });
    }
}

static bool meta_get(struct store *store, struct str name, uint64_t *number, bool *found, struct error *error)
{
    struct statement *select = store_prepare(store, select_meta, error);
    if (!select) return false;
    statement_text(select, 1, name);
    if (!statement_step(select, found, error)) return false;
    *number = *found ? (uint64_t)column_number(select, 0) : 0;
    statement_reset(select);
    return true;
}

static bool meta_put(struct store *store, struct str name, uint64_t number, struct error *error)
{
    struct statement *put = store_prepare(store, put_meta, error);
    if (!put) return false;
    statement_text(put, 1, name);
    statement_number(put, 2, (int64_t)number);
    return statement_run(put, NULL, error);
}

/* The tables and what apply does with them, as a number: a state of another form is made anew from the ledger, which is how
   the state's schema migrates. Raise APPLY_VERSION where apply gives other rows for the same entries. */
enum { APPLY_VERSION = 1 };
static uint64_t state_form(void)
{
    const struct kind *kinds[KINDS_MAX];
    struct text sql = { 0 };
    text_format(&sql, "%d %s", APPLY_VERSION, spine_tables);
    for (size_t i = 0, count = kinds_all(kinds); i < count; i++) if (!kinds[i]->sums_only) table_sql(kinds[i], &sql);
    const char *const *own;
    for (size_t i = 0; own_tables(i, &own); i++)
        for (; own && *own; own++) text_add(&sql, str_of(*own));
    struct hash hash = sha256(text_str(&sql));
    text_close(&sql);
    uint64_t number;
    memcpy(&number, hash.bytes, sizeof number);
    return number >> 1;
}

/* Whether the file has this program's tables; a new one is given them. */
static bool form_ready(struct state *state, struct error *error)
{
    uint64_t form;
    bool found;
    if (!store_run(state->store, spine_tables, error) || !meta_get(state->store, STR("form"), &form, &found, error)) return false;
    if (found && form == state_form()) return true;
    if (found || !state_stored_position(state->store, &form, error) || form)
        return fail(error, ERROR_DAMAGE, "the state was made by another version of this program: run `mingbai rebuild`");
    return meta_put(state->store, STR("form"), state_form(), error);
}

static bool meta_read(struct state *state, struct error *error)
{
    bool found;
    return meta_get(state->store, STR("subjects"), &state->marks.subjects, &found, error) &&
           meta_get(state->store, STR("text_bytes"), &state->marks.text_bytes, &found, error) &&
           state_stored_position(state->store, &state->committed, error);
}

struct state *state_open(struct disk *disk, const char *path, struct error *error)
{
    struct state *state = allocate(sizeof *state);
    if ((state->store = store_open(disk, path, STORE_CREATE, error)) && form_ready(state, error) && tables_make(state, error) &&
        meta_read(state, error) && sources_read(state, error)) {
        state->position = state->committed;
        return state;
    }
    state_close(state);
    return NULL;
}

void state_close(struct state *state)
{
    if (!state) return;
    keepers_close(&state->keepers);
    sources_close(&state->sources);
    if (state->store) store_close(state->store);
    free(state);
}

struct store *state_store(struct state *state)
{
    return state->store;
}

uint64_t state_position(const struct state *state)
{
    return state->committed;
}

bool state_keep(struct state *state, struct disk *disk, const char *folder, struct ledger *ledger, uint64_t snapshot_records, struct error *error)
{
    struct keeping_seam seam = { .disk = disk, .folder = folder, .store = state->store, .snapshot_records = snapshot_records };
    return keepers_open(&state->keepers, &seam, ledger, state->committed, error);
}

struct keepers *state_keepers(struct state *state)
{
    return &state->keepers;
}

void state_pending(struct state *state, const struct str *entries, uint64_t first, size_t count)
{
    state->keepers.pending = (struct pending){ entries, first, count };
}

bool state_snapshot(struct state *state, bool closing, struct error *error)
{
    return !keepers_want_snapshot(&state->keepers, closing) ||
           (store_settle(state->store, error) && keepers_snapshot(&state->keepers, state->committed, error));
}

bool state_begin(struct state *state, struct error *error)
{
    return store_begin(state->store, error);
}

/* The source of that name, made if it is new. */
static struct source *source_of(struct state *state, struct str name, struct error *error)
{
    struct source *source = sources_find(&state->sources, name);
    if (!source) {
        source = sources_add(&state->sources, name);
        struct statement *put = store_prepare(state->store, put_source, error);
        if (!put) return NULL;
        statement_number(put, 1, source->number);
        statement_text(put, 2, name);
        if (!statement_run(put, NULL, error)) return NULL;
    }
    return source;
}

/* Intervals go into their table once for each commit: a load makes one of them longer for every record. */
static void see(struct source *source, struct span span)
{
    uint64_t low = seen_add(&source->seen, span).low;
    if (source->touched_count && source->touched[source->touched_count - 1] == low) return;
    if (source->touched_count == source->touched_room) {
        source->touched_room = source->touched_room ? source->touched_room * 2 : 8;
        source->touched = reallocate(source->touched, source->touched_room * sizeof *source->touched);
    }
    source->touched[source->touched_count++] = low;
}

static bool seen_put(struct state *state, struct source *source, struct error *error)
{
    struct statement *drop = store_prepare(state->store, drop_seen, error), *put = store_prepare(state->store, put_seen, error);
    if (!drop || !put) return false;
    for (size_t i = 0; i < source->touched_count; i++) {
        struct span span;
        must(seen_find(&source->seen, source->touched[i], &span));
        if (i && source->touched[i - 1] >= span.low && source->touched[i - 1] <= span.high) continue;
        statement_number(drop, 1, source->number);
        statement_number(drop, 2, (int64_t)span.low);
        statement_number(drop, 3, (int64_t)span.high);
        if (!statement_run(drop, NULL, error)) return false;
        statement_number(put, 1, source->number);
        statement_number(put, 2, (int64_t)span.low);
        statement_number(put, 3, (int64_t)span.high);
        if (!statement_run(put, NULL, error)) return false;
    }
    source->touched_count = 0;
    return true;
}

static bool places_put(struct state *state, uint64_t index, const struct entry *entry, enum apply_mode mode,
                       struct source *source, struct error *error)
{
    struct statement *put = store_prepare(state->store, put_place, error);
    if (!put) return false;
    struct str rest = entry->packed_spans;
    uint64_t last = 0;
    for (struct span span; entry_span(&rest, &last, &span);) {
        statement_number(put, 1, source->number);
        statement_number(put, 2, (int64_t)span.low);
        statement_number(put, 3, (int64_t)span.high);
        statement_number(put, 4, (int64_t)index);
        statement_number(put, 5, entry->digest);
        statement_number(put, 6, mode == APPLY_COUNTS);
        if (!statement_run(put, NULL, error)) return false;
        if (mode == APPLY_COUNTS) see(source, span);
    }
    return true;
}

static bool record_put(struct statement *put, const struct record *record, const struct source *source, uint64_t index,
                       int64_t digest, uint64_t *repeated, struct error *error)
{
    const struct kind *kind = record->kind;
    int column = 1;
    for (size_t i = 0; i < kind->field_count; i++, column++) {
        const struct field *field = &kind->fields[i];
        if (!record_has(record, i)) {
            if (!(field->flags & FIELD_KEY))
                statement_null(put, column);
            else if (column_is_text(field))
                statement_text(put, column, STR(""));
            else
                statement_number(put, column, -1);
        } else if (column_is_text(field)) {
            statement_text(put, column, record->values[i].text);
        } else {
            statement_number(put, column, field->type == FIELD_REASON ? (int64_t)record->values[i].reason : record->values[i].number);
        }
    }
    statement_number(put, column++, source->number);
    statement_number(put, column++, (int64_t)record->seq);
    statement_number(put, column++, (int64_t)index);
    statement_number(put, column, digest);
    int64_t changed;
    if (!statement_run(put, &changed, error)) return false;
    *repeated += !changed;
    return true;
}

/* In a batch there is no room for a digest of each record's clear content; its packed form tells equal from other. */
static int64_t packed_digest(struct str packed)
{
    static const unsigned char key[crypto_shorthash_KEYBYTES];
    uint64_t hash;
    crypto_shorthash((unsigned char *)&hash, (const unsigned char *)packed.at, packed.length, key);
    return (int64_t)(hash >> 1);
}

static void next_entry(struct state *state, uint64_t index, const struct entry *entry)
{
    must(index == state->position);
    state->position++;
    if (entry->marks.subjects > state->marks.subjects) state->marks.subjects = entry->marks.subjects;
    if (entry->marks.text_bytes > state->marks.text_bytes) state->marks.text_bytes = entry->marks.text_bytes;
}

static struct kind_table *table_of(struct state *state, uint64_t index, const struct entry *entry, struct error *error)
{
    for (size_t i = 0; i < state->table_count; i++)
        if (str_equal(entry->kind, str_of(state->tables[i].kind->name))) return &state->tables[i];
    fail(error, ERROR_DAMAGE, "entry %llu is of kind %.*s, which this program does not know: use a newer one",
         (unsigned long long)index, STR_ARGS(entry->kind));
    return NULL;
}

bool state_apply(struct state *state, uint64_t index, const struct entry *entry, enum apply_mode mode, uint64_t *repeated,
                 struct error *error)
{
    next_entry(state, index, entry);
    struct source *source = source_of(state, entry->source, error);
    if (!source || !places_put(state, index, entry, mode, source, error)) return false;
    if (mode == APPLY_WITHDRAWN) return true;
    struct kind_table *table = table_of(state, index, entry, error);
    if (!table) return false;
    table->newest = index + 1;
    struct str spans = entry->packed_spans, records = entry->records;
    uint64_t last = 0;
    struct record *record = &state->record;
    struct applied applied = { .index = index, .entry = entry, .kind = table->kind, .source = source->number };
    if (table->kind->sums_only) return keepers_apply(&state->keepers, &applied, false, error);
    for (struct span span; entry_span(&spans, &last, &span);)
        for (uint64_t seq = span.low;; seq++) {
            const char *start = records.at;
            if (!record_unpack(table->kind, entry->version, &records, record, error)) return false;
            record->source = entry->source;
            record->seq = seq;
            int64_t digest = table->kind->bulk ? packed_digest((struct str){ start, (size_t)(records.at - start) }) : entry->digest;
            if (!record_put(table->put, record, source, index, digest, repeated, error)) return false;
            if (seq == span.high) break;
        }
    return keepers_apply(&state->keepers, &applied, false, error);
}

void state_skip(struct state *state, uint64_t index, const struct entry *entry)
{
    next_entry(state, index, entry);
}

bool state_commit(struct state *state, struct error *error)
{
    for (size_t i = 0; i < state->sources.count; i++)
        if (state->sources.at[i].touched_count && !seen_put(state, &state->sources.at[i], error)) return false;
    if (!meta_put(state->store, STR("position"), state->position, error) ||
        !meta_put(state->store, STR("subjects"), state->marks.subjects, error) ||
        !meta_put(state->store, STR("text_bytes"), state->marks.text_bytes, error) || !store_commit(state->store, error))
        return false;
    state->committed = state->position;
    return keepers_commit(&state->keepers, state->committed, error);
}

void state_rollback(struct state *state)
{
    struct error ignored;
    store_rollback(state->store, &ignored);
    keepers_abandon(&state->keepers);
}

uint64_t state_newest(const struct state *state, const struct kind *kind)
{
    size_t i = 0;
    while (i < state->table_count && state->tables[i].kind != kind) i++;
    return i < state->table_count ? state->tables[i].newest : 0;
}

struct vault_marks state_marks(const struct state *state)
{
    return state->marks;
}

void state_sources(const struct state *state, void (*source)(void *context, struct str name, const struct seen *seen), void *context)
{
    for (size_t i = 0; i < state->sources.count; i++)
        source(context, source_name(&state->sources.at[i]), &state->sources.at[i].seen);
}

bool state_list_sources(struct store *store, void (*source)(void *context, struct str name, uint64_t records), void *context,
                        struct error *error)
{
    struct statement *select = store_prepare(store, list_sources, error);
    bool row = select != NULL;
    while (row) {
        if (!statement_step(select, &row, error)) return false;
        if (row) source(context, column_text(select, 0), (uint64_t)column_number(select, 1));
    }
    return select != NULL;
}

static bool place_select(struct store *store, const char *sql, struct str source, uint64_t seq, struct place *place, bool *found,
                         struct error *error)
{
    struct statement *select = store_prepare(store, sql, error);
    if (!select) return false;
    statement_text(select, 1, source);
    statement_number(select, 2, (int64_t)seq);
    if (!statement_step(select, found, error)) return false;
    if (*found) *place = (struct place){ (uint64_t)column_number(select, 0), column_number(select, 2) != 0, column_number(select, 1) };
    statement_reset(select);
    return true;
}

static bool place_missing(struct str source, uint64_t seq, struct error *error)
{
    return fail_both(error, ERROR_NOT_FOUND, "no record %llu of source %.*s is in the ledger",
                     "账本中没有序号 %llu、来源 %.*s 的记录", (unsigned long long)seq, STR_ARGS(source));
}

bool place_find(struct store *store, struct str source, uint64_t seq, struct place *place, struct error *error)
{
    bool found;
    if (!place_select(store, select_place, source, seq, place, &found, error)) return false;
    return found || place_missing(source, seq, error);
}

bool place_find_single(struct store *store, struct str source, uint64_t seq, struct place *place, struct error *error)
{
    bool found;
    if (!place_select(store, select_one_place, source, seq, place, &found, error)) return false;
    return found || place_missing(source, seq, error);
}

bool state_stored_position(struct store *store, uint64_t *position, struct error *error)
{
    bool found;
    return meta_get(store, STR("position"), position, &found, error);
}

bool state_digest(struct store *store, struct hash *digest, struct error *error)
{
    static const struct {
        const char *table, *order;
    } spine[] = {
        { "meta", "\"name\"" },
        { "source_name", "\"source\"" },
        { "seen", "\"source\", \"low\"" },
        { "place", "\"source\", \"low\", \"entry\"" },
    };
    struct sha256_run *run = sha256_start();
    bool done = true;
    for (size_t i = 0; done && i < sizeof spine / sizeof *spine; i++)
        done = store_digest(store, spine[i].table, spine[i].order, run, error);
    const struct kind *kinds[KINDS_MAX];
    size_t count = kinds_all(kinds);
    struct text order = { 0 };
    for (size_t i = 0; done && i < count; i++) {
        if (kinds[i]->sums_only) continue;
        order.length = 0;
        add_key(&order, kinds[i]);
        done = store_digest(store, kinds[i]->name, text_zero(&order), run, error);
    }
    for (size_t i = 0; i < measure_count; i++) {
        const struct keeping *keeping = measures[i]->keeping;
        for (size_t t = 0; done && keeping && t < keeping->digested_count; t++)
            done = store_digest(store, keeping->digested[t][0], keeping->digested[t][1], run, error);
    }
    text_close(&order);
    *digest = sha256_end(run);
    return done;
}

struct hash state_kept_digest(struct state *state)
{
    struct sha256_run *run = sha256_start();
    keepers_digest(&state->keepers, run);
    return sha256_end(run);
}
