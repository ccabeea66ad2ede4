#include "portal/record_rows.h"

#include "measure/province/province.h"

#include "base/number.h"
#include "engine/entry.h"

static bool is_text(const struct field *field)
{
    return field->type == FIELD_ID || field->type == FIELD_CODE || field->type == FIELD_LABEL ||
           field->type == FIELD_PROSE || field->type == FIELD_FORM;
}

/* ---- the order of rows: the key, else source and seq ---- */

struct order {
    const char *columns[FIELDS_MAX];
    bool is_text[FIELDS_MAX];
    size_t count;
};

static struct order order_of(const struct kind *kind)
{
    struct order order = { 0 };
    for (size_t i = 0; i < kind->field_count; i++) {
        if (!(kind->fields[i].flags & FIELD_KEY)) continue;
        order.columns[order.count] = kind->fields[i].name;
        order.is_text[order.count++] = is_text(&kind->fields[i]);
    }
    if (order.count) return order;
    return (struct order){ { "source", "seq" }, { false, false }, 2 };
}

static void order_add(struct text *sql, const struct kind *kind, const struct order *order)
{
    for (size_t i = 0; i < order->count; i++) text_format(sql, "%s\"%s\".\"%s\"", i ? ", " : "", kind->name, order->columns[i]);
}

/* ---- where a page begins: the values of the order, a line each ---- */

static void after_add(struct text *after, const struct order *order, struct statement *select, int column)
{
    for (size_t i = 0; i < order->count; i++, column++) {
        if (i) text_add_byte(after, '\n');
        if (order->is_text[i])
            text_add(after, column_text(select, column));
        else
            text_format(after, "%lld", (long long)column_number(select, column));
    }
}

static bool after_bind(struct statement *select, const struct order *order, struct str after, struct error *error)
{
    for (size_t i = 0; i < order->count; i++) {
        struct str line = { after.at, str_find(after, '\n') };
        size_t passed = line.length + (line.length < after.length);
        int64_t number;
        bool is_last = passed == after.length;
        if (is_last != (i + 1 == order->count) || (!order->is_text[i] && !decimal_parse(line, 0, &number)))
            return fail_both(error, ERROR_USAGE, "after: give what `next` of the page before had", "after：须取自上一页的 next");
        if (order->is_text[i])
            statement_text(select, (int)i + 1, line);
        else
            statement_number(select, (int)i + 1, number);
        after.at += passed;
        after.length -= passed;
    }
    return true;
}

/* ---- rows ---- */

static void columns_add(struct text *sql, const struct kind *kind, const struct order *order)
{
    for (size_t i = 0; i < kind->field_count; i++) text_format(sql, "\"%s\".\"%s\", ", kind->name, kind->fields[i].name);
    text_format(sql, "(SELECT \"name\" FROM \"source_name\" WHERE \"source_name\".\"source\" = \"%s\".\"source\"), \"%s\".\"seq\","
                     " \"%s\".\"entry\", ", kind->name, kind->name, kind->name);
    order_add(sql, kind, order);
}

static void record_read(struct statement *select, const struct kind *kind, struct record *record, uint64_t *entry)
{
    int column = 0;
    record->kind = kind;
    record->present = 0;
    for (size_t i = 0; i < kind->field_count; i++, column++) {
        const struct field *field = &kind->fields[i];
        struct value *value = &record->values[i];
        *value = (struct value){ 0 };
        if (column_is_null(select, column)) continue;
        if (is_text(field))
            value->text = column_text(select, column);
        else
            value->number = column_number(select, column);
        if (field->type == FIELD_REASON) value->reason = (enum reason_class)value->number;
        bool may_be_absent = (field->flags & (FIELD_KEY | FIELD_NEEDED)) == FIELD_KEY; /* stored as '' or -1 */
        bool is_absent = may_be_absent && (is_text(field) ? !value->text.length : value->number == -1);
        if (!is_absent) record->present |= 1u << i;
    }
    record->source = column_text(select, column++);
    record->seq = (uint64_t)column_number(select, column++);
    *entry = (uint64_t)column_number(select, column);
}

