/* Proposing a map: our fields matched to a file's columns, for a person to correct. A question mark stands where only a
   person knows. */
#include <jansson.h>
#include <stdlib.h>

#include "base/moment.h"
#include "door/map_guess.h"
#include "door/map_parts.h"
#include "door/quote.h"

enum { PROPOSE_ROWS = 1000, PROPOSE_VALUES = 100, PROPOSE_CELL_BYTES = 400, NO_COLUMN = READER_COLUMNS };

struct proposal {
    const struct kind *kind;
    struct arena arena;
    const struct str *columns;
    size_t column_count;
    struct cell *rows[PROPOSE_ROWS];
    size_t widths[PROPOSE_ROWS]; /* columns known when the row was read */
    size_t row_count;
    size_t column_of[FIELDS_MAX]; /* of each field, or NO_COLUMN */
    bool used[READER_COLUMNS];
    json_t *notes;
};

/* ---- the first rows ---- */

static bool read_rows(struct proposal *proposal, struct reader *reader, struct error *error)
{
    bool more = true;
    struct row row;
    while (proposal->row_count < PROPOSE_ROWS) {
        if (!reader_next(reader, &row, &more, error)) return false;
        if (!more) break;
        if (row.problem.english) continue;
        size_t width = row.count < READER_COLUMNS ? row.count : READER_COLUMNS;
        struct cell *cells = arena_take(&proposal->arena, width * sizeof *cells);
        for (size_t i = 0; i < width; i++) {
            struct str text = str_trim(row.cells[i].text);
            if (text.length > PROPOSE_CELL_BYTES) text.length = PROPOSE_CELL_BYTES;
            cells[i].text = (struct str){ arena_copy(&proposal->arena, text.at, text.length), text.length };
            cells[i].type = row.cells[i].type != CELL_NULL && text.length ? row.cells[i].type : CELL_NULL;
        }
        proposal->widths[proposal->row_count] = width;
        proposal->rows[proposal->row_count++] = cells;
    }
    proposal->columns = reader_columns(reader, &proposal->column_count);
    if (proposal->column_count > READER_COLUMNS) proposal->column_count = READER_COLUMNS;
    return true;
}

static struct cell cell_of(const struct proposal *proposal, size_t row, size_t column)
{
    return column < proposal->widths[row] ? proposal->rows[row][column] : (struct cell){ .type = CELL_NULL };
}

/* The different values of a column as texts, at most PROPOSE_VALUES. */
static size_t values_of(const struct proposal *proposal, size_t column, struct cell values[PROPOSE_VALUES])
{
    size_t count = 0;
    for (size_t row = 0; row < proposal->row_count && count < PROPOSE_VALUES; row++) {
        struct cell cell = cell_of(proposal, row, column);
        size_t i = 0;
        while (i < count && !str_equal(values[i].text, cell.text))
            i++;
        if (i == count && cell.type != CELL_NULL) values[count++] = cell;
    }
    return count;
}

/* How many of the values the field takes as they are. */
static size_t values_taken(struct proposal *proposal, const struct field *field, const struct cell *values, size_t count)
{
    size_t taken = 0;
    struct value value;
    for (size_t i = 0; i < count; i++)
        taken += field_parse(field, values[i], INT64_MAX, &proposal->arena, &value, NULL);
    return taken;
}

static int compare_texts(const void *a, const void *b)
{
    const struct str *one = a, *other = b;
    size_t least = one->length < other->length ? one->length : other->length;
    int order = least ? memcmp(one->at, other->at, least) : 0;
    return order ? order : (one->length > other->length) - (one->length < other->length);
}

/* How many different values all the rows have. */
static size_t count_different(struct proposal *proposal, size_t column)
{
    struct str *texts = allocate((proposal->row_count + 1) * sizeof *texts);
    size_t count = 0, different = 0;
    for (size_t row = 0; row < proposal->row_count; row++)
        if (cell_of(proposal, row, column).type != CELL_NULL) texts[count++] = cell_of(proposal, row, column).text;
    qsort(texts, count, sizeof *texts, compare_texts);
    for (size_t i = 0; i < count; i++)
        different += i == 0 || !str_equal(texts[i], texts[i - 1]);
    free(texts);
    return different;
}

static bool is_status_column(const struct proposal *proposal, size_t column)
{
    struct cell values[PROPOSE_VALUES];
    size_t count = values_of(proposal, column, values), words = 0;
    for (size_t i = 0; i < count; i++)
        words += guess_is_status(values[i].text);
    return count && words * 5 >= count * 4;
}

