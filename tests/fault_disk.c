#include "fault_disk.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "fault_node.h"

struct fault_disk {
    struct disk disk; /* first */
    pthread_mutex_t lock;
    struct fault_plan plan;
    uint64_t steps;
    bool crashed;
    struct node *root;
    struct naming *namings;
    size_t naming_count, naming_room;
};

struct fault_file {
    struct disk_file file;
    struct fault_disk *fault;
    struct node *node;
    bool is_writable;
};

static void name_node(struct fault_disk *fault, struct node *folder, struct str name, struct node *node,
                      struct node *from_folder, struct str from_name)
{
    if (fault->naming_count == fault->naming_room) {
        fault->naming_room = fault->naming_room ? 2 * fault->naming_room : 8;
        fault->namings = reallocate(fault->namings, fault->naming_room * sizeof(*fault->namings));
    }
    struct naming *naming = &fault->namings[fault->naming_count++];
    *naming = (struct naming){ node_hold(folder), node_hold(node), node_hold(from_folder), copy_name(name),
                               from_folder ? copy_name(from_name) : NULL };
    naming_do(naming, false);
}

/* Takes the next name off the path; false at its end. */
static bool next_name(struct str *path, struct str *name)
{
    do {
        while (path->length > 0 && path->at[0] == '/')
            *path = (struct str){ path->at + 1, path->length - 1 };
        size_t length = str_find(*path, '/');
        *name = (struct str){ path->at, length };
        *path = (struct str){ path->at + length, path->length - length };
    } while (str_equal(*name, STR(".")));
    must(!str_equal(*name, STR("..")));
    return name->length > 0;
}

/* The node of a path, or NULL; and the folder it is or would be in with its name there (folder NULL: there is none, or the
   path is the root). */
static struct node *find(struct fault_disk *fault, const char *path, struct node **folder, struct str *name)
{
    struct str rest = str_of(path), next;
    struct node *node = fault->root;

    *folder = NULL;
    while (next_name(&rest, &next)) {
        *folder = node && node->is_folder ? node : NULL;
        *name = next;
        node = *folder ? entries_find(&node->names, next) : NULL;
    }
    return node;
}

/* Steps. */

static bool alive(struct fault_disk *fault, struct error *error)
{
    return !fault->crashed || fail(error, ERROR_DISK, "the machine stopped");
}

/* Counts a step. Its change is made also when the machine stops at it, since it may have been under way. */
static bool step(struct fault_disk *fault, bool *stops, struct error *error)
{
    if (!alive(fault, error))
        return false;
    fault->steps++;
    *stops = fault->crashed = fault->steps == fault->plan.crash_at;
    return true;
}

static bool stopped(bool stops, struct error *error)
{
    return !stops || fail(error, ERROR_DISK, "the machine stopped");
}

static bool is_full(const struct fault_disk *fault)
{
    return fault->plan.full_from && fault->steps >= fault->plan.full_from;
}

/* Whether the one failure planned from that step on happens now; it happens once. */
static bool happens(struct fault_disk *fault, uint64_t *planned)
{
    if (!*planned || fault->steps < *planned)
        return false;
    *planned = 0;
    return true;
}

static struct fault_disk *locked(struct disk *disk)
{
    struct fault_disk *fault = (struct fault_disk *)disk;

    pthread_mutex_lock(&fault->lock);
    return fault;
}

static bool unlocked(struct fault_disk *fault, bool done)
{
    pthread_mutex_unlock(&fault->lock);
    return done;
}

/* Files. */

static bool open_locked(struct fault_disk *fault, const char *path, enum disk_mode mode, struct disk_file **file,
                        struct error *error)
{
    struct node *folder;
    struct str name;
    struct node *node = find(fault, path, &folder, &name);
    bool stops = false;

