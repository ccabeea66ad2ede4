#include "measure/usage/forecast.h"

#include <math.h>

#define ONE_IN_TEN 1.2816

enum { DAYS_LEAST = 3, DAYS_MOST = 366 };

/* The first day by whose end a sum of `mean` a day, with so many deviations on top, reaches what is left. */
static size_t day_reached(double left, double mean, double deviation, double deviations)
{
    for (size_t day = 0; day < DAYS_MOST; day++) {
        double days = (double)(day + 1);
        if (mean * days + deviations * deviation * sqrt(days) >= left) return day;
    }
    return DAYS_MOST;
}

void forecast_make(const struct pace *pace, struct forecast *forecast)
{
    double sum = 0, squares = 0, count = (double)pace->days;
    *forecast = (struct forecast){ .is_known = pace->days >= DAYS_LEAST };
    if (!forecast->is_known) return;
    for (size_t i = 0; i < pace->days; i++) sum += (double)pace->used[i];
    double mean = sum / count;
    for (size_t i = 0; i < pace->days; i++) squares += ((double)pace->used[i] - mean) * ((double)pace->used[i] - mean);
    double deviation = sqrt(squares / (count - 1)), left = (double)pace->left;
    double by_end = mean * (double)pace->days_left;
    forecast->by_end = by_end < 9e18 ? (uint64_t)by_end : INT64_MAX;
    forecast->is_enough = mean * (double)pace->days_left < left;
    if (forecast->is_enough) return;
    forecast->days = day_reached(left, mean, deviation, 0);
    forecast->soonest = day_reached(left, mean, deviation, ONE_IN_TEN);
    forecast->latest = day_reached(left, mean, deviation, -ONE_IN_TEN);
}
