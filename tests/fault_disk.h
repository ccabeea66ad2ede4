/* A disk in memory that fails as disks do. Each file has what the program sees and what would be there after the machine
   stopped; writes and names that were not synced are between the two. Every call that changes something is a step, counted
   from 1, and a plan says at which step what goes wrong. All calls are safe from any thread. */
#ifndef TESTS_FAULT_DISK_H
#define TESTS_FAULT_DISK_H

#include "disk/disk.h"

struct fault_disk;

/* Steps from 1; 0: never. */
struct fault_plan {
    uint64_t crash_at;       /* this step may or may not happen; it and every call after it fails */
    uint64_t short_write_at; /* the first write from that step on writes its first half and fails */
    uint64_t fail_sync_at;   /* the first sync from that step on fails; of what it should have made durable, the seed says what
                                is, what still can be, and what is seen but will be lost whatever is synced later */
    uint64_t full_from;      /* from there on nothing is made and no file grows */
    uint64_t seed;
};

/* What of the unsynced is there after a crash: everything (as when only the program was killed), nothing, or what a seed from
   FAULT_SEED on says: each write whole, not, cut at a byte, or only some of its 512-byte sectors; each name or not. */
enum { FAULT_KEEP_ALL, FAULT_KEEP_NOTHING, FAULT_SEED };

struct fault_disk *fault_disk_open(void);
/* Files still open on it must be closed before. */
void fault_disk_close(struct fault_disk *fault);
/* The disk to hand to the program; lives as long as the fault_disk. */
struct disk *fault_disk_of(struct fault_disk *fault);

void fault_disk_plan(struct fault_disk *fault, struct fault_plan plan);
uint64_t fault_disk_steps(struct fault_disk *fault);
bool fault_disk_crashed(struct fault_disk *fault);

/* A fresh disk with what would be there if the machine stopped now (or stopped at the planned crash). The old one stays as
   it is, so that many outcomes of one crash can be tried. */
struct fault_disk *fault_disk_reboot(struct fault_disk *fault, uint64_t survival);

/* Flips a bit (0 to 7) of a byte, in what is seen and in what is durable. False where there is no such byte. */
bool fault_disk_flip(struct fault_disk *fault, const char *path, uint64_t offset, unsigned bit);

#endif
