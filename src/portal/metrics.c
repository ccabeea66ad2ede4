#include "portal/metrics.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "base/memory.h"
#include "portal/outbox.h"
#include "portal/server.h"

static const int64_t bounds[] = { 1000, 2500, 5000, 10000, 25000, 50000, 100000, 250000, 500000, 1000000, 2500000, 10000000 };
enum { BOUNDS = sizeof bounds / sizeof *bounds, CLASSES = 5 };

struct counted {
    atomic_uint_fast64_t answers[CLASSES];
    atomic_uint_fast64_t within[BOUNDS + 1]; /* answers that took at most the bound, and not the one before; the last: longer */
    atomic_uint_fast64_t microseconds;
};

struct metrics {
    const struct route *const *routes;
    size_t route_count;
    atomic_uint_fast64_t events[METRICS_EVENTS];
    struct counted counted[];
};

struct metrics *metrics_open(void)
{
    size_t count;
    const struct route *const *routes = portal_routes(&count);
    struct metrics *metrics = allocate(sizeof *metrics + (count + METRICS_BEYOND) * sizeof(struct counted));
    metrics->routes = routes;
    metrics->route_count = count;
    return metrics;
}

void metrics_close(struct metrics *metrics)
{
    free(metrics);
}

size_t metrics_beyond(size_t which)
{
    size_t count;
    portal_routes(&count);
    return count + which;
}

static void add(atomic_uint_fast64_t *number, uint64_t more)
{
    atomic_fetch_add_explicit(number, more, memory_order_relaxed);
}

static uint64_t read_number(const atomic_uint_fast64_t *number)
{
    return atomic_load_explicit((atomic_uint_fast64_t *)number, memory_order_relaxed);
}

void metrics_answer(struct metrics *metrics, size_t place, int status, int64_t microseconds)
{
    struct counted *counted = &metrics->counted[place];
    size_t bound = 0;
    while (bound < BOUNDS && microseconds > bounds[bound]) bound++;
    if (status >= 100 && status < 600) add(&counted->answers[status / 100 - 1], 1);
    add(&counted->within[bound], 1);
    add(&counted->microseconds, (uint64_t)microseconds);
}

void metrics_note(struct metrics *metrics, enum metrics_event event)
{
    add(&metrics->events[event], 1);
}

static const char *const method_names[] = { [METHOD_GET] = "GET", [METHOD_POST] = "POST", [METHOD_PUT] = "PUT", [METHOD_DELETE] = "DELETE" };

static void add_labels(struct text *out, const struct metrics *metrics, size_t place)
{
    if (place < metrics->route_count)
        text_format(out, "method=\"%s\",route=\"%s\"", method_names[metrics->routes[place]->method], metrics->routes[place]->path);
    else
        text_format(out, "method=\"GET\",route=\"%s\"", place - metrics->route_count == METRICS_PAGES ? "pages" : "nothing");
}

static void head(struct text *out, const char *name, const char *type, const char *says)
{
    text_format(out, "# HELP %s %s\n# TYPE %s %s\n", name, says, name, type);
}

static void write_answers(const struct metrics *metrics, struct text *out)
{
    head(out, "mingbai_answers_total", "counter", "Answers, by route and class of status.");
    for (size_t place = 0; place < metrics->route_count + METRICS_BEYOND; place++)
        for (int class = 0; class < CLASSES; class++) {
            uint64_t count = read_number(&metrics->counted[place].answers[class]);
            if (!count) continue;
            text_add(out, STR("mingbai_answers_total{"));
            add_labels(out, metrics, place);
            text_format(out, ",status=\"%dxx\"} %" PRIu64 "\n", class + 1, count);
        }
}

