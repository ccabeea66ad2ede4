/* A ledger on a failing disk whose entries are known by their index, for the tests of the ledger. */
#ifndef TESTS_LEDGER_CASE_H
#define TESTS_LEDGER_CASE_H

#include "fault_disk.h"
#include "ledger/ledger.h"

#define LEDGER "/d/ledger"
#define CACHE "/d/cache"
#define NEWEST LEDGER "/newest"

enum { ENTRY_ROOM = 2048 };

struct ledger_key test_key(void);
/* The bytes of an entry, the same for the same index; most are short, some longer than a sector. */
struct str entry_bytes(uint64_t index, char room[ENTRY_ROOM]);

struct ledger *try_open(struct disk *disk, uint64_t segment_bytes, bool may_recover, struct error *error);
/* The others end the test where they do not succeed. */
struct ledger *open_ledger(struct fault_disk *fault, uint64_t segment_bytes);
/* The entries [from, to), as one group, unsynced. */
bool append_entries(struct ledger *ledger, uint64_t from, uint64_t to, struct error *error);
void must_append(struct ledger *ledger, uint64_t from, uint64_t to);

/* MTH of RFC 6962, section 2.1, as it is written there, over the entries [first, end). */
struct hash slow_root(uint64_t first, uint64_t end);

/* A callback for ledger_scan that expects each entry in turn. */
struct expectation {
    uint64_t next;
};
bool expect_entry(void *context, uint64_t index, struct str bytes, struct error *error);
/* Every entry is there, once and unchanged, by scan and by itself, and the tree is right. */
void assert_entries(struct ledger *ledger, uint64_t size);

bool verify_ledger(struct fault_disk *fault, struct str given, struct ledger_verified *verified, struct error *error);
void assert_verified(struct fault_disk *fault, uint64_t size);

#endif
