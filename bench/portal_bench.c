/* The portal answering 64 clients over a million complaints, beside a bare server of the same parts (libmicrohttpd, SQLite,
   jansson) that gives the same values from the same tables: one record, a list of 50, a figure. Both run as processes of their
   own, one after the other, asked by the same clients on the same two cores. */
#include <fcntl.h>
#include <jansson.h>
#include <math.h>
#include <microhttpd.h>
#include <signal.h>
#include <sodium.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/moment.h"
#include "bench.h"
#include "engine/load.h"
#include "http_load.h"
#include "measure/measure.h"

enum { RECORDS = 1000000, CLIENTS = 64, THREADS = 2, ROUNDS = 3, SECONDS = 3, PAGE = 50 };

/* ---- the records ---- */

static void id_write(char *out, size_t room, uint64_t n)
{
    snprintf(out, room, "TS-%04d-%07d", (int)(n % 9999), (int)(n * 7919 % RECORDS));
}

static void csv_write(const char *path, bool market)
{
    FILE *file = fopen(path, "w");
    fprintf(file, market ? "operator,area,month,subscribers\n" : "id,operator,area,category,filed,channel,subscriber,text,answered\n");
    for (int i = 0; market && i < 39; i++)
        fprintf(file, "%s,3201%02d,2015-01,%d\n", i % 3 ? i % 3 == 1 ? "yi" : "jia" : "bing", i / 3, 1000000 + i * 1000);
    for (int i = 0; !market && i < RECORDS; i++) {
        char id[32];
        id_write(id, sizeof id, (uint64_t)i);
        fprintf(file, "%s,%s,3201%02d,wrong_charge,2015-%02d-%02dT%02d:%02d:%02d+08:00,hotline,139%08d,每月被扣了五元钱的增值业务费%d,2015-12-30\n", id,
                i % 3 ? i % 3 == 1 ? "yi" : "jia" : "bing", i % 13, i % 12 + 1, i % 28 + 1, i % 24, i % 60, i * 7 % 60,
                (int)((int64_t)i * 104729 % 100000000), i);
    }
    fclose(file);
}

static void data_make(const char *data, const char *folder)
{
    struct error error = { 0 };
    char csv[300];
    bench_must(directory_make(disk_posix(), data, &error), &error);
    struct engine *engine = engine_open(&(struct engine_options){ .directory = data }, &error);
    bench_must(engine != NULL, &error);
    for (int market = 0; market < 2; market++) {
        struct load_summary summary = { 0 };
        snprintf(csv, sizeof csv, "%s/%s.csv", folder, market ? "market" : "complaint");
        csv_write(csv, market);
        bench_must(load_file(engine, &(struct load_options){ .kind = kind_find(str_of(market ? "market" : "complaint")), .path = csv, .source = market ? "m" : "c" },
                             &summary, &error), &error);
        load_summary_close(&summary);
    }
    engine_close(engine);
}

/* ---- ours ---- */

struct served {
    pid_t process;
    uint16_t port;
};

static void run_and_read(const char *program, const char *data, const char *const *arguments, const char *input, char *out, size_t room)
{
    int in[2], result[2];
    if (pipe(in) || pipe(result)) exit(1);
    pid_t child = fork();
    if (!child) {
        const char *all[16] = { program, "--data", data };
        for (int i = 0; arguments[i]; i++) all[3 + i] = arguments[i];
        dup2(in[0], 0);
        dup2(result[1], 1);
        close(in[1]);
        close(result[0]);
        execv(program, (char *const *)all);
        _exit(127);
    }
    close(in[0]);
    close(result[1]);
    if (write(in[1], input, strlen(input)) < 0) exit(1);
    close(in[1]);
    size_t have = 0;
    for (ssize_t got; have < room - 1 && (got = read(result[0], out + have, room - 1 - have)) > 0;) have += (size_t)got;
    out[have] = 0;
    out[strcspn(out, "\n")] = 0;
    close(result[0]);
    int status;
    waitpid(child, &status, 0);
    if (status) exit(1);
}

