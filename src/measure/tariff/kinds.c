#include "measure/tariff/tariff.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const struct choice types[] = {
    [TYPE_MAIN] = { "main", { "main tariff", "主套餐" } },
    [TYPE_ADDON] = { "addon", { "add-on pack", "加装包" } },
    [TYPE_VAS] = { "vas", { "value-added service", "增值业务" } },
    [TYPE_SINGLE] = { "single", { "single service", "单项业务" } },
    [TYPE_BUNDLE] = { "bundle", { "bundle", "融合套餐" } },
};

static const struct field tariff_fields[] = {
    [TARIFF_ID] = { "tariff", FIELD_CODE, FIELD_NEEDED | FIELD_KEY, { "the tariff's own code", "资费代码" }, NULL, 0 },
    [TARIFF_OPERATOR] = { "operator", FIELD_CODE, FIELD_NEEDED | FIELD_INDEXED, { "the operator that offers it", "提供的企业" }, NULL, 0 },
    [TARIFF_BRAND] = { "brand", FIELD_LABEL, 0, { "the brand it is sold under", "品牌" }, NULL, 0 },
    [TARIFF_NAME] = { "name", FIELD_LABEL, 0, { "the name it is sold under", "资费名称" }, NULL, 0 },
    [TARIFF_TYPE] = { "type", FIELD_CHOICE, FIELD_NEEDED, { "what it is", "类型" }, types, COUNT(types) },
    [TARIFF_SERVICES] = { "services", FIELD_FORM, 0,
      { "a list of voice, data, sms, broadband, iptv, vas:NAME", "所含业务的列表：voice、data、sms、broadband、iptv、vas:名称" }, NULL, 0 },
    [TARIFF_AREAS] = { "areas", FIELD_FORM, 0, { "a list of the areas where it is sold", "适用地区的列表" }, NULL, 0 },
    [TARIFF_CHANNELS] = { "channels", FIELD_FORM, 0,
      { "a list of where it can be ordered: hall, online, hotline, agent", "办理渠道的列表：hall、online、hotline、agent" }, NULL, 0 },
    [TARIFF_FILED] = { "filed", FIELD_LABEL, 0, { "the number of its filing", "备案号" }, NULL, 0 },
    [TARIFF_FILED_ON] = { "filed_on", FIELD_DATE, 0, { "the day of its filing", "备案日期" }, NULL, 0 },
    [TARIFF_ON_SALE] = { "on_sale", FIELD_DATE, 0, { "the first day on sale", "上架日期" }, NULL, 0 },
    [TARIFF_OFF_SALE] = { "off_sale", FIELD_DATE, 0, { "the first day no longer on sale", "下架日期" }, NULL, 0 },
    [TARIFF_MONTHLY_FEE] = { "monthly_fee", FIELD_MONEY, 0, { "the fee of a month", "月费" }, NULL, 0 },
    [TARIFF_ONE_OFF_FEE] = { "one_off_fee", FIELD_MONEY, 0, { "the fee at the start", "一次性费用" }, NULL, 0 },
    [TARIFF_ALLOWANCES] = { "allowances", FIELD_FORM, 0,
      { "what is included: a list of {id, service, quantity, scope, hours, rollover}",
        "包含的用量：{id, service, quantity, scope, hours, rollover} 的列表" }, NULL, 0 },
    [TARIFF_PRICES] = { "prices", FIELD_FORM, 0,
      { "prices beyond that: a list of {service, per, price, scope, increment}", "超出后的单价：{service, per, price, scope, increment} 的列表" }, NULL, 0 },
    [TARIFF_DATA_CAP] = { "data_cap", FIELD_MONEY, 0, { "the most that data beyond it costs in a month", "超出流量每月最高收费" }, NULL, 0 },
    [TARIFF_NOTICE_AT] = { "notice_at", FIELD_FORM, 0, { "percents at which a notice is owed: [80, 100]", "须提醒的百分比：[80, 100]" }, NULL, 0 },
    [TARIFF_NOTICE_EVERY] = { "notice_every", FIELD_MONEY, 0, { "and at each such amount of charges beyond", "超出费用每满多少须提醒" }, NULL, 0 },
    [TARIFF_MIN_MONTHS] = { "min_months", FIELD_COUNT, 0, { "the shortest term in months", "最短使用月数" }, NULL, 0 },
    [TARIFF_EXIT_FEE] = { "exit_fee", FIELD_MONEY, 0, { "the fee for leaving before that", "提前退出的违约金" }, NULL, 0 },
    [TARIFF_START_CHOICES] = { "start_choices", FIELD_FORM, 0,
      { "a list of when it may begin: now, next_cycle", "可选的生效时间：now、next_cycle" }, NULL, 0 },
    [TARIFF_FREE_UNTIL] = { "free_until", FIELD_DATE, 0, { "the last day of the fee at first", "优惠月费的最后一天" }, NULL, 0 },
    [TARIFF_THEN_FEE] = { "then_fee", FIELD_MONEY, 0, { "the fee of a month after that", "其后的月费" }, NULL, 0 },
    [TARIFF_REQUIRES] = { "requires", FIELD_FORM, 0, { "a list of tariffs that it cannot be had without", "必须同时办理的资费" }, NULL, 0 },
    [TARIFF_INCLUDES] = { "includes", FIELD_FORM, 0, { "a list of tariffs that come with it", "附带的资费" }, NULL, 0 },
    [TARIFF_TERMS] = { "terms", FIELD_PROSE, 0, { "its conditions in words", "资费说明全文" }, NULL, 0 },
};
_Static_assert(COUNT(tariff_fields) == TARIFF_FIELDS, "every field stands in the table");

