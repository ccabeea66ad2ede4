/* The directory itself: init, sources, rebuild, backup, restore; and simulate, which needs none. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/embedded.h"
#include "command/session.h"
#include "engine/backup.h"
#include "engine/load.h"
#include "measure/query.h"

/* ---- init ---- */

static const struct {
    const char *kind;
    const struct str *rows;
} provided[] = {
    { "area", &embedded_areas_csv },
    { "limit", &embedded_limits_csv },
    { "workday", &embedded_workdays_csv },
};

/* Jiangsu's 80.3 million subscribers of 2014 in the totals, and a few of them one by one: half a year, so that the first quarter
   of 2015 is whole and has one to be compared with. */
enum { METERED = 1000, SAMPLE_METERED = 300 };
enum { SAMPLE_MARKET = 80300000, SAMPLE_SUBSCRIBERS = 100000, SAMPLE_DAYS = 200, SAMPLE_SEED = 2015 };
enum { SIMULATED_SUBSCRIBERS = 20000 };

static bool simulate_all(const struct simulation *simulation, struct error *error)
{
    for (size_t i = 0; i < measure_count; i++)
        if (measures[i]->simulate && !measures[i]->simulate(simulation, error)) return false;
    return true;
}

static int32_t simulation_first_day(void)
{
    int32_t day = 0;
    must(civil_day((struct civil){ 2014, 10, 1 }, &day));
    return day;
}

/* Loads the files KIND.csv of a folder, whichever are there; they are the program's own, so nothing may be rejected. */
static bool folder_load(struct engine *engine, const char *folder, const char *prefix, struct error *error)
{
    const struct kind *kinds[KINDS_MAX];
    size_t count = kinds_all(kinds);
    bool done = true;
    for (size_t i = 0; done && i < count; i++) {
        char name[64], source[64], path[PATH_ROOM];
        bool there = false;
        snprintf(name, sizeof name, "%s.csv", kinds[i]->name);
        snprintf(source, sizeof source, "%s:%s", prefix, kinds[i]->name);
        done = directory_path(folder, name, path, error) && disk_posix()->exists(disk_posix(), path, &there, error);
        if (!done || !there) continue;
        struct load_summary summary = { 0 };
        done = load_file(engine, &(struct load_options){ .kind = kinds[i], .path = path, .source = source, .own = true },
                         &summary, error);
        if (done && summary.rejected)
            done = fail_both(error, ERROR_INPUT, "%llu rows of %s cannot be taken: see %s.rejected.csv",
                             "有 %llu 行（%s）未被接受：见 %s.rejected.csv",
                        (unsigned long long)summary.rejected, name, path);
        load_summary_close(&summary);
    }
    return done;
}

static bool provided_write(const char *folder, struct error *error)
{
    for (size_t i = 0; i < sizeof provided / sizeof *provided; i++) {
        char name[64], path[PATH_ROOM];
        snprintf(name, sizeof name, "%s.csv", provided[i].kind);
        if (!directory_path(folder, name, path, error) ||
            !disk_replace(disk_posix(), path, provided[i].rows->at, provided[i].rows->length, error))
            return false;
    }
    return true;
}

/* What comes with the program goes the way of everybody's files: through a folder and the door. */
static bool provided_load(struct engine *engine, const char *scratch_folder, bool sample, struct error *error)
{
    char provided_folder[PATH_ROOM], sample_folder[PATH_ROOM], scratch[PATH_ROOM];
    snprintf(scratch, sizeof scratch, "%s/mingbai-init-XXXXXX", scratch_folder);
    if (!mkdtemp(scratch)) return fail_errno_both(error, "no scratch folder can be made: set TMPDIR",
                                                  "无法建立临时目录：请设置 TMPDIR");
    bool done = directory_path(scratch, "provided", provided_folder, error) && directory_path(scratch, "sample", sample_folder, error) &&
                disk_posix()->make_directory(disk_posix(), provided_folder, error) &&
                disk_posix()->make_directory(disk_posix(), sample_folder, error) && provided_write(provided_folder, error) &&
                folder_load(engine, provided_folder, "mingbai", error);
    if (done && sample)
        done = simulate_all(&(struct simulation){ .subscribers = SAMPLE_SUBSCRIBERS, .metered = SAMPLE_METERED, .market = SAMPLE_MARKET, .days = SAMPLE_DAYS, .seed = SAMPLE_SEED,
                                                  .directory = sample_folder, .first_day = simulation_first_day() },
                            error) &&
               folder_load(engine, sample_folder, "sample", error);
    struct error ignored;
    disk_remove_tree(disk_posix(), scratch, &ignored);
    return done;
}