static struct served ours_start(const char *program, const char *data)
{
    int out[2];
    if (pipe(out)) exit(1);
    struct served served = { .process = fork() };
    if (!served.process) {
        prctl(PR_SET_PDEATHSIG, SIGTERM);
        dup2(out[1], 1);
        execl(program, program, "--data", data, "serve", "--listen", "127.0.0.1:0", "--rate", "0", (char *)NULL);
        _exit(127);
    }
    close(out[1]);
    FILE *lines = fdopen(out[0], "r");
    char line[256];
    unsigned port = 0;
    while (!port && fgets(line, sizeof line, lines)) sscanf(line, "listening on http://127.0.0.1:%u", &port);
    if (!port) exit(1);
    served.port = (uint16_t)port;
    return served;
}

static void stop(struct served served)
{
    int status;
    kill(served.process, SIGTERM);
    waitpid(served.process, &status, 0);
}

/* ---- the floor ---- */

struct floor {
    const char *state;     /* the state of ours, read only */
    const char *figures;   /* a database with the figure's rows, computed beforehand */
    struct MHD_Daemon *daemon;
};

/* A thread's own connection and statements. */
struct bare {
    sqlite3 *db, *figures_db;
    sqlite3_stmt *record, *list, *figures, *position;
};
static _Thread_local struct bare *bare;

#define COMPLAINT_COLUMNS \
    "\"id\", \"operator\", \"area\", \"category\", \"filed\", \"channel\", \"subscriber\", \"text\", \"answered\"," \
    " (SELECT \"name\" FROM \"source_name\" WHERE \"source_name\".\"source\" = \"complaint\".\"source\"), \"seq\", \"entry\""

static void sql_must(int code, sqlite3 *db)
{
    if (code == SQLITE_OK || code == SQLITE_ROW || code == SQLITE_DONE) return;
    fprintf(stderr, "bench: %s\n", db ? sqlite3_errmsg(db) : "SQLite failed");
    exit(1);
}

static struct bare *bare_of(const struct floor *floor)
{
    if (bare) return bare;
    bare = calloc(1, sizeof *bare);
    sql_must(sqlite3_open_v2(floor->state, &bare->db, SQLITE_OPEN_READONLY, NULL), NULL);
    sql_must(sqlite3_open_v2(floor->figures, &bare->figures_db, SQLITE_OPEN_READONLY, NULL), NULL);
    sql_must(sqlite3_exec(bare->db, "PRAGMA cache_size=-65536", NULL, NULL, NULL), bare->db);
    sql_must(sqlite3_prepare_v2(bare->db, "SELECT " COMPLAINT_COLUMNS " FROM \"complaint\" WHERE \"id\" = ?", -1, &bare->record, NULL), bare->db);
    sql_must(sqlite3_prepare_v2(bare->db, "SELECT " COMPLAINT_COLUMNS " FROM \"complaint\" WHERE \"id\" > ? ORDER BY \"id\" LIMIT 51", -1, &bare->list, NULL),
             bare->db);
    sql_must(sqlite3_prepare_v2(bare->figures_db, "SELECT figure, operator, period, value, low, high, n, unknown, unit FROM figure ORDER BY operator", -1,
                                &bare->figures, NULL), bare->figures_db);
    sql_must(sqlite3_prepare_v2(bare->db, "SELECT \"number\" FROM \"meta\" WHERE \"name\" = 'position'", -1, &bare->position, NULL), bare->db);
    return bare;
}

static void put_text(json_t *object, const char *key, sqlite3_stmt *row, int column)
{
    const char *text = (const char *)sqlite3_column_text(row, column);
    json_object_set_new(object, key, text ? json_stringn(text, (size_t)sqlite3_column_bytes(row, column)) : json_null());
}

