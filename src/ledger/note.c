#include "ledger/note.h"

#include <sodium.h>
#include <string.h>

enum { ED25519_TYPE = 1, KEY_HASH_BYTES = 4, SIGNATURE_BYTES = crypto_sign_BYTES };

#define DASH "\xe2\x80\x94 " /* what a signature line starts with */

static bool is_name(struct str name)
{
    if (name.length == 0 || name.length >= sizeof(((struct ledger_key *)NULL)->name) || !str_is_utf8(name))
        return false;
    for (size_t i = 0; i < name.length; i++)
        if ((unsigned char)name.at[i] <= ' ' || name.at[i] == '+' || name.at[i] == 0x7f)
            return false;
    return true;
}

static void key_hash(const struct ledger_key *key, uint8_t out[KEY_HASH_BYTES])
{
    char bytes[sizeof(key->name) + 2 + sizeof(key->public_key)];
    size_t length = strlen(key->name);

    memcpy(bytes, key->name, length);
    bytes[length++] = '\n';
    bytes[length++] = ED25519_TYPE;
    memcpy(bytes + length, key->public_key, sizeof(key->public_key));
    struct hash hash = sha256((struct str){ bytes, length + sizeof(key->public_key) });
    memcpy(out, hash.bytes, KEY_HASH_BYTES);
}

void ledger_key_from_seed(struct ledger_key *key, const char *name, const uint8_t seed[LEDGER_SEED_BYTES])
{
    uint8_t secret[crypto_sign_SECRETKEYBYTES];

    must(is_name(str_of(name)));
    memset(key, 0, sizeof(*key));
    memcpy(key->name, name, strlen(name));
    memcpy(key->seed, seed, LEDGER_SEED_BYTES);
    must(crypto_sign_seed_keypair(key->public_key, secret, seed) == 0);
    sodium_memzero(secret, sizeof(secret));
}

void ledger_verifier_key(const struct ledger_key *key, struct text *out)
{
    uint8_t hash[KEY_HASH_BYTES], typed[1 + sizeof(key->public_key)] = { ED25519_TYPE };

    key_hash(key, hash);
    memcpy(typed + 1, key->public_key, sizeof(key->public_key));
    text_format(out, "%s+", key->name);
    hex_add(out, (struct str){ (const char *)hash, sizeof(hash) });
    text_add_byte(out, '+');
    base64_add(out, (struct str){ (const char *)typed, sizeof(typed) });
}

/* Takes what stands before the byte off the front, and the byte; false where there is none. */
static bool take_until(struct str *rest, char byte, struct str *taken)
{
    size_t at = str_find(*rest, byte);

    if (at == rest->length)
        return false;
    *taken = (struct str){ rest->at, at };
    *rest = (struct str){ rest->at + at + 1, rest->length - at - 1 };
    return true;
}

bool ledger_key_from_verifier(struct ledger_key *key, struct str verifier)
{
    struct str rest = verifier, name, hash;
    uint8_t claimed[KEY_HASH_BYTES], right[KEY_HASH_BYTES], typed[1 + sizeof(key->public_key)];
    size_t length;

    if (!take_until(&rest, '+', &name) || !take_until(&rest, '+', &hash) || !is_name(name) ||
        !hex_read(hash, claimed, sizeof(claimed)) || !base64_read(rest, typed, sizeof(typed), &length) ||
        length != sizeof(typed) || typed[0] != ED25519_TYPE)
        return false;
    memset(key, 0, sizeof(*key));
    memcpy(key->name, name.at, name.length);
    memcpy(key->public_key, typed + 1, sizeof(key->public_key));
    key_hash(key, right);
    return memcmp(claimed, right, sizeof(right)) == 0;
}

bool note_add(struct text *out, const struct ledger_key *key, const struct checkpoint *checkpoint, struct error *error)
{
    uint8_t secret[crypto_sign_SECRETKEYBYTES], public_key[crypto_sign_PUBLICKEYBYTES];
    uint8_t signature[KEY_HASH_BYTES + SIGNATURE_BYTES];
    size_t start = out->length;

    if (sodium_is_zero(key->seed, sizeof(key->seed)))
        return fail(error, ERROR_USAGE, "the key %s can check checkpoints but not sign them", key->name);
    text_format(out, "%s\n%llu\n", key->name, (unsigned long long)checkpoint->size);
    base64_add(out, (struct str){ (const char *)checkpoint->root.bytes, HASH_BYTES });
    text_add_byte(out, '\n');

    key_hash(key, signature);
    memcpy(secret, key->seed, LEDGER_SEED_BYTES); /* libsodium's secret key is the seed and the public key */
    memcpy(secret + LEDGER_SEED_BYTES, key->public_key, sizeof(public_key));
    const uint8_t *text = (const uint8_t *)out->at + start;
    must(crypto_sign_detached(signature + KEY_HASH_BYTES, NULL, text, out->length - start, secret) == 0);
    sodium_memzero(secret, sizeof(secret));

    text_format(out, "\n" DASH "%s ", key->name);
    base64_add(out, (struct str){ (const char *)signature, sizeof(signature) });
    text_add_byte(out, '\n');
    must(out->length - start <= OWN_NOTE_LIMIT);
    return true;
}

