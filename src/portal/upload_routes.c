#include "portal/upload_routes.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "portal/taking.h"
#include "portal/upload.h"

static const struct kind *kind_named(struct request *request, struct reply *reply, struct str name, struct error *error)
{
    const struct kind *kind = kind_find(name);
    struct error why = { 0 };
    if (!kind) {
        refuse(reply, error, 422, "no-such-kind", "There is no kind %.*s: /api/kinds lists them", "没有 %.*s 这类记录，见 /api/kinds", STR_ARGS(name));
        return NULL;
    }
    if (taking_may(&request->who, kind, &why)) return kind;
    refuse(reply, error, 403, "not-your-kind", "%s", "%s", request->language == CHINESE ? why.chinese : why.says);
    return NULL;
}

/* A load may last, and what a view looks at would be kept for it. */
static void view_leave(struct request *request)
{
    view_give(request->view);
    request->view = NULL;
}

static struct upload *upload_asked(struct request *request, struct error *error)
{
    view_leave(request);
    return upload_hold(request->portal->uploads, request->who.account, request->arguments[0], request->now, error);
}

static bool upload_post(struct request *request, struct reply *reply, struct error *error)
{
    struct upload_store *store = request->portal->uploads;
    const struct kind *kind = kind_named(request, reply, str_of(request_query(request, "kind")), error);
    if (!kind) return false;
    view_leave(request);
    struct upload *upload = upload_add(store, request->who.account, kind, request_query(request, "name"), request->file, request->file_bytes,
                                       request->now, error);
    if (!upload) return false;
    if (!upload_look(upload, request->portal, &request->who, error)) {
        upload_remove(store, upload);
        return false;
    }
    upload_show(upload, request->language, &reply->body);
    reply->status = 201;
    snprintf(reply->location, sizeof reply->location, "/api/uploads/%s", upload->id);
    upload_release(store, upload);
    return true;
}

static bool upload_get(struct request *request, struct reply *reply, struct error *error)
{
    struct upload *upload = upload_asked(request, error);
    if (!upload) return false;
    upload_show(upload, request->language, &reply->body);
    upload_release(request->portal->uploads, upload);
    return true;
}

/* Looks at it with another kind, sheet and map; where that fails, it is as it was. */
static bool look_again(struct upload *upload, struct request *request, const struct kind *kind, struct str sheet, json_t *map, struct error *error)
{
    struct upload before = *upload;
    upload->kind = kind;
    snprintf(upload->sheet, sizeof upload->sheet, "%.*s", STR_ARGS(sheet));
    upload->map = json_is_object(map) ? json_incref(map) : NULL;
    upload->map_is_given = map != NULL;
    bool done = upload_look(upload, request->portal, &request->who, error);
    if (done) {
        json_decref(before.map);
        return true;
    }
    json_decref(upload->map);
    upload->kind = before.kind;
    memcpy(upload->sheet, before.sheet, sizeof upload->sheet);
    upload->map = before.map;
    upload->map_is_given = before.map_is_given;
    upload->map_problem = before.map_problem;
    return false;
}

/* What is sent stands for what was there: a map left out is one that is to be proposed, null is none. */
static bool map_set(struct request *request, struct reply *reply, struct upload *upload, struct error *error)
{
    struct str name = request_text(request, "kind"), sheet = request_text(request, "sheet");
    const struct kind *kind = name.length ? kind_named(request, reply, name, error) : upload->kind;
    if (!kind) return false;
    if (sheet.length >= sizeof upload->sheet) return fail_both(error, ERROR_LIMIT, "the sheet's name is too long", "工作表名称太长");
    return look_again(upload, request, kind, sheet, json_object_get(request->body, "map"), error);
}

static bool map_put(struct request *request, struct reply *reply, struct error *error)
{
    struct upload *upload = upload_asked(request, error);
    if (!upload) return false;
    bool done = map_set(request, reply, upload, error);
    if (done) upload_show(upload, request->language, &reply->body);
    upload_release(request->portal->uploads, upload);
    return done;
}

