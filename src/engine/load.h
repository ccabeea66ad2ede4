/* Loading a file: reader, map, intake and the list of rejects, in a row. What `mingbai load` does, and an upload. */
#ifndef ENGINE_LOAD_H
#define ENGINE_LOAD_H

#include <stdio.h>

#include "door/reader.h"
#include "engine/engine.h"

struct load_options {
    const struct kind *kind;
    const char *path;          /* "-": standard input */
    int standard_input, stop;  /* see reader_options; a load stops between rows, too, and what was accepted stays accepted */
    FILE *standard_error;      /* where rejected lines of "-" go that have no other place; NULL: the process's own */
    const char *format;        /* "csv", "jsonl", "json", "xlsx", "xls"; NULL: by name */
    const char *sheet;
    const char *map;           /* NULL: the columns are the fields */
    const char *source;        /* NULL: the file's name and its content's hash */
    const char *rejects;       /* NULL: beside the file */
    enum language language;    /* of the reasons in the list of rejects */
    bool own;                  /* the program's own rows: their sources may begin with "mingbai:" */
    const char *replaces;      /* a source that this file takes the place of; NULL: none */
    void (*acknowledge)(void *context, struct str source, uint64_t seq); /* in another thread; may be NULL */
    void (*progress)(void *context, uint64_t done, uint64_t all);
    bool (*admit)(void *context, const struct record *record, const struct field **field, struct error *error); /* see row_record.h */
    void *context;
};

struct load_summary {
    struct text source;        /* the one source of all records; empty where rows name several */
    uint64_t read, accepted, duplicate, rejected; /* accepted: durable, and counting unless the whole load failed */
};
void load_summary_close(struct load_summary *summary);

/* Loads a file. What was accepted is durable when it returns, also when it fails in the middle: then the same call goes on
   from there. Rejected records are no failure: they are counted and listed. With replaces, all counts from one last entry on,
   or nothing does. */
bool load_file(struct engine *engine, const struct load_options *options, struct load_summary *summary, struct error *error);

/* The source of a file that is given none: the name and its content's hash, so that loading it twice changes nothing. Added to
   source. */
bool load_source(const char *path, struct str name, struct text *source, struct error *error);

#endif
