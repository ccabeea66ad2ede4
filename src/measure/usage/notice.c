#include "measure/usage/notice.h"

#include <stdio.h>

#include "base/hash.h"
#include "base/moment.h"
#include "base/number.h"
#include "measure/tariff/tariff.h"
#include "measure/usage/levels.h"
#include "rows/rows.h"

const char *const level_words[LEVELS] = { "threshold", "reached", "over", "cap" };

const char notice_table[] =
    "CREATE TABLE IF NOT EXISTS \"notice\" (\"entry\" BIGINT NOT NULL, \"place\" BIGINT NOT NULL, \"rank\" BIGINT NOT NULL,"
    " \"subscriber\" BIGINT NOT NULL, \"cycle\" BIGINT NOT NULL, \"pool\" TEXT NOT NULL, \"level\" BIGINT NOT NULL, \"percent\" BIGINT NOT NULL,"
    " \"occurrence\" BIGINT NOT NULL, \"used\" BIGINT NOT NULL, \"quantity\" BIGINT, \"charge\" BIGINT NOT NULL, \"time\" BIGINT NOT NULL,"
    " \"source\" BIGINT NOT NULL, \"seq\" BIGINT NOT NULL, \"received\" BIGINT NOT NULL, PRIMARY KEY (\"entry\", \"place\", \"rank\"));"
    "CREATE INDEX IF NOT EXISTS \"notice_by_subscriber\" ON \"notice\" (\"subscriber\");";

void notice_id(const struct notice *notice, char id[NOTICE_ID_ROOM])
{
    struct text text = { 0 };
    text_format(&text, "notice\n%llu\n%d\n%.*s\n%s\n%d\n%llu", (unsigned long long)notice->subscriber, (int)notice->cycle, STR_ARGS(notice->pool),
                level_words[notice->level], notice->percent, (unsigned long long)notice->occurrence);
    struct hash hash = sha256(text_str(&text));
    text.length = 0;
    hex_add(&text, (struct str){ (const char *)hash.bytes, 10 });
    snprintf(id, NOTICE_ID_ROOM, "%s", text_zero(&text));
    text_close(&text);
}

#define NOTICES \
    "SELECT n.\"entry\", n.\"place\", n.\"rank\", n.\"subscriber\", n.\"cycle\", n.\"pool\", n.\"level\", n.\"percent\", n.\"occurrence\"," \
    " n.\"used\", n.\"quantity\", n.\"charge\", n.\"time\", n.\"source\", n.\"seq\", n.\"received\", s.\"name\", p.\"operator\", p.\"area\"" \
    " FROM \"notice\" n JOIN \"source_name\" s ON s.\"source\" = n.\"source\" LEFT JOIN \"subscriber\" p ON p.\"subscriber\" = n.\"subscriber\"" \
    " AND p.\"since\" <= (n.\"time\" + 28800000) / 86400000" \
    " WHERE (n.\"entry\" > $1 OR (n.\"entry\" = $1 AND (n.\"place\" > $2 OR (n.\"place\" = $2 AND n.\"rank\" > $3))))"
static const char all_notices[] = NOTICES " ORDER BY n.\"entry\", n.\"place\", n.\"rank\"";
static const char notices_of_subscriber[] = NOTICES " AND n.\"subscriber\" = $4 ORDER BY n.\"entry\", n.\"place\", n.\"rank\"";

static void notice_read(struct statement *row, struct listed_notice *listed)
{
    *listed = (struct listed_notice){
        .notice = { .entry = (uint64_t)column_number(row, 0), .place = (uint32_t)column_number(row, 1), .rank = (uint32_t)column_number(row, 2),
                    .subscriber = (uint64_t)column_number(row, 3), .cycle = (int32_t)column_number(row, 4), .pool = column_text(row, 5),
                    .level = (enum notice_level)column_number(row, 6), .percent = (int)column_number(row, 7),
                    .occurrence = (uint64_t)column_number(row, 8), .used = (uint64_t)column_number(row, 9),
                    .has_quantity = !column_is_null(row, 10), .quantity = (uint64_t)column_number(row, 10), .charge = column_number(row, 11),
                    .time = column_number(row, 12), .source = column_number(row, 13), .seq = (uint64_t)column_number(row, 14),
                    .received = column_number(row, 15) },
        .source = column_text(row, 16), .operator_ = column_text(row, 17), .area = column_text(row, 18),
    };
}

bool notices_each(struct store *store, const struct notice *after, bool has_subscriber, uint64_t subscriber,
                  bool (*each)(void *context, const struct listed_notice *notice, bool *enough, struct error *error), void *context,
                  struct error *error)
{
    struct statement *select = store_prepare(store, has_subscriber ? notices_of_subscriber : all_notices, error);
    bool row = select != NULL, enough = false;
    if (!row) return false;
    statement_number(select, 1, after ? (int64_t)after->entry : -1);
    statement_number(select, 2, after ? after->place : 0);
    statement_number(select, 3, after ? after->rank : 0);
    if (has_subscriber) statement_number(select, 4, subscriber > INT64_MAX ? -1 : (int64_t)subscriber);
    for (;;) {
        struct listed_notice listed;
        if (!statement_step(select, &row, error)) return false;
        if (!row) return true;
        notice_read(select, &listed);
        bool done = each(context, &listed, &enough, error);
        if (!done || enough) {
            statement_reset(select);
            return done;
        }
    }
}

