/* The kinds that a case served by the portal has besides its complaint and its appeals. */
#include "measure/complaint/complaint.h"

#define NEEDED FIELD_NEEDED
#define KEY (FIELD_NEEDED | FIELD_KEY)
#define OF_CASE (FIELD_NEEDED | FIELD_INDEXED)
#define OPTIONAL 0
#define COUNT(array) (sizeof(array) / sizeof *(array))
#define COMPLAINT_NUMBER { "the complaint's number", "投诉编号" }
#define HAPPENED { "when it happened", "发生时间" }

/* ---- claims ---- */

static const struct choice asked[] = {
    [ASKS_REFUND] = { "refund", { "money back", "退费" } },
    [ASKS_EXPLAIN] = { "explain", { "an explanation", "说明情况" } },
    [ASKS_STOP_SERVICE] = { "stop_service", { "a service stopped", "停止业务" } },
    [ASKS_REPAIR] = { "repair", { "a repair", "修复故障" } },
    [ASKS_OTHER] = { "other", { "something else", "其他" } },
};

static const struct choice claim_steps[] = {
    [CLAIM_AGREED] = { "agreed", { "agreed by the operator", "企业同意" } },
    [CLAIM_PARTLY] = { "partly", { "agreed in part", "企业部分同意" } },
    [CLAIM_REFUSED] = { "refused", { "refused by the operator", "企业不同意" } },
    [CLAIM_ACCEPTED] = { "accepted", { "accepted by the person", "用户认可" } },
    [CLAIM_DISPUTED] = { "disputed", { "disputed by the person", "用户不认可" } },
};

static const struct field claim_fields[] = {
    [CLAIM_COMPLAINT] = { "complaint", FIELD_ID, KEY, COMPLAINT_NUMBER, NULL, 0 },
    [CLAIM_CLAIM] = { "claim", FIELD_COUNT, KEY, { "which of its claims, from 1", "第几项诉求，从1数起" }, NULL, 0 },
    [CLAIM_ASKS] = { "asks", FIELD_CHOICE, NEEDED, { "what is asked for", "要求什么" }, asked, COUNT(asked) },
    [CLAIM_AMOUNT] = { "amount", FIELD_MONEY, OPTIONAL, { "the money asked for, in yuan", "要求的金额（元）" }, NULL, 0 },
    [CLAIM_TEXT] = { "text", FIELD_SEALED, OPTIONAL, { "in the person's words; kept sealed", "用户的表述，密封保存" }, NULL, 0 },
};

const struct kind complaint_claim_kind = {
    .name = "complaint_claim",
    .says = { "one thing that a complaint asks for", "投诉中的一项诉求" },
    .version = 1,
    .fields = claim_fields,
    .field_count = COUNT(claim_fields),
};

static const struct field claim_event_fields[] = {
    [CLAIM_EVENT_COMPLAINT] = { "complaint", FIELD_ID, OF_CASE, COMPLAINT_NUMBER, NULL, 0 },
    [CLAIM_EVENT_CLAIM] = { "claim", FIELD_COUNT, NEEDED, { "which of its claims", "第几项诉求" }, NULL, 0 },
    [CLAIM_EVENT_TIME] = { "time", FIELD_TIME, NEEDED, HAPPENED, NULL, 0 },
    [CLAIM_EVENT_EVENT] = { "event", FIELD_CHOICE, NEEDED, { "what happened", "事项" }, claim_steps, COUNT(claim_steps) },
    [CLAIM_EVENT_AMOUNT] = { "amount", FIELD_MONEY, OPTIONAL, { "money given back or paid, in yuan", "退费或赔付金额（元）" }, NULL, 0 },
    [CLAIM_EVENT_TEXT] = { "text", FIELD_SEALED, OPTIONAL, { "what was written; kept sealed", "往来内容，密封保存" }, NULL, 0 },
};

const struct kind complaint_claim_event_kind = {
    .name = "complaint_claim_event",
    .says = { "how a claim was answered, and whether the person took it so", "对一项诉求的答复，以及用户是否认可" },
    .version = 1,
    .fields = claim_event_fields,
    .field_count = COUNT(claim_event_fields),
};

/* ---- evidence ---- */

