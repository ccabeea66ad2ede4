/* What an account may bring in: which kinds, which records, under which source. Nobody writes a key of another operator; a source
   belongs to the account that first used it. */
#ifndef PORTAL_TAKING_H
#define PORTAL_TAKING_H

#include "engine/sources.h"
#include "portal/portal.h"

struct taking {
    struct portal *portal;
    struct identity who;
    const struct kind *kind;
    bool only_looks;        /* a preview: no source is taken */
    bool sees_all;          /* a regulator's or an administrator's: only sources are looked at */
    struct view *view;      /* what is on record */
    struct sources sources; /* taken by now */
    size_t operator_field;  /* the field that must be the writer's own operator; FIELDS_MAX: none */
    struct text key_sql;
};

/* Whether anybody of that role may write records of the kind at all: ERROR_CONFLICT says who may instead. An operator writes what
   says that it is that operator's, and what names a case of its own. */
bool taking_may(const struct identity *who, const struct kind *kind, struct error *error);
bool taking_open(struct taking *taking, struct portal *portal, const struct identity *who, const struct kind *kind, bool only_looks,
                 struct error *error);
void taking_close(struct taking *taking);
/* The admit of a row (engine/row_record.h), with a struct taking as its context. */
bool taking_admit(void *taking, const struct record *record, const struct field **field, struct error *error);

#endif
