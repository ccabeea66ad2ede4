#include "measure/complaint/complaint.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const struct choice categories[] = {
    [CATEGORY_FORCED_BUNDLING] = { "forced_bundling", { "forced bundling", "强制捆绑" } },
    [CATEGORY_UNFAIR_TERMS] = { "unfair_terms", { "unfair terms", "霸王条款" } },
    [CATEGORY_UNCLEAR_PRICES] = { "unclear_prices", { "unclear prices", "资费不清" } },
    [CATEGORY_WRONG_CHARGE] = { "wrong_charge", { "wrong charge", "扣费错误" } },
    [CATEGORY_UNORDERED_SERVICE] = { "unordered_service", { "service started without consent", "未经同意开通业务" } },
    [CATEGORY_SPAM] = { "spam", { "spam messages", "垃圾短信" } },
    [CATEGORY_HARASSING_CALLS] = { "harassing_calls", { "harassing calls", "骚扰电话" } },
    [CATEGORY_HALL] = { "hall", { "business hall", "营业厅" } },
    [CATEGORY_HOTLINE] = { "hotline", { "customer hotline", "客服热线" } },
    [CATEGORY_ONLINE_HALL] = { "online_hall", { "online hall", "网上营业厅" } },
    [CATEGORY_LATE_REMINDER] = { "late_reminder", { "late reminder", "提醒不及时" } },
    [CATEGORY_COVERAGE] = { "coverage", { "signal coverage", "信号覆盖" } },
    [CATEGORY_BROADBAND_SPEED] = { "broadband_speed", { "broadband speed", "宽带网速" } },
    [CATEGORY_BROADBAND_PRICE] = { "broadband_price", { "broadband price", "宽带资费" } },
    [CATEGORY_OTHER] = { "other", { "other", "其他" } },
};

static const struct choice complaint_steps[] = {
    [STEP_ANSWERED] = { "answered", { "answered by the operator", "企业答复" } },
    [STEP_PAUSED] = { "paused", { "paused: the clock stands", "暂停计时" } },
    [STEP_RESUMED] = { "resumed", { "resumed: the clock goes on", "恢复计时" } },
    [STEP_MOVED] = { "moved", { "moved to another operator", "转交其他企业" } },
    [STEP_MERGED] = { "merged", { "merged into another complaint", "并入另一投诉" } },
    [STEP_WRITTEN] = { "written", { "the person wrote again", "用户再次来信" } },
    [STEP_CONFIRMED] = { "confirmed", { "the person accepted the answer", "用户认可答复" } },
    [STEP_DISPUTED] = { "disputed", { "the person disputed the answer", "用户不认可答复" } },
    [STEP_WITHDRAWN] = { "withdrawn", { "withdrawn by the person", "用户撤回" } },
};

static const struct choice appeal_subjects[] = {
    [ABOUT_CHARGE] = { "charge", { "about a charge", "收费争议" } },
    [ABOUT_OTHER] = { "other", { "about something else", "其他争议" } },
};

static const struct choice appeal_steps[] = {
    [APPEAL_ACCEPTED] = { "accepted", { "accepted", "受理" } },
    [APPEAL_REFUSED] = { "refused", { "refused", "不予受理" } },
    [APPEAL_FORWARDED] = { "forwarded", { "forwarded to the operator", "转交企业" } },
    [APPEAL_OPERATOR_ANSWERED] = { "operator_answered", { "answered by the operator", "企业回复" } },
    [APPEAL_MEDIATED] = { "mediated", { "settled by mediation", "调解" } },
    [APPEAL_DECIDED] = { "decided", { "decided", "作出处理意见" } },
    [APPEAL_WITHDRAWN] = { "withdrawn", { "withdrawn by the person", "用户撤回" } },
};

