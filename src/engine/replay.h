/* Replaying the ledger into a state: the one way to make a generation. Rebuild, a restored backup, withdrawal and the check
   `verify --replay` are all this. */
#ifndef ENGINE_REPLAY_H
#define ENGINE_REPLAY_H

#include "engine/state.h"
#include "ledger/ledger.h"

/* Which entries count: withdrawals and decided replacements, read from the entries below a size, which are held against the
   signed root on the way: a state is never made from an entry that was not signed. */
struct decisions;
struct decisions *decisions_read(struct ledger *ledger, uint64_t size, struct error *error);
/* Adds a withdrawal that will be appended next, behind all that it decides on. */
void decisions_expect(struct decisions *decisions, struct str target, uint64_t hold);
void decisions_close(struct decisions *decisions);

enum verdict { ENTRY_COUNTS, ENTRY_WITHDRAWN, ENTRY_UNDECIDED };
enum verdict decisions_on(const struct decisions *decisions, uint64_t index, const struct entry *entry);

/* Whether an entry is a withdrawal: it changes what counted before, so the state must be made anew. */
bool entry_withdraws(const struct entry *entry);

/* The withdrawals and decided replacements that a state has seen, from its own table: cheaper than reading the entries. */
struct decisions *decisions_of_state(struct store *store, struct error *error);
/* Brings what the measures keep in memory up to the tables, which have seen the entries before `to`. */
bool replay_kept(struct ledger *ledger, struct keepers *keepers, uint64_t to, const struct decisions *decisions, struct error *error);

/* Applies entries from the state's position to size. progress may be NULL. */
bool replay(struct ledger *ledger, struct state *state, uint64_t size, const struct decisions *decisions,
            void (*progress)(void *context, uint64_t done, uint64_t all), void *context, struct error *error);

#endif
