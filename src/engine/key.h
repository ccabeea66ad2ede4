/* A record's key as the door and SQL know it. Records are parsed: persons still in clear. */
#ifndef ENGINE_KEY_H
#define ENGINE_KEY_H

#include "door/kind.h"
#include "store/store.h"
#include "vault/vault.h"

/* The only field of a kind's key, or FIELDS_MAX: there is none, or more than one. */
size_t key_field(const struct kind *kind);

/* The kind and the values of the record's key, so that equal keys are equal bytes; added to out. The kind must have one. */
void key_write(const struct record *record, struct text *out);
/* The same bytes for the row of a kind, whose key is a single field, that a field of the record names. */
void key_write_named(const struct kind *named, const struct record *record, size_t field, struct text *out);

/* Binds a field's value as its column holds it. False where no row can have it: a person that the vault does not know. */
bool key_bind(struct vault *vault, struct statement *select, int parameter, const struct record *record, size_t field);
/* " AND "kind"."field" = $1" for each field of the kind's key, with $1, $2 ...; added to out. */
void key_condition(const struct kind *kind, struct text *out);
/* Whether a row stands under the record's key, in what a reading store sees. */
bool key_is_on_record(struct store *reader, struct vault *vault, const struct record *record, bool *is_there, struct error *error);

#endif
