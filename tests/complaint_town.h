/* For tests of cases: a data directory with the national law, an engine on it, and views. */
#ifndef TESTS_COMPLAINT_TOWN_H
#define TESTS_COMPLAINT_TOWN_H

#include <stdio.h>
#include <stdlib.h>

#include "engine/load.h"
#include "engine/write.h"
#include "measure/audit.h"
#include "measure/complaint/book.h"
#include "measure/complaint/status.h"

#include <cmocka.h> /* last: its macro `fail` hides ours */

static struct {
    char folder[64], directory[96];
    struct engine *engine;
    struct views *views;
    unsigned files;
} town;

static const struct identity administrator = { .role = ROLE_ADMINISTRATOR, .account = "a" };

static const char town_law[] = "duty,statistic,value,unit,from,basis,status\n"
                               "complaint.answer.late,,15,day,2000-01-01,a rule,V\n"
                               "complaint.appeal.early,,15,day,2000-01-01,a rule,V\n"
                               "complaint.appeal.late,charge,5,month,2000-01-01,a rule,V\n"
                               "complaint.appeal.late,other,2,year,2000-01-01,a rule,V\n"
                               "complaint.appeal.accept_late,,5,workday,2000-01-01,a rule,V\n"
                               "complaint.appeal.decide_late,,30,day,2000-01-01,a rule,V\n";

/* Loads a CSV text as a file of its own. */
static void town_load(const char *kind, struct str text)
{
    char path[160];
    struct error error = { 0 };
    struct load_summary summary = { 0 };
    snprintf(path, sizeof path, "%s/%u.csv", town.folder, ++town.files);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fwrite(text.at, 1, text.length, file);
    fclose(file);
    char source[32];
    snprintf(source, sizeof source, "file-%u", town.files);
    if (!load_file(town.engine, &(struct load_options){ .kind = kind_find(str_of(kind)), .path = path, .source = source }, &summary, &error))
        fail_msg("%s", error.says);
    assert_int_equal(summary.rejected, 0);
    load_summary_close(&summary);
}

static int town_open(void **state)
{
    (void)state;
    struct error error = { 0 };
    const char *temporary = getenv("TMPDIR");
    snprintf(town.folder, sizeof town.folder, "%s/town.XXXXXX", temporary ? temporary : "/tmp");
    assert_non_null(mkdtemp(town.folder));
    snprintf(town.directory, sizeof town.directory, "%s/data", town.folder);
    if (!directory_make(disk_posix(), town.directory, &error) ||
        !(town.engine = engine_open(&(struct engine_options){ .directory = town.directory }, &error)))
        fail_msg("%s", error.says);
    town.views = views_open(town.engine);
    town_load("limit", str_of(town_law));
    return 0;
}

static int town_close(void **state)
{
    (void)state;
    struct error error;
    views_close(town.views);
    engine_close(town.engine);
    assert_true(disk_remove_tree(disk_posix(), town.folder, &error));
    return 0;
}

static struct view *town_view(const struct identity *who)
{
    struct error error = { 0 };
    struct view *view = view_take(town.views, who, REACH_OWN, &error);
    if (!view) fail_msg("%s", error.says);
    return view;
}

static int64_t moment(const char *spelling)
{
    int64_t result;
    if (!moment_parse(str_of(spelling), &result)) fail_msg("%s", spelling);
    return result;
}

static bool town_case(struct view *view, const char *id, enum case_depth depth, struct case_file *file)
{
    struct error error = { 0 };
    bool found;
    if (!case_read(view, str_of(id), depth, file, &found, &error)) fail_msg("%s", error.says);
    return found;
}

static void moment_add(struct text *csv, int64_t time)
{
    char spelling[MOMENT_ROOM];
    text_add(csv, (struct str){ spelling, moment_format(time, spelling) });
}

#endif
