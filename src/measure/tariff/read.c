/* A tariff's record to the struct that rating uses; and what its lists must look like. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/number.h"
#include "measure/tariff/tariff.h"

static const struct {
    const char *word;
    const char *says[LANGUAGES];
} services[SERVICES] = {
    [SERVICE_DATA] = { "data", { "data", "流量" } },
    [SERVICE_VOICE] = { "voice", { "calls", "通话" } },
    [SERVICE_SMS] = { "sms", { "text messages", "短信" } },
};

const char *service_word(enum service service)
{
    return services[service].word;
}

const char *service_says(enum service service, enum language language)
{
    return services[service].says[language];
}

/* One member of a list on its way. */
struct member {
    const json_t *json;
    size_t number; /* from 1 */
    struct arena *arena;
    struct error *error;
};

static bool bad(const struct member *member, const char *key, const char *english, const char *chinese)
{
    return fail_both(member->error, ERROR_INPUT, "member %zu, %s: %s%.0s", "第 %zu 项的 %s：%.0s%s", member->number, key, english, chinese);
}

static struct str kept(const struct member *member, const json_t *string)
{
    size_t length = json_string_length(string);
    return (struct str){ arena_copy(member->arena, json_string_value(string), length), length };
}

static bool is_null(const json_t *json)
{
    return !json || json_is_null(json);
}

static bool read_service(const struct member *member, enum service *service)
{
    const char *word = json_string_value(json_object_get(member->json, "service"));
    for (int i = 0; word && i < SERVICES; i++)
        if (!strcmp(word, services[i].word)) {
            *service = (enum service)i;
            return true;
        }
    return bad(member, "service", "data, voice or sms is wanted", "须为 data、voice 或 sms");
}

/* The pool of an allowance with hours is named so. */
static bool ends_in_hours(struct str scope)
{
    if (scope.length < 6) return false;
    const char *end = scope.at + scope.length - 6;
    for (size_t i = 0; i < 6; i++)
        if (i == 0 ? end[i] != ':' : i == 3 ? end[i] != '-' : end[i] < '0' || end[i] > '9') return false;
    return true;
}

static bool read_scope(const struct member *member, struct str otherwise, bool may_be_any, struct str *scope)
{
    const json_t *json = json_object_get(member->json, "scope");
    *scope = otherwise;
    if (is_null(json)) return true;
    *scope = json_is_string(json) ? kept(member, json) : STR("");
    bool is_name = str_starts(*scope, STR("directed:")) && scope->length > 9 && scope->length <= 64;
    if (is_name || str_equal(*scope, STR("home")) || str_equal(*scope, STR("roaming")) || (may_be_any && str_equal(*scope, STR("any")))) return true;
    return bad(member, "scope", "home, roaming or directed:NAME is wanted", "须为 home、roaming 或 directed:名称");
}

/* A whole number from `least` on; absent or null: *is_there is false. */
static bool read_number(const struct member *member, const char *key, json_int_t least, json_int_t most, bool *is_there, uint64_t *number)
{
    const json_t *json = json_object_get(member->json, key);
    *is_there = !is_null(json);
    *number = 0;
    if (!*is_there) return true;
    if (json_is_integer(json) && json_integer_value(json) > most)
        return fail_both(member->error, ERROR_INPUT, "member %zu, %s: at most %lld", "第 %zu 项的 %s：最多 %lld", member->number, key, (long long)most);
    if (!json_is_integer(json) || json_integer_value(json) < least)
        return bad(member, key, least ? "a whole number above 0 is wanted, or null" : "a whole number is wanted, or null",
                   least ? "须为大于 0 的整数，或 null" : "须为整数，或 null");
    *number = (uint64_t)json_integer_value(json);
    return true;
}

static bool read_hour(struct str text, int most, int *hour)
{
    uint64_t number;
    if (text.length != 2 || !str_number(text, &number) || number > (uint64_t)most) return false;
    *hour = (int)number;
    return true;
}

