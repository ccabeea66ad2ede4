#include "measure/complaint/category.h"

#include <stdlib.h>

#include "base/memory.h"

enum { SPEAKS = 2 }; /* from this weight on a category is proposed */

/* What a word says for a category: 1 hints, 2 suggests, 3 and more name it. English words are in small letters. */
static const struct {
    enum category category;
    int weight;
    const char *words; /* separated by | */
} keywords[] = {
    { CATEGORY_FORCED_BUNDLING, 4, "捆绑|搭售|强制消费|bundl|forced to buy|forced to take|tied to" },
    { CATEGORY_FORCED_BUNDLING, 3, "必须同时|必须开通|必须办理|必须买|必须先|一定要搭|一定要办|不买就不|不办就不|不要就不|不要电视|单独的不|不能单独|被要求加|"
                                   "被要求一起|硬性要求|have to take|only together|副卡|must also|only if i" },
    { CATEGORY_FORCED_BUNDLING, 1, "被要求|一起买|才能办|绑定" },
    { CATEGORY_UNFAIR_TERMS, 4, "霸王条款|违约金|不合理条款|unfair term|penalty|termination fee|early termination" },
    { CATEGORY_UNFAIR_TERMS, 3, "在网不满|合约期|协议期|自动续|不让退|不能退网|不给销户|销户时|不能销号|补交|停机保号|不能改套餐|不许降|locked in|lock-in|contract term|"
                                "auto-renew|automatically renewed|cannot cancel|can't cancel" },
    { CATEGORY_UNFAIR_TERMS, 2, "合约|销户|销号|改便宜|低消|最低消费|contract|terms" },
    { CATEGORY_UNCLEAR_PRICES, 4, "资费不清|资费不明|价格不清|收费不透明|unclear price|hidden fee|hidden charge|not transparent" },
    { CATEGORY_UNCLEAR_PRICES, 3, "怎么收费|怎样收费|收费标准|说法都不一样|没有写清|没写清|没有说清|没说清|宣传单|不限量|虚假宣传|误导|unlimited|misleading|"
                                  "advertised|not explained" },
    { CATEGORY_UNCLEAR_PRICES, 2, "同一个套餐|说明不清|解释不清|套餐外|网速就慢|限速|confusing|price list" },
    { CATEGORY_WRONG_CHARGE, 4, "扣费错误|乱扣费|多扣|错扣|重复扣|扣了两次|扣了2次|乱收费|多收|overcharg|charged twice|wrong charge|wrongly charged|double charge|"
                                "billing error|wrong bill" },
    { CATEGORY_WRONG_CHARGE, 3, "没有到账|没到账|未到账|还在扣|仍在扣|扣月租|漫游费|按套餐外收|账单不对|账单有误|不该收|退还话费|not credited|still charged|"
                                "still being charged|roaming charge|refund" },
    { CATEGORY_WRONG_CHARGE, 1, "账单|扣费|话费|扣了|bill|charge" },
    { CATEGORY_UNORDERED_SERVICE, 4, "没有办过|没办过|没有订过|没订过|未订购|没有订购|未经同意|未经本人|没有开通过|没开通过|擅自开通|私自开通|被开通|自动开通|"
                                     "不知情|谁开的|never ordered|never subscribed|never agreed|without consent|without my consent|did not order|didn't order|"
                                     "not ordered|did not agree|unauthorized service|without asking" },
    { CATEGORY_UNORDERED_SERVICE, 2, "没有答应|没答应|确认短信|就开通了|没有同意|没同意|增值业务|彩铃|手机报|多了一个|value-added|ringtone|ring tone|subscription" },
    { CATEGORY_SPAM, 4, "垃圾短信|骚扰短信|推销短信|广告短信|诈骗短信|spam|junk text|junk message|unwanted text|unwanted message|scam text|phishing" },
    { CATEGORY_SPAM, 3, "回复退订|短信轰炸|条验证码|冒充银行的短信|卖房子的短信|贷款短信|marketing text|text messages from" },
    { CATEGORY_SPAM, 1, "短信|验证码|text message|sms" },
    { CATEGORY_HARASSING_CALLS, 4, "骚扰电话|推销电话|诈骗电话|广告电话|响一声|harassing call|nuisance call|robocall|robo-call|scam call|spam call|unwanted call|cold call" },
    { CATEGORY_HARASSING_CALLS, 3, "打电话推销|打电话推荐|电话推销|换着号码打|不要推销|接到九个电话|冒充客服|冒充公检法|telemarket|sales call|keep calling|keeps calling" },
    { CATEGORY_HARASSING_CALLS, 1, "有人打电话|接到电话|陌生电话|calls me|called me" },
    { CATEGORY_HALL, 4, "营业厅排队|营业厅等|business hall|store staff|at the store|in the store|shop staff" },
    { CATEGORY_HALL, 3, "营业厅|营业员|窗口|柜台|门店|关门|service counter|branch office" },
    { CATEGORY_HALL, 1, "排队|态度不好|态度差|材料|store|shop|queue" },
    { CATEGORY_HOTLINE, 4, "打热线|热线排队|人工客服|找不到人工|转人工|hotline|call centre|call center|helpline" },
    { CATEGORY_HOTLINE, 3, "热线|10086|10010|10000|没有人打来|没人回电|答应回电|当天回电|on hold|call back|customer service|customer support" },
    { CATEGORY_HOTLINE, 2, "客服|接通|no one answers|agent" },
    { CATEGORY_ONLINE_HALL, 4, "网上营业厅|掌上营业厅|手机营业厅|手机应用|online hall|online account|mobile app|the app|website" },
    { CATEGORY_ONLINE_HALL, 3, "系统忙|网上查|网上付款|网上办理|登录|客户端|小程序|网站|页面打不开|log in|login|online payment|password reset" },
    { CATEGORY_ONLINE_HALL, 1, "网上|online" },
    { CATEGORY_LATE_REMINDER, 4, "没有提醒|没提醒|未提醒|提醒不及时|没有收到提醒|没收到提醒|没有任何提醒|not warned|no warning|without warning|not notified|no reminder|late reminder" },
    { CATEGORY_LATE_REMINDER, 3, "提醒短信|会提醒|漫游提醒|提前通知|没有通知|没通知|notification|reminder|used up my data|data ran out" },
    { CATEGORY_LATE_REMINDER, 1, "流量用完|提醒|通知|到期" },
    { CATEGORY_COVERAGE, 4, "没有信号|没信号|信号差|信号不好|信号弱|信号覆盖|信号越来越差|no signal|poor signal|weak signal|no coverage|poor coverage|bad reception|no reception" },
    { CATEGORY_COVERAGE, 3, "信号|通话总是断|掉话|听不清|打不出电话|上不了网|基站|无服务|signal|coverage|reception|dropped call|call drops|dead zone" },
    { CATEGORY_BROADBAND_SPEED, 4, "宽带慢|宽带断|网速慢|网速不达标|百兆宽带|千兆宽带|slow internet|slow broadband|internet is slow|internet speed|broadband speed|"
                                   "slower than" },
    { CATEGORY_BROADBAND_SPEED, 3, "测下来|测速|十几兆|断断续续|网页都打不开|网页打不开|一直缓冲|没修好|掉线|断网|提速|比以前慢|网速|延迟|buffering|keeps dropping|disconnect|"
                                   "outage|mbps|megabit|lag" },
    { CATEGORY_BROADBAND_SPEED, 2, "宽带|光猫|路由器|wifi|上网慢|重启|broadband|internet|router|modem|speed" },
    { CATEGORY_BROADBAND_PRICE, 4, "宽带续费|宽带涨价|宽带资费|宽带价格|宽带安装|宽带到期|broadband price|internet price|price of broadband|price increase|installation fee" },
    { CATEGORY_BROADBAND_PRICE, 3, "调试费|安装费|初装费|续费涨|老用户|新用户|年费|包年|两年的钱|移机|搬家|price went up|raised the price|rate increase|new customers" },
    { CATEGORY_BROADBAND_PRICE, 1, "宽带|续费|涨了|broadband|internet" },
};

