/* A map's JSON to its rules, with every mistake named by its place. */
#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/number.h"
#include "door/map_parts.h"
#include "door/quote.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* Where in the map we are, for its errors. */
struct place {
    struct map *map;
    const char *file, *field, *key;
    struct error *error;
};

static bool bad(const struct place *place, const char *english, const char *chinese, ...)
    __attribute__((format(printf, 2, 4), format(printf, 3, 4)));

static bool bad(const struct place *place, const char *english, const char *chinese, ...)
{
    char says[LANGUAGES][SENTENCE_ROOM];
    va_list arguments, again;
    va_start(arguments, chinese);
    va_copy(again, arguments);
    vsnprintf(says[ENGLISH], SENTENCE_ROOM, english, arguments);
    vsnprintf(says[CHINESE], SENTENCE_ROOM, chinese, again);
    va_end(again);
    va_end(arguments);
    const char *field = place->field ? place->field : "", *key = place->key ? place->key : "";
    return fail_both(place->error, ERROR_INPUT, "%s%s%.0s%s%s%s%s: %.400s%.0s", "%s%.0s%s%s%s%s%s：%.0s%s", place->file,
                     *field ? ", field \"" : "", *field ? "，字段 \"" : "", field, *field ? "\"" : "", *key ? ", " : "", key,
                     says[ENGLISH], says[CHINESE]);
}

static struct str keep(struct map *map, const json_t *string)
{
    size_t length = json_string_length(string);
    return (struct str){ arena_copy(&map->arena, json_string_value(string), length), length };
}

static bool take_string(const struct place *place, const json_t *json, struct str *string)
{
    if (!json_is_string(json)) return bad(place, "a text in quotes is wanted", "须为引号中的文字");
    *string = keep(place->map, json);
    if (str_equal(*string, STR("?"))) return bad(place, "the question mark stands for something that you must fill in", "问号处须由你填写");
    return true;
}

/* Whether the field itself would take such a text, so that a mistake shows now and not in every line. */
static bool take_field_text(const struct place *place, const struct rule *rule, const json_t *json, struct str *string)
{
    struct value value;
    struct error why = { 0 };
    if (!take_string(place, json, string)) return false;
    if (rule->forms || rule->factor || rule->before.length) return true;
    if (!field_parse(rule->field, (struct cell){ *string, CELL_TEXT }, INT64_MAX, &place->map->arena, &value, &why))
        return bad(place, "%s%.0s", "%.0s%s", why.says, why.chinese);
    return true;
}

/* ---- the keys of a rule ---- */

static bool read_columns(const struct place *place, struct rule *rule, const json_t *json)
{
    rule->origin = FROM_COLUMNS;
    if (!json_is_array(json)) {
        rule->column_count = 1;
        return take_string(place, json, &rule->columns[0]);
    }
    if (!json_array_size(json) || json_array_size(json) > MAP_COLUMNS)
        return bad(place, "one to %d column names are wanted", "须为 1 至 %d 个列名", MAP_COLUMNS);
    for (size_t i = 0; i < json_array_size(json); i++)
        if (!take_string(place, json_array_get(json, i), &rule->columns[rule->column_count++])) return false;
    return true;
}

static bool read_join(const struct place *place, struct rule *rule, const json_t *json)
{
    return take_string(place, json, &rule->join);
}

static bool read_value(const struct place *place, struct rule *rule, const json_t *json)
{
    rule->origin = FROM_VALUE;
    return take_field_text(place, rule, json, &rule->value);
}

static bool read_made(const struct place *place, struct rule *rule, const json_t *json)
{
    if (!json_is_string(json) || strcmp(json_string_value(json), "source-line") != 0)
        return bad(place, "the only thing made is \"source-line\": the source's name and the line",
                   "能生成的只有 \"source-line\"：来源名称加行号");
    rule->origin = FROM_SOURCE_LINE;
    return true;
}

static bool read_before(const struct place *place, struct rule *rule, const json_t *json)
{
    return take_string(place, json, &rule->before);
}

