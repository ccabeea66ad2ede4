/* A record's place is one number: subject (32 bits), month (12), entry counted from the run's first (20). Within a run they are
   sorted, and equal ones stand once. */
#include "measure/usage/trace.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "door/kind.h"

enum { ENTRY_BITS = 20, MONTH_BITS = 12, TAIL_PLACES = 2 * 1024 * 1024, STEP = 512, PATH_BYTES = 4096 };

struct run {
    uint64_t number, base, count;
    bool synced;
    struct disk_file *file;
    uint64_t *steps; /* every STEPth place */
};

struct trace {
    struct disk *disk;
    char *folder;
    const char *scratch;      /* the seam's; NULL: new runs go into the folder, and old ones are removed there */
    struct run *runs;
    size_t run_count;
    uint64_t next;
    uint64_t *tail, *sorting; /* in the order in which they came */
    size_t tail_count, tail_room;
    uint64_t base;            /* of the tail */
};

struct trace *trace_open(struct disk *disk, const char *folder, const char *scratch)
{
    struct trace *trace = allocate(sizeof *trace);
    size_t length = strlen(folder);
    trace->disk = disk;
    trace->folder = allocate(length + 1);
    memcpy(trace->folder, folder, length);
    trace->scratch = scratch;
    return trace;
}

void trace_close(struct trace *trace)
{
    if (!trace) return;
    for (size_t i = 0; i < trace->run_count; i++) {
        if (trace->runs[i].file) trace->disk->close(trace->runs[i].file);
        free(trace->runs[i].steps);
    }
    free(trace->runs);
    free(trace->tail);
    free(trace->sorting);
    free(trace->folder);
    free(trace);
}

static bool run_path(const char *folder, uint64_t number, char path[PATH_BYTES], struct error *error)
{
    int length = snprintf(path, PATH_BYTES, "%s/usage.%llu.run", folder, (unsigned long long)number);
    return length < PATH_BYTES || fail(error, ERROR_LIMIT, "the path of the data directory is too long");
}

/* ---- adding ---- */

void trace_add(struct trace *trace, uint64_t subject, uint32_t month, uint64_t entry)
{
    must(subject <= UINT32_MAX && month < 1u << MONTH_BITS);
    if (!trace->tail_count) trace->base = entry;
    if (trace->tail_count == trace->tail_room) {
        trace->tail_room = trace->tail_room ? trace->tail_room * 2 : 4096;
        trace->tail = reallocate(trace->tail, trace->tail_room * sizeof *trace->tail);
    }
    must(entry - trace->base < 1u << ENTRY_BITS);
    trace->tail[trace->tail_count++] = subject << (ENTRY_BITS + MONTH_BITS) | (uint64_t)month << ENTRY_BITS | (entry - trace->base);
}

/* By radix, from the lowest digit; a digit that is the same everywhere is passed over. */
static void sort(uint64_t *places, uint64_t *other, size_t count)
{
    enum { DIGIT = 11, DIGITS = 1 << DIGIT };
    uint64_t *from = places, *to = other, differs = 0;
    for (size_t i = 1; i < count; i++) differs |= places[i] ^ places[0];
    for (unsigned shift = 0; shift < 64; shift += DIGIT) {
        if (!(differs >> shift & (DIGITS - 1))) continue;
        size_t ends[DIGITS] = { 0 }, sum = 0;
        for (size_t i = 0; i < count; i++) ends[from[i] >> shift & (DIGITS - 1)]++;
        for (size_t d = 0; d < DIGITS; d++) {
            size_t here = ends[d];
            ends[d] = sum;
            sum += here;
        }
        for (size_t i = 0; i < count; i++) to[ends[from[i] >> shift & (DIGITS - 1)]++] = from[i];
        uint64_t *swap = from;
        from = to;
        to = swap;
    }
    if (from != places) memcpy(places, from, count * sizeof *places);
}

static void steps_make(struct run *run, const uint64_t *places)
{
    run->steps = allocate((size_t)(run->count / STEP + 1) * sizeof *run->steps);
    for (uint64_t i = 0; i < run->count; i += STEP) run->steps[i / STEP] = places[i];
}

