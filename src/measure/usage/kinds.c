#include "measure/usage/kinds.h"

#include "engine/correction.h"
#include "measure/tariff/tariff.h"
#include "measure/usage/advert.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const struct choice service_choices[] = {
    [SERVICE_DATA] = { "data", { "mobile data", "流量" } },
    [SERVICE_VOICE] = { "voice", { "call", "通话" } },
    [SERVICE_SMS] = { "sms", { "text message", "短信" } },
};

static const struct choice level_choices[SENT_LEVELS] = {
    [LEVEL_THRESHOLD] = { "threshold", { "a share is used", "阈值提醒" } },
    [LEVEL_REACHED] = { "reached", { "all is used", "到量提醒" } },
    [LEVEL_OVER] = { "over", { "charges beyond what is included", "超量提醒" } },
    [LEVEL_CAP] = { "cap", { "the cap is reached", "封顶提醒" } },
    [SENT_LEVEL_ABNORMAL] = { "abnormal", { "the bill is far above the months before", "话费异常提醒" } },
    [SENT_LEVEL_EXPIRY] = { "expiry", { "a plan or pack ends", "到期提醒" } },
};

static const struct field usage_fields[] = {
    [USAGE_SUBSCRIBER] = { "subscriber", FIELD_PERSON, FIELD_NEEDED, { "the number or account", "号码或账号" }, NULL, 0 },
    [USAGE_SERVICE] = { "service", FIELD_CHOICE, FIELD_NEEDED, { "what was used", "业务" }, service_choices, COUNT(service_choices) },
    [USAGE_START] = { "start", FIELD_TIME, FIELD_NEEDED | FIELD_EVENT, { "when it began", "开始时间" }, NULL, 0 },
    [USAGE_QUANTITY] = { "quantity", FIELD_COUNT, FIELD_NEEDED, { "bytes, seconds or messages", "用量：字节、秒或条" }, NULL, 0 },
    [USAGE_SCOPE] = { "scope", FIELD_ID, 0, { "home, roaming or directed:NAME; home where it is left out", "home（国内）、roaming（漫游）或 directed:名称（定向）；空：home" }, NULL, 0 },
    [USAGE_CORRECTS] = { "corrects", FIELD_LABEL, 0, { "the record that this one replaces, as SOURCE/SEQ", "本条更正的记录，写成 来源/序号" }, NULL, 0 },
};

/* No network counted use before 1990, and no file that is read today comes from after 2149: days since 1970-01-01. */
enum { DAY_1990 = 7305, DAY_2150 = 65744 };
static bool in_years(int64_t moment)
{
    return moment >= day_start(DAY_1990) && moment < day_start(DAY_2150);
}

static bool is_scope(struct str scope)
{
    return str_equal(scope, STR("home")) || str_equal(scope, STR("roaming")) || (str_starts(scope, STR("directed:")) && scope.length > 9);
}

static bool usage_check(const struct record *record, const struct field **field, struct error *error)
{
    struct record_name name;
    *field = &usage_fields[USAGE_START];
    if (!in_years(record->values[USAGE_START].number))
        return fail_both(error, ERROR_INPUT, "a time between 1990 and 2149 is wanted", "须为 1990 年至 2149 年之间的时间");
    *field = &usage_fields[USAGE_SCOPE];
    if (record_has(record, USAGE_SCOPE) && !is_scope(record->values[USAGE_SCOPE].text))
        return fail_both(error, ERROR_INPUT, "home, roaming or directed:NAME is wanted", "须为 home（国内）、roaming（漫游）或 directed:名称（定向）");
    *field = &usage_fields[USAGE_CORRECTS];
    if (record_has(record, USAGE_CORRECTS) && !record_name_read(record->values[USAGE_CORRECTS].text, &name))
        return fail_both(error, ERROR_INPUT, "write the record as SOURCE/SEQ, as january.csv/17", "须写成 来源/序号，如 january.csv/17");
    return true;
}

const struct kind usage_kind = {
    .name = "usage",
    .says = { "use of data, calls or text messages", "用量记录" },
    .version = 1,
    .bulk = true,
    .sums_only = true,
    .fields = usage_fields,
    .field_count = COUNT(usage_fields),
    .corrections = "correction",
    .corrects = USAGE_CORRECTS,
    .check = usage_check,
};