static bool read_offset(const struct place *place, struct rule *rule, const json_t *json)
{
    struct str given;
    char offset[DATE_OFFSET_ROOM];
    if (!take_string(place, json, &given)) return false;
    if (!date_offset(given, offset))
        return bad(place, "an offset from UTC is wanted, as \"-05:00\", \"+08:00\" or \"Z\"",
                   "须为与 UTC 的时差，写作 \"-05:00\"、\"+08:00\" 或 \"Z\"");
    rule->offset = str_of(arena_copy(&place->map->arena, offset, strlen(offset)));
    return true;
}

static bool read_forms(const struct place *place, struct rule *rule, const json_t *json)
{
    struct error why = { 0 };
    size_t count = json_is_array(json) ? json_array_size(json) : 1;
    if (!count || count > MAP_FORMS) return bad(place, "one to %d date forms are wanted", "须为 1 至 %d 个日期格式", MAP_FORMS);
    struct date_form *forms = arena_take(&place->map->arena, count * sizeof *forms);
    for (size_t i = 0; i < count; i++) {
        struct str text;
        if (!take_string(place, json_is_array(json) ? json_array_get(json, i) : json, &text)) return false;
        if (!date_form_read(text, &forms[i], &why)) return bad(place, "%s%.0s", "%.0s%s", why.says, why.chinese);
        forms[i].day_ends = rule->field->flags & FIELD_DAY_ENDS;
    }
    rule->forms = forms;
    rule->form_count = count;
    return true;
}

static bool read_times(const struct place *place, struct rule *rule, const json_t *json)
{
    char digits[32];
    struct str text = STR("");
    if (json_is_integer(json)) {
        text =
            (struct str){ digits, (size_t)snprintf(digits, sizeof digits, "%" JSON_INTEGER_FORMAT, json_integer_value(json)) };
    } else if (json_is_real(json)) {
        text = (struct str){ digits, (size_t)snprintf(digits, sizeof digits, "%.10g", json_real_value(json)) };
    } else if (json_is_string(json)) {
        text = keep(place->map, json);
    }
    if (!decimal_parse(text, MAP_FACTOR_DECIMALS, &rule->factor) || rule->factor <= 0)
        return bad(place, "a number above 0 with at most 6 decimals is wanted, as 1024 or 0.01",
                   "须为大于 0、最多 6 位小数的数，如 1024 或 0.01");
    return true;
}

/* What one of each is in base units: bytes, bits per second, seconds, yuan, shares. Billing counts in 1,024s. */
static const struct {
    const char *name, *factor;
} units[] = {
    { "byte", "1" },
    { "kB", "1000" },
    { "KB", "1024" },
    { "MB", "1048576" },
    { "GB", "1073741824" },
    { "TB", "1099511627776" },
    { "KiB", "1024" },
    { "MiB", "1048576" },
    { "GiB", "1073741824" },
    { "bit/s", "1" },
    { "kbit/s", "1000" },
    { "Mbit/s", "1000000" },
    { "Gbit/s", "1000000000" },
    { "s", "1" },
    { "min", "60" },
    { "h", "3600" },
    { "yuan", "1" },
    { "jiao", "0.1" },
    { "fen", "0.01" },
    { "percent", "0.01" },
    { "万", "10000" },
    { "亿", "100000000" },
};

static bool read_unit(const struct place *place, struct rule *rule, const json_t *json)
{
    const char *name = json_is_string(json) ? json_string_value(json) : "";
    for (size_t i = 0; i < COUNT(units); i++)
        if (strcmp(units[i].name, name) == 0) return decimal_parse(str_of(units[i].factor), MAP_FACTOR_DECIMALS, &rule->factor);
    char known[300];
    size_t used = 0;
    for (size_t i = 0; i < COUNT(units) && used < sizeof known; i++)
        used += (size_t)snprintf(known + used, sizeof known - used, "%s%s", i ? ", " : "", units[i].name);
    return bad(place, "there is no such unit; there are %s; or write \"times\" and a number",
               "没有这个单位，可用的有 %s；也可改用 \"times\" 写倍数", known);
}

static bool read_boolean(const struct place *place, const json_t *json, bool *answer)
{
    *answer = json_is_true(json);
    return json_is_boolean(json) || bad(place, "true or false is wanted, without quotes", "须为 true 或 false，不加引号");
}

