/* Binding a map to a file's columns, and rows to records by it. */
#include <stdio.h>
#include <stdlib.h>

#include "base/number.h"
#include "door/map_parts.h"
#include "door/normal.h"
#include "door/quote.h"

/* ---- columns ---- */

static size_t column_find(const struct str *columns, size_t count, struct str name, size_t *times)
{
    size_t found = count;
    *times = 0;
    for (size_t i = count; i-- > 0;) {
        if (!map_same_column(columns[i], name)) continue;
        found = i;
        ++*times;
    }
    return found;
}

static bool bind_rule(struct rule *rule, const struct str *columns, size_t count, bool *used, struct error *error)
{
    char room[QUOTE_ROOM];
    for (size_t i = 0; i < rule->column_count; i++) {
        size_t times, found = column_find(columns, count, rule->columns[i], &times);
        rule->places[i] = times ? found : (size_t)ABSENT_COLUMN;
        if (times) used[found] = true;
        if (times > 1)
            return fail_both(error, ERROR_INPUT,
                             "the file has %zu columns %s, and %s is to come from one: rename the others in the file",
                             "文件中有 %zu 列都叫 %s，而 %s 只能取自一列：请在文件中给其余的列改名", times,
                             quote(rule->columns[i], room), rule->field->name);
        if (!times && !rule->optional)
            return fail_both(error, ERROR_INPUT,
                             "the file has no column %s, from which the map takes %s: correct the name in the map, or add "
                             "\"optional\": true there where some files lack it",
                             "文件中没有 %s 列，而对应表要从中取 %s：请改正对应表中的列名；如有的文件没有这一列，请在该处加上 \"optional\": true",
                             quote(rule->columns[i], room), rule->field->name);
    }
    return true;
}

static bool is_ignored(const struct map *map, struct str column)
{
    for (size_t i = 0; i < map->ignored_count; i++)
        if (map_same_column(map->ignored[i], column)) return true;
    return map_same_column(column, STR("rejected"));
}

static bool unknown_column(const struct map *map, struct str column, struct error *error)
{
    char room[QUOTE_ROOM], fields[200];
    size_t used = 0;
    if (!map->plain)
        return fail_both(error, ERROR_INPUT,
                         "the file has a column %s that the map does not name: give it to a field, or list it under "
                         "\"ignore\" (\"ignore\": \"*\" for all others)",
                         "文件中有 %s 列，对应表没有提到：请把它对应到某个字段，或列入 \"ignore\"（\"ignore\": \"*\" 表示忽略其余各列）",
                         quote(column, room));
    for (size_t i = 0; i < map->kind->field_count && used < sizeof fields; i++)
        used += (size_t)snprintf(fields + used, sizeof fields - used, "%s%s", i ? ", " : "", map->kind->fields[i].name);
    return fail_both(error, ERROR_INPUT,
                     "the file has a column %s that a %s does not have (it has %s): take it out, or load with a map, which "
                     "`mingbai map %s FILE` proposes",
                     "文件中有 %s 列，而 %s 类记录没有这个字段（只有 %s）：请删去该列，或用对应表装入（`mingbai map %s FILE` 可生成草稿）",
                     quote(column, room), map->kind->name, fields, map->kind->name);
}

/* Whether cells of a field are often the same as in the row before, and come to a number alone. */
static bool is_few(enum field_type type)
{
    return type == FIELD_CHOICE || type == FIELD_FLAG || type == FIELD_TIME || type == FIELD_DATE || type == FIELD_MONTH;
}

