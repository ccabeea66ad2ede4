/* Where in the ledger the use of a subscriber and cycle stands: entries by subject and month. What was added last is in memory, the
   rest in sorted runs on the disk. For explaining a bill down to its records, and for summing anew. Locked by its owner. */
#ifndef MEASURE_USAGE_TRACE_H
#define MEASURE_USAGE_TRACE_H

#include <stdint.h>

#include "base/error.h"
#include "base/str.h"
#include "disk/disk.h"

struct trace;

/* An empty one, whose runs go into a folder as usage.N.run; or into scratch (it lasts), where nothing in the folder may be changed. */
struct trace *trace_open(struct disk *disk, const char *folder, const char *scratch);
void trace_close(struct trace *trace);

/* A record of that subject and month (of moments since 1970, counted from 0) stands in that entry; entries never go back. */
void trace_add(struct trace *trace, uint64_t subject, uint32_t month, uint64_t entry);
/* Writes a run where enough has been added up to that position of the ledger; at least once in 500,000 entries. Not synced. */
bool trace_settle(struct trace *trace, uint64_t position, struct error *error);
/* Calls back for each entry that has such a record, rising, each once. Any number of threads while nothing is added. */
bool trace_find(const struct trace *trace, uint64_t subject, uint32_t month,
                bool (*entry)(void *context, uint64_t index, struct error *error), void *context, struct error *error);

/* Makes all runs durable and appends to `out` what trace_load needs to go on from here. */
bool trace_save(struct trace *trace, struct text *out, struct error *error);
/* Into an empty trace; takes its part from the front of bytes. Runs that it does not name are removed. ERROR_DAMAGE. */
bool trace_load(struct trace *trace, struct str *bytes, struct error *error);
/* Removes the runs of an earlier time from the folder: nothing is taken over. */
bool trace_forget(struct trace *trace, struct error *error);

#endif
