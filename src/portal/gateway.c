#include "portal/gateway.h"

#include <curl/curl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/moment.h"

enum { FILE_BYTES = 64 * 1024, URL_BYTES = 1000 };

enum form { FORM_WEBHOOK, FORM_KANNEL };

struct gateway {
    enum form form;
    char *url, *token, *username, *password, *from;
    CURL *curl;
};

/* What it says may hold the number, which no log of ours does. */
static size_t answer_drop(char *bytes, size_t size, size_t count, void *context)
{
    (void)bytes, (void)context;
    return size * count;
}

/* ---- the file ---- */

static char *text_of(const json_t *json, const char *name)
{
    const char *text = json_string_value(json_object_get(json, name));
    if (!text) return NULL;
    char *copy = allocate(strlen(text) + 1);
    strcpy(copy, text);
    return copy;
}

static bool settings_read(struct gateway *gateway, const json_t *json, const char *path, struct error *error)
{
    const char *form = json_string_value(json_object_get(json, "form"));
    gateway->url = text_of(json, "url");
    gateway->token = text_of(json, "token");
    gateway->username = text_of(json, "username");
    gateway->password = text_of(json, "password");
    gateway->from = text_of(json, "from");
    if (form && !strcmp(form, "kannel"))
        gateway->form = FORM_KANNEL;
    else if (!form || strcmp(form, "webhook"))
        return fail_both(error, ERROR_INPUT, "%s: \"form\" is \"webhook\" or \"kannel\"", "%s：form 须为 webhook 或 kannel", path);
    if (!gateway->url || strlen(gateway->url) > URL_BYTES || (strncmp(gateway->url, "http://", 7) && strncmp(gateway->url, "https://", 8)))
        return fail_both(error, ERROR_INPUT, "%s: \"url\" is an address that begins with http:// or https://", "%s：url 须为 http:// 或 https:// 开头的地址", path);
    return gateway->form != FORM_KANNEL || (gateway->username && gateway->password) ||
           fail_both(error, ERROR_INPUT, "%s: Kannel needs \"username\" and \"password\"", "%s：Kannel 须有 username 和 password", path);
}

struct gateway *gateway_open(const char *path, struct error *error)
{
    char *bytes;
    size_t length;
    json_error_t place;
    if (!disk_read_all(disk_posix(), path, FILE_BYTES, &bytes, &length, error)) return NULL;
    json_t *json = json_loadb(bytes, length, 0, &place);
    free(bytes);
    struct gateway *gateway = allocate(sizeof *gateway);
    bool done = json ? settings_read(gateway, json, path, error)
                     : fail_both(error, ERROR_INPUT, "%s is no JSON: line %d", "%s 不是 JSON：第 %d 行", path, place.line);
    json_decref(json);
    done = done && ((gateway->curl = curl_easy_init()) || fail(error, ERROR_LIMIT, "no HTTP client can be made"));
    if (done) return gateway;
    gateway_close(gateway);
    return NULL;
}

void gateway_close(struct gateway *gateway)
{
    if (!gateway) return;
    if (gateway->curl) curl_easy_cleanup(gateway->curl);
    free(gateway->url);
    free(gateway->token);
    free(gateway->username);
    free(gateway->password);
    free(gateway->from);
    free(gateway);
}

/* ---- sending ---- */

static void escaped_add(struct gateway *gateway, struct text *out, const char *name, struct str value)
{
    char *escaped = curl_easy_escape(gateway->curl, value.at ? value.at : "", (int)value.length);
    text_format(out, "%c%s=%s", strchr(text_zero(out), '?') ? '&' : '?', name, escaped ? escaped : "");
    curl_free(escaped);
}

/* Kannel's sendsms: the text as UTF-8, sent in UCS-2 (coding=2), which holds Chinese. */
static void kannel_address(struct gateway *gateway, const struct message *message, struct text *out)
{
    text_add(out, str_of(gateway->url));
    escaped_add(gateway, out, "username", str_of(gateway->username));
    escaped_add(gateway, out, "password", str_of(gateway->password));
    if (gateway->from) escaped_add(gateway, out, "from", str_of(gateway->from));
    escaped_add(gateway, out, "to", message->address);
    escaped_add(gateway, out, "coding", STR("2"));
    escaped_add(gateway, out, "charset", STR("UTF-8"));
    escaped_add(gateway, out, "text", message->text[CHINESE]);
}

static void webhook_body(const struct message *message, struct text *out)
{
    char time[MOMENT_ROOM];
    struct json json = { .out = out };
    json_open(&json, '{');
    json_put_string(&json, "key", message->key);
    json_put_string(&json, "number", message->address);
    json_put_string(&json, "text", message->text[CHINESE]);
    json_put_string(&json, "english", message->text[ENGLISH]);
    json_put_string(&json, "time", (struct str){ time, moment_format(message->time, time) });
    json_close(&json, '}');
}

static struct curl_slist *header_add(struct curl_slist *headers, const char *name, struct str value)
{
    struct text line = { 0 };
    text_format(&line, "%s: %.*s", name, STR_ARGS(value));
    headers = curl_slist_append(headers, text_zero(&line));
    text_close(&line);
    return headers;
}

/* 408 and 5xx may be of this text alone. 3xx, 401 and 405 are of our settings, which somebody mends. 403 and 404 are that or a number that is not
   served (Kannel says 403 to both). What else is no 2xx will be so again. */
static enum gateway_answer judged(CURLcode code, long status, struct error *error)
{
    if (code == CURLE_OK && status >= 200 && status < 300) return GATEWAY_TAKEN;
    if (code != CURLE_OK)
        fail_both(error, ERROR_BUSY, "the gateway cannot be reached: %s", "网关无法连接：%s", curl_easy_strerror(code));
    else
        fail_both(error, ERROR_BUSY, "the gateway answered %ld: its own log says why", "网关回答 %ld：原因见网关的日志", status);
    if (code != CURLE_OK) return GATEWAY_AWAY;
    bool is_ours = (status >= 300 && status < 400) || status == 401 || status == 405;
    if (status == 429 || is_ours) return GATEWAY_PAUSE;
    if (status == 403 || status == 404) return GATEWAY_DENIED;
    return status == 408 || status >= 500 || status < 200 ? GATEWAY_LATER : GATEWAY_REFUSED;
}

enum gateway_answer gateway_send(void *context, const struct message *message, struct error *error)
{
    struct gateway *gateway = context;
    CURL *curl = gateway->curl;
    struct text address = { 0 }, body = { 0 };
    struct curl_slist *headers = NULL;
    long status = 0;
    curl_easy_reset(curl);
    if (gateway->form == FORM_KANNEL) {
        kannel_address(gateway, message, &address);
    } else {
        text_add(&address, str_of(gateway->url));
        webhook_body(message, &body);
        headers = header_add(headers, "Content-Type", STR("application/json"));
        headers = header_add(headers, "Idempotency-Key", message->key);
        if (gateway->token) {
            struct text bearer = { 0 };
            text_format(&bearer, "Bearer %s", gateway->token);
            headers = header_add(headers, "Authorization", text_str(&bearer));
            text_close(&bearer);
        }
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, text_zero(&body));
    }
    curl_easy_setopt(curl, CURLOPT_URL, text_zero(&address));
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)GATEWAY_SECONDS);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, answer_drop);
    CURLcode code = curl_easy_perform(curl);
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    curl_slist_free_all(headers);
    text_close(&address);
    text_close(&body);
    return judged(code, status, error);
}
