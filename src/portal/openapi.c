#include "portal/openapi.h"

#include <stdio.h>

#include "measure/measure.h"
#include "portal/accounts.h"
#include "portal/request.h"

static const char *const method_keys[METHODS] = { "get", "post", "put", "delete" };

static void put_text(struct json *json, const char *key, const char *text)
{
    json_put_string(json, key, str_of(text));
}

static void open_key(struct json *json, const char *key, char bracket)
{
    json_key(json, key);
    json_open(json, bracket);
}

/* A reference to a component. */
static void put_reference(struct json *json, const char *key, const char *component)
{
    open_key(json, key, '{');
    put_text(json, "$ref", component);
    json_close(json, '}');
}

static void write_type(struct json *json, const struct parameter *parameter)
{
    static const char *const types[] = {
        [PARAMETER_TEXT] = "string", [PARAMETER_NUMBER] = "integer", [PARAMETER_FLAG] = "boolean", [PARAMETER_DATE] = "string",
        [PARAMETER_TIME] = "string", [PARAMETER_MONEY] = "string",   [PARAMETER_LIST] = "array",
        [PARAMETER_OBJECT] = "object",
    };
    put_text(json, "type", types[parameter->type]);
    if (parameter->type == PARAMETER_NUMBER) json_put_number(json, "minimum", 0);
    if (parameter->type == PARAMETER_DATE) put_text(json, "format", "date");
    if (parameter->type == PARAMETER_TIME) put_text(json, "format", "date-time");
    if (parameter->type == PARAMETER_TEXT) json_put_number(json, "maxLength", (int64_t)parameter_limit(parameter));
    if (parameter->type == PARAMETER_MONEY) put_text(json, "pattern", "^[0-9]+(\\.[0-9]{1,6})?$");
    if (parameter->type == PARAMETER_LIST) {
        json_put_number(json, "maxItems", (int64_t)parameter_limit(parameter));
        open_key(json, "items", '{');
        put_text(json, "type", "object");
        json_close(json, '}');
    }
}

static void write_query(struct json *json, const struct parameter *parameters, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        json_open(json, '{');
        put_text(json, "name", parameters[i].name);
        put_text(json, "in", "query");
        put_text(json, "description", parameters[i].says[ENGLISH]);
        json_key(json, "required");
        json_add_bool(json, parameters[i].needed);
        open_key(json, "schema", '{');
        write_type(json, &parameters[i]);
        json_close(json, '}');
        json_close(json, '}');
    }
}

/* The next {name} of a path; a star at its end is ours, not OpenAPI's. */
static bool argument_next(struct str *rest, struct str *name)
{
    size_t open = str_find(*rest, '{');
    if (open == rest->length) return false;
    struct str behind = { rest->at + open + 1, rest->length - open - 1 };
    size_t close = str_find(behind, '}');
    *name = (struct str){ behind.at, close - (close && behind.at[close - 1] == '*') };
    *rest = (struct str){ behind.at + close, behind.length - close };
    return true;
}

static void write_parameters(struct json *json, const struct route *route)
{
    struct str rest = str_of(route->path), name;
    open_key(json, "parameters", '[');
    while (argument_next(&rest, &name)) {
        json_open(json, '{');
        json_put_string(json, "name", name);
        put_text(json, "in", "path");
        json_key(json, "required");
        json_add_bool(json, true);
        open_key(json, "schema", '{');
        put_text(json, "type", "string");
        json_close(json, '}');
        json_close(json, '}');
    }
    write_query(json, route->query, route->query_count);
    if (route->flags & ROUTE_TABLE) write_query(json, parameters_of_tables, parameters_of_tables_count);
    write_query(json, parameters_of_all, parameters_of_all_count);
    json_close(json, ']');
}

static void write_fields(struct json *json, const struct route *route)
{
    put_text(json, "type", "object");
    json_key(json, "additionalProperties");
    json_add_bool(json, false);
    open_key(json, "required", '[');
    for (size_t i = 0; i < route->field_count; i++)
        if (route->fields[i].needed) json_add_string(json, str_of(route->fields[i].name));
    json_close(json, ']');
    open_key(json, "properties", '{');
    for (size_t i = 0; i < route->field_count; i++) {
        open_key(json, route->fields[i].name, '{');
        write_type(json, &route->fields[i]);
        put_text(json, "description", route->fields[i].says[ENGLISH]);
        json_close(json, '}');
    }
    json_close(json, '}');
}

