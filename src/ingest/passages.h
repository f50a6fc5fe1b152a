/* Prose as passages: paragraphs and list items under one heading, together up to about PASSAGE_TOKENS.
 */
#ifndef INGEST_PASSAGES_H
#define INGEST_PASSAGES_H

#include "document/document.h"
#include "store/store.h"

enum { PASSAGE_TOKENS = 260 };

/* `name`: the title of passages without a heading. *n: how many were added. */
bool passages_store(struct store *store, const struct document *d, const char *name,
                    const struct vehicle *vehicle, const atomic_bool *cancel, size_t *n,
                    struct error *err);

/* About how many tokens the text is. */
size_t estimate_tokens(const char *text, size_t len);

#endif
