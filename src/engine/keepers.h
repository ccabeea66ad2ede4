/* The measures' own parts of a state (measure/keeping.h), opened and applied beside its tables. What is kept may be in use by readers
   when its generation has been replaced: it is counted, and closed by whoever leaves last. */
#ifndef ENGINE_KEEPERS_H
#define ENGINE_KEEPERS_H

#include <stdatomic.h>

#include "ledger/ledger.h"
#include "measure/keeping.h"

struct measure;
struct replaying;

struct keeper {
    const struct measure *measure;
    const struct keeping *keeping;
    struct kept *kept;
    struct keeping_seam seam;
    char *folder;
    uint64_t position; /* entries before it are in memory */
    atomic_uint users;
};

enum { KEEPERS_MAX = 8 };

/* Entries that are being applied and stand in no ledger yet. */
struct pending {
    const struct str *entries;
    uint64_t first;
    size_t count;
};

struct keepers {
    struct keeper *at[KEEPERS_MAX];
    size_t count;
    struct ledger *ledger;
    struct pending pending;
};

/* Opens all with a seam, whose way to the entries is set here; most: entries that the tables have durably. */
bool keepers_open(struct keepers *keepers, const struct keeping_seam *given, struct ledger *ledger, uint64_t most, struct error *error);
void keepers_close(struct keepers *keepers);
/* The position up to which all of them have seen everything. */
uint64_t keepers_position(const struct keepers *keepers);
/* Tells those that follow the kind and have not seen the entry. */
bool keepers_apply(struct keepers *keepers, const struct applied *applied, bool again, struct error *error);
bool keepers_commit(struct keepers *keepers, uint64_t position, struct error *error);
void keepers_abandon(struct keepers *keepers);
bool keepers_want_snapshot(const struct keepers *keepers, bool closing);
bool keepers_snapshot(struct keepers *keepers, uint64_t position, struct error *error);
void keepers_digest(struct keepers *keepers, struct sha256_run *run);
/* One more user, and one less: NULL where the measure keeps nothing. */
struct keeper *keepers_take(struct keepers *keepers, const struct measure *measure);
void keeper_give(struct keeper *keeper);

#endif
