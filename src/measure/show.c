#include "measure/show.h"

#include "base/number.h"
#include "measure/audit.h"

static void references_show(struct rows *rows, const struct finding *finding)
{
    struct text records = { 0 };
    struct json json = { .out = &records };
    json_open(&json, '[');
    for (size_t i = 0; i < finding->record_count; i++) {
        json_open(&json, '{');
        json_put_string(&json, "source", finding->records[i].source);
        json_put_number(&json, "seq", (int64_t)finding->records[i].seq);
        json_close(&json, '}');
    }
    json_close(&json, ']');
    rows_json(rows, "records", text_str(&records));
    text_close(&records);
}

void finding_show(struct rows *rows, const struct finding *finding, enum language language)
{
    char id[FINDING_ID_ROOM], amount[DECIMAL_ROOM];
    finding_id(finding, id);
    rows_begin(rows);
    rows_string(rows, "finding", str_of(id));
    rows_string(rows, "duty", str_of(finding->duty->id));
    rows_string(rows, "operator", finding->operator_);
    rows_string(rows, "area", finding->area);
    rows_string(rows, "subject", finding->shown_subject.length ? finding->shown_subject : finding->subject);
    rows_moment(rows, "time", finding->time);
    rows_string(rows, "limit", finding->limit);
    rows_string(rows, "measured", finding->measured);
    if (finding->has_amount)
        rows_string(rows, "amount", (struct str){ amount, decimal_format(finding->amount, MONEY_DECIMALS, 2, amount) });
    else
        rows_null(rows, "amount");
    rows_string(rows, "says", finding->says[language]);
    references_show(rows, finding);
    if (rows_have_columns(rows) || finding->provisional)
        rows_flag(rows, "provisional", finding->provisional);
    rows_end(rows);
}

void figure_show(struct rows *rows, const struct figure_row *row, uint64_t position)
{
    const struct figure *figure = row->figure;
    char period[DAY_ROOM];
    rows_begin(rows);
    rows_string(rows, "figure", str_of(figure->id));
    rows_string(rows, "operator", row->operator_);
    rows_string(rows, "area", row->area);
    if (rows_have_columns(rows) || row->category.length) rows_string(rows, "category", row->category);
    rows_string(rows, "period", row->period.kind ? (struct str){ period, period_format(row->period, period) } : (struct str){ 0 });
    if (row->has_value)
        rows_decimal(rows, "value", row->value, figure->decimals);
    else
        rows_null(rows, "value");
    if (row->has_value && row->has_margin) {
        rows_decimal(rows, "low", row->low, figure->decimals);
        rows_decimal(rows, "high", row->high, figure->decimals);
    } else {
        rows_null(rows, "low");
        rows_null(rows, "high");
    }
    rows_number(rows, "n", (int64_t)row->n);
    rows_number(rows, "unknown", (int64_t)row->unknown);
    rows_string(rows, "unit", str_of(figure->unit));
    rows_number(rows, "position", (int64_t)position);
    rows_end(rows);
}

void definition_show(struct rows *rows, const struct figure *figure, enum language language)
{
    rows_begin(rows);
    rows_string(rows, "figure", str_of(figure->id));
    rows_string(rows, "says", str_of(figure->says[language]));
    rows_string(rows, "unit", str_of(figure->unit));
    rows_string(rows, "better", figure->better == BETTER_LOWER ? STR("lower") : STR("higher"));
    rows_flag(rows, "full_count", figure->full_count);
    rows_string(rows, "definition", str_of(figure->definition[language]));
    rows_end(rows);
}