    if (!alive(fault, error))
        return false;
    if (node && node->is_folder)
        return fail(error, ERROR_DISK, "cannot open %s: it is a folder", path);
    if (!node && mode != DISK_CREATE)
        return fail(error, ERROR_NOT_FOUND, "there is no file %s", path);
    if (!node) {
        if (!folder)
            return fail(error, ERROR_DISK, "cannot open %s: there is no such folder", path);
        if (!step(fault, &stops, error))
            return false;
        if (is_full(fault))
            return fail(error, ERROR_DISK, "cannot make %s: no space is left on the disk", path);
        node = node_new(false);
        name_node(fault, folder, name, node, NULL, name);
        if (!stopped(stops, error))
            return false;
    }
    struct fault_file *opened = allocate(sizeof(*opened));
    *opened = (struct fault_file){ { &fault->disk }, fault, node_hold(node), mode != DISK_READ };
    *file = &opened->file;
    return true;
}

static bool fault_open(struct disk *disk, const char *path, enum disk_mode mode, struct disk_file **file, struct error *error)
{
    struct fault_disk *fault = locked(disk);

    return unlocked(fault, open_locked(fault, path, mode, file, error));
}

static void fault_close(struct disk_file *file)
{
    struct fault_file *closed = (struct fault_file *)file;
    struct fault_disk *fault = locked(file->disk);

    node_drop(closed->node);
    free(closed);
    unlocked(fault, true);
}

static bool fault_read(struct disk_file *file, void *out, size_t bytes, uint64_t offset, size_t *got, struct error *error)
{
    struct fault_disk *fault = locked(file->disk);
    const struct image *seen = &((struct fault_file *)file)->node->seen;
    size_t left = offset < seen->length ? seen->length - (size_t)offset : 0;

    *got = bytes < left ? bytes : left;
    if (*got > 0)
        memcpy(out, seen->bytes + offset, *got);
    return unlocked(fault, alive(fault, error));
}

static bool write_locked(struct fault_file *file, struct str bytes, uint64_t offset, struct error *error)
{
    struct fault_disk *fault = file->fault;
    struct node *node = file->node;
    bool stops;

    if (!file->is_writable)
        return fail(error, ERROR_DISK, "cannot write: the file was opened for reading");
    if (bytes.length == 0)
        return alive(fault, error);
    if (!step(fault, &stops, error))
        return false;
    if (is_full(fault) && offset + bytes.length > node->seen.length)
        return fail(error, ERROR_DISK, "cannot write: no space is left on the disk");
    bool is_short = happens(fault, &fault->plan.short_write_at);
    if (is_short)
        bytes.length /= 2;
    node_change(node, (struct change){ .offset = offset, .bytes = { copy_name(bytes), bytes.length } });
    return stopped(stops, error) && (!is_short || fail(error, ERROR_DISK, "cannot write all of it"));
}

static bool fault_write(struct disk_file *file, const void *bytes, size_t length, uint64_t offset, struct error *error)
{
    struct fault_disk *fault = locked(file->disk);

    return unlocked(fault, write_locked((struct fault_file *)file, (struct str){ bytes, length }, offset, error));
}

static bool fault_size(struct disk_file *file, uint64_t *bytes, struct error *error)
{
    struct fault_disk *fault = locked(file->disk);

    *bytes = ((struct fault_file *)file)->node->seen.length;
    return unlocked(fault, alive(fault, error));
}

static bool truncate_locked(struct fault_file *file, uint64_t bytes, struct error *error)
{
    struct fault_disk *fault = file->fault;
    struct node *node = file->node;
    bool stops;

    if (!file->is_writable)
        return fail(error, ERROR_DISK, "cannot cut: the file was opened for reading");
    if (!step(fault, &stops, error))
        return false;
    if (is_full(fault) && bytes > node->seen.length)
        return fail(error, ERROR_DISK, "cannot grow: no space is left on the disk");
    node_change(node, (struct change){ .is_cut = true, .offset = bytes });
    return stopped(stops, error);
}

