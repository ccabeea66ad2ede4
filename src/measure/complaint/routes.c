/* The routes of complaints: who may do what, with what. */
#include "measure/complaint/routes.h"

#include "measure/complaint/acting.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define QUERY(table) .query = (table), .query_count = COUNT(table)
#define JSON(table) .body = BODY_JSON, .fields = (table), .field_count = COUNT(table)
#define EMPTY_JSON .body = BODY_JSON

enum { CLAIMS_LIMIT = 10 };

#define TEXT_FIELD(needed_, english, chinese) { "text", PARAMETER_TEXT, needed_, TEXT_BYTES_MAX, { english, chinese } }
#define REASON_FIELD { "reason", PARAMETER_TEXT, false, 3000, { "why", "原因" } }
#define AMOUNT_FIELD { "amount", PARAMETER_MONEY, false, 0, { "money given back or paid, in yuan", "退赔金额（元）" } }

static const struct parameter list_query[] = {
    { "operator", PARAMETER_TEXT, false, 64, { "only those filed with this operator", "只列投诉该企业的" } },
    { "category", PARAMETER_TEXT, false, 64, { "only this category", "只列该类别" } },
    { "state", PARAMETER_TEXT, false, 64, { "only this state", "只列该状态" } },
    { "since", PARAMETER_TEXT, false, 64, { "only those filed since", "只列此后提交的" } },
};
static const struct parameter filing[] = {
    { "operator", PARAMETER_TEXT, true, 64, { "the operator complained about", "被投诉企业" } },
    { "area", PARAMETER_TEXT, true, 64, { "where", "所在地区" } },
    { "category", PARAMETER_TEXT, false, 64, { "what it is about; proposed from the text where it is left out", "投诉类别，缺省时由内容提出" } },
    { "number", PARAMETER_TEXT, false, 64, { "the number or account that it is about", "所涉号码或账号" } },
    TEXT_FIELD(true, "what happened", "发生了什么"),
    { "claims", PARAMETER_LIST, true, CLAIMS_LIMIT, { "what is wanted: {asks, amount?, text?}, with asks one of refund, explain, stop_service, repair, other",
                                                     "诉求：{asks, amount?, text?}，asks 为 refund、explain、stop_service、repair、other 之一" } },
};
static const struct parameter category_text[] = { TEXT_FIELD(true, "what happened", "发生了什么") };
static const struct parameter opening[] = { { "why", PARAMETER_TEXT, false, 1000, { "why it is read; kept with who and when", "读取的原因，与读取者和时间一并留存" } } };
static const struct parameter following[] = {
    { "complaint", PARAMETER_TEXT, true, 64, { "the number on the receipt", "回执上的受理号" } },
    { "code", PARAMETER_TEXT, true, 32, { "the code on the receipt", "回执上的查询码" } },
};
static const struct parameter evidence_query[] = { { "name", PARAMETER_TEXT, true, 200, { "the file's name", "文件名" } } };
static const struct parameter answering[] = {
    TEXT_FIELD(false, "what is said to all of it", "总的答复"),
    { "claims", PARAMETER_LIST, false, CLAIMS_LIMIT, { "an answer to each claim: {claim, verdict, amount?, text?}, with verdict agreed, partly or refused",
                                                      "逐项答复：{claim, verdict, amount?, text?}，verdict 为 agreed、partly 或 refused" } },
};
static const struct parameter replying[] = {
    TEXT_FIELD(false, "what the person says to it", "你的说明"),
    { "claims", PARAMETER_LIST, false, CLAIMS_LIMIT, { "yes or no to each answer: {claim, accepted, text?}", "逐项认可或不认可：{claim, accepted, text?}" } },
    { "accepted", PARAMETER_FLAG, false, 0, { "yes or no to all, where there are no claims", "没有逐项诉求时，总的认可或不认可" } },
};
static const struct parameter writing[] = { TEXT_FIELD(true, "what is to be added", "补充的内容") };
static const struct parameter text_only[] = { TEXT_FIELD(false, "in words", "说明") };
static const struct parameter needed_text[] = { TEXT_FIELD(true, "in words", "说明") };
static const struct parameter publishing[] = {
    { "agreed", PARAMETER_FLAG, true, 0, { "whether it may be shown to all", "是否同意公开" } },
    { "title", PARAMETER_TEXT, false, 300, { "a headline without personal data", "不含个人信息的标题" } },
    { "text", PARAMETER_TEXT, false, 1000, { "the text without personal data", "去掉个人信息的内容" } },
};
static const struct parameter joining[] = {
    { "number", PARAMETER_TEXT, false, 64, { "one's number: it is counted once, and told how it goes on; not needed after signing in by number", "自己的号码：计一人，并接收进展；用号码登录的不必写" } },
    { "text", PARAMETER_TEXT, false, 3000, { "what happened to them", "自己的情况" } },
};
static const struct parameter reason_only[] = { REASON_FIELD };
static const struct parameter moving[] = { { "operator", PARAMETER_TEXT, true, 64, { "to which operator", "转交给哪家企业" } }, REASON_FIELD };
static const struct parameter merging[] = { { "into", PARAMETER_TEXT, true, 64, { "into which complaint", "并入哪件投诉" } }, REASON_FIELD };
static const struct parameter assigning[] = { { "to", PARAMETER_TEXT, true, 200, { "the group or person", "经办的组或人" } } };
static const struct parameter appealing[] = {
    { "about", PARAMETER_TEXT, true, 16, { "charge or other", "charge（收费）或 other（其他）" } },
    TEXT_FIELD(true, "why", "理由"),
};
static const struct parameter refusing[] = { { "reason", PARAMETER_TEXT, true, 3000, { "why: early, late, or in words", "理由：early（过早）、late（过期）或文字说明" } },
                                             TEXT_FIELD(false, "in words", "说明") };
