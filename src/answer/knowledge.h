/* The store's catalog and vocabulary, kept until the store changes: building them costs more than
 * answering a question. Shared by threads; each uses its own store handle of the same file.
 */
#ifndef ANSWER_KNOWLEDGE_H
#define ANSWER_KNOWLEDGE_H

#include "query/word_index.h"

#include <pthread.h>
#include <stdatomic.h>

struct knowledge {
    struct catalog catalog;
    struct word_index *words;
    atomic_size_t references;
};

struct knowledge_cache {
    pthread_mutex_t lock;
    struct knowledge *current; /* NULL: none yet */
};

void knowledge_cache_init(struct knowledge_cache *cache);
void knowledge_cache_free(struct knowledge_cache *cache); /* nobody uses it any more */

/* The knowledge of the store as it is now; knowledge_release when it is not used any more. NULL on
 * error. `cache` may be NULL: it is built for this caller alone. */
struct knowledge *knowledge_acquire(struct knowledge_cache *cache, struct store *store,
                                    struct error *err);
void knowledge_release(struct knowledge *k); /* NULL is fine */

#endif