static bool fault_truncate(struct disk_file *file, uint64_t bytes, struct error *error)
{
    struct fault_disk *fault = locked(file->disk);

    return unlocked(fault, truncate_locked((struct fault_file *)file, bytes, error));
}

/* What a failed sync leaves: each change is durable, can still be, or is lost but seen. */
static void sync_badly(struct fault_disk *fault, struct node *node)
{
    uint64_t seed = fault->plan.seed + fault->steps;
    size_t kept = 0;

    for (size_t i = 0; i < node->change_count; i++) {
        uint64_t fate = draw(&seed) % 3;
        if (fate == 0)
            image_change(&node->durable, &node->changes[i]);
        if (fate == 1)
            node->changes[kept++] = node->changes[i];
        else
            free((char *)node->changes[i].bytes.at);
    }
    node->change_count = kept;
}

static bool sync_locked(struct fault_disk *fault, struct node *node, struct error *error)
{
    bool stops;

    if (!step(fault, &stops, error) || !stopped(stops, error))
        return false;
    if (happens(fault, &fault->plan.fail_sync_at)) {
        sync_badly(fault, node);
        return fail(error, ERROR_DISK, "cannot sync");
    }
    for (size_t i = 0; i < node->change_count; i++)
        image_change(&node->durable, &node->changes[i]);
    node_forget_changes(node);
    return true;
}

static bool fault_sync(struct disk_file *file, struct error *error)
{
    struct fault_disk *fault = locked(file->disk);

    return unlocked(fault, sync_locked(fault, ((struct fault_file *)file)->node, error));
}

/* Folders. */

static bool fault_exists(struct disk *disk, const char *path, bool *is_there, struct error *error)
{
    struct fault_disk *fault = locked(disk);
    struct node *folder;
    struct str name;

    *is_there = find(fault, path, &folder, &name) != NULL;
    return unlocked(fault, alive(fault, error));
}

static bool remove_locked(struct fault_disk *fault, const char *path, struct error *error)
{
    struct node *folder;
    struct str name;
    struct node *node = find(fault, path, &folder, &name);
    bool stops;

    if (!node)
        return alive(fault, error);
    if (!folder || (node->is_folder && node->names.count > 0))
        return fail(error, ERROR_DISK, "cannot remove %s: it is not empty", path);
    if (!step(fault, &stops, error))
        return false;
    name_node(fault, folder, name, NULL, NULL, name);
    return stopped(stops, error);
}

static bool fault_remove(struct disk *disk, const char *path, struct error *error)
{
    struct fault_disk *fault = locked(disk);

    return unlocked(fault, remove_locked(fault, path, error));
}

static bool rename_locked(struct fault_disk *fault, const char *from, const char *to, struct error *error)
{
    struct node *from_folder, *to_folder;
    struct str from_name, to_name;
    struct node *node = find(fault, from, &from_folder, &from_name), *replaced = find(fault, to, &to_folder, &to_name);
    bool stops;

    if (!alive(fault, error))
        return false;
    if (!node || !from_folder || !to_folder)
        return fail(error, ERROR_DISK, "cannot rename %s to %s: there is no such file or folder", from, to);
    if (replaced && (replaced->is_folder != node->is_folder || replaced->names.count > 0))
        return fail(error, ERROR_DISK, "cannot rename %s to %s: a folder is in the way", from, to);
    if (replaced == node)
        return true;
    if (!step(fault, &stops, error))
        return false;
    name_node(fault, to_folder, to_name, node, from_folder, from_name);
    return stopped(stops, error);
}

static bool fault_rename(struct disk *disk, const char *from, const char *to, struct error *error)
{
    struct fault_disk *fault = locked(disk);

    return unlocked(fault, rename_locked(fault, from, to, error));
}