/* A data directory on its way: all is made beside its place and put there when it is whole. A directory without the law would
   judge nothing and not say so, and half a backup would not say what it lacks. */
struct making {
    char directory[PATH_ROOM], beside[PATH_ROOM + 16];
};

/* Nothing is there, or an empty folder, which the rename replaces. */
static bool place_is_free(const char *directory, struct error *error)
{
    char keys[PATH_ROOM];
    bool there;
    DIR *folder = opendir(directory);
    if (!folder && errno == ENOENT) return true;
    size_t names = 0;
    while (folder && readdir(folder)) names++;
    if (folder) closedir(folder);
    if (folder && names <= 2) return true;
    return directory_path(directory, "keys/keys.json", keys, error) && disk_posix()->exists(disk_posix(), keys, &there, error) &&
           (there ? fail_both(error, ERROR_CONFLICT, "%s is a data directory already", "%s 已经是数据目录", directory)
                  : fail_both(error, ERROR_CONFLICT, "%s is there, and is not an empty folder: choose another place",
                              "%s 已存在，且不是空目录：请另选位置", directory));
}

/* What was broken off beside goes; what still runs there holds its lock. */
static bool making_begin(struct making *making, const char *directory, const char *suffix, struct error *error)
{
    int lock = -1;
    bool there;
    snprintf(making->directory, sizeof making->directory, "%s", directory);
    for (size_t length = strlen(making->directory); length > 1 && making->directory[length - 1] == '/'; length--)
        making->directory[length - 1] = 0;
    snprintf(making->beside, sizeof making->beside, "%s.%s", making->directory, suffix);
    if (!place_is_free(making->directory, error) || !disk_posix()->exists(disk_posix(), making->beside, &there, error)) return false;
    if (there && !directory_lock(making->beside, false, &lock, error)) return false;
    bool cleared = disk_remove_tree(disk_posix(), making->beside, error);
    directory_unlock(lock);
    return cleared;
}

static bool making_end(const struct making *making, bool done, struct error *error)
{
    struct error ignored;
    done = done && disk_posix()->rename(disk_posix(), making->beside, making->directory, error) &&
           disk_sync_above(disk_posix(), making->directory, error);
    if (!done) disk_remove_tree(disk_posix(), making->beside, &ignored);
    return done;
}

static enum exit_code init(struct invocation *invocation)
{
    struct error *error = &invocation->error;
    struct session session;
    struct making making;
    const char *directory = invocation->directory;
    if (!making_begin(&making, directory, "init", error)) return EXIT_FAILED;
    invocation->directory = making.beside;
    bool done = directory_make(disk_posix(), making.beside, error) && session_open(&session, invocation, false);
    invocation->directory = directory;
    if (done) {
        done = provided_load(session.engine, invocation_scratch(invocation), invocation_option(invocation, "sample") != NULL, error);
        session_close(&session);
    }
    done = making_end(&making, done, error);
    if (done) fprintf(invocation->err, SAYS(invocation, "%s is ready\n", "%s 已建好\n"), making.directory);
    return done ? EXIT_DONE : EXIT_FAILED;
}

static const struct option init_options[] = {
    { "sample", NULL, { "with the sample province: all of it made up", "并装入示例省份，其中内容均为虚构" } },
};
const struct command init_command = {
    .name = "init", .arguments = "", .run = init, .is_local = true,
    .says = { "makes the data directory, with the law, the calendar and the areas", "建立数据目录，装入规则、日历和区域" },
    .options = init_options, .option_count = 1,
};

/* ---- sources ---- */

static void source_print(void *context, struct str name, uint64_t records)
{
    struct rows *rows = context;
    rows_begin(rows);
    rows_string(rows, "source", name);
    rows_number(rows, "records", (int64_t)records);
    rows_end(rows);
}

static enum exit_code sources(struct invocation *invocation)
{
    struct session session;
    struct rows rows;
    if (!invocation_rows(invocation, &rows)) return EXIT_USAGE;
    if (!session_open(&session, invocation, true)) return EXIT_FAILED;
    bool done = state_list_sources(session.reader, source_print, &rows, &invocation->error);
    done = rows_finish(&rows, &invocation->error) && done;
    session_close(&session);
    return done ? EXIT_DONE : EXIT_FAILED;
}

static const struct option sources_options[] = { FORMAT_OPTION };
const struct command sources_command = {
    .name = "sources", .arguments = "", .run = sources,
    .says = { "what was loaded and counts: each source and its number of records", "已装入且计入的来源及其记录数" },
    .options = sources_options, .option_count = 1,
};