static int value_bind(struct statement *select, int parameter, const struct field *field, const struct value *value)
{
    if (is_text(field))
        statement_text(select, parameter, value->text);
    else
        statement_number(select, parameter, value->number);
    return parameter + 1;
}

static void list_sql(struct text *sql, const struct record_query *query, const struct order *order)
{
    const struct kind *kind = query->kind;
    int parameter = 1;
    text_add(sql, STR("SELECT "));
    columns_add(sql, kind, order);
    text_format(sql, " FROM \"%s\" WHERE {scope}", kind->name);
    if (query->after.length) {
        text_add(sql, STR(" AND ("));
        order_add(sql, kind, order);
        text_add(sql, STR(") > ("));
        for (size_t i = 0; i < order->count; i++) text_format(sql, "%s$%d", i ? ", " : "", parameter++);
        text_add_byte(sql, ')');
    }
    for (size_t i = 0; i < query->filter_count; i++)
        text_format(sql, " AND \"%s\".\"%s\" = $%d", kind->name, kind->fields[query->filters[i].field].name, parameter++);
    if (query->source.length)
        text_format(sql, " AND \"%s\".\"source\" = (SELECT \"source\" FROM \"source_name\" WHERE \"name\" = $%d)", kind->name, parameter++);
    text_add(sql, STR(" ORDER BY "));
    order_add(sql, kind, order);
    text_format(sql, " LIMIT $%d", parameter);
}

static bool list_bind(struct statement *select, const struct record_query *query, const struct order *order, struct error *error)
{
    int parameter = 1;
    if (query->after.length) {
        if (!after_bind(select, order, query->after, error)) return false;
        parameter += (int)order->count;
    }
    for (size_t i = 0; i < query->filter_count; i++)
        parameter = value_bind(select, parameter, &query->kind->fields[query->filters[i].field], &query->filters[i].value);
    if (query->source.length) statement_text(select, parameter++, query->source);
    statement_number(select, parameter, (int64_t)query->most + 1);
    return true;
}

bool records_list(struct view *view, const struct record_query *query, struct records_sink sink, struct text *next, struct error *error)
{
    if (query->kind->sums_only)
        return fail_both(error, ERROR_USAGE, "records of kind %s are kept as sums, not one by one: /api/usage/records lists those of a number and month",
                         "%s 类记录只保存合计，不逐条列出：/api/usage/records 可列出某号码某月的记录", query->kind->name);
    const struct kind *kind = query->kind;
    struct order order = order_of(kind);
    struct text sql = { 0 }, last = { 0 };
    list_sql(&sql, query, &order);
    struct statement *select = view_select(view, kind, text_zero(&sql), error);
    bool done = select && list_bind(select, query, &order, error), row = done;
    struct record record;
    uint64_t entry;
    for (size_t count = 0; done && row; count++) {
        done = statement_step(select, &row, error);
        if (!done || !row) break;
        if (count == query->most) {
            text_add(next, text_str(&last));
            break;
        }
        record_read(select, kind, &record, &entry);
        if (count + 1 == query->most) after_add(&last, &order, select, (int)kind->field_count + 3);
        done = sink.add(sink.context, &record, entry, error);
    }
    if (select) statement_reset(select);
    text_close(&sql);
    text_close(&last);
    return done;
}

/* Of a kind without rows: whose subscriber it is decides. */
static bool person_is_seen(struct view *view, const struct record *record, bool *seen, struct error *error)
{
    size_t field = kind_field(record->kind, STR("subscriber"));
    *seen = false;
    if (field == record->kind->field_count || !record_has(record, field)) return true;
    uint64_t subject = (uint64_t)record->values[field].number;
    if (view->who.role == ROLE_SUBSCRIBER) {
        *seen = view->who.has_subject && view->who.subject == subject;
        return true;
    }
    /* An operator sees nothing of the time before the number came to it. */
    size_t start = kind_field(record->kind, STR("start"));
    bool has_start = start < record->kind->field_count && record_has(record, start) && view->who.role == ROLE_OPERATOR;
    struct statement *select =
        view_select(view, &subscriber_kind, "SELECT 1 FROM \"subscriber\" WHERE {scope} AND \"subscriber\" = $1 AND \"since\" <= $2", error);
    if (!select) return false;
    statement_number(select, 1, (int64_t)subject);
    statement_number(select, 2, has_start ? day_of(record->values[start].number) : INT32_MAX);
    if (!statement_step(select, seen, error)) return false;
    statement_reset(select);
    return true;
}

