#include "store/vfs.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/hash.h"
#include "base/memory.h"
#include "base/moment.h"

enum { NAME_ROOM = 48, PATH_ROOM = 1024, SECTOR_BYTES = 4096, ASK_DISK_ERROR = 0x6d62 };

/* What the connections to one database file share. */
struct shared {
    struct shared *next;
    char *path;
    int connections;         /* under the VFS's mutex */
    atomic_bool sync_failed; /* what a failed sync left unwritten a later one would call durable: there is no later one */

    pthread_mutex_t mutex;               /* of all that follows */
    int sharing;                         /* connections with a lock of SHARED or above */
    const struct file *reserved;         /* who holds RESERVED, if anyone */
    const struct file *pending;          /* who holds PENDING or EXCLUSIVE, if anyone */
    int mapped;                          /* connections with the log's index mapped */
    void **regions;                      /* of the log's index */
    int region_count;
    int log_sharing[SQLITE_SHM_NLOCK];   /* how many connections hold that lock of the log's index shared */
    uint8_t log_exclusive;               /* those that are held alone, one bit each */
};

/* One for each disk; SQLite's own list of them is where it is found. */
struct vfs {
    sqlite3_vfs base;
    struct disk *disk;
    int taken; /* under SQLite's mutex for VFS */
    char name[NAME_ROOM];
    pthread_mutex_t mutex; /* of the list and of `connections` in it */
    struct shared *shared;
};

struct file {
    sqlite3_file base;
    struct vfs *vfs;
    struct disk_file *disk_file; /* NULL: a log that is not there, for who only reads */
    const char *path;            /* SQLite keeps it as long as the file is open */
    bool is_new_name;            /* the folder must be synced with the file */
    bool only_reads;
    struct file *main;           /* the database file to which this one belongs, or itself */

    struct error disk_error; /* of the main file */
    struct shared *shared;   /* of the main file */
    int lock;
    bool is_mapped;
    uint8_t log_shared, log_exclusive; /* locks of the log's index that are held, one bit each */
};

static struct file *file_of(sqlite3_file *file)
{
    return (struct file *)file;
}

static struct vfs *vfs_of(sqlite3_vfs *vfs)
{
    return (struct vfs *)vfs;
}

/* What connections share */

static struct shared *shared_take(struct vfs *vfs, const char *path)
{
    pthread_mutex_lock(&vfs->mutex);
    struct shared *shared = vfs->shared;
    while (shared && strcmp(shared->path, path) != 0)
        shared = shared->next;
    if (!shared) {
        shared = allocate(sizeof *shared);
        shared->path = allocate(strlen(path) + 1);
        strcpy(shared->path, path);
        pthread_mutex_init(&shared->mutex, NULL);
        shared->next = vfs->shared;
        vfs->shared = shared;
    }
    shared->connections++;
    pthread_mutex_unlock(&vfs->mutex);
    return shared;
}

static void shared_give_back(struct vfs *vfs, struct shared *shared)
{
    pthread_mutex_lock(&vfs->mutex);
    if (--shared->connections == 0) {
        struct shared **link = &vfs->shared;
        while (*link != shared)
            link = &(*link)->next;
        *link = shared->next;
        must(shared->mapped == 0 && shared->sharing == 0);
        pthread_mutex_destroy(&shared->mutex);
        free(shared->path);
        free(shared);
    }
    pthread_mutex_unlock(&vfs->mutex);
}

/* Files */

/* Somebody may have made the log since. */
static int open_log_if_there(struct file *file)
{
    struct disk *disk = file->vfs->disk;
    bool is_there;
    if (!disk->exists(disk, file->path, &is_there, &file->main->disk_error))
        return SQLITE_IOERR_ACCESS;
    if (is_there && !disk->open(disk, file->path, DISK_READ, &file->disk_file, &file->main->disk_error))
        return SQLITE_CANTOPEN;
    return SQLITE_OK;
}

