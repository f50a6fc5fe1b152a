/* A growable run of bytes that is always NUL-terminated. A failed allocation sets `failed` and
 * later appends do nothing, so that a caller checks once, at the end. */
#ifndef BASE_BUFFER_H
#define BASE_BUFFER_H

#include <stdbool.h>
#include <stddef.h>

struct buffer {
    char *data; /* NULL while empty; else len bytes and a NUL */
    size_t len, cap;
    bool failed;
};

void buffer_append(struct buffer *b, const void *data, size_t len);
void buffer_puts(struct buffer *b, const char *text);
void buffer_putc(struct buffer *b, char c);
void buffer_printf(struct buffer *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Drops the contents and keeps the memory. */
void buffer_clear(struct buffer *b);

/* The contents as a C string, "" while empty; owned by the buffer, valid until the next append. */
const char *buffer_text(const struct buffer *b);

void buffer_free(struct buffer *b);

#endif
