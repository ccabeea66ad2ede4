/* SQLite's way to the disk seam: a VFS for each disk. Locks and the index of the write-ahead log are in this process's
   memory: other processes are kept out by the lock on the data directory. A file must be spelled the same way by all who
   have it open at once. */
#ifndef STORE_VFS_H
#define STORE_VFS_H

#include <sqlite3.h>

#include "base/error.h"
#include "disk/disk.h"

/* The VFS of a disk, registered under its zName until given back as often as it was taken. */
sqlite3_vfs *vfs_take(struct disk *disk);
void vfs_give_back(sqlite3_vfs *vfs);

/* What the disk said last when a call of this connection failed, or NULL where it never did. */
const struct error *vfs_disk_error(sqlite3 *connection);

#endif
