#include "measure/complaint/simulate_text.h"

#include "base/number.h"

enum { VARIANTS = 5 };

/* $s a service, $y an amount in yuan, $d days, $m months, $p a place, $h an hour. */
static const char *const matters[COMPLAINT_CATEGORIES][VARIANTS] = {
    { "办理宽带时被告知必须同时开通电视业务，不要电视就不给装。", "想单独办$y元的套餐，营业员说一定要搭$s才能办。",
      "换套餐时被要求一起买一部手机，不买就不能换。", "固定电话想留着，可是说要和宽带捆在一起，单独的不卖了。",
      "续约宽带，被要求加两个副卡，每月多出$y元。" },
    { "想把套餐改便宜一点，说在网不满$m个月不能改。", "销户时要付$y元违约金，办的时候没有人讲过。",
      "优惠活动写着可以随时退出，现在退出却要补交$y元。", "合约到期以后自动续了$m个月，没有问过我。",
      "停机保号要交$y元一个月，而且只能保$m个月。" },
    { "账单上有一项$y元的费用，问了客服三次，每次说法都不一样。", "套餐外流量到底怎么收费，宣传单上找不到。",
      "说是不限量，用了$d天以后网速就慢得不能用。", "同一个套餐，网上写$y元，营业厅说要贵十元。",
      "长途和漫游的价格没有写清楚，月底多扣了$y元。" },
    { "上个月没有出过门，账单里却有漫游费$y元。", "已经停用的号码还在扣月租，扣了$m个月。", "同一笔$y元的费用扣了两次。",
      "充值$y元没有到账，短信却说已经成功。", "套餐里的流量还有剩，还是按套餐外收了$y元。" },
    { "没有办过$s，账单里却每月扣$y元。", "手机里多了一个$s，从来没有收到过确认短信。", "接到一个电话，没有答应，第二天$s就开通了。",
      "老人的手机被开通了$s，他自己完全不会用。", "查账单才发现$s已经扣了$m个月，谁开的说不清楚。" },
    { "每天收到四五条卖房子的短信，回复退订没有用。", "半夜$h点收到推销短信，已经$d天了。", "一天收到十几条验证码，都不是我操作的。",
      "收到冒充银行的短信，发送号码看着像是正规的。", "说了不要推销短信，$d天以后又来了。" },
    { "每天都有人打电话推销贷款，换着号码打。", "响一声就挂的电话一天有十几个。", "已经登记不要推销，$d天里还是接到九个电话。",
      "晚上$h点还有人打电话推荐套餐。", "有人冒充客服让我报验证码。" },
    { "在营业厅等了两个多小时，八个窗口只开了两个。", "营业厅下午提前关门，跑了三趟没办成。", "营业员态度不好，问价格让我自己上网看。",
      "补卡要求带的材料和网上写的不一样，白跑一趟。", "营业厅里没有贴价目表，问了才说有$y元的套餐。" },
    { "打热线按了十几次键也找不到人工。", "热线排队$d十分钟，接通以后又断了。", "客服答应当天回电，等了$d天没有人打来。",
      "三个客服三种说法，不知道该信哪个。", "热线只会推荐新套餐，不回答我的问题。" },
    { "网上营业厅办理退订一直提示系统忙，已经$d天了。", "网上查不到$m个月前的账单。", "网上付款$y元成功，业务没有生效。",
      "手机应用里找不到取消$s的地方。", "网上登录收不到验证码，试了$d次。" },
    { "流量用完没有提醒，多出了$y元。", "提醒短信是超了以后第二天才来的。", "套餐到期没有提前通知，下个月按标准价扣了$y元。",
      "出省以后没有收到漫游提醒，回来才看到扣了$y元。", "说好用到八成会提醒，这$m个月一次也没有收到。" },
    { "$p一直没有信号，打电话要走到外面。", "$p最近$d天通话总是断。", "$p手机显示有信号，可是上不了网。", "新装修以后$p的信号越来越差，报修没有结果。",
      "在$p打电话听不清楚，换了手机也一样。" },
    { "办的是百兆宽带，测下来只有十几兆。", "每天晚上$h点以后网页都打不开。", "宽带断断续续已经$d天，师傅来了两次没修好。",
      "升级提速以后反而比以前慢。", "看视频一直缓冲，客服让我重启，重启也没有用。" },
    { "新用户的宽带比老用户便宜一半，老用户不能改。", "宽带安装时说免费，后来收了$y元调试费。", "宽带到期续费涨了$y元，没有提前说。",
      "提前$m个月交了年费，搬家以后不能退。", "广告说送$m个月，实际要先交两年的钱。" },
    { "身份信息登记错了，要求更正，跑了$d次没有办成。", "携号的事情问了$d天，没有人能回答。", "施工把$p的路面挖开，一直没有恢复。",
      "发票一直寄不到，已经$m个月。", "号码被停机，没有说明原因。" },
};

static const char *const demands[] = {
    "请尽快处理。", "要求退费并说明原因。", "希望给一个书面答复。", "请查清楚是谁办的。", "要求取消并赔礼道歉。", "请按承诺解决。",
    "希望不要再互相推。", "请告诉我怎样才能解决。",
};