static size_t letters_fold(struct str text, char *folded)
{
    for (size_t i = 0; i < text.length; i++)
        folded[i] = text.at[i] >= 'A' && text.at[i] <= 'Z' ? (char)(text.at[i] - 'A' + 'a') : text.at[i];
    return text.length;
}

/* The weights of those words that stand in the text, each once. */
static int weight_of(struct str folded, const char *words, int weight)
{
    int sum = 0;
    for (struct str rest = str_of(words); rest.length;) {
        size_t length = str_find(rest, '|');
        if (memmem(folded.at, folded.length, rest.at, length)) sum += weight;
        size_t over = length < rest.length ? length + 1 : length;
        rest = (struct str){ rest.at + over, rest.length - over };
    }
    return sum;
}

size_t category_propose(struct str text, enum category proposed[CATEGORIES_PROPOSED])
{
    int weights[CATEGORIES] = { 0 };
    char *folded = allocate(text.length + 1);
    size_t length = letters_fold(text, folded), count = 0;
    for (size_t i = 0; length && i < sizeof keywords / sizeof *keywords; i++)
        weights[keywords[i].category] += weight_of((struct str){ folded, length }, keywords[i].words, keywords[i].weight);
    free(folded);
    while (count < CATEGORIES_PROPOSED) {
        int best = 0;
        for (int i = 1; i < CATEGORIES; i++)
            if (weights[i] > weights[best]) best = i;
        if (weights[best] < SPEAKS) break;
        proposed[count++] = (enum category)best;
        weights[best] = 0;
    }
    if (!count) proposed[count++] = CATEGORY_OTHER;
    return count;
}
