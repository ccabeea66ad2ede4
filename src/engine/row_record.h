/* A file's row as a record that may be taken: what its cells say, whose source it is, the kind's own check and the caller's. What
   a load does with each row before it takes it, and a preview of one. */
#ifndef ENGINE_ROW_RECORD_H
#define ENGINE_ROW_RECORD_H

#include "door/map.h"

struct row_rules {
    struct map *map;
    struct str source; /* of rows that name none; empty: they must */
    bool own;          /* the program's own rows: their sources may begin with "mingbai:" */
    int64_t now;
    /* What else must be true of a record, persons and texts still in clear; may be NULL. False with the reason, and in *field what
       is wrong: ERROR_DISK, ERROR_DAMAGE and ERROR_BUSY mean that it could not be told. */
    bool (*admit)(void *context, const struct record *record, const struct field **field, struct error *error);
    void *context;
};

enum row_verdict {
    ROW_GOOD,
    ROW_WRONG,  /* rejected: *field and error say why; source and seq stand in the record where it is known which it would have been */
    ROW_FAILED, /* not the row's fault: nothing more can be taken */
};
enum row_verdict row_record(const struct row_rules *rules, const struct row *row, struct arena *arena, struct record *record,
                            struct str *field, struct error *error);

/* What a source's name may be; the sentence says what is wrong. */
bool source_is_good(struct str name, bool own, struct error *error);

#endif