static bool tariff_check(const struct record *record, const struct field **field, struct error *error)
{
    static const int moneys[] = { TARIFF_MONTHLY_FEE, TARIFF_ONE_OFF_FEE, TARIFF_DATA_CAP, TARIFF_NOTICE_EVERY, TARIFF_EXIT_FEE, TARIFF_THEN_FEE };
    struct arena arena = { 0 };
    struct tariff tariff;
    for (size_t i = 0; i < COUNT(moneys); i++) {
        *field = &tariff_fields[moneys[i]];
        if (record_has(record, (size_t)moneys[i]) && record->values[moneys[i]].number < 0)
            return fail_both(error, ERROR_INPUT, "it is not below 0", "不能小于 0");
        if (record_has(record, (size_t)moneys[i]) && record->values[moneys[i]].number > MONEY_MOST)
            return fail_both(error, ERROR_INPUT, "at most 100,000,000 yuan", "最多 1 亿元");
    }
    *field = &tariff_fields[TARIFF_NOTICE_EVERY];
    if (record_has(record, TARIFF_NOTICE_EVERY) && !record->values[TARIFF_NOTICE_EVERY].number)
        return fail_both(error, ERROR_INPUT, "a notice at every 0 yuan is none: leave it out", "每满 0 元提醒没有意义：请留空");
    bool good = tariff_read(record, &arena, &tariff, field, error);
    arena_close(&arena);
    return good;
}

const struct kind tariff_kind = {
    .name = "tariff",
    .says = { "a tariff", "资费" },
    .version = 1,
    .fields = tariff_fields,
    .field_count = COUNT(tariff_fields),
    .check = tariff_check,
};

static const struct field subscription_fields[] = {
    [SUBSCRIPTION_SUBSCRIBER] = { "subscriber", FIELD_PERSON, FIELD_NEEDED | FIELD_KEY, { "the number or account", "号码或账号" }, NULL, 0 },
    [SUBSCRIPTION_TARIFF] = { "tariff", FIELD_CODE, FIELD_NEEDED | FIELD_KEY | FIELD_INDEXED, { "the tariff held", "所订资费" }, NULL, 0 },
    [SUBSCRIPTION_FROM] = { "from", FIELD_DATE, FIELD_NEEDED | FIELD_KEY, { "the first day", "生效日期" }, NULL, 0 },
    [SUBSCRIPTION_TO] = { "to", FIELD_DATE, 0, { "the first day on which it is no longer held; empty: it goes on", "失效日期（当日起不再生效）；空：继续有效" }, NULL, 0 },
};

static bool subscription_check(const struct record *record, const struct field **field, struct error *error)
{
    *field = &subscription_fields[SUBSCRIPTION_TO];
    if (record_has(record, SUBSCRIPTION_TO) && record->values[SUBSCRIPTION_TO].number < record->values[SUBSCRIPTION_FROM].number)
        return fail_both(error, ERROR_INPUT, "'to' is before 'from': it is the first day on which the tariff is no longer held",
                         "to 早于 from：to 是不再使用该资费的第一天，不能早于 from");
    return true;
}

const struct kind subscription_kind = {
    .name = "subscription",
    .says = { "a tariff held by a subscriber", "用户订购的资费" },
    .version = 1,
    .bulk = true,
    .fields = subscription_fields,
    .field_count = COUNT(subscription_fields),
    .check = subscription_check,
};
