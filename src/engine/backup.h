/* A backup: one tar file with keys, the portal's accounts, ledger and vault, as of one position. The state is not in it: it is
   replayed. */
#ifndef ENGINE_BACKUP_H
#define ENGINE_BACKUP_H

#include "engine/engine.h"

/* Writes FILE (mode 0600: it holds the keys) through FILE.new, while records may go on coming in. ERROR_USAGE where FILE lies
   in the data directory. */
bool backup_write(struct engine *engine, const char *file, void (*progress)(void *context, uint64_t done, uint64_t all),
                  void *context, struct error *error);
/* Makes the data directory, which must not exist or be empty, from a backup; verifies every byte; replays the state. On
   failure nothing of it is left. */
bool backup_read(const char *directory, const char *file, void (*progress)(void *context, uint64_t done, uint64_t all),
                 void *context, struct error *error);

#endif