static void write_body(struct json *json, const struct route *route)
{
    if (route->body == BODY_NONE) return;
    open_key(json, "requestBody", '{');
    json_key(json, "required");
    json_add_bool(json, true);
    open_key(json, "content", '{');
    static const char *const any_type[] = { "application/octet-stream", NULL }, *const json_type[] = { "application/json", NULL };
    const char *const *type = route->body == BODY_JSON ? json_type : route->body_types ? route->body_types : any_type;
    for (; *type; type++) {
        open_key(json, *type, '{');
        open_key(json, "schema", '{');
        if (route->body == BODY_JSON) {
            write_fields(json, route);
        } else {
            put_text(json, "type", "string");
            put_text(json, "format", "binary");
            json_put_number(json, "maxLength", (int64_t)route->body_limit);
        }
        json_close(json, '}');
        json_close(json, '}');
    }
    for (int i = 0; i < 2; i++) json_close(json, '}');
}

static void write_responses(struct json *json, const struct route *route)
{
    open_key(json, "responses", '{');
    open_key(json, route->method == METHOD_POST ? "2XX" : "200", '{');
    put_text(json, "description", route->says[ENGLISH]);
    if (str_starts(str_of(route->path), STR("/api/"))) {
        open_key(json, "content", '{');
        open_key(json, "application/json", '{');
        if (route->flags & ROUTE_TABLE)
            put_reference(json, "schema", "#/components/schemas/Page");
        else {
            open_key(json, "schema", '{');
            put_text(json, "type", "object");
            json_close(json, '}');
        }
        json_close(json, '}');
        json_close(json, '}');
    }
    json_close(json, '}');
    put_reference(json, "default", "#/components/responses/Problem");
    json_close(json, '}');
}

static void write_roles(struct json *json, unsigned who)
{
    open_key(json, "x-roles", '[');
    for (int role = 0; role < ROLES; role++)
        if (who >> role & 1) json_add_string(json, str_of(role_word((enum role)role)));
    json_close(json, ']');
}

/* Who needs no sign-in may also come without. */
static void write_security(struct json *json, unsigned who)
{
    open_key(json, "security", '[');
    if (who & FOR(PUBLIC)) {
        json_open(json, '{');
        json_close(json, '}');
    }
    for (int i = 0; i < 2; i++) {
        json_open(json, '{');
        open_key(json, i ? "token" : "session", '[');
        json_close(json, ']');
        json_close(json, '}');
    }
    json_close(json, ']');
}

/* "get_api_complaints_complaint". */
static void put_name(struct json *json, const struct route *route)
{
    struct text name = { 0 };
    text_add(&name, str_of(method_keys[route->method]));
    for (const char *at = route->path; *at; at++) {
        bool is_plain = (*at >= 'a' && *at <= 'z') || (*at >= '0' && *at <= '9');
        if (is_plain) text_add_byte(&name, *at);
        else if (name.at[name.length - 1] != '_' && at[1]) text_add_byte(&name, '_');
    }
    json_put_string(json, "operationId", text_str(&name));
    text_close(&name);
}

static void write_operation(struct json *json, const struct route *route)
{
    open_key(json, method_keys[route->method], '{');
    put_name(json, route);
    put_text(json, "summary", route->says[ENGLISH]);
    put_text(json, "description", route->says[CHINESE]);
    write_roles(json, route->who);
    put_text(json, "x-reach", route->reach == REACH_OWN ? "own" : "open");
    write_security(json, route->who);
    write_parameters(json, route);
    write_body(json, route);
    write_responses(json, route);
    json_close(json, '}');
}

static void write_paths(struct json *json, const struct route *const *routes, size_t count)
{
    open_key(json, "paths", '{');
    for (size_t i = 0; i < count; i++) {
        size_t first = 0;
        while (strcmp(routes[first]->path, routes[i]->path)) first++;
        if (first < i) continue; /* written with the first of its path */
        struct text path = { 0 };
        for (const char *at = routes[i]->path; *at; at++)
            if (*at != '*') text_add_byte(&path, *at);
        open_key(json, text_zero(&path), '{');
        text_close(&path);
        for (size_t of_path = i; of_path < count; of_path++)
            if (!strcmp(routes[of_path]->path, routes[i]->path)) write_operation(json, routes[of_path]);
        json_close(json, '}');
    }
    json_close(json, '}');
}

