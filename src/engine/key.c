#include "engine/key.h"

size_t key_field(const struct kind *kind)
{
    size_t key = FIELDS_MAX;
    for (size_t i = 0; i < kind->field_count; i++) {
        if (!(kind->fields[i].flags & FIELD_KEY)) continue;
        if (key != FIELDS_MAX) return FIELDS_MAX;
        key = i;
    }
    return key;
}

static bool is_text(enum field_type type)
{
    return type == FIELD_ID || type == FIELD_CODE || type == FIELD_LABEL || type == FIELD_PERSON;
}

static void value_write(const struct record *record, size_t field, struct text *out)
{
    const struct value *value = &record->values[field];
    bool has = record_has(record, field);
    if (is_text(record->kind->fields[field].type)) {
        struct str text = has ? value->text : STR("");
        varint_add(out, text.length);
        text_add(out, text);
    } else {
        varint_add(out, zigzag(has ? value->number : -1));
    }
}

static void kind_write(const struct kind *kind, struct text *out)
{
    text_add(out, str_of(kind->name));
    text_add_byte(out, 0);
}

void key_write(const struct record *record, struct text *out)
{
    const struct kind *kind = record->kind;
    kind_write(kind, out);
    for (size_t i = 0; i < kind->field_count; i++)
        if (kind->fields[i].flags & FIELD_KEY) value_write(record, i, out);
}

void key_write_named(const struct kind *named, const struct record *record, size_t field, struct text *out)
{
    kind_write(named, out);
    value_write(record, field, out);
}

bool key_bind(struct vault *vault, struct statement *select, int parameter, const struct record *record, size_t field)
{
    const struct value *value = &record->values[field];
    enum field_type type = record->kind->fields[field].type;
    bool has = record_has(record, field);
    if (type == FIELD_PERSON) {
        uint64_t subject = has ? vault_find(vault, value->text) : UINT64_MAX;
        statement_number(select, parameter, (int64_t)subject);
        return subject != UINT64_MAX;
    }
    if (is_text(type))
        statement_text(select, parameter, has ? value->text : STR(""));
    else
        statement_number(select, parameter, has ? value->number : -1);
    return true;
}

void key_condition(const struct kind *kind, struct text *out)
{
    int parameter = 1;
    for (size_t i = 0; i < kind->field_count; i++)
        if (kind->fields[i].flags & FIELD_KEY)
            text_format(out, " AND \"%s\".\"%s\" = $%d", kind->name, kind->fields[i].name, parameter++);
}

bool key_is_on_record(struct store *reader, struct vault *vault, const struct record *record, bool *is_there, struct error *error)
{
    const struct kind *kind = record->kind;
    struct text sql = { 0 };
    text_format(&sql, "SELECT 1 FROM \"%s\" WHERE 1 = 1", kind->name);
    key_condition(kind, &sql);
    struct statement *select = store_prepare(reader, text_zero(&sql), error);
    text_close(&sql);
    if (!select) return false;
    bool may_be_there = true;
    int parameter = 1;
    for (size_t i = 0; i < kind->field_count; i++)
        if (kind->fields[i].flags & FIELD_KEY) may_be_there = key_bind(vault, select, parameter++, record, i) && may_be_there;
    *is_there = false;
    if (may_be_there && !statement_step(select, is_there, error)) return false;
    statement_reset(select);
    return true;
}