static bool read_round(const struct place *place, struct rule *rule, const json_t *json)
{
    return read_boolean(place, json, &rule->round);
}

static bool read_code(const struct place *place, struct rule *rule, const json_t *json)
{
    return read_boolean(place, json, &rule->code);
}

static bool read_optional(const struct place *place, struct rule *rule, const json_t *json)
{
    return read_boolean(place, json, &rule->optional);
}

static bool read_values(const struct place *place, struct rule *rule, const json_t *json)
{
    if (!json_is_object(json)) return bad(place, "a table is wanted, as {\"Closed\": \"closed\", \"Open\": null}",
                   "须为一张表，写作 {\"已办结\": \"closed\", \"处理中\": null}");
    struct translation *table = arena_take(&place->map->arena, (json_object_size(json) + 1) * sizeof *table);
    const char *from;
    json_t *to;
    json_object_foreach((json_t *)json, from, to)
    {
        struct translation *row = &table[rule->translation_count++];
        struct place at = *place;
        char key[QUOTE_ROOM + 16], room[QUOTE_ROOM];
        snprintf(key, sizeof key, "%s, %s", place->key, quote(str_of(from), room));
        at.key = key;
        *row = (struct translation){ .absent = json_is_null(to) };
        row->from = str_trim((struct str){ arena_copy(&place->map->arena, from, strlen(from)), strlen(from) });
        if (!row->absent && !take_field_text(&at, rule, to, &row->to)) return false;
    }
    rule->translations = table;
    return true;
}

static bool read_otherwise(const struct place *place, struct rule *rule, const json_t *json)
{
    rule->otherwise = OTHERWISE_ABSENT;
    if (json_is_null(json)) return true;
    rule->otherwise = OTHERWISE_KEPT;
    if (json_is_string(json) && strcmp(json_string_value(json), "*") == 0) return true;
    rule->otherwise = OTHERWISE_VALUE;
    return take_field_text(place, rule, json, &rule->otherwise_value);
}

static bool read_note(const struct place *place, struct rule *rule, const json_t *json)
{
    (void)place, (void)rule, (void)json;
    return true;
}

#define TYPE(name) (1u << (name))
enum {
    ANY_TYPE = 0,
    DAYS = TYPE(FIELD_TIME) | TYPE(FIELD_DATE) | TYPE(FIELD_MONTH),
    NAMES = TYPE(FIELD_CODE) | TYPE(FIELD_ID) | TYPE(FIELD_LABEL),
    NUMBERS = TYPE(FIELD_MONEY) | TYPE(FIELD_COUNT) | TYPE(FIELD_DECIMAL),
};

/* In this order, since values are checked in the light of forms and factors. */
static const struct rule_key {
    const char *key;
    bool (*read)(const struct place *place, struct rule *rule, const json_t *json);
    unsigned types; /* of fields, 0: any */
} rule_keys[] = {
    { "forms", read_forms, DAYS },
    { "offset", read_offset, TYPE(FIELD_TIME) },
    { "times", read_times, NUMBERS },
    { "unit", read_unit, NUMBERS },
    { "round", read_round, NUMBERS },
    { "before", read_before, ANY_TYPE },
    { "code", read_code, NAMES },
    { "column", read_columns, ANY_TYPE },
    { "columns", read_columns, ANY_TYPE },
    { "value", read_value, ANY_TYPE },
    { "made", read_made, ANY_TYPE },
    { "join", read_join, ANY_TYPE },
    { "optional", read_optional, ANY_TYPE },
    { "values", read_values, ANY_TYPE },
    { "otherwise", read_otherwise, ANY_TYPE },
    { "note", read_note, ANY_TYPE },
};

static bool is_rule_key(const char *key)
{
    for (size_t i = 0; i < COUNT(rule_keys); i++)
        if (strcmp(rule_keys[i].key, key) == 0) return true;
    return false;
}