static void write_field_type(struct json *json, const struct field *field)
{
    switch (field->type) {
    case FIELD_FLAG: put_text(json, "type", "boolean"); break;
    case FIELD_COUNT: case FIELD_PERSON: put_text(json, "type", "integer"); break;
    case FIELD_DECIMAL: put_text(json, "type", "number"); break;
    case FIELD_FORM: break; /* a list or an object: any type */
    case FIELD_SEALED: case FIELD_REASON: put_text(json, "type", "object"); break;
    default: put_text(json, "type", "string");
    }
    if (field->type == FIELD_TIME) put_text(json, "format", "date-time");
    if (field->type == FIELD_DATE) put_text(json, "format", "date");
    if (field->type != FIELD_CHOICE) return;
    open_key(json, "enum", '[');
    for (size_t i = 0; i < field->choice_count; i++) json_add_string(json, str_of(field->choices[i].word));
    json_close(json, ']');
}

static void write_kind(struct json *json, const struct kind *kind)
{
    char name[80];
    snprintf(name, sizeof name, "Record.%s", kind->name);
    open_key(json, name, '{');
    put_text(json, "type", "object");
    put_text(json, "description", kind->says[ENGLISH]);
    open_key(json, "required", '[');
    for (size_t i = 0; i < kind->field_count; i++)
        if (kind->fields[i].flags & FIELD_NEEDED) json_add_string(json, str_of(kind->fields[i].name));
    json_close(json, ']');
    open_key(json, "properties", '{');
    for (size_t i = 0; i < kind->field_count; i++) {
        open_key(json, kind->fields[i].name, '{');
        write_field_type(json, &kind->fields[i]);
        put_text(json, "description", kind->fields[i].says[ENGLISH]);
        json_close(json, '}');
    }
    json_close(json, '}');
    json_close(json, '}');
}

static const char problem_schema[] =
    "{\"type\":\"object\",\"required\":[\"type\",\"title\",\"status\"],\"properties\":{\"type\":{\"type\":\"string\"},"
    "\"title\":{\"type\":\"string\"},\"status\":{\"type\":\"integer\"},\"detail\":{\"type\":\"string\"},\"instance\":{\"type\":\"string\"},"
    "\"errors\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"properties\":{\"field\":{\"type\":\"string\"},\"says\":{\"type\":\"string\"}}}}}}";
static const char page_schema[] =
    "{\"type\":\"object\",\"required\":[\"items\",\"next\",\"position\"],\"properties\":{\"items\":{\"type\":\"array\",\"items\":{\"type\":\"object\"}},"
    "\"next\":{\"type\":[\"string\",\"null\"]},\"position\":{\"type\":\"integer\"}}}";
static const char problem_response[] =
    "{\"Problem\":{\"description\":\"What is wrong (RFC 9457)\",\"content\":{\"application/problem+json\":{\"schema\":"
    "{\"$ref\":\"#/components/schemas/Problem\"}}}}}";
static const char security_schemes[] =
    "{\"session\":{\"type\":\"apiKey\",\"in\":\"cookie\",\"name\":\"mingbai\",\"description\":\"Set by signing in; all but GET need the "
    "header X-Csrf-Token too\"},\"token\":{\"type\":\"http\",\"scheme\":\"bearer\"}}";

static void put_made(struct json *json, const char *key, const char *made)
{
    json_key(json, key);
    text_add(json->out, str_of(made));
    json->more = true;
}

static void write_components(struct json *json)
{
    const struct kind *kinds[KINDS_MAX];
    size_t count = kinds_all(kinds);
    open_key(json, "components", '{');
    put_made(json, "securitySchemes", security_schemes);
    put_made(json, "responses", problem_response);
    open_key(json, "schemas", '{');
    put_made(json, "Problem", problem_schema);
    put_made(json, "Page", page_schema);
    for (size_t i = 0; i < count; i++) write_kind(json, kinds[i]);
    json_close(json, '}');
    json_close(json, '}');
}

void openapi_write(const struct route *const *routes, size_t count, struct text *out)
{
    struct json json = { .out = out };
    json_open(&json, '{');
    put_text(&json, "openapi", "3.1.0");
    open_key(&json, "info", '{');
    put_text(&json, "title", "mingbai");
    put_text(&json, "version", "1");
    put_text(&json, "description", "Times are RFC 3339, money is decimal yuan in text. Every operation names in x-roles who may use it, and in "
                                "x-reach whether all of them get the same (open) or each their own (own).");
    json_close(&json, '}');
    write_paths(&json, routes, count);
    write_components(&json);
    json_close(&json, '}');
}
