/* What a command has of its call: the values of options, where results go, a progress bar. */
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/moment.h"
#include "command/command.h"

const char *invocation_option(const struct invocation *invocation, const char *name)
{
    for (size_t i = 0; i < invocation->command->option_count; i++)
        if (!strcmp(invocation->command->options[i].name, name)) return invocation->values[i];
    return NULL;
}

const char *invocation_asked(void *context, const char *name)
{
    return invocation_option(context, name);
}

/* What is wrong with standard output is told once, at the end. */
static bool out_write(void *context, struct str bytes)
{
    fwrite(bytes.at, 1, bytes.length, context);
    return true;
}

/* A file is opened by people; what reads a pipe is a program. A file that holds something already is being added to. */
static bool is_fresh_file(FILE *out)
{
    struct stat status;
    return fstat(fileno(out), &status) == 0 && S_ISREG(status.st_mode) && status.st_size == 0;
}

bool invocation_rows(struct invocation *invocation, struct rows *rows)
{
    struct rows_options options = { .sink = { out_write, stdout }, .mark = is_fresh_file(stdout) };
    const char *format = invocation_option(invocation, "format");
    if (format && (!rows_format_named(format, &options.format) || options.format == ROWS_JSON || options.format == ROWS_XLSX))
        return fail_both(&invocation->error, ERROR_USAGE, "--format %s: choose jsonl, csv or table", "--format %s：可选 jsonl、csv 或 table", format);
    rows_start(rows, &options);
    return true;
}

enum { BAR_CELLS = 30, BAR_EVERY_MS = 200, BAR_AFTER_MS = 1000 };

void progress_show(void *context, uint64_t done, uint64_t all)
{
    struct progress *progress = context;
    int64_t now = moment_now();
    if (!progress->started) progress->started = now;
    if (now - progress->started < BAR_AFTER_MS || now - progress->shown < BAR_EVERY_MS || !isatty(STDERR_FILENO)) return;
    progress->shown = now;
    int cells = all ? (int)(done * BAR_CELLS / all) : 0;
    fprintf(stderr, "\r%s [", progress->what);
    for (int i = 0; i < BAR_CELLS; i++) fputc(i < cells ? '#' : '.', stderr);
    if (all)
        fprintf(stderr, "] %3d %%", (int)(done * 100 / all));
    else
        fprintf(stderr, "] %llu", (unsigned long long)done);
}

void progress_end(struct progress *progress)
{
    if (progress->shown) fputs("\r\033[K", stderr);
    progress->shown = 0;
}
