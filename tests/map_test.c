/* Maps: what they make of rows, and what they say when they are wrong. In the maps here ' stands for ". */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/json.h"
#include "base/moment.h"
#include "door/map_parts.h"
#include "measure/complaint/complaint.h"
#include "tree.h"

#include <cmocka.h>
#undef fail /* ours is meant */
#include "both_languages.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
enum { CELLS = 8 };

static const struct choice services[] = { { "data", { "mobile data", "流量" } }, { "voice", { "voice calls", "语音" } } };
static const struct field fields[] = {
    { "subscriber", FIELD_PERSON, FIELD_NEEDED, { "the number", "号码" }, NULL, 0 },
    { "service", FIELD_CHOICE, 0, { "what was used", "业务" }, services, COUNT(services) },
    { "start", FIELD_TIME, 0, { "when it began", "开始时间" }, NULL, 0 },
    { "quantity", FIELD_COUNT, 0, { "how much", "用量" }, NULL, 0 },
    { "amount", FIELD_MONEY, 0, { "money", "金额" }, NULL, 0 },
    { "area", FIELD_CODE, 0, { "where", "地区" }, NULL, 0 },
    { "day", FIELD_DATE, 0, { "on what day", "日期" }, NULL, 0 },
    { "name", FIELD_LABEL, 0, { "a name", "名称" }, NULL, 0 },
    { "end", FIELD_TIME, FIELD_DAY_ENDS, { "when it ended", "结束时间" }, NULL, 0 },
};
static const struct kind use = { .name = "use", .version = 1, .fields = fields, .field_count = COUNT(fields) };

static struct map *map_of(const struct kind *kind, const char *text, struct error *error)
{
    struct str json = { strdup(text), strlen(text) };
    for (char *at = (char *)json.at; *at; at++)
        if (*at == '\'') *at = '"';
    struct map *map = map_of_json(kind, json, "m.json", error);
    free((char *)json.at);
    return map;
}

struct table {
    const char *columns[CELLS];
    const char *cells[CELLS]; /* NULL: no value */
    enum cell_type types[CELLS];
};

static size_t columns_of(const struct table *table, struct str columns[CELLS])
{
    size_t count = 0;
    for (; count < CELLS && table->columns[count]; count++)
        columns[count] = str_of(table->columns[count]);
    return count;
}

/* Binds, reads the row and shows the record as "SOURCE/SEQ field=value ...", or "field: what is wrong". */
static const char *record_of(struct map *map, const struct table *table, struct text *out)
{
    struct str columns[CELLS], field = STR("");
    struct cell cells[CELLS];
    struct error error = { 0 };
    struct record record;
    const struct field *wrong;
    struct arena arena = { 0 };
    size_t count = columns_of(table, columns);
    for (size_t i = 0; i < count; i++)
        cells[i] = (struct cell){ str_of(table->cells[i]), table->cells[i] ? table->types[i] : CELL_NULL };
    struct row row = { .line = 17, .cells = cells, .count = count };
    out->length = 0;
    if (!map_bind(map, columns, count, &error)) {
        text_format(out, "%s", error.says);
    } else if (!map_record(map, &row, STR("f.csv"), INT64_C(1500000000000), &arena, &record, &field, &error)) {
        text_format(out, "%.*s: %s", STR_ARGS(field), error.says);
    } else if (!record_check(&record, &wrong, &error)) {
        text_format(out, "%s: %s", wrong->name, error.says);
    } else {
        text_format(out, "%.*s/%llu", STR_ARGS(record.source), (unsigned long long)record.seq);
        for (size_t i = 0; i < map->kind->field_count; i++) {
            if (!record_has(&record, i)) continue;
            enum field_type type = map->kind->fields[i].type;
            text_format(out, " %s=", map->kind->fields[i].name);
            if (type == FIELD_PERSON || type == FIELD_SEALED)
                text_add(out, record.values[i].text);
            else
                value_text(&map->kind->fields[i], &record.values[i], out);
        }
    }
    if (error.code) assert_said_in_both(&error);
    arena_close(&arena);
    return text_zero(out);
}

