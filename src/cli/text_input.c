#include "cli/text_input.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

static bool read_standard_input(size_t limit, struct buffer *out, struct error *err)
{
    char part[1 << 16];
    for (;;) {
        ssize_t n = read(STDIN_FILENO, part, sizeof part);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return error_errno(err, ERROR_IO, "standard input");
        if (n == 0) break;
        if (out->len + (size_t)n > limit)
            return error_set(err, ERROR_INPUT, "standard input: more than %zu bytes", limit);
        buffer_append(out, part, (size_t)n);
    }
    return !out->failed || error_memory(err, "standard input");
}

bool text_input(const struct command_line *line, const char *what, size_t limit, struct buffer *out,
                struct error *err)
{
    bool dash = line->n_arguments == 1 && strcmp(line->arguments[0], "-") == 0;
    if (dash || (line->n_arguments == 0 && !isatty(STDIN_FILENO)))
        return read_standard_input(limit, out, err);
    if (line->n_arguments == 0)
        return error_set(err, ERROR_USAGE, "%s is missing; see autospec %s --help", what,
                         line->command->name);
    for (size_t i = 0; i < line->n_arguments; i++) {
        if (i > 0) buffer_putc(out, ' ');
        buffer_puts(out, line->arguments[i]);
    }
    if (out->len > limit)
        return error_set(err, ERROR_USAGE, "%s of %zu bytes: more than %zu", what, out->len, limit);
    return !out->failed || error_memory(err, what);
}

void text_trim(struct buffer *text)
{
    size_t begin = 0, end = text->len;
    while (end > 0 && isspace((unsigned char)text->data[end - 1])) end--;
    while (begin < end && isspace((unsigned char)text->data[begin])) begin++;
    if (begin > 0) memmove(text->data, text->data + begin, end - begin);
    if (text->data) text->data[end - begin] = '\0';
    text->len = end - begin;
}
