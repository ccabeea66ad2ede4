#include "portal/static.h"

#include <stdio.h>
#include <stdlib.h>

static int compare(const void *key, const void *file)
{
    return str_compare(*(const struct str *)key, str_of(((const struct web_file *)file)->name));
}

static const struct web_file *file_named(struct str name)
{
    return bsearch(&name, web_files, web_file_count, sizeof *web_files, compare);
}

static bool matches(struct str pattern, struct str path)
{
    while (pattern.length && path.length) {
        struct str left = { pattern.at + 1, pattern.length - 1 }, right = { path.at + 1, path.length - 1 };
        left.length = str_find(left, '/');
        right.length = str_find(right, '/');
        if (left.length && left.at[0] == ':' ? !right.length : !str_equal(left, right)) return false;
        pattern = (struct str){ left.at + left.length, pattern.length - 1 - left.length };
        path = (struct str){ right.at + right.length, path.length - 1 - right.length };
    }
    return !pattern.length && !path.length;
}

const struct web_file *static_find(struct str path, int *status)
{
    *status = MHD_HTTP_OK;
    const struct web_file *file = file_named(path);
    if (file) return file;
    bool is_english = str_equal(path, STR("/en")) || str_starts(path, STR("/en/"));
    struct str rest = is_english ? (struct str){ path.at + 3, path.length - 3 } : path;
    if (!rest.length) rest = STR("/");
    size_t i = 0;
    while (i < web_page_count && !matches(str_of(web_pages[i]), rest)) i++;
    if (i == web_page_count) *status = MHD_HTTP_NOT_FOUND;
    return file_named(is_english ? STR("/en/index.html") : STR("/index.html"));
}

static const char *header(const struct call *call, const char *name)
{
    return MHD_lookup_connection_value(call->connection, MHD_HEADER_KIND, name);
}

struct MHD_Response *static_reply(struct call *call)
{
    const struct web_file *file = call->page;
    const char *takes = header(call, MHD_HTTP_HEADER_ACCEPT_ENCODING), *known = header(call, MHD_HTTP_HEADER_IF_NONE_MATCH);
    bool packed = file->packed.length && takes && strstr(takes, "gzip");
    char tag[32];
    snprintf(tag, sizeof tag, "\"%s%s\"", file->hash, packed ? "-gzip" : "");
    bool is_known = call->reply.status == MHD_HTTP_OK && known && strstr(known, tag);
    struct str body = is_known ? (struct str){ "", 0 } : packed ? file->packed : file->plain;
    if (is_known) call->reply.status = MHD_HTTP_NOT_MODIFIED;
    struct MHD_Response *response = MHD_create_response_from_buffer(body.length, (void *)body.at, MHD_RESPMEM_PERSISTENT);
    must(response != NULL);
    struct {
        const char *name, *value;
    } const headers[] = {
        { MHD_HTTP_HEADER_CONTENT_TYPE, is_known ? NULL : file->type },
        { MHD_HTTP_HEADER_CONTENT_ENCODING, packed && !is_known ? "gzip" : NULL },
        { MHD_HTTP_HEADER_ETAG, call->reply.status < 400 ? tag : NULL },
        { MHD_HTTP_HEADER_CACHE_CONTROL, call->reply.status < 400 ? "public, max-age=300" : "no-store" },
        { MHD_HTTP_HEADER_VARY, MHD_HTTP_HEADER_ACCEPT_ENCODING },
    };
    for (size_t i = 0; i < sizeof headers / sizeof *headers; i++)
        if (headers[i].value) must(MHD_add_response_header(response, headers[i].name, headers[i].value) == MHD_YES);
    return response;
}
