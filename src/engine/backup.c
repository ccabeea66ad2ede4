#include "engine/backup.h"

#include <archive.h>
#include <archive_entry.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"

enum { CHUNK_BYTES = 1024 * 1024 };

/* What a backup holds, in the order they are read, while records may go on coming in. What the ledger names was in the vault before, so the vault
   read after it holds at least that. And `newest` is read before the segments, so that they hold at least what it covers. */
static const char *const parts[] = { "keys", "portal", "ledger", "vault" };
/* What a restored directory holds after it was opened. */
static const char *const made[] = { "keys", "portal", "ledger", "vault", "state", "cache", "lock" };
enum { PARTS = sizeof parts / sizeof *parts, FOLDERS = 5, MADE = sizeof made / sizeof *made };

struct names {
    struct arena arena;
    const char **list;
    size_t count;
};

static void name_add(void *context, const char *name)
{
    struct names *names = context;
    names->list = reallocate(names->list, (names->count + 1) * sizeof *names->list);
    names->list[names->count++] = arena_copy(&names->arena, name, strlen(name));
}

struct backup {
    struct archive *archive;
    struct disk *disk;
    const char *directory;
    void (*progress)(void *context, uint64_t done, uint64_t all);
    void *context;
    uint64_t done;
    char *chunk;
};

static bool archive_failed(struct archive *archive, const char *what, struct error *error)
{
    const char *why = archive_error_string(archive);
    return fail(error, ERROR_DISK, "%s: %s", what, why ? why : "it cannot be used");
}

static bool file_add(struct backup *backup, const char *part, const char *name, struct error *error)
{
    char path[PATH_ROOM], inside[PATH_ROOM];
    struct disk_file *file = NULL;
    uint64_t size = 0;
    snprintf(inside, sizeof inside, "%s/%s", part, name);
    if (!directory_path(backup->directory, inside, path, error) || !backup->disk->open(backup->disk, path, DISK_READ, &file, error))
        return false;
    struct archive_entry *entry = archive_entry_new();
    bool done = backup->disk->size(file, &size, error);
    archive_entry_set_pathname(entry, inside);
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_perm(entry, 0600);
    archive_entry_set_size(entry, (int64_t)size);
    if (done && archive_write_header(backup->archive, entry) != ARCHIVE_OK) done = archive_failed(backup->archive, inside, error);
    archive_entry_free(entry);
    for (uint64_t offset = 0; done && offset < size;) {
        size_t want = size - offset < CHUNK_BYTES ? (size_t)(size - offset) : CHUNK_BYTES, got = 0;
        done = backup->disk->read(file, backup->chunk, want, offset, &got, error);
        if (done && !got) done = fail_both(error, ERROR_DISK, "%s became shorter while it was read",
                                           "读取时 %s 变短了", path);
        if (done && archive_write_data(backup->archive, backup->chunk, got) != (ssize_t)got)
            done = archive_failed(backup->archive, inside, error);
        offset += got;
        backup->done += got;
        if (backup->progress) backup->progress(backup->context, backup->done, 0);
    }
    backup->disk->close(file);
    return done;
}

static bool part_add(struct backup *backup, const char *part, struct error *error)
{
    char path[PATH_ROOM];
    struct names names = { 0 };
    bool is_ledger = !strcmp(part, "ledger");
    bool done = (!is_ledger || file_add(backup, part, "newest", error)) && directory_path(backup->directory, part, path, error) &&
                backup->disk->list(backup->disk, path, name_add, &names, error);
    for (size_t i = 0; done && i < names.count; i++) {
        bool taken = (is_ledger && !strcmp(names.list[i], "newest")) || str_ends(str_of(names.list[i]), STR(".new"));
        done = taken || file_add(backup, part, names.list[i], error);
    }
    free(names.list);
    arena_close(&names.arena);
    return done;
}

/* The portal's database goes before the ledger that it follows. While somebody reads it, its log is not begun anew: so the
   database and then the log, as they stand, are a whole one, whatever is written or moved between them meanwhile. */
