#include "measure/law.h"
#include "measure/province/province.h"

#define NEEDED FIELD_NEEDED
#define KEY (FIELD_NEEDED | FIELD_KEY)
#define KEY_OR_EMPTY FIELD_KEY
#define OPTIONAL 0
#define COUNT(array) (sizeof(array) / sizeof *(array))

/* ---- who and where ---- */

static const struct field operator_fields[] = {
    { "operator", FIELD_CODE, KEY, { "code of the operator, as in all records", "运营商代码，各类记录均以此为准" }, NULL, 0 },
    { "name_zh", FIELD_LABEL, NEEDED, { "name in Chinese", "中文名称" }, NULL, 0 },
    { "name_en", FIELD_LABEL, NEEDED, { "name in English", "英文名称" }, NULL, 0 },
};

static const struct field area_fields[] = {
    { "area", FIELD_CODE, KEY, { "code of the area: GB/T 2260, or one of your own", "区域代码：GB/T 2260 代码或自定代码" }, NULL, 0 },
    { "parent", FIELD_CODE, OPTIONAL, { "code of the area it lies in", "上级区域代码" }, NULL, 0 },
    { "name_zh", FIELD_LABEL, NEEDED, { "name in Chinese", "中文名称" }, NULL, 0 },
    { "name_en", FIELD_LABEL, NEEDED, { "name in English", "英文名称" }, NULL, 0 },
    { "population", FIELD_COUNT, OPTIONAL, { "people who live there", "常住人口数" }, NULL, 0 },
};

static const struct field market_fields[] = {
    { "operator", FIELD_CODE, KEY, { "the operator", "运营商" }, NULL, 0 },
    { "area", FIELD_CODE, KEY, { "the area", "区域" }, NULL, 0 },
    { "month", FIELD_MONTH, KEY, { "the month", "月份" }, NULL, 0 },
    { "subscribers", FIELD_COUNT, NEEDED, { "subscribers at the end of the month", "月末用户数" }, NULL, 0 },
};

static const struct field subscriber_fields[] = {
    { "subscriber", FIELD_PERSON, KEY, { "the number or account", "号码或账号" }, NULL, 0 },
    { "operator", FIELD_CODE, NEEDED, { "the operator that serves it", "提供服务的运营商" }, NULL, 0 },
    { "area", FIELD_CODE, NEEDED, { "the area where it belongs", "归属区域" }, NULL, 0 },
    { "since", FIELD_DATE, NEEDED, { "the first day", "入网日期" }, NULL, 0 },
    { "until", FIELD_DATE, OPTIONAL, { "the day from which it is no longer served; empty: still served",
                                       "离网日期，自该日起不再提供服务；空：仍在网" }, NULL, 0 },
};

/* ---- the law ---- */

static const struct choice places[] = {
    { "town", { "town", "城镇" } },
    { "rural", { "rural", "农村" } },
};

/* In the order of enum limit_unit. */
static const struct choice units[] = {
    [UNIT_HOUR] = { "hour", { "hours", "小时" } },
    [UNIT_DAY] = { "day", { "days", "日" } },
    [UNIT_WORKDAY] = { "workday", { "working days", "工作日" } },
    [UNIT_MINUTE] = { "minute", { "minutes", "分钟" } },
    [UNIT_MONTH] = { "month", { "months", "个月" } },
    [UNIT_YEAR] = { "year", { "years", "年" } },
    [UNIT_SHARE] = { "share", { "of one", "比例" } },
    [UNIT_COUNT] = { "count", { "in number", "个" } },
    [UNIT_YUAN] = { "yuan", { "yuan", "元" } },
};

