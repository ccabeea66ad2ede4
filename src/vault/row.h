/* The forms of what stands in the vault's files. Every row starts with a word (what it is) and a CRC-32C over its place, the
   word and all that follows, so that neither a hole of zeros nor a row of another place is taken for one. All numbers are
   little-endian. What is sealed has a key of its own, made from a random salt beside it; no key is used twice. */
#ifndef VAULT_ROW_H
#define VAULT_ROW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "vault/vault.h"

enum { ROW_HEAD = 8, SALT_BYTES = 32, TAG_BYTES = 16, SEALED_HEAD = ROW_HEAD + SALT_BYTES };
enum {
    INDEX_ROW = ROW_HEAD + 16,                           /* blind index */
    PERSON_CLEAR = 72,                                   /* length, value, zeros */
    PERSON_ROW = SEALED_HEAD + PERSON_CLEAR + TAG_BYTES, /* 128: never across two sectors */
    TEXT_FRAME = SEALED_HEAD + TAG_BYTES,                /* and the text between */
    ERASURE_ROW = ROW_HEAD + 16,                         /* the number erased, and of which file */
};

/* The upper two bits of the word; below stands a text's length, else zero. */
enum row_state {
    ROW_TORN = 0,
    ROW_LIVE = 1,
    ROW_ERASED = 2,
};

/* The number in front of a row (subject or place) is what it is bound to. */
uint32_t row_length(const uint8_t *row); /* of a text; not to be trusted before row_state */
/* ROW_TORN where it is not what was written. */
enum row_state row_state(const uint8_t *row, size_t bytes, uint64_t number);
/* Writes word and CRC around what is there; ROW_ERASED zeroes it first. */
void row_end(uint8_t *row, size_t bytes, uint64_t number, enum row_state state, uint32_t length);

void row_put_number(uint8_t *at, uint64_t number);
uint64_t row_get_number(const uint8_t *at);

/* What a key is for. */
enum seal { SEAL_PERSON = 1, SEAL_TEXT = 2 };

/* Draws the salt and seals the clear bytes behind it; the row is ended, as live. key_out (may be NULL) is told the key. */
void row_seal(uint8_t *row, uint64_t number, enum seal seal, const uint8_t master[VAULT_KEY_BYTES], struct str clear,
              uint32_t length, uint8_t key_out[VAULT_KEY_BYTES]);
/* Opens a live row of so many bytes; clear has room for what was sealed. False where the keys are others. */
bool row_unseal(const uint8_t *row, size_t bytes, uint64_t number, enum seal seal, const uint8_t master[VAULT_KEY_BYTES],
                uint8_t *clear);

#endif
