/* The HTTP API as data: what each route is, who may use it, and how far they see. From the tables come the dispatch, the OpenAPI
   document, the permission matrix and the test that every route has a decision. The measures have routes; src/portal serves them. */
#ifndef MEASURE_ROUTE_H
#define MEASURE_ROUTE_H

#include <jansson.h>

#include "base/json.h"
#include "measure/view.h"
#include "rows/rows.h"

enum method { METHOD_GET, METHOD_POST, METHOD_PUT, METHOD_DELETE, METHODS };

enum parameter_type {
    PARAMETER_TEXT,   /* a JSON string, or the text of a query */
    PARAMETER_NUMBER, /* 0 to 2^63-1 */
    PARAMETER_FLAG,
    PARAMETER_DATE,   /* 2015-01-03 */
    PARAMETER_TIME,   /* RFC 3339 */
    PARAMETER_MONEY,  /* decimal yuan in text */
    PARAMETER_LIST,   /* a JSON array of objects; the handler reads it */
    PARAMETER_OBJECT, /* a JSON object; the handler reads it */
};

/* What stands in the query or in a JSON body. Checked before the handler is called: unknown names, missing ones, types, lengths. */
struct parameter {
    const char *name;
    enum parameter_type type;
    bool needed;
    size_t limit;                /* of a text in bytes, of a list in members; 0: 1,000 bytes, 100 members */
    const char *says[LANGUAGES];
};

enum route_body {
    BODY_NONE,
    BODY_JSON, /* an object of at most 256 KiB, with the fields of `fields` */
    BODY_FILE, /* any bytes, at most body_limit; they come as a file that is gone when the handler returns (request->file) */
};

enum route_flags {
    ROUTE_SLOW = 1,  /* runs in a worker's thread: it writes, waits, or computes for long; all others answer at once */
    ROUTE_TRY = 8,   /* runs at once where what it needs is at hand; else the handler says reply_later, and is called again in a
                        worker's thread, where request->may_wait */
    ROUTE_TABLE = 2, /* answers a list: page by page in JSON, whole with format=csv or xlsx (reply_rows) */
    ROUTE_CODE = 4,  /* takes a secret (a password, a code): guessing is slowed down */
};

struct request;
struct reply;

struct route {
    enum method method;
    const char *path;                    /* "/api/complaints/{complaint}/answer"; {name} is one segment, percent-decoded */
    unsigned who;                        /* FOR(role) | ..: never 0 */
    enum reach reach;
    const char *says[LANGUAGES];         /* what it does, in a sentence */
    bool (*handle)(struct request *request, struct reply *reply, struct error *error);
    unsigned flags;
    const struct parameter *query;
    size_t query_count;
    enum route_body body;
    size_t body_limit;                   /* of a file */
    const char *const *body_types;       /* of a file, ended by NULL: the content types to name in the API's description; NULL: any */
    const struct parameter *fields;      /* of a JSON body */
    size_t field_count;
    unsigned hourly;                     /* how often one address may call it in an hour; 0: as often as it likes */
};

/* The start of every route: none of the four decisions can be left out, or it does not compile. */
#define ROUTE(method_, path_, who_, reach_) \
    .method = METHOD_##method_, .path = (path_), .who = (who_) / ((who_) != 0), .reach = (reach_)

enum { PATH_ARGUMENTS = 4 };

/* One call. Everything in it lasts until the handler returns. */
struct request {
    const struct route *route;
    struct identity who;
    enum language language;              /* of what is said: Accept-Language, or lang in the query */
    int64_t now;
    struct arena *arena;
    struct engine *engine;
    struct view *view;                   /* the state at one position, seen as `who` may see it */
    struct str arguments[PATH_ARGUMENTS]; /* of the path, in order */
    json_t *body;                        /* BODY_JSON */
    const char *file;                    /* BODY_FILE: its path */
    size_t file_bytes;
    struct str content_type;             /* without parameters, in small letters */
    struct str address;                  /* of the client */
    bool may_wait;                       /* a worker's thread runs it: see ROUTE_TRY */
    const void *query;                   /* the portal's */
    struct portal *portal;               /* the portal's */
};

