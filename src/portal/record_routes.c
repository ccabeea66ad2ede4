#include "portal/record_routes.h"

#include <stdio.h>
#include <unistd.h>

#include "door/kinds_page.h"
#include "engine/load.h"
#include "portal/bringing.h"
#include "portal/entries.h"
#include "portal/record_rows.h"

enum { RECORDS_BYTES = 256 * 1024 * 1024 };

static const struct kind *kind_asked(struct request *request, struct reply *reply, struct error *error)
{
    const struct kind *kind = kind_find(request->arguments[0]);
    if (!kind)
        refuse(reply, error, 404, "no-such-kind", "There is no kind %.*s: /api/kinds lists them", "没有 %.*s 这类记录，见 /api/kinds",
               STR_ARGS(request->arguments[0]));
    return kind;
}

/* ---- kinds ---- */

/* kinds_print's array, which stands in a line of its own. */
static struct str kinds_json(const struct kind *const *kinds, size_t count, struct text *out)
{
    kinds_print(kinds, count, ENGLISH, true, out);
    return (struct str){ out->at, out->length - 1 };
}

static bool kinds_all_get(struct request *request, struct reply *reply, struct error *error)
{
    (void)error;
    const struct kind *all[KINDS_MAX];
    struct text list = { 0 };
    struct str array = kinds_json(all, kinds_all(all), &list);
    text_format(&reply->body, "{\"items\":%.*s,\"next\":null,\"position\":%llu}", STR_ARGS(array), (unsigned long long)request->view->position);
    text_close(&list);
    return true;
}

static bool kind_get(struct request *request, struct reply *reply, struct error *error)
{
    const struct kind *kind = kind_asked(request, reply, error);
    struct text list = { 0 };
    if (!kind) return false;
    struct str array = kinds_json(&kind, 1, &list);
    text_add(&reply->body, (struct str){ array.at + 1, array.length - 2 });
    text_close(&list);
    return true;
}

/* ---- what is on record ---- */

/* Fields that a list may be narrowed by, where the kind has them. */
#define FILTERS \
    { "id", PARAMETER_TEXT, .says = { "only this number", "只列该编号" } }, \
    { "complaint", PARAMETER_TEXT, .says = { "only of this complaint", "只列该投诉的" } }, \
    { "appeal", PARAMETER_TEXT, .says = { "only of this appeal", "只列该申诉的" } }, \
    { "operator", PARAMETER_TEXT, .says = { "only of this operator", "只列该企业的" } }, \
    { "area", PARAMETER_TEXT, .says = { "only of this area", "只列该区域的" } }, \
    { "duty", PARAMETER_TEXT, .says = { "only of this duty", "只列该义务的" } }, \
    { "month", PARAMETER_TEXT, .says = { "only of this month", "只列该月的" } }, \
    { "date", PARAMETER_DATE, .says = { "only of this day", "只列该日的" } }

static const struct parameter list_query[] = { { "source", PARAMETER_TEXT, .says = { "only from this source", "只列该来源的" } }, FILTERS };
enum { LIST_QUERY = sizeof list_query / sizeof *list_query };
_Static_assert(LIST_QUERY - 1 <= RECORD_FILTERS, "each may be given");

static bool filters_read(struct request *request, struct reply *reply, struct record_query *query, struct error *error)
{
    query->source = str_of(request_query(request, "source"));
    for (size_t i = 1; i < LIST_QUERY; i++) {
        const char *given = request_query(request, list_query[i].name);
        size_t field = kind_field(query->kind, str_of(list_query[i].name));
        if (!given) continue;
        if (field == query->kind->field_count)
            return refuse(reply, error, 400, "no-such-field", "Records of kind %s have no %s", "%s 类记录没有 %s 字段", query->kind->name, list_query[i].name);
        query->filters[query->filter_count].field = field;
        if (!field_parse(&query->kind->fields[field], (struct cell){ str_of(given), CELL_TEXT }, request->now, request->arena,
                         &query->filters[query->filter_count++].value, error))
            return false;
    }
    return true;
}

static bool record_list_add(void *context, const struct record *record, uint64_t entry, struct error *error)
{
    (void)error;
    struct reply_table *table = context;
    record_show(&table->rows, record, entry);
    return true;
}

/* Whether the rows lie in a row, or in an index, for who sees them all. */
static bool is_at_hand(const struct request *request, const struct record_query *query)
{
    bool is_near = view_sees_all(request->view, query->kind) && !query->source.length && !request_query(request, "format");
    for (size_t i = 0; i < query->filter_count; i++)
        is_near = is_near && query->kind->fields[query->filters[i].field].flags & (query->filters[i].field ? FIELD_INDEXED : FIELD_INDEXED | FIELD_KEY);
    return is_near;
}

static bool records_get(struct request *request, struct reply *reply, struct error *error)
{
    struct record_query query = { .kind = kind_asked(request, reply, error) };
    struct reply_table table;
    if (!query.kind || !filters_read(request, reply, &query, error)) return false;
    if (!request->may_wait && !is_at_hand(request, &query)) return reply_later(reply);
    if (!reply_table_open(&table, request, reply, query.kind->name, error)) return false;
    struct text next = { 0 };
    query.after = table.after;
    query.most = table.most;
    bool done = records_list(request->view, &query, (struct records_sink){ record_list_add, &table }, &next, error);
    done = reply_table_close(&table, done, text_str(&next), (struct str){ 0 }, error);
    text_close(&next);
    return done;
}

