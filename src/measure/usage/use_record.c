#include "measure/usage/use_record.h"

#include "measure/usage/kinds.h"

static inline bool number_read(const uint8_t **at, const uint8_t *end, uint64_t *number)
{
    uint64_t sum = 0;
    for (unsigned shift = 0; *at < end && shift < 64; shift += 7) {
        uint8_t byte = *(*at)++;
        sum |= (uint64_t)(byte & 0x7f) << shift;
        if (byte & 0x80) continue;
        *number = sum;
        return true;
    }
    return false;
}

static inline bool bytes_read(const uint8_t **at, const uint8_t *end, struct str *bytes)
{
    uint64_t length;
    if (!number_read(at, end, &length) || length > (uint64_t)(end - *at)) return false;
    *bytes = (struct str){ (const char *)*at, (size_t)length };
    *at += length;
    return true;
}

enum { NEEDED_FIELDS = 1 << USAGE_SUBSCRIBER | 1 << USAGE_SERVICE | 1 << USAGE_START | 1 << USAGE_QUANTITY };

static inline bool record_read(const uint8_t **at, const uint8_t *end, struct use_record *record)
{
    uint64_t present, service, start;
    if (!number_read(at, end, &present) || (present & NEEDED_FIELDS) != NEEDED_FIELDS) return false;
    if (!number_read(at, end, &record->subject) || !number_read(at, end, &service) || service >= SERVICES ||
        !number_read(at, end, &start) || !number_read(at, end, &record->quantity))
        return false;
    record->service = (enum service)service;
    record->start = zigzag_back(start);
    record->scope = STR("home");
    record->corrects = (struct str){ NULL, 0 };
    if (present >> USAGE_SCOPE & 1 && !bytes_read(at, end, &record->scope)) return false;
    if (present >> USAGE_CORRECTS & 1 && !bytes_read(at, end, &record->corrects)) return false;
    return present >> (USAGE_CORRECTS + 1) == 0;
}
_Static_assert(USAGE_SUBSCRIBER == 0 && USAGE_SERVICE == 1 && USAGE_START == 2 && USAGE_QUANTITY == 3 && USAGE_SCOPE == 4 &&
                   USAGE_CORRECTS == 5, "fields are packed in the order of the kind");

bool use_records(const struct entry *entry, struct use_record *records, size_t *count, struct error *error)
{
    const uint8_t *at = (const uint8_t *)entry->records.at, *end = at + entry->records.length;
    struct str spans = entry->packed_spans;
    uint64_t last = 0;
    *count = 0;
    for (struct span span; entry_span(&spans, &last, &span);)
        for (uint64_t seq = span.low;; seq++) {
            records[*count].seq = seq;
            if (!record_read(&at, end, &records[*count])) return fail(error, ERROR_DAMAGE, "a stored record of use is not whole");
            ++*count;
            if (seq == span.high) break;
        }
    return true;
}
