/* What is in a ledger entry: a head that says what it brings, and packed records. A kind's records are one to an entry, so
   that a proof shows no neighbour; bulk kinds have batches. Golden files keep the form readable for good. */
#ifndef ENGINE_ENTRY_H
#define ENGINE_ENTRY_H

#include <stdint.h>

#include "base/error.h"
#include "base/str.h"
#include "vault/vault.h"

enum { ENTRY_SALT_BYTES = 16, BATCH_RECORDS = 4096, BATCH_BYTES = 192 * 1024, SOURCE_LIMIT = 200 };

/* Sequence numbers low to high of one source. */
struct span {
    uint64_t low, high;
};

struct entry {
    struct str kind;
    unsigned version;
    struct str source;
    int64_t received;         /* when the door took it, milliseconds UTC */
    struct vault_marks marks; /* how much of the vault may be named up to here */
    uint64_t hold;            /* not 0: part of a replacement, counts only with the withdrawal of the same hold */
    int64_t digest;           /* of the content, for kinds that are not bulk */
    uint64_t count;           /* records */
    const struct span *spans; /* writing only; in reading spans are walked with entry_span */
    size_t span_count;
    struct str packed_spans;  /* reading only */
    struct str records;       /* packed, in the order of the spans */
};

/* Adds the entry's bytes to out, with a fresh random salt. */
void entry_write(const struct entry *entry, struct text *out);
/* Reads an entry's bytes; what it says points into them. ERROR_DAMAGE where they are not whole. */
bool entry_read(struct str bytes, struct entry *entry, struct error *error);
/* Walks the spans of an entry that was read: start with *rest = entry->packed_spans and *last = 0. False at the end. */
bool entry_span(struct str *rest, uint64_t *last, struct span *span);

#endif