void notice_show(struct rows *rows, const struct listed_notice *listed, struct str subscriber)
{
    const struct notice *notice = &listed->notice;
    char id[NOTICE_ID_ROOM], cycle[DAY_ROOM], charge[DECIMAL_ROOM];
    bool is_service = notice->level == LEVEL_OVER || notice->level == LEVEL_CAP;
    notice_id(notice, id);
    rows_begin(rows);
    rows_string(rows, "notice", str_of(id));
    rows_string(rows, "subscriber", subscriber);
    rows_string(rows, "cycle", (struct str){ cycle, period_format(period_of(notice->cycle, 'M'), cycle) });
    rows_string(rows, "pool", notice->pool);
    rows_string(rows, "level", str_of(level_words[notice->level]));
    if (is_service)
        rows_null(rows, "percent");
    else
        rows_number(rows, "percent", notice->percent);
    rows_number(rows, "used", (int64_t)notice->used);
    if (notice->has_quantity)
        rows_number(rows, "quantity", (int64_t)notice->quantity);
    else
        rows_null(rows, "quantity");
    rows_string(rows, "charge", (struct str){ charge, decimal_format(notice->charge, MONEY_DECIMALS, 2, charge) });
    rows_moment(rows, "time", notice->time);
    rows_string(rows, "source", listed->source);
    rows_number(rows, "seq", (int64_t)notice->seq);
    rows_end(rows);
}

/* ---- in words ---- */

static const struct {
    struct str service, scope; /* what the pool's begins with; empty: none */
    const char *says[LANGUAGES]; /* %.*s: the name behind it */
} pool_words[] = {
    { STR("data"), STR("home"), { "data in mainland China", "国内流量" } },
    { STR("data"), STR("roaming"), { "data while roaming", "漫游流量" } },
    { STR("data"), STR("directed:"), { "data for %.*s", "定向流量（%.*s）" } },
    { STR("data"), STR("any"), { "data anywhere", "通用流量" } },
    { STR("voice"), STR("home"), { "calls in mainland China", "国内通话" } },
    { STR("voice"), STR("roaming"), { "calls while roaming", "漫游通话" } },
    { STR("voice"), STR("directed:"), { "calls to %.*s", "定向通话（%.*s）" } },
    { STR("voice"), STR("any"), { "calls anywhere", "通话" } },
    { STR("sms"), STR("home"), { "text messages", "短信" } },
    { STR("sms"), STR("roaming"), { "text messages while roaming", "漫游短信" } },
    { STR("sms"), STR("directed:"), { "text messages to %.*s", "定向短信（%.*s）" } },
    { STR("sms"), STR("any"), { "text messages anywhere", "短信" } },
    { STR("data"), STR(""), { "data", "流量" } },
    { STR("voice"), STR(""), { "calls", "通话" } },
    { STR("sms"), STR(""), { "text messages", "短信" } },
};

/* "23-07" behind the last colon. */
static bool hours_take(struct str *pool, struct str *hours)
{
    if (pool->length < 6 || pool->at[pool->length - 6] != ':' || pool->at[pool->length - 3] != '-') return false;
    *hours = (struct str){ pool->at + pool->length - 5, 5 };
    for (size_t i = 0; i < 5; i++)
        if (i != 2 && (hours->at[i] < '0' || hours->at[i] > '9')) return false;
    pool->length -= 6;
    return true;
}

struct str pool_says(struct str pool, enum language language, struct arena *arena)
{
    struct str hours = { 0 }, rest = pool;
    bool has_hours = hours_take(&rest, &hours);
    size_t colon = str_find(rest, ':');
    struct str service = { rest.at, colon };
    struct str scope = colon < rest.length ? (struct str){ rest.at + colon + 1, rest.length - colon - 1 } : STR("");
    struct str words = pool;
    for (size_t i = 0; i < sizeof pool_words / sizeof *pool_words; i++) {
        bool is_directed = str_equal(pool_words[i].scope, STR("directed:"));
        if (!str_equal(pool_words[i].service, service)) continue;
        if (is_directed ? !str_starts(scope, pool_words[i].scope) : !str_equal(scope, pool_words[i].scope)) continue;
        const char *says = pool_words[i].says[language], *gap = is_directed ? strstr(says, "%.*s") : NULL;
        words = gap ? arena_format(arena, "%.*s%.*s%s", (int)(gap - says), says, (int)(scope.length - 9), scope.at + 9, gap + 4) : str_of(says);
        break;
    }
    if (!has_hours) return arena_str(arena, words);
    int from = (hours.at[0] - '0') * 10 + hours.at[1] - '0', to = (hours.at[3] - '0') * 10 + hours.at[4] - '0';
    return language == CHINESE ? arena_format(arena, "%.*s（%d点到%d点）", STR_ARGS(words), from, to)
                               : arena_format(arena, "%.*s from %02d:00 to %02d:00", STR_ARGS(words), from, to);
}

