/* From a question to the passages that may answer it: ranked lists (BM25 now, embeddings later)
 * merged by reciprocal rank, filtered by the vehicles that the question names. */
#ifndef QUERY_RETRIEVE_H
#define QUERY_RETRIEVE_H

#include "base/error.h"
#include "store/store.h"
#include "query/understand.h"

#include <stddef.h>

struct retrieve_options {
    size_t top_k; /* passages at most; 0: 4, or 6 when no vehicle is recognised */
    /* Passages that the search did not find follow, in the order of the documents, up to top_k:
     * the documents were picked for this question. Those of other vehicles than it names do not. */
    bool fill;
    const struct metadata_filter *metadata; /* only passages of such vehicles; NULL: all */
};

/* Fills *out (to be freed with hit_list_free), best first: for one vehicle the exact match (year,
 * trim) first; for several, each one's best passage, then each one's second. A year that the store
 * lacks gives passages of the nearest years; the mention says so. No hits is no error. */
bool retrieve(struct store *store, const struct question *question,
              const struct retrieve_options *options, struct hit_list *out, struct error *err);

/* Whether the passage's own words name the vehicle of the mention, so far as it is a name. */
bool hit_names(const struct hit *hit, const struct mention *mention);

/* Reciprocal rank fusion (Cormack, Clarke, Buettcher 2009): score = sum of 1 / (60 + rank) over the
 * lists that hold the chunk. The merged hits' strings live in *out. */
bool hit_lists_merge(const struct hit_list *const *lists, size_t n, size_t top_k,
                     struct hit_list *out, struct error *err);

#endif
