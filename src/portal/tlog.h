/* The ledger for witnesses: its newest checkpoint, and its hashes in tiles (C2SP tlog-checkpoint, tlog-tiles). */
#ifndef PORTAL_TLOG_H
#define PORTAL_TLOG_H

#include "measure/route.h"

/* A tile's number as it stands in an address, "x001/x234/067", with ".p/8" where it is not full; false where it is none. */
bool tile_number_read(struct str spelled, uint64_t *number, unsigned *width);

bool tlog_checkpoint(struct request *request, struct reply *reply, struct error *error);
bool tlog_tile(struct request *request, struct reply *reply, struct error *error);

#endif
