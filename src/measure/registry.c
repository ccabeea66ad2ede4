#include "measure/bill/bill.h"
#include "measure/complaint/complaint.h"
#include "measure/measure.h"
#include "measure/province/province.h"
#include "measure/tariff/tariff.h"
#include "measure/usage/usage.h"

const struct measure *const measures[] = { &province, &complaint, &tariff_measure, &usage_measure, &bill_measure };
const size_t measure_count = sizeof measures / sizeof *measures;

size_t kinds_all(const struct kind *all[KINDS_MAX])
{
    size_t count = 0;
    for (size_t i = 0; i < measure_count; i++)
        for (size_t k = 0; k < measures[i]->kind_count; k++) {
            must(count < KINDS_MAX);
            all[count++] = measures[i]->kinds[k];
        }
    return count;
}

const struct kind *kind_find(struct str name)
{
    for (size_t i = 0; i < measure_count; i++)
        for (size_t k = 0; k < measures[i]->kind_count; k++)
            if (str_equal(name, str_of(measures[i]->kinds[k]->name))) return measures[i]->kinds[k];
    return NULL;
}

const struct duty *duty_find(struct str id)
{
    for (size_t i = 0; i < measure_count; i++)
        for (size_t k = 0; k < measures[i]->duty_count; k++)
            if (str_equal(id, str_of(measures[i]->duties[k].id))) return &measures[i]->duties[k];
    return NULL;
}

const struct figure *figure_find(struct str id)
{
    for (size_t i = 0; i < measure_count; i++)
        for (size_t k = 0; k < measures[i]->figure_count; k++)
            if (str_equal(id, str_of(measures[i]->figures[k].id))) return &measures[i]->figures[k];
    return NULL;
}
