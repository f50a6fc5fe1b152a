#include "answer/knowledge.h"

#include <stdlib.h>

void knowledge_cache_init(struct knowledge_cache *cache)
{
    pthread_mutex_init(&cache->lock, NULL);
    cache->current = NULL;
}

void knowledge_cache_free(struct knowledge_cache *cache)
{
    knowledge_release(cache->current);
    cache->current = NULL;
    pthread_mutex_destroy(&cache->lock);
}

static struct knowledge *build(struct store *store, struct error *err)
{
    struct knowledge *k = calloc(1, sizeof *k);
    if (!k) {
        error_memory(err, "the store's catalog");
        return NULL;
    }
    if (!catalog_read(&k->catalog, store, err)) {
        free(k);
        return NULL;
    }
    k->words = word_index_build(&k->catalog, err);
    if (!k->words) {
        catalog_free(&k->catalog);
        free(k);
        return NULL;
    }
    atomic_init(&k->references, 1);
    return k;
}

struct knowledge *knowledge_acquire(struct knowledge_cache *cache, struct store *store,
                                    struct error *err)
{
    if (!cache) return build(store, err);
    /* Built under the lock: threads that ask at once wait for one build instead of each making one. */
    pthread_mutex_lock(&cache->lock);
    struct knowledge *k = cache->current;
    if (!k || !catalog_is_current(&k->catalog, store)) {
        k = build(store, err);
        if (k) {
            knowledge_release(cache->current);
            cache->current = k;
        }
    }
    if (k) atomic_fetch_add(&k->references, 1);
    pthread_mutex_unlock(&cache->lock);
    return k;
}

void knowledge_release(struct knowledge *k)
{
    if (!k || atomic_fetch_sub(&k->references, 1) != 1) return;
    word_index_free(k->words);
    catalog_free(&k->catalog);
    free(k);
}
