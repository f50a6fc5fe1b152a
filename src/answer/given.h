/* Documents that come with a question instead of from a store of the user's: they are read into a
 * store in memory, cut into passages as ingest does it, and then asked about like any other. */
#ifndef ANSWER_GIVEN_H
#define ANSWER_GIVEN_H

#include "base/error.h"
#include "store/store.h"

#include <stdatomic.h>
#include <stddef.h>

/* A piece of metadata. Names as in the columns of a CSV file ("manufacturer", "Model Year", "trim")
 * say which vehicle the document is about; "id" or "source", and "title", stand in for the members
 * of given_document that are NULL. Others are left alone. */
struct given_field {
    const char *name, *value;
};

struct given_document {
    const char *name;  /* it is cited as this; NULL: "document 1" ... */
    const char *title; /* over its passages; NULL: what its text or metadata tell */
    const char *content;
    size_t len; /* bytes of content */
    const struct given_field *fields;
    size_t n_fields;
};

struct given {
    struct store *store;
    size_t *index; /* (n_documents) of the store's document i + 1 in the caller's array */
    size_t n_documents;
};

/* Documents of white space only are passed over. The kind of each is guessed from its text. A name
 * that comes twice gets " (2)" behind it. Errors name the document: not UTF-8, a NUL byte. */
bool given_read(struct given *out, const struct given_document *documents, size_t n,
                const atomic_bool *cancel, struct error *err);
void given_free(struct given *g);

#endif