static void put_time(json_t *object, const char *key, sqlite3_stmt *row, int column)
{
    char text[MOMENT_ROOM];
    if (sqlite3_column_type(row, column) == SQLITE_NULL) return;
    moment_format(sqlite3_column_int64(row, column), text);
    json_object_set_new(object, key, json_string(text));
}

static json_t *complaint_object(sqlite3_stmt *row)
{
    const struct field *category = &kind_find(STR("complaint"))->fields[3];
    json_t *object = json_object(), *sealed = json_object();
    json_object_set_new(object, "kind", json_string("complaint"));
    put_text(object, "source", row, 9);
    json_object_set_new(object, "seq", json_integer(sqlite3_column_int64(row, 10)));
    json_object_set_new(object, "entry", json_integer(sqlite3_column_int64(row, 11)));
    json_object_set_new(object, "position", json_integer(sqlite3_column_int64(row, 11) + 1));
    put_text(object, "id", row, 0);
    put_text(object, "operator", row, 1);
    put_text(object, "area", row, 2);
    json_object_set_new(object, "category", json_string(category->choices[sqlite3_column_int64(row, 3)].word));
    put_time(object, "filed", row, 4);
    put_text(object, "channel", row, 5);
    json_object_set_new(object, "subscriber", json_integer(sqlite3_column_int64(row, 6)));
    json_object_set_new(sealed, "sealed", json_true());
    json_object_set_new(object, "text", sealed);
    put_time(object, "answered", row, 8);
    return object;
}

static json_t *figure_object(sqlite3_stmt *row, int64_t position)
{
    static const char *const names[] = { "figure", "operator", "period", "value", "low", "high", "n", "unknown", "unit" };
    json_t *object = json_object();
    for (int i = 0; i < 9; i++) {
        if (sqlite3_column_type(row, i) == SQLITE_FLOAT)
            json_object_set_new(object, names[i], json_real(sqlite3_column_double(row, i)));
        else if (sqlite3_column_type(row, i) == SQLITE_INTEGER)
            json_object_set_new(object, names[i], json_integer(sqlite3_column_int64(row, i)));
        else
            put_text(object, names[i], row, i);
    }
    json_object_set_new(object, "area", json_null());
    json_object_set_new(object, "position", json_integer(position));
    return object;
}

static json_t *page(struct bare *one, struct MHD_Connection *connection, const char *url)
{
    json_t *page = json_object(), *items = json_array();
    const char *id = MHD_lookup_connection_value(connection, MHD_GET_ARGUMENT_KIND, "id");
    const char *after = MHD_lookup_connection_value(connection, MHD_GET_ARGUMENT_KIND, "after");
    sqlite3_stmt *select = strcmp(url, "/api/figures") ? (id ? one->record : one->list) : one->figures;
    sql_must(sqlite3_step(one->position), one->db);
    int64_t position = sqlite3_column_int64(one->position, 0);
    sqlite3_reset(one->position);
    if (select != one->figures) sqlite3_bind_text(select, 1, id ? id : after, -1, SQLITE_STATIC);
    json_object_set_new(page, "next", json_null());
    while (sqlite3_step(select) == SQLITE_ROW) {
        if (json_array_size(items) == PAGE) {
            char next[256];
            snprintf(next, sizeof next, "/api/records/complaint?limit=50&after=%s", json_string_value(json_object_get(json_array_get(items, PAGE - 1), "id")));
            json_object_set_new(page, "next", json_string(next));
            break;
        }
        json_array_append_new(items, select == one->figures ? figure_object(select, position) : complaint_object(select));
    }
    sqlite3_reset(select);
    json_object_set_new(page, "items", items);
    json_object_set_new(page, "position", json_integer(position));
    return page;
}

