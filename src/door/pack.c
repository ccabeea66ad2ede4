/* A packed record: its presence bits as a varint, then each field that is present, in the order of the kind. Names and codes
   are a length and bytes; numbers that are never negative are varints, the others zigzag; sealed text is its number and 32
   bytes of commitment, a reason its class before that. */
#include "base/hash.h"
#include "door/kind.h"

enum { VARINT_BYTES = 10 };

void varint_add(struct text *out, uint64_t number)
{
    char *at = text_room(out, VARINT_BYTES);
    size_t length = 0;
    while (number >= 0x80) {
        at[length++] = (char)(number | 0x80);
        number >>= 7;
    }
    at[length++] = (char)number;
    out->length += length;
}

bool varint_read(struct str *bytes, uint64_t *number)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < bytes->length && i < VARINT_BYTES; i++) {
        uint8_t byte = (uint8_t)bytes->at[i];
        if (i == VARINT_BYTES - 1 && byte > 1) return false;
        sum |= (uint64_t)(byte & 0x7f) << (7 * i);
        if (byte & 0x80) continue;
        if (byte == 0 && i > 0) return false; /* longer than it need be: one number has one form */
        *bytes = (struct str){ bytes->at + i + 1, bytes->length - i - 1 };
        *number = sum;
        return true;
    }
    return false;
}

/* How a type of field is packed. */
enum form { FORM_BYTES, FORM_NATURAL, FORM_SIGNED, FORM_SEALED, FORM_REASON };

static const enum form forms[] = {
    [FIELD_ID] = FORM_BYTES,      [FIELD_CODE] = FORM_BYTES,     [FIELD_LABEL] = FORM_BYTES,    [FIELD_PERSON] = FORM_NATURAL,
    [FIELD_SEALED] = FORM_SEALED, [FIELD_REASON] = FORM_REASON,  [FIELD_CHOICE] = FORM_NATURAL, [FIELD_FLAG] = FORM_NATURAL,
    [FIELD_TIME] = FORM_SIGNED,   [FIELD_DATE] = FORM_SIGNED,    [FIELD_MONTH] = FORM_SIGNED,   [FIELD_MONEY] = FORM_SIGNED,
    [FIELD_COUNT] = FORM_NATURAL, [FIELD_DECIMAL] = FORM_SIGNED,  [FIELD_PROSE] = FORM_BYTES,   [FIELD_FORM] = FORM_BYTES,
};

static void add_bytes(struct text *out, struct str bytes)
{
    varint_add(out, bytes.length);
    text_add(out, bytes);
}

static void add_sealed(struct text *out, const struct value *value)
{
    varint_add(out, (uint64_t)value->number);
    text_add(out, (struct str){ value->text.at, HASH_BYTES });
}

void record_pack(const struct record *record, struct text *out)
{
    varint_add(out, record->present);
    for (size_t i = 0; i < record->kind->field_count; i++) {
        if (!record_has(record, i)) continue;
        const struct value *value = &record->values[i];
        switch (forms[record->kind->fields[i].type]) {
        case FORM_BYTES:
            add_bytes(out, value->text);
            break;
        case FORM_NATURAL:
            varint_add(out, (uint64_t)value->number);
            break;
        case FORM_SIGNED:
            varint_add(out, zigzag(value->number));
            break;
        case FORM_SEALED:
            add_sealed(out, value);
            break;
        case FORM_REASON:
            varint_add(out, value->reason);
            if (value->reason != REASON_NONE) add_sealed(out, value);
            break;
        }
    }
}

static bool take_bytes(struct str *bytes, uint64_t length, struct str *taken)
{
    if (length > bytes->length) return false;
    *taken = (struct str){ bytes->at, (size_t)length };
    *bytes = (struct str){ bytes->at + length, bytes->length - (size_t)length };
    return true;
}

static bool read_natural(struct str *bytes, int64_t *number)
{
    uint64_t natural;
    if (!varint_read(bytes, &natural) || natural > INT64_MAX) return false;
    *number = (int64_t)natural;
    return true;
}

static bool read_sealed(struct str *bytes, struct value *value)
{
    return read_natural(bytes, &value->number) && take_bytes(bytes, HASH_BYTES, &value->text);
}

/* Whether a number is one that the field can have, so that what reads it need not ask again. */
static bool fits(const struct field *field, int64_t number)
{
    switch (field->type) {
    case FIELD_CHOICE:
        return number < (int64_t)field->choice_count;
    case FIELD_FLAG:
        return number <= 1;
    case FIELD_DATE:
    case FIELD_MONTH:
        return number > INT32_MIN && number <= INT32_MAX;
    default:
        return true;
    }
}

static bool read_value(const struct field *field, struct str *bytes, struct value *value)
{
    uint64_t number;
    *value = (struct value){ 0 };
    switch (forms[field->type]) {
    case FORM_BYTES:
        return varint_read(bytes, &number) && take_bytes(bytes, number, &value->text);
    case FORM_NATURAL:
        return read_natural(bytes, &value->number) && fits(field, value->number);
    case FORM_SIGNED:
        if (!varint_read(bytes, &number)) return false;
        value->number = zigzag_back(number);
        return fits(field, value->number);
    case FORM_SEALED:
        return read_sealed(bytes, value);
    case FORM_REASON:
        if (!varint_read(bytes, &number) || number > REASON_OTHER) return false;
        value->reason = (enum reason_class)number;
        return value->reason == REASON_NONE || read_sealed(bytes, value);
    }
    return false;
}

bool record_unpack(const struct kind *kind, unsigned version, struct str *bytes, struct record *record, struct error *error)
{
    uint64_t present;
    struct str rest = *bytes;
    if (version == 0 || version > kind->version)
        return fail(error, ERROR_DAMAGE,
                    "a %s of version %u was stored, and this program knows versions 1 to %u: use a newer one", kind->name,
                    version, kind->version);
    if (!varint_read(&rest, &present) || present >> kind->field_count)
        return fail(error, ERROR_DAMAGE, "a stored %s has fields that its kind does not have", kind->name);
    for (size_t i = 0; i < kind->field_count; i++)
        if (present >> i & 1 && !read_value(&kind->fields[i], &rest, &record->values[i]))
            return fail(error, ERROR_DAMAGE, "a stored %s is not whole at its %s", kind->name, kind->fields[i].name);
    record->kind = kind;
    record->present = (uint32_t)present;
    *bytes = rest;
    return true;
}

void record_content(const struct record *record, struct text *out)
{
    for (size_t i = 0; i < record->kind->field_count; i++) {
        if (!record_has(record, i)) continue;
        enum field_type type = record->kind->fields[i].type;
        varint_add(out, i);
        if (forms[type] == FORM_SIGNED || (forms[type] == FORM_NATURAL && type != FIELD_PERSON))
            varint_add(out, zigzag(record->values[i].number));
        else
            add_bytes(out, record->values[i].text);
    }
}
