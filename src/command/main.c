/* mingbai: reads the command line and runs a command. */
#include <errno.h>
#include <locale.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#include "command/command.h"

static const struct command *const commands[] = {
    &init_command,    &load_command,       &withdraw_command, &sources_command, &map_command,      &kinds_command,
    &notices_command, &findings_command,   &figures_command,  &check_command,   &report_command,   &verify_command,
    &entry_command,   &checkpoint_command, &proof_command,    &unseal_command,  &rebuild_command,  &backup_command,
    &restore_command, &simulate_command,
};
enum { COMMANDS = sizeof commands / sizeof *commands };

static const char *const usage[LANGUAGES] = {
    "usage: mingbai [--data DIR] COMMAND [ARGUMENT...]\n"
    "\n"
    "Telecom consumer protection of a province: records in, findings, figures and a report out, all provable.\n"
    "DIR is the data directory: $MINGBAI_DATA, else ./mingbai-data.\n\n",
    "用法：mingbai [--data 目录] 命令 [参数…]\n"
    "\n"
    "一个省的电信用户保护：记录进来，问题、指标和报告出来，每一项都可验证。\n"
    "目录是数据目录：默认取 $MINGBAI_DATA，否则为 ./mingbai-data。\n\n",
};

static const char *const more[LANGUAGES] = {
    "\n`mingbai COMMAND --help` tells more of each. Exit: 0 done, 1 failed, 2 wrong usage, 3 done but some records were rejected.\n",
    "\n“mingbai 命令 --help” 有每个命令的说明。退出码：0 完成，1 失败，2 用法错误，3 完成但有记录未被接受。\n",
};

static enum language locale_language(void)
{
    static const char *const variables[] = { "LC_ALL", "LC_MESSAGES", "LANG" };
    for (size_t i = 0; i < sizeof variables / sizeof *variables; i++) {
        const char *value = getenv(variables[i]);
        if (value && *value) return str_starts(str_of(value), STR("zh")) ? CHINESE : ENGLISH;
    }
    return ENGLISH;
}

static void show_all(FILE *out, enum language language)
{
    fputs(usage[language], out);
    for (size_t i = 0; i < COMMANDS; i++)
        fprintf(out, "  %-11s %s\n", commands[i]->name, commands[i]->says[language]);
    fputs(more[language], out);
}

static void show_command(FILE *out, const struct command *command, enum language language)
{
    fprintf(out, "%s mingbai [--data DIR] %s%s%s%s\n\n%s\n", language == CHINESE ? "用法：" : "usage:", command->name,
            command->option_count ? (language == CHINESE ? " [选项…]" : " [OPTION...]") : "", *command->arguments ? " " : "",
            command->arguments, command->says[language]);
    if (command->option_count) fputc('\n', out);
    for (size_t i = 0; i < command->option_count; i++) {
        const struct option *option = &command->options[i];
        char left[64];
        snprintf(left, sizeof left, "--%s%s%s", option->name, option->value ? " " : "", option->value ? option->value : "");
        fprintf(out, "  %-26s %s\n", left, option->says[language]);
    }
}

static enum exit_code wrong(const struct command *command, enum language language, const char *what, const char *which)
{
    fprintf(stderr, language == CHINESE ? "mingbai：%s：%s。用法见 `mingbai %s%s--help`\n" : "mingbai: %s: %s; see `mingbai %s%s--help`\n",
            which, what, command ? command->name : "", command ? " " : "");
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

static enum exit_code call(struct invocation *invocation, int count, char **arguments)
{
    const struct command *command = invocation->command;
    bool only_arguments = false;
    for (int i = 0; i < count; i++) {
        char *argument = arguments[i];
        if (only_arguments || argument[0] != '-' || !argument[1]) {
            invocation->arguments[invocation->argument_count++] = argument;
            continue;
        }
        if (!strcmp(argument, "--")) {
            only_arguments = true;
            continue;
        }
        if (!strcmp(argument, "--help") || !strcmp(argument, "-h")) {
            show_command(stdout, command, invocation->language);
            return EXIT_DONE;
        }
        const char *behind = NULL;
        size_t at = strncmp(argument, "--", 2) ? command->option_count : option_find(command, argument + 2, &behind);
        if (at == command->option_count) return wrong(command, invocation->language, "there is no such option", argument);
        if (!command->options[at].value && behind) return wrong(command, invocation->language, "it takes no value", argument);
        if (command->options[at].value && !behind && ++i == count)
            return wrong(command, invocation->language, "a value is missing behind it", argument);
        invocation->values[at] = command->options[at].value ? (behind ? behind : arguments[i]) : "";
    }
    if (invocation->argument_count < command->least)
        return wrong(command, invocation->language, "an argument is missing", command->name);
    if (invocation->argument_count > command->most)
        return wrong(command, invocation->language, "too many arguments", invocation->arguments[command->most]);
    const char *language = invocation_option(invocation, "lang");
    if (language && strcmp(language, "zh") && strcmp(language, "en"))
        return wrong(command, invocation->language, "a language is zh or en", language);
    if (language) invocation->language = *language == 'z' ? CHINESE : ENGLISH;
    enum exit_code code = command->run(invocation);
    if (fflush(stdout) && errno != EPIPE && code == EXIT_DONE) { /* a reader that has seen enough, as head has, is no failure */
        fail_errno(&invocation->error, "the results could not be written");
        code = EXIT_FAILED;
    }
    struct error *error = &invocation->error;
    char *says = invocation->language == CHINESE && *error->chinese ? error->chinese : error->says;
    for (char *at = says; *at; at++) /* names in it come from anywhere, and this is a terminal */
        if ((unsigned char)*at < ' ' || *at == 0x7f) *at = '?';
    if (error->code) fprintf(stderr, invocation->language == CHINESE ? "mingbai：%s\n" : "mingbai: %s\n", says);
    return code;
}

int main(int count, char **arguments)
{
    setlocale(LC_CTYPE, "");
    signal(SIGPIPE, SIG_IGN);
    enum language language = locale_language();
    if (sodium_init() < 0) {
        fputs("mingbai: the cryptographic library could not start\n", stderr);
        return EXIT_FAILED;
    }
    const char *directory = getenv("MINGBAI_DATA");
    if (!directory || !*directory) directory = "mingbai-data";
    int at = 1;
    for (; at < count && arguments[at][0] == '-'; at++) {
        if (!strcmp(arguments[at], "--help") || !strcmp(arguments[at], "-h")) {
            show_all(stdout, language);
            return EXIT_DONE;
        }
        if (!strncmp(arguments[at], "--data=", 7))
            directory = arguments[at] + 7;
        else if (!strcmp(arguments[at], "--data") && at + 1 < count)
            directory = arguments[++at];
        else
            return (int)wrong(NULL, language, "there is no such option before the command", arguments[at]);
    }
    if (at == count) {
        show_all(stdout, language);
        return EXIT_DONE;
    }
    const struct command *command = NULL;
    for (size_t i = 0; i < COMMANDS; i++)
        if (!strcmp(commands[i]->name, arguments[at])) command = commands[i];
    if (!command) return (int)wrong(NULL, language, "there is no such command", arguments[at]);
    struct invocation invocation = { .command = command, .directory = directory, .language = language };
    invocation.arguments = calloc((size_t)count, sizeof *invocation.arguments);
    must(invocation.arguments != NULL);
    enum exit_code code = call(&invocation, count - at - 1, arguments + at + 1);
    free(invocation.arguments);
    return (int)code;
}
