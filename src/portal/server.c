#include "portal/server.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "portal/admit.h"
#include "portal/dispatch.h"
#include "portal/openapi.h"
#include "portal/problem.h"
#include "portal/reply.h"
#include "portal/request.h"
#include "portal/run.h"
#include "portal/static.h"

/* Of a refused body, so much is read and dropped, so that the client gets to read why; beyond it the connection just ends. */
enum { DRAIN_BYTES = 1024 * 1024, CONNECTION_MEMORY = 32 * 1024, SPARE_FILES = 1024, BACKLOG = 1024 };
static const uint64_t uploads_limit = UINT64_C(2) * 1024 * 1024 * 1024; /* of all at once */

int64_t clock_microseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static struct watched *watched_of(struct MHD_Connection *connection)
{
    return *(struct watched **)&MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
}

/* ---- calls ---- */

static struct call *call_take(struct server *server)
{
    pthread_mutex_lock(&server->lock);
    struct call *call = server->kept;
    if (call) {
        server->kept = call->next;
        server->kept_count--;
    }
    pthread_mutex_unlock(&server->lock);
    if (!call) call = allocate(sizeof *call);
    *call = (struct call){ .portal = server->portal, .arena = call->arena, .body = call->body, .upload = -1, .reply = { .file = -1 } };
    call->request = (struct request){ .arena = &call->arena, .engine = server->portal->engine, .portal = server->portal, .query = &call->query };
    return call;
}

static void upload_drop(struct server *server, struct call *call)
{
    if (call->upload < 0) return;
    close(call->upload);
    unlink(call->upload_path);
    call->upload = -1;
    pthread_mutex_lock(&server->lock);
    server->upload_bytes -= call->body_bytes;
    pthread_mutex_unlock(&server->lock);
}

static void call_give(struct server *server, struct call *call)
{
    upload_drop(server, call);
    reply_close(&call->reply);
    json_decref(call->request.body);
    arena_reset(&call->arena);
    if (call->body.room > 16 * 1024) text_close(&call->body);
    call->body.length = 0;
    pthread_mutex_lock(&server->lock);
    if (call->is_running) {
        server->running--;
        pthread_cond_signal(&server->changed);
    }
    bool is_kept = server->kept_count < CALLS_KEPT;
    if (is_kept) {
        call->next = server->kept;
        server->kept = call;
        server->kept_count++;
    }
    pthread_mutex_unlock(&server->lock);
    if (is_kept) return;
    arena_close(&call->arena);
    text_close(&call->body);
    free(call);
}

/* ---- bodies ---- */

static bool upload_begin(struct server *server, struct call *call)
{
    snprintf(call->upload_path, sizeof call->upload_path, "%s/upload-XXXXXX", server->portal->scratch);
    call->upload = mkostemp(call->upload_path, O_CLOEXEC);
    return call->upload >= 0 || fail_errno(&call->error, "%s cannot be written", server->portal->scratch);
}

static bool upload_add(struct server *server, struct call *call, struct str piece)
{
    pthread_mutex_lock(&server->lock);
    bool has_room = server->upload_bytes + piece.length <= uploads_limit;
    if (has_room) server->upload_bytes += piece.length;
    pthread_mutex_unlock(&server->lock);
    if (!has_room) {
        metrics_note(server->metrics, METRICS_UPLOADS_FULL);
        return refuse(&call->reply, &call->error, MHD_HTTP_SERVICE_UNAVAILABLE, "uploads-full",
                      "Too many files are being sent at once: try again in a minute", "同时上传的文件过多，请稍后再试");
    }
    if (call->body_bytes / UPLOAD_PIECE != (call->body_bytes + piece.length) / UPLOAD_PIECE) watch_until(call->watched, UPLOAD_SECONDS);
    call->body_bytes += piece.length;
    while (piece.length) {
        ssize_t written = write(call->upload, piece.at, piece.length);
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return fail_errno(&call->error, "%s cannot be written", server->portal->scratch);
        piece = (struct str){ piece.at + written, piece.length - (size_t)written };
    }
    return true;
}

