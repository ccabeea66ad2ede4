/* The pages: files of web/, which are part of the program (scripts/embed.py). */
#ifndef PORTAL_STATIC_H
#define PORTAL_STATIC_H

#include "portal/call.h"

struct web_file {
    const char *name;       /* "/ui/api.js" */
    const char *type;
    const char *hash;       /* of its content */
    struct str plain, packed; /* packed by gzip; empty where that gains nothing */
};
extern const struct web_file web_files[]; /* in the order of their names, bytewise */
extern const size_t web_file_count;
/* The addresses at which there is a page, as in web/pages.json: ":name" is any one segment. */
extern const char *const web_pages[];
extern const size_t web_page_count;

/* The file for a path; where there is none, index.html in the language that the path begins with, for the page to say so.
   *status is 200 or 404. */
const struct web_file *static_find(struct str path, int *status);
/* The answer for call->page: plain, packed or, with call->reply.status, not changed. */
struct MHD_Response *static_reply(struct call *call);

#endif
