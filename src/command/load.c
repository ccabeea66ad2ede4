/* Records in and out: load, withdraw, map, kinds. */
#include <errno.h>
#include <pthread.h>
#include <unistd.h>

#include "base/json.h"
#include "command/session.h"
#include "door/kinds_page.h"
#include "door/map.h"
#include "engine/load.h"

static const struct kind *kind_asked(struct invocation *invocation, const char *name)
{
    const struct kind *kind = kind_find(str_of(name));
    if (!kind) fail_both(&invocation->error, ERROR_USAGE, "there is no kind %s: `mingbai kinds` lists them",
                         "没有 %s 这类记录：`mingbai kinds` 列出各类", name);
    return kind;
}

/* ---- load ---- */

/* A load on its way. What is durable is told by the engine's writer, which must not wait for the caller to read: a thread of the
   load's own prints it. */
struct loading {
    struct progress progress;
    bool tells;              /* --ack */
    pthread_t teller;
    pthread_mutex_t lock;    /* of what follows */
    pthread_cond_t changed;
    struct text source;      /* of the newest line that is to be printed, which another of the same source takes the place of */
    size_t newest;           /* where it starts in lines; SIZE_MAX: none */
    struct text lines;
    bool ended;
};

static void acknowledge(void *context, struct str source, uint64_t seq)
{
    struct loading *loading = context;
    pthread_mutex_lock(&loading->lock);
    if (loading->newest != SIZE_MAX && str_equal(text_str(&loading->source), source)) loading->lines.length = loading->newest;
    loading->newest = loading->lines.length;
    loading->source.length = 0;
    text_add(&loading->source, source);
    struct json json = { .out = &loading->lines };
    json_open(&json, '{');
    json_put_string(&json, "source", source);
    json_put_number(&json, "seq", (int64_t)seq);
    json_close(&json, '}');
    text_add_byte(&loading->lines, '\n');
    pthread_cond_signal(&loading->changed);
    pthread_mutex_unlock(&loading->lock);
}

static void *tell(void *context)
{
    struct loading *loading = context;
    struct invocation *invocation = loading->progress.invocation;
    struct text lines = { 0 };
    pthread_mutex_lock(&loading->lock);
    for (;;) {
        while (!loading->lines.length && !loading->ended) pthread_cond_wait(&loading->changed, &loading->lock);
        if (!loading->lines.length) break;
        struct text taken = loading->lines;
        loading->lines = lines;
        lines = taken;
        loading->newest = SIZE_MAX;
        pthread_mutex_unlock(&loading->lock);
        invocation_print(invocation, text_str(&lines));
        if (fflush(invocation->out) && !invocation->write_errno) invocation->write_errno = errno;
        lines.length = 0;
        pthread_mutex_lock(&loading->lock);
    }
    pthread_mutex_unlock(&loading->lock);
    text_close(&lines);
    return NULL;
}

static bool loading_start(struct loading *loading, struct invocation *invocation, const struct kind *kind)
{
    *loading = (struct loading){ .progress = { invocation, .what = kind->says[invocation->language] }, .newest = SIZE_MAX };
    pthread_mutex_init(&loading->lock, NULL);
    pthread_cond_init(&loading->changed, NULL);
    if (!invocation_option(invocation, "ack")) return true;
    loading->tells = !pthread_create(&loading->teller, NULL, tell, loading);
    return loading->tells || fail_both(&invocation->error, ERROR_LIMIT, "the system gives no more threads",
                                       "系统不能再建立线程");
}

/* What was to be told has been told then. */
static void loading_end(struct loading *loading)
{
    if (loading->tells) {
        pthread_mutex_lock(&loading->lock);
        loading->ended = true;
        pthread_cond_signal(&loading->changed);
        pthread_mutex_unlock(&loading->lock);
        pthread_join(loading->teller, NULL);
    }
    progress_end(&loading->progress);
    pthread_mutex_destroy(&loading->lock);
    pthread_cond_destroy(&loading->changed);
    text_close(&loading->source);
    text_close(&loading->lines);
}

static void load_progress(void *context, uint64_t done, uint64_t all)
{
    progress_show(&((struct loading *)context)->progress, done, all);
}

