#include "base/error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* A message is one line: control characters from a file's name or contents must not reach the
 * terminal. */
static void make_one_line(char *text)
{
    for (char *p = text; *p; p++)
        if ((unsigned char)*p < 0x20 || *p == 0x7f) *p = '?';
}

bool error_set(struct error *err, enum error_code code, const char *fmt, ...)
{
    if (!err || err->code != ERROR_NONE) return false;
    va_list args;
    va_start(args, fmt);
    vsnprintf(err->text, sizeof err->text, fmt, args);
    va_end(args);
    err->code = code;
    make_one_line(err->text);
    return false;
}

bool error_errno(struct error *err, enum error_code code, const char *fmt, ...)
{
    int saved = errno;
    if (!err || err->code != ERROR_NONE) return false;
    va_list args;
    va_start(args, fmt);
    int n = vsnprintf(err->text, sizeof err->text, fmt, args);
    va_end(args);
    if (n < 0) n = 0;
    size_t used = (size_t)n < sizeof err->text ? (size_t)n : sizeof err->text - 1;
    snprintf(err->text + used, sizeof err->text - used, ": %s", strerror(saved));
    err->code = code;
    make_one_line(err->text);
    return false;
}

bool error_memory(struct error *err, const char *what)
{
    return error_set(err, ERROR_MEMORY, "out of memory (%s)", what);
}

void error_clear(struct error *err)
{
    if (!err) return;
    err->code = ERROR_NONE;
    err->text[0] = '\0';
}
