#include "measure/province/province.h"

#include "measure/view.h"

/* The law, operators, areas and totals are for everybody; of the numbers that an operator serves it sees its own, and a person
   theirs. Withdrawals and unsealings are the regulator's to read. */
static const struct access access[] = {
    { .kind = &operator_kind, .open = true },
    { .kind = &area_kind, .open = true },
    { .kind = &market_kind, .open = true },
    { .kind = &limit_kind, .open = true },
    { .kind = &workday_kind, .open = true },
    { .kind = &subscriber_kind, .of_operator = "\"subscriber\".\"operator\" = $9", .of_subject = "\"subscriber\".\"subscriber\" = $9",
      .since = "since",
      .others = "SELECT 1 FROM \"subscription\" b JOIN \"tariff\" t ON t.\"tariff\" = b.\"tariff\" WHERE b.\"subscriber\" = $1"
                " AND t.\"operator\" <> $2 AND (b.\"to\" IS NULL OR b.\"to\" > $3)" },
};

const struct measure province = {
    .name = "province",
    .says = { "operators, areas, subscribers and the law", "运营商、区域、用户与法规" },
    .kinds = province_kinds,
    .kind_count = PROVINCE_KINDS,
    .access = access,
    .access_count = sizeof access / sizeof *access,
    .simulate = province_simulate,
};
