/* What the parts of the vault share: vault.c (adding, writing, reading), erase.c, open.c. */
#ifndef VAULT_INSIDE_H
#define VAULT_INSIDE_H

#include <pthread.h>
#include <stdatomic.h>

#include "vault/row.h"
#include "vault/table.h"
#include "vault/vault.h"

enum vault_file { INDEX, PEOPLE, TEXTS, FILES };
enum { VAULT_BATCH = 64, VAULT_NEAR_BYTES = 2048 };

/* What is being erased, noted in the file `erasing` before anything is overwritten: should that be cut short, it is done
   again at opening, and a half overwritten row is no damage. */
struct erasure {
    enum vault_file file; /* PEOPLE (and INDEX with it), or TEXTS */
    uint64_t number;
    uint32_t length; /* of the text */
};

/* Locks are taken in the order in which they stand here. */
struct vault {
    struct disk *disk;
    struct text directory, erasing; /* paths, zero-terminated */
    struct vault_keys keys;
    bool may_write;
    struct disk_file *files[FILES];
    struct erasure unfinished; /* found at opening without may_recover; file INDEX: none */

    pthread_mutex_t writing;      /* one vault_write at a time; keeps `taken` in place */
    pthread_mutex_t syncing;      /* one vault_sync at a time: who returns knows that all before is durable */
    pthread_rwlock_t overwriting; /* shared by who reads rows from a file, alone for who erases one */
    pthread_mutex_t additions;    /* all that follows; never held while the disk is used */

    struct table table;
    uint64_t written[FILES];                  /* bytes in the files */
    struct text taken[FILES], added[FILES];   /* on the way there, and added since */
    bool failed;
    struct error failure;

    atomic_bool unsynced[FILES];
};

/* What is hashed for the index; what stands in its row. */
struct blind vault_blind(const struct vault *vault, struct str value);
struct blind vault_row_blind(const uint8_t *index_row);

/* Nothing more is taken; always false. */
bool vault_note_failure(struct vault *vault, const struct error *error);
/* vault_write and vault_sync with their locks held. */
bool vault_write_added(struct vault *vault, struct error *error);
bool vault_sync_written(struct vault *vault, struct error *error);

/* Up to so many bytes from a file, or from what is on its way there. A row is always wholly in one of them. */
bool vault_fetch(struct vault *vault, enum vault_file file, uint64_t offset, void *out, size_t bytes, size_t *got,
                 struct error *error);
/* The whole row of a text into memory at least VAULT_NEAR_BYTES long, which it may move; ROW_TORN where there is none. */
bool vault_fetch_text(struct vault *vault, uint64_t number, uint8_t **row, enum row_state *state, struct error *error);

/* Ends an erasure that was cut short, or remembers it where nothing may be written. */
bool vault_finish_erasure(struct vault *vault, struct error *error);
bool vault_is_unfinished(const struct vault *vault, enum vault_file file, uint64_t number);

extern const char *const vault_file_names[FILES];
bool vault_fail_damaged(const struct vault *vault, enum vault_file file, uint64_t number, struct error *error);
bool vault_fail_gone(enum vault_file file, uint64_t number, struct error *error);
bool vault_fail_key(const struct vault *vault, enum vault_file file, uint64_t number, struct error *error);

#endif
