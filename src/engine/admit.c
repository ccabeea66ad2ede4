#include "engine/admit.h"

#include "base/hash.h"
#include "base/moment.h"

int64_t record_digest(const struct vault *vault, const struct record *record, struct text *scratch)
{
    scratch->length = 0;
    text_add(scratch, str_of(record->kind->name));
    text_add_byte(scratch, 0);
    record_content(record, scratch);
    return vault_digest(vault, text_str(scratch));
}

static bool persons_admit(struct vault *vault, struct record_rows records, size_t count, struct error *error)
{
    const struct kind *kind = records.at->kind;
    struct str values[ADMIT_RECORDS];
    uint64_t subjects[ADMIT_RECORDS];
    for (size_t f = 0; f < kind->field_count; f++) {
        if (kind->fields[f].type != FIELD_PERSON) continue;
        size_t found = 0;
        for (size_t i = 0; i < count; i++)
            if (record_has(record_row(records, i), f)) values[found++] = record_row(records, i)->values[f].text;
        if (!vault_subjects(vault, values, found, subjects, error)) return false;
        found = 0;
        for (size_t i = 0; i < count; i++)
            if (record_has(record_row(records, i), f)) record_row(records, i)->values[f].number = (int64_t)subjects[found++];
    }
    return true;
}

static bool texts_seal(struct vault *vault, struct record *record, struct arena *arena, struct error *error)
{
    const struct kind *kind = record->kind;
    for (size_t f = 0; f < kind->field_count; f++) {
        enum field_type type = kind->fields[f].type;
        if (!record_has(record, f) || (type != FIELD_SEALED && type != FIELD_REASON)) continue;
        struct value *value = &record->values[f];
        if (type == FIELD_REASON && value->reason == REASON_NONE) continue;
        uint64_t number;
        struct hash *commitment = arena_take(arena, sizeof *commitment);
        if (!vault_seal(vault, value->text, &number, commitment, error)) return false;
        value->number = (int64_t)number;
        value->text = (struct str){ (char *)commitment->bytes, HASH_BYTES };
    }
    return true;
}

bool records_admit(struct vault *vault, struct record_rows records, size_t count, struct arena *arena, struct error *error)
{
    must(count <= ADMIT_RECORDS);
    if (!persons_admit(vault, records, count, error)) return false;
    for (size_t i = 0; i < count; i++)
        if (!texts_seal(vault, record_row(records, i), arena, error)) return false;
    return true;
}

void packed_add(struct vault *vault, struct group *group, const struct packed *packed)
{
    entry_write(&(struct entry){ .kind = str_of(packed->kind->name), .version = packed->kind->version, .source = packed->source,
                                 .received = moment_now(), .marks = vault_marks(vault), .hold = packed->hold,
                                 .digest = packed->digest, .count = packed->count, .spans = packed->spans,
                                 .span_count = packed->span_count, .records = packed->records },
                &group->bytes);
    group_entry(group, packed->count);
}
