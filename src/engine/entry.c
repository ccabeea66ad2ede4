#include "engine/entry.h"

#include "base/hash.h"
#include "door/kind.h"

enum { ENTRY_FORM = 1 };

static void string_add(struct text *out, struct str string)
{
    varint_add(out, string.length);
    text_add(out, string);
}

static bool string_read(struct str *bytes, size_t limit, struct str *string)
{
    uint64_t length;
    if (!varint_read(bytes, &length) || length > limit || length > bytes->length) return false;
    *string = (struct str){ bytes->at, (size_t)length };
    bytes->at += length;
    bytes->length -= (size_t)length;
    return true;
}

void entry_write(const struct entry *entry, struct text *out)
{
    text_add_byte(out, ENTRY_FORM);
    random_bytes(text_room(out, ENTRY_SALT_BYTES), ENTRY_SALT_BYTES);
    out->length += ENTRY_SALT_BYTES;
    string_add(out, entry->kind);
    varint_add(out, entry->version);
    string_add(out, entry->source);
    varint_add(out, zigzag(entry->received));
    varint_add(out, entry->marks.subjects);
    varint_add(out, entry->marks.text_bytes);
    varint_add(out, entry->hold);
    varint_add(out, zigzag(entry->digest));
    varint_add(out, entry->count);
    varint_add(out, entry->span_count);
    uint64_t last = 0;
    for (size_t i = 0; i < entry->span_count; i++) {
        varint_add(out, zigzag((int64_t)(entry->spans[i].low - last)));
        varint_add(out, entry->spans[i].high - entry->spans[i].low);
        last = entry->spans[i].high;
    }
    text_add(out, entry->records);
}

bool entry_span(struct str *rest, uint64_t *last, struct span *span)
{
    uint64_t step, more;
    if (!rest->length || !varint_read(rest, &step) || !varint_read(rest, &more)) return false;
    span->low = *last + (uint64_t)zigzag_back(step);
    span->high = span->low + more;
    *last = span->high;
    return true;
}

bool entry_read(struct str bytes, struct entry *entry, struct error *error)
{
    *entry = (struct entry){ 0 };
    uint64_t version, received, digest, spans, records = 0;
    bool whole = bytes.length > 1 + ENTRY_SALT_BYTES && bytes.at[0] == ENTRY_FORM;
    if (whole) {
        bytes.at += 1 + ENTRY_SALT_BYTES;
        bytes.length -= 1 + ENTRY_SALT_BYTES;
        whole = string_read(&bytes, 64, &entry->kind) && varint_read(&bytes, &version) && version <= 1000 &&
                string_read(&bytes, SOURCE_LIMIT, &entry->source) && varint_read(&bytes, &received) &&
                varint_read(&bytes, &entry->marks.subjects) && varint_read(&bytes, &entry->marks.text_bytes) &&
                varint_read(&bytes, &entry->hold) && varint_read(&bytes, &digest) && varint_read(&bytes, &entry->count) &&
                entry->count <= BATCH_RECORDS && varint_read(&bytes, &spans) && spans <= entry->count;
    }
    if (!whole) return fail(error, ERROR_DAMAGE, "an entry is not in a form that this program knows");
    entry->version = (unsigned)version;
    entry->received = zigzag_back(received);
    entry->digest = zigzag_back(digest);
    entry->span_count = (size_t)spans;
    entry->packed_spans = bytes;
    uint64_t last = 0;
    for (size_t i = 0; i < entry->span_count; i++) {
        struct span span;
        if (!entry_span(&bytes, &last, &span) || span.high < span.low)
            return fail(error, ERROR_DAMAGE, "the sequence numbers of an entry are not whole");
        records += span.high - span.low + 1;
    }
    if (records != entry->count) return fail(error, ERROR_DAMAGE, "an entry's sequence numbers are not as many as its records");
    entry->packed_spans.length = (size_t)(bytes.at - entry->packed_spans.at);
    entry->records = bytes;
    return true;
}