static void summary_print(struct invocation *invocation, const struct kind *kind, const struct load_summary *summary)
{
    struct text line = { 0 };
    struct json json = { .out = &line };
    json_open(&json, '{');
    json_put_string(&json, "kind", str_of(kind->name));
    json_put_string(&json, "source", summary->source.length ? text_str(&summary->source) : (struct str){ 0 });
    json_put_number(&json, "read", (int64_t)summary->read);
    json_put_number(&json, "accepted", (int64_t)summary->accepted);
    json_put_number(&json, "duplicate", (int64_t)summary->duplicate);
    json_put_number(&json, "rejected", (int64_t)summary->rejected);
    json_close(&json, '}');
    text_add_byte(&line, '\n');
    invocation_print(invocation, text_str(&line));
    text_close(&line);
}

static void rejects_say(const struct invocation *invocation, const char *file, uint64_t rejected)
{
    const char *list = invocation_option(invocation, "rejects");
    bool is_stdin = !strcmp(file, "-");
    if (is_stdin && !list) return;
    fprintf(invocation->err, SAYS(invocation, "%s: %llu records were rejected; see %s%s for the reasons\n", "%s：%llu 条未被接受，原因见 %s%s\n"),
            file, (unsigned long long)rejected, list ? list : file, list ? "" : ".rejected.csv");
}

/* A bulk kind's sequence numbers are not compared with what came under them before: a second delivery under one name, numbered
   from the beginning again, is all duplicates, and whoever sent it wants to know. */
static void duplicates_say(const struct invocation *invocation, const struct kind *kind, const struct load_summary *summary)
{
    if (!kind->bulk || !summary->read || summary->duplicate != summary->read || !invocation_option(invocation, "source")) return;
    fprintf(invocation->err,
            SAYS(invocation, "all %llu records have a source and seq that were loaded before; if they are new, give them another --source\n",
                 "全部 %llu 条的来源和序号此前都已装入；如果内容是新的，请换一个 --source\n"),
            (unsigned long long)summary->read);
}

static enum exit_code load(struct invocation *invocation)
{
    const struct kind *kind = kind_asked(invocation, invocation->arguments[0]);
    const char *replaces = invocation_option(invocation, "replaces"), *source = invocation_option(invocation, "source");
    if (!kind) return EXIT_USAGE;
    if (invocation->argument_count > 2 && (replaces || source || invocation_option(invocation, "rejects"))) {
        fail_both(&invocation->error, ERROR_USAGE, "--replaces, --source and --rejects go with one file",
                  "--replaces、--source 和 --rejects 只能用于单个文件");
        return EXIT_USAGE;
    }
    struct session session;
    if (!session_open(&session, invocation, false)) return EXIT_FAILED;
    bool done = true, rejected = false;
    for (size_t i = 1; done && i < invocation->argument_count; i++) {
        struct load_summary summary = { 0 };
        struct loading loading;
        struct load_options options = {
            .kind = kind, .path = invocation->arguments[i], .standard_input = invocation->descriptors[STDIN_FILENO], .standard_error = invocation->err,
            .stop = invocation->stop, .format = invocation_option(invocation, "format"),
            .sheet = invocation_option(invocation, "sheet"), .map = invocation_option(invocation, "map"), .source = source,
            .rejects = invocation_option(invocation, "rejects"), .language = invocation->language, .replaces = replaces,
            .acknowledge = invocation_option(invocation, "ack") ? acknowledge : NULL, .progress = load_progress,
            .context = &loading,
        };
        done = loading_start(&loading, invocation, kind) && load_file(session.engine, &options, &summary, &invocation->error);
        loading_end(&loading);
        if (done || summary.read) summary_print(invocation, kind, &summary);
        if (summary.rejected) rejects_say(invocation, options.path, summary.rejected);
        duplicates_say(invocation, kind, &summary);
        rejected = rejected || summary.rejected;
        load_summary_close(&summary);
    }
    session_close(&session);
    if (!done) return invocation->error.code == ERROR_USAGE ? EXIT_USAGE : EXIT_FAILED;
    return rejected ? EXIT_REJECTED : EXIT_DONE;
}