static struct run *run_add(struct trace *trace)
{
    trace->runs = reallocate(trace->runs, (trace->run_count + 1) * sizeof *trace->runs);
    struct run *run = &trace->runs[trace->run_count++];
    *run = (struct run){ 0 };
    return run;
}

static bool run_write(struct trace *trace, struct error *error)
{
    char path[PATH_BYTES];
    uint64_t *places = trace->tail;
    size_t count = 0;
    trace->sorting = reallocate(trace->sorting, trace->tail_room * sizeof *trace->sorting);
    sort(places, trace->sorting, trace->tail_count);
    for (size_t i = 0; i < trace->tail_count; i++)
        if (!count || places[count - 1] != places[i]) places[count++] = places[i];
    struct run *run = run_add(trace);
    *run = (struct run){ .number = trace->next++, .base = trace->base, .count = count };
    steps_make(run, places);
    trace->tail_count = 0;
    return run_path(trace->scratch ? trace->scratch : trace->folder, run->number, path, error) &&
           trace->disk->open(trace->disk, path, DISK_CREATE, &run->file, error) &&
           trace->disk->truncate(run->file, 0, error) && trace->disk->write(run->file, places, count * sizeof *places, 0, error);
}

bool trace_settle(struct trace *trace, uint64_t position, struct error *error)
{
    bool is_far = trace->tail_count && position - trace->base >= 1u << (ENTRY_BITS - 1);
    return (trace->tail_count < TAIL_PLACES && !is_far) || run_write(trace, error);
}

/* ---- finding ---- */

struct finding_places {
    bool (*entry)(void *context, uint64_t index, struct error *error);
    void *context;
    bool any;
    uint64_t last;
};

static bool found(struct finding_places *finding, uint64_t index, struct error *error)
{
    if (finding->any && finding->last == index) return true;
    finding->any = true;
    finding->last = index;
    return finding->entry(finding->context, index, error);
}

/* The step in which the first place that is not below `low` stands. */
static uint64_t step_of(const struct run *run, uint64_t low)
{
    uint64_t from = 0, to = (run->count + STEP - 1) / STEP;
    while (to - from > 1) {
        uint64_t middle = from + (to - from) / 2;
        if (run->steps[middle] < low)
            from = middle;
        else
            to = middle;
    }
    return from;
}

static bool run_find(const struct trace *trace, const struct run *run, uint64_t low, uint64_t high, struct finding_places *finding,
                     struct error *error)
{
    uint64_t places[STEP];
    if (!run->count) return true;
    for (uint64_t at = step_of(run, low) * STEP; at < run->count; at += STEP) {
        uint64_t count = run->count - at < STEP ? run->count - at : STEP;
        size_t got;
        if (run->steps[at / STEP] > high) return true;
        if (!trace->disk->read(run->file, places, count * sizeof *places, at * sizeof *places, &got, error)) return false;
        if (got != count * sizeof *places) return fail(error, ERROR_DAMAGE, "an index of use is cut short: run `mingbai rebuild`");
        for (uint64_t i = 0; i < count; i++)
            if (places[i] >= low && places[i] <= high && !found(finding, run->base + (places[i] - low), error)) return false;
        if (places[count - 1] > high) return true;
    }
    return true;
}

bool trace_find(const struct trace *trace, uint64_t subject, uint32_t month,
                bool (*entry)(void *context, uint64_t index, struct error *error), void *context, struct error *error)
{
    if (subject > UINT32_MAX || month >= 1u << MONTH_BITS) return true;
    uint64_t low = subject << (ENTRY_BITS + MONTH_BITS) | (uint64_t)month << ENTRY_BITS, high = low | ((1u << ENTRY_BITS) - 1);
    struct finding_places finding = { .entry = entry, .context = context };
    for (size_t i = 0; i < trace->run_count; i++)
        if (!run_find(trace, &trace->runs[i], low, high, &finding, error)) return false;
    for (size_t i = 0; i < trace->tail_count; i++)
        if (trace->tail[i] >= low && trace->tail[i] <= high && !found(&finding, trace->base + (trace->tail[i] - low), error)) return false;
    return true;
}