struct example {
    const char *map; /* NULL: the plain map */
    struct table table;
    const char *becomes;
};

static void check(const struct example *examples, size_t count)
{
    struct text out = { 0 };
    for (size_t i = 0; i < count; i++) {
        struct error error = { 0 };
        struct map *map = examples[i].map ? map_of(&use, examples[i].map, &error) : map_plain(&use);
        if (!map) print_error("%s\n", error.says);
        assert_non_null(map);
        assert_string_equal(record_of(map, &examples[i].table, &out), examples[i].becomes);
        map_close(map);
    }
    text_close(&out);
}

static void the_plain_map(void **state)
{
    (void)state;
    static const struct example examples[] = {
        { NULL,
          { { "quantity", "subscriber" }, { "5", "+86 138 0013 8000" }, { 0 } },
          "f.csv/17 subscriber=13800138000 quantity=5" },
        { NULL, { { "subscriber", "quantity", "service" }, { "1", " 　", NULL }, { 0 } }, "f.csv/17 subscriber=1" },
        { NULL,
          { { "source", "seq", "Subscriber", "rejected" }, { "boss", "99", "1", "it was wrong" }, { 0 } },
          "boss/99 subscriber=1" },
        { NULL, { { "source", "seq", "subscriber" }, { NULL, NULL, "1" }, { 0 } }, "f.csv/17 subscriber=1" },
        { NULL,
          { { "seq", "subscriber" }, { "-1", "1" }, { 0 } },
          "seq: '-1' is below zero: a whole number from 0 on is wanted" },
        { NULL, { { "quantity" }, { "5" }, { 0 } }, "subscriber: subscriber is missing: every use needs it (the number)" },
        { NULL,
          { { "subscriber", "quantity" }, { "1", "x" }, { 0 } },
          "quantity: 'x' is no whole number from 0 to 9223372036854775807: write it as 157286400" },
        { NULL,
          { { "subscriber", "Memo" }, { "1", "x" }, { 0 } },
          "the file has a column 'Memo' that a use does not have (it has subscriber, service, start, quantity, amount, area, "
          "day, name, end): take it out, or load with a map, which `mingbai map use FILE` proposes" },
        { NULL, { { "subscriber", "subscriber" }, { "1", "2" }, { 0 } }, "the file has two columns subscriber: take one out" },
        { NULL, { { "subscriber", "" }, { "1", NULL }, { 0 } }, "f.csv/17 subscriber=1" },
        { NULL,
          { { "subscriber", "" }, { "1", "x" }, { 0 } },
          ": 'x' stands in column 2, which has no heading: give it one, or empty it" },
        { NULL,
          { { "subscriber" }, { "{}" }, { CELL_OTHER } },
          "subscriber: '{}' is a list or an object: one value is wanted" },
    };
    check(examples, COUNT(examples));
}

