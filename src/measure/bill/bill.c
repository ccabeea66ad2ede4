#include "measure/bill/bill.h"

#include "measure/bill/abnormal.h"
#include "measure/bill/figures.h"
#include "measure/bill/follows.h"
#include "measure/bill/routes.h"
#include "measure/tariff/tariff.h"
#include "measure/view.h"

static const struct kind *const kinds[] = { &bill_line_kind };

static int32_t billed_day(const struct record *record)
{
    return bill_day((int32_t)record->values[BILL_CYCLE].number);
}

static const struct access access[] = {
    { .kind = &bill_line_kind,
      .of_operator = "EXISTS (SELECT 1 FROM \"subscriber\" p WHERE p.\"subscriber\" = \"bill_line\".\"subscriber\" AND p.\"operator\" = $9"
                     " AND p.\"since\" < \"bill_line\".\"cycle\" + 28)",
      .of_subject = "\"bill_line\".\"subscriber\" = $9", .day = billed_day },
};

static const struct kind *const rests_on[] = { &bill_line_kind, &tariff_kind, &subscription_kind, NULL };
static const struct kind *const reads_told[] = { &usage_kind, &notice_sent_kind, NULL };
static const struct kind *const reads[] = { &usage_kind, NULL };

static const struct duty duties[] = {
    {
        .id = "bill.follows",
        .says = { "bill line that does not follow", "账单对不上" },
        .rule = { "Each line of a bill equals what comes out of the records and the tariff's words. The amount is what was charged less"
                  " what was computed; a line that is missing on one side counts as 0.",
                  "账单的每一项都应等于按记录和资费算出的数额。金额为实收减去应收；一方没有的项按 0 计。" },
        .judge = judge_follows,
        .reads = reads,
        .rests_on = rests_on,
        .timeless = true,
    },
    {
        .id = "bill.abnormal",
        .says = { "abnormal bill not announced", "话费异常没有告知" },
        .rule = { "A bill that is several times the mean of the months before it is told to the person at once; at the latest within the limit"
                  " after the end of its month, when the bill is made.",
                  "账单达到此前几个月平均数的若干倍，即应告知用户；最迟在账期结束、账单出具后的时限内。" },
        .judge = judge_abnormal,
        .reads = reads_told,
        .rests_on = rests_on,
    },
};

const struct measure bill_measure = {
    .name = "bill",
    .says = { "bills that can be followed", "看得懂的账单" },
    .kinds = kinds,
    .kind_count = sizeof kinds / sizeof *kinds,
    .access = access,
    .access_count = sizeof access / sizeof *access,
    .routes = bill_routes,
    .route_count = BILL_ROUTES,
    .duties = duties,
    .duty_count = sizeof duties / sizeof *duties,
    .figures = bill_figures,
    .figure_count = BILL_FIGURES,
    .letters_of_notice = abnormal_letters,
};
