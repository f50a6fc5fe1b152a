/* A document of the store as JSON: id, name, path, kind, bytes, chunks, facts, added. */
#ifndef SERVER_DOCUMENTS_H
#define SERVER_DOCUMENTS_H

#include "store/store.h"

#include <jansson.h>

json_t *document_json(const struct store_document *d);

#endif