static void columns_values_and_joins(void **state)
{
    (void)state;
    static const struct example examples[] = {
        { "{'fields':{'subscriber':'手机号'},'ignore':['City']}",
          { { " 手机号 ", "CITY", "quantity" }, { "1", "x", "2" }, { 0 } },
          "f.csv/17 subscriber=1 quantity=2" },
        { "{'fields':{'subscriber':'A'},'ignore':'*'}",
          { { "a", "B", "C" }, { "1", "x", "2" }, { 0 } },
          "f.csv/17 subscriber=1" },
        { "{'fields':{'subscriber':'A'},'ignore':['quantity']}",
          { { "A", "quantity" }, { "1", "2" }, { 0 } },
          "f.csv/17 subscriber=1" },
        { "{'fields':{'subscriber':{'value':'7'}}}", { { "quantity" }, { "2" }, { 0 } }, "f.csv/17 subscriber=7 quantity=2" },
        { "{'fields':{'subscriber':{'made':'source-line'}}}",
          { { "quantity" }, { "2" }, { 0 } },
          "f.csv/17 subscriber=f.csv-17 quantity=2" },
        { "{'source':'boss','fields':{'name':{'made':'source-line'},'seq':'No.','subscriber':'A'}}",
          { { "A", "No." }, { "1", "4" }, { 0 } },
          "boss/4 subscriber=1 name=boss-4" },
        { "{'fields':{'subscriber':{'columns':['A','B','C'],'join':'-'}}}",
          { { "A", "B", "C" }, { "1", NULL, " 2 " }, { 0 } },
          "f.csv/17 subscriber=1-2" },
        { "{'fields':{'subscriber':'A','area':{'column':'State','before':'US-'}}}",
          { { "A", "State" }, { "1", " MD" }, { 0 } },
          "f.csv/17 subscriber=1 area=US-MD" },
        { "{'fields':{'subscriber':'A','area':{'column':'N','code':true}}}",
          { { "A", "N" }, { "1", " AT&T Mobility, Inc." }, { 0 } },
          "f.csv/17 subscriber=1 area=at-t-mobility-inc" },
        { "{'fields':{'subscriber':'A','area':{'column':'N','code':true,'values':{'AT&T':'ATT'},'otherwise':'*'}}}",
          { { "A", "N" }, { "1", "AT&T" }, { 0 } },
          "f.csv/17 subscriber=1 area=ATT" },
        { "{'fields':{'subscriber':'A','area':{'column':'N','code':true}}}",
          { { "A", "N" }, { "1", "电信" }, { 0 } },
          "N: '电信' is no code: a code has letters, digits and marks without spaces, as 320100 for Nanjing; a map can turn "
          "names into codes" },
        { "{'fields':{'subscriber':'A','name':'A'}}", { { "A" }, { "1" }, { 0 } }, "f.csv/17 subscriber=1 name=1" },
        { "{'fields':{'subscriber':'A','name':{'column':'B','optional':true}}}",
          { { "A" }, { "1" }, { 0 } },
          "f.csv/17 subscriber=1" },
        { "{'fields':{'subscriber':'A','name':'B'}}",
          { { "A" }, { "1" }, { 0 } },
          "the file has no column 'B', from which the map takes name: correct the name in the map, or add \"optional\": true "
          "there "
          "where some files lack it" },
        { "{'fields':{'subscriber':'A'}}",
          { { "A", "B" }, { "1", "x" }, { 0 } },
          "the file has a column 'B' that the map does not name: give it to a field, or list it under \"ignore\" (\"ignore\": "
          "\"*\" for all others)" },
        { "{'fields':{'subscriber':'A'}}",
          { { "A", "A" }, { "1", "x" }, { 0 } },
          "the file has 2 columns 'A', and subscriber is to come from one: rename the others in the file" },
        { "{'fields':{'name':'A'}}",
          { { "A" }, { "1" }, { 0 } },
          "the map says nothing of subscriber, which every use needs (the number): give it a column, or a \"value\" for all" },
        { "{'fields':{'subscriber':{'columns':['A','B'],'join':'-'}}}",
          { { "A", "B" }, { "张", "三" }, { 0 } },
          "A + B: '张-三' is no number, account or document: letters, digits and @ . _ * # / - only, as 13800138000" },
    };
    check(examples, COUNT(examples));
}

static void tables_of_values(void **state)
{
    (void)state;
#define TABLE(more) "{'fields':{'subscriber':'A','area':{'column':'B','values':{'Maryland':'US-MD','none':null}" more "}}}"
    static const struct example examples[] = {
        { TABLE(""), { { "A", "B" }, { "1", " MARYLAND " }, { 0 } }, "f.csv/17 subscriber=1 area=US-MD" },
        { TABLE(""), { { "A", "B" }, { "1", "none" }, { 0 } }, "f.csv/17 subscriber=1" },
        { TABLE(""), { { "A", "B" }, { "1", NULL }, { 0 } }, "f.csv/17 subscriber=1" },
        { TABLE(""),
          { { "A", "B" }, { "1", "Utopia" }, { 0 } },
          "B: 'Utopia' is not among the map's values for area: add it to \"values\" there, or say \"otherwise\"" },
        { TABLE(",'otherwise':'US'"), { { "A", "B" }, { "1", "Utopia" }, { 0 } }, "f.csv/17 subscriber=1 area=US" },
        { TABLE(",'otherwise':null"), { { "A", "B" }, { "1", "Utopia" }, { 0 } }, "f.csv/17 subscriber=1" },
        { TABLE(",'otherwise':'*'"), { { "A", "B" }, { "1", "Utopia" }, { 0 } }, "f.csv/17 subscriber=1 area=Utopia" },
    };
    check(examples, COUNT(examples));
}