static int file_read(sqlite3_file *base, void *out, int bytes, sqlite3_int64 offset)
{
    struct file *file = file_of(base);
    size_t got = 0;
    int result = file->disk_file ? SQLITE_OK : open_log_if_there(file);
    if (result == SQLITE_OK && file->disk_file &&
        !file->vfs->disk->read(file->disk_file, out, (size_t)bytes, (uint64_t)offset, &got, &file->main->disk_error))
        result = SQLITE_IOERR_READ;
    if (result != SQLITE_OK || got == (size_t)bytes)
        return result;
    memset((char *)out + got, 0, (size_t)bytes - got);
    return SQLITE_IOERR_SHORT_READ;
}

static int file_write(sqlite3_file *base, const void *bytes, int length, sqlite3_int64 offset)
{
    struct file *file = file_of(base);
    if (!file->disk_file)
        return SQLITE_READONLY;
    return file->vfs->disk->write(file->disk_file, bytes, (size_t)length, (uint64_t)offset, &file->main->disk_error)
        ? SQLITE_OK : SQLITE_IOERR_WRITE;
}

static int file_truncate(sqlite3_file *base, sqlite3_int64 bytes)
{
    struct file *file = file_of(base);
    if (!file->disk_file)
        return SQLITE_READONLY;
    return file->vfs->disk->truncate(file->disk_file, (uint64_t)bytes, &file->main->disk_error)
        ? SQLITE_OK : SQLITE_IOERR_TRUNCATE;
}

static int sync_with_name(struct file *file)
{
    struct error *error = &file->main->disk_error;
    if (!file->vfs->disk->sync(file->disk_file, error))
        return SQLITE_IOERR_FSYNC;
    if (file->is_new_name && !disk_sync_above(file->vfs->disk, file->path, error))
        return SQLITE_IOERR_DIR_FSYNC;
    file->is_new_name = false;
    return SQLITE_OK;
}

static int file_sync(sqlite3_file *base, int flags)
{
    struct file *file = file_of(base);
    atomic_bool *sync_failed = &file->main->shared->sync_failed;
    (void)flags;
    if (!file->disk_file)
        return SQLITE_OK;
    int result = atomic_load(sync_failed) ? SQLITE_IOERR_FSYNC : sync_with_name(file);
    if (result != SQLITE_OK)
        atomic_store(sync_failed, true);
    return result;
}

static int file_size(sqlite3_file *base, sqlite3_int64 *bytes)
{
    struct file *file = file_of(base);
    uint64_t size = 0;
    int result = file->disk_file ? SQLITE_OK : open_log_if_there(file);
    if (result == SQLITE_OK && file->disk_file && !file->vfs->disk->size(file->disk_file, &size, &file->main->disk_error))
        result = SQLITE_IOERR_FSTAT;
    *bytes = (sqlite3_int64)size;
    return result;
}

static int file_control(sqlite3_file *base, int operation, void *argument)
{
    if (operation != ASK_DISK_ERROR)
        return SQLITE_NOTFOUND;
    *(const struct error **)argument = &file_of(base)->disk_error;
    return SQLITE_OK;
}

static int file_sector_size(sqlite3_file *file)
{
    (void)file;
    return SECTOR_BYTES;
}

/* Nothing is promised: a write that a crash cuts short may leave anything within its bytes, and its neighbours' sector. */
static int file_characteristics(sqlite3_file *file)
{
    (void)file;
    return 0;
}

/* Locks of the database file: many SHARED; beside them one RESERVED; PENDING lets no new ones in; EXCLUSIVE is alone. */

static int try_lock(struct shared *shared, struct file *file, int level)
{
    bool others_pending = shared->pending && shared->pending != file;
    if (level == SQLITE_LOCK_SHARED) {
        if (others_pending)
            return SQLITE_BUSY;
        shared->sharing++;
        file->lock = SQLITE_LOCK_SHARED;
        return SQLITE_OK;
    }
    if (others_pending || (shared->reserved && shared->reserved != file))
        return SQLITE_BUSY;
    if (level == SQLITE_LOCK_RESERVED) {
        shared->reserved = file;
        file->lock = SQLITE_LOCK_RESERVED;
        return SQLITE_OK;
    }
    shared->pending = file;
    file->lock = SQLITE_LOCK_PENDING;
    if (shared->sharing > 1)
        return SQLITE_BUSY;
    file->lock = SQLITE_LOCK_EXCLUSIVE;
    return SQLITE_OK;
}