static const struct field sent_fields[] = {
    [SENT_SUBSCRIBER] = { "subscriber", FIELD_PERSON, FIELD_NEEDED | FIELD_INDEXED, { "the number or account", "号码或账号" }, NULL, 0 },
    [SENT_CYCLE] = { "cycle", FIELD_MONTH, FIELD_NEEDED, { "the month", "账期" }, NULL, 0 },
    [SENT_POOL] = { "pool", FIELD_ID, FIELD_NEEDED, { "what it is about: data:home, data:home:23-07; for over and cap data, for abnormal bill, for expiry the tariff", "提醒的对象：data:home、data:home:23-07；超量和封顶写 data，话费异常写 bill，到期写资费代码" }, NULL, 0 },
    [SENT_LEVEL] = { "level", FIELD_CHOICE, FIELD_NEEDED, { "which notice", "提醒的种类" }, level_choices, COUNT(level_choices) },
    [SENT_PERCENT] = { "percent", FIELD_COUNT, 0, { "of a threshold: the percentage", "阈值提醒的百分比" }, NULL, 0 },
    [SENT_SENT] = { "sent", FIELD_TIME, FIELD_NEEDED | FIELD_EVENT, { "when it was sent", "发送时间" }, NULL, 0 },
    [SENT_ADVERT] = { "advert", FIELD_FLAG, 0, { "whether it carries advertising; told from the text where that is given", "是否夹带广告；给出正文时由正文判断" }, NULL, 0 },
    [SENT_TEXT] = { "text", FIELD_SEALED, 0, { "what it said", "提醒的正文" }, NULL, 0 },
};

static void sent_derive(struct record *record)
{
    if (!record_has(record, SENT_TEXT)) return;
    record->present |= 1u << SENT_ADVERT;
    record->values[SENT_ADVERT].number = text_advertises(record->values[SENT_TEXT].text);
}

struct str notice_subject(struct arena *arena, uint64_t subscriber, int32_t cycle, struct str pool, int level, int percent)
{
    char month[DAY_ROOM];
    period_format(period_of(cycle, 'M'), month);
    const char *word = level_choices[level].word;
    unsigned long long whose = subscriber;
    if (level != LEVEL_THRESHOLD && level != LEVEL_REACHED) return arena_format(arena, "notice:%llu:%s:%.*s:%s", whose, month, STR_ARGS(pool), word);
    return arena_format(arena, "notice:%llu:%s:%.*s:%s:%d", whose, month, STR_ARGS(pool), word, percent);
}

static bool sent_check(const struct record *record, const struct field **field, struct error *error)
{
    *field = &sent_fields[SENT_PERCENT];
    int64_t level = record->values[SENT_LEVEL].number;
    if (record_has(record, SENT_PERCENT) && (record->values[SENT_PERCENT].number < 1 || record->values[SENT_PERCENT].number > 100))
        return fail_both(error, ERROR_INPUT, "a percentage from 1 to 100 is wanted", "须为 1 至 100 的百分比");
    if (level == LEVEL_THRESHOLD && !record_has(record, SENT_PERCENT))
        return fail_both(error, ERROR_INPUT, "a threshold needs its percentage", "阈值提醒须写明百分比");
    return true;
}

const struct kind notice_sent_kind = {
    .name = "notice_sent",
    .says = { "a notice that an operator says it sent", "企业报送的已发提醒" },
    .version = 2,
    .bulk = true,
    .fields = sent_fields,
    .field_count = COUNT(sent_fields),
    .derive = sent_derive,
    .check = sent_check,
};

static const struct field setting_fields[] = {
    [SETTING_SUBSCRIBER] = { "subscriber", FIELD_PERSON, FIELD_NEEDED | FIELD_INDEXED, { "the number or account", "号码或账号" }, NULL, 0 },
    [SETTING_FROM] = { "from", FIELD_TIME, FIELD_NEEDED, { "from when on", "生效时间" }, NULL, 0 },
    [SETTING_NOTICE_AT] = { "notice_at", FIELD_FORM, 0, { "a person's own percents: [50, 90]", "本人设定的提醒百分比：[50, 90]" }, NULL, 0 },
    [SETTING_DATA_CAP] = { "data_cap", FIELD_MONEY, 0, { "a person's own cap of charges for data", "本人设定的流量费用上限" }, NULL, 0 },
};

static bool setting_check(const struct record *record, const struct field **field, struct error *error)
{
    uint8_t percents[LEVELS_MOST];
    size_t count;
    *field = &setting_fields[SETTING_DATA_CAP];
    if (record_has(record, SETTING_DATA_CAP) && record->values[SETTING_DATA_CAP].number < 0)
        return fail_both(error, ERROR_INPUT, "it is not below 0", "不能小于 0");
    *field = &setting_fields[SETTING_NOTICE_AT];
    return !record_has(record, SETTING_NOTICE_AT) || percents_read(record->values[SETTING_NOTICE_AT].text, percents, &count, error);
}

const struct kind usage_setting_kind = {
    .name = "usage_setting",
    .says = { "a person's own levels of notice and cap", "用户自设的提醒与上限" },
    .version = 1,
    .fields = setting_fields,
    .field_count = COUNT(setting_fields),
    .check = setting_check,
};
