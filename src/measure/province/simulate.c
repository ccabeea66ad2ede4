#include "measure/simulate.h"

#include "measure/province/province.h"

#define COLUMNS(columns) (columns), sizeof(columns) / sizeof *(columns)

static bool write_operators(const struct simulation *simulation, struct error *error)
{
    static const char *const columns[] = { "operator", "name_zh", "name_en" };
    struct csv *csv = csv_create(simulation->directory, "operator", COLUMNS(columns), error);
    if (!csv) return false;
    for (size_t i = 0; i < SIMULATED_OPERATORS; i++) {
        csv_text(csv, str_of(simulated_operators[i].operator_));
        csv_text(csv, str_of(simulated_operators[i].name[CHINESE]));
        csv_text(csv, str_of(simulated_operators[i].name[ENGLISH]));
    }
    return csv_close(csv, error);
}

static bool write_markets(const struct simulation *simulation, struct error *error)
{
    static const char *const columns[] = { "operator", "area", "month", "subscribers" };
    struct csv *csv = csv_create(simulation->directory, "market", COLUMNS(columns), error);
    if (!csv) return false;
    struct period month = period_of(simulation->first_day, 'M');
    for (; month.first < simulation->first_day + simulation->days; month = period_of(month.end, 'M'))
        for (size_t city = 0; city < SIMULATED_CITIES; city++)
            for (size_t i = 0; i < SIMULATED_OPERATORS; i++) {
                csv_text(csv, str_of(simulated_operators[i].operator_));
                csv_text(csv, str_of(simulated_cities[city].area));
                csv_month(csv, month.first);
                csv_number(csv, (int64_t)simulated_market(simulation, i, city));
            }
    return csv_close(csv, error);
}

static bool write_subscribers(const struct simulation *simulation, struct error *error)
{
    static const char *const columns[] = { "subscriber", "operator", "area", "since", "until" };
    struct csv *csv = csv_create(simulation->directory, "subscriber", COLUMNS(columns), error);
    if (!csv) return false;
    for (uint64_t i = 0; i < simulation->subscribers; i++) {
        struct simulated_subscriber subscriber = simulated_subscriber(simulation, i);
        csv_text(csv, str_of(subscriber.number));
        csv_text(csv, str_of(subscriber.operator_->operator_));
        csv_text(csv, str_of(subscriber.city->area));
        csv_day(csv, subscriber.since);
        if (subscriber.until == DAY_NONE) csv_empty(csv);
        else csv_day(csv, subscriber.until);
    }
    return csv_close(csv, error);
}

bool province_simulate(const struct simulation *simulation, struct error *error)
{
    if (simulation->subscribers < 1 || simulation->subscribers > SIMULATED_SUBSCRIBERS_MAX)
        return fail_both(error, ERROR_LIMIT, "simulate takes 1 to %d subscribers",
                         "模拟的用户数为 1 至 %d", SIMULATED_SUBSCRIBERS_MAX);
    if (simulation->days < 1 || simulation->days > SIMULATED_DAYS_MAX)
        return fail_both(error, ERROR_LIMIT, "simulate takes 1 to %d days", "模拟的天数为 1 至 %d", SIMULATED_DAYS_MAX);
    return write_operators(simulation, error) && write_markets(simulation, error) && write_subscribers(simulation, error);
}