static int file_lock(sqlite3_file *base, int level)
{
    struct file *file = file_of(base);
    if (file->lock >= level)
        return SQLITE_OK;
    pthread_mutex_lock(&file->shared->mutex);
    int result = try_lock(file->shared, file, level);
    pthread_mutex_unlock(&file->shared->mutex);
    return result;
}

static int file_unlock(sqlite3_file *base, int level)
{
    struct file *file = file_of(base);
    struct shared *shared = file->shared;
    if (file->lock <= level)
        return SQLITE_OK;
    pthread_mutex_lock(&shared->mutex);
    if (shared->reserved == file)
        shared->reserved = NULL;
    if (shared->pending == file)
        shared->pending = NULL;
    if (level == SQLITE_LOCK_NONE)
        shared->sharing--;
    file->lock = level;
    pthread_mutex_unlock(&shared->mutex);
    return SQLITE_OK;
}

static int file_is_reserved(sqlite3_file *base, int *is_reserved)
{
    struct shared *shared = file_of(base)->shared;
    pthread_mutex_lock(&shared->mutex);
    *is_reserved = shared->reserved || shared->pending;
    pthread_mutex_unlock(&shared->mutex);
    return SQLITE_OK;
}

/* The index of the write-ahead log */

static int log_map(sqlite3_file *base, int region, int bytes, int extend, void volatile **out)
{
    struct file *file = file_of(base);
    struct shared *shared = file->shared;
    pthread_mutex_lock(&shared->mutex);
    if (!file->is_mapped)
        shared->mapped++;
    file->is_mapped = true;
    if (extend && region >= shared->region_count) {
        shared->regions = reallocate(shared->regions, (size_t)(region + 1) * sizeof *shared->regions);
        while (shared->region_count <= region)
            shared->regions[shared->region_count++] = allocate((size_t)bytes);
    }
    *out = region < shared->region_count ? shared->regions[region] : NULL;
    pthread_mutex_unlock(&shared->mutex);
    return SQLITE_OK;
}

static uint8_t lock_bits(int offset, int count)
{
    return (uint8_t)(((1 << count) - 1) << offset);
}

static void log_unlock(struct shared *shared, struct file *file, int offset, int count)
{
    for (int i = offset; i < offset + count; i++)
        if (file->log_shared & lock_bits(i, 1))
            shared->log_sharing[i]--;
    shared->log_exclusive &= (uint8_t)~(file->log_exclusive & lock_bits(offset, count));
    file->log_shared &= (uint8_t)~lock_bits(offset, count);
    file->log_exclusive &= (uint8_t)~lock_bits(offset, count);
}

static int log_lock_shared(struct shared *shared, struct file *file, int offset)
{
    uint8_t bit = lock_bits(offset, 1);
    if (file->log_shared & bit)
        return SQLITE_OK;
    if (shared->log_exclusive & bit)
        return SQLITE_BUSY;
    shared->log_sharing[offset]++;
    file->log_shared |= bit;
    return SQLITE_OK;
}

static int log_lock_alone(struct shared *shared, struct file *file, int offset, int count)
{
    uint8_t bits = lock_bits(offset, count);
    if (shared->log_exclusive & bits & ~file->log_exclusive)
        return SQLITE_BUSY;
    for (int i = offset; i < offset + count; i++)
        if (shared->log_sharing[i] > ((file->log_shared & lock_bits(i, 1)) ? 1 : 0))
            return SQLITE_BUSY;
    shared->log_exclusive |= bits;
    file->log_exclusive |= bits;
    return SQLITE_OK;
}

static int log_lock(sqlite3_file *base, int offset, int count, int flags)
{
    struct file *file = file_of(base);
    struct shared *shared = file->shared;
    int result = SQLITE_OK;
    must(offset >= 0 && count >= 1 && offset + count <= SQLITE_SHM_NLOCK);
    pthread_mutex_lock(&shared->mutex);
    if (flags & SQLITE_SHM_UNLOCK)
        log_unlock(shared, file, offset, count);
    else if (flags & SQLITE_SHM_SHARED)
        result = log_lock_shared(shared, file, offset);
    else
        result = log_lock_alone(shared, file, offset, count);
    pthread_mutex_unlock(&shared->mutex);
    return result;
}

