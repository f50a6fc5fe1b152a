/* Standard output, so that a full disk, a closed descriptor or a reader that went away is noticed
 * at once and reported once. Everything that a command prints goes through here. */
#ifndef CLI_OUTPUT_H
#define CLI_OUTPUT_H

#include "base/buffer.h"
#include "base/error.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/* Makes descriptors 0 to 2 exist, so that a file that is opened later never becomes standard
 * output, and turns a broken pipe into an error of write. */
void output_setup(void);

void output_puts(const char *text);
void output_printf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* What is for another program: as it is. */
void output_bytes(const void *data, size_t len);

/* Text that a model or a document wrote. On a terminal, control characters but newline and tab are
 * shown as '?', so that no document can command the user's terminal. */
void output_text(const char *text, size_t len);

/* A JSON value, indented, and a newline. Takes the reference; NULL is "out of memory". */
bool output_json(json_t *value, struct error *err);

/* Writes what is waiting. False when output has failed; a reader that went away
 * (output_is_broken_pipe) is no message's business, as with any filter. */
bool output_flush(struct error *err);
bool output_is_broken_pipe(void);

/* Appends text to *out with control characters as '?' (newline and tab stay). */
void output_clean(const char *text, size_t len, struct buffer *out);

#endif