static void dates_and_offsets(void **state)
{
    (void)state;
#define FORMS                                                                                                                  \
    "{'fields':{'subscriber':{'value':'1'},'start':{'columns':['D','T'],"                                                      \
    "'forms':['MM-DD-YYYY h:mm:ss A','DD-MM-YYYY h:mm:ss A','YYYY年M月D日 Ah:mm','D MMM YY HH:mm Z']"
    static const struct example examples[] = {
        { FORMS "}}}",
          { { "D", "T" }, { "22-04-2015", "3:53:50 PM" }, { 0 } },
          "f.csv/17 subscriber=1 start=2015-04-22T15:53:50+08:00" },
        { FORMS "}}}",
          { { "D", "T" }, { "04-08-2015", "12:00:00 am" }, { 0 } },
          "f.csv/17 subscriber=1 start=2015-04-08T00:00:00+08:00" },
        { FORMS "}}}",
          { { "D", "T" }, { "2015年4月8日", "下午3:05" }, { 0 } },
          "f.csv/17 subscriber=1 start=2015-04-08T15:05:00+08:00" },
        { FORMS "}}}",
          { { "D", "T" }, { "8 April 15", "03:05  +0000" }, { 0 } },
          "f.csv/17 subscriber=1 start=2015-04-08T11:05:00+08:00" },
        { FORMS ",'offset':'-05:00'}}}",
          { { "D", "T" }, { "22-04-2015", "3:53:50 PM" }, { 0 } },
          "f.csv/17 subscriber=1 start=2015-04-23T04:53:50+08:00" },
        { FORMS ",'offset':'-05:00'}}}",
          { { "D", "T" }, { "8 Apr 15", "03:05 Z" }, { 0 } },
          "f.csv/17 subscriber=1 start=2015-04-08T11:05:00+08:00" },
        { FORMS "}}}",
          { { "D", "T" }, { "31-04-2015", "3:53:50 PM" }, { 0 } },
          "D + T: '31-04-2015 3:53:50 PM' is no real date in the map's forms: MM-DD-YYYY h:mm:ss A, DD-MM-YYYY h:mm:ss A, "
          "YYYY年M月D日 Ah:mm, D MMM YY HH:mm Z" },
        { FORMS "}}}",
          { { "D", "T" }, { "22-04-2035", "3:53:50 PM" }, { 0 } },
          "D + T: '2035-04-22T15:53:50' is more than a day in the future: write the time when it happened" },
        { FORMS "}}}",
          { { "D", "T" }, { "42116", "0.5" }, { CELL_DATE, CELL_DATE } },
          "f.csv/17 subscriber=1 start=2015-04-22T12:00:00+08:00" },
        { "{'fields':{'subscriber':{'value':'1'},'start':{'column':'D','offset':'Z'}}}",
          { { "D" }, { "2015-04-22 12:00:00" }, { 0 } },
          "f.csv/17 subscriber=1 start=2015-04-22T20:00:00+08:00" },
        { "{'fields':{'subscriber':{'value':'1'},'start':{'column':'D','offset':'Z'}}}",
          { { "D" }, { "2015-04-22T12:00:00+08:00" }, { 0 } },
          "f.csv/17 subscriber=1 start=2015-04-22T12:00:00+08:00" },
        { "{'fields':{'subscriber':{'value':'1'},'start':{'column':'D','offset':'Z'}}}",
          { { "D" }, { "soon" }, { 0 } },
          "D: 'soon' is no time: write it as 2015-01-03T08:00:00+08:00 (or 2015-01-03 08:00:00)" },
        { "{'fields':{'subscriber':{'value':'1'},'day':{'column':'D','forms':'D/M/YY'}}}",
          { { "D" }, { "5/4/15" }, { 0 } },
          "f.csv/17 subscriber=1 day=2015-04-05" },
#define END(more) "{'fields':{'subscriber':{'value':'1'},'end':{'column':'D'" more "}}}"
        { END(",'forms':['D/M/YY H:mm','D/M/YY']"),
          { { "D" }, { "5/4/15" }, { 0 } },
          "f.csv/17 subscriber=1 end=2015-04-06T00:00:00+08:00" },
        { END(",'forms':['D/M/YY H:mm','D/M/YY']"),
          { { "D" }, { "5/4/15 0:00" }, { 0 } },
          "f.csv/17 subscriber=1 end=2015-04-05T00:00:00+08:00" },
        { END(",'forms':'D/M/YY','offset':'Z'"),
          { { "D" }, { "5/4/15" }, { 0 } },
          "f.csv/17 subscriber=1 end=2015-04-06T08:00:00+08:00" },
        { END(",'offset':'Z'"), { { "D" }, { "2015-04-05" }, { 0 } }, "f.csv/17 subscriber=1 end=2015-04-06T08:00:00+08:00" },
        { END(",'offset':'Z'"), { { "D" }, { "42099" }, { CELL_DATE } }, "f.csv/17 subscriber=1 end=2015-04-06T08:00:00+08:00" },
    };
    check(examples, COUNT(examples));
}

