/* State: the SQL tables that entries are applied to. Deterministic: the same entries give the same tables, on any machine.
   Tables of the spine: "meta" (position), "source_name" (sources as numbers), "seen" (intervals of each source), "place"
   (which entry brought what, for proofs and for telling duplicates from conflicts); and one for each kind (measure.h). */
#ifndef ENGINE_STATE_H
#define ENGINE_STATE_H

#include <stdint.h>

#include "base/error.h"
#include "base/hash.h"
#include "door/kind.h"
#include "engine/entry.h"
#include "engine/keepers.h"
#include "engine/seen.h"
#include "store/store.h"

struct state;

/* Opens or makes the state in a database file, and reads its position and its sources. */
struct state *state_open(struct disk *disk, const char *path, struct error *error);
void state_close(struct state *state);
/* Opens what the measures keep in a folder beside the tables, over the ledger that the state is made from. It may be behind the
   tables: replay_kept (replay.h) brings it up. snapshot_records: as in engine.h. Without it, nothing is kept and nothing of it is applied. */
bool state_keep(struct state *state, struct disk *disk, const char *folder, struct ledger *ledger, uint64_t snapshot_records, struct error *error);
struct keepers *state_keepers(struct state *state);
/* Entries that are applied before they stand in the ledger. */
void state_pending(struct state *state, const struct str *entries, uint64_t first, size_t count);
/* Makes the tables durable and writes snapshots of what is kept, where enough has been applied since the last (less is enough when closing); between transactions. */
bool state_snapshot(struct state *state, bool closing, struct error *error);
struct store *state_store(struct state *state);
/* The most of the vault that any entry so far may name: entries of several loads may come in another order than they were
   packed in, so that the newest does not always tell. */
struct vault_marks state_marks(const struct state *state);
/* Entries applied and committed: the number of the next one. */
uint64_t state_position(const struct state *state);
/* The position behind the newest entry of a kind that was applied; 0: none since the state was opened. */
uint64_t state_newest(const struct state *state, const struct kind *kind);

enum apply_mode {
    APPLY_COUNTS,    /* it counts */
    APPLY_WITHDRAWN, /* it was withdrawn: only its place is kept */
};

/* Applies the entry of that number, which must be the next, inside a transaction. *repeated is how many of its records had
   the content that their key already had. */
bool state_begin(struct state *state, struct error *error);
bool state_apply(struct state *state, uint64_t index, const struct entry *entry, enum apply_mode mode, uint64_t *repeated,
                 struct error *error);
/* Passes over the entry of that number: it belongs to a replacement that is not, or not yet, decided. */
void state_skip(struct state *state, uint64_t index, const struct entry *entry);
bool state_commit(struct state *state, struct error *error);
void state_rollback(struct state *state);

/* Calls back for each source with what has been seen of it. */
void state_sources(const struct state *state, void (*source)(void *context, struct str name, const struct seen *seen), void *context);

/* Calls back for each source of which something counts, with its number of records, by a reading store. */
bool state_list_sources(struct store *store, void (*source)(void *context, struct str name, uint64_t records), void *context,
                        struct error *error);

/* Where a (source, seq) stands, by a reading store: its newest entry, whether it counts, the digest of its content. */
struct place {
    uint64_t entry;
    bool counts;
    int64_t digest;
};
/* ERROR_NOT_FOUND where it is not there. */
bool place_find(struct store *store, struct str source, uint64_t seq, struct place *place, struct error *error);
/* The same for kinds whose entries are single records: one look-up by key. */
bool place_find_single(struct store *store, struct str source, uint64_t seq, struct place *place, struct error *error);

/* One digest over every table in key order; and one over what is kept in memory, while nothing is applied. */
bool state_digest(struct store *store, struct hash *digest, struct error *error);
struct hash state_kept_digest(struct state *state);
bool state_stored_position(struct store *store, uint64_t *position, struct error *error);

#endif
