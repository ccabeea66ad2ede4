#include "base/hash.h"
#include "base/json.h"
#include "base/moment.h"
#include "base/number.h"
#include "door/kind.h"

enum { MONEY_SHOWN_DECIMALS = 2 };

static const struct str reasons[] = {
    [REASON_NONE] = STR("none"), [REASON_EARLY] = STR("early"), [REASON_LATE] = STR("late"), [REASON_OTHER] = STR("other")
};

static void add_month(struct text *out, int32_t day)
{
    char room[DAY_ROOM];
    text_add(out, (struct str){ room, period_format(period_of(day, 'M'), room) });
}

static void add_decimal(struct text *out, int64_t number, unsigned decimals, unsigned least)
{
    char room[DECIMAL_ROOM];
    text_add(out, (struct str){ room, decimal_format(number, decimals, least, room) });
}

void value_text(const struct field *field, const struct value *value, struct text *out)
{
    char room[MOMENT_ROOM];
    switch (field->type) {
    case FIELD_ID:
    case FIELD_CODE:
    case FIELD_LABEL:
    case FIELD_PROSE:
    case FIELD_FORM:
        text_add(out, value->text);
        break;
    case FIELD_SEALED:
        break;
    case FIELD_REASON:
        if (value->reason == REASON_EARLY || value->reason == REASON_LATE) text_add(out, reasons[value->reason]);
        break;
    case FIELD_CHOICE:
        text_add(out, str_of(field->choices[value->number].word));
        break;
    case FIELD_FLAG:
        text_add(out, value->number ? STR("true") : STR("false"));
        break;
    case FIELD_TIME:
        text_add(out, (struct str){ room, moment_format(value->number, room) });
        break;
    case FIELD_DATE:
        text_add(out, (struct str){ room, day_format((int32_t)value->number, room) });
        break;
    case FIELD_MONTH:
        add_month(out, (int32_t)value->number);
        break;
    case FIELD_MONEY:
        add_decimal(out, value->number, MONEY_DECIMALS, MONEY_SHOWN_DECIMALS);
        break;
    case FIELD_DECIMAL:
        add_decimal(out, value->number, MONEY_DECIMALS, 0);
        break;
    case FIELD_PERSON:
    case FIELD_COUNT:
        add_decimal(out, value->number, 0, 0);
        break;
    }
}

static void show_sealed(struct json *json, const struct value *value)
{
    struct text commitment = { 0 };
    base64_add(&commitment, (struct str){ value->text.at, HASH_BYTES });
    json_put_number(json, "sealed", value->number);
    json_put_string(json, "commitment", text_str(&commitment));
    text_close(&commitment);
}

/* A value as JSON has it: numbers bare, money as text, as it comes in. */
static void show_value(struct json *json, const struct field *field, const struct value *value, struct text *scratch)
{
    switch (field->type) {
    case FIELD_PERSON:
    case FIELD_COUNT:
        json_add_number(json, value->number);
        break;
    case FIELD_DECIMAL:
        json_add_decimal(json, value->number, MONEY_DECIMALS);
        break;
    case FIELD_FLAG:
        json_add_bool(json, value->number);
        break;
    case FIELD_FORM:
        json_add_raw(json, value->text);
        break;
    case FIELD_SEALED:
        json_open(json, '{');
        show_sealed(json, value);
        json_close(json, '}');
        break;
    case FIELD_REASON:
        json_open(json, '{');
        json_put_string(json, "class", reasons[value->reason]);
        if (value->reason != REASON_NONE) show_sealed(json, value);
        json_close(json, '}');
        break;
    default:
        scratch->length = 0;
        value_text(field, value, scratch);
        json_add_string(json, text_str(scratch));
    }
}

void record_json(struct json *json, const struct record *record)
{
    struct text scratch = { 0 };
    json_open(json, '{');
    json_put_string(json, "kind", str_of(record->kind->name));
    json_put_string(json, "source", record->source);
    json_key(json, "seq");
    json_add_number(json, (int64_t)record->seq);
    for (size_t i = 0; i < record->kind->field_count; i++) {
        if (!record_has(record, i)) continue;
        json_key(json, record->kind->fields[i].name);
        show_value(json, &record->kind->fields[i], &record->values[i], &scratch);
    }
    json_close(json, '}');
    text_close(&scratch);
}
