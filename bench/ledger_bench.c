/* The ledger at 1 GB: verifying, and recovering without its cache. */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <openssl/sha.h>

#include "base/hash.h"
#include "bench.h"
#include "ledger/ledger.h"

enum { RUNS = 3 };
static const uint64_t all_bytes = UINT64_C(1) << 30;

static void fill(struct ledger *ledger, size_t entry_bytes)
{
    enum { GROUP = 8 * 1024 * 1024 };
    size_t count = GROUP / entry_bytes;
    char *bytes = malloc(count * entry_bytes);
    struct str *entries = malloc(count * sizeof *entries);
    struct error error = { 0 };
    random_bytes(bytes, count * entry_bytes);
    for (size_t i = 0; i < count; i++) entries[i] = (struct str){ bytes + i * entry_bytes, entry_bytes };
    for (uint64_t done = 0; done < all_bytes; done += count * entry_bytes)
        bench_must(ledger_append(ledger, entries, count, &error) && ledger_sync(ledger, &error), &error);
    free(bytes);
    free(entries);
}

/* SHA-256 alone over as many bytes in pieces of that size, on one core, times two. */
static double sha_floor(size_t entry_bytes)
{
    char *bytes = malloc(entry_bytes);
    memset(bytes, 7, entry_bytes);
    double start = bench_seconds();
    uint64_t count = (all_bytes >> 2) / entry_bytes;
    for (uint64_t i = 0; i < count; i++) hash_leaf((struct str){ bytes, entry_bytes });
    double rate = 2.0 * (double)(count * entry_bytes) / (bench_seconds() - start);
    free(bytes);
    return rate / 1e9;
}

static void measure(const char *folder, size_t entry_bytes, const char *name)
{
    char ledger_path[300], cache[300], what[128];
    struct error error = { 0 };
    struct ledger_key key;
    uint8_t seed[LEDGER_SEED_BYTES] = { 1 };
    ledger_key_from_seed(&key, "bench", seed);
    snprintf(ledger_path, sizeof ledger_path, "%s/ledger-%zu", folder, entry_bytes);
    snprintf(cache, sizeof cache, "%s/cache-%zu", folder, entry_bytes);
    struct ledger_options options = { .disk = disk_posix(), .directory = ledger_path, .cache = cache, .key = &key, .may_recover = true };
    bench_must(disk_posix()->make_directory(disk_posix(), ledger_path, &error) && disk_posix()->make_directory(disk_posix(), cache, &error),
               &error);
    struct ledger *ledger = ledger_open(&options, &error);
    bench_must(ledger != NULL, &error);
    fill(ledger, entry_bytes);
    ledger_close(ledger);
    double best = 0, recovery = 1e9;
    for (int i = 0; i < RUNS; i++) {
        struct ledger_verified verified;
        double start = bench_seconds();
        bench_must(ledger_verify(disk_posix(), ledger_path, &key, (struct str){ 0 }, NULL, NULL, &verified, &error), &error);
        double rate = (double)verified.bytes / (bench_seconds() - start) / 1e9;
        if (rate > best) best = rate;
    }
    for (int i = 0; i < RUNS; i++) {
        bench_remove(cache);
        bench_must(disk_posix()->make_directory(disk_posix(), cache, &error), &error);
        double start = bench_seconds();
        bench_must((ledger = ledger_open(&options, &error)) != NULL, &error);
        double seconds = bench_seconds() - start;
        ledger_close(ledger);
        if (seconds < recovery) recovery = seconds;
    }
    snprintf(what, sizeof what, "verify 1 GB of ledger, %s", name);
    bench_line(what, best, sha_floor(entry_bytes), "SHA-256 of the entries alone, two cores", "GB/s", ">= 1 GB/s");
    snprintf(what, sizeof what, "recover 1 GB of ledger without its cache, %s", name);
    bench_line(what, recovery, 0, "", "s", "<= 10 s");
}

int main(void)
{
    char folder[256];
    if (sodium_init() < 0) return 1;
    bench_folder(folder);
    measure(folder, 100 * 1024, "batches of 100 kB");
    measure(folder, 200, "entries of 200 bytes");
    bench_remove(folder);
    return 0;
}
