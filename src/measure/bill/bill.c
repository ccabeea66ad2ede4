#include "measure/bill/bill.h"

#include "measure/view.h"

static const struct kind *const kinds[] = { &bill_line_kind };

static const struct access access[] = {
    { .kind = &bill_line_kind,
      .of_operator = "\"bill_line\".\"subscriber\" IN (SELECT \"subscriber\" FROM \"subscriber\" WHERE \"operator\" = $9)",
      .of_subject = "\"bill_line\".\"subscriber\" = $9" },
};

const struct measure bill_measure = {
    .name = "bill",
    .says = { "bills that can be followed", "看得懂的账单" },
    .kinds = kinds,
    .kind_count = sizeof kinds / sizeof *kinds,
    .access = access,
    .access_count = sizeof access / sizeof *access,
};
