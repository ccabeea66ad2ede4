#include "portal/signin_routes.h"

#include <microhttpd.h>

#include "base/hash.h"
#include "base/moment.h"
#include "portal/call.h"
#include "portal/code.h"
#include "portal/places.h"

static const char *const role_names[ROLES][LANGUAGES] = {
    { "the public", "公众" }, { "subscriber", "用户" }, { "operator", "企业" }, { "tester", "测试员" },
    { "regulator", "监管机构" }, { "administrator", "管理员" },
};

/* An empty one is null. */
static void put_text(struct json *json, const char *key, const char *text)
{
    json_put_string(json, key, *text ? str_of(text) : (struct str){ 0 });
}

static void put_who(struct json *json, const struct request *request, const struct identity *who)
{
    struct str operator_ = str_of(who->operator_);
    put_text(json, "role", role_word(who->role));
    put_text(json, "role_name", role_names[who->role][request->language]);
    put_text(json, "account", who->account);
    put_text(json, "operator", who->operator_);
    json_put_string(json, "operator_name",
                    operator_.length ? law_operator_name(request->view->audit.law, operator_, (int)request->language) : (struct str){ 0 });
    put_text(json, "complaint", who->complaint);
    put_text(json, "number", who->masked);
}

static bool put_checkpoint(struct json *json, struct request *request, struct error *error)
{
    struct ledger *ledger = engine_ledger(request->engine);
    struct hash root;
    struct text base64 = { 0 };
    uint64_t size = ledger_durable(ledger);
    if (!ledger_root(ledger, size, &root, error)) return false;
    base64_add(&base64, (struct str){ (const char *)root.bytes, HASH_BYTES });
    json_key(json, "checkpoint");
    json_open(json, '{');
    json_put_number(json, "size", (int64_t)size);
    json_put_string(json, "root", text_str(&base64));
    json_close(json, '}');
    text_close(&base64);
    return true;
}

static bool session_show(struct request *request, struct reply *reply, struct error *error)
{
    const struct call *call = call_of(request);
    struct json json = reply_json(reply);
    json_open(&json, '{');
    put_who(&json, request, &request->who);
    put_text(&json, "csrf", call->has_session ? call->csrf : "");
    json_key(&json, "sample");
    json_add_bool(&json, request->portal->is_sample);
    json_put_number(&json, "position", (int64_t)request->view->position);
    json_put_moment(&json, "now", request->now);
    if (!put_checkpoint(&json, request, error) ||
        !places_write(request->portal->places, request->view, request->now, request->language, &json, error))
        return false;
    json_close(&json, '}');
    return true;
}

/* Who it is now: the rest, with a new csrf, is told by GET /api/session. */
static bool sign_in(struct request *request, struct reply *reply, const struct identity *who)
{
    struct json json = reply_json(reply);
    reply->signs_in = true;
    reply->who = *who;
    json_open(&json, '{');
    put_who(&json, request, who);
    json_close(&json, '}');
    return true;
}

/* Says no to who may not sign in: not right, or not now. */
static bool turn_away(struct request *request, struct reply *reply, int64_t until, struct error *error)
{
    if (error->code == ERROR_BUSY) {
        reply->status = until ? MHD_HTTP_TOO_MANY_REQUESTS : MHD_HTTP_SERVICE_UNAVAILABLE;
        reply->code = until ? "too-many-tries" : "busy";
        call_of(request)->retry_seconds = until ? (int)((until - request->now + SECOND_MS - 1) / SECOND_MS) : 5;
    } else if (error->code == ERROR_NOT_FOUND) {
        reply->status = MHD_HTTP_UNAUTHORIZED;
        reply->code = "not-right";
    } else if (error->code == ERROR_INPUT) {
        reply->status = MHD_HTTP_UNPROCESSABLE_CONTENT;
        reply->code = "no-mobile-number";
    }
    return false;
}

static bool sign_in_by_password(struct request *request, struct reply *reply, struct error *error)
{
    struct identity who;
    int64_t until;
    return accounts_sign_in(request->portal->accounts, request_text(request, "account"), request_text(request, "password"), request->now, &who,
                            &until, error)
               ? sign_in(request, reply, &who)
               : turn_away(request, reply, until, error);
}

static bool code_ask(struct request *request, struct reply *reply, struct error *error)
{
    int64_t until;
    if (!code_send(request->portal->accounts, request->portal->outbox, request_text(request, "number"), request->address, request->now, &until,
                   error))
        return turn_away(request, reply, until, error);
    struct json json = reply_json(reply);
    json_open(&json, '{');
    put_text(&json, "says", request->language == CHINESE ? "验证码已发送，10 分钟内有效" : "A code was sent; it holds for 10 minutes");
    json_close(&json, '}');
    return true;
}