static void log_barrier(sqlite3_file *base)
{
    struct shared *shared = file_of(base)->shared;
    atomic_thread_fence(memory_order_seq_cst);
    pthread_mutex_lock(&shared->mutex);
    pthread_mutex_unlock(&shared->mutex);
}

/* The last to leave takes the index away: it is made again from the log. */
static int log_unmap(sqlite3_file *base, int remove)
{
    struct file *file = file_of(base);
    struct shared *shared = file->shared;
    (void)remove;
    if (!file->is_mapped)
        return SQLITE_OK;
    pthread_mutex_lock(&shared->mutex);
    log_unlock(shared, file, 0, SQLITE_SHM_NLOCK);
    file->is_mapped = false;
    if (--shared->mapped == 0) {
        for (int i = 0; i < shared->region_count; i++)
            free(shared->regions[i]);
        free(shared->regions);
        shared->regions = NULL;
        shared->region_count = 0;
    }
    pthread_mutex_unlock(&shared->mutex);
    return SQLITE_OK;
}

/* SQLite may leave locks to this. */
static int file_close(sqlite3_file *base)
{
    struct file *file = file_of(base);
    if (file->shared) {
        log_unmap(base, 0);
        file_unlock(base, SQLITE_LOCK_NONE);
        shared_give_back(file->vfs, file->shared);
    }
    if (file->disk_file)
        file->vfs->disk->close(file->disk_file);
    return SQLITE_OK;
}

static const sqlite3_io_methods file_methods = {
    .iVersion = 2,
    .xClose = file_close,
    .xRead = file_read,
    .xWrite = file_write,
    .xTruncate = file_truncate,
    .xSync = file_sync,
    .xFileSize = file_size,
    .xLock = file_lock,
    .xUnlock = file_unlock,
    .xCheckReservedLock = file_is_reserved,
    .xFileControl = file_control,
    .xSectorSize = file_sector_size,
    .xDeviceCharacteristics = file_characteristics,
    .xShmMap = log_map,
    .xShmLock = log_lock,
    .xShmBarrier = log_barrier,
    .xShmUnmap = log_unmap,
};

/* Names */

static bool open_on_disk(struct file *file, int flags, struct error *error)
{
    struct disk *disk = file->vfs->disk;
    enum disk_mode mode = file->only_reads ? DISK_READ : flags & SQLITE_OPEN_CREATE ? DISK_CREATE : DISK_WRITE;
    bool is_there = true;
    if (mode == DISK_CREATE && !disk->exists(disk, file->path, &is_there, error))
        return false;
    file->is_new_name = !is_there;
    return disk->open(disk, file->path, mode, &file->disk_file, error);
}

/* Names of temporary files are refused: with temp_store=MEMORY there are none. The log of a database that is only read is
   only read, and not made where it is not there. */
static int open_file(sqlite3_vfs *base, const char *path, sqlite3_file *opened, int flags, int *flags_out)
{
    struct file *file = file_of(opened);
    memset(file, 0, sizeof *file);
    if (!path)
        return SQLITE_CANTOPEN;
    file->vfs = vfs_of(base);
    file->path = path;
    file->main = flags & SQLITE_OPEN_MAIN_DB ? file : file_of(sqlite3_database_file_object(path));
    file->only_reads = flags & SQLITE_OPEN_READONLY || file->main->only_reads;
    bool is_log_to_read = file->only_reads && flags & SQLITE_OPEN_WAL;
    if (is_log_to_read ? open_log_if_there(file) != SQLITE_OK : !open_on_disk(file, flags, &file->main->disk_error))
        return SQLITE_CANTOPEN;
    if (file->main == file)
        file->shared = shared_take(file->vfs, path);
    file->base.pMethods = &file_methods;
    if (flags_out)
        *flags_out = file->only_reads ? (flags & ~(SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE)) | SQLITE_OPEN_READONLY : flags;
    return SQLITE_OK;
}

