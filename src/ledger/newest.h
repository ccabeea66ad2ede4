/* The file `newest`: the newest signed checkpoint, so that a ledger that was cut back is known for one.

   It has two slots of OWN_NOTE_LIMIT bytes, a note and zeros in each. One rests: it was synced when it was written. The
   other is overwritten with each checkpoint, unsynced, so that it costs nothing; a process that is killed leaves it as it
   was written, and when the machine stops while it is on its way to the disk, the resting one still stands. */
#ifndef LEDGER_NEWEST_H
#define LEDGER_NEWEST_H

#include "ledger/ledger.h"
#include "ledger/note.h"

struct newest;

enum { NEWEST_SLOTS = 2 };

/* What is there. */
struct newest_state {
    bool is_there;                   /* the file */
    const char *damage[NEWEST_SLOTS]; /* what is wrong with a slot, or NULL; of a missing file, with both */
    struct checkpoint slots[NEWEST_SLOTS];
    char notes[NEWEST_SLOTS][OWN_NOTE_LIMIT]; /* zeros behind */
    int best; /* the slot with the larger tree, or -1: none is readable */
};

bool newest_read(struct disk *disk, const char *directory, const struct ledger_key *key, struct newest_state *state,
                 struct error *error);

/* Opens it for writing, makes it where it is missing, puts the note into both slots, and syncs it; what was the best slot is
   made durable as it is before the other is touched. A new file's name is durable only after a sync of the folder. */
struct newest *newest_open(struct disk *disk, const char *directory, const struct newest_state *state, struct str note,
                           struct error *error);
void newest_close(struct newest *newest);
/* Overwrites the slot that does not rest. */
bool newest_write(struct newest *newest, struct str note, struct error *error);
/* Syncs what was written, and lets it rest. */
bool newest_rest(struct newest *newest, struct error *error);

#endif
