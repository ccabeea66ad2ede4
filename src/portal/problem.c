#include "portal/problem.h"

#include "portal/admit.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>

#include "base/hash.h"
#include "base/moment.h"

static const struct title {
    int status;
    const char *says[LANGUAGES];
} titles[] = {
    { 400, { "The request cannot be read", "请求无法识别" } },
    { 401, { "Please sign in", "请先登录" } },
    { 403, { "This is not open to you", "你无权进行此操作" } },
    { 404, { "There is nothing here", "这里没有内容" } },
    { 405, { "This cannot be done here", "此处不支持该操作" } },
    { 409, { "It contradicts what is there", "与已有内容冲突" } },
    { 413, { "It is too large", "内容过大" } },
    { 415, { "It has another type than is taken here", "内容类型不受支持" } },
    { 422, { "It cannot be taken as it is", "内容无法接受" } },
    { 429, { "Too many requests", "请求过于频繁" } },
    { 500, { "Something failed here", "服务器出错" } },
    { 503, { "The server is busy", "服务器繁忙" } },
    { 0, { "It was refused", "请求被拒绝" } },
};

static const char *const codes[] = {
    [ERROR_NONE] = "failed", [ERROR_USAGE] = "bad-request", [ERROR_INPUT] = "invalid", [ERROR_NOT_FOUND] = "not-found",
    [ERROR_CONFLICT] = "conflict", [ERROR_LIMIT] = "too-large", [ERROR_BUSY] = "busy", [ERROR_DISK] = "failed", [ERROR_DAMAGE] = "failed",
};

int problem_status(enum error_code code)
{
    static const int statuses[] = {
        [ERROR_NONE] = 500, [ERROR_USAGE] = 400, [ERROR_INPUT] = 422, [ERROR_NOT_FOUND] = 404, [ERROR_CONFLICT] = 409,
        [ERROR_LIMIT] = 413, [ERROR_BUSY] = 503, [ERROR_DISK] = 500, [ERROR_DAMAGE] = 500,
    };
    return statuses[code];
}

static const char *title_of(int status, enum language language)
{
    const struct title *title = titles;
    while (title->status && title->status != status) title++;
    return title->says[language];
}

static void begin(struct json *json, int status, const char *code, enum language language)
{
    char type[96];
    snprintf(type, sizeof type, "/problems/%s", code);
    json_open(json, '{');
    json_put_string(json, "type", str_of(type));
    json_put_string(json, "title", str_of(title_of(status, language)));
    json_put_number(json, "status", status);
}

void problem_plain(struct text *out, int status, const char *code, enum language language, const char *detail)
{
    struct json json = { .out = out };
    begin(&json, status, code, language);
    json_put_string(&json, "detail", str_of(detail));
    json_close(&json, '}');
}

/* A number to quote: of this run, and of the problem in it. */
static void number_take(char number[32])
{
    static atomic_uint count, run;
    if (!atomic_load(&run)) {
        uint16_t random;
        unsigned none = 0;
        random_bytes(&random, sizeof random);
        atomic_compare_exchange_strong(&run, &none, random | 0x10000u);
    }
    snprintf(number, 32, "%04x-%04u", atomic_load(&run) & 0xffff, atomic_fetch_add(&count, 1) + 1);
}

/* The route's pattern, never the address: it may name people. */
static void note_failure(const struct call *call, const char *number)
{
    static const char *const methods[] = { [METHOD_GET] = "GET", [METHOD_POST] = "POST", [METHOD_PUT] = "PUT", [METHOD_DELETE] = "DELETE" };
    const struct route *route = call->request.route;
    char time[MOMENT_ROOM];
    moment_format(moment_now(), time);
    fprintf(stderr, "%s %s %d %s %s: %s\n", time, number, call->reply.status, route ? methods[route->method] : "-",
            route ? route->path : "-", call->error.says);
}

static void add_faults(struct json *json, const struct call *call)
{
    json_key(json, "errors");
    json_open(json, '[');
    for (size_t i = 0; i < call->reply.fault_count; i++) {
        json_open(json, '{');
        json_put_string(json, "field", str_of(call->reply.faults[i].field));
        json_put_string(json, "says", call->reply.faults[i].says[call->request.language]);
        json_close(json, '}');
    }
    json_close(json, ']');
}

static void add_more(struct json *json, json_t *more)
{
    const char *name;
    json_t *value;
    json_object_foreach(more, name, value) {
        char *dumped = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);
        must(dumped != NULL);
        json_key(json, name);
        text_add(json->out, str_of(dumped));
        json->more = true;
        free(dumped);
    }
}

void problem_write(struct call *call)
{
    turn_give_back(call);
    struct reply *reply = &call->reply;
    const struct error *error = &call->error;
    bool is_ours = !reply->code && (error->code == ERROR_NONE || error->code == ERROR_DISK || error->code == ERROR_DAMAGE || error->is_inner);
    if (!reply->code) {
        reply->status = error->is_inner && error->code != ERROR_BUSY ? MHD_HTTP_INTERNAL_SERVER_ERROR : problem_status(error->code);
        reply->code = codes[error->code];
    }
    if (reply->status == MHD_HTTP_SERVICE_UNAVAILABLE && !call->retry_seconds) call->retry_seconds = 5;
    enum language language = call->request.language;
    char number[32];
    number_take(number);
    if (reply->status >= 500) note_failure(call, number);
    reply->body.length = 0;
    reply->content_type = "application/problem+json";
    reply->download[0] = 0;
    struct json json = { .out = &reply->body };
    begin(&json, reply->status, reply->code, language);
    if (is_ours)
        json_put_string(&json, "detail", language == CHINESE ? STR("服务器未能完成，请稍后再试；如果仍然不行，请告知我们 instance 中的编号")
                                                               : STR("The server could not do it. Try again later; if it stays so, tell us the number in `instance`"));
    else
        json_put_string(&json, "detail", str_of(language == CHINESE && *error->chinese ? error->chinese : error->says));
    json_put_string(&json, "instance", str_of(number));
    if (reply->fault_count) add_faults(&json, call);
    if (reply->more) add_more(&json, reply->more);
    json_close(&json, '}');
}
