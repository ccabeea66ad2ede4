#include "portal/request.h"

#include <stdio.h>

#include "base/moment.h"
#include "base/number.h"

enum { TEXT_LIMIT = 1000, LIST_LIMIT = 100 };

static int hex_digit(char byte)
{
    return byte >= '0' && byte <= '9' ? byte - '0' : byte >= 'a' && byte <= 'f' ? byte - 'a' + 10 : byte >= 'A' && byte <= 'F' ? byte - 'A' + 10 : -1;
}

bool percent_decode(struct arena *arena, struct str encoded, bool plus_is_space, struct str *decoded)
{
    char *out = arena_take(arena, encoded.length + 1);
    size_t length = 0;
    for (size_t i = 0; i < encoded.length; i++) {
        char byte = encoded.at[i];
        if (byte == '+' && plus_is_space) byte = ' ';
        if (byte == '%') {
            if (encoded.length - i < 3 || hex_digit(encoded.at[i + 1]) < 0 || hex_digit(encoded.at[i + 2]) < 0) return false;
            byte = (char)(hex_digit(encoded.at[i + 1]) * 16 + hex_digit(encoded.at[i + 2]));
            i += 2;
        }
        if (!byte) return false;
        out[length++] = byte;
    }
    out[length] = 0;
    *decoded = (struct str){ out, length };
    return str_is_utf8(*decoded);
}

static bool target_is_wrong(struct call *call)
{
    return refuse(&call->reply, &call->error, MHD_HTTP_BAD_REQUEST, "bad-target",
                  "The address is not well formed: write other letters as percent-encoded UTF-8", "地址格式不对：其他字符请写成百分号编码的 UTF-8");
}

bool request_target(struct call *call)
{
    struct str target = str_of(call->target);
    size_t mark = str_find(target, '?');
    call->path = (struct str){ target.at, mark };
    if (!mark || target.at[0] != '/') return target_is_wrong(call);
    struct str rest = { target.at + mark + (mark < target.length), target.length - mark - (mark < target.length) };
    while (rest.length) {
        struct str pair = { rest.at, str_find(rest, '&') };
        rest = pair.length == rest.length ? (struct str){ 0 } : (struct str){ rest.at + pair.length + 1, rest.length - pair.length - 1 };
        if (!pair.length) continue;
        size_t equals = str_find(pair, '=');
        struct str behind = equals == pair.length ? (struct str){ 0 } : (struct str){ pair.at + equals + 1, pair.length - equals - 1 };
        struct str name, value;
        if (call->query.count == QUERY_PAIRS || !percent_decode(&call->arena, (struct str){ pair.at, equals }, true, &name) ||
            !percent_decode(&call->arena, behind, true, &value))
            return target_is_wrong(call);
        call->query.pairs[call->query.count++] = (struct query_pair){ name.at, value.at };
    }
    return true;
}

static const char *query_value(const struct query *query, const char *name)
{
    for (size_t i = 0; i < query->count; i++)
        if (!strcmp(query->pairs[i].name, name)) return query->pairs[i].value;
    return NULL;
}

/* The quality behind ";q=" in thousandths. */
static int quality(struct str parameters)
{
    size_t at = str_find(parameters, '=');
    if (at + 1 >= parameters.length) return 1000;
    int64_t thousandths;
    struct str number = str_trim((struct str){ parameters.at + at + 1, parameters.length - at - 1 });
    return decimal_parse(number, 3, &thousandths) && thousandths >= 0 && thousandths <= 1000 ? (int)thousandths : 0;
}

enum language language_wanted(const struct query *query, const char *accepted)
{
    const char *asked = query_value(query, "lang");
    if (asked) return !strcmp(asked, "en") ? ENGLISH : CHINESE;
    enum language best = CHINESE;
    int best_quality = 0;
    for (struct str rest = str_of(accepted); rest.length;) {
        struct str one = { rest.at, str_find(rest, ',') };
        rest = one.length == rest.length ? (struct str){ 0 } : (struct str){ rest.at + one.length + 1, rest.length - one.length - 1 };
        size_t semicolon = str_find(one, ';');
        struct str tag = str_trim((struct str){ one.at, semicolon });
        int value = quality((struct str){ one.at + semicolon, one.length - semicolon });
        bool is_english = tag.length >= 2 && str_equal_folded((struct str){ tag.at, 2 }, STR("en"));
        bool is_chinese = tag.length >= 2 && str_equal_folded((struct str){ tag.at, 2 }, STR("zh"));
        if ((is_english || is_chinese) && value > best_quality) {
            best = is_english ? ENGLISH : CHINESE;
            best_quality = value;
        }
    }
    return best;
}

const char *request_query(const struct request *request, const char *name)
{
    return query_value(request->query, name);
}

