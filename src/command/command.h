/* The command line: a table of commands, each with its arguments and options as data. */
#ifndef COMMAND_COMMAND_H
#define COMMAND_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/str.h"
#include "door/kind.h"
#include "rows/rows.h"

enum exit_code { EXIT_DONE, EXIT_FAILED, EXIT_USAGE, EXIT_REJECTED };
enum { OPTIONS_MAX = 16 };

struct option {
    const char *name;  /* without the dashes */
    const char *value; /* what stands behind it ("FILE"), or NULL for a flag */
    const char *says[LANGUAGES];
};

struct invocation;

struct command {
    const char *name;
    const char *arguments;        /* "KIND FILE..." */
    size_t least, most;           /* how many */
    const char *says[LANGUAGES];
    const struct option *options;
    size_t option_count;
    enum exit_code (*run)(struct invocation *invocation);
};

/* One call, read. */
struct invocation {
    const struct command *command;
    const char *directory;
    enum language language;       /* --lang, else by the locale */
    const char *values[OPTIONS_MAX]; /* of the command's options, in their order; "" for a flag that is set */
    char **arguments;
    size_t argument_count;
    struct error error;           /* what went wrong, for main to say */
};

/* The value of an option of this command by name, or NULL. */
const char *invocation_option(const struct invocation *invocation, const char *name);
/* The same with `asked`'s shape (measure/query.h); context is the invocation. */
const char *invocation_asked(void *context, const char *name);
/* Starts rows to standard output in the form that --format names; jsonl unless given. */
bool invocation_rows(struct invocation *invocation, struct rows *rows);

extern const struct command init_command, load_command, withdraw_command, map_command, sources_command, kinds_command,
    notices_command, findings_command, figures_command, check_command, report_command, verify_command, checkpoint_command,
    entry_command, proof_command, rebuild_command, unseal_command, backup_command, restore_command, simulate_command;

/* The options that every command that prints rows takes. */
#define FORMAT_OPTION { "format", "jsonl|csv|table", { "how the rows come out; jsonl unless given", "输出格式，默认 jsonl" } }
#define LANGUAGE_OPTION { "lang", "zh|en", { "language of what is said", "所用语言" } }

/* A bar on standard error for work of over a second, where that is a terminal; a `progress` callback's context. */
struct progress {
    const char *what;
    int64_t started, shown;
};
void progress_show(void *context, uint64_t done, uint64_t all);
void progress_end(struct progress *progress);

#endif
