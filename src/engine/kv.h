/* Which page of the KV cache holds which tokens. Full pages stand in a tree by their tokens, so
 * that sequences that begin alike share them; lookups compare the tokens themselves, never a hash
 * alone. Pages of ended sequences stay known until they are needed, least recently used first to
 * go. Not thread-safe: the thread that runs the engine owns it. */
#ifndef ENGINE_KV_H
#define ENGINE_KV_H

#include "base/error.h"

#include <stddef.h>
#include <stdint.h>

struct kv_cache;

/* Copies the contents of a page (backend_ops.copy_page). */
typedef void kv_copy(void *context, int32_t from, int32_t to);

/* The pages of one sequence; zero-initialise it. The first n_known are full and in the tree
 * (shared, never written again); those behind are the sequence's own. */
struct kv_chain {
    int32_t *pages;
    size_t n_pages, cap, n_known;
};

struct kv_cache *kv_create(size_t n_pages, kv_copy *copy, void *context, struct error *err);
void kv_free(struct kv_cache *kv);

/* Gives an empty chain the longest known beginning of tokens[0..n) and returns its length: whole
 * pages are shared, a part of one more is copied to a page of its own. */
size_t kv_match(struct kv_cache *kv, struct kv_chain *chain, const int32_t *tokens, size_t n);

/* For a chain whose first `done` tokens are there: pages that others have filled in the meantime
 * with the same tokens are taken over. Returns the new `done`, at most n. */
size_t kv_skip(struct kv_cache *kv, struct kv_chain *chain, const int32_t *tokens, size_t done,
               size_t n);

/* Makes room for n tokens in all. False when there are not enough pages (or no memory): the chain
 * then has what it had. */
bool kv_extend(struct kv_cache *kv, struct kv_chain *chain, size_t n);

/* tokens[0..n) are in the pages now: makes the full pages known to others. */
void kv_fill(struct kv_cache *kv, struct kv_chain *chain, const int32_t *tokens, size_t n);

/* Gives the pages back and empties the chain; tokens[0..n), which are in them, stay known. n 0 with
 * pages that are not known yet forgets those. */
void kv_release(struct kv_cache *kv, struct kv_chain *chain, const int32_t *tokens, size_t n);

/* For those who keep pages between runs (engine/kv_file.h): a page that is known. */
struct kv_known {
    int32_t page;
    int32_t parent; /* the page before it: an earlier place in the list; -1: a text begins here */
    const int32_t *tokens; /* (n_tokens), until the next call that changes the cache */
    size_t n_tokens;       /* KV_PAGE; less in a last page */
};

/* Lists known pages, at most `max`: those that were used last come first, but each page after its
 * parent. Returns their number; 0 also when memory is out. */
size_t kv_list(const struct kv_cache *kv, struct kv_known *out, size_t max);

/* Makes tokens[0..n) known behind a full page (parent; -1: at the beginning of a text) and returns
 * the page that is to hold them: from now on the next to go, before all that are there. -1 when no
 * page is free, or they are known already. */
int32_t kv_restore(struct kv_cache *kv, int32_t parent, const int32_t *tokens, size_t n);

struct kv_counts {
    size_t total, used, cached; /* pages; the rest is free. `cached` are known and in no chain */
};
struct kv_counts kv_count(const struct kv_cache *kv);

#endif
