#include "engine/directory.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/json.h"

enum { LOCK_TRIES = 100, LOCK_WAIT_NS = 100 * 1000 * 1000, KEYS_FILE_LIMIT = 64 * 1024 };

bool directory_path(const char *directory, const char *name, char path[PATH_ROOM], struct error *error)
{
    int length = snprintf(path, PATH_ROOM, "%s/%s", directory, name);
    if (length > 0 && length < PATH_ROOM) return true;
    return fail_both(error, ERROR_LIMIT, "the path of the data directory is too long: %s", "数据目录的路径太长：%s", directory);
}

/* Every secret of the directory: where it is in struct keys, and its name in the file. */
#define SECRETS(keys) \
    { "ledger_seed", (keys)->ledger.seed, sizeof (keys)->ledger.seed }, \
    { "vault_master", (keys)->vault.master, sizeof (keys)->vault.master }, \
    { "vault_blind", (keys)->vault.blind, sizeof (keys)->vault.blind }, \
    { "vault_digest", (keys)->vault.digest, sizeof (keys)->vault.digest }
struct secret {
    const char *name;
    uint8_t *bytes;
    size_t length;
};
enum { SECRET_COUNT = 4 };

/* So that a changed digit is known for one: some of the keys would show it only by wrong answers. */
static void keys_check(struct str origin, const struct secret secrets[SECRET_COUNT], struct text *check)
{
    struct sha256_run *run = sha256_start();
    sha256_add(run, origin);
    for (size_t i = 0; i < SECRET_COUNT; i++) sha256_add(run, (struct str){ (const char *)secrets[i].bytes, secrets[i].length });
    struct hash hash = sha256_end(run);
    hex_add(check, (struct str){ (const char *)hash.bytes, HASH_BYTES });
}

static bool keys_make(struct disk *disk, const char *directory, struct error *error)
{
    struct keys keys = { 0 };
    struct secret secrets[SECRET_COUNT] = { SECRETS(&keys) };
    struct text json = { 0 };
    struct json writer = { .out = &json };
    uint8_t name[8];
    random_bytes(name, sizeof name);
    struct text origin = { 0 };
    text_add(&origin, STR("mingbai/"));
    hex_add(&origin, (struct str){ (const char *)name, sizeof name });
    json_open(&writer, '{');
    json_put_string(&writer, "origin", text_str(&origin));
    for (size_t i = 0; i < SECRET_COUNT; i++) {
        struct text hex = { 0 };
        random_bytes(secrets[i].bytes, secrets[i].length);
        hex_add(&hex, (struct str){ (const char *)secrets[i].bytes, secrets[i].length });
        json_put_string(&writer, secrets[i].name, text_str(&hex));
        text_close(&hex);
    }
    struct text check = { 0 };
    keys_check(text_str(&origin), secrets, &check);
    json_put_string(&writer, "check", text_str(&check));
    text_close(&check);
    json_close(&writer, '}');
    text_add_byte(&json, '\n');
    char path[PATH_ROOM];
    bool done = directory_path(directory, "keys", path, error) && disk->make_directory(disk, path, error) &&
                directory_path(directory, "keys/keys.json", path, error) &&
                disk_replace(disk, path, json.at, json.length, error);
    text_close(&origin);
    text_close(&json);
    return done;
}

bool directory_make(struct disk *disk, const char *directory, struct error *error)
{
    char path[PATH_ROOM];
    bool there;
    if (!directory_path(directory, "keys/keys.json", path, error) || !disk->exists(disk, path, &there, error)) return false;
    if (there) return fail_both(error, ERROR_CONFLICT, "%s is a data directory already", "%s 已经是数据目录", directory);
    if (!disk->make_directory(disk, directory, error)) return false;
    static const char *const parts[] = { "ledger", "vault", "state", "cache" };
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (!directory_path(directory, parts[i], path, error) || !disk->make_directory(disk, path, error)) return false;
    return keys_make(disk, directory, error) && disk->sync_directory(disk, directory, error) && disk_sync_above(disk, directory, error);
}