static int delete_file(sqlite3_vfs *base, const char *path, int sync_folder)
{
    struct disk *disk = vfs_of(base)->disk;
    if (!disk->remove(disk, path, NULL))
        return SQLITE_IOERR_DELETE;
    return sync_folder && !disk_sync_above(disk, path, NULL) ? SQLITE_IOERR_DIR_FSYNC : SQLITE_OK;
}

static int access_file(sqlite3_vfs *base, const char *path, int flags, int *result)
{
    struct disk *disk = vfs_of(base)->disk;
    bool is_there;
    (void)flags;
    if (!disk->exists(disk, path, &is_there, NULL))
        return SQLITE_IOERR_ACCESS;
    *result = is_there;
    return SQLITE_OK;
}

static int full_path(sqlite3_vfs *base, const char *path, int room, char *out)
{
    (void)base;
    return snprintf(out, (size_t)room, "%s", path) < room ? SQLITE_OK : SQLITE_CANTOPEN;
}

/* What is not the disk's */

static int randomness(sqlite3_vfs *base, int bytes, char *out)
{
    (void)base;
    random_bytes(out, (size_t)bytes);
    return bytes;
}

static int sleep_for(sqlite3_vfs *base, int microseconds)
{
    struct timespec time = { .tv_sec = microseconds / 1000000, .tv_nsec = microseconds % 1000000 * 1000L };
    (void)base;
    nanosleep(&time, NULL);
    return microseconds;
}

/* SQLite counts milliseconds since noon of 24 November 4714 before Christ. */
static int current_time(sqlite3_vfs *base, sqlite3_int64 *time)
{
    (void)base;
    *time = moment_now() + INT64_C(210866760000000);
    return SQLITE_OK;
}

/* One VFS for each disk */

static struct vfs *vfs_make(struct disk *disk, const char *name)
{
    struct vfs *vfs = allocate(sizeof *vfs);
    vfs->disk = disk;
    strcpy(vfs->name, name);
    pthread_mutex_init(&vfs->mutex, NULL);
    vfs->base = (sqlite3_vfs){
        .iVersion = 2,
        .szOsFile = sizeof(struct file),
        .mxPathname = PATH_ROOM,
        .zName = vfs->name,
        .xOpen = open_file,
        .xDelete = delete_file,
        .xAccess = access_file,
        .xFullPathname = full_path,
        .xRandomness = randomness,
        .xSleep = sleep_for,
        .xCurrentTimeInt64 = current_time,
    };
    must(sqlite3_vfs_register(&vfs->base, 0) == SQLITE_OK);
    return vfs;
}

sqlite3_vfs *vfs_take(struct disk *disk)
{
    char name[NAME_ROOM];
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); /* the first time: no statistics, and so no lock around every allocation */
    must(sqlite3_initialize() == SQLITE_OK);
    snprintf(name, sizeof name, "disk %p", (void *)disk);
    sqlite3_mutex *mutex = sqlite3_mutex_alloc(SQLITE_MUTEX_STATIC_VFS3);
    sqlite3_mutex_enter(mutex);
    sqlite3_vfs *base = sqlite3_vfs_find(name);
    struct vfs *vfs = base ? vfs_of(base) : vfs_make(disk, name);
    vfs->taken++;
    sqlite3_mutex_leave(mutex);
    return &vfs->base;
}

void vfs_give_back(sqlite3_vfs *base)
{
    struct vfs *vfs = vfs_of(base);
    sqlite3_mutex *mutex = sqlite3_mutex_alloc(SQLITE_MUTEX_STATIC_VFS3);
    sqlite3_mutex_enter(mutex);
    if (--vfs->taken == 0) {
        must(!vfs->shared);
        sqlite3_vfs_unregister(base);
        pthread_mutex_destroy(&vfs->mutex);
        free(vfs);
    }
    sqlite3_mutex_leave(mutex);
}

const struct error *vfs_disk_error(sqlite3 *connection)
{
    const struct error *error = NULL;
    if (sqlite3_file_control(connection, "main", ASK_DISK_ERROR, (void *)&error) != SQLITE_OK || error->code == ERROR_NONE)
        return NULL;
    return error;
}