const char *request_asked(void *context, const char *name)
{
    return request_query(context, name);
}

struct str request_text(const struct request *request, const char *name)
{
    const json_t *value = json_object_get(request->body, name);
    return json_is_string(value) ? (struct str){ json_string_value(value), json_string_length(value) } : (struct str){ 0 };
}

bool request_flag(const struct request *request, const char *name, bool fallback)
{
    const json_t *value = json_object_get(request->body, name);
    return json_is_boolean(value) ? json_is_true(value) : fallback;
}

const struct parameter parameters_of_all[] = {
    { "lang", PARAMETER_TEXT, .limit = 2, .says = { "zh or en: the language of what is said", "zh 或 en：所用语言" } },
};
const size_t parameters_of_all_count = sizeof parameters_of_all / sizeof *parameters_of_all;

const struct parameter parameters_of_tables[] = {
    { "limit", PARAMETER_NUMBER, .says = { "rows of a page, 1 to 500; 50 unless given", "每页行数，1 至 500，默认 50" } },
    { "after", PARAMETER_TEXT, .says = { "where the page goes on, as `next` gave it", "从何处继续，取自 next" } },
    { "format", PARAMETER_TEXT, .limit = 4, .says = { "csv or xlsx: all rows, as a file", "csv 或 xlsx：以文件给出全部行" } },
};
const size_t parameters_of_tables_count = sizeof parameters_of_tables / sizeof *parameters_of_tables;

static const struct parameter *parameter_in(const struct parameter *parameters, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (!strcmp(parameters[i].name, name)) return &parameters[i];
    return NULL;
}

static const struct parameter *query_parameter(const struct route *route, const char *name)
{
    const struct parameter *found = parameter_in(route->query, route->query_count, name);
    if (!found && route->flags & ROUTE_TABLE) found = parameter_in(parameters_of_tables, parameters_of_tables_count, name);
    return found ? found : parameter_in(parameters_of_all, parameters_of_all_count, name);
}

/* What a value must be, for people. */
static const char *const should_be[][LANGUAGES] = {
    [PARAMETER_TEXT] = { "a text", "文字" },
    [PARAMETER_NUMBER] = { "a whole number from 0", "不小于 0 的整数" },
    [PARAMETER_FLAG] = { "true or false", "true 或 false" },
    [PARAMETER_DATE] = { "a day such as 2015-01-03", "日期，如 2015-01-03" },
    [PARAMETER_TIME] = { "a time such as 2015-01-03T08:00:00+08:00", "时间，如 2015-01-03T08:00:00+08:00" },
    [PARAMETER_MONEY] = { "yuan in decimal text such as \"18.00\"", "以文字写的金额（元），如 \"18.00\"" },
    [PARAMETER_LIST] = { "a list of objects", "对象的列表" },
    [PARAMETER_OBJECT] = { "an object", "一个对象" },
};

static bool text_is(enum parameter_type type, struct str text)
{
    uint64_t number;
    int64_t value;
    int32_t day;
    switch (type) {
    case PARAMETER_TEXT: return true;
    case PARAMETER_NUMBER: return str_number(text, &number);
    case PARAMETER_FLAG: return str_equal(text, STR("true")) || str_equal(text, STR("false"));
    case PARAMETER_DATE: return day_parse(text, &day);
    case PARAMETER_TIME: return moment_parse(text, &value);
    case PARAMETER_MONEY: return decimal_parse(text, MONEY_DECIMALS, &value);
    case PARAMETER_LIST:
    case PARAMETER_OBJECT: return false;
    }
    return false;
}

size_t parameter_limit(const struct parameter *parameter)
{
    return parameter->limit ? parameter->limit : parameter->type == PARAMETER_LIST ? LIST_LIMIT : TEXT_LIMIT;
}

static bool names_refused(struct call *call, const char *name)
{
    const struct route *route = call->request.route;
    struct text names = { 0 };
    for (size_t i = 0; i < route->query_count; i++) text_format(&names, "%s, ", route->query[i].name);
    if (route->flags & ROUTE_TABLE)
        for (size_t i = 0; i < parameters_of_tables_count; i++) text_format(&names, "%s, ", parameters_of_tables[i].name);
    text_add(&names, STR("lang"));
    refuse(&call->reply, &call->error, MHD_HTTP_BAD_REQUEST, "unknown-parameter", "There is no parameter %.64s here: choose from %s",
           "这里没有参数 %.64s：可用 %s", name, text_zero(&names));
    text_close(&names);
    return false;
}

static void fault_text(struct call *call, const char *field, const char *english, const char *chinese, const char *english_value,
                       const char *chinese_value)
{
    char says[LANGUAGES][256];
    snprintf(says[ENGLISH], sizeof says[ENGLISH], "%s%s", english, english_value);
    snprintf(says[CHINESE], sizeof says[CHINESE], "%s%s", chinese, chinese_value);
    reply_fault(&call->request, &call->reply, field, says[ENGLISH], says[CHINESE]);
}