/* A column that no rule uses: ignored, a field by its own name, or unknown. */
static bool bind_column(struct map *map, size_t column, struct error *error)
{
    struct str name = str_trim(map->columns[column]);
    size_t target = map_target(map->kind, name);
    if (is_ignored(map, name)) return true;
    if (!name.length) {
        map->barred[map->barred_count++] = column;
        return true;
    }
    if (target > map_seq(map->kind) || map_rule(map, target)) {
        if (!map->is_bound) return map->ignores_all || unknown_column(map, name, error);
        if (!map->ignores_all) map->barred[map->barred_count++] = column; /* only the rows that have it are refused */
        return true;
    }
    const struct field *field = map_target_field(map->kind, target);
    for (size_t i = 0; i < map->step_count; i++)
        if (map->steps[i].target == target)
            return fail_both(error, ERROR_INPUT, "the file has two columns %s: take one out", "文件中有两列 %s：请删去一列", field->name);
    map->steps[map->step_count++] = (struct step){ .field = field, .column = column, .target = target,
                                                   .keeps_last = target < map->kind->field_count && is_few(field->type) };
    return true;
}

static bool has_target(const struct map *map, size_t target)
{
    for (size_t i = 0; i < map->step_count; i++)
        if (map->steps[i].target == target) return true;
    return map_rule(map, target) != NULL;
}

static bool check_needed(const struct map *map, struct error *error)
{
    for (size_t i = 0; !map->plain && i < map->kind->field_count; i++)
        if (map->kind->fields[i].flags & FIELD_NEEDED && !has_target(map, i))
            return fail_both(error, ERROR_INPUT,
                             "the map says nothing of %s, which every %s needs (%s%.0s): give it a column, or a \"value\" for all",
                             "对应表没有提到 %s，而每条 %s 记录都须填写（%.0s%s）：请给它一列，或用 \"value\" 给所有行同一个值",
                             map->kind->fields[i].name, map->kind->name, map->kind->fields[i].says[ENGLISH],
                             map->kind->fields[i].says[CHINESE]);
    return true;
}

bool map_bind(struct map *map, const struct str *columns, size_t count, struct error *error)
{
    map->columns = reallocate(map->columns, count * sizeof *map->columns);
    map->steps = reallocate(map->steps, count * sizeof *map->steps);
    map->barred = reallocate(map->barred, count * sizeof *map->barred);
    for (size_t i = 0; i < count; i++)
        map->columns[i] = columns[i];
    map->column_count = count;
    map->step_count = map->barred_count = 0;
    bool *used = allocate(count), done = true;
    for (size_t i = 0; done && i < map->rule_count; i++)
        done = bind_rule(&map->rules[i], columns, count, used, error);
    for (size_t i = 0; done && i < count; i++)
        done = used[i] || bind_column(map, i, error);
    free(used);
    done = done && check_needed(map, error);
    map->is_bound = map->is_bound || done;
    return done;
}

bool map_has_seq(const struct map *map)
{
    return has_target(map, map_seq(map->kind));
}

/* ---- one row ---- */

static bool is_blank(const struct cell *cell)
{
    if (cell->type != CELL_TEXT) return cell->type == CELL_NULL;
    if (!cell->text.length) return true;
    char first = cell->text.at[0];
    return (first <= ' ' || first > '~') && !str_trim(cell->text).length;
}

static const struct cell *cell_at(const struct row *row, size_t column)
{
    static const struct cell none = { .type = CELL_NULL };
    return column < row->count ? &row->cells[column] : &none;
}

/* A cell into the record, which may be its source or seq. */
static bool put(const struct map *map, const struct field *field, size_t target, struct cell cell, int64_t now,
                struct arena *arena, struct record *record, struct error *error)
{
    struct value value;
    if (target < map->kind->field_count) {
        record->present |= UINT32_C(1) << target;
        return field_parse(field, cell, now, arena, &record->values[target], error);
    }
    if (!field_parse(field, cell, now, arena, &value, error)) return false;
    if (target == map_seq(map->kind)) {
        record->seq = (uint64_t)value.number;
    } else if (value.text.length > MAP_SOURCE_BYTES || str_find(value.text, '\n') < value.text.length) {
        return fail_both(error, ERROR_INPUT, "a source is one line of at most %d bytes", "来源名称须为一行，最多 %d 字节", MAP_SOURCE_BYTES);
    } else {
        record->source = value.text;
    }
    return true;
}

