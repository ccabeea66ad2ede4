/* Reading a call's words, and running it. */
#include <errno.h>
#include <stdlib.h>

#include "base/memory.h"
#include "command/command.h"
#include "command/remote.h"

static enum exit_code wrong(const struct invocation *invocation, const char *english, const char *chinese, const char *which)
{
    const struct command *command = invocation->command;
    fprintf(invocation->err, SAYS(invocation, "mingbai: %s: %s; see `mingbai %s%s--help`\n", "mingbai：%s：%s。用法见 `mingbai %s%s--help`\n"),
            which, SAYS(invocation, english, chinese), command ? command->name : "", command ? " " : "");
    return EXIT_USAGE;
}

/* The option named by an argument, with what stands behind "=" if anything does. */
static size_t option_find(const struct command *command, const char *argument, const char **behind)
{
    for (size_t i = 0; i < command->option_count; i++) {
        size_t length = strlen(command->options[i].name);
        if (strncmp(argument, command->options[i].name, length) || (argument[length] && argument[length] != '=')) continue;
        *behind = argument[length] ? argument + length + 1 : NULL;
        return i;
    }
    return command->option_count;
}

/* Reads the words behind the command's name. EXIT_DONE, with *help where that was asked for, or EXIT_USAGE, which has been said. */
static enum exit_code words_read(struct invocation *invocation, bool *help)
{
    const struct command *command = invocation->command;
    bool only_arguments = false;
    for (size_t i = 1; i < invocation->word_count; i++) {
        char *word = invocation->words[i];
        if (only_arguments || word[0] != '-' || !word[1]) {
            invocation->arguments[invocation->argument_count++] = word;
            continue;
        }
        if (!strcmp(word, "--")) {
            only_arguments = true;
            continue;
        }
        *help = !strcmp(word, "--help") || !strcmp(word, "-h");
        if (*help) return EXIT_DONE;
        const char *behind = NULL;
        size_t at = strncmp(word, "--", 2) ? command->option_count : option_find(command, word + 2, &behind);
        if (at == command->option_count) return wrong(invocation, "there is no such option", "没有这样的选项", word);
        if (!command->options[at].value && behind) return wrong(invocation, "it takes no value", "它不带值", word);
        if (command->options[at].value && !behind && ++i == invocation->word_count)
            return wrong(invocation, "a value is missing behind it", "其后缺少值", word);
        invocation->values[at] = command->options[at].value ? (behind ? behind : invocation->words[i]) : "";
    }
    if (invocation->argument_count < command->least) return wrong(invocation, "an argument is missing", "缺少参数", command->name);
    if (invocation->argument_count > command->most)
        return wrong(invocation, "too many arguments", "参数太多", invocation->arguments[command->most]);
    const char *language = invocation_option(invocation, "lang");
    if (language && strcmp(language, "zh") && strcmp(language, "en")) return wrong(invocation, "a language is zh or en", "语言为 zh 或 en", language);
    if (language) invocation->language = *language == 'z' ? CHINESE : ENGLISH;
    return EXIT_DONE;
}

static bool is_local(const struct invocation *invocation)
{
    const struct command *command = invocation->command;
    return command->is_local || (command->local_with && invocation_option(invocation, command->local_with));
}

/* Here, or by a server that has the directory: also by one that came and took it just now. */
static enum exit_code run_somewhere(struct invocation *invocation)
{
    enum exit_code code;
    if (invocation->engine && is_local(invocation)) {
        fail_both(&invocation->error, ERROR_USAGE, "%s is nothing that a server does",
                  "%s 不能由服务器执行", invocation->command->name);
        return EXIT_USAGE;
    }
    if (invocation->engine || is_local(invocation)) return invocation->command->run(invocation);
    if (remote_run(invocation, true, &code)) return code;
    code = invocation->command->run(invocation);
    if (invocation->error.code != ERROR_BUSY) return code;
    struct error busy = invocation->error;
    invocation->error = (struct error){ 0 };
    if (remote_run(invocation, false, &code)) return code;
    invocation->error = busy;
    return code;
}

/* A reader that has seen enough, as head has, is no failure. */
static enum exit_code results_end(struct invocation *invocation, enum exit_code code)
{
    if (fflush(invocation->out) && !invocation->write_errno) invocation->write_errno = errno;
    errno = invocation->write_errno;
    if (!errno || errno == EPIPE || code == EXIT_FAILED || code == EXIT_USAGE) return code;
    fail_errno_both(&invocation->error, "the results could not be written", "结果无法写出");
    return EXIT_FAILED;
}

static void error_say(struct invocation *invocation)
{
    struct error *error = &invocation->error;
    char *says = *error->chinese ? SAYS(invocation, error->says, error->chinese) : error->says;
    for (char *at = says; *at; at++) /* names in it come from anywhere, and this is a terminal */
        if ((unsigned char)*at < ' ' || *at == 0x7f) *at = '?';
    if (error->code) fprintf(invocation->err, SAYS(invocation, "mingbai: %s\n", "mingbai：%s\n"), says);
}

enum exit_code invocation_run(struct invocation *invocation)
{
    bool help = false;
    invocation->command = command_find(invocation->words[0]);
    if (!invocation->command) return wrong(invocation, "there is no such command", "没有这样的命令", invocation->words[0]);
    invocation->arguments = allocate(invocation->word_count * sizeof *invocation->arguments);
    enum exit_code code = words_read(invocation, &help);
    if (help)
        command_show(invocation->out, invocation->command, invocation->language);
    else if (code == EXIT_DONE)
        code = run_somewhere(invocation);
    code = results_end(invocation, code);
    error_say(invocation);
    fflush(invocation->err);
    free(invocation->arguments);
    return code;
}