static void units_and_factors(void **state)
{
    (void)state;
#define SCALED(field, more) "{'fields':{'subscriber':{'value':'1'},'" field "':{'column':'Q'," more "}}}"
    static const struct example examples[] = {
        { SCALED("quantity", "'times':1024"), { { "Q" }, { "1,000" }, { 0 } }, "f.csv/17 subscriber=1 quantity=1024000" },
        { SCALED("quantity", "'unit':'MB'"), { { "Q" }, { "1.5" }, { 0 } }, "f.csv/17 subscriber=1 quantity=1572864" },
        { SCALED("quantity", "'unit':'MB'"),
          { { "Q" }, { "1.27" }, { 0 } },
          "Q: '1.27' times the map's factor is no whole number: check the unit, or add \"round\": true in the map" },
        { SCALED("quantity", "'unit':'MB','round':true"),
          { { "Q" }, { "1.27" }, { 0 } },
          "f.csv/17 subscriber=1 quantity=1331692" },
        { SCALED("quantity", "'unit':'MB','round':true"),
          { { "Q" }, { "1.23" }, { 0 } },
          "f.csv/17 subscriber=1 quantity=1289748" },
        { SCALED("quantity", "'times':'0.5'"), { { "Q" }, { "8" }, { CELL_NUMBER } }, "f.csv/17 subscriber=1 quantity=4" },
        { SCALED("quantity", "'times':0.5"), { { "Q" }, { "8" }, { CELL_NUMBER } }, "f.csv/17 subscriber=1 quantity=4" },
        { SCALED("quantity", "'unit':'min'"),
          { { "Q" }, { "-1" }, { 0 } },
          "Q: '-60' is below zero: a whole number from 0 on is wanted" },
        { SCALED("quantity", "'unit':'TB'"),
          { { "Q" }, { "9000000000" }, { 0 } },
          "Q: '9000000000' is too large in the map's unit" },
        { SCALED("amount", "'unit':'fen'"), { { "Q" }, { "29" }, { 0 } }, "f.csv/17 subscriber=1 amount=0.29" },
        { SCALED("amount", "'unit':'fen'"),
          { { "Q" }, { "0.00001" }, { 0 } },
          "Q: '0.00001' times the map's factor is no number with at most 6 decimals: check the unit, or add \"round\": true in "
          "the "
          "map" },
    };
    check(examples, COUNT(examples));
}

