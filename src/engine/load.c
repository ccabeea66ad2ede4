#include "engine/load.h"

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/hash.h"
#include "door/reject.h"
#include "engine/intake.h"
#include "engine/row_record.h"
#include "measure/province/province.h"

enum { HASH_CHUNK = 1024 * 1024, SOURCE_HASH_BYTES = 8, ROWS_BETWEEN = 4096, REJECTS_MAX = 1000000 };

struct load {
    struct engine *engine;
    const struct load_options *options;
    struct load_summary *summary;
    struct reader *reader;
    struct map *map;
    struct intake *intake;
    struct rejects *rejects;
    struct text source;      /* the default */
    size_t columns;          /* bound so far */
    uint64_t hold;
    int64_t now;
    bool one_source;
};

void load_summary_close(struct load_summary *summary)
{
    text_close(&summary->source);
}

static bool format_read(const char *name, enum reader_format *format, struct error *error)
{
    static const char *const names[] = { [FORMAT_CSV] = "csv", [FORMAT_JSONL] = "jsonl", [FORMAT_JSON] = "json", [FORMAT_XLSX] = "xlsx", [FORMAT_XLS] = "xls" };
    *format = FORMAT_BY_NAME;
    if (!name) return true;
    for (size_t i = FORMAT_CSV; i < sizeof names / sizeof *names; i++)
        if (!strcmp(name, names[i])) {
            *format = (enum reader_format)i;
            return true;
        }
    return fail_both(error, ERROR_USAGE, "--format %s: choose csv, jsonl, json, xlsx or xls", "--format %s：可选 csv、jsonl、json、xlsx、xls", name);
}

bool load_source(const char *path, struct str name, struct text *source, struct error *error)
{
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) return fail_errno_both(error, "%s cannot be read", "%s 无法读取", path);
    struct sha256_run *run = sha256_start();
    char *chunk = allocate(HASH_CHUNK);
    ssize_t got;
    while ((got = read(file, chunk, HASH_CHUNK)) > 0) sha256_add(run, (struct str){ chunk, (size_t)got });
    struct hash hash = sha256_end(run);
    free(chunk);
    close(file);
    if (got < 0) return fail_errno_both(error, "%s cannot be read", "%s 无法读取", path);
    if (name.length > SOURCE_LIMIT - 2 * SOURCE_HASH_BYTES - 1)
        return fail_both(error, ERROR_LIMIT, "the name %.*s is too long for a source: give it one with --source",
                         "文件名 %.*s 太长，不能用作来源名称：请用 --source 另取", STR_ARGS(name));
    text_add(source, name);
    text_add_byte(source, ':');
    hex_add(source, (struct str){ (const char *)hash.bytes, SOURCE_HASH_BYTES });
    return true;
}

static bool source_default(struct load *load, struct error *error)
{
    const struct load_options *options = load->options;
    if (options->source) {
        struct str name = str_of(options->source);
        if (!source_is_good(name, options->own, error)) return false;
        text_add(&load->source, name);
        return true;
    }
    const char *slash = strrchr(options->path, '/');
    return !strcmp(options->path, "-") || (load_source(options->path, str_of(slash ? slash + 1 : options->path), &load->source, error) &&
                                           source_is_good(text_str(&load->source), false, error));
}

/* Rejected lines are people's data, and never go into the data directory. */
static bool rejects_stay_out(const struct load *load, struct error *error)
{
    const struct load_options *options = load->options;
    const char *near = options->rejects ? options->rejects : options->path;
    return (!options->rejects && !strcmp(options->path, "-")) || !directory_holds(engine_directory(load->engine), near) ||
           fail_both(error, ERROR_USAGE, "rejected lines would go into the data directory, which they never do: name another place with --rejects PATH",
                     "未被接受的行不得写入数据目录：请用 --rejects 路径 另选位置");
}

