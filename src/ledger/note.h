/* C2SP signed notes that are tlog-checkpoints: origin, size and root in lines, and Ed25519 signatures under them. */
#ifndef LEDGER_NOTE_H
#define LEDGER_NOTE_H

#include "ledger/ledger.h"

enum { NOTE_LIMIT = 64 * 1024, OWN_NOTE_LIMIT = 512 };

/* Adds the signed note of that tree. Fails with ERROR_USAGE where the key can only check. At most OWN_NOTE_LIMIT bytes. */
bool note_add(struct text *out, const struct ledger_key *key, const struct checkpoint *checkpoint, struct error *error);
/* As checkpoint_read, but takes the signature on trust. */
bool note_read_unsigned(struct str note, const struct ledger_key *key, struct checkpoint *checkpoint, struct error *error);

#endif