static bool body_begin(struct server *server, struct call *call)
{
    bool is_file = call->request.route->body == BODY_FILE;
    watch_until(call->watched, is_file ? UPLOAD_SECONDS : BODY_SECONDS);
    return !is_file || upload_begin(server, call);
}

/* A piece of a body that is let in. */
static bool body_add(struct server *server, struct call *call, struct str piece)
{
    if (call->body_bytes + piece.length > body_limit(call->request.route)) return refuse_large(call);
    if (call->upload >= 0) return upload_add(server, call, piece);
    call->body_bytes += piece.length;
    text_add(&call->body, piece);
    return true;
}

/* ---- answering ---- */

static enum MHD_Result answer(struct server *server, struct call *call)
{
    const struct reply *reply = &call->reply;
    uint64_t bytes = reply->file >= 0 ? reply->file_bytes : call->page ? call->page->plain.length : reply->body.length;
    call->stage = CALL_SENT;
    watch_until(call->watched, IDLE_SECONDS + (int64_t)(bytes / ANSWER_BYTES_A_SECOND));
    enum MHD_Result result = reply_send(call);
    metrics_answer(server->metrics, call->route, call->reply.status, clock_microseconds() - call->started);
    return result;
}

/* What the checks refused. */
static enum MHD_Result answer_refusal(struct server *server, struct call *call)
{
    if (call->error.code) problem_write(call);
    return answer(server, call);
}

static bool running_begin(struct server *server, struct call *call)
{
    pthread_mutex_lock(&server->lock);
    bool is_stopping = server->is_stopping;
    server->running++;
    call->is_running = true;
    pthread_mutex_unlock(&server->lock);
    call->must_close |= is_stopping;
    return !is_stopping;
}

static void stopping_refuse(struct call *call)
{
    refuse(&call->reply, &call->error, MHD_HTTP_SERVICE_UNAVAILABLE, "stopping", "The server is about to stop: try again soon", "服务器即将停止，请稍后再试");
    problem_write(call);
}

static bool is_stopping(struct server *server)
{
    pthread_mutex_lock(&server->lock);
    bool stopping = server->is_stopping;
    pthread_mutex_unlock(&server->lock);
    return stopping;
}

static void run_job(void *context)
{
    struct call *call = context;
    if (is_stopping(call->portal->server))
        stopping_refuse(call);
    else
        run_call(call);
    call->stage = CALL_DONE;
    MHD_resume_connection(call->connection);
}

static enum MHD_Result give_to_worker(struct server *server, struct call *call)
{
    call->stage = CALL_WAIT;
    MHD_suspend_connection(call->connection);
    if (workers_give(server->workers, call->address, run_job, call)) return MHD_YES;
    metrics_note(server->metrics, METRICS_QUEUE_FULL);
    refuse(&call->reply, &call->error, MHD_HTTP_SERVICE_UNAVAILABLE, "busy", "The server has too much to do: try again in a few seconds",
           "服务器繁忙，请几秒后再试");
    problem_write(call);
    call->stage = CALL_DONE;
    MHD_resume_connection(call->connection);
    return MHD_YES;
}

/* A file with all rows takes long, also where a page of them does not. */
static bool is_slow(const struct request *request)
{
    return request->route->flags & ROUTE_SLOW || (request->route->flags & ROUTE_TABLE && request_query(request, "format"));
}

/* The request is whole. */
static enum MHD_Result respond(struct server *server, struct call *call)
{
    struct request *request = &call->request;
    watch_until(call->watched, 0);
    if (!call->is_admitted) return answer_refusal(server, call);
    if (request->route->body == BODY_JSON && !request_check_body(call)) return answer_refusal(server, call);
    if (call->upload >= 0) {
        request->file = call->upload_path;
        request->file_bytes = call->body_bytes;
    }
    if (!running_begin(server, call)) {
        stopping_refuse(call);
        return answer(server, call);
    }
    request->may_wait = is_slow(request);
    if (!request->may_wait) run_call(call);
    if (!request->may_wait && !call->reply.later) return answer(server, call);
    request->may_wait = true;
    reply_close(&call->reply);
    return give_to_worker(server, call);
}

