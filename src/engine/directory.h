/* A data directory: where everything lies, its keys, and who may use it.

       DIR/lock              held by the process that uses the directory
       DIR/keys/keys.json    the ledger's signing key, the vault's keys (mode 0600)
       DIR/ledger/           the ledger alone
       DIR/vault/            subjects and sealed text
       DIR/portal/portal.db  accounts, sessions, letters: src/portal/accounts.h
       DIR/state/current     the number of the generation that counts
       DIR/state/N/state.db  a generation: the SQL state
       DIR/cache/            hashes of the tree: may be deleted */
#ifndef ENGINE_DIRECTORY_H
#define ENGINE_DIRECTORY_H

#include "base/error.h"
#include "disk/disk.h"
#include "ledger/ledger.h"
#include "vault/vault.h"

enum { PATH_ROOM = 1024 };

struct keys {
    struct ledger_key ledger;
    struct vault_keys vault;
};

/* DIR/name into path; ERROR_LIMIT where that is too long. */
bool directory_path(const char *directory, const char *name, char path[PATH_ROOM], struct error *error);
/* Makes a new data directory with fresh keys; ERROR_CONFLICT where something is there already. */
bool directory_make(struct disk *disk, const char *directory, struct error *error);
/* ERROR_NOT_FOUND, with what to do, where it is no data directory. */
bool directory_keys(struct disk *disk, const char *directory, struct keys *keys, struct error *error);
/* Holds the lock of a real directory for this process, or fails with ERROR_BUSY after waiting a few seconds; release with
   directory_unlock. The lock keeps other processes out; it ends with the process. Shared: others may look, too; it makes
   nothing, and where there is no lock to hold (a copy of a ledger), *lock is -1. */
bool directory_lock(const char *directory, bool shared, int *lock, struct error *error);
void directory_unlock(int lock);
/* Whether a path that is there, or would be made, lies in the directory. */
bool directory_holds(const char *directory, const char *path);
/* The generation that counts; 0: none yet. */
bool directory_generation(struct disk *disk, const char *directory, uint64_t *generation, struct error *error);
bool directory_set_generation(struct disk *disk, const char *directory, uint64_t generation, struct error *error);
/* DIR/state/N and DIR/state/N/state.db. */
bool directory_state_path(const char *directory, uint64_t generation, bool file, char path[PATH_ROOM], struct error *error);

#endif
