/* What the handlers of documents share. */
#ifndef SERVER_DOCUMENTS_H
#define SERVER_DOCUMENTS_H

#include "server/exchange.h"
#include "store/store.h"

#include <jansson.h>

/* As JSON: id, name, path, kind, bytes, chunks, facts, added. */
json_t *document_json(const struct store_document *d);

/* The document's number in the path; false when it was answered that it is none. */
bool document_id(struct exchange *x, int64_t *id);

/* What became of a file that was read in: its document, outcome, vehicles. NULL with *err filled on
 * failure. */
struct ingest_totals;
json_t *ingested_json(struct store *store, const char *name, const struct ingest_totals *totals,
                      struct error *err);

#endif
