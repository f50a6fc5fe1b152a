/* A CSV reader that walks over text in memory and keeps one record at a time. RFC 4180 quotes, with
 * line ends inside them; CR, LF and CRLF; the delimiter is found from the first records. */
#ifndef INGEST_CSV_H
#define INGEST_CSV_H

#include "base/buffer.h"
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

struct csv_reader {
    const char *name; /* of the file, for errors; borrowed */
    const char *data; /* borrowed */
    size_t len, at;   /* bytes; at: the next record */
    size_t line;      /* of `at`, from 1 */
    char delimiter;
    /* The record that csv_next read: */
    struct buffer text; /* the fields, each with a NUL behind it */
    size_t *fields;     /* (n_fields) where each begins in text */
    size_t n_fields, cap;
    size_t record_line; /* its first line */
    size_t record_end_line;
    size_t record_begin; /* its first byte */
};

/* Skips a byte order mark and finds the delimiter among comma, semicolon, tab and '|'. */
void csv_open(struct csv_reader *r, const char *name, const char *data, size_t len);
void csv_close(struct csv_reader *r);

/* Reads the next record that is not an empty line. *end is set, and true returned, when there is
 * none. Errors name the line: a quote that is never closed, text behind a closing quote. */
bool csv_next(struct csv_reader *r, bool *end, struct error *err);

/* Field i of the record; "" past its last one. Valid until the next csv_next. */
const char *csv_field(const struct csv_reader *r, size_t i);

#endif