static bool read_keys(struct place *place, struct rule *rule, const json_t *json)
{
    for (size_t i = 0; i < COUNT(rule_keys); i++) {
        const json_t *found = json_object_get(json, rule_keys[i].key);
        if (!found) continue;
        place->key = rule_keys[i].key;
        if (rule_keys[i].types && !(rule_keys[i].types & TYPE(rule->field->type)))
            return rule_keys[i].types & DAYS    ? bad(place, "only times and dates can have this", "只有时间和日期字段可以有它")
                   : rule_keys[i].types & NAMES ? bad(place, "only codes and names can have this", "只有代码和名称字段可以有它")
                                                : bad(place, "only numbers can have this", "只有数值字段可以有它");
        if (!rule_keys[i].read(place, rule, found)) return false;
    }
    return true;
}

static bool read_rule(struct place *place, struct rule *rule, const json_t *json)
{
    static const char *const origins[] = { "column", "columns", "value", "made" };
    const char *key;
    json_t *unused;
    size_t given = 0;
    rule->join = STR(" ");
    if (json_is_string(json)) {
        place->key = "column";
        rule->as_it_stands = true;
        return read_columns(place, rule, json);
    }
    if (!json_is_object(json)) return bad(place, "a column's name, or {\"column\": ...} is wanted", "须为列名，或 {\"column\": ...}");
    json_object_foreach((json_t *)json, key, unused) if (!is_rule_key(key)) return bad(
        place,
        "there is no \"%.60s\": there are column, columns, join, value, made, values, otherwise, before, code, forms, "
        "offset, times, unit, round, optional, note",
        "没有 \"%.60s\"：可用的有 column、columns、join、value、made、values、otherwise、before、code、forms、offset、times、unit、round、"
        "optional、note",
        key);
    for (size_t i = 0; i < COUNT(origins); i++)
        given += json_object_get(json, origins[i]) != NULL;
    if (given != 1) return bad(place, "one of column, columns, value and made is wanted, and only one",
                   "column、columns、value、made 须有且只有一个");
    if (json_object_get(json, "times") && json_object_get(json, "unit"))
        return bad(place, "times and unit say the same: keep one of them", "times 和 unit 作用相同：请只留一个");
    if (!read_keys(place, rule, json)) return false;
    place->key = NULL;
    if (json_object_get(json, "otherwise") && !rule->translations)
        return bad(place, "otherwise goes with a table of values", "otherwise 须与 values 表一起使用");
    rule->as_it_stands = rule->origin == FROM_COLUMNS && rule->column_count == 1 && !rule->translations && !rule->form_count &&
                         !rule->factor && !rule->before.length && !rule->code && !rule->offset.length;
    return true;
}

/* ---- the map ---- */

static bool add_rule(struct place *place, const char *name, const json_t *json)
{
    struct map *map = place->map;
    size_t target = map_target(map->kind, str_of(name));
    struct rule *rule = &map->rules[map->rule_count];
    char room[QUOTE_ROOM];
    *rule = (struct rule){ .target = target };
    if (target > map_seq(map->kind))
        return bad(place, "a %s has no field %s; mingbai kinds %s lists its fields", "%s 类记录没有字段 %s；`mingbai kinds %s` 列出所有字段",
                   map->kind->name, quote(str_of(name), room), map->kind->name);
    rule->field = map_target_field(map->kind, target);
    place->field = rule->field->name;
    if (!read_rule(place, rule, json)) return false;
    place->field = place->key = NULL;
    map->rule_count++;
    return true;
}

static bool read_source(struct place *place, const json_t *json, const json_t *fields)
{
    if (!json) return true;
    place->key = "source";
    if (json_object_get(fields, "source")) return bad(place, "source stands here and among the fields: keep one of them",
                                                      "source 在此处和字段中都有：请只留一处");
    if (!json_object_get(fields, "seq"))
        return bad(
            place,
            "a source for every file needs a column for seq among the fields, else line 2 of the next file would be taken "
            "for line 2 of this one; or leave source out, and each file is a source of its own",
            "各文件共用一个来源时，字段中须有 seq 列，否则下一个文件的第 2 行会被当作本文件的第 2 行；也可不写 source，让每个文件各为一个来源");
    json_t *rule = json_pack("{sO}", "value", json);
    bool done = add_rule(place, "source", rule);
    json_decref(rule);
    return done;
}