static const struct field complaint_fields[] = {
    [COMPLAINT_ID] = { "id", FIELD_ID, FIELD_NEEDED | FIELD_KEY, { "the complaint's own number", "投诉编号" }, NULL, 0 },
    [COMPLAINT_OPERATOR] = { "operator", FIELD_CODE, FIELD_NEEDED, { "the operator complained about", "被投诉企业" }, NULL, 0 },
    [COMPLAINT_AREA] = { "area", FIELD_CODE, FIELD_NEEDED, { "the area of the case", "所在地区" }, NULL, 0 },
    [COMPLAINT_CATEGORY] = { "category", FIELD_CHOICE, 0, { "what it is about", "投诉类别" }, categories, COUNT(categories) },
    [COMPLAINT_FILED] = { "filed", FIELD_TIME, FIELD_NEEDED | FIELD_EVENT | FIELD_INDEXED,
      { "when it was filed; the clock starts", "投诉时间，计时由此开始" }, NULL, 0 },
    [COMPLAINT_CHANNEL] = { "channel", FIELD_LABEL, FIELD_NEEDED,
      { "the way it came: hotline, hall, web", "投诉渠道，如热线、营业厅、网站" }, NULL, 0 },
    [COMPLAINT_SUBSCRIBER] = { "subscriber", FIELD_PERSON, FIELD_INDEXED,
      { "the number or account complained about", "投诉涉及的号码或账号" }, NULL, 0 },
    [COMPLAINT_TEXT] = { "text", FIELD_SEALED, 0, { "what the person wrote; kept sealed", "投诉内容，密封保存" }, NULL, 0 },
    [COMPLAINT_ANSWERED] = { "answered", FIELD_TIME, FIELD_EVENT | FIELD_DAY_ENDS,
      { "when the operator answered", "企业答复时间" }, NULL, 0 },
    [COMPLAINT_OUTCOME] = { "outcome", FIELD_ID, 0,
      { "how it ended, in a word; without any answer's day: closed on an unknown day",
        "处理结果；没有答复时间时，视为办结日期不明" }, NULL, 0 },
    [COMPLAINT_SATISFIED] = { "satisfied", FIELD_FLAG, 0, { "whether the person is satisfied", "用户是否满意" }, NULL, 0 },
};

const struct kind complaint_kind = {
    .name = "complaint",
    .says = { "a complaint to an operator", "用户投诉" },
    .version = 1,
    .fields = complaint_fields,
    .field_count = COUNT(complaint_fields),
};

static const struct field complaint_event_fields[] = {
    [EVENT_COMPLAINT] = { "complaint", FIELD_ID, FIELD_NEEDED | FIELD_INDEXED,
      { "the complaint's number", "投诉编号" }, NULL, 0 },
    [EVENT_TIME] = { "time", FIELD_TIME, FIELD_NEEDED | FIELD_EVENT, { "when it happened", "发生时间" }, NULL, 0 },
    [EVENT_EVENT] = { "event", FIELD_CHOICE, FIELD_NEEDED,
      { "what happened", "事项" }, complaint_steps, COUNT(complaint_steps) },
    [EVENT_OPERATOR] = { "operator", FIELD_CODE, 0, { "moved: to which operator", "转交至哪家企业" }, NULL, 0 },
    [EVENT_INTO] = { "into", FIELD_ID, 0, { "merged: into which complaint", "并入哪件投诉" }, NULL, 0 },
    [EVENT_REASON] = { "reason", FIELD_REASON, 0, { "why; kept sealed", "原因，密封保存" }, NULL, 0 },
    [EVENT_AMOUNT] = { "amount", FIELD_MONEY, 0, { "money given back or paid, in yuan", "退费或赔付金额（元）" }, NULL, 0 },
    [EVENT_TEXT] = { "text", FIELD_SEALED, 0, { "what was written; kept sealed", "往来内容，密封保存" }, NULL, 0 },
};