struct str moment_says(int64_t moment, enum language language, struct arena *arena)
{
    static const char *const months[] = { "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December" };
    int32_t day = day_of(moment);
    struct civil civil = civil_of(day);
    int minute = (int)((moment - day_start(day)) / MINUTE_MS);
    return language == CHINESE ? arena_format(arena, "%d年%d月%d日%02d:%02d", civil.year, civil.month, civil.day, minute / 60, minute % 60)
                               : arena_format(arena, "%02d:%02d on %d %s %d", minute / 60, minute % 60, civil.day, months[civil.month - 1], civil.year);
}

/* "1.60 GB", "86 minutes", "12 messages". of: the whole beside which a part is said, whose unit it then has. */
static struct str amount_says(enum service service, uint64_t amount, uint64_t of, enum language language, struct arena *arena)
{
    static const uint64_t gigabyte = 1073741824, megabyte = 1048576;
    const char *gap = language == CHINESE ? "" : " ";
    if (service == SERVICE_DATA && of >= gigabyte) {
        unsigned __int128 hundredths = ((unsigned __int128)amount * 200 + gigabyte) / (2 * gigabyte);
        return arena_format(arena, "%llu.%02llu%sGB", (unsigned long long)(hundredths / 100), (unsigned long long)(hundredths % 100), gap);
    }
    if (service == SERVICE_DATA) {
        unsigned long long tenths = (amount * 20 + megabyte) / (2 * megabyte);
        return tenths % 10 ? arena_format(arena, "%llu.%llu%sMB", tenths / 10, tenths % 10, gap) : arena_format(arena, "%llu%sMB", tenths / 10, gap);
    }
    if (language == CHINESE) return arena_format(arena, "%llu%s", (unsigned long long)amount, service == SERVICE_VOICE ? "分钟" : "条");
    return arena_format(arena, "%llu %s%s", (unsigned long long)amount, service == SERVICE_VOICE ? "minute" : "message", amount == 1 ? "" : "s");
}

static enum service service_of(struct str pool)
{
    for (int service = 0; service < SERVICES; service++)
        if (str_starts(pool, str_of(service_word((enum service)service)))) return (enum service)service;
    return SERVICE_DATA;
}

struct str notice_text(const struct notice *notice, enum language language, struct arena *arena)
{
    bool is_chinese = language == CHINESE;
    enum service service = service_of(notice->pool);
    uint64_t whole = notice->has_quantity ? notice->quantity : notice->used, left = whole > notice->used ? whole - notice->used : 0;
    const char *pool = pool_says(notice->pool, language, arena).at, *used = amount_says(service, notice->used, whole, language, arena).at;
    const char *all = amount_says(service, whole, whole, language, arena).at;
    char charge[DECIMAL_ROOM];
    decimal_format(notice->charge, MONEY_DECIMALS, 2, charge);
    switch (notice->level) {
    case LEVEL_THRESHOLD:
        return arena_format(arena, is_chinese ? "【明白】%s已用%d%%（%s，共%s），还剩%s。用完后先用你别的余量，没有的按资费另收。"
                                              : "mingbai: %s: %d%% used (%s of %s), %s left. After that your other allowances are used; what none covers is charged by your tariff.",
                            pool, notice->percent, used, all, amount_says(service, left, whole, language, arena).at);
    case LEVEL_REACHED:
        return arena_format(arena, is_chinese ? "【明白】%s已用完（共%s）。再用先扣你别的余量，没有的按资费另收，目前超出费用%s元。"
                                              : "mingbai: all of %s (%s) is used. More comes from your other allowances; what none covers is charged by your tariff. Charges so far: %s yuan.",
                            pool, all, charge);
    case LEVEL_OVER:
        return arena_format(arena, is_chinese ? "【明白】%s超出套餐%s，本月超出费用已到%s元。" : "mingbai: %s: %s beyond what is included; charges this month have reached %s yuan.", pool, used,
                            charge);
    default:
        if (notice->occurrence)
            return arena_format(arena, is_chinese ? "【明白】%s超出费用到了你自己设的上限，现为%s元。流量停用，你同意后才继续。"
                                                  : "mingbai: charges for %s have reached the cap that you set yourself; they are %s yuan now. Data stops until you agree to go on.",
                                pool, charge);
        return arena_format(arena, is_chinese ? "【明白】%s超出费用到了资费的上限，现为%s元。流量停用，你同意后才继续。"
                                              : "mingbai: charges for %s have reached the cap of your tariff; they are %s yuan now. Data stops until you agree to go on.",
                            pool, charge);
    }
}