static const struct field evidence_fields[] = {
    [EVIDENCE_COMPLAINT] = { "complaint", FIELD_ID, OF_CASE, COMPLAINT_NUMBER, NULL, 0 },
    [EVIDENCE_EVIDENCE] = { "evidence", FIELD_COUNT, NEEDED, { "which of its files, from 1", "第几份材料，从1数起" }, NULL, 0 },
    [EVIDENCE_PART] = { "part", FIELD_COUNT, NEEDED, { "which part of the file, from 1", "材料的第几部分，从1数起" }, NULL, 0 },
    [EVIDENCE_PARTS] = { "parts", FIELD_COUNT, NEEDED, { "how many parts the file has", "材料共几部分" }, NULL, 0 },
    [EVIDENCE_NAME] = { "name", FIELD_SEALED, NEEDED, { "the file's name; kept sealed", "文件名，密封保存" }, NULL, 0 },
    [EVIDENCE_TYPE] = { "type", FIELD_LABEL, NEEDED, { "what kind of file, such as image/png", "文件类型，如 image/png" }, NULL, 0 },
    [EVIDENCE_BYTES_ALL] = { "bytes", FIELD_COUNT, NEEDED, { "the whole file's size", "整个文件的字节数" }, NULL, 0 },
    [EVIDENCE_TIME] = { "time", FIELD_TIME, NEEDED, { "when it was handed in", "提交时间" }, NULL, 0 },
    [EVIDENCE_CONTENT] = { "content", FIELD_SEALED, NEEDED, { "the part's bytes; kept sealed", "该部分的内容，密封保存" }, NULL, 0 },
};

static bool evidence_check(const struct record *record, const struct field **field, struct error *error)
{
    uint64_t part = (uint64_t)record->values[EVIDENCE_PART].number, parts = (uint64_t)record->values[EVIDENCE_PARTS].number;
    *field = &evidence_fields[EVIDENCE_PART];
    if (part >= 1 && part <= parts) return true;
    return fail_both(error, ERROR_INPUT, "parts are counted from 1 to the number in `parts`", "各部分从1数起，到 parts 所说的数为止");
}

const struct kind complaint_evidence_kind = {
    .name = "complaint_evidence",
    .says = { "a file handed in with a complaint, or a part of it", "随投诉提交的材料，或其中一部分" },
    .version = 1,
    .fields = evidence_fields,
    .field_count = COUNT(evidence_fields),
    .check = evidence_check,
};

/* ---- among staff ---- */

static const struct choice sides[] = {
    [SIDE_OPERATOR] = { "operator", { "the operator's", "企业" } },
    [SIDE_REGULATOR] = { "regulator", { "the regulator's", "主管部门" } },
};

#define SIDE { "whose staff", "哪一方的工作人员" }
#define STAFF_OPERATOR { "whose staff, where it is an operator's", "企业一方的，是哪家企业" }
#define ACCOUNT { "the account that did so", "操作的账号" }

static bool staff_check(const struct record *record, size_t side, size_t operator_, const struct field **field, struct error *error)
{
    *field = &record->kind->fields[operator_];
    if (record->values[side].number == SIDE_REGULATOR || record_has(record, operator_)) return true;
    return fail_both(error, ERROR_INPUT, "what an operator's staff did needs their operator", "企业工作人员所做的，须写明是哪家企业");
}

static const struct field note_fields[] = {
    [NOTE_COMPLAINT] = { "complaint", FIELD_ID, OF_CASE, COMPLAINT_NUMBER, NULL, 0 },
    [NOTE_TIME] = { "time", FIELD_TIME, NEEDED, { "when it was written", "书写时间" }, NULL, 0 },
    [NOTE_ACCOUNT] = { "account", FIELD_LABEL, NEEDED, ACCOUNT, NULL, 0 },
    [NOTE_SIDE] = { "side", FIELD_CHOICE, NEEDED, SIDE, sides, COUNT(sides) },
    [NOTE_OPERATOR] = { "operator", FIELD_CODE, OPTIONAL, STAFF_OPERATOR, NULL, 0 },
    [NOTE_TEXT] = { "text", FIELD_SEALED, NEEDED, { "for colleagues alone; kept sealed", "仅供内部阅读，密封保存" }, NULL, 0 },
};

static bool note_check(const struct record *record, const struct field **field, struct error *error)
{
    return staff_check(record, NOTE_SIDE, NOTE_OPERATOR, field, error);
}