static enum MHD_Result answer_too_many(struct server *server, struct call *call)
{
    const char *accepted = MHD_lookup_connection_value(call->connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_ACCEPT_LANGUAGE);
    call->stage = CALL_SENT;
    metrics_note(server->metrics, METRICS_TOO_MANY);
    return MHD_queue_response(call->connection, MHD_HTTP_TOO_MANY_REQUESTS, server->too_many[language_wanted(&call->query, accepted)]);
}

static enum MHD_Result forwarded_note(void *last, enum MHD_ValueKind kind, const char *name, const char *value)
{
    (void)kind;
    if (value && str_equal_folded(str_of(name), STR("X-Forwarded-For"))) *(struct str *)last = str_of(value);
    return MHD_YES;
}

/* Who asks. A proxy adds whom it asks for at the end of X-Forwarded-For, or in a line of its own behind the others; what stands
   before that may be anybody's invention. */
static void address_find(struct server *server, struct call *call)
{
    struct sockaddr_storage told;
    const struct sockaddr *address = MHD_get_connection_info(call->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS)->client_addr;
    if (server->proxy && call->address == server->proxy) {
        struct str last = { 0 };
        MHD_get_connection_values(call->connection, MHD_HEADER_KIND, forwarded_note, &last);
        for (size_t comma; (comma = str_find(last, ',')) < last.length;)
            last = (struct str){ last.at + comma + 1, last.length - comma - 1 };
        if (address_read(str_trim(last), &told)) address = (const struct sockaddr *)&told;
        call->address = address_number(address);
        call->is_limited = !limits_request(server->limits, call->address, call->started);
    }
    struct text text = { 0 };
    address_text(address, &text);
    call->request.address = (struct str){ arena_copy(&call->arena, text.at, text.length), text.length };
    text_close(&text);
}

/* The head is there. What is refused at once is answered when its body is over, if that is short. */
static enum MHD_Result head_came(struct server *server, struct call *call, const char *method)
{
    address_find(server, call);
    if (call->is_limited) return answer_too_many(server, call);
    call->stage = CALL_BODY;
    call->is_admitted = admit(call, method);
    uint64_t announced = body_announced(call);
    if (call->is_admitted && call->request.route->body != BODY_NONE) call->is_admitted = body_begin(server, call);
    if (call->is_admitted || (announced <= DRAIN_BYTES && !call->must_close)) {
        if (!call->is_admitted && announced) watch_until(call->watched, BODY_SECONDS);
        return MHD_YES;
    }
    call->must_close = true;
    return answer_refusal(server, call);
}

static enum MHD_Result piece_came(struct server *server, struct call *call, struct str piece)
{
    if (call->is_admitted && !body_add(server, call, piece)) {
        call->is_admitted = false;
        call->must_close = true;
        upload_drop(server, call);
        call->body_bytes = 0;
    } else if (!call->is_admitted) {
        call->body_bytes += piece.length;
    }
    return call->is_admitted || call->body_bytes <= DRAIN_BYTES ? MHD_YES : MHD_NO;
}

/* ---- what libmicrohttpd calls ---- */

static void *on_line(void *context, const char *target, struct MHD_Connection *connection)
{
    struct server *server = context;
    struct call *call = call_take(server);
    call->connection = connection;
    call->watched = watched_of(connection);
    call->started = clock_microseconds();
    watch_within(call->watched, HEADER_SECONDS);
    call->address = watched_address(call->watched);
    bool is_proxy = server->proxy && call->address == server->proxy; /* whose headers tell who asks, once they are there */
    call->is_limited = !is_proxy && !limits_request(server->limits, call->address, call->started);
    if (strlen(target) <= TARGET_LIMIT) strcpy(call->target, target);
    return call;
}

static enum MHD_Result on_request(void *context, struct MHD_Connection *connection, const char *url, const char *method,
                                  const char *version, const char *bytes, size_t *length, void **state)
{
    (void)connection, (void)url, (void)version;
    struct server *server = context;
    struct call *call = *state;
    switch (call->stage) {
    case CALL_HEAD: return head_came(server, call, method);
    case CALL_BODY: {
        if (!*length) return respond(server, call);
        struct str piece = { bytes, *length };
        *length = 0;
        return piece_came(server, call, piece);
    }
    case CALL_DONE: return answer(server, call);
    case CALL_WAIT:
    case CALL_SENT: break;
    }
    return MHD_YES;
}