static bool complaint_event_check(const struct record *record, const struct field **field, struct error *error)
{
    int64_t step = record->values[EVENT_EVENT].number;
    if (step == STEP_MOVED && !record_has(record, EVENT_OPERATOR)) {
        *field = &complaint_event_fields[EVENT_OPERATOR];
        return fail_both(error, ERROR_INPUT, "an event moved needs the operator that the complaint was moved to",
                         "moved（转办）须在 operator 中写明转给哪家企业");
    }
    if (step == STEP_MERGED && !record_has(record, EVENT_INTO)) {
        *field = &complaint_event_fields[EVENT_INTO];
        return fail_both(error, ERROR_INPUT, "an event merged needs in `into` the complaint that it was merged into",
                         "merged（并案）须在 into 中写明并入哪件投诉");
    }
    return true;
}

const struct kind complaint_event_kind = {
    .name = "complaint_event",
    .says = { "what happened to a complaint after it was filed", "投诉处理过程" },
    .version = 1,
    .fields = complaint_event_fields,
    .field_count = COUNT(complaint_event_fields),
    .check = complaint_event_check,
};

static const struct field appeal_fields[] = {
    [APPEAL_ID] = { "id", FIELD_ID, FIELD_NEEDED | FIELD_KEY, { "the appeal's own number", "申诉编号" }, NULL, 0 },
    [APPEAL_COMPLAINT] = { "complaint", FIELD_ID, FIELD_NEEDED | FIELD_INDEXED,
      { "the complaint before it", "对应的投诉编号" }, NULL, 0 },
    [APPEAL_FILED] = { "filed", FIELD_TIME, FIELD_NEEDED | FIELD_EVENT,
      { "when it was filed with the regulator", "向主管部门申诉的时间" }, NULL, 0 },
    [APPEAL_ABOUT] = { "about", FIELD_CHOICE, 0,
      { "a charge, or other (when left out)", "收费争议或其他，缺省为其他" }, appeal_subjects,
      COUNT(appeal_subjects) },
    [APPEAL_TEXT] = { "text", FIELD_SEALED, 0, { "what the person wrote; kept sealed", "申诉内容，密封保存" }, NULL, 0 },
};

const struct kind appeal_kind = {
    .name = "appeal",
    .says = { "an appeal to the regulator after a complaint", "用户申诉" },
    .version = 1,
    .fields = appeal_fields,
    .field_count = COUNT(appeal_fields),
};

static const struct field appeal_event_fields[] = {
    [APPEAL_EVENT_APPEAL] = { "appeal", FIELD_ID, FIELD_NEEDED | FIELD_INDEXED, { "the appeal's number", "申诉编号" }, NULL, 0 },
    [APPEAL_EVENT_TIME] = { "time", FIELD_TIME, FIELD_NEEDED | FIELD_EVENT, { "when it happened", "发生时间" }, NULL, 0 },
    [APPEAL_EVENT_EVENT] = { "event", FIELD_CHOICE, FIELD_NEEDED,
      { "what happened", "事项" }, appeal_steps, COUNT(appeal_steps) },
    [APPEAL_EVENT_REASON] = { "reason", FIELD_REASON, 0,
      { "refused: why; `early` and `late` are words of their own; else kept sealed",
        "不予受理的原因：过早（early）、过期（late），或其他说明（密封保存）" }, NULL, 0 },
    [APPEAL_EVENT_AMOUNT] = { "amount", FIELD_MONEY, 0, { "money given back or paid, in yuan", "退费或赔付金额（元）" }, NULL, 0 },
    [APPEAL_EVENT_TEXT] = { "text", FIELD_SEALED, 0, { "what was written; kept sealed", "往来内容，密封保存" }, NULL, 0 },
};

const struct kind appeal_event_kind = {
    .name = "appeal_event",
    .says = { "what happened to an appeal", "申诉处理过程" },
    .version = 1,
    .fields = appeal_event_fields,
    .field_count = COUNT(appeal_event_fields),
};