static bool portal_add(struct backup *backup, struct error *error)
{
    char path[PATH_ROOM];
    bool there, row;
    if (!directory_path(backup->directory, "portal/portal.db", path, error) || !backup->disk->exists(backup->disk, path, &there, error))
        return false;
    if (!there) return true;
    struct store *store = store_open(backup->disk, path, STORE_READ, error);
    struct statement *select = store ? store_prepare(store, "SELECT COUNT(*) FROM \"account\"", error) : NULL;
    bool done = select && store_begin(store, error) && statement_step(select, &row, error) && part_add(backup, "portal", error);
    if (store) store_close(store);
    return done;
}

static bool parts_add(struct backup *backup, struct error *error)
{
    for (size_t i = 0; i < PARTS; i++)
        if (!(strcmp(parts[i], "portal") ? part_add(backup, parts[i], error) : portal_add(backup, error))) return false;
    return true;
}

bool backup_write(struct engine *engine, const char *file, void (*progress)(void *context, uint64_t done, uint64_t all),
                  void *context, struct error *error)
{
    char new[PATH_ROOM];
    if (directory_holds(engine_directory(engine), file))
        return fail_both(error, ERROR_USAGE, "%s lies in the data directory %s: a backup is kept elsewhere",
                         "%s 位于数据目录 %s 之内：备份须存放在别处", file, engine_directory(engine));
    if (snprintf(new, sizeof new, "%s.new", file) >= PATH_ROOM) return fail_both(error, ERROR_LIMIT, "the path %s is too long",
                                                                                 "路径 %s 太长", file);
    int out = open(new, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (out < 0) return fail_errno_both(error, "%s cannot be made", "%s 无法建立", new);
    struct backup backup = { .archive = archive_write_new(), .disk = engine_disk(engine), .directory = engine_directory(engine),
                             .progress = progress, .context = context, .chunk = allocate(CHUNK_BYTES) };
    must(backup.archive);
    bool done = archive_write_set_format_pax_restricted(backup.archive) == ARCHIVE_OK &&
                archive_write_open_fd(backup.archive, out) == ARCHIVE_OK;
    if (!done) archive_failed(backup.archive, new, error);
    vault_hold(engine_vault(engine));
    done = done && parts_add(&backup, error);
    vault_release(engine_vault(engine));
    if (archive_write_close(backup.archive) != ARCHIVE_OK && done) done = archive_failed(backup.archive, new, error);
    archive_write_free(backup.archive);
    free(backup.chunk);
    if (done && fsync(out)) done = fail_errno_both(error, "%s cannot be made durable", "%s 无法落盘", new);
    close(out);
    if (done && rename(new, file)) done = fail_errno_both(error, "%s cannot be put in place", "%s 无法放到位", file);
    if (!done) unlink(new);
    return done && disk_sync_above(disk_posix(), file, error);
}

/* "part/name" and nothing else: no way out of the directory. */
static bool name_is_good(const char *name)
{
    for (size_t i = 0; i < PARTS; i++) {
        size_t length = strlen(parts[i]);
        if (strncmp(name, parts[i], length) || name[length] != '/') continue;
        const char *rest = name + length + 1;
        return *rest && *rest != '.' && !strchr(rest, '/');
    }
    return false;
}

static bool file_take(struct archive *archive, struct archive_entry *entry, const char *directory, char *chunk, struct error *error)
{
    char path[PATH_ROOM];
    const char *name = archive_entry_pathname(entry);
    if (!name || archive_entry_filetype(entry) != AE_IFREG || !name_is_good(name))
        return fail_both(error, ERROR_DAMAGE, "the backup holds %s%.0s, which no backup of mingbai has",
                         "备份中有%.0s %s，而 mingbai 的备份不含它", name ? name : "a nameless file", name ? name : "一个无名文件");
    if (!directory_path(directory, name, path, error)) return false;
    int out = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (out < 0) return fail_errno_both(error, "%s cannot be made", "%s 无法建立", path);
    ssize_t got;
    bool done = true;
    while (done && (got = archive_read_data(archive, chunk, CHUNK_BYTES)) != 0) {
        if (got < 0) done = archive_failed(archive, "the backup cannot be read", error);
        for (ssize_t at = 0; done && at < got;) {
            ssize_t put = write(out, chunk + at, (size_t)(got - at));
            if (put < 0 && errno != EINTR) done = fail_errno_both(error, "%s cannot be written", "%s 无法写入", path);
            if (put == 0) done = fail_both(error, ERROR_DISK, "%s cannot be written: the disk takes nothing",
                                           "%s 无法写入：磁盘不再接受数据", path);
            if (put > 0) at += put;
        }
    }
    if (done && fsync(out)) done = fail_errno_both(error, "%s cannot be made durable", "%s 无法落盘", path);
    close(out);
    return done;
}

static bool files_take(const char *directory, const char *file, struct error *error)
{
    struct archive *archive = archive_read_new();
    char *chunk = allocate(CHUNK_BYTES), path[PATH_ROOM];
    must(archive);
    archive_read_support_format_tar(archive);
    bool done = archive_read_open_filename(archive, file, CHUNK_BYTES) == ARCHIVE_OK || archive_failed(archive, file, error);
    for (size_t i = 0; done && i < FOLDERS; i++)
        done = directory_path(directory, made[i], path, error) && disk_posix()->make_directory(disk_posix(), path, error);
    struct archive_entry *entry;
    while (done) {
        int code = archive_read_next_header(archive, &entry);
        if (code == ARCHIVE_EOF) break;
        done = code == ARCHIVE_OK ? file_take(archive, entry, directory, chunk, error) : archive_failed(archive, file, error);
    }
    archive_read_free(archive);
    free(chunk);
    return done;
}

static bool directory_is_free(const char *directory, struct error *error)
{
    DIR *folder = opendir(directory);
    if (!folder) return errno == ENOENT || fail_errno_both(error, "%s cannot be read", "%s 无法读取", directory);
    size_t count = 0;
    while (readdir(folder)) count++;
    closedir(folder);
    return count <= 2 || fail_both(error, ERROR_CONFLICT, "%s is not empty: a backup is restored into a new directory (--data DIR)",
                                   "%s 不是空的：备份须恢复到新目录（--data 目录）", directory);
}

/* All names are made durable: those of the files, of the folders, and the directory's own. */
static bool names_sync(const char *directory, struct error *error)
{
    char path[PATH_ROOM];
    struct disk *disk = disk_posix();
    for (size_t i = 0; i < FOLDERS; i++)
        if (!directory_path(directory, made[i], path, error) || !disk->sync_directory(disk, path, error)) return false;
    return disk->sync_directory(disk, directory, error) && disk_sync_above(disk, directory, error);
}

static bool restore(const char *directory, const char *file, void (*progress)(void *context, uint64_t done, uint64_t all),
                    void *context, struct error *error)
{
    char ledger[PATH_ROOM];
    struct keys keys;
    struct ledger_verified verified;
    if (!files_take(directory, file, error) || !directory_keys(disk_posix(), directory, &keys, error) ||
        !directory_path(directory, "ledger", ledger, error) ||
        !ledger_verify(disk_posix(), ledger, &keys.ledger, (struct str){ 0 }, progress, context, &verified, error))
        return false;
    struct engine *engine = engine_open(&(struct engine_options){ .directory = directory, .progress = progress, .context = context }, error);
    bool done = engine && vault_check(engine_vault(engine), error);
    engine_close(engine);
    return done && names_sync(directory, error);
}

/* The directory was empty or not there: it is left so, for another try. */
static void restore_undo(const char *directory, bool was_there)
{
    char path[PATH_ROOM];
    for (size_t i = 0; i < MADE; i++)
        if (directory_path(directory, made[i], path, NULL)) disk_remove_tree(disk_posix(), path, NULL);
    if (!was_there) disk_posix()->remove(disk_posix(), directory, NULL);
}

bool backup_read(const char *directory, const char *file, void (*progress)(void *context, uint64_t done, uint64_t all),
                 void *context, struct error *error)
{
    bool was_there;
    if (!disk_posix()->exists(disk_posix(), directory, &was_there, error) || !directory_is_free(directory, error) ||
        !disk_posix()->make_directory(disk_posix(), directory, error))
        return false;
    if (restore(directory, file, progress, context, error)) return true;
    restore_undo(directory, was_there);
    return false;
}
