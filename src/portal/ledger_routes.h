/* Routes about the ledger: entries, proofs, sources and their withdrawal. */
#ifndef PORTAL_LEDGER_ROUTES_H
#define PORTAL_LEDGER_ROUTES_H

#include "measure/route.h"

extern const struct route ledger_routes[];
extern const size_t ledger_route_count;

#endif