static void on_completed(void *context, struct MHD_Connection *connection, void **state, enum MHD_RequestTerminationCode code)
{
    (void)connection, (void)code;
    struct call *call = *state;
    if (!call) return;
    watch_until(call->watched, IDLE_SECONDS + HEADER_SECONDS);
    call_give(context, call);
    *state = NULL;
}

static void on_connection(void *context, struct MHD_Connection *connection, void **of_socket, enum MHD_ConnectionNotificationCode code)
{
    struct server *server = context;
    if (code == MHD_CONNECTION_NOTIFY_CLOSED) {
        watch_remove(*of_socket);
        return;
    }
    int socket = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
    const struct sockaddr *address = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS)->client_addr;
    *of_socket = watch_add(server->watch, socket, address_number(address));
}

/* ---- opening and closing ---- */

/* HOST:PORT, [HOST]:PORT. */
static bool listen_read(struct server *server, const char *listen, char port[16], struct error *error)
{
    const char *colon = strrchr(listen, ':');
    size_t length = colon ? (size_t)(colon - listen) : 0;
    bool is_bracketed = length > 2 && listen[0] == '[' && listen[length - 1] == ']';
    uint64_t number;
    if (!colon || !str_number(str_of(colon + 1), &number) || number > 65535 || length >= sizeof server->host || strlen(colon + 1) >= 16)
        return fail_both(error, ERROR_USAGE, "--listen %s: write HOST:PORT, as in 127.0.0.1:8080", "--listen %s：请写成 主机:端口，如 127.0.0.1:8080",
                         listen);
    snprintf(server->host, sizeof server->host, "%.*s", (int)(is_bracketed ? length - 2 : length), listen + is_bracketed);
    snprintf(port, 16, "%s", colon + 1);
    return true;
}

static bool bind_one(struct server *server, const struct addrinfo *address, int *listening)
{
    int on = 1;
    *listening = socket(address->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (*listening < 0) return false;
    setsockopt(*listening, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    struct sockaddr_storage bound = { 0 };
    socklen_t length = sizeof bound;
    char port[16];
    if (!bind(*listening, address->ai_addr, address->ai_addrlen) && !listen(*listening, BACKLOG) &&
        !getsockname(*listening, (struct sockaddr *)&bound, &length) &&
        !getnameinfo((struct sockaddr *)&bound, length, NULL, 0, port, sizeof port, NI_NUMERICSERV)) {
        server->port = (unsigned)strtoul(port, NULL, 10);
        return true;
    }
    int number = errno;
    close(*listening);
    errno = number;
    return false;
}

static bool listen_begin(struct server *server, const char *listen, int *listening, struct error *error)
{
    char port[16];
    struct addrinfo *found = NULL;
    if (!listen_read(server, listen, port, error)) return false;
    const struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE };
    int wrong = getaddrinfo(server->host[0] ? server->host : NULL, port, &hints, &found);
    if (wrong)
        return fail_both(error, ERROR_USAGE, "--listen %s: there is no such host: %s", "--listen %s：没有这个主机：%s", listen, gai_strerror(wrong));
    bool bound = bind_one(server, found, listening);
    freeaddrinfo(found);
    return bound || fail_errno(error, "%s cannot be listened on (choose another with --listen)", listen);
}

/* Every connection is a file; a system that allows fewer files gets fewer connections. */
static void connections_allow(struct server *server)
{
    struct rlimit files;
    server->connections = CONNECTIONS_MAX;
    if (getrlimit(RLIMIT_NOFILE, &files)) return;
    rlim_t wanted = CONNECTIONS_MAX + SPARE_FILES;
    if (files.rlim_cur < wanted) {
        files.rlim_cur = files.rlim_max < wanted ? files.rlim_max : wanted;
        setrlimit(RLIMIT_NOFILE, &files);
    }
    if (files.rlim_cur < wanted)
        server->connections = files.rlim_cur > 2 * SPARE_FILES ? (unsigned)files.rlim_cur - SPARE_FILES : (unsigned)files.rlim_cur / 2;
}

static bool daemon_begin(struct server *server, int listening, struct error *error)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    unsigned threads = cores < 2 ? 2 : cores > 16 ? 16 : (unsigned)cores;
    server->daemon = MHD_start_daemon(
        MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL, on_request, server, MHD_OPTION_LISTEN_SOCKET, listening,
        MHD_OPTION_THREAD_POOL_SIZE, threads, MHD_OPTION_CONNECTION_LIMIT, server->connections, MHD_OPTION_PER_IP_CONNECTION_LIMIT,
        server->connections / 2, MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_SECONDS, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        (size_t)CONNECTION_MEMORY, MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_URI_LOG_CALLBACK, on_line, server,
        MHD_OPTION_NOTIFY_COMPLETED, on_completed, server, MHD_OPTION_NOTIFY_CONNECTION, on_connection, server, MHD_OPTION_END);
    if (server->daemon) return true;
    close(listening);
    return fail_both(error, ERROR_DISK, "the server could not start its threads", "服务器无法启动线程");
}

