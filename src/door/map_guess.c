#include "door/map_guess.h"

#include <stdio.h>

#include "door/date_form.h"
#include "door/normal.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* ---- names ---- */

enum { FIT_WITHIN = 100, FIT_USUAL = 200, FIT_OWN = 300 };

/* Names that files use for our fields, the likeliest first, without marks and blanks, in small letters. */
static const struct {
    const char *field;
    const char *names[24];
} usual_names[] = {
    { "id",
      { "ticket", "ticketid", "ticketnumber", "caseid", "casenumber", "caseno", "complaintid", "complaintnumber", "reference",
        "referencenumber", "编号", "工单号", "工单编号", "单号", "流水号", "受理编号", "complaintno", "ticketno", "case", "caseref",
        "refno", "ref", "number", "no" } },
    { "complaint", { "complaintid", "complaintnumber", "投诉编号", "工单号", "投诉单号" } },
    { "operator",
      { "company", "serviceprovider", "provider", "carrier", "isp", "firm", "运营商", "企业", "被投诉企业", "电信企业", "公司" } },
    { "area",
      { "state", "province", "region", "county", "city", "district", "地区", "地市", "城市", "省份", "归属地", "所属地区" } },
    { "category", { "issue", "issuetype", "type", "topic", "类别", "投诉类别", "投诉类型", "分类", "类型" } },
    { "filed",
      { "datereceived", "received", "datefiled", "filedon", "created", "ticketcreated", "createdat", "opened", "dateofissue",
        "date", "投诉时间", "受理时间", "投诉日期", "受理日期", "创建时间", "登记时间" } },
    { "time", { "timestamp", "datetime", "date", "when", "时间", "发生时间", "操作时间" } },
    { "channel", { "receivedvia", "via", "method", "source", "submittedvia", "by", "渠道", "受理渠道", "投诉渠道", "来源" } },
    { "subscriber",
      { "phone", "phonenumber", "mobile", "msisdn", "account", "accountnumber", "customerid", "callerid", "手机号", "手机号码",
        "号码", "用户号码", "电话", "联系电话", "账号" } },
    { "text",
      { "description", "complaint", "customercomplaint", "narrative", "details", "message", "投诉内容", "内容", "描述",
        "问题描述", "申诉内容" } },
    { "answered",
      { "dateanswered", "responded", "dateclosed", "closed", "closedat", "resolved", "答复时间", "办结时间", "回复时间",
        "处理时间" } },
    { "outcome", { "status", "result", "resolution", "companyresponse", "状态", "处理结果", "结果", "处理状态", "办理结果" } },
    { "satisfied", { "satisfaction", "customersatisfied", "是否满意", "满意", "满意度" } },
    { "event", { "action", "step", "事项", "操作", "环节" } },
    { "amount", { "money", "charge", "fee", "sum", "金额", "费用" } },
    { "reason", { "why", "cause", "原因", "理由" } },
    { "service", { "servicetype", "业务", "业务类型" } },
    { "start", { "begin", "starttime", "开始时间", "起始时间" } },
    { "quantity", { "usage", "volume", "bytes", "用量", "流量", "使用量" } },
    { "tariff", { "plan", "package", "product", "套餐", "资费", "资费方案" } },
    { "from", { "startdate", "validfrom", "生效日期", "开始日期" } },
    { "to", { "enddate", "validto", "失效日期", "结束日期" } },
    { "since", { "joined", "startdate", "入网时间", "开户时间", "入网日期" } },
    { "until", { "left", "enddate", "离网时间", "销户时间", "离网日期" } },
    { "month", { "period", "月份", "统计月份" } },
    { "subscribers", { "customers", "users", "用户数", "用户总数" } },
    { "population", { "people", "人口", "常住人口" } },
    { "name_zh", { "chinesename", "中文名", "名称" } },
    { "name_en", { "englishname", "name", "英文名" } },
};

static bool is_plain_mark(char byte)
{
    return (unsigned char)byte < 0x80 && !(byte >= 'a' && byte <= 'z') && !(byte >= '0' && byte <= '9');
}

/* Small letters, digits and Chinese only; the length. */
static size_t simplify(struct str name, char out[GUESS_NAME_BYTES])
{
    size_t length = 0;
    for (size_t i = 0; i < name.length && length < GUESS_NAME_BYTES; i++) {
        char byte = name.at[i] >= 'A' && name.at[i] <= 'Z' ? (char)(name.at[i] + 32) : name.at[i];
        if (!is_plain_mark(byte)) out[length++] = byte;
    }
    return length;
}

