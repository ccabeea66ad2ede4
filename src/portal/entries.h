/* Entries of the ledger, for who may see them: one of a single record for who sees that record, a batch for who sees all of it, what
   the program wrote itself for the regulator. */
#ifndef PORTAL_ENTRIES_H
#define PORTAL_ENTRIES_H

#include "engine/entry.h"
#include "measure/route.h"

struct entry_read {
    uint64_t index;
    struct text bytes;    /* as they are hashed */
    struct entry entry;   /* points into them */
    const struct kind *kind;
    struct record record; /* the one asked for, else the first; points into them as well */
};

/* The entry of that number. ERROR_NOT_FOUND, in the same words, where there is none and where it is not to be seen. */
bool entry_of_index(struct request *request, uint64_t index, struct entry_read *read, struct error *error);
/* The newest entry that brought a record, likewise. With record_alone only that record is to be shown, and it is enough to see it,
   whatever else its batch holds. */
bool entry_of_record(struct request *request, struct str source, uint64_t seq, bool record_alone, struct entry_read *read,
                     struct error *error);
void entry_read_close(struct entry_read *read);

#endif
