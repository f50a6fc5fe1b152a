/* How a file was read, for people, before anything is stored: header, roles, units, how numbers are
 * written, the first facts, and what was kept as it is. `autospec ingest --explain FILE`.
 */
#ifndef INGEST_EXPLAIN_H
#define INGEST_EXPLAIN_H

#include "base/buffer.h"
#include "base/error.h"
#include "document/document.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

struct explain_options {
    size_t max_columns; /* listed of each table; 0: 60 */
    size_t max_records; /* whose facts are shown; 0: 3 */
    size_t max_facts;   /* of each; 0: 8 */
    const char *password, *ocr_languages; /* as in document_options */
};

/* Appends a report of plain text lines. `options` may be NULL. */
bool explain_document(struct buffer *out, const struct document *d,
                      const struct explain_options *options, struct error *err);

/* The lines of one table, or of one slice of it. */
struct interpret_context;
bool explain_table(struct buffer *out, const struct table *t, const struct interpret_context *context,
                   const struct explain_options *options, struct error *err);

/* The same for a file, whatever it holds. Errors name the file. */
bool explain_file(struct buffer *out, const char *path, const struct explain_options *options,
                  const atomic_bool *cancel, struct error *err);

#endif