static void mistakes_are_named_by_their_place(void **state)
{
    (void)state;
    static const struct {
        const char *map, *says;
    } mistakes[] = {
        { "", "m.json is no JSON, line 1" },
        { "{'fields':{}", "m.json is no JSON, line 1" },
        { "[]", "m.json: a map is one JSON object" },
        { "{'field':{}}", "m.json: there is no \"field\": there are kind, source, fields, ignore, note" },
        { "{}", "m.json, fields: a table of our fields is wanted" },
        { "{'kind':'call','fields':{}}", "m.json: this map is for the kind call, and you load use" },
        { "{'fields':{'number':'A'}}", "m.json: a use has no field 'number'; mingbai kinds use lists its fields" },
        { "{'fields':{'name':7}}", "m.json, field \"name\": a column's name, or {\"column\": ...} is wanted" },
        { "{'fields':{'name':{'colum':'A'}}}", "m.json, field \"name\": there is no \"colum\"" },
        { "{'fields':{'name':{}}}", "m.json, field \"name\": one of column, columns, value and made" },
        { "{'fields':{'name':{'column':'A','value':'B'}}}", "m.json, field \"name\": one of column, columns, value and made" },
        { "{'fields':{'name':{'column':'A','forms':['YYYY']}}}", "m.json, field \"name\", forms: only times and dates" },
        { "{'fields':{'start':{'column':'A','forms':['YYYY-MM-DD h:mm']}}}",
          "field \"start\", forms: in the form 'YYYY-MM-DD h:mm', h and A" },
        { "{'fields':{'start':{'column':'A','forms':['yyyy-mm-dd']}}}", "has a letter y" },
        { "{'fields':{'start':{'column':'A','forms':['MM-DD']}}}", "has no year" },
        { "{'fields':{'start':{'column':'A','offset':'EST'}}}", "field \"start\", offset: an offset from UTC is wanted" },
        { "{'fields':{'quantity':{'column':'A','unit':'Mb'}}}",
          "field \"quantity\", unit: there is no such unit; there are byte" },
        { "{'fields':{'quantity':{'column':'A','times':-1}}}", "field \"quantity\", times: a number above 0" },
        { "{'fields':{'quantity':{'column':'A','times':2,'unit':'KB'}}}", "times and unit say the same" },
        { "{'fields':{'service':{'column':'A','values':{'Internet':'net'}}}}",
          "field \"service\", values, 'Internet': 'net' is none of the choices: data, voice" },
        { "{'fields':{'service':{'column':'A','values':{'Internet':'?'}}}}",
          "field \"service\", values, 'Internet': the question mark" },
        { "{'fields':{'area':{'value':'?'}}}", "field \"area\", value: the question mark" },
        { "{'fields':{'area':{'value':'南京'}}}", "field \"area\", value: '南京' is no code" },
        { "{'fields':{'area':{'column':'A','otherwise':'x'}}}", "otherwise goes with a table of values" },
        { "{'source':'s','fields':{'name':'A'}}", "m.json, source: a source for every file needs a column for seq" },
        { "{'fields':{'name':'A','name':'B'}}", "duplicate" },
        { "{'fields':{},'ignore':'City'}", "m.json, ignore: a list of column names is wanted" },
    };
    for (size_t i = 0; i < COUNT(mistakes); i++) {
        struct error error = { 0 };
        assert_null(map_of(&use, mistakes[i].map, &error));
        if (!strstr(error.says, mistakes[i].says)) print_error("%s\nsays: %s\n", mistakes[i].map, error.says);
        assert_non_null(strstr(error.says, mistakes[i].says));
        assert_said_in_both(&error);
    }
}

static void names_for_the_header(void **state)
{
    (void)state;
    struct error error = { 0 };
    size_t count;
    struct map *plain = map_plain(&use);
    const struct str *names = map_columns(plain, &count);
    assert_int_equal(count, COUNT(fields) + 3);
    assert_true(str_equal(names[0], STR("subscriber")));
    struct map *map = map_of(&use, "{'fields':{'subscriber':'A','start':{'columns':['D','T']}},'ignore':['B']}", &error);
    names = map_columns(map, &count);
    assert_int_equal(count, 4 + COUNT(fields) - 2 + 3);
    assert_true(str_equal(names[2], STR("T")) && str_equal(names[3], STR("B")));
    map_close(plain);
    map_close(map);
}

