#include "portal/admit.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/statvfs.h>

#include "base/moment.h"
#include "portal/accounts.h"
#include "portal/dispatch.h"
#include "portal/request.h"
#include "portal/server.h"
#include "portal/static.h"
#include "portal/token.h"

#define ROOM_LEAST (UINT64_C(256) * 1024 * 1024) /* left on the data directory's disk, or the public may add nothing */

static const char *header(const struct call *call, const char *name)
{
    return MHD_lookup_connection_value(call->connection, MHD_HEADER_KIND, name);
}

static bool method_named(const char *name, enum method *method)
{
    static const char *const names[METHODS] = { "GET", "POST", "PUT", "DELETE" };
    if (!strcmp(name, "HEAD")) name = "GET"; /* the server leaves out the body */
    for (*method = 0; *method < METHODS; ++*method)
        if (!strcmp(names[*method], name)) return true;
    return false;
}

static bool refuse_method(struct call *call, unsigned allowed, const char *method)
{
    call->allowed = allowed;
    if (!strcmp(method, "OPTIONS")) {
        call->reply.status = MHD_HTTP_NO_CONTENT;
        return false;
    }
    return refuse(&call->reply, &call->error, MHD_HTTP_METHOD_NOT_ALLOWED, "method-not-allowed", "This address does not take %.16s: see the header Allow",
                  "这个地址不接受 %.16s，可用的方法见 Allow 头", method);
}

/* A value of the Cookie header. */
static struct str cookie_named(const char *cookies, struct str name)
{
    for (struct str rest = str_of(cookies); rest.length;) {
        struct str one = { rest.at, str_find(rest, ';') };
        rest = one.length == rest.length ? (struct str){ 0 } : (struct str){ rest.at + one.length + 1, rest.length - one.length - 1 };
        one = str_trim(one);
        size_t equals = str_find(one, '=');
        if (equals < one.length && str_equal((struct str){ one.at, equals }, name))
            return (struct str){ one.at + equals + 1, one.length - equals - 1 };
    }
    return (struct str){ 0 };
}

/* A bearer token that is nobody's is a mistake of a program, which should hear of it; a cookie that has run out is everyday. */
static bool identify(struct call *call)
{
    struct request *request = &call->request;
    struct accounts *accounts = call->portal->accounts;
    struct str bearer = str_of(header(call, MHD_HTTP_HEADER_AUTHORIZATION));
    call->cookie = cookie_named(header(call, MHD_HTTP_HEADER_COOKIE), STR("mingbai"));
    if (bearer.length >= 7 && str_equal_folded((struct str){ bearer.at, 7 }, STR("Bearer "))) {
        struct str token = str_trim((struct str){ bearer.at + 7, bearer.length - 7 });
        call->cookie = (struct str){ 0 };
        if (accounts_bearer(accounts, token, request->now, &request->who)) return true;
        return refuse(&call->reply, &call->error, MHD_HTTP_UNAUTHORIZED, "bad-token", "The token is nobody's, or no longer: ask for a new one",
                      "令牌无效或已过期，请重新申请");
    }
    if (call->cookie.length) call->has_session = session_find(accounts, call->cookie, request->now, &request->who, call->csrf);
    return true;
}

static bool may_use(struct call *call)
{
    const struct request *request = &call->request;
    if (request->route->who >> request->who.role & 1) return true;
    if (request->who.role == ROLE_PUBLIC)
        return refuse(&call->reply, &call->error, MHD_HTTP_UNAUTHORIZED, "sign-in-needed", "This needs a sign-in", "请先登录");
    return refuse(&call->reply, &call->error, MHD_HTTP_FORBIDDEN, "not-for-you", "Your account may not do this", "你的账号无权进行此操作");
}

/* "https://HOST" of a page elsewhere, or what a browser says of where the request is from. */
static bool is_foreign(const struct call *call)
{
    const char *site = header(call, "Sec-Fetch-Site");
    if (site && strcmp(site, "same-origin") && strcmp(site, "none")) return true;
    struct str origin = str_of(header(call, MHD_HTTP_HEADER_ORIGIN));
    if (!origin.at) return false;
    struct str scheme = str_starts(origin, STR("https://")) ? STR("https://") : STR("http://");
    return !str_starts(origin, scheme) ||
           !str_equal_folded((struct str){ origin.at + scheme.length, origin.length - scheme.length }, call->host);
}

/* What changes something comes from our own pages, or from a program. */
static bool is_ours(struct call *call)
{
    if (call->request.route->method == METHOD_GET || call->request.who.is_machine) return true;
    if (is_foreign(call))
        return refuse(&call->reply, &call->error, MHD_HTTP_FORBIDDEN, "foreign-origin", "Another site may not do this in your name",
                      "其他网站不能以你的名义进行此操作");
    struct str token = str_of(header(call, "X-Csrf-Token"));
    return !call->has_session || secret_equal(token, call->csrf) ||
           refuse(&call->reply, &call->error, MHD_HTTP_FORBIDDEN, "bad-csrf-token",
                  "Send the header X-Csrf-Token with the `csrf` of GET /api/session", "请在 X-Csrf-Token 头中带上 GET /api/session 给出的 csrf");
}

