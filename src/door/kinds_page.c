#include "door/kinds_page.h"

#include "base/json.h"

static const struct {
    const char *name;
    const char *says[LANGUAGES]; /* how it is written */
} types[] = {
    [FIELD_ID] = { "id", { "1 to 64 bytes, as given", "1 至 64 字节，原样" } },
    [FIELD_CODE] = { "code", { "a code without spaces, as 320100", "不含空格的代码，如 320100" } },
    [FIELD_LABEL] = { "label", { "text, at most 1,000 bytes", "文本，至多 1000 字节" } },
    [FIELD_PERSON] = { "person", { "a number, account or document; kept apart", "号码、账号或证件，单独保存" } },
    [FIELD_SEALED] = { "sealed", { "text by people; kept sealed", "个人文字，密封保存" } },
    [FIELD_REASON] = { "reason", { "`early`, `late` or text; kept sealed", "early、late 或文字，密封保存" } },
    [FIELD_CHOICE] = { "choice", { "one of the words below", "下列之一" } },
    [FIELD_FLAG] = { "flag", { "true or false", "true 或 false（是、否）" } },
    [FIELD_TIME] = { "time", { "2015-01-03T08:00:00+08:00", "2015-01-03T08:00:00+08:00" } },
    [FIELD_DATE] = { "date", { "2015-01-03", "2015-01-03" } },
    [FIELD_MONTH] = { "month", { "2015-01", "2015-01" } },
    [FIELD_MONEY] = { "money", { "yuan, as 0.29", "元，如 0.29" } },
    [FIELD_COUNT] = { "count", { "a whole number from 0", "不小于 0 的整数" } },
    [FIELD_DECIMAL] = { "decimal", { "a number, at most 6 decimals", "数字，至多 6 位小数" } },
    [FIELD_PROSE] = { "prose", { "published text, at most 64 KiB", "公开的文字，至多 64 KiB" } },
    [FIELD_FORM] = { "form", { "JSON, or words with spaces between them", "JSON，或用空格隔开的词" } },
};

static const struct {
    const char *needed, *key, *event, *head[4], *bulk, *others;
} words[LANGUAGES] = {
    [ENGLISH] = { "needed",
                  "key",
                  "event time",
                  { "field", "", "written as", "meaning" },
                  "loaded in bulk: a ledger entry holds a batch of them",
                  "Every kind may also carry source and seq." },
    [CHINESE] = { "必填",
                  "主键",
                  "事件时间",
                  { "字段", "", "写法", "含义" },
                  "批量数据：账本的一个条目包含一批记录",
                  "每种记录还可带 source（来源）和 seq（序号）。" },
};

const char *field_type_name(enum field_type type)
{
    return types[type].name;
}

/* ---- for programs ---- */

static void put_both(struct json *json, const char *const says[LANGUAGES])
{
    json_key(json, "meaning");
    json_open(json, '{');
    json_put_string(json, "en", str_of(says[ENGLISH]));
    json_put_string(json, "zh", str_of(says[CHINESE]));
    json_close(json, '}');
}

static void put_flag(struct json *json, const char *key, bool value)
{
    json_key(json, key);
    json_add_bool(json, value);
}

static void put_field(struct json *json, const struct field *field)
{
    json_open(json, '{');
    json_put_string(json, "name", str_of(field->name));
    json_put_string(json, "type", str_of(types[field->type].name));
    put_flag(json, "needed", field->flags & FIELD_NEEDED);
    put_flag(json, "key", field->flags & FIELD_KEY);
    if (field->type == FIELD_CHOICE) {
        json_key(json, "choices");
        json_open(json, '[');
        for (size_t i = 0; i < field->choice_count; i++) {
            json_open(json, '{');
            json_put_string(json, "word", str_of(field->choices[i].word));
            put_both(json, field->choices[i].says);
            json_close(json, '}');
        }
        json_close(json, ']');
    }
    put_both(json, field->says);
    json_close(json, '}');
}

