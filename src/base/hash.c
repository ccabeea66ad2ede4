#define OPENSSL_SUPPRESS_DEPRECATED /* the digest calls below EVP: EVP costs more than the hash itself on short strings */

#include "base/hash.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <openssl/sha.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/error.h"
#include "base/memory.h"

struct sha256_run {
    SHA256_CTX context;
};

static void add(SHA256_CTX *context, struct str bytes)
{
    if (bytes.length > 0)
        SHA256_Update(context, bytes.at, bytes.length);
}

static struct hash end(SHA256_CTX *context)
{
    struct hash hash;

    SHA256_Final(hash.bytes, context);
    return hash;
}

struct hash sha256(struct str bytes)
{
    return sha256_two(bytes, (struct str){ NULL, 0 });
}

struct hash sha256_two(struct str first, struct str second)
{
    SHA256_CTX context;

    SHA256_Init(&context);
    add(&context, first);
    add(&context, second);
    return end(&context);
}

struct hash hash_leaf(struct str bytes)
{
    return sha256_two((struct str){ "\0", 1 }, bytes);
}

struct hash hash_node(const struct hash *left, const struct hash *right)
{
    char both[1 + 2 * HASH_BYTES];

    both[0] = 1;
    memcpy(both + 1, left->bytes, HASH_BYTES);
    memcpy(both + 1 + HASH_BYTES, right->bytes, HASH_BYTES);
    return sha256((struct str){ both, sizeof(both) });
}

bool hash_equal(const struct hash *a, const struct hash *b)
{
    return memcmp(a->bytes, b->bytes, HASH_BYTES) == 0;
}

struct sha256_run *sha256_start(void)
{
    struct sha256_run *run = allocate(sizeof(*run));

    SHA256_Init(&run->context);
    return run;
}

void sha256_add(struct sha256_run *run, struct str bytes)
{
    add(&run->context, bytes);
}

struct hash sha256_end(struct sha256_run *run)
{
    struct hash hash = end(&run->context);

    free(run);
    return hash;
}

/* Four bits at a time, for machines without the instruction. */
static uint32_t crc32c_table(uint32_t crc, const uint8_t *at, size_t length)
{
    static const uint32_t table[16] = {
        0x00000000, 0x105ec76f, 0x20bd8ede, 0x30e349b1, 0x417b1dbc, 0x5125dad3, 0x61c69362, 0x7198540d,
        0x82f63b78, 0x92a8fc17, 0xa24bb5a6, 0xb21572c9, 0xc38d26c4, 0xd3d3e1ab, 0xe330a81a, 0xf36e6f75,
    };

    for (size_t i = 0; i < length; i++) {
        crc ^= at[i];
        crc = (crc >> 4) ^ table[crc & 15];
        crc = (crc >> 4) ^ table[crc & 15];
    }
    return crc;
}

#ifdef __x86_64__
__attribute__((target("sse4.2"))) static uint32_t crc32c_instruction(uint32_t crc, const uint8_t *at, size_t length)
{
    uint64_t wide = crc;

    for (; length >= 8; at += 8, length -= 8) {
        uint64_t eight;
        memcpy(&eight, at, 8);
        wide = __builtin_ia32_crc32di(wide, eight);
    }
    crc = (uint32_t)wide;
    for (; length > 0; at++, length--)
        crc = __builtin_ia32_crc32qi(crc, *at);
    return crc;
}
#endif

uint32_t crc32c(uint32_t seed, const void *bytes, size_t length)
{
#ifdef __x86_64__
    if (__builtin_cpu_supports("sse4.2"))
        return ~crc32c_instruction(~seed, bytes, length);
#endif
    return ~crc32c_table(~seed, bytes, length);
}

void base64_add(struct text *text, struct str bytes)
{
    size_t room = sodium_base64_ENCODED_LEN(bytes.length, sodium_base64_VARIANT_ORIGINAL); /* with a zero */
    char *out = text_room(text, room);

    sodium_bin2base64(out, room, (const unsigned char *)bytes.at, bytes.length, sodium_base64_VARIANT_ORIGINAL);
    text->length += room - 1;
}

bool base64_read(struct str string, uint8_t *out, size_t room, size_t *length)
{
    *length = 0;
    return string.length == 0 ||
           sodium_base642bin(out, room, string.at, string.length, NULL, length, NULL, sodium_base64_VARIANT_ORIGINAL) == 0;
}

void hex_add(struct text *text, struct str bytes)
{
    size_t room = bytes.length * 2 + 1;

    sodium_bin2hex(text_room(text, room), room, (const unsigned char *)bytes.at, bytes.length);
    text->length += room - 1;
}

bool hex_read(struct str string, uint8_t *out, size_t bytes)
{
    size_t got = 0;

    return string.length == 2 * bytes &&
           (bytes == 0 || (sodium_hex2bin(out, bytes, string.at, string.length, NULL, &got, NULL) == 0 && got == bytes));
}

/* Each round makes the next key first and what is handed out behind it, and what was handed out is wiped: whoever sees the
   memory later cannot tell earlier bytes. */
struct random_stream {
    uint8_t key_and_bytes[1024];
    size_t used; /* of the above; 0: not seeded yet */
};

static void refill(struct random_stream *stream)
{
    static const uint8_t nonce[crypto_stream_chacha20_NONCEBYTES];
    uint8_t key[crypto_stream_chacha20_KEYBYTES];

    if (stream->used == 0) {
        must(sodium_init() >= 0);
        for (size_t got = 0; got < sizeof(key);) {
            ssize_t more = getrandom(key + got, sizeof(key) - got, 0);
            must(more > 0 || errno == EINTR);
            got += more > 0 ? (size_t)more : 0;
        }
    } else {
        memcpy(key, stream->key_and_bytes, sizeof(key));
    }
    crypto_stream_chacha20(stream->key_and_bytes, sizeof(stream->key_and_bytes), nonce, key);
    sodium_memzero(key, sizeof(key));
    stream->used = sizeof(key);
}

void random_bytes(void *out, size_t bytes)
{
    static _Thread_local struct random_stream stream; /* a process must not fork and go on drawing in both */
    uint8_t *at = out;

    while (bytes > 0) {
        if (stream.used == 0 || stream.used == sizeof(stream.key_and_bytes))
            refill(&stream);
        size_t left = sizeof(stream.key_and_bytes) - stream.used;
        size_t now = bytes < left ? bytes : left;
        memcpy(at, stream.key_and_bytes + stream.used, now);
        sodium_memzero(stream.key_and_bytes + stream.used, now);
        stream.used += now;
        at += now;
        bytes -= now;
    }
}
