/* The command line: a table of commands, each with its arguments and options as data. A command is run by the process that was
   called, or by the server that has the directory, in a thread (attendant.h): so it uses nothing that is the process's own, but
   what stands in its invocation. */
#ifndef COMMAND_COMMAND_H
#define COMMAND_COMMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/types.h>

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
    bool is_local;                /* never run by a server: it needs no directory, or one that nobody has */
    const char *local_with;       /* an option with which that holds, too; NULL: none */
};

struct accounts;
struct engine;
enum { STANDARD_STREAMS = 3 };

/* One call. */
struct invocation {
    char **words;                 /* as given: the command's name and all behind it */
    size_t word_count;
    const char *directory;
    enum language language;       /* of the locale, or by --lang */
    FILE *in, *out, *err;         /* the caller's */
    int descriptors[STANDARD_STREAMS]; /* of the three, for what a FILE does not tell */
    const char *scratch;          /* the caller's $TMPDIR, or NULL */
    uid_t user;                   /* who calls */
    struct engine *engine;        /* the server's; NULL: whoever needs one opens it */
    struct accounts *accounts;    /* likewise */
    int stop;                     /* a descriptor: once it can be read or has hung up, long work is to stop; 0: none */

    /* As read: */
    const struct command *command;
    const char *values[OPTIONS_MAX]; /* of the command's options, in their order; "" for a flag that is set */
    char **arguments;
    size_t argument_count;
    struct error error;           /* what went wrong, to be said at the end */
    int write_errno;              /* of the first result that could not be written; 0: none */
};

/* Reads the words, runs the command, here or by the server that has the directory, and says what went wrong. The streams are
   flushed and stay open. */
enum exit_code invocation_run(struct invocation *invocation);

/* The value of an option of this command by name, or NULL. */
const char *invocation_option(const struct invocation *invocation, const char *name);
/* The same with `asked`'s shape (measure/query.h); context is the invocation. */
const char *invocation_asked(void *context, const char *name);
/* Starts rows to standard output in the form that --format names; jsonl unless given. */
bool invocation_rows(struct invocation *invocation, struct rows *rows);
/* Writes to standard output. */
void invocation_print(struct invocation *invocation, struct str bytes);
/* A folder for what is thrown away at the end. */
const char *invocation_scratch(const struct invocation *invocation);
/* One of two sentences, by language. */
#define SAYS(invocation, english, chinese) ((invocation)->language == CHINESE ? (chinese) : (english))

extern const struct command init_command, load_command, withdraw_command, map_command, sources_command, kinds_command,
    notices_command, findings_command, figures_command, check_command, report_command, verify_command, checkpoint_command,
    entry_command, proof_command, rebuild_command, unseal_command, backup_command, restore_command, simulate_command, serve_command, usage_command, bill_command, user_command, token_command;

/* NULL where there is none. */
const struct command *command_find(const char *name);
/* Help: of all commands, of one. */
void commands_show(FILE *out, enum language language);
void command_show(FILE *out, const struct command *command, enum language language);

/* The options that every command that prints rows takes. */
#define FORMAT_OPTION { "format", "jsonl|csv|table", { "how the rows come out; jsonl unless given", "输出格式，默认 jsonl" } }
#define LANGUAGE_OPTION { "lang", "zh|en", { "language of what is said", "所用语言" } }

/* A bar on standard error for work of over a second, where that is a terminal; a `progress` callback's context. */
struct progress {
    struct invocation *invocation;
    const char *what;
    int64_t started, shown;
};
void progress_show(void *context, uint64_t done, uint64_t all);
void progress_end(struct progress *progress);

#endif
