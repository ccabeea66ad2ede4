#include "portal/entries.h"

#include "engine/engine.h"
#include "portal/accounts.h"
#include "portal/portal.h"
#include "portal/record_rows.h"

static bool fail_missing(struct error *error)
{
    return fail_both(error, ERROR_NOT_FOUND, "there is no such record, or it is not yours to see", "没有这条记录，或你无权查看");
}

void entry_read_close(struct entry_read *read)
{
    text_close(&read->bytes);
}

static bool is_seen(struct request *request, const struct entry_read *read, bool record_alone, bool *seen, struct error *error)
{
    const struct identity *who = &request->who;
    bool is_batch = read->kind->bulk && !record_alone;
    *seen = view_sees_all(request->view, read->kind) ||
            (who->account[0] && accounts_source_is_own(request->portal->accounts, read->entry.source, who->account));
    return *seen || is_batch || !access_of(read->kind) || record_is_seen(request->view, &read->record, seen, error);
}

/* Unpacks one record of the entry; with any, the first. */
static bool record_take(struct entry_read *read, bool any, uint64_t seq, struct error *error)
{
    struct str spans = read->entry.packed_spans, records = read->entry.records;
    uint64_t last = 0;
    for (struct span span; entry_span(&spans, &last, &span);)
        for (uint64_t each = span.low; each >= span.low && each <= span.high; each++) {
            if (!record_unpack(read->kind, read->entry.version, &records, &read->record, error)) return false;
            read->record.source = read->entry.source;
            read->record.seq = each;
            if (any || each == seq) return true;
        }
    return fail(error, ERROR_DAMAGE, "entry %llu does not have the record that it should", (unsigned long long)read->index);
}

static bool entry_load(struct request *request, uint64_t index, struct entry_read *read, struct error *error)
{
    struct ledger *ledger = engine_ledger(request->engine);
    *read = (struct entry_read){ .index = index };
    if (index >= ledger_durable(ledger)) return fail_missing(error);
    if (!ledger_read(ledger, index, &read->bytes, error) || !entry_read(text_str(&read->bytes), &read->entry, error)) return false;
    read->kind = kind_find(read->entry.kind);
    return read->kind || fail(error, ERROR_DAMAGE, "entry %llu is of a kind that this program does not know", (unsigned long long)index);
}

bool entry_of_index(struct request *request, uint64_t index, struct entry_read *read, struct error *error)
{
    bool seen;
    return entry_load(request, index, read, error) && record_take(read, true, 0, error) && is_seen(request, read, false, &seen, error) &&
           (seen || fail_missing(error));
}

bool entry_of_record(struct request *request, struct str source, uint64_t seq, bool record_alone, struct entry_read *read,
                     struct error *error)
{
    struct place place;
    bool seen;
    *read = (struct entry_read){ 0 };
    if (!place_find(request->view->store, source, seq, &place, error)) return error->code == ERROR_NOT_FOUND && fail_missing(error);
    return entry_load(request, place.entry, read, error) && record_take(read, false, seq, error) &&
           is_seen(request, read, record_alone, &seen, error) && (seen || fail_missing(error));
}
