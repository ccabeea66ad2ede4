/* The one seam to the disk: POSIX in life, a faulty one in tests, through which short writes, failed syncs, a full disk and
   a crash at any write can be tried. Ledger, vault and SQLite (through its VFS) all stand on it. Paths are absolute or
   relative to the working directory. What was written is durable after sync of the file, and for a new, renamed or removed
   name, after sync_directory of its folder. */
#ifndef DISK_DISK_H
#define DISK_DISK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

enum disk_mode {
    DISK_READ,   /* must exist */
    DISK_WRITE,  /* read and write, must exist */
    DISK_CREATE, /* read and write, made (mode 0600) if it is not there */
};

struct disk_file;

struct disk {
    bool (*open)(struct disk *disk, const char *path, enum disk_mode mode, struct disk_file **file, struct error *error);
    void (*close)(struct disk_file *file);
    /* Reads up to `bytes`; *got is less only at the end of the file. */
    bool (*read)(struct disk_file *file, void *out, size_t bytes, uint64_t offset, size_t *got, struct error *error);
    /* Writes all or fails; after a failure any part of it may be there. */
    bool (*write)(struct disk_file *file, const void *bytes, size_t length, uint64_t offset, struct error *error);
    bool (*size)(struct disk_file *file, uint64_t *bytes, struct error *error);
    bool (*truncate)(struct disk_file *file, uint64_t bytes, struct error *error);
    bool (*sync)(struct disk_file *file, struct error *error); /* fdatasync */

    bool (*exists)(struct disk *disk, const char *path, bool *is_there, struct error *error); /* a file or a folder */
    /* A file or an empty folder; not there: fine. */
    bool (*remove)(struct disk *disk, const char *path, struct error *error);
    bool (*rename)(struct disk *disk, const char *from, const char *to, struct error *error); /* replaces */
    /* Mode 0700; there already: fine. */
    bool (*make_directory)(struct disk *disk, const char *path, struct error *error);
    bool (*sync_directory)(struct disk *disk, const char *path, struct error *error);
    /* Calls back for each name in the folder, sorted bytewise, without . and .. */
    bool (*list)(struct disk *disk, const char *path, void (*name)(void *context, const char *name), void *context,
                 struct error *error);
};

/* Every implementation's file starts with this. */
struct disk_file {
    struct disk *disk;
};

/* The real one; a constant, never closed. */
struct disk *disk_posix(void);

/* Reads a whole file into memory (freed by the caller with free, a zero behind it), up to a limit of bytes. */
bool disk_read_all(struct disk *disk, const char *path, size_t limit, char **bytes, size_t *length, struct error *error);
/* Writes path.new, syncs it, renames it over path, syncs the folder. */
bool disk_replace(struct disk *disk, const char *path, const void *bytes, size_t length, struct error *error);
/* Syncs the folder that the path is in, so that a new, renamed or removed name there is durable. */
bool disk_sync_above(struct disk *disk, const char *path, struct error *error);
/* Removes a folder and all that is in it; not there: fine. */
bool disk_remove_tree(struct disk *disk, const char *path, struct error *error);

#endif
