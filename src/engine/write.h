/* Writing a few records that the program itself takes down, as a form on a page or a reading of the vault gives them. */
#ifndef ENGINE_WRITE_H
#define ENGINE_WRITE_H

#include "engine/engine.h"

/* The source of what comes through the portal: people's cases, and the program's own clock. */
#define PORTAL_SOURCE "mingbai:portal"

enum { WRITE_RECORDS_MAX = 256 };

/* Takes 1 to WRITE_RECORDS_MAX records, of whatever kinds, all of them or none: kind, present and values are given, in clear,
   and lie in the caller's memory. They get the source, one of the program's own, and its next numbers, in their order; the
   rest of them stays as it is. Returns when they are durable and applied; *position (may be NULL) is that of the ledger behind
   them. Those who write at once are made durable at once. ERROR_INPUT where one is not whole: then nothing was taken. Where
   the engine has failed, or fails meanwhile, false with that failure. Any thread. */
bool engine_write(struct engine *engine, struct str source, struct record *records, size_t count, uint64_t *position,
                  struct error *error);
/* The same for records whose keys must be new, as a number drawn by chance: ERROR_CONFLICT, at once and with nothing taken, where
   the key of one is on record or on its way by anybody; draw another then. Once it returns true the keys are these records',
   whoever else tried at the same time: no look beforehand is needed. */
bool engine_write_new(struct engine *engine, struct str source, struct record *records, size_t count, uint64_t *position,
                      struct error *error);

#endif