bool request_check_query(struct call *call)
{
    const struct route *route = call->request.route;
    for (size_t i = 0; i < call->query.count; i++) {
        const struct query_pair *pair = &call->query.pairs[i];
        const struct parameter *parameter = query_parameter(route, pair->name);
        if (!parameter) return names_refused(call, pair->name);
        struct str value = str_of(pair->value);
        if (query_value(&call->query, pair->name) != pair->value)
            return refuse(&call->reply, &call->error, MHD_HTTP_BAD_REQUEST, "repeated-parameter", "%s is given twice", "参数 %s 给了两次",
                          parameter->name);
        if (value.length > parameter_limit(parameter))
            return refuse(&call->reply, &call->error, MHD_HTTP_BAD_REQUEST, "long-parameter", "%s is too long: at most %zu bytes",
                          "参数 %s 过长：最多 %zu 字节", parameter->name, parameter_limit(parameter));
        if (!text_is(parameter->type, value)) {
            fault_text(call, parameter->name, "This must be ", "此项应为", should_be[parameter->type][ENGLISH], should_be[parameter->type][CHINESE]);
            return refuse(&call->reply, &call->error, MHD_HTTP_BAD_REQUEST, "bad-parameter", "The parameter %s cannot be read",
                          "参数 %s 无法识别", parameter->name);
        }
    }
    for (size_t i = 0; i < route->query_count; i++)
        if (route->query[i].needed && !query_value(&call->query, route->query[i].name))
            return refuse(&call->reply, &call->error, MHD_HTTP_BAD_REQUEST, "missing-parameter", "%s is missing", "缺少参数 %s",
                          route->query[i].name);
    return true;
}

static bool json_is(const struct parameter *parameter, const json_t *value)
{
    switch (parameter->type) {
    case PARAMETER_NUMBER: return json_is_integer(value) && json_integer_value(value) >= 0;
    case PARAMETER_FLAG: return json_is_boolean(value);
    case PARAMETER_OBJECT: return json_is_object(value);
    case PARAMETER_LIST: {
        if (!json_is_array(value)) return false;
        for (size_t i = 0; i < json_array_size(value); i++)
            if (!json_is_object(json_array_get(value, i))) return false;
        return true;
    }
    default: return json_is_string(value) && text_is(parameter->type, str_of(json_string_value(value)));
    }
}

static void check_field(struct call *call, const struct parameter *field)
{
    const json_t *value = json_object_get(call->request.body, field->name);
    size_t limit = parameter_limit(field);
    char number[32];
    snprintf(number, sizeof number, "%zu", limit);
    if (!value || json_is_null(value)) {
        if (field->needed) fault_text(call, field->name, "This is needed: ", "此项必填：", field->says[ENGLISH], field->says[CHINESE]);
    } else if (!json_is(field, value)) {
        fault_text(call, field->name, "This must be ", "此项应为", should_be[field->type][ENGLISH], should_be[field->type][CHINESE]);
    } else if (json_is_array(value) ? json_array_size(value) > limit : json_is_string(value) && json_string_length(value) > limit) {
        fault_text(call, field->name, json_is_array(value) ? "Too many; at most: " : "Too long; at most this many bytes (a Chinese character has 3): ",
                   json_is_array(value) ? "过多，最多：" : "过长，最多字节数（每个汉字 3 字节）：", number, number);
    }
}

bool request_check_body(struct call *call)
{
    const struct route *route = call->request.route;
    json_error_t wrong;
    call->request.body = json_loadb(call->body.at ? call->body.at : "", call->body.length, JSON_REJECT_DUPLICATES, &wrong);
    if (!call->request.body)
        return refuse(&call->reply, &call->error, MHD_HTTP_BAD_REQUEST, "bad-json", "The body is not JSON, line %d, column %d: %.100s",
                      "正文不是 JSON，第 %d 行第 %d 列：%.100s", wrong.line, wrong.column, wrong.text);
    if (!json_is_object(call->request.body))
        return refuse(&call->reply, &call->error, MHD_HTTP_BAD_REQUEST, "bad-json", "The body must be a JSON object", "正文应为 JSON 对象");
    const char *name;
    json_t *value;
    json_object_foreach(call->request.body, name, value) {
        if (!parameter_in(route->fields, route->field_count, name))
            reply_fault(&call->request, &call->reply, arena_copy(&call->arena, name, strlen(name)), "There is no such field here", "这里没有这个字段");
    }
    for (size_t i = 0; i < route->field_count; i++) check_field(call, &route->fields[i]);
    return !call->reply.fault_count || refuse_faults(&call->reply, &call->error);
}
