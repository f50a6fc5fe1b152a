/* The one interface between the engine and a machine that runs the model. It stands at the level of
 * a whole model step, not of operators, so that a backend may fuse, keep one persistent kernel or
 * replay a graph.
 *
 * The KV cache is a pool of pages of KV_PAGE tokens; which page holds which tokens is the engine's
 * business (engine/kv.h), the backend only owns the memory. */
#ifndef BACKEND_BACKEND_H
#define BACKEND_BACKEND_H

#include "base/error.h"
#include "base/thread_pool.h"
#include "quant/packed_model.h"

#include <stddef.h>
#include <stdint.h>

enum { KV_PAGE = 32 }; /* tokens */

/* How a token is picked from a row of logits (engine/sampler.h), where the backend does it. */
struct backend_choice {
    float temperature; /* 0: the most likely */
    float top_p, min_p;
    size_t top_k;
    double random; /* uniform in [0, 1) */
};

/* Consecutive tokens of one sequence. Prefill chunks have many, decoding has one. */
struct step_sequence {
    const int32_t *tokens; /* (n_tokens), each below config.vocab */
    size_t n_tokens;       /* at least 1 */
    size_t position;       /* of tokens[0]; the KV of 0..position-1 is in the pages already */
    const int32_t *pages;  /* page numbers that cover positions 0..position + n_tokens - 1 */
    size_t n_logits;       /* logits wanted of the last n_logits tokens; 0: none */
    /* (n_logits): tokens are picked instead, and there are no logits; NULL: logits. Only where
     * backend_ops.picked is. */
    const struct backend_choice *choices;
};

struct backend_memory { /* bytes */
    size_t weights, kv_cache, activations;
};

struct backend_gpu {
    size_t index; /* the driver's number */
    const char *name;
    size_t total, free; /* bytes of its memory; free now, 0 when it does not answer */
    size_t first_layer, n_layers;
    struct backend_memory memory; /* of ours on it */
};

struct backend_page {
    size_t bytes;
    char layout[48]; /* what the bytes mean, and what computed them */
};

struct backend_options {
    size_t n_pages;    /* KV pages */
    size_t max_tokens; /* of one step, all sequences together: bounds the activations */
    size_t max_logits; /* rows of logits of one step */
    /* cuda: of one step; tokens of one sequence, a multiple of KV_PAGE or not. 0: as many as go. */
    size_t max_sequences, max_context;
    size_t n_ids;     /* ids that may be picked are below that; 0: the vocabulary */
    unsigned kv_bits; /* of a number in the KV cache: 16 (0 is 16) or 8; no matter for f32 models */
    const char *isa;  /* cpu: "portable", "avx2", "avx512"; NULL: the best there is */
    size_t n_layers;  /* cpu: the first so many layers alone, no logits: GPUs go on from
                         backend_cpu_residual; 0: all */
};

struct backend {
    const struct backend_ops *ops;
};

struct backend_ops {
    const char *name; /* "cpu", "cuda" */
    void (*free)(struct backend *b);
    /* Runs one step over n sequences, at most max_tokens tokens in all; sequences must not share
     * pages that are written. The result for a sequence does not depend on the others. */
    bool (*step)(struct backend *b, const struct step_sequence *sequences, size_t n,
                 struct error *err);
    /* Row `row` of the last step's logits, (vocab) f32, valid until the next step. Rows are in the
     * order of the sequences. */
    const float *(*logits)(struct backend *b, size_t row);
    /* The token that was picked of that row; -1 when all of its logits are NaN. NULL: the backend
     * does not pick. */
    int32_t (*picked)(struct backend *b, size_t row);
    /* Copies a page's keys and values, of all layers: a shared page that is not full is copied
     * before it is written on. Not during a step. */
    void (*copy_page)(struct backend *b, int32_t from, int32_t to);
    /* Pages as bytes that another run of the same program takes back (engine/kv_file.h). NULL, all
     * three: they cannot be kept. Not during a step. */
    void (*page_info)(const struct backend *b, struct backend_page *out);
    void (*page_read)(struct backend *b, int32_t page, uint8_t *out);
    void (*page_write)(struct backend *b, int32_t page, const uint8_t *in);
    void (*memory)(const struct backend *b, struct backend_memory *out);
    const char *(*description)(const struct backend *b); /* "cpu avx512, 2 threads" */
    /* Whether what computes is gone for good: every step fails from now on. NULL: never. */
    bool (*lost)(const struct backend *b);
    /* The i-th GPU that is used; false past the last. NULL: none is. From any thread. */
    bool (*gpu)(const struct backend *b, size_t i, struct backend_gpu *out);
};

/* The model and the pool are borrowed and outlive the backend. */
struct backend *backend_cpu_create(const struct packed_model *model, struct thread_pool *pool,
                                   const struct backend_options *options, struct error *err);

/* What that will take for a model of this shape on so many threads, by the code that takes it. */
bool backend_cpu_memory(const struct model_config *config, enum quant_type type, size_t n_threads,
                        const struct backend_options *options, struct backend_memory *out,
                        struct error *err);

/* Of a backend of the first layers: what the last step left for the next layer, (tokens of the
 * step, hidden) f32, valid until the next step. */
const float *backend_cpu_residual(struct backend *b);

#endif