bool directory_keys(struct disk *disk, const char *directory, struct keys *keys, struct error *error)
{
    char path[PATH_ROOM], *bytes;
    size_t length;
    bool there;
    if (!directory_path(directory, "keys/keys.json", path, error) || !disk->exists(disk, path, &there, error)) return false;
    if (!there) {
        struct error ignored;
        if (directory_path(directory, "ledger/newest", path, &ignored) && disk->exists(disk, path, &there, &ignored) && there)
            return fail_both(error, ERROR_DAMAGE, "the keys of %s are missing (keys/keys.json): put them back, or restore a backup",
                             "%s 缺少密钥（keys/keys.json）：请放回，或从备份恢复", directory);
        return fail_both(error, ERROR_NOT_FOUND, "%s is no data directory: make one with `mingbai --data %s init`",
                         "%s 不是数据目录：请用 `mingbai --data %s init` 建立", directory, directory);
    }
    if (!disk_read_all(disk, path, KEYS_FILE_LIMIT, &bytes, &length, error)) return false;
    json_t *json = json_loadb(bytes, length, 0, NULL);
    free(bytes);
    *keys = (struct keys){ 0 };
    struct secret secrets[SECRET_COUNT] = { SECRETS(keys) };
    const char *origin = json_string_value(json_object_get(json, "origin"));
    bool whole = origin && strlen(origin) < sizeof keys->ledger.name;
    for (size_t i = 0; whole && i < SECRET_COUNT; i++)
        whole = hex_read(str_of(json_string_value(json_object_get(json, secrets[i].name))), secrets[i].bytes, secrets[i].length);
    struct text check = { 0 };
    if (whole) keys_check(str_of(origin), secrets, &check);
    whole = whole && str_equal(text_str(&check), str_of(json_string_value(json_object_get(json, "check"))));
    text_close(&check);
    if (whole) {
        uint8_t seed[LEDGER_SEED_BYTES];
        memcpy(seed, keys->ledger.seed, sizeof seed);
        ledger_key_from_seed(&keys->ledger, origin, seed);
    }
    json_decref(json);
    return whole || fail_both(error, ERROR_DAMAGE, "%s is damaged: restore it from a backup", "%s 已损坏：请从备份恢复", path);
}

bool directory_lock(const char *directory, bool shared, int *lock, struct error *error)
{
    char path[PATH_ROOM];
    if (!directory_path(directory, "lock", path, error)) return false;
    int file = open(path, shared ? O_RDONLY | O_CLOEXEC : O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    *lock = -1;
    if (file < 0) return (shared && errno == ENOENT) || fail_errno_both(error, "%s cannot be locked",
                                                                        "%s 无法锁定", directory);
    for (int i = 0; i < LOCK_TRIES; i++) {
        if (flock(file, (shared ? LOCK_SH : LOCK_EX) | LOCK_NB) == 0) {
            *lock = file;
            return true;
        }
        if (errno != EWOULDBLOCK && errno != EINTR) break;
        nanosleep(&(struct timespec){ .tv_nsec = LOCK_WAIT_NS }, NULL);
    }
    close(file);
    return fail_both(error, ERROR_BUSY, "%s is in use by another mingbai: wait until it has ended, and try again",
                     "%s 正被另一个 mingbai 使用：请等它结束后再试", directory);
}

bool directory_holds(const char *directory, const char *path)
{
    char folder[PATH_ROOM], *inner, *outer = realpath(directory, NULL);
    snprintf(folder, sizeof folder, "%s", path);
    char *slash = strrchr(folder, '/');
    if (slash) slash[slash == folder] = 0;
    inner = realpath(slash ? folder : ".", NULL);
    bool holds = inner && outer && str_starts(str_of(inner), str_of(outer)) &&
                 (!inner[strlen(outer)] || inner[strlen(outer)] == '/');
    free(inner);
    free(outer);
    return holds;
}

void directory_unlock(int lock)
{
    if (lock >= 0) close(lock);
}

bool directory_generation(struct disk *disk, const char *directory, uint64_t *generation, struct error *error)
{
    char path[PATH_ROOM], *bytes;
    size_t length;
    bool there;
    *generation = 0;
    if (!directory_path(directory, "state/current", path, error) || !disk->exists(disk, path, &there, error)) return false;
    if (!there) return true;
    if (!disk_read_all(disk, path, 64, &bytes, &length, error)) return false;
    bool whole = str_number(str_trim((struct str){ bytes, length }), generation);
    free(bytes);
    if (!whole) *generation = 0; /* the state is made anew from the ledger */
    return true;
}

bool directory_set_generation(struct disk *disk, const char *directory, uint64_t generation, struct error *error)
{
    char path[PATH_ROOM], number[32];
    int length = snprintf(number, sizeof number, "%" PRIu64 "\n", generation);
    return directory_path(directory, "state/current", path, error) && disk_replace(disk, path, number, (size_t)length, error);
}

bool directory_state_path(const char *directory, uint64_t generation, bool file, char path[PATH_ROOM], struct error *error)
{
    char name[64];
    snprintf(name, sizeof name, file ? "state/%" PRIu64 "/state.db" : "state/%" PRIu64, generation);
    return directory_path(directory, name, path, error);
}
