/* The file that a document with pages was read from: the copy that the store keeps, else the file
 * where it was, as long as it is the same. */
#ifndef INGEST_ORIGINAL_H
#define INGEST_ORIGINAL_H

#include "base/error.h"
#include "base/file.h"
#include "document/document.h"
#include "store/store.h"

#include <stdbool.h>
#include <stddef.h>

struct original {
    const void *data;
    size_t len;
    enum document_kind kind;
    void *copy;         /* private: one of these owns the data */
    struct mapping map;
};

/* ERROR_NOT_FOUND: no copy is kept, and the file is gone or has changed since it was read. */
bool original_open(struct original *out, struct store *s, const struct store_document *d,
                   struct error *err);
void original_close(struct original *o);

#endif
