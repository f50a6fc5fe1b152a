/* Continuous batching: each step runs the next token of every sequence that has its prompt behind
 * it, with its drafts (speculate.h), and a bounded chunk of the prompts of others, the shortest
 * rest first. Sequences wait for KV pages in the order of their priority and arrival; when pages
 * run out, the last in that order gives its own back and is computed again later. The one loop from
 * prompt to tokens: of engine_generate and of the scheduler. Not thread-safe. */
#ifndef ENGINE_BATCH_H
#define ENGINE_BATCH_H

#include "engine/sequence.h"

struct batch_counts { /* since the start */
    uint64_t steps, preempted, prompt_tokens, cached_tokens, generated_tokens, drafted_tokens,
        accepted_tokens;
    /* Of the last seconds of work. */
    double prefill_tokens, prefill_seconds, decode_tokens, decode_seconds;
};

struct batch {
    struct engine *engine;
    struct sequence **sequences; /* (n) of (capacity), in their order */
    size_t n, capacity;
    bool shared;        /* others may come at any time: no step is long */
    size_t busy;        /* steps for which it counts that somebody came beside others */
    size_t passed_over; /* steps in a row without the oldest prompt */
    bool speculate;
    uint64_t next_order;
    struct speculate_cost cost;
    struct batch_counts counts;
    /* Of the step under way, (capacity) each. */
    struct step_sequence *steps;
    struct sequence **members, **prompts;
    struct backend_choice *choices; /* (max_logits of the engine) */
    float *scratch;                 /* (vocab) */
};

struct batch *batch_create(struct engine *e, size_t capacity, struct error *err);
void batch_free(struct batch *b);

/* The sequence is borrowed until it is done; there must be room for it. */
void batch_add(struct batch *b, struct sequence *s);

/* One step. Sequences that end in it are done, have no pages any more and are out of the batch.
 * False when there was nothing to run (all are paused). */
bool batch_step(struct batch *b);

#endif
