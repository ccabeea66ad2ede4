#include "vault/row.h"

#include <endian.h>
#include <sodium.h>
#include <string.h>

#include "base/hash.h"

enum { STATE_SHIFT = 30, LENGTH_MASK = (1 << STATE_SHIFT) - 1 };

_Static_assert((int)VAULT_TEXT_LIMIT <= (int)LENGTH_MASK, "a text's length fits below the state");
_Static_assert((int)VAULT_PERSON_LIMIT < (int)PERSON_CLEAR, "a value and its length fit");

static uint32_t get_word(const uint8_t *at)
{
    uint32_t word;
    memcpy(&word, at, sizeof word);
    return le32toh(word);
}

static void put_word(uint8_t *at, uint32_t word)
{
    word = htole32(word);
    memcpy(at, &word, sizeof word);
}

void row_put_number(uint8_t *at, uint64_t number)
{
    number = htole64(number);
    memcpy(at, &number, sizeof number);
}

uint64_t row_get_number(const uint8_t *at)
{
    uint64_t number;
    memcpy(&number, at, sizeof number);
    return le64toh(number);
}

static uint32_t row_crc(const uint8_t *row, size_t bytes, uint64_t number)
{
    uint8_t place[sizeof number];
    row_put_number(place, number);
    return crc32c(crc32c(crc32c(0, place, sizeof place), row, 4), row + ROW_HEAD, bytes - ROW_HEAD);
}

uint32_t row_length(const uint8_t *row)
{
    return get_word(row) & LENGTH_MASK;
}

enum row_state row_state(const uint8_t *row, size_t bytes, uint64_t number)
{
    uint32_t state = get_word(row) >> STATE_SHIFT;
    bool whole = (state == ROW_LIVE || state == ROW_ERASED) && get_word(row + 4) == row_crc(row, bytes, number);
    return whole ? (enum row_state)state : ROW_TORN;
}

void row_end(uint8_t *row, size_t bytes, uint64_t number, enum row_state state, uint32_t length)
{
    if (state == ROW_ERASED)
        memset(row, 0, bytes);
    put_word(row, (uint32_t)state << STATE_SHIFT | length);
    put_word(row + 4, row_crc(row, bytes, number));
}

/* XChaCha20-Poly1305 with a nonce from the row's salt, taken apart: its first step, HChaCha20 under the master key, gives the
   row's own key, which texts are committed to with. The purpose in front keeps the keys of persons and texts apart. */
struct row_key {
    uint8_t key[crypto_core_hchacha20_OUTPUTBYTES];
    uint8_t nonce[crypto_aead_chacha20poly1305_ietf_NPUBBYTES];
};
enum { KEY_SALT = crypto_core_hchacha20_INPUTBYTES - 1, NONCE_ZEROS = 4, NONCE_SALT = 8 };
_Static_assert(crypto_core_hchacha20_OUTPUTBYTES == VAULT_KEY_BYTES, "a row's key is as long as the master key");
_Static_assert(KEY_SALT + NONCE_SALT <= SALT_BYTES, "the salt is long enough for both");

static void derive_key(struct row_key *key, const uint8_t *salt, enum seal seal, const uint8_t *master)
{
    uint8_t input[crypto_core_hchacha20_INPUTBYTES];
    input[0] = (uint8_t)seal;
    memcpy(input + 1, salt, KEY_SALT);
    crypto_core_hchacha20(key->key, input, master, NULL);
    memset(key->nonce, 0, NONCE_ZEROS);
    memcpy(key->nonce + NONCE_ZEROS, salt + KEY_SALT, NONCE_SALT);
}

void row_seal(uint8_t *row, uint64_t number, enum seal seal, const uint8_t master[VAULT_KEY_BYTES], struct str clear,
              uint32_t length, uint8_t key_out[VAULT_KEY_BYTES])
{
    struct row_key key;
    uint8_t place[sizeof number];
    row_put_number(place, number);
    random_bytes(row + ROW_HEAD, SALT_BYTES);
    derive_key(&key, row + ROW_HEAD, seal, master);
    crypto_aead_chacha20poly1305_ietf_encrypt(row + SEALED_HEAD, NULL, (const uint8_t *)clear.at, clear.length, place,
                                               sizeof place, NULL, key.nonce, key.key);
    row_end(row, SEALED_HEAD + clear.length + TAG_BYTES, number, ROW_LIVE, length);
    if (key_out)
        memcpy(key_out, key.key, sizeof key.key);
    sodium_memzero(&key, sizeof key);
}

bool row_unseal(const uint8_t *row, size_t bytes, uint64_t number, enum seal seal, const uint8_t master[VAULT_KEY_BYTES],
                uint8_t *clear)
{
    struct row_key key;
    uint8_t place[sizeof number];
    row_put_number(place, number);
    derive_key(&key, row + ROW_HEAD, seal, master);
    bool opened = crypto_aead_chacha20poly1305_ietf_decrypt(clear, NULL, NULL, row + SEALED_HEAD, bytes - SEALED_HEAD, place,
                                                             sizeof place, key.nonce, key.key) == 0;
    sodium_memzero(&key, sizeof key);
    return opened;
}