static bool same_name(struct str simple, struct str name)
{
    char room[GUESS_NAME_BYTES];
    return str_equal(simple, (struct str){ room, simplify(name, room) });
}

/* Names of two or more Chinese characters tell enough to be looked for within longer ones. */
static bool holds_name(struct str simple, struct str name)
{
    return name.length >= 6 && (unsigned char)name.at[0] >= 0x80 && simple.length > name.length &&
           memmem(simple.at, simple.length, name.at, name.length) != NULL;
}

int guess_name(const struct field *field, struct str column)
{
    char room[GUESS_NAME_BYTES];
    struct str simple = { room, simplify(column, room) }, label = str_of(field->says[CHINESE]);
    const char *comma = label.length ? strstr(label.at, "，") : NULL;
    if (comma) label.length = (size_t)(comma - label.at);
    if (!simple.length) return 0;
    if (same_name(simple, str_of(field->name))) return FIT_OWN;
    if (same_name(simple, label)) return FIT_USUAL;
    int best = 0;
    for (size_t i = 0; i < COUNT(usual_names); i++) {
        if (strcmp(usual_names[i].field, field->name) != 0) continue;
        for (size_t j = 0; j < COUNT(usual_names[i].names) && usual_names[i].names[j]; j++) {
            struct str name = str_of(usual_names[i].names[j]);
            if (same_name(simple, name)) return FIT_USUAL - 1 - (int)j;
            if (holds_name(simple, name) && !best) best = FIT_WITHIN - (int)j;
        }
    }
    return best;
}

/* ---- dates ---- */

/* Of two that fit equally well the first is taken. The twin is the same with month and day the other way round. */
static const struct {
    const char *form, *twin;
} date_forms[] = {
    { "YYYY-M-D", NULL },       { "YYYY/M/D", NULL },       { "YYYY.M.D", NULL },       { "YYYY年M月D日", NULL },
    { "YYYYMMDD", NULL },       { "M-D-YYYY", "D-M-YYYY" }, { "D-M-YYYY", "M-D-YYYY" }, { "M/D/YYYY", "D/M/YYYY" },
    { "D/M/YYYY", "M/D/YYYY" }, { "D.M.YYYY", "M.D.YYYY" }, { "M.D.YYYY", "D.M.YYYY" }, { "M/D/YY", "D/M/YY" },
    { "D/M/YY", "M/D/YY" },     { "D-MMM-YY", NULL },       { "D-MMM-YYYY", NULL },     { "D MMM YYYY", NULL },
    { "MMM D, YYYY", NULL },    { "MMM D YYYY", NULL },
};
static const char *const clock_forms[] = { "",       " H:mm",     " H:mm:ss",  " h:mm A",      " h:mm:ss A",
                                           " Ah:mm", " Ah:mm:ss", "TH:mm:ssZ", " h:mm:ss A Z", " H:mm:ss Z" };

enum { DATE_FORMS = COUNT(date_forms), CLOCK_FORMS = COUNT(clock_forms) };

static struct str form_text(const char *date, const char *clock, struct arena *arena)
{
    char text[64];
    int length = snprintf(text, sizeof text, "%s%s", date, clock);
    must(length > 0 && (size_t)length < sizeof text);
    return (struct str){ arena_copy(arena, text, (size_t)length), (size_t)length };
}

/* The month of a text by a form, as 2015-04; false where it is not of that form. */
static bool month_by(const struct date_form *form, struct str text, char month[8])
{
    char out[DATE_TEXT_ROOM];
    size_t length;
    if (!date_form_rewrite(form, text, STR(""), out, &length)) return false;
    snprintf(month, 8, "%.7s", out);
    return true;
}

static size_t count_by(const struct date_form *form, const struct str *samples, size_t count, const bool *done)
{
    char month[8];
    size_t read = 0;
    for (size_t i = 0; i < count; i++)
        read += !done[i] && month_by(form, samples[i], month);
    return read;
}