uint64_t body_announced(const struct call *call)
{
    uint64_t length;
    const char *announced = header(call, MHD_HTTP_HEADER_CONTENT_LENGTH);
    if (announced) return str_number(str_of(announced), &length) ? length : UINT64_MAX;
    return header(call, MHD_HTTP_HEADER_TRANSFER_ENCODING) ? UINT64_MAX : 0;
}

uint64_t body_limit(const struct route *route)
{
    return route->body == BODY_JSON ? JSON_LIMIT : route->body == BODY_FILE ? route->body_limit : 0;
}

bool refuse_large(struct call *call)
{
    const struct route *route = call->request.route;
    return refuse(&call->reply, &call->error, MHD_HTTP_CONTENT_TOO_LARGE, "too-large", "The body may have %llu bytes at most",
                  "正文最多 %llu 字节", (unsigned long long)body_limit(route));
}

static struct str type_of(struct call *call)
{
    struct str given = str_of(header(call, MHD_HTTP_HEADER_CONTENT_TYPE));
    given = str_trim((struct str){ given.at, str_find(given, ';') });
    char *small = arena_copy(&call->arena, given.at, given.length);
    for (char *at = small; *at; at++)
        if (*at >= 'A' && *at <= 'Z') *at = (char)(*at + 'a' - 'A');
    return (struct str){ small, given.length };
}

/* Types that a form of another site could send are taken nowhere. */
static bool takes_body(struct call *call)
{
    static const struct str of_forms[] = { STR("application/x-www-form-urlencoded"), STR("multipart/form-data"), STR("text/plain") };
    const struct route *route = call->request.route;
    uint64_t announced = body_announced(call);
    struct str type = call->request.content_type = type_of(call);
    if (route->body == BODY_NONE)
        return !announced || refuse(&call->reply, &call->error, MHD_HTTP_UNSUPPORTED_MEDIA_TYPE, "no-body", "This takes no body", "此处不接受正文");
    if (route->body == BODY_JSON && !str_equal(type, STR("application/json")))
        return refuse(&call->reply, &call->error, MHD_HTTP_UNSUPPORTED_MEDIA_TYPE, "not-json", "Send a JSON object, as application/json",
                      "请以 application/json 发送 JSON 对象");
    bool may_be_plain = call->has_session || call->request.who.is_machine; /* which no form of another site has */
    for (size_t i = 0; i < sizeof of_forms / sizeof *of_forms; i++)
        if (str_equal(type, of_forms[i]) && !(may_be_plain && str_equal(type, STR("text/plain"))))
            return refuse(&call->reply, &call->error, MHD_HTTP_UNSUPPORTED_MEDIA_TYPE, "not-a-file", "Send the file itself, with its own type",
                          "请直接发送文件本身，并注明其类型");
    return announced == UINT64_MAX || announced <= body_limit(route) || refuse_large(call);
}

static bool takes_guess(struct call *call)
{
    struct server *server = call->portal->server;
    if (!(call->request.route->flags & ROUTE_CODE)) return true;
    call->is_counted_guess = limits_guess(server->limits, call->address, call->started, &call->retry_seconds);
    if (call->is_counted_guess) return true;
    metrics_note(server->metrics, METRICS_GUESSES);
    return refuse(&call->reply, &call->error, MHD_HTTP_TOO_MANY_REQUESTS, "too-many-tries", "Too many tries from your address: go on in %d seconds",
                  "你所在地址尝试次数过多，请 %d 秒后再试", call->retry_seconds);
}

static struct tally *turn_of(struct call *call)
{
    char what[160];
    int length = snprintf(what, sizeof what, "%llu %s", (unsigned long long)call->address, call->request.route->path);
    struct str name = { what, (size_t)length < sizeof what ? (size_t)length : sizeof what - 1 };
    return tally_of(&call->portal->server->turns, name, call->request.now);
}

void turn_give_back(struct call *call)
{
    struct server *server = call->portal->server;
    if (!call->is_counted_turn) return;
    pthread_mutex_lock(&server->turns_lock);
    struct tally *tally = turn_of(call);
    if (tally->count) tally->count--;
    pthread_mutex_unlock(&server->turns_lock);
    call->is_counted_turn = false;
}

/* What anybody may do without a sign-in, and what costs others something: letters, room on the disk. */
static bool takes_turn(struct call *call)
{
    struct server *server = call->portal->server;
    const struct route *route = call->request.route;
    if (!route->hourly) return true;
    pthread_mutex_lock(&server->turns_lock);
    struct tally *tally = turn_of(call);
    bool may = tally->count < route->hourly;
    int64_t until = tally->since + HOUR_MS;
    if (may) tally_count(tally, call->request.now);
    pthread_mutex_unlock(&server->turns_lock);
    call->is_counted_turn = may;
    if (may) return true;
    call->retry_seconds = (int)((until - call->request.now) / SECOND_MS) + 1;
    return refuse(&call->reply, &call->error, MHD_HTTP_TOO_MANY_REQUESTS, "too-often", "Too many of these came from your address: go on in %d minutes",
                  "你所在地址提交得过多，请 %d 分钟后再试", call->retry_seconds / 60 + 1);
}