static enum MHD_Result answer(void *context, struct MHD_Connection *connection, const char *url, const char *method, const char *version,
                              const char *upload, size_t *upload_bytes, void **call)
{
    (void)method, (void)version, (void)upload, (void)upload_bytes;
    static int seen;
    if (!*call) {
        *call = &seen;
        return MHD_YES;
    }
    json_t *body = page(bare_of(context), connection, url);
    char *text = json_dumps(body, JSON_COMPACT);
    json_decref(body);
    struct MHD_Response *response = MHD_create_response_from_buffer(strlen(text), text, MHD_RESPMEM_MUST_FREE);
    MHD_add_response_header(response, "Content-Type", "application/json");
    enum MHD_Result result = MHD_queue_response(connection, MHD_HTTP_OK, response);
    MHD_destroy_response(response);
    return result;
}

static struct served floor_start(struct floor *floor)
{
    int out[2];
    if (pipe(out)) exit(1);
    struct served served = { .process = fork() };
    if (!served.process) {
        prctl(PR_SET_PDEATHSIG, SIGTERM);
        signal(SIGTERM, SIG_DFL);
        floor->daemon = MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD, 0, NULL, NULL, answer, floor, MHD_OPTION_THREAD_POOL_SIZE, THREADS,
                                         MHD_OPTION_END);
        uint16_t port = floor->daemon ? MHD_get_daemon_info(floor->daemon, MHD_DAEMON_INFO_BIND_PORT)->port : 0;
        if (write(out[1], &port, sizeof port) < 0) _exit(1);
        for (;;) pause();
    }
    if (read(out[0], &served.port, sizeof served.port) != sizeof served.port || !served.port) exit(1);
    close(out[0]);
    close(out[1]);
    return served;
}

/* ---- what is asked ---- */

static void record_path(char *out, size_t room, uint64_t n)
{
    char id[32];
    id_write(id, sizeof id, n * 104729 % RECORDS);
    snprintf(out, room, "/api/records/complaint?id=%s", id);
}

static void list_path(char *out, size_t room, uint64_t n)
{
    char id[32];
    id_write(id, sizeof id, n * 104729 % RECORDS);
    snprintf(out, room, "/api/records/complaint?limit=50&after=%s", id);
}

static void figure_path(char *out, size_t room, uint64_t n)
{
    (void)n;
    snprintf(out, room, "/api/figures?kind=complaint.per_million&by=operator&period=2015-01");
}

static const struct asked {
    const char *what;
    void (*path)(char *out, size_t room, uint64_t n);
} asked[] = {
    { "a single record", record_path },
    { "a list of 50", list_path },
    { "a figure by operator", figure_path },
};
enum { ASKED = sizeof asked / sizeof *asked };

/* ---- the same values ---- */

static json_t *get(uint16_t port, const char *headers, const char *path)
{
    char *body = http_get(port, headers, path);
    json_t *json = json_loads(body, 0, NULL);
    free(body);
    if (!json) exit(1);
    return json;
}

static bool same(const json_t *left, const json_t *right)
{
    if (json_is_number(left) && json_is_number(right)) return fabs(json_number_value(left) - json_number_value(right)) < 1e-9;
    if (json_typeof(left) != json_typeof(right)) return false;
    if (json_is_array(left)) {
        if (json_array_size(left) != json_array_size(right)) return false;
        for (size_t i = 0; i < json_array_size(left); i++)
            if (!same(json_array_get(left, i), json_array_get(right, i))) return false;
        return true;
    }
    if (!json_is_object(left)) return json_equal(left, right);
    const char *key;
    json_t *value;
    if (json_object_size(left) != json_object_size(right)) return false;
    json_object_foreach((json_t *)left, key, value) if (!json_object_get(right, key) || !same(value, json_object_get(right, key))) return false;
    return true;
}

static void same_must(const struct served *ours, const struct served *floor, const char *header)
{
    for (int i = 0; i < ASKED; i++) {
        char path[512];
        asked[i].path(path, sizeof path, 77);
        json_t *left = get(ours->port, header, path), *right = get(floor->port, header, path);
        if (!same(left, right)) {
            fprintf(stderr, "bench: %s differs:\n%s\n%s\n", asked[i].what, json_dumps(left, JSON_SORT_KEYS), json_dumps(right, JSON_SORT_KEYS));
            exit(1);
        }
        json_decref(left);
        json_decref(right);
    }
}

