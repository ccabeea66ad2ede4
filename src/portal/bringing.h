/* Loading a file for an account: its rejects as JSON, its names as the account knows them. */
#ifndef PORTAL_BRINGING_H
#define PORTAL_BRINGING_H

#include "portal/taking.h"

enum { REJECTS_SHOWN = 100 };

struct bringing {
    const struct kind *kind;
    const char *path;     /* of the file, in the scratch folder */
    struct says name;     /* as people know it; in messages */
    const char *format;   /* NULL: by name */
    const char *sheet, *map, *source, *replaces; /* as in load_options */
    const char *rejects;  /* "PATH.jsonl": where the lists of rejects go */
    enum language language; /* of their reasons */
};

/* Loads it and adds {"kind","source","read","accepted","duplicate","rejected","rejects":[..]} to out, with the first REJECTS_SHOWN
   rejects. The lists of rejects stay for the caller. */
bool bring(struct portal *portal, const struct identity *who, const struct bringing *bringing, struct text *out, struct error *error);

/* Whether a source may be withdrawn or replaced through the portal: mingbai: ones hold people's cases and the law. */
bool source_may_go(struct str source, struct error *error);

/* Puts a file's name in the place of its path, which nobody outside is told. */
void error_rename(struct error *error, const char *path, struct says name);

#endif