/* The text of a note is everything before the blank line that the signatures follow. */
static bool split_note(struct str note, struct str *signed_text, struct str *signatures)
{
    if (!str_is_utf8(note) || !str_ends(note, STR("\n")))
        return false;
    for (size_t i = 0; i < note.length; i++)
        if ((unsigned char)note.at[i] < ' ' && note.at[i] != '\n')
            return false;
    for (size_t i = note.length - 1; i > 0; i--) {
        if (note.at[i] != '\n' || note.at[i - 1] != '\n')
            continue;
        *signed_text = (struct str){ note.at, i };
        *signatures = (struct str){ note.at + i + 1, note.length - i - 1 };
        return signatures->length > 0;
    }
    return false;
}

/* Checks every signature line's form, and the signature of the first that is this key's. */
static bool check_signatures(struct str signatures, struct str signed_text, const struct ledger_key *key, struct error *error)
{
    uint8_t hash[KEY_HASH_BYTES];
    struct str line, name;
    bool found = false;

    key_hash(key, hash);
    while (take_until(&signatures, '\n', &line)) {
        uint8_t bytes[4096]; /* other signers may use larger signatures */
        size_t length;
        if (!str_starts(line, STR(DASH)))
            return fail(error, ERROR_DAMAGE, "the checkpoint has a line under it that is no signature");
        line = (struct str){ line.at + strlen(DASH), line.length - strlen(DASH) };
        if (!take_until(&line, ' ', &name) || !is_name(name) || !base64_read(line, bytes, sizeof(bytes), &length) ||
            length <= KEY_HASH_BYTES)
            return fail(error, ERROR_DAMAGE, "a signature on the checkpoint is malformed");
        if (found || !str_equal(name, str_of(key->name)) || memcmp(bytes, hash, KEY_HASH_BYTES) != 0)
            continue;
        found = true;
        if (length != KEY_HASH_BYTES + SIGNATURE_BYTES ||
            crypto_sign_verify_detached(bytes + KEY_HASH_BYTES, (const uint8_t *)signed_text.at, signed_text.length,
                                        key->public_key) != 0)
            return fail(error, ERROR_DAMAGE, "the signature on the checkpoint is wrong: its text is not what %s signed",
                        key->name);
    }
    return found || fail(error, ERROR_DAMAGE, "the checkpoint is not signed by this ledger's key %s", key->name);
}

static bool read_lines(struct str signed_text, const struct ledger_key *key, struct checkpoint *checkpoint, struct error *error)
{
    struct str origin, size, root, extension;
    size_t length;

    if (!take_until(&signed_text, '\n', &origin) || !take_until(&signed_text, '\n', &size) ||
        !take_until(&signed_text, '\n', &root))
        return fail(error, ERROR_DAMAGE, "the checkpoint lacks one of its lines: origin, size and root");
    if (!str_equal(origin, str_of(key->name)))
        return fail(error, ERROR_DAMAGE, "the checkpoint is of another ledger: %.*s", STR_ARGS(origin));
    if (!str_number(size, &checkpoint->size) || (size.length > 1 && size.at[0] == '0'))
        return fail(error, ERROR_DAMAGE, "the checkpoint's size is no number");
    if (!base64_read(root, checkpoint->root.bytes, HASH_BYTES, &length) || length != HASH_BYTES)
        return fail(error, ERROR_DAMAGE, "the checkpoint's root is no hash");
    while (take_until(&signed_text, '\n', &extension))
        if (extension.length == 0)
            return fail(error, ERROR_DAMAGE, "the checkpoint has an empty line in its text");
    return true;
}

static bool read_note(struct str note, const struct ledger_key *key, bool check, struct checkpoint *checkpoint,
                      struct error *error)
{
    struct str signed_text, signatures;

    if (note.length > NOTE_LIMIT)
        return fail(error, ERROR_LIMIT, "the checkpoint has %zu bytes; at most %d are read", note.length, NOTE_LIMIT);
    if (!split_note(note, &signed_text, &signatures))
        return fail(error, ERROR_DAMAGE, "this is no checkpoint: a signed note is text, a blank line and signatures");
    return read_lines(signed_text, key, checkpoint, error) &&
           (!check || check_signatures(signatures, signed_text, key, error));
}

bool checkpoint_read(struct str note, const struct ledger_key *key, struct checkpoint *checkpoint, struct error *error)
{
    return read_note(note, key, true, checkpoint, error);
}

bool note_read_unsigned(struct str note, const struct ledger_key *key, struct checkpoint *checkpoint, struct error *error)
{
    return read_note(note, key, false, checkpoint, error);
}
