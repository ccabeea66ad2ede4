/* All routes there are: a line for each table. */
#include <pthread.h>

#include "portal/portal.h"
#include "portal/duty_routes.h"
#include "portal/ledger_routes.h"
#include "portal/record_routes.h"
#include "portal/report_routes.h"
#include "portal/result_routes.h"
#include "portal/signin_routes.h"
#include "portal/system_routes.h"
#include "portal/upload_routes.h"

enum { ROUTES_MAX = 512 };

static const struct route_table {
    const struct route *routes;
    const size_t *count;
} tables[] = {
    { system_routes, &system_route_count },
    { signin_routes, &signin_route_count },
    { result_routes, &result_route_count },
    { report_routes, &report_route_count },
    { record_routes, &record_route_count },
    { ledger_routes, &ledger_route_count },
    { duty_routes, &duty_route_count },
    { upload_routes, &upload_route_count },
};

static const struct route *all[ROUTES_MAX];
static size_t all_count;

static void add(const struct route *routes, size_t count)
{
    must(all_count + count <= ROUTES_MAX);
    for (size_t i = 0; i < count; i++) all[all_count++] = &routes[i];
}

static void gather(void)
{
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) add(tables[i].routes, *tables[i].count);
    for (size_t i = 0; i < measure_count; i++) add(measures[i]->routes, measures[i]->route_count);
}

const struct route *const *portal_routes(size_t *count)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, gather);
    *count = all_count;
    return all;
}