const struct kind complaint_note_kind = {
    .name = "complaint_note",
    .says = { "an internal note on a complaint, for one side's staff", "工作人员的内部备注，只给本方看" },
    .version = 1,
    .fields = note_fields,
    .field_count = COUNT(note_fields),
    .check = note_check,
};

static const struct field assignment_fields[] = {
    [ASSIGNMENT_COMPLAINT] = { "complaint", FIELD_ID, OF_CASE, COMPLAINT_NUMBER, NULL, 0 },
    [ASSIGNMENT_TIME] = { "time", FIELD_TIME, NEEDED, HAPPENED, NULL, 0 },
    [ASSIGNMENT_TO] = { "to", FIELD_LABEL, NEEDED, { "who takes care of it from now on", "自此由谁经办" }, NULL, 0 },
    [ASSIGNMENT_ACCOUNT] = { "account", FIELD_LABEL, NEEDED, ACCOUNT, NULL, 0 },
    [ASSIGNMENT_SIDE] = { "side", FIELD_CHOICE, NEEDED, SIDE, sides, COUNT(sides) },
    [ASSIGNMENT_OPERATOR] = { "operator", FIELD_CODE, OPTIONAL, STAFF_OPERATOR, NULL, 0 },
};

static bool assignment_check(const struct record *record, const struct field **field, struct error *error)
{
    return staff_check(record, ASSIGNMENT_SIDE, ASSIGNMENT_OPERATOR, field, error);
}

const struct kind complaint_assignment_kind = {
    .name = "complaint_assignment",
    .says = { "who among one side's staff takes care of a complaint", "某一方由谁经办投诉" },
    .version = 1,
    .fields = assignment_fields,
    .field_count = COUNT(assignment_fields),
    .check = assignment_check,
};

/* ---- among people ---- */

static const struct field join_fields[] = {
    [JOIN_COMPLAINT] = { "complaint", FIELD_ID, OF_CASE, COMPLAINT_NUMBER, NULL, 0 },
    [JOIN_TIME] = { "time", FIELD_TIME, NEEDED, HAPPENED, NULL, 0 },
    [JOIN_SUBSCRIBER] = { "subscriber", FIELD_PERSON, FIELD_INDEXED, { "the number of who joined", "加入者的号码" }, NULL, 0 },
    [JOIN_TEXT] = { "text", FIELD_SEALED, OPTIONAL, { "what they wrote; kept sealed", "加入者所写，密封保存" }, NULL, 0 },
};

const struct kind complaint_join_kind = {
    .name = "complaint_join",
    .says = { "somebody with the same trouble joined a published complaint", "遇到同样问题的人加入了公开的投诉" },
    .version = 1,
    .fields = join_fields,
    .field_count = COUNT(join_fields),
};

static const struct field press_fields[] = {
    [PRESS_COMPLAINT] = { "complaint", FIELD_ID, OF_CASE, COMPLAINT_NUMBER, NULL, 0 },
    [PRESS_TIME] = { "time", FIELD_TIME, NEEDED, HAPPENED, NULL, 0 },
};

const struct kind complaint_press_kind = {
    .name = "complaint_press",
    .says = { "the person pressed for an overdue answer", "用户催办逾期的答复" },
    .version = 1,
    .fields = press_fields,
    .field_count = COUNT(press_fields),
};

static const struct field publication_fields[] = {
    [PUBLICATION_COMPLAINT] = { "complaint", FIELD_ID, KEY, COMPLAINT_NUMBER, NULL, 0 },
    [PUBLICATION_TIME] = { "time", FIELD_TIME, NEEDED, { "when the person decided", "用户决定的时间" }, NULL, 0 },
    [PUBLICATION_AGREED] = { "agreed", FIELD_FLAG, NEEDED, { "whether it may be shown to all", "是否同意公开" }, NULL, 0 },
    [PUBLICATION_TITLE] = { "title", FIELD_LABEL, OPTIONAL, { "a headline without personal data", "不含个人信息的标题" }, NULL, 0 },
    [PUBLICATION_TEXT] = { "text", FIELD_LABEL, OPTIONAL, { "the text without personal data", "去掉个人信息的内容" }, NULL, 0 },
};

const struct kind complaint_publication_kind = {
    .name = "complaint_publication",
    .says = { "what a person agreed to show to all of a complaint", "用户同意公开的投诉内容" },
    .version = 1,
    .fields = publication_fields,
    .field_count = COUNT(publication_fields),
};