static bool proxy_read(struct server *server, const char *proxy, struct error *error)
{
    struct sockaddr_storage address;
    if (!proxy) return true;
    if (!address_read(str_of(proxy), &address))
        return fail_both(error, ERROR_USAGE, "--proxy %s: write its address, as in 127.0.0.1", "--proxy %s：请写代理的地址，如 127.0.0.1", proxy);
    server->proxy = address_number((const struct sockaddr *)&address);
    return true;
}

struct server *server_open(struct portal *portal, struct error *error)
{
    struct server *server = portal->server = allocate(sizeof *server);
    server->portal = portal;
    pthread_mutex_init(&server->lock, NULL);
    pthread_mutex_init(&server->turns_lock, NULL);
    tallies_open(&server->turns, HOUR_MS);
    pthread_cond_init(&server->changed, NULL);
    server->routes = portal_routes(&server->route_count);
    server->dispatch = dispatch_open(server->routes, server->route_count);
    server->limits = limits_open(portal->options.rate);
    server->metrics = metrics_open();
    server->watch = watch_open();
    server->workers = workers_open();
    for (int language = 0; language < LANGUAGES; language++) server->too_many[language] = reply_too_many((enum language)language);
    openapi_write(server->routes, server->route_count, &server->openapi);
    connections_allow(server);
    int listening = -1;
    if (proxy_read(server, portal->options.proxy, error) && listen_begin(server, portal->options.listen, &listening, error) && daemon_begin(server, listening, error)) return server;
    server_close(server);
    portal->server = NULL;
    return NULL;
}

bool server_stop(struct server *server)
{
    struct timespec until;
    int listening = MHD_quiesce_daemon(server->daemon);
    if (listening != MHD_INVALID_SOCKET) close(listening);
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += STOP_SECONDS;
    pthread_mutex_lock(&server->lock);
    server->is_stopping = true;
    while (server->running && pthread_cond_timedwait(&server->changed, &server->lock, &until) != ETIMEDOUT) continue;
    bool all_ended = !server->running;
    pthread_mutex_unlock(&server->lock);
    size_t waiting, running;
    workers_count(server->workers, &waiting, &running);
    return all_ended || (!waiting && !running);
}

void server_close(struct server *server)
{
    if (!server) return;
    if (server->daemon) MHD_stop_daemon(server->daemon);
    workers_close(server->workers);
    watch_close(server->watch);
    while (server->kept) {
        struct call *call = server->kept;
        server->kept = call->next;
        arena_close(&call->arena);
        text_close(&call->body);
        free(call);
    }
    for (int language = 0; language < LANGUAGES; language++) MHD_destroy_response(server->too_many[language]);
    limits_close(server->limits);
    tallies_close(&server->turns);
    pthread_mutex_destroy(&server->turns_lock);
    metrics_close(server->metrics);
    dispatch_close(server->dispatch);
    text_close(&server->openapi);
    pthread_cond_destroy(&server->changed);
    pthread_mutex_destroy(&server->lock);
    free(server);
}