static bool make_directory_locked(struct fault_disk *fault, const char *path, struct error *error)
{
    struct node *folder;
    struct str name;
    struct node *node = find(fault, path, &folder, &name);
    bool stops;

    if (node && node->is_folder)
        return alive(fault, error);
    if (node || !folder)
        return fail(error, ERROR_DISK, "cannot make the folder %s: %s", path, node ? "a file is there" : "it has no folder");
    if (!step(fault, &stops, error))
        return false;
    if (is_full(fault))
        return fail(error, ERROR_DISK, "cannot make the folder %s: no space is left on the disk", path);
    name_node(fault, folder, name, node_new(true), NULL, name);
    return stopped(stops, error);
}

static bool fault_make_directory(struct disk *disk, const char *path, struct error *error)
{
    struct fault_disk *fault = locked(disk);

    return unlocked(fault, make_directory_locked(fault, path, error));
}

/* A failed sync of a folder leaves its names as they were: pending. */
static bool sync_directory_locked(struct fault_disk *fault, const char *path, struct error *error)
{
    struct node *above;
    struct str name;
    struct node *folder = find(fault, path, &above, &name);
    size_t kept = 0;
    bool stops;

    if (!alive(fault, error))
        return false;
    if (!folder || !folder->is_folder)
        return fail(error, ERROR_DISK, "cannot open the folder %s: there is none", path);
    if (!step(fault, &stops, error) || !stopped(stops, error))
        return false;
    if (happens(fault, &fault->plan.fail_sync_at))
        return fail(error, ERROR_DISK, "cannot sync the folder %s", path);
    for (size_t i = 0; i < fault->naming_count; i++) {
        struct naming *naming = &fault->namings[i];
        if (naming->folder != folder && naming->from_folder != folder) {
            fault->namings[kept++] = *naming;
            continue;
        }
        naming_do(naming, true);
        naming_close(naming);
    }
    fault->naming_count = kept;
    return true;
}

static bool fault_sync_directory(struct disk *disk, const char *path, struct error *error)
{
    struct fault_disk *fault = locked(disk);

    return unlocked(fault, sync_directory_locked(fault, path, error));
}

/* Calls back without the lock, so that the callback may use the disk. */
static bool fault_list(struct disk *disk, const char *path, void (*name)(void *context, const char *name), void *context,
                       struct error *error)
{
    struct fault_disk *fault = locked(disk);
    struct node *above;
    struct str last;
    struct node *folder = find(fault, path, &above, &last);
    size_t count = 0;
    char **names = NULL;

    bool done = alive(fault, error) &&
                ((folder && folder->is_folder) || fail(error, ERROR_DISK, "cannot list the folder %s: there is none", path));
    if (done) {
        count = folder->names.count;
        names = allocate((count + 1) * sizeof(*names));
        for (size_t i = 0; i < count; i++)
            names[i] = copy_name(str_of(folder->names.at[i].name));
    }
    unlocked(fault, done);
    for (size_t i = 0; i < count; i++) {
        name(context, names[i]);
        free(names[i]);
    }
    free(names);
    return done;
}

/* The whole. */

struct fault_disk *fault_disk_open(void)
{
    struct fault_disk *fault = allocate(sizeof(*fault));

    fault->disk = (struct disk){
        .open = fault_open,
        .close = fault_close,
        .read = fault_read,
        .write = fault_write,
        .size = fault_size,
        .truncate = fault_truncate,
        .sync = fault_sync,
        .exists = fault_exists,
        .remove = fault_remove,
        .rename = fault_rename,
        .make_directory = fault_make_directory,
        .sync_directory = fault_sync_directory,
        .list = fault_list,
    };
    pthread_mutex_init(&fault->lock, NULL);
    fault->root = node_hold(node_new(true));
    return fault;
}

void fault_disk_close(struct fault_disk *fault)
{
    for (size_t i = 0; i < fault->naming_count; i++)
        naming_close(&fault->namings[i]);
    free(fault->namings);
    node_drop(fault->root);
    pthread_mutex_destroy(&fault->lock);
    free(fault);
}

