/* Reading a request: its target, its query, its JSON body, checked against what the route takes. */
#ifndef PORTAL_REQUEST_H
#define PORTAL_REQUEST_H

#include "portal/call.h"

/* Percent-decoded, zero-terminated, in the arena; plus is a space in a query. False where it is no well-formed UTF-8 or has a
   zero byte. */
bool percent_decode(struct arena *arena, struct str encoded, bool plus_is_space, struct str *decoded);

/* Splits call->target into path and query; false with a refusal where it is not well formed. */
bool request_target(struct call *call);
/* The language by `lang` in the query, else Accept-Language, else Chinese. */
enum language language_wanted(const struct query *query, const char *accepted);
/* The parameters that every route has, and those of every table. */
extern const struct parameter parameters_of_all[], parameters_of_tables[];
extern const size_t parameters_of_all_count, parameters_of_tables_count;
/* The most bytes of a text, or members of a list. */
size_t parameter_limit(const struct parameter *parameter);
/* Whether every name is one that the route takes, with a value of its type, and none is missing; else a refusal (400). */
bool request_check_query(struct call *call);
/* Reads the body that came into request.body and checks it; else a refusal (400, 422). */
bool request_check_body(struct call *call);

#endif