static bool accept_post(struct request *request, struct reply *reply, struct error *error)
{
    struct upload *upload = upload_asked(request, error);
    if (!upload) return false;
    bool done = upload_load(upload, request->portal, &request->who, request->language, &reply->body, error);
    upload_release(request->portal->uploads, upload);
    return done;
}

static bool rejected_get(struct request *request, struct reply *reply, struct error *error)
{
    struct upload *upload = upload_asked(request, error);
    struct text path = { 0 };
    struct stat status;
    if (!upload) return false;
    upload_rejected(upload, &path);
    reply->file = open(text_zero(&path), O_RDONLY | O_CLOEXEC);
    bool done = reply->file >= 0 && !fstat(reply->file, &status);
    if (done) {
        reply->file_bytes = (uint64_t)status.st_size;
        reply->content_type = "text/csv; charset=utf-8";
        snprintf(reply->download, sizeof reply->download, "%.100s.rejected.csv", upload->name);
    } else {
        fail_both(error, ERROR_NOT_FOUND, "no row of it was rejected, or it was not yet taken in", "没有被拒绝的行，或尚未装入");
    }
    text_close(&path);
    upload_release(request->portal->uploads, upload);
    return done;
}

static bool upload_delete(struct request *request, struct reply *reply, struct error *error)
{
    struct upload *upload = upload_asked(request, error);
    if (!upload) return false;
    upload_remove(request->portal->uploads, upload);
    reply->status = 204;
    return true;
}

static const struct parameter post_query[] = {
    { "kind", PARAMETER_TEXT, .needed = true, .says = { "what kind of records it holds", "记录类别" } },
    { "name", PARAMETER_TEXT, .needed = true, .says = { "the file's name, with its ending", "文件名，含扩展名" } },
};
static const struct parameter map_fields[] = {
    { "map", PARAMETER_OBJECT, .says = { "how its columns become fields; null: they are the fields", "列如何对应字段；null：列名即字段名" } },
    { "kind", PARAMETER_TEXT, .says = { "another kind than before", "改为另一类记录" } },
    { "sheet", PARAMETER_TEXT, .says = { "the sheet, by name or number", "工作表，按名称或序号" } },
};

#define WHO FOR_STAFF | FOR(TESTER)

const struct route upload_routes[] = {
    { ROUTE(POST, "/api/uploads", WHO, REACH_OWN), .handle = upload_post, .flags = ROUTE_SLOW, .query = post_query,
      .query_count = sizeof post_query / sizeof *post_query, .body = BODY_FILE, .body_limit = UPLOAD_BYTES,
      .says = { "Looks at a file as it would be taken in; nothing of it counts yet", "预览文件装入的结果，此时尚未计入" } },
    { ROUTE(GET, "/api/uploads/{upload}", WHO, REACH_OWN), .handle = upload_get, .flags = ROUTE_SLOW,
      .says = { "A file that waits, as it was last looked at", "待处理文件最近一次预览的结果" } },
    { ROUTE(PUT, "/api/uploads/{upload}/map", WHO, REACH_OWN), .handle = map_put, .flags = ROUTE_SLOW, .body = BODY_JSON, .fields = map_fields,
      .field_count = sizeof map_fields / sizeof *map_fields, .says = { "Looks at it again with another map, kind or sheet", "换用对应表、类别或工作表后重新预览" } },
    { ROUTE(POST, "/api/uploads/{upload}/accept", WHO, REACH_OWN), .handle = accept_post, .flags = ROUTE_SLOW,
      .says = { "Takes it in; `source` withdraws it again", "装入该文件；可按 source 撤回" } },
    { ROUTE(GET, "/api/uploads/{upload}/rejected", WHO, REACH_OWN), .handle = rejected_get, .flags = ROUTE_SLOW,
      .says = { "The rows that were not taken, to be mended and sent again (CSV)", "未被接受的行，可修改后重新上传（CSV）" } },
    { ROUTE(DELETE, "/api/uploads/{upload}", WHO, REACH_OWN), .handle = upload_delete, .flags = ROUTE_SLOW,
      .says = { "Throws the file away", "删除该文件" } },
};
const size_t upload_route_count = sizeof upload_routes / sizeof *upload_routes;