bool record_is_seen(struct view *view, const struct record *record, bool *seen, struct error *error)
{
    const struct kind *kind = record->kind;
    if (kind->sums_only) return person_is_seen(view, record, seen, error);
    struct text sql = { 0 };
    int parameter = 3;
    text_format(&sql, "SELECT 1 FROM \"%s\" WHERE {scope} AND \"%s\".\"seq\" = $1 AND \"%s\".\"source\" ="
                      " (SELECT \"source\" FROM \"source_name\" WHERE \"name\" = $2)", kind->name, kind->name, kind->name);
    for (size_t i = 0; i < kind->field_count; i++)
        if (kind->fields[i].flags & FIELD_KEY) text_format(&sql, " AND \"%s\".\"%s\" = $%d", kind->name, kind->fields[i].name, parameter++);
    struct statement *select = view_select(view, kind, text_zero(&sql), error);
    text_close(&sql);
    if (!select) return false;
    statement_number(select, 1, (int64_t)record->seq);
    statement_text(select, 2, record->source);
    parameter = 3;
    for (size_t i = 0; i < kind->field_count; i++) {
        if (!(kind->fields[i].flags & FIELD_KEY)) continue;
        struct value absent = { .number = -1 };
        parameter = value_bind(select, parameter, &kind->fields[i], record_has(record, i) ? &record->values[i] : &absent);
    }
    if (!statement_step(select, seen, error)) return false;
    statement_reset(select);
    return true;
}

/* ---- showing ---- */

static void value_show(struct rows *rows, const struct field *field, const struct value *value, struct text *scratch)
{
    static const struct str classes[] = {
        [REASON_NONE] = STR("{\"class\":\"none\"}"), [REASON_EARLY] = STR("{\"class\":\"early\",\"sealed\":true}"),
        [REASON_LATE] = STR("{\"class\":\"late\",\"sealed\":true}"), [REASON_OTHER] = STR("{\"class\":\"other\",\"sealed\":true}"),
    };
    switch (field->type) {
    case FIELD_PERSON:
    case FIELD_COUNT:
        rows_number(rows, field->name, value->number);
        break;
    case FIELD_DECIMAL:
        rows_decimal(rows, field->name, value->number, MONEY_DECIMALS);
        break;
    case FIELD_FLAG:
        rows_flag(rows, field->name, value->number);
        break;
    case FIELD_FORM:
        rows_json(rows, field->name, value->text);
        break;
    case FIELD_SEALED:
        rows_json(rows, field->name, STR("{\"sealed\":true}"));
        break;
    case FIELD_REASON:
        rows_json(rows, field->name, classes[value->reason]);
        break;
    default:
        scratch->length = 0;
        value_text(field, value, scratch);
        rows_string(rows, field->name, text_str(scratch));
    }
}

void record_show(struct rows *rows, const struct record *record, uint64_t entry)
{
    struct text scratch = { 0 };
    rows_begin(rows);
    rows_string(rows, "kind", str_of(record->kind->name));
    rows_string(rows, "source", record->source);
    rows_number(rows, "seq", (int64_t)record->seq);
    rows_number(rows, "entry", (int64_t)entry);
    rows_number(rows, "position", (int64_t)entry + 1);
    for (size_t i = 0; i < record->kind->field_count; i++) {
        const struct field *field = &record->kind->fields[i];
        if (record_has(record, i))
            value_show(rows, field, &record->values[i], &scratch);
        else if (rows_have_columns(rows))
            rows_null(rows, field->name);
    }
    rows_end(rows);
    text_close(&scratch);
}