static const struct field limit_fields[] = {
    { "duty", FIELD_CODE, KEY, { "the duty that it limits, as findings name it", "所限定的义务，与问题中的名称一致" }, NULL, 0 },
    { "area", FIELD_CODE, KEY_OR_EMPTY, { "the area where it holds; empty: the nation", "适用区域；空：全国" }, NULL, 0 },
    { "service", FIELD_CODE, KEY_OR_EMPTY, { "the service that it is about; empty: any", "所涉业务；空：不限" }, NULL, 0 },
    { "place", FIELD_CHOICE, KEY_OR_EMPTY, { "in towns or in the country; empty: both", "城镇或农村；空：不分" }, places, COUNT(places) },
    { "statistic", FIELD_CODE, KEY_OR_EMPTY,
      { "which number of the duty: mean, longest, charge ...; empty: the only one",
        "义务中的哪个数：mean（平均）、longest（最长）、charge（收费）等；空：唯一一个" },
      NULL, 0 },
    { "value", FIELD_DECIMAL, NEEDED, { "the limit itself", "限值" }, NULL, 0 },
    { "unit", FIELD_CHOICE, NEEDED, { "what the value counts", "限值的单位" }, units, COUNT(units) },
    { "from", FIELD_DATE, KEY, { "the day from which it holds", "自该日起施行" }, NULL, 0 },
    { "to", FIELD_DATE, OPTIONAL, { "the day from which it no longer holds; empty: still in force",
                                    "自该日起不再施行；空：仍有效" }, NULL, 0 },
    { "basis", FIELD_LABEL, NEEDED, { "the rule it comes from", "依据" }, NULL, 0 },
    { "status", FIELD_CODE, NEEDED,
      { "V: text of the rule seen; V2: seen quoted; R: from memory; ours: a default of this system",
        "V：已见条文；V2：见于转引；R：凭记忆；ours：本系统默认值" }, NULL, 0 },
};

enum { LIMIT_MOST = 1000000 }; /* of a unit of time */
enum { LIMIT_VALUE = 5, LIMIT_UNIT = 6, LIMIT_FROM = 7, LIMIT_TO = 8 };

static bool counts_whole(int64_t unit)
{
    return unit == UNIT_DAY || unit == UNIT_WORKDAY || unit == UNIT_MONTH || unit == UNIT_YEAR || unit == UNIT_COUNT;
}

static bool is_time(int64_t unit)
{
    return unit == UNIT_MINUTE || unit == UNIT_HOUR || unit == UNIT_DAY || unit == UNIT_WORKDAY || unit == UNIT_MONTH || unit == UNIT_YEAR;
}

static bool limit_check(const struct record *record, const struct field **field, struct error *error)
{
    const struct value *values = record->values;
    *field = &limit_fields[LIMIT_VALUE];
    if (values[LIMIT_VALUE].number < 0) return fail_both(error, ERROR_INPUT, "a limit is not below 0", "限值不能小于 0");
    if (counts_whole(values[LIMIT_UNIT].number) && values[LIMIT_VALUE].number % 1000000 != 0)
        return fail_both(error, ERROR_INPUT, "a limit in this unit is a whole number, such as 15", "这个单位的限值须为整数，如 15");
    if (values[LIMIT_UNIT].number == UNIT_SHARE && values[LIMIT_VALUE].number > 1000000)
        return fail_both(error, ERROR_INPUT, "a share is between 0 and 1: write 80 %% as 0.8",
                         "比例在 0 与 1 之间：80%% 写作 0.8");
    if (is_time(values[LIMIT_UNIT].number) && values[LIMIT_VALUE].number > INT64_C(1000000) * LIMIT_MOST)
        return fail_both(error, ERROR_INPUT, "a limit of more than a million is a mistake: look at the unit", "限值超过一百万，应是写错了：请核对单位");
    *field = &limit_fields[LIMIT_TO];
    if (record_has(record, LIMIT_TO) && values[LIMIT_TO].number <= values[LIMIT_FROM].number)
        return fail_both(error, ERROR_INPUT, "'to' is after 'from': it is the first day on which the limit no longer holds",
                         "to 须晚于 from：to 是限值失效的第一天");
    return true;
}

static const struct field workday_fields[] = {
    { "date", FIELD_DATE, KEY, { "the day", "日期" }, NULL, 0 },
    { "working", FIELD_FLAG, NEEDED, { "whether people work that day", "是否上班" }, NULL, 0 },
    { "basis", FIELD_LABEL, NEEDED, { "the notice that says so", "依据" }, NULL, 0 },
};

enum { SUBSCRIBER_SINCE = 3, SUBSCRIBER_UNTIL = 4 };