static bool read_hours(const struct member *member, struct allowance *allowance)
{
    const json_t *json = json_object_get(member->json, "hours");
    allowance->hours_from = allowance->hours_to = HOURS_NONE;
    if (is_null(json)) return true;
    struct str text = json_is_string(json) ? str_of(json_string_value(json)) : STR("");
    if (text.length == 5 && text.at[2] == '-' && read_hour((struct str){ text.at, 2 }, 23, &allowance->hours_from) &&
        read_hour((struct str){ text.at + 3, 2 }, 24, &allowance->hours_to) && allowance->hours_from != allowance->hours_to)
        return true;
    return bad(member, "hours", "two different hours are wanted, as 23-07, or null", "须为两个不同的钟点，如 23-07，或 null");
}

static bool only_keys(const struct member *member, const char *const *keys)
{
    const char *key;
    json_t *ignored;
    if (!json_is_object(member->json)) return bad(member, "{}", "an object is wanted", "须为对象");
    json_object_foreach((json_t *)(uintptr_t)member->json, key, ignored) {
        size_t i = 0;
        while (keys[i] && strcmp(keys[i], key)) i++;
        if (!keys[i]) return bad(member, key, "there is no such field", "没有这个字段");
    }
    return true;
}

static bool read_allowance(const struct member *member, struct allowance *allowance)
{
    static const char *const keys[] = { "id", "service", "quantity", "scope", "hours", "rollover", NULL };
    const json_t *id = json_object_get(member->json, "id");
    bool has_quantity, has_rollover;
    uint64_t rollover;
    *allowance = (struct allowance){ 0 };
    if (!only_keys(member, keys)) return false;
    if (!json_is_string(id) || !json_string_length(id) || json_string_length(id) > 64)
        return bad(member, "id", "a name of 1 to 64 bytes is wanted", "须为 1 至 64 字节的名称");
    allowance->id = kept(member, id);
    if (!read_service(member, &allowance->service) || !read_scope(member, STR("any"), true, &allowance->scope) || !read_hours(member, allowance) ||
        !read_number(member, "quantity", 1, INT64_MAX, &has_quantity, &allowance->quantity) ||
        !read_number(member, "rollover", 0, 120, &has_rollover, &rollover))
        return false;
    allowance->unlimited = !has_quantity;
    if (allowance->service == SERVICE_VOICE) allowance->quantity /= 60;
    allowance->rollover = has_quantity ? (unsigned)rollover : 0;
    return true;
}

/* Money is text; a number is taken as it would be written. */
static bool read_money(const struct member *member, const char *key, int64_t *money)
{
    const json_t *json = json_object_get(member->json, key);
    char room[40] = "";
    if (json_is_string(json) && json_string_length(json) < sizeof room)
        snprintf(room, sizeof room, "%s", json_string_value(json));
    else if (json_is_number(json))
        snprintf(room, sizeof room, "%.15g", json_number_value(json));
    if (decimal_parse(str_of(room), MONEY_DECIMALS, money) && *money >= 0) return true;
    return bad(member, key, "an amount in yuan is wanted, as \"0.29\"", "须为金额（元），如 \"0.29\"");
}

static bool read_price(const struct member *member, struct price *price)
{
    static const char *const keys[] = { "service", "per", "price", "scope", "increment", NULL };
    bool has_per, has_increment;
    *price = (struct price){ 0 };
    if (!only_keys(member, keys) || !read_service(member, &price->service) || !read_scope(member, STR("home"), false, &price->scope) ||
        !read_number(member, "per", 1, INT64_MAX, &has_per, &price->per) || !read_money(member, "price", &price->price) ||
        !read_number(member, "increment", 1, INT64_MAX, &has_increment, &price->increment))
        return false;
    if (price->price > MONEY_MOST) return bad(member, "price", "at most 100,000,000 yuan", "最多 1 亿元");
    if (!has_per) return bad(member, "per", "the quantity that the price is for is wanted", "须写明单价对应的用量");
    if (has_increment && price->service != SERVICE_DATA) return bad(member, "increment", "only data has one", "只有流量可以有");
    return true;
}

/* Opens a list; NULL with the reason. Absent: an empty list. */
static json_t *list_open(struct str text, size_t most, struct error *error)
{
    json_t *list = text.length ? json_loadb(text.at, text.length, 0, NULL) : json_array();
    if (json_is_array(list) && json_array_size(list) <= most) return list;
    bool is_list = json_is_array(list);
    json_decref(list);
    if (is_list)
        fail_both(error, ERROR_INPUT, "it has more than %zu members", "超过 %zu 项", most);
    else
        fail_both(error, ERROR_INPUT, "a list is wanted, as [...]", "须为列表，写成 [...]");
    return NULL;
}

