/* The engine's own view of itself, for the files of this folder and for src/measure. */
#ifndef ENGINE_ENGINE_INTERNAL_H
#define ENGINE_ENGINE_INTERNAL_H

#include "backend/backend.h"
#include "backend/cuda/gpus.h"
#include "engine/engine.h"
#include "engine/kv.h"

#include <pthread.h>

struct batch;
struct scheduler;
struct vocabulary;

struct engine {
    char *name, *dir;
    struct thread_pool *pool;
    struct tokenizer *tokenizer;
    enum chat_format format;
    struct packed_model *model;
    struct backend *backend;
    struct gpus own_gpus;              /* closed with the engine */
    size_t context, chunk, max_logits; /* tokens, tokens, rows */
    size_t twice_at;                   /* as in plan.h */
    size_t max_sequences, n_pages;
    struct kv_cache *kv;
    struct batch *batch;
    struct scheduler *scheduler;   /* NULL: engine_generate runs the batch itself */
    struct kv_chain forward_chain; /* of engine_forward; known to nobody else */
    struct vocabulary *vocabulary; /* made when it is first needed, under its lock */
    pthread_mutex_t vocabulary_lock;
    double load_seconds;
};

/* What computes is gone for good (backend.h). */
static inline bool engine_lost(const struct engine *e)
{
    return e->backend->ops->lost && e->backend->ops->lost(e->backend);
}

/* Ids that may be picked: those that the tokenizer can spell (padded rows of the head are noise);
 * all of a random shape. */
static inline size_t engine_ids(const struct engine *e)
{
    return e->tokenizer ? tokenizer_vocab(e->tokenizer) : e->model->config.vocab;
}

#endif