static bool read_fields(struct place *place, const json_t *root, const json_t *fields)
{
    const char *name;
    json_t *json;
    place->key = "fields";
    if (!json_is_object(fields))
        return bad(place, "a table of our fields is wanted, as {\"fields\": {\"id\": {\"column\": \"Ticket\"}}}",
                   "须为一张字段表，写作 {\"fields\": {\"id\": {\"column\": \"工单号\"}}}");
    place->map->rules = arena_take(&place->map->arena, (json_object_size(fields) + 1) * sizeof *place->map->rules);
    place->key = NULL;
    if (!read_source(place, json_object_get(root, "source"), fields)) return false;
    for (int pass = 0; pass < 2; pass++) {
        json_object_foreach((json_t *)fields, name, json)
        {
            bool first = strcmp(name, "source") == 0 || strcmp(name, "seq") == 0;
            if (first == (pass == 0) && !add_rule(place, name, json)) return false;
        }
    }
    return true;
}

static bool read_ignore(struct place *place, const json_t *json)
{
    struct map *map = place->map;
    place->key = "ignore";
    if (json && json_is_string(json) && strcmp(json_string_value(json), "*") == 0) {
        map->ignores_all = true;
    } else if (json) {
        if (!json_is_array(json))
            return bad(place, "a list of column names is wanted, or \"*\" for all that the map does not name",
                       "须为列名的列表，或以 \"*\" 表示对应表未提到的所有列");
        map->ignored = arena_take(&map->arena, json_array_size(json) * sizeof *map->ignored);
        for (size_t i = 0; i < json_array_size(json); i++)
            if (!take_string(place, json_array_get(json, i), &map->ignored[map->ignored_count++])) return false;
    }
    place->key = NULL;
    return true;
}

static bool read_map(struct place *place, const json_t *root)
{
    static const char *const keys[] = { "kind", "source", "fields", "ignore", "note" };
    const char *key;
    json_t *unused;
    if (!json_is_object(root))
        return bad(place, "a map is one JSON object, as {\"kind\": \"%s\", \"fields\": {...}}",
                   "对应表须为一个 JSON 对象，写作 {\"kind\": \"%s\", \"fields\": {...}}", place->map->kind->name);
    json_object_foreach((json_t *)root, key, unused)
    {
        size_t i = 0;
        while (i < COUNT(keys) && strcmp(keys[i], key) != 0)
            i++;
        if (i == COUNT(keys))
            return bad(place, "there is no \"%.60s\": there are kind, source, fields, ignore, note",
                       "没有 \"%.60s\"：可用的有 kind、source、fields、ignore、note", key);
    }
    const json_t *kind = json_object_get(root, "kind");
    if (kind && (!json_is_string(kind) || strcmp(json_string_value(kind), place->map->kind->name) != 0))
        return bad(place, "this map is for the kind %.60s, and you load %s", "这份对应表用于 %.60s 类记录，而你装入的是 %s",
                   json_is_string(kind) ? json_string_value(kind) : "?", place->map->kind->name);
    return read_fields(place, root, json_object_get(root, "fields")) && read_ignore(place, json_object_get(root, "ignore"));
}

bool map_read(struct map *map, struct str json, const char *name, struct error *error)
{
    json_error_t where;
    if (json.length > MAP_BYTES) return fail_both(error, ERROR_LIMIT, "%s is larger than a map may be (1 MiB)",
                                                  "%s 太大：对应表最大 1 MiB", name);
    if (str_starts(json, STR("\xef\xbb\xbf"))) json = (struct str){ json.at + 3, json.length - 3 };
    json_t *root = json_loadb(json.length ? json.at : "", json.length, JSON_REJECT_DUPLICATES, &where);
    if (!root)
        return fail_both(error, ERROR_INPUT, "%s is no JSON, line %d, column %d: %.200s",
                         "%s 不是有效的 JSON：第 %d 行第 %d 列有误，请检查引号、逗号和括号%.0s", name, where.line, where.column, where.text);
    struct place place = { .map = map, .file = name, .error = error };
    bool done = read_map(&place, root);
    json_decref(root);
    return done;
}
