/* The vault: the one place where clear personal data lives, sealed.

   A person's value (phone number, account, document number) becomes a subject, a number given in the order of first
   appearance. `index` holds for each subject 24 bytes: the blind index (SipHash-128 of the normalised value under a secret
   key) and a CRC. `people` holds for each subject one fixed slot: a random salt, the value sealed (XChaCha20-Poly1305) under
   a key derived from the salt and the master key, a CRC. `texts` is a run of texts by people, each sealed under a key of its
   own in the same way; a text's number is its place there. Erasing overwrites salt, sealed value and blind index with zeros:
   what stays is a number that leads nowhere.

   The file `form` says of which form all this is.

   What is added waits in memory until vault_write. Threads: every call locks what it needs, so reading, adding, writing and
   syncing may go on at once; what is added during a vault_write or vault_sync belongs to the next one.

   Order of syncing: the vault before the ledger, so that no entry names a subject or text that is not there. What an entry
   could not have named (behind the marks) is a torn tail and is cut when opened; a bad slot before it is damage. */
#ifndef VAULT_VAULT_H
#define VAULT_VAULT_H

#include <stdint.h>

#include "base/error.h"
#include "base/hash.h"
#include "base/str.h"
#include "disk/disk.h"

enum { VAULT_KEY_BYTES = 32, VAULT_PERSON_LIMIT = 64, VAULT_TEXT_LIMIT = 1024 * 1024 };

struct vault_keys {
    uint8_t master[VAULT_KEY_BYTES]; /* seals */
    uint8_t blind[16];               /* blind index */
    uint8_t digest[16];              /* content digests (vault_digest) */
};

/* How much of the vault is named by the ledger. */
struct vault_marks {
    uint64_t subjects;
    uint64_t text_bytes;
};

struct vault;

/* Opens or makes the vault in a folder. With may_recover the tail behind the marks is cut, whole or not; without it no byte
   is changed: the folder must be there, the tail is not used, and vault_write and the erasing fail. ERROR_DAMAGE names the
   subject whose row is not what was written, or says that the keys are those of another vault; ERROR_CONFLICT says that the
   vault is of a form that is not this version's. */
struct vault *vault_open(struct disk *disk, const char *directory, const struct vault_keys *keys, struct vault_marks marks,
                         bool may_recover, struct error *error);
void vault_close(struct vault *vault);

/* Reads every row that was written: its CRC, and that it opens with the keys or was erased. ERROR_DAMAGE names the first that
   is wrong. */
bool vault_check(struct vault *vault, struct error *error);

/* The subjects of so many normalised values (1 to 64 bytes each); new ones are given the next numbers. ERROR_LIMIT
   for other lengths, and then none was added. Known ones cost one memory access each, fetched ahead. */
bool vault_subjects(struct vault *vault, const struct str *values, size_t count, uint64_t *subjects, struct error *error);
/* The subject of a value, or UINT64_MAX where it has none. */
uint64_t vault_find(struct vault *vault, struct str value);
/* Seals a text; its number and the commitment to it: SHA-256(key of the text, text), which gives nothing away once that
   key is destroyed. */
bool vault_seal(struct vault *vault, struct str text, uint64_t *number, struct hash *commitment, struct error *error);
/* A keyed 63-bit digest, to tell equal content from other content without keeping either. */
int64_t vault_digest(const struct vault *vault, struct str content);

/* Writes what was added since; then makes it durable. Write before sync; sync before the ledger's entries are written.
   After a failed write or sync the vault is failed until opened again. */
bool vault_write(struct vault *vault, struct error *error);
bool vault_sync(struct vault *vault, struct error *error);
/* All given so far, written or not. */
struct vault_marks vault_marks(const struct vault *vault);

/* The clear value, added to out. ERROR_NOT_FOUND where it was erased or never was. */
bool vault_person(struct vault *vault, uint64_t subject, struct text *out, struct error *error);
bool vault_text(struct vault *vault, uint64_t number, struct text *out, struct error *error);
/* Between the two nothing is overwritten, so that the files may be copied: an erasure waits, or its note is copied with them.
   Both in the same thread. */
void vault_hold(struct vault *vault);
void vault_release(struct vault *vault);

/* Destroys key and index row, durably; an erasure that a crash cuts short is ended at the next opening. Again: no harm. */
bool vault_erase_person(struct vault *vault, uint64_t subject, struct error *error);
bool vault_erase_text(struct vault *vault, uint64_t number, struct error *error);

#endif
