#include "measure/bill/bill.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const struct field bill_fields[] = {
    [BILL_SUBSCRIBER] = { "subscriber", FIELD_PERSON, FIELD_NEEDED | FIELD_KEY, { "the number or account", "号码或账号" }, NULL, 0 },
    [BILL_CYCLE] = { "cycle", FIELD_MONTH, FIELD_NEEDED | FIELD_KEY, { "the month", "账期" }, NULL, 0 },
    [BILL_ITEM] = { "item", FIELD_ID, FIELD_NEEDED | FIELD_KEY,
      { "what is charged: fee:TARIFF, once:TARIFF, exit:TARIFF, data:SCOPE, voice:SCOPE, sms:SCOPE",
        "收费项目：fee:资费、once:资费、exit:资费、data:范围、voice:范围、sms:范围" }, NULL, 0 },
    [BILL_AMOUNT] = { "amount", FIELD_MONEY, FIELD_NEEDED, { "the amount charged", "金额" }, NULL, 0 },
};

static bool bill_check(const struct record *record, const struct field **field, struct error *error)
{
    struct str item = record->values[BILL_ITEM].text;
    size_t colon = str_find(item, ':');
    *field = &bill_fields[BILL_ITEM];
    return (colon && colon + 1 < item.length) ||
           fail_both(error, ERROR_INPUT, "write it as fee:TARIFF or data:home", "须写成 fee:资费 或 data:home 这样");
}

const struct kind bill_line_kind = {
    .name = "bill_line",
    .says = { "a line of a bill that an operator charged", "企业收取的账单项" },
    .version = 1,
    .bulk = true,
    .fields = bill_fields,
    .field_count = COUNT(bill_fields),
    .check = bill_check,
};