struct disk *fault_disk_of(struct fault_disk *fault)
{
    return &fault->disk;
}

void fault_disk_plan(struct fault_disk *fault, struct fault_plan plan)
{
    pthread_mutex_lock(&fault->lock);
    fault->plan = plan;
    pthread_mutex_unlock(&fault->lock);
}

uint64_t fault_disk_steps(struct fault_disk *fault)
{
    pthread_mutex_lock(&fault->lock);
    uint64_t steps = fault->steps;
    pthread_mutex_unlock(&fault->lock);
    return steps;
}

bool fault_disk_crashed(struct fault_disk *fault)
{
    pthread_mutex_lock(&fault->lock);
    return unlocked(fault, fault->crashed);
}

struct rebirth {
    uint64_t survival, seed;
    struct node **reborn; /* the old nodes that have a new self */
    size_t count;
};

static struct node *node_reborn(struct rebirth *rebirth, struct node *old);

static void names_reborn(struct rebirth *rebirth, const struct entries *names, struct node *new)
{
    for (size_t i = 0; i < names->count; i++) {
        struct node *node = node_reborn(rebirth, names->at[i].node);
        entries_put(&new->names, str_of(names->at[i].name), node);
        entries_put(&new->durable_names, str_of(names->at[i].name), node);
    }
}

static struct node *node_reborn(struct rebirth *rebirth, struct node *old)
{
    if (!old || old->reborn)
        return old ? old->reborn : NULL;
    struct node *new = old->reborn = node_hold(node_new(old->is_folder));
    rebirth->reborn = reallocate(rebirth->reborn, (rebirth->count + 1) * sizeof(struct node *));
    rebirth->reborn[rebirth->count++] = old;
    names_reborn(rebirth, rebirth->survival == FAULT_KEEP_ALL ? &old->names : &old->durable_names, new);
    image_copy(&new->durable, rebirth->survival == FAULT_KEEP_ALL ? &old->seen : &old->durable);
    for (size_t i = 0; i < old->change_count && rebirth->survival >= FAULT_SEED; i++)
        image_change_partly(&new->durable, &old->changes[i], &rebirth->seed);
    image_copy(&new->seen, &new->durable);
    return new;
}

struct fault_disk *fault_disk_reboot(struct fault_disk *fault, uint64_t survival)
{
    struct fault_disk *fresh = fault_disk_open();
    struct rebirth rebirth = { .survival = survival, .seed = survival };

    pthread_mutex_lock(&fault->lock);
    struct node *root = node_hold(node_reborn(&rebirth, fault->root));
    for (size_t i = 0; i < fault->naming_count && survival >= FAULT_SEED; i++) {
        const struct naming *naming = &fault->namings[i];
        struct naming again = { node_reborn(&rebirth, naming->folder), node_reborn(&rebirth, naming->node),
                                node_reborn(&rebirth, naming->from_folder), naming->name, naming->from_name };
        if (draw(&rebirth.seed) % 2) {
            naming_do(&again, false);
            naming_do(&again, true);
        }
    }
    for (size_t i = 0; i < rebirth.count; i++) {
        node_drop(rebirth.reborn[i]->reborn);
        rebirth.reborn[i]->reborn = NULL;
    }
    pthread_mutex_unlock(&fault->lock);
    free(rebirth.reborn);
    node_drop(fresh->root);
    fresh->root = root;
    return fresh;
}

bool fault_disk_flip(struct fault_disk *fault, const char *path, uint64_t offset, unsigned bit)
{
    struct node *folder;
    struct str name;

    pthread_mutex_lock(&fault->lock);
    struct node *node = find(fault, path, &folder, &name);
    bool is_there = node && !node->is_folder && offset < node->seen.length;
    if (is_there) {
        node->seen.bytes[offset] ^= (char)(1u << bit);
        if (offset < node->durable.length)
            node->durable.bytes[offset] ^= (char)(1u << bit);
    }
    return unlocked(fault, is_there);
}
