/* Writes every SQL text that the program uses to a file, each followed by a NUL, by doing everything that uses one: loading
   a small simulated province, judging all duties, computing all figures, writing a report, serving cases to all who may look.
   For the test on PostgreSQL. */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#include "measure/audit.h"
#include "engine/load.h"
#include "engine/write.h"
#include "measure/complaint/book.h"
#include "measure/complaint/letters.h"
#include "measure/complaint/status.h"
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
    struct simulation simulation = { .subscribers = 500, .metered = 20, .days = 60, .seed = 1, .directory = folder, .first_day = first };
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

static bool letter_seen(void *context, const struct letter *letter, struct error *error)
{
    (void)context, (void)letter, (void)error;
    return true;
}

/* Every kind, a case, the book of work and the letters, as somebody sees them. */
static void cases_seen(struct views *views, const struct identity *who, struct str id, struct error *error)
{
    const struct kind *kinds[KINDS_MAX];
    struct view *view = view_take(views, who, REACH_OWN, error);
    check(view != NULL, error);
    for (size_t i = 0, count = kinds_all(kinds); i < count; i++) {
        char sql[128];
        if (kinds[i]->sums_only) continue;
        snprintf(sql, sizeof sql, "SELECT COUNT(*) FROM \"%s\" WHERE {scope}", kinds[i]->name);
        check(view_select(view, kinds[i], sql, error) != NULL, error);
    }
    struct case_file file;
    bool found;
    check(case_read(view, id, CASE_WHOLE, &file, &found, error) && case_read_published(view, id, &file, &found, error), error);
    struct work *works;
    struct str *operators;
    struct work_filter filter = { .for_operators = true, .for_regulator = true };
    size_t count;
    check(book_list(book_of(view), view, &filter, moment_now(), 0, 50, &works, &count, NULL, error) &&
              book_operators(book_of(view), view, &operators, &count, error), error);
    struct record answered = { .kind = &complaint_event_kind, .source = STR("mingbai:portal") }, accepted = { .kind = &appeal_event_kind };
    answered.values[EVENT_COMPLAINT].text = id;
    answered.values[EVENT_EVENT].number = STEP_ANSWERED;
    accepted.values[APPEAL_EVENT_APPEAL].text = id;
    struct letters_sink sink = { letter_seen, NULL };
    check(complaint_letters(view, &answered, sink, error) && complaint_letters(view, &accepted, sink, error), error);
    view_give(view);
}

static void cases_served(struct engine *engine, struct error *error)
{
    const struct identity administrator = { .role = ROLE_ADMINISTRATOR }, operator_ = { .role = ROLE_OPERATOR, .operator_ = "jia" },
                          person = { .role = ROLE_SUBSCRIBER, .has_subject = true, .complaint = "sql" };
    struct record records[2] = { { .kind = &complaint_kind, .present = 1u << COMPLAINT_ID | 1u << COMPLAINT_OPERATOR | 1u << COMPLAINT_AREA |
                                                                       1u << COMPLAINT_FILED | 1u << COMPLAINT_CHANNEL },
                                 { .kind = &appeal_event_kind, .present = 1u << APPEAL_EVENT_APPEAL | 1u << APPEAL_EVENT_TIME |
                                                                          1u << APPEAL_EVENT_EVENT } };
    struct views *views = views_open(engine);
    cases_seen(views, &administrator, STR("sql"), error);
    for (size_t i = 0; i < 2; i++) {
        records[i].values[0].text = STR("sql");
        records[i].values[COMPLAINT_OPERATOR].text = STR("jia");
        records[i].values[COMPLAINT_AREA].text = STR("320100");
        records[i].values[COMPLAINT_CHANNEL].text = STR("web");
    }
    check(engine_write(engine, STR("mingbai:portal"), records, 2, NULL, error), error);
    cases_seen(views, &administrator, STR("sql"), error);
    cases_seen(views, &operator_, STR("sql"), error);
    cases_seen(views, &person, STR("sql"), error);
    views_close(views);
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
    cases_served(engine, &error);
    check(engine_withdraw(engine, STR("nobody"), STR("why"), 0, (struct str){ 0 }, &error) || error.code == ERROR_NOT_FOUND, &error);
    engine_close(engine);
    store_watch(NULL, NULL);
    return fclose(out) ? 1 : 0;
}