static bool record_get(struct request *request, struct reply *reply, struct error *error)
{
    struct entry_read read = { 0 };
    struct str source = str_of(request_query(request, "source"));
    uint64_t seq;
    must(str_number(str_of(request_query(request, "seq")), &seq));
    bool done = entry_of_record(request, source, seq, true, &read, error);
    if (done) {
        struct rows rows;
        rows_start(&rows, &(struct rows_options){ .format = ROWS_JSON, .sink = { rows_to_text, &reply->body } });
        record_show(&rows, &read.record, read.index);
        done = rows_finish(&rows, error);
    }
    entry_read_close(&read);
    return done;
}

static const struct parameter record_query[] = {
    { "source", PARAMETER_TEXT, .needed = true, .says = { "the record's source", "记录的来源" } },
    { "seq", PARAMETER_NUMBER, .needed = true, .says = { "its number there", "在该来源中的序号" } },
};

/* ---- taking in ---- */

static const char *format_of(struct str content_type)
{
    static const struct {
        struct str type;
        const char *format;
    } types[] = {
        { STR("text/csv"), "csv" }, { STR("application/jsonl"), "jsonl" }, { STR("application/x-ndjson"), "jsonl" },
        { STR("application/json"), "json" }, { STR("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"), "xlsx" },
        { STR("application/vnd.ms-excel"), "xls" },
    };
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (str_equal(content_type, types[i].type)) return types[i].format;
    return NULL;
}

static bool records_bring(struct request *request, struct reply *reply, const struct kind *kind, const char *format, struct error *error)
{
    struct text source = { 0 }, rejects = { 0 }, table = { 0 };
    char name[ACCOUNT_ROOM + 8];
    const char *given = request_query(request, "source");
    snprintf(name, sizeof name, "http:%s", request->who.account);
    text_format(&rejects, "%s.rejected.jsonl", request->file);
    text_format(&table, "%s.rejected.csv", request->file);
    bool done = given || load_source(request->file, str_of(name), &source, error);
    done = done && bring(request->portal, &request->who,
                         &(struct bringing){ .kind = kind, .path = request->file, .name = { "the records", "所传的记录" }, .format = format,
                                             .source = given ? given : text_zero(&source), .replaces = request_query(request, "replaces"),
                                             .rejects = text_zero(&rejects), .language = request->language },
                         &reply->body, error);
    unlink(text_zero(&rejects));
    unlink(text_zero(&table));
    text_close(&source);
    text_close(&rejects);
    text_close(&table);
    return done;
}

static bool records_post(struct request *request, struct reply *reply, struct error *error)
{
    const struct kind *kind = kind_asked(request, reply, error);
    const char *format = format_of(request->content_type);
    if (!kind) return false;
    if (!format)
        return refuse(reply, error, 415, "no-such-format", "Send text/csv, application/jsonl or application/json", "请发送 text/csv、application/jsonl 或 application/json");
    struct error why = { 0 };
    if (!taking_may(&request->who, kind, &why)) return refuse(reply, error, 403, "not-your-kind", "%s", "%s", request->language == CHINESE ? why.chinese : why.says);
    view_give(request->view); /* a load may last: what it looks at moves on */
    request->view = NULL;
    return records_bring(request, reply, kind, format, error);
}

static const struct parameter bring_query[] = {
    { "source", PARAMETER_TEXT, .limit = SOURCE_LIMIT, .says = { "a name for where they come from; your account and the content unless given", "来源名称，默认由账号和内容得出" } },
    { "replaces", PARAMETER_TEXT, .limit = SOURCE_LIMIT, .says = { "withdraw that source and put these records in its place, both at once", "撤回该来源，由这些记录替代，两者同时生效" } },
};

#define QUERY(parameters) .query = (parameters), .query_count = sizeof(parameters) / sizeof *(parameters)

static const char *const record_types[] = { "text/csv", "application/jsonl", "application/json", NULL };

const struct route record_routes[] = {
    { ROUTE(GET, "/api/kinds", FOR_ALL, REACH_OPEN), .handle = kinds_all_get, .says = { "All kinds of records and their fields", "各类记录及其字段" } },
    { ROUTE(GET, "/api/kinds/{kind}", FOR_ALL, REACH_OPEN), .handle = kind_get, .says = { "One kind of records and its fields", "某一类记录及其字段" } },
    { ROUTE(GET, "/api/records/{kind}", FOR_ALL, REACH_OWN), .handle = records_get, .flags = ROUTE_TABLE | ROUTE_TRY, QUERY(list_query),
      .says = { "The records of a kind that you may see, in the order of their key", "你可查看的某类记录，按主键排列" } },
    { ROUTE(GET, "/api/record", FOR_ALL, REACH_OWN), .handle = record_get, QUERY(record_query),
      .says = { "One record, by its source and number there", "按来源和序号取一条记录" } },
    { ROUTE(POST, "/api/records/{kind}", FOR_STAFF | FOR(TESTER), REACH_OWN), .handle = records_post, .flags = ROUTE_SLOW, QUERY(bring_query),
      .body = BODY_FILE, .body_limit = RECORDS_BYTES, .body_types = record_types,
      .says = { "Takes in records, as `load` does: CSV, JSON Lines or JSON", "装入记录，与 load 命令相同：CSV、JSON Lines 或 JSON" } },
};
const size_t record_route_count = sizeof record_routes / sizeof *record_routes;
