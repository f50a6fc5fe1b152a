/* The engine's own view of itself, for the files of this folder. */
#ifndef ENGINE_ENGINE_INTERNAL_H
#define ENGINE_ENGINE_INTERNAL_H

#include "backend/backend.h"
#include "engine/engine.h"

struct engine {
    char *name;
    struct thread_pool *pool;
    struct tokenizer *tokenizer;
    enum chat_format format;
    struct packed_model *model;
    struct backend *backend;
    size_t context, chunk, max_logits; /* tokens, tokens, rows */
    int32_t *pages;                    /* (n_pages): the one sequence has page i at place i */
    size_t n_pages;
    struct tokens history; /* whose KV the pages hold, from position 0 on */
    double load_seconds;
};

/* One step of the engine's sequence, n at most e->chunk. Gives the first wanted row of logits (any
 * pointer when none is wanted), NULL with *err filled on failure. */
const float *engine_run(struct engine *e, const int32_t *tokens, size_t n, size_t position,
                        size_t n_logits, struct error *err);

#endif
