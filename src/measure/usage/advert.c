#include "measure/usage/advert.h"

#include "measure/law.h"
#include "measure/usage/kinds.h"

/* Each of them alone makes it advertising; English ones in small letters. "Order a pack" is none: how to go on belongs in a reminder. */
static const char *const words[] = {
    "优惠活动", "优惠价", "享优惠", "享受优惠", "更优惠", "优惠办理", "特惠", "钜惠", "促销", "特价", "折扣", "打折", "立减", "立省", "满减", "返现",
    "抽奖", "中奖", "大奖", "好礼", "大礼", "有礼", "红包", "福利", "优惠券", "代金券", "赠送", "送话费", "送流量", "免费领", "免费送", "免费试用", "免费体验",
    "限时", "抢购", "秒杀", "先到先得", "不容错过", "名额有限", "新品", "新上市", "推荐您", "为您推荐", "向您推荐", "诚邀", "邀您", "活动价", "参加活动",
    "参与活动", "戳链接", "戳这里", "广告",
    "special offer", "limited time", "limited-time", "discount", "% off", "free gift", "free trial", "a prize", "prizes", "promotion", "promo code",
    "upgrade now", "don't miss", "hurry", "best deal", "great deal", "lucky draw", "cashback", "cash back", "voucher", "coupon", "buy now", "on sale now",
    "recommended for you", "advertis",
};

static char small(char letter)
{
    return letter >= 'A' && letter <= 'Z' ? (char)(letter + ('a' - 'A')) : letter;
}

static bool stands_at(struct str text, size_t at, const char *word)
{
    for (; *word; word++, at++)
        if (at == text.length || small(text.at[at]) != *word) return false;
    return true;
}

bool text_advertises(struct str text)
{
    for (size_t at = 0; at < text.length; at++)
        for (size_t i = 0; i < sizeof words / sizeof *words; i++)
            if (stands_at(text, at, words[i])) return true;
    return false;
}

/* ---- the duty ---- */

#define SENT_DAY "(n.\"sent\" + 28800000) / 86400000"
/* The operator is that of the subscriber's record, else (also before it begins) that of a tariff it held then. */
static const char select_adverts[] =
    "SELECT n.\"subscriber\", n.\"cycle\", n.\"pool\", n.\"level\", n.\"percent\", n.\"sent\", s.\"name\", n.\"seq\","
    " COALESCE(CASE WHEN p.\"since\" <= " SENT_DAY " THEN p.\"operator\" END, (SELECT MIN(t.\"operator\") FROM \"subscription\" b"
    " JOIN \"tariff\" t ON t.\"tariff\" = b.\"tariff\" WHERE b.\"subscriber\" = n.\"subscriber\" AND b.\"from\" <= " SENT_DAY
    " AND (b.\"to\" IS NULL OR b.\"to\" > " SENT_DAY "))), p.\"area\""
    " FROM \"notice_sent\" n JOIN \"source_name\" s ON s.\"source\" = n.\"source\" LEFT JOIN \"subscriber\" p ON p.\"subscriber\" = n.\"subscriber\""
    " WHERE n.\"advert\" = 1 AND n.\"sent\" <= $1"
    " ORDER BY n.\"subscriber\", n.\"cycle\", n.\"pool\", n.\"level\", n.\"percent\", n.\"sent\", s.\"name\", n.\"seq\"";

/* No moment that a date can say is so late; a million of one moment are told apart, and what is more goes as the last of them. */
#define SAME_MOMENT (INT64_C(1) << 43)

static struct finding advert_finding(const struct audit *audit, const struct duty *duty, struct statement *row)
{
    struct arena *arena = audit->arena;
    int64_t sent = column_number(row, 5);
    struct finding finding = { .duty = duty, .operator_ = arena_str(arena, column_text(row, 8)), .area = arena_str(arena, column_text(row, 9)),
                               .occurrence = sent, .time = sent, .has_subscriber = true, .subscriber = (uint64_t)column_number(row, 0),
                               .names_subscriber = true };
    int percent = column_is_null(row, 4) ? 100 : (int)column_number(row, 4);
    finding.subject = notice_subject(arena, finding.subscriber, (int32_t)column_number(row, 1), column_text(row, 2), (int)column_number(row, 3), percent);
    finding.says[ENGLISH] = arena_format(arena, "The reminder sent at %s carries advertising.", moment_says(sent, ENGLISH, arena).at);
    finding.says[CHINESE] = arena_format(arena, "%s发出的提醒夹带广告。", moment_says(sent, CHINESE, arena).at);
    finding.records[finding.record_count++] = (struct reference){ arena_str(arena, column_text(row, 6)), (uint64_t)column_number(row, 7) };
    return finding;
}

bool judge_advert(const struct audit *audit, const struct duty *duty, struct findings_sink sink, struct error *error)
{
    const struct str none = { 0 };
    struct statement *select = store_prepare(audit->store, select_adverts, error);
    if (!select) return false;
    statement_number(select, 1, audit->as_of);
    struct finding last = { 0 };
    for (bool row;;) {
        if (!statement_step(select, &row, error)) return false;
        if (!row) return true;
        struct finding finding = advert_finding(audit, duty, select);
        /* Several of one level that were sent at the same moment are several findings. */
        if (finding.time == last.time && str_equal(finding.subject, last.subject))
            finding.occurrence = last.occurrence > INT64_MAX - SAME_MOMENT ? last.occurrence : last.occurrence + SAME_MOMENT;
        last = finding;
        if (!law_limit(audit->law, str_of(duty->id), finding.area, none, none, none, day_of(finding.time))) continue;
        if (sink.add(sink.context, &finding, error)) continue;
        statement_reset(select);
        return false;
    }
}
