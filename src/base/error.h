/* Errors are values. The place that knows what went wrong fills a struct error once (file, field,
 * offset, expected, found); callers carry it up untouched and the command prints it once. No
 * library function prints, exits or aborts. */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

#include <stdbool.h>

enum error_code {
    ERROR_NONE = 0,
    ERROR_USAGE,  /* the caller asked for something that makes no sense: an option, a setting */
    ERROR_INPUT,  /* a file or text is not what it claims to be */
    ERROR_IO,     /* the operating system refused: open, read, write, map */
    ERROR_MEMORY, /* an allocation failed or would pass a limit */
    ERROR_UNSUPPORTED, /* valid, but not something this build can do */
    ERROR_CANCELLED,   /* stopped on request */
    ERROR_NOT_FOUND,   /* a named thing does not exist */
    ERROR_BUSY,        /* no room for more work now; it may be tried again later */
};

struct error {
    enum error_code code;
    char text[512]; /* one line, no newline at the end */
};

/* Fills *err (which may be NULL) and returns false, so that callers write
 * `return error_set(err, ...)`. A later error does not overwrite an earlier one. */
bool error_set(struct error *err, enum error_code code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* As error_set, with ": " and the text of errno at the end. */
bool error_errno(struct error *err, enum error_code code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Out of memory while making `what`. */
bool error_memory(struct error *err, const char *what);

/* Empties *err, so that it can be filled again. */
void error_clear(struct error *err);

#endif