/* Whether the months of what fits both ways lie among those of what fits one way only: under the form itself, or its twin. */
static void compare_twins(const struct date_form *form, const struct date_form *twin, const struct str *samples, size_t count,
                          struct guess_forms *guess)
{
    char first[8] = "9999-99", last[8] = "", own[8], other[8];
    size_t within = 0, twin_within = 0, either = 0;
    for (size_t i = 0; i < count; i++) {
        if (!month_by(form, samples[i], own) || month_by(twin, samples[i], other)) continue;
        if (strcmp(own, first) < 0) memcpy(first, own, sizeof first);
        if (strcmp(own, last) > 0) memcpy(last, own, sizeof last);
    }
    for (size_t i = 0; i < count; i++) {
        if (!month_by(form, samples[i], own) || !month_by(twin, samples[i], other)) continue;
        either++;
        within += strcmp(own, first) >= 0 && strcmp(own, last) <= 0;
        twin_within += strcmp(other, first) >= 0 && strcmp(other, last) <= 0;
    }
    guess->either_way = either && !*last;
    guess->damaged = *last && twin_within > within;
}

struct guess_forms guess_forms(const struct str *samples, size_t count, struct arena *arena)
{
    struct guess_forms guess = { 0 };
    struct error unused;
    bool *done = arena_take(arena, count + 1);
    memset(done, 0, count + 1);
    while (guess.count < GUESS_FORMS - 1 && guess.read < count) {
        size_t best = 0;
        struct date_form chosen, twin, form;
        const char *twin_date = NULL, *clock = NULL;
        for (size_t i = 0; i < DATE_FORMS * CLOCK_FORMS; i++) {
            struct str text = form_text(date_forms[i / CLOCK_FORMS].form, clock_forms[i % CLOCK_FORMS], arena);
            must(date_form_read(text, &form, &unused));
            size_t read = count_by(&form, samples, count, done);
            if (read <= best) continue;
            best = read;
            chosen = form;
            twin_date = date_forms[i / CLOCK_FORMS].twin;
            clock = clock_forms[i % CLOCK_FORMS];
        }
        if (!best) break;
        if (twin_date && !guess.count) {
            must(date_form_read(form_text(twin_date, clock, arena), &twin, &unused));
            compare_twins(&chosen, &twin, samples, count, &guess);
            if (guess.damaged) guess.forms[guess.count++] = twin.text;
        }
        guess.forms[guess.count++] = chosen.text;
        guess.read += best;
        for (size_t i = 0; i < count; i++) {
            char month[8];
            done[i] = done[i] || month_by(&chosen, samples[i], month);
        }
    }
    return guess;
}

bool guess_is_clock(struct str text, struct arena *arena)
{
    struct error unused;
    struct date_form form;
    char all[64], month[8];
    int length = snprintf(all, sizeof all, "2015-1-1 %.*s", text.length < 40 ? (int)text.length : 40, text.at);
    for (size_t i = 1; i < CLOCK_FORMS; i++) {
        must(date_form_read(form_text("YYYY-M-D", clock_forms[i], arena), &form, &unused));
        if (month_by(&form, (struct str){ all, (size_t)length }, month)) return true;
    }
    return false;
}

/* ---- other shapes ---- */

bool guess_is_phone(struct str text)
{
    size_t digits = 0, others = 0;
    for (size_t i = 0; i < text.length; i++) {
        if (text.at[i] >= '0' && text.at[i] <= '9')
            digits++;
        else if (!memchr(" -+()", text.at[i], 5))
            others++;
    }
    return !others && digits >= 10 && digits <= 14;
}

static bool is_among(struct str text, const struct str *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (str_equal_folded(str_trim(text), words[i])) return true;
    return false;
}

bool guess_is_open(struct str text)
{
    static const struct str words[] = { STR("open"),   STR("pending"), STR("in progress"), STR("new"),   STR("处理中"),
                                        STR("待处理"), STR("未结"),    STR("未办结"),      STR("未处理") };
    return is_among(text, words, COUNT(words));
}

bool guess_is_status(struct str text)
{
    static const struct str words[] = {
        STR("done"),      STR("closed"),    STR("solved"), STR("resolved"), STR("unresolved"), STR("completed"), STR("finished"),
        STR("cancelled"), STR("withdrawn"), STR("active"), STR("reopened"), STR("已办结"),     STR("办结"),      STR("已结"),
        STR("已完成"),    STR("完成"),      STR("已处理"), STR("已解决"),   STR("未解决"),     STR("已关闭"),    STR("关闭"),
        STR("已撤销"),    STR("已受理"),    STR("待受理"),
    };
    return guess_is_open(text) || is_among(text, words, COUNT(words));
}
