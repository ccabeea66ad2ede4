/* What every disk can do with the calls of one. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/str.h"
#include "disk/disk.h"

bool disk_read_all(struct disk *disk, const char *path, size_t limit, char **bytes, size_t *length, struct error *error)
{
    struct disk_file *file;
    uint64_t size;
    char *all = NULL;

    if (!disk->open(disk, path, DISK_READ, &file, error))
        return false;
    bool done = disk->size(file, &size, error);
    if (done && size > limit)
        done = fail_both(error, ERROR_LIMIT, "%s has %llu bytes; at most %zu can be read",
                         "%s 有 %llu 字节，最多只能读取 %zu 字节", path, (unsigned long long)size, limit);
    if (done) {
        all = allocate((size_t)size + 1);
        done = disk->read(file, all, (size_t)size, 0, length, error);
    }
    disk->close(file);
    if (!done) {
        free(all);
        return false;
    }
    all[*length] = 0;
    *bytes = all;
    return true;
}

bool disk_sync_above(struct disk *disk, const char *path, struct error *error)
{
    struct str above = str_of(path);
    struct text folder = { 0 };

    while (above.length > 1 && above.at[above.length - 1] == '/')
        above.length--;
    while (above.length > 0 && above.at[above.length - 1] != '/')
        above.length--;
    text_add(&folder, above.length ? above : STR("."));
    bool done = disk->sync_directory(disk, text_zero(&folder), error);
    text_close(&folder);
    return done;
}

static bool write_whole(struct disk *disk, const char *path, const void *bytes, size_t length, struct error *error)
{
    struct disk_file *file;

    if (!disk->open(disk, path, DISK_CREATE, &file, error))
        return false;
    bool done = disk->truncate(file, 0, error) && disk->write(file, bytes, length, 0, error) && disk->sync(file, error);
    disk->close(file);
    return done;
}

bool disk_replace(struct disk *disk, const char *path, const void *bytes, size_t length, struct error *error)
{
    struct text fresh = { 0 };

    text_format(&fresh, "%s.new", path);
    bool done = write_whole(disk, text_zero(&fresh), bytes, length, error) &&
                disk->rename(disk, text_zero(&fresh), path, error) &&
                disk_sync_above(disk, path, error);
    text_close(&fresh);
    return done;
}

struct name_list {
    char **names;
    size_t count;
};

static void keep_name(void *context, const char *name)
{
    struct name_list *list = context;

    list->names = reallocate(list->names, (list->count + 1) * sizeof(*list->names));
    list->names[list->count] = allocate(strlen(name) + 1);
    strcpy(list->names[list->count++], name);
}

/* A plain remove is tried first, so that a link to a folder is removed and not what it leads to. */
bool disk_remove_tree(struct disk *disk, const char *path, struct error *error)
{
    struct name_list list = { 0 };

    if (disk->remove(disk, path, NULL))
        return true;
    bool done = disk->list(disk, path, keep_name, &list, error);
    for (size_t i = 0; i < list.count; i++) {
        struct text inner = { 0 };
        text_format(&inner, "%s/%s", path, list.names[i]);
        done = done && disk_remove_tree(disk, text_zero(&inner), error);
        text_close(&inner);
        free(list.names[i]);
    }
    free(list.names);
    return done && disk->remove(disk, path, error);
}