static bool load_open(struct load *load, struct error *error)
{
    const struct load_options *options = load->options;
    if (options->kind == &withdrawal_kind || options->kind == &unsealing_kind || options->kind == &clock_kind)
        return fail_both(error, ERROR_USAGE, "records of kind %s are written by the program itself, and cannot be loaded",
                         "%s 类记录由程序自行记录，不能装入", options->kind->name);
    struct reader_options reading = { .path = options->path, .sheet = options->sheet,
                                      .standard_input = options->standard_input, .stop = options->stop };
    if (!format_read(options->format, &reading.format, error)) return false;
    load->map = options->map ? map_open(options->kind, options->map, error) : map_plain(options->kind);
    if (!load->map || !source_default(load, error)) return false;
    reading.wanted = map_columns(load->map, &reading.wanted_count);
    if (!(load->reader = reader_open(&reading, error))) return false;
    if (!rejects_stay_out(load, error)) return false;
    struct str replaced = str_of(options->replaces);
    /* Done before, and then broken off, or repeated by mistake: what is there shows it, and all are duplicates. */
    bool is_done = replaced.length && !engine_has_source(load->engine, replaced) && load->source.length &&
                   engine_has_source(load->engine, text_str(&load->source));
    if (replaced.length && !is_done) {
        if (!engine_has_source(load->engine, replaced))
            return fail_both(error, ERROR_NOT_FOUND, "nothing of source %s counts, so nothing can replace it: `mingbai sources` lists those that do",
                             "来源 %s 没有计入的记录，无可替换：`mingbai sources` 列出计入的来源", options->replaces);
        random_bytes(&load->hold, sizeof load->hold);
        load->hold = (load->hold >> 1) | 1;
    }
    load->intake = intake_open(load->engine, &(struct intake_options){ .kind = options->kind, .hold = load->hold, .replaces = replaced,
                                                                       .looks = options->admit != NULL,
                                                                       .acknowledge = load->hold ? NULL : options->acknowledge,
                                                                       .context = options->context },
                               error);
    load->rejects = load->intake ? rejects_open(options->path, options->rejects, options->standard_error, error) : NULL;
    return load->rejects != NULL;
}

static void load_reject(struct load *load, const struct row *row, struct str field, const struct error *why)
{
    const char *reason = load->options->language == CHINESE && *why->chinese ? why->chinese : why->says;
    size_t count;
    const struct str *columns = reader_columns(load->reader, &count);
    rejects_add(load->rejects, row, field, reason, columns, count);
    load->summary->rejected++;
}

static void source_note(struct load *load, struct str source)
{
    struct text *known = &load->summary->source;
    if (!known->length && load->one_source)
        text_add(known, source);
    else if (!str_equal(text_str(known), source))
        load->one_source = false;
}

/* The caller looks at what is on record once nobody else is writing what the record brings or names. */
static bool row_admit(void *context, const struct record *record, const struct field **field, struct error *error)
{
    struct load *load = context;
    (void)record; /* it moves while others are waited for */
    return intake_claim(load->intake, field, error) &&
           load->options->admit(load->options->context, intake_record(load->intake), field, error);
}

static bool load_row(struct load *load, const struct row *row, struct error *error)
{
    load->summary->read++;
    struct record *record = intake_record(load->intake);
    struct error reason;
    struct str field;
    struct row_rules rules = { .map = load->map, .source = text_str(&load->source), .own = load->options->own, .now = load->now,
                               .admit = load->options->admit ? row_admit : NULL, .context = load };
    enum row_verdict verdict = row_record(&rules, row, intake_arena(load->intake), record, &field, &reason);
    record = intake_record(load->intake);
    if (verdict == ROW_FAILED) {
        *error = reason;
        return false;
    }
    if (verdict == ROW_WRONG) {
        load_reject(load, row, field, &reason);
        if (record->source.length) intake_pass(load->intake, record->source, record->seq);
        return true;
    }
    bool may;
    const struct field *its;
    if (!intake_correct(load->intake, &may, &its, &reason)) {
        *error = reason;
        return false;
    }
    record = intake_record(load->intake);
    if (!may) {
        load_reject(load, row, str_of(its->name), &reason);
        intake_pass(load->intake, record->source, record->seq);
        return true;
    }
    source_note(load, record->source);
    enum taken taken;
    if (!intake_take(load->intake, &taken, error)) return false;
    if (taken == TAKEN_DUPLICATE) load->summary->duplicate++;
    if (taken == TAKEN_CONFLICT) {
        fail_both(&reason, ERROR_CONFLICT,
                  "conflict: this source and seq are in the ledger already with other content; "
                  "give the new version a seq of its own, or withdraw the source",
                  "冲突：账本中已有相同来源和序号而内容不同的记录；请给新版本另编序号（seq），或先撤回该来源");
        load_reject(load, row, STR("seq"), &reason);
    }
    return true;
}