static bool is_own_number(const struct field *field)
{
    return field->type == FIELD_ID && field->flags & FIELD_KEY && field->flags & FIELD_NEEDED;
}

/* ---- which column is which field ---- */

static void take(struct proposal *proposal, size_t field, size_t column)
{
    proposal->column_of[field] = column;
    proposal->used[column] = true;
}

/* By its name, unless what it holds speaks against it: the numbers of cases hardly ever repeat, and "Done" is no code. */
static int fit_of(struct proposal *proposal, const struct field *field, size_t column)
{
    if (proposal->used[column]) return 0;
    int fit = guess_name(field, proposal->columns[column]);
    if (!fit || map_same_column(str_of(field->name), proposal->columns[column])) return fit;
    bool against = (is_own_number(field) && count_different(proposal, column) * 20 < proposal->row_count * 19) ||
                   (field->type == FIELD_CODE && is_status_column(proposal, column));
    return against ? 0 : fit;
}

/* The best fit of a name first, until none is left. Our own columns that are no fields need no map. */
static void match_names(struct proposal *proposal)
{
    int best;
    for (size_t column = 0; column < proposal->column_count; column++) {
        size_t target = map_target(proposal->kind, proposal->columns[column]);
        proposal->used[column] = target == map_source(proposal->kind) || target == map_seq(proposal->kind) ||
                                 map_same_column(proposal->columns[column], STR("rejected"));
    }
    do {
        size_t best_field = 0, best_column = 0;
        best = 0;
        for (size_t field = 0; field < proposal->kind->field_count; field++) {
            for (size_t column = 0; proposal->column_of[field] == NO_COLUMN && column < proposal->column_count; column++) {
                int fit = fit_of(proposal, &proposal->kind->fields[field], column);
                if (fit <= best) continue;
                best = fit;
                best_field = field;
                best_column = column;
            }
        }
        if (best) take(proposal, best_field, best_column);
    } while (best);
}

static bool column_fits(struct proposal *proposal, const struct field *field, size_t column)
{
    if (strcmp(field->name, "outcome") == 0) return is_status_column(proposal, column);
    struct cell values[PROPOSE_VALUES];
    struct str texts[PROPOSE_VALUES];
    size_t count = values_of(proposal, column, values), phones = 0;
    for (size_t i = 0; i < count; i++) {
        texts[i] = values[i].text;
        phones += guess_is_phone(texts[i]);
    }
    if (field->type == FIELD_PERSON) return count && phones * 5 >= count * 4;
    return count && (values_taken(proposal, field, values, count) * 5 >= count * 4 ||
                     guess_forms(texts, count, &proposal->arena).read * 5 >= count * 4);
}

/* By what they hold: a time that is needed, a person's number, words for how a case stands. */
static void match_contents(struct proposal *proposal)
{
    for (size_t i = 0; i < proposal->kind->field_count; i++) {
        const struct field *field = &proposal->kind->fields[i];
        bool asks = field->type == FIELD_PERSON || (field->type == FIELD_TIME && field->flags & FIELD_NEEDED) ||
                    strcmp(field->name, "outcome") == 0;
        for (size_t column = 0; asks && proposal->column_of[i] == NO_COLUMN && column < proposal->column_count; column++)
            if (!proposal->used[column] && column_fits(proposal, field, column)) take(proposal, i, column);
    }
}

/* ---- the rules ---- */

static json_t *json_of(struct str text)
{
    json_t *json = json_stringn(text.length ? text.at : "", text.length);
    return json ? json : json_string("?");
}

static void note(struct proposal *proposal, const char *english, const char *chinese)
{
    json_array_append_new(proposal->notes, json_string(english));
    json_array_append_new(proposal->notes, json_string(chinese));
}

static bool is_clock_column(struct proposal *proposal, size_t column)
{
    struct cell values[PROPOSE_VALUES];
    size_t count = values_of(proposal, column, values), clocks = 0;
    for (size_t i = 0; i < count; i++)
        clocks += guess_is_clock(values[i].text, &proposal->arena);
    return count && clocks == count;
}

