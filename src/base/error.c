#include "base/error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool fail(struct error *error, enum error_code code, const char *format, ...)
{
    if (!error) return false;
    va_list arguments;
    va_start(arguments, format);
    error->code = code;
    error->chinese[0] = 0;
    vsnprintf(error->says, sizeof error->says, format, arguments);
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
    vsnprintf(error->says, sizeof error->says, english, arguments);
    vsnprintf(error->chinese, sizeof error->chinese, chinese, again);
    va_end(again);
    va_end(arguments);
    return false;
}

bool fail_errno(struct error *error, const char *format, ...)
{
    int number = errno;
    if (!error) return false;
    va_list arguments;
    va_start(arguments, format);
    error->code = ERROR_DISK;
    error->chinese[0] = 0;
    vsnprintf(error->says, sizeof error->says, format, arguments);
    va_end(arguments);
    size_t used = strlen(error->says);
    snprintf(error->says + used, sizeof error->says - used, ": %s", strerror(number));
    return false;
}

void must_failed(const char *condition, const char *file, int line)
{
    fprintf(stderr, "mingbai: %s:%d: this must be true and is not: %s\n", file, line, condition);
    abort();
}
