/* A document that was read goes into the store: tables as records and values, prose as values with
 * their sentences, and both as passages for search.
 */
#ifndef INGEST_STORE_DOCUMENT_H
#define INGEST_STORE_DOCUMENT_H

#include "ingest/ingest.h"

/* Between store_begin_document and store_commit. Counts into *totals; reports to options. data[0, len)
 * is what d was read from. */
bool store_document_contents(struct store *store, struct document *d, const char *data, size_t len,
                             const struct ingest_options *options, struct ingest_totals *totals,
                             struct error *err);

#endif