static bool is_stopped(const struct load *load)
{
    struct pollfd asked = { .fd = load->options->stop, .events = POLLIN };
    return load->options->stop && poll(&asked, 1, 0) > 0;
}

/* Now and then: shows progress, and empties the block, whose arena grows with rejected rows as well. */
static bool between_rows(struct load *load, struct error *error)
{
    if (is_stopped(load))
        return fail_both(error, ERROR_INPUT, "stopped: what was accepted stays accepted, and the same command goes on from there",
                         "已停止：已接受的仍然有效，再次执行同一命令可从该处继续");
    if (load->options->progress) {
        uint64_t done, all;
        reader_progress(load->reader, &done, &all);
        load->options->progress(load->options->context, done, all);
    }
    return intake_admit(load->intake, error);
}

static bool load_rows(struct load *load, struct error *error)
{
    struct row row;
    for (uint64_t n = 0;; n++) {
        bool more;
        if (!reader_ready(load->reader) && !intake_flush(load->intake, error)) return false;
        if (!reader_next(load->reader, &row, &more, error)) return false;
        if (!more) return true;
        size_t count;
        const struct str *columns = reader_columns(load->reader, &count);
        if (count != load->columns) {
            if (!map_bind(load->map, columns, count, error)) return false;
            load->columns = count;
        }
        if (!load_row(load, &row, error)) return false;
        if (load->summary->rejected > REJECTS_MAX)
            return fail_both(error, ERROR_LIMIT, "more than %d records were rejected: this is not a file of that kind, or it needs a map",
                             "未被接受的记录超过 %d 条：文件不属于这一类，或需要对应表", REJECTS_MAX);
        if (n % ROWS_BETWEEN == 0 && !between_rows(load, error)) return false;
    }
}

bool load_file(struct engine *engine, const struct load_options *options, struct load_summary *summary, struct error *error)
{
    struct load load = { .engine = engine, .options = options, .summary = summary, .now = moment_now(), .one_source = true };
    size_t count = 0;
    bool done = load_open(&load, error);
    if (done) {
        const struct str *columns = reader_columns(load.reader, &count);
        done = (!count || map_bind(load.map, columns, load.columns = count, error)) && load_rows(&load, error);
        /* what came before a failure stays accepted */
        struct error *second = done ? error : &(struct error){ 0 };
        done = intake_finish(load.intake, second) && done;
        summary->accepted = intake_accepted(load.intake);
        summary->duplicate += intake_repeated(load.intake);
    }
    if (load.rejects) done = rejects_close(load.rejects, done ? error : &(struct error){ 0 }) && done;
    if (done && load.hold && !summary->accepted)
        done = fail_both(error, ERROR_INPUT, "nothing of %s could be taken, so %s stays as it is", "%s 没有一条可被接受，因此 %s 保持不变",
                         options->path, options->replaces);
    if (done && load.hold)
        done = engine_withdraw(engine, str_of(options->replaces), STR("replaced"), load.hold, text_str(&load.source), error);
    intake_close(load.intake);
    if (!done && load.hold) summary->accepted = 0;
    if (!load.one_source) summary->source.length = 0;
    if (!summary->source.length && load.one_source) text_add(&summary->source, text_str(&load.source));
    if (load.reader) reader_close(load.reader);
    if (load.map) map_close(load.map);
    text_close(&load.source);
    return done;
}
