#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "disk/disk.h"

double bench_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

void bench_folder(char path[256])
{
    const char *base = getenv("TMPDIR");
    snprintf(path, 256, "%s/mingbai-bench-XXXXXX", base && *base ? base : "/tmp");
    if (!mkdtemp(path)) {
        perror(path);
        exit(1);
    }
}

void bench_remove(const char *path)
{
    struct error error;
    disk_remove_tree(disk_posix(), path, &error);
}

void bench_line(const char *what, double ours, double floor, const char *floor_what, const char *unit, const char *bar)
{
    printf("{\"what\":\"%s\",\"ours\":%.6g,\"floor\":%.6g,\"floor_what\":\"%s\",\"unit\":\"%s\",\"bar\":\"%s\"}\n", what, ours, floor,
           floor_what, unit, bar);
    fflush(stdout);
}

void bench_must(bool done, const struct error *error)
{
    if (done) return;
    fprintf(stderr, "bench: %s\n", error->says);
    exit(1);
}