static void put_kind(struct json *json, const struct kind *kind)
{
    json_open(json, '{');
    json_put_string(json, "name", str_of(kind->name));
    json_put_number(json, "version", kind->version);
    put_both(json, kind->says);
    put_flag(json, "bulk", kind->bulk);
    json_key(json, "key");
    json_open(json, '[');
    for (size_t i = 0; i < kind->field_count; i++)
        if (kind->fields[i].flags & FIELD_KEY) json_add_string(json, str_of(kind->fields[i].name));
    json_close(json, ']');
    json_key(json, "fields");
    json_open(json, '[');
    for (size_t i = 0; i < kind->field_count; i++)
        put_field(json, &kind->fields[i]);
    json_close(json, ']');
    json_close(json, '}');
}

/* ---- for people ---- */

/* Columns that a terminal gives a text: two for a Chinese character, one for others. */
static size_t width_of(struct str text)
{
    size_t width = 0;
    for (size_t i = 0; i < text.length; i++) {
        unsigned char byte = (unsigned char)text.at[i];
        if ((byte & 0xc0) != 0x80) width += byte >= 0xe3 && byte <= 0xef ? 2 : 1;
    }
    return width;
}

static void add_padded(struct text *out, struct str text, size_t width)
{
    text_add(out, text);
    for (size_t i = width_of(text); i < width + 2; i++)
        text_add_byte(out, ' ');
}

static void add_marks(struct text *out, const struct field *field, enum language language)
{
    const struct {
        unsigned flag;
        const char *word;
    } marks[] = { { FIELD_NEEDED, words[language].needed },
                  { FIELD_KEY, words[language].key },
                  { FIELD_EVENT, words[language].event } };
    size_t start = out->length;
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (field->flags & marks[i].flag) text_format(out, "%s%s", out->length > start ? ", " : "", marks[i].word);
}

/* The words of a choice, in a line under its field. */
static void add_choices(struct text *out, const struct field *field, enum language language)
{
    for (size_t i = 0; i < field->choice_count; i++) {
        text_format(out, "%s%s", i ? ", " : "      ", field->choices[i].word);
        if (language == CHINESE) text_format(out, " %s", field->choices[i].says[CHINESE]);
    }
    if (field->choice_count) text_add_byte(out, '\n');
}

enum { COLUMNS = 4 };

/* The cells of a field's row; the heading where field is NULL. */
static void add_cell(struct text *out, const struct field *field, size_t column, enum language language)
{
    if (!field)
        text_add(out, str_of(words[language].head[column]));
    else if (column == 0)
        text_add(out, str_of(field->name));
    else if (column == 1)
        add_marks(out, field, language);
    else if (column == 2)
        text_add(out, str_of(types[field->type].says[language]));
    else
        text_add(out, str_of(field->says[language]));
}

static void show_fields(const struct kind *kind, enum language language, struct text *out)
{
    size_t widths[COLUMNS] = { 0 };
    struct text cell = { 0 };
    for (size_t i = 0; i <= kind->field_count; i++) {
        for (size_t column = 0; column < COLUMNS; column++) {
            cell.length = 0;
            add_cell(&cell, i ? &kind->fields[i - 1] : NULL, column, language);
            size_t width = width_of(text_str(&cell));
            if (width > widths[column]) widths[column] = width;
        }
    }
    for (size_t i = 0; i <= kind->field_count; i++) {
        text_add(out, STR("  "));
        for (size_t column = 0; column < COLUMNS; column++) {
            cell.length = 0;
            add_cell(&cell, i ? &kind->fields[i - 1] : NULL, column, language);
            if (column == COLUMNS - 1)
                text_add(out, text_str(&cell));
            else
                add_padded(out, text_str(&cell), widths[column]);
        }
        text_add_byte(out, '\n');
        if (i) add_choices(out, &kind->fields[i - 1], language);
    }
    text_close(&cell);
}

void kinds_print(const struct kind *const *kinds, size_t count, enum language language, bool as_json, struct text *out)
{
    if (as_json) {
        struct json json = { .out = out };
        json_open(&json, '[');
        for (size_t i = 0; i < count; i++)
            put_kind(&json, kinds[i]);
        json_close(&json, ']');
        text_add_byte(out, '\n');
        return;
    }
    for (size_t i = 0; i < count; i++) {
        text_format(out, "%s: %s\n", kinds[i]->name, kinds[i]->says[language]);
        if (kinds[i]->bulk) text_format(out, "  (%s)\n", words[language].bulk);
        show_fields(kinds[i], language, out);
        text_add_byte(out, '\n');
    }
    text_format(out, "%s\n", words[language].others);
}