static const struct option load_options[] = {
    { "format", "FORMAT", { "csv, jsonl, json, xlsx or xls; by the file's name unless given", "csv、jsonl、json、xlsx 或 xls，默认按文件名判断" } },
    { "sheet", "NAME", { "the sheet of a spreadsheet, by name or number", "电子表格中的工作表，按名称或序号" } },
    { "map", "FILE", { "how this file's columns become fields: see docs/maps.md", "该文件的列如何对应字段，见 docs/maps.zh-CN.md" } },
    { "source", "NAME", { "a name for where it comes from; the file's name and content unless given", "来源名称，默认由文件名和内容得出" } },
    { "replaces", "SOURCE", { "withdraw that source and put this file in its place, both at once", "撤回该来源，由本文件替代，两者同时生效" } },
    { "rejects", "PATH", { "where rejected records go; beside the file unless given", "未被接受的记录写到何处，默认在文件旁" } },
    { "ack", NULL, { "say whenever everything up to a number is durable", "每当某序号之前的记录全部落盘时报告" } },
    LANGUAGE_OPTION,
};
const struct command load_command = {
    .name = "load", .arguments = "KIND FILE...", .least = 2, .most = 100000, .run = load,
    .says = { "takes records of a kind from files; - is standard input", "从文件装入某类记录，- 表示标准输入" },
    .options = load_options, .option_count = sizeof load_options / sizeof *load_options,
};

/* ---- withdraw ---- */

static enum exit_code withdraw(struct invocation *invocation)
{
    const char *why = invocation_option(invocation, "why");
    if (!why || !*why) {
        fail_both(&invocation->error, ERROR_USAGE, "say why with --why TEXT: it is kept", "请用 --why 文字 说明原因：原因会留存");
        return EXIT_USAGE;
    }
    struct session session;
    if (!session_open(&session, invocation, false)) return EXIT_FAILED;
    session.progress.what = SAYS(invocation, "replaying", "重放");
    bool done = engine_withdraw(session.engine, str_of(invocation->arguments[0]), str_of(why), 0, (struct str){ 0 }, &invocation->error);
    progress_end(&session.progress);
    session_close(&session);
    return done ? EXIT_DONE : EXIT_FAILED;
}

static const struct option withdraw_options[] = { { "why", "TEXT", { "the reason, which is kept", "原因，会留存" } } };
const struct command withdraw_command = {
    .name = "withdraw", .arguments = "SOURCE", .least = 1, .most = 1, .run = withdraw,
    .says = { "what a source brought no longer counts; it stays in the ledger", "某来源的记录不再计入，但仍留在账本中" },
    .options = withdraw_options, .option_count = 1,
};

/* ---- map ---- */

static enum exit_code map(struct invocation *invocation)
{
    const struct kind *kind = kind_asked(invocation, invocation->arguments[0]);
    if (!kind) return EXIT_USAGE;
    struct map *plain = map_plain(kind);
    struct reader_options options = { .path = invocation->arguments[1], .sheet = invocation_option(invocation, "sheet") };
    options.wanted = map_columns(plain, &options.wanted_count);
    struct reader *reader = reader_open(&options, &invocation->error);
    struct text out = { 0 };
    bool done = reader && map_propose(kind, reader, &out, &invocation->error);
    if (done) invocation_print(invocation, text_str(&out));
    text_close(&out);
    if (reader) reader_close(reader);
    map_close(plain);
    return done ? EXIT_DONE : EXIT_FAILED;
}

static const struct option map_options[] = { { "sheet", "NAME", { "the sheet of a spreadsheet", "电子表格中的工作表" } } };
const struct command map_command = {
    .name = "map", .arguments = "KIND FILE", .least = 2, .most = 2, .run = map, .is_local = true,
    .says = { "proposes a map for a file with other columns", "为列名不同的文件提出一份对应表" },
    .options = map_options, .option_count = 1,
};

/* ---- kinds ---- */

static enum exit_code kinds(struct invocation *invocation)
{
    const struct kind *all[KINDS_MAX];
    size_t count = kinds_all(all);
    const char *format = invocation_option(invocation, "format");
    if (format && strcmp(format, "json") && strcmp(format, "table")) {
        fail_both(&invocation->error, ERROR_USAGE, "--format %s: choose table or json",
                  "--format %s：可选 table 或 json", format);
        return EXIT_USAGE;
    }
    if (invocation->argument_count) {
        if (!(all[0] = kind_asked(invocation, invocation->arguments[0]))) return EXIT_USAGE;
        count = 1;
    }
    struct text out = { 0 };
    kinds_print(all, count, invocation->language, format && *format == 'j', &out);
    invocation_print(invocation, text_str(&out));
    text_close(&out);
    return EXIT_DONE;
}

static const struct option kinds_options[] = { { "format", "table|json", { "a table unless given", "默认为表格" } }, LANGUAGE_OPTION };
const struct command kinds_command = {
    .name = "kinds", .arguments = "[KIND]", .most = 1, .run = kinds, .is_local = true,
    .says = { "every record kind and its fields", "各类记录及其字段" },
    .options = kinds_options, .option_count = sizeof kinds_options / sizeof *kinds_options,
};
