#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>

static enum log_level current = LOG_WARN;

void log_set_level(enum log_level level)
{
    current = level;
}

enum log_level log_get_level(void)
{
    return current;
}

static void print(const char *prefix, const char *fmt, va_list args)
{
    char line[1024]; /* one write a line, so that threads do not mix theirs */
    vsnprintf(line, sizeof line, fmt, args);
    fprintf(stderr, "%s%s\n", prefix, line);
}

void log_warn(const char *fmt, ...)
{
    if (current < LOG_WARN) return;
    va_list args;
    va_start(args, fmt);
    print("autospec: warning: ", fmt, args);
    va_end(args);
}

void log_info(const char *fmt, ...)
{
    if (current < LOG_INFO) return;
    va_list args;
    va_start(args, fmt);
    print("autospec: ", fmt, args);
    va_end(args);
}

void log_debug(const char *fmt, ...)
{
    if (current < LOG_DEBUG) return;
    va_list args;
    va_start(args, fmt);
    print("autospec: debug: ", fmt, args);
    va_end(args);
}