/* A value of the query by name, or NULL; percent-decoded, zero-terminated. */
const char *request_query(const struct request *request, const char *name);
/* The same with `asked`'s shape (measure/query.h); context is the request. */
const char *request_asked(void *context, const char *name);
/* A text of the JSON body ({ NULL, 0 } where it is missing or null), a number, a flag (fallback where missing). */
struct str request_text(const struct request *request, const char *name);
bool request_flag(const struct request *request, const char *name, bool fallback);

/* What goes back. Start from the portal's; status is 200 unless set. */
struct reply {
    int status;
    const char *code;                    /* of a refusal */
    json_t *more;                        /* of a refusal: further members of the problem ("from": a day); may be NULL */
    struct text body;
    const char *content_type;            /* "application/json" unless set; lasts */
    char download[128];                  /* a file's name for saving; empty: shown */
    char location[256];                  /* of what was made; empty: none */
    int file;                            /* >= 0: this file is the body (closed by the portal) */
    uint64_t file_bytes;
    int64_t fresh_seconds;               /* may be kept by anybody for so long; 0: by nobody */
    bool later;                          /* see reply_later */
    bool signs_in, signs_out;            /* with signs_in: the session of `who` begins, and its cookie goes out */
    struct identity who;
    /* What is wrong with single fields of a body; names last, texts in the request's arena. */
    struct reply_fault {
        const char *field;
        struct str says[LANGUAGES];
    } faults[16];
    size_t fault_count;
};

/* What a ROUTE_TRY answers where it would have to wait; returns false. */
static inline bool reply_later(struct reply *reply)
{
    reply->later = true;
    return false;
}
/* A JSON writer on the body. */
struct json reply_json(struct reply *reply);
/* The answer of a ROUTE_TABLE: a page of JSON, {"items":[...],"next":URL|null,"position":N}, or with format=csv or xlsx a file
   with all rows. reply_table_open reads format, limit and after; the handler gives at most `most` rows to `rows`, beginning
   behind `after`, and ends with reply_table_close, telling where the next page begins. */
enum { PAGE_ROWS = 50, PAGE_ROWS_MAX = 500, EXPORT_ROWS_MAX = 1000000 };
struct reply_table {
    struct rows rows;
    size_t most;
    struct str after;     /* what reply_table_close was given for the page before; empty: from the beginning */
    bool whole;           /* a file with all rows */
    uint64_t position;    /* of which the rows are */
    struct request *request;
    struct reply *reply;
};
/* name: of the file, without its ending. */
bool reply_table_open(struct reply_table *table, struct request *request, struct reply *reply, const char *name, struct error *error);
/* next: what `after` will be on the next page; empty: this was the last. more: further members of the JSON ("\"counts\":{...}"), or
   empty. Closes the rows in any case; with done false, what was given is dropped and false is returned. */
bool reply_table_close(struct reply_table *table, bool done, struct str next, struct str more, struct error *error);

/* Says no in both languages (each written as for printf, with the same arguments); returns false, so that a handler can
   `return refuse(...)`. Status as in RFC 9110. The code tells programs which it is ("appeal-too-early"), stands in the problem's
   type, and lasts. A handler that fails in any other way just fills error: its code gives the status. */
bool refuse(struct reply *reply, struct error *error, int status, const char *code, const char *english, const char *chinese, ...)
    __attribute__((format(printf, 5, 7)));
/* Notes what is wrong with a field of the body; a handler that noted any returns refuse_faults (422). */
void reply_fault(struct request *request, struct reply *reply, const char *field, const char *english, const char *chinese);
bool refuse_faults(struct reply *reply, struct error *error);

#endif
