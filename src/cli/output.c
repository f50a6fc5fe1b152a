#include "cli/output.h"
#include "base/utf8.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FLUSH_AT = 1 << 16 };

static struct buffer waiting;
static int failure; /* errno of the first write that failed */
static bool terminal;

void output_setup(void)
{
    for (int fd = 0; fd <= 2; fd++)
        if (fcntl(fd, F_GETFD) < 0) {
            /* Opened for reading where writing is wanted: a write then fails as it should. */
            int opened = open("/dev/null", fd == 1 ? O_RDONLY : O_RDWR);
            (void)opened;
        }
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN); /* a limit on the size of files is an error of write too */
    terminal = isatty(STDOUT_FILENO);
}

static void write_out(void)
{
    size_t done = 0;
    while (!failure && done < waiting.len) {
        ssize_t n = write(STDOUT_FILENO, waiting.data + done, waiting.len - done);
        if (n >= 0)
            done += (size_t)n;
        else if (errno != EINTR)
            failure = errno;
    }
    if (waiting.failed && !failure) failure = ENOMEM;
    buffer_clear(&waiting);
}

static void wrote(void)
{
    if (waiting.len >= FLUSH_AT) write_out();
}

void output_puts(const char *text)
{
    buffer_puts(&waiting, text);
    wrote();
}

void output_bytes(const void *data, size_t len)
{
    buffer_append(&waiting, data, len);
    wrote();
}

void output_printf(const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    char *text = NULL;
    if (vasprintf(&text, fmt, args) >= 0)
        output_puts(text);
    else
        waiting.failed = true;
    va_end(args);
    free(text);
}

void output_clean(const char *text, size_t len, struct buffer *out)
{
    for (size_t i = 0; i < len;) {
        uint32_t cp;
        size_t n = utf8_decode(text + i, len - i, &cp);
        bool control = n == 0 || (cp < 0x20 && cp != '\n' && cp != '\t') || cp == 0x7f ||
                       (cp >= 0x80 && cp < 0xa0);
        if (control)
            buffer_putc(out, '?');
        else
            buffer_append(out, text + i, n);
        i += n ? n : 1;
    }
}

void output_text(const char *text, size_t len)
{
    if (terminal)
        output_clean(text, len, &waiting);
    else
        buffer_append(&waiting, text, len);
    wrote();
}

bool output_json(json_t *value, struct error *err)
{
    char *text = value ? json_dumps(value, JSON_INDENT(2) | JSON_REAL_PRECISION(10)) : NULL;
    json_decref(value);
    if (!text) return error_memory(err, "JSON output");
    output_puts(text);
    output_puts("\n");
    free(text);
    return true;
}

bool output_flush(struct error *err)
{
    write_out();
    if (!failure) return true;
    errno = failure;
    return error_errno(err, ERROR_IO, "cannot write to standard output");
}

bool output_is_broken_pipe(void)
{
    return failure == EPIPE;
}