/* As put, for a step that keeps the last cell and what came of it. */
static bool put_kept(struct step *step, const struct cell *cell, int64_t now, struct arena *arena, struct record *record, struct error *error)
{
    struct value *value = &record->values[step->target];
    bool is_same = cell->type == CELL_TEXT && cell->text.length == step->last_length && !memcmp(cell->text.at, step->last, step->last_length);
    record->present |= UINT32_C(1) << step->target;
    if (is_same && step->last_length) {
        *value = (struct value){ .number = step->last_number };
        return true;
    }
    step->last_length = 0;
    if (!field_parse(step->field, *cell, now, arena, value, error)) return false;
    if (cell->type != CELL_TEXT || cell->text.length > LAST_ROOM) return true;
    memcpy(step->last, cell->text.at, cell->text.length);
    step->last_length = cell->text.length;
    step->last_number = value->number;
    return true;
}

static struct str cell_text(const struct cell *cell)
{
    return cell->type == CELL_TRUE ? STR("true") : cell->type == CELL_FALSE ? STR("false") : str_trim(cell->text);
}

static struct str joined(struct arena *arena, struct str first, struct str between, struct str last)
{
    char *all = arena_take(arena, first.length + between.length + last.length + 1), *end = all;
    end = first.length ? mempcpy(end, first.at, first.length) : end;
    end = between.length ? mempcpy(end, between.at, between.length) : end;
    end = last.length ? mempcpy(end, last.at, last.length) : end;
    return (struct str){ all, (size_t)(end - all) };
}

static bool is_number_cell(const struct cell *cell)
{
    return cell->type == CELL_NUMBER || cell->type == CELL_DATE;
}

/* The columns of a rule as one cell: joined, blank ones left out. A sheet's day and time of day, 42116 and 0.66, are added. */
static struct cell gather(const struct rule *rule, const struct row *row, struct arena *arena)
{
    struct cell all = { .type = CELL_NULL };
    for (size_t i = 0; i < rule->column_count; i++) {
        const struct cell *cell = cell_at(row, rule->places[i]);
        struct str join = rule->join, text = cell_text(cell);
        if (is_blank(cell)) continue;
        if (all.type == CELL_NULL) {
            all = (struct cell){ cell->type == CELL_OTHER ? cell->text : text, cell->type };
            continue;
        }
        bool adds = rule->field->type == FIELD_TIME && is_number_cell(&all) && is_number_cell(cell) &&
                    str_starts(text, STR("0.")) && str_find(all.text, '.') == all.text.length;
        if (adds) {
            join = STR("");
            text = (struct str){ text.at + 1, text.length - 1 };
        }
        all = (struct cell){ joined(arena, all.text, join, text), adds ? CELL_DATE : CELL_TEXT };
    }
    return all;
}