static bool read_allowances(struct str text, struct arena *arena, struct tariff *tariff, struct error *error)
{
    json_t *list = list_open(text, ALLOWANCES_MOST, error);
    if (!list) return false;
    struct allowance *allowances = arena_take(arena, json_array_size(list) * sizeof *allowances);
    bool good = true;
    for (size_t i = 0; good && i < json_array_size(list); i++) {
        struct member member = { json_array_get(list, i), i + 1, arena, error };
        good = read_allowance(&member, &allowances[i]);
        for (size_t k = 0; good && k < i; k++)
            if (str_equal(allowances[k].id, allowances[i].id)) good = bad(&member, "id", "another one has it already", "与前面的重复");
    }
    tariff->allowances = allowances;
    tariff->allowance_count = json_array_size(list);
    json_decref(list);
    return good;
}

static bool read_prices(struct str text, struct arena *arena, struct tariff *tariff, struct error *error)
{
    json_t *list = list_open(text, PRICES_MOST, error);
    if (!list) return false;
    struct price *prices = arena_take(arena, json_array_size(list) * sizeof *prices);
    bool good = true;
    for (size_t i = 0; good && i < json_array_size(list); i++) {
        struct member member = { json_array_get(list, i), i + 1, arena, error };
        good = read_price(&member, &prices[i]);
        for (size_t k = 0; good && k < i; k++)
            if (prices[k].service == prices[i].service && str_equal(prices[k].scope, prices[i].scope))
                good = bad(&member, "scope", "this service and scope has a price already", "该业务和范围已有单价");
    }
    tariff->prices = prices;
    tariff->price_count = json_array_size(list);
    json_decref(list);
    return good;
}

static int percent_order(const void *left, const void *right)
{
    return (int)*(const uint8_t *)left - (int)*(const uint8_t *)right;
}

bool percents_read(struct str json, uint8_t percents[LEVELS_MOST], size_t *count, struct error *error)
{
    json_t *list = list_open(json, LEVELS_MOST, error);
    size_t kept_count = 0;
    if (!list) return false;
    bool good = true;
    *count = json_array_size(list);
    for (size_t i = 0; good && i < *count; i++) {
        const json_t *member = json_array_get(list, i);
        good = json_is_integer(member) && json_integer_value(member) >= 1 && json_integer_value(member) <= 100;
        if (good)
            percents[i] = (uint8_t)json_integer_value(member);
        else
            fail_both(error, ERROR_INPUT, "percents are whole numbers from 1 to 100, as [80, 100]", "百分比须为 1 至 100 的整数，如 [80, 100]");
    }
    json_decref(list);
    if (!good) return false;
    qsort(percents, *count, sizeof *percents, percent_order);
    for (size_t i = 0; i < *count; i++)
        if (!kept_count || percents[kept_count - 1] != percents[i]) percents[kept_count++] = percents[i];
    *count = kept_count;
    return true;
}

static bool is_service_name(struct str word)
{
    static const struct str names[] = { STR("voice"), STR("data"), STR("sms"), STR("broadband"), STR("iptv") };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (str_equal(word, names[i])) return true;
    return str_starts(word, STR("vas:")) && word.length > 4;
}

/* A list of words; each may have to pass a test. */
static bool read_words(struct str text, bool (*good)(struct str word), const char *wanted, const char *wanted_chinese, struct error *error)
{
    json_t *list = list_open(text, MEMBERS_MOST, error);
    if (!list) return false;
    bool all = true;
    for (size_t i = 0; all && i < json_array_size(list); i++) {
        const json_t *member = json_array_get(list, i);
        struct str word = json_is_string(member) ? (struct str){ json_string_value(member), json_string_length(member) } : STR("");
        /* Areas are codes that look like numbers. */
        all = json_is_integer(member) ? good == NULL : word.length && word.length <= 64 && (!good || good(word));
        if (!all) fail_both(error, ERROR_INPUT, "member %zu: %s is wanted%.0s", "第 %zu 项：%.0s须为%s", i + 1, wanted, wanted_chinese);
    }
    json_decref(list);
    return all;
}

static bool is_start(struct str word)
{
    return str_equal(word, STR("now")) || str_equal(word, STR("next_cycle"));
}