static const char *const services[] = { "彩铃", "天气短信", "手机报", "来电提醒包", "视频会员", "音乐包", "健康短信", "游戏点数" };
static const char *const places[] = { "小区里", "地下车库", "地铁换乘通道", "村口", "单位办公楼", "学校宿舍", "高速服务区", "医院一楼" };

enum theme { CHARGES, MESSAGES, SERVICE, NETWORK, THEMES };

static const enum theme themes[COMPLAINT_CATEGORIES] = {
    CHARGES, CHARGES, CHARGES, CHARGES, CHARGES, MESSAGES, MESSAGES, SERVICE,
    SERVICE, SERVICE, CHARGES, NETWORK, NETWORK, CHARGES,  SERVICE,
};

static const char *const answers[THEMES][4] = {
    [CHARGES] = { "已联系您说明收费的依据，您表示了解。", "已为您取消该业务，今后办理前会与您确认。", "经核实，系统登记有误，已更正。",
                  "已向您补充说明套餐内容，并提供变更办法。" },
    [MESSAGES] = { "已把您的号码加入不推销名单。", "已对发送号码停止服务，并加强拦截。", "经查发送方未取得您的同意，已要求其停止。",
                   "已转交相关部门处理，并告知您拦截的办法。" },
    [SERVICE] = { "您反映的情况属实，已对当班人员进行教育，并向您道歉。", "已增开窗口，并公布高峰时段。", "已联系您办妥，耽误您的时间，我们表示歉意。",
                  "已修复页面，您可以重新办理。" },
    [NETWORK] = { "已派人上门检修，测试正常。", "已调整设备参数，请您再观察几天。", "该处已列入本季度建设计划。", "已更换线路，测速达到签约速率。" },
};

static const char *const disputes[] = {
    "答复没有回答我的问题。", "说已经处理，实际没有变化。", "退的金额不对，请重新核对。", "没有人和我联系过，怎么就算办结了。",
    "我不同意这个解释。", "同样的问题又出现了。",
};

static const char *const appeals[] = {
    "企业一直没有给出满意的答复，请主管部门处理。", "投诉以后企业只是道歉，问题没有解决。", "企业的答复与事实不符，请求调解。",
    "多次投诉没有结果，要求企业按规定赔付。",
};

static const char *const decisions[] = {
    "经调解，双方达成一致。", "企业应在收到意见后按承诺处理，并书面告知用户。", "证据不足以支持用户的请求，企业应当改进说明。",
    "企业退还所收费用，并向用户道歉。",
};

static const char *const pauses[] = { "等待用户补充材料", "与用户约定的上门时间未到", "用户出差，请求延后联系", "需第三方检测" };
static const char *const refusals[] = { "已向法院起诉", "同一事项已受理过", "不属于电信服务争议", "材料不全，经通知未补" };

#define PICK(random, array) ((array)[random_below(random, sizeof(array) / sizeof *(array))])

static void fill(struct text *out, struct random *random, const char *template)
{
    for (; *template; template++) {
        if (*template != '$') {
            text_add_byte(out, *template);
            continue;
        }
        switch (*++template) {
        case 's': text_add(out, str_of(PICK(random, services))); break;
        case 'p': text_add(out, str_of(PICK(random, places))); break;
        case 'y': text_format(out, "%d", (int)random_between(random, 3, 99)); break;
        case 'd': text_format(out, "%d", (int)random_between(random, 2, 9)); break;
        case 'm': text_format(out, "%d", (int)random_between(random, 2, 12)); break;
        default: text_format(out, "%d", (int)random_between(random, 8, 11)); break;
        }
    }
}

void write_complaint_text(struct text *out, struct random *random, size_t category)
{
    must(category < COMPLAINT_CATEGORIES);
    fill(out, random, matters[category][random_below(random, VARIANTS)]);
    text_add(out, str_of(PICK(random, demands)));
}

void write_answer_text(struct text *out, struct random *random, size_t category, int64_t refund)
{
    must(category < COMPLAINT_CATEGORIES);
    text_add(out, str_of(PICK(random, answers[themes[category]])));
    if (!refund) return;
    char yuan[DECIMAL_ROOM];
    decimal_format(refund, MONEY_DECIMALS, 2, yuan);
    text_format(out, "退还%s元。", yuan);
}

void write_dispute_text(struct text *out, struct random *random)
{
    text_add(out, str_of(PICK(random, disputes)));
}

void write_appeal_text(struct text *out, struct random *random)
{
    text_add(out, str_of(PICK(random, appeals)));
}

void write_decision_text(struct text *out, struct random *random)
{
    text_add(out, str_of(PICK(random, decisions)));
}

void write_pause_reason(struct text *out, struct random *random)
{
    text_add(out, str_of(PICK(random, pauses)));
}

void write_refusal_reason(struct text *out, struct random *random)
{
    text_add(out, str_of(PICK(random, refusals)));
}