static bool sign_in_by_code(struct request *request, struct reply *reply, struct error *error)
{
    struct identity who;
    return code_check(request->portal->accounts, engine_vault(request->engine), request_text(request, "number"), request_text(request, "code"),
                      request->now, &who, error)
               ? sign_in(request, reply, &who)
               : turn_away(request, reply, 0, error);
}

static bool sign_out(struct request *request, struct reply *reply, struct error *error)
{
    struct json json = reply_json(reply);
    (void)request;
    (void)error;
    reply->signs_out = true;
    json_open(&json, '{');
    put_text(&json, "role", role_word(ROLE_PUBLIC));
    json_close(&json, '}');
    return true;
}

/* ---- accounts ---- */

struct listing {
    struct reply_table table;
    const struct request *request;
    char last[ACCOUNT_ROOM];
    size_t shown;
    bool more;
};

static bool account_show(void *context, const struct account *account)
{
    struct listing *listing = context;
    struct rows *rows = &listing->table.rows;
    struct str name = str_of(account->name), operator_ = str_of(account->operator_);
    enum language language = listing->request->language;
    if (str_compare(name, listing->table.after) <= 0) return true;
    listing->more = listing->shown == listing->table.most;
    if (listing->more) return false;
    listing->shown++;
    memcpy(listing->last, account->name, sizeof listing->last);
    rows_begin(rows);
    rows_string(rows, "account", name);
    rows_string(rows, "role", str_of(role_word(account->role)));
    rows_string(rows, "role_name", str_of(role_names[account->role][language]));
    rows_string(rows, "operator", operator_);
    rows_string(rows, "operator_name",
                operator_.length ? law_operator_name(listing->request->view->audit.law, operator_, (int)language) : (struct str){ 0 });
    rows_moment(rows, "made", account->made);
    rows_number(rows, "tokens", (int64_t)account->tokens);
    rows_end(rows);
    return !rows->closed;
}

static bool accounts_show(struct request *request, struct reply *reply, struct error *error)
{
    struct listing listing = { .request = request };
    if (!reply_table_open(&listing.table, request, reply, "accounts", error)) return false;
    bool done = accounts_list(request->portal->accounts, request->now, account_show, &listing, error);
    return reply_table_close(&listing.table, done, listing.more ? str_of(listing.last) : (struct str){ 0 }, (struct str){ 0 }, error);
}

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define JSON(fields_) .body = BODY_JSON, .fields = (fields_), .field_count = COUNT(fields_)

static const struct parameter password_fields[] = {
    { "account", PARAMETER_TEXT, true, 200, { "The account's name", "账号名称" } },
    { "password", PARAMETER_TEXT, true, 1000, { "Its password", "密码" } },
};
static const struct parameter number_fields[] = {
    { "number", PARAMETER_TEXT, true, 100, { "A mobile number", "手机号码" } },
};
static const struct parameter code_fields[] = {
    { "number", PARAMETER_TEXT, true, 100, { "The mobile number", "手机号码" } },
    { "code", PARAMETER_TEXT, true, 20, { "The six digits that were sent to it", "收到的六位验证码" } },
};

const struct route signin_routes[] = {
    { ROUTE(GET, "/api/session", FOR_ALL, REACH_OPEN), .handle = session_show, .flags = ROUTE_SLOW,
      .says = { "Who you are, and what a page needs to begin with", "当前身份，以及页面启动所需的信息" } },
    { ROUTE(POST, "/api/session", FOR_ALL, REACH_OPEN), .handle = sign_in_by_password, .flags = ROUTE_SLOW | ROUTE_CODE, JSON(password_fields),
      .says = { "Signs in by name and password", "用账号和密码登录" } },
    { ROUTE(POST, "/api/session/code", FOR_ALL, REACH_OPEN), .handle = code_ask, .flags = ROUTE_SLOW | ROUTE_CODE, JSON(number_fields),
      .says = { "Sends a code to a mobile number", "向手机号码发送验证码" } },
    { ROUTE(POST, "/api/session/number", FOR_ALL, REACH_OPEN), .handle = sign_in_by_code, .flags = ROUTE_SLOW | ROUTE_CODE, JSON(code_fields),
      .says = { "Signs in by a mobile number and the code sent to it", "用手机号码和验证码登录" } },
    { ROUTE(DELETE, "/api/session", FOR_ALL, REACH_OPEN), .handle = sign_out, .flags = ROUTE_SLOW, .says = { "Signs out", "退出登录" } },
    { ROUTE(GET, "/api/accounts", FOR(ADMINISTRATOR), REACH_OPEN), .handle = accounts_show, .flags = ROUTE_SLOW | ROUTE_TABLE,
      .says = { "The accounts of staff and machine clients", "工作人员和程序的账号" } },
};
const size_t signin_route_count = COUNT(signin_routes);
