#include "measure/province/province.h"

const struct measure province = {
    .name = "province",
    .says = { "operators, areas, subscribers and the law", "运营商、区域、用户与法规" },
    .kinds = province_kinds,
    .kind_count = PROVINCE_KINDS,
    .simulate = province_simulate,
};
