/* Door and ledger alone: a bulk kind (subscriber) of known persons from a CSV file to durable, beside a bare loop that
   splits the same file into cells, copies them and writes them with an fdatasync for every 8 MiB. */
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bench.h"
#include "engine/load.h"
#include "measure/measure.h"

enum { RECORDS = 3000000, CHUNK = 8 * 1024 * 1024, RUNS = 3 };

/* Numbers in a random order, as a switch would write them. */
static void csv_write(const char *path)
{
    static const char *const operators[] = { "jia", "yi", "bing" }, *const areas[] = { "320100", "320500", "320200", "320300" };
    FILE *file = fopen(path, "w");
    fprintf(file, "subscriber,operator,area,since\n");
    for (uint64_t i = 0; i < RECORDS; i++) {
        uint64_t n = i * 7919 % RECORDS;
        fprintf(file, "138%08llu,%s,%s,2014-%02d-%02d\n", (unsigned long long)n, operators[n % 3], areas[n % 4], (int)(n % 12) + 1,
                (int)(n % 28) + 1);
    }
    fclose(file);
}

static double bare_loop(const char *path, const char *out_path)
{
    double start = bench_seconds();
    int in = open(path, O_RDONLY), out = open(out_path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    struct stat status;
    fstat(in, &status);
    const char *bytes = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, in, 0), *end = bytes + status.st_size;
    char *buffer = malloc(CHUNK + 4096);
    size_t used = 0;
    for (const char *at = bytes; at < end;) {
        const char *cell = at;
        while (*at != ',' && *at != '\n') at++;
        size_t length = (size_t)(at - cell);
        buffer[used++] = (char)length;
        memcpy(buffer + used, cell, length);
        used += length;
        at++;
        if (used < CHUNK) continue;
        if (write(out, buffer, used) != (ssize_t)used || fdatasync(out)) exit(1);
        used = 0;
    }
    if (write(out, buffer, used) != (ssize_t)used || fdatasync(out)) exit(1);
    munmap((void *)bytes, (size_t)status.st_size);
    free(buffer);
    close(in);
    close(out);
    return RECORDS / (bench_seconds() - start);
}

static double load_once(struct engine *engine, const char *path, const char *source)
{
    struct error error = { 0 };
    struct load_summary summary = { 0 };
    double start = bench_seconds();
    bench_must(load_file(engine, &(struct load_options){ .kind = kind_find(STR("subscriber")), .path = path, .source = source }, &summary,
                         &error),
               &error);
    double rate = RECORDS / (bench_seconds() - start);
    if (summary.accepted != RECORDS) {
        fprintf(stderr, "bench: only %llu were accepted\n", (unsigned long long)summary.accepted);
        exit(1);
    }
    load_summary_close(&summary);
    return rate;
}

int main(void)
{
    char folder[256], csv[300], data[300], out[300];
    struct error error = { 0 };
    if (sodium_init() < 0) return 1;
    bench_folder(folder);
    snprintf(csv, sizeof csv, "%s/subscriber.csv", folder);
    snprintf(data, sizeof data, "%s/data", folder);
    snprintf(out, sizeof out, "%s/floor", folder);
    csv_write(csv);
    bench_must(directory_make(disk_posix(), data, &error), &error);
    struct engine *engine = engine_open(&(struct engine_options){ .directory = data, .ledger_only = true }, &error);
    bench_must(engine != NULL, &error);
    double first = load_once(engine, csv, "first"), best = 0, floor = 0;
    for (int i = 0; i < RUNS; i++) {
        char source[16];
        snprintf(source, sizeof source, "again-%d", i);
        double rate = load_once(engine, csv, source), bare = bare_loop(csv, out);
        if (rate > best) best = rate;
        if (bare > floor) floor = bare;
    }
    engine_close(engine);
    bench_line("door and ledger alone, known persons, CSV to durable", best, floor, "bare loop: split, copy, write, fdatasync", "records/s",
               ">= 1,000,000 records/s");
    bench_line("door and ledger alone, persons never seen before", first, floor, "the same bare loop", "records/s", "");
    bench_remove(folder);
    return 0;
}