/* ---- rebuild, backup, restore ---- */

static enum exit_code rebuild(struct invocation *invocation)
{
    struct session session;
    if (!session_open(&session, invocation, false)) return EXIT_FAILED;
    session.progress.what = SAYS(invocation, "rebuilding", "重建");
    bool done = engine_rebuild(session.engine, &invocation->error);
    progress_end(&session.progress);
    session_close(&session);
    return done ? EXIT_DONE : EXIT_FAILED;
}

const struct command rebuild_command = {
    .name = "rebuild", .arguments = "", .run = rebuild,
    .says = { "throws the state away and replays the ledger", "丢弃当前状态，从账本重放" },
};

static enum exit_code backup(struct invocation *invocation)
{
    struct session session;
    if (!session_open(&session, invocation, false)) return EXIT_FAILED;
    session.progress.what = SAYS(invocation, "backing up", "备份");
    bool done = backup_write(session.engine, invocation->arguments[0], progress_show, &session.progress, &invocation->error);
    progress_end(&session.progress);
    session_close(&session);
    return done ? EXIT_DONE : EXIT_FAILED;
}

const struct command backup_command = {
    .name = "backup", .arguments = "FILE", .least = 1, .most = 1, .run = backup,
    .says = { "the whole data directory in one file, with its keys: keep it safe", "整个数据目录存为一个文件，含密钥，须妥善保管" },
};

static enum exit_code restore(struct invocation *invocation)
{
    struct progress progress = { invocation, .what = SAYS(invocation, "restoring", "恢复") };
    struct making making;
    if (!making_begin(&making, invocation->directory, "restore", &invocation->error)) return EXIT_FAILED;
    bool done = backup_read(making.beside, invocation->arguments[0], progress_show, &progress, &invocation->error);
    progress_end(&progress);
    done = making_end(&making, done, &invocation->error);
    if (done) fprintf(invocation->err, SAYS(invocation, "%s is restored and verified\n", "%s 已恢复并通过验证\n"), invocation->directory);
    return done ? EXIT_DONE : EXIT_FAILED;
}

const struct command restore_command = {
    .name = "restore", .arguments = "FILE", .least = 1, .most = 1, .run = restore, .is_local = true,
    .says = { "makes the data directory from a backup, and verifies it", "从备份恢复数据目录并验证" },
};

/* ---- simulate ---- */

static enum exit_code simulate(struct invocation *invocation)
{
    uint64_t subscribers = SIMULATED_SUBSCRIBERS, days = SAMPLE_DAYS, seed = SAMPLE_SEED;
    const char *out = invocation_option(invocation, "out");
    if (!asked_number(invocation_asked, invocation, "subscribers", &subscribers, &invocation->error) || !asked_number(invocation_asked, invocation, "days", &days, &invocation->error) ||
        !asked_number(invocation_asked, invocation, "seed", &seed, &invocation->error))
        return EXIT_USAGE;
    if (!out || subscribers < 100 || subscribers > 100000000 || days < 1 || days > 3660) {
        fail_both(&invocation->error, ERROR_USAGE, "give --out DIR, 100 to 100000000 --subscribers and 1 to 3660 --days",
                  "请给出 --out 目录；--subscribers 为 100 至 100000000，--days 为 1 至 3660");
        return EXIT_USAGE;
    }
    if (mkdir(out, 0777) && errno != EEXIST) {
        fail_errno_both(&invocation->error, "%s cannot be made", "%s 无法建立", out);
        return EXIT_FAILED;
    }
    struct simulation simulation = { .subscribers = subscribers, .metered = METERED, .days = (int)days, .seed = seed, .directory = out,
                                     .first_day = simulation_first_day() };
    return simulate_all(&simulation, &invocation->error) ? EXIT_DONE : EXIT_FAILED;
}

static const struct option simulate_options[] = {
    { "subscribers", "N", { "how many people it has; 20000 unless given", "用户数，默认 20000" } },
    { "days", "D", { "how many days from 2014-10-01; 200 unless given", "自 2014-10-01 起的天数，默认 200" } },
    { "seed", "S", { "the same seed gives the same bytes", "相同的种子得到相同的内容" } },
    { "out", "DIR", { "where the files go", "文件写入的目录" } },
};
const struct command simulate_command = {
    .name = "simulate", .arguments = "", .run = simulate, .is_local = true,
    .says = { "writes the records of a made-up province", "写出一个虚构省份的各类记录" },
    .options = simulate_options, .option_count = sizeof simulate_options / sizeof *simulate_options,
};
