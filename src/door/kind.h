/* A record kind is a table: its fields, with type, need and meaning. From it come CSV, JSON and spreadsheet parsing, error
   messages, `kinds`, the packed form in the ledger, the SQL table of its state and the docs. Nobody writes a parser or a
   table for a kind. Fields are only ever added at the end. */
#ifndef DOOR_KIND_H
#define DOOR_KIND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/str.h"

enum { FIELDS_MAX = 32, LANGUAGES = 2 };
enum language { ENGLISH, CHINESE };

enum field_type {
    FIELD_ID,       /* a name given by whoever keeps the thing: 1 to 64 bytes of printable UTF-8 */
    FIELD_CODE,     /* a code without spaces: operator, area, tariff: 1 to 64 printable ASCII characters */
    FIELD_LABEL,    /* clear text for people to read, not by people: at most 1,000 bytes */
    FIELD_PERSON,   /* phone number, account, document: a subject from the door on; value.number */
    FIELD_SEALED,   /* text by people: sealed; value.number is its place in the vault, value.text the 32 bytes of commitment */
    FIELD_REASON,   /* sealed likewise; value.class says in clear whether it is none, `early`, `late` or other */
    FIELD_CHOICE,   /* value.number is the place in choices */
    FIELD_FLAG,     /* true or false: 1 or 0 */
    FIELD_TIME,     /* moment: milliseconds UTC */
    FIELD_DATE,     /* day */
    FIELD_MONTH,    /* day: the first of the month */
    FIELD_MONEY,    /* micro-yuan */
    FIELD_COUNT,    /* 0 to 2^63-1 */
    FIELD_DECIMAL,  /* scaled by 10^6 */
    FIELD_PROSE,    /* clear published text, as a tariff's terms: at most 64 KiB */
    FIELD_FORM,     /* a list or an object, as compact JSON with sorted keys, at most 64 KiB; its shape is the kind's check's matter.
                       Words or numbers with spaces between them are a list, too */
};

enum field_flags {
    FIELD_NEEDED = 1,
    FIELD_KEY = 2,     /* part of the kind's key; an absent one counts as empty */
    FIELD_INDEXED = 4, /* an SQL index on it */
    FIELD_EVENT = 8,   /* an event time: the default as-of time of an audit is the latest of these */
    FIELD_DAY_ENDS = 16, /* a time given as a day alone is the end of that day, 24:00 */
};

enum reason_class { REASON_NONE, REASON_EARLY, REASON_LATE, REASON_OTHER };

struct choice {
    const char *word;            /* as in files and JSON */
    const char *says[LANGUAGES]; /* for people; taken in files as well */
};

struct field {
    const char *name;
    enum field_type type;
    unsigned flags;
    const char *says[LANGUAGES]; /* one line of meaning */
    const struct choice *choices;
    size_t choice_count;
};

struct record;

struct kind {
    const char *name;
    const char *says[LANGUAGES];
    unsigned version;   /* rises when fields are added */
    bool bulk;          /* its ledger entries are batches */
    bool sums_only;     /* the state has no table of its records: its measure follows the entries itself (measure/keeping.h) */
    const struct field *fields;
    size_t field_count;
    /* A kind whose records may replace another: the field that names it as SOURCE/SEQ, and the table of the state ("target_source",
       "target_seq", "source", "seq") in which what was replaced stands (engine/correction.h). NULL: there are none. */
    const char *corrections;
    size_t corrects;
    /* Fills fields of a record in clear from its text by people, as it comes from a file: what is told from that text by rule, since the
       text itself is sealed next. May be NULL. */
    void (*derive)(struct record *record);
    /* What no single field can tell ("moved needs an operator"); may be NULL. Names the field and what would be right. */
    bool (*check)(const struct record *record, const struct field **field, struct error *error);
};

struct value {
    int64_t number;
    struct str text;
    enum reason_class reason;
};

/* One record on its way: parsed (persons and texts still clear in .text), admitted (subjects and commitments), or unpacked. */
struct record {
    const struct kind *kind;
    struct str source;
    uint64_t seq;
    uint32_t present; /* bit i: field i has a value */
    struct value values[FIELDS_MAX];
};

static inline bool record_has(const struct record *record, size_t field)
{
    return record->present >> field & 1;
}

enum { KINDS_MAX = 64 };
/* The registry's kinds, and one by name (NULL: there is none). Returns how many. */
size_t kinds_all(const struct kind *all[KINDS_MAX]);
const struct kind *kind_find(struct str name);
/* The place of a field, or field_count. */
size_t kind_field(const struct kind *kind, struct str name);
bool kind_has_key(const struct kind *kind);

/* ---- text to value: parse.c ---- */

enum cell_type {
    CELL_TEXT,   /* from CSV, or text in a sheet or JSON string */
    CELL_NUMBER, /* a number of a spreadsheet or JSON, in its shortest decimal spelling */
    CELL_DATE,   /* a spreadsheet number shown as a date: still the number's spelling */
    CELL_TRUE, CELL_FALSE,
    CELL_NULL,   /* absent: also an empty CSV cell */
    CELL_OTHER,  /* a JSON object or array: its text */
};

struct cell {
    struct str text;
    enum cell_type type;
};

struct arena;

/* Normalises (full width to half, spaces trimmed) and reads one cell into a value; text that had to change is taken from the
   arena, else it points into the cell. On failure, error->says is what is wrong and what would be right, for example
   "'2015-13-01' is no date: write it as 2015-01-03". `now` is the wall clock, for "more than a day in the future". */
bool field_parse(const struct field *field, struct cell cell, int64_t now, struct arena *arena, struct value *value,
                 struct error *error);
/* Whether all needed fields are there, and the kind's own check. */
bool record_check(const struct record *record, const struct field **field, struct error *error);

/* ---- value to text: show.c ---- */

struct json;
/* The record as a JSON object with `kind`, `source`, `seq` and its fields; persons as subjects (numbers), sealed text as
   {"sealed":NUMBER,"commitment":"base64"}, absent fields left out. */
void record_json(struct json *json, const struct record *record);
/* One value as it would stand in a CSV cell, added to out; persons as subjects, sealed text empty. */
void value_text(const struct field *field, const struct value *value, struct text *out);

/* ---- packed: pack.c ---- */

/* Appends the packed fields of an admitted record (without kind, source and seq). The form is kind@version's forever. */
void record_pack(const struct record *record, struct text *out);
/* Reads one record packed at `version` of its kind from the front of *bytes and moves *bytes behind it; text points into
   bytes. Fields newer than that version are absent. ERROR_DAMAGE where it is not whole. */
bool record_unpack(const struct kind *kind, unsigned version, struct str *bytes, struct record *record, struct error *error);
/* What makes content equal: the same fields with the same values, in clear, whatever version, source and seq; added to out
   (for vault_digest). Given a parsed record, before admission. */
void record_content(const struct record *record, struct text *out);

/* Unsigned LEB128 and zigzag, as all packed forms use them. */
void varint_add(struct text *out, uint64_t number);
bool varint_read(struct str *bytes, uint64_t *number);
static inline uint64_t zigzag(int64_t number) { return ((uint64_t)number << 1) ^ (uint64_t)(number >> 63); }
static inline int64_t zigzag_back(uint64_t number) { return (int64_t)(number >> 1) ^ -(int64_t)(number & 1); }

#endif