static void add_forms(struct proposal *proposal, json_t *rule, const struct str *samples, size_t count)
{
    struct guess_forms guess = guess_forms(samples, count, &proposal->arena);
    json_t *forms = json_array();
    for (size_t i = 0; i < guess.count; i++)
        json_array_append_new(forms, json_of(guess.forms[i]));
    if (!guess.count) json_array_append_new(forms, json_string("?"));
    json_object_set_new(rule, "forms", forms);
    if (guess.either_way)
        note(proposal, "Day and month could be the other way round in every date seen: ask, and change the forms if so.",
             "所见日期的日和月都可能颠倒：请核实，必要时修改 forms。");
    if (guess.damaged)
        note(proposal,
             "Days above 12 stand as day-month, the others seem to stand as month-day, as a spreadsheet leaves them: the forms "
             "are "
             "tried in order. Check it against numbers that rise with time.",
             "大于 12 的日期为“日-月”，其余似为“月-日”，是电子表格转换所致：各格式按顺序尝试。请用随时间递增的编号核对。");
}

/* A day with its time of day in the next column that has one, if it has none itself; and its forms where they are needed. */
static json_t *rule_of_time(struct proposal *proposal, const struct field *field, size_t column)
{
    struct str *samples = arena_take(&proposal->arena, (proposal->row_count + 1) * sizeof *samples);
    size_t clock = NO_COLUMN, count = 0, taken = 0;
    struct cell day;
    for (size_t row = 0; row < proposal->row_count; row++) {
        if ((day = cell_of(proposal, row, column)).type == CELL_NULL || day.type == CELL_DATE) continue;
        samples[count++] = day.text;
    }
    bool day_only = count && !memchr(samples[0].at, ':', samples[0].length);
    for (size_t i = 0; field->type == FIELD_TIME && day_only && clock == NO_COLUMN && i < proposal->column_count; i++)
        if (!proposal->used[i] && is_clock_column(proposal, i)) clock = i;
    json_t *rule = json_pack("{so}", "column", json_of(proposal->columns[column]));
    if (clock != NO_COLUMN) {
        proposal->used[clock] = true;
        json_object_del(rule, "column");
        json_object_set_new(rule, "columns",
                            json_pack("[oo]", json_of(proposal->columns[column]), json_of(proposal->columns[clock])));
        count = 0;
        for (size_t row = 0; row < proposal->row_count; row++) {
            struct text joined = { 0 };
            if ((day = cell_of(proposal, row, column)).type == CELL_NULL || day.type == CELL_DATE) continue;
            text_format(&joined, "%.*s %.*s", STR_ARGS(day.text), STR_ARGS(cell_of(proposal, row, clock).text));
            samples[count++] = (struct str){ arena_copy(&proposal->arena, joined.at, joined.length), joined.length };
            text_close(&joined);
        }
    }
    for (size_t i = 0; i < count; i++) {
        struct value value;
        taken += field_parse(field, (struct cell){ samples[i], CELL_TEXT }, INT64_MAX, &proposal->arena, &value, NULL);
    }
    if (taken < count) add_forms(proposal, rule, samples, count);
    return rule;
}

/* A table of the values seen, with what they are where that is plain. */
static json_t *rule_of_values(struct proposal *proposal, const struct field *field, size_t column, const struct cell *values,
                              size_t count)
{
    json_t *table = json_object();
    struct text word = { 0 };
    for (size_t i = 0; i < count; i++) {
        struct value value;
        bool taken = field->type != FIELD_CODE && field_parse(field, values[i], INT64_MAX, &proposal->arena, &value, NULL);
        word.length = 0;
        if (taken) value_text(field, &value, &word);
        json_t *to = guess_is_open(values[i].text) ? json_null() : json_of(taken ? text_str(&word) : STR("?"));
        json_object_setn_new(table, values[i].text.at, values[i].text.length, to);
    }
    text_close(&word);
    return json_pack("{soso}", "column", json_of(proposal->columns[column]), "values", table);
}

/* Whether they look like codes and not like names of places or firms. */
static bool are_codes(const struct cell *values, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        bool digit = false, large = false, small = false;
        for (size_t j = 0; j < values[i].text.length; j++) {
            char byte = values[i].text.at[j];
            digit = digit || (byte >= '0' && byte <= '9');
            large = large || (byte >= 'A' && byte <= 'Z');
            small = small || (byte >= 'a' && byte <= 'z');
        }
        if (!digit && large && small) return false;
    }
    return true;
}

