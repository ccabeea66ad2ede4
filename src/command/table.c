/* Every command, and help. */
#include "command/command.h"

static const struct command *const commands[] = {
    &init_command,    &load_command,       &withdraw_command, &sources_command, &map_command,      &kinds_command,
    &usage_command,   &bill_command,       &notices_command,  &findings_command, &figures_command, &check_command,   &report_command,   &verify_command,
    &entry_command,   &checkpoint_command, &proof_command,    &unseal_command,  &rebuild_command,  &backup_command,
    &restore_command, &simulate_command,   &serve_command,    &user_command,    &token_command,
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

const struct command *command_find(const char *name)
{
    for (size_t i = 0; i < COMMANDS; i++)
        if (!strcmp(commands[i]->name, name)) return commands[i];
    return NULL;
}

void commands_show(FILE *out, enum language language)
{
    fputs(usage[language], out);
    for (size_t i = 0; i < COMMANDS; i++) fprintf(out, "  %-11s %s\n", commands[i]->name, commands[i]->says[language]);
    fputs(more[language], out);
}

void command_show(FILE *out, const struct command *command, enum language language)
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
