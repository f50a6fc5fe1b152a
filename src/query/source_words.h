/* Which documents a question restricts itself to: "in the German price list", "by the EPA table",
 * "the green vehicle guide".
 */
#ifndef QUERY_SOURCE_WORDS_H
#define QUERY_SOURCE_WORDS_H

#include "query/label.h"

/* The first phrase at or behind token `at` that names documents; false: none. The tokens include the
 * article and the word for the document ("the German price list"). */
bool source_phrase_find(const struct labelled *q, const struct word_index *v, size_t at,
                        size_t *first, size_t *n);

/* The documents that the tokens [first, first + n) name: indices into the catalog, rising, in the arena.
 * *n_out 0: none is called so (the words are then not understood). */
bool source_phrase_documents(const struct labelled *q, const struct word_index *v, size_t first,
                             size_t n, struct arena *arena, size_t **out, size_t *n_out,
                             struct error *err);

/* Whether the word is a country's or its language's: "France", "German". */
bool source_word_is_nation(const char *key);

/* Whether the word is for what holds vehicles or their records: "stock", "catalogue", "Bestand". */
bool source_word_is_collection(const char *key);

#endif
