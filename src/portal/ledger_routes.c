#include "portal/ledger_routes.h"

#include <stdlib.h>

#include "base/hash.h"
#include "ledger/proof_json.h"
#include "portal/accounts.h"
#include "portal/bringing.h"
#include "portal/entries.h"

#define QUERY(parameters) .query = (parameters), .query_count = sizeof(parameters) / sizeof *(parameters)

/* A number of the query, whose digits were checked. */
static bool number_asked(const struct request *request, const char *name, uint64_t *number)
{
    const char *text = request_query(request, name);
    return text && str_number(str_of(text), number);
}

/* ---- entries ---- */

static bool records_write(const struct entry_read *read, struct text *out, struct error *error)
{
    struct str spans = read->entry.packed_spans, records = read->entry.records;
    struct record *record = allocate(sizeof *record);
    uint64_t last = 0;
    bool done = true;
    for (struct span span; done && entry_span(&spans, &last, &span);)
        for (uint64_t seq = span.low; done && seq >= span.low && seq <= span.high; seq++) {
            done = record_unpack(read->kind, read->entry.version, &records, record, error);
            if (!done) break;
            record->source = read->entry.source;
            record->seq = seq;
            record_json(&(struct json){ .out = out }, record);
            text_add_byte(out, '\n');
        }
    free(record);
    return done;
}

static bool entry_get(struct request *request, struct reply *reply, struct error *error)
{
    struct entry_read read = { 0 };
    const char *format = request_query(request, "format");
    bool is_raw = format && !strcmp(format, "raw");
    uint64_t index;
    if (format && !is_raw && strcmp(format, "jsonl")) return fail_both(error, ERROR_USAGE, "format: choose raw or jsonl", "format：可选 raw、jsonl");
    if (!str_number(request->arguments[0], &index)) return fail_both(error, ERROR_NOT_FOUND, "an entry's number is a whole number from 0", "条目编号为不小于 0 的整数");
    bool done = entry_of_index(request, index, &read, error);
    if (done && is_raw) {
        text_add(&reply->body, text_str(&read.bytes));
        reply->content_type = "application/octet-stream";
    } else if (done) {
        done = records_write(&read, &reply->body, error);
        reply->content_type = "application/jsonl; charset=utf-8";
    }
    entry_read_close(&read);
    return done;
}

static const struct parameter entry_query[] = {
    { "format", PARAMETER_TEXT, .limit = 5, .says = { "raw: the exact bytes that are hashed; jsonl: the records (the default)", "raw：参与哈希的原始字节；jsonl：其中的记录（默认）" } },
};

/* ---- proofs ---- */

static bool proof_get(struct request *request, struct reply *reply, struct error *error)
{
    struct ledger *ledger = engine_ledger(request->engine);
    struct entry_read read = { 0 };
    const char *source = request_query(request, "source");
    uint64_t seq, index, from, to, size = ledger_durable(ledger);
    bool has_seq = number_asked(request, "seq", &seq), by_index = number_asked(request, "index", &index),
         has_from = number_asked(request, "from", &from), has_to = number_asked(request, "to", &to);
    if ((source && has_seq) + by_index + (has_from && has_to) != 1 || !source != !has_seq || has_from != has_to)
        return fail_both(error, ERROR_USAGE, "give source and seq, or index, or from and to", "请给出 source 和 seq，或 index，或 from 和 to");
    number_asked(request, "size", &size);
    if (has_from) return consistency_json(ledger, from, to, &reply->body, error);
    bool done = (by_index ? entry_of_index(request, index, &read, error) : entry_of_record(request, str_of(source), seq, false, &read, error)) &&
                inclusion_json(ledger, read.index, size, &reply->body, error);
    entry_read_close(&read);
    return done;
}

static const struct parameter proof_query[] = {
    { "source", PARAMETER_TEXT, .says = { "with seq: the record of this source", "与 seq 合用：该来源的记录" } },
    { "seq", PARAMETER_NUMBER, .says = { "its number there", "在该来源中的序号" } },
    { "index", PARAMETER_NUMBER, .says = { "the entry of this number", "该编号的条目" } },
    { "size", PARAMETER_NUMBER, .says = { "in the tree of this size; the newest unless given", "树的大小，默认为最新" } },
    { "from", PARAMETER_NUMBER, .says = { "with to: that the ledger of `to` entries grew from that of `from`", "与 to 合用：to 条的账本由 from 条的增长而来" } },
    { "to", PARAMETER_NUMBER, .says = { "see from", "见 from" } },
};

/* ---- sources ---- */

/* The regulator's staff sees all; others what their account first used. */
static bool source_is_seen(const struct request *request, struct str source)
{
    const struct identity *who = &request->who;
    return who->role == ROLE_REGULATOR || who->role == ROLE_ADMINISTRATOR ||
           accounts_source_is_own(request->portal->accounts, source, who->account);
}

struct sources_list {
    struct request *request;
    struct reply_table *table;
    struct text last;
    size_t count;
    bool is_behind, has_more;
};

