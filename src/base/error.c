#include "base/error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What does not fit is cut behind a whole character. */
static void write_sentence(char says[SENTENCE_ROOM], const char *format, va_list arguments)
{
    size_t length = SENTENCE_ROOM - 1;
    if (vsnprintf(says, SENTENCE_ROOM, format, arguments) < SENTENCE_ROOM) return;
    while (length && (says[length - 1] & 0xc0) == 0x80) length--;
    if (length && says[length - 1] & 0x80) says[length - 1] = 0;
}

bool fail(struct error *error, enum error_code code, const char *format, ...)
{
    if (!error) return false;
    va_list arguments;
    va_start(arguments, format);
    error->code = code;
    error->is_inner = false;
    error->chinese[0] = 0;
    write_sentence(error->says, format, arguments);
    va_end(arguments);
    return false;
}

bool fail_both(struct error *error, enum error_code code, const char *english, const char *chinese, ...)
{
    if (!error) return false;
    va_list arguments, again;
    va_start(arguments, chinese);
    va_copy(again, arguments);
    error->code = code;
    error->is_inner = false;
    write_sentence(error->says, english, arguments);
    write_sentence(error->chinese, chinese, again);
    va_end(again);
    va_end(arguments);
    return false;
}

bool fail_says(struct error *error, enum error_code code, struct says says)
{
    return fail_both(error, code, "%s%.0s", "%.0s%s", says.english, says.chinese);
}

bool fail_inner(struct error *error)
{
    if (error) error->is_inner = true;
    return false;
}

bool fail_errno(struct error *error, const char *format, ...)
{
    int number = errno;
    if (!error) return false;
    va_list arguments;
    va_start(arguments, format);
    error->code = ERROR_DISK;
    error->is_inner = false;
    error->chinese[0] = 0;
    write_sentence(error->says, format, arguments);
    va_end(arguments);
    size_t used = strlen(error->says);
    snprintf(error->says + used, sizeof error->says - used, ": %s", strerror(number));
    return false;
}

/* What users meet; the rest is the system's own words. */
static const struct {
    int number;
    const char *chinese;
} errno_words[] = {
    { ENOENT, "没有这个文件或目录" }, { EACCES, "没有权限" },           { EPERM, "系统不允许" },
    { ENOSPC, "磁盘已满" },           { EDQUOT, "磁盘配额已用完" },     { EROFS, "文件系统只读" },
    { EISDIR, "这是一个目录" },       { ENOTDIR, "路径中有一段不是目录" }, { EEXIST, "文件已存在" },
    { EIO, "磁盘读写出错" },          { ENAMETOOLONG, "名称太长" },     { EMFILE, "打开的文件太多" },
    { EFBIG, "文件太大" },            { EPIPE, "接收方已关闭" },        { ELOOP, "符号链接层数太多" },
};

static const char *errno_chinese(int number)
{
    for (size_t i = 0; i < sizeof errno_words / sizeof *errno_words; i++)
        if (errno_words[i].number == number) return errno_words[i].chinese;
    return strerror(number);
}

bool fail_errno_both(struct error *error, const char *english, const char *chinese, ...)
{
    int number = errno;
    if (!error) return false;
    va_list arguments, again;
    va_start(arguments, chinese);
    va_copy(again, arguments);
    error->code = ERROR_DISK;
    error->is_inner = false;
    write_sentence(error->says, english, arguments);
    write_sentence(error->chinese, chinese, again);
    va_end(again);
    va_end(arguments);
    size_t used = strlen(error->says), chinese_used = strlen(error->chinese);
    snprintf(error->says + used, sizeof error->says - used, ": %s", strerror(number));
    snprintf(error->chinese + chinese_used, sizeof error->chinese - chinese_used, "：%s", errno_chinese(number));
    return false;
}

void must_failed(const char *condition, const char *file, int line)
{
    fprintf(stderr, "mingbai: %s:%d: this must be true and is not: %s\n", file, line, condition);
    abort();
}
