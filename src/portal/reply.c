#include "portal/reply.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "portal/problem.h"
#include "portal/static.h"

struct json reply_json(struct reply *reply)
{
    return (struct json){ .out = &reply->body };
}

bool refuse(struct reply *reply, struct error *error, int status, const char *code, const char *english, const char *chinese, ...)
{
    va_list arguments, again;
    va_start(arguments, chinese);
    va_copy(again, arguments);
    reply->status = status;
    reply->code = code;
    error->code = ERROR_INPUT;
    vsnprintf(error->says, sizeof error->says, english, arguments);
    vsnprintf(error->chinese, sizeof error->chinese, chinese, again);
    va_end(again);
    va_end(arguments);
    return false;
}

void reply_fault(struct request *request, struct reply *reply, const char *field, const char *english, const char *chinese)
{
    if (reply->fault_count == sizeof reply->faults / sizeof *reply->faults) return;
    struct reply_fault *fault = &reply->faults[reply->fault_count++];
    fault->field = field;
    fault->says[ENGLISH] = (struct str){ arena_copy(request->arena, english, strlen(english)), strlen(english) };
    fault->says[CHINESE] = (struct str){ arena_copy(request->arena, chinese, strlen(chinese)), strlen(chinese) };
}

bool refuse_faults(struct reply *reply, struct error *error)
{
    return refuse(reply, error, MHD_HTTP_UNPROCESSABLE_CONTENT, "invalid-fields", "Some fields cannot be taken as they are: see `errors`",
                  "有些字段无法接受，见 errors");
}

struct header {
    const char *name, *value;
};

static const struct header headers_of_all[] = {
    { "X-Content-Type-Options", "nosniff" },
    { "Referrer-Policy", "same-origin" },
    { "Cross-Origin-Opener-Policy", "same-origin" },
    { "Cross-Origin-Resource-Policy", "same-origin" },
    { "Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()" },
};

/* A page loads scripts and styles of its own; a document of ours (the report) brings its style along; data shows nothing. */
static const char page_policy[] = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; "
                                  "font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
static const char document_policy[] = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; base-uri 'none'; "
                                      "frame-ancestors 'none'";
static const char data_policy[] = "default-src 'none'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

static void header_add(struct MHD_Response *response, const char *name, const char *value)
{
    must(MHD_add_response_header(response, name, value) == MHD_YES);
}

static void headers_add(struct MHD_Response *response, const char *policy)
{
    for (size_t i = 0; i < sizeof headers_of_all / sizeof *headers_of_all; i++)
        header_add(response, headers_of_all[i].name, headers_of_all[i].value);
    header_add(response, "Content-Security-Policy", policy);
}

