/* The store's own words, indexed for reading questions: which records a word of a name stands in,
 * which columns and values are called so, which documents. Built from a catalog, which it borrows;
 * one vocabulary serves many questions, from several threads at a time.
 */
#ifndef QUERY_WORD_INDEX_H
#define QUERY_WORD_INDEX_H

#include "base/error.h"
#include "store/facts.h"
#include "vehicle/token.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A rising list of record indices. */
struct postings {
    const uint32_t *items;
    size_t n;
};

/* What a word is in names. */
enum { NAME_MAKE = 1, NAME_MODEL = 2, NAME_TRIM = 4 };

struct name_word {
    const char *key;
    unsigned parts;          /* NAME_MAKE | ...: where it stands */
    struct postings records; /* that have it anywhere in their name */
};

struct word_index;

struct word_index *word_index_build(const struct catalog *c, struct error *err);
void word_index_free(struct word_index *v);
const struct catalog *word_index_catalog(const struct word_index *v);

/* The word of names with this key; NULL: no name has it. */
const struct name_word *word_index_name(const struct word_index *v, const char *key);

/* The records of a manufacturer of the registry (index into MAKES), however the store spells it. */
struct postings word_index_make(const struct word_index *v, int make);
int word_index_make_of(const struct word_index *v, size_t record); /* -1: none that is known */

/* Name words that are the key with spelling mistakes, nearest first: at most `max`. */
size_t word_index_similar_names(const struct word_index *v, const char *key,
                                const struct name_word **out, size_t max);

/* The run of tokens at t[0, n) that is the whole text of terms: the longest. Its length (0: none);
 * *terms are indices into the catalog's terms. */
size_t word_index_match_terms(const struct word_index *v, const struct token *t, size_t n,
                              const uint32_t **terms, size_t *n_terms);

/* The same for what stands in a term between commas, slashes or brackets: "Reno" of "Reno, NV". Terms of
 * columns that name the vehicle have no parts. */
size_t word_index_match_parts(const struct word_index *v, const struct token *t, size_t n,
                              const uint32_t **terms, size_t *n_terms);

/* The same for the names of columns (key, or the end of it behind its section). */
size_t word_index_match_columns(const struct word_index *v, const struct token *t, size_t n,
                                const uint32_t **columns, size_t *n_columns);

/* Documents whose name, title or captions have the word: a bit set over documents is too small for
 * many, so a rising list of their indices. */
struct postings word_index_documents(const struct word_index *v, const char *key);

/* Whether anything in the store is called so: names, terms, columns, documents. */
bool word_index_knows(const struct word_index *v, const char *key);

/* out = a and b; both rising. `out` has room for the shorter one. Returns the length. */
size_t postings_intersect(const uint32_t *a, size_t n, const uint32_t *b, size_t m, uint32_t *out);

#endif