/* A name as a code: "AT&T Mobility, Inc." is "at-t-mobility-inc". */
static struct cell code_of(const struct cell *cell, struct arena *arena)
{
    struct str name = cell_text(cell);
    char *code = arena_take(arena, name.length + 1);
    size_t length = 0;
    for (size_t i = 0; i < name.length; i++) {
        char byte = name.at[i] >= 'A' && name.at[i] <= 'Z' ? (char)(name.at[i] + 32) : name.at[i];
        if ((byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9'))
            code[length++] = byte;
        else if (length && code[length - 1] != '-')
            code[length++] = '-';
    }
    length -= length && code[length - 1] == '-';
    return length ? (struct cell){ { code, length }, CELL_TEXT } : *cell;
}

/* The table of values: *cell becomes what stands there for it. */
static bool translate(const struct rule *rule, struct cell *cell, bool *translated, struct error *error)
{
    char room[QUOTE_ROOM];
    struct str from = cell_text(cell);
    for (size_t i = 0; i < rule->translation_count; i++) {
        if (!str_equal_folded(from, rule->translations[i].from)) continue;
        *cell = (struct cell){ rule->translations[i].to, rule->translations[i].absent ? CELL_NULL : CELL_TEXT };
        *translated = true;
        return true;
    }
    switch (rule->otherwise) {
    case OTHERWISE_KEPT:
        break;
    case OTHERWISE_ABSENT:
        *cell = (struct cell){ .type = CELL_NULL };
        break;
    case OTHERWISE_VALUE:
        *cell = (struct cell){ rule->otherwise_value, CELL_TEXT };
        *translated = true;
        break;
    case OTHERWISE_REFUSED:
        return fail_both(error, ERROR_INPUT,
                         "%s is not among the map's values for %s: add it to \"values\" there, or say \"otherwise\"",
                         "%s 不在对应表为 %s 列出的值之中：请加进 \"values\"，或写明 \"otherwise\"", quote(from, room), rule->field->name);
    }
    return true;
}

static bool rewrite_form(const struct rule *rule, struct arena *arena, struct cell *cell, struct error *error)
{
    char room[QUOTE_ROOM], known[240];
    size_t length, used = 0;
    struct str text;
    char *out = arena_take(arena, DATE_TEXT_ROOM);
    if (!normal_text(cell->text, arena, &text)) return fail_both(error, ERROR_INPUT, "%s is not UTF-8",
                                                                 "%s 不是 UTF-8 编码的文字", quote(cell->text, room));
    for (size_t i = 0; i < rule->form_count; i++) {
        if (!date_form_rewrite(&rule->forms[i], text, rule->offset, out, &length)) continue;
        *cell = (struct cell){ { out, length }, CELL_TEXT };
        return true;
    }
    for (size_t i = 0; i < rule->form_count && used < sizeof known; i++)
        used += (size_t)snprintf(known + used, sizeof known - used, "%s%.*s", i ? ", " : "", STR_ARGS(rule->forms[i].text));
    return fail_both(error, ERROR_INPUT, "%s is no real date in the map's forms: %s", "%s 不是符合对应表所列格式的真实日期：%s",
                     quote(text, room), known);
}

/* A time that says no offset is given the map's. What is no time at all is left for the field to refuse. */
static bool add_offset(const struct rule *rule, struct arena *arena, struct cell *cell)
{
    int64_t moment;
    int32_t day;
    struct str text;
    char shown[MOMENT_ROOM];
    if (!normal_text(cell->text, arena, &text) || date_has_offset(text) || !moment_parse(text, &moment)) return true;
    if (rule->field->flags & FIELD_DAY_ENDS && day_parse(text, &day)) moment = day_start(day + 1);
    size_t length = moment_format(moment, shown) - strlen("+08:00");
    *cell = (struct cell){ joined(arena, (struct str){ shown, length }, rule->offset, STR("")), CELL_TEXT };
    return true;
}

/* A number times the factor, exactly; what is not whole (a count) or has more than 6 decimals is refused or rounded. */
static bool multiply(const struct rule *rule, struct arena *arena, struct cell *cell, struct error *error)
{
    const struct field number = { .name = "number", .type = rule->field->type == FIELD_MONEY ? FIELD_MONEY : FIELD_DECIMAL };
    const bool whole = rule->field->type == FIELD_COUNT;
    const __int128 scale = whole ? (__int128)1000000 * 1000000 : 1000000;
    struct value value;
    char room[QUOTE_ROOM], digits[DECIMAL_ROOM];
    if (!field_parse(&number, *cell, INT64_MAX, arena, &value, error)) return false;
    __int128 product = (__int128)value.number * rule->factor, result = product / scale, rest = product % scale;
    if (rest && !rule->round)
        return fail_both(error, ERROR_INPUT,
                         "%s times the map's factor is no %s%.0s: check the unit, or add \"round\": true in the map",
                         "%s 乘以对应表的倍数后不是%.0s%s：请核对单位，或在对应表中加上 \"round\": true", quote(cell->text, room),
                         whole ? "whole number" : "number with at most 6 decimals", whole ? "整数" : "最多 6 位小数的数");
    if (2 * (rest < 0 ? -rest : rest) >= scale) result += product < 0 ? -1 : 1;
    if (result > INT64_MAX || result < INT64_MIN)
        return fail_both(error, ERROR_INPUT, "%s is too large in the map's unit", "%s 按对应表的单位换算后太大：请核对单位",
                         quote(cell->text, room));
    size_t length = decimal_format((int64_t)result, whole ? 0 : MONEY_DECIMALS, 0, digits);
    *cell = (struct cell){ { arena_copy(arena, digits, length), length }, CELL_TEXT };
    return true;
}

static struct str source_line(const struct record *record, struct arena *arena)
{
    char digits[DECIMAL_ROOM];
    size_t length = decimal_format((int64_t)record->seq, 0, 0, digits);
    return joined(arena, record->source, STR("-"), (struct str){ digits, length });
}

/* One rule on one row: the cell that its field gets, CELL_NULL for none. */
static bool work(const struct rule *rule, const struct row *row, const struct record *record, struct arena *arena,
                 struct cell *cell, struct error *error)
{
    *cell = rule->origin == FROM_COLUMNS ? gather(rule, row, arena)
            : rule->origin == FROM_VALUE ? (struct cell){ rule->value, CELL_TEXT }
                                         : (struct cell){ source_line(record, arena), CELL_TEXT };
    if (rule->as_it_stands || cell->type == CELL_NULL || cell->type == CELL_OTHER) return true;
    bool translated = rule->origin == FROM_VALUE;
    if (rule->translations && !translate(rule, cell, &translated, error)) return false;
    if (cell->type == CELL_NULL) return true;
    if (rule->code && !translated) *cell = code_of(cell, arena);
    if (rule->before.length) *cell = (struct cell){ joined(arena, rule->before, STR(""), cell_text(cell)), CELL_TEXT };
    if (rule->factor) return multiply(rule, arena, cell, error);
    if (rule->form_count && !is_number_cell(cell)) return rewrite_form(rule, arena, cell, error);
    return !rule->offset.length || add_offset(rule, arena, cell);
}

/* The columns of a rule, for a person who has to find them in the file. */
static struct str rule_name(const struct rule *rule, struct arena *arena)
{
    if (!rule->column_count) return str_of(rule->field->name);
    struct str name = joined(arena, rule->columns[0], STR(""), STR(""));
    for (size_t i = 1; i < rule->column_count; i++)
        name = joined(arena, name, STR(" + "), rule->columns[i]);
    return name;
}

/* No cell where the map has no place for one. */
static bool nothing_barred(const struct map *map, const struct row *row, struct str *field, struct error *error)
{
    char room[QUOTE_ROOM];
    for (size_t i = 0; i < map->barred_count; i++) {
        const struct cell *cell = cell_at(row, map->barred[i]);
        if (is_blank(cell)) continue;
        *field = str_trim(map->columns[map->barred[i]]);
        if (field->length) return unknown_column(map, *field, error);
        return fail_both(error, ERROR_INPUT, "%s stands in column %zu, which has no heading: give it one, or empty it",
                         "%s 所在的第 %zu 列没有列名：请加上列名，或清空该列", quote(cell->text, room), map->barred[i] + 1);
    }
    return true;
}

bool map_record(struct map *map, const struct row *row, struct str default_source, int64_t now, struct arena *arena,
                struct record *record, struct str *field, struct error *error)
{
    record->kind = map->kind;
    record->source = default_source;
    record->seq = row->line;
    record->present = 0;
    for (size_t i = 0; i < map->step_count; i++) {
        struct step *step = &map->steps[i];
        const struct cell *cell = cell_at(row, step->column);
        if (is_blank(cell)) continue;
        if (step->keeps_last ? put_kept(step, cell, now, arena, record, error) : put(map, step->field, step->target, *cell, now, arena, record, error))
            continue;
        *field = str_of(step->field->name);
        return false;
    }
    for (size_t i = 0; i < map->rule_count; i++) {
        const struct rule *rule = &map->rules[i];
        struct cell cell;
        if (work(rule, row, record, arena, &cell, error) &&
            (is_blank(&cell) || put(map, rule->field, rule->target, cell, now, arena, record, error)))
            continue;
        *field = rule_name(rule, arena);
        return false;
    }
    return nothing_barred(map, row, field, error);
}