/* Before the disk is full, and the engine with it. */
static bool has_room(struct call *call)
{
    struct statvfs room;
    if (call->request.route->body != BODY_FILE && !call->request.route->hourly) return true;
    if (statvfs(call->portal->directory, &room) || (uint64_t)room.f_bavail * room.f_frsize >= ROOM_LEAST) return true;
    return refuse(&call->reply, &call->error, MHD_HTTP_INSUFFICIENT_STORAGE, "no-room", "The server has no room left for this: try again later",
                  "服务器空间不足，请稍后再试");
}

static bool arguments_read(struct call *call, const struct dispatched *found)
{
    for (size_t i = 0; i < PATH_ARGUMENTS; i++)
        if (found->arguments[i].at && !percent_decode(&call->arena, found->arguments[i], false, &call->request.arguments[i]))
            return refuse(&call->reply, &call->error, MHD_HTTP_BAD_REQUEST, "bad-target",
                          "The address is not well formed: write other letters as percent-encoded UTF-8",
                          "地址格式不对：其他字符请写成百分号编码的 UTF-8");
    return true;
}

/* What is not in the tables is a page, unless it is below /api. */
static bool not_a_route(struct call *call, const char *method)
{
    struct server *server = call->portal->server;
    call->route = server->route_count + METRICS_NOTHING;
    if (str_starts(call->path, STR("/api/")))
        return refuse(&call->reply, &call->error, MHD_HTTP_NOT_FOUND, "not-found", "There is no such address: see /api/openapi.json",
                      "没有这个地址，可用的接口见 /api/openapi.json");
    int status;
    const struct web_file *page = static_find(call->path, &status);
    if (strcmp(method, "GET") && strcmp(method, "HEAD")) return refuse_method(call, 1u << METHOD_GET, method);
    if (status == MHD_HTTP_OK) call->route = server->route_count + METRICS_PAGES;
    call->page = page;
    call->reply.status = status;
    return false;
}

/* ---- where the request ends ---- */

/* What a proxy in front might read otherwise than we do, so that the end of one request were the beginning of another. */
struct framing {
    unsigned lengths, encodings, hosts;
    bool is_odd;
};

static enum MHD_Result framing_look(void *context, enum MHD_ValueKind kind, const char *name, const char *value)
{
    struct framing *framing = context;
    struct str header = str_of(name);
    (void)kind;
    framing->lengths += str_equal_folded(header, STR(MHD_HTTP_HEADER_CONTENT_LENGTH));
    framing->hosts += str_equal_folded(header, STR(MHD_HTTP_HEADER_HOST));
    for (size_t i = 0; i < header.length; i++) framing->is_odd |= header.at[i] <= ' ' || header.at[i] > '~';
    if (!str_equal_folded(header, STR(MHD_HTTP_HEADER_TRANSFER_ENCODING))) return MHD_YES;
    framing->encodings++;
    framing->is_odd |= !str_equal_folded(str_of(value), STR("chunked"));
    return MHD_YES;
}

/* What is not framed beyond doubt ends its connection: nothing behind it is taken for a request. */
static bool is_framed(struct call *call)
{
    struct framing framing = { 0 };
    MHD_get_connection_values(call->connection, MHD_HEADER_KIND, framing_look, &framing);
    if (framing.lengths + framing.encodings <= 1 && framing.hosts <= 1 && !framing.is_odd) return true;
    call->must_close = true;
    return refuse(&call->reply, &call->error, MHD_HTTP_BAD_REQUEST, "bad-framing",
                  "Send one Content-Length or Transfer-Encoding: chunked, one Host, and no spaces in the names of headers",
                  "请只发送一个 Content-Length 或 Transfer-Encoding: chunked、一个 Host，头的名称中不得有空格");
}

bool admit(struct call *call, const char *name)
{
    struct server *server = call->portal->server;
    struct request *request = &call->request;
    call->route = server->route_count + METRICS_NOTHING;
    request->now = moment_now();
    call->host = str_of(header(call, MHD_HTTP_HEADER_HOST));
    bool is_whole = request_target(call);
    request->language = language_wanted(&call->query, header(call, MHD_HTTP_HEADER_ACCEPT_LANGUAGE));
    if (!is_whole || !is_framed(call)) return false;
    struct dispatched found = dispatch_find(server->dispatch, call->path);
    if (!found.methods) return not_a_route(call, name);
    enum method method;
    if (!method_named(name, &method) || !(found.methods >> method & 1)) return refuse_method(call, found.methods, name);
    call->route = found.at[method];
    request->route = server->routes[call->route];
    return arguments_read(call, &found) && identify(call) && may_use(call) && is_ours(call) && takes_body(call) && request_check_query(call) &&
           takes_guess(call) && takes_turn(call) && has_room(call);
}