/* ---- across restarts ---- */

bool trace_save(struct trace *trace, struct text *out, struct error *error)
{
    for (size_t i = 0; i < trace->run_count; i++) {
        if (!trace->runs[i].synced && !trace->disk->sync(trace->runs[i].file, error)) return false;
        trace->runs[i].synced = true;
    }
    if (!trace->disk->sync_directory(trace->disk, trace->folder, error)) return false;
    varint_add(out, trace->next);
    varint_add(out, trace->run_count);
    for (size_t i = 0; i < trace->run_count; i++) {
        varint_add(out, trace->runs[i].number);
        varint_add(out, trace->runs[i].base);
        varint_add(out, trace->runs[i].count);
    }
    varint_add(out, trace->base);
    varint_add(out, trace->tail_count);
    text_add(out, (struct str){ (const char *)trace->tail, trace->tail_count * sizeof *trace->tail });
    return true;
}

static bool run_open(struct trace *trace, struct run *run, struct error *error)
{
    char path[PATH_BYTES];
    uint64_t bytes;
    size_t got;
    if (!run_path(trace->folder, run->number, path, error) || !trace->disk->open(trace->disk, path, DISK_READ, &run->file, error) ||
        !trace->disk->size(run->file, &bytes, error))
        return false;
    if (bytes != run->count * sizeof *run->steps) return fail(error, ERROR_DAMAGE, "%s is not as long as it was", path);
    run->synced = true;
    run->steps = allocate((size_t)(run->count / STEP + 1) * sizeof *run->steps);
    for (uint64_t i = 0; i < run->count; i += STEP)
        if (!trace->disk->read(run->file, &run->steps[i / STEP], sizeof *run->steps, i * sizeof *run->steps, &got, error)) return false;
    return true;
}

static bool run_load(struct trace *trace, struct str *bytes, struct error *error)
{
    struct run *run = run_add(trace);
    return (varint_read(bytes, &run->number) && varint_read(bytes, &run->base) && varint_read(bytes, &run->count))
               ? run_open(trace, run, error)
               : fail(error, ERROR_DAMAGE, "the index of use is not whole");
}

static void old_run(void *context, const char *name)
{
    struct trace *trace = context;
    char path[PATH_BYTES];
    unsigned long long number;
    int end = 0;
    struct error ignored; /* a leftover costs room, nothing else */
    if (sscanf(name, "usage.%llu.run%n", &number, &end) != 1 || name[end ? end : 0]) return;
    for (size_t i = 0; i < trace->run_count; i++)
        if (trace->runs[i].number == number) return;
    if (run_path(trace->folder, number, path, &ignored)) trace->disk->remove(trace->disk, path, &ignored);
}

bool trace_forget(struct trace *trace, struct error *error)
{
    return trace->scratch || trace->disk->list(trace->disk, trace->folder, old_run, trace, error);
}

bool trace_load(struct trace *trace, struct str *bytes, struct error *error)
{
    uint64_t count, places;
    if (!varint_read(bytes, &trace->next) || !varint_read(bytes, &count)) return fail(error, ERROR_DAMAGE, "the index of use is not whole");
    for (uint64_t i = 0; i < count; i++)
        if (!run_load(trace, bytes, error)) return false;
    if (!varint_read(bytes, &trace->base) || !varint_read(bytes, &places) || places > bytes->length / sizeof *trace->tail)
        return fail(error, ERROR_DAMAGE, "the index of use is not whole");
    trace->tail_count = trace->tail_room = (size_t)places;
    trace->tail = reallocate(trace->tail, trace->tail_room * sizeof *trace->tail + 1);
    memcpy(trace->tail, bytes->at, trace->tail_count * sizeof *trace->tail);
    *bytes = (struct str){ bytes->at + places * sizeof *trace->tail, bytes->length - places * sizeof *trace->tail };
    return trace_forget(trace, error);
}
