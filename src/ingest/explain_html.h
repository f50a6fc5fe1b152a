/* The report of explain.h as one HTML file: each page of a PDF file or scan as a picture with the cells of its
 * tables marked, and below it these tables with what their columns were taken for; of other kinds the tables
 * alone. The file needs nothing else: pictures lie in it, and there is no script.
 * `autospec ingest --explain --html FILE`.
 */
#ifndef INGEST_EXPLAIN_HTML_H
#define INGEST_EXPLAIN_HTML_H

#include "ingest/explain.h"

/* Where the report goes, piece by piece: false ends it. */
typedef bool explain_write(void *context, const char *data, size_t len);

/* Errors name the file; a page that cannot be drawn is told in the report. Memory holds the document and the
 * picture of one page. `options` may be NULL. */
bool explain_html(explain_write *write, void *context, const char *path, const struct explain_options *options,
                  const atomic_bool *cancel, struct error *err);

#endif