/* The figure's rows as ours computed them. */
static void figures_keep(const struct served *ours, const char *header, const char *path)
{
    char address[512];
    sqlite3 *db;
    sqlite3_stmt *put;
    figure_path(address, sizeof address, 0);
    json_t *got = get(ours->port, header, address), *item;
    sql_must(sqlite3_open(path, &db), db);
    sql_must(sqlite3_exec(db, "CREATE TABLE figure (figure, operator, period, value, low, high, n, unknown, unit)", NULL, NULL, NULL), db);
    sql_must(sqlite3_prepare_v2(db, "INSERT INTO figure VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", -1, &put, NULL), db);
    size_t place;
    json_array_foreach(json_object_get(got, "items"), place, item)
    {
        static const char *const names[] = { "figure", "operator", "period", "value", "low", "high", "n", "unknown", "unit" };
        for (int i = 0; i < 9; i++) {
            json_t *value = json_object_get(item, names[i]);
            if (json_is_integer(value))
                sqlite3_bind_int64(put, i + 1, json_integer_value(value));
            else if (json_is_real(value))
                sqlite3_bind_double(put, i + 1, json_real_value(value));
            else if (json_is_string(value))
                sqlite3_bind_text(put, i + 1, json_string_value(value), -1, SQLITE_TRANSIENT);
            else
                sqlite3_bind_null(put, i + 1);
        }
        sql_must(sqlite3_step(put), db);
        sqlite3_reset(put);
    }
    sqlite3_finalize(put);
    sqlite3_close(db);
    json_decref(got);
}

int main(int count, char **arguments)
{
    char folder[256], data[300], state[340], figures[300], program[512], token[256], header[300];
    (void)count;
    if (sodium_init() < 0) return 1;
    bench_folder(folder);
    snprintf(data, sizeof data, "%s/data", folder);
    snprintf(state, sizeof state, "%s/state/1/state.db", data);
    snprintf(figures, sizeof figures, "%s/figures.db", folder);
    snprintf(program, sizeof program, "%.*s/../mingbai", (int)(strrchr(arguments[0], '/') - arguments[0]), arguments[0]);
    data_make(data, folder);
    run_and_read(program, data, (const char *[]){ "user", "add", "bench", "--role", "regulator", NULL }, "a password of the bench\n", token, sizeof token);
    run_and_read(program, data, (const char *[]){ "token", "bench", NULL }, "", token, sizeof token);
    snprintf(header, sizeof header, "Authorization: Bearer %s\r\n", token);

    struct floor floor = { .state = state, .figures = figures };
    struct served ours = ours_start(program, data);
    figures_keep(&ours, header, figures);
    struct served bare_server = floor_start(&floor);
    same_must(&ours, &bare_server, header);
    for (int i = 0; i < ASKED; i++) {
        struct http_loaded best[2] = { 0 };
        for (int round = 0; round < ROUNDS; round++)
            for (int which = 0; which < 2; which++) {
                struct http_loaded loaded = http_load_run(&(struct http_load){ .port = which ? bare_server.port : ours.port, .headers = header,
                                                                               .path = asked[i].path, .clients = CLIENTS, .seconds = SECONDS });
                if (loaded.rate > best[which].rate) best[which] = loaded;
            }
        char what[128];
        snprintf(what, sizeof what, "%s of 1 million complaints, 64 clients", asked[i].what);
        bench_line(what, best[0].rate, best[1].rate, "bare libmicrohttpd, SQLite, jansson", "answers/s", ">= 0.5 of the floor");
        snprintf(what, sizeof what, "%s, the slowest of a hundred", asked[i].what);
        bench_line(what, best[0].p99 * 1000, best[1].p99 * 1000, "the same", "ms", "<= 2 x the floor");
    }
    stop(ours);
    stop(bare_server);
    bench_remove(folder);
    return 0;
}
