/* The meter: use from a CSV file, through the ledger with durability, to counters and notices, with subscribers hit at random; beside a
   bare table of 64-byte slots with one write and fdatasync for every 64k records, and Redis INCRBY in pipelines, without durability. How much
   memory it takes, how long opening it again takes, and one bill. MINGBAI_BENCH_SUBSCRIBERS and MINGBAI_BENCH_RECORDS make it smaller. */
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench.h"
#include "engine/intake.h"
#include "engine/load.h"
#include "measure/usage/usage.h"

enum { RECORDS_AT_ONCE = 65536, PIPELINE = 1000, BILLS = 50 };

static uint64_t subscribers, records;

static uint64_t asked(const char *name, uint64_t otherwise)
{
    const char *given = getenv(name);
    uint64_t number;
    return given && str_number(str_of(given), &number) ? number : otherwise;
}

/* A number that hits subscribers at random, the same in every run. */
static uint64_t scatter(uint64_t n)
{
    n += UINT64_C(0x9e3779b97f4a7c15);
    n = (n ^ n >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    n = (n ^ n >> 27) * UINT64_C(0x94d049bb133111eb);
    return n ^ n >> 31;
}

static FILE *file_make(const char *folder, const char *name, char path[300])
{
    snprintf(path, 300, "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    if (!file) exit(1);
    return file;
}

static void files_write(const char *folder, char tariff[300], char subscription[300], char usage[300])
{
    FILE *file = file_make(folder, "tariff.json", tariff);
    fputs("{\"tariff\":\"T\",\"operator\":\"jia\",\"type\":\"main\",\"monthly_fee\":\"58\",\"allowances\":[{\"id\":\"d\",\"service\":\"data\",\"quantity\":2147483648,"
          "\"scope\":\"home\"},{\"id\":\"v\",\"service\":\"voice\",\"quantity\":12000,\"scope\":\"home\"}],\"prices\":[{\"service\":\"data\",\"per\":1048576,\"price\":\"0.10\"},"
          "{\"service\":\"voice\",\"per\":60,\"price\":\"0.15\"},{\"service\":\"sms\",\"per\":1,\"price\":\"0.10\"}],\"data_cap\":\"500\",\"notice_at\":[80,100],"
          "\"notice_every\":\"10\"}\n", file);
    fclose(file);
    file = file_make(folder, "subscription.csv", subscription);
    fputs("subscriber,tariff,from\n", file);
    for (uint64_t i = 0; i < subscribers; i++) fprintf(file, "138%08llu,T,2014-01-01\n", (unsigned long long)i);
    fclose(file);
    file = file_make(folder, "usage.csv", usage);
    fputs("subscriber,service,start,quantity\n", file);
    for (uint64_t i = 0; i < records; i++) {
        uint64_t r = scatter(i), second = i * (30 * 86400) / records;
        fprintf(file, "138%08llu,data,2015-01-%02dT%02d:%02d:%02d+08:00,%llu\n", (unsigned long long)(r % subscribers), (int)(second / 86400) + 1,
                (int)(second / 3600 % 24), (int)(second / 60 % 60), (int)(second % 60), (unsigned long long)(r >> 32) % 200000000);
    }
    fclose(file);
}

static double loaded(struct engine *engine, const char *kind, const char *path, uint64_t count)
{
    struct error error = { 0 };
    struct load_summary summary = { 0 };
    double start = bench_seconds();
    bench_must(load_file(engine, &(struct load_options){ .kind = kind_find(str_of(kind)), .path = path }, &summary, &error), &error);
    double rate = (double)count / (bench_seconds() - start);
    if (summary.accepted != count) {
        fprintf(stderr, "bench: only %llu of %llu were accepted\n", (unsigned long long)summary.accepted, (unsigned long long)count);
        exit(1);
    }
    load_summary_close(&summary);
    return rate;
}

/* ---- the floor ---- */

struct bare_slot {
    uint64_t sum, rest[7];
};

static double bare_table(const char *folder)
{
    struct bare_slot *slots = calloc(subscribers, sizeof *slots);
    struct bare_record { uint64_t subscriber, quantity, service; int64_t start; } *batch = malloc(RECORDS_AT_ONCE * sizeof *batch);
    char path[300];
    snprintf(path, sizeof path, "%s/floor", folder);
    int out = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    memset(slots, 1, subscribers * sizeof *slots);
    double start = bench_seconds();
    for (uint64_t i = 0; i < records;) {
        size_t count = 0;
        for (; count < RECORDS_AT_ONCE && i < records; i++, count++) {
            uint64_t r = scatter(i);
            batch[count] = (struct bare_record){ r % subscribers, r >> 40, 0, (int64_t)i };
        }
        for (size_t k = 0; k < count; k++) slots[batch[k].subscriber].sum += batch[k].quantity;
        if (write(out, batch, count * sizeof *batch) != (ssize_t)(count * sizeof *batch) || fdatasync(out)) exit(1);
    }
    double rate = (double)records / (bench_seconds() - start);
    close(out);
    free(batch);
    free(slots);
    return rate;
}

/* ---- Redis, where it is installed ---- */

static int redis_connect(const char *path)
{
    struct sockaddr_in there = { .sin_family = AF_INET };
    int port = 0;
    FILE *file = fopen(path, "r");
    if (!file || fscanf(file, "%d", &port) != 1) port = 0;
    if (file) fclose(file);
    there.sin_port = htons((uint16_t)port);
    there.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    for (int tries = 0; port && tries < 500; tries++) {
        int peer = socket(AF_INET, SOCK_STREAM, 0);
        if (!connect(peer, (struct sockaddr *)&there, sizeof there)) return peer;
        close(peer);
        usleep(10000);
    }
    return -1;
}

static pid_t redis_start(const char *folder, char port_path[300])
{
    struct sockaddr_in here = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t length = sizeof here;
    int probe = socket(AF_INET, SOCK_STREAM, 0);
    char port[16];
    if (bind(probe, (struct sockaddr *)&here, sizeof here) || getsockname(probe, (struct sockaddr *)&here, &length)) return -1;
    snprintf(port, sizeof port, "%d", ntohs(here.sin_port));
    close(probe);
    FILE *file = file_make(folder, "redis-port", port_path);
    fputs(port, file);
    fclose(file);
    pid_t child = fork();
    if (child) return child;
    int null = open("/dev/null", O_WRONLY);
    dup2(null, 1);
    execlp("redis-server", "redis-server", "--port", port, "--save", "", "--appendonly", "no", "--bind", "127.0.0.1", "--dir", folder, (char *)NULL);
    _exit(127);
}

static double redis_incrby(const char *folder)
{
    char port_path[300], *sent = malloc(PIPELINE * 80), got[65536];
    pid_t server = redis_start(folder, port_path);
    int peer = server > 0 ? redis_connect(port_path) : -1;
    double rate = 0;
    if (peer >= 0) {
        uint64_t count = records < 3000000 ? records : 3000000;
        double start = bench_seconds();
        for (uint64_t i = 0; i < count;) {
            size_t used = 0, answers = 0, batch = 0;
            for (; batch < PIPELINE && i < count; i++, batch++) {
                char key[24], value[24];
                int key_length = snprintf(key, sizeof key, "%llu", (unsigned long long)(scatter(i) % subscribers));
                int value_length = snprintf(value, sizeof value, "%llu", (unsigned long long)(scatter(i) >> 40));
                used += (size_t)sprintf(sent + used, "*3\r\n$6\r\nINCRBY\r\n$%d\r\n%s\r\n$%d\r\n%s\r\n", key_length, key, value_length, value);
            }
            if (send(peer, sent, used, 0) != (ssize_t)used) exit(1);
            while (answers < batch) {
                ssize_t length = recv(peer, got, sizeof got, 0);
                if (length <= 0) exit(1);
                for (ssize_t k = 0; k < length; k++) answers += got[k] == '\n';
            }
        }
        rate = (double)count / (bench_seconds() - start);
        close(peer);
    }
    if (server > 0) {
        kill(server, SIGTERM);
        waitpid(server, NULL, 0);
    }
    free(sent);
    return rate;
}

/* ---- PostgreSQL, where it is installed ---- */

/* Rows a second that a batch upsert adds to a table of that many subscribers, durable; 0 where it cannot be run. */
static double postgres_upsert(void)
{
    char command[600];
    double rate = 0;
    snprintf(command, sizeof command, "python3 " BENCH_SOURCE "/postgres_upsert.py %llu", (unsigned long long)subscribers);
    FILE *out = popen(command, "r");
    if (out && fscanf(out, "%lf", &rate) != 1) rate = 0;
    if (out) pclose(out);
    return rate;
}

/* ---- what else ---- */

static uint64_t resident_bytes(void)
{
    unsigned long pages = 0, resident = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    if (file && fscanf(file, "%lu %lu", &pages, &resident) != 2) resident = 0;
    if (file) fclose(file);
    return (uint64_t)resident * (uint64_t)sysconf(_SC_PAGESIZE);
}

static bool record_count(void *context, const struct metered_record *record, struct error *error)
{
    (void)record, (void)error;
    ++*(uint64_t *)context;
    return true;
}

static double bill_once(struct engine *engine, uint64_t number)
{
    struct error error = { 0 };
    struct arena arena = { 0 };
    struct metered metered;
    char text[16];
    int32_t cycle;
    uint64_t found = 0;
    snprintf(text, sizeof text, "138%08llu", (unsigned long long)number);
    must(civil_day((struct civil){ 2015, 1, 1 }, &cycle));
    double start = bench_seconds();
    struct keeper *keeper = engine_kept(engine, &usage_measure);
    uint64_t subject = vault_find(engine_vault(engine), str_of(text));
    bench_must(meter_cycle(keeper->kept, engine_ledger(engine), subject, cycle, DAY_NONE, MOMENT_NONE, &arena, &metered, &error) &&
                   meter_records(keeper->kept, engine_ledger(engine), subject, cycle, DAY_NONE, record_count, &found, &error), &error);
    double seconds = bench_seconds() - start;
    keeper_give(keeper);
    arena_close(&arena);
    return seconds;
}

/* ---- live: 100,000 records a second, in batches every 4 milliseconds ---- */

enum { LIVE_BATCHES = 1250, LIVE_RECORDS = 400 };
static const double live_gap = 0.004;

static int seconds_order(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

static double p99(double *seconds, size_t count)
{
    qsort(seconds, count, sizeof *seconds, seconds_order);
    return seconds[count * 99 / 100];
}

static void pace(double until)
{
    double left = until - bench_seconds();
    if (left > 0) usleep((useconds_t)(left * 1e6));
}

/* From the first record of a batch in hand to its notices in the outbox, durable. */
static double live_p99(struct engine *engine, const char *source, const char *from)
{
    double seconds[LIVE_BATCHES], start = bench_seconds();
    struct error error = { 0 };
    const struct kind *kind = kind_find(STR("usage"));
    struct intake *intake = intake_open(engine, &(struct intake_options){ .kind = kind }, &error);
    bench_must(intake != NULL, &error);
    int64_t moment;
    must(moment_parse(str_of(from), &moment));
    for (uint64_t batch = 0, seq = 1; batch < LIVE_BATCHES; batch++) {
        pace(start + (double)batch * live_gap);
        double begun = bench_seconds();
        for (int i = 0; i < LIVE_RECORDS; i++, seq++) {
            struct record *record = intake_record(intake);
            char number[16];
            enum taken taken;
            uint64_t r = scatter(seq * 3);
            int length = snprintf(number, sizeof number, "138%08llu", (unsigned long long)(r % subscribers));
            *record = (struct record){ .kind = kind, .source = str_of(source), .seq = seq, .present = 0xf };
            record->values[USAGE_SUBSCRIBER].text = (struct str){ number, (size_t)length };
            record->values[USAGE_START].number = moment + (int64_t)batch * 4;
            /* One in a hundred makes something due. */
            record->values[USAGE_QUANTITY].number = i % 100 ? (int64_t)(r >> 44) : INT64_C(1800000000);
            bench_must(intake_take(intake, &taken, &error), &error);
        }
        bench_must(intake_finish(intake, &error), &error);
        seconds[batch] = bench_seconds() - begun;
    }
    intake_close(intake);
    return p99(seconds, LIVE_BATCHES);
}

static double fdatasync_p99(const char *folder)
{
    static char bytes[8192];
    double seconds[LIVE_BATCHES], start = bench_seconds();
    char path[300];
    snprintf(path, sizeof path, "%s/syncs", folder);
    int out = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    for (int i = 0; i < LIVE_BATCHES; i++) {
        pace(start + i * live_gap);
        double begun = bench_seconds();
        if (write(out, bytes, sizeof bytes) != sizeof bytes || fdatasync(out)) exit(1);
        seconds[i] = bench_seconds() - begun;
    }
    close(out);
    return p99(seconds, LIVE_BATCHES);
}

static struct engine *opened(const char *data)
{
    struct error error = { 0 };
    struct engine *engine = engine_open(&(struct engine_options){ .directory = data }, &error);
    bench_must(engine != NULL, &error);
    return engine;
}

int main(void)
{
    char folder[256], data[300], tariff[300], subscription[300], usage[300];
    struct error error = { 0 };
    if (sodium_init() < 0) return 1;
    subscribers = asked("MINGBAI_BENCH_SUBSCRIBERS", 10000000);
    records = asked("MINGBAI_BENCH_RECORDS", 20000000);
    bench_folder(folder);
    snprintf(data, sizeof data, "%s/data", folder);
    files_write(folder, tariff, subscription, usage);
    sync(); /* what was written to be read does not go to the disk beside what is measured */
    bench_must(directory_make(disk_posix(), data, &error), &error);
    struct engine *engine = opened(data);
    loaded(engine, "tariff", tariff, 1);
    loaded(engine, "subscription", subscription, subscribers);
    uint64_t before = resident_bytes();
    double rate = loaded(engine, "usage", usage, records);
    uint64_t after = resident_bytes();
    double floor = bare_table(folder), redis = redis_incrby(folder), postgres = postgres_upsert();
    bench_line("use, CSV to durable, counted and reminded of, random subscribers", rate, floor, "bare table of 64-byte slots, a write and fdatasync per 64k",
               "records/s", ">= 0.5 of the floor");
    if (redis > 0) bench_line("the same", rate, redis, "Redis INCRBY in pipelines of 1,000, not durable", "records/s", ">= 3 x");
    if (postgres > 0) bench_line("the same", rate, postgres, "PostgreSQL, upsert in batches of 10,000, durable", "records/s", "");
    bench_line("resident memory of the whole program, a subscriber and cycle", (double)after / (double)subscribers, 0, "", "bytes", "<= 160 bytes");
    fprintf(stderr, "resident before use %.0f MB, after %.0f MB\n", (double)before / 1e6, (double)after / 1e6);
    double start = bench_seconds();
    engine_close(engine);
    fprintf(stderr, "closing, with a snapshot: %.2f s\n", bench_seconds() - start);
    start = bench_seconds();
    engine = opened(data);
    double first = bill_once(engine, subscribers / 2);
    bench_line("opening again, to the first answer", bench_seconds() - start, 0, "", "s", "<= 10 s");
    for (int i = 0; i < BILLS; i++) {
        double seconds = bill_once(engine, scatter((uint64_t)i) % subscribers);
        if (seconds > first) first = seconds;
    }
    bench_line("a bill explained down to its records, the slowest of 50", first * 1000, 0, "", "ms", "<= 200 ms");
    double sync = fdatasync_p99(folder), live = live_p99(engine, "live", "2015-01-31T10:00:00+08:00");
    double first_live = live_p99(engine, "first", "2015-02-01T00:00:00+08:00");
    bench_line("100,000 records/s live, to the notice in the outbox, p99", live * 1000, sync * 1000, "p99 of fdatasync behind 8 kB", "ms", "<= 3 x");
    bench_line("the same, in the first seconds of a month", first_live * 1000, sync * 1000, "the same", "ms", "<= 3 x");
    engine_close(engine);
    bench_remove(folder);
    return 0;
}
