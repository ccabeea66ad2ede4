#include "measure/usage/usage.h"

#include "measure/tariff/tariff.h"
#include "measure/usage/advert.h"
#include "measure/usage/expiry.h"
#include "measure/usage/figures.h"
#include "measure/usage/reminders.h"
#include "measure/usage/routes.h"
#include "measure/usage/simulate.h"
#include "measure/view.h"

static const struct kind *const kinds[] = { &usage_kind, &notice_sent_kind, &usage_setting_kind };

static int32_t use_day(const struct record *record)
{
    return day_of(record->values[USAGE_START].number);
}

static int32_t sent_day(const struct record *record)
{
    return day_of(record->values[SENT_SENT].number);
}

/* Use has no rows to be seen one by one: a number's own page shows its records. What a person sets for themselves is theirs. */
static const struct access access[] = {
    { .kind = &usage_kind, .day = use_day },
    { .kind = &notice_sent_kind,
      .of_operator = "EXISTS (SELECT 1 FROM \"subscriber\" p WHERE p.\"subscriber\" = \"notice_sent\".\"subscriber\" AND p.\"operator\" = $9"
                     " AND p.\"since\" <= (\"notice_sent\".\"sent\" + 28800000) / 86400000)",
      .of_subject = "\"notice_sent\".\"subscriber\" = $9", .day = sent_day },
    { .kind = &usage_setting_kind, .forms_only = true, .of_subject = "\"usage_setting\".\"subscriber\" = $9" },
};

static const struct kind *const rests_on[] = { &tariff_kind, &subscription_kind, NULL };
static const struct kind *const reads_sent[] = { &notice_sent_kind, NULL };
static const struct kind *const reads[] = { &usage_kind, &notice_sent_kind, NULL };

static const struct duty duties[] = {
    {
        .id = "usage.notice.missing",
        .says = { "notice not sent", "该提醒而没有提醒" },
        .rule = { "A record of use that reaches a level which the tariff states makes a notice due: at its percentages of what is"
                  " included, at each amount of charges beyond, and at the cap. One that was not sent within the limit is missing.",
                  "用量达到资费写明的档位，即应提醒：套餐内用量的百分比、超出费用每满一定金额、费用封顶。过了时限仍未发的，记为缺失。" },
        .judge = judge_missing,
        .reads = reads,
        .rests_on = rests_on,
    },
    {
        .id = "usage.notice.late",
        .says = { "notice sent late", "提醒不及时" },
        .rule = { "A notice is sent within the limit after the record that made it due began.", "提醒须在引起它的用量发生后的时限内发出。" },
        .judge = judge_late,
        .reads = reads,
        .rests_on = rests_on,
    },
    {
        .id = "usage.notice.twice",
        .says = { "notice sent more than once", "重复提醒" },
        .rule = { "Each level is owed once in a month, and again only where what is included has grown since.",
                  "每个档位一个账期提醒一次；只有包含的用量增加了，才会再次提醒。" },
        .judge = judge_twice,
        .reads = reads,
        .rests_on = rests_on,
    },
    {
        .id = "usage.notice.unowed",
        .says = { "notice without a cause", "不该提醒而提醒" },
        .rule = { "A notice that no record had made due when it was sent misleads people.", "发出时没有任何用量达到相应档位的提醒，会误导用户。" },
        .judge = judge_unowed,
        .reads = reads,
        .rests_on = rests_on,
    },
    {
        .id = "usage.notice.advert",
        .says = { "reminder with advertising", "提醒夹带广告" },
        .rule = { "A reminder says what is used, what more costs, how to go on and how to leave. It carries no advertising.",
                  "提醒只说用了多少、再用怎么收费、怎样继续和怎样取消，不得夹带广告。" },
        .judge = judge_advert,
        .reads = reads_sent,
        .rests_on = rests_on,
    },
    {
        .id = "usage.notice.expiry",
        .says = { "end of a plan or pack not announced", "到期没有提醒" },
        .rule = { "Before a plan or pack ends, the person is told when, what going on costs, and how to go on or leave. Not where they go on with"
                  " the same one, or have changed to another plan.",
                  "套餐或加装包到期之前，要告诉用户何时到期、继续用多少钱、怎样继续或取消。已续订同一资费或已改办其他套餐的除外。" },
        .judge = judge_expiry,
        .reads = reads,
        .rests_on = rests_on,
    },
};

const struct measure usage_measure = {
    .name = "usage",
    .says = { "use, reminders", "用量与提醒" },
    .kinds = kinds,
    .kind_count = sizeof kinds / sizeof *kinds,
    .access = access,
    .access_count = sizeof access / sizeof *access,
    .routes = usage_routes,
    .route_count = USAGE_ROUTES,
    .duties = duties,
    .duty_count = sizeof duties / sizeof *duties,
    .figures = usage_figures,
    .figure_count = USAGE_FIGURES,
    .simulate = usage_simulate,
    .keeping = &meter_keeping,
    .letters_of_time = expiry_letters,
    .next_due = expiry_next_due,
};
