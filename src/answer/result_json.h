/* A query and the rows of its result as JSON. */
#ifndef ANSWER_RESULT_JSON_H
#define ANSWER_RESULT_JSON_H

#include "answer/render.h"

#include <jansson.h>

enum { RESULT_JSON_MAX_ROWS = 500 };

/* What was understood: operation, vehicles, attributes, conditions, ... The caller json_decref()s
 * it; NULL when memory is out. */
json_t *query_to_json(const struct query *q, const struct catalog *c);

/* The rows, typed, each with its cell: at most RESULT_JSON_MAX_ROWS. `a` (NULL: none) says which of
 * them the text cites, and in which language attributes are named. */
json_t *result_rows_to_json(const struct rendered *a, const struct result *r,
                            const struct catalog *c);

/* Adds "document_id", and "page" and "boxes" (each [left, top, right, bottom] in points from the upper
 * left corner) to a source; null and [] where the document has no pages. False: memory is out. */
bool seen_to_json(json_t *source, int64_t document, const struct store_seen *seen);

/* A string of JSON from any bytes: what is no UTF-8 becomes U+FFFD. NULL is "". */
json_t *json_text(const char *text);

#endif