/* A list of columns that grows while JSON is read. */
static void binding_again(void **state)
{
    (void)state;
    static const struct table first = { { "subscriber" }, { "1" }, { 0 } };
    static const struct table second = { { "subscriber", "quantity", "seq" }, { "1", "2", "3" }, { 0 } };
    struct text out = { 0 };
    struct map *map = map_plain(&use);
    assert_string_equal(record_of(map, &first, &out), "f.csv/17 subscriber=1");
    assert_false(map_has_seq(map));
    assert_string_equal(record_of(map, &second, &out), "f.csv/3 subscriber=1 quantity=2");
    assert_true(map_has_seq(map));
    map_close(map);
    text_close(&out);
}

static void the_map_of_the_us_file(void **state)
{
    (void)state;
    static const char *const columns[] = {
        "Ticket #", "Customer Complaint",         "Date", "Time", "Received Via", "City", "State", "Zip code",
        "Status",   "Filing on Behalf of Someone"
    };
    static const struct {
        const char *cells[COUNT(columns)], *filed, *area, *outcome;
    } rows[] = {
        { { "1", "Slow", "22-04-2015", "3:53:50 PM", "Customer Care Call", "A", "Maryland", "2", "Closed", "No" },
          "2015-04-22T15:53:50+08:00",
          "US-MD",
          "closed" },
        { { "comcas", "Slow", "04-08-2015", "10:22:56 AM", "Internet", "A", "District Of Columbia", "2", "Open", "No" },
          "2015-04-08T10:22:56+08:00",
          "US-DC",
          NULL },
        { { "3", "Slow", "05-07-2015", "11:59:35 AM", "Internet", "A", "District of Columbia", "2", "Solved", "Yes" },
          "2015-05-07T11:59:35+08:00",
          "US-DC",
          "solved" },
    };
    char path[256];
    struct error error = { 0 };
    struct map *map = map_open(&complaint_kind, tree_path("maps/complaints.us.comcast.json", path), &error);
    if (!map) print_error("%s\n", error.says);
    assert_non_null(map);
    struct str names[COUNT(columns)];
    struct arena arena = { 0 };
    struct text out = { 0 };
    for (size_t i = 0; i < COUNT(columns); i++)
        names[i] = str_of(columns[i]);
    assert_true(map_bind(map, names, COUNT(names), &error));
    size_t filed = kind_field(&complaint_kind, STR("filed")), area = kind_field(&complaint_kind, STR("area"));
    size_t outcome = kind_field(&complaint_kind, STR("outcome")), answered = kind_field(&complaint_kind, STR("answered"));
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct cell cells[COUNT(columns)];
        struct record record;
        struct str field;
        for (size_t j = 0; j < COUNT(columns); j++)
            cells[j] = (struct cell){ str_of(rows[i].cells[j]), CELL_TEXT };
        struct row row = { .line = i + 2, .cells = cells, .count = COUNT(columns) };
        assert_true(map_record(map, &row, STR("f"), moment_now(), &arena, &record, &field, &error));
        out.length = 0;
        value_text(&complaint_kind.fields[filed], &record.values[filed], &out);
        assert_string_equal(text_zero(&out), rows[i].filed);
        assert_true(str_equal(record.values[area].text, str_of(rows[i].area)));
        assert_int_equal(record_has(&record, outcome), rows[i].outcome != NULL);
        if (rows[i].outcome) assert_true(str_equal(record.values[outcome].text, str_of(rows[i].outcome)));
        assert_false(record_has(&record, answered));
    }
    map_close(map);
    arena_close(&arena);
    text_close(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_plain_map),          cmocka_unit_test(columns_values_and_joins),
        cmocka_unit_test(tables_of_values),       cmocka_unit_test(dates_and_offsets),
        cmocka_unit_test(units_and_factors),      cmocka_unit_test(mistakes_are_named_by_their_place),
        cmocka_unit_test(binding_again),          cmocka_unit_test(names_for_the_header),
        cmocka_unit_test(the_map_of_the_us_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
