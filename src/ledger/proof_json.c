#include "ledger/proof_json.h"

#include "base/json.h"

static void hash_put(struct json *json, const struct hash *hash)
{
    struct text text = { 0 };
    base64_add(&text, (struct str){ (const char *)hash->bytes, HASH_BYTES });
    json_add_string(json, text_str(&text));
    text_close(&text);
}

static void path_put(struct json *json, const struct hash *path, size_t length)
{
    json_key(json, "path");
    json_open(json, '[');
    for (size_t i = 0; i < length; i++) hash_put(json, &path[i]);
    json_close(json, ']');
    json_close(json, '}');
}

bool inclusion_json(struct ledger *ledger, uint64_t index, uint64_t size, struct text *out, struct error *error)
{
    struct hash leaf, path[LEDGER_PATH_LIMIT];
    size_t length;
    if (!ledger_inclusion(ledger, index, size, &leaf, path, &length, error)) return false;
    struct json json = { .out = out };
    json_open(&json, '{');
    json_put_number(&json, "index", (int64_t)index);
    json_put_number(&json, "size", (int64_t)size);
    json_key(&json, "leaf");
    hash_put(&json, &leaf);
    path_put(&json, path, length);
    return true;
}

bool consistency_json(struct ledger *ledger, uint64_t from, uint64_t to, struct text *out, struct error *error)
{
    struct hash path[LEDGER_PATH_LIMIT];
    size_t length;
    if (!ledger_consistency(ledger, from, to, path, &length, error)) return false;
    struct json json = { .out = out };
    json_open(&json, '{');
    json_put_number(&json, "from", (int64_t)from);
    json_put_number(&json, "to", (int64_t)to);
    path_put(&json, path, length);
    return true;
}