static struct str text_of(const struct record *record, size_t field)
{
    return record_has(record, field) ? record->values[field].text : STR("");
}

static struct str kept_text(const struct record *record, size_t field, struct arena *arena)
{
    struct str text = text_of(record, field);
    return (struct str){ arena_copy(arena, text.at ? text.at : "", text.length), text.length };
}

static int64_t number_of(const struct record *record, size_t field, int64_t otherwise)
{
    return record_has(record, field) ? record->values[field].number : otherwise;
}

static bool lists_read(const struct record *record, struct arena *arena, struct tariff *tariff, size_t *at, struct error *error)
{
    static const struct {
        size_t field;
        bool (*good)(struct str word);
        const char *wanted[LANGUAGES];
    } words[] = {
        { TARIFF_SERVICES, is_service_name, { "voice, data, sms, broadband, iptv or vas:NAME", " voice、data、sms、broadband、iptv 或 vas:名称" } },
        { TARIFF_AREAS, NULL, { "an area's code", "地区代码" } },
        { TARIFF_CHANNELS, NULL, { "a channel", "渠道" } },
        { TARIFF_START_CHOICES, is_start, { "now or next_cycle", " now 或 next_cycle" } },
        { TARIFF_REQUIRES, NULL, { "a tariff's code", "资费代码" } },
        { TARIFF_INCLUDES, NULL, { "a tariff's code", "资费代码" } },
    };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        *at = words[i].field;
        if (!read_words(text_of(record, *at), words[i].good, words[i].wanted[ENGLISH], words[i].wanted[CHINESE], error)) return false;
    }
    *at = TARIFF_ALLOWANCES;
    if (!read_allowances(text_of(record, *at), arena, tariff, error)) return false;
    *at = TARIFF_PRICES;
    if (!read_prices(text_of(record, *at), arena, tariff, error)) return false;
    *at = TARIFF_NOTICE_AT;
    if (!percents_read(text_of(record, *at), tariff->notice_at, &tariff->notice_at_count, error)) return false;
    *at = TARIFF_MIN_MONTHS;
    return number_of(record, *at, 0) <= 1200 || fail_both(error, ERROR_INPUT, "at most 1,200 months", "最多 1200 个月");
}

bool tariff_read(const struct record *record, struct arena *arena, struct tariff *tariff, const struct field **field, struct error *error)
{
    size_t at;
    *tariff = (struct tariff){
        .tariff = kept_text(record, TARIFF_ID, arena),
        .operator_ = kept_text(record, TARIFF_OPERATOR, arena),
        .name = kept_text(record, TARIFF_NAME, arena),
        .terms = kept_text(record, TARIFF_TERMS, arena),
        .type = (enum tariff_type)number_of(record, TARIFF_TYPE, TYPE_MAIN),
        .monthly_fee = number_of(record, TARIFF_MONTHLY_FEE, 0),
        .one_off_fee = number_of(record, TARIFF_ONE_OFF_FEE, 0),
        .exit_fee = number_of(record, TARIFF_EXIT_FEE, 0),
        .has_then_fee = record_has(record, TARIFF_THEN_FEE),
        .then_fee = number_of(record, TARIFF_THEN_FEE, 0),
        .free_until = (int32_t)number_of(record, TARIFF_FREE_UNTIL, DAY_NONE),
        .has_data_cap = record_has(record, TARIFF_DATA_CAP),
        .data_cap = number_of(record, TARIFF_DATA_CAP, 0),
        .notice_every = number_of(record, TARIFF_NOTICE_EVERY, 0),
    };
    if (!lists_read(record, arena, tariff, &at, error)) {
        if (field) *field = &tariff_kind.fields[at];
        return false;
    }
    tariff->min_months = (unsigned)number_of(record, TARIFF_MIN_MONTHS, 0);
    /* At the door alone: what is in the ledger is read as it is. */
    for (size_t i = 0; field && i < tariff->allowance_count; i++)
        if (ends_in_hours(tariff->allowances[i].scope)) {
            *field = &tariff_kind.fields[TARIFF_ALLOWANCES];
            return fail_both(error, ERROR_INPUT, "member %zu, scope: a name that does not end like hours (:23-07) is wanted",
                             "第 %zu 项的 scope：名称不能以时段（如 :23-07）结尾", i + 1);
        }
    return true;
}
