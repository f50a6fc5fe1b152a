/* What the readers of JSON and of JSON Lines share. */
#ifndef DOCUMENT_JSON_READER_H
#define DOCUMENT_JSON_READER_H

#include "document/json_scan.h"
#include "document/reader.h"

/* One table of these values (entries of the tape), a row each; objects that hold the rows proper in
 * a list give one for each of its elements. */
bool json_emit_records(struct document_reader *r, const struct json_tape *tape,
                       const uint32_t *records, const size_t *numbers, size_t n,
                       enum row_word row_word, struct error *err);

/* Reads the document as one value, or as several one behind the other; `by_lines`: as JSON Lines
 * when it turns out to be them. */
bool json_read_values(struct document_reader *r, bool by_lines, struct error *err);

/* Fills *err with where the text is not JSON; returns false. */
bool json_error_set(const struct document_reader *r, const struct json_error *bad,
                    struct error *err);

#endif
