/* mingbai: finds the data directory and the language, and runs a command. */
#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <sodium.h>
#include <stdlib.h>
#include <unistd.h>

#include "command/command.h"

static enum language locale_language(void)
{
    static const char *const variables[] = { "LC_ALL", "LC_MESSAGES", "LANG" };
    for (size_t i = 0; i < sizeof variables / sizeof *variables; i++) {
        const char *value = getenv(variables[i]);
        if (value && *value) return str_starts(str_of(value), STR("zh")) ? CHINESE : ENGLISH;
    }
    return ENGLISH;
}

/* A stream that the caller has closed goes nowhere, and never to a file that is opened later. */
static void streams_open(void)
{
    for (int descriptor = 0; descriptor < STANDARD_STREAMS; descriptor++)
        if (fcntl(descriptor, F_GETFD) < 0) must(open("/dev/null", O_RDWR) == descriptor);
}

int main(int count, char **arguments)
{
    streams_open();
    setlocale(LC_CTYPE, "");
    signal(SIGPIPE, SIG_IGN);
    enum language language = locale_language();
    if (sodium_init() < 0) {
        fputs("mingbai: the cryptographic library could not start\n", stderr);
        return EXIT_FAILED;
    }
    const char *directory = getenv("MINGBAI_DATA");
    if (!directory || !*directory) directory = "mingbai-data";
    bool help = false;
    int at = 1;
    for (; at < count && arguments[at][0] == '-' && !help; at++) {
        help = !strcmp(arguments[at], "--help") || !strcmp(arguments[at], "-h");
        if (help) continue;
        if (!strncmp(arguments[at], "--data=", 7)) {
            directory = arguments[at] + 7;
        } else if (!strcmp(arguments[at], "--data") && at + 1 < count) {
            directory = arguments[++at];
        } else {
            fprintf(stderr, language == CHINESE ? "mingbai：%s：命令之前没有这样的选项。用法见 `mingbai --help`\n"
                                                : "mingbai: %s: there is no such option before the command; see `mingbai --help`\n",
                    arguments[at]);
            return EXIT_USAGE;
        }
    }
    if (help || at == count) {
        commands_show(stdout, language);
        return EXIT_DONE;
    }
    struct invocation invocation = { .words = arguments + at, .word_count = (size_t)(count - at), .directory = directory,
                                     .language = language, .in = stdin, .out = stdout, .err = stderr,
                                     .descriptors = { STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO }, .scratch = getenv("TMPDIR"),
                                     .user = getuid() };
    return (int)invocation_run(&invocation);
}