static json_t *rule_of(struct proposal *proposal, size_t i)
{
    const struct field *field = &proposal->kind->fields[i];
    size_t column = proposal->column_of[i];
    if (column == NO_COLUMN) {
        if (!(field->flags & FIELD_NEEDED)) return NULL;
        if (is_own_number(field)) return json_pack("{ss}", "made", "source-line");
        return json_pack("{ss}", field->type == FIELD_TIME || field->type == FIELD_PERSON ? "column" : "value", "?");
    }
    struct cell values[PROPOSE_VALUES];
    size_t count = values_of(proposal, column, values), taken = values_taken(proposal, field, values, count);
    switch (field->type) {
    case FIELD_TIME:
    case FIELD_DATE:
    case FIELD_MONTH:
        return rule_of_time(proposal, field, column);
    case FIELD_CHOICE:
    case FIELD_FLAG:
        if (taken < count) return rule_of_values(proposal, field, column, values, count);
        break;
    case FIELD_CODE:
        if (taken < count || !are_codes(values, count)) return rule_of_values(proposal, field, column, values, count);
        break;
    case FIELD_ID:
        for (size_t j = 0; j < count; j++)
            if (guess_is_open(values[j].text)) return rule_of_values(proposal, field, column, values, count);
        break;
    default:
        break;
    }
    return json_pack("{so}", "column", json_of(proposal->columns[column]));
}

/* A number is made, though a column that nothing else needs may be it. */
static void note_numbers(struct proposal *proposal, const struct field *field)
{
    char room[QUOTE_ROOM];
    for (size_t column = 0; column < proposal->column_count && proposal->row_count > 1; column++) {
        struct cell values[PROPOSE_VALUES];
        size_t count = values_of(proposal, column, values);
        if (proposal->used[column] || !proposal->columns[column].length || is_clock_column(proposal, column) ||
            values_taken(proposal, field, values, count) < count || count_different(proposal, column) < proposal->row_count)
            continue;
        struct text english = { 0 }, chinese = { 0 };
        quote(proposal->columns[column], room);
        text_format(&english,
                    "The %s is made, as no column is called like one; but %s is different in every row: give that if it is one.",
                    field->name, room);
        text_format(&chinese, "没有列名像编号，%s 由程序生成；但 %s 列各行都不同：如果是编号，请改用该列。", field->name, room);
        note(proposal, text_zero(&english), text_zero(&chinese));
        text_close(&english);
        text_close(&chinese);
        return;
    }
}

static json_t *propose(struct proposal *proposal)
{
    json_t *map = json_object(), *fields = json_object(), *ignore = json_array();
    proposal->notes = json_array();
    note(proposal, "A proposal: correct it, fill in every \"?\", and take these notes out. docs/maps.md explains it.",
         "这是草稿：请核对，填好每个“?”，并删去这些说明。用法见 docs/maps.zh-CN.md。");
    for (size_t i = 0; i < proposal->kind->field_count; i++) {
        json_t *rule = rule_of(proposal, i);
        if (rule) json_object_set_new(fields, proposal->kind->fields[i].name, rule);
    }
    for (size_t i = 0; i < proposal->kind->field_count; i++)
        if (proposal->column_of[i] == NO_COLUMN && is_own_number(&proposal->kind->fields[i]))
            note_numbers(proposal, &proposal->kind->fields[i]);
    for (size_t i = 0; i < proposal->column_count; i++)
        if (!proposal->used[i] && proposal->columns[i].length) json_array_append_new(ignore, json_of(proposal->columns[i]));
    json_object_set_new(map, "kind", json_string(proposal->kind->name));
    json_object_set_new(map, "note", proposal->notes);
    json_object_set_new(map, "fields", fields);
    json_object_set_new(map, "ignore", ignore);
    return map;
}

bool map_propose(const struct kind *kind, struct reader *reader, struct text *out, struct error *error)
{
    struct proposal *proposal = allocate(sizeof *proposal);
    proposal->kind = kind;
    for (size_t i = 0; i < FIELDS_MAX; i++)
        proposal->column_of[i] = NO_COLUMN;
    bool done = read_rows(proposal, reader, error);
    if (done) {
        match_names(proposal);
        match_contents(proposal);
        json_t *map = propose(proposal);
        char *text = json_dumps(map, JSON_INDENT(2));
        must(text != NULL);
        text_add(out, str_of(text));
        text_add_byte(out, '\n');
        free(text);
        json_decref(map);
    }
    arena_close(&proposal->arena);
    free(proposal);
    return done;
}
