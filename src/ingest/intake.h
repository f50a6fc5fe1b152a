/* One file on its way into the store: looked at and parsed, on any thread, then stored, on the
 * thread of the store. For who reads on other threads than
 * the store's; ingest_text does all of it. */
#ifndef INGEST_INTAKE_H
#define INGEST_INTAKE_H

#include "ingest/ingest.h"

struct intake {
    const char *path; /* the document's name */
    enum document_kind kind;
    const char *data; /* (len) borrowed; what the document's offsets refer to */
    size_t len;
    const struct mapping *file; /* whose contents data is; NULL: of none */
    uint64_t hash;
    struct document document; /* once it is parsed */
    bool parsed;
};

/* hash, from the contents and what the options say of the document beside them. */
void intake_hash(struct intake *in, const struct ingest_options *options);

/* Parses; progress and context as document_options have them. */
bool intake_parse(struct intake *in, const struct ingest_options *options, const atomic_bool *cancel,
                  void (*progress)(void *context, size_t done, size_t total, const char *word),
                  void *context, struct error *err);

/* Stores it, unless it is there already or is a copy of what is; parses it before when that has not
 * been done and is needed. */
bool intake_store(struct intake *in, struct store *store, const struct ingest_options *options,
                  struct ingest_totals *totals, struct error *err);

void intake_free(struct intake *in);

#endif
