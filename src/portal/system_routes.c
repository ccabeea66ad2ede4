#include "portal/system_routes.h"

#include "portal/metrics.h"
#include "portal/server.h"
#include "portal/tlog.h"

static bool health(struct request *request, struct reply *reply, struct error *error)
{
    struct error failure = { 0 };
    bool has_failed = engine_has_failed(request->engine, &failure);
    (void)error;
    reply->status = has_failed ? 503 : 200;
    struct json json = reply_json(reply);
    json_open(&json, '{');
    json_put_string(&json, "status", has_failed ? STR("failed") : STR("ok"));
    json_put_number(&json, "position", (int64_t)engine_position(request->engine));
    json_close(&json, '}');
    return true;
}

static bool metrics(struct request *request, struct reply *reply, struct error *error)
{
    (void)error;
    reply->content_type = "text/plain; version=0.0.4; charset=utf-8";
    metrics_write(request->portal, &reply->body);
    return true;
}

static bool openapi(struct request *request, struct reply *reply, struct error *error)
{
    (void)error;
    text_add(&reply->body, text_str(&request->portal->server->openapi));
    reply->fresh_seconds = 300;
    return true;
}

const struct route system_routes[] = {
    { ROUTE(GET, "/api/openapi.json", FOR_ALL, REACH_OPEN), .handle = openapi,
      .says = { "This document: every operation, and who may use it", "本文档：所有接口及可用角色" } },
    { ROUTE(GET, "/checkpoint", FOR_ALL, REACH_OPEN), .handle = tlog_checkpoint,
      .says = { "The newest signed checkpoint of the ledger (C2SP tlog-checkpoint)", "账本最新的签名检查点（C2SP tlog-checkpoint）" } },
    { ROUTE(GET, "/tile/{level}/{number*}", FOR_ALL, REACH_OPEN), .handle = tlog_tile,
      .says = { "Hashes of the ledger's tree (C2SP tlog-tiles)", "账本哈希树的数据块（C2SP tlog-tiles）" } },
    { ROUTE(GET, "/health", FOR_ALL, REACH_OPEN), .handle = health,
      .says = { "Whether the server can take records: 200, or 503 once it has failed", "服务器是否正常：200，出错后为 503" } },
    { ROUTE(GET, "/metrics", FOR_ALL, REACH_OPEN), .handle = metrics, .says = { "Counters for Prometheus", "供 Prometheus 读取的计数" } },
};
const size_t system_route_count = sizeof system_routes / sizeof *system_routes;
