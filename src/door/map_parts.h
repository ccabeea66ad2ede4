/* What a map is made of; for map.c, map_read.c and map_apply.c. */
#ifndef DOOR_MAP_PARTS_H
#define DOOR_MAP_PARTS_H

#include "base/memory.h"
#include "door/date_form.h"
#include "door/map.h"

enum { MAP_BYTES = 1024 * 1024, MAP_COLUMNS = 8, MAP_FORMS = 16, MAP_SOURCE_BYTES = 200, MAP_FACTOR_DECIMALS = 6 };

/* A value of the file and what it is with us. */
struct translation {
    struct str from, to;
    bool absent; /* no value */
};

enum otherwise { OTHERWISE_REFUSED, OTHERWISE_KEPT, OTHERWISE_ABSENT, OTHERWISE_VALUE };
enum origin { FROM_COLUMNS, FROM_VALUE, FROM_SOURCE_LINE };

/* How one field comes about. Strings live in the map's arena. */
struct rule {
    size_t target; /* a field, or map_source, map_seq */
    const struct field *field;
    enum origin origin;
    struct str columns[MAP_COLUMNS];
    size_t places[MAP_COLUMNS]; /* in the file's list of columns, once bound */
    size_t column_count;
    bool optional; /* a file may lack the columns */
    struct str join, value, before, offset;
    const struct translation *translations;
    size_t translation_count;
    enum otherwise otherwise;
    struct str otherwise_value;
    const struct date_form *forms;
    size_t form_count;
    int64_t factor; /* scaled by 10^6; 0: none */
    bool round;
    bool code;         /* names become codes: small letters, digits and hyphens */
    bool as_it_stands; /* one column and nothing to change */
};

enum { ABSENT_COLUMN = -1 };

enum { LAST_ROOM = 40 };

/* A column that is a field as it stands. */
struct step {
    const struct field *field;
    size_t column, target;
    /* Files are often in the order of time, and services are few: the last cell and its number, so that the same is not parsed again. */
    bool keeps_last;
    char last[LAST_ROOM];
    size_t last_length; /* 0: there is none */
    int64_t last_number;
};

struct map {
    const struct kind *kind;
    struct arena arena;
    bool plain;
    struct rule *rules; /* source and seq first, as others may need them */
    size_t rule_count;
    struct str *ignored;
    size_t ignored_count;
    bool ignores_all;
    struct str *wanted;
    size_t wanted_count;

    /* bound to a file's columns */
    struct str *columns;
    size_t column_count;
    struct step *steps;
    size_t step_count;
    size_t *barred; /* columns whose cells must be empty: without a heading, or of no field and met only while reading */
    size_t barred_count;
    bool is_bound;
};

/* A target is the place of a field, or behind them source and seq. */
static inline size_t map_source(const struct kind *kind)
{
    return kind->field_count;
}
static inline size_t map_seq(const struct kind *kind)
{
    return kind->field_count + 1;
}
/* The field of a target, and the target of a name (field_count + 2: none). */
const struct field *map_target_field(const struct kind *kind, size_t target);
size_t map_target(const struct kind *kind, struct str name);
/* Column names are compared without outer blanks and case. */
bool map_same_column(struct str a, struct str b);
const struct rule *map_rule(const struct map *map, size_t target);

/* Reads a map's JSON; name is what errors call it. map has kind and an empty arena. */
bool map_read(struct map *map, struct str json, const char *name, struct error *error);
struct map *map_of_json(const struct kind *kind, struct str json, const char *name, struct error *error);

#endif
