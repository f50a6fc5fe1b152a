#include "config/env_file.h"
#include "base/buffer.h"

#include <ctype.h>
#include <string.h>

struct reader {
    const char *at, *end;
    size_t line;
    const char *path;
};

static int peek(const struct reader *r)
{
    return r->at < r->end ? (unsigned char)*r->at : '\n';
}

static void skip_blanks(struct reader *r)
{
    while (r->at < r->end && (*r->at == ' ' || *r->at == '\t' || *r->at == '\r')) r->at++;
}

static void skip_line(struct reader *r)
{
    while (r->at < r->end && *r->at != '\n') r->at++;
}

static bool is_name(int c, bool first)
{
    return c == '_' || isalpha(c) || (!first && isdigit(c));
}

static void read_name(struct reader *r, struct buffer *name)
{
    buffer_clear(name);
    while (r->at < r->end && is_name((unsigned char)*r->at, name->len == 0))
        buffer_putc(name, *r->at++);
}

/* What a backslash and this letter stand for; false when they stand for themselves. */
static bool escape(char letter, char *out)
{
    switch (letter) {
    case 'n':
        *out = '\n';
        return true;
    case 't':
        *out = '\t';
        return true;
    case 'r':
        *out = '\r';
        return true;
    case '\\':
    case '"':
    case '$':
        *out = letter;
        return true;
    default:
        return false;
    }
}

static bool read_quoted(struct reader *r, struct buffer *value, struct error *err)
{
    char quote = *r->at++;
    size_t opened = r->line;
    for (; r->at < r->end && *r->at != quote; r->at++) {
        char c = *r->at;
        if (c == '\n') r->line++;
        if (c == '\\' && quote == '"' && r->at + 1 < r->end && escape(r->at[1], &c)) r->at++;
        buffer_putc(value, c);
    }
    if (r->at == r->end)
        return error_set(err, ERROR_USAGE, "%s:%zu: the quote (%c) is not closed", r->path, opened,
                         quote);
    r->at++;
    skip_blanks(r);
    if (peek(r) != '\n' && peek(r) != '#')
        return error_set(err, ERROR_USAGE, "%s:%zu: text after the closing quote", r->path,
                         r->line);
    return true;
}

/* Up to the end of the line or to a '#' with a blank before it, without blanks at the end. */
static void read_plain(struct reader *r, struct buffer *value)
{
    const char *begin = r->at, *stop = r->at;
    for (; r->at < r->end && *r->at != '\n'; r->at++) {
        bool blank = *r->at == ' ' || *r->at == '\t' || *r->at == '\r';
        if (*r->at == '#' && (r->at == begin || r->at[-1] == ' ' || r->at[-1] == '\t')) break;
        if (!blank) stop = r->at + 1;
    }
    buffer_append(value, begin, (size_t)(stop - begin));
}

bool env_file_parse(const char *text, size_t len, const char *path, env_file_entry *entry,
                    void *context, struct error *err)
{
    struct reader r = {.at = text, .end = text + len, .line = 1, .path = path};
    struct buffer name = {0}, value = {0};
    bool ok = true;
    if (len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) r.at += 3; /* a byte order mark */
    for (; ok && r.at < r.end; r.line++) {
        skip_blanks(&r);
        if (peek(&r) != '\n' && peek(&r) != '#') {
            read_name(&r, &name);
            if (strcmp(buffer_text(&name), "export") == 0 &&
                (peek(&r) == ' ' || peek(&r) == '\t')) {
                skip_blanks(&r);
                read_name(&r, &name);
            }
            skip_blanks(&r);
            if (name.len == 0 || peek(&r) != '=') {
                ok = error_set(err, ERROR_USAGE, "%s:%zu: expected NAME=value", path, r.line);
                break;
            }
            r.at++;
            skip_blanks(&r);
            buffer_clear(&value);
            size_t line = r.line;
            if (peek(&r) == '"' || peek(&r) == '\'')
                ok = read_quoted(&r, &value, err);
            else
                read_plain(&r, &value);
            if (ok && (name.failed || value.failed)) ok = error_memory(err, path);
            if (ok && memchr(buffer_text(&value), 0, value.len))
                ok = error_set(err, ERROR_USAGE, "%s:%zu: NUL byte", path, line);
            if (ok) ok = entry(context, buffer_text(&name), buffer_text(&value), line, err);
        }
        skip_line(&r);
        if (r.at < r.end) r.at++;
    }
    buffer_free(&name);
    buffer_free(&value);
    return ok;
}