/* Both a plain name and the real one (RFC 6266). */
static void add_download(struct MHD_Response *response, const char *name)
{
    struct text value = { 0 };
    text_add(&value, STR("attachment; filename=\""));
    for (const char *at = name; *at; at++)
        text_add_byte(&value, *at > ' ' && *at < 0x7f && *at != '"' && *at != '\\' ? *at : '_');
    text_add(&value, STR("\"; filename*=UTF-8''"));
    for (const char *at = name; *at; at++) {
        unsigned char byte = (unsigned char)*at;
        bool is_plain = (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || strchr("-._", byte);
        text_format(&value, is_plain ? "%c" : "%%%02X", byte);
    }
    header_add(response, "Content-Disposition", text_zero(&value));
    text_close(&value);
}

static void add_allowed(struct MHD_Response *response, unsigned methods)
{
    char allowed[64];
    snprintf(allowed, sizeof allowed, "OPTIONS%s%s%s%s", methods & 1u << METHOD_GET ? ", GET, HEAD" : "", methods & 1u << METHOD_POST ? ", POST" : "",
             methods & 1u << METHOD_PUT ? ", PUT" : "", methods & 1u << METHOD_DELETE ? ", DELETE" : "");
    header_add(response, MHD_HTTP_HEADER_ALLOW, allowed);
}

static struct MHD_Response *body_take(struct reply *reply)
{
    struct MHD_Response *response;
    if (reply->file >= 0) {
        response = MHD_create_response_from_fd64(reply->file_bytes, reply->file);
        reply->file = -1;
    } else {
        response = MHD_create_response_from_buffer(reply->body.length, reply->body.at ? reply->body.at : (char *)"",
                                                   reply->body.at ? MHD_RESPMEM_MUST_FREE : MHD_RESPMEM_PERSISTENT);
        reply->body = (struct text){ 0 };
    }
    must(response != NULL);
    return response;
}

static struct MHD_Response *reply_make(struct call *call)
{
    struct reply *reply = &call->reply;
    bool is_document = reply->content_type && str_starts(str_of(reply->content_type), STR("text/html"));
    uint64_t bytes = reply->file >= 0 ? reply->file_bytes : reply->body.length;
    struct MHD_Response *response = body_take(reply);
    headers_add(response, is_document ? document_policy : data_policy);
    if (bytes) header_add(response, MHD_HTTP_HEADER_CONTENT_TYPE, reply->content_type ? reply->content_type : "application/json");
    char number[48];
    if (reply->fresh_seconds > 0 && reply->status < 400) {
        snprintf(number, sizeof number, "public, max-age=%" PRId64, reply->fresh_seconds);
        header_add(response, MHD_HTTP_HEADER_CACHE_CONTROL, number);
    } else {
        header_add(response, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
    }
    if (reply->download[0]) add_download(response, reply->download);
    if (reply->location[0]) header_add(response, MHD_HTTP_HEADER_LOCATION, reply->location);
    if (reply->status == MHD_HTTP_UNAUTHORIZED) header_add(response, MHD_HTTP_HEADER_WWW_AUTHENTICATE, "Bearer realm=\"mingbai\"");
    if (call->allowed) add_allowed(response, call->allowed);
    if (call->retry_seconds) {
        snprintf(number, sizeof number, "%d", call->retry_seconds);
        header_add(response, MHD_HTTP_HEADER_RETRY_AFTER, number);
    }
    if (call->set_cookie[0]) header_add(response, MHD_HTTP_HEADER_SET_COOKIE, call->set_cookie);
    return response;
}

enum MHD_Result reply_send(struct call *call)
{
    if (!call->reply.status) call->reply.status = MHD_HTTP_OK;
    struct MHD_Response *response = call->page ? static_reply(call) : reply_make(call);
    if (call->page) headers_add(response, page_policy);
    if (call->must_close) header_add(response, MHD_HTTP_HEADER_CONNECTION, "close");
    enum MHD_Result result = MHD_queue_response(call->connection, (unsigned)call->reply.status, response);
    MHD_destroy_response(response);
    return result;
}

struct MHD_Response *reply_too_many(enum language language)
{
    struct text body = { 0 };
    problem_plain(&body, MHD_HTTP_TOO_MANY_REQUESTS, "too-many-requests", language,
                  language == CHINESE ? "你的请求过于频繁，请稍候再试" : "You ask too often: wait a moment, then go on more slowly");
    struct MHD_Response *response = MHD_create_response_from_buffer(body.length, body.at, MHD_RESPMEM_MUST_FREE);
    must(response != NULL);
    headers_add(response, data_policy);
    header_add(response, MHD_HTTP_HEADER_CONTENT_TYPE, "application/problem+json");
    header_add(response, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
    header_add(response, MHD_HTTP_HEADER_RETRY_AFTER, "1");
    header_add(response, MHD_HTTP_HEADER_CONNECTION, "close");
    return response;
}

void reply_close(struct reply *reply)
{
    text_close(&reply->body);
    if (reply->file >= 0) close(reply->file);
    json_decref(reply->more);
    *reply = (struct reply){ .file = -1 };
}
