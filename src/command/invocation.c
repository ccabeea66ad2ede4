/* What a command has of its call: the values of options, where results go, a progress bar. */
#include <errno.h>
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

void invocation_print(struct invocation *invocation, struct str bytes)
{
    if (fwrite(bytes.at, 1, bytes.length, invocation->out) < bytes.length && !invocation->write_errno) invocation->write_errno = errno;
}

/* What could not be written is told at the end. */
static bool rows_print(void *context, struct str bytes)
{
    invocation_print(context, bytes);
    return true;
}

/* A file is opened by people; what reads a pipe is a program. A file that holds something already is being added to. */
static bool is_fresh_file(int descriptor)
{
    struct stat status;
    return fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode) && status.st_size == 0;
}

bool invocation_rows(struct invocation *invocation, struct rows *rows)
{
    struct rows_options options = { .sink = { rows_print, invocation }, .mark = is_fresh_file(invocation->descriptors[STDOUT_FILENO]) };
    const char *format = invocation_option(invocation, "format");
    if (format && (!rows_format_named(format, &options.format) || options.format == ROWS_JSON || options.format == ROWS_XLSX))
        return fail_both(&invocation->error, ERROR_USAGE, "--format %s: choose jsonl, csv or table", "--format %s：可选 jsonl、csv 或 table", format);
    rows_start(rows, &options);
    return true;
}

const char *invocation_scratch(const struct invocation *invocation)
{
    return invocation->scratch && *invocation->scratch ? invocation->scratch : "/tmp";
}

enum { BAR_CELLS = 30, BAR_EVERY_MS = 200, BAR_AFTER_MS = 1000 };

void progress_show(void *context, uint64_t done, uint64_t all)
{
    struct progress *progress = context;
    FILE *err = progress->invocation->err;
    int64_t now = moment_now();
    if (!progress->started) progress->started = now;
    if (now - progress->started < BAR_AFTER_MS || now - progress->shown < BAR_EVERY_MS ||
        !isatty(progress->invocation->descriptors[STDERR_FILENO]))
        return;
    progress->shown = now;
    int cells = all ? (int)(done * BAR_CELLS / all) : 0;
    fprintf(err, "\r%s [", progress->what);
    for (int i = 0; i < BAR_CELLS; i++) fputc(i < cells ? '#' : '.', err);
    if (all)
        fprintf(err, "] %3d %%", (int)(done * 100 / all));
    else
        fprintf(err, "] %llu", (unsigned long long)done);
    fflush(err);
}

void progress_end(struct progress *progress)
{
    if (progress->shown) fputs("\r\033[K", progress->invocation->err);
    progress->shown = 0;
}
