/* Hashes and their spellings. */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

enum { HASH_BYTES = 32 };
struct hash {
    uint8_t bytes[HASH_BYTES];
};

/* SHA-256 of parts in a row. */
struct hash sha256(struct str bytes);
struct hash sha256_two(struct str first, struct str second);
/* RFC 6962: SHA-256(0x00, bytes) and SHA-256(0x01, left, right). */
struct hash hash_leaf(struct str bytes);
struct hash hash_node(const struct hash *left, const struct hash *right);
bool hash_equal(const struct hash *a, const struct hash *b);

/* A hash over many pieces. Start with sha256_start; each piece is added as it is. */
struct sha256_run;
struct sha256_run *sha256_start(void);
void sha256_add(struct sha256_run *run, struct str bytes);
struct hash sha256_end(struct sha256_run *run); /* frees the run */

/* CRC-32C (Castagnoli), in hardware where there is one; seed 0 to start, the last result to go on. */
uint32_t crc32c(uint32_t seed, const void *bytes, size_t length);

/* Standard base64 with padding, added to text. */
void base64_add(struct text *text, struct str bytes);
/* False where it is not base64; out needs 3/4 of the length. */
bool base64_read(struct str string, uint8_t *out, size_t room, size_t *length);
void hex_add(struct text *text, struct str bytes);
bool hex_read(struct str string, uint8_t *out, size_t bytes);

/* Random bytes for keys and salts: a ChaCha20 stream per thread, seeded by the kernel. */
void random_bytes(void *out, size_t bytes);

#endif
