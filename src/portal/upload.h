/* Files on their way in: kept for an hour in the scratch folder, looked at as often as wanted, and loaded when their owner says
   so. Nothing of them counts before. Any thread; an upload that is held is its holder's alone. */
#ifndef PORTAL_UPLOAD_H
#define PORTAL_UPLOAD_H

#include <jansson.h>

#include "portal/portal.h"

enum {
    UPLOAD_BYTES = 256 * 1024 * 1024, UPLOAD_MINUTES = 60, UPLOADS_OF_ACCOUNT = 20, UPLOADS_MAX = 200, UPLOAD_ROWS = 5000,
    UPLOAD_SHOWN = 50, UPLOAD_CELL_BYTES = 200, UPLOAD_NAME_ROOM = 128, UPLOAD_ID_ROOM = 33,
};

struct upload_store;

struct upload {
    char id[UPLOAD_ID_ROOM];
    char name[UPLOAD_NAME_ROOM]; /* as it is called; it is its name on the disk too */
    char path[PATH_ROOM + UPLOAD_NAME_ROOM];
    const struct kind *kind;
    const char *format;          /* "csv", "xlsx", "xls" ... */
    char sheet[UPLOAD_NAME_ROOM]; /* empty: the first that is not empty */
    json_t *map;                 /* NULL: the columns are the fields */
    bool map_is_given;           /* by a person; else proposed here */
    struct error map_problem;    /* without code: it can be loaded */
    struct text looked[LANGUAGES]; /* what was seen of it: members of a JSON object, from "encoding" on */
};

struct upload_store *upload_store_open(const char *scratch);
/* Starts the thread that throws away what is old. */
bool upload_store_start(struct upload_store *store, struct error *error);
void upload_store_close(struct upload_store *store);

/* Takes a file of so many bytes over (it is linked, not copied). ERROR_LIMIT where the account has as many as it may, ERROR_BUSY
   where all together have. It comes held. */
struct upload *upload_add(struct upload_store *store, const char *account, const struct kind *kind, const char *name, const char *file,
                          uint64_t bytes, int64_t now, struct error *error);
/* One of the account's own. ERROR_NOT_FOUND where there is none, or no longer. Waits for who holds it. */
struct upload *upload_hold(struct upload_store *store, const char *account, struct str id, int64_t now, struct error *error);
void upload_release(struct upload_store *store, struct upload *upload);
/* Removes one that is held, and releases it. */
void upload_remove(struct upload_store *store, struct upload *upload);

/* Reads the file's beginning as it would be loaded by that account: its columns, what would be taken and what rejected. Where its
   columns are not the kind's, a map is proposed. False where the file cannot be read at all. */
bool upload_look(struct upload *upload, struct portal *portal, const struct identity *who, struct error *error);
/* Adds the upload as a JSON object. */
void upload_show(const struct upload *upload, enum language language, struct text *out);
/* Loads it; the summary, as bring() has it, goes to out. The rows that were rejected stay as upload_rejected names them, with
   their reasons in that language. */
bool upload_load(struct upload *upload, struct portal *portal, const struct identity *who, enum language language, struct text *out,
                 struct error *error);
/* The path of the table of rejected rows; it is there once there were any. */
void upload_rejected(const struct upload *upload, struct text *path);

#endif
