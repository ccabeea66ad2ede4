/* The disk as it is. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "disk/disk.h"

struct posix_file {
    struct disk_file file;
    int descriptor;
    char path[]; /* for sentences */
};

static struct posix_file *posix(struct disk_file *file)
{
    return (struct posix_file *)file;
}

static int open_again(const char *path, int flags)
{
    int descriptor;

    do
        descriptor = open(path, flags | O_CLOEXEC, 0600);
    while (descriptor < 0 && errno == EINTR);
    return descriptor;
}

static bool posix_open(struct disk *disk, const char *path, enum disk_mode mode, struct disk_file **file, struct error *error)
{
    static const int flags[] = { [DISK_READ] = O_RDONLY, [DISK_WRITE] = O_RDWR, [DISK_CREATE] = O_RDWR | O_CREAT };
    int descriptor = open_again(path, flags[mode]);
    size_t length = strlen(path) + 1;

    if (descriptor < 0 && errno == ENOENT && mode != DISK_CREATE)
        return fail_both(error, ERROR_NOT_FOUND, "there is no file %s", "没有文件 %s", path);
    if (descriptor < 0)
        return fail_errno_both(error, "cannot open %s", "无法打开 %s", path);
    struct posix_file *opened = allocate(sizeof(*opened) + length);
    opened->file.disk = disk;
    opened->descriptor = descriptor;
    memcpy(opened->path, path, length);
    *file = &opened->file;
    return true;
}

static void posix_close(struct disk_file *file)
{
    close(posix(file)->descriptor);
    free(file);
}

static bool posix_read(struct disk_file *file, void *out, size_t bytes, uint64_t offset, size_t *got, struct error *error)
{
    *got = 0;
    while (*got < bytes) {
        ssize_t now = pread(posix(file)->descriptor, (char *)out + *got, bytes - *got, (off_t)(offset + *got));
        if (now == 0)
            break;
        if (now < 0 && errno != EINTR)
            return fail_errno_both(error, "cannot read %s", "无法读取 %s", posix(file)->path);
        *got += now > 0 ? (size_t)now : 0;
    }
    return true;
}

static bool posix_write(struct disk_file *file, const void *bytes, size_t length, uint64_t offset, struct error *error)
{
    for (size_t done = 0; done < length;) {
        ssize_t now = pwrite(posix(file)->descriptor, (const char *)bytes + done, length - done, (off_t)(offset + done));
        if (now < 0 && errno != EINTR)
            return fail_errno_both(error, "cannot write to %s", "无法写入 %s", posix(file)->path);
        if (now == 0)
            return fail_both(error, ERROR_DISK, "cannot write to %s: the disk takes nothing",
                             "无法写入 %s：磁盘不再接受数据", posix(file)->path);
        done += now > 0 ? (size_t)now : 0;
    }
    return true;
}

static bool posix_size(struct disk_file *file, uint64_t *bytes, struct error *error)
{
    struct stat status;

    if (fstat(posix(file)->descriptor, &status) != 0)
        return fail_errno_both(error, "cannot tell the size of %s", "无法得知 %s 的大小", posix(file)->path);
    *bytes = (uint64_t)status.st_size;
    return true;
}

static bool posix_truncate(struct disk_file *file, uint64_t bytes, struct error *error)
{
    int result;

    do
        result = ftruncate(posix(file)->descriptor, (off_t)bytes);
    while (result != 0 && errno == EINTR);
    return result == 0 || fail_errno_both(error, "cannot cut %s to %llu bytes",
                                          "无法把 %s 截短为 %llu 字节", posix(file)->path, (unsigned long long)bytes);
}

/* Not repeated on EINTR or any failure: what a failed sync left behind is unknown. */
static bool posix_sync(struct disk_file *file, struct error *error)
{
    return fdatasync(posix(file)->descriptor) == 0 || fail_errno_both(error, "cannot sync %s",
                                                                      "%s 无法落盘", posix(file)->path);
}

static bool posix_exists(struct disk *disk, const char *path, bool *is_there, struct error *error)
{
    struct stat status;

    (void)disk;
    *is_there = stat(path, &status) == 0;
    return *is_there || errno == ENOENT || errno == ENOTDIR || fail_errno_both(error, "cannot look for %s",
                                                                               "无法查找 %s", path);
}

static bool posix_remove(struct disk *disk, const char *path, struct error *error)
{
    (void)disk;
    return remove(path) == 0 || errno == ENOENT || fail_errno_both(error, "cannot remove %s", "无法删除 %s", path);
}

static bool posix_rename(struct disk *disk, const char *from, const char *to, struct error *error)
{
    (void)disk;
    return rename(from, to) == 0 || fail_errno_both(error, "cannot rename %s to %s", "无法把 %s 改名为 %s", from, to);
}

static bool posix_make_directory(struct disk *disk, const char *path, struct error *error)
{
    struct stat status;

    (void)disk;
    if (mkdir(path, 0700) == 0)
        return true;
    if (errno != EEXIST)
        return fail_errno_both(error, "cannot make the folder %s", "无法建立目录 %s", path);
    if (stat(path, &status) != 0 || !S_ISDIR(status.st_mode))
        return fail_both(error, ERROR_DISK, "cannot make the folder %s: something else of that name is there",
                         "无法建立目录 %s：同名的其他内容已存在", path);
    return true;
}

static bool posix_sync_directory(struct disk *disk, const char *path, struct error *error)
{
    int descriptor = open_again(path, O_RDONLY | O_DIRECTORY);

    (void)disk;
    if (descriptor < 0)
        return fail_errno_both(error, "cannot open the folder %s", "无法打开目录 %s", path);
    bool synced = fsync(descriptor) == 0 || fail_errno_both(error, "cannot sync the folder %s", "目录 %s 无法落盘", path);
    close(descriptor);
    return synced;
}

static int own_names(const struct dirent *entry)
{
    return strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
}

static int bytewise(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static bool posix_list(struct disk *disk, const char *path, void (*name)(void *context, const char *name), void *context,
                       struct error *error)
{
    struct dirent **entries;
    int count = scandir(path, &entries, own_names, bytewise);

    (void)disk;
    if (count < 0)
        return fail_errno_both(error, "cannot list the folder %s", "无法列出目录 %s", path);
    for (int i = 0; i < count; i++) {
        name(context, entries[i]->d_name);
        free(entries[i]);
    }
    free(entries);
    return true;
}

struct disk *disk_posix(void)
{
    static struct disk disk = {
        .open = posix_open,
        .close = posix_close,
        .read = posix_read,
        .write = posix_write,
        .size = posix_size,
        .truncate = posix_truncate,
        .sync = posix_sync,
        .exists = posix_exists,
        .remove = posix_remove,
        .rename = posix_rename,
        .make_directory = posix_make_directory,
        .sync_directory = posix_sync_directory,
        .list = posix_list,
    };

    return &disk;
}