static bool subscriber_check(const struct record *record, const struct field **field, struct error *error)
{
    *field = &subscriber_fields[SUBSCRIBER_UNTIL];
    if (record_has(record, SUBSCRIBER_UNTIL) &&
        record->values[SUBSCRIBER_UNTIL].number < record->values[SUBSCRIBER_SINCE].number)
        return fail_both(error, ERROR_INPUT, "'until' is before 'since': it is the first day on which the subscriber is not served",
                         "until 早于 since：until 是停止服务的第一天，不能早于 since");
    return true;
}

/* ---- the spine ---- */

static const struct field withdrawal_fields[] = {
    { "target", FIELD_LABEL, NEEDED, { "the source withdrawn", "被撤回的来源" }, NULL, 0 },
    { "why", FIELD_SEALED, OPTIONAL, { "why it was withdrawn", "撤回原因" }, NULL, 0 },
    { "replacement", FIELD_LABEL, OPTIONAL, { "the source that takes its place", "替代的来源" }, NULL, 0 },
    { "hold", FIELD_COUNT, OPTIONAL, { "the mark of the entries that count from here on", "自此起计入的记录所带的标记" }, NULL, 0 },
};

const struct kind operator_kind = {
    .name = "operator", .says = { "an operator of telecom networks", "电信运营商" },
    .version = 1, .fields = operator_fields, .field_count = COUNT(operator_fields),
};
const struct kind area_kind = {
    .name = "area", .says = { "a province, city or county", "省、市、县等区域" },
    .version = 1, .fields = area_fields, .field_count = COUNT(area_fields),
};
const struct kind market_kind = {
    .name = "market", .says = { "how many subscribers an operator has in an area in a month", "运营商在某区域某月的用户总数" },
    .version = 1, .fields = market_fields, .field_count = COUNT(market_fields),
};
const struct kind limit_kind = {
    .name = "limit", .says = { "the law: what a duty allows, where, and from which day on", "法规限值：某项义务在何地、自何日起的限值" },
    .version = 1, .fields = limit_fields, .field_count = COUNT(limit_fields), .check = limit_check,
};
const struct kind workday_kind = {
    .name = "workday", .says = { "a day on which people work or do not, other than by its weekday", "与星期不同的上班日或放假日" },
    .version = 1, .fields = workday_fields, .field_count = COUNT(workday_fields),
};
const struct kind subscriber_kind = {
    .name = "subscriber", .says = { "a number or account served by an operator", "运营商的用户" },
    .version = 1, .bulk = true, .fields = subscriber_fields, .field_count = COUNT(subscriber_fields), .check = subscriber_check,
};
const struct kind withdrawal_kind = {
    .name = "withdrawal", .says = { "a source that no longer counts; written by the program itself", "不再计入的来源，由程序自行记录" },
    .version = 1, .fields = withdrawal_fields, .field_count = COUNT(withdrawal_fields),
};

static const struct field unsealing_fields[] = {
    { "what", FIELD_CODE, NEEDED, { "what was read in clear: person:NUMBER or text:NUMBER", "读取明文的对象：person:编号 或 text:编号" }, NULL, 0 },
    { "who", FIELD_LABEL, NEEDED, { "the account that read it", "读取者的账号" }, NULL, 0 },
    { "why", FIELD_SEALED, NEEDED, { "why it was read", "读取的原因" }, NULL, 0 },
    { "time", FIELD_TIME, NEEDED, { "when it was read", "读取的时间" }, NULL, 0 },
};
const struct kind unsealing_kind = {
    .name = "unsealing", .says = { "a reading of sealed personal data; written by the program itself", "读取封存的个人信息，由程序自行记录" },
    .version = 1, .fields = unsealing_fields, .field_count = COUNT(unsealing_fields),
};

static const struct field clock_fields[] = {
    { "time", FIELD_TIME, FIELD_NEEDED | FIELD_INDEXED, { "what time it was", "当时的时间" }, NULL, 0 },
};
const struct kind clock_kind = {
    .name = "clock", .says = { "that time has passed, when something falls due; written by the program itself", "时间已到某一刻，在有事项到期时由程序自行记录" },
    .version = 1, .fields = clock_fields, .field_count = COUNT(clock_fields),
};

const struct kind *const province_kinds[PROVINCE_KINDS] = {
    &operator_kind, &area_kind, &market_kind, &limit_kind, &workday_kind, &subscriber_kind, &withdrawal_kind,
    &unsealing_kind, &clock_kind,
};
