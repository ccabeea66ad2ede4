/* Writes every SQL text that the program uses to a file, each followed by a NUL, by doing everything that uses one: loading
   a small simulated province, judging all duties, computing all figures, writing a report. For the test on PostgreSQL. */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#include "measure/audit.h"
#include "engine/load.h"
#include "report/report.h"

static void keep(void *context, const char *sql)
{
    fwrite(sql, 1, strlen(sql) + 1, context);
}

static bool finding_seen(void *context, const struct finding *finding, struct error *error)
{
    (void)context, (void)finding, (void)error;
    return true;
}

static bool row_seen(void *context, const struct figure_row *row, struct error *error)
{
    (void)context, (void)row, (void)error;
    return true;
}

static void source_seen(void *context, struct str name, uint64_t records)
{
    (void)context, (void)name, (void)records;
}

static void check(bool done, const struct error *error)
{
    if (done) return;
    fprintf(stderr, "%s\n", error->says);
    exit(1);
}

static void province_load(struct engine *engine, const char *folder, struct error *error)
{
    int32_t first;
    civil_day((struct civil){ 2014, 12, 1 }, &first);
    struct simulation simulation = { .subscribers = 500, .days = 60, .seed = 1, .directory = folder, .first_day = first };
    const struct kind *kinds[KINDS_MAX];
    for (size_t m = 0; m < measure_count; m++)
        if (measures[m]->simulate) check(measures[m]->simulate(&simulation, error), error);
    for (size_t i = 0, count = kinds_all(kinds); i < count; i++) {
        char path[512];
        bool there;
        struct load_summary summary = { 0 };
        snprintf(path, sizeof path, "%s/%s.csv", folder, kinds[i]->name);
        check(disk_posix()->exists(disk_posix(), path, &there, error), error);
        if (there) check(load_file(engine, &(struct load_options){ .kind = kinds[i], .path = path }, &summary, error), error);
        if (there) check(load_file(engine, &(struct load_options){ .kind = kinds[i], .path = path }, &summary, error), error);
        load_summary_close(&summary);
    }
}

static void everything_read(struct engine *engine, struct error *error)
{
    struct arena arena = { 0 };
    struct audit audit;
    struct place place;
    struct text html = { 0 };
    struct store *reader = engine_reader(engine, error);
    check(reader && audit_open(&audit, reader, engine_position(engine), &arena, error), error);
    check(audit_set_time(&audit, MOMENT_NONE, error) && audit_judge(&audit, NULL, (struct findings_sink){ finding_seen, NULL }, error), error);
    for (unsigned by = 0; by < 16; by++)
        for (size_t m = 0; m < measure_count; m++)
            for (size_t f = 0; f < measures[m]->figure_count; f++) {
                struct figure_request request = { .by = by, .period_kind = 'M' };
                const struct figure *figure = &measures[m]->figures[f];
                check(figure->compute(&audit, figure, &request, (struct figures_sink){ row_seen, NULL }, error), error);
            }
    place_find(reader, STR("nobody"), 1, &place, error);
    place_find_single(reader, STR("nobody"), 1, &place, error);
    check(state_list_sources(reader, source_seen, NULL, error), error);
    struct period period;
    must(period_parse(STR("2015-01"), &period));
    check(report_write(&(struct report_input){ .audit = &audit, .period = period, .checkpoint = STR("note"), .verifier_key = STR("key") },
                       &html, error), error);
    text_close(&html);
    audit_close(&audit);
    store_close(reader);
    arena_close(&arena);
}

int main(int count, char **arguments)
{
    struct error error = { 0 };
    char data[400], csv[400];
    if (count != 3 || sodium_init() < 0) return 2;
    FILE *out = fopen(arguments[1], "w");
    if (!out) return 2;
    store_watch(keep, out);
    snprintf(data, sizeof data, "%s/data", arguments[2]);
    snprintf(csv, sizeof csv, "%s/csv", arguments[2]);
    check(disk_posix()->make_directory(disk_posix(), csv, &error), &error);
    check(directory_make(disk_posix(), data, &error), &error);
    struct engine *engine = engine_open(&(struct engine_options){ .directory = data }, &error);
    check(engine != NULL, &error);
    province_load(engine, csv, &error);
    everything_read(engine, &error);
    check(engine_withdraw(engine, STR("nobody"), STR("why"), 0, (struct str){ 0 }, &error) || error.code == ERROR_NOT_FOUND, &error);
    engine_close(engine);
    store_watch(NULL, NULL);
    return fclose(out) ? 1 : 0;
}
