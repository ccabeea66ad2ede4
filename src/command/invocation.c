/* Reading the values of options. */
#include <stdio.h>
#include <unistd.h>

#include "command/command.h"

const char *invocation_option(const struct invocation *invocation, const char *name)
{
    for (size_t i = 0; i < invocation->command->option_count; i++)
        if (!strcmp(invocation->command->options[i].name, name)) return invocation->values[i];
    return NULL;
}

bool invocation_moment(struct invocation *invocation, const char *name, bool end, int64_t *moment)
{
    const char *value = invocation_option(invocation, name);
    if (!value) return true;
    int32_t day;
    if (day_parse(str_of(value), &day))
        *moment = day_start(end ? day + 1 : day);
    else if (!moment_parse(str_of(value), moment))
        return fail(&invocation->error, ERROR_USAGE, "--%s %s: write a time as 2015-01-03T08:00:00+08:00 or a day as 2015-01-03", name, value);
    return true;
}

bool invocation_number(struct invocation *invocation, const char *name, uint64_t *number)
{
    const char *value = invocation_option(invocation, name);
    if (!value || str_number(str_of(value), number)) return true;
    return fail(&invocation->error, ERROR_USAGE, "--%s %s: a whole number is wanted", name, value);
}

bool invocation_period(struct invocation *invocation, struct period *period)
{
    const char *value = invocation_option(invocation, "period");
    if (!value || period_parse(str_of(value), period)) return true;
    return fail(&invocation->error, ERROR_USAGE, "--period %s: write 2015-01, 2015Q1 or 2015", value);
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