static void source_add(void *context, struct str name, uint64_t records)
{
    struct sources_list *list = context;
    if (list->is_behind) {
        list->is_behind = !str_equal(name, list->table->after);
        return;
    }
    if (list->has_more || !source_is_seen(list->request, name)) return;
    if ((list->has_more = list->count++ == list->table->most)) return;
    list->last.length = 0;
    text_add(&list->last, name);
    struct rows *rows = &list->table->rows;
    rows_begin(rows);
    rows_string(rows, "source", name);
    rows_number(rows, "records", (int64_t)records);
    rows_end(rows);
}

static bool sources_get(struct request *request, struct reply *reply, struct error *error)
{
    struct reply_table table;
    if (!reply_table_open(&table, request, reply, "sources", error)) return false;
    struct sources_list list = { .request = request, .table = &table, .is_behind = table.after.length > 0 };
    bool done = state_list_sources(request->view->store, source_add, &list, error);
    done = reply_table_close(&table, done, list.has_more ? text_str(&list.last) : (struct str){ 0 }, (struct str){ 0 }, error);
    text_close(&list.last);
    return done;
}

static const char select_first_entry[] = "SELECT MIN(\"entry\") FROM \"place\" WHERE \"source\" = (SELECT \"source\" FROM \"source_name\""
                                         " WHERE \"name\" = $1) AND \"counts\" = 1";

/* When a source first brought something. */
static bool source_began(struct request *request, struct str source, int64_t *began, struct error *error)
{
    struct statement *select = store_prepare(request->view->store, select_first_entry, error);
    struct text bytes = { 0 };
    struct entry entry;
    bool row;
    if (!select) return false;
    statement_text(select, 1, source);
    if (!statement_step(select, &row, error)) return false;
    uint64_t index = row && !column_is_null(select, 0) ? (uint64_t)column_number(select, 0) : UINT64_MAX;
    statement_reset(select);
    *began = request->now;
    if (index == UINT64_MAX) return true;
    bool done = ledger_read(engine_ledger(request->engine), index, &bytes, error) && entry_read(text_str(&bytes), &entry, error);
    if (done) *began = entry.received;
    text_close(&bytes);
    return done;
}

/* An account may take back a wrong file for a day; after that others rest on it, and the regulator agrees. */
static bool may_take_back(struct request *request, struct str source, struct error *error)
{
    int64_t began;
    if (request->who.role == ROLE_REGULATOR || request->who.role == ROLE_ADMINISTRATOR) return true;
    if (!source_began(request, source, &began, error)) return false;
    return request->now - began <= DAY_MS ||
           fail_both(error, ERROR_CONFLICT, "this source was brought in more than a day ago: ask the regulator's staff to withdraw it",
                     "这个来源装入已超过一天，须由主管部门撤回");
}

static bool withdraw_post(struct request *request, struct reply *reply, struct error *error)
{
    struct str source = request_text(request, "source"), why = request_text(request, "why");
    if (!source_may_go(source, error)) return false;
    if (!source_is_seen(request, source) || !engine_has_source(request->engine, source))
        return fail_both(error, ERROR_NOT_FOUND, "there is no source of that name, or it is not yours", "没有这个来源，或它不属于你");
    if (!may_take_back(request, source, error)) return false;
    view_give(request->view); /* a new state is made, and what it replaces need not wait for us */
    request->view = NULL;
    if (!engine_withdraw(request->engine, source, why, 0, (struct str){ 0 }, error)) return false;
    struct json json = reply_json(reply);
    json_open(&json, '{');
    json_put_string(&json, "source", source);
    json_put_number(&json, "position", (int64_t)engine_position(request->engine));
    json_close(&json, '}');
    return true;
}

static const struct parameter withdraw_fields[] = {
    { "source", PARAMETER_TEXT, .needed = true, .limit = SOURCE_LIMIT, .says = { "the source", "来源" } },
    { "why", PARAMETER_TEXT, .needed = true, .says = { "the reason, which is kept", "原因，会留存" } },
};

const struct route ledger_routes[] = {
    { ROUTE(GET, "/api/entries/{index}", FOR_ALL, REACH_OWN), .handle = entry_get, QUERY(entry_query),
      .says = { "An entry of the ledger, by its number from 0", "账本中的一条，编号从 0 起" } },
    { ROUTE(GET, "/api/proof", FOR_ALL, REACH_OWN), .handle = proof_get, QUERY(proof_query),
      .says = { "A proof that a record is in the ledger, or that the ledger only grew (RFC 6962)", "证明某条记录在账本中，或账本只增不改（RFC 6962）" } },
    { ROUTE(GET, "/api/sources", FOR_STAFF | FOR(TESTER), REACH_OWN), .handle = sources_get, .flags = ROUTE_TABLE | ROUTE_SLOW,
      .says = { "What was loaded and counts; an account other than the regulator's sees its own", "已装入且计入的来源；主管部门之外的账号只见自己的" } },
    { ROUTE(POST, "/api/sources/withdraw", FOR_STAFF | FOR(TESTER), REACH_OWN), .handle = withdraw_post, .flags = ROUTE_SLOW, .body = BODY_JSON,
      .fields = withdraw_fields, .field_count = sizeof withdraw_fields / sizeof *withdraw_fields,
      .says = { "What a source brought no longer counts; it stays in the ledger", "某来源的记录不再计入，但仍留在账本中" } },
};
const size_t ledger_route_count = sizeof ledger_routes / sizeof *ledger_routes;