static void write_times(const struct metrics *metrics, struct text *out)
{
    head(out, "mingbai_answer_seconds", "histogram", "From a request's first line to its answer.");
    for (size_t place = 0; place < metrics->route_count + METRICS_BEYOND; place++) {
        const struct counted *counted = &metrics->counted[place];
        uint64_t count = 0, all = 0;
        for (size_t i = 0; i <= BOUNDS; i++) all += read_number(&counted->within[i]);
        if (!all) continue;
        for (size_t i = 0; i <= BOUNDS; i++) {
            count += read_number(&counted->within[i]);
            text_add(out, STR("mingbai_answer_seconds_bucket{"));
            add_labels(out, metrics, place);
            if (i < BOUNDS)
                text_format(out, ",le=\"%g\"} %" PRIu64 "\n", (double)bounds[i] / 1e6, count);
            else
                text_format(out, ",le=\"+Inf\"} %" PRIu64 "\n", count);
        }
        text_add(out, STR("mingbai_answer_seconds_sum{"));
        add_labels(out, metrics, place);
        text_format(out, "} %.6f\nmingbai_answer_seconds_count{", (double)read_number(&counted->microseconds) / 1e6);
        add_labels(out, metrics, place);
        text_format(out, "} %" PRIu64 "\n", count);
    }
}

static void write_number(struct text *out, const char *name, const char *type, const char *says, uint64_t number)
{
    head(out, name, type, says);
    text_format(out, "%s %" PRIu64 "\n", name, number);
}

static void write_events(const struct metrics *metrics, struct text *out)
{
    static const char *const names[] = { [METRICS_TOO_MANY] = "requests", [METRICS_GUESSES] = "guesses", [METRICS_QUEUE_FULL] = "queue",
                                         [METRICS_UPLOADS_FULL] = "uploads" };
    head(out, "mingbai_limits_hit_total", "counter", "Requests refused because of a limit, by which.");
    for (size_t i = 0; i < METRICS_EVENTS; i++)
        text_format(out, "mingbai_limits_hit_total{limit=\"%s\"} %" PRIu64 "\n", names[i], read_number(&metrics->events[i]));
}

void metrics_write(struct portal *portal, struct text *out)
{
    struct server *server = portal->server;
    size_t waiting, running;
    workers_count(server->workers, &waiting, &running);
    pthread_mutex_lock(&server->lock);
    uint64_t upload_bytes = server->upload_bytes;
    pthread_mutex_unlock(&server->lock);
    write_answers(server->metrics, out);
    write_times(server->metrics, out);
    write_events(server->metrics, out);
    const struct {
        const char *name, *type, *says;
        uint64_t number;
    } numbers[] = {
        { "mingbai_connections", "gauge", "Connections that are open.", watch_count(server->watch) },
        { "mingbai_connections_cut_total", "counter", "Connections cut because they did not come on.", watch_cut(server->watch) },
        { "mingbai_jobs_waiting", "gauge", "Requests that wait for a worker.", waiting },
        { "mingbai_jobs_running", "gauge", "Requests that a worker has.", running },
        { "mingbai_upload_bytes", "gauge", "Bytes of files that are on their way in.", upload_bytes },
        { "mingbai_ledger_entries", "gauge", "Entries of the ledger that are durable.", ledger_durable(engine_ledger(portal->engine)) },
        { "mingbai_position", "gauge", "Entries that readers see.", engine_position(portal->engine) },
        { "mingbai_generation", "gauge", "The state's generation: it rises with each withdrawal and rebuild.", engine_generation(portal->engine) },
        { "mingbai_started_seconds", "gauge", "When the server began, in seconds since 1970.", (uint64_t)(portal->started / 1000) },
        { "mingbai_letters_unreadable", "gauge", "Letters set aside until the next start: their number cannot be read, or the gateway refused them.",
          portal->outbox ? outbox_set_aside(portal->outbox) : 0 },
        { "mingbai_letters_waiting", "gauge", "Letters that are to go out.", portal->outbox ? outbox_waiting(portal->outbox) : 0 },
    };
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        write_number(out, numbers[i].name, numbers[i].type, numbers[i].says, numbers[i].number);
}
