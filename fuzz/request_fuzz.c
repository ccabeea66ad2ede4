/* A target, a language and a body against every route, and against one that takes every type of parameter. The bytes are lines: the
   target; Accept-Language; the rest is the body. */
#include <stdlib.h>
#include <string.h>

#include "portal/call.h"
#include "portal/dispatch.h"
#include "portal/portal.h"
#include "portal/request.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool nothing(struct request *request, struct reply *reply, struct error *error)
{
    (void)request, (void)reply, (void)error;
    return true;
}

static const struct parameter all_types[] = {
    { "text", PARAMETER_TEXT, .limit = 20, .says = { "a", "甲" } }, { "number", PARAMETER_NUMBER, .says = { "b", "乙" } },
    { "flag", PARAMETER_FLAG, .says = { "c", "丙" } },              { "date", PARAMETER_DATE, .says = { "d", "丁" } },
    { "time", PARAMETER_TIME, .says = { "e", "戊" } },              { "money", PARAMETER_MONEY, .says = { "f", "己" } },
    { "list", PARAMETER_LIST, .says = { "g", "庚" } },              { "object", PARAMETER_OBJECT, .says = { "h", "辛" } },
    { "needed", PARAMETER_TEXT, .needed = true, .says = { "i", "壬" } },
};
static const struct route typed = { ROUTE(POST, "/x/{y}", FOR_ALL, REACH_OPEN), .handle = nothing, .flags = ROUTE_TABLE, .query = all_types,
                                    .query_count = sizeof all_types / sizeof *all_types, .body = BODY_JSON, .fields = all_types,
                                    .field_count = sizeof all_types / sizeof *all_types };

static void line_take(struct str *rest, struct str *line)
{
    *line = (struct str){ rest->at, str_find(*rest, '\n') };
    size_t passed = line->length + (line->length < rest->length);
    *rest = (struct str){ rest->at + passed, rest->length - passed };
}

static void check(struct call *call, const struct route *route)
{
    call->request.route = route;
    call->reply.fault_count = 0;
    request_check_query(call);
    for (size_t i = 0; i < route->query_count; i++) {
        const char *value = request_query(&call->request, route->query[i].name);
        must(!value || str_is_utf8(str_of(value)));
    }
    if (route->body != BODY_JSON) return;
    if (request_check_body(call))
        for (size_t i = 0; i < route->field_count; i++) {
            struct str text = request_text(&call->request, route->fields[i].name);
            must(!text.length || (str_is_utf8(text) && text.length <= parameter_limit(&route->fields[i]) && !memchr(text.at, 0, text.length)));
        }
    json_decref(call->request.body);
    call->request.body = NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct dispatch *dispatch;
    static const struct route *const *routes;
    static struct call *call;
    size_t count;
    if (!dispatch) {
        routes = portal_routes(&count);
        dispatch = dispatch_open(routes, count);
        call = allocate(sizeof *call);
    }
    struct arena arena = call->arena;
    *call = (struct call){ .arena = arena, .upload = -1, .reply = { .file = -1 } };
    call->request = (struct request){ .arena = &call->arena, .query = &call->query };
    struct str rest = { (const char *)data, size }, target, accepted;
    line_take(&rest, &target);
    line_take(&rest, &accepted);
    char *language = arena_copy(&call->arena, accepted.at, accepted.length);
    if (target.length <= TARGET_LIMIT) memcpy(call->target, target.at, target.length);
    text_add(&call->body, rest);
    bool is_whole = request_target(call);
    call->request.language = language_wanted(&call->query, language);
    if (is_whole) {
        struct dispatched found = dispatch_find(dispatch, call->path);
        for (size_t i = 0; i < PATH_ARGUMENTS; i++)
            if (found.arguments[i].at) percent_decode(&call->arena, found.arguments[i], false, &call->request.arguments[i]);
        for (size_t i = 0; i < METHODS; i++)
            if (found.methods >> i & 1) check(call, routes[found.at[i]]);
        check(call, &typed);
    }
    text_close(&call->body);
    arena_reset(&call->arena);
    return 0;
}
