#include "server/stores.h"

#include "answer/knowledge.h"
#include "base/log.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_OPEN = 4 }; /* a search takes milliseconds: more would only take memory */

struct stores {
    char *path;
    struct store *writer, *idle[MAX_OPEN];
    size_t n_idle, n_open;
    pthread_mutex_t lock;
    pthread_cond_t back;
    struct knowledge_cache knowledge;
};

struct stores *stores_open(const char *path, struct error *err)
{
    if (strcmp(path, ":memory:") == 0) {
        error_set(err, ERROR_USAGE, "--store :memory: the server's store must be a file");
        return NULL;
    }
    struct stores *s = calloc(1, sizeof *s);
    if (!s || !(s->path = strdup(path))) {
        free(s);
        error_memory(err, "the store");
        return NULL;
    }
    pthread_mutex_init(&s->lock, NULL);
    pthread_cond_init(&s->back, NULL);
    knowledge_cache_init(&s->knowledge);
    struct error failure = {0};
    s->writer = store_open(path, STORE_WRITE, &failure);
    if (s->writer) return s;
    struct store *reader = failure.code == ERROR_BUSY ? NULL : store_open(path, STORE_READ, NULL);
    if (reader) s->idle[s->n_idle++] = reader;
    s->n_open = s->n_idle;
    if (reader || failure.code == ERROR_BUSY) {
        log_warn("%s; until that changes no documents can be added", failure.text);
        return s;
    }
    error_set(err, failure.code, "%s", failure.text);
    stores_free(s);
    return NULL;
}

void stores_free(struct stores *s)
{
    if (!s) return;
    for (size_t i = 0; i < s->n_idle; i++) store_close(s->idle[i]);
    store_close(s->writer);
    knowledge_cache_free(&s->knowledge);
    pthread_cond_destroy(&s->back);
    pthread_mutex_destroy(&s->lock);
    free(s->path);
    free(s);
}

struct store *stores_take(struct stores *s, struct error *err)
{
    struct store *store = NULL;
    pthread_mutex_lock(&s->lock);
    while (s->n_idle == 0 && s->n_open == MAX_OPEN) pthread_cond_wait(&s->back, &s->lock);
    if (s->n_idle)
        store = s->idle[--s->n_idle];
    else
        s->n_open++;
    pthread_mutex_unlock(&s->lock);
    if (store) return store;
    store = store_open(s->path, STORE_READ, err);
    if (store) return store;
    pthread_mutex_lock(&s->lock);
    s->n_open--;
    pthread_cond_signal(&s->back);
    pthread_mutex_unlock(&s->lock);
    return NULL;
}

void stores_give(struct stores *s, struct store *store)
{
    if (!store) return;
    pthread_mutex_lock(&s->lock);
    s->idle[s->n_idle++] = store;
    pthread_cond_signal(&s->back);
    pthread_mutex_unlock(&s->lock);
}

struct store *stores_writer(struct stores *s, struct error *err)
{
    if (!s->writer) s->writer = store_open(s->path, STORE_WRITE, err);
    return s->writer;
}

const char *stores_path(const struct stores *s)
{
    return s->path;
}

struct knowledge_cache *stores_knowledge(struct stores *s)
{
    return &s->knowledge;
}