static const struct parameter settling[] = { TEXT_FIELD(true, "what was found", "处理内容"), AMOUNT_FIELD };
static const struct parameter work_query[] = {
    { "side", PARAMETER_TEXT, false, 16, { "operators, regulator or all", "operators（企业）、regulator（主管部门）或 all（全部）" } },
    { "operator", PARAMETER_TEXT, false, 64, { "only this operator's", "只列该企业的" } },
    { "assigned", PARAMETER_TEXT, false, 200, { "only what this group or person has", "只列该组或人经办的" } },
};
static const struct parameter public_query[] = {
    { "operator", PARAMETER_TEXT, false, 64, { "only about this operator", "只列投诉该企业的" } },
    { "category", PARAMETER_TEXT, false, 64, { "only this category", "只列该类别" } },
};

enum { OPERATOR = FOR(OPERATOR), REGULATOR = FOR(REGULATOR), PERSON = FOR(SUBSCRIBER),
       STAFF = FOR(OPERATOR) | FOR(REGULATOR), READERS = FOR(SUBSCRIBER) | FOR(OPERATOR) | FOR(REGULATOR) | FOR(ADMINISTRATOR) };

const struct route complaint_routes[COMPLAINT_ROUTES] = {
    { ROUTE(GET, "/api/complaints", READERS, REACH_OWN), .handle = complaint_list, .flags = ROUTE_TABLE | ROUTE_TRY, QUERY(list_query),
      .says = { "complaints, the newest first", "投诉列表，新的在前" } },
    { ROUTE(POST, "/api/complaints", FOR(PUBLIC) | PERSON, REACH_OWN), .handle = complaint_file, .flags = ROUTE_SLOW, JSON(filing), .hourly = 60,
      .says = { "files a complaint; the answer has its number and the code to follow it with", "提交投诉，返回受理号和查询码" } },
    { ROUTE(POST, "/api/complaints/category", FOR_ALL, REACH_OPEN), .handle = complaint_category, JSON(category_text),
      .says = { "what a text seems to be about", "由内容提出投诉类别" } },
    { ROUTE(POST, "/api/session/complaint", FOR_ALL, REACH_OPEN), .handle = complaint_sign_in, .flags = ROUTE_SLOW | ROUTE_CODE, JSON(following),
      .says = { "begins to follow a case by its number and code", "用受理号和查询码查看投诉" } },
    { ROUTE(GET, "/api/complaints/{complaint}", READERS, REACH_OWN), .handle = complaint_get, .flags = ROUTE_TRY,
      .says = { "a case: whose turn it is, by when, its claims, what happened and what is to come; texts stay sealed",
                "一件投诉：轮到谁、期限、诉求、经过和将来，文字保持密封" } },
    { ROUTE(POST, "/api/complaints/{complaint}/open", READERS, REACH_OWN), .handle = complaint_open_texts, .flags = ROUTE_SLOW, JSON(opening),
      .says = { "the case with its texts in clear; the reading is recorded", "含明文的投诉，读取行为会被记录" } },
    { ROUTE(POST, "/api/complaints/{complaint}/evidence", PERSON, REACH_OWN), .handle = evidence_add, .flags = ROUTE_SLOW, QUERY(evidence_query),
      .body = BODY_FILE, .body_limit = EVIDENCE_BYTES, .hourly = 100, .says = { "adds a file, of 10 MB at most", "补充材料，不超过10 MB" } },
    { ROUTE(GET, "/api/complaints/{complaint}/evidence/{evidence}", READERS, REACH_OWN), .handle = evidence_get, .flags = ROUTE_SLOW,
      .says = { "a file of the case; the reading is recorded", "投诉的一份材料，读取行为会被记录" } },
    { ROUTE(POST, "/api/complaints/{complaint}/answer", OPERATOR, REACH_OWN), .handle = complaint_answer, .flags = ROUTE_SLOW, JSON(answering),
      .says = { "the operator answers, claim by claim", "企业逐项答复" } },
    { ROUTE(POST, "/api/complaints/{complaint}/reply", PERSON, REACH_OWN), .handle = complaint_reply_to, .flags = ROUTE_SLOW, JSON(replying),
      .says = { "the person says yes or no to the answer", "用户认可或不认可答复" } },
    { ROUTE(POST, "/api/complaints/{complaint}/write", PERSON, REACH_OWN), .handle = complaint_write, .flags = ROUTE_SLOW, JSON(writing),
      .says = { "the person writes again; after an answer the clock starts afresh", "用户再次来信，答复之后的来信重新计时" } },
    { ROUTE(POST, "/api/complaints/{complaint}/withdraw", PERSON, REACH_OWN), .handle = complaint_withdraw, .flags = ROUTE_SLOW, JSON(text_only),
      .says = { "the person withdraws the complaint", "用户撤回投诉" } },
    { ROUTE(POST, "/api/complaints/{complaint}/press", PERSON, REACH_OWN), .handle = complaint_press, .flags = ROUTE_SLOW, EMPTY_JSON,
      .says = { "presses for an overdue answer", "催办逾期的答复" } },
    { ROUTE(POST, "/api/complaints/{complaint}/publication/proposal", PERSON, REACH_OWN), .handle = publication_propose, .flags = ROUTE_SLOW, EMPTY_JSON,
      .says = { "the text with personal data taken out, to look over before it is published", "去掉个人信息的内容，公开前先过目" } },
    { ROUTE(POST, "/api/complaints/{complaint}/publication", PERSON, REACH_OWN), .handle = publication_decide, .flags = ROUTE_SLOW, JSON(publishing),
      .says = { "agrees to publication, or no longer", "同意公开，或不再公开" } },
    { ROUTE(POST, "/api/complaints/{complaint}/join", FOR(PUBLIC) | PERSON, REACH_OWN), .handle = complaint_join, .flags = ROUTE_SLOW, JSON(joining), .hourly = 20,
      .says = { "joins a published case with the same trouble", "加入遇到同样问题的公开投诉" } },
    { ROUTE(POST, "/api/complaints/{complaint}/pause", OPERATOR, REACH_OWN), .handle = complaint_pause, .flags = ROUTE_SLOW, JSON(reason_only),
      .says = { "stops the clock while something is waited for from the person", "等待用户补充时暂停计时" } },
    { ROUTE(POST, "/api/complaints/{complaint}/resume", OPERATOR, REACH_OWN), .handle = complaint_resume, .flags = ROUTE_SLOW, EMPTY_JSON,
      .says = { "lets the clock go on", "恢复计时" } },
    { ROUTE(POST, "/api/complaints/{complaint}/move", STAFF, REACH_OWN), .handle = complaint_move, .flags = ROUTE_SLOW, JSON(moving),
      .says = { "moves a case to the operator who is responsible", "转交给应负责的企业" } },
    { ROUTE(POST, "/api/complaints/{complaint}/merge", STAFF, REACH_OWN), .handle = complaint_merge, .flags = ROUTE_SLOW, JSON(merging),
      .says = { "merges a case into another of the same person", "并入同一用户的另一件投诉" } },
    { ROUTE(POST, "/api/complaints/{complaint}/assignment", STAFF, REACH_OWN), .handle = complaint_assign, .flags = ROUTE_SLOW, JSON(assigning),
      .says = { "says who takes care of it", "指定经办" } },
    { ROUTE(POST, "/api/complaints/{complaint}/notes", STAFF, REACH_OWN), .handle = complaint_note, .flags = ROUTE_SLOW, JSON(needed_text),
      .says = { "a note for colleagues", "内部备注" } },
    { ROUTE(GET, "/api/complaints/{complaint}/letters", READERS, REACH_OWN), .handle = case_letters, .flags = ROUTE_SLOW,
      .says = { "what was said about the case, and to whom", "就这件投诉发出的通知" } },
    { ROUTE(GET, "/api/complaints/{complaint}/appeal", READERS, REACH_OWN), .handle = appeal_chance_get, .flags = ROUTE_TRY,
      .says = { "whether one may appeal, from when, until when, and why", "能否申诉、从何时起、到何时止、为什么" } },
    { ROUTE(POST, "/api/complaints/{complaint}/appeal", PERSON, REACH_OWN), .handle = appeal_file, .flags = ROUTE_SLOW, JSON(appealing),
      .says = { "appeals to the regulator", "向主管部门申诉" } },
    { ROUTE(GET, "/api/appeals", READERS, REACH_OWN), .handle = appeal_list, .flags = ROUTE_TABLE | ROUTE_SLOW, .says = { "appeals", "申诉列表" } },
    { ROUTE(GET, "/api/appeals/{appeal}", READERS, REACH_OWN), .handle = appeal_get, .flags = ROUTE_TRY, .says = { "an appeal", "一件申诉" } },
    { ROUTE(POST, "/api/appeals/{appeal}/accept", REGULATOR, REACH_OWN), .handle = appeal_accept, .flags = ROUTE_SLOW, JSON(text_only),
      .says = { "accepts an appeal", "受理申诉" } },
    { ROUTE(POST, "/api/appeals/{appeal}/refuse", REGULATOR, REACH_OWN), .handle = appeal_refuse, .flags = ROUTE_SLOW, JSON(refusing),
      .says = { "refuses an appeal, with its reason", "不予受理，并说明理由" } },
    { ROUTE(POST, "/api/appeals/{appeal}/forward", REGULATOR, REACH_OWN), .handle = appeal_forward, .flags = ROUTE_SLOW, JSON(text_only),
      .says = { "asks the operator", "转交企业回复" } },
    { ROUTE(POST, "/api/appeals/{appeal}/answer", OPERATOR, REACH_OWN), .handle = appeal_answer, .flags = ROUTE_SLOW, JSON(needed_text),
      .says = { "the operator answers the regulator", "企业回复主管部门" } },
    { ROUTE(POST, "/api/appeals/{appeal}/mediate", REGULATOR, REACH_OWN), .handle = appeal_mediate, .flags = ROUTE_SLOW, JSON(settling),
      .says = { "records what was agreed in mediation", "记录调解结果" } },
    { ROUTE(POST, "/api/appeals/{appeal}/decide", REGULATOR, REACH_OWN), .handle = appeal_decide, .flags = ROUTE_SLOW, JSON(settling),
      .says = { "decides an appeal", "作出处理意见" } },
    { ROUTE(POST, "/api/appeals/{appeal}/withdraw", PERSON, REACH_OWN), .handle = appeal_withdraw, .flags = ROUTE_SLOW, JSON(text_only),
      .says = { "the person withdraws the appeal", "用户撤回申诉" } },
    { ROUTE(GET, "/api/work", STAFF | FOR(ADMINISTRATOR), REACH_OWN), .handle = work_list, .flags = ROUTE_TABLE | ROUTE_SLOW, QUERY(work_query),
      .says = { "what waits for an answer or a decision, by deadline", "等待答复或决定的事项，按期限" } },
    { ROUTE(GET, "/api/public/complaints", FOR_ALL, REACH_OPEN), .handle = public_list, .flags = ROUTE_TABLE | ROUTE_SLOW, QUERY(public_query),
      .says = { "cases that their persons agreed to show", "本人同意公开的投诉" } },
    { ROUTE(GET, "/api/public/complaints/{complaint}", FOR_ALL, REACH_OPEN), .handle = public_get, .flags = ROUTE_TRY, .says = { "a published case", "一件公开的投诉" } },
};
