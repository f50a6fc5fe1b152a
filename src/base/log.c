#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>

static enum log_level current = LOG_WARN;
static _Thread_local const struct log_sink *own_sink;

void log_set_level(enum log_level level)
{
    current = level;
}

enum log_level log_get_level(void)
{
    return current;
}

const struct log_sink *log_set_sink(const struct log_sink *sink)
{
    const struct log_sink *before = own_sink;
    own_sink = sink;
    return before;
}

static void print(enum log_level level, const char *prefix, const char *fmt, va_list args)
{
    char line[1024]; /* one write a line, so that threads do not mix theirs */
    if (!own_sink && current < level) return;
    vsnprintf(line, sizeof line, fmt, args);
    if (own_sink)
        own_sink->line(own_sink->context, level, line);
    else
        fprintf(stderr, "%s%s\n", prefix, line);
}

void log_warn(const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    print(LOG_WARN, "autospec: warning: ", fmt, args);
    va_end(args);
}

void log_info(const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    print(LOG_INFO, "autospec: ", fmt, args);
    va_end(args);
}

void log_debug(const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    print(LOG_DEBUG, "autospec: debug: ", fmt, args);
    va_end(args);
}
