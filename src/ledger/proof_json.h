/* Proofs as JSON, in the form of the contract: for the command line and the HTTP API alike. */
#ifndef LEDGER_PROOF_JSON_H
#define LEDGER_PROOF_JSON_H

#include "ledger/ledger.h"

/* {"index":I,"size":N,"leaf":"base64","path":["base64",...]}, added to out. As ledger_inclusion fails. */
bool inclusion_json(struct ledger *ledger, uint64_t index, uint64_t size, struct text *out, struct error *error);
/* {"from":M,"to":N,"path":[...]}, added to out. As ledger_consistency fails. */
bool consistency_json(struct ledger *ledger, uint64_t from, uint64_t to, struct text *out, struct error *error);

#endif
