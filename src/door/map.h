/* Maps: other people's columns to our fields. A map is a JSON file; docs/maps.md is its documentation. */
#ifndef DOOR_MAP_H
#define DOOR_MAP_H

#include "door/kind.h"
#include "door/reader.h"

struct map;

/* Reads and checks a map for a kind: unknown fields and keys, bad values, forms and units are named by their place. */
struct map *map_open(const struct kind *kind, const char *path, struct error *error);
/* The trivial map: each column is the field of its name (also source, seq, and `rejected`, which is ignored). */
struct map *map_plain(const struct kind *kind);
void map_close(struct map *map);

/* Names that the file's header should have. */
const struct str *map_columns(const struct map *map, size_t *count);
/* Binds to the file's columns; called again when the list has grown. Fails, naming it, on a column that the map does not
   know, on a column of the map that is not in the file, and on a needed field that neither gives (not the plain map, whose
   records then miss it one by one). */
bool map_bind(struct map *map, const struct str *columns, size_t count, struct error *error);
/* One row to one parsed record (record_check is the caller's). record->source and ->seq are as given by the row, the map or
   the defaults handed in. On failure *field names the column or field that is wrong (static or in the arena). */
bool map_record(struct map *map, const struct row *row, struct str default_source, int64_t now, struct arena *arena,
                struct record *record, struct str *field, struct error *error);
/* Whether rows carry their own seq (else it is the line). */
bool map_has_seq(const struct map *map);

/* Proposes a map for a kind from a file's header and up to 1,000 rows, as JSON for a person to correct: what only a person
   knows stands as "?", which map_open refuses until it is filled in. */
bool map_propose(const struct kind *kind, struct reader *reader, struct text *out, struct error *error);

#endif
