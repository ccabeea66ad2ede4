#include "measure/usage/usage.h"

#include "measure/view.h"

static const struct kind *const kinds[] = { &usage_kind, &notice_sent_kind, &usage_setting_kind };

static const struct access access[] = {
    { .kind = &notice_sent_kind,
      .of_operator = "\"notice_sent\".\"subscriber\" IN (SELECT \"subscriber\" FROM \"subscriber\" WHERE \"operator\" = $9)",
      .of_subject = "\"notice_sent\".\"subscriber\" = $9" },
    { .kind = &usage_setting_kind, .of_subject = "\"usage_setting\".\"subscriber\" = $9" },
};

const struct measure usage_measure = {
    .name = "usage",
    .says = { "use, reminders", "用量与提醒" },
    .kinds = kinds,
    .kind_count = sizeof kinds / sizeof *kinds,
    .access = access,
    .access_count = sizeof access / sizeof *access,
    .keeping = &meter_keeping,
};
