/* The ledger: append-only segments of entries, provable. An entry is bytes; what is in them is entry.h's matter.

   Files in the ledger's folder, and nothing else: segments named by the number of their first entry, twenty digits and
   ".segment", and `newest`, the newest signed checkpoint.

   A segment is a run of frames: u32 length, u32 CRC-32C of (type byte, body), u8 type, body; all little-endian. Type 'E' is
   an entry (leaf = SHA-256(0x00, body)), type 'C' a checkpoint note over all entries before it. Every append ends with one,
   so one fdatasync makes entries and checkpoint durable together: only what a checkpoint covers was ever acknowledged.
   What stands behind the last checkpoint is a torn tail and is cut at recovery; a bad frame before it is damage.
   `newest` says so too for the last checkpoint itself: it is written after the sync and needs none of its own. */
#ifndef LEDGER_LEDGER_H
#define LEDGER_LEDGER_H

#include <stdint.h>

#include "base/error.h"
#include "base/hash.h"
#include "base/str.h"
#include "disk/disk.h"

enum { LEDGER_ENTRY_LIMIT = 16 * 1024 * 1024, LEDGER_SEED_BYTES = 32, LEDGER_PATH_LIMIT = 64 };

/* Who signs: the name is the checkpoint's origin (C2SP: no space, no plus). */
struct ledger_key {
    char name[96];
    uint8_t seed[LEDGER_SEED_BYTES]; /* Ed25519 */
    uint8_t public_key[32];
};
/* The key of that name and seed. */
void ledger_key_from_seed(struct ledger_key *key, const char *name, const uint8_t seed[LEDGER_SEED_BYTES]);
/* NAME+HASH+KEY, the verifier key of C2SP signed notes; without a newline. */
void ledger_verifier_key(const struct ledger_key *key, struct text *out);
/* Reads a verifier key (no seed then); false where it is none. */
bool ledger_key_from_verifier(struct ledger_key *key, struct str verifier);

struct ledger_options {
    struct disk *disk;
    const char *directory;      /* DIR/ledger, made when missing and may_recover */
    const char *cache;          /* DIR/cache: hashes of the tree and places of the entries; may be deleted at any time. It is
                                   written in either case: who may not touch DIR gives another one */
    const struct ledger_key *key;
    uint64_t segment_bytes;     /* a new segment begins beyond that; 0: 256 MiB */
    bool may_recover;           /* cut a torn tail, and append; else no byte of directory is changed, and appending fails */
};

struct ledger;

/* Opens, recovers (a torn tail is cut, the cache mended or made anew), or fails with ERROR_DAMAGE naming the place. Without
   may_recover the directory is only read, also where it cannot be written; ERROR_NOT_FOUND where there is no ledger then. */
struct ledger *ledger_open(const struct ledger_options *options, struct error *error);
void ledger_close(struct ledger *ledger);

/* One writer at a time. Frames the entries and a checkpoint signed over them, and writes them, unsynced. On failure the
   ledger is failed: every later append and sync fails until it has been closed, opened and so read again. */
bool ledger_append(struct ledger *ledger, const struct str *entries, size_t count, struct error *error);
/* Makes all that was appended durable, then notes the checkpoint in `newest`. May run in another thread than the one that
   appends, while it does not. After a failure nothing since the last sync may be acknowledged, and the ledger is failed. */
bool ledger_sync(struct ledger *ledger, struct error *error);

/* Entries appended, and those of them that are durable. Readers may ask from any thread; they read below durable only. */
uint64_t ledger_size(const struct ledger *ledger);
uint64_t ledger_durable(const struct ledger *ledger);
/* Bytes of a torn tail found (and with may_recover cut) at opening. */
uint64_t ledger_torn(const struct ledger *ledger);

/* The exact bytes of an entry, added to out. ERROR_NOT_FOUND beyond durable. Any thread. */
bool ledger_read(struct ledger *ledger, uint64_t index, struct text *out, struct error *error);
/* Calls back for each entry of [from, to), in order, reading ahead; stops when the callback returns false. */
bool ledger_scan(struct ledger *ledger, uint64_t from, uint64_t to,
                 bool (*entry)(void *context, uint64_t index, struct str bytes, struct error *error), void *context,
                 struct error *error);

/* RFC 6962 over the first `size` entries. Any thread; size at most durable. */
bool ledger_root(struct ledger *ledger, uint64_t size, struct hash *root, struct error *error);
bool ledger_inclusion(struct ledger *ledger, uint64_t index, uint64_t size, struct hash *leaf,
                      struct hash path[LEDGER_PATH_LIMIT], size_t *length, struct error *error);
bool ledger_consistency(struct ledger *ledger, uint64_t from, uint64_t to, struct hash path[LEDGER_PATH_LIMIT],
                        size_t *length, struct error *error);

/* `width` hashes (1 to 256) of C2SP tlog-tiles' tile `number` of a level: the subtrees over 256^level leaves each, from
   256 * number on. ERROR_NOT_FOUND where they are not all complete below durable. Any thread. */
bool ledger_tile(struct ledger *ledger, unsigned level, uint64_t number, unsigned width, struct hash *hashes,
                 struct error *error);

/* The signed note over the first `size` entries: origin, size, root, signature (C2SP tlog-checkpoint). Ed25519 is
   deterministic, so the note of a size is always the same. */
bool ledger_checkpoint(struct ledger *ledger, uint64_t size, struct text *note, struct error *error);

struct checkpoint {
    uint64_t size;
    struct hash root;
};
/* Reads a note and checks the key's signature on it; other signatures are passed over. ERROR_DAMAGE says what is wrong. */
bool checkpoint_read(struct str note, const struct ledger_key *key, struct checkpoint *checkpoint, struct error *error);

/* Checks every byte: frames, checksums, tree, each checkpoint's root and signature, `newest`, and that the ledger grew from
   the given checkpoint note (at == NULL: none given). Opens nothing for writing and needs no cache. On both cores.
   On success says what it covers. progress (may be NULL) is told bytes done and bytes in all. */
struct ledger_verified {
    struct checkpoint newest;
    uint64_t bytes;      /* read */
    uint64_t torn_bytes; /* behind the last acknowledged entry: no failure */
};
bool ledger_verify(struct disk *disk, const char *directory, const struct ledger_key *key, struct str given,
                   void (*progress)(void *context, uint64_t done, uint64_t all), void *context,
                   struct ledger_verified *verified, struct error *error);

#endif
